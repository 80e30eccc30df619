//! Objects that are compared by their definitions.
//!
//! In come both schemas, and later what has to be made again; out come directives. A changed definition is replaced in place or
//! dropped and created, as the rule of its kind says.

use super::options::CompareOptions;
use super::pair::{Matched, Pair, fold_qname};
use super::renames::Renamed;
use super::{dependents, tables, types};
use crate::Notice;
use crate::dialect::{Dialect, Keeps, Replace};
use crate::directive::{Change, Directive};
use crate::schema::{Object, ObjectId, Schema};
use std::collections::BTreeSet;

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
    let types = types::compare(after, dialect);
    let objects = differences(after, dialect);
    let again = dependents::find(
        after,
        tables.directives.iter().chain(&types),
        objects.going(),
        dialect,
    );
    let changes = objects.changes(&again.objects, dialect);
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

/// The objects of both sides and how they differ.
pub(super) struct Differences<'a> {
    matched: Matched<&'a Object>,
    /// For each pair.
    differences: Vec<Difference>,
}

/// Compares all objects by themselves.
pub(super) fn differences<'a>(schemas: Pair<&'a Schema>, dialect: &dyn Dialect) -> Differences<'a> {
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
    let differences = matched
        .both
        .iter()
        .map(|pair| difference(*pair, schemas, dialect))
        .collect();
    Differences { matched, differences }
}

impl<'a> Differences<'a> {
    /// The objects that go, for good or to come again.
    pub(super) fn going(&self) -> impl Iterator<Item = &'a Object> {
        let both = self.matched.both.iter().zip(&self.differences);
        let anew = both.filter(|(_, difference)| **difference == Difference::Anew);
        let live_only = self.matched.live_only.iter().copied();
        live_only.chain(anew.map(|(pair, _)| pair.live))
    }

    /// The directives for objects that are replaced in place.
    pub(super) fn replaced(&self) -> Vec<Directive> {
        let both = self.matched.both.iter().zip(&self.differences);
        both.filter(|(_, difference)| **difference == Difference::InPlace)
            .map(|(pair, _)| replace(*pair))
            .collect()
    }

    /// The directives, when these objects have to be made again though they do not differ.
    pub(super) fn changes(self, again: &BTreeSet<ObjectId>, dialect: &dyn Dialect) -> ObjectChanges {
        let mut changes = ObjectChanges::default();
        for object in self.matched.live_only {
            changes.drop(object, dialect);
        }
        for (pair, difference) in self.matched.both.into_iter().zip(self.differences) {
            let difference = if again.contains(&pair.live.id) {
                Difference::Anew
            } else {
                difference
            };
            match difference {
                Difference::None => {}
                Difference::InPlace => changes.directives.push(replace(pair)),
                Difference::Anew => {
                    changes.drop(pair.live, dialect);
                    let create = Directive::CreateObject(pair.target.clone());
                    changes.directives.push(create);
                }
            }
        }
        let created = self.matched.target_only.into_iter().cloned();
        changes.directives.extend(created.map(Directive::CreateObject));
        changes
    }
}

fn replace(objects: Pair<&Object>) -> Directive {
    let change = Change::new(objects.live.clone(), objects.target.clone());
    Directive::ReplaceObject(Box::new(change))
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
fn difference(objects: Pair<&Object>, schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Difference {
    if objects.is_equal() {
        return Difference::None;
    }
    let canonical = objects.map(|object| dialect.canonical_object(object));
    if canonical.live.definition != canonical.target.definition {
        return match dialect.kind(&objects.target.id.kind) {
            Some(rule) if rule.replace == Replace::InPlace && keeps(rule.keeps, objects, schemas) => {
                Difference::InPlace
            }
            Some(_) | None => Difference::Anew,
        };
    }
    if canonical.live.comment == canonical.target.comment {
        Difference::None
    } else {
        Difference::InPlace
    }
}

/// Whether a replacement keeps what it must.
fn keeps(rule: Keeps, objects: Pair<&Object>, schemas: Pair<&Schema>) -> bool {
    let shape = |schema: &'_ Schema, object: &Object| schema.shapes.get(&object.id).cloned();
    let old = shape(schemas.live, objects.live);
    let new = shape(schemas.target, objects.target);
    match (rule, old, new) {
        (Keeps::Nothing, _, _) | (_, None, _) | (_, _, None) => true,
        (Keeps::Beginning, Some(old), Some(new)) => new.starts_with(&old),
        (Keeps::All, Some(old), Some(new)) => old == new,
    }
}
