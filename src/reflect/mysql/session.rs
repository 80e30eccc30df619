//! The round trips of a reflection.
//!
//! Comes in: a connection. Goes out: rows of `information_schema` and of SHOW CREATE; afterwards the connection is as it was before.

use super::catalog::Catalog;
use super::losses::Kind;
use crate::database::Connection;
use crate::dialect::Engine;
use crate::reflect::cells::Cells;
use crate::{Error, ErrorKind, Result};

/// Begins a transaction that sees the catalog as it is now. MySQL keeps its catalog in tables, MariaDB has nothing of the kind.
const BEGIN: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;\n";
/// `ER_CANT_CHANGE_TX_CHARACTERISTICS`: a transaction is open already.
const IS_OPEN: &str = "1568";
/// `ER_SPECIFIC_ACCESS_DENIED_ERROR`: a right is missing that few users have.
const DENIED: &str = "1227";

/// A reading under way.
pub(super) struct Begun {
    /// Whether it has a transaction of its own.
    in_transaction: bool,
}

/// Reads all of `information_schema` that makes a schema.
pub(super) async fn read_all(connection: &mut Connection, catalog: &mut Catalog<'_>) -> Result<Begun> {
    let (queries, mut in_transaction) = match catalog.engine {
        Engine::Mariadb => (include_str!("mariadb.sql"), false),
        _ => (include_str!("mysql.sql"), true),
    };
    let begin = if in_transaction { BEGIN } else { "" };
    let version = connection.mysql_facts().map_or("", |facts| &facts.version);
    let queries = &of_version(queries, version);
    let mut outcome = each(connection, &format!("{begin}{queries}"), catalog).await;
    if outcome.as_ref().is_err_and(|error| error.code() == Some(IS_OPEN)) {
        // It is not ours to end. What it has seen first is what it sees.
        in_transaction = false;
        outcome = each(connection, queries, catalog).await;
    }
    match outcome {
        Err(error) if catalog.is_read && error.code() == Some(DENIED) => {}
        outcome => outcome?,
    }
    Ok(Begun { in_transaction })
}

/// The queries for a server: `/*9.2 .. 9.2*/` holds what those from that version on have.
fn of_version(queries: &str, version: &str) -> String {
    let number = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split(|c: char| !c.is_ascii_digit());
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let mut out = String::with_capacity(queries.len());
    let mut rest = queries;
    while let Some((before, inside)) = rest.split_once("/*") {
        out.push_str(before);
        let (mark, inside) = inside.split_once(' ').unwrap_or((inside, ""));
        let (body, behind) = inside.split_once(&format!("{mark}*/")).unwrap_or((inside, ""));
        if number(version) >= number(mark) {
            out.push_str(body);
        }
        rest = behind;
    }
    out + rest
}

async fn each(connection: &mut Connection, sql: &str, catalog: &mut Catalog<'_>) -> Result<()> {
    connection
        .query_each(sql, |row| super::take(catalog, Cells::new(row)))
        .await
}

/// Asks SHOW CREATE in one text and hands over each answer. Gives how many there were, and why there are no more.
pub(super) async fn show(
    connection: &mut Connection,
    questions: &[(Kind, String, &'static str)],
    mut take: impl FnMut(Kind, &str, Cells) -> Result<()> + Send,
) -> Result<(usize, Option<Error>)> {
    let texts: Vec<String> = questions.iter().map(|(kind, name, _)| kind.show(name)).collect();
    let mut answered = 0;
    let mut misunderstood = None;
    let outcome = connection
        .query_each(&texts.join(";\n"), |row| {
            let (kind, name, _) = &questions[answered.min(questions.len() - 1)];
            answered += 1;
            if let Err(error) = take(*kind, name, Cells::new(row)) {
                misunderstood.get_or_insert(error);
            }
            Ok(())
        })
        .await;
    match (misunderstood, outcome) {
        (Some(error), _) => Err(error),
        // Only what the server says of one object is a refusal.
        (None, Err(error)) if error.kind() != ErrorKind::Database || !connection.is_alive() => Err(error),
        (None, outcome) => Ok((answered, outcome.err())),
    }
}

impl Begun {
    /// Leaves the connection as it was.
    pub(super) async fn end<T>(self, connection: &mut Connection, outcome: Result<T>) -> Result<T> {
        if self.in_transaction {
            match &outcome {
                Ok(_) => {
                    connection.execute("COMMIT").await?;
                }
                Err(_) => {
                    // The error of the reading says more than one of the rollback.
                    let _ = connection.roll_back().await;
                }
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::of_version;

    #[test]
    fn a_query_is_asked_of_servers_that_have_an_answer() {
        let queries = "SELECT 1; /*9.2 SELECT 2; 9.2*/SELECT 3";
        assert_eq!(of_version(queries, "8.0.36"), "SELECT 1; SELECT 3");
        assert_eq!(of_version(queries, "9.1.0"), "SELECT 1; SELECT 3");
        assert_eq!(of_version(queries, "9.7.4-2"), "SELECT 1; SELECT 2; SELECT 3");
        assert_eq!(of_version("SELECT 1", "10.11.19-MariaDB"), "SELECT 1");
    }
}
