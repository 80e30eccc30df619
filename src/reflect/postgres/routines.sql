-- Functions, procedures, aggregates. The shape is what CREATE OR REPLACE must find unchanged.
SELECT
    1255,
    p.oid,
    CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
    p.pronamespace,
    p.proname,
    oidvectortypes(p.proargtypes),
    NULL::oid,
    rtrim(pg_get_functiondef(p.oid), E'\n'),
    (
        ARRAY[p.prokind::text, coalesce(pg_get_function_result(p.oid), ''), format('%s defaults', p.pronargdefaults)]
        || ARRAY(
            SELECT concat_ws(' ', coalesce(p.proargmodes[a.place], 'i'), NULLIF(p.proargnames[a.place], ''), format_type(a.type, NULL))
            FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, place)
            ORDER BY a.place
        )
    )::text
FROM pg_proc AS p
WHERE p.prokind <> 'a' AND p.pronamespace IN ($NAMESPACES) AND p.oid NOT IN ($MEMBERS 1255)
    -- Functions that came with a range type go with it.
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT
    1255,
    p.oid,
    'aggregate',
    p.pronamespace,
    p.proname,
    pg_get_function_identity_arguments(p.oid),
    NULL,
    concat(
        format('CREATE AGGREGATE %I.%I(', n.nspname, p.proname),
        coalesce(NULLIF(pg_get_function_arguments(p.oid), ''), '*'),
        format(E') (\n    SFUNC = %s,\n    STYPE = %s', a.aggtransfn, format_type(a.aggtranstype, NULL)),
        CASE WHEN a.aggtransspace <> 0 THEN format(E',\n    SSPACE = %s', a.aggtransspace) END,
        CASE WHEN a.agginitval IS NOT NULL THEN format(E',\n    INITCOND = %L', a.agginitval) END,
        CASE WHEN a.aggfinalfn <> 0 THEN format(E',\n    FINALFUNC = %s', a.aggfinalfn) END,
        CASE WHEN a.aggfinalextra THEN E',\n    FINALFUNC_EXTRA' END,
        CASE
            WHEN a.aggfinalfn <> 0 AND a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN format(
                E',\n    FINALFUNC_MODIFY = %s',
                CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END
            )
        END,
        CASE WHEN a.aggcombinefn <> 0 THEN format(E',\n    COMBINEFUNC = %s', a.aggcombinefn) END,
        CASE WHEN a.aggserialfn <> 0 THEN format(E',\n    SERIALFUNC = %s', a.aggserialfn) END,
        CASE WHEN a.aggdeserialfn <> 0 THEN format(E',\n    DESERIALFUNC = %s', a.aggdeserialfn) END,
        CASE WHEN a.aggmtransfn <> 0 THEN format(
            E',\n    MSFUNC = %s,\n    MINVFUNC = %s,\n    MSTYPE = %s', a.aggmtransfn, a.aggminvtransfn, format_type(a.aggmtranstype, NULL)
        ) END,
        CASE WHEN a.aggmtransspace <> 0 THEN format(E',\n    MSSPACE = %s', a.aggmtransspace) END,
        CASE WHEN a.aggminitval IS NOT NULL THEN format(E',\n    MINITCOND = %L', a.aggminitval) END,
        CASE WHEN a.aggmfinalfn <> 0 THEN format(E',\n    MFINALFUNC = %s', a.aggmfinalfn) END,
        CASE WHEN a.aggmfinalextra THEN E',\n    MFINALFUNC_EXTRA' END,
        CASE
            WHEN a.aggmfinalfn <> 0 AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN format(
                E',\n    MFINALFUNC_MODIFY = %s',
                CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END
            )
        END,
        CASE WHEN a.aggsortop <> 0 THEN (
            SELECT format(E',\n    SORTOP = OPERATOR(%I.%s)', s.nspname, o.oprname)
            FROM pg_operator AS o JOIN pg_namespace AS s ON s.oid = o.oprnamespace
            WHERE o.oid = a.aggsortop
        ) END,
        CASE a.aggkind WHEN 'h' THEN E',\n    HYPOTHETICAL' END,
        CASE p.proparallel WHEN 's' THEN E',\n    PARALLEL = SAFE' WHEN 'r' THEN E',\n    PARALLEL = RESTRICTED' END,
        E'\n)'
    ),
    NULL
FROM pg_proc AS p
JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.pronamespace IN ($NAMESPACES) AND p.oid NOT IN ($MEMBERS 1255)
