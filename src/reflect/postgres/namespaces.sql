-- Every namespace but the engine's own, whether an extension made it, and which of the rarer queries have something to find anywhere:
-- a query for nothing still takes time to plan. (What users make has numbers from 16384 on.)
SELECT
    n.oid,
    n.nspname,
    EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 2615 AND d.objid = n.oid AND d.refclassid = 3079 AND d.deptype = 'e'
    ),
    p.present
FROM pg_namespace AS n
CROSS JOIN (
    SELECT concat_ws(
        ' ',
        CASE
            WHEN EXISTS (
                SELECT FROM pg_type AS t
                WHERE t.oid >= 16384 AND (t.typtype IN ('d', 'e', 'r', 'p') OR t.typtype = 'b' AND t.typinput <> 'array_in'::regproc)
            ) THEN 'types'
        END,
        CASE WHEN EXISTS (SELECT FROM pg_class AS c WHERE c.oid >= 16384 AND c.relkind = 'S') THEN 'sequences' END,
        CASE WHEN EXISTS (SELECT FROM pg_class AS c WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm')) THEN 'views' END,
        CASE WHEN EXISTS (SELECT FROM pg_proc AS r WHERE r.oid >= 16384) THEN 'routines' END,
        CASE
            WHEN EXISTS (SELECT FROM pg_trigger AS t WHERE NOT t.tgisinternal)
                OR EXISTS (SELECT FROM pg_rewrite AS r WHERE r.oid >= 16384 AND r.rulename <> '_RETURN')
                OR EXISTS (SELECT FROM pg_policy)
                OR EXISTS (SELECT FROM pg_statistic_ext)
                THEN 'attached'
        END,
        CASE
            WHEN EXISTS (SELECT FROM pg_collation AS c WHERE c.oid >= 16384)
                OR EXISTS (SELECT FROM pg_conversion AS c WHERE c.oid >= 16384)
                OR EXISTS (SELECT FROM pg_ts_parser AS t WHERE t.oid >= 16384)
                OR EXISTS (SELECT FROM pg_ts_dict AS t WHERE t.oid >= 16384)
                OR EXISTS (SELECT FROM pg_ts_template AS t WHERE t.oid >= 16384)
                OR EXISTS (SELECT FROM pg_ts_config AS t WHERE t.oid >= 16384)
                THEN 'text_search'
        END,
        CASE
            WHEN EXISTS (SELECT FROM pg_operator AS o WHERE o.oid >= 16384)
                OR EXISTS (SELECT FROM pg_opfamily AS o WHERE o.oid >= 16384)
                OR EXISTS (SELECT FROM pg_opclass AS o WHERE o.oid >= 16384)
                OR EXISTS (SELECT FROM pg_cast AS c WHERE c.oid >= 16384)
                OR EXISTS (SELECT FROM pg_language AS l WHERE l.oid >= 16384)
                OR EXISTS (SELECT FROM pg_transform)
                OR EXISTS (SELECT FROM pg_am AS a WHERE a.oid >= 16384)
                THEN 'operators'
        END,
        CASE
            WHEN EXISTS (SELECT FROM pg_extension AS e WHERE e.extname <> 'plpgsql')
                OR EXISTS (SELECT FROM pg_event_trigger)
                OR EXISTS (SELECT FROM pg_publication)
                OR EXISTS (SELECT FROM pg_foreign_data_wrapper)
                OR EXISTS (SELECT s.subdbid FROM pg_subscription AS s)
                OR EXISTS (SELECT FROM pg_seclabel)
                THEN 'database'
        END,
        CASE
            WHEN EXISTS (SELECT s.subdbid FROM pg_subscription AS s)
                AND has_column_privilege('pg_subscription', 'subconninfo', 'SELECT')
                THEN 'subscriptions'
        END,
        CASE WHEN EXISTS (SELECT FROM pg_default_acl) THEN 'default_privileges' END
    ) AS present
) AS p
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname
