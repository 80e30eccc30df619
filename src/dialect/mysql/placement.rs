//! Which statements commit by themselves, and how it is told afterwards whether one that was cut off took effect (MySQL manual, "Statements
//! That Cause an Implicit Commit" and "Atomic Data Definition Statement Support"; MariaDB, "Atomic DDL").

use super::spelling::quote;
use crate::dialect::tokens::Tokens;
use crate::dialect::{Alone, Doubt, Placement};

/// First words of statements that read or change rows, or the session, and leave a transaction open.
const INSIDE: [&str; 22] = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "REPLACE",
    "WITH",
    "VALUES",
    "TABLE",
    "DO",
    "SET",
    "SHOW",
    "EXPLAIN",
    "DESCRIBE",
    "DESC",
    "SAVEPOINT",
    "ROLLBACK",
    "RELEASE",
    "HANDLER",
    "SIGNAL",
    "HELP",
    "USE",
    "LOAD",
];

/// First words of statements that may run as often as one likes.
const HARMLESS: [&str; 8] = [
    "ANALYZE", "CHECK", "FLUSH", "GRANT", "OPTIMIZE", "REPAIR", "REVOKE", "SET",
];

/// Parts of an ALTER TABLE that move or empty rows and leave the definition as it was.
const MOVES_ROWS: [&str; 4] = ["EXCHANGE", "TRUNCATE", "IMPORT", "DISCARD"];

/// Things that a statement may be about, as SHOW CREATE calls them.
const KINDS: [&str; 9] = [
    "TABLE",
    "VIEW",
    "PROCEDURE",
    "FUNCTION",
    "TRIGGER",
    "EVENT",
    "SEQUENCE",
    "PACKAGE",
    "INDEX",
];

/// How a statement stands to the transaction.
pub(super) fn placement(sql: &str) -> Placement {
    let tokens = Tokens::mysql(sql);
    let at = begin(&tokens);
    let is = |words: &[&str]| tokens.has(at, words);
    let inside = INSIDE.iter().any(|word| is(&[word])) && !is(&["SET", "PASSWORD"])
        || tokens.symbol(at, "(") == Some(at)
        || is(&["CREATE", "TEMPORARY"])
        || is(&["CREATE", "OR", "REPLACE", "TEMPORARY"])
        || is(&["DROP", "TEMPORARY"]);
    if inside {
        Placement::Inside
    } else {
        Placement::Outside
    }
}

/// How it is told whether a statement that was cut off took effect.
pub(super) fn alone(sql: &str) -> Alone {
    Alone {
        doubt: doubt(sql),
        ..Alone::default()
    }
}

/// Whether a statement sets something for the session only, which a new session has to be told again.
pub(super) fn sets_session(sql: &str) -> bool {
    let tokens = Tokens::mysql(sql);
    let at = begin(&tokens);
    let lasting = [
        "GLOBAL",
        "PERSIST",
        "PERSIST_ONLY",
        "PASSWORD",
        "DEFAULT",
        "TRANSACTION",
    ];
    tokens.has(at, &["SET"]) && !lasting.iter().any(|word| tokens.has(at + 1, &[word]))
}

/// Behind the `/*!40101` that a dump may begin a statement with.
fn begin(tokens: &Tokens<'_>) -> usize {
    usize::from(tokens.text(0, 1).starts_with("/*"))
}

fn doubt(sql: &str) -> Doubt {
    let tokens = Tokens::mysql(sql);
    let at = begin(&tokens);
    let is = |words: &[&str]| tokens.has(at, words);
    if HARMLESS.iter().any(|word| is(&[word])) || is(&["ALTER", "DATABASE"]) || is(&["ALTER", "SCHEMA"]) {
        return Doubt::Harmless;
    }
    if is(&["RENAME", "TABLE"]) || is(&["RENAME", "TABLES"]) {
        return renamed(&tokens, at + 2);
    }
    if !["CREATE", "ALTER", "DROP"].iter().any(|word| is(&[word])) {
        return Doubt::Untold;
    }
    let Some((kind, place)) = (at + 1..tokens.len()).find_map(|place| {
        let kind = KINDS.iter().find(|kind| tokens.has(place, &[kind]))?;
        Some((*kind, place))
    }) else {
        return Doubt::Untold;
    };
    if kind == "INDEX" {
        // `CREATE INDEX i ON t`: the table shows it.
        return match tokens.find(place, &["ON"]) {
            Some(on) => Doubt::Told(shows("TABLE", [name(&tokens, on + 1).0])),
            None => Doubt::Schema,
        };
    }
    if kind == "TABLE" && is(&["ALTER"]) {
        let moves = MOVES_ROWS
            .iter()
            .any(|word| tokens.find(place, &[word]).is_some());
        if moves {
            return Doubt::Untold;
        }
    }
    let (kind, mut next) = if tokens.has(place, &["PACKAGE", "BODY"]) {
        ("PACKAGE BODY", place + 2)
    } else {
        (kind, place + 1)
    };
    for words in [&["IF", "NOT", "EXISTS"][..], &["IF", "EXISTS"]] {
        if tokens.has(next, words) {
            next += words.len();
        }
    }
    let mut names = vec![name(&tokens, next)];
    // Only DROP takes several.
    while is(&["DROP"])
        && let Some((_, end)) = names.last()
        && let end = *end
        && tokens.symbol(end, ",") == Some(end)
    {
        names.push(name(&tokens, end + 1));
    }
    Doubt::Told(shows(kind, names.into_iter().map(|(name, _)| name)))
}

/// `a TO b`. Several at once may swap two tables that look alike, and then nothing tells.
fn renamed(tokens: &Tokens<'_>, at: usize) -> Doubt {
    let Some(to) = tokens.find(at, &["TO"]) else {
        return Doubt::Schema;
    };
    let (old, (new, end)) = (name(tokens, at).0, name(tokens, to + 1));
    if end < tokens.len() && tokens.symbol(end, ",").is_some() {
        return Doubt::Untold;
    }
    Doubt::Told(shows("TABLE", [old, new]))
}

/// The name at `at` with what qualifies it, as every `sql_mode` reads it, and where it ends.
fn name(tokens: &Tokens<'_>, at: usize) -> (String, usize) {
    let part = |at: usize| in_backticks(tokens.text(at, at + 1));
    if tokens.symbol(at + 1, ".") == Some(at + 1) {
        return (format!("{}.{}", part(at), part(at + 2)), at + 3);
    }
    (part(at), at + 1)
}

/// The name in double quotes that a statement may have which is read with `ANSI_QUOTES`, in backticks; any other as it is.
fn in_backticks(name: &str) -> String {
    let inner = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| name.to_owned(), |inner| quote(&inner.replace("\"\"", "\"")))
}

fn shows(kind: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    names
        .into_iter()
        .map(|name| format!("SHOW CREATE {kind} {name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_sessions_change_inside_a_transaction_and_the_schema_outside() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "/* x */ update t set a = 1",
            "WITH a AS (SELECT 1) DELETE FROM t",
            "(SELECT 1)",
            "CREATE TEMPORARY TABLE t (a int)",
            "SET @a = 1",
            "/*!40101 SET NAMES utf8 */",
        ] {
            assert_eq!(placement(sql), Placement::Inside, "{sql}");
        }
        for sql in [
            "CREATE TABLE t (a int)",
            "/*!50001 CREATE VIEW v AS SELECT 1 */",
            "CALL p()",
            "TRUNCATE t",
            "ANALYZE TABLE t",
            "SET PASSWORD = 'x'",
        ] {
            assert_eq!(placement(sql), Placement::Outside, "{sql}");
        }
    }

    #[test]
    fn what_a_statement_is_about_shows_whether_it_took_effect() {
        for (sql, expected) in [
            ("ALTER TABLE `a b` ADD c int", vec!["TABLE `a b`"]),
            (
                "CREATE OR REPLACE TABLE IF NOT EXISTS x.t (a int)",
                vec!["TABLE x.t"],
            ),
            (
                "DROP TABLE IF EXISTS a, `b`, c.d CASCADE",
                vec!["TABLE a", "TABLE `b`", "TABLE c.d"],
            ),
            ("RENAME TABLE a TO `b`", vec!["TABLE a", "TABLE `b`"]),
            ("CREATE UNIQUE INDEX i ON t (a)", vec!["TABLE t"]),
            ("DROP INDEX i ON t", vec!["TABLE t"]),
            (
                "CREATE OR REPLACE DEFINER=`r`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
                vec!["VIEW v"],
            ),
            (
                "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1",
                vec!["TRIGGER t"],
            ),
            (
                "CREATE AGGREGATE FUNCTION IF NOT EXISTS f() RETURNS int RETURN 1",
                vec!["FUNCTION f"],
            ),
            ("CREATE PACKAGE BODY p AS END", vec!["PACKAGE BODY p"]),
            ("DROP EVENT e", vec!["EVENT e"]),
            (
                "ALTER TABLE \"d\".\"a \"\"b\" ADD c int",
                vec!["TABLE `d`.`a \"b`"],
            ),
        ] {
            let expected: Vec<String> = expected
                .iter()
                .map(|what| format!("SHOW CREATE {what}"))
                .collect();
            assert_eq!(doubt(sql), Doubt::Told(expected), "{sql}");
        }
    }

    #[test]
    fn what_leaves_no_trace_is_not_told() {
        for sql in [
            "TRUNCATE t",
            "CALL p()",
            "ALTER TABLE p EXCHANGE PARTITION q WITH TABLE t",
            "ALTER TABLE p TRUNCATE PARTITION q",
            "RENAME TABLE a TO c, b TO a, c TO b",
            "CREATE USER u",
        ] {
            assert_eq!(doubt(sql), Doubt::Untold, "{sql}");
        }
        for sql in ["ANALYZE TABLE t", "GRANT SELECT ON t TO u", "SET sql_mode = ''"] {
            assert_eq!(doubt(sql), Doubt::Harmless, "{sql}");
        }
    }

    #[test]
    fn a_new_session_is_told_what_was_set_for_the_old_one() {
        assert!(sets_session("SET sql_mode = 'ANSI'"));
        assert!(sets_session("/*!40014 SET FOREIGN_KEY_CHECKS=0 */"));
        assert!(!sets_session("SET GLOBAL a = 1"));
        assert!(!sets_session("UPDATE t SET a = 1"));
    }
}
