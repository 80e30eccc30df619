-- Everything in one query, and so in one snapshot. `shape` is what the engine itself says of a table's columns, in one
-- text: the reader compares it with what it read from the table's own SQL. A NOT NULL that comes with WITHOUT ROWID or a
-- primary key is left out of it. Virtual tables have no shape: asking would load their module.
SELECT
    m.type,
    m.name,
    m.tbl_name,
    m.sql,
    CASE
        WHEN m.type = 'table' AND m.rootpage > 0 THEN (
            SELECT group_concat(
                x.name || char(31) || (x."notnull" AND NOT x.pk) || char(31) || x.pk || char(31) || x.hidden,
                char(30) ORDER BY x.cid
            )
            FROM pragma_table_xinfo(m.name, 'main') AS x
        )
    END AS shape,
    m.type = 'table' AND m.name IN (
        SELECT l.name FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type = 'shadow'
    ) AS is_shadow
FROM main.sqlite_schema AS m
WHERE m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY m.name
