//! Why a server refused a statement of a target: its error, the statement and those around it come in, an error with its place and with what
//! in the target may have caused it comes out.

use std::collections::BTreeSet;

use super::{
    classify::{About, Rules},
    cursor::Cursor,
    files::SqlFile,
    server::quoted,
    statements::{Runs, placed},
};
use crate::{Error, Place, sql::LineIndex};

/// The engine's error about the statement of that number with its place, and what in the target may have caused it.
pub(super) fn explained(
    files: &[SqlFile],
    statements: &[&Runs<'_>],
    index: usize,
    error: &Error,
    rules: &Rules,
) -> Error {
    let refused = statements[index];
    let explained = placed(files, refused, error);
    let complaint = Complaint::of(error);
    let hint = match created(&refused.sql, rules) {
        Some(name) if complaint != Complaint::Missing => statements[..index]
            .iter()
            .rev()
            .find(|before| created(&before.sql, rules).as_ref() == Some(&name))
            .map(|before| format!("`{}` is created before, at {}", name.1, place(files, before))),
        Some(_) | None => None,
    };
    let hint = hint
        .or_else(|| created_later(files, statements, index, rules).filter(|_| complaint != Complaint::Taken))
        .filter(|_| complaint != Complaint::Other);
    let hint = hint.or_else(|| not_of_the_scratch(refused, error, rules));
    match hint {
        Some(hint) => explained.hint(hint),
        None => explained,
    }
}

/// What an engine does not like about a statement, as far as its code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Complaint {
    /// There are no codes.
    Unknown,
    /// A name is taken.
    Taken,
    /// A name means nothing.
    Missing,
    Other,
}

impl Complaint {
    /// The codes are those of PostgreSQL's manual, appendix A, and the numbers of MySQL.
    fn of(error: &Error) -> Self {
        match error.code() {
            None => Self::Unknown,
            Some(
                "42P07" | "42710" | "42723" | "42P06" | "1050" | "1061" | "1304" | "1359" | "1537" | "1826"
                | "3822",
            ) => Self::Taken,
            Some(
                "42P01" | "42704" | "42883" | "3F000" | "1049" | "1072" | "1146" | "1305" | "1356" | "1360"
                | "1539",
            ) => Self::Missing,
            Some(_) => Self::Other,
        }
    }
}

/// What to do about a role or an extension that the server does not have.
fn not_of_the_scratch(refused: &Runs<'_>, error: &Error, rules: &Rules) -> Option<String> {
    let code = error.code()?;
    let names_role = matches!(refused.about, About::Grants | About::Owner { .. });
    if code == "42704" && names_role {
        let role = error.message().split('"').nth(1).unwrap_or("..");
        return Some(format!(
            "roles belong to the server, not to a database: create it by hand, `CREATE ROLE {}`",
            if role
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            {
                role.to_owned()
            } else {
                quoted(role)
            }
        ));
    }
    let is_extension = Cursor::new(&refused.sql, rules.lexicon).eat_all(&["create", "extension"]);
    // Feature not supported, undefined file.
    (is_extension && matches!(code, "0A000" | "58P01")).then(|| {
        "install the extension on the server on which targets are tried; `scratch_url` in autogen.toml names another"
            .to_owned()
    })
}

/// What the refused statement needs and a later one creates.
fn created_later(files: &[SqlFile], statements: &[&Runs<'_>], index: usize, rules: &Rules) -> Option<String> {
    let mut cursor = Cursor::new(&statements[index].sql, rules.lexicon);
    let needs_nothing =
        rules.tables_need_nothing && cursor.eat("create") && cursor.at_any(&["table", "view"]);
    if needs_nothing {
        return None;
    }
    let mut named = BTreeSet::new();
    while cursor.peek().is_some() {
        match cursor.name() {
            Some(name) => drop(named.insert(name.name.to_lowercase())),
            None => drop(cursor.take()),
        }
    }
    let later = statements[index + 1..].iter().find_map(|later| {
        Some((
            later,
            created(&later.sql, rules).filter(|(_, name)| named.contains(name))?,
        ))
    });
    later.map(|(later, (_, name))| {
        format!(
            "`{name}` is created later, at {}; files are read in the order of their names",
            place(files, later)
        )
    })
}

/// The folded name of what a statement creates, and what it is in unless that is the usual.
fn created(sql: &str, rules: &Rules) -> Option<(Option<String>, String)> {
    const OPTIONS: [&str; 9] = [
        "unique",
        "virtual",
        "temp",
        "temporary",
        "unlogged",
        "materialized",
        "foreign",
        "recursive",
        "constraint",
    ];
    const KINDS: [&str; 12] = [
        "table",
        "index",
        "view",
        "trigger",
        "sequence",
        "type",
        "domain",
        "function",
        "procedure",
        "aggregate",
        "schema",
        "extension",
    ];
    let mut cursor = Cursor::new(sql, rules.lexicon);
    if !cursor.eat("create") {
        return None;
    }
    cursor.eat_all(&["or", "replace"]);
    while OPTIONS.iter().any(|option| cursor.eat(option)) {}
    if !KINDS.iter().any(|kind| cursor.eat(kind)) {
        return None;
    }
    cursor.eat_all(&["if", "not", "exists"]);
    let (qualifier, name) = cursor.qualified_name()?;
    let qualifier = qualifier
        .map(|qualifier| qualifier.name.to_lowercase())
        .filter(|qualifier| qualifier != rules.home);
    Some((qualifier, name.name.to_lowercase()))
}

fn place(files: &[SqlFile], statement: &Runs<'_>) -> Place {
    let file = &files[statement.origin.file];
    LineIndex::new(&file.text).place(Some(&file.path), statement.origin.offset)
}
