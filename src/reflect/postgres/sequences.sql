-- Sequences with the column they belong to: by identity (`i`) or ownership (`a`).
SELECT
    s.seqrelid,
    format_type(s.seqtypid, NULL),
    s.seqstart,
    s.seqincrement,
    s.seqmin,
    s.seqmax,
    s.seqcache,
    s.seqcycle,
    d.refobjid,
    d.refobjsubid,
    d.deptype,
    format('nextval(%L::regclass)', s.seqrelid::regclass)
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
LEFT JOIN pg_depend AS d
    ON d.classid = 1259 AND d.objid = s.seqrelid AND d.objsubid = 0
    AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
WHERE c.relnamespace IN ($NAMESPACES)
