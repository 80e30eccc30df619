-- One row about the current database, on any version: columns that came later are found by name in the JSON form.
SELECT
    pg_catalog.current_database(),
    pg_catalog.current_setting('server_version'),
    pg_catalog.pg_encoding_to_char(d.encoding),
    d.datcollate,
    d.datctype,
    j.whole ->> 'datlocprovider',
    coalesce(j.whole ->> 'datlocale', j.whole ->> 'daticulocale'),
    j.whole ->> 'daticurules',
    nullif(t.spcname, 'pg_default'),
    (
        SELECT pg_catalog.substr(c.setting, 13)
        FROM pg_catalog.pg_db_role_setting s
        JOIN pg_catalog.pg_roles r ON r.rolname = session_user AND s.setrole IN (0, r.oid)
        CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c (setting)
        WHERE s.setdatabase = d.oid AND c.setting LIKE 'search\_path=%'
        ORDER BY s.setrole DESC
        LIMIT 1
    ),
    (
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(e.extname, n.nspname) ORDER BY e.extname)
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname <> 'plpgsql'
    )::text,
    session_user::text
FROM pg_catalog.pg_database d
JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(d)) j (whole)
WHERE d.datname = pg_catalog.current_database()
