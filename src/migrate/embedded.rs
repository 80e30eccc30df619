//! A migrator inside a program of one's own: on what the program connects with, from the first connection to the last word.

use std::time::Duration;

use super::{Migrator, Options, Outcome, Scripts};
use crate::database::IntoConnection;
use crate::dialect::Engine;
use crate::{Error, ErrorKind, Result};

/// How long a program that starts waits for another one that is migrating: others like it are started at the same time.
const PATIENCE: Duration = Duration::from_mins(10);

/// Brings a database up to `to` (`head`), as a program does when it starts. Any number of them may do so at the same time: each script is
/// applied once, and the others wait for it, ten minutes at most ([`Options::lock_timeout`] with a [`Migrator`] of one's own).
///
/// `database` is a URL, a pool of sqlx or a [`Connection`](crate::Connection); `scripts` those compiled into the program
/// ([`embed`](crate::embed)) or a [`Folder`](crate::script::Folder).
///
/// # Errors
/// As [`Migrator::upgrade`].
pub async fn upgrade(database: impl IntoConnection, scripts: &dyn Scripts, to: &str) -> Result<Outcome> {
    let options = Options {
        lock_timeout: PATIENCE,
        ..Options::default()
    };
    let mut migrator = Migrator::connect(database, scripts, &options).await?;
    let outcome = migrator.upgrade(to).await;
    let closed = migrator.close().await;
    let outcome = outcome?;
    closed?;
    Ok(outcome)
}

impl<'a> Migrator<'a> {
    /// A migrator on a URL, a pool of sqlx or a [`Connection`](crate::Connection).
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(
        database: impl IntoConnection,
        scripts: &'a dyn Scripts,
        options: &Options,
    ) -> Result<Self> {
        let connection = database.into_connection().await?;
        // A connection knows its engine; the word is for databases that are not there.
        Self::new(connection, Engine::Sqlite, scripts, options)
    }

    /// Closes its connection, or gives it back to its pool.
    ///
    /// # Errors
    /// When an open transaction cannot be rolled back, or the driver has failed before.
    pub async fn close(self) -> Result<()> {
        match self.into_connection().await? {
            Some(connection) => connection.close().await,
            None => Err(Error::new(ErrorKind::Internal, "there is no connection to close")),
        }
    }
}
