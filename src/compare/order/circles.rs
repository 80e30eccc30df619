//! What gives way when directives wait for each other.
//!
//! In come the directives and the circles they form; out come directives without those circles. Each cure knows one reason:
//!
//! - Foreign keys: dropped before and added after all else, where the engine must know the table referred to; left as they are
//!   where it looks ahead.
//! - Names of indexes that are exchanged: one is put aside for the time being.
//! - Definitions that read each other: what they read does not count.

use super::links::{By, Part};
use super::{Circles, Node};
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, TableChange};
use crate::schema::{Constraint, ForeignKey, Name, QName};
use std::collections::BTreeSet;

/// A cure for circles of one reason: the directives, the circles, the names of new tables, the dialect.
type Cure = fn(Vec<Node>, &Circles, &BTreeSet<QName>, &dyn Dialect) -> Vec<Node>;

/// The cures, in the sequence in which they are tried.
pub(super) const CURES: [Cure; 3] = [foreign_keys, index_names, readings];

fn foreign_keys(
    nodes: Vec<Node>,
    circles: &Circles,
    new_tables: &BTreeSet<QName>,
    dialect: &dyn Dialect,
) -> Vec<Node> {
    let mut cured = Vec::with_capacity(nodes.len());
    for (number, mut node) in nodes.into_iter().enumerate() {
        let in_circle = keys_in_circle(number, &node, circles);
        if in_circle.is_empty() {
            cured.push(node);
        } else if dialect.facts().foreign_keys_look_ahead {
            let counts = |by: By| !matches!(by, By::ForeignKey(key) if in_circle.contains(&key));
            node.links.needs.retain(|link| counts(link.by));
            node.links.releases.retain(|link| counts(link.by));
            cured.push(node);
        } else {
            let parts = split_off(node.directive, &in_circle);
            cured.extend(
                parts
                    .into_iter()
                    .map(|(d, part)| Node::new(d, part, new_tables, dialect)),
            );
        }
    }
    cured
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
            By::All | By::Reading => None,
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
            let after = of_table(table.name.clone(), adds.collect(), Part::KeysAfter);
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
            let before = of_table(table.name.clone(), drops.collect(), Part::KeysBefore);
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
            let parts = [
                (drops, Part::KeysBefore),
                (rest, Part::Main),
                (adds, Part::KeysAfter),
            ];
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

fn index_names(
    nodes: Vec<Node>,
    circles: &Circles,
    new_tables: &BTreeSet<QName>,
    dialect: &dyn Dialect,
) -> Vec<Node> {
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
            Node::new(rename, Part::Main, new_tables, dialect)
        }));
    }
    cured
}

fn readings(nodes: Vec<Node>, circles: &Circles, _: &BTreeSet<QName>, _: &dyn Dialect) -> Vec<Node> {
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
