//! What leans on the tables of a random schema: constraints, indexes, triggers, policies, views, and more.

use super::create::{base_type, place};
use super::model::{Column, Family, Fill, Part, PartKind, Schema, Table, Use, View, quote};
use crate::support::generate::Numbers;

fn using(columns: &[&Column]) -> Vec<Use> {
    columns.iter().map(|c| (c.name.clone(), None)).collect()
}

/// Gives a table constraints, indexes, triggers and policies over the columns it has.
pub(super) fn decorate(numbers: &mut Numbers, schema: &Schema, table: &mut Table) {
    let short = table.short.clone();
    let ordered: Vec<Column> = table
        .columns
        .iter()
        .filter(|c| c.ty.family != Family::Plain)
        .cloned()
        .collect();
    let stored: Vec<Column> = ordered
        .iter()
        .filter(|c| !matches!(c.fill, Fill::Generated(_, false)))
        .cloned()
        .collect();
    let plain: Vec<Column> = ordered.iter().filter(|c| !c.is_generated()).cloned().collect();
    let has = |name: &str| schema.functions.iter().any(|f| f.name == name);
    let has_id = table.column("id").is_some();
    let mut parts = Vec::new();
    let mut push = |kind: PartKind, sql: String, uses: Vec<Use>| {
        parts.push(Part {
            sql,
            uses,
            refers: None,
            kind,
        });
    };
    if has_id && numbers.chance(30) && !stored.is_empty() {
        let second = numbers.pick(&stored);
        let id = table.column("id").expect("it");
        let mut columns = vec![id];
        if second.name != "id" && second.ty.family != Family::Array {
            columns.push(&second);
        }
        let list: Vec<String> = columns.iter().map(|c| quote(&c.name)).collect();
        let nulls = if numbers.chance(25) {
            " NULLS NOT DISTINCT"
        } else {
            ""
        };
        let tail = numbers.pick(&["", "", " DEFERRABLE INITIALLY DEFERRED", " WITH (fillfactor=70)"]);
        push(
            PartKind::Unique,
            format!(
                "ALTER TABLE {{table}} ADD CONSTRAINT uq_{short} UNIQUE{nulls} ({}){tail};\n",
                list.join(", ")
            ),
            using(&columns),
        );
    }
    if numbers.chance(40) && !plain.is_empty() {
        let c = numbers.pick(&plain);
        let q = quote(&c.name);
        let (sql, family) = match c.ty.family {
            Family::Text if has("public.fold") && numbers.chance(40) => {
                (format!("public.fold({q}) <> 'never'"), Some(c.ty.family))
            }
            Family::Text => (format!("length({q}) < 100"), Some(c.ty.family)),
            Family::Integer if has("public.positive") && numbers.chance(40) => {
                (format!("public.positive({q})"), Some(c.ty.family))
            }
            Family::Integer | Family::Number => (format!("{q} > -100 AND {q} <> 77"), Some(c.ty.family)),
            _ => (format!("{q} IS NOT NULL OR true"), None),
        };
        let tail = if numbers.chance(15) {
            " NOT VALID"
        } else if numbers.chance(10) && !table.is_partitioned() {
            " NO INHERIT"
        } else if numbers.chance(15) && schema.version >= 18 {
            " NOT ENFORCED"
        } else {
            ""
        };
        let mut sql = format!("ALTER TABLE {{table}} ADD CONSTRAINT ck_{short} CHECK ({sql}){tail};\n");
        if numbers.chance(20) {
            sql.push_str(&format!(
                "COMMENT ON CONSTRAINT ck_{short} ON {{table}} IS 'checks {}';\n",
                numbers.below(3)
            ));
        }
        push(PartKind::Check, sql, vec![(c.name.clone(), family)]);
    }
    for n in 0..numbers.below(3) {
        if stored.is_empty() {
            break;
        }
        let c = numbers.pick(&stored);
        let q = quote(&c.name);
        let mut uses = vec![(c.name.clone(), None)];
        let mut method = "";
        let mut unique = "";
        let mut part = q.clone();
        match numbers.below(9) {
            0 => part.push_str(" DESC NULLS LAST"),
            1 if c.ty.sql == "text" => {
                part.push_str(" COLLATE \"C\" text_pattern_ops");
                uses = vec![(c.name.clone(), Some(Family::Text))];
            }
            2 if c.ty.family == Family::Text && has("public.fold") => {
                part = format!("public.fold({q})");
                uses = vec![(c.name.clone(), Some(Family::Text))];
            }
            3 if c.ty.family == Family::Text => {
                part = format!("(({q})::text || 'x'::text)");
                uses = vec![(c.name.clone(), Some(Family::Text))];
            }
            4 if matches!(c.ty.family, Family::Array | Family::Json) => {
                method = " USING gin";
                uses = vec![(c.name.clone(), Some(c.ty.family))];
            }
            5 => {
                method = " USING hash";
                uses = vec![(c.name.clone(), Some(c.ty.family))];
            }
            6 if c.name != "id" && has_id => {
                unique = "UNIQUE ";
                part = format!("id, {q}");
                uses.push(("id".to_owned(), None));
            }
            _ => {}
        }
        let mut tail = String::new();
        if method.is_empty() && numbers.chance(15) {
            let other = numbers.pick(&stored);
            tail.push_str(&format!(" INCLUDE ({})", quote(&other.name)));
            uses.push((other.name, None));
        }
        if !unique.is_empty() && numbers.chance(30) {
            tail.push_str(" NULLS NOT DISTINCT");
        }
        if method != " USING gin" && numbers.chance(15) {
            tail.push_str(" WITH (fillfactor='70')");
        }
        if numbers.chance(20) {
            let other = numbers.pick(&stored);
            tail.push_str(&format!(" WHERE {} IS NOT NULL", quote(&other.name)));
            uses.push((other.name, None));
        }
        let mut sql = format!("CREATE {unique}INDEX ix_{short}_{n} ON {{table}}{method} ({part}){tail};\n");
        if numbers.chance(15) {
            let namespace = table.name.split('.').next().expect("a namespace");
            sql.push_str(&format!(
                "COMMENT ON INDEX {namespace}.ix_{short}_{n} IS 'index {}';\n",
                numbers.below(3)
            ));
        }
        push(PartKind::Index, sql, uses);
    }
    if has("public.touch") && numbers.chance(30) && !plain.is_empty() {
        let c = numbers.pick(&plain);
        let q = quote(&c.name);
        let (sql, uses) = match numbers.below(4) {
            0 => (
                format!("BEFORE INSERT OR UPDATE OF {q} ON {{table}} FOR EACH ROW"),
                using(&[&c]),
            ),
            1 => (
                format!("AFTER UPDATE ON {{table}} FOR EACH ROW WHEN ((NEW.{q} IS NOT NULL))"),
                using(&[&c]),
            ),
            2 => (
                "AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT".to_owned(),
                Vec::new(),
            ),
            _ => (
                "BEFORE DELETE ON {table} FOR EACH STATEMENT".to_owned(),
                Vec::new(),
            ),
        };
        let mut sql = format!("CREATE TRIGGER tr_{short} {sql} EXECUTE FUNCTION public.touch();\n");
        if numbers.chance(20) {
            sql.push_str(&format!("ALTER TABLE {{table}} DISABLE TRIGGER tr_{short};\n"));
        } else if numbers.chance(21) {
            sql.push_str(&format!(
                "COMMENT ON TRIGGER tr_{short} ON {{table}} IS 'pulled';\n"
            ));
        }
        push(PartKind::Other, sql, uses);
    }
    if numbers.chance(15) && !ordered.is_empty() {
        let c = numbers.pick(&ordered);
        let (command, role) =
            numbers.pick(&[("SELECT", "PUBLIC"), ("ALL", "pg_monitor"), ("DELETE", "PUBLIC")]);
        push(
            PartKind::Other,
            format!(
                "CREATE POLICY po_{short} ON {{table}} FOR {command} TO {role} USING ({} IS NOT NULL);\n",
                quote(&c.name)
            ),
            using(&[&c]),
        );
    }
    if numbers.chance(12) && stored.len() > 1 && !table.is_partitioned() {
        let uses = using(&[&stored[0], &stored[1]]);
        push(
            PartKind::Other,
            format!(
                "CREATE STATISTICS public.st_{short} (dependencies) ON {}, {} FROM {{table}};\n",
                quote(&stored[0].name),
                quote(&stored[1].name)
            ),
            uses,
        );
    }
    if numbers.chance(12) && !plain.is_empty() {
        let c = numbers.pick(&plain);
        let (sql, uses) = if numbers.chance(50) {
            (
                format!("GRANT SELECT ({}) ON {{table}} TO pg_monitor;\n", quote(&c.name)),
                using(&[&c]),
            )
        } else {
            (
                "GRANT SELECT, INSERT ON {table} TO pg_monitor;\n".to_owned(),
                Vec::new(),
            )
        };
        push(PartKind::Other, sql, uses);
    }
    table.parts.extend(parts);
    if numbers.chance(12) {
        table
            .options
            .push("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n");
    }
    if !table.is_partitioned() && numbers.chance(10) {
        table.options.push(numbers.pick(&[
            "ALTER TABLE {table} SET (fillfactor=80);\n",
            "ALTER TABLE {table} REPLICA IDENTITY FULL;\n",
            "ALTER TABLE {table} SET (autovacuum_enabled=false);\n",
        ]));
    }
}

/// A foreign key of the table at `at` to any table with a key, itself too.
pub(super) fn add_reference(numbers: &mut Numbers, schema: &mut Schema, at: usize) {
    if !numbers.chance(50) {
        return;
    }
    let mut targets: Vec<&Table> = schema.tables.iter().filter(|t| t.keyed).collect();
    targets.retain(|t| !t.is_unlogged() || schema.tables[at].is_unlogged());
    if targets.is_empty() {
        return;
    }
    let target = numbers.pick(&targets).clone();
    let table = &schema.tables[at];
    let short = table.short.clone();
    let column = format!("{}_ref", target.short);
    if table.parts.iter().any(|p| p.kind == PartKind::ForeignKey) || table.column(&column).is_some() {
        return;
    }
    let actions = numbers.pick(&[
        "",
        "",
        " ON DELETE CASCADE",
        " ON UPDATE CASCADE ON DELETE SET NULL",
        " MATCH FULL DEFERRABLE INITIALLY DEFERRED",
        " ON DELETE SET DEFAULT DEFERRABLE",
    ]);
    let tail = if table.is_partitioned() || target.is_partitioned() {
        ""
    } else if numbers.chance(12) {
        " NOT VALID"
    } else if numbers.chance(10) && schema.version >= 18 {
        " NOT ENFORCED"
    } else {
        ""
    };
    let part = Part {
        sql: format!(
            "ALTER TABLE {{table}} ADD CONSTRAINT fk_{short} FOREIGN KEY ({column}) REFERENCES {} (id){actions}{tail};\n",
            target.name
        ),
        uses: vec![(column.clone(), Some(Family::Integer))],
        refers: Some(target.name.clone()),
        kind: PartKind::ForeignKey,
    };
    let table = &mut schema.tables[at];
    table.columns.push(Column {
        name: column,
        ty: base_type(usize::from(numbers.chance(50))),
        not_null: numbers.chance(10),
        fill: Fill::Nothing,
        collate: None,
        comment: None,
        settings: Vec::new(),
    });
    table.parts.push(part);
}

pub(super) fn add_view(numbers: &mut Numbers, schema: &mut Schema, n: usize) {
    if schema.tables.is_empty() {
        return;
    }
    let name = format!("{}.v{n}", place(numbers, schema));
    let table = numbers.pick(&schema.tables);
    let ordered: Vec<String> = table
        .columns
        .iter()
        .filter(|c| c.ty.family != Family::Plain)
        .map(|c| c.name.clone())
        .collect();
    let mut needs_key = false;
    let mut sql = String::new();
    let mut reads = vec![(table.name.clone(), Vec::new())];
    let others: Vec<String> = schema
        .views
        .iter()
        .filter(|v| !v.name.ends_with(&n.to_string()))
        .map(|v| v.name.clone())
        .collect();
    match numbers.below(6) {
        0 if !others.is_empty() => {
            let other = numbers.pick(&others);
            reads = vec![(other.clone(), Vec::new())];
            sql.push_str(&format!("CREATE VIEW {name} AS SELECT * FROM {other};\n"));
        }
        1 if !ordered.is_empty() => {
            let c = numbers.pick(&ordered);
            sql.push_str(&format!(
                "CREATE MATERIALIZED VIEW {name} AS SELECT {} AS c, count(*) AS n FROM {} GROUP BY 1;\n",
                quote(&c),
                table.name
            ));
            if numbers.chance(60) {
                let namespace = name.split('.').next().expect("a namespace");
                sql.push_str(&format!(
                    "CREATE INDEX mx_{n} ON {name} (n);\nCOMMENT ON INDEX {namespace}.mx_{n} IS 'over it';\n"
                ));
            }
            reads = vec![(table.name.clone(), vec![c])];
        }
        2 if table.keyed && table.columns.len() > 1 => {
            needs_key = true;
            let c = table.columns[1].name.clone();
            sql.push_str(&format!(
                "CREATE VIEW {name} AS SELECT id, {} AS c, count(*) AS n FROM {} GROUP BY id;\n",
                quote(&c),
                table.name
            ));
            reads = vec![(table.name.clone(), vec!["id".to_owned(), c])];
        }
        3 if !ordered.is_empty() => {
            let c = numbers.pick(&ordered);
            let barrier = if numbers.chance(40) {
                " WITH (security_barrier=true)"
            } else {
                ""
            };
            let option = if numbers.chance(40) {
                " WITH CASCADED CHECK OPTION"
            } else {
                ""
            };
            sql.push_str(&format!(
                "CREATE VIEW {name}{barrier} AS SELECT {0} AS c FROM {1} WHERE {0} IS NOT NULL{option};\n",
                quote(&c),
                table.name
            ));
            reads = vec![(table.name.clone(), vec![c])];
            if numbers.chance(30) {
                sql.push_str(&format!("COMMENT ON COLUMN {name}.c IS 'a column';\n"));
            }
        }
        _ => sql.push_str(&format!("CREATE VIEW {name} AS SELECT * FROM {};\n", table.name)),
    }
    if sql.starts_with("CREATE VIEW") && numbers.chance(20) {
        sql.push_str(&format!(
            "COMMENT ON VIEW {name} IS 'view {}';\n",
            numbers.below(3)
        ));
    }
    if sql.starts_with("CREATE VIEW") && numbers.chance(15) {
        sql.push_str(&format!("GRANT SELECT ON {name} TO pg_monitor;\n"));
    }
    schema.views.push(View {
        name,
        reads,
        needs_key,
        sql,
    });
}

/// A function over the rows of a table, or a publication, or a sequence that a column owns.
pub(super) fn add_over_table(numbers: &mut Numbers, schema: &mut Schema, n: usize) {
    if schema.tables.is_empty() {
        return;
    }
    let table = numbers.pick(&schema.tables);
    let (sql, uses) = match numbers.below(4) {
        0 => (
            format!(
                "CREATE FUNCTION public.rows{n}(t {0}) RETURNS text LANGUAGE sql AS $$ SELECT 'x'::text $$;\n",
                table.name
            ),
            Vec::new(),
        ),
        1 => (
            format!(
                "CREATE FUNCTION public.all{n}() RETURNS SETOF {0} LANGUAGE sql AS $$ SELECT * FROM {0} $$;\n",
                table.name
            ),
            Vec::new(),
        ),
        2 if !table.is_unlogged() => (
            format!("CREATE PUBLICATION pub{n} FOR TABLE {};\n", table.name),
            Vec::new(),
        ),
        _ => {
            let Some(c) = table
                .columns
                .last()
                .filter(|_| table.name.starts_with("public.") && !table.is_unlogged())
            else {
                return;
            };
            (
                format!(
                    "CREATE SEQUENCE public.owned{n} OWNED BY {}.{};\n",
                    table.name,
                    quote(&c.name)
                ),
                using(&[c]),
            )
        }
    };
    schema.over_tables.push((table.name.clone(), sql, uses));
}
