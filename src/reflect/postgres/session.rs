//! The transaction that a reflection reads in.
//!
//! Comes in: a connection, in a transaction or not. Goes out: rows of catalog queries, read under an empty search path; afterwards
//! the connection is as it was before.

use super::query::{Cells, Fit};
use crate::database::Connection;
use crate::schema::Name;
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// The setting that lives as long as a transaction, by which it is told whether one is open.
const MARK: &str = "autogen.transaction";

/// What holds for the transaction: names come back qualified, and no time goes into compiling queries that are run once.
const SETTINGS: &str = "SET LOCAL search_path = ''; SET LOCAL jit = off";

/// A reading of the catalog under way.
pub(super) struct Session<'c> {
    connection: &'c mut Connection,
    /// What queries are fitted to.
    pub(super) fit: Fit,
    /// The queries that have something to find, by the names of their files.
    pub(super) present: String,
    /// The search path to go back to in a transaction that was open before; `None` in one of our own.
    former_path: Option<String>,
}

/// Numbers of things in the catalog.
pub(super) type Namespaces = BTreeMap<super::Oid, Option<Name>>;

impl<'c> Session<'c> {
    /// Begins a transaction in which nothing changes while it is read, or goes on in the one that is open.
    pub(super) async fn begin(connection: &'c mut Connection) -> Result<Session<'c>> {
        // What is set for one transaction is gone with the next query, unless that is in the same one.
        let ask = format!(
            "SELECT set_config('{MARK}', 'open', true), current_setting('search_path'), current_setting('server_version_num')"
        );
        let mut cells = one(connection.query(&ask).await?)?;
        cells.text()?;
        let path = cells.text()?;
        let version: u32 = cells.number()?;
        let open = format!("SELECT current_setting('{MARK}', true)");
        let is_open = one(connection.query(&open).await?)?.optional()?.as_deref() == Some("open");
        let begin = if is_open {
            format!("SET LOCAL {MARK} = ''; {SETTINGS}")
        } else {
            format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}")
        };
        connection.execute(&begin).await?;
        Ok(Self {
            connection,
            fit: Fit {
                version: version / 10_000,
                namespaces: Vec::new(),
                global: true,
            },
            present: String::new(),
            former_path: is_open.then_some(path),
        })
    }

    /// Whether a query has something to find.
    pub(super) fn finds(&self, query: &str) -> bool {
        self.present.split(' ').any(|name| name == query)
    }

    /// Runs a query, fitted to the server, and hands over each row as it comes.
    pub(super) async fn each(
        &mut self,
        template: &str,
        mut take: impl FnMut(Cells) -> Result<()> + Send,
    ) -> Result<()> {
        let sql = self.fit.sql(template);
        self.connection
            .query_each(&sql, |row| take(Cells::new(row)))
            .await
    }

    /// Leaves the connection as it was. After an error a transaction that was open before is for its owner to roll back.
    pub(super) async fn end<T>(self, outcome: Result<T>) -> Result<T> {
        match (&outcome, &self.former_path) {
            (Ok(_), None) => {
                self.connection.execute("COMMIT").await?;
            }
            (Ok(_), Some(path)) => {
                let path = super::spelling::literal(path);
                self.connection
                    .query(&format!("SELECT set_config('search_path', {path}, true)"))
                    .await?;
            }
            (Err(_), None) => {
                // The error of the reading says more than one of the rollback.
                let _ = self.connection.roll_back().await;
            }
            (Err(_), Some(_)) => {}
        }
        outcome
    }
}

fn one(rows: Vec<crate::database::Row>) -> Result<Cells> {
    let row = rows.into_iter().next();
    row.map(Cells::new)
        .ok_or_else(|| Error::new(ErrorKind::Database, "the server does not answer a query"))
}
