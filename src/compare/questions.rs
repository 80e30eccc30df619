//! Renames that nobody declared and that may be ones: to be asked, never to be guessed.
//!
//! In come the tables and columns that would be dropped and added; out come those pairs of which each fits only the other by
//! structure, as questions and, for those who cannot be asked, as warnings.

use super::columns::{ColumnChanges, Spelled};
use super::pair::Pair;
use super::rename::RenameOf;
use crate::Notice;
use crate::dialect::Dialect;
use crate::schema::{Column, Name, QName, Table};
use std::collections::BTreeMap;
use std::fmt;

/// A question to whoever declared the target. Yes is a [`Rename`](super::Rename) of origin
/// [`Answer`](super::RenameOrigin::Answer) for the next comparison; no is an entry in
/// [`CompareOptions::declined`](super::CompareOptions::declined).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameQuestion {
    /// What may have been renamed.
    pub what: RenameOf,
}

impl fmt::Display for RenameQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            RenameOf::Table { old, new } => write!(f, "was table {old} renamed to {new}?"),
            RenameOf::Column { table, old, new } => {
                write!(f, "was column {table}.{old} renamed to {new}?")
            }
        }
    }
}

impl RenameQuestion {
    /// What there is to know for somebody who was not asked.
    fn warning(&self, dialect: &dyn Dialect) -> Notice {
        let (kind, old, new, comment) = match &self.what {
            RenameOf::Table { old, new } => {
                let namespace = old
                    .namespace
                    .iter()
                    .map(|n| dialect.quote(n) + ".")
                    .collect::<String>();
                (
                    "table",
                    old.to_string(),
                    new.to_string(),
                    namespace + &dialect.quote(&old.name),
                )
            }
            RenameOf::Column { table, old, new } => (
                "column",
                format!("{table}.{old}"),
                format!("{table}.{new}"),
                dialect.quote(old),
            ),
        };
        Notice::warning(format!(
            "{kind} {old} is dropped and {kind} {new} is added, which may be a rename"
        ))
        .hint(format!(
            "if it is: write `-- autogen: renamed from {comment}` above {new} in the target, or give --rename {old}={new}"
        ))
    }
}

/// Tables that would be dropped and added.
pub(super) type TableCandidates<'a> = Pair<Vec<&'a Table>>;

/// Columns of one table that fit each other.
#[derive(Debug)]
pub(super) struct ColumnCandidates {
    table: QName,
    pairs: Vec<Pair<Name>>,
}

impl ColumnCandidates {
    /// Those of a table, by its name in the target.
    pub(super) fn of(table: &QName, columns: &ColumnChanges<'_>) -> Option<Self> {
        if columns.added.is_empty() || columns.dropped.is_empty() {
            return None;
        }
        let signed = |(column, _): &(Spelled<'_>, _)| {
            (column_signature(column.canonical), column.written.name.clone())
        };
        let pairs = only_pairs(Pair::new(
            columns.dropped.iter().map(signed).collect(),
            columns.added.iter().map(signed).collect(),
        ));
        (!pairs.is_empty()).then(|| Self {
            table: table.clone(),
            pairs,
        })
    }
}

/// The questions, and a warning for each.
pub(super) fn ask(
    tables: TableCandidates<'_>,
    columns: Vec<ColumnCandidates>,
    declined: &[RenameOf],
    dialect: &dyn Dialect,
) -> (Vec<RenameQuestion>, Vec<Notice>) {
    let tables = table_pairs(tables, dialect)
        .into_iter()
        .map(|names| RenameOf::Table {
            old: names.live,
            new: names.target,
        });
    let columns = columns.into_iter().flat_map(|ColumnCandidates { table, pairs }| {
        pairs.into_iter().map(move |names| RenameOf::Column {
            table: table.clone(),
            old: names.live,
            new: names.target,
        })
    });
    let questions: Vec<RenameQuestion> = tables
        .chain(columns)
        .filter(|what| !declined.contains(what))
        .map(|what| RenameQuestion { what })
        .collect();
    let warnings = questions
        .iter()
        .map(|question| question.warning(dialect))
        .collect();
    (questions, warnings)
}

fn table_pairs(tables: TableCandidates<'_>, dialect: &dyn Dialect) -> Vec<Pair<QName>> {
    if tables.live.is_empty() || tables.target.is_empty() {
        return Vec::new();
    }
    only_pairs(tables.map(|tables| {
        let readable = tables
            .into_iter()
            .filter(|t| t.definition.is_none() && !t.columns.is_empty());
        readable
            .map(|table| (table_signature(table, dialect), table.name.clone()))
            .collect()
    }))
}

/// Pairs of equal signatures that nothing else has, in the order of the new names.
fn only_pairs<S: Ord, N: Ord>(signed: Pair<Vec<(S, N)>>) -> Vec<Pair<N>> {
    let mut groups: BTreeMap<S, Pair<Vec<N>>> = BTreeMap::new();
    let empty = || Pair::new(Vec::new(), Vec::new());
    for (signature, name) in signed.live {
        groups.entry(signature).or_insert_with(empty).live.push(name);
    }
    for (signature, name) in signed.target {
        groups.entry(signature).or_insert_with(empty).target.push(name);
    }
    let mut pairs: Vec<Pair<N>> = groups
        .into_values()
        .filter(|group| group.live.len() == 1 && group.target.len() == 1)
        .filter_map(|mut group| Some(Pair::new(group.live.pop()?, group.target.pop()?)))
        .collect();
    pairs.sort_by(|a, b| a.target.cmp(&b.target));
    pairs
}

/// What stays the same when a table is renamed: its columns. Names of constraints and indexes often follow the table's name.
fn table_signature(table: &Table, dialect: &dyn Dialect) -> String {
    let mut columns = dialect.canonical_table(table).columns;
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    let signatures = columns
        .iter()
        .map(|c| format!("{:?} {}", c.name, column_signature(c)));
    signatures.collect::<Vec<_>>().join("\n")
}

/// What stays the same when a column is renamed: all but its name, its comment and what new rows get.
fn column_signature(canonical: &Column) -> String {
    let Column {
        name: _,
        ty,
        not_null,
        default: _,
        collation,
        generated,
        identity,
        comment: _,
        options,
    } = canonical;
    format!("{ty:?} {not_null} {collation:?} {generated:?} {identity:?} {options:?}")
}
