-- All comments on what users made, and on namespaces: that on `public` may be a user's too.
SELECT d.classoid, d.objoid, d.objsubid, d.description
FROM pg_description AS d
WHERE (d.objoid >= 16384 OR d.classoid = 2615) AND d.description <> ''
