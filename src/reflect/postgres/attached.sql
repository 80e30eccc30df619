-- What is attached to relations: triggers, rules, row-security policies, extended statistics. Those that partitions have from their
-- parents are left out.
SELECT
    2620,
    t.oid,
    'trigger',
    c.relnamespace,
    t.tgname,
    NULL::text,
    t.tgrelid,
    concat(
        pg_get_triggerdef(t.oid),
        CASE
            WHEN t.tgenabled <> 'O' THEN format(
                E';\nALTER %sTABLE %I.%I %s TRIGGER %I',
                CASE c.relkind WHEN 'f' THEN 'FOREIGN ' END,
                n.nspname,
                c.relname,
                CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
                t.tgname
            )
        END
    ),
    NULL::text
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relnamespace IN ($NAMESPACES) AND t.oid NOT IN ($MEMBERS 2620)
UNION ALL
SELECT
    2618,
    r.oid,
    'rule',
    c.relnamespace,
    r.rulename,
    NULL,
    r.ev_class,
    concat(
        rtrim(pg_get_ruledef(r.oid), ';'),
        CASE
            WHEN r.ev_enabled <> 'O' THEN format(
                E';\nALTER TABLE %I.%I %s RULE %I',
                n.nspname,
                c.relname,
                CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
                r.rulename
            )
        END
    ),
    NULL
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.relnamespace IN ($NAMESPACES) AND r.oid NOT IN ($MEMBERS 2618)
UNION ALL
SELECT
    3256,
    p.oid,
    'policy',
    c.relnamespace,
    p.polname,
    NULL,
    p.polrelid,
    concat(
        format('CREATE POLICY %I ON %I.%I', p.polname, n.nspname, c.relname),
        CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
        CASE p.polcmd
            WHEN 'r' THEN ' FOR SELECT'
            WHEN 'a' THEN ' FOR INSERT'
            WHEN 'w' THEN ' FOR UPDATE'
            WHEN 'd' THEN ' FOR DELETE'
        END,
        CASE
            WHEN p.polroles <> '{0}' THEN ' TO ' || (
                SELECT string_agg(CASE r.oid WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.oid)) END, ', ' ORDER BY pg_get_userbyid(r.oid))
                FROM unnest(p.polroles) AS r (oid)
            )
        END,
        ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    ),
    NULL
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relnamespace IN ($NAMESPACES) AND p.oid NOT IN ($MEMBERS 3256)
UNION ALL
SELECT
    3381,
    s.oid,
    'statistics',
    s.stxnamespace,
    s.stxname,
    NULL,
    NULL,
    concat(
        pg_get_statisticsobjdef(s.oid),
        CASE
            WHEN s.stxstattarget >= 0
                THEN format(E';\nALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget)
        END
    ),
    NULL
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
WHERE s.stxnamespace IN ($NAMESPACES) AND s.oid NOT IN ($MEMBERS 3381)
