//! Several changes of one table in a script become one, so that an engine which must rebuild the table does so once.
//!
//! Comes in: directives without SQL of the user's own between them. Goes out: the same changes in fewer directives; where an engine changes
//! indexes with their table, directives about both stand side by side. Two are put together only when nothing between them touches
//! what one of them depends on: the table, its indexes, objects that read it, tables that its foreign keys refer to.

use crate::directive::{AlterTable, Directive, Naming, TableChange};
use crate::schema::{Constraint, Name, Object, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// The directives with the changes of one table put together where that is safe.
pub(super) fn coalesce(
    directives: &[Directive],
    start: &Schema,
    naming: &(impl Naming + ?Sized),
    joins_indexes: bool,
) -> Vec<Directive> {
    if !changes_a_table_twice(directives, naming, joins_indexes) {
        return directives.to_vec();
    }
    let mut reading = Reading::new(start, naming);
    let mut done: Vec<(Directive, Footprint)> = Vec::with_capacity(directives.len());
    for directive in directives {
        let footprint = reading.footprint(directive);
        let earlier = match directive {
            Directive::AlterTable(alter) => place_to_join(&done, alter, &footprint, naming),
            _ => None,
        };
        match (earlier, directive) {
            (Some(place), Directive::AlterTable(alter)) => join(&mut done, place, alter, footprint),
            _ if joins_indexes => beside(&mut done, directive, footprint, naming),
            _ => done.push((directive.clone(), footprint)),
        }
    }
    done.into_iter().map(|(directive, _)| directive).collect()
}

fn changes_a_table_twice(
    directives: &[Directive],
    naming: &(impl Naming + ?Sized),
    joins_indexes: bool,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut is_seen = |table| !seen.insert(key(table, naming));
    directives.iter().any(|directive| match directive {
        Directive::AlterTable(alter) => is_seen(&alter.table),
        other => joins_indexes && table_with_indexes(other).is_some_and(&mut is_seen),
    })
}

/// The table that a directive makes, or changes by itself or by its indexes.
fn table_with_indexes(directive: &Directive) -> Option<&QName> {
    match directive {
        Directive::CreateTable(table) => Some(&table.name),
        Directive::AlterTable(alter) => Some(&alter.table),
        Directive::CreateIndex { table, .. }
        | Directive::DropIndex { table, .. }
        | Directive::RenameIndex { table, .. } => Some(table),
        _ => None,
    }
}

/// Puts a directive behind the last about the same table and its indexes, when what stands between lets one of them past.
fn beside(
    done: &mut Vec<(Directive, Footprint)>,
    directive: &Directive,
    footprint: Footprint,
    naming: &(impl Naming + ?Sized),
) {
    let of_table = table_with_indexes(directive).map(|table| key(table, naming));
    let is_one = |(other, _): &(Directive, Footprint)| {
        of_table.is_some() && table_with_indexes(other).map(|table| key(table, naming)) == of_table
    };
    let last = done.iter().rposition(is_one);
    let Some(last) = last else {
        done.push((directive.clone(), footprint));
        return;
    };
    let first = last
        - done[..last]
            .iter()
            .rev()
            .take_while(|other| is_one(other))
            .count();
    let between = &done[last + 1..];
    if !between.iter().any(|(_, other)| other.conflicts(&footprint)) {
        done.insert(last + 1, (directive.clone(), footprint));
        return;
    }
    let group = &done[first..=last];
    // Nobody else minds an index that goes later.
    let is_held = |(directive, one): &(Directive, Footprint)| {
        let goes = matches!(directive, Directive::DropIndex { .. });
        between.iter().any(|(_, other)| {
            if goes {
                other.is_changing(one)
            } else {
                other.conflicts(one)
            }
        })
    };
    let moved: Vec<_> = if group.iter().any(is_held) {
        Vec::new()
    } else {
        done.drain(first..=last).collect()
    };
    done.extend(moved);
    done.push((directive.clone(), footprint));
}

/// Where an earlier change of the table stands that can take these changes in, and on which side they meet.
fn place_to_join(
    done: &[(Directive, Footprint)],
    alter: &AlterTable,
    footprint: &Footprint,
    naming: &(impl Naming + ?Sized),
) -> Option<Meeting> {
    let wanted = key(&alter.table, naming);
    let at = done
        .iter()
        .rposition(|(d, _)| matches!(d, Directive::AlterTable(a) if key(&a.table, naming) == wanted))?;
    let Directive::AlterTable(first) = &done[at].0 else {
        return None;
    };
    if !are_independent(first, alter, naming) {
        return None;
    }
    let between = &done[at + 1..];
    if !between.iter().any(|(_, f)| f.conflicts(footprint)) {
        Some(Meeting::AtFirst(at))
    } else if !between.iter().any(|(_, f)| f.conflicts(&done[at].1)) {
        Some(Meeting::AtLast(at))
    } else {
        None
    }
}

#[derive(Clone, Copy)]
enum Meeting {
    /// The later changes move up to the earlier.
    AtFirst(usize),
    /// The earlier changes move down to the later.
    AtLast(usize),
}

fn join(done: &mut Vec<(Directive, Footprint)>, place: Meeting, alter: &AlterTable, footprint: Footprint) {
    let (Meeting::AtFirst(at) | Meeting::AtLast(at)) = place;
    let (mut directive, mut touched) = done.remove(at);
    if let Directive::AlterTable(first) = &mut directive {
        first.changes.extend(alter.changes.iter().cloned());
    }
    touched.writes.extend(footprint.writes);
    touched.reads.extend(footprint.reads);
    let at = match place {
        Meeting::AtFirst(at) => at,
        Meeting::AtLast(_) => done.len(),
    };
    done.insert(at, (directive, touched));
}

/// Whether no column is touched by both, and no expression of the later ones reads what the earlier ones make.
fn are_independent(first: &AlterTable, then: &AlterTable, naming: &(impl Naming + ?Sized)) -> bool {
    let fold = |name: &Name| naming.fold(name).into_owned();
    let columns = |alter: &AlterTable| -> BTreeSet<String> {
        alter
            .changes
            .iter()
            .flat_map(|change| match change {
                TableChange::RenameColumn(names) => vec![fold(&names.old), fold(&names.new)],
                TableChange::AddColumn(column) | TableChange::DropColumn(column) => {
                    vec![fold(&column.column.name)]
                }
                TableChange::AlterColumn(alter) => vec![fold(&alter.name)],
                _ => Vec::new(),
            })
            .collect()
    };
    // A partition that leaves one place and comes to another does so in two steps.
    let options = |alter: &AlterTable| -> BTreeSet<String> {
        let options = alter.changes.iter().filter_map(|change| match change {
            TableChange::SetOption(option) => Some(option.key.clone()),
            _ => None,
        });
        options.collect()
    };
    let evaluates = |change: &TableChange| match change {
        TableChange::AddColumn(new) => new.backfill.is_some(),
        TableChange::AlterColumn(alter) => alter.using.is_some() || alter.backfill.is_some(),
        _ => false,
    };
    let touched = columns(first);
    let whole = |alter: &AlterTable| {
        alter
            .changes
            .iter()
            .any(|c| matches!(c, TableChange::SetDefinition(_) | TableChange::ReorderColumns(_)))
    };
    touched.is_disjoint(&columns(then))
        && (touched.is_empty() || !then.changes.iter().any(evaluates))
        && options(first).is_disjoint(&options(then))
        && !whole(first)
        && !whole(then)
}

/// What a directive reads and writes, by folded names.
#[derive(Debug, Default)]
struct Footprint {
    writes: BTreeSet<String>,
    reads: BTreeSet<String>,
    /// It may touch anything.
    everything: bool,
}

impl Footprint {
    fn conflicts(&self, other: &Self) -> bool {
        self.is_changing(other) || !self.reads.is_disjoint(&other.writes)
    }

    /// Whether it touches what the other reads or writes.
    fn is_changing(&self, other: &Self) -> bool {
        self.everything
            || other.everything
            || !self.writes.is_disjoint(&other.writes)
            || !self.writes.is_disjoint(&other.reads)
    }
}

/// Which tables the foreign keys of a table refer to, kept up to date along the script.
struct Reading<'a, N: Naming + ?Sized> {
    naming: &'a N,
    parents: BTreeMap<String, BTreeSet<String>>,
}

impl<'a, N: Naming + ?Sized> Reading<'a, N> {
    fn new(start: &Schema, naming: &'a N) -> Self {
        let parents = start
            .tables
            .values()
            .map(|table| (key(&table.name, naming), parents_of(table, naming)))
            .collect();
        Self { naming, parents }
    }

    fn footprint(&mut self, directive: &Directive) -> Footprint {
        use Directive as D;
        let key = |name: &QName| key(name, self.naming);
        let object = |object: &Object| Footprint {
            writes: BTreeSet::from([key(&object.id.name)]),
            reads: object.depends_on.iter().chain(&object.id.on).map(key).collect(),
            everything: false,
        };
        match directive {
            D::CreateTable(table) => {
                let (name, parents) = (key(&table.name), parents_of(table, self.naming));
                self.parents.insert(name.clone(), parents.clone());
                Footprint {
                    writes: with_indexes([name]),
                    reads: with_indexes(parents),
                    everything: false,
                }
            }
            D::DropTable(table) => Footprint {
                writes: with_indexes(std::iter::once(&table.name).chain(&table.parents()).map(key)),
                reads: with_indexes(parents_of(table, self.naming)),
                everything: false,
            },
            D::RenameTable(names) => {
                let (old, new) = (key(&names.old), key(&names.new));
                if let Some(parents) = self.parents.remove(&old) {
                    self.parents.insert(new.clone(), parents);
                }
                for parents in self.parents.values_mut() {
                    if parents.remove(&old) {
                        parents.insert(new.clone());
                    }
                }
                Footprint {
                    reads: with_indexes(self.parents.get(&new).cloned().unwrap_or_default()),
                    writes: with_indexes([old, new]),
                    everything: false,
                }
            }
            D::AlterTable(alter) => {
                let name = key(&alter.table);
                let added = alter.changes.iter().filter_map(|change| match change {
                    TableChange::AddConstraint {
                        constraint: Constraint::ForeignKey(foreign),
                    } => Some(key(&foreign.table)),
                    _ => None,
                });
                let added: Vec<String> = added.collect();
                let parents = self.parents.entry(name.clone()).or_default();
                parents.extend(added);
                let families: Vec<String> = families(alter).iter().map(key).collect();
                Footprint {
                    reads: with_indexes(parents.clone()),
                    writes: with_indexes(std::iter::once(name).chain(families)),
                    everything: false,
                }
            }
            D::CreateIndex { table, .. } | D::DropIndex { table, .. } | D::RenameIndex { table, .. } => {
                Footprint {
                    writes: BTreeSet::from([indexes_of(&key(table))]),
                    reads: BTreeSet::from([key(table)]),
                    everything: false,
                }
            }
            D::CreateObject(created) => object(created),
            D::DropObject(dropped) => object(dropped),
            D::ReplaceObject(change) => {
                let (mut old, new) = (object(&change.old), object(&change.new));
                old.reads.extend(new.reads);
                old.writes.extend(new.writes);
                old
            }
            D::CreateNamespace(_)
            | D::DropNamespace(_)
            | D::CreateSequence(_)
            | D::DropSequence(_)
            | D::AlterSequence(_)
            | D::CreateEnum(_)
            | D::DropEnum(_)
            | D::AlterEnum { .. }
            | D::Execute { .. }
            | D::BulkInsert(_)
            | D::Custom(_)
            | D::Run(_)
            | D::Irreversible { .. } => Footprint {
                everything: true,
                ..Footprint::default()
            },
        }
    }
}

/// The tables that a table leaves or comes to as a partition or a child.
fn families(alter: &AlterTable) -> Vec<QName> {
    let values = alter.changes.iter().filter_map(|change| match change {
        TableChange::SetOption(option) => Some((&option.key, [&option.value.old, &option.value.new])),
        _ => None,
    });
    let tables = values.flat_map(|(key, values)| {
        values.into_iter().flatten().map(|value| {
            let mut table = Table::new("");
            table.options.insert(key.clone(), value.clone());
            table.parents()
        })
    });
    tables.flatten().collect()
}

/// What stands for the indexes of a table. Foreign keys need them, and what reads the table does not care.
fn indexes_of(table: &str) -> String {
    format!("{table}\0indexes")
}

fn with_indexes(tables: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let both = |table: String| [indexes_of(&table), table];
    tables.into_iter().flat_map(both).collect()
}

fn parents_of(table: &Table, naming: &(impl Naming + ?Sized)) -> BTreeSet<String> {
    table
        .foreign_keys
        .iter()
        .map(|foreign| key(&foreign.table, naming))
        .collect()
}

/// A name under which two spellings of it are one. No name holds a NUL.
pub(super) fn key(name: &QName, naming: &(impl Naming + ?Sized)) -> String {
    let namespace = name.namespace.as_ref().map_or("".into(), |n| naming.fold(n));
    format!("{namespace}\0{}", naming.fold_relation(&name.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::sqlite::{Sqlite, VIEW};
    use crate::directive::{Change, NewColumn};
    use crate::schema::{Action, Column, Deferral, ForeignKey, MatchKind, ObjectId, Options};

    fn add(table: &str, column: &str) -> Directive {
        Directive::AlterTable(AlterTable {
            table: table.into(),
            changes: vec![TableChange::AddColumn(Column::new(column, "text").into())],
        })
    }

    fn view(name: &str, reads: &str) -> Object {
        Object {
            id: ObjectId {
                kind: VIEW,
                name: name.into(),
                signature: None,
                on: None,
            },
            definition: format!("CREATE VIEW {name} AS SELECT 1 FROM {reads}").into(),
            depends_on: [reads.into()].into(),
            comment: None,
        }
    }

    fn foreign_key(table: &str) -> ForeignKey {
        ForeignKey {
            name: None,
            columns: vec!["ref".into()],
            table: table.into(),
            referenced: vec!["id".into()],
            on_update: Action::NoAction,
            on_delete: Action::NoAction,
            match_kind: MatchKind::Simple,
            deferral: Deferral::NotDeferrable,
            options: Options::new(),
        }
    }

    fn schema() -> Schema {
        let mut schema = Schema::new();
        schema.insert_table(Table::new("parent"));
        let mut child = Table::new("child");
        child.foreign_keys.push(foreign_key("parent"));
        schema.insert_table(child);
        schema.insert_table(Table::new("other"));
        schema
    }

    /// `table: number of changes` or the summary of any other directive.
    fn outline(directives: &[Directive]) -> Vec<String> {
        coalesce(directives, &schema(), &Sqlite, false)
            .iter()
            .map(|directive| match directive {
                Directive::AlterTable(alter) => format!("{}: {}", alter.table, alter.changes.len()),
                other => other.summary(),
            })
            .collect()
    }

    #[test]
    fn changes_of_one_table_are_put_together_over_what_is_independent() {
        assert_eq!(
            outline(&[
                add("child", "a"),
                add("other", "x"),
                add("CHILD", "b"),
                Directive::CreateTable(Box::new(Table::new("new"))),
                add("child", "c"),
            ]),
            ["child: 3", "other: 1", "new: new table"]
        );
    }

    #[test]
    fn they_meet_at_the_later_place_when_only_that_is_safe() {
        let refer = Directive::AlterTable(AlterTable {
            table: "child".into(),
            changes: vec![TableChange::AddConstraint {
                constraint: Constraint::ForeignKey(foreign_key("other")),
            }],
        });
        assert_eq!(
            outline(&[add("child", "a"), add("other", "x"), refer]),
            ["other: 1", "child: 2"]
        );
    }

    #[test]
    fn a_renamed_table_is_still_one_table() {
        let rename = Directive::RenameTable(Change::new("other".into(), "o".into()));
        assert_eq!(
            outline(&[rename, add("o", "a"), add("child", "x"), add("o", "b")]),
            ["other: rename table to o", "o: 2", "child: 1"]
        );
    }

    #[test]
    fn what_touches_the_table_keeps_its_changes_apart() {
        let between = [
            add("parent", "x"),
            Directive::CreateObject(view("v", "child")),
            Directive::DropObject(view("v", "child")),
            Directive::RenameTable(Change::new("child".into(), "c".into())),
            Directive::Execute {
                sql: "SELECT 1".into(),
            },
        ];
        for directive in between {
            let outline = outline(&[add("child", "a"), directive.clone(), add("child", "b")]);
            assert_eq!(outline.len(), 3, "{directive:?}");
        }
    }

    #[test]
    fn changes_of_one_column_and_expressions_over_changed_rows_stay_apart() {
        assert_eq!(outline(&[add("other", "a"), add("other", "A")]).len(), 2);
        let mut backfilled = NewColumn::from(Column::new("b", "text"));
        backfilled.backfill = Some("a".into());
        let with_backfill = Directive::AlterTable(AlterTable {
            table: "other".into(),
            changes: vec![TableChange::AddColumn(backfilled)],
        });
        assert_eq!(outline(&[add("other", "a"), with_backfill]).len(), 2);
    }
}
