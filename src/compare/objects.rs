//! Objects that are compared by their definitions.
//!
//! In come both schemas and what happens to the tables; out come directives. A changed definition is replaced in place or dropped
//! and created, as the rule of its kind says. What cannot stand while something under it goes is dropped and created with it.

use super::options::CompareOptions;
use super::pair::{FoldedName, Matched, Pair, fold_qname};
use super::renames::Renamed;
use super::tables;
use crate::Notice;
use crate::dialect::{Dialect, Replace};
use crate::directive::{Change, ColumnChange, Directive, TableChange};
use crate::schema::{Object, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// What comparing the objects gave.
#[derive(Debug, Default)]
pub(super) struct ObjectChanges {
    pub(super) directives: Vec<Directive>,
    pub(super) notices: Vec<Notice>,
}

/// How an object that is on both sides differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    None,
    InPlace,
    Anew,
}

/// The objects that go before tables and columns are renamed: those that a rename rewrites and that are dropped anyhow, with what
/// hangs on them. So nothing leans on how a rename is followed through their text, neither on the way there nor on the way
/// back, where they come again as they were.
pub(super) fn to_drop_first(
    schemas: Pair<&Schema>,
    renamed: &Renamed<'_>,
    dialect: &dyn Dialect,
) -> Vec<Object> {
    if renamed.directives.is_empty() {
        return Vec::new();
    }
    let after = Pair::new(&*renamed.live, schemas.target);
    let tables = tables::compare(after, dialect, &CompareOptions::default());
    let changes = compare(after, &tables.directives, dialect);
    // By its old name, each object that is dropped with its text before and after.
    let dropped = changes
        .directives
        .into_iter()
        .filter_map(|directive| match directive {
            Directive::DropObject(after) => {
                let before = schemas.live.objects.get(&renamed.old_id(&after.id))?.clone();
                Some((before, after))
            }
            _ => None,
        });
    let (mut first, mut rest): (Vec<_>, Vec<_>) =
        dropped.partition(|(before, after)| before.definition != after.definition);
    loop {
        let gone: BTreeSet<_> = first
            .iter()
            .map(|(o, _)| fold_qname(dialect, &o.id.name))
            .collect();
        let (with, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(object, _)| {
            let mut needs = object.depends_on.iter().chain(&object.id.on);
            needs.any(|name| gone.contains(&fold_qname(dialect, name)))
        });
        drop(gone);
        rest = others;
        if with.is_empty() {
            return first.into_iter().map(|(before, _)| before).collect();
        }
        first.extend(with);
    }
}

/// The schema without some objects.
pub(super) fn without(schema: &Schema, objects: &[Object]) -> Schema {
    let mut schema = schema.clone();
    for object in objects {
        schema.objects.remove(&object.id);
    }
    schema
}

/// Compares all objects. `tables` are the directives for the tables.
pub(super) fn compare(schemas: Pair<&Schema>, tables: &[Directive], dialect: &dyn Dialect) -> ObjectChanges {
    let matched = Matched::by_key(
        schemas.live.objects.values(),
        schemas.target.objects.values(),
        |object| {
            let id = &object.id;
            let on = id.on.as_ref().map(|on| fold_qname(dialect, on));
            (
                id.kind.as_str(),
                fold_qname(dialect, &id.name),
                id.signature.as_deref(),
                on,
            )
        },
    );
    let mut differences: Vec<Difference> = matched
        .both
        .iter()
        .map(|pair| difference(*pair, dialect))
        .collect();
    recreate(&matched, &mut differences, tables, dialect);

    let mut changes = ObjectChanges::default();
    for object in matched.live_only {
        changes.drop(object, dialect);
    }
    for (pair, difference) in matched.both.into_iter().zip(differences) {
        match difference {
            Difference::None => {}
            Difference::InPlace => {
                let change = Change::new(pair.live.clone(), pair.target.clone());
                changes
                    .directives
                    .push(Directive::ReplaceObject(Box::new(change)));
            }
            Difference::Anew => {
                changes.drop(pair.live, dialect);
                changes
                    .directives
                    .push(Directive::CreateObject(pair.target.clone()));
            }
        }
    }
    let created = matched
        .target_only
        .into_iter()
        .cloned()
        .map(Directive::CreateObject);
    changes.directives.extend(created);
    changes
}

impl ObjectChanges {
    fn drop(&mut self, object: &Object, dialect: &dyn Dialect) {
        if dialect.kind(&object.id.kind).is_some_and(|rule| rule.holds_data) {
            self.notices.push(Notice::warning(format!(
                "{} is dropped with everything in it",
                object.id
            )));
        }
        self.directives.push(Directive::DropObject(object.clone()));
    }
}

/// What an object reads is read from its definition, so that alone is no difference.
fn difference(objects: Pair<&Object>, dialect: &dyn Dialect) -> Difference {
    if objects.is_equal() {
        return Difference::None;
    }
    let canonical = objects.map(|object| dialect.canonical_object(object));
    if canonical.live.definition != canonical.target.definition {
        return match dialect.kind(&objects.target.id.kind).map(|rule| rule.replace) {
            Some(Replace::InPlace) => Difference::InPlace,
            Some(Replace::DropAndCreate) | None => Difference::Anew,
        };
    }
    if canonical.live.comment == canonical.target.comment {
        Difference::None
    } else {
        Difference::InPlace
    }
}

/// Marks what must be dropped and created although it does not differ, or could be replaced in place: whatever is attached to something
/// that goes, whatever is bound to something that goes or loses its columns, and what is bound to those in turn.
fn recreate<'a>(
    matched: &Matched<&'a Object>,
    differences: &mut [Difference],
    tables: &'a [Directive],
    dialect: &dyn Dialect,
) {
    let provides = |object: &'a Object| {
        object
            .id
            .on
            .is_none()
            .then(|| fold_qname(dialect, &object.id.name))
    };
    let binds_early = |object: &Object| dialect.kind(&object.id.kind).is_some_and(|rule| rule.binds_early);

    let mut leaning: BTreeMap<FoldedName<'a>, Vec<usize>> = BTreeMap::new();
    let mut attached: BTreeMap<FoldedName<'a>, Vec<usize>> = BTreeMap::new();
    for (place, pair) in matched.both.iter().enumerate() {
        if let Some(on) = &pair.live.id.on {
            attached.entry(fold_qname(dialect, on)).or_default().push(place);
        }
        if binds_early(pair.live) {
            for read in &pair.live.depends_on {
                leaning.entry(fold_qname(dialect, read)).or_default().push(place);
            }
        }
    }
    if leaning.is_empty() && attached.is_empty() {
        return;
    }

    let mut gone: Vec<FoldedName<'a>> = matched.live_only.iter().filter_map(|o| provides(o)).collect();
    let anew = matched
        .both
        .iter()
        .zip(&*differences)
        .filter(|(_, d)| **d == Difference::Anew);
    gone.extend(anew.filter_map(|(pair, _)| provides(pair.live)));
    let mut reshaped = Vec::new();
    for directive in tables {
        match directive {
            Directive::DropTable(table) => gone.push(fold_qname(dialect, &table.name)),
            Directive::AlterTable(alter) if alter.changes.iter().any(takes_a_column) => {
                reshaped.push(fold_qname(dialect, &alter.table));
            }
            _ => {}
        }
    }

    let mut seen: BTreeSet<FoldedName<'a>> = gone.iter().cloned().collect();
    let mut marked: Vec<usize> = reshaped
        .iter()
        .filter_map(|name| leaning.get(name))
        .flatten()
        .copied()
        .collect();
    loop {
        while let Some(place) = marked.pop() {
            differences[place] = Difference::Anew;
            let name = provides(matched.both[place].live);
            gone.extend(name.filter(|name| seen.insert(name.clone())));
        }
        let Some(name) = gone.pop() else { break };
        let above = attached
            .get(&name)
            .into_iter()
            .chain(leaning.get(&name))
            .flatten();
        marked.extend(above.copied());
    }
}

/// Whether what is bound to the column cannot stand.
fn takes_a_column(change: &TableChange) -> bool {
    match change {
        TableChange::DropColumn(_) | TableChange::SetDefinition(_) => true,
        TableChange::AlterColumn(alter) => alter.changes.iter().any(|c| {
            matches!(
                c,
                ColumnChange::Type(_) | ColumnChange::Collation(_) | ColumnChange::Generated(_)
            )
        }),
        _ => false,
    }
}
