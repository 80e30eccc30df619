//! Tables.
//!
//! In come both schemas, after confirmed renames; out come directives for tables and their indexes, not yet in order, and
//! what may be a rename that nobody declared. Tables that are equal as they are written are passed over at once.

use super::columns::{self, ColumnChanges};
use super::options::CompareOptions;
use super::pair::{Matched, Pair, fold_qname};
use super::questions::{ColumnCandidates, TableCandidates};
use super::{constraints, indexes};
use crate::Notice;
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, TableChange};
use crate::schema::{Schema, Sql, Table};

/// What comparing the tables gave.
#[derive(Debug, Default)]
pub(super) struct TableChanges<'a> {
    pub(super) directives: Vec<Directive>,
    pub(super) notices: Vec<Notice>,
    /// Tables that come and go.
    pub(super) tables: TableCandidates<'a>,
    /// Columns that come and go, by table.
    pub(super) columns: Vec<ColumnCandidates>,
}

/// Compares all tables.
pub(super) fn compare<'a>(
    schemas: Pair<&'a Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> TableChanges<'a> {
    let matched = Matched::by_key(
        schemas.live.tables.values(),
        schemas.target.tables.values(),
        |table| fold_qname(dialect, &table.name),
    );
    let mut changes = TableChanges::default();
    for table in &matched.target_only {
        changes.directives.extend(create(table));
    }
    for table in &matched.live_only {
        changes
            .directives
            .push(Directive::DropTable(Box::new((*table).clone())));
    }
    for pair in matched.both.into_iter().filter(|pair| !pair.is_equal()) {
        let tables = pair.map(|table| dialect.canonical_table(table));
        if !tables.is_equal() {
            compare_one(pair, tables.as_ref(), dialect, options, &mut changes);
        }
    }
    changes.tables = Pair::new(matched.live_only, matched.target_only);
    changes
}

/// A new table, and its indexes as directives of their own.
fn create(table: &Table) -> impl Iterator<Item = Directive> {
    let without_indexes = Table {
        indexes: Vec::new(),
        ..table.clone()
    };
    let indexes = table.indexes.iter().map(|index| Directive::CreateIndex {
        table: table.name.clone(),
        index: Box::new(index.clone()),
    });
    std::iter::once(Directive::CreateTable(Box::new(without_indexes))).chain(indexes)
}

/// Compares a table that is on both sides.
fn compare_one(
    tables: Pair<&Table>,
    canonical: Pair<&Table>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
    changes: &mut TableChanges<'_>,
) {
    let name = &tables.live.name;
    let definition = match definition(tables, canonical) {
        Definition::Readable => None,
        Definition::Equal => {
            let indexes = indexes::compare(spellings(tables, canonical), dialect, options.constraint_names);
            changes.directives.extend(indexes);
            return;
        }
        Definition::Changed(definition) => Some(definition),
        Definition::Incomparable => {
            let why = format!(
                "the changes of table {name} cannot be migrated automatically, because its definition could not be read on one side"
            );
            changes.notices.push(Notice::warning(why.clone()).hint(
                "write its statements with op.execute in place of op.irreversible, or exclude the table",
            ));
            changes.directives.push(Directive::Irreversible { why });
            return;
        }
    };
    let sides = spellings(tables, canonical);
    changes
        .directives
        .extend(indexes::compare(sides, dialect, options.constraint_names));
    let columns = columns::compare(sides, dialect, options.column_order);
    changes
        .columns
        .extend(ColumnCandidates::of(&tables.target.name, &columns));
    let changes_of_table = in_order(columns, tables, canonical, definition, dialect, options);
    if !changes_of_table.is_empty() {
        changes.directives.push(Directive::AlterTable(AlterTable {
            table: name.clone(),
            changes: changes_of_table,
        }));
    }
}

fn spellings<'a>(written: Pair<&'a Table>, canonical: Pair<&'a Table>) -> Pair<(&'a Table, &'a Table)> {
    Pair::new((written.live, canonical.live), (written.target, canonical.target))
}

/// The changes of a table in the one order that holds in both directions: constraints go first and come last, columns come
/// before others are changed, and go after. A generated column that stops reading a dropped column, or starts reading a new
/// one, is right at every step, and the table is never without columns. Read backwards, with each change undone, it is the
/// same order.
fn in_order(
    columns: ColumnChanges<'_>,
    tables: Pair<&Table>,
    canonical: Pair<&Table>,
    definition: Option<Change<Sql>>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> Vec<TableChange> {
    let constraints = constraints::compare(tables, dialect, options.constraint_names);
    let table_options = columns::option_changes(tables.map(|t| &t.options), canonical.map(|t| &t.options));
    let mut changes = Vec::new();
    changes.extend(
        constraints
            .dropped
            .into_iter()
            .map(|constraint| TableChange::DropConstraint { constraint }),
    );
    changes.extend(
        columns
            .added
            .into_iter()
            .map(|(_, column)| TableChange::AddColumn(column)),
    );
    changes.extend(columns.altered.into_iter().map(TableChange::AlterColumn));
    changes.extend(
        columns
            .dropped
            .into_iter()
            .map(|(_, column)| TableChange::DropColumn(column)),
    );
    changes.extend(columns.reordered.map(TableChange::ReorderColumns));
    changes.extend(constraints.renamed);
    changes.extend(
        constraints
            .added
            .into_iter()
            .map(|constraint| TableChange::AddConstraint { constraint }),
    );
    changes.extend(table_options.into_iter().map(TableChange::SetOption));
    if canonical.live.comment != canonical.target.comment {
        let comment = tables.map(|t| t.comment.clone());
        changes.push(TableChange::SetComment(Change::new(comment.live, comment.target)));
    }
    changes.extend(definition.map(TableChange::SetDefinition));
    changes
}

/// How two tables compare when one of them could not be read into the model.
enum Definition {
    /// Both could be read.
    Readable,
    /// Neither could be read, and the texts are equal.
    Equal,
    /// Neither could be read, and the texts differ.
    Changed(Change<Sql>),
    /// One could be read: there is nothing to compare, and dropping and creating the table would lose its rows.
    Incomparable,
}

fn definition(tables: Pair<&Table>, canonical: Pair<&Table>) -> Definition {
    match (&tables.live.definition, &tables.target.definition) {
        (None, None) => Definition::Readable,
        (Some(_), Some(_)) if canonical.live.definition == canonical.target.definition => Definition::Equal,
        (Some(old), Some(new)) => Definition::Changed(Change::new(old.clone(), new.clone())),
        (Some(_), None) | (None, Some(_)) => Definition::Incomparable,
    }
}
