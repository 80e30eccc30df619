-- Subscriptions of this database, for those who may read how they connect. Whether one is enabled is no part of it: `pg_dump` says the
-- same. A connection that holds a secret, in any of the forms that libpq reads, is not told.
SELECT
    6100,
    s.oid,
    'subscription',
    NULL::oid,
    s.subname,
    NULL::text,
    NULL::oid,
    CASE WHEN NOT c.is_secret THEN concat(
        format(E'CREATE SUBSCRIPTION %I\n    CONNECTION %L\n    PUBLICATION ', s.subname, s.subconninfo),
        (
            SELECT string_agg(quote_ident(p.name), ', ' ORDER BY p.place)
            FROM unnest(s.subpublications) WITH ORDINALITY AS p (name, place)
        ),
        E'\n    WITH (connect = false, slot_name = ',
        coalesce(quote_literal(s.subslotname), 'NONE'),
        /*if 14*/
        CASE WHEN s.subbinary THEN ', binary = true' END,
        ', streaming = ',
        /*if 16*/
        CASE s.substream WHEN 'f' THEN 'off' WHEN 't' THEN 'on' ELSE 'parallel' END,
        /*else*/
        CASE WHEN s.substream THEN 'on' ELSE 'off' END,
        /*end*/
        /*end*/
        /*if 15*/
        CASE WHEN s.subtwophasestate <> 'd' THEN ', two_phase = true' END,
        CASE WHEN s.subdisableonerr THEN ', disable_on_error = true' END,
        /*end*/
        /*if 16*/
        CASE WHEN NOT s.subpasswordrequired THEN ', password_required = false' END,
        CASE WHEN s.subrunasowner THEN ', run_as_owner = true' END,
        CASE WHEN s.suborigin <> 'any' THEN format(', origin = %L', s.suborigin) END,
        /*end*/
        /*if 17*/ CASE WHEN s.subfailover THEN ', failover = true' END, /*end*/
        CASE WHEN s.subsynccommit <> 'off' THEN format(', synchronous_commit = %L', s.subsynccommit) END,
        ')'
    ) END,
    CASE WHEN c.is_secret THEN 'whose connection holds a secret' END
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
CROSS JOIN LATERAL (
    SELECT
        s.subconninfo ~* 'password|secret|scram_'
        OR s.subconninfo ~ '^postgres(ql)?://([^/@]*:[^/@]*@|[^?]*[?].*%)' AS is_secret
) AS c
WHERE $GLOBAL AND d.datname = current_database()
