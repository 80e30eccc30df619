-- Views and materialized views. What their columns were given besides (defaults, storage) is added by the reader.
SELECT
    1259,
    c.oid,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
    c.relnamespace,
    c.relname,
    NULL::text,
    NULL::oid,
    concat(
        CASE c.relkind WHEN 'v' THEN 'CREATE OR REPLACE VIEW ' ELSE 'CREATE MATERIALIZED VIEW ' END,
        format('%I.%I', n.nspname, c.relname),
        CASE WHEN c.relkind = 'm' THEN (SELECT format(' USING %I', m.amname) FROM pg_am AS m WHERE m.oid = c.relam AND m.oid <> 2) END,
        ' WITH (' || (
            SELECT string_agg(format('%I=%s', o.option_name, CASE WHEN o.option_value ~ '^[a-z0-9_.]+$' THEN o.option_value ELSE quote_literal(o.option_value) END), ', ' ORDER BY o.option_name)
            FROM pg_options_to_table(c.reloptions) AS o
            WHERE o.option_name <> 'check_option'
        ) || ')',
        (SELECT format(' TABLESPACE %I', s.spcname) FROM pg_tablespace AS s WHERE s.oid = c.reltablespace),
        E' AS\n',
        rtrim(pg_get_viewdef(c.oid), ';'),
        (
            SELECT format(E'\n WITH %s CHECK OPTION', upper(o.option_value))
            FROM pg_options_to_table(c.reloptions) AS o
            WHERE o.option_name = 'check_option'
        ),
        (
            SELECT string_agg(
                format(E';\nALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)),
                '' ORDER BY a.attnum
            )
            FROM pg_attrdef AS d
            JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = c.oid
        ),
        (
            SELECT string_agg(
                concat(
                    CASE
                        WHEN a.attstorage <> t.typstorage THEN format(
                            E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET STORAGE %s', n.nspname, c.relname, a.attname,
                            CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
                        )
                    END,
                    /*if 14*/
                    CASE
                        WHEN a.attcompression <> '' THEN format(
                            E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET COMPRESSION %s', n.nspname, c.relname, a.attname,
                            CASE a.attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END
                        )
                    END,
                    /*end*/
                    CASE
                        WHEN a.attstattarget >= 0 THEN format(
                            E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET STATISTICS %s', n.nspname, c.relname, a.attname, a.attstattarget
                        )
                    END,
                    CASE
                        WHEN a.attoptions IS NOT NULL THEN format(
                            E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET (%s)', n.nspname, c.relname, a.attname,
                            array_to_string(a.attoptions, ', ')
                        )
                    END
                ),
                '' ORDER BY a.attnum
            )
            FROM pg_attribute AS a
            JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE c.relkind = 'm' AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        )
    ),
    NULL::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND c.relnamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 1259)
