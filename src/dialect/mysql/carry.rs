//! A column whose values no MODIFY can carry over: another is filled from it and takes its place.
//!
//! In come the column before and after and the expression that makes the one of the other; out come a column with another name, its UPDATE, and
//! the clauses that put it in the place of the old one. Indexes over it are made again with it.

use super::spelling::quote;
use crate::schema::{Column, Options, Sql};

/// A name for the column meanwhile. It fits, because a name that is too long is cut.
pub(super) fn aside(column: &str) -> String {
    let cut: String = column.chars().take(super::spelling::MAX_NAME - 8).collect();
    format!("autogen_{cut}")
}

/// The column meanwhile: of the new type, empty, and bound to nothing.
pub(super) fn meanwhile(new: &Column) -> Column {
    let mut column = Column::new(aside(&new.name), new.ty.clone());
    column.collation.clone_from(&new.collation);
    column.options = new
        .options
        .iter()
        .filter(|(key, _)| [super::option::SRID, super::option::COMPRESSED].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Options>();
    column
}

/// Sets a column, without touching those that note when a row was changed.
pub(super) fn update(
    table: &str,
    columns: &[Column],
    sets: &[(String, Sql)],
    condition: Option<&str>,
) -> String {
    let mut items: Vec<String> = sets
        .iter()
        .map(|(column, value)| format!("{} = ({value}\n)", quote(column)))
        .collect();
    let notes_changes = columns
        .iter()
        .filter(|column| column.options.contains_key(super::option::ON_UPDATE))
        .filter(|column| {
            !sets
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(&column.name))
        });
    items.extend(notes_changes.map(|column| {
        let name = quote(&column.name);
        format!("{name} = {name}")
    }));
    let condition = condition.map_or_else(String::new, |condition| format!(" WHERE {condition}"));
    format!("UPDATE {table} SET {}{condition}", items.join(", "))
}
