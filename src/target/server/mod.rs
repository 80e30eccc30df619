//! The server that scratch databases are made on, and what they have to be like.
//!
//! In comes the URL of the database that a target describes, out come facts about it: the server's version, encoding, locale and
//! extensions. They are read once, over the connection that reads the database's schema where there is one, because a check
//! that finds its target in the cache has no need of a second. An engine that needs no server has nothing here.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;

use tokio::sync::OnceCell;

use crate::{
    Connection, DatabaseUrl, Error, ErrorKind, Result, database::Open, dialect::Engine, sql::Lexicon,
};

/// A server with the database that targets describe.
#[derive(Debug)]
pub struct Server {
    database: DatabaseUrl,
    scratch: Option<DatabaseUrl>,
    facts: OnceCell<Facts>,
}

/// What is known of the database that targets describe. All of it makes a difference to what becomes of a target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Facts {
    /// The name of the database.
    pub(super) database: String,
    /// Who has asked. What belongs to somebody else is told apart.
    pub(super) user: String,
    /// The version of its server.
    pub(super) version: String,
    /// What stands behind `CREATE DATABASE name` to make one like it.
    pub(super) like: String,
    /// Where names without a namespace are looked for, when the database says that.
    pub(super) search_path: Option<String>,
    /// Its extensions.
    pub(super) extensions: Vec<Extension>,
    /// What is special to MySQL and MariaDB.
    pub(super) mysql: Option<MysqlServer>,
}

/// What is known of a server of MySQL or MariaDB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MysqlServer {
    /// How it reads the text of a session that has changed nothing.
    pub(super) lexicon: &'static Lexicon,
    /// Whether names of databases and tables are the same in any case of letters.
    pub(super) names_fold: bool,
    /// Its settings that change what statements make.
    pub(super) settings: Vec<(String, String)>,
}

/// An extension of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extension {
    /// Its name.
    pub(super) name: String,
    /// The namespace that it is in.
    pub(super) namespace: String,
}

impl Server {
    /// The server of `database`; scratch databases are made on that of `scratch`, if one is given.
    pub fn new(database: DatabaseUrl, scratch: Option<DatabaseUrl>) -> Self {
        Self {
            database,
            scratch,
            facts: OnceCell::new(),
        }
    }

    /// The database that targets describe.
    pub(super) fn database(&self) -> &DatabaseUrl {
        &self.database
    }

    /// The server that was named for scratch databases.
    pub(super) fn scratch(&self) -> Option<&DatabaseUrl> {
        self.scratch.as_ref()
    }

    /// Asks the database over a connection to it, if it has not been asked yet.
    ///
    /// # Errors
    /// As [`Connection::query`].
    pub(super) async fn learn(&self, connection: &mut Connection) -> Result<()> {
        self.facts
            .get_or_try_init(|| facts(connection, true))
            .await
            .map(drop)
    }

    /// What is known of the database. If it has not been asked yet, it is now. For a database that is not there, or that cannot be
    /// reached when another server is named for scratch databases, the server's own defaults count.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub(super) async fn facts(&self) -> Result<&Facts> {
        self.facts
            .get_or_try_init(|| async {
                let (mut connection, url) = match open_or_neighbour(&self.database, Open::ReadOnly).await {
                    Ok(opened) => opened,
                    Err(error) => match &self.scratch {
                        // Who compares files with files does not need the database; if it is needed, this error comes again.
                        Some(scratch) => open_or_neighbour(scratch, Open::ReadOnly)
                            .await
                            .map_err(|_| error)?,
                        None => return Err(error),
                    },
                };
                let exists = url == self.database;
                let mut facts = facts(&mut connection, exists).await?;
                if !exists && let Some(name) = self.database.database_name() {
                    name.clone_into(&mut facts.database);
                }
                connection.close().await?;
                Ok(facts)
            })
            .await
    }
}

/// Opens a database, or the one that every server has when that is not there. Gives the URL of the one that is open.
///
/// # Errors
/// As [`Connection::open`].
pub(super) async fn open_or_neighbour(url: &DatabaseUrl, open: Open) -> Result<(Connection, DatabaseUrl)> {
    match Connection::open(url, open).await {
        Ok(connection) => Ok((connection, url.clone())),
        Err(error) => match neighbour(url.engine(), &error) {
            Some(name) => {
                let neighbour = url.with_database(name);
                Ok((Connection::open(&neighbour, open).await?, neighbour))
            }
            None => Err(error),
        },
    }
}

/// The database that every server has, if `error` says that another is not there.
fn neighbour(engine: Engine, error: &Error) -> Option<&'static str> {
    match (engine, error.code()) {
        (Engine::Postgres, Some("3D000")) => Some("postgres"),
        (Engine::Mysql | Engine::Mariadb, Some("1049")) => Some("information_schema"),
        _ => None,
    }
}

async fn facts(connection: &mut Connection, exists: bool) -> Result<Facts> {
    match connection.engine() {
        #[cfg(feature = "postgres")]
        Engine::Postgres => postgres::facts(connection, exists).await,
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => mysql::facts(connection, exists).await,
        engine => {
            let _ = exists;
            Err(Error::new(
                ErrorKind::Usage,
                format!("this build cannot make a scratch database of {engine}"),
            ))
        }
    }
}

/// A name in the quotes of the standard.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name in the quotes that an engine always understands.
pub(super) fn quoted_for(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Mysql | Engine::Mariadb => format!("`{}`", name.replace('`', "``")),
        Engine::Postgres | Engine::Sqlite => quoted(name),
    }
}
