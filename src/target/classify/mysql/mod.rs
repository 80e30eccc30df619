//! What a target of MySQL or MariaDB may hold.
//!
//! A scratch is a database beside the others, over a session that may reach all of them. So what is created, changed or dropped
//! has to be in the database itself, under whatever name; what is only read (by a view, a foreign key, the body of a routine) may be
//! elsewhere. Refused is what belongs to the server: other databases, accounts and privileges, settings for all sessions, files,
//! plugins, tablespaces, engines that keep their rows elsewhere.
//!
//! What runs code while it is loaded (`CALL`, `DO`, calls in SELECT, prepared statements) is refused unless the user allows it. Events
//! are created disabled, so that the server does not run them. Settings of the session are obeyed as far as they change what is made.

mod adjust;
mod code;
mod databases;
mod declare;
mod settings;

use super::{Databases, Rule, Rules, Verdict, refuse, rule};
use crate::{dialect::Engine, sql::Lexicon};

pub(super) const MYSQL: Rules = Rules {
    engine: Engine::Mysql,
    lexicon: &Lexicon::MYSQL,
    home: "",
    names_fold: false,
    tables_need_nothing: true,
    constraint_words: &[
        "constraint",
        "primary",
        "unique",
        "check",
        "foreign",
        "key",
        "index",
        "fulltext",
        "spatial",
        "vector",
        "period",
        "like",
    ],
    statements: STATEMENTS,
    summary: "a target holds statements that declare what is in a database (CREATE, ALTER, DROP, RENAME) and settings of its \
              session; statements about rows and transactions are passed over",
    shell_command: client_command,
    client_line: |_| refuse(0, "a command of the mysql client is not SQL", "remove the line"),
    shadows: |_| Vec::new(),
    perhaps_shadow: |_| None,
    reset: |name| Some(settings::reset(name)),
    databases: Some(Databases {
        founded: databases::founded,
        adjusted: adjust::adjusted,
    }),
};

pub(super) const MARIADB: Rules = Rules {
    engine: Engine::Mariadb,
    lexicon: &Lexicon::MARIADB,
    ..MYSQL
};

const STATEMENTS: &[Rule] = &[
    rule(&["create"], declare::creates),
    rule(&["alter"], declare::alters),
    rule(&["drop"], declare::drops),
    rule(&["drop", "prepare"], |_| Verdict::PassOver),
    rule(&["rename", "table"], |_| Verdict::Run),
    rule(&["rename", "tables"], |_| Verdict::Run),
    rule(&["rename", "user"], |_| declare::accounts("RENAME USER")),
    rule(&["grant"], |_| declare::accounts("GRANT")),
    rule(&["revoke"], |_| declare::accounts("REVOKE")),
    rule(&["use"], databases::uses),
    rule(&["set"], settings::sets),
    rule(&["show"], |_| Verdict::PassOver),
    rule(&["describe"], |_| Verdict::PassOver),
    rule(&["desc"], |_| Verdict::PassOver),
    rule(&["explain"], |_| Verdict::PassOver),
    rule(&["help"], |_| Verdict::PassOver),
    rule(&["begin"], |_| Verdict::PassOver),
    rule(&["begin", "not", "atomic"], |_| {
        Verdict::Code(code::refusal(
            0,
            "BEGIN NOT ATOMIC runs code while the target is loaded",
        ))
    }),
    rule(&["start", "transaction"], |_| Verdict::PassOver),
    rule(&["commit"], |_| Verdict::PassOver),
    rule(&["rollback"], |_| Verdict::PassOver),
    rule(&["savepoint"], |_| Verdict::PassOver),
    rule(&["release", "savepoint"], |_| Verdict::PassOver),
    rule(&["lock", "tables"], |_| Verdict::PassOver),
    rule(&["lock", "table"], |_| Verdict::PassOver),
    rule(&["unlock", "tables"], |_| Verdict::PassOver),
    rule(&["unlock", "table"], |_| Verdict::PassOver),
    rule(&["deallocate", "prepare"], |_| Verdict::PassOver),
    rule(&["select"], code::selects),
    rule(&["with"], code::with),
    rule(&["do"], code::does),
    rule(&["call"], |_| {
        Verdict::Code(code::refusal(0, "CALL runs code while the target is loaded"))
    }),
    rule(&["prepare"], |_| {
        Verdict::Code(code::refusal(0, "PREPARE makes a statement of text"))
    }),
    rule(&["execute"], |_| {
        Verdict::Code(code::refusal(0, "EXECUTE runs a statement made of text"))
    }),
    rule(&["table"], |_| Verdict::Rows("table")),
    rule(&["values"], |_| Verdict::Rows("values")),
    rule(&["insert"], |_| Verdict::Rows("insert")),
    rule(&["replace"], |_| Verdict::Rows("replace")),
    rule(&["update"], |_| Verdict::Rows("update")),
    rule(&["delete"], |_| Verdict::Rows("delete")),
    rule(&["truncate"], |_| Verdict::Rows("truncate")),
    rule(&["analyze"], |_| Verdict::Rows("analyze")),
    rule(&["optimize"], |_| Verdict::Rows("optimize")),
    rule(&["check", "table"], |_| Verdict::Rows("check table")),
    rule(&["checksum"], |_| Verdict::Rows("checksum")),
    rule(&["repair"], |_| Verdict::Rows("repair")),
    rule(&["load"], |_| {
        refuse(
            0,
            "LOAD reads a file",
            "remove the statement: a target describes the schema",
        )
    }),
    rule(&["install"], |_| {
        refuse(
            0,
            "INSTALL loads code into the server",
            "remove the statement, and install it by hand",
        )
    }),
    rule(&["uninstall"], |_| {
        refuse(
            0,
            "UNINSTALL takes code out of the server",
            "remove the statement",
        )
    }),
    rule(&["import"], |_| {
        refuse(
            0,
            "IMPORT TABLE reads files of the server",
            "write out the CREATE TABLE statements",
        )
    }),
    rule(&["flush"], |_| {
        refuse(0, "FLUSH is about the whole server", "remove the statement")
    }),
];

/// Words of the mysql client that look like statements.
fn client_command(cursor: &crate::target::cursor::Cursor<'_>) -> Option<super::Refusal> {
    if cursor.at_keyword("source") || cursor.peek_text() == "\\" {
        return Some(super::Refusal {
            offset: cursor.offset(),
            message: "a command of the mysql client is not SQL".to_owned(),
            hint: Some(
                "name other files as sources of the target itself: `target = [\"a.sql\", \"b.sql\"]`"
                    .to_owned(),
            ),
        });
    }
    None
}

#[cfg(test)]
mod tests;
