//! Runs that are killed (-9) before, during and behind every statement of a script: the next run ends in the wanted schema, and nothing
//! is run twice. Nothing in the program helps: a statement is held up by a lock of another session, on a table that only it needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod mysql;
mod postgres;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/server.rs"]
mod server;
mod sqlite;

use std::{
    thread,
    time::{Duration, Instant},
};

/// What there is before the script: a table for each of its statements, with a row.
fn tables() -> Vec<String> {
    let mut statements: Vec<String> = (1..=STATEMENTS.len())
        .map(|n| format!("CREATE TABLE g{n} (a int PRIMARY KEY, b int)"))
        .collect();
    statements.push("CREATE TABLE counted (n int)".to_owned());
    statements.push("INSERT INTO counted VALUES (0)".to_owned());
    statements.extend((1..=STATEMENTS.len()).map(|n| format!("INSERT INTO g{n} VALUES (1, 1)")));
    statements
}

/// The statements that change the schema, as every engine takes them. The first needs only `g1`, the second `g2`, and so on.
const STATEMENTS: [&str; 9] = [
    "ALTER TABLE g1 ADD COLUMN c int",
    "CREATE UNIQUE INDEX ix ON g2 (b)",
    "DROP TABLE g3",
    "ALTER TABLE g4 RENAME TO h4",
    "ALTER TABLE g5 DROP COLUMN b",
    "ALTER TABLE g6 RENAME COLUMN b TO z",
    "CREATE INDEX iy ON g7 (b, a)",
    "ALTER TABLE g8 ADD COLUMN d varchar(10) DEFAULT 'x'",
    "ALTER TABLE g9 ADD COLUMN e int NOT NULL DEFAULT 5",
];

/// Takes them back.
const BACK: [&str; 9] = [
    "ALTER TABLE g9 DROP COLUMN e",
    "ALTER TABLE g8 DROP COLUMN d",
    "DROP INDEX iy ON g7",
    "ALTER TABLE g6 RENAME COLUMN z TO b",
    "ALTER TABLE g5 ADD COLUMN b int",
    "ALTER TABLE h4 RENAME TO g4",
    "CREATE TABLE g3 (a int PRIMARY KEY, b int)",
    "DROP INDEX ix ON g2",
    "ALTER TABLE g1 DROP COLUMN c",
];

/// A script of statements, with one behind each that would count a second time.
fn counted(statements: &[&str]) -> Vec<String> {
    statements
        .iter()
        .flat_map(|sql| [(*sql).to_owned(), "UPDATE counted SET n = n + 1".to_owned()])
        .collect()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// Asks again and again until it is so.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to this: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
