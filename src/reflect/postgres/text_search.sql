-- Collations, conversions, text search.
SELECT
    3456,
    c.oid,
    'collation',
    c.collnamespace,
    c.collname,
    NULL::text,
    NULL::oid,
    concat(
        format('CREATE COLLATION %I.%I (provider = ', n.nspname, c.collname),
        CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END,
        CASE WHEN NOT c.collisdeterministic THEN ', deterministic = false' END,
        CASE
            WHEN c.collcollate = c.collctype THEN format(', locale = %L', c.collcollate)
            WHEN c.collcollate IS NOT NULL THEN format(', lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
        END,
        ', locale = ' || quote_literal(/*if 17*/ c.colllocale /*else*/ /*if 15*/ c.colliculocale /*else*/ NULL::text /*end*/ /*end*/),
        /*if 16*/ ', rules = ' || quote_literal(c.collicurules), /*end*/
        ')'
    ),
    NULL::text
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.collnamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 3456)
UNION ALL
SELECT
    2607,
    c.oid,
    'conversion',
    c.connamespace,
    c.conname,
    NULL,
    NULL,
    format(
        'CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s',
        CASE WHEN c.condefault THEN 'DEFAULT ' END,
        n.nspname, c.conname, pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc
    ),
    NULL
FROM pg_conversion AS c
JOIN pg_namespace AS n ON n.oid = c.connamespace
WHERE c.connamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 2607)
UNION ALL
SELECT
    3601,
    p.oid,
    'text search parser',
    p.prsnamespace,
    p.prsname,
    NULL,
    NULL,
    concat(
        format('CREATE TEXT SEARCH PARSER %I.%I (', n.nspname, p.prsname),
        format(E'\n    START = %s,\n    GETTOKEN = %s,\n    END = %s', p.prsstart, p.prstoken, p.prsend),
        CASE WHEN p.prsheadline <> 0 THEN format(E',\n    HEADLINE = %s', p.prsheadline) END,
        format(E',\n    LEXTYPES = %s\n)', p.prslextype)
    ),
    NULL
FROM pg_ts_parser AS p
JOIN pg_namespace AS n ON n.oid = p.prsnamespace
WHERE p.prsnamespace IN ($NAMESPACES) AND p.oid NOT IN ($MEMBERS 3601)
UNION ALL
SELECT
    3600,
    d.oid,
    'text search dictionary',
    d.dictnamespace,
    d.dictname,
    NULL,
    NULL,
    concat(
        format(E'CREATE TEXT SEARCH DICTIONARY %I.%I (\n    TEMPLATE = %I.%I', n.nspname, d.dictname, tn.nspname, t.tmplname),
        E',\n    ' || d.dictinitoption,
        E'\n)'
    ),
    NULL
FROM pg_ts_dict AS d
JOIN pg_namespace AS n ON n.oid = d.dictnamespace
JOIN pg_ts_template AS t ON t.oid = d.dicttemplate
JOIN pg_namespace AS tn ON tn.oid = t.tmplnamespace
WHERE d.dictnamespace IN ($NAMESPACES) AND d.oid NOT IN ($MEMBERS 3600)
UNION ALL
SELECT
    3764,
    t.oid,
    'text search template',
    t.tmplnamespace,
    t.tmplname,
    NULL,
    NULL,
    concat(
        format(E'CREATE TEXT SEARCH TEMPLATE %I.%I (', n.nspname, t.tmplname),
        CASE WHEN t.tmplinit <> 0 THEN format(E'\n    INIT = %s,', t.tmplinit) END,
        format(E'\n    LEXIZE = %s\n)', t.tmpllexize)
    ),
    NULL
FROM pg_ts_template AS t
JOIN pg_namespace AS n ON n.oid = t.tmplnamespace
WHERE t.tmplnamespace IN ($NAMESPACES) AND t.oid NOT IN ($MEMBERS 3764)
UNION ALL
SELECT
    3602,
    c.oid,
    'text search configuration',
    c.cfgnamespace,
    c.cfgname,
    NULL,
    NULL,
    concat(
        format(E'CREATE TEXT SEARCH CONFIGURATION %I.%I (\n    PARSER = %I.%I\n)', n.nspname, c.cfgname, pn.nspname, p.prsname),
        (
            SELECT string_agg(
                format(
                    E';\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s',
                    n.nspname, c.cfgname, m.alias, m.dictionaries
                ),
                '' ORDER BY m.alias
            )
            FROM (
                SELECT
                    k.alias,
                    string_agg(
                        CASE dn.nspname WHEN 'pg_catalog' THEN quote_ident(d.dictname) ELSE format('%I.%I', dn.nspname, d.dictname) END,
                        ', ' ORDER BY x.mapseqno
                    ) AS dictionaries
                FROM pg_ts_config_map AS x
                JOIN ts_token_type(c.cfgparser) AS k ON k.tokid = x.maptokentype
                JOIN pg_ts_dict AS d ON d.oid = x.mapdict
                JOIN pg_namespace AS dn ON dn.oid = d.dictnamespace
                WHERE x.mapcfg = c.oid
                GROUP BY k.alias
            ) AS m
        )
    ),
    NULL
FROM pg_ts_config AS c
JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser AS p ON p.oid = c.cfgparser
JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace
WHERE c.cfgnamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 3602)
