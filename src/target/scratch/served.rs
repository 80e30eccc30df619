//! Scratch databases on a server: made, removed, and swept up after those who could not.
//!
//! In comes a [`Server`], out comes a connection to an empty database on it. The name of such a database carries the time at
//! which it was made. It is removed when the work on it is done; when the work is given up (an error, Ctrl-C, a panic), a
//! thread of its own removes it before the program goes on. What remains after a crash is removed a day later by whoever
//! makes the next one.

use std::time::Duration;

use jiff::Timestamp;

#[cfg(feature = "mysql")]
use super::mysql;
use crate::{
    Connection, DatabaseUrl, Error, Result,
    database::Open,
    dialect::Engine,
    script::RevisionId,
    target::server::{Facts, Server, open_or_neighbour, quoted_for},
};

/// What the names of all scratch databases begin with; the time in seconds and a random number follow, in hexadecimal digits.
const PREFIX: &str = "autogen_scratch_";

/// For so long a scratch database may be somebody's who is still at work.
const LIFE: Duration = Duration::from_hours(24);

/// How long it may take to remove a database when the work on it was given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// A scratch database on a server.
pub(super) struct Served {
    /// `None` once it is removed.
    removal: Option<Removal>,
    /// The session that made it and that removes it.
    keeper: Option<Connection>,
}

/// What is needed to remove a database from anywhere.
#[derive(Clone)]
struct Removal {
    /// A database beside it.
    beside: DatabaseUrl,
    name: String,
    /// The process of the server that makes it, and may still be about it.
    process: i64,
    engine: Engine,
}

impl Served {
    /// Makes an empty database and connects to it.
    ///
    /// # Errors
    /// As [`Connection::open`]; [`ErrorKind::Database`](crate::ErrorKind::Database) when the server refuses to make one.
    pub(super) async fn create(server: &Server) -> Result<(Self, Connection)> {
        let facts = server.facts().await?;
        let place = server.scratch().unwrap_or_else(|| server.database());
        let (mut keeper, beside) = open_or_neighbour(place, Open::ReadWrite).await?;
        let process = prepare(&mut keeper, &beside).await?;
        let name = new_name();
        let mut served = Self {
            removal: Some(Removal {
                beside: beside.clone(),
                name: name.clone(),
                process,
                engine: keeper.engine(),
            }),
            keeper: None,
        };
        let made = make(&mut keeper, &name, facts).await;
        served.keeper = Some(keeper);
        if let Err(error) = made {
            served.remove().await;
            return Err(refused(&error, &beside, facts));
        }
        match Connection::open(&beside.with_database(&name), Open::ReadWrite).await {
            Ok(connection) => Ok((served, connection)),
            Err(error) => {
                served.remove().await;
                Err(error)
            }
        }
    }

    /// Removes the database. All connections to it are ended.
    pub(super) async fn remove(mut self) {
        if let (Some(removal), Some(mut keeper)) = (&self.removal, self.keeper.take())
            && keeper.execute(&removal.statement()).await.is_ok()
        {
            self.removal = None;
            drop(keeper.close().await);
        }
        // Otherwise `drop` has a try.
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let Some(removal) = self.removal.take() else {
            return;
        };
        self.keeper = None;
        // The runtime that all this ran in may be about to end, and cannot be waited in.
        let remover = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // What fails here is swept up later.
                let _ = runtime.block_on(async { tokio::time::timeout(PATIENCE, removal.run()).await });
            }
        });
        drop(remover.join());
    }
}

impl Removal {
    fn statement(&self) -> String {
        let name = quoted_for(self.engine, &self.name);
        let force = if self.engine == Engine::Postgres {
            " WITH (FORCE)"
        } else {
            ""
        };
        format!("DROP DATABASE IF EXISTS {name}{force}")
    }

    /// Removes the database over a connection of its own.
    async fn run(self) -> Result<()> {
        let mut connection = Connection::open(&self.beside, Open::ReadWrite).await?;
        // While the database is still being made, it is not there to be dropped.
        match self.engine {
            #[cfg(feature = "mysql")]
            Engine::Mysql | Engine::Mariadb => {
                mysql::end_sessions(&mut connection, self.process, &self.name).await?;
            }
            _ => end_process(&mut connection, self.process).await?,
        }
        drop_database(
            &mut connection,
            &self.statement(),
            &self.beside.with_database(&self.name),
        )
        .await?;
        connection.close().await
    }
}

/// Drops a scratch database by this statement. A replayed history may have left subscriptions in it, with which the server drops none.
async fn drop_database(beside: &mut Connection, statement: &str, scratch: &DatabaseUrl) -> Result<()> {
    const IN_USE: &str = "55006";
    match beside.execute(statement).await {
        Err(error) if error.code() == Some(IN_USE) => {
            let mut connection = Connection::open(scratch, Open::ReadWrite).await?;
            for mut row in connection.query(SUBSCRIPTIONS).await? {
                let name = quoted_for(Engine::Postgres, &row.take_text(0)?);
                // With its slot it would reach the server that it subscribes to.
                for change in ["DISABLE", "SET (slot_name = NONE)"] {
                    connection
                        .execute(&format!("ALTER SUBSCRIPTION {name} {change}"))
                        .await?;
                }
                connection.execute(&format!("DROP SUBSCRIPTION {name}")).await?;
            }
            connection.close().await?;
            beside.execute(statement).await.map(drop)
        }
        done => done.map(drop),
    }
}

/// The subscriptions of the database.
const SUBSCRIPTIONS: &str = "SELECT s.subname::text FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()";

/// Ends the process of the server, and waits for that.
async fn end_process(beside: &mut Connection, process: i64) -> Result<()> {
    let end = format!("SELECT pg_catalog.pg_terminate_backend({process})");
    let alive = format!("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = {process}");
    beside.query(&end).await?;
    while !beside.query(&alive).await?.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Removes what others have left behind, and gives the process that serves the connection.
async fn prepare(keeper: &mut Connection, beside: &DatabaseUrl) -> Result<i64> {
    let (process, leftovers) = match keeper.engine() {
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => mysql::prepare(keeper).await?,
        _ => leftovers(keeper).await?,
    };
    let now = Timestamp::now().as_second();
    for name in leftovers {
        if let Some(made) = time_of(&name)
            && now.saturating_sub(made) > i64::try_from(LIFE.as_secs()).unwrap_or(i64::MAX)
        {
            let statement = format!("DROP DATABASE IF EXISTS {}", quoted_for(keeper.engine(), &name));
            // Somebody else may be doing the same.
            let _ = drop_database(keeper, &statement, &beside.with_database(&name)).await;
        }
    }
    Ok(process)
}

/// Gives the process that serves the connection, and the scratch databases that nobody is in.
async fn leftovers(keeper: &mut Connection) -> Result<(i64, Vec<String>)> {
    const LEFTOVERS: &str = "SELECT pg_catalog.pg_backend_pid(), d.datname
        FROM (VALUES (1)) one LEFT JOIN pg_catalog.pg_database d
            ON d.datname ~ '^autogen_scratch_[0-9a-f]{8}_[0-9a-f]{12}$'
            AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
            AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)";
    let mut process = 0;
    let mut names = Vec::new();
    for mut row in keeper.query(LEFTOVERS).await? {
        process = row.integer(0)?;
        names.extend(row.take_optional_text(1)?);
    }
    Ok((process, names))
}

fn new_name() -> String {
    let seconds = u32::try_from(Timestamp::now().as_second()).unwrap_or(u32::MAX);
    format!("{PREFIX}{seconds:08x}_{}", RevisionId::random())
}

/// When a scratch database was made, in seconds.
fn time_of(name: &str) -> Option<i64> {
    let digits = name.strip_prefix(PREFIX)?.get(..8)?;
    i64::from_str_radix(digits, 16).ok()
}

async fn make(keeper: &mut Connection, name: &str, facts: &Facts) -> Result<()> {
    keeper
        .execute(&format!(
            "CREATE DATABASE {}{}",
            quoted_for(keeper.engine(), name),
            facts.like
        ))
        .await?;
    if let Some(path) = &facts.search_path {
        keeper
            .execute(&format!(
                "ALTER DATABASE {} SET search_path = {path}",
                quoted_for(Engine::Postgres, name)
            ))
            .await?;
    }
    Ok(())
}

/// The error of a server that makes no scratch database, with the ways out.
fn refused(error: &Error, server: &DatabaseUrl, facts: &Facts) -> Error {
    let ways: Vec<String> = match server.engine() {
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => mysql::ways_out(error, &facts.user),
        _ => ways_out(error).iter().map(ToString::to_string).collect(),
    };
    let message = format!(
        "no scratch database could be made on {server}: {}",
        error.message()
    );
    let code = error.code().unwrap_or_default().to_owned();
    ways.into_iter()
        .fold(Error::new(error.kind(), message).coded(code), |error, way| {
            error.hint(way)
        })
}

/// What to do about it on PostgreSQL.
fn ways_out(error: &Error) -> &'static [&'static str] {
    match error.code() {
        // Insufficient privilege.
        Some("42501") => &[
            "targets are tried on a scratch database: allow the role to make one, `ALTER ROLE .. CREATEDB`",
            "or name a server on which it may, such as one on this machine: `scratch_url = \"postgres://..\"` in autogen.toml",
        ],
        // A standby.
        Some("25006") => &[
            "targets are tried on a scratch database, and this server is read-only: name another with `scratch_url` in autogen.toml",
        ],
        // Encodings and locales that a server named by `scratch_url` does not have.
        Some("22023" | "42704" | "42809") => &[
            "a scratch database gets the encoding and locale of the database; `scratch_url` in autogen.toml names the server for it",
        ],
        _ => &[
            "targets are tried on a scratch database; `scratch_url` in autogen.toml names another server for it",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_scratch_database_tells_when_it_was_made() {
        let name = new_name();
        assert!(name.len() < 63, "{name}");
        let made = time_of(&name).unwrap();
        assert!((Timestamp::now().as_second() - made).abs() < 5);
        assert_eq!(time_of("autogen_scratch_x"), None);
        assert_eq!(time_of("shop"), None);
    }
}
