//! The columns of one table.
//!
//! In come both sides of a table with their canonical spellings; out come the changes, with the values as they were written. A
//! column is found by its name: what was renamed has its new name already.

use super::pair::{Matched, Pair};
use crate::dialect::Dialect;
use crate::directive::{AlterColumn, Change, ColumnChange, NewColumn, OptionChange};
use crate::schema::{Column, Name, Options, Table};
use std::collections::BTreeSet;

/// A column as it was written and as it is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelled<'a> {
    pub(super) written: &'a Column,
    pub(super) canonical: &'a Column,
}

/// The changes of the columns of one table.
#[derive(Debug)]
pub(super) struct ColumnChanges<'a> {
    /// In the order of the target.
    pub(super) added: Vec<(Spelled<'a>, NewColumn)>,
    /// In the order of the target.
    pub(super) altered: Vec<AlterColumn>,
    /// Last first, so that on the way back each finds the column it stands after.
    pub(super) dropped: Vec<(Spelled<'a>, NewColumn)>,
    /// The order, where that is compared.
    pub(super) reordered: Option<Change<Vec<Name>>>,
}

/// Compares the columns of a table. Each side is the table as it was written and as it is compared.
pub(super) fn compare<'a>(
    sides: Pair<(&'a Table, &'a Table)>,
    dialect: &dyn Dialect,
    column_order: bool,
) -> ColumnChanges<'a> {
    let spelled = sides.map(|(written, canonical)| {
        let both = written.columns.iter().zip(&canonical.columns);
        both.map(|(written, canonical)| Spelled { written, canonical })
            .collect::<Vec<_>>()
    });
    let key = |column: Spelled<'a>| dialect.fold(&column.written.name);
    let matched = Matched::by_key(spelled.live.iter().copied(), spelled.target.iter().copied(), key);
    let mut added = placed(&spelled.target, &matched.target_only);
    if !column_order && !dialect.facts().places_columns {
        for (_, new) in &mut added {
            new.after = None;
        }
    }
    let mut dropped = placed(&spelled.live, &matched.live_only);
    dropped.reverse();
    let reordered = column_order
        .then(|| reorder(&spelled, &matched, &added, dialect))
        .flatten();
    ColumnChanges {
        added,
        altered: matched.both.into_iter().filter_map(alter).collect(),
        dropped,
        reordered,
    }
}

/// The columns `alone` of a table, each with its predecessor. Columns that nothing else follows need none: they are put at
/// the end one after the other.
fn placed<'a>(all: &[Spelled<'a>], alone: &[Spelled<'a>]) -> Vec<(Spelled<'a>, NewColumn)> {
    let names: BTreeSet<&str> = alone.iter().map(|c| c.written.name.as_str()).collect();
    let is_alone = |column: &Spelled<'_>| names.contains(column.written.name.as_str());
    let trailing = all.len() - all.iter().rev().take_while(|c| is_alone(c)).count();
    let mut placed = Vec::with_capacity(alone.len());
    for (place, column) in all.iter().enumerate().filter(|(_, c)| is_alone(c)) {
        let before = place
            .checked_sub(1)
            .map_or_else(|| Name::new(""), |i| all[i].written.name.clone());
        let new = NewColumn {
            column: column.written.clone(),
            after: (place < trailing).then_some(before),
            backfill: None,
        };
        placed.push((*column, new));
    }
    placed
}

/// The change that puts the columns in the target's order, seen from the order they are in when columns have come and gone.
fn reorder<'a>(
    all: &Pair<Vec<Spelled<'a>>>,
    matched: &Matched<Spelled<'a>>,
    added: &[(Spelled<'a>, NewColumn)],
    dialect: &dyn Dialect,
) -> Option<Change<Vec<Name>>> {
    let kept: BTreeSet<&str> = matched
        .both
        .iter()
        .map(|c| c.live.written.name.as_str())
        .collect();
    let mut order: Vec<&Name> = all.live.iter().map(|c| &c.written.name).collect();
    for (column, new) in added {
        let after = new.after.as_ref().and_then(|after| {
            if after.is_empty() {
                Some(0)
            } else {
                order
                    .iter()
                    .position(|n| dialect.same_name(n, after))
                    .map(|i| i + 1)
            }
        });
        order.insert(after.unwrap_or(order.len()), &column.written.name);
    }
    let new: BTreeSet<&str> = added.iter().map(|(c, _)| c.written.name.as_str()).collect();
    order.retain(|name| kept.contains(name.as_str()) || new.contains(name.as_str()));
    let wanted = || all.target.iter().map(|c| &c.written.name);
    let is_in_order = order.iter().zip(wanted()).all(|(a, b)| dialect.same_name(a, b));
    (!is_in_order).then(|| Change::new(order.into_iter().cloned().collect(), wanted().cloned().collect()))
}

/// The changes of a column that is on both sides. What differs only in its canonical form follows from another change (a key that
/// implies NOT NULL), and what differs only as it was written is no difference.
fn alter(column: Pair<Spelled<'_>>) -> Option<AlterColumn> {
    let canonical = Pair::new(column.live.canonical, column.target.canonical);
    let written = Pair::new(column.live.written, column.target.written);
    if canonical.is_equal() || written.is_equal() {
        return None;
    }
    let mut changes = Vec::new();
    macro_rules! compare_fields {
        ($($field:ident => $change:ident),* $(,)?) => {
            $(if canonical.live.$field != canonical.target.$field && written.live.$field != written.target.$field {
                let change = Change::new(written.live.$field.clone(), written.target.$field.clone());
                changes.push(ColumnChange::$change(change));
            })*
        };
    }
    compare_fields! {
        ty => Type,
        collation => Collation,
        generated => Generated,
        identity => Identity,
        default => Default,
        not_null => NotNull,
        comment => Comment,
    }
    let options = option_changes(written.map(|c| &c.options), canonical.map(|c| &c.options));
    changes.extend(options.into_iter().map(ColumnChange::Option));
    (!changes.is_empty()).then(|| AlterColumn {
        name: written.live.name.clone(),
        ty: written.live.ty.clone(),
        changes,
        using: None,
        backfill: None,
    })
}

/// The changes of attributes that only some engines have.
pub(super) fn option_changes(written: Pair<&Options>, canonical: Pair<&Options>) -> Vec<OptionChange> {
    let keys: BTreeSet<&String> = canonical.live.keys().chain(canonical.target.keys()).collect();
    let differs = |key: &&String| canonical.live.get(*key) != canonical.target.get(*key);
    keys.into_iter()
        .filter(differs)
        .map(|key| OptionChange {
            key: key.clone(),
            value: Change::new(written.live.get(key).cloned(), written.target.get(key).cloned()),
        })
        .filter(|change| change.value.old != change.value.new)
        .collect()
}
