//! One migrator at a time.
//!
//! The lock is something that cannot outlive its session, so that a killed process leaves none behind. It is asked for again and
//! again with short sleeps, and never waited for inside a transaction: who waits holds nothing.

use super::progress::{Event, Observer};
use crate::database::Connection;
use crate::dialect::Engine;
use crate::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

/// How an engine lets one migrator in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// The transaction that may write is the lock: the engine has one of them per database.
    WriteTransaction {
        /// Begins it, or fails at once when there is one.
        begin: &'static str,
    },
}

impl Lock {
    fn of(engine: Engine) -> Result<Self> {
        match engine {
            // <https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions>
            Engine::Sqlite => Ok(Self::WriteTransaction {
                begin: "BEGIN IMMEDIATE",
            }),
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => Err(Error::new(
                ErrorKind::Usage,
                format!("{engine} is not served by this version"),
            )),
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Begins a transaction as the only migrator.
///
/// # Errors
/// [`ErrorKind::Locked`] when somebody else holds the database for longer than `timeout`.
pub(super) async fn begin(
    connection: &mut Connection,
    timeout: Duration,
    observer: &mut dyn Observer,
) -> Result<()> {
    let Lock::WriteTransaction { begin } = Lock::of(connection.engine())?;
    let mut patience = Patience::new(timeout);
    loop {
        match connection.execute(begin).await {
            Ok(_) => return Ok(()),
            Err(error) => patience.wait(error, observer).await?,
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

/// Commits. Readers that are in the way are given time to finish.
///
/// # Errors
/// [`ErrorKind::Locked`] when they do not; the transaction is then still open. Whatever the database says.
pub(super) async fn commit(connection: &mut Connection, timeout: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        match connection.execute("COMMIT").await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Locked && started.elapsed() < timeout => {
                tokio::time::sleep(FIRST_PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
}
