//! What gives way when directives wait for each other.
//!
//! In come the directives and the circles they form; out come directives without those circles. Each cure knows one reason:
//!
//! - Guesses, such as words in bodies that may be names.
//! - Foreign keys: dropped before and added after all else, where the engine must know the table referred to; left as they are
//!   where it looks ahead.
//! - Pieces of a table that lean on something outside it, such as a check that calls a function: the same. A partition that moves leaves
//!   one parent, and comes to the other later.
//! - Names of indexes that are exchanged: one is put aside for the time being.
//! - Definitions that read each other: what they read does not count.

use super::links::{By, Link, Part, Thing};
use super::partitions::{comes, is_place, leave_and_come, leaves};
use super::{Circles, Node, World};
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::schema::{Constraint, ForeignKey, Name, QName};
use std::collections::BTreeSet;

/// A cure for circles of one reason: the directives, the circles, what else there is.
type Cure = fn(Vec<Node>, &Circles, &World<'_>) -> Vec<Node>;

/// The cures, in the sequence in which they are tried. Directives that were taken apart have their guesses again.
pub(super) const CURES: [Cure; 7] = [words, foreign_keys, words, pieces, words, index_names, readings];

fn foreign_keys(nodes: Vec<Node>, circles: &Circles, world: &World<'_>) -> Vec<Node> {
    let mut cured = Vec::with_capacity(nodes.len());
    for (number, mut node) in nodes.into_iter().enumerate() {
        let in_circle = keys_in_circle(number, &node, circles);
        if in_circle.is_empty() {
            cured.push(node);
        } else if world.dialect.facts().foreign_keys_look_ahead {
            let counts = |by: By| !matches!(by, By::ForeignKey(key) if in_circle.contains(&key));
            node.links.needs.retain(|link| counts(link.by));
            node.links.releases.retain(|link| counts(link.by));
            cured.push(node);
        } else {
            let parts = split_off(node.directive, &in_circle);
            cured.extend(parts.into_iter().map(|(d, part)| Node::new(d, part, world)));
        }
    }
    cured
}

/// Pieces of tables that need what comes later, or hold what goes earlier, move behind or before their directive.
fn pieces(nodes: Vec<Node>, circles: &Circles, world: &World<'_>) -> Vec<Node> {
    let mut cured = Vec::with_capacity(nodes.len());
    for (number, node) in nodes.into_iter().enumerate() {
        let piece = |link: &Link| match link.by {
            By::Piece(piece) => Some(piece),
            By::ForeignKey(_) | By::All | By::Reading | By::Word => None,
        };
        let needed = node.links.needs.iter();
        let mut later: BTreeSet<usize> = needed
            .filter(|link| circles.is_needed_within(number, link))
            .filter_map(piece)
            .collect();
        let released = node.links.releases.iter();
        let mut earlier: BTreeSet<usize> = released
            .filter(|link| circles.is_released_within(number, link))
            .filter_map(piece)
            .collect();
        if later.is_empty() && earlier.is_empty() {
            cured.push(node);
            continue;
        }
        if let Directive::AlterTable(alter) = &node.directive {
            let gone = |change: &TableChange| match change {
                TableChange::DropColumn(gone) => Some(world.dialect.fold(&gone.column.name).into()),
                TableChange::AlterColumn(alter) => Some(world.dialect.fold(&alter.name).into()),
                _ => None,
            };
            let new = |change: &TableChange| match change {
                TableChange::AddColumn(new) => Some(world.dialect.fold(&new.column.name).into()),
                TableChange::AlterColumn(alter) => Some(world.dialect.fold(&alter.name).into()),
                _ => None,
            };
            let drops = |change: &TableChange| matches!(change, TableChange::DropConstraint { .. });
            let adds = |change: &TableChange| matches!(change, TableChange::AddConstraint { .. });
            take_along(&mut earlier, &alter.changes, &node.links.releases, gone, drops);
            take_along(&mut later, &alter.changes, &node.links.needs, new, adds);
        }
        let parts = move_pieces(node.directive, &earlier, &later, world);
        cured.extend(parts.into_iter().map(|(d, part)| Node::new(d, part, world)));
    }
    cured
}

/// Puts to the changes that move the constraints over the columns that move or change with them.
fn take_along(
    moving: &mut BTreeSet<usize>,
    changes: &[TableChange],
    links: &[Link],
    column: impl Fn(&TableChange) -> Option<String>,
    is_constraint: impl Fn(&TableChange) -> bool,
) {
    let columns: BTreeSet<String> = moving
        .iter()
        .filter_map(|number| column(changes.get(*number)?))
        .collect();
    for link in links {
        if let (By::Piece(number), Thing::Column(_, name)) = (link.by, &link.thing)
            && columns.contains(name)
            && changes.get(number).is_some_and(&is_constraint)
        {
            moving.insert(number);
        }
    }
}

/// A directive without the pieces of those numbers, and directives for these.
fn move_pieces(
    directive: Directive,
    earlier: &BTreeSet<usize>,
    later: &BTreeSet<usize>,
    world: &World<'_>,
) -> Vec<(Directive, Part)> {
    match directive {
        Directive::AlterTable(AlterTable { table, changes }) => {
            let mut parts = [
                (Vec::new(), Part::Before),
                (Vec::new(), Part::Main),
                (Vec::new(), Part::After),
            ];
            // Both say one thing: whose partition it is, and which rows it holds.
            let is_later = |number: &usize| changes.get(*number).is_some_and(is_place);
            let comes_later = later.iter().any(is_later);
            let is_parted = comes_later && leaves(&changes) && comes(&changes);
            if is_parted {
                let [leave, come] = leave_and_come(&table, world);
                parts[1].0.extend(leave);
                parts[2].0.extend(come);
            }
            for (number, change) in changes.into_iter().enumerate() {
                if comes_later && is_place(&change) {
                    if !is_parted {
                        parts[2].0.push(change);
                    }
                    continue;
                }
                let place = match (&change, earlier.contains(&number), later.contains(&number)) {
                    // What goes can wait for nothing, and what comes can hold nothing.
                    (TableChange::DropConstraint { .. } | TableChange::DropColumn(_), true, _)
                    | (_, true, false) => 0,
                    (_, _, true) => 2,
                    (_, false, false) => 1,
                };
                parts[place].0.push(change);
            }
            let whole = |(changes, part): (Vec<TableChange>, Part)| {
                let table = table.clone();
                (!changes.is_empty()).then_some((Directive::AlterTable(AlterTable { table, changes }), part))
            };
            parts.into_iter().filter_map(whole).collect()
        }
        Directive::CreateTable(mut table) => {
            let mut adds = Vec::new();
            let checks = table.checks.len();
            let (off, rest) = partition(std::mem::take(&mut table.checks), later);
            table.checks = rest;
            for check in off {
                let constraint = Constraint::Check(check);
                adds.push(TableChange::AddConstraint { constraint });
            }
            for (number, column) in table.columns.iter_mut().enumerate() {
                if later.contains(&(checks + number)) && column.generated.is_none() {
                    let default = column.default.take();
                    adds.push(TableChange::AlterColumn(AlterColumn {
                        name: column.name.clone(),
                        ty: column.ty.clone(),
                        changes: vec![ColumnChange::Default(Change::new(None, default))],
                        using: None,
                        backfill: None,
                    }));
                }
            }
            let name = table.name.clone();
            let mut parts = vec![(Directive::CreateTable(table), Part::Main)];
            if !adds.is_empty() {
                let after = AlterTable {
                    table: name,
                    changes: adds,
                };
                parts.push((Directive::AlterTable(after), Part::After));
            }
            parts
        }
        other => vec![(other, Part::Main)],
    }
}

/// The foreign keys of a directive by which it waits for itself.
fn keys_in_circle(number: usize, node: &Node, circles: &Circles) -> BTreeSet<usize> {
    let needed = node
        .links
        .needs
        .iter()
        .filter(|link| circles.is_needed_within(number, link));
    let released = node
        .links
        .releases
        .iter()
        .filter(|link| circles.is_released_within(number, link));
    needed
        .chain(released)
        .filter_map(|link| match link.by {
            By::ForeignKey(key) => Some(key),
            By::All | By::Reading | By::Word | By::Piece(_) => None,
        })
        .collect()
}

/// A directive without the foreign keys of those numbers, and directives for these.
fn split_off(directive: Directive, keys: &BTreeSet<usize>) -> Vec<(Directive, Part)> {
    let of_table = |table: QName, changes: Vec<TableChange>, part: Part| {
        (!changes.is_empty()).then_some((Directive::AlterTable(AlterTable { table, changes }), part))
    };
    let constraint = Constraint::ForeignKey;
    match directive {
        Directive::CreateTable(mut table) => {
            let (off, rest) = partition(std::mem::take(&mut table.foreign_keys), keys);
            table.foreign_keys = rest;
            let adds = off.into_iter().map(|key| TableChange::AddConstraint {
                constraint: constraint(key),
            });
            let after = of_table(table.name.clone(), adds.collect(), Part::After);
            [Some((Directive::CreateTable(table), Part::Main)), after]
                .into_iter()
                .flatten()
                .collect()
        }
        Directive::DropTable(mut table) => {
            let (off, rest): (Vec<ForeignKey>, _) = partition(std::mem::take(&mut table.foreign_keys), keys);
            table.foreign_keys = rest;
            let drops = off.into_iter().map(|key| TableChange::DropConstraint {
                constraint: constraint(key),
            });
            let before = of_table(table.name.clone(), drops.collect(), Part::Before);
            [before, Some((Directive::DropTable(table), Part::Main))]
                .into_iter()
                .flatten()
                .collect()
        }
        Directive::AlterTable(AlterTable { table, changes }) => {
            let (off, rest) = partition(changes, keys);
            let (drops, adds): (Vec<_>, Vec<_>) = off
                .into_iter()
                .partition(|change| matches!(change, TableChange::DropConstraint { .. }));
            let parts = [(drops, Part::Before), (rest, Part::Main), (adds, Part::After)];
            parts
                .into_iter()
                .filter_map(|(changes, part)| of_table(table.clone(), changes, part))
                .collect()
        }
        other => vec![(other, Part::Main)],
    }
}

/// The items of those numbers, and the others.
fn partition<T>(items: Vec<T>, numbers: &BTreeSet<usize>) -> (Vec<T>, Vec<T>) {
    let (off, rest): (Vec<_>, Vec<_>) = items
        .into_iter()
        .enumerate()
        .partition(|(number, _)| numbers.contains(number));
    let items = |numbered: Vec<(usize, T)>| numbered.into_iter().map(|(_, item)| item).collect();
    (items(off), items(rest))
}

fn index_names(nodes: Vec<Node>, circles: &Circles, world: &World<'_>) -> Vec<Node> {
    let mut opened: BTreeSet<usize> = BTreeSet::new();
    let mut cured = Vec::with_capacity(nodes.len());
    for (number, node) in nodes.into_iter().enumerate() {
        let Directive::RenameIndex { table, name } = &node.directive else {
            cured.push(node);
            continue;
        };
        let group = circles.group(number);
        if !circles.is_waiting(number) || !opened.insert(group) {
            cured.push(node);
            continue;
        }
        let aside = Name::new(format!("autogen_aside_{}", opened.len()));
        let steps = [(name.old.clone(), aside.clone()), (aside, name.new.clone())];
        cured.extend(steps.into_iter().map(|(old, new)| {
            let rename = Directive::RenameIndex {
                table: table.clone(),
                name: Change::new(old, new),
            };
            Node::new(rename, Part::Main, world)
        }));
    }
    cured
}

fn words(mut nodes: Vec<Node>, circles: &Circles, _: &World<'_>) -> Vec<Node> {
    for (number, node) in nodes.iter_mut().enumerate() {
        let links = &mut node.links;
        links
            .needs
            .retain(|link| link.by != By::Word || !circles.is_needed_within(number, link));
    }
    nodes
}

fn readings(nodes: Vec<Node>, circles: &Circles, _: &World<'_>) -> Vec<Node> {
    let mut cured = nodes;
    for (number, node) in cured.iter_mut().enumerate() {
        node.links
            .needs
            .retain(|link| link.by != By::Reading || !circles.is_needed_within(number, link));
        node.links
            .releases
            .retain(|link| link.by != By::Reading || !circles.is_released_within(number, link));
    }
    cured
}
