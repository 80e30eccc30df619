//! What is special to scratch databases of MySQL and MariaDB: a database there is a namespace of the server, and a session keeps what a
//! target sets.

use crate::{Connection, Error, Result};

/// Statements of a target are understood as those of any client; foreign keys may come before the tables that they refer to.
const BEGIN: &str = "SET SESSION sql_mode = @@GLOBAL.sql_mode, foreign_key_checks = 0, unique_checks = 0";

/// Replicas have no use for a scratch. Not every user may say that.
const UNLOGGED: &str = "SET SESSION sql_log_bin = 0";

/// Gets a session ready for the statements of a target.
///
/// # Errors
/// As [`Connection::execute`].
pub(super) async fn begin(scratch: &mut Connection) -> Result<()> {
    let _ = scratch.execute(UNLOGGED).await;
    scratch.execute(BEGIN).await.map(drop)
}

/// Puts a session back to how the driver began it.
///
/// # Errors
/// As [`Connection::execute`].
pub(super) async fn end(scratch: &mut Connection) -> Result<()> {
    let mode = scratch
        .mysql_facts()
        .map_or_else(String::new, |facts| facts.sql_mode.replace('\'', ""));
    scratch
        .execute(&format!(
            "UNLOCK TABLES; SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = '{mode}', \
             foreign_key_checks = @@GLOBAL.foreign_key_checks, unique_checks = @@GLOBAL.unique_checks"
        ))
        .await
        .map(drop)
}

/// Gives the number of the session and the scratch databases that are there, of whoever they are.
///
/// # Errors
/// As [`Connection::query`].
pub(super) async fn prepare(keeper: &mut Connection) -> Result<(i64, Vec<String>)> {
    const LEFTOVERS: &str =
        "SELECT CONNECTION_ID(), s.SCHEMA_NAME FROM (SELECT 1) one LEFT JOIN information_schema.SCHEMATA s
        ON s.SCHEMA_NAME REGEXP '^autogen_scratch_[0-9a-f]{8}_[0-9a-f]{12}$'";
    let _ = keeper.execute(UNLOGGED).await;
    let mut process = 0;
    let mut leftovers = Vec::new();
    for mut row in keeper.query(LEFTOVERS).await? {
        process = row.integer(0)?;
        leftovers.extend(row.take_optional_text(1)?);
    }
    Ok((process, leftovers))
}

/// Ends the session `process` and all that are in the database `name`, as far as the user may.
///
/// # Errors
/// As [`Connection::query`].
pub(super) async fn end_sessions(beside: &mut Connection, process: i64, name: &str) -> Result<()> {
    let _ = beside.execute(UNLOGGED).await;
    let others = format!(
        "SELECT ID FROM information_schema.PROCESSLIST
        WHERE (DB = '{name}' OR ID = {process}) AND ID <> CONNECTION_ID()"
    );
    for row in beside.query(&others).await? {
        // It may be gone by now.
        let _ = beside.execute(&format!("KILL {}", row.integer(0)?)).await;
    }
    // Whoever may not end them waits for what they still do, but not for ever.
    beside
        .execute("SET SESSION lock_wait_timeout = 10")
        .await
        .map(drop)
}

/// What to do when the server makes no scratch database for this user (`name@host`).
pub(super) fn ways_out(error: &Error, user: &str) -> Vec<String> {
    let elsewhere = "or name a server on which it may, such as one on this machine: `scratch_url = \"mysql://..\"` in autogen.toml";
    match error.code() {
        // Access denied for a database, for a statement, for a privilege.
        Some("1044" | "1142" | "1227") => {
            let (name, host) = user.rsplit_once('@').unwrap_or((user, "%"));
            vec![
                format!(
                    "targets are tried on a scratch database: allow the user to make one, \
                     `GRANT ALL ON \\`autogen\\_scratch\\_%\\`.* TO '{name}'@'{host}'`"
                )
                .replace("\\`", "`"),
                elsewhere.to_owned(),
            ]
        }
        // Read-only: an option of the server, a replica.
        Some("1290" | "1836") => vec![
            "targets are tried on a scratch database, and this server is read-only: name another with `scratch_url` in autogen.toml"
                .to_owned(),
        ],
        // A character set or collation that a server named by `scratch_url` does not have.
        Some("1115" | "1273") => vec![
            "a scratch database gets the character set and collation of the database; `scratch_url` in autogen.toml names the \
             server for it"
                .to_owned(),
        ],
        _ => vec![
            "targets are tried on a scratch database; `scratch_url` in autogen.toml names another server for it".to_owned(),
        ],
    }
}
