//! CREATE, ALTER and DROP: which kinds of things a target may speak of.

use super::{code, databases};
use crate::{
    nearest::nearest,
    sql::TokenKind,
    target::{
        classify::{
            About, EventChange, Manner, Verdict, is_any, refuse, shorten,
            tokens::{find, longest},
        },
        cursor::Cursor,
    },
};

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    Index,
    View,
    Sequence,
    Function,
    Procedure,
    Trigger,
    Event,
    Package,
    Database,
    Account,
    Server,
    Tablespace,
    OfTheServer,
}

const KINDS: &[(&[&str], Kind)] = &[
    (&["database"], Kind::Database),
    (&["event"], Kind::Event),
    (&["function"], Kind::Function),
    (&["index"], Kind::Index),
    (&["instance"], Kind::OfTheServer),
    (&["json", "duality", "view"], Kind::View),
    (&["json", "relational", "duality", "view"], Kind::View),
    (&["key"], Kind::Index),
    (&["library"], Kind::Function),
    (&["logfile", "group"], Kind::Tablespace),
    (&["package"], Kind::Package),
    (&["package", "body"], Kind::Package),
    (&["procedure"], Kind::Procedure),
    (&["resource", "group"], Kind::OfTheServer),
    (&["role"], Kind::Account),
    (&["schema"], Kind::Database),
    (&["sequence"], Kind::Sequence),
    (&["server"], Kind::Server),
    (&["spatial", "reference", "system"], Kind::OfTheServer),
    (&["table"], Kind::Table),
    (&["tables"], Kind::Table),
    (&["tablespace"], Kind::Tablespace),
    (&["trigger"], Kind::Trigger),
    (&["user"], Kind::Account),
    (&["view"], Kind::View),
];

/// The words that may stand before the kind.
const OPTIONS: [&str; 11] = [
    "aggregate",
    "fulltext",
    "ignore",
    "offline",
    "online",
    "or",
    "replace",
    "spatial",
    "temporary",
    "unique",
    "vector",
];

/// Engines whose tables are elsewhere: on other servers, in files of any place.
const REMOTE_ENGINES: [&str; 6] = ["federated", "federatedx", "connect", "spider", "s3", "ndbcluster"];

/// Takes the options and the kind of what is created, altered or dropped.
pub(super) fn kind(cursor: &mut Cursor<'_>) -> Option<Kind> {
    loop {
        if let Some(kind) = longest(cursor, KINDS) {
            return Some(kind);
        }
        if OPTIONS.iter().any(|option| cursor.eat(option)) || cursor.eat("undo") {
            continue;
        }
        if cursor.eat_all(&["sql", "security"]) {
            cursor.take();
        } else if cursor.eat("algorithm") {
            cursor.eat_symbol("=");
            cursor.take();
        } else if cursor.eat("definer") {
            take_account(cursor);
        } else {
            return None;
        }
    }
}

/// Takes `= user@host` behind DEFINER.
pub(super) fn take_account(cursor: &mut Cursor<'_>) {
    cursor.eat_symbol("=");
    cursor.take();
    if cursor.eat_symbol("(") {
        // CURRENT_USER()
        cursor.eat_symbol(")");
    } else if cursor.eat_symbol("@") {
        // A host in quotes is a token of its own.
        cursor.take();
    } else if cursor
        .peek()
        .is_some_and(|token| token.kind == TokenKind::Param && cursor.peek_text().starts_with('@'))
    {
        cursor.take();
    }
}

pub(super) fn creates<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some(kind) = kind(cursor) else {
        return unknown(cursor, "CREATE");
    };
    match kind {
        Kind::Table => creates_table(cursor),
        Kind::Function => creates_function(cursor),
        Kind::Event => creates_event(cursor),
        Kind::Index | Kind::View | Kind::Sequence | Kind::Procedure | Kind::Trigger | Kind::Package => {
            Verdict::Run
        }
        Kind::Database => databases::changes(cursor),
        Kind::Account => accounts("CREATE USER"),
        Kind::Server | Kind::Tablespace | Kind::OfTheServer => of_the_server(kind),
    }
}

pub(super) fn alters<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some(kind) = kind(cursor) else {
        return unknown(cursor, "ALTER");
    };
    match kind {
        Kind::Table => {
            let mut ahead = cursor.clone();
            if find(&mut ahead, &["discard", "import"]).is_some() {
                let offset = ahead.offset();
                ahead.take();
                if ahead.at_any(&["tablespace", "partition"]) {
                    return refuse(
                        offset,
                        "the files of a tablespace are moved by hand",
                        "remove the statement: a target describes the schema",
                    );
                }
            }
            on_engine(cursor)
        }
        Kind::Event => alters_event(cursor),
        Kind::Index
        | Kind::View
        | Kind::Sequence
        | Kind::Function
        | Kind::Procedure
        | Kind::Trigger
        | Kind::Package => Verdict::Run,
        Kind::Database => databases::changes(cursor),
        Kind::Account => accounts("ALTER USER"),
        Kind::Server | Kind::Tablespace | Kind::OfTheServer => of_the_server(kind),
    }
}

pub(super) fn drops<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    match kind(cursor) {
        None => unknown(cursor, "DROP"),
        Some(Kind::Database) => databases::changes(cursor),
        Some(Kind::Account) => accounts("DROP USER"),
        Some(kind @ (Kind::Server | Kind::Tablespace | Kind::OfTheServer)) => of_the_server(kind),
        Some(
            Kind::Table
            | Kind::Index
            | Kind::View
            | Kind::Sequence
            | Kind::Function
            | Kind::Procedure
            | Kind::Trigger
            | Kind::Event
            | Kind::Package,
        ) => Verdict::Run,
    }
}

fn unknown<'a>(cursor: &Cursor<'a>, verb: &str) -> Verdict<'a> {
    let word = cursor.peek_text();
    let hint = match nearest(word, KINDS.iter().map(|(words, _)| words[0])) {
        Some(near) => format!("did you mean {verb} {}?", near.to_uppercase()),
        None => super::MYSQL.summary.to_owned(),
    };
    refuse(
        cursor.offset(),
        format!("a target cannot hold the statement `{verb} {}`", shorten(word)),
        &hint,
    )
}

/// The refusal of a statement about accounts.
pub(super) fn accounts<'a>(statement: &str) -> Verdict<'a> {
    refuse(
        0,
        format!("{statement} is about accounts, which belong to the server"),
        "remove the statement: accounts, roles and their privileges are not managed",
    )
}

fn of_the_server<'a>(kind: Kind) -> Verdict<'a> {
    let message = match kind {
        Kind::Server => "a server that is named by CREATE SERVER is reached over the network",
        Kind::Tablespace => "a tablespace is a file of the server",
        _ => "the statement is about the whole server",
    };
    refuse(0, message, "make it by hand; the target may name it")
}

/// `CREATE TABLE .. SELECT` runs a query, on tables that are empty.
fn creates_table<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let mut ahead = cursor.clone();
    let verdict = on_engine(cursor);
    if verdict != Verdict::Run {
        return verdict;
    }
    if find(&mut ahead, &["select", "with"]).is_none() {
        return Verdict::Run;
    }
    // Options have WITH too: WITH SYSTEM VERSIONING, WITH PARSER.
    let mut query = ahead.clone();
    query.take();
    if ahead.at_keyword("with") && query.at_any(&["system", "parser"]) {
        return Verdict::Run;
    }
    let end = ahead.text().len();
    match code::call_before(&mut ahead, end) {
        Some((name, offset)) => Verdict::Code(code::called(&name, offset)),
        None => Verdict::Run,
    }
}

/// A table of an engine that keeps its rows elsewhere is refused; any other runs.
fn on_engine<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    while cursor.peek().is_some() {
        if !cursor.eat("engine") {
            cursor.take();
            continue;
        }
        cursor.eat_symbol("=");
        let offset = cursor.offset();
        if cursor
            .clone()
            .name()
            .is_some_and(|engine| is_remote_engine(&engine.name))
        {
            return remote_engine(offset);
        }
    }
    Verdict::Run
}

/// Whether tables of that engine are elsewhere.
pub(super) fn is_remote_engine(name: &str) -> bool {
    is_any(name, &REMOTE_ENGINES)
}

/// The refusal of such an engine.
pub(super) fn remote_engine<'a>(offset: usize) -> Verdict<'a> {
    refuse(
        offset,
        "tables of this engine are on another server or in files of any place",
        "leave the table to be made by hand, and exclude it: `exclude = [\"table:..\"]`",
    )
}

/// `CREATE FUNCTION f RETURNS type SONAME 'file'` names a library, which the server loads at once.
fn creates_function<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    cursor.eat_all(&["if", "not", "exists"]);
    cursor.qualified_name();
    if cursor.eat("returns") {
        cursor.take();
        if cursor.at_keyword("soname") {
            return refuse(
                cursor.offset(),
                "the function is loaded from a file of the server",
                "remove the statement, and create the function by hand",
            );
        }
    }
    Verdict::Run
}

/// An event that is not said to be disabled runs at its times.
fn creates_event<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    cursor.eat_all(&["if", "not", "exists"]);
    let Some((_, name)) = cursor.qualified_name() else {
        return Verdict::Run;
    };
    let is_disabled = find(cursor, &["enable", "disable", "comment", "do"])
        .is_some_and(|token| token.is_keyword(cursor.text(), "disable"));
    event(EventChange {
        name: name.name,
        renamed: None,
        enabled: Some(!is_disabled),
    })
}

fn alters_event<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some((_, name)) = cursor.qualified_name() else {
        return Verdict::Run;
    };
    let mut change = EventChange {
        name: name.name,
        ..EventChange::default()
    };
    while let Some(token) = find(cursor, &["rename", "enable", "disable", "comment", "do"]) {
        cursor.take();
        if token.is_keyword(cursor.text(), "rename") {
            cursor.eat("to");
            change.renamed = cursor.qualified_name().map(|(_, name)| name.name);
        } else if token.is_keyword(cursor.text(), "do") {
            break;
        } else if !token.is_keyword(cursor.text(), "comment") {
            change.enabled = Some(token.is_keyword(cursor.text(), "enable"));
        }
    }
    event(change)
}

fn event(change: EventChange<'_>) -> Verdict<'_> {
    Verdict::RunWith(Manner {
        about: About::Event(change),
        ..Manner::default()
    })
}
