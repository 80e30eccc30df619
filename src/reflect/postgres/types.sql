-- Enums (their values as an array), domains, ranges, base types. Composite types come with the relations.
-- The columns are those of every query of objects: catalog, oid, kind, namespace, name, signature, relation it is on,
-- definition, shape.
SELECT
    1247,
    t.oid,
    'enum',
    t.typnamespace,
    t.typname,
    NULL::text,
    NULL::oid,
    '',
    (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid)::text
FROM pg_type AS t
WHERE t.typtype = 'e' AND t.typnamespace IN ($NAMESPACES) AND t.oid NOT IN ($MEMBERS 1247)
UNION ALL
SELECT
    1247,
    t.oid,
    'domain',
    t.typnamespace,
    t.typname,
    NULL,
    NULL,
    concat(
        format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)),
        CASE WHEN t.typcollation <> b.typcollation THEN format(' COLLATE %I.%I', cn.nspname, co.collname) END,
        ' DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 1247), quote_literal(t.typdefault)),
        CASE
            WHEN t.typnotnull THEN
                concat(
                    (
                        SELECT format(' CONSTRAINT %I', c.conname)
                        FROM pg_constraint AS c
                        WHERE c.contypid = t.oid AND c.contype = 'n' AND c.conname <> left(t.typname, 54) || '_not_null'
                    ),
                    ' NOT NULL'
                )
        END,
        (
            SELECT string_agg(format(' CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)), '' ORDER BY c.conname)
            FROM pg_constraint AS c
            WHERE c.contypid = t.oid AND c.contype = 'c' AND c.convalidated
        ),
        (
            SELECT string_agg(
                format(
                    E';\nALTER DOMAIN %I.%I ADD CONSTRAINT %I %s',
                    n.nspname, t.typname, c.conname, pg_get_constraintdef(c.oid)
                ),
                '' ORDER BY c.conname
            )
            FROM pg_constraint AS c
            WHERE c.contypid = t.oid AND c.contype = 'c' AND NOT c.convalidated
        ),
        (
            SELECT string_agg(
                format(
                    E';\nCOMMENT ON CONSTRAINT %I ON DOMAIN %I.%I IS %L',
                    c.conname, n.nspname, t.typname, d.description
                ),
                '' ORDER BY c.conname
            )
            FROM pg_constraint AS c
            JOIN pg_description AS d ON d.classoid = 2606 AND d.objoid = c.oid AND d.objsubid = 0
            WHERE c.contypid = t.oid
        )
    ),
    NULL
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_type AS b ON b.oid = t.typbasetype
LEFT JOIN pg_collation AS co ON co.oid = t.typcollation
LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
WHERE t.typtype = 'd' AND t.typnamespace IN ($NAMESPACES) AND t.oid NOT IN ($MEMBERS 1247)
UNION ALL
SELECT
    1247,
    t.oid,
    'range type',
    t.typnamespace,
    t.typname,
    NULL,
    NULL,
    concat(
        format('CREATE TYPE %I.%I AS RANGE (', n.nspname, t.typname),
        format(E'\n    subtype = %s', format_type(r.rngsubtype, NULL)),
        /*if 14*/
        CASE
            WHEN m.typname <> left(
                CASE
                    WHEN strpos(t.typname, 'range') > 0
                        THEN overlay(t.typname::text PLACING 'multirange' FROM strpos(t.typname, 'range') FOR 5)
                    ELSE left(t.typname, 52) || '_multirange'
                END,
                63
            ) OR m.typnamespace <> t.typnamespace
                THEN format(E',\n    multirange_type_name = %I.%I', mn.nspname, m.typname)
        END,
        /*end*/
        CASE WHEN NOT o.opcdefault THEN format(E',\n    subtype_opclass = %I.%I', os.nspname, o.opcname) END,
        CASE
            WHEN r.rngcollation <> s.typcollation THEN format(E',\n    collation = %I.%I', cn.nspname, co.collname)
        END,
        CASE WHEN r.rngcanonical <> 0 THEN format(E',\n    canonical = %s', r.rngcanonical) END,
        CASE WHEN r.rngsubdiff <> 0 THEN format(E',\n    subtype_diff = %s', r.rngsubdiff) END,
        E'\n)'
    ),
    NULL
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_range AS r ON r.rngtypid = t.oid
JOIN pg_type AS s ON s.oid = r.rngsubtype
JOIN pg_opclass AS o ON o.oid = r.rngsubopc
JOIN pg_namespace AS os ON os.oid = o.opcnamespace
LEFT JOIN pg_collation AS co ON co.oid = r.rngcollation
LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
/*if 14*/
JOIN pg_type AS m ON m.oid = r.rngmultitypid
JOIN pg_namespace AS mn ON mn.oid = m.typnamespace
/*end*/
WHERE t.typtype = 'r' AND t.typnamespace IN ($NAMESPACES) AND t.oid NOT IN ($MEMBERS 1247)
UNION ALL
SELECT
    1247,
    t.oid,
    'base type',
    t.typnamespace,
    t.typname,
    NULL,
    NULL,
    CASE
        WHEN NOT t.typisdefined THEN format('CREATE TYPE %I.%I', n.nspname, t.typname)
        ELSE concat(
            format('CREATE TYPE %I.%I (', n.nspname, t.typname),
            E'\n    INTERNALLENGTH = ', CASE t.typlen WHEN -1 THEN 'variable' ELSE t.typlen::text END,
            format(E',\n    INPUT = %s,\n    OUTPUT = %s', t.typinput, t.typoutput),
            CASE WHEN t.typreceive <> 0 THEN format(E',\n    RECEIVE = %s', t.typreceive) END,
            CASE WHEN t.typsend <> 0 THEN format(E',\n    SEND = %s', t.typsend) END,
            CASE WHEN t.typmodin <> 0 THEN format(E',\n    TYPMOD_IN = %s', t.typmodin) END,
            CASE WHEN t.typmodout <> 0 THEN format(E',\n    TYPMOD_OUT = %s', t.typmodout) END,
            CASE WHEN t.typanalyze <> 0 THEN format(E',\n    ANALYZE = %s', t.typanalyze) END,
            /*if 14*/ CASE WHEN t.typsubscript <> 0 THEN format(E',\n    SUBSCRIPT = %s', t.typsubscript) END, /*end*/
            CASE WHEN t.typcollation <> 0 THEN E',\n    COLLATABLE = true' END,
            CASE WHEN t.typdefault IS NOT NULL THEN format(E',\n    DEFAULT = %L', t.typdefault) END,
            CASE WHEN t.typcategory <> 'U' THEN format(E',\n    CATEGORY = %L', t.typcategory) END,
            CASE WHEN t.typispreferred THEN E',\n    PREFERRED = true' END,
            CASE WHEN t.typelem <> 0 THEN format(E',\n    ELEMENT = %s', format_type(t.typelem, NULL)) END,
            CASE WHEN t.typdelim <> ',' THEN format(E',\n    DELIMITER = %L', t.typdelim) END,
            E',\n    ALIGNMENT = ',
            CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
            E',\n    STORAGE = ',
            CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END,
            CASE WHEN t.typbyval THEN E',\n    PASSEDBYVALUE' END,
            E'\n)'
        )
    END,
    NULL
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE
    (t.typtype = 'b' OR t.typtype = 'p' AND NOT t.typisdefined)
    AND t.typnamespace IN ($NAMESPACES)
    AND t.oid NOT IN ($MEMBERS 1247)
    AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
