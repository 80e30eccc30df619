-- All comments on what users made.
SELECT d.classoid, d.objoid, d.objsubid, d.description
FROM pg_description AS d
WHERE d.objoid >= 16384 AND d.description <> ''
