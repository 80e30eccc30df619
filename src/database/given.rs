//! Connections that a caller has opened: a pool or a session of sqlx goes in, a [`Connection`] comes out, and the session back again.
//!
//! A session that was taken over gets what [`Connection`] needs to be set and gets its own settings back at the end. A connection lent by
//! a pool of SQLite goes back to it; of the other engines the pool gives it away for good and opens another when it needs one, so
//! that a migrator's session and its lock end together.

use std::{future::Future, path::Path};

use super::{Connection, DatabaseUrl, Open, connection::Driver};
use crate::{Error, ErrorKind, Result};

/// What leads to a database: a URL, a pool of sqlx, or a connection.
pub trait IntoConnection {
    /// A connection to it.
    ///
    /// # Errors
    /// When the database cannot be reached, or the pool has no connection left.
    fn into_connection(self) -> impl Future<Output = Result<Connection>> + Send;
}

impl IntoConnection for Connection {
    async fn into_connection(self) -> Result<Connection> {
        Ok(self)
    }
}

/// Opened for writing; a SQLite file is made when it is not there.
impl IntoConnection for &DatabaseUrl {
    async fn into_connection(self) -> Result<Connection> {
        Connection::open(self, Open::Create).await
    }
}

/// A URL; relative files start from the current folder.
impl IntoConnection for &str {
    async fn into_connection(self) -> Result<Connection> {
        let url = DatabaseUrl::parse(self, Path::new(""))?;
        (&url).into_connection().await
    }
}

fn none_left(error: sqlx::Error) -> Error {
    Error::new(ErrorKind::Database, "the pool gives no connection").because(error)
}

macro_rules! pools {
    ($($feature:literal $pool:ty => $lend:path;)*) => {$(
        #[cfg(feature = $feature)]
        impl IntoConnection for &$pool {
            async fn into_connection(self) -> Result<Connection> {
                $lend(self).await
            }
        }
    )*};
}

pools! {
    "sqlite" sqlx::SqlitePool => Connection::lent_by_sqlite;
    "postgres" sqlx::PgPool => Connection::of_postgres_pool;
    "mysql" sqlx::MySqlPool => Connection::of_mysql_pool;
}

#[cfg(feature = "sqlite")]
impl Connection {
    async fn lent_by_sqlite(pool: &sqlx::SqlitePool) -> Result<Self> {
        let connection = pool.acquire().await.map_err(none_left)?;
        let driver = super::sqlite::Sqlite::lent(connection).await?;
        Ok(Self::new(Driver::Sqlite(driver)))
    }

    /// Takes over a connection of sqlx; [`into_sqlite`](Self::into_sqlite) gives it back.
    ///
    /// # Errors
    /// When the driver has failed before.
    pub async fn from_sqlite(connection: sqlx::SqliteConnection) -> Result<Self> {
        let driver = super::sqlite::Sqlite::adopt(connection).await?;
        Ok(Self::new(Driver::Sqlite(driver)))
    }

    /// The connection of sqlx, rolled back and set back to what it was; `None` when it is of another engine or belongs to a pool.
    ///
    /// # Errors
    /// When that fails.
    pub async fn into_sqlite(self) -> Result<Option<sqlx::SqliteConnection>> {
        match self.driver {
            Driver::Sqlite(driver) => driver.release().await,
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            _ => Ok(None),
        }
    }

    /// The connection of sqlx, for statements with parameters; `None` when it is of another engine.
    pub fn sqlite(&mut self) -> Option<&mut sqlx::SqliteConnection> {
        match &mut self.driver {
            Driver::Sqlite(driver) => Some(driver.raw()),
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            _ => None,
        }
    }
}

#[cfg(feature = "postgres")]
impl Connection {
    async fn of_postgres_pool(pool: &sqlx::PgPool) -> Result<Self> {
        let connection = pool.acquire().await.map_err(none_left)?.detach();
        Self::from_postgres(connection, (*pool.connect_options()).clone()).await
    }

    /// Takes over a session of sqlx, which must have no transaction open; `options` are those it was opened with, for a second
    /// session that stops a statement on the first. [`into_postgres`](Self::into_postgres) gives it back.
    ///
    /// # Errors
    /// When the session is lost.
    pub async fn from_postgres(
        connection: sqlx::PgConnection,
        options: sqlx::postgres::PgConnectOptions,
    ) -> Result<Self> {
        let driver = Box::pin(super::postgres::Postgres::adopt(connection, options)).await?;
        Ok(Self::new(Driver::Postgres(Box::new(driver))))
    }

    /// The session of sqlx, rolled back and set back to what it was; `None` when it is of another engine, or lost.
    ///
    /// # Errors
    /// When that fails.
    pub async fn into_postgres(self) -> Result<Option<sqlx::PgConnection>> {
        match self.driver {
            Driver::Postgres(driver) => driver.release().await,
            #[cfg(any(feature = "sqlite", feature = "mysql"))]
            _ => Ok(None),
        }
    }

    /// The session of sqlx, for statements with parameters; `None` when it is of another engine, or lost.
    pub fn postgres(&mut self) -> Option<&mut sqlx::PgConnection> {
        match &mut self.driver {
            Driver::Postgres(driver) => driver.raw(),
            #[cfg(any(feature = "sqlite", feature = "mysql"))]
            _ => None,
        }
    }
}

#[cfg(feature = "mysql")]
impl Connection {
    async fn of_mysql_pool(pool: &sqlx::MySqlPool) -> Result<Self> {
        let connection = pool.acquire().await.map_err(none_left)?.detach();
        Self::from_mysql(connection, (*pool.connect_options()).clone()).await
    }

    /// Takes over a session of sqlx, which must have no transaction open; `options` are those it was opened with, for a second
    /// session that stops a statement on the first. [`into_mysql`](Self::into_mysql) gives it back.
    ///
    /// # Errors
    /// When the session is lost.
    pub async fn from_mysql(
        connection: sqlx::MySqlConnection,
        options: sqlx::mysql::MySqlConnectOptions,
    ) -> Result<Self> {
        let driver = Box::pin(super::mysql::Mysql::adopt(connection, options)).await?;
        Ok(Self::new(Driver::Mysql(Box::new(driver))))
    }

    /// The session of sqlx, rolled back and set back to what it was; `None` when it is of another engine, or lost.
    ///
    /// # Errors
    /// When that fails.
    pub async fn into_mysql(self) -> Result<Option<sqlx::MySqlConnection>> {
        match self.driver {
            Driver::Mysql(driver) => driver.release().await,
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            _ => Ok(None),
        }
    }

    /// The session of sqlx, for statements with parameters; `None` when it is of another engine, or lost.
    pub fn mysql(&mut self) -> Option<&mut sqlx::MySqlConnection> {
        match &mut self.driver {
            Driver::Mysql(driver) => driver.raw(),
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            _ => None,
        }
    }
}
