-- The columns of all relations, in their order.
SELECT
    a.attrelid,
    a.attnum,
    a.attname,
    format_type(a.atttypid, a.atttypmod),
    CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END,
    concat(
        CASE WHEN a.attnotnull THEN 'n' END,
        CASE WHEN a.attinhcount > 0 AND NOT a.attislocal THEN 'i' END,
        a.attidentity,
        a.attgenerated
    ),
    d.oid,
    -- Only what is generated names other columns; without a relation to look them up in, the server is faster.
    pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END),
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation END,
    NULLIF(a.attcollation, 0),
    CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
    NULLIF(/*if 14*/ a.attcompression /*else*/ ''::"char" /*end*/, ''),
    NULLIF(a.attstattarget, -1),
    a.attoptions::text,
    CASE WHEN c.relkind IN ('v', 'm', 'f', 'c') THEN quote_ident(a.attname) END,
    CASE
        WHEN c.relkind = 'f' THEN (
            SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name)
            FROM pg_options_to_table(a.attfdwoptions) AS o
        )
    END
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE
    c.relnamespace IN ($NAMESPACES)
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    AND a.attnum > 0
    AND NOT a.attisdropped
