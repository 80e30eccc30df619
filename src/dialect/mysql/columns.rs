//! Definitions of columns.

use super::Flavour;
use super::option;
use super::spelling::{guarded, quote, text};
use super::types;
use crate::schema::{Column, GeneratedKind, Identity};
use std::fmt::Write;

/// A column with its name, as CREATE TABLE, ADD, MODIFY and CHANGE take it. A collation that is the table's is not said: MySQL shows what was
/// said, and the column takes that which the same statement gives the table.
pub(super) fn definition(column: &Column, flavour: Flavour) -> String {
    let option = |key: &str| column.options.get(key);
    let mut sql = format!("{} {}", quote(&column.name), column.ty.as_str());
    let mut word = |word: &str| {
        sql.push(' ');
        sql.push_str(word);
    };
    if option(option::COMPRESSED).is_some() {
        word("COMPRESSED");
    }
    if let (Some(srid), Flavour::Mariadb) = (option(option::SRID), flavour) {
        word(&format!("REF_SYSTEM_ID={srid}"));
    }
    if let Some(collation) = &column.collation {
        word(&format!("COLLATE {}", collation.as_str()));
    }
    let is_row_bound = option(option::ROW_START).is_some() || option(option::ROW_END).is_some();
    let is_generated = is_row_bound || column.generated.is_some();
    if option(option::ROW_START).is_some() {
        word("GENERATED ALWAYS AS ROW START");
    }
    if option(option::ROW_END).is_some() {
        word("GENERATED ALWAYS AS ROW END");
    }
    if let Some(generated) = &column.generated {
        let kind = match generated.kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        word(&format!(
            "GENERATED ALWAYS AS ({}) {kind}",
            guarded(&generated.expression)
        ));
    }
    if column.not_null {
        word("NOT NULL");
    } else if types::base(&column.ty) == "timestamp" && !is_generated {
        // Without it a timestamp is NOT NULL, unless `explicit_defaults_for_timestamp` is on.
        word("NULL");
    }
    if let (Some(srid), Flavour::Mysql) = (option(option::SRID), flavour) {
        word(&format!("SRID {srid}"));
    }
    if let Some(default) = &column.default {
        word(&format!("DEFAULT {}", default_clause(default, flavour)));
    }
    if let Some(expression) = option(option::ON_UPDATE) {
        word(&format!("ON UPDATE {expression}"));
    }
    if column.identity == Some(Identity::Auto) {
        word("AUTO_INCREMENT");
    }
    if option(option::INVISIBLE).is_some() {
        word("INVISIBLE");
    }
    if option(option::WITHOUT_VERSIONING).is_some() {
        word("WITHOUT SYSTEM VERSIONING");
    }
    if let Some(format) = option(option::COLUMN_FORMAT) {
        word(&format!("COLUMN_FORMAT {format}"));
    }
    if let Some(storage) = option(option::STORAGE) {
        word(&format!("STORAGE {storage}"));
    }
    if let Some(attribute) = option(option::ENGINE_ATTRIBUTE) {
        word(&format!("ENGINE_ATTRIBUTE={}", text(attribute)));
    }
    if let Some(comment) = &column.comment {
        word(&format!("COMMENT {}", text(comment)));
    }
    if let Some(check) = option(option::CHECK) {
        let _ = write!(sql, " CHECK ({})", guarded(check));
    }
    sql
}

/// A default as DEFAULT takes it. A script may hold an expression without the parentheses that the server shows.
fn default_clause(default: &str, flavour: Flavour) -> String {
    match flavour {
        Flavour::Mysql if !types::is_plain_default(default) => format!("({})", guarded(default)),
        Flavour::Mysql | Flavour::Mariadb => guarded(default),
    }
}

/// Whether ALTER COLUMN .. SET DEFAULT takes it in every version: a literal. What is more goes with the whole definition.
pub(super) fn is_literal_default(default: &str) -> bool {
    types::is_literal(default)
}
