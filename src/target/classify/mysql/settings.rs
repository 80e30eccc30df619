//! SET: settings of the session that change what the statements behind them make are obeyed, others passed over, and those of the
//! server refused.

use std::borrow::Cow;

use super::{code, declare};
use crate::{
    sql::{Token, TokenKind, unquote},
    target::{
        classify::{About, Manner, Verdict, is_any, refuse},
        cursor::Cursor,
    },
};

/// Settings that change what a statement makes, or whether it is accepted. Foreign keys are never checked on a scratch.
const OBEYED: [&str; 26] = [
    "alter_algorithm",
    "character_set_client",
    "character_set_connection",
    "character_set_database",
    "character_set_results",
    "check_constraint_checks",
    "collation_connection",
    "collation_database",
    "default_collation_for_utf8mb4",
    "default_storage_engine",
    "default_table_encryption",
    "default_tmp_storage_engine",
    "default_week_format",
    "div_precision_increment",
    "explicit_defaults_for_timestamp",
    "group_concat_max_len",
    "innodb_default_row_format",
    "innodb_strict_mode",
    "old_mode",
    "restrict_fk_on_non_standard_key",
    "sql_generate_invisible_primary_key",
    "sql_mode",
    "storage_engine",
    "system_versioning_alter_history",
    "time_zone",
    "timestamp",
];

/// Settings of the server that dumps change for the sake of replication.
const OF_REPLICATION: [&str; 3] = ["gtid_purged", "sql_log_bin", "gtid_slave_pos"];

/// What SET NAMES and SET CHARACTER SET set.
const NAMES: &str = "names";

pub(super) fn sets<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let at_account = |cursor: &Cursor<'_>| {
        cursor.at_any(&["password", "role"]) || cursor.clone().eat_all(&["default", "role"])
    };
    if at_account(cursor) {
        return declare::accounts("SET");
    }
    if cursor.clone().eat_all(&["resource", "group"]) {
        return refuse(0, "resource groups belong to the server", "remove the statement");
    }
    if cursor.at_keyword("statement") {
        return refuse(
            0,
            "SET STATEMENT .. FOR runs another statement",
            "write the SET and the statement one behind the other",
        );
    }
    let mut ahead = cursor.clone();
    let _ = ["session", "local", "global"]
        .iter()
        .any(|scope| ahead.eat(scope));
    if ahead.at_keyword("transaction") {
        return Verdict::PassOver;
    }
    let mut kept = Vec::new();
    let mut names: Vec<Cow<'a, str>> = Vec::new();
    let mut all = 0_usize;
    while cursor.peek().is_some() {
        all += 1;
        match assignment(cursor) {
            Assignment::Obeyed(name, text) => {
                if !name.starts_with('@') {
                    names.push(name);
                }
                kept.push(text);
            }
            Assignment::Idle => {}
            Assignment::Judged(verdict) => return verdict,
        }
    }
    if kept.is_empty() {
        return if all == 0 { Verdict::Run } else { Verdict::PassOver };
    }
    let text = (kept.len() < all).then(|| Cow::Owned(format!("SET {}", kept.join(", "))));
    Verdict::RunWith(Manner {
        text,
        about: About::Settings(names),
        ..Manner::default()
    })
}

/// What becomes of one `name = value` of a SET.
enum Assignment<'a> {
    /// It is carried out: what it sets, and its text.
    Obeyed(Cow<'a, str>, &'a str),
    /// It changes nothing that matters here.
    Idle,
    /// It decides about the whole statement.
    Judged(Verdict<'a>),
}

/// Takes one assignment with the comma behind it.
fn assignment<'a>(cursor: &mut Cursor<'a>) -> Assignment<'a> {
    let start = cursor.offset();
    let is_names = cursor.eat(NAMES) || cursor.eat("charset") || cursor.eat_all(&["character", "set"]);
    if is_names {
        let (end, _) = value(cursor);
        return Assignment::Obeyed(NAMES.into(), &cursor.text()[start..end]);
    }
    let mut is_global = false;
    let mut at_scope = true;
    while at_scope {
        // `global.x` does not exist: a word that `=` follows is the setting itself.
        let mut ahead = cursor.clone();
        ahead.take();
        at_scope = cursor.at_any(&["session", "local", "global", "persist", "persist_only"])
            && !ahead.at_symbol("=")
            && !ahead.at_symbol(":=");
        if at_scope {
            is_global |= !cursor.at_any(&["session", "local"]);
            cursor.take();
        }
    }
    let Some(target) = cursor.take() else {
        return Assignment::Idle;
    };
    let text = target.text(cursor.text());
    let (is_user_variable, name) = match text.strip_prefix("@@") {
        Some(name) => match name.split_once('.') {
            Some((scope, name)) => {
                is_global |= is_any(scope, &["global", "persist", "persist_only"]);
                (false, Cow::Borrowed(name))
            }
            None => (false, Cow::Borrowed(name)),
        },
        // The name of a variable may stand in quotes, as a token of its own.
        None if text == "@" => {
            cursor.take();
            (true, Cow::Borrowed("@"))
        }
        None if text.starts_with('@') => (true, Cow::Borrowed(text)),
        None => (false, unquote(text, cursor.lexicon())),
    };
    let _ = cursor.eat_symbol("=") || cursor.eat_symbol(":=");
    let mut behind = cursor.clone();
    let (end, first) = value(cursor);
    if is_any(&name, &OF_REPLICATION) {
        return Assignment::Idle;
    }
    if is_global {
        return Assignment::Judged(refuse(
            start,
            format!("`{name}` is set for the whole server"),
            "remove the statement: a target can change settings of its own session only",
        ));
    }
    if let Some((function, offset)) = code::call_before(&mut behind, end) {
        return Assignment::Judged(Verdict::Code(code::called(&function, offset)));
    }
    if name.eq_ignore_ascii_case("default_storage_engine") || name.eq_ignore_ascii_case("storage_engine") {
        let engine = first.map(|token| unquote(token.text(cursor.text()), cursor.lexicon()));
        if engine.is_none_or(|engine| engine.starts_with('@') || declare::is_remote_engine(&engine)) {
            return Assignment::Judged(declare::remote_engine(start));
        }
    }
    if is_user_variable || is_any(&name, &OBEYED) {
        Assignment::Obeyed(name, &cursor.text()[start..end])
    } else {
        Assignment::Idle
    }
}

/// Takes everything up to the next comma outside parentheses, and that comma; gives where the value ends and its first token.
fn value(cursor: &mut Cursor<'_>) -> (usize, Option<Token>) {
    let mut end = cursor.offset();
    let first = cursor.peek().filter(|token| token.kind != TokenKind::Symbol);
    let mut depth = 0_usize;
    while let Some(token) = cursor.peek() {
        if cursor.at_symbol("(") {
            depth += 1;
        } else if cursor.at_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && cursor.eat_symbol(",") {
            break;
        }
        end = token.end;
        cursor.take();
    }
    (end, first)
}

/// What puts a setting back to what it is at the beginning of a file.
pub(in crate::target) fn reset(name: &str) -> String {
    match name {
        "character_set_client"
        | "character_set_results"
        | "character_set_connection"
        | "collation_connection"
        | NAMES => "SET NAMES utf8mb4".to_owned(),
        "time_zone" => "SET time_zone = '+00:00'".to_owned(),
        _ => format!("SET SESSION {name} = DEFAULT"),
    }
}
