-- What leans on what, packed by pair of catalogs: numbers only, so that blanks and commas tell them apart. Left out: what the engine
-- itself owns, namespaces, and internal triggers.
SELECT
    d.classid,
    d.refclassid,
    string_agg(concat_ws(' ', d.objid, d.objsubid, d.refobjid, d.refobjsubid, d.deptype), ',')
FROM pg_depend AS d
WHERE
    d.objid >= 16384
    AND d.deptype IN ('n', 'a', 'i', 'e')
    AND d.refclassid <> 2615
    AND (
        d.classid <> 2620
        OR d.refclassid <> 2606
    )
GROUP BY d.classid, d.refclassid
ORDER BY d.classid, d.refclassid
