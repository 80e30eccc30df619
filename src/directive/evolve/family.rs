//! What a change of a table does to the tables that inherit from it, as the engine does it by itself.

use super::Naming;
use super::table::{change_table, column_mut};
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, NewColumn, TableChange};
use crate::schema::{Column, Constraint, INHERITED, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// For each table that has children all its descendants, by their own names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Families(BTreeMap<QName, Vec<QName>>);

impl Families {
    /// The families in a schema.
    pub(crate) fn of(schema: &Schema, naming: &(impl Naming + ?Sized)) -> Self {
        let mut children: BTreeMap<QName, Vec<QName>> = BTreeMap::new();
        for table in schema.tables.values() {
            for parent in table.parents() {
                children
                    .entry(at_home(&parent, naming))
                    .or_default()
                    .push(table.name.clone());
            }
        }
        let descendants = |name: &QName| {
            let mut found = Vec::new();
            let mut seen = BTreeSet::from([name.clone()]);
            let mut waiting = vec![name.clone()];
            while let Some(next) = waiting.pop() {
                for child in children.get(&next).into_iter().flatten() {
                    if seen.insert(at_home(child, naming)) {
                        found.push(child.clone());
                        waiting.push(at_home(child, naming));
                    }
                }
            }
            found.sort();
            found
        };
        Self(
            children
                .keys()
                .map(|name| (name.clone(), descendants(name)))
                .collect(),
        )
    }

    /// The tables that inherit from it, and those that inherit from them.
    pub(crate) fn descendants(&self, table: &QName, naming: &(impl Naming + ?Sized)) -> &[QName] {
        self.0.get(&at_home(table, naming)).map_or(&[], Vec::as_slice)
    }
}

/// A folded name without the namespace that a name without one is in.
fn at_home(name: &QName, naming: &(impl Naming + ?Sized)) -> QName {
    let namespace = name.namespace.as_ref().map(|n| naming.fold(n));
    QName {
        namespace: namespace
            .filter(|n| Some(n.as_ref()) != naming.home())
            .map(Into::into),
        name: naming.fold(&name.name).into(),
    }
}

/// A change of a column as a child gets it: where its type says more for the parent than for the child, the child gets what that means.
fn own_type(
    change: ColumnChange,
    alter: &AlterColumn,
    parent: &QName,
    naming: &(impl Naming + ?Sized),
) -> Vec<ColumnChange> {
    let ColumnChange::Type(ty) = &change else {
        return vec![change];
    };
    let column = |ty| naming.passed_on(parent, &Column::new(alter.name.clone(), ty));
    let (old, new) = (column(ty.old.clone()), column(ty.new.clone()));
    let mut changes = vec![ColumnChange::Type(Change::new(old.ty, new.ty))];
    if old.default != new.default {
        changes.push(ColumnChange::Default(Change::new(old.default, new.default)));
    }
    changes
}

/// Carries out on a descendant what the changes of its ancestor do to it.
pub(crate) fn inherit(child: &mut Table, alter: &AlterTable, naming: &(impl Naming + ?Sized)) {
    let gets_another_key = |change: &TableChange| match change {
        TableChange::SetOption(option) => {
            option.key == "partition_by" && option.value.old.is_some() && option.value.new.is_some()
        }
        _ => false,
    };
    if alter.changes.iter().any(gets_another_key) {
        // A table that is partitioned otherwise is made anew and lets its partitions go as they are.
        let parent = at_home(&alter.table, naming);
        if child.parents().iter().any(|name| at_home(name, naming) == parent) {
            child.options.remove("partition_of");
            child.options.remove("partition_bound");
        }
        return;
    }
    for change in &alter.changes {
        inherit_one(child, &alter.table, change, naming);
    }
}

fn inherit_one(child: &mut Table, parent: &QName, change: &TableChange, naming: &(impl Naming + ?Sized)) {
    let comes_from_parent = |options: &crate::schema::Options| options.contains_key(INHERITED);
    let inherited = match change {
        TableChange::AddColumn(new) => {
            if column_mut(child, &new.column.name, naming).is_ok() {
                return;
            }
            let mut column = naming.passed_on(parent, &new.column);
            column.options.insert(INHERITED.to_owned(), String::new());
            column.comment = None;
            column.identity = None;
            TableChange::AddColumn(NewColumn::from(column))
        }
        TableChange::DropColumn(gone) => {
            match column_mut(child, &gone.column.name, naming) {
                Ok(column) if comes_from_parent(&column.options) => {}
                _ => return,
            }
            change.clone()
        }
        TableChange::AlterColumn(alter) => {
            if column_mut(child, &alter.name, naming).is_err() {
                return;
            }
            let passed_on = |change: &&ColumnChange| {
                !matches!(change, ColumnChange::Comment(_) | ColumnChange::Identity(_))
            };
            let changes = alter.changes.iter().filter(passed_on).cloned();
            TableChange::AlterColumn(AlterColumn {
                changes: changes
                    .flat_map(|change| own_type(change, alter, parent, naming))
                    .collect(),
                ..alter.clone()
            })
        }
        TableChange::AddConstraint {
            constraint: Constraint::Check(check),
        } => {
            let has = |c: &crate::schema::Check| c.name == check.name;
            if check.options.contains_key("no_inherit") || child.checks.iter().any(has) {
                return;
            }
            let mut check = check.clone();
            check.options.insert(INHERITED.to_owned(), String::new());
            check.options.remove("comment");
            let constraint = Constraint::Check(check);
            TableChange::AddConstraint { constraint }
        }
        TableChange::DropConstraint {
            constraint: Constraint::Check(check),
        } => {
            let own = child
                .checks
                .iter()
                .find(|c| c.name == check.name && comes_from_parent(&c.options));
            let Some(own) = own else { return };
            let constraint = Constraint::Check(own.clone());
            TableChange::DropConstraint { constraint }
        }
        // A key of a partition says of which key of its parent it is a part.
        TableChange::DropConstraint { constraint } => {
            let Some(name) = constraint.name() else { return };
            let is_part = |c: &Constraint| c.options().get(INHERITED).is_some_and(|of| *of == **name);
            let Some(own) = child.constraints().find(is_part) else {
                return;
            };
            TableChange::DropConstraint { constraint: own }
        }
        TableChange::RenameColumn(names) => {
            if column_mut(child, &names.old, naming).is_err() {
                return;
            }
            change.clone()
        }
        TableChange::RenameConstraint { name, .. } => {
            if !child.checks.iter().any(|c| c.name == name.old) {
                return;
            }
            change.clone()
        }
        TableChange::AddConstraint { .. }
        | TableChange::SetOption(_)
        | TableChange::SetComment(_)
        | TableChange::SetDefinition(_)
        | TableChange::ReorderColumns(_) => return,
    };
    // What does not fit the child does not reach it.
    let _ = change_table(child, &inherited, naming);
}
