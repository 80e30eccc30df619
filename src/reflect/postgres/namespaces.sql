-- Every namespace but the engine's own. Members of extensions are told apart by the last column.
SELECT
    n.oid,
    n.nspname,
    EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 2615 AND d.objid = n.oid AND d.refclassid = 3079 AND d.deptype = 'e'
    )
FROM pg_namespace AS n
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname
