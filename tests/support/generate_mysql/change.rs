//! A schema out of another: what a day's work does to it.

use super::create::{
    BIGINT, COLLATIONS, INT, OTHERS, WIDER, add_table, any_type, column, default, generated, option, other,
    partition, type_at,
};
use super::model::{Column, Family, Fill, Flavour, PartKind, Schema, Table, Use};
use super::parts::{add_reference, add_view, decorate};
use crate::support::generate::Numbers;

/// A changed schema.
pub(crate) fn changed(before: &Schema, numbers: &mut Numbers) -> Schema {
    let mut schema = before.clone();
    for table in &mut schema.tables {
        if numbers.chance(60) {
            change_table(numbers, before.flavour, table);
        }
    }
    if numbers.chance(20) && schema.tables.len() > 1 {
        schema.tables.remove(numbers.below(schema.tables.len()));
    }
    if numbers.chance(30) {
        add_table(numbers, &mut schema);
    }
    for at in 0..schema.tables.len() {
        if numbers.chance(25) {
            add_reference(numbers, &mut schema, at);
        }
    }
    if numbers.chance(30) && !schema.views.is_empty() {
        schema.views.remove(numbers.below(schema.views.len()));
    }
    if numbers.chance(30) {
        let n = numbers.below(4);
        schema.views.retain(|v| v.name != format!("v{n}"));
        add_view(numbers, &mut schema, n);
    }
    for n in 0..OTHERS {
        if numbers.chance(20) {
            let made = other(numbers, schema.flavour, n);
            if let Some((name, sql)) = made {
                schema.others.retain(|(other, _)| *other != name);
                if numbers.chance(75) {
                    schema.others.push((name, sql));
                }
            }
        }
    }
    fit(&mut schema);
    schema
}

/// Not tried: a column that begins or ends holding points. MariaDB converts nothing into them, and refuses even without rows.
pub(crate) fn settle(before: &Schema, after: &mut Schema) {
    for table in &mut after.tables {
        let Some(old) = before.tables.iter().find(|old| old.name == table.name) else {
            continue;
        };
        for column in &mut table.columns {
            let was = old.column(&column.name).map(|old| old.ty.sql == "point");
            if was.is_some_and(|was| was != (column.ty.sql == "point")) {
                column.ty = INT;
                column.fill = Fill::Nothing;
                column.collate = None;
                column.name.push('2');
            }
        }
    }
    fit(after);
}

fn change_table(numbers: &mut Numbers, flavour: Flavour, table: &mut Table) {
    for at in 0..table.columns.len() {
        if table.columns[at].name == "id" {
            change_id(numbers, table, at);
        } else if !table.columns[at].name.ends_with("_ref") {
            change_column(numbers, table, at);
        }
    }
    if numbers.chance(35)
        && let Some(added) = column(numbers, &table.columns)
    {
        let at = numbers.below(table.columns.len() + 1);
        table.columns.insert(at, added);
    }
    if numbers.chance(25) && table.columns.len() > 2 {
        let at = 1 + numbers.below(table.columns.len() - 1);
        table.columns.remove(at);
    }
    if numbers.chance(40) {
        table
            .parts
            .retain(|p| p.kind == PartKind::ForeignKey && numbers.chance(70));
        decorate(numbers, flavour, table);
    }
    if numbers.chance(15) {
        table.comment = numbers.chance(60).then(|| format!("table {}", numbers.below(3)));
    }
    if numbers.chance(12) {
        table.collate = numbers.chance(60).then(|| numbers.pick(&COLLATIONS));
    }
    if numbers.chance(10) {
        table.option = numbers.chance(60).then(|| option(numbers));
    }
    if numbers.chance(12) && (table.partition.is_some() || numbers.chance(30)) {
        table.partition = numbers.chance(60).then(|| partition(numbers));
    }
}

fn change_id(numbers: &mut Numbers, table: &mut Table, at: usize) {
    let id = &mut table.columns[at];
    match numbers.below(16) {
        0 => id.fill = Fill::Nothing,
        1 => {
            id.fill = Fill::Counter;
            table.keyed = true;
        }
        2 => id.ty = BIGINT,
        3 if id.fill == Fill::Nothing => table.keyed = !table.keyed,
        _ => {}
    }
}

fn change_column(numbers: &mut Numbers, table: &mut Table, at: usize) {
    let others: Vec<Column> = table.columns.clone();
    let column = &mut table.columns[at];
    let is_generated = column.is_generated();
    match numbers.below(18) {
        0 if !is_generated => column.not_null = !column.not_null,
        1 if !is_generated => column.fill = default(numbers, column.ty),
        2 => column.fill = Fill::Nothing,
        3 if !is_generated => {
            column.ty = any_type(numbers);
            column.fill = Fill::Nothing;
            column.collate = None;
        }
        4 if column.is_text() => column.collate = numbers.chance(60).then(|| numbers.pick(&COLLATIONS)),
        5 => match &mut column.fill {
            Fill::Generated(_, _, stored) if numbers.chance(40) => *stored = !*stored,
            _ => {
                if let Some(fill) = generated(numbers, column, &others) {
                    column.fill = fill;
                    column.not_null = false;
                }
            }
        },
        6 => {
            column.comment = numbers
                .chance(60)
                .then(|| format!("comment {}", numbers.below(3)));
        }
        7 => column.invisible = !column.invisible,
        8 | 9 if !is_generated => {
            if let Some((_, to)) = WIDER.iter().find(|(from, _)| type_at(*from) == column.ty) {
                column.ty = type_at(*to);
                column.fill = Fill::Nothing;
            }
        }
        10 if column.ty.sql.starts_with("enum") && !is_generated => {
            column.ty.sql = numbers.pick(&[
                "enum('one','two','it''s','more')",
                "enum('zero','one','two','it''s')",
                "enum('one','two','it''s')",
            ]);
        }
        _ => {}
    }
}

/// Takes away what leans on what is not there any more, or cannot.
pub(super) fn fit(schema: &mut Schema) {
    let flavour = schema.flavour;
    for table in &mut schema.tables {
        table.keyed &= table.column("id").is_some();
        let keyed = table.keyed;
        if !keyed || table.columns.iter().any(|c| c.ty.sql == "point") {
            table.partition = None;
        }
        for column in &mut table.columns {
            if column.fill == Fill::Counter && !keyed {
                column.fill = Fill::Nothing;
            }
            if !column.is_text() {
                column.collate = None;
            }
        }
        // A table needs a column that can be seen.
        if table.columns.iter().all(|c| c.invisible) {
            table.columns.iter_mut().for_each(|c| c.invisible = false);
        }
        for column in table.columns.iter_mut().filter(|c| c.name == "id") {
            column.invisible = false;
        }
        let columns = table.columns.clone();
        // Used as what it is, or by something that takes whatever can be in a key.
        let fits = |(name, family): &Use, of_rows: bool| {
            columns.iter().any(|c| {
                let is_of_family = match family {
                    Some(family) => *family == c.ty.family,
                    None => !matches!(c.ty.family, Family::Plain | Family::Long | Family::Text),
                };
                c.name == *name && is_of_family && !(of_rows && c.is_generated())
            })
        };
        // What has an expression for its default counts as computed, and only what stands before can be computed from.
        let computes = |name: &str| {
            columns.iter().any(|c| {
                c.name == name
                    && (c.ty.sql == "char(5)"
                        || matches!(&c.fill, Fill::Default(sql) if sql.starts_with('(')))
            })
        };
        for column in &mut table.columns {
            if let Fill::Generated(_, uses, stored) = &mut column.fill {
                if flavour == Flavour::Mariadb && column.ty.family == Family::Number {
                    *stored = true;
                }
                if !uses.iter().all(|used| fits(used, true) && !computes(&used.0)) {
                    column.fill = Fill::Nothing;
                }
            }
            // MariaDB refuses NOT NULL on computed columns.
            if column.is_generated() {
                column.not_null = false;
            }
            // An invisible column that must have a value has none by itself.
            if column.invisible && column.not_null && column.fill == Fill::Nothing {
                column.invisible = false;
            }
        }
        let partitioned = table.partition.is_some();
        let is_generated = |name: &str| table.columns.iter().any(|c| c.name == name && c.is_generated());
        table.parts.retain(|part| {
            let of_rows =
                part.kind != PartKind::Index || part.sql.contains("FULLTEXT") || part.sql.contains("((");
            part.uses
                .iter()
                .all(|used| fits(used, false) && !(of_rows && is_generated(&used.0)))
                && !(partitioned && (part.kind == PartKind::ForeignKey || part.sql.contains("FULLTEXT")))
        });
        // A prefix must be shorter than what it is a prefix of.
        let long = |name: &str| {
            columns
                .iter()
                .any(|c| c.name == name && !["char(5)", "varchar(8)"].contains(&c.ty.sql))
        };
        table.parts.retain(|part| {
            !part.sql.contains("(3)") || part.uses.iter().all(|(name, _)| long(name) || name == "id")
        });
    }
    fit_references(schema);
    fit_views(schema);
}

/// A foreign key needs its target, and the same type on both sides.
fn fit_references(schema: &mut Schema) {
    let targets: Vec<(String, &'static str)> = schema
        .tables
        .iter()
        .filter(|t| t.keyed && t.partition.is_none())
        .filter_map(|t| Some((t.name.clone(), t.column("id")?.ty.sql)))
        .collect();
    for table in &mut schema.tables {
        let columns = &mut table.columns;
        table.parts.retain(|part| {
            let Some(refers) = &part.refers else { return true };
            let Some((_, ty)) = targets.iter().find(|(name, _)| name == refers) else {
                return false;
            };
            for column in columns.iter_mut().filter(|c| c.name == part.uses[0].0) {
                column.ty = if *ty == BIGINT.sql { BIGINT } else { INT };
            }
            true
        });
    }
}

fn fit_views(schema: &mut Schema) {
    let tables = schema.tables.clone();
    let mut known: Vec<String> = Vec::new();
    schema.views.retain(|view| {
        let fits = view.reads.iter().all(|(name, columns)| {
            known.contains(name)
                || tables
                    .iter()
                    .any(|t| t.name == *name && columns.iter().all(|c| t.column(c).is_some()))
        });
        let is_new = !known.contains(&view.name);
        if fits && is_new {
            known.push(view.name.clone());
        }
        fits && is_new
    });
}
