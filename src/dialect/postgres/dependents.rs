//! What leans on something that has to go for a moment.
//!
//! Comes in: the parts that are retyped or go, and the schema with what leans on what. Goes out: the statements that take the dependents
//! away and put them back. In a script that was made by comparing, directives of their own do that, and there is nothing left to do here; but a
//! change that needs no such thing in one direction may need it on the way back.

use super::constraints;
use super::kinds::{self, Address};
use super::objects;
use super::spelling::{beside, qname, quote};
use super::table::is_from_parent;
use super::{index, option, types};
use crate::Result;
use crate::dialect::Statement;
use crate::schema::{Constraint, Name, Object, ObjectId, Part, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What happens to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It stays, with another type.
    Retyped,
    /// It goes.
    Gone,
}

/// The statements before and behind the change.
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) before: Vec<Statement>,
    pub(super) behind: Vec<Statement>,
    /// Foreign keys, which come last.
    pub(super) keys: Vec<Statement>,
}

/// What has to go and come back around a change that does this to the parts. What is not in both schemas is left to others.
///
/// # Errors
/// For an object of a kind that PostgreSQL does not have.
pub(super) fn around(seeds: &[(Part, Fate)], before: &Schema, after: &Schema) -> Result<Around> {
    let mut search = Search {
        before,
        after,
        leaning: leaning(before),
        seen: BTreeMap::new(),
        objects: BTreeSet::new(),
        constraints: BTreeSet::new(),
        indexes: BTreeSet::new(),
    };
    let mut waiting: Vec<(Part, Fate)> = seeds.to_vec();
    while let Some((part, fate)) = waiting.pop() {
        if search.seen.get(&part).is_some_and(|known| *known >= fate) {
            continue;
        }
        search.seen.insert(part.clone(), fate);
        for dependent in search.leaning.get(&part).cloned().unwrap_or_default() {
            waiting.extend(search.reach(dependent, &part, fate));
        }
    }
    search.statements(seeds)
}

fn leaning(schema: &Schema) -> BTreeMap<Part, Vec<Part>> {
    let mut leaning: BTreeMap<Part, Vec<Part>> = BTreeMap::new();
    for (part, needs) in &schema.dependencies {
        for needed in needs {
            leaning.entry(needed.clone()).or_default().push(part.clone());
            // Who leans on a column leans on its relation.
            if let Part::Column(relation, _) = needed {
                let whole = Part::Relation(relation.clone());
                leaning.entry(whole).or_default().push(part.clone());
            }
        }
    }
    leaning
}

struct Search<'a> {
    before: &'a Schema,
    after: &'a Schema,
    leaning: BTreeMap<Part, Vec<Part>>,
    seen: BTreeMap<Part, Fate>,
    objects: BTreeSet<ObjectId>,
    constraints: BTreeSet<(QName, Name)>,
    indexes: BTreeSet<(QName, Name)>,
}

impl Search<'_> {
    fn reach(&mut self, dependent: Part, on: &Part, fate: Fate) -> Option<(Part, Fate)> {
        // The server itself carries a constraint or an index along with the columns it is over.
        let is_followed = fate == Fate::Retyped && matches!(on, Part::Column(..));
        match &dependent {
            Part::Object(id) => self.object(id.clone()),
            Part::Relation(name) => {
                let mut views = self.before.objects.keys();
                let view = views
                    .find(|id| id.kind.is_relation() && id.name == *name)
                    .cloned();
                view.and_then(|id| self.object(id))
            }
            Part::Type(_) | Part::Column(..) => (fate == Fate::Retyped).then_some((dependent, fate)),
            Part::Constraint(table, name) if !is_followed => {
                self.constraints.insert((table.clone(), name.clone()));
                Some((dependent, Fate::Gone))
            }
            Part::Index(table, name) if !is_followed => {
                self.indexes.insert((table.clone(), name.clone()));
                Some((dependent, Fate::Gone))
            }
            Part::Default(..) | Part::Sequence(_) | Part::Constraint(..) | Part::Index(..) => None,
        }
    }

    fn object(&mut self, id: ObjectId) -> Option<(Part, Fate)> {
        let is_type = id.kind.is_type();
        let stays = self.before.objects.contains_key(&id) && self.after.objects.contains_key(&id);
        if is_type || !stays {
            return None;
        }
        let part = Part::of(&id);
        self.objects.insert(id);
        Some((part, Fate::Gone))
    }

    fn statements(&self, seeds: &[(Part, Fate)]) -> Result<Around> {
        let mut around = Around::default();
        let ordered = self.in_order();
        for object in ordered.iter().rev() {
            if !self.goes_along(object, seeds) {
                around.before.extend(objects::drop(object)?);
            }
        }
        let table = |name: &QName| self.before.tables.get(name).zip(self.after.tables.get(name));
        for (name, constraint) in &self.constraints {
            let Some((old, new)) = table(name) else { continue };
            let (Some(_), Some(new)) = (constraint_of(old, constraint), constraint_of(new, constraint))
            else {
                continue;
            };
            let goes_with_table = seeds.contains(&(Part::Relation(name.clone()), Fate::Gone));
            if goes_with_table || belongs_to_parent(old, &new, self.before) {
                continue;
            }
            let name_of_table = qname(name);
            around.before.push(Statement::new(format!(
                "ALTER TABLE {name_of_table} DROP CONSTRAINT {}",
                quote(constraint)
            )));
            let added = Statement::new(format!(
                "ALTER TABLE {name_of_table} ADD {}",
                constraints::clause(&new)
            ));
            let comments = constraints::comments(name, None, &new);
            let place = match new {
                Constraint::ForeignKey(_) => &mut around.keys,
                _ => &mut around.behind,
            };
            place.push(added);
            place.extend(comments);
        }
        for (name, index) in &self.indexes {
            let Some((old, new)) = table(name) else { continue };
            let of = |table: &Table| table.indexes.iter().find(|i| i.name == *index).cloned();
            let (Some(_), Some(mut new)) = (of(old), of(new)) else {
                continue;
            };
            let goes_with_table = seeds.contains(&(Part::Relation(name.clone()), Fate::Gone));
            if goes_with_table || new.options.contains_key(option::INHERITED) {
                continue;
            }
            new.options.remove(option::CONCURRENTLY);
            around
                .before
                .push(Statement::new(format!("DROP INDEX {}", beside(name, index))));
            around.behind.extend(index::create(name, &new, self.after));
        }
        for object in &ordered {
            if let Some(object) = self.after.objects.get(&object.id) {
                around.behind.extend(objects::create(object)?);
            }
        }
        Ok(around)
    }

    /// What is said about another object, or attached to one, goes with it.
    fn goes_along(&self, object: &Object, seeds: &[(Part, Fate)]) -> bool {
        let is_facet = kinds::find(&object.id.kind).is_some_and(|row| row.address == Address::Facet);
        let on_gone = object.id.on.as_ref().is_some_and(|on| {
            let relation = Part::Relation(on.clone());
            self.objects.iter().any(|id| Part::of(id) == relation) || seeds.contains(&(relation, Fate::Gone))
        });
        is_facet || on_gone
    }

    /// The objects, each behind those that it leans on.
    fn in_order(&self) -> Vec<&Object> {
        let mut left: Vec<&Object> = self
            .objects
            .iter()
            .filter_map(|id| self.before.objects.get(id))
            .collect();
        let mut ordered: Vec<&Object> = Vec::new();
        while !left.is_empty() {
            let leans_on_left = |object: &Object| {
                let part = Part::of(&object.id);
                self.before.dependencies.get(&part).is_some_and(|needs| {
                    needs.iter().any(|need| {
                        let relation = need.relation().map(|name| Part::Relation(name.clone()));
                        left.iter().any(|other| {
                            let other = Part::of(&other.id);
                            other != part && (other == *need || relation.as_ref() == Some(&other))
                        })
                    })
                })
            };
            let place = left.iter().position(|o| !leans_on_left(o)).unwrap_or(0);
            ordered.push(left.remove(place));
        }
        ordered
    }
}

/// Whether a constraint comes from a parent that goes on having the table.
pub(super) fn belongs_to_parent(table: &Table, constraint: &Constraint, schema: &Schema) -> bool {
    let let_go = table
        .options
        .get(option::PARTITION_OF)
        .and_then(|parent| schema.tables.get(&types::type_name(parent)?))
        .is_some_and(|parent| !parent.options.contains_key(option::PARTITION_BY));
    is_from_parent(table, constraint) && !let_go
}

fn constraint_of(table: &Table, name: &Name) -> Option<Constraint> {
    table.constraints().find(|c| c.name() == Some(name))
}
