//! The schema as a whole, and its JSON form.

use super::dependency::{self, Dependencies, Dependent, Shaped, Shapes};
use super::{EnumType, Name, Namespace, Object, ObjectId, QName, Sequence, Table};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the JSON form written by [`Schema::to_json`]. It grows when a reader of the old form would be wrong.
pub const FORMAT_VERSION: u32 = 1;

/// A schema: everything a reflector read, in plain ordered data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Namespaces other than the engine's default one.
    pub namespaces: BTreeMap<Name, Namespace>,
    /// Tables.
    pub tables: BTreeMap<QName, Table>,
    /// Sequences that stand alone.
    pub sequences: BTreeMap<QName, Sequence>,
    /// Enum types.
    pub enums: BTreeMap<QName, EnumType>,
    /// Everything else, as definitions.
    pub objects: BTreeMap<ObjectId, Object>,
    /// What leans on what, where the engine keeps track of it; empty elsewhere. No directive carries it: it is read from the catalog.
    pub dependencies: Dependencies,
    /// What decides whether an object can be replaced in place; empty where the kind alone decides.
    pub shapes: Shapes,
}

/// The JSON form: lists instead of maps, because names can be any text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: u32,
    dialect: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    namespaces: Vec<Namespace>,
    #[serde(default)]
    tables: Vec<Table>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sequences: Vec<Sequence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    enums: Vec<EnumType>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    objects: Vec<Object>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<Dependent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shapes: Vec<Shaped>,
}

impl Schema {
    /// A schema with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.namespaces.is_empty()
            && self.tables.is_empty()
            && self.sequences.is_empty()
            && self.enums.is_empty()
            && self.objects.is_empty()
    }

    /// Puts a table in under its own name.
    pub fn insert_table(&mut self, table: Table) {
        self.tables.insert(table.name.clone(), table);
    }

    /// Puts an object in under its own identity.
    pub fn insert_object(&mut self, object: Object) {
        self.objects.insert(object.id.clone(), object);
    }

    /// The documented JSON form: `{"format": 1, "dialect": "...", "tables": [...], ...}`, each list sorted by name.
    ///
    /// `dialect` is the engine's name, kept so that a reader knows how types and expressions are spelled.
    ///
    /// # Panics
    /// Never: a schema holds only what JSON can.
    pub fn to_json(&self, dialect: &str) -> serde_json::Value {
        let document = Document {
            format: FORMAT_VERSION,
            dialect: dialect.to_owned(),
            namespaces: self.namespaces.values().cloned().collect(),
            tables: self.tables.values().cloned().collect(),
            sequences: self.sequences.values().cloned().collect(),
            enums: self.enums.values().cloned().collect(),
            objects: self.objects.values().cloned().collect(),
            dependencies: dependency::dependents(&self.dependencies),
            shapes: dependency::shaped(&self.shapes),
        };
        serde_json::to_value(document).expect("a schema holds only strings, numbers and lists")
    }

    /// Reads what [`Schema::to_json`] wrote; gives the schema and the dialect's name.
    ///
    /// # Errors
    /// When the document is not of that form, or of a newer version.
    pub fn from_json(value: serde_json::Value) -> Result<(Self, String)> {
        let document: Document = serde_json::from_value(value).map_err(|e| {
            Error::new(
                ErrorKind::Usage,
                format!("this is not a schema in JSON form: {e}"),
            )
        })?;
        if document.format != FORMAT_VERSION {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the schema is in JSON form {}, and this program reads form {FORMAT_VERSION}",
                    document.format
                ),
            ));
        }
        let schema = Self {
            namespaces: document
                .namespaces
                .into_iter()
                .map(|n| (n.name.clone(), n))
                .collect(),
            tables: document.tables.into_iter().map(|t| (t.name.clone(), t)).collect(),
            sequences: document
                .sequences
                .into_iter()
                .map(|s| (s.name.clone(), s))
                .collect(),
            enums: document.enums.into_iter().map(|e| (e.name.clone(), e)).collect(),
            objects: document.objects.into_iter().map(|o| (o.id.clone(), o)).collect(),
            dependencies: dependency::dependencies(document.dependencies),
            shapes: dependency::shapes(document.shapes),
        };
        Ok((schema, document.dialect))
    }
}
