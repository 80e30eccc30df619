//! A single connection to a database: SQL text goes in, rows and counts come out, and every call is counted.
//!
//! The engine's driver is behind it. Nothing here splits, checks or rewrites SQL, and nothing retries: a busy database
//! is an [`ErrorKind::Locked`] error, and who wants to wait polls.

use std::fmt;

#[cfg(feature = "mysql")]
use super::mysql::{Mysql, MysqlFacts};
#[cfg(feature = "postgres")]
use super::postgres::Postgres;
use super::{DatabaseUrl, Interrupter, Row};
#[cfg(feature = "sqlite")]
use super::{sqlite::Sqlite, url::SqliteLocation};
use crate::{
    Error, ErrorKind, Result,
    dialect::{Dialect, Engine, for_engine},
};

/// What a connection is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// To look: every write is refused.
    ReadOnly,
    /// To read and write a database that exists.
    ReadWrite,
    /// To read and write; a SQLite file that does not exist is created.
    Create,
}

/// The number of the error of MySQL and MariaDB for a database that is not there.
const UNKNOWN_DATABASE: &str = "1049";

/// An open connection. Not a pool: one session, whose transactions are whatever `BEGIN` and `COMMIT` were executed.
///
/// Dropping it stops a statement that still runs, rolls an open transaction back and closes the session;
/// [`close`](Self::close) does the same and waits for it.
pub struct Connection {
    pub(super) driver: Driver,
    round_trips: u64,
}

pub(super) enum Driver {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
    #[cfg(feature = "mysql")]
    Mysql(Box<Mysql>),
}

/// A statement that was refused, in [`Connection::execute_each`].
#[derive(Debug)]
pub struct Refused {
    /// Which of the statements, counted from 0. Those before it have been executed.
    pub index: usize,
    /// What is wrong with it; places are relative to that statement.
    pub error: Error,
}

impl Connection {
    /// Opens a database.
    ///
    /// # Errors
    /// [`ErrorKind::Database`] when the database is missing (except with [`Open::Create`]), cannot be opened, or is not a
    /// database; [`ErrorKind::Usage`] when this build has no driver for the engine. A SQLite file that is locked by
    /// somebody else opens: its first statement says so.
    pub async fn open(url: &DatabaseUrl, open: Open) -> Result<Self> {
        match Self::open_existing(url, open).await? {
            Some(connection) => Ok(connection),
            None => Err(missing(url)),
        }
    }

    /// Opens a database, or returns `None` when there is no such SQLite file (and `open` is not [`Open::Create`]).
    ///
    /// # Errors
    /// As [`open`](Self::open), except for the missing file.
    pub async fn open_existing(url: &DatabaseUrl, open: Open) -> Result<Option<Self>> {
        #[cfg(feature = "sqlite")]
        if let Some(location) = url.sqlite() {
            let driver = Sqlite::open_existing(location, open).await?;
            return Ok(driver.map(|driver| Self::new(Driver::Sqlite(driver))));
        }
        #[cfg(feature = "postgres")]
        if let (Engine::Postgres, Some(location)) = (url.engine(), url.server()) {
            let driver = Box::pin(Postgres::open(location, open)).await?;
            return Ok(Some(Self::new(Driver::Postgres(Box::new(driver)))));
        }
        #[cfg(feature = "mysql")]
        if let (Engine::Mysql | Engine::Mariadb, Some(location)) = (url.engine(), url.server()) {
            let driver = Box::pin(Mysql::open(location, open)).await?;
            return Ok(Some(Self::new(Driver::Mysql(Box::new(driver)))));
        }
        Err(no_driver(url.engine()))
    }

    /// Opens a new, empty SQLite database in memory, as a place to try statements on. It is closed off: no other database
    /// can be attached to it, so nothing executed on it reaches a file.
    ///
    /// # Errors
    /// [`ErrorKind::Database`] when memory or threads have run out.
    #[cfg(feature = "sqlite")]
    pub async fn memory() -> Result<Self> {
        let mut driver = Sqlite::open(&SqliteLocation::new(None), Open::ReadWrite).await?;
        driver.close_off().await?;
        Ok(Self::new(Driver::Sqlite(driver)))
    }

    /// The engine behind a URL. Which of MySQL and MariaDB it is, the server is asked.
    ///
    /// # Errors
    /// As [`open`](Self::open), except for a database that is not there.
    pub async fn engine_behind(url: &DatabaseUrl) -> Result<Engine> {
        Ok(Self::dialect_behind(url).await?.engine())
    }

    /// The [`dialect`](Self::dialect) of the server behind a URL, which takes a connection like [`engine_behind`](Self::engine_behind).
    ///
    /// # Errors
    /// As [`engine_behind`](Self::engine_behind).
    pub async fn dialect_behind(url: &DatabaseUrl) -> Result<&'static dyn Dialect> {
        let (dialect, connection) = Self::look_behind(url).await?;
        if let Some(connection) = connection {
            connection.close().await?;
        }
        Ok(dialect)
    }

    /// The same with the connection, if it took one to find out: to the database itself, for reading.
    ///
    /// # Errors
    /// As [`engine_behind`](Self::engine_behind).
    pub(crate) async fn look_behind(url: &DatabaseUrl) -> Result<(&'static dyn Dialect, Option<Self>)> {
        match url.engine() {
            engine @ (Engine::Sqlite | Engine::Postgres) => Ok((for_engine(engine)?, None)),
            Engine::Mysql | Engine::Mariadb => match Self::open(url, Open::ReadOnly).await {
                // Every server has this one, and everybody may look into it.
                Err(error) if error.code() == Some(UNKNOWN_DATABASE) => {
                    let url = url.with_database("information_schema");
                    let beside = Self::open(&url, Open::ReadOnly).await?;
                    let dialect = beside.dialect()?;
                    beside.close().await?;
                    Ok((dialect, None))
                }
                opened => opened.and_then(|connection| Ok((connection.dialect()?, Some(connection)))),
            },
        }
    }

    pub(super) fn new(driver: Driver) -> Self {
        Self {
            driver,
            round_trips: 0,
        }
    }

    /// The engine on the other side, as it says itself: a `mysql://` URL may lead to a MariaDB.
    pub fn engine(&self) -> Engine {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Engine::Sqlite,
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => Engine::Postgres,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref driver) => driver.engine(),
        }
    }

    /// The dialect of the server: its engine's, and how it tells names apart.
    ///
    /// # Errors
    /// When this version does not serve the engine.
    pub fn dialect(&self) -> Result<&'static dyn Dialect> {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => for_engine(Engine::Sqlite),
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => for_engine(Engine::Postgres),
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref driver) => Ok(driver.dialect()),
        }
    }

    /// Executes one statement, or several separated by `;`, and returns the number of rows that the data statements
    /// among them changed. The first error stops it; statements before it stand unless a transaction is rolled back.
    ///
    /// For long lists of statements [`execute_each`](Self::execute_each) is much faster and knows which one failed.
    ///
    /// # Errors
    /// [`ErrorKind::Database`] with the engine's message and, for an error in the statement, a place inside `sql` with the
    /// statement as its snippet; [`ErrorKind::RowsContradict`] when a constraint forbids it; [`ErrorKind::Locked`];
    /// [`ErrorKind::Interrupted`].
    pub async fn execute(&mut self, sql: &str) -> Result<u64> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.execute(sql).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.execute(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.execute(sql).await,
        }
    }

    /// Executes statements in order, in few round trips. Each text must be exactly one statement, with or without its
    /// `;`.
    ///
    /// # Errors
    /// The first statement that fails, by its number; those before it have been executed. Kinds of errors as for
    /// [`execute`](Self::execute).
    pub async fn execute_each<S: AsRef<str> + Sync>(&mut self, statements: &[S]) -> Result<(), Refused> {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.execute_each(statements, &mut self.round_trips).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.execute_each(statements, &mut self.round_trips).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.execute_each(statements, &mut self.round_trips).await,
        }
    }

    /// Runs a query and returns all its rows. Of several statements, the rows of all.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); also [`ErrorKind::Database`] when a text is not UTF-8.
    pub async fn query(&mut self, sql: &str) -> Result<Vec<Row>> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.query(sql).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.query(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.query(sql).await,
        }
    }

    /// Runs a query and hands over each row as it comes, so that they are never all in memory where the driver can do that.
    /// The first error of `each` is the error of the query; the rows behind it are passed over.
    ///
    /// # Errors
    /// As [`query`](Self::query), or what `each` says.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) async fn query_each(
        &mut self,
        sql: &str,
        mut each: impl FnMut(Row) -> Result<()> + Send,
    ) -> Result<()> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.query(sql).await?.into_iter().try_for_each(each),
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.query_each(sql, &mut each).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.query_each(sql, &mut each).await,
        }
    }

    /// Runs several statements in one round trip and returns the rows of each, in order; a statement without rows gives none.
    ///
    /// # Errors
    /// As [`query`](Self::query); [`ErrorKind::Internal`] where the driver does not part the results.
    #[cfg(feature = "mysql")]
    pub async fn query_sets(&mut self, sql: &str) -> Result<Vec<Vec<Row>>> {
        self.round_trips += 1;
        match self.driver {
            Driver::Mysql(ref mut driver) => driver.query_sets(sql).await,
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Err(results_are_not_parted()),
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => Err(results_are_not_parted()),
        }
    }

    /// What a MySQL or MariaDB said of itself when the session began; `None` for the other engines.
    #[cfg(feature = "mysql")]
    pub fn mysql_facts(&self) -> Option<&MysqlFacts> {
        match self.driver {
            Driver::Mysql(ref driver) => Some(driver.facts()),
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => None,
        }
    }

    /// Runs a query that may fail without harm to the open transaction, where an engine would let every statement behind it fail
    /// too. Outside of a transaction it is [`query`](Self::query).
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub(crate) async fn try_query(&mut self, sql: &str) -> Result<Vec<Row>> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.query(sql).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.try_query(sql, &mut self.round_trips).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.query(sql).await,
        }
    }

    /// Sets what decides how the session reads SQL and what it is shown to how it was in the beginning, where a script may have set
    /// something else. Gives the statement that undoes it; `None` on an engine whose sessions always read and show alike.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub(crate) async fn set_as_begun(&mut self) -> Result<Option<String>> {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => Ok(None),
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => {
                self.round_trips += 1;
                driver.set_as_begun().await.map(Some)
            }
        }
    }

    /// Whether the session still is there. One that the server ended has no transaction and no locks any more.
    pub(crate) fn is_alive(&self) -> bool {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => true,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref driver) => driver.is_alive(),
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref driver) => driver.is_alive(),
        }
    }

    /// Runs one query with `columns` columns for many rows, faster than [`query`](Self::query). It is meant for catalogs: its
    /// cells may be integers, text and NULL, but not bytes, JSON, or numbers that need all 17 digits. `sql` has no `;` at
    /// its end.
    ///
    /// # Errors
    /// As [`query`](Self::query); places do not fit `sql`.
    pub async fn query_bulk(&mut self, sql: &str, columns: usize) -> Result<Vec<Row>> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.query_bulk(sql, columns).await,
            // Rows of a server need no packing.
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.query(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.query(sql).await,
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub(crate) async fn begin(&mut self) -> Result<()> {
        let sql = match self.engine() {
            // With `sql_mode = ORACLE`, `BEGIN` begins a block of statements.
            Engine::Mysql | Engine::Mariadb => "START TRANSACTION",
            Engine::Sqlite | Engine::Postgres => "BEGIN",
        };
        self.execute(sql).await.map(drop)
    }

    /// Rolls the open transaction back, if there is one. (An engine may have rolled back by itself after an error, so
    /// that a plain `ROLLBACK` would fail.)
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn roll_back(&mut self) -> Result<()> {
        self.round_trips += 1;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut driver) => driver.roll_back().await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref mut driver) => driver.roll_back().await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref mut driver) => driver.roll_back().await,
        }
    }

    /// How often the database was asked something since the connection was opened.
    pub fn round_trips(&self) -> u64 {
        self.round_trips
    }

    /// The version of the engine, as it reports it (`3.46.1`).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn server_version(&mut self) -> Result<String> {
        let sql = match self.engine() {
            Engine::Sqlite => "SELECT sqlite_version()",
            Engine::Postgres => "SHOW server_version",
            Engine::Mysql | Engine::Mariadb => "SELECT version()",
        };
        let mut rows = self.query(sql).await?;
        match rows.first_mut() {
            Some(row) => row.take_text(0),
            None => Err(Error::new(
                ErrorKind::Database,
                "the database does not tell its version",
            )),
        }
    }

    /// A handle that stops what this connection is doing.
    pub fn interrupter(&self) -> Interrupter {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref driver) => driver.interrupter(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(ref driver) => driver.interrupter(),
            #[cfg(feature = "mysql")]
            Driver::Mysql(ref driver) => driver.interrupter(),
        }
    }

    /// Closes the session and waits until the database is released.
    ///
    /// # Errors
    /// [`ErrorKind::Database`] when the driver has failed before.
    pub async fn close(self) -> Result<()> {
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.close().await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.close().await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.close().await,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("engine", &self.engine())
            .field("round_trips", &self.round_trips)
            .finish_non_exhaustive()
    }
}

fn missing(url: &DatabaseUrl) -> Error {
    let path = url.path().unwrap_or(std::path::Path::new(""));
    let error = Error::new(
        ErrorKind::Database,
        format!("{}: no such database file", path.display()),
    );
    // `sqlite:///app.db` is how SQLAlchemy writes a relative path; here it is a file in the root folder.
    let relative = path
        .file_name()
        .filter(|_| path.parent().is_some_and(|folder| folder.parent().is_none()));
    match relative {
        Some(name) if path.is_absolute() => error.hint(format!(
            "for a relative path write two slashes: `sqlite://{}`",
            name.display()
        )),
        _ => error.hint("check the path in the URL; `autogen upgrade` creates the database"),
    }
}

fn no_driver(engine: Engine) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("this build of autogen has no driver for {engine}"),
    )
    .hint(drivers())
}

fn drivers() -> String {
    let known = [
        (
            cfg!(feature = "postgres"),
            "PostgreSQL (`postgres://user@host/database`)",
        ),
        (
            cfg!(feature = "mysql"),
            "MySQL and MariaDB (`mysql://user@host/database`)",
        ),
        (cfg!(feature = "sqlite"), "SQLite (`sqlite://app.db`)"),
    ];
    let built: Vec<&str> = known
        .into_iter()
        .filter_map(|(is_built, name)| is_built.then_some(name))
        .collect();
    if built.is_empty() {
        return "build it with the feature of an engine, such as `sqlite`".to_owned();
    }
    format!("it has drivers for {}", built.join(", "))
}

#[cfg(all(feature = "mysql", any(feature = "sqlite", feature = "postgres")))]
fn results_are_not_parted() -> Error {
    Error::new(
        ErrorKind::Internal,
        "only MySQL and MariaDB give the results of several statements one by one",
    )
}
/// The error for a connection that its owner has begun a transaction on: scripts commit for themselves.
pub(super) fn in_transaction() -> Error {
    Error::new(ErrorKind::Usage, "the connection has a transaction open")
        .hint("commit it or roll it back first: each script is a transaction of its own, with its line in the ledger")
}
