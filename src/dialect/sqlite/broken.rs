//! Views and triggers that read what is not there.
//!
//! SQLite lets them stand, and then refuses every rename and every DROP COLUMN in the whole database
//! (<https://www.sqlite.org/lang_altertable.html#altertabrename>). Where they have nothing to do with the change, they step aside.

use super::spelling::qname;
use super::{Sqlite, TRIGGER, VIEW};
use crate::dialect::Statement;
use crate::directive::Naming;
use crate::schema::{Object, QName, Schema};
use crate::sql::{Lexicon, relations};
use sqlparser::dialect::SQLiteDialect;
use std::collections::BTreeSet;

/// The views and triggers of a schema that read something unknown, or something that does. Views come first.
pub(super) fn broken(schema: &Schema) -> Vec<&Object> {
    let fold = |name: &QName| Sqlite.fold(&name.name).into_owned();
    let objects = || schema.objects.values();
    let standing = objects()
        .filter(|object| object.id.kind != TRIGGER)
        .map(|object| fold(&object.id.name));
    let known: BTreeSet<String> = schema.tables.keys().map(fold).chain(standing).collect();
    let is_unknown = |name: &str| {
        let own = ["sqlite_", "pragma_", "json_", "jsonb_"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        !own && !known.contains(name)
    };
    let reads_unknown = |object: &Object| {
        let read = relations(&object.definition, &Lexicon::SQLITE, &SQLiteDialect {});
        read.is_some_and(|read| read.iter().any(|relation| is_unknown(&relation.name)))
    };
    let (views, triggers): (Vec<_>, Vec<_>) = objects()
        .filter(|object| [VIEW, TRIGGER].contains(&object.id.kind))
        .partition(|object| object.id.kind == VIEW);
    let (mut broken, mut sound): (Vec<_>, Vec<_>) = views
        .into_iter()
        .chain(triggers)
        .partition(|object| reads_unknown(object));
    loop {
        let names: BTreeSet<String> = broken.iter().map(|object| fold(&object.id.name)).collect();
        let (more, rest): (Vec<_>, Vec<_>) = sound.into_iter().partition(|object: &&Object| {
            let mut reads = object.depends_on.iter().chain(&object.id.on);
            reads.any(|name| names.contains(&fold(name)))
        });
        sound = rest;
        if more.is_empty() {
            broken.sort_by_key(|object| object.id.kind == TRIGGER);
            return broken;
        }
        broken.extend(more);
    }
}

/// The statements that rename something of `table`, with broken views and triggers that do not read it dropped before and
/// created after.
pub(super) fn aside(rename: Vec<Statement>, table: &QName, schema: &Schema) -> Vec<Statement> {
    let reads = |object: &Object| {
        let mut reads = object.depends_on.iter().chain(&object.id.on);
        reads.any(|name| Sqlite.same_name(&name.name, &table.name))
    };
    let broken: Vec<&Object> = broken(schema)
        .into_iter()
        .filter(|object| !reads(object))
        .collect();
    let drop = |object: &&Object| {
        let noun = if object.id.kind == VIEW { "VIEW" } else { "TRIGGER" };
        Statement::new(format!("DROP {noun} {}", qname(&object.id.name))).note(format!(
            "{} reads what is not there, and would stop the rename",
            object.id
        ))
    };
    let create = |object: &&Object| Statement::new(object.definition.to_string());
    let mut statements: Vec<Statement> = broken.iter().rev().map(drop).collect();
    statements.extend(rename);
    statements.extend(broken.iter().map(create));
    statements
}
