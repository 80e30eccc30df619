//! What leans on what, as far as the engine keeps track of it.

use super::{Name, ObjectId, ObjectKind, QName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One part of a schema that others can lean on, or that leans on others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A table, view, or anything else with rows.
    Relation(QName),
    /// A column of a table, view or composite type: its type, and what is known by its name.
    Column(QName, Name),
    /// The default or the generation expression of a column.
    Default(QName, Name),
    /// A constraint of a table, with the index that implements it.
    Constraint(QName, Name),
    /// An index of a table that implements no constraint.
    Index(QName, Name),
    /// An enum, domain, composite or range type.
    Type(QName),
    /// A sequence.
    Sequence(QName),
    /// Anything else.
    Object(ObjectId),
}

/// For each part, what it leans on: that must be there before it comes and can go only after it.
pub type Dependencies = BTreeMap<Part, Needs>;

/// A set of parts. Most parts lean on one or two others, for which an ordinary set takes too much room.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "BTreeSet<Part>")]
pub struct Needs(Vec<Part>);

impl Needs {
    /// Puts a part in; gives whether it was not there.
    pub fn insert(&mut self, part: Part) -> bool {
        match self.0.binary_search(&part) {
            Ok(_) => false,
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, part);
                true
            }
        }
    }

    /// Whether a part is in it.
    pub fn contains(&self, part: &Part) -> bool {
        self.0.binary_search(part).is_ok()
    }

    /// Leaves only some parts.
    pub fn retain(&mut self, keep: impl FnMut(&Part) -> bool) {
        self.0.retain(keep);
    }

    /// The parts in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Part> {
        self.0.iter()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many parts are in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<BTreeSet<Part>> for Needs {
    fn from(parts: BTreeSet<Part>) -> Self {
        Self(parts.into_iter().collect())
    }
}

impl<const N: usize> From<[Part; N]> for Needs {
    fn from(parts: [Part; N]) -> Self {
        parts.into_iter().collect()
    }
}

impl FromIterator<Part> for Needs {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        BTreeSet::from_iter(parts).into()
    }
}

impl Extend<Part> for Needs {
    fn extend<I: IntoIterator<Item = Part>>(&mut self, parts: I) {
        for part in parts {
            self.insert(part);
        }
    }
}

impl IntoIterator for Needs {
    type Item = Part;
    type IntoIter = std::vec::IntoIter<Part>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'n> IntoIterator for &'n Needs {
    type Item = &'n Part;
    type IntoIter = std::slice::Iter<'n, Part>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// For each object, what its replacement must keep for the engine to replace it in place: of a view its columns, of a function
/// what it takes and returns.
pub type Shapes = BTreeMap<ObjectId, Vec<String>>;

/// The kinds whose names are those of relations.
const RELATIONS: [&str; 3] = ["view", "materialized view", "foreign table"];
/// The kinds whose names are those of types.
const TYPES: [&str; 4] = ["domain", "composite type", "range type", "base type"];

impl Part {
    /// The part that an object is.
    pub fn of(id: &ObjectId) -> Self {
        let is_one_of = |kinds: &[&str]| kinds.contains(&id.kind.as_str());
        if is_one_of(&RELATIONS) {
            Self::Relation(id.name.clone())
        } else if is_one_of(&TYPES) {
            Self::Type(id.name.clone())
        } else {
            Self::Object(id.clone())
        }
    }

    /// The relation it belongs to, when it is a piece of one.
    pub fn relation(&self) -> Option<&QName> {
        match self {
            Self::Relation(name)
            | Self::Column(name, _)
            | Self::Default(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _) => Some(name),
            Self::Object(id) => id.on.as_ref(),
            Self::Type(_) | Self::Sequence(_) => None,
        }
    }
}

impl ObjectKind {
    /// Whether an object of this kind is read like a table.
    pub fn is_relation(&self) -> bool {
        RELATIONS.contains(&self.as_str())
    }

    /// Whether an object of this kind is a type that columns can have.
    pub fn is_type(&self) -> bool {
        TYPES.contains(&self.as_str())
    }
}

/// A part with what it leans on, in the JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dependent {
    part: Part,
    needs: Needs,
}

/// An object with its shape, in the JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shaped {
    object: ObjectId,
    shape: Vec<String>,
}

pub(super) fn dependents(dependencies: &Dependencies) -> Vec<Dependent> {
    dependencies
        .iter()
        .map(|(part, needs)| Dependent {
            part: part.clone(),
            needs: needs.clone(),
        })
        .collect()
}

pub(super) fn dependencies(dependents: Vec<Dependent>) -> Dependencies {
    dependents.into_iter().map(|d| (d.part, d.needs)).collect()
}

pub(super) fn shaped(shapes: &Shapes) -> Vec<Shaped> {
    shapes
        .iter()
        .map(|(object, shape)| Shaped {
            object: object.clone(),
            shape: shape.clone(),
        })
        .collect()
}

pub(super) fn shapes(shaped: Vec<Shaped>) -> Shapes {
    shaped.into_iter().map(|s| (s.object, s.shape)).collect()
}
