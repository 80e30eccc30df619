//! The statements that a target of SQLite may hold.
//!
//! SQLite reads a file, or writes one, in these ways only: ATTACH, VACUUM INTO, modules of virtual tables that have to be
//! loaded, other extensions, and a few pragmas. All are refused here, and the scratch is closed off besides (see `Connection::memory`).
//!
//! `CREATE TABLE .. AS SELECT` runs, because the column types come from its query: what is compiled into SQLite and can be
//! called there computes values and nothing else, and the rows go with the scratch.

use std::borrow::Cow;

use super::{Refusal, Rule, Rules, Verdict, is_any, refuse, rule, shorten};
use crate::{
    dialect::{Engine, sqlite::MODULES},
    nearest::nearest,
    sql::{Lexicon, TokenKind, unquote},
    target::cursor::{Cursor, Named},
};

pub(super) const RULES: Rules = Rules {
    engine: Engine::Sqlite,
    lexicon: &Lexicon::SQLITE,
    home: MAIN,
    names_fold: false,
    tables_need_nothing: true,
    constraint_words: &["constraint", "primary", "unique", "check", "foreign"],
    statements: STATEMENTS,
    summary: "a target holds CREATE, ALTER and DROP of tables, indexes, views and triggers, and CREATE VIRTUAL \
              TABLE; statements about rows and transactions are passed over",
    shell_command,
    client_line: |_| refuse(0, "a command of the engine's shell is not SQL", "remove the line"),
    shadows,
    perhaps_shadow,
    reset: |_| None,
    databases: None,
};

/// What SQLite calls the database that a connection was opened for.
const MAIN: &str = "main";

const STATEMENTS: &[Rule] = &[
    rule(&["create", "table"], creates_table),
    rule(&["create", "index"], declares),
    rule(&["create", "unique", "index"], declares),
    rule(&["create", "view"], declares),
    rule(&["create", "trigger"], declares),
    rule(&["create", "virtual", "table"], creates_virtual_table),
    rule(&["create", "temp"], |_| temporary(0)),
    rule(&["create", "temporary"], |_| temporary(0)),
    rule(&["drop", "table"], declares),
    rule(&["drop", "index"], declares),
    rule(&["drop", "view"], declares),
    rule(&["drop", "trigger"], declares),
    rule(&["alter", "table"], declares),
    rule(&["begin"], |_| Verdict::PassOver),
    rule(&["commit"], |_| Verdict::PassOver),
    rule(&["end"], |_| Verdict::PassOver),
    rule(&["savepoint"], |_| Verdict::PassOver),
    rule(&["release"], |_| Verdict::PassOver),
    // Passing it over would keep what the file takes back; it also ends a dump of a damaged database.
    rule(&["rollback"], |_| {
        refuse(
            0,
            "a target cannot take statements back",
            "remove the ROLLBACK, and what it would undo",
        )
    }),
    rule(&["insert"], |cursor| changes_rows("insert", cursor)),
    rule(&["replace"], |cursor| changes_rows("replace", cursor)),
    rule(&["update"], |cursor| changes_rows("update", cursor)),
    rule(&["delete"], |cursor| changes_rows("delete", cursor)),
    rule(&["with"], with),
    rule(&["select"], |_| Verdict::Rows("select")),
    rule(&["values"], |_| Verdict::Rows("values")),
    rule(&["explain"], |_| Verdict::Rows("explain")),
    rule(&["analyze"], |_| Verdict::Rows("analyze")),
    rule(&["reindex"], |_| Verdict::Rows("reindex")),
    rule(&["vacuum"], vacuum),
    rule(&["attach"], other_database),
    rule(&["detach"], other_database),
    rule(&["pragma"], pragma),
];

/// What follows `<table>_` in the names of the tables in which a module keeps its data.
fn shadow_suffixes(module: &str) -> &'static [&'static str] {
    match module.to_ascii_lowercase().as_str() {
        "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
        "fts5" => &["data", "idx", "content", "docsize", "config"],
        "rtree" | "rtree_i32" | "geopoly" => &["node", "rowid", "parent"],
        _ => &[],
    }
}

/// Pragmas that belong in a file of SQL and that the scratch does not need: what they set is for the connection or the file,
/// and neither is part of a schema. `writable_schema` is among them because a dump sets it; it is never obeyed, and the
/// statements that would need it are refused where they stand.
const IDLE_PRAGMAS: [&str; 37] = [
    "analysis_limit",
    "application_id",
    "auto_vacuum",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "count_changes",
    "defer_foreign_keys",
    "encoding",
    "foreign_key_check",
    "foreign_keys",
    "fullfsync",
    "ignore_check_constraints",
    "incremental_vacuum",
    "integrity_check",
    "journal_mode",
    "journal_size_limit",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "optimize",
    "page_size",
    "query_only",
    "quick_check",
    "recursive_triggers",
    "secure_delete",
    "synchronous",
    "temp_store",
    "trusted_schema",
    "user_version",
    "wal_autocheckpoint",
    "wal_checkpoint",
    "writable_schema",
];

/// Pragmas that change what the statements behind them mean.
const OBEYED_PRAGMAS: [&str; 1] = ["legacy_alter_table"];

/// Where SQLite keeps the schema, under both its names.
const SCHEMA_TABLES: [&str; 4] = [
    "sqlite_schema",
    "sqlite_master",
    "sqlite_temp_schema",
    "sqlite_temp_master",
];

/// A statement that names what it creates, changes or drops.
fn declares<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some((qualifier, _)) = declared_name(cursor) else {
        return Verdict::Run;
    };
    if let Some(refusal) = qualifier.and_then(|qualifier| elsewhere(&qualifier)) {
        return refusal;
    }
    match call_of_load_extension(cursor) {
        Some(offset) => refuse(
            offset,
            "`load_extension` loads code from a file",
            "a target cannot use what an extension defines",
        ),
        None => Verdict::Run,
    }
}

fn declared_name<'a>(cursor: &mut Cursor<'a>) -> Option<(Option<Named<'a>>, Named<'a>)> {
    if !cursor.eat_all(&["if", "not", "exists"]) {
        cursor.eat_all(&["if", "exists"]);
    }
    cursor.qualified_name()
}

fn creates_table<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let is_the_engines_own = declared_name(&mut cursor.clone())
        .is_some_and(|(_, table)| starts_with_any(&table.name, &["sqlite_sequence", "sqlite_stat"]));
    // `.schema` of the shell prints them, and nobody but SQLite may create them.
    if is_the_engines_own {
        Verdict::PassOver
    } else {
        declares(cursor)
    }
}

fn creates_virtual_table<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let mut ahead = cursor.clone();
    declared_name(&mut ahead);
    if ahead.eat("using")
        && let Some(module) = ahead.name()
        && !is_any(&module.name, MODULES)
    {
        return refuse(
            module.offset,
            format!(
                "the module `{}` is not part of autogen's SQLite",
                shorten(&module.name)
            ),
            &format!(
                "the modules are {}; keep other virtual tables out of the target and list them under `exclude`",
                MODULES.join(", ")
            ),
        );
    }
    declares(cursor)
}

/// The refusal of a qualifier that names another database than the target's own.
fn elsewhere(qualifier: &Named<'_>) -> Option<Verdict<'static>> {
    if qualifier.name.eq_ignore_ascii_case(MAIN) {
        None
    } else if qualifier.name.eq_ignore_ascii_case("temp") {
        Some(temporary(qualifier.offset))
    } else {
        Some(refuse(
            qualifier.offset,
            format!("`{}` is another database", shorten(&qualifier.name)),
            "a target describes one database, which is called `main`: leave the qualifier out",
        ))
    }
}

fn temporary(offset: usize) -> Verdict<'static> {
    refuse(
        offset,
        "what is temporary is not part of a schema",
        "create it without TEMP, or keep it out of the target",
    )
}

fn other_database<'a>(_: &mut Cursor<'a>) -> Verdict<'a> {
    refuse(
        0,
        "a target cannot reach another database",
        "a target describes one database: remove the statement",
    )
}

fn vacuum<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    while let Some(token) = cursor.peek() {
        if cursor.eat("into") {
            return refuse(token.start, "VACUUM INTO writes a file", "remove the statement");
        }
        cursor.take();
    }
    Verdict::Rows("vacuum")
}

fn pragma<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some((qualifier, pragma)) = cursor.qualified_name() else {
        return Verdict::PassOver;
    };
    if let Some(refusal) = qualifier.and_then(|qualifier| elsewhere(&qualifier)) {
        return refusal;
    }
    if is_any(&pragma.name, &OBEYED_PRAGMAS) {
        return Verdict::Run;
    }
    if is_any(&pragma.name, &IDLE_PRAGMAS) {
        return Verdict::PassOver;
    }
    let known = IDLE_PRAGMAS.into_iter().chain(OBEYED_PRAGMAS);
    let hint = match nearest(&pragma.name, known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "settings are not part of a schema: remove the statement".to_owned(),
    };
    refuse(
        pragma.offset,
        format!("a target cannot hold `PRAGMA {}`", shorten(&pragma.name)),
        &hint,
    )
}

/// `WITH` before SELECT, INSERT, UPDATE or DELETE.
fn with<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let mut depth = 0_usize;
    while cursor.peek().is_some() {
        if cursor.at_symbol("(") {
            depth += 1;
        } else if cursor.at_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            for verb in ["insert", "replace", "update", "delete"] {
                if cursor.eat(verb) {
                    return changes_rows(verb, cursor);
                }
            }
            if cursor.at_any(&["select", "values"]) {
                break;
            }
        }
        cursor.take();
    }
    Verdict::Rows("select")
}

/// A statement that changes rows; the cursor stands behind its verb.
fn changes_rows<'a>(verb: &'static str, cursor: &mut Cursor<'a>) -> Verdict<'a> {
    if cursor.eat("or") {
        cursor.take();
    }
    let _ = cursor.eat("into") || cursor.eat("from");
    match cursor.qualified_name() {
        Some((_, table)) if is_any(&table.name, &SCHEMA_TABLES) => stored_virtual_table(verb, cursor)
            .unwrap_or_else(|| {
                refuse(
                    table.offset,
                    format!("a target cannot write to `{}` itself", table.name),
                    "write the CREATE, ALTER and DROP statements instead",
                )
            }),
        Some(_) | None => Verdict::Rows(verb),
    }
}

/// `(type,name,tbl_name,rootpage,sql)VALUES('table','t','t',0,'CREATE VIRTUAL TABLE ..')`, as `.dump` writes it.
fn stored_virtual_table<'a>(verb: &str, cursor: &mut Cursor<'a>) -> Option<Verdict<'a>> {
    let mut columns = vec!["("];
    columns.extend([
        "type", ",", "name", ",", "tbl_name", ",", "rootpage", ",", "sql", ")", "values", "(",
    ]);
    let has_columns = verb == "insert"
        && columns.iter().all(|expected| {
            let fits = cursor.peek_text().eq_ignore_ascii_case(expected);
            cursor.take();
            fits
        });
    if !has_columns {
        return None;
    }
    let mut last = None;
    for (n, kind) in [
        TokenKind::String,
        TokenKind::String,
        TokenKind::String,
        TokenKind::Number,
        TokenKind::String,
    ]
    .into_iter()
    .enumerate()
    {
        if n > 0 && !cursor.eat_symbol(",") {
            return None;
        }
        last = cursor.take().filter(|token| token.kind == kind);
        last?;
    }
    if !cursor.eat_symbol(")") || cursor.peek().is_some() {
        return None;
    }
    let token = last?;
    let stored = unquote(token.text(cursor.text()), &Lexicon::SQLITE);
    let mut inner = Cursor::new(&stored, &Lexicon::SQLITE);
    if !inner.eat_all(&["create", "virtual", "table"]) {
        return None;
    }
    match creates_virtual_table(&mut inner) {
        Verdict::Refuse(refusal) => Some(Verdict::Refuse(Refusal {
            offset: token.start,
            ..refusal
        })),
        _ => Some(Verdict::Stores(stored)),
    }
}

/// A line that begins with a dot speaks to the sqlite3 shell.
fn shell_command(cursor: &Cursor<'_>) -> Option<Refusal> {
    let mut ahead = cursor.clone();
    let offset = ahead.offset();
    if !ahead.eat_symbol(".") {
        return None;
    }
    let command = ahead.peek_text();
    let hint = if command.eq_ignore_ascii_case("read") {
        "name the file as a source of the target itself: `target = [\"a.sql\", \"b.sql\"]`"
    } else {
        "remove the line"
    };
    Some(Refusal {
        offset,
        message: format!(
            "`.{}` is a command of the sqlite3 shell, not SQL",
            shorten(command)
        ),
        hint: Some(hint.to_owned()),
    })
}

fn shadows(statement: &str) -> Vec<String> {
    let mut cursor = Cursor::new(statement, &Lexicon::SQLITE);
    if !cursor.eat_all(&["create", "virtual", "table"]) {
        return Vec::new();
    }
    let Some((_, table)) = declared_name(&mut cursor) else {
        return Vec::new();
    };
    if !cursor.eat("using") {
        return Vec::new();
    }
    cursor
        .name()
        .map_or(&[][..], |module| shadow_suffixes(&module.name))
        .iter()
        .map(|suffix| format!("{}_{suffix}", table.name))
        .collect()
}

fn perhaps_shadow(statement: &str) -> Option<Cow<'_, str>> {
    let mut cursor = Cursor::new(statement, &Lexicon::SQLITE);
    if !cursor.eat_all(&["create", "table", "if", "not", "exists"]) {
        return None;
    }
    let is_quoted = cursor.peek().is_some_and(|token| token.kind != TokenKind::Word);
    cursor.name().filter(|_| is_quoted).map(|table| table.name)
}

/// Where `load_extension` is called.
fn call_of_load_extension(cursor: &Cursor<'_>) -> Option<usize> {
    const NAME: &str = "load_extension";
    // Nearly always there is nothing of the kind in the text, and this is the cheap way to know.
    let bytes = cursor.text().as_bytes();
    if !bytes
        .windows(NAME.len())
        .any(|window| window.eq_ignore_ascii_case(NAME.as_bytes()))
    {
        return None;
    }
    let mut cursor = cursor.clone();
    while cursor.peek().is_some() {
        let named = cursor
            .clone()
            .name()
            .filter(|named| named.name.eq_ignore_ascii_case(NAME));
        cursor.take();
        if let Some(named) = named
            && cursor.at_symbol("(")
        {
            return Some(named.offset);
        }
    }
    None
}

fn starts_with_any(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| {
        name.get(..known.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests;
