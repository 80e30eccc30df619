-- The constraints of tables and foreign tables; those of domains only for what leans on them.
SELECT
    c.oid,
    c.conrelid,
    c.contypid,
    c.contype,
    c.conname,
    concat(
        CASE WHEN c.condeferrable THEN 'd' END,
        CASE WHEN c.condeferred THEN 'D' END,
        CASE WHEN NOT c.convalidated THEN 'v' END,
        /*if 18*/ CASE WHEN NOT c.conenforced THEN 'e' END, /*end*/
        /*if 18*/ CASE WHEN c.conperiod THEN 'p' END, /*end*/
        CASE WHEN c.connoinherit THEN 'n' END,
        CASE WHEN c.coninhcount > 0 AND NOT c.conislocal THEN 'i' END
    ),
    NULLIF(c.conparentid, 0),
    NULLIF(c.conindid, 0),
    NULLIF(c.confrelid, 0),
    CASE WHEN c.contype IN ('f', 'n') THEN c.conkey::text END,
    c.confkey::text,
    CASE WHEN c.contype = 'f' THEN concat(c.confupdtype, c.confdeltype, c.confmatchtype) END,
    CASE
        WHEN c.contype = 'x' THEN (
            SELECT array_agg(
                CASE n.nspname
                    WHEN 'pg_catalog' THEN o.oprname
                    ELSE format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                END
                ORDER BY x.place
            )
            FROM unnest(c.conexclop) WITH ORDINALITY AS x (operator, place)
            JOIN pg_operator AS o ON o.oid = x.operator
            JOIN pg_namespace AS n ON n.oid = o.oprnamespace
        )
    END::text,
    CASE WHEN c.contype = 'c' AND c.conrelid <> 0 THEN pg_get_expr(c.conbin, c.conrelid) END,
    CASE
        WHEN c.contype = 'f' AND /*if 15*/ c.confdelsetcols IS NOT NULL /*else*/ false /*end*/ THEN (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY x.place)
            FROM unnest(/*if 15*/ c.confdelsetcols /*else*/ c.conkey /*end*/) WITH ORDINALITY AS x (number, place)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = x.number
        )
    END
FROM pg_constraint AS c
WHERE c.connamespace IN ($NAMESPACES) AND c.contype <> 't'
