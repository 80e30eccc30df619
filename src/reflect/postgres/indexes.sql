-- All indexes, those of constraints too. Expressions are asked for only where there are some.
SELECT
    i.indexrelid,
    i.indrelid,
    c.relname,
    c.relam,
    concat(
        CASE WHEN i.indisunique THEN 'u' END,
        CASE WHEN NOT i.indisvalid THEN 'i' END,
        CASE WHEN i.indisclustered THEN 'c' END,
        CASE WHEN i.indisreplident THEN 'r' END,
        /*if 15*/ CASE WHEN i.indnullsnotdistinct THEN 'n' END, /*end*/
        CASE WHEN c.relkind = 'I' THEN 'p' END
    ),
    i.indnkeyatts,
    i.indkey::text,
    i.indclass::text,
    i.indcollation::text,
    i.indoption::text,
    CASE
        WHEN i.indexprs IS NOT NULL THEN (
            SELECT array_agg(pg_get_indexdef(i.indexrelid, k, false) ORDER BY k)
            FROM generate_series(1, i.indnatts::int) AS k
            WHERE i.indkey[k - 1] = 0
        )
    END::text,
    pg_get_expr(i.indpred, i.indrelid),
    c.reloptions::text,
    NULLIF(c.reltablespace, 0),
    h.inhparent,
    a.attributes,
    CASE WHEN t.relkind = 'm' THEN pg_get_indexdef(i.indexrelid) END,
    CASE WHEN t.relkind = 'm' THEN quote_ident(n.nspname) END,
    CASE WHEN t.relkind = 'm' THEN quote_ident(c.relname) END
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits AS h ON h.inhrelid = i.indexrelid
LEFT JOIN (
    -- Parameters of operator classes and statistics targets, which only few indexes have.
    SELECT
        s.attrelid,
        array_agg(ARRAY[s.attnum::text, NULLIF(s.attstattarget, -1)::text, s.attoptions::text])::text AS attributes
    FROM pg_attribute AS s
    JOIN pg_class AS x ON x.oid = s.attrelid
    WHERE x.relkind IN ('i', 'I') AND (s.attoptions IS NOT NULL OR NULLIF(s.attstattarget, -1) IS NOT NULL)
    GROUP BY s.attrelid
) AS a ON a.attrelid = i.indexrelid
WHERE c.relnamespace IN ($NAMESPACES) AND t.relkind IN ('r', 'p', 'm')
