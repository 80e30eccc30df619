//! What leans on the columns of a random schema: indexes, checks, foreign keys, triggers, views.

use super::create::{BIGINT, INT};
use super::model::{Column, Family, Fill, Flavour, Part, PartKind, Schema, Table, Use, View, quote};
use crate::support::generate::Numbers;

/// Gives a table indexes, checks and triggers over the columns it has.
pub(super) fn decorate(numbers: &mut Numbers, flavour: Flavour, table: &mut Table) {
    let short = table.short.clone();
    let usable: Vec<Column> = table
        .columns
        .iter()
        .filter(|c| c.ty.family != Family::Plain && c.name != "id" && !c.name.ends_with("_ref"))
        .cloned()
        .collect();
    if usable.is_empty() {
        return;
    }
    let plain: Vec<Column> = usable.iter().filter(|c| !c.is_generated()).cloned().collect();
    let mut parts = Vec::new();
    for n in 0..numbers.below(3) {
        let (sql, uses) = index(numbers, flavour, table, &usable, &format!("ix_{short}_{n}"));
        parts.push(Part {
            sql,
            uses,
            refers: None,
            kind: PartKind::Index,
        });
    }
    if numbers.chance(35) && !plain.is_empty() {
        let c = numbers.pick(&plain);
        let name = quote(&c.name);
        let (condition, family) = match c.ty.family {
            Family::Integer | Family::Number => {
                (format!("{name} > -100 and {name} <> 77"), Some(c.ty.family))
            }
            Family::Text => (format!("{name} <> 'never'"), Some(c.ty.family)),
            _ => (format!("{name} is not null or 1 = 1"), None),
        };
        let tail = if flavour == Flavour::Mysql && numbers.chance(15) {
            " NOT ENFORCED"
        } else {
            ""
        };
        parts.push(Part {
            sql: format!("CONSTRAINT ck_{short} CHECK ({condition}){tail}"),
            uses: vec![(c.name.clone(), family)],
            refers: None,
            kind: PartKind::Check,
        });
    }
    let texts: Vec<Column> = plain
        .iter()
        .filter(|c| c.ty.family == Family::Text)
        .cloned()
        .collect();
    if numbers.chance(25) && !texts.is_empty() {
        let c = numbers.pick(&texts);
        let name = quote(&c.name);
        let body = numbers.pick(&[
            format!("SET NEW.{name} = trim(NEW.{name})"),
            format!("BEGIN\n  IF NEW.{name} = 'no' THEN SET NEW.{name} = NULL; END IF;\nEND"),
        ]);
        parts.push(Part {
            sql: format!("CREATE TRIGGER `tr_{short}` BEFORE UPDATE ON {{table}} FOR EACH ROW {body}"),
            uses: vec![(c.name.clone(), Some(Family::Text))],
            refers: None,
            kind: PartKind::Trigger,
        });
    }
    table.parts.extend(parts);
}

fn index(
    numbers: &mut Numbers,
    flavour: Flavour,
    table: &Table,
    usable: &[Column],
    name: &str,
) -> (String, Vec<Use>) {
    let c = numbers.pick(usable);
    let column = quote(&c.name);
    let length = if c.ty.family == Family::Long { "(10)" } else { "" };
    let mut uses: Vec<Use> = vec![(
        c.name.clone(),
        matches!(c.ty.family, Family::Long | Family::Text).then_some(c.ty.family),
    )];
    let tail = match numbers.below(8) {
        0 => " COMMENT 'an index'",
        1 if flavour == Flavour::Mysql => " INVISIBLE",
        1 => " IGNORED",
        _ => "",
    };
    let sql = match numbers.below(8) {
        0 => format!("KEY {name} ({column}{length} DESC){tail}"),
        1 if c.ty.family == Family::Text && !c.is_generated() => {
            format!("FULLTEXT KEY {name} ({column})")
        }
        2 if c.ty.family == Family::Text && c.ty.sql != "char(5)" => {
            format!("KEY {name} ({column}(3)){tail}")
        }
        3 if flavour == Flavour::Mysql && c.ty.family == Family::Integer && !c.is_generated() => {
            uses = vec![(c.name.clone(), Some(Family::Integer))];
            format!("KEY {name} (({column} + 5)){tail}")
        }
        4 if table.column("id").is_some() => {
            uses.push(("id".to_owned(), None));
            // A table that has no primary key, or loses it, takes this one for it, which cannot be hidden.
            format!("UNIQUE KEY {name} (`id`, {column}{length})")
        }
        5 if table.column("id").is_some() => {
            uses.push(("id".to_owned(), None));
            format!("KEY {name} ({column}{length}, `id`){tail}")
        }
        _ => format!("KEY {name} ({column}{length}){tail}"),
    };
    (sql, uses)
}

/// A foreign key of the table at `at` to any table with a key, itself too.
pub(super) fn add_reference(numbers: &mut Numbers, schema: &mut Schema, at: usize) {
    let targets: Vec<Table> = schema
        .tables
        .iter()
        .filter(|t| t.keyed && t.partition.is_none())
        .cloned()
        .collect();
    let table = &mut schema.tables[at];
    if !numbers.chance(50) || targets.is_empty() || table.partition.is_some() {
        return;
    }
    let target = numbers.pick(&targets);
    let column = format!("{}_ref", target.short);
    if table.parts.iter().any(|p| p.kind == PartKind::ForeignKey) || table.column(&column).is_some() {
        return;
    }
    let ty = target.column("id").map_or(INT, |id| id.ty);
    let actions = numbers.pick(&[
        "",
        "",
        " ON DELETE CASCADE",
        " ON DELETE SET NULL ON UPDATE CASCADE",
        " ON DELETE RESTRICT",
        " ON DELETE NO ACTION",
    ]);
    table.parts.push(Part {
        sql: format!(
            "CONSTRAINT fk_{} FOREIGN KEY ({}) REFERENCES {} (`id`){actions}",
            table.short,
            quote(&column),
            quote(&target.name)
        ),
        uses: vec![(column.clone(), Some(Family::Integer))],
        refers: Some(target.name.clone()),
        kind: PartKind::ForeignKey,
    });
    table.columns.push(Column {
        name: column,
        ty: if ty == BIGINT { BIGINT } else { INT },
        not_null: false,
        fill: Fill::Nothing,
        collate: None,
        comment: None,
        invisible: false,
    });
}

pub(super) fn add_view(numbers: &mut Numbers, schema: &mut Schema, n: usize) {
    if schema.tables.is_empty() {
        return;
    }
    let name = format!("v{n}");
    let table = numbers.pick(&schema.tables);
    let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    let column = numbers.pick(&columns);
    let others: Vec<String> = schema
        .views
        .iter()
        .map(|v| v.name.clone())
        .filter(|other| *other != name)
        .collect();
    let from = quote(&table.name);
    let c = quote(&column);
    let (sql, reads) = match numbers.below(5) {
        0 if !others.is_empty() => {
            let other = numbers.pick(&others);
            (
                format!("CREATE VIEW {name} AS SELECT * FROM {other}"),
                vec![(other, Vec::new())],
            )
        }
        1 => (
            format!("CREATE VIEW {name} AS SELECT {c} AS c, count(*) AS n FROM {from} GROUP BY {c}"),
            vec![(table.name.clone(), vec![column])],
        ),
        2 => (
            format!(
                "CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW {name} AS SELECT {c} AS c FROM {from} WHERE {c} IS NOT NULL WITH CASCADED CHECK OPTION"
            ),
            vec![(table.name.clone(), vec![column])],
        ),
        3 => (
            format!("CREATE VIEW {name} AS SELECT {c}, 'a.b' AS t, concat('`', {c}) AS q FROM {from} AS x"),
            vec![(table.name.clone(), vec![column])],
        ),
        _ => (
            format!("CREATE VIEW {name} AS SELECT {c} AS c FROM {from}"),
            vec![(table.name.clone(), vec![column])],
        ),
    };
    schema.views.push(View { name, reads, sql });
}
