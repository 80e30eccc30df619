-- Operators, operator families and classes, casts, languages, transforms, access methods.
SELECT
    2617,
    o.oid,
    'operator',
    o.oprnamespace,
    o.oprname,
    format(
        '%s, %s',
        CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
        CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END
    ),
    NULL::oid,
    concat(
        format(E'CREATE OPERATOR %I.%s (\n    FUNCTION = %s', n.nspname, o.oprname, o.oprcode),
        CASE WHEN o.oprleft <> 0 THEN format(E',\n    LEFTARG = %s', format_type(o.oprleft, NULL)) END,
        CASE WHEN o.oprright <> 0 THEN format(E',\n    RIGHTARG = %s', format_type(o.oprright, NULL)) END,
        CASE WHEN o.oprcom <> 0 THEN (
            SELECT format(E',\n    COMMUTATOR = OPERATOR(%I.%s)', s.nspname, x.oprname)
            FROM pg_operator AS x JOIN pg_namespace AS s ON s.oid = x.oprnamespace
            WHERE x.oid = o.oprcom
        ) END,
        CASE WHEN o.oprnegate <> 0 THEN (
            SELECT format(E',\n    NEGATOR = OPERATOR(%I.%s)', s.nspname, x.oprname)
            FROM pg_operator AS x JOIN pg_namespace AS s ON s.oid = x.oprnamespace
            WHERE x.oid = o.oprnegate
        ) END,
        CASE WHEN o.oprcanmerge THEN E',\n    MERGES' END,
        CASE WHEN o.oprcanhash THEN E',\n    HASHES' END,
        CASE WHEN o.oprrest <> 0 THEN format(E',\n    RESTRICT = %s', o.oprrest) END,
        CASE WHEN o.oprjoin <> 0 THEN format(E',\n    JOIN = %s', o.oprjoin) END,
        E'\n)'
    ),
    NULL::text
FROM pg_operator AS o
JOIN pg_namespace AS n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND o.oprnamespace IN ($NAMESPACES) AND o.oid NOT IN ($MEMBERS 2617)
UNION ALL
SELECT
    2753,
    f.oid,
    'operator family',
    f.opfnamespace,
    f.opfname,
    a.amname,
    NULL,
    concat(
        format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname),
        format(E';\nALTER OPERATOR FAMILY %I.%I USING %I ADD\n    ', n.nspname, f.opfname, a.amname) || (
            SELECT string_agg(m.item, E',\n    ' ORDER BY m.sort, m.number, m.item)
            FROM (
                SELECT
                    1 AS sort,
                    o.amopstrategy AS number,
                    concat(
                        format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator),
                        (
                            SELECT format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname)
                            FROM pg_opfamily AS sf JOIN pg_namespace AS sn ON sn.oid = sf.opfnamespace
                            WHERE sf.oid = o.amopsortfamily
                        )
                    ) AS item
                FROM pg_amop AS o
                JOIN pg_depend AS d
                    ON d.classid = 2602 AND d.objid = o.oid AND d.refclassid = 2753 AND d.refobjid = f.oid AND d.deptype IN ('a', 'n')
                WHERE o.amopfamily = f.oid
                UNION ALL
                SELECT
                    2,
                    p.amprocnum,
                    format(
                        'FUNCTION %s (%s, %s) %s', p.amprocnum,
                        format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL), p.amproc::regprocedure
                    )
                FROM pg_amproc AS p
                JOIN pg_depend AS d
                    ON d.classid = 2603 AND d.objid = p.oid AND d.refclassid = 2753 AND d.refobjid = f.oid AND d.deptype IN ('a', 'n')
                WHERE p.amprocfamily = f.oid
            ) AS m
        )
    ),
    NULL
FROM pg_opfamily AS f
JOIN pg_namespace AS n ON n.oid = f.opfnamespace
JOIN pg_am AS a ON a.oid = f.opfmethod
WHERE f.opfnamespace IN ($NAMESPACES) AND f.oid NOT IN ($MEMBERS 2753)
UNION ALL
SELECT
    2616,
    c.oid,
    'operator class',
    c.opcnamespace,
    c.opcname,
    a.amname,
    NULL,
    concat(
        format('CREATE OPERATOR CLASS %I.%I', n.nspname, c.opcname),
        CASE WHEN c.opcdefault THEN ' DEFAULT' END,
        format(' FOR TYPE %s USING %I FAMILY %I.%I AS', format_type(c.opcintype, NULL), a.amname, fn.nspname, f.opfname),
        E'\n    ',
        coalesce(
            concat_ws(
                E',\n    ',
                CASE WHEN c.opckeytype NOT IN (0, c.opcintype) THEN 'STORAGE ' || format_type(c.opckeytype, NULL) END,
                (
                    SELECT string_agg(m.item, E',\n    ' ORDER BY m.sort, m.number, m.item)
                    FROM (
                        SELECT
                            1 AS sort,
                            o.amopstrategy AS number,
                            concat(
                                format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator),
                                (
                                    SELECT format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname)
                                    FROM pg_opfamily AS sf JOIN pg_namespace AS sn ON sn.oid = sf.opfnamespace
                                    WHERE sf.oid = o.amopsortfamily
                                )
                            ) AS item
                        FROM pg_amop AS o
                        JOIN pg_depend AS d
                            ON d.classid = 2602 AND d.objid = o.oid AND d.refclassid = 2616 AND d.refobjid = c.oid
                        UNION ALL
                        SELECT
                            2,
                            p.amprocnum,
                            format(
                                'FUNCTION %s (%s, %s) %s', p.amprocnum,
                                format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL), p.amproc::regprocedure
                            )
                        FROM pg_amproc AS p
                        JOIN pg_depend AS d
                            ON d.classid = 2603 AND d.objid = p.oid AND d.refclassid = 2616 AND d.refobjid = c.oid
                    ) AS m
                )
            ),
            ''
        )
    ),
    NULL
FROM pg_opclass AS c
JOIN pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_am AS a ON a.oid = c.opcmethod
JOIN pg_opfamily AS f ON f.oid = c.opcfamily
JOIN pg_namespace AS fn ON fn.oid = f.opfnamespace
WHERE c.opcnamespace IN ($NAMESPACES) AND c.oid NOT IN ($MEMBERS 2616)
UNION ALL
SELECT
    2605,
    c.oid,
    'cast',
    NULL,
    format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
    NULL,
    NULL,
    concat(
        format('CREATE CAST (%s AS %s) ', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
        CASE c.castmethod
            WHEN 'b' THEN 'WITHOUT FUNCTION'
            WHEN 'i' THEN 'WITH INOUT'
            ELSE format('WITH FUNCTION %s', c.castfunc::regprocedure)
        END,
        CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END
    ),
    NULL
FROM pg_cast AS c
WHERE $GLOBAL AND c.oid >= 16384 AND c.oid NOT IN ($MEMBERS 2605)
    -- Those that came with a range type go with it.
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 2605 AND d.objid = c.oid AND d.deptype = 'i')
UNION ALL
SELECT
    2612,
    l.oid,
    'language',
    NULL,
    l.lanname,
    NULL,
    NULL,
    concat(
        'CREATE ',
        CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END,
        format('LANGUAGE %I', l.lanname),
        CASE WHEN l.lanplcallfoid <> 0 THEN format(' HANDLER %s', l.lanplcallfoid::regproc) END,
        CASE WHEN l.laninline <> 0 THEN format(' INLINE %s', l.laninline::regproc) END,
        CASE WHEN l.lanvalidator <> 0 THEN format(' VALIDATOR %s', l.lanvalidator::regproc) END
    ),
    NULL
FROM pg_language AS l
WHERE $GLOBAL AND l.oid >= 16384 AND l.oid NOT IN ($MEMBERS 2612)
UNION ALL
SELECT
    3576,
    t.oid,
    'transform',
    NULL,
    format('%s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname),
    NULL,
    NULL,
    format(
        'CREATE TRANSFORM FOR %s LANGUAGE %I (%s)',
        format_type(t.trftype, NULL),
        l.lanname,
        concat_ws(
            ', ',
            CASE WHEN t.trffromsql <> 0 THEN format('FROM SQL WITH FUNCTION %s', t.trffromsql::regprocedure) END,
            CASE WHEN t.trftosql <> 0 THEN format('TO SQL WITH FUNCTION %s', t.trftosql::regprocedure) END
        )
    ),
    NULL
FROM pg_transform AS t
JOIN pg_language AS l ON l.oid = t.trflang
WHERE $GLOBAL AND t.oid >= 16384 AND t.oid NOT IN ($MEMBERS 3576)
UNION ALL
SELECT
    2601,
    a.oid,
    'access method',
    NULL,
    a.amname,
    NULL,
    NULL,
    format(
        'CREATE ACCESS METHOD %I TYPE %s HANDLER %s',
        a.amname, CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, a.amhandler
    ),
    NULL
FROM pg_am AS a
WHERE $GLOBAL AND a.oid >= 16384 AND a.oid NOT IN ($MEMBERS 2601)
