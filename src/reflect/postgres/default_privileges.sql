-- ALTER DEFAULT PRIVILEGES. Those of a namespace come on top of the global ones, which start from what the engine grants by itself.
SELECT
    pg_get_userbyid(d.defaclrole),
    format(
        '%s:%s',
        n.nspname,
        CASE d.defaclobjtype
            WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
            ELSE 'large objects'
        END
    ),
    g.lines
FROM pg_default_acl AS d
LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (
    SELECT string_agg(
        concat(
            format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', pg_get_userbyid(d.defaclrole)),
            ' IN SCHEMA ' || quote_ident(n.nspname),
            CASE WHEN new.privilege IS NULL THEN ' REVOKE ' ELSE ' GRANT ' END,
            coalesce(new.privilege, old.privilege),
            ' ON ',
            CASE d.defaclobjtype
                WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
                ELSE 'LARGE OBJECTS'
            END,
            CASE WHEN new.privilege IS NULL THEN ' FROM ' ELSE ' TO ' END,
            CASE coalesce(new.grantee, old.grantee)
                WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(coalesce(new.grantee, old.grantee)))
            END,
            CASE WHEN new.grantable AND NOT coalesce(old.grantable, false) THEN ' WITH GRANT OPTION' END
        ),
        E'\n'
    ) AS lines
    FROM (
        SELECT a.grantee, a.privilege_type AS privilege, bool_or(a.is_grantable) AS grantable
        FROM aclexplode(d.defaclacl) AS a
        GROUP BY a.grantee, a.privilege_type
    ) AS new
    FULL JOIN (
        SELECT a.grantee, a.privilege_type AS privilege, bool_or(a.is_grantable) AS grantable
        FROM aclexplode(
            CASE
                WHEN d.defaclnamespace = 0
                    THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END, d.defaclrole)
            END
        ) AS a
        GROUP BY a.grantee, a.privilege_type
    ) AS old ON old.grantee = new.grantee AND old.privilege = new.privilege
    WHERE new.grantable IS DISTINCT FROM old.grantable
) AS g
WHERE g.lines IS NOT NULL AND (d.defaclnamespace IN ($NAMESPACES) OR d.defaclnamespace = 0 AND $GLOBAL)
