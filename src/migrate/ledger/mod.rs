//! The ledger: which revisions a database has, and what was done to it.
//!
//! Two tables: one row per applied head (the rule and the column are Alembic's), and a list that only grows. Comes in: revisions.
//! Goes out: SQL by way of the dialect, or rows read back. Reading never creates the tables.

mod record;
mod tables;

use crate::database::{Connection, Row};
use crate::dialect::Dialect;
use crate::plan::terminated;
use crate::schema::QName;
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Result};
use jiff::Timestamp;
use std::collections::BTreeSet;

use record::entry;
pub use record::{Direction, Entry};
pub(super) use record::{Record, Unfinished};
use tables::VERSION_COLUMN;

/// Where the ledger lies.
#[derive(Debug, Clone)]
pub struct Ledger {
    dialect: &'static dyn Dialect,
    version: QName,
    history: QName,
}

impl Ledger {
    /// The ledger in tables of these names; where the engine has namespaces, what stands before a `.` is one.
    pub fn new(dialect: &'static dyn Dialect, version_table: &str, history_table: &str) -> Self {
        let name = |text: &str| match (dialect.facts().default_namespace, text.split_once('.')) {
            (Some(usual), Some((namespace, name))) if namespace != usual => QName {
                namespace: Some(namespace.into()),
                name: name.into(),
            },
            (Some(_), Some((_, name))) => QName::plain(name),
            _ => QName::plain(text),
        };
        Self {
            dialect,
            version: name(version_table),
            history: name(history_table),
        }
    }

    /// The name of the table of applied heads, as SQL.
    pub(super) fn name(&self) -> String {
        self.quoted(&self.version)
    }

    /// The names of its tables.
    pub fn tables(&self) -> [&str; 2] {
        [&self.version.name, &self.history.name]
    }

    /// The applied heads, sorted; none when there is no ledger.
    ///
    /// # Errors
    /// When the table cannot be read or holds what is no revision.
    pub async fn heads(&self, connection: &mut Connection) -> Result<Vec<RevisionId>> {
        if !self.has(connection, &self.version).await? {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {} FROM {}",
            self.dialect.quote(VERSION_COLUMN),
            self.quoted(&self.version)
        );
        let mut heads = Vec::new();
        for row in connection
            .query(&sql)
            .await
            .map_err(|e| Self::unreadable(&self.version, e))?
        {
            let text = row.text(0).map_err(|e| Self::unreadable(&self.version, e))?;
            let id = RevisionId::new(text).map_err(|e| Self::unreadable(&self.version, e))?;
            heads.push(id);
        }
        heads.sort();
        match heads.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(heads),
            Some(twice) => Err(Error::new(
                ErrorKind::OutOfStep,
                format!("revision {} stands twice in {}", twice[0], self.version),
            )
            .hint("write the right revision with `autogen stamp REVISION --purge`")),
        }
    }

    /// The history, oldest first; empty when there is none.
    ///
    /// # Errors
    /// When the table cannot be read or holds what this program does not write.
    pub async fn history(&self, connection: &mut Connection) -> Result<Vec<Entry>> {
        if !self.has(connection, &self.history).await? {
            return Ok(Vec::new());
        }
        let columns = self.columns();
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            self.quoted(&self.history),
            columns[0]
        );
        connection
            .query(&sql)
            .await
            .and_then(|rows| rows.iter().map(entry).collect())
            .map_err(|e| Self::unreadable(&self.history, e))
    }

    /// Whether both tables are there.
    pub(super) async fn exists(&self, connection: &mut Connection) -> Result<bool> {
        Ok(self.has(connection, &self.version).await? && self.has(connection, &self.history).await?)
    }

    /// Both at once.
    pub(super) async fn read(&self, connection: &mut Connection) -> Result<Record> {
        Ok(Record {
            heads: self.heads(connection).await?,
            history: self.history(connection).await?,
            unfinished: self.unfinished(connection).await?,
        })
    }

    /// The script that was begun and has not come to its end.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub(super) async fn unfinished(&self, connection: &mut Connection) -> Result<Option<Unfinished>> {
        if !self.has(connection, &self.history).await? {
            return Ok(None);
        }
        let columns = self.columns();
        let (id, progress) = (&columns[0], &columns[9]);
        let sql = format!(
            "SELECT {} FROM {} WHERE {progress} IS NOT NULL ORDER BY {id} DESC",
            columns.join(", "),
            self.quoted(&self.history),
        );
        let read = |row: &Row| -> Result<Unfinished> {
            Ok(Unfinished {
                line: row.integer(0)?,
                entry: entry(row)?,
                progress: row.text(9)?.to_owned(),
                in_doubt: match row.values().get(10) {
                    Some(_) => row.optional_text(10)?.map(str::to_owned),
                    None => None,
                },
            })
        };
        connection
            .query(&sql)
            .await
            .and_then(|rows| rows.first().map(read).transpose())
            .map_err(|e| Self::unreadable(&self.history, e))
    }

    /// Adds a line for a script that is under way, and gives its number.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) async fn open_line(
        &self,
        connection: &mut Connection,
        entry: &Entry,
        progress: &str,
        in_doubt: Option<&str>,
    ) -> Result<i64> {
        connection
            .execute(&self.line(entry, Some((progress, in_doubt))))
            .await?;
        let sql = format!(
            "SELECT max({}) FROM {}",
            self.columns()[0],
            self.quoted(&self.history)
        );
        let rows = connection.query(&sql).await?;
        rows.first().map_or(Ok(0), |row| row.integer(0))
    }

    /// Writes down how far a script has come; `progress` when it has changed; `in_doubt` when a statement runs next that commits by
    /// itself.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) async fn advance_line(
        &self,
        connection: &mut Connection,
        line: i64,
        statements: u64,
        total: u64,
        progress: Option<&str>,
        in_doubt: Option<&str>,
    ) -> Result<()> {
        let mut changes = vec![(7, self.number(statements)), (8, self.number(total))];
        changes.extend(progress.map(|progress| (9, self.text(progress))));
        changes.extend(self.doubts().then(|| (10, self.optional(in_doubt))));
        self.change_line(connection, line, &changes).await
    }

    /// Says that a script came to its end, or that nobody goes on with it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) async fn close_line(
        &self,
        connection: &mut Connection,
        line: i64,
        statements: u64,
        total: u64,
    ) -> Result<()> {
        let mut changes = vec![
            (6, self.text(&Timestamp::now().to_string())),
            (7, self.number(statements)),
            (8, self.number(total)),
            (9, self.optional(None)),
        ];
        changes.extend(self.doubts().then(|| (10, self.optional(None))));
        self.change_line(connection, line, &changes).await
    }

    /// Takes a line out: nothing of its script is left.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) async fn withdraw_line(&self, connection: &mut Connection, line: i64) -> Result<()> {
        let sql = format!(
            "DELETE FROM {} WHERE {} = {line}",
            self.quoted(&self.history),
            self.columns()[0]
        );
        connection.execute(&sql).await.map(drop)
    }

    async fn change_line(
        &self,
        connection: &mut Connection,
        line: i64,
        changes: &[(usize, String)],
    ) -> Result<()> {
        let columns = self.columns();
        let changes: Vec<String> = changes
            .iter()
            .map(|(column, value)| format!("{} = {value}", columns[*column]))
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE {} = {line}",
            self.quoted(&self.history),
            changes.join(", "),
            columns[0]
        );
        match connection.execute(&sql).await? {
            1 => Ok(()),
            _ => Err(Error::new(
                ErrorKind::OutOfStep,
                format!("line {line} of {} was taken out in the meantime", self.history),
            )),
        }
    }

    /// Makes the tables that are missing, inside a transaction. Gives whether it made one.
    pub(super) async fn ensure(&self, connection: &mut Connection) -> Result<bool> {
        let mut made = false;
        for table in [self.version_model(), self.history_model()] {
            if !self.has(connection, &table.name).await? {
                for sql in self.create(&table)? {
                    connection
                        .execute(&sql)
                        .await
                        .map_err(|e| e.context(format!("ledger {}", table.name)))?;
                }
                made = true;
            }
        }
        // Making them has committed the transaction in which the rest is to be.
        if made && self.doubts() {
            connection.begin().await?;
        }
        Ok(made)
    }

    /// Turns the applied heads `old` into `new`.
    ///
    /// # Errors
    /// When the table does not hold exactly `old`.
    pub(super) async fn set_heads(
        &self,
        connection: &mut Connection,
        old: &[RevisionId],
        new: &[RevisionId],
    ) -> Result<()> {
        for sql in self.moves(old, new) {
            let rows = connection.execute(&sql).await?;
            if rows != 1 {
                return Err(Error::new(
                    ErrorKind::OutOfStep,
                    format!(
                        "expected to match one row in {}, and {rows} matched: the applied heads were {}, and somebody else has \
                         changed them in the meantime",
                        self.version,
                        old.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
                    ),
                )
                .hint("look at it with `autogen current`, then run the command again"));
            }
        }
        Ok(())
    }

    /// Replaces whatever heads there are.
    pub(super) async fn replace_heads(&self, connection: &mut Connection, new: &[RevisionId]) -> Result<()> {
        connection
            .execute(&format!("DELETE FROM {}", self.quoted(&self.version)))
            .await?;
        self.set_heads(connection, &[], new).await
    }

    /// Adds a line to the history.
    pub(super) async fn record(&self, connection: &mut Connection, entry: &Entry) -> Result<()> {
        connection.execute(&self.insertion(entry)).await.map(drop)
    }

    /// The statements that make both tables, as text.
    pub(super) fn creation_sql(&self) -> Result<String> {
        let mut sql = String::new();
        for table in [self.version_model(), self.history_model()] {
            for statement in self.create(&table)? {
                sql.push_str(&terminated(&statement));
            }
        }
        Ok(sql)
    }

    /// The statements that turn heads `old` into `new`: one each, every one of them for exactly one row.
    pub(super) fn moves(&self, old: &[RevisionId], new: &[RevisionId]) -> Vec<String> {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
        let mut gone = old.difference(&new);
        let mut come = new.difference(&old);
        let table = self.quoted(&self.version);
        let column = self.dialect.quote(VERSION_COLUMN);
        let mut statements = Vec::new();
        loop {
            match (gone.next(), come.next()) {
                (Some(old), Some(new)) => statements.push(format!(
                    "UPDATE {table} SET {column} = {} WHERE {column} = {}",
                    self.text(new.as_str()),
                    self.text(old.as_str())
                )),
                (Some(old), None) => {
                    statements.push(format!(
                        "DELETE FROM {table} WHERE {column} = {}",
                        self.text(old.as_str())
                    ));
                }
                (None, Some(new)) => statements.push(format!(
                    "INSERT INTO {table} ({column}) VALUES ({})",
                    self.text(new.as_str())
                )),
                (None, None) => return statements,
            }
        }
    }

    /// The statement that adds a line to the history. An entry that does not say when it was begun gets the time at which the
    /// statement runs.
    pub(super) fn insertion(&self, entry: &Entry) -> String {
        self.line(entry, None)
    }

    fn line(&self, entry: &Entry, progress: Option<(&str, Option<&str>)>) -> String {
        let optional = |text: Option<&str>| self.optional(text);
        let now = entry.started_at.is_none();
        let time = |time: Option<Timestamp>| match time {
            None if now => "CURRENT_TIMESTAMP".to_owned(),
            time => optional(time.map(|t| t.to_string()).as_deref()),
        };
        let columns = self.columns();
        let mut values = vec![
            optional(entry.revision.as_ref().map(RevisionId::as_str)),
            self.text(entry.direction.word()),
            optional(entry.checksum.as_deref()),
            self.text(&entry.tool_version),
            time(entry.started_at),
            time(entry.finished_at),
            self.number(entry.statements),
            self.number(entry.statements_total),
        ];
        if let Some((progress, in_doubt)) = progress {
            values.push(self.text(progress));
            values.extend(self.doubts().then(|| optional(in_doubt)));
        }
        // The next number comes from the table itself: no engine's own numbering is needed, and a migrator is alone.
        format!(
            "INSERT INTO {table} ({}) SELECT coalesce(max({id}), 0) + 1, {} FROM {table}",
            columns[..=values.len()].join(", "),
            values.join(", "),
            table = self.quoted(&self.history),
            id = columns[0],
        )
    }

    async fn has(&self, connection: &mut Connection, table: &QName) -> Result<bool> {
        let sql = self.probe(connection.engine(), table);
        let rows = connection.query(&sql).await?;
        rows.first().map_or(Ok(false), |row| row.boolean(0))
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests;
