//! The rebuild of a table: a new one under another name, the rows copied, the old one dropped, the new one renamed.
//!
//! The procedure is that of <https://www.sqlite.org/lang_altertable.html#otheralter>. It keeps rows, rowids, the AUTOINCREMENT
//! counter, indexes and triggers of the table. Foreign keys are off (see the dialect's session), and `legacy_alter_table`
//! is on around the rename, so that keys, views and triggers elsewhere go on naming the table as they did.

use super::spelling::{qname, quote, text};
use super::{Sqlite, ddl, option};
use crate::dialect::{Dialect, Statement};
use crate::directive::{AlterColumn, NewColumn, TableChange};
use crate::schema::{Column, Identity, Order, QName, Schema, Sql, Table};
use crate::sql::{Lexicon, replace_qualifier};
use crate::{Error, ErrorKind, Result};

/// The statements that turn table `old` of schema `before` into table `new` of schema `after`. `changes` says what new
/// columns are filled with and how values are converted.
pub(super) fn rebuild(
    old: &Table,
    new: &Table,
    changes: &[TableChange],
    before: &Schema,
    after: &Schema,
) -> Result<Vec<Statement>> {
    if old.definition.is_some() || new.definition.is_some() {
        return Err(Error::new(
            ErrorKind::Script,
            format!(
                "table {} cannot be rebuilt: its definition could not be read",
                old.name
            ),
        )
        .hint("write the statements for it by hand with op.execute(...)"));
    }
    let temporary = temporary_name(&old.name, before);
    let name = qname(&old.name);
    let temp = quote(&temporary.name);
    let mut statements = vec![
        Statement::new(ddl::create_table(&without_own_name(new), &temporary)?)
            .note(format!("rebuild {}: the new table", old.name)),
        copy_rows(old, new, changes, &temporary).note("its rows"),
    ];
    if is_numbered(old) && is_numbered(new) {
        statements.push(
            Statement::new(format!(
                "DELETE FROM sqlite_sequence WHERE name = {}",
                text(&temporary.name)
            ))
            .note("its AUTOINCREMENT counter"),
        );
        statements.push(Statement::new(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {} COLLATE NOCASE",
            text(&temporary.name),
            text(&old.name.name)
        )));
    }
    statements.push(Statement::new(format!("DROP TABLE {name}")));
    statements.push(Statement::new("PRAGMA legacy_alter_table=ON"));
    statements.push(Statement::new(format!(
        "ALTER TABLE {temp} RENAME TO {}",
        quote(&new.name.name)
    )));
    statements.push(Statement::new("PRAGMA legacy_alter_table=OFF"));
    statements.extend(
        new.indexes
            .iter()
            .map(|index| Statement::new(ddl::create_index(&new.name, index))),
    );
    let on_it = |on: Option<&QName>| on.is_some_and(|on| on.name.eq_ignore_ascii_case(&new.name.name));
    statements.extend(
        after
            .objects
            .values()
            .filter(|object| {
                Sqlite
                    .kind(&object.id.kind)
                    .is_some_and(|rule| rule.goes_with_table)
                    && on_it(object.id.on.as_ref())
            })
            .map(|trigger| Statement::new(trigger.definition.to_string())),
    );
    Ok(statements)
}

/// The table with checks that do not name it: under another name they would name nothing, and the rename does not reach them
/// while `legacy_alter_table` is on.
fn without_own_name(table: &Table) -> Table {
    let mut table = table.clone();
    for check in &mut table.checks {
        let bare = replace_qualifier(&check.expression, &table.name.name, None, &Lexicon::SQLITE);
        check.expression = Sql::new(bare);
    }
    table
}

/// A name that nothing has, the same on every run.
fn temporary_name(table: &QName, schema: &Schema) -> QName {
    let taken = |name: &str| {
        let is = |other: &str| other.eq_ignore_ascii_case(name);
        schema
            .tables
            .values()
            .any(|t| is(&t.name.name) || t.indexes.iter().any(|i| is(&i.name)))
            || schema.objects.keys().any(|id| is(&id.name.name))
    };
    let base = format!("_autogen_new_{}", table.name);
    let mut name = base.clone();
    let mut n = 1;
    while taken(&name) {
        n += 1;
        name = format!("{base}_{n}");
    }
    table.sibling(name)
}

/// Whether AUTOINCREMENT keeps a counter for it.
fn is_numbered(table: &Table) -> bool {
    table.columns.iter().any(|c| c.identity == Some(Identity::Auto))
}

/// `INSERT INTO new SELECT ... FROM old`, with rowids where both have them.
fn copy_rows(old: &Table, new: &Table, changes: &[TableChange], temporary: &QName) -> Statement {
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    if let Some(rowid) = hidden_rowid(old, new) {
        targets.push(rowid.to_owned());
        sources.push(rowid.to_owned());
    }
    for column in new.columns.iter().filter(|c| c.generated.is_none()) {
        if let Some(source) = source_of(column, old, new, changes) {
            targets.push(quote(&column.name));
            sources.push(source);
        }
    }
    if targets.is_empty() {
        // Only new columns with defaults in a table without rowids to copy: as many rows as before.
        let first = new.columns.iter().find(|c| c.generated.is_none());
        if let Some(column) = first {
            targets.push(quote(&column.name));
            sources.push(
                column
                    .default
                    .as_ref()
                    .map_or("NULL".to_owned(), |d| format!("({})", ddl::guarded(d))),
            );
        }
    }
    // A conflict clause of the new table must not drop or replace rows in silence: OR ABORT overrules it
    // (<https://www.sqlite.org/lang_conflict.html>).
    let or_abort = if has_conflict_clause(new) { " OR ABORT" } else { "" };
    Statement::new(format!(
        "INSERT{or_abort} INTO {} ({})\n    SELECT {}\n    FROM {}",
        quote(&temporary.name),
        targets.join(", "),
        sources.join(", "),
        qname(&old.name)
    ))
}

fn has_conflict_clause(table: &Table) -> bool {
    let keys = table.primary_key.iter().map(|key| &key.options);
    keys.chain(table.uniques.iter().map(|unique| &unique.options))
        .any(|options| options.contains_key(option::ON_CONFLICT))
        || table
            .columns
            .iter()
            .any(|column| column.options.contains_key(option::NOT_NULL_ON_CONFLICT))
}

/// The expression over the old row that fills a column; `None` leaves it to the default.
fn source_of(column: &Column, old: &Table, new: &Table, changes: &[TableChange]) -> Option<String> {
    let same = |name: &str| name.eq_ignore_ascii_case(&column.name);
    if let Some(added) = changes.iter().find_map(|c| match c {
        TableChange::AddColumn(NewColumn { column, backfill, .. }) if same(&column.name) => Some(backfill),
        _ => None,
    }) {
        return match added {
            Some(sql) => Some(parenthesised(sql)),
            // A new alias of the rowid numbers the rows as they were numbered before.
            None if is_rowid_alias(column, new) && has_rowid(old) => rowid_word(old).map(str::to_owned),
            None => None,
        };
    }
    if !old.columns.iter().any(|c| same(&c.name)) {
        return None;
    }
    let alter = changes.iter().find_map(|c| match c {
        TableChange::AlterColumn(alter) if same(&alter.name) => Some(alter),
        _ => None,
    });
    let value = quote(&column.name);
    Some(match alter {
        Some(AlterColumn {
            using: Some(sql),
            backfill: Some(backfill),
            ..
        }) => format!("coalesce({}, {})", parenthesised(sql), parenthesised(backfill)),
        Some(AlterColumn { using: Some(sql), .. }) => parenthesised(sql),
        Some(AlterColumn {
            backfill: Some(sql), ..
        }) => format!("coalesce({value}, {})", parenthesised(sql)),
        // The affinity of the new column converts the rest.
        Some(_) | None => value,
    })
}

fn parenthesised(sql: &Sql) -> String {
    format!("({})", ddl::guarded(sql))
}

fn has_rowid(table: &Table) -> bool {
    !table.options.contains_key(option::WITHOUT_ROWID)
}

/// Whether the column is another name of the rowid: exactly `INTEGER`, the only column of the primary key, and not the
/// `DESC` written with its column.
pub(super) fn is_rowid_alias(column: &Column, table: &Table) -> bool {
    has_rowid(table)
        && column.ty.eq_ignore_ascii_case("integer")
        && table.primary_key.as_ref().is_some_and(|key| {
            matches!(key.columns.as_slice(), [part]
                if part.column_name().is_some_and(|n| n.eq_ignore_ascii_case(&column.name))
                    && !(part.order == Order::Descending && key.options.contains_key(option::INLINE)))
        })
}

/// The word for the rowid that no column has taken.
fn rowid_word(table: &Table) -> Option<&'static str> {
    ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|w| !table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(w)))
}

/// The word to copy rowids by, when both tables have rowids and the new one shows them in no column.
fn hidden_rowid(old: &Table, new: &Table) -> Option<&'static str> {
    let shown = new.columns.iter().any(|c| is_rowid_alias(c, new));
    if shown || !has_rowid(old) || !has_rowid(new) {
        return None;
    }
    ["rowid", "_rowid_", "oid"].into_iter().find(|w| {
        ![old, new]
            .iter()
            .any(|t| t.columns.iter().any(|c| c.name.eq_ignore_ascii_case(w)))
    })
}
