//! CREATE, ALTER, DROP and COMMENT ON: which kinds of things a target may speak of, and how such a statement runs.

use std::borrow::Cow;

use super::{DATABASES, ROLES, SUBSCRIPTIONS, all_databases};
use crate::{
    nearest::nearest,
    sql::{Lexicon, Token, TokenKind, unquote},
    target::{
        classify::{
            About, Manner, Refusal, Stand, Verdict, refuse, shorten,
            tokens::{blanked, find, longest},
        },
        cursor::Cursor,
    },
};

/// What a statement is about, as far as the kind of thing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Something in a database that needs no more thought.
    Plain,
    Table,
    MaterializedView,
    Index,
    Routine,
    Namespace,
    Type,
    EventTrigger,
    Role,
    Database,
    Tablespace,
    Subscription,
    LargeObject,
    DefaultPrivileges,
    System,
    Owned,
}

const KINDS: &[(&[&str], Kind)] = &[
    (&["access", "method"], Kind::Plain),
    (&["aggregate"], Kind::Plain),
    (&["cast"], Kind::Plain),
    (&["collation"], Kind::Plain),
    (&["column"], Kind::Plain),
    (&["constraint"], Kind::Plain),
    (&["conversion"], Kind::Plain),
    (&["database"], Kind::Database),
    (&["default", "privileges"], Kind::DefaultPrivileges),
    (&["domain"], Kind::Plain),
    (&["event", "trigger"], Kind::EventTrigger),
    (&["extension"], Kind::Plain),
    (&["foreign", "data", "wrapper"], Kind::Plain),
    (&["foreign", "table"], Kind::Plain),
    (&["function"], Kind::Routine),
    (&["group"], Kind::Role),
    (&["index"], Kind::Index),
    (&["language"], Kind::Plain),
    (&["large", "object"], Kind::LargeObject),
    (&["materialized", "view"], Kind::MaterializedView),
    (&["operator"], Kind::Plain),
    (&["owned"], Kind::Owned),
    (&["policy"], Kind::Plain),
    (&["procedure"], Kind::Routine),
    (&["publication"], Kind::Plain),
    (&["role"], Kind::Role),
    (&["routine"], Kind::Plain),
    (&["rule"], Kind::Plain),
    (&["schema"], Kind::Namespace),
    (&["sequence"], Kind::Plain),
    (&["server"], Kind::Plain),
    (&["statistics"], Kind::Plain),
    (&["subscription"], Kind::Subscription),
    (&["system"], Kind::System),
    (&["table"], Kind::Table),
    (&["tablespace"], Kind::Tablespace),
    (&["text", "search"], Kind::Plain),
    (&["transform"], Kind::Plain),
    (&["trigger"], Kind::Plain),
    (&["type"], Kind::Type),
    (&["user"], Kind::Role),
    (&["user", "mapping"], Kind::Plain),
    (&["view"], Kind::Plain),
];

/// The words that may stand before the kind.
const OPTIONS: [&str; 11] = [
    "temp",
    "temporary",
    "global",
    "local",
    "unlogged",
    "recursive",
    "unique",
    "constraint",
    "trusted",
    "procedural",
    "default",
];

pub(super) fn creates<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    cursor.eat_all(&["or", "replace"]);
    let Some(kind) = kind(cursor) else {
        return unknown(cursor, "CREATE");
    };
    match kind {
        Kind::Table => creates_table(cursor),
        Kind::MaterializedView => without_rows(cursor.text(), &tail(cursor)),
        Kind::Index => concurrently(cursor),
        Kind::Routine => creates_routine(cursor),
        Kind::Namespace => match find(cursor, &["authorization"]) {
            Some(_) => {
                cursor.take();
                owner(cursor, false)
            }
            None => Verdict::Run,
        },
        Kind::EventTrigger => last(),
        Kind::Subscription => creates_subscription(cursor),
        Kind::Plain | Kind::Type | Kind::LargeObject => Verdict::Run,
        Kind::Role => Verdict::Outside(&ROLES),
        Kind::Database => database(cursor),
        Kind::Tablespace => tablespace(),
        Kind::DefaultPrivileges | Kind::System | Kind::Owned => unknown(cursor, "CREATE"),
    }
}

pub(super) fn alters<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some(kind) = kind(cursor) else {
        return unknown(cursor, "ALTER");
    };
    match kind {
        Kind::Role => return Verdict::Outside(&ROLES),
        Kind::Database => return database(cursor),
        Kind::Tablespace => return tablespace(),
        Kind::Subscription => return alters_subscription(cursor),
        Kind::LargeObject => return Verdict::Rows("alter large object"),
        Kind::System => {
            return refuse(
                0,
                "ALTER SYSTEM changes the server's settings",
                "remove the statement",
            );
        }
        Kind::DefaultPrivileges => {
            return Verdict::RunWith(Manner {
                about: About::Grants,
                ..Manner::default()
            });
        }
        Kind::EventTrigger => return last(),
        Kind::Owned => return unknown(cursor, "ALTER"),
        Kind::Plain
        | Kind::Table
        | Kind::MaterializedView
        | Kind::Index
        | Kind::Routine
        | Kind::Namespace
        | Kind::Type => {}
    }
    let start = cursor.clone();
    if kind == Kind::Type && find(cursor, &["add"]).is_some() {
        cursor.take();
        if cursor.at_keyword("value") {
            return Verdict::RunWith(Manner {
                about: About::Value,
                ..Manner::default()
            });
        }
    }
    if kind == Kind::Table
        && find(&mut start.clone(), &["detach"]).is_some()
        && let Some(token) = find(&mut start.clone(), &["concurrently"])
    {
        return reworded(blanked(start.text(), &[token]));
    }
    // In `RENAME COLUMN owner TO b` the word is a name.
    if find(&mut start.clone(), &["rename"]).is_some() {
        return Verdict::Run;
    }
    let mut ahead = start;
    while find(&mut ahead, &["owner"]).is_some() {
        ahead.take();
        if ahead.eat("to") {
            // `ALTER TABLE t ADD a int, OWNER TO b` is about more than the owner.
            let only = !ahead.text()[..ahead.offset()].contains(',');
            return owner(&mut ahead, only);
        }
    }
    Verdict::Run
}

pub(super) fn drops<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    match kind(cursor) {
        None | Some(Kind::DefaultPrivileges | Kind::System | Kind::LargeObject) => unknown(cursor, "DROP"),
        Some(Kind::Owned) => all_databases("DROP OWNED"),
        Some(Kind::Role) => Verdict::Outside(&ROLES),
        Some(Kind::Database) => {
            cursor.eat_all(&["if", "exists"]);
            database(cursor)
        }
        Some(Kind::Tablespace) => tablespace(),
        Some(Kind::Subscription) => Verdict::Outside(&SUBSCRIPTIONS),
        Some(Kind::EventTrigger) => last(),
        Some(Kind::Index) => concurrently(cursor),
        Some(
            Kind::Plain | Kind::Table | Kind::MaterializedView | Kind::Routine | Kind::Namespace | Kind::Type,
        ) => Verdict::Run,
    }
}

pub(super) fn comments<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    match kind(cursor) {
        None | Some(Kind::DefaultPrivileges | Kind::System | Kind::Owned) => unknown(cursor, "COMMENT ON"),
        Some(Kind::Role) => Verdict::Outside(&ROLES),
        Some(Kind::Database) => database(cursor),
        Some(Kind::Tablespace) => Verdict::Outside(&DATABASES),
        Some(Kind::Subscription) => subscription(),
        Some(Kind::LargeObject) => Verdict::Rows("comment on large object"),
        Some(Kind::EventTrigger) => last(),
        Some(
            Kind::Plain
            | Kind::Table
            | Kind::MaterializedView
            | Kind::Index
            | Kind::Routine
            | Kind::Namespace
            | Kind::Type,
        ) => Verdict::Run,
    }
}

/// Takes the options and the kind.
fn kind(cursor: &mut Cursor<'_>) -> Option<Kind> {
    loop {
        let mut ahead = cursor.clone();
        if let Some(kind) = longest(&mut ahead, KINDS) {
            // `CONSTRAINT` is a kind of its own only where no kind follows it.
            let is_option = cursor.at_keyword("constraint") && ahead.at_keyword("trigger");
            if !is_option {
                *cursor = ahead;
                return Some(kind);
            }
        }
        if !OPTIONS.iter().any(|option| cursor.eat(option)) {
            return None;
        }
    }
}

fn unknown<'a>(cursor: &Cursor<'a>, verb: &str) -> Verdict<'a> {
    let word = cursor.peek_text();
    let hint = match nearest(word, KINDS.iter().map(|(words, _)| words[0])) {
        Some(near) => format!("did you mean {verb} {}?", near.to_uppercase()),
        None => super::RULES.summary.to_owned(),
    };
    refuse(
        cursor.offset(),
        format!("a target cannot hold the statement `{verb} {}`", shorten(word)),
        &hint,
    )
}

/// An event trigger would run at each statement behind it.
fn last<'a>() -> Verdict<'a> {
    Verdict::RunWith(Manner {
        stand: Stand::Last,
        ..Manner::default()
    })
}

fn reworded<'a>(text: String) -> Verdict<'a> {
    Verdict::RunWith(Manner {
        text: Some(Cow::Owned(text)),
        ..Manner::default()
    })
}

/// `role` comes next.
fn owner<'a>(cursor: &mut Cursor<'a>, only: bool) -> Verdict<'a> {
    let is_relative = cursor.at_any(&["current_user", "current_role", "session_user"]);
    let role = cursor.name().filter(|_| !is_relative).map(|role| role.kept(true));
    let only = only && cursor.peek().is_none();
    Verdict::RunWith(Manner {
        about: About::Owner { role, only },
        ..Manner::default()
    })
}

/// The statement runs in the transaction of the whole target, and nobody else waits for its lock.
fn concurrently<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let next = cursor.peek().filter(|_| cursor.at_keyword("concurrently"));
    match next {
        Some(token) => reworded(blanked(cursor.text(), &[token])),
        None => Verdict::Run,
    }
}

/// `CREATE TABLE .. AS` has an AS outside parentheses, and no other form has.
fn creates_table<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    if find(cursor, &["as"]).is_none() {
        return Verdict::Run;
    }
    cursor.take();
    without_rows(cursor.text(), &tail(cursor))
}

/// The last tokens of the statement.
fn tail(cursor: &mut Cursor<'_>) -> Vec<Token> {
    let mut last: Vec<Token> = Vec::with_capacity(4);
    while let Some(token) = cursor.take() {
        if last.len() == 3 {
            last.remove(0);
        }
        last.push(token);
    }
    last
}

/// The statement WITH NO DATA, so that its query is not run.
fn without_rows<'a>(text: &'a str, tail: &[Token]) -> Verdict<'a> {
    let is = |token: &Token, keyword| token.is_keyword(text, keyword);
    match tail {
        [with, no, data] if is(with, "with") && is(no, "no") && is(data, "data") => Verdict::Run,
        [.., with, data] if is(with, "with") && is(data, "data") => {
            reworded(format!("{}\nWITH NO DATA", blanked(text, &[*with, *data])))
        }
        _ => reworded(format!("{text}\nWITH NO DATA")),
    }
}

/// `LANGUAGE C` names a library, which the server loads at once.
fn creates_routine<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let start = cursor.clone();
    if find(cursor, &["language"]).is_none() {
        return Verdict::Run;
    }
    cursor.take();
    let is_c = cursor
        .name()
        .is_some_and(|name| name.name.eq_ignore_ascii_case("c"));
    let mut ahead = start;
    if !is_c || find(&mut ahead, &["as"]).is_none() {
        return Verdict::Run;
    }
    ahead.take();
    let Some(token) = ahead.take().filter(|token| token.kind == TokenKind::String) else {
        return Verdict::Run;
    };
    let library = unquote(token.text(ahead.text()), &Lexicon::POSTGRES);
    if library
        .strip_prefix("$libdir/")
        .unwrap_or(&library)
        .contains(['/', '\\'])
    {
        return refuse(
            token.start,
            "the function is loaded from a file of the server",
            "a target can use the server's own libraries only: `$libdir/..`",
        );
    }
    Verdict::Run
}

/// Dumps have all subscriptions with `connect = false`: the server then reaches nothing, and makes none that is enabled.
fn creates_subscription<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    while cursor.peek().is_some() {
        if cursor.eat("connect") && cursor.eat_symbol("=") {
            let value = cursor.name().map(|value| value.name.to_ascii_lowercase());
            if value.is_some_and(|value| matches!(value.as_str(), "false" | "off" | "no")) {
                return subscription();
            }
        } else {
            cursor.take();
        }
    }
    refuse(
        0,
        "CREATE SUBSCRIPTION reaches another server",
        "write `connect = false` among its options, as pg_dump does",
    )
}

/// What does not reach the other server. A subscription that is not enabled is not refreshed either.
fn alters_subscription<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    cursor.name();
    if cursor.eat_all(&["owner", "to"]) {
        return match owner(cursor, true) {
            Verdict::RunWith(manner) => Verdict::RunWith(Manner {
                stand: Stand::Late,
                ..manner
            }),
            other => other,
        };
    }
    let is_harmless = cursor.at_any(&["connection", "rename"])
        || ["set", "add", "drop"]
            .iter()
            .any(|verb| cursor.clone().eat_all(&[verb, "publication"]));
    if is_harmless {
        subscription()
    } else {
        Verdict::Outside(&SUBSCRIPTIONS)
    }
}

fn subscription<'a>() -> Verdict<'a> {
    Verdict::RunWith(Manner {
        about: About::Subscription,
        stand: Stand::Late,
        ..Manner::default()
    })
}

fn tablespace<'a>() -> Verdict<'a> {
    refuse(
        0,
        "a tablespace is a folder of the server",
        "create it by hand; the target may name it",
    )
}

/// The name of a database comes next.
fn database<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some(named) = cursor.name() else {
        return Verdict::Outside(&DATABASES);
    };
    let (offset, name) = (named.offset, named.kept(true));
    let refusal = Refusal {
        offset,
        message: format!("`{}` is another database", shorten(&name)),
        hint: Some("a target describes one database: remove the statement".to_owned()),
    };
    Verdict::OnDatabase(name, refusal)
}
