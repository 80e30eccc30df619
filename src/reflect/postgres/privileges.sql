-- Who may do what, as far as it differs from what the engine grants by itself, and who owns what the user of this session does not.
-- One row for each subject: catalog, oid, namespace, name, word for it, GRANTs and REVOKEs; or NULL for those, and the ALTER .. OWNER TO.
WITH subject AS (
    SELECT
        1259 AS catalog,
        c.oid,
        0 AS part,
        c.relnamespace AS namespace,
        c.relname AS name,
        CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS word,
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS noun,
        CASE c.relkind
            WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
            ELSE 'TABLE'
        END AS owned,
        format('%I.%I', n.nspname, c.relname) AS sql,
        '' AS columns,
        CASE
            WHEN c.relkind <> 'S' OR NOT EXISTS (
                SELECT FROM pg_depend AS d
                WHERE d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0
                    AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            ) THEN c.relowner
        END AS owner,
        c.relacl AS acl,
        acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS usual
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relnamespace IN ($NAMESPACES)
        AND (c.relacl IS NOT NULL OR c.relowner <> $USER)
    UNION ALL
    SELECT
        1259, c.oid, a.attnum, c.relnamespace, c.relname, 'table', 'TABLE', NULL, format('%I.%I', n.nspname, c.relname),
        format(' (%I)', a.attname), NULL, a.attacl, NULL
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.relnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        2615, n.oid, 0, NULL, n.nspname, 'schema', 'SCHEMA', CASE WHEN n.nspname <> 'public' THEN 'SCHEMA' END,
        quote_ident(n.nspname), '', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)),
        acldefault('n', n.nspowner)
        || CASE
            WHEN n.nspname <> 'public' THEN '{}'::aclitem[]
            ELSE ARRAY[
                makeaclitem(0, n.nspowner, 'USAGE', false)
                /*if 15*/ /*else*/ , makeaclitem(0, n.nspowner, 'CREATE', false) /*end*/
            ]
        END
    FROM pg_namespace AS n
    WHERE n.oid IN ($NAMESPACES)
    UNION ALL
    SELECT
        1255, p.oid, 0, p.pronamespace, p.proname,
        format('%s(%s)', CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, oidvectortypes(p.proargtypes)),
        CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
        CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
        format(
            '%I.%I(%s)', n.nspname, p.proname,
            oidvectortypes(p.proargtypes)
        ),
        '', p.proowner, p.proacl, acldefault('f', p.proowner)
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.pronamespace IN ($NAMESPACES) AND (p.proacl IS NOT NULL OR p.proowner <> $USER)
    UNION ALL
    SELECT
        1247, t.oid, 0, t.typnamespace, t.typname,
        CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
        CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
        format('%I.%I', n.nspname, t.typname), '', t.typowner, t.typacl, acldefault('T', t.typowner)
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE
        t.typnamespace IN ($NAMESPACES)
        AND (t.typacl IS NOT NULL OR t.typowner <> $USER)
        AND (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c' OR t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid))
    UNION ALL
    SELECT
        2612, l.oid, 0, NULL, l.lanname, 'language', 'LANGUAGE', CASE WHEN l.oid >= 16384 THEN 'LANGUAGE' END, quote_ident(l.lanname), '',
        l.lanowner, l.lanacl, acldefault('l', l.lanowner)
    FROM pg_language AS l
    WHERE $GLOBAL AND (l.lanacl IS NOT NULL OR l.lanowner <> $USER) AND l.lanname <> 'plpgsql'
    UNION ALL
    SELECT
        2328, w.oid, 0, NULL, w.fdwname, 'foreign data wrapper', 'FOREIGN DATA WRAPPER', 'FOREIGN DATA WRAPPER', quote_ident(w.fdwname), '',
        w.fdwowner, w.fdwacl, acldefault('F', w.fdwowner)
    FROM pg_foreign_data_wrapper AS w
    WHERE $GLOBAL
    UNION ALL
    SELECT
        1417, s.oid, 0, NULL, s.srvname, 'foreign server', 'FOREIGN SERVER', 'SERVER', quote_ident(s.srvname), '',
        s.srvowner, s.srvacl, acldefault('S', s.srvowner)
    FROM pg_foreign_server AS s
    WHERE $GLOBAL
    UNION ALL
    SELECT 3456, o.oid, 0, o.collnamespace, o.collname, 'collation', NULL, 'COLLATION', format('%I.%I', n.nspname, o.collname), '', o.collowner, NULL, NULL
    FROM pg_collation AS o JOIN pg_namespace AS n ON n.oid = o.collnamespace
    WHERE o.collnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT 2607, o.oid, 0, o.connamespace, o.conname, 'conversion', NULL, 'CONVERSION', format('%I.%I', n.nspname, o.conname), '', o.conowner, NULL, NULL
    FROM pg_conversion AS o JOIN pg_namespace AS n ON n.oid = o.connamespace
    WHERE o.connamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        2617, o.oid, 0, o.oprnamespace, o.oprname,
        format('operator(%s)', x.arguments), NULL, 'OPERATOR', format('%I.%s (%s)', n.nspname, o.oprname, x.arguments), '', o.oprowner, NULL, NULL
    FROM pg_operator AS o
    JOIN pg_namespace AS n ON n.oid = o.oprnamespace
    CROSS JOIN LATERAL (
        SELECT format(
            '%s, %s',
            CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
            CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END
        ) AS arguments
    ) AS x
    WHERE o.oprnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        2616, o.oid, 0, o.opcnamespace, o.opcname, format('operator class(%s)', a.amname), NULL, 'OPERATOR CLASS',
        format('%I.%I USING %I', n.nspname, o.opcname, a.amname), '', o.opcowner, NULL, NULL
    FROM pg_opclass AS o JOIN pg_namespace AS n ON n.oid = o.opcnamespace JOIN pg_am AS a ON a.oid = o.opcmethod
    WHERE o.opcnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        2753, o.oid, 0, o.opfnamespace, o.opfname, format('operator family(%s)', a.amname), NULL, 'OPERATOR FAMILY',
        format('%I.%I USING %I', n.nspname, o.opfname, a.amname), '', o.opfowner, NULL, NULL
    FROM pg_opfamily AS o JOIN pg_namespace AS n ON n.oid = o.opfnamespace JOIN pg_am AS a ON a.oid = o.opfmethod
    WHERE o.opfnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        3600, o.oid, 0, o.dictnamespace, o.dictname, 'text search dictionary', NULL, 'TEXT SEARCH DICTIONARY',
        format('%I.%I', n.nspname, o.dictname), '', o.dictowner, NULL, NULL
    FROM pg_ts_dict AS o JOIN pg_namespace AS n ON n.oid = o.dictnamespace
    WHERE o.dictnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT
        3602, o.oid, 0, o.cfgnamespace, o.cfgname, 'text search configuration', NULL, 'TEXT SEARCH CONFIGURATION',
        format('%I.%I', n.nspname, o.cfgname), '', o.cfgowner, NULL, NULL
    FROM pg_ts_config AS o JOIN pg_namespace AS n ON n.oid = o.cfgnamespace
    WHERE o.cfgnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT 3381, o.oid, 0, o.stxnamespace, o.stxname, 'statistics', NULL, 'STATISTICS', format('%I.%I', n.nspname, o.stxname), '', o.stxowner, NULL, NULL
    FROM pg_statistic_ext AS o JOIN pg_namespace AS n ON n.oid = o.stxnamespace
    WHERE o.stxnamespace IN ($NAMESPACES)
    UNION ALL
    SELECT 6104, o.oid, 0, NULL, o.pubname, 'publication', NULL, 'PUBLICATION', quote_ident(o.pubname), '', o.pubowner, NULL, NULL
    FROM pg_publication AS o
    WHERE $GLOBAL
    UNION ALL
    -- Before version 14 not everybody may read the number of a subscription.
    /*if 14*/
    SELECT 6100, o.oid, 0, NULL, o.subname, 'subscription', NULL, 'SUBSCRIPTION', quote_ident(o.subname), '', o.subowner, NULL, NULL
    FROM pg_subscription AS o JOIN pg_database AS d ON d.oid = o.subdbid
    WHERE $GLOBAL AND d.datname = current_database()
    UNION ALL
    /*end*/
    SELECT 3466, o.oid, 0, NULL, o.evtname, 'event trigger', NULL, 'EVENT TRIGGER', quote_ident(o.evtname), '', o.evtowner, NULL, NULL
    FROM pg_event_trigger AS o
    WHERE $GLOBAL
)

SELECT s.catalog, s.oid, s.namespace, s.name, s.word, g.lines, NULL
FROM subject AS s
LEFT JOIN pg_init_privs AS i
    ON i.classoid = s.catalog AND i.objoid = s.oid AND i.objsubid = s.part AND s.catalog <> 2615
CROSS JOIN LATERAL (
    SELECT string_agg(
        concat(
            CASE
                WHEN new.privilege IS NULL THEN 'REVOKE '
                WHEN old.grantable AND NOT new.grantable THEN 'REVOKE GRANT OPTION FOR '
                ELSE 'GRANT '
            END,
            coalesce(new.privilege, old.privilege),
            s.columns,
            format(' ON %s %s ', s.noun, s.sql),
            CASE WHEN new.privilege IS NULL OR old.grantable AND NOT new.grantable THEN 'FROM ' ELSE 'TO ' END,
            CASE coalesce(new.grantee, old.grantee)
                WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(coalesce(new.grantee, old.grantee)))
            END,
            CASE WHEN new.grantable AND NOT coalesce(old.grantable, false) THEN ' WITH GRANT OPTION' END
        ),
        E'\n'
    ) AS lines
    FROM (
        SELECT a.grantee, a.privilege_type AS privilege, bool_or(a.is_grantable) AS grantable
        FROM aclexplode(s.acl) AS a
        GROUP BY a.grantee, a.privilege_type
    ) AS new
    FULL JOIN (
        SELECT a.grantee, a.privilege_type AS privilege, bool_or(a.is_grantable) AS grantable
        FROM aclexplode(coalesce(i.initprivs, s.usual)) AS a
        GROUP BY a.grantee, a.privilege_type
    ) AS old ON old.grantee = new.grantee AND old.privilege = new.privilege
    WHERE new.grantable IS DISTINCT FROM old.grantable
) AS g
WHERE s.acl IS NOT NULL AND g.lines IS NOT NULL
UNION ALL
SELECT
    s.catalog, s.oid, s.namespace, s.name,
    CASE s.owned WHEN 'AGGREGATE' THEN replace(s.word, 'function(', 'aggregate(') ELSE CASE s.catalog WHEN 1259 THEN lower(s.owned) ELSE s.word END END,
    NULL,
    format(
        'ALTER %s %s OWNER TO %I',
        s.owned, CASE s.owned WHEN 'AGGREGATE' THEN replace(s.sql, '()', '(*)') ELSE s.sql END, pg_get_userbyid(s.owner)
    )
FROM subject AS s
WHERE
    s.owner <> $USER
    AND s.owned IS NOT NULL
    AND s.oid NOT IN ($MEMBERS s.catalog)
