-- Names behind the numbers that other queries give: operator classes (with access method, input type and whether it is the default),
-- collations, tablespaces, access methods.
SELECT 2616, o.oid, n.nspname, o.opcname, format('%I.%I', n.nspname, o.opcname), o.opcmethod, o.opcintype, o.opcdefault
FROM pg_opclass AS o JOIN pg_namespace AS n ON n.oid = o.opcnamespace
UNION ALL
SELECT 3456, c.oid, n.nspname, c.collname, format('%I.%I', n.nspname, c.collname), NULL, NULL, NULL
FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
UNION ALL
SELECT 1213, t.oid, NULL, t.spcname, quote_ident(t.spcname), NULL, NULL, NULL FROM pg_tablespace AS t
UNION ALL
SELECT 2601, a.oid, NULL, a.amname, quote_ident(a.amname), NULL, NULL, NULL FROM pg_am AS a
