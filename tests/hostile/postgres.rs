//! PostgreSQL: servers that are not there, do not let us in, refuse, go away or are busy; runs that are stopped or killed.

mod concurrent;
mod connecting;
mod running;
mod segments;

use crate::{
    program::Program,
    server::{self, Database, Server, Session},
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Every server, with a word for messages.
fn servers() -> impl Iterator<Item = &'static Server> {
    server::postgres().iter()
}

/// Asks until the answer is `wanted`.
#[track_caller]
fn wait_until(database: &Database, question: &str, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = database.sql(question);
        if answer.trim_end() == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{question}: {answer}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a session of the program runs a statement that holds `part`.
#[track_caller]
fn wait_for_statement(database: &Database, part: &str) {
    let question = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'autogen' AND state = 'active' AND datname = '{}' AND query LIKE '%{part}%'",
        database.name
    );
    wait_until(database, &question, "1");
}

/// What the ledger holds: heads, and the lines of the history without times.
fn ledger(database: &Database) -> String {
    database.sql(
        "SELECT version_num FROM autogen_version ORDER BY 1;
         SELECT revision, direction, statements, statements_total, finished_at IS NOT NULL, progress IS NOT NULL FROM autogen_history ORDER BY id",
    )
}

fn has_table(database: &Database, name: &str) -> bool {
    database.sql(&format!("SELECT to_regclass('public.{name}') IS NOT NULL")) == "t\n"
}

fn append(program: &Program, line: &str) {
    let config = program.read("autogen.toml");
    program.write("autogen.toml", format!("{config}{line}\n"));
}
