//! The grammar of SQLite's CREATE statements, as they stand in `sqlite_schema.sql`.
//!
//! In comes the text of one CREATE TABLE, INDEX, VIEW, TRIGGER or VIRTUAL TABLE, out comes its tree, or the place where
//! the text is something else: never a guess. Types and expressions are slices of the text, comments inside kept, since
//! they are to be written again just so. The rules are those of `parse.y` (<https://www.sqlite.org/lang_createtable.html>);
//! what an expression means, and whether a name exists, is not looked at.
//!
//! Ours, because sqlparser misreads or refuses much of this, and sqlite3-parser gives expressions and types as trees
//! without positions, so that neither their text nor the comments above a column could be found again.

mod ast;
mod cursor;
mod objects;
#[cfg(all(test, feature = "sqlite"))]
mod oracle;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use ast::*;
pub(crate) use cursor::GrammarError;

use cursor::Cursor;

/// Reads one CREATE statement.
///
/// # Errors
/// Where the text is no such statement, or holds what this grammar does not know.
pub(crate) fn parse(sql: &str) -> Result<Definition<'_>, GrammarError> {
    let mut cursor = Cursor::new(sql);
    cursor.expect_keyword("create")?;
    let definition = if cursor.take_keywords(&["virtual", "table"]) {
        objects::virtual_table(&mut cursor).map(Definition::VirtualTable)?
    } else if cursor.take_keywords(&["unique", "index"]) {
        objects::index(&mut cursor, true).map(Definition::Index)?
    } else if cursor.take_keyword("index") {
        objects::index(&mut cursor, false).map(Definition::Index)?
    } else {
        let temporary = cursor.take_keyword("temp") || cursor.take_keyword("temporary");
        if cursor.take_keyword("table") {
            table::table(&mut cursor, temporary).map(Definition::Table)?
        } else if cursor.take_keyword("view") {
            objects::view(&mut cursor, temporary).map(Definition::View)?
        } else if cursor.take_keyword("trigger") {
            objects::trigger(&mut cursor, temporary).map(Definition::Trigger)?
        } else {
            return Err(cursor.expected("TABLE, INDEX, VIEW, TRIGGER or VIRTUAL TABLE"));
        }
    };
    cursor.take_symbol(";");
    cursor.expect_end()?;
    Ok(definition)
}

/// Reads one CREATE TABLE.
///
/// # Errors
/// As [`parse`], and for any other statement.
pub(crate) fn parse_table(sql: &str) -> Result<Table<'_>, GrammarError> {
    match parse(sql)? {
        Definition::Table(table) => Ok(table),
        _ => Err(GrammarError::new(0, "expected CREATE TABLE".to_owned())),
    }
}
