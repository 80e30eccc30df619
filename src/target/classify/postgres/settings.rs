//! SET and RESET: settings that change what the statements behind them mean are obeyed, the others passed over.

use std::borrow::Cow;

use super::{BACKSLASHES, SESSION_ROLE};
use crate::{
    sql::{Lexicon, Token, TokenKind, unquote},
    target::{
        classify::{About, Manner, Verdict, is_any, tokens::blanked},
        cursor::Cursor,
    },
};

/// Settings that change what a statement makes, or whether it is accepted.
const OBEYED: [&str; 15] = [
    "array_nulls",
    "backslash_quote",
    "check_function_bodies",
    "datestyle",
    "default_statistics_target",
    "default_table_access_method",
    "default_tablespace",
    "default_text_search_config",
    "default_toast_compression",
    "default_with_oids",
    "escape_string_warning",
    "intervalstyle",
    "search_path",
    "transform_null_equals",
    "xmloption",
];

/// The settings under names that are no names of settings.
const TIME_ZONE: &str = "timezone";

pub(super) fn sets<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let local = cursor.peek().filter(|_| cursor.at_keyword("local"));
    let _ = cursor.eat("local") || cursor.eat("session");
    if cursor.eat("role") || cursor.eat("authorization") {
        return Verdict::Outside(&SESSION_ROLE);
    }
    if cursor.at_any(&["transaction", "characteristics", "names"]) {
        return Verdict::PassOver;
    }
    if cursor.eat_all(&["time", "zone"]) {
        return obeyed(cursor.text(), Cow::Borrowed(TIME_ZONE), local);
    }
    let Some(name) = setting(cursor) else {
        return Verdict::PassOver;
    };
    let _ = cursor.eat("to") || cursor.eat_symbol("=");
    let value = value(cursor);
    set(cursor.text(), name, value.as_deref(), local)
}

/// What becomes of a setting that gets this value; `local` is the word that limits it to a transaction.
pub(super) fn set<'a>(
    text: &'a str,
    name: Cow<'a, str>,
    value: Option<&str>,
    local: Option<Token>,
) -> Verdict<'a> {
    if name.eq_ignore_ascii_case("role") || name.eq_ignore_ascii_case("session_authorization") {
        return Verdict::Outside(&SESSION_ROLE);
    }
    if name.eq_ignore_ascii_case("standard_conforming_strings") {
        // Obeyed, it would change where strings end, and with them the statements.
        return match value {
            Some(value) if is_any(value, &["off", "false", "no", "0"]) => Verdict::Outside(&BACKSLASHES),
            _ => Verdict::PassOver,
        };
    }
    // Settings with a dot belong to extensions, or to the target's own functions.
    if is_any(&name, &OBEYED) || name.eq_ignore_ascii_case(TIME_ZONE) || name.contains('.') {
        obeyed(text, name, local)
    } else {
        Verdict::PassOver
    }
}

/// The statement, good for the rest of its file: the transaction that LOCAL would limit it to is not there.
fn obeyed<'a>(text: &'a str, name: Cow<'a, str>, local: Option<Token>) -> Verdict<'a> {
    Verdict::RunWith(Manner {
        text: local.map(|token| Cow::Owned(blanked(text, &[token]))),
        about: About::Settings(vec![name]),
        ..Manner::default()
    })
}

pub(super) fn resets<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    if cursor.at_any(&["role", "session"]) {
        return Verdict::Outside(&SESSION_ROLE);
    }
    if cursor.at_keyword("all") || cursor.eat_all(&["time", "zone"]) {
        return Verdict::Run;
    }
    match setting(cursor) {
        Some(name) if is_any(&name, &OBEYED) || name.contains('.') => Verdict::Run,
        Some(_) | None => Verdict::PassOver,
    }
}

/// Takes the name of a setting.
fn setting<'a>(cursor: &mut Cursor<'a>) -> Option<Cow<'a, str>> {
    let (qualifier, name) = cursor.qualified_name()?;
    Some(match qualifier {
        Some(qualifier) => format!("{}.{}", qualifier.name, name.name).into(),
        None => name.name,
    })
}

fn value(cursor: &Cursor<'_>) -> Option<String> {
    let token = cursor.peek()?;
    let text = token.text(cursor.text());
    Some(match token.kind {
        TokenKind::String => unquote(text, &Lexicon::POSTGRES).into_owned(),
        _ => text.to_owned(),
    })
}
