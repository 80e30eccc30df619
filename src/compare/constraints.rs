//! The constraints of one table.
//!
//! In come both sides of a table; out come the constraints that go, come and change their names. The rules, in this order:
//!
//! 1. Equal constraints are no difference.
//! 2. One name with another content is a drop and an add.
//! 3. One content with another name is a rename where the engine can rename, else a drop and an add; where names do not count
//!    it is no difference.
//! 4. The rest goes or comes.
//!
//! A foreign key that names no columns refers to the primary key of a table that is out of sight, or it would name them by now.
//! It is equal to one that does name columns and is the same in all else.
//!
//! Because names meet before contents, a rename never takes a name that is still in use, and never forms a circle.

use super::options::ConstraintNames;
use super::pair::Pair;
use crate::dialect::Dialect;
use crate::directive::{Change, TableChange};
use crate::schema::{Constraint, ForeignKey, Table};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The changes of the constraints of one table.
#[derive(Debug, Default)]
pub(super) struct ConstraintChanges {
    /// What others lean on comes last.
    pub(super) dropped: Vec<Constraint>,
    pub(super) renamed: Vec<TableChange>,
    /// What others lean on comes first.
    pub(super) added: Vec<Constraint>,
}

struct Spelled {
    written: Constraint,
    canonical: Constraint,
}

impl Spelled {
    /// The canonical form without its name.
    fn content(&self) -> Constraint {
        let mut content = self.canonical.clone();
        content.set_name(None);
        content
    }
}

/// Compares the constraints of a table.
pub(super) fn compare(
    tables: Pair<&Table>,
    dialect: &dyn Dialect,
    names: ConstraintNames,
) -> ConstraintChanges {
    let mut changes = ConstraintChanges::default();
    let written = tables.map(|table| table.constraints().collect::<Vec<_>>());
    if written.is_equal() {
        return changes;
    }
    let left = strike_out(written, PartialEq::eq);
    let spelled = Pair::new(
        spell(tables.live, left.live, dialect),
        spell(tables.target, left.target, dialect),
    );
    let left = strike_out(spelled, |a, b| a.canonical == b.canonical);
    let left = strike_out(left, |a, b| is_same_reference(&a.canonical, &b.canonical));
    let in_use = left.as_ref().map(|side| folded_names(side, dialect));
    let is_free = |constraint: &Spelled, names: &BTreeSet<Cow<'_, str>>| {
        constraint
            .written
            .name()
            .is_none_or(|name| !names.contains(&dialect.fold(name)))
    };
    let mut added: Vec<Option<&Spelled>> = left.target.iter().map(Some).collect();
    for constraint in &left.live {
        let twin = if is_free(constraint, &in_use.target) {
            let content = constraint.content();
            added.iter().position(|other| {
                other.is_some_and(|other| is_free(other, &in_use.live) && other.content() == content)
            })
        } else {
            None
        };
        let Some(place) = twin else {
            changes.dropped.push(constraint.written.clone());
            continue;
        };
        let (old, new) = (&constraint.written, added[place].map(|c| &c.written));
        let can_rename = dialect.facts().renames_constraints;
        match (names, old.name(), new.and_then(Constraint::name)) {
            (ConstraintNames::Ignore, _, _) => {
                added[place] = None;
            }
            (ConstraintNames::Compare, Some(from), Some(to)) if can_rename => {
                added[place] = None;
                changes.renamed.push(TableChange::RenameConstraint {
                    kind: old.kind(),
                    name: Change::new(Some(from.clone()), Some(to.clone())),
                });
            }
            (ConstraintNames::Compare, _, _) => changes.dropped.push(old.clone()),
        }
    }
    // A foreign key may lean on a key of its own table: keys come first and go last.
    changes.dropped.reverse();
    changes.added = added.into_iter().flatten().map(|c| c.written.clone()).collect();
    changes
}

/// Whether two foreign keys differ in nothing but that one names no columns.
fn is_same_reference(a: &Constraint, b: &Constraint) -> bool {
    let (Constraint::ForeignKey(a), Constraint::ForeignKey(b)) = (a, b) else {
        return false;
    };
    let named = |key: &ForeignKey| ForeignKey {
        referenced: b.referenced.clone(),
        ..key.clone()
    };
    (a.referenced.is_empty() || b.referenced.is_empty()) && named(a) == *b
}

fn spell(table: &Table, constraints: Vec<Constraint>, dialect: &dyn Dialect) -> Vec<Spelled> {
    let spell = |written: Constraint| Spelled {
        canonical: dialect.canonical_constraint(table, &written),
        written,
    };
    constraints.into_iter().map(spell).collect()
}

fn folded_names<'a>(constraints: &'a [Spelled], dialect: &dyn Dialect) -> BTreeSet<Cow<'a, str>> {
    constraints
        .iter()
        .filter_map(|c| c.written.name())
        .map(|name| dialect.fold(name))
        .collect()
}

/// Takes out what is equal on both sides, one for one.
fn strike_out<T>(lists: Pair<Vec<T>>, is_equal: impl Fn(&T, &T) -> bool) -> Pair<Vec<T>> {
    let mut target: Vec<Option<T>> = lists.target.into_iter().map(Some).collect();
    let mut live = Vec::new();
    for item in lists.live {
        match target
            .iter()
            .position(|other| other.as_ref().is_some_and(|other| is_equal(&item, other)))
        {
            Some(place) => target[place] = None,
            None => live.push(item),
        }
    }
    Pair::new(live, target.into_iter().flatten().collect())
}
