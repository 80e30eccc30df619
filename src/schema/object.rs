//! Everything that is not a table: namespaces, sequences, enum types with models of their own, all other kinds as definitions.

use super::{Name, QName, SequenceOptions, Sql, TypeName};
use crate::extend::CustomObject;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A namespace (`CREATE SCHEMA`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Its name.
    pub name: Name,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A sequence that stands alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its name.
    pub name: QName,
    /// The type of its numbers.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<TypeName>,
    /// Its options.
    #[serde(default)]
    pub options: SequenceOptions,
    /// The column it belongs to and goes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<(QName, Name)>,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// Its name.
    pub name: QName,
    /// Its values in order.
    pub values: Vec<String>,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The kind of an [`Object`], in the engine's words and lower case: `view`, `trigger`, `materialized view`. Two are one when their words are.
#[derive(Clone)]
pub struct ObjectKind {
    word: Cow<'static, str>,
    /// What knows a kind of the user's own.
    custom: Option<Arc<dyn CustomObject>>,
}

impl ObjectKind {
    /// A kind known when the program was built.
    pub const fn new(kind: &'static str) -> Self {
        Self {
            word: Cow::Borrowed(kind),
            custom: None,
        }
    }

    /// A kind read from a script.
    pub fn from_text(kind: impl Into<String>) -> Self {
        Self {
            word: Cow::Owned(kind.into()),
            custom: None,
        }
    }

    /// A kind of the user's own.
    pub fn of(custom: Arc<dyn CustomObject>) -> Self {
        Self {
            word: Cow::Owned(custom.kind().to_owned()),
            custom: Some(custom),
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.word
    }

    /// What knows it, where it is a kind of the user's own.
    pub fn custom(&self) -> Option<&Arc<dyn CustomObject>> {
        self.custom.as_ref()
    }
}

impl fmt::Debug for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectKind").field(&self.word).finish()
    }
}

impl PartialEq for ObjectKind {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

impl Eq for ObjectKind {}

impl PartialOrd for ObjectKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectKind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.word.cmp(&other.word)
    }
}

impl Hash for ObjectKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.word.hash(state);
    }
}

impl Serialize for ObjectKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word)
    }
}

impl<'de> Deserialize<'de> for ObjectKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_text)
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)
    }
}

/// What tells one object from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its name.
    pub name: QName,
    /// The argument types of a function, without parentheses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The table or view it is attached to (a trigger, a policy).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<QName>,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        if let Some(signature) = &self.signature {
            write!(f, "({signature})")?;
        }
        if let Some(on) = &self.on {
            write!(f, " on {on}")?;
        }
        Ok(())
    }
}

/// An object of any kind without a model of its own: identity, definition, dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// What tells it from others.
    pub id: ObjectId,
    /// The statement that creates it, without a final semicolon.
    pub definition: Sql,
    /// The tables, views and other objects it reads, by name. They are created before it and dropped after it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub depends_on: BTreeSet<QName>,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
