//! What ties partitions and inheriting tables to their parents, and how a move from one place to another falls in two.
//!
//! In come the changes of a table, or all directives; out come links for the sort, or directives in which a partition first leaves its
//! place and then comes to another. What stands in its way must be gone when it comes: a partition that covers the same rows, or an index
//! of its own that is not fit for its new parent.

use super::World;
use super::links::{By, Collector, Folded, Link, Part, Thing};
use crate::compare::dependents::{Side, folded};
use crate::compare::pair::fold_qname;
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, OptionChange, TableChange};
use crate::schema::{INHERITED, Part as Piece, QName, Table};
use std::collections::{BTreeMap, BTreeSet};

/// The parent of a partition.
const PARTITION_OF: &str = "partition_of";
/// The rows of its parent that a partition holds.
const PARTITION_BOUND: &str = "partition_bound";

/// Whether a change is about the place of a table as a partition.
pub(super) fn is_place(change: &TableChange) -> bool {
    match change {
        TableChange::SetOption(option) => [PARTITION_OF, PARTITION_BOUND].contains(&option.key.as_str()),
        _ => false,
    }
}

/// Whether a table leaves its place, perhaps for another.
pub(super) fn leaves(changes: &[TableChange]) -> bool {
    let leaves = |change: &&TableChange| matches!(change, TableChange::SetOption(o) if o.value.old.is_some());
    changes
        .iter()
        .filter(|change| is_place(change))
        .any(|c| leaves(&c))
}

/// Whether a table comes to a place, perhaps from another.
pub(super) fn comes(changes: &[TableChange]) -> bool {
    let comes = |change: &&TableChange| matches!(change, TableChange::SetOption(o) if o.value.new.is_some());
    changes
        .iter()
        .filter(|change| is_place(change))
        .any(|c| comes(&c))
}

/// Leaving the old place, if there was one, and coming to the new one, if there is one.
pub(super) fn leave_and_come(table: &QName, world: &World<'_>) -> [Vec<TableChange>; 2] {
    let name = folded(table, world.dialect);
    let places = |side: &Side<'_>| {
        let options = side.table(&name).map(|table| &table.options);
        let value = |key: &str| Some((key.to_owned(), options?.get(key)?.clone()));
        [PARTITION_OF, PARTITION_BOUND]
            .into_iter()
            .filter_map(value)
            .collect::<Vec<_>>()
    };
    let set = |key, value| TableChange::SetOption(OptionChange { key, value });
    let leave = places(&world.sides.live).into_iter();
    let come = places(&world.sides.target).into_iter();
    [
        leave
            .map(|(key, old)| set(key, Change::new(Some(old), None)))
            .collect(),
        come.map(|(key, new)| set(key, Change::new(None, Some(new))))
            .collect(),
    ]
}

/// Takes moves apart where something comes between leaving and coming.
///
/// - Of the partitions that get other rows of their parent all leave before any comes, where more than one comes: while one stands, none
///   may overlap it.
/// - What its old parent has made for a partition goes after it has left, and before the columns under it go.
pub(super) fn apart(directives: Vec<(Directive, Part)>, world: &World<'_>) -> Vec<(Directive, Part)> {
    let mut comers: BTreeMap<Folded, usize> = BTreeMap::new();
    let mut freed: BTreeSet<QName> = BTreeSet::new();
    for (directive, _) in &directives {
        match directive {
            Directive::AlterTable(alter) if alter.changes.iter().any(is_place) => {
                if let Some(parent) = place(&world.sides.target, &alter.table, world.dialect) {
                    *comers.entry(parent).or_insert(0) += 1;
                }
            }
            Directive::DropIndex { table, index } if index.options.contains_key(INHERITED) => {
                freed.insert(folded(table, world.dialect));
            }
            _ => {}
        }
    }
    let mut parts = Vec::with_capacity(directives.len());
    for (directive, part) in directives {
        match directive {
            Directive::AlterTable(alter) if leaves(&alter.changes) => {
                let [old, new] = [&world.sides.live, &world.sides.target]
                    .map(|side| place(side, &alter.table, world.dialect));
                let stays = old == new;
                let is_in_the_way = stays && new.is_some_and(|new| comers.get(&new).is_some_and(|n| *n > 1));
                let takes_columns = |change: &TableChange| matches!(change, TableChange::DropColumn(_));
                let frees = !stays
                    && freed.contains(&folded(&alter.table, world.dialect))
                    && alter.changes.iter().any(takes_columns);
                if !is_in_the_way && !frees {
                    parts.push((Directive::AlterTable(alter), part));
                    continue;
                }
                let AlterTable { table, mut changes } = alter;
                changes.retain(|change| !is_place(change));
                let [leave, come] = leave_and_come(&table, world);
                let steps = if frees {
                    [(leave, Part::Before), (changes, part), (come, Part::After)]
                } else {
                    [(changes, part), (leave, Part::After), (come, Part::After)]
                };
                let steps = steps.into_iter().filter(|(changes, _)| !changes.is_empty());
                parts.extend(steps.map(|(changes, part)| {
                    let table = table.clone();
                    (Directive::AlterTable(AlterTable { table, changes }), part)
                }));
            }
            other => parts.push((other, part)),
        }
    }
    parts
}

/// The table that a table is a partition of.
fn place(side: &Side<'_>, table: &QName, dialect: &dyn Dialect) -> Option<Folded> {
    let table = side.table(&folded(table, dialect))?;
    parent_of(table, dialect)
}

fn parent_of(table: &Table, dialect: &dyn Dialect) -> Option<Folded> {
    table.options.get(PARTITION_OF)?;
    let parent = table.parents().into_iter().next()?;
    let (namespace, name) = fold_qname(dialect, &parent);
    Some((namespace.map(Into::into), name.into()))
}

impl Collector<'_> {
    /// A change of what a table is a part or a child of.
    pub(super) fn lean_place(&mut self, table: &QName, option: &OptionChange, by: By) {
        let [old, new] = [&self.sides.live, &self.sides.target].map(|side| place(side, table, self.dialect));
        let is_place = [PARTITION_OF, PARTITION_BOUND].contains(&option.key.as_str());
        if is_place && option.value.new.is_some() {
            let thing = Thing::Relation(self.fold(table));
            self.links.needs.push(Link { thing, by });
        }
        if option.key == PARTITION_BOUND && option.value.new.is_some() {
            let room = new.clone().map(|parent| Link {
                thing: Thing::Room(parent),
                by,
            });
            self.links.needs.extend(room);
        }
        if option.key == PARTITION_OF {
            if option.value.old.is_some() {
                self.links.makes.extend(old.map(Thing::Room));
                let name = self.fold(table);
                self.links.makes.push(Thing::Freedom(name));
            }
            if let (Some(parent), Some(_)) = (new, &option.value.new) {
                let thing = Thing::Room(parent.clone());
                self.links.needs.push(Link { thing, by });
                self.links.makes.push(Thing::Partitions(parent));
                // It comes with its indexes: its parent would make its own.
                let known = self.sides.target.table(&folded(table, self.dialect));
                for index in known.into_iter().flat_map(|table| &table.indexes) {
                    let index = self.piece(&Piece::Index(table.clone(), index.name.clone()));
                    self.links.needs.push(Link {
                        thing: Thing::Piece(index),
                        by,
                    });
                }
            }
        }
        if [PARTITION_OF, "inherits", "of_type"].contains(&option.key.as_str()) {
            self.lean_on(&Piece::Relation(table.clone()), by);
            self.let_go(&Piece::Relation(table.clone()), by);
        }
    }

    /// A table that goes leaves room for others in the one it was a partition of.
    pub(super) fn leave_room(&mut self, table: &Table) {
        self.links
            .makes
            .extend(parent_of(table, self.dialect).map(Thing::Room));
    }

    /// What a parent of the table is changed to, the table is too: its own changes come behind that. From a parent that it leaves it
    /// goes before.
    pub(super) fn lean_family(&mut self, alter: &AlterTable, part: Part) {
        let (live, target) = (
            self.parents(&self.sides.live, &alter.table),
            self.parents(&self.sides.target, &alter.table),
        );
        let (left, coming): (Vec<_>, Vec<_>) = (
            live.iter()
                .filter(|parent| !target.contains(parent))
                .cloned()
                .collect(),
            target
                .iter()
                .filter(|parent| !live.contains(parent))
                .cloned()
                .collect(),
        );
        let sets = |changes: &dyn Fn(&OptionChange) -> bool| {
            alter.changes.iter().any(
                |change| matches!(change, TableChange::SetOption(o) if o.key == PARTITION_OF && changes(o)),
            )
        };
        // One of the two steps that a move can be.
        let only_comes = sets(&|option| option.value.old.is_none()) && !left.is_empty();
        let only_leaves = sets(&|option| option.value.new.is_none()) && !coming.is_empty();
        if !only_comes {
            for parent in left {
                self.releases(Thing::Shape(parent));
            }
        }
        // What goes ahead of all else waits for no parent.
        if part == Part::Before {
            return;
        }
        for parent in target {
            if !only_leaves || live.contains(&parent) {
                self.needs(Thing::Shape(parent));
            }
        }
    }

    pub(super) fn parents(&self, side: &Side<'_>, table: &QName) -> Vec<Folded> {
        let parents = side.table(&folded(table, self.dialect)).map(Table::parents);
        let parents = parents.unwrap_or_default();
        parents.iter().map(|parent| self.fold(parent)).collect()
    }

    pub(super) fn keeps_parents(&self, table: &QName) -> bool {
        self.parents(&self.sides.live, table) == self.parents(&self.sides.target, table)
    }
}
