//! Scratch databases: an empty database of an engine, and statements of a target to a schema by way of it.
//!
//! For SQLite it is a database in memory, for engines with a server one of its databases. In come statements of which has been
//! decided before that they may run; out comes what the engine makes of them. A scratch goes when it is closed or dropped,
//! whatever has become of the work on it.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod served;

use super::realise::Context;
#[cfg(feature = "sqlite")]
use super::{
    classify::Rules,
    files::SqlFile,
    load::{Failure, run},
    parts::is_virtual_table,
    refused::explained,
    statements::Runs,
};
#[cfg(feature = "sqlite")]
use crate::config::Filter;
#[cfg(feature = "sqlite")]
use crate::reflect::{Parts, Reflection};
use crate::{Connection, Result, dialect::Engine};
#[cfg(not(all(feature = "sqlite", any(feature = "postgres", feature = "mysql"))))]
use crate::{Error, ErrorKind};

/// An empty database of which nothing remains.
pub(super) struct Scratch {
    connection: Connection,
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    served: Option<served::Served>,
}

impl Scratch {
    /// Opens an empty scratch database.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when this build cannot make one for the engine, or the engine needs a server and none is known;
    /// what [`Connection::open`] says; [`ErrorKind::Database`] when the server refuses to make one.
    pub(super) async fn open(context: &Context<'_>) -> Result<Self> {
        match context.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite => Self::in_memory().await,
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
                let (served, connection) = served::Served::create(context.server()?).await?;
                Ok(Self {
                    connection,
                    served: Some(served),
                })
            }
            #[cfg(not(all(feature = "sqlite", any(feature = "postgres", feature = "mysql"))))]
            engine => Err(Error::new(
                ErrorKind::Usage,
                format!("this build cannot make a scratch database of {engine}"),
            )),
        }
    }

    /// Opens an empty SQLite database in memory.
    ///
    /// # Errors
    /// As [`Connection::memory`].
    #[cfg(feature = "sqlite")]
    pub(super) async fn in_memory() -> Result<Self> {
        let mut connection = Connection::memory().await?;
        // As in SQLite's own shell: with it on, some ADD COLUMN are refused.
        connection.execute("PRAGMA foreign_keys = OFF").await?;
        Ok(Self {
            connection,
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            served: None,
        })
    }

    /// The connection to it.
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Closes it, and waits until it is gone.
    pub(super) async fn close(self) {
        // What could not be closed is of no use to anybody any more.
        drop(self.connection.close().await);
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        if let Some(served) = self.served {
            served.remove().await;
        }
    }
}

/// Gets the session on a scratch ready for the statements of a target.
///
/// # Errors
/// As [`Connection::execute`].
pub(super) async fn begin(scratch: &mut Connection) -> Result<()> {
    match scratch.engine() {
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => mysql::begin(scratch).await,
        _ => Ok(()),
    }
}

/// Puts the session back to what a reflector expects.
///
/// # Errors
/// As [`Connection::execute`].
pub(super) async fn end(scratch: &mut Connection) -> Result<()> {
    match scratch.engine() {
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => mysql::end(scratch).await,
        _ => Ok(()),
    }
}

/// The schema of parts that are loaded apart. `None` when the engine refuses a virtual table: that may need what is in
/// another part.
///
/// # Errors
/// As [`load`](super::load::load) and [`reflect`](crate::reflect::reflect).
#[cfg(feature = "sqlite")]
pub(super) async fn reflect_parts(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    parts: &[Vec<usize>],
    rules: &Rules,
    filter: &Filter,
) -> Result<Option<Reflection>> {
    let mut catalogs = Parts::default();
    for part in parts {
        let mut scratch = Scratch::in_memory().await?;
        let runs: Vec<&Runs<'_>> = part.iter().map(|&number| &statements[number]).collect();
        match run(&runs, scratch.connection()).await {
            Ok(()) => catalogs.add(scratch.connection()).await?,
            Err(Failure::Refused(refused)) => {
                let number = part[refused.index];
                if is_virtual_table(&statements[number].sql, rules) {
                    return Ok(None);
                }
                let all: Vec<&Runs<'_>> = statements.iter().collect();
                return Err(explained(files, &all, number, &refused.error, rules));
            }
            Err(Failure::Other(error)) => return Err(error),
        }
        scratch.close().await;
    }
    Ok(Some(catalogs.reflect(filter)))
}
