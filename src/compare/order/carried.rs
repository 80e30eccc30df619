//! How columns stand while their type goes and comes again under its name as something else: a domain that becomes an enum type.
//!
//! In come directives; out come the same ones, with the columns of such a type going to a type that carries their values first, and from
//! there to the new type. The sort does the rest: both are changes of type like any other.

use super::World;
use super::links::Part;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::schema::{Column, Constraint, INHERITED, Name, Part as Piece, QName, Sql, Table, TypeName};
use std::collections::{BTreeMap, BTreeSet};

use crate::compare::dependents::folded;

/// A column on its way over the type that carries its values.
struct Carried<'a> {
    old: &'a Column,
    new: &'a Column,
    over: TypeName,
}

/// Puts the steps that carry columns over into the directives.
pub(super) fn carry(directives: Vec<Directive>, world: &World<'_>) -> Vec<(Directive, Part)> {
    let mut tables = columns(&anew(&directives), world);
    let mut parts = Vec::with_capacity(directives.len());
    for directive in directives {
        match directive {
            Directive::AlterTable(alter) => {
                let carried = tables.remove(&folded(&alter.table, world.dialect));
                parts.extend(steps(alter, &carried.unwrap_or_default(), world));
            }
            other => parts.push((other, Part::Main)),
        }
    }
    for (table, carried) in tables {
        let table = world
            .sides
            .live
            .table(&table)
            .map_or(table, |table| table.name.clone());
        let alter = AlterTable {
            table,
            changes: Vec::new(),
        };
        parts.extend(steps(alter, &carried, world));
    }
    parts
}

/// The types that go and come again.
fn anew(directives: &[Directive]) -> BTreeSet<&QName> {
    let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
    for directive in directives {
        match directive {
            Directive::DropEnum(old) => _ = gone.insert(&old.name),
            Directive::CreateEnum(new) => _ = come.insert(&new.name),
            Directive::DropObject(old) if old.id.kind.is_type() => _ = gone.insert(&old.id.name),
            Directive::CreateObject(new) if new.id.kind.is_type() => _ = come.insert(&new.id.name),
            _ => {}
        }
    }
    gone.intersection(&come).copied().collect()
}

/// The columns of those types that stay, by their tables. What a child has of its parent goes with the parent's.
fn columns<'a>(anew: &BTreeSet<&QName>, world: &World<'a>) -> BTreeMap<QName, Vec<Carried<'a>>> {
    let mut tables: BTreeMap<QName, Vec<Carried<'a>>> = BTreeMap::new();
    if anew.is_empty() {
        return tables;
    }
    let live = world.sides.live.schema;
    for table in live.tables.values() {
        let name = folded(&table.name, world.dialect);
        let Some(target) = world.sides.target.table(&name) else {
            continue;
        };
        let is_of_one = |column: &Column| {
            let piece = Piece::Column(table.name.clone(), column.name.clone());
            let needs = live.dependencies.get(&piece).into_iter().flatten();
            needs
                .into_iter()
                .any(|needed| matches!(needed, Piece::Type(ty) if anew.contains(ty)))
        };
        let stands = |column: &&Column| {
            column.generated.is_none() && !column.options.contains_key(INHERITED) && is_of_one(column)
        };
        for old in table.columns.iter().filter(stands) {
            let new = find(target, &old.name, world).filter(|new| new.generated.is_none());
            if let (Some(new), Some(over)) = (new, world.dialect.carrier(&old.ty)) {
                tables
                    .entry(name.clone())
                    .or_default()
                    .push(Carried { old, new, over });
            }
        }
    }
    tables
}

/// A change of the type of a column, and of its default with it.
fn step(column: &Column, from: &TypeName, to: &TypeName, default: Change<Option<Sql>>) -> AlterColumn {
    let mut changes = vec![ColumnChange::Type(Change::new(from.clone(), to.clone()))];
    if default.old != default.new {
        changes.push(ColumnChange::Default(default));
    }
    AlterColumn {
        name: column.name.clone(),
        ty: from.clone(),
        changes,
        using: None,
        backfill: None,
    }
}

fn find<'t>(table: &'t Table, name: &Name, world: &World<'_>) -> Option<&'t Column> {
    let mut columns = table.columns.iter();
    columns.find(|column| world.dialect.same_name(&column.name, name))
}

/// The changes of a table in two steps: to the types that carry, and from there on.
fn steps(alter: AlterTable, carried: &[Carried<'_>], world: &World<'_>) -> Vec<(Directive, Part)> {
    if carried.is_empty() {
        return vec![(Directive::AlterTable(alter), Part::Main)];
    }
    let AlterTable { table, changes } = alter;
    let is_carried = |name: &Name| carried.iter().any(|c| world.dialect.same_name(&c.old.name, name));
    // What holds the columns to their types, but for what the sort itself takes out of the way.
    let holds = |change: &TableChange| match change {
        TableChange::DropConstraint {
            constraint: Constraint::ForeignKey(key),
        } => key.columns.iter().any(is_carried),
        TableChange::DropColumn(gone) => gone.column.generated.is_some(),
        _ => false,
    };
    let (mut first, rest): (Vec<_>, Vec<_>) = changes.into_iter().partition(holds);
    // What else changes about them, changes with the last step.
    let (altered, mut rest): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|change| matches!(change, TableChange::AlterColumn(alter) if is_carried(&alter.name)));
    let mut then = Vec::new();
    for Carried { old, new, over } in carried {
        let there = step(old, &old.ty, over, Change::new(old.default.clone(), None));
        let mut back = step(new, over, &new.ty, Change::new(None, new.default.clone()));
        for change in &altered {
            let TableChange::AlterColumn(alter) = change else {
                continue;
            };
            if !world.dialect.same_name(&alter.name, &new.name) {
                continue;
            }
            let is_done =
                |change: &&ColumnChange| !matches!(change, ColumnChange::Type(_) | ColumnChange::Default(_));
            back.changes.extend(alter.changes.iter().filter(is_done).cloned());
            back.backfill = back.backfill.or_else(|| alter.backfill.clone());
        }
        first.push(TableChange::AlterColumn(there));
        then.push(TableChange::AlterColumn(back));
    }
    // Constraints over them come last.
    let comes = |change: &TableChange| matches!(change, TableChange::AddConstraint { .. });
    let at = rest.iter().position(comes).unwrap_or(rest.len());
    rest.splice(at..at, then);
    [(first, Part::Before), (rest, Part::Main)]
        .into_iter()
        .map(|(changes, part)| {
            let table = table.clone();
            (Directive::AlterTable(AlterTable { table, changes }), part)
        })
        .collect()
}
