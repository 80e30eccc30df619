//! The way back: every directive's inverse.

use super::{AlterColumn, AlterTable, Change, ColumnChange, Directive, OptionChange, TableChange};
use crate::schema::{QName, Table};
use std::collections::{BTreeMap, BTreeSet};

/// The directives that undo `directives`, in the order in which they must run.
///
/// What a script of the user's own did (`Execute`, `BulkInsert`) cannot be known; its place is held by an
/// [`Directive::Irreversible`] that says so.
pub fn reverse(directives: &[Directive]) -> Vec<Directive> {
    let back: Vec<Directive> = directives.iter().rev().flat_map(reverse_one).collect();
    fold_indexes_into_drops(back)
}

/// The directives that undo one.
pub fn reverse_one(directive: &Directive) -> Vec<Directive> {
    use Directive as D;
    vec![match directive.clone() {
        D::CreateNamespace(n) => D::DropNamespace(n),
        D::DropNamespace(n) => D::CreateNamespace(n),
        D::CreateTable(t) => D::DropTable(t),
        D::DropTable(t) => return create_whole(*t),
        D::RenameTable(names) => D::RenameTable(names.reversed()),
        D::AlterTable(alter) => D::AlterTable(reverse_alter(alter)),
        D::CreateIndex { table, index } => D::DropIndex { table, index },
        D::DropIndex { table, index } => D::CreateIndex { table, index },
        D::RenameIndex { table, name } => D::RenameIndex {
            table,
            name: name.reversed(),
        },
        D::CreateSequence(s) => D::DropSequence(s),
        D::DropSequence(s) => D::CreateSequence(s),
        D::AlterSequence(change) => D::AlterSequence(Box::new(change.reversed())),
        D::CreateEnum(e) => D::DropEnum(e),
        D::DropEnum(e) => D::CreateEnum(e),
        D::AlterEnum { change, renamed } => D::AlterEnum {
            change: change.reversed(),
            renamed: renamed.into_iter().map(Change::reversed).collect(),
        },
        D::CreateObject(o) => D::DropObject(o),
        D::DropObject(o) => D::CreateObject(o),
        D::ReplaceObject(change) => D::ReplaceObject(Box::new(change.reversed())),
        D::Execute { .. } => D::Irreversible {
            why: "what op.execute did cannot be undone by itself".to_owned(),
        },
        D::Run(code) => D::Irreversible {
            why: format!("what the code {:?} did cannot be undone by itself", code.name()),
        },
        D::BulkInsert(insert) => D::Irreversible {
            why: format!(
                "the rows inserted into {} are not taken out by itself",
                insert.table
            ),
        },
        D::Custom(custom) => return custom.reversed(),
        D::Irreversible { why } => D::Irreversible { why },
    }]
}

/// A dropped table comes back as a table and its indexes.
fn create_whole(mut table: Table) -> Vec<Directive> {
    let indexes = std::mem::take(&mut table.indexes);
    let name = table.name.clone();
    let mut directives = vec![Directive::CreateTable(Box::new(table))];
    directives.extend(indexes.into_iter().map(|index| Directive::CreateIndex {
        table: name.clone(),
        index: Box::new(index),
    }));
    directives
}

/// An index that goes with its table needs no directive of its own: the drop of the table remembers it. It keeps its own where
/// another index gets its name before the table goes.
fn fold_indexes_into_drops(directives: Vec<Directive>) -> Vec<Directive> {
    let mut out: Vec<Option<Directive>> = Vec::with_capacity(directives.len());
    let mut dropped: BTreeMap<QName, Vec<usize>> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for mut directive in directives {
        match &mut directive {
            Directive::CreateIndex { index, .. } => {
                taken.insert(index.name.to_ascii_lowercase());
            }
            Directive::DropIndex { table, .. } => dropped.entry(table.clone()).or_default().push(out.len()),
            Directive::DropTable(table) => {
                for place in dropped.remove(&table.name).unwrap_or_default() {
                    let goes_along = |earlier: &mut Directive| matches!(earlier, Directive::DropIndex { index, .. } if !taken.contains(&index.name.to_ascii_lowercase()));
                    if let Some(Directive::DropIndex { index, .. }) = out[place].take_if(goes_along) {
                        table.indexes.push(*index);
                    }
                }
                table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
            }
            _ => {}
        }
        out.push(Some(directive));
    }
    out.into_iter().flatten().collect()
}

fn reverse_alter(alter: AlterTable) -> AlterTable {
    AlterTable {
        table: alter.table,
        changes: alter.changes.into_iter().rev().map(reverse_change).collect(),
    }
}

fn reverse_change(change: TableChange) -> TableChange {
    use TableChange as C;
    match change {
        C::RenameColumn(names) => C::RenameColumn(names.reversed()),
        C::DropConstraint { constraint } => C::AddConstraint { constraint },
        C::AddConstraint { constraint } => C::DropConstraint { constraint },
        C::AlterColumn(alter) => C::AlterColumn(reverse_column(alter)),
        C::AddColumn(column) => C::DropColumn(column),
        C::DropColumn(column) => C::AddColumn(column),
        C::RenameConstraint { kind, name } => C::RenameConstraint {
            kind,
            name: name.reversed(),
        },
        C::SetOption(change) => C::SetOption(reverse_option(change)),
        C::SetComment(comment) => C::SetComment(comment.reversed()),
        C::SetDefinition(definition) => C::SetDefinition(definition.reversed()),
        C::ReorderColumns(order) => C::ReorderColumns(order.reversed()),
    }
}

fn reverse_column(alter: AlterColumn) -> AlterColumn {
    let changes: Vec<ColumnChange> = alter.changes.into_iter().rev().map(reverse_attribute).collect();
    let ty = changes
        .iter()
        .find_map(|c| {
            if let ColumnChange::Type(ty) = c {
                Some(ty.old.clone())
            } else {
                None
            }
        })
        .unwrap_or(alter.ty);
    // A conversion and a backfill are written for one direction only.
    AlterColumn {
        name: alter.name,
        ty,
        changes,
        using: None,
        backfill: None,
    }
}

fn reverse_attribute(change: ColumnChange) -> ColumnChange {
    use ColumnChange as A;
    match change {
        A::Type(c) => A::Type(c.reversed()),
        A::NotNull(c) => A::NotNull(c.reversed()),
        A::Default(c) => A::Default(c.reversed()),
        A::Collation(c) => A::Collation(c.reversed()),
        A::Generated(c) => A::Generated(c.reversed()),
        A::Identity(c) => A::Identity(c.reversed()),
        A::Comment(c) => A::Comment(c.reversed()),
        A::Option(c) => A::Option(reverse_option(c)),
    }
}

fn reverse_option(change: OptionChange) -> OptionChange {
    OptionChange {
        key: change.key,
        value: change.value.reversed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Index, IndexPart};

    fn create_index(table: &str, name: &str) -> Directive {
        let mut index = Index::new(name);
        index.parts.push(IndexPart::column("a"));
        Directive::CreateIndex {
            table: table.into(),
            index: Box::new(index),
        }
    }

    fn summaries(directives: &[Directive]) -> Vec<String> {
        directives.iter().map(Directive::summary).collect()
    }

    #[test]
    fn an_index_goes_with_its_table() {
        let created = [
            Directive::CreateTable(Box::new(Table::new("t"))),
            create_index("t", "i"),
        ];
        let back = reverse(&created);
        assert_eq!(summaries(&back), ["t: drop table"]);
        assert!(matches!(&back[0], Directive::DropTable(table) if table.indexes.len() == 1));
    }

    #[test]
    fn an_index_goes_first_when_another_takes_its_name() {
        let mut old = Table::new("old");
        old.indexes.push(Index::new("I"));
        let replaced = [
            Directive::CreateTable(Box::new(Table::new("new"))),
            Directive::DropTable(Box::new(old)),
            create_index("new", "i"),
        ];
        assert_eq!(
            summaries(&reverse(&replaced)),
            [
                "new: drop index i",
                "old: new table",
                "old: new index I",
                "new: drop table"
            ]
        );
    }
}
