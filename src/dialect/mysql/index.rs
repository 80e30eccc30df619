//! Definitions of keys and indexes, as CREATE TABLE and ALTER TABLE .. ADD take them.

use super::option;
use super::spelling::{guarded, quote, text};
use crate::schema::{Index, IndexPart, Options, Order, PartTarget, PrimaryKey, Unique};
use std::fmt::Write;

/// `UNIQUE KEY i (a, b(10) DESC) ..`.
pub(super) fn definition(index: &Index) -> String {
    let method = index.method.as_ref().map(|method| method.to_ascii_lowercase());
    let (word, using) = match method.as_deref() {
        Some("fulltext") => ("FULLTEXT KEY", None),
        Some("spatial") => ("SPATIAL KEY", None),
        Some("vector") => ("VECTOR KEY", None),
        other if index.unique => ("UNIQUE KEY", other),
        other => ("KEY", other),
    };
    let mut sql = format!(
        "{word} {} {}",
        quote(&index.name),
        parts(&index.parts, &index.options)
    );
    if let Some(method) = using {
        let _ = write!(sql, " USING {}", method.to_ascii_uppercase());
    }
    key_options(&mut sql, &index.options);
    if let Some(parser) = index.options.get(option::PARSER) {
        let _ = write!(sql, " WITH PARSER {}", quote(parser));
    }
    for (key, value) in &index.options {
        if let Some(name) = key.strip_prefix(option::WITH) {
            let _ = write!(sql, " {}={value}", name.to_ascii_uppercase());
        }
    }
    if index.options.contains_key(option::CLUSTERING) {
        sql.push_str(" CLUSTERING=YES");
    }
    if let Some(comment) = &index.comment {
        let _ = write!(sql, " COMMENT {}", text(comment));
    }
    if index.options.contains_key(option::INVISIBLE) {
        sql.push_str(" INVISIBLE");
    }
    if index.options.contains_key(option::IGNORED) {
        sql.push_str(" IGNORED");
    }
    sql
}

/// `PRIMARY KEY (a)`.
pub(super) fn primary_key(key: &PrimaryKey) -> String {
    let mut sql = format!("PRIMARY KEY {}", parts(&key.columns, &key.options));
    if let Some(method) = key.options.get(option::METHOD) {
        let _ = write!(sql, " USING {}", method.to_ascii_uppercase());
    }
    key_options(&mut sql, &key.options);
    if let Some(comment) = key.options.get(option::COMMENT) {
        let _ = write!(sql, " COMMENT {}", text(comment));
    }
    sql
}

/// The unique index that a unique constraint of a script is. Without a name the server gives it that of its first column.
pub(super) fn of_unique(unique: &Unique) -> Index {
    let first = unique.columns.first().and_then(IndexPart::column_name);
    let name = unique.name.as_ref().or(first);
    let mut index = Index::new(name.map_or("", |name| name.as_str()));
    index.unique = true;
    index.parts.clone_from(&unique.columns);
    index.options.clone_from(&unique.options);
    if let Some(method) = index.options.remove(option::METHOD) {
        index.method = Some(method.into());
    }
    index.comment = index.options.remove(option::COMMENT);
    index
}

fn key_options(sql: &mut String, options: &Options) {
    if let Some(size) = options.get(option::KEY_BLOCK_SIZE) {
        let _ = write!(sql, " KEY_BLOCK_SIZE={size}");
    }
}

fn parts(parts: &[IndexPart], options: &Options) -> String {
    let mut items: Vec<String> = parts.iter().map(part).collect();
    if let Some(period) = options.get(option::WITHOUT_OVERLAPS) {
        items.push(format!("{} WITHOUT OVERLAPS", quote(period)));
    }
    format!("({})", items.join(","))
}

fn part(part: &IndexPart) -> String {
    let mut sql = match &part.target {
        PartTarget::Column(name) => quote(name),
        PartTarget::Expression(expression) => format!("({})", guarded(expression)),
    };
    if let Some(length) = part.length {
        let _ = write!(sql, "({length})");
    }
    if part.order == Order::Descending {
        sql.push_str(" DESC");
    }
    sql
}
