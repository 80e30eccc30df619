//! What a target of PostgreSQL may hold.
//!
//! A scratch is a database of its own, so whatever stays in a database runs there. Refused is what reaches beyond it: other
//! databases, the server's settings and files, programs, the network. Roles belong to the server too; they are passed over, and
//! what names a role finds it on the server or fails.
//!
//! What runs code while it is loaded (`DO`, calls in SELECT) is refused unless the user allows it. Queries of CREATE TABLE AS and
//! CREATE MATERIALIZED VIEW are never run: both are made WITH NO DATA. Event triggers are made last, so that none of them fires.
//! What remains is code that the engine calls by itself: a function in the default of a column that is added, or in the bound of a
//! partition.

mod client;
mod code;
mod declare;
mod rights;
mod settings;

use super::{Rule, Rules, Topic, Verdict, refuse, rule};
use crate::{dialect::Engine, sql::Lexicon};

pub(super) const RULES: Rules = Rules {
    engine: Engine::Postgres,
    lexicon: &Lexicon::POSTGRES,
    home: "public",
    names_fold: true,
    tables_need_nothing: false,
    constraint_words: &[
        "constraint",
        "primary",
        "unique",
        "check",
        "foreign",
        "exclude",
        "like",
    ],
    statements: STATEMENTS,
    summary: "a target holds statements that declare what is in a database (CREATE, ALTER, DROP, COMMENT, GRANT, REVOKE); \
              statements about rows and transactions are passed over",
    shell_command: |_| None,
    client_line: client::line,
    shadows: |_| Vec::new(),
    perhaps_shadow: |_| None,
    reset: |name| Some(format!("RESET {name}")),
    databases: None,
};

const STATEMENTS: &[Rule] = &[
    rule(&["create"], declare::creates),
    rule(&["alter"], declare::alters),
    rule(&["drop"], declare::drops),
    rule(&["comment", "on"], declare::comments),
    rule(&["security", "label"], |_| Verdict::Outside(&LABELS)),
    rule(&["grant"], rights::grants),
    rule(&["revoke"], rights::grants),
    rule(&["set"], settings::sets),
    rule(&["set", "constraints"], |_| Verdict::PassOver),
    rule(&["reset"], settings::resets),
    rule(&["discard"], |_| Verdict::PassOver),
    rule(&["show"], |_| Verdict::PassOver),
    rule(&["begin"], |_| Verdict::PassOver),
    rule(&["start", "transaction"], |_| Verdict::PassOver),
    rule(&["commit"], |_| Verdict::PassOver),
    rule(&["end"], |_| Verdict::PassOver),
    rule(&["savepoint"], |_| Verdict::PassOver),
    rule(&["release"], |_| Verdict::PassOver),
    rule(&["lock"], |_| Verdict::PassOver),
    rule(&["rollback"], |_| takes_back()),
    rule(&["abort"], |_| takes_back()),
    rule(&["select"], code::selects),
    rule(&["with"], code::with),
    rule(&["do"], code::does),
    rule(&["call"], |_| {
        Verdict::Code(code::refusal(0, "CALL runs code while the target is loaded"))
    }),
    rule(&["table"], |_| Verdict::Rows("table")),
    rule(&["values"], |_| Verdict::Rows("values")),
    rule(&["explain"], |_| Verdict::Rows("explain")),
    rule(&["insert"], |_| Verdict::Rows("insert")),
    rule(&["update"], |_| Verdict::Rows("update")),
    rule(&["delete"], |_| Verdict::Rows("delete")),
    rule(&["merge"], |_| Verdict::Rows("merge")),
    rule(&["truncate"], |_| Verdict::Rows("truncate")),
    rule(&["copy"], code::copies),
    rule(&["analyze"], |_| Verdict::Rows("analyze")),
    rule(&["analyse"], |_| Verdict::Rows("analyze")),
    rule(&["vacuum"], |_| Verdict::Rows("vacuum")),
    rule(&["reindex"], |_| Verdict::Rows("reindex")),
    rule(&["cluster"], |_| Verdict::Rows("cluster")),
    rule(&["refresh", "materialized", "view"], |_| Verdict::Rows("refresh")),
    rule(&["import", "foreign", "schema"], |_| {
        refuse(
            0,
            "IMPORT FOREIGN SCHEMA reaches another server",
            "write out the CREATE FOREIGN TABLE statements that it makes",
        )
    }),
    rule(&["load"], |_| {
        refuse(
            0,
            "LOAD loads code from a file of the server",
            "remove the statement",
        )
    }),
    rule(&["reassign", "owned"], |_| all_databases("REASSIGN OWNED")),
];

/// What CREATE ROLE and its like are about.
const ROLES: Topic = Topic {
    about: "roles",
    hint: "roles belong to the server, not to a database: create those that the target names by hand",
    is_warning: false,
};

/// What statements about the database itself are about.
const DATABASES: Topic = Topic {
    about: "the database itself",
    hint: "a target describes what is in a database, not how the server keeps it",
    is_warning: false,
};

const SUBSCRIPTIONS: Topic = Topic {
    about: "subscriptions",
    hint: "a target only declares subscriptions, with `connect = false`: whatever reaches the other server is done by hand",
    is_warning: true,
};

const LABELS: Topic = Topic {
    about: "security labels",
    hint: "security labels are not managed",
    is_warning: true,
};

const BACKSLASHES: Topic = Topic {
    about: "backslashes in strings",
    hint: "strings are read as the standard says: where `\\` is to mean something, write E'..'",
    is_warning: true,
};

const SESSION_ROLE: Topic = Topic {
    about: "the role of the session",
    hint: "who owns what is declared by ALTER .. OWNER TO",
    is_warning: true,
};

/// Passing it over would keep what the file takes back.
fn takes_back() -> Verdict<'static> {
    refuse(
        0,
        "a target cannot take statements back",
        "remove the ROLLBACK, and what it would undo",
    )
}

fn all_databases(statement: &str) -> Verdict<'static> {
    refuse(
        0,
        format!("{statement} reaches all databases of the server"),
        "change owners one by one with ALTER .. OWNER TO",
    )
}

#[cfg(test)]
mod tests;
