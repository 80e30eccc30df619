//! Changes of one table: ALTER TABLE where SQLite can, else one rebuild.

use super::broken::{aside, broken};
use super::rebuild::rebuild;
use super::spelling::{qname, quote};
use super::{Sqlite, ddl};
use crate::dialect::Statement;
use crate::directive::{AlterTable, NewColumn, TableChange, evolve};
use crate::schema::{Column, Constraint, GeneratedKind, PartTarget, QName, Schema, Table};
use crate::sql::{Lexicon, mentions};
use crate::{Error, ErrorKind, Result};

/// The statements for all changes of one table.
///
/// Renames come first and are SQLite's own, because only SQLite rewrites triggers, views and keys elsewhere. The rest is
/// done in place when each change can be, and by one rebuild otherwise.
pub(super) fn alter_table(alter: &AlterTable, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
    let (renames, rest): (Vec<_>, Vec<_>) = alter
        .changes
        .iter()
        .cloned()
        .partition(|c| matches!(c, TableChange::RenameColumn(_)));
    let renaming: Vec<Statement> = renames
        .iter()
        .filter_map(|change| match change {
            TableChange::RenameColumn(names) => Some(Statement::new(format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                qname(&alter.table),
                quote(&names.old),
                quote(&names.new)
            ))),
            _ => None,
        })
        .collect();
    let mut statements = if renaming.is_empty() {
        Vec::new()
    } else {
        aside(renaming, &alter.table, before)
    };
    if rest.is_empty() {
        return Ok(statements);
    }
    let renamed;
    let before = if renames.is_empty() {
        before
    } else {
        let mut schema = before.clone();
        let only_renames = AlterTable {
            table: alter.table.clone(),
            changes: renames,
        };
        evolve(
            &mut schema,
            &[crate::directive::Directive::AlterTable(only_renames)],
            &Sqlite,
        )?;
        renamed = schema;
        &renamed
    };
    let old = find(before, &alter.table)?;
    let new = find(after, &alter.table)?;
    if let Some(in_place) = in_place(&rest, old, before) {
        statements.extend(in_place);
    } else {
        statements.extend(rebuild(old, new, &rest, before, after)?);
    }
    Ok(statements)
}

fn find<'s>(schema: &'s Schema, name: &QName) -> Result<&'s Table> {
    schema
        .tables
        .get(name)
        .or_else(|| {
            schema
                .tables
                .values()
                .find(|t| t.name.name.eq_ignore_ascii_case(&name.name))
        })
        .ok_or_else(|| Error::new(ErrorKind::Script, format!("there is no table {name}")))
}

/// The statements when every change can be made in place.
fn in_place(changes: &[TableChange], old: &Table, before: &Schema) -> Option<Vec<Statement>> {
    if old.definition.is_some() {
        return None;
    }
    // A foreign key that comes with its new column is written with it.
    let mut keys: Vec<&Constraint> = changes
        .iter()
        .filter_map(|c| match c {
            TableChange::AddConstraint { constraint } => Some(constraint),
            _ => None,
        })
        .collect();
    let mut statements = Vec::new();
    let mut columns = old.columns.len();
    for change in changes {
        match change {
            TableChange::AddColumn(new) => {
                let reference = keys
                    .iter()
                    .position(|c| is_reference_of(c, &new.column))
                    .map(|i| keys.remove(i));
                statements.push(add_column(old, new, reference)?);
                columns += 1;
            }
            TableChange::DropColumn(gone) => {
                if columns == 1 || !can_drop(&gone.column, old, before) {
                    return None;
                }
                columns -= 1;
                statements.push(Statement::new(format!(
                    "ALTER TABLE {} DROP COLUMN {}",
                    qname(&old.name),
                    quote(&gone.column.name)
                )));
            }
            TableChange::AddConstraint { .. } => {}
            _ => return None,
        }
    }
    // What is left has no column of its own to stand with.
    keys.is_empty().then_some(statements)
}

fn is_reference_of(constraint: &Constraint, column: &Column) -> bool {
    matches!(constraint, Constraint::ForeignKey(key)
        if key.columns.len() == 1 && key.columns[0].eq_ignore_ascii_case(&column.name))
}

/// `ALTER TABLE ... ADD COLUMN`, within the limits of <https://www.sqlite.org/lang_altertable.html#altertabaddcol>.
fn add_column(table: &Table, new: &NewColumn, reference: Option<&Constraint>) -> Option<Statement> {
    let column = &new.column;
    let last = table.columns.last().map(|c| c.name.as_str());
    let placed = new
        .after
        .as_ref()
        .is_some_and(|after| !last.is_some_and(|l| l.eq_ignore_ascii_case(after)));
    let constant = column.default.as_ref().is_none_or(|default| {
        ddl::is_plain_default(default)
            && !ddl::is_parenthesised(default)
            && !["current_time", "current_date", "current_timestamp"]
                .iter()
                .any(|word| default.trim().eq_ignore_ascii_case(word))
    });
    let is_null = column
        .default
        .as_ref()
        .is_none_or(|d| d.trim().eq_ignore_ascii_case("null"));
    let stored = column
        .generated
        .as_ref()
        .is_some_and(|g| g.kind == GeneratedKind::Stored);
    let needs_value = column.not_null && is_null && column.generated.is_none();
    if placed
        || !constant
        || stored
        || needs_value
        || column.identity.is_some()
        || new.backfill.is_some()
        || (reference.is_some() && !is_null)
    {
        return None;
    }
    let mut definition = ddl::column(column, None);
    if let Some(Constraint::ForeignKey(key)) = reference {
        if let Some(name) = &key.name {
            definition.push_str(" CONSTRAINT ");
            definition.push_str(&quote(name));
        }
        definition.push(' ');
        definition.push_str(&ddl::references(key));
    }
    Some(Statement::new(format!(
        "ALTER TABLE {} ADD COLUMN {definition}",
        qname(&table.name)
    )))
}

/// Whether nothing else names the column, so that `ALTER TABLE ... DROP COLUMN` is allowed
/// (<https://www.sqlite.org/lang_altertable.html#altertabdropcol>).
fn can_drop(column: &Column, table: &Table, schema: &Schema) -> bool {
    let name = column.name.to_ascii_lowercase();
    let in_sql = |sql: &str| mentions(sql, &Lexicon::SQLITE).contains(&name);
    let is = |other: &str| other.eq_ignore_ascii_case(&name);
    let in_part = |part: &crate::schema::IndexPart| match &part.target {
        PartTarget::Column(other) => is(other),
        PartTarget::Expression(sql) => in_sql(sql),
    };
    let in_keys = table.primary_key.iter().flat_map(|k| &k.columns).any(in_part)
        || table.uniques.iter().flat_map(|u| &u.columns).any(in_part)
        || table.foreign_keys.iter().flat_map(|k| &k.columns).any(|c| is(c));
    let in_indexes = table
        .indexes
        .iter()
        .any(|i| i.parts.iter().any(in_part) || i.predicate.as_ref().is_some_and(|p| in_sql(p)));
    let in_expressions = table.checks.iter().any(|c| in_sql(&c.expression))
        || table
            .columns
            .iter()
            .any(|c| c.generated.as_ref().is_some_and(|g| in_sql(&g.expression)));
    // The engine reads all of them again, and an object that names the column, or one that is broken already, stops it.
    let in_objects = schema.objects.values().any(|o| in_sql(&o.definition));
    let elsewhere = schema.tables.values().any(|t| {
        t.foreign_keys.iter().any(|k| {
            k.table.name.eq_ignore_ascii_case(&table.name.name) && k.referenced.iter().any(|c| is(c))
        })
    });
    !(in_keys || in_indexes || in_expressions || in_objects || elsewhere) && broken(schema).is_empty()
}
