-- What belongs to the database and to no namespace: extensions, event triggers, publications, foreign servers. Security labels have no
-- definition, and subscriptions none for those who may not read how they connect: they are only told.
SELECT
    3079,
    e.oid,
    'extension',
    NULL::oid,
    e.extname,
    NULL::text,
    NULL::oid,
    concat(
        format('CREATE EXTENSION %I', e.extname),
        CASE WHEN n.nspname <> 'pg_catalog' THEN format(' WITH SCHEMA %I', n.nspname) END
    ),
    NULL::text
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' AND ($GLOBAL OR e.extnamespace IN ($NAMESPACES))
UNION ALL
SELECT
    3466,
    t.oid,
    'event trigger',
    NULL,
    t.evtname,
    NULL,
    NULL,
    concat(
        format('CREATE EVENT TRIGGER %I ON %I', t.evtname, t.evtevent),
        ' WHEN TAG IN (' || (SELECT string_agg(quote_literal(g.tag), ', ' ORDER BY g.tag) FROM unnest(t.evttags) AS g (tag)) || ')',
        format(' EXECUTE FUNCTION %s()', t.evtfoid::regproc),
        CASE
            WHEN t.evtenabled <> 'O' THEN format(
                E';\nALTER EVENT TRIGGER %I %s',
                t.evtname,
                CASE t.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END
            )
        END
    ),
    NULL
FROM pg_event_trigger AS t
WHERE $GLOBAL AND t.oid NOT IN ($MEMBERS 3466)
UNION ALL
SELECT
    6104,
    p.oid,
    'publication',
    NULL,
    p.pubname,
    NULL,
    NULL,
    concat(
        format('CREATE PUBLICATION %I', p.pubname),
        CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END,
        ' FOR ' || (
            SELECT string_agg(m.item, ', ' ORDER BY m.item)
            FROM (
                SELECT concat(
                    format('TABLE ONLY %I.%I', n.nspname, c.relname),
                    /*if 15*/
                    ' (' || (
                        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                        FROM pg_attribute AS a
                        WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)
                    ) || ')',
                    ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'
                    /*else*/ '' /*end*/
                ) AS item
                FROM pg_publication_rel AS r
                JOIN pg_class AS c ON c.oid = r.prrelid
                JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE r.prpubid = p.oid
                /*if 15*/
                UNION ALL
                SELECT format('TABLES IN SCHEMA %I', n.nspname)
                FROM pg_publication_namespace AS s
                JOIN pg_namespace AS n ON n.oid = s.pnnspid
                WHERE s.pnpubid = p.oid
                /*end*/
            ) AS m
        ),
        ' WITH (publish = ',
        quote_literal(
            concat_ws(
                ', ',
                CASE WHEN p.pubinsert THEN 'insert' END,
                CASE WHEN p.pubupdate THEN 'update' END,
                CASE WHEN p.pubdelete THEN 'delete' END,
                CASE WHEN p.pubtruncate THEN 'truncate' END
            )
        ),
        CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END,
        /*if 18*/ CASE WHEN p.pubgencols = 's' THEN ', publish_generated_columns = stored' END, /*end*/
        ')'
    ),
    NULL
FROM pg_publication AS p
WHERE $GLOBAL AND p.oid NOT IN ($MEMBERS 6104)
UNION ALL
SELECT
    2328,
    w.oid,
    'foreign data wrapper',
    NULL,
    w.fdwname,
    NULL,
    NULL,
    concat(
        format('CREATE FOREIGN DATA WRAPPER %I', w.fdwname),
        CASE WHEN w.fdwhandler <> 0 THEN format(' HANDLER %s', w.fdwhandler::regproc) END,
        CASE WHEN w.fdwvalidator <> 0 THEN format(' VALIDATOR %s', w.fdwvalidator::regproc) END,
        E' OPTIONS (\n    ' || (
            SELECT string_agg(format('%I %L', o.option_name, o.option_value), E',\n    ' ORDER BY o.option_name)
            FROM pg_options_to_table(w.fdwoptions) AS o
        ) || E'\n)'
    ),
    NULL
FROM pg_foreign_data_wrapper AS w
WHERE $GLOBAL AND w.oid NOT IN ($MEMBERS 2328)
UNION ALL
SELECT
    1417,
    s.oid,
    'server',
    NULL,
    s.srvname,
    NULL,
    NULL,
    concat(
        format('CREATE SERVER %I', s.srvname),
        ' TYPE ' || quote_literal(s.srvtype),
        ' VERSION ' || quote_literal(s.srvversion),
        format(' FOREIGN DATA WRAPPER %I', w.fdwname),
        E' OPTIONS (\n    ' || (
            SELECT string_agg(format('%I %L', o.option_name, o.option_value), E',\n    ' ORDER BY o.option_name)
            FROM pg_options_to_table(s.srvoptions) AS o
        ) || E'\n)'
    ),
    NULL
FROM pg_foreign_server AS s
JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
WHERE $GLOBAL AND s.oid NOT IN ($MEMBERS 1417)
UNION ALL
SELECT
    1418,
    u.umid,
    'user mapping',
    NULL,
    u.usename,
    u.srvname,
    NULL,
    concat(
        format('CREATE USER MAPPING FOR %s SERVER %I', CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname),
        E' OPTIONS (\n    ' || (
            SELECT string_agg(format('%I %L', o.option_name, o.option_value), E',\n    ' ORDER BY o.option_name)
            FROM pg_options_to_table(u.umoptions) AS o
        ) || E'\n)'
    ),
    NULL
FROM pg_user_mappings AS u
WHERE $GLOBAL
UNION ALL
SELECT 6100, 0::oid, 'subscription', NULL, s.subname, NULL, NULL, NULL, NULL
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
WHERE $GLOBAL AND d.datname = current_database() AND NOT has_column_privilege('pg_subscription', 'subconninfo', 'SELECT')
UNION ALL
SELECT 3596, l.objoid, 'security label', NULL, format('%s of %s', l.provider, pg_describe_object(l.classoid, l.objoid, l.objsubid)), NULL, NULL, NULL, NULL
FROM pg_seclabel AS l
UNION ALL
SELECT
    1259,
    c.oid,
    'foreign table',
    c.relnamespace,
    c.relname,
    NULL,
    NULL,
    concat(
        format(E'\n)\nSERVER %I', s.srvname),
        E'\nOPTIONS (\n    ' || (
            SELECT string_agg(format('%I %L', o.option_name, o.option_value), E',\n    ' ORDER BY o.option_name)
            FROM pg_options_to_table(f.ftoptions) AS o
        ) || E'\n)'
    ),
    NULL
FROM pg_class AS c
JOIN pg_foreign_table AS f ON f.ftrelid = c.oid
JOIN pg_foreign_server AS s ON s.oid = f.ftserver
WHERE c.relnamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 1259)
