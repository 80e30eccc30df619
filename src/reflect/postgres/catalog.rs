//! What has been read so far, by the numbers of the catalog: whoever reads the next query finds the names here.

use super::query::Cells;
use super::session::Namespaces;
use super::{Oid, class};
use crate::Result;
use crate::config::Filter;
use crate::dialect::postgres::PUBLIC_COMMENT;
use crate::schema::{
    Check, Column, Name, Namespace, Object, ObjectId, ObjectKind, Part, QName, Schema, Sql, Table,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A relation of any kind but indexes.
pub(super) struct Relation {
    pub(super) kind: RelationKind,
    pub(super) name: QName,
    /// Its name as SQL, with its namespace.
    pub(super) sql: String,
    /// What it becomes, for tables.
    pub(super) table: Option<Box<Table>>,
    /// The type of its rows.
    pub(super) row_type: Oid,
    pub(super) fields: Vec<Field>,
    /// What its columns are called by their numbers, once the fields are handed on.
    pub(super) called: Vec<(i16, Name)>,
    /// The checks of a foreign table.
    pub(super) checks: Vec<Check>,
    pub(super) parents: Vec<Oid>,
    pub(super) bound: Option<String>,
    pub(super) is_unlogged: bool,
}

/// What a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RelationKind {
    Table,
    Partitioned,
    View,
    MaterializedView,
    ForeignTable,
    CompositeType,
    Sequence,
}

impl RelationKind {
    /// The kind as filters and objects call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Table | Self::Partitioned => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::ForeignTable => "foreign table",
            Self::CompositeType => "composite type",
            Self::Sequence => "sequence",
        }
    }
}

/// A column of a relation.
pub(super) struct Field {
    pub(super) number: i16,
    pub(super) column: Column,
    /// Its name as SQL, where definitions are written with it.
    pub(super) sql: Option<String>,
    /// Options of a foreign table's column, as SQL.
    pub(super) foreign_options: Option<String>,
    /// Its type, or the one behind its domain.
    pub(super) base_type: Oid,
    /// The collation it sorts by.
    pub(super) collation: Option<Oid>,
}

/// An operator class.
pub(super) struct OperatorClass {
    pub(super) sql: String,
    pub(super) method: Oid,
    pub(super) input: Oid,
    pub(super) is_default: bool,
}

/// All that has been read.
pub(super) struct Catalog<'f> {
    pub(super) filter: &'f Filter,
    pub(super) version: u32,
    /// The managed namespaces; the default one has no name.
    pub(super) namespaces: Namespaces,
    pub(super) schema: Schema,
    pub(super) relations: HashMap<Oid, Relation>,
    /// The columns that defaults belong to.
    pub(super) defaults: HashMap<Oid, (Oid, i16)>,
    /// What other things in the catalog are, by catalog and number.
    pub(super) parts: HashMap<(Oid, Oid), Part>,
    /// Comments that have not been given to anything yet.
    pub(super) comments: HashMap<(Oid, Oid, i32), String>,
    pub(super) operator_classes: HashMap<Oid, OperatorClass>,
    /// The access methods and types that have a default operator class of their own.
    pub(super) default_classes: BTreeSet<(Oid, Oid)>,
    /// Collations as the model spells them and as SQL.
    pub(super) collations: HashMap<Oid, (Name, String)>,
    pub(super) tablespaces: BTreeMap<Oid, String>,
    pub(super) access_methods: BTreeMap<Oid, String>,
    /// What is seen and left alone.
    pub(super) left_alone: Vec<String>,
    /// What of that is of a kind that is managed elsewhere.
    pub(super) untold: BTreeSet<ObjectId>,
}

impl<'f> Catalog<'f> {
    pub(super) fn new(filter: &'f Filter, version: u32, namespaces: Namespaces) -> Self {
        Self {
            filter,
            version,
            namespaces,
            schema: Schema::new(),
            relations: HashMap::new(),
            defaults: HashMap::new(),
            parts: HashMap::new(),
            comments: HashMap::new(),
            operator_classes: HashMap::new(),
            default_classes: BTreeSet::new(),
            collations: HashMap::new(),
            tablespaces: BTreeMap::new(),
            access_methods: BTreeMap::new(),
            left_alone: Vec::new(),
            untold: BTreeSet::new(),
        }
    }

    /// A name in a managed namespace.
    pub(super) fn name(&self, namespace: Option<Oid>, name: impl Into<Name>) -> QName {
        QName {
            namespace: namespace.and_then(|oid| self.namespaces.get(&oid).cloned().flatten()),
            name: name.into(),
        }
    }

    /// The comment on something; nobody else gets it.
    pub(super) fn comment(&mut self, catalog: Oid, oid: Oid) -> Option<String> {
        self.comments.remove(&(catalog, oid, 0))
    }

    /// One row of `comments.sql`.
    pub(super) fn take_comment(&mut self, mut row: Cells) -> Result<()> {
        let key = (row.number()?, row.number()?, row.number()?);
        self.comments.insert(key, row.text()?);
        Ok(())
    }

    /// Gives namespaces their comments.
    pub(super) fn comment_namespaces(&mut self) {
        for (oid, name) in &self.namespaces {
            if name.is_none() {
                // It is there by itself, with a comment of its own.
                let comment = self.comments.remove(&(class::NAMESPACE, *oid, 0));
                if comment.as_deref() != Some(PUBLIC_COMMENT) {
                    let name = Name::new(super::PUBLIC);
                    self.schema
                        .namespaces
                        .insert(name.clone(), Namespace { name, comment });
                }
                continue;
            }
            let namespace = name
                .as_ref()
                .and_then(|name| self.schema.namespaces.get_mut(name));
            if let Some(namespace) = namespace {
                namespace.comment = self.comments.remove(&(class::NAMESPACE, *oid, 0));
            }
        }
    }

    /// Whether the filter admits something that may be on a relation.
    pub(super) fn admits(&self, kind: &str, name: &str, on: Option<&Relation>) -> bool {
        let parent = on.map(|relation| (relation.kind.word(), relation.name.name.as_str()));
        self.filter.admits_on(kind, name, parent)
    }

    /// Puts an object into the schema, when the filter admits it and what it is on is there.
    pub(super) fn insert(
        &mut self,
        catalog: Oid,
        oid: Oid,
        id: ObjectId,
        on: Option<Oid>,
        definition: String,
    ) -> bool {
        let relation = match on {
            Some(on) => match self.relations.get(&on) {
                Some(relation) => Some(relation),
                None => return false,
            },
            None => None,
        };
        if !self.admits(id.kind.as_str(), &id.name.name, relation) {
            return false;
        }
        let comment = self.comment(catalog, oid);
        self.parts.insert((catalog, oid), Part::of(&id));
        self.schema.insert_object(Object {
            id,
            definition: Sql::new(definition),
            depends_on: BTreeSet::new(),
            comment,
        });
        true
    }

    /// Puts in what says more about something that has been put in: its privileges, its owner, comments on its columns.
    pub(super) fn insert_facet(&mut self, id: ObjectId, subject: Option<Part>, definition: String) {
        if let Some(subject) = subject {
            self.schema
                .dependencies
                .entry(Part::of(&id))
                .or_default()
                .insert(subject);
        }
        self.schema.insert_object(Object {
            id,
            definition: Sql::new(definition),
            depends_on: BTreeSet::new(),
            comment: None,
        });
    }

    /// The column of a relation by its number.
    pub(super) fn field(&self, relation: Oid, number: i16) -> Option<&Field> {
        self.relations.get(&relation)?.field(number)
    }

    /// The table of that number, while it is being put together.
    pub(super) fn table(&mut self, oid: Oid) -> Option<&mut Table> {
        self.relations.get_mut(&oid)?.table.as_deref_mut()
    }

    /// The names behind numbers.
    pub(super) fn look_up(&mut self, mut row: Cells) -> Result<()> {
        let catalog: Oid = row.number()?;
        let oid: Oid = row.number()?;
        let namespace = row.optional()?;
        let name = row.text()?;
        let sql = row.text()?;
        let is_plain = namespace.as_deref() == Some("pg_catalog");
        match catalog {
            class::OPERATOR_CLASS => {
                let known = OperatorClass {
                    sql: without_catalog(sql),
                    method: row.number()?,
                    input: row.number()?,
                    is_default: row.flag()?,
                };
                if known.is_default {
                    self.default_classes.insert((known.method, known.input));
                }
                self.operator_classes.insert(oid, known);
            }
            class::COLLATION => {
                let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
                let spelled = match namespace {
                    Some(namespace) if !is_plain => format!("{}.{}", quoted(&namespace), quoted(&name)),
                    _ => name,
                };
                self.collations
                    .insert(oid, (Name::new(spelled), without_catalog(sql)));
            }
            class::TABLESPACE => {
                self.tablespaces.insert(oid, name);
            }
            _ => {
                self.access_methods.insert(oid, name);
            }
        }
        Ok(())
    }
}

/// The SQL name without the namespace that needs not be named.
fn without_catalog(sql: String) -> String {
    match sql.strip_prefix("pg_catalog.") {
        Some(name) => name.to_owned(),
        None => sql,
    }
}

impl Relation {
    /// The column of that number.
    pub(super) fn field(&self, number: i16) -> Option<&Field> {
        let at = self.fields.binary_search_by_key(&number, |f| f.number).ok()?;
        self.fields.get(at)
    }

    /// The same, to change it.
    pub(super) fn field_mut(&mut self, number: i16) -> Option<&mut Field> {
        let at = self.fields.binary_search_by_key(&number, |f| f.number).ok()?;
        self.fields.get_mut(at)
    }

    /// The name of the column of that number.
    pub(super) fn called(&self, number: i16) -> Option<&Name> {
        if self.called.is_empty() {
            return Some(&self.field(number)?.column.name);
        }
        let at = self.called.binary_search_by_key(&number, |(n, _)| *n).ok()?;
        Some(&self.called.get(at)?.1)
    }

    /// The names of columns by their numbers.
    pub(super) fn names(&self, numbers: &[i16]) -> Vec<Name> {
        let fields = numbers.iter().filter_map(|number| self.field(*number));
        fields.map(|field| field.column.name.clone()).collect()
    }
}

/// The identity of an object.
pub(super) fn id(kind: &'static str, name: QName) -> ObjectId {
    ObjectId {
        kind: ObjectKind::new(kind),
        name,
        signature: None,
        on: None,
    }
}
