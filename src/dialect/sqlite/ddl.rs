//! Whole definitions: CREATE TABLE, CREATE INDEX, INSERT.
//!
//! The clauses follow <https://www.sqlite.org/lang_createtable.html> and <https://www.sqlite.org/lang_createindex.html>.

use super::option;
use super::spelling::{literal, name_list, qname, quote};
use crate::dialect::Statement;
use crate::directive::BulkInsert;
use crate::schema::{
    Action, Column, Constraint, Deferral, ForeignKey, Generated, GeneratedKind, Identity, Index, IndexPart,
    MatchKind, Name, Order, PartTarget, PrimaryKey, QName, Table,
};
use crate::sql::{Lexicon, Scanner, TokenKind};
use crate::{Error, ErrorKind, Result};
use std::fmt::Write;

/// At most so many rows go into one INSERT (SQLite's limit for a compound VALUES is far higher; memory is the reason).
const ROWS_PER_INSERT: usize = 500;

/// `CREATE TABLE`, one line per column and constraint, under the name `name`.
///
/// # Errors
/// When the model says what SQLite cannot.
pub(super) fn create_table(table: &Table, name: &QName) -> Result<String> {
    if let Some(definition) = &table.definition {
        return whole_definition(table, definition, name);
    }
    if table.columns.is_empty() {
        return Err(
            Error::new(ErrorKind::Script, format!("table {} has no column", table.name))
                .hint("SQLite needs at least one column: add `.column(\"id\", integer())`"),
        );
    }
    if !table.excludes.is_empty() {
        return Err(Error::new(
            ErrorKind::Script,
            format!(
                "table {} has an exclusion constraint, and SQLite has none",
                table.name
            ),
        ));
    }
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|c| column(c, inline_key(table, c)))
        .collect();
    lines.extend(
        table
            .constraints()
            .filter(|c| match c {
                Constraint::PrimaryKey(key) => !is_inline(table, key),
                _ => true,
            })
            .map(|c| constraint(&c)),
    );
    let options: Vec<&str> = [
        (option::STRICT, "STRICT"),
        (option::WITHOUT_ROWID, "WITHOUT ROWID"),
    ]
    .iter()
    .filter(|(key, _)| table.options.contains_key(*key))
    .map(|(_, sql)| *sql)
    .collect();
    let mut sql = format!("CREATE TABLE {} (\n    {}\n)", qname(name), lines.join(",\n    "));
    if !options.is_empty() {
        let _ = write!(sql, " {}", options.join(", "));
    }
    Ok(sql)
}

/// A definition that could not be read is used as it is; under another name only its name is replaced.
fn whole_definition(table: &Table, definition: &str, name: &QName) -> Result<String> {
    if *name == table.name {
        return Ok(definition.to_owned());
    }
    let mut tokens = Scanner::new(definition, &Lexicon::SQLITE).filter(|t| !t.is_trivia());
    let named = tokens.by_ref().skip(2).find(|t| {
        matches!(
            t.kind,
            TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String
        )
    });
    match named {
        Some(token) => Ok(format!(
            "{}{}{}",
            &definition[..token.start],
            quote(&name.name),
            &definition[token.end..]
        )),
        None => Err(Error::new(
            ErrorKind::Script,
            format!("the definition of table {} cannot be read", table.name),
        )),
    }
}

/// The primary key that is written with this column, if any.
fn inline_key<'t>(table: &'t Table, column: &Column) -> Option<&'t PrimaryKey> {
    table.primary_key.as_ref().filter(|key| {
        is_inline(table, key)
            && key.columns[0]
                .column_name()
                .is_some_and(|n| n.eq_ignore_ascii_case(&column.name))
    })
}

/// A key of one column stands with that column, unless that would change what it means.
fn is_inline(table: &Table, key: &PrimaryKey) -> bool {
    let [part] = key.columns.as_slice() else {
        return false;
    };
    let known = part
        .column_name()
        .is_some_and(|name| table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name)));
    known
        && part.collation.is_none()
        && (part.order == Order::Ascending || key.options.contains_key(option::INLINE))
}

/// A column definition.
pub(super) fn column(column: &Column, key: Option<&PrimaryKey>) -> String {
    let mut sql = quote(&column.name);
    if !column.ty.is_empty() {
        let _ = write!(sql, " {}", column.ty.as_str());
    }
    if let Some(key) = key {
        constraint_name(&mut sql, key.name.as_ref());
        sql.push_str(" PRIMARY KEY");
        if key.columns.first().is_some_and(|p| p.order == Order::Descending) {
            sql.push_str(" DESC");
        }
        on_conflict(&mut sql, key.options.get(option::ON_CONFLICT));
        if column.identity == Some(Identity::Auto) {
            sql.push_str(" AUTOINCREMENT");
        }
    }
    if column.not_null {
        constraint_name(
            &mut sql,
            column
                .options
                .get(option::NOT_NULL_NAME)
                .map(|n| Name::new(n.as_str()))
                .as_ref(),
        );
        sql.push_str(" NOT NULL");
        on_conflict(&mut sql, column.options.get(option::NOT_NULL_ON_CONFLICT));
    }
    if let Some(default) = &column.default {
        let _ = write!(sql, " DEFAULT {}", default_clause(default));
    }
    if let Some(collation) = &column.collation {
        let _ = write!(sql, " COLLATE {}", quote(collation));
    }
    if let Some(Generated { expression, kind }) = &column.generated {
        let kind = match kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        let _ = write!(sql, " GENERATED ALWAYS AS ({}) {kind}", guarded(expression));
    }
    sql
}

/// A default as DEFAULT takes it: anything but a literal, a signed number or a word needs parentheses.
fn default_clause(default: &str) -> String {
    if is_plain_default(default) {
        default.to_owned()
    } else {
        format!("({})", guarded(default))
    }
}

/// Whether DEFAULT takes it without parentheses of our own.
pub(super) fn is_plain_default(default: &str) -> bool {
    let tokens: Vec<_> = Scanner::new(default, &Lexicon::SQLITE)
        .filter(|t| !t.is_trivia())
        .collect();
    let literal = |kind: TokenKind| {
        matches!(
            kind,
            TokenKind::String
                | TokenKind::Blob
                | TokenKind::Number
                | TokenKind::Word
                | TokenKind::QuotedIdent
        )
    };
    match tokens.as_slice() {
        [one] => literal(one.kind),
        [sign, number] => {
            (sign.is_symbol(default, "-") || sign.is_symbol(default, "+")) && number.kind == TokenKind::Number
        }
        _ => is_parenthesised(default),
    }
}

/// Whether the first parenthesis closes at the very end.
pub(super) fn is_parenthesised(sql: &str) -> bool {
    let mut depth = 0_usize;
    let mut tokens = Scanner::new(sql, &Lexicon::SQLITE)
        .filter(|t| !t.is_trivia())
        .peekable();
    if !tokens.peek().is_some_and(|t| t.is_symbol(sql, "(")) {
        return false;
    }
    while let Some(token) = tokens.next() {
        if token.is_symbol(sql, "(") {
            depth += 1;
        } else if token.is_symbol(sql, ")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return tokens.peek().is_none();
            }
        }
    }
    false
}

/// An expression that ends in a `--` comment would swallow the parenthesis behind it.
pub(super) fn guarded(expression: &str) -> String {
    let ends_in_comment = Scanner::new(expression, &Lexicon::SQLITE)
        .last()
        .is_some_and(|t| t.kind == TokenKind::LineComment);
    if ends_in_comment {
        format!("{expression}\n")
    } else {
        expression.to_owned()
    }
}

fn constraint_name(sql: &mut String, name: Option<&Name>) {
    if let Some(name) = name {
        let _ = write!(sql, " CONSTRAINT {}", quote(name));
    }
}

fn on_conflict(sql: &mut String, resolution: Option<&String>) {
    if let Some(resolution) = resolution {
        let _ = write!(sql, " ON CONFLICT {}", resolution.to_ascii_uppercase());
    }
}

/// A table constraint.
fn constraint(constraint: &Constraint) -> String {
    let mut sql = String::new();
    constraint_name(&mut sql, constraint.name());
    match constraint {
        Constraint::PrimaryKey(key) => {
            let _ = write!(sql, " PRIMARY KEY {}", parts(&key.columns));
            on_conflict(&mut sql, key.options.get(option::ON_CONFLICT));
        }
        Constraint::Unique(unique) => {
            let _ = write!(sql, " UNIQUE {}", parts(&unique.columns));
            on_conflict(&mut sql, unique.options.get(option::ON_CONFLICT));
        }
        Constraint::Check(check) => {
            let _ = write!(sql, " CHECK ({})", guarded(&check.expression));
        }
        Constraint::ForeignKey(key) => {
            let _ = write!(
                sql,
                " FOREIGN KEY {} {}",
                name_list(&key.columns),
                references(key)
            );
        }
        Constraint::Exclude(_) => {}
    }
    sql.trim_start().to_owned()
}

/// `REFERENCES` with all that follows.
pub(super) fn references(key: &ForeignKey) -> String {
    let mut sql = format!("REFERENCES {}", quote(&key.table.name));
    if !key.referenced.is_empty() {
        let _ = write!(sql, " {}", name_list(&key.referenced));
    }
    for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
        if action != Action::NoAction {
            let _ = write!(sql, " ON {event} {}", action.sql());
        }
    }
    match key.match_kind {
        MatchKind::Simple => {}
        MatchKind::Full => sql.push_str(" MATCH FULL"),
        MatchKind::Partial => sql.push_str(" MATCH PARTIAL"),
    }
    match key.deferral {
        Deferral::NotDeferrable => {}
        Deferral::Immediate => sql.push_str(" DEFERRABLE INITIALLY IMMEDIATE"),
        Deferral::Deferred => sql.push_str(" DEFERRABLE INITIALLY DEFERRED"),
    }
    sql
}

fn parts(parts: &[IndexPart]) -> String {
    let parts: Vec<String> = parts.iter().map(part).collect();
    format!("({})", parts.join(", "))
}

fn part(part: &IndexPart) -> String {
    let mut sql = match &part.target {
        PartTarget::Column(name) => quote(name),
        PartTarget::Expression(expression) => guarded(expression),
    };
    if let Some(collation) = &part.collation {
        let _ = write!(sql, " COLLATE {}", quote(collation));
    }
    if part.order == Order::Descending {
        sql.push_str(" DESC");
    }
    sql
}

/// `CREATE INDEX`.
pub(super) fn create_index(table: &QName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut sql = format!(
        "CREATE {unique}INDEX {} ON {} {}",
        quote(&index.name),
        quote(&table.name),
        parts(&index.parts)
    );
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {}", predicate.as_str());
    }
    sql
}

/// `INSERT ... VALUES`, some hundred rows at a time.
pub(super) fn bulk_insert(insert: &BulkInsert) -> Vec<Statement> {
    insert
        .rows
        .chunks(ROWS_PER_INSERT)
        .map(|rows| {
            let rows: Vec<String> = rows
                .iter()
                .map(|row| format!("({})", row.iter().map(literal).collect::<Vec<_>>().join(", ")))
                .collect();
            Statement::new(format!(
                "INSERT INTO {} {} VALUES\n    {}",
                qname(&insert.table),
                name_list(&insert.columns),
                rows.join(",\n    ")
            ))
        })
        .collect()
}
