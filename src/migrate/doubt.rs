//! Whether a statement that commits by itself took effect, when nobody was left to write it down.
//!
//! Comes in: a statement, and what was seen of the things it is about before it ran. Goes out: that it took effect, or did not, or that the
//! database does not tell. Before such a statement a fingerprint is kept in the ledger; the same one afterwards means that it has
//! still to run.

use super::journal::Progress;
use super::ledger::Unfinished;
use crate::config::Filter;
use crate::database::Connection;
use crate::dialect::{Dialect, Doubt, Placement, Statement};
use crate::reflect::reflect;
use crate::{Error, ErrorKind, Place, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What somebody who knows says about the statement that is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// It took effect.
    Done,
    /// It did not, and runs again.
    Again,
}

/// What is kept of a statement whose effect leaves no trace that could be told: that it was begun.
const BEGUN: &str = "begun";

/// What to write down before a statement runs; `None` when it does no harm to run it again.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn fingerprint(
    connection: &mut Connection,
    dialect: &dyn Dialect,
    filter: &Filter,
    sql: &str,
) -> Result<Option<String>> {
    let mut digest = Sha256::new();
    match dialect.alone(sql).doubt {
        Doubt::Harmless => return Ok(None),
        Doubt::Untold => return Ok(Some(BEGUN.to_owned())),
        Doubt::Told(questions) => {
            for question in questions {
                digest.update(answer(connection, &question).await?);
                digest.update([0]);
            }
        }
        Doubt::Schema => {
            let schema = reflect(connection, filter).await?.schema;
            digest.update(schema.to_json(dialect.engine().name()).to_string());
        }
    }
    let mut text = String::new();
    for byte in digest.finalize() {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Some(text))
}

/// What the database shows, or why it shows nothing.
async fn answer(connection: &mut Connection, question: &str) -> Result<String> {
    match connection.query(question).await {
        Ok(rows) => {
            let mut text = String::new();
            for value in rows.iter().flat_map(crate::database::Row::values) {
                let _ = write!(text, "{value:?}\u{1}");
            }
            Ok(without_counter(&text))
        }
        Err(error) if error.kind() == ErrorKind::Database && connection.is_alive() => {
            Ok(format!("error {}", error.code().unwrap_or_default()))
        }
        Err(error) => Err(error),
    }
}

/// The definition of a table without the next number of its `AUTO_INCREMENT`, which rows change.
fn without_counter(text: &str) -> String {
    const COUNTER: &str = " AUTO_INCREMENT=";
    let Some(at) = text.find(") ENGINE=").and_then(|end| {
        let found = text[end..].find(COUNTER)?;
        Some(end + found)
    }) else {
        return text.to_owned();
    };
    let behind = text[at + COUNTER.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{behind}", &text[..at])
}

/// The statement of a script that was running when the run was cut off, and its number counted from 1.
pub(super) fn statement<'p>(unfinished: &Unfinished, progress: &'p Progress) -> Option<(u64, &'p Statement)> {
    unfinished.in_doubt.as_ref()?;
    let done = unfinished.entry.statements;
    let at = usize::try_from(done.checked_sub(progress.before)?).ok()?;
    let statement = progress
        .steps
        .iter()
        .flat_map(|step| &step.statements)
        .nth(at)
        .filter(|statement| statement.placement == Placement::Outside)?;
    Some((done + 1, statement))
}

/// Whether the statement took effect, by `word` if somebody has said so.
///
/// # Errors
/// When the database does not tell; whatever it says.
pub(super) async fn took_effect(
    connection: &mut Connection,
    dialect: &dyn Dialect,
    filter: &Filter,
    (before, sql): (&str, &str),
    word: Option<InDoubt>,
) -> Result<Option<bool>> {
    match word {
        Some(InDoubt::Done) => return Ok(Some(true)),
        Some(InDoubt::Again) => return Ok(Some(false)),
        None => {}
    }
    match fingerprint(connection, dialect, filter, sql).await? {
        None => Ok(Some(false)),
        Some(now) if now == BEGUN || before == BEGUN => Ok(None),
        Some(now) => Ok(Some(now != before)),
    }
}

/// The error for a statement of which nothing tells whether it took effect.
pub(super) fn not_told(what: &str, sql: &str, command: &str) -> Error {
    Error::new(
        ErrorKind::Database,
        format!("{what} is in doubt: an earlier run was cut off while it ran, and nothing in the database tells whether it took effect"),
    )
    .at(Place {
        file: None,
        line: 1,
        column: 1,
        snippet: sql.to_owned(),
    })
    .hint(format!("if it did, go on behind it: `autogen {command} --in-doubt done`"))
    .hint(format!("if it did not, run it again: `autogen {command} --in-doubt again`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_come_in_are_no_change_of_a_table() {
        let table = |counter: &str| {
            format!(
                "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=1'\n) ENGINE=InnoDB{counter} DEFAULT CHARSET=utf8mb4"
            )
        };
        assert_eq!(without_counter(&table(" AUTO_INCREMENT=17")), table(""));
        assert_eq!(without_counter(&table("")), table(""));
    }
}
