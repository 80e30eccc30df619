//! What has to be made again, woven into the directives of its table.
//!
//! In come the directives for tables and what cannot stay; out come directives in which it goes first and comes last. Nothing is
//! sorted here.

use super::dependents::{Again, Side, constraint_named, folded};
use super::pair::Pair;
use crate::dialect::Dialect;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::schema::{Column, Name, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Adds to the directives for tables what has to be made again.
pub(super) fn weave(
    mut directives: Vec<Directive>,
    again: &Again,
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
) -> Vec<Directive> {
    let sides = schemas.map(|schema| Side::new(schema, dialect));
    let mut named: BTreeSet<&QName> = BTreeSet::new();
    named.extend(again.columns.iter().map(|(table, _)| table));
    named.extend(again.defaults.iter().map(|(table, _)| table));
    named.extend(again.constraints.iter().map(|(table, _)| table));
    let mut alters: BTreeMap<QName, usize> = BTreeMap::new();
    for (number, directive) in directives.iter().enumerate() {
        if let Directive::AlterTable(alter) = directive {
            alters.insert(folded(&alter.table, dialect), number);
        }
    }
    for name in named {
        let Some(tables) = both(&sides, name) else {
            continue;
        };
        let number = *alters.entry(name.clone()).or_insert_with(|| {
            directives.push(Directive::AlterTable(AlterTable {
                table: tables.live.name.clone(),
                changes: Vec::new(),
            }));
            directives.len() - 1
        });
        if let Directive::AlterTable(alter) = &mut directives[number] {
            let of_table = |set: &BTreeSet<(QName, Name)>| -> Vec<Name> {
                let of_table = set.iter().filter(|(table, _)| table == name);
                of_table.map(|(_, piece)| piece.clone()).collect()
            };
            let mut weaver = Weaver {
                tables,
                dialect,
                first: Vec::new(),
                changes: std::mem::take(&mut alter.changes),
                last: Vec::new(),
            };
            weaver.constraints(&of_table(&again.constraints));
            weaver.defaults(&of_table(&again.defaults));
            weaver.columns(&of_table(&again.columns));
            alter.changes = weaver.first;
            alter.changes.extend(weaver.changes);
            alter.changes.extend(weaver.last);
        }
    }
    for (table, name) in &again.indexes {
        let Some(tables) = both(&sides, table) else {
            continue;
        };
        let find = |table: &Table| {
            let index = table.indexes.iter().find(|i| dialect.same_name(&i.name, name));
            index.map(|index| (table.name.clone(), Box::new(index.clone())))
        };
        if let (Some((table, old)), Some((_, new))) = (find(tables.live), find(tables.target)) {
            let drop = Directive::DropIndex {
                table: table.clone(),
                index: old,
            };
            directives.extend([drop, Directive::CreateIndex { table, index: new }]);
        }
    }
    directives
}

fn both<'s>(sides: &Pair<Side<'s>>, name: &QName) -> Option<Pair<&'s Table>> {
    Some(Pair::new(sides.live.table(name)?, sides.target.table(name)?))
}

struct Weaver<'a> {
    tables: Pair<&'a Table>,
    dialect: &'a dyn Dialect,
    first: Vec<TableChange>,
    changes: Vec<TableChange>,
    last: Vec<TableChange>,
}

impl Weaver<'_> {
    fn constraints(&mut self, names: &[Name]) {
        for name in names {
            let old = constraint_named(self.tables.live, name, self.dialect);
            let new = constraint_named(self.tables.target, name, self.dialect);
            if let (Some(old), Some(new)) = (old, new) {
                self.first.push(TableChange::DropConstraint { constraint: old });
                self.last.push(TableChange::AddConstraint { constraint: new });
            }
        }
        // What others lean on goes last and comes first.
        self.first.reverse();
    }

    fn column(&self, name: &Name) -> Option<Pair<Column>> {
        let find = |table: &Table| {
            let mut columns = table.columns.iter();
            columns.find(|c| self.dialect.same_name(&c.name, name)).cloned()
        };
        Some(Pair::new(find(self.tables.live)?, find(self.tables.target)?))
    }

    /// Takes the changes of a column out that are done otherwise.
    fn take_out(&mut self, name: &Name, is_done: impl Fn(&ColumnChange) -> bool) {
        for change in &mut self.changes {
            if let TableChange::AlterColumn(alter) = change
                && self.dialect.same_name(&alter.name, name)
            {
                alter.changes.retain(|change| !is_done(change));
            }
        }
        self.changes.retain(|change| match change {
            TableChange::AlterColumn(alter) => !alter.changes.is_empty(),
            _ => true,
        });
    }

    fn defaults(&mut self, names: &[Name]) {
        for name in names {
            let Some(column) = self.column(name) else {
                continue;
            };
            self.take_out(name, |change| matches!(change, ColumnChange::Default(_)));
            let change = |column: &Column, change| {
                TableChange::AlterColumn(AlterColumn {
                    name: column.name.clone(),
                    ty: column.ty.clone(),
                    changes: vec![ColumnChange::Default(change)],
                    using: None,
                    backfill: None,
                })
            };
            if column.live.default.is_some() {
                let gone = Change::new(column.live.default.clone(), None);
                self.first.push(change(&column.live, gone));
            }
            if column.target.default.is_some() {
                let made = Change::new(None, column.target.default.clone());
                self.last.push(change(&column.target, made));
            }
        }
    }

    /// Their constraints and indexes are made again for reasons of their own: they lean on the column.
    fn columns(&mut self, names: &[Name]) {
        for name in names {
            let Some(column) = self.column(name) else {
                continue;
            };
            self.take_out(name, |_| true);
            self.changes
                .insert(0, TableChange::AddColumn(column.target.into()));
            self.first.push(TableChange::DropColumn(column.live.into()));
        }
    }
}
