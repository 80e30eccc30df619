//! SQLite: one query over `sqlite_schema`, then each definition read by the grammar.
//!
//! The pragmas hide checks, names, collations, conflict clauses and deferral, so the table's own SQL is the source; what the
//! pragmas do say is compared with what was read, and a table on which both do not agree is kept as a whole definition.

mod objects;
mod table;

use super::Reflection;
use crate::config::Filter;
use crate::database::{Connection, Row};
use crate::dialect::sqlite::grammar::{self, Definition};
use crate::dialect::sqlite::{TRIGGER, VIEW, VIRTUAL_TABLE};
use crate::schema::{Name, Object, ObjectId, ObjectKind, QName, Schema, Sql, Table};
use crate::{Notice, Result};
use std::collections::{BTreeMap, BTreeSet};

const CATALOG: &str = include_str!("catalog.sql");
/// How many columns it gives.
const COLUMNS: usize = 6;

/// What a filter calls a table.
const TABLE: ObjectKind = ObjectKind::new("table");

/// An index whose definition the grammar does not read.
const INDEX: ObjectKind = ObjectKind::new("index");

/// One row of the catalog query.
pub(super) struct Entry {
    kind: String,
    name: String,
    table: String,
    sql: String,
    shape: Option<String>,
    is_shadow: bool,
}

impl Entry {
    fn read(mut row: Row) -> Result<Option<Self>> {
        let is_shadow = row.boolean(5)?;
        let shape = row.take_optional_text(4)?;
        // What has no SQL is made by a constraint.
        let Some(sql) = row.take_optional_text(3)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            kind: row.take_text(0)?,
            name: row.take_text(1)?,
            table: row.take_text(2)?,
            sql,
            shape,
            is_shadow,
        }))
    }
}

/// The rows of the catalog, by name.
pub(super) async fn catalog(connection: &mut Connection) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for row in connection.query_bulk(CATALOG, COLUMNS).await? {
        entries.extend(Entry::read(row)?);
    }
    Ok(entries)
}

/// Puts the rows of several catalogs in the order of one.
pub(super) fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Reads the schema from the rows of its catalog.
pub(super) fn read(entries: &[Entry], filter: &Filter) -> Reflection {
    let mut reader = Reader {
        filter,
        reflection: Reflection::default(),
        names: known_names(entries),
        views: entries
            .iter()
            .filter(|e| e.kind == "view")
            .map(|e| e.name.to_ascii_lowercase())
            .collect(),
    };
    let foreign = foreign_shadows(entries);
    // Tables first: what hangs on them needs them there.
    for entry in entries
        .iter()
        .filter(|e| e.kind == "table" && !e.is_shadow && !foreign.contains(&e.name))
    {
        reader.table(entry);
    }
    for entry in entries.iter().filter(|e| e.kind != "table") {
        match entry.kind.as_str() {
            "index" => reader.index(entry),
            "view" => reader.object(entry, VIEW, None),
            "trigger" => reader.object(entry, TRIGGER, Some(entry.table.as_str())),
            other => reader
                .reflection
                .notices
                .push(Notice::new(format!("{other} {} is left alone", entry.name))),
        }
    }
    table::name_referenced_columns(&mut reader.reflection.schema);
    for table in reader.reflection.schema.tables.values_mut() {
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    reader.reflection
}

/// Every table and view by its folded name.
fn known_names(entries: &[Entry]) -> BTreeMap<String, Name> {
    entries
        .iter()
        .filter(|e| e.kind == "table" || e.kind == "view")
        .map(|e| (e.name.to_ascii_lowercase(), Name::new(e.name.as_str())))
        .collect()
}

/// Shadow tables of virtual tables whose module is not loaded: the engine cannot name them, but they are `<table>_<something>`.
fn foreign_shadows(entries: &[Entry]) -> BTreeSet<String> {
    let known: BTreeSet<&str> = crate::dialect::sqlite::MODULES.iter().copied().collect();
    let prefixes: Vec<String> = entries
        .iter()
        .filter(|e| is_virtual(e))
        .filter(|e| match grammar::parse(&e.sql) {
            Ok(Definition::VirtualTable(table)) => {
                !known.contains(table.module.to_ascii_lowercase().as_str())
            }
            _ => true,
        })
        .map(|e| format!("{}_", e.name.to_ascii_lowercase()))
        .collect();
    entries
        .iter()
        .filter(|e| {
            e.kind == "table"
                && prefixes
                    .iter()
                    .any(|p| e.name.to_ascii_lowercase().starts_with(p))
        })
        .map(|e| e.name.clone())
        .collect()
}

/// A virtual table has no pages of its own, and so no shape.
fn is_virtual(entry: &Entry) -> bool {
    entry.kind == "table" && entry.shape.is_none()
}

struct Reader<'a> {
    filter: &'a Filter,
    reflection: Reflection,
    names: BTreeMap<String, Name>,
    views: BTreeSet<String>,
}

impl Reader<'_> {
    fn schema(&mut self) -> &mut Schema {
        &mut self.reflection.schema
    }

    fn table(&mut self, entry: &Entry) {
        if is_virtual(entry) {
            self.object(entry, VIRTUAL_TABLE, None);
            return;
        }
        if !self.filter.admits("table", &entry.name, None) {
            return;
        }
        let read = match grammar::parse_table(&entry.sql) {
            Ok(parsed) if table::shape(&parsed) == entry.shape.as_deref().unwrap_or_default() => {
                Ok(table::table(&parsed, self.filter))
            }
            Ok(_) => Err("what it says and what the engine made of it differ".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let table = read.unwrap_or_else(|why| {
            self.reflection.notices.push(
                Notice::new(format!(
                    "the definition of table {} could not be read: {why}",
                    entry.name
                ))
                .hint("it is compared as a whole; please report the definition as a bug"),
            );
            let mut table = Table::new(entry.name.as_str());
            table.definition = Some(Sql::new(entry.sql.as_str()));
            table
        });
        self.schema().insert_table(table);
    }

    fn index(&mut self, entry: &Entry) {
        if !self.filter.admits("index", &entry.name, Some(&entry.table)) {
            return;
        }
        let on = QName::plain(entry.table.as_str());
        match grammar::parse(&entry.sql) {
            Ok(Definition::Index(parsed)) => {
                // Without its table here (excluded, or a shadow table), an index is out of sight too.
                if let Some(table) = self.schema().tables.get_mut(&on) {
                    table.indexes.push(objects::index(&parsed));
                }
            }
            _ if self.schema().tables.contains_key(&on) => {
                self.reflection.notices.push(Notice::new(format!(
                    "the definition of index {} could not be read; it is compared as a whole",
                    entry.name
                )));
                self.object(entry, INDEX, Some(entry.table.as_str()));
            }
            _ => {}
        }
    }

    fn is_view(&self, name: &str) -> bool {
        self.views.contains(&name.to_ascii_lowercase())
    }

    fn object(&mut self, entry: &Entry, kind: ObjectKind, on: Option<&str>) {
        let parent = on.map(|on| (if self.is_view(on) { VIEW } else { TABLE }, on));
        let parent = parent.as_ref().map(|(kind, name)| (kind.as_str(), *name));
        // What is attached to something out of sight is out of sight.
        if !self.filter.admits_on(kind.as_str(), &entry.name, parent) {
            return;
        }
        let on = on.map(|on| {
            QName::plain(
                self.names
                    .get(&on.to_ascii_lowercase())
                    .cloned()
                    .unwrap_or_else(|| on.into()),
            )
        });
        let id = ObjectId {
            kind,
            name: QName::plain(entry.name.as_str()),
            signature: None,
            on,
        };
        let depends_on = objects::dependencies(&entry.sql, &id, &self.names);
        self.schema().insert_object(Object {
            id,
            definition: Sql::new(entry.sql.as_str()),
            depends_on,
            comment: None,
        });
    }
}
