-- Whatever has columns, and sequences. Rare attributes are NULL when they say the default.
SELECT
    c.oid,
    c.relnamespace,
    c.relname,
    c.relkind,
    format('%I.%I', n.nspname, c.relname),
    c.reltype,
    concat(
        CASE c.relpersistence WHEN 'u' THEN 'u' END,
        CASE WHEN c.relrowsecurity THEN 'r' END,
        CASE WHEN c.relforcerowsecurity THEN 'f' END,
        CASE c.relreplident WHEN 'n' THEN 'N' WHEN 'f' THEN 'F' END,
        CASE WHEN c.relispartition THEN 'p' END
    ),
    NULLIF(c.reltablespace, 0),
    NULLIF(NULLIF(c.relam, 0), 2),
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
    i.parents,
    c.reloptions::text,
    t.reloptions::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN (
    SELECT h.inhrelid, string_agg(h.inhparent::text, ' ' ORDER BY h.inhseqno) AS parents
    FROM pg_inherits AS h
    GROUP BY h.inhrelid
) AS i ON i.inhrelid = c.oid
WHERE
    c.relnamespace IN ($NAMESPACES)
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S')
    AND c.oid NOT IN ($MEMBERS 1259)
ORDER BY c.oid
