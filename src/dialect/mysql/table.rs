//! Whole tables, and the options of a table.

use super::columns;
use super::option;
use super::partition;
use super::spelling::{qname, quote, text};
use super::{Flavour, constraints, index};
use crate::Result;
use crate::schema::{Index, Table};
use std::fmt::Write;

/// CREATE TABLE with all its keys: the server makes no index of its own for a foreign key that finds one, and `AUTO_INCREMENT` needs one.
///
/// # Errors
/// For a constraint that the engine does not have.
pub(super) fn create(table: &Table, indexes: &[&Index], flavour: Flavour) -> Result<String> {
    let mut items: Vec<String> = table
        .columns
        .iter()
        .map(|column| columns::definition(column, flavour))
        .collect();
    items.extend(table.primary_key.iter().map(index::primary_key));
    items.extend(
        table
            .uniques
            .iter()
            .map(|unique| index::definition(&index::of_unique(unique))),
    );
    items.extend(
        table
            .indexes
            .iter()
            .chain(indexes.iter().copied())
            .map(index::definition),
    );
    for constraint in table.constraints().filter(|constraint| {
        use crate::schema::Constraint as C;
        matches!(constraint, C::ForeignKey(_) | C::Check(_) | C::Exclude(_))
    }) {
        items.push(constraints::definition(&constraint, flavour)?);
    }
    items.extend(periods(table).map(|(name, columns)| period(name, columns)));
    let mut sql = format!(
        "CREATE TABLE {} (\n    {}\n)",
        qname(&table.name),
        items.join(",\n    ")
    );
    if !table.options.contains_key(option::ENGINE) {
        sql.push_str(" ENGINE=InnoDB");
    }
    for (key, value) in &table.options {
        if let Some(set) = set(key, Some(value)) {
            let _ = write!(sql, " {set}");
        }
    }
    if let Some(comment) = &table.comment {
        let _ = write!(sql, " COMMENT={}", text(comment));
    }
    if table.options.contains_key(option::VERSIONING) {
        sql.push_str(" WITH SYSTEM VERSIONING");
    }
    if let Some(partitions) = partition::clause(&table.options) {
        let _ = write!(sql, "\n{partitions}");
    }
    Ok(sql)
}

/// The periods of a table with their columns.
pub(super) fn periods(table: &Table) -> impl Iterator<Item = (&str, &str)> {
    table
        .options
        .iter()
        .filter_map(|(key, columns)| Some((key.strip_prefix(option::PERIOD)?, columns.as_str())))
}

/// `PERIOD FOR p (a, b)`.
pub(super) fn period(name: &str, columns: &str) -> String {
    let name = if name.eq_ignore_ascii_case("system_time") {
        "SYSTEM_TIME".to_owned()
    } else {
        quote(name)
    };
    format!("PERIOD FOR {name} ({columns})")
}

/// Whether the option is one of partitions, versions or periods, which have clauses of their own.
pub(super) fn has_own_clause(key: &str) -> bool {
    partition::KEYS.contains(&key) || key == option::VERSIONING || key.starts_with(option::PERIOD)
}

/// A table option as CREATE TABLE and ALTER TABLE take it; without a value what makes it the default again. `None` for what has
/// a clause of its own, and for the collation of the database, which has no name.
pub(super) fn set(key: &str, value: Option<&str>) -> Option<String> {
    if has_own_clause(key) {
        return None;
    }
    let word = key.to_ascii_uppercase();
    Some(match (key, value) {
        (option::ENGINE, value) => format!("ENGINE={}", value.unwrap_or("InnoDB")),
        (option::COLLATION, value) => format!("DEFAULT COLLATE={}", value?),
        (option::TABLESPACE, Some(name)) => format!("TABLESPACE {}", quote(name)),
        (option::TABLESPACE, None) => format!("TABLESPACE {}", quote("innodb_file_per_table")),
        (option::UNION, value) => format!("UNION=({})", value.unwrap_or_default()),
        (option::DATA_DIRECTORY | option::INDEX_DIRECTORY, value) => {
            format!("{}={}", word.replace('_', " "), text(value.unwrap_or_default()))
        }
        (option::ENCRYPTION, value) => format!("{word}={}", text(value.unwrap_or("N"))),
        (option::COMPRESSION | option::CONNECTION | option::ENGINE_ATTRIBUTE, value) => {
            format!("{word}={}", text(value.unwrap_or_default()))
        }
        ("insert_method", value) => format!("{word}={}", value.unwrap_or("NO")),
        (
            option::KEY_BLOCK_SIZE
            | "avg_row_length"
            | "max_rows"
            | "min_rows"
            | "checksum"
            | "delay_key_write",
            value,
        ) => format!("{word}={}", value.unwrap_or("0")),
        (
            "row_format" | "pack_keys" | "stats_persistent" | "stats_auto_recalc" | "stats_sample_pages"
            | "page_checksum" | "transactional",
            value,
        ) => format!("{word}={}", value.unwrap_or("DEFAULT")),
        // Whatever else a storage engine has: MariaDB takes any value for these.
        (_, Some(value)) if is_bare(value) => format!("{}={value}", engine_option(key)),
        (_, Some(value)) => format!("{}={}", engine_option(key), text(value)),
        (_, None) => format!("{}=DEFAULT", engine_option(key)),
    })
}

fn engine_option(key: &str) -> String {
    quote(&key.to_ascii_uppercase())
}

fn is_bare(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric())
}
