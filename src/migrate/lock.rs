//! One migrator at a time.
//!
//! The lock is something that cannot outlive its session, so that a killed process leaves none behind. It is asked for again and
//! again with short sleeps, and never waited for inside a transaction: who waits holds nothing.

use super::progress::{Event, Observer};
use crate::database::Connection;
use crate::dialect::Engine;
use crate::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// How an engine lets one migrator in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lock {
    /// The transaction that may write is the lock: the engine has one of them per database.
    WriteTransaction,
    /// A lock of the session under this number, which lasts over transactions.
    Advisory(i64),
    /// A lock of the session under this name (an expression), which lasts over transactions, and over the statement that still runs
    /// when the session's client is gone.
    Named(String),
}

impl Lock {
    /// The lock of a ledger by the name of its table.
    pub(super) fn of(engine: Engine, ledger: &str) -> Self {
        match engine {
            // <https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions>
            Engine::Sqlite => Self::WriteTransaction,
            // The server keeps the numbers of each database apart.
            Engine::Postgres => Self::Advisory(number_of(ledger)),
            // Names are one for the whole server, and at most 64 characters.
            Engine::Mysql | Engine::Mariadb => Self::Named(format!(
                "CONCAT('autogen {:016x} ', LEFT(SHA2(DATABASE(), 256), 32))",
                number_of(ledger)
            )),
        }
    }

    /// Begins a transaction, once this is the only migrator.
    pub(super) fn begin(&self) -> &'static str {
        match self {
            Self::WriteTransaction => "BEGIN IMMEDIATE",
            Self::Advisory(_) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Named(_) => "START TRANSACTION",
        }
    }

    /// What lets the next one in, where the end of the transaction does not.
    pub(super) fn release(&self) -> Option<String> {
        match self {
            Self::WriteTransaction => None,
            Self::Advisory(number) => Some(format!("SELECT pg_catalog.pg_advisory_unlock({number})")),
            Self::Named(name) => Some(format!("DO RELEASE_LOCK({name})")),
        }
    }

    /// Takes the lock, if nobody has it.
    async fn take(&self, connection: &mut Connection) -> Result<()> {
        let sql = match self {
            Self::WriteTransaction => return Ok(()),
            Self::Advisory(number) => format!("SELECT pg_catalog.pg_try_advisory_lock({number})"),
            Self::Named(name) => format!("SELECT COALESCE(GET_LOCK({name}, 0), 0)"),
        };
        let rows = connection.query(&sql).await?;
        if rows.first().map_or(Ok(false), |row| row.boolean(0))? {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Locked,
            "another migrator is at work on this database",
        ))
    }

    /// Who has the lock, for a person who wonders what to do.
    async fn holder(&self, connection: &mut Connection) -> Option<String> {
        let sql = match self {
            Self::WriteTransaction => return None,
            Self::Advisory(number) => format!(
                "SELECT a.pid, a.usename, coalesce(pg_catalog.host(a.client_addr), 'this machine')
             FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
               AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
               AND (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8 = {number}"
            ),
            Self::Named(name) => format!(
                "SELECT ID, USER, HOST FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK({name})"
            ),
        };
        let rows = connection.query(&sql).await.ok()?;
        let row = rows.first()?;
        let session = row.integer(0).ok()?;
        let (user, host) = (row.text(1).ok()?, row.text(2).ok()?);
        Some(match self {
            Self::Named(_) => format!(
                "it is session {session} of the server, of {user} at {host}; `KILL {session}` ends it"
            ),
            Self::WriteTransaction | Self::Advisory(_) => format!(
                "it is process {session} of the server, of {user} at {host}; `SELECT pg_terminate_backend({session})` ends it"
            ),
        })
    }
}

/// A number that no other program's locks have, or hardly ever.
fn number_of(ledger: &str) -> i64 {
    let digest = Sha256::digest(format!("autogen ledger {ledger}"));
    let first: [u8; 8] = std::array::from_fn(|at| digest[at]);
    i64::from_be_bytes(first)
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Begins a transaction as the only migrator.
///
/// # Errors
/// [`ErrorKind::Locked`] when somebody else holds the database for longer than `timeout`.
pub(super) async fn begin(
    lock: &Lock,
    connection: &mut Connection,
    timeout: Duration,
    observer: &mut dyn Observer,
) -> Result<()> {
    let mut patience = Patience::new(timeout);
    loop {
        let begun = match lock.take(connection).await {
            Ok(()) => connection.execute(lock.begin()).await.map(drop),
            Err(error) => Err(error),
        };
        let Err(error) = begun else {
            return Ok(());
        };
        if let Err(error) = patience.wait(error, observer).await {
            if error.kind() != ErrorKind::Locked {
                return Err(error);
            }
            return Err(match lock.holder(connection).await {
                Some(holder) => error.hint(holder),
                None => error,
            });
        }
    }
}

/// How long somebody who found the database held asks again.
pub(super) struct Patience {
    timeout: Duration,
    started: Instant,
    pause: Duration,
}

impl Patience {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            started: Instant::now(),
            pause: FIRST_PAUSE,
        }
    }

    /// Sleeps before the next attempt.
    ///
    /// # Errors
    /// `error`, when it is not that somebody holds the database, or when that has lasted too long.
    pub(super) async fn wait(&mut self, error: Error, observer: &mut dyn Observer) -> Result<()> {
        if error.kind() != ErrorKind::Locked {
            return Err(error);
        }
        let waited = self.started.elapsed();
        if waited >= self.timeout {
            return Err(error
                .context(format!(
                    "another program has held the database for {}",
                    seconds(waited)
                ))
                .hint(
                    "wait until it is done, or end it; to wait longer, raise `lock_timeout` in autogen.toml",
                ));
        }
        observer.event(&Event::Waiting { since: waited });
        tokio::time::sleep(self.pause.min(self.timeout.saturating_sub(waited))).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} seconds", time.as_secs_f64())
}

/// Commits. Where readers can be in the way of that, they are given time to finish.
///
/// # Errors
/// [`ErrorKind::Locked`] when they do not; the transaction is then still open. Whatever the database says.
pub(super) async fn commit(lock: &Lock, connection: &mut Connection, timeout: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        let Err(error) = connection.execute("COMMIT").await else {
            return Ok(());
        };
        let stays_open = match lock {
            Lock::WriteTransaction => error.kind() == ErrorKind::Locked,
            // A commit that fails has rolled back, and the next one would find nothing to commit and succeed.
            Lock::Advisory(_) | Lock::Named(_) => false,
        };
        if !stays_open || started.elapsed() >= timeout {
            return Err(error);
        }
        tokio::time::sleep(FIRST_PAUSE).await;
    }
}
