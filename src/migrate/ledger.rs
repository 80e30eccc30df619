//! The ledger: which revisions a database has, and what was done to it.
//!
//! Two tables: one row per applied head (the rule and the column are Alembic's), and a list that only grows. Comes in: revisions.
//! Goes out: SQL by way of the dialect, or rows read back. Reading never creates the tables.

use crate::database::{Connection, Row};
use crate::dialect::{Dialect, Engine, mysql};
use crate::directive::{Directive, Literal};
use crate::plan::{plan, terminated};
use crate::schema::{Column, IndexPart, Options, PrimaryKey, QName, Schema, Table};
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Result};
use jiff::Timestamp;
use sea_schema::{probe::SchemaProbe, sea_query::SqliteQueryBuilder};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Where the ledger lies.
#[derive(Debug, Clone)]
pub struct Ledger {
    dialect: &'static dyn Dialect,
    version: QName,
    history: QName,
}

/// What was done with a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Its `upgrade` ran.
    Upgrade,
    /// Its `downgrade` ran.
    Downgrade,
    /// It was put down as applied without running.
    Stamp,
}

impl Direction {
    const ALL: [Self; 3] = [Self::Upgrade, Self::Downgrade, Self::Stamp];

    /// The word in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Stamp => "stamp",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The revision; `None` for a stamp to before the first one.
    pub revision: Option<RevisionId>,
    /// What was done.
    pub direction: Direction,
    /// The checksum of its script then.
    pub checksum: Option<String>,
    /// The version of this program that did it.
    pub tool_version: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// How many statements were run.
    pub statements: u64,
    /// How many there were to run.
    pub statements_total: u64,
}

impl Entry {
    /// The line of a stamp, now: at a revision whose script has a checksum, or before the first one.
    pub(super) fn stamp(at: Option<(RevisionId, String)>) -> Self {
        let now = Some(Timestamp::now());
        let (revision, checksum) = at.unzip();
        Self {
            revision,
            direction: Direction::Stamp,
            checksum,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: now,
            finished_at: now,
            statements: 0,
            statements_total: 0,
        }
    }
}

/// A line of the history whose script runs in segments and has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfinished {
    /// The number of the line.
    pub(super) line: i64,
    /// What it says.
    pub(super) entry: Entry,
    /// What is needed to go on.
    pub(super) progress: String,
    /// What was seen before the statement that ran when the run was cut off, if it commits by itself.
    pub(super) in_doubt: Option<String>,
}

/// What the ledger says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The applied heads, sorted.
    pub(super) heads: Vec<RevisionId>,
    /// The history, oldest first.
    pub(super) history: Vec<Entry>,
    /// The script that was begun and has not come to its end: somebody is at it, or it was cut off.
    pub(super) unfinished: Option<Unfinished>,
}

const VERSION_COLUMN: &str = "version_num";
const HISTORY_COLUMNS: [(&str, &str); 10] = [
    ("id", "integer"),
    ("revision", "varchar(255)"),
    ("direction", "varchar(16)"),
    ("checksum", "varchar(128)"),
    ("tool_version", "varchar(64)"),
    ("started_at", "varchar(40)"),
    ("finished_at", "varchar(40)"),
    ("statements", "integer"),
    ("statements_total", "integer"),
    ("progress", "text"),
];
/// One more, where statements commit by themselves.
const IN_DOUBT: (&str, &str) = ("in_doubt", "varchar(64)");
/// Columns of the history that may be NULL.
const OPTIONAL: [&str; 5] = ["revision", "checksum", "finished_at", "progress", IN_DOUBT.0];

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

    fn columns(&self) -> Vec<String> {
        let names = self.history_columns();
        names.map(|(name, _)| self.dialect.quote(name)).collect()
    }

    fn history_columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        HISTORY_COLUMNS
            .into_iter()
            .chain(self.doubts().then_some(IN_DOUBT))
    }

    /// Whether statements commit by themselves, so that one may be in doubt.
    fn doubts(&self) -> bool {
        !self.dialect.facts().transactional_ddl
    }

    fn number(&self, n: u64) -> String {
        self.dialect
            .literal(&Literal::Integer(i64::try_from(n).unwrap_or(i64::MAX)))
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

    fn create(&self, table: &Table) -> Result<Vec<String>> {
        let directive = Directive::CreateTable(Box::new(table.clone()));
        let plan = plan(&[directive], &Schema::new(), self.dialect)?;
        Ok(plan
            .steps
            .into_iter()
            .flat_map(|s| s.statements)
            .map(|s| s.sql)
            .collect())
    }

    fn version_model(&self) -> Table {
        let mut table = self.table(&self.version);
        table.columns.push(Column {
            not_null: true,
            ..Column::new(VERSION_COLUMN, "varchar(255)")
        });
        table.primary_key = Some(key(VERSION_COLUMN));
        table
    }

    fn history_model(&self) -> Table {
        let mut table = self.table(&self.history);
        table.columns = self
            .history_columns()
            .map(|(name, ty)| Column {
                not_null: !OPTIONAL.contains(&name),
                ..Column::new(name, self.long(ty))
            })
            .collect();
        table.primary_key = Some(key(HISTORY_COLUMNS[0].0));
        table
    }

    /// A table that holds the names of revisions by their letters, whatever the database has as its default.
    fn table(&self, name: &QName) -> Table {
        let mut table = Table::new(name.clone());
        match self.dialect.engine() {
            Engine::Sqlite | Engine::Postgres => {}
            Engine::Mysql | Engine::Mariadb => {
                table
                    .options
                    .insert(mysql::option::COLLATION.to_owned(), "utf8mb4_bin".to_owned());
            }
        }
        table
    }

    /// The type that takes what a script has planned, however much that is.
    fn long(&self, ty: &'static str) -> &'static str {
        match (self.dialect.engine(), ty) {
            (Engine::Mysql | Engine::Mariadb, "text") => "longtext",
            _ => ty,
        }
    }

    fn quoted(&self, name: &QName) -> String {
        let table = self.dialect.quote(&name.name);
        match self.namespace(name) {
            Some(namespace) => format!("{}.{table}", self.dialect.quote(namespace)),
            None => table,
        }
    }

    fn namespace<'n>(&self, name: &'n QName) -> Option<&'n str> {
        name.namespace
            .as_deref()
            .or(self.dialect.facts().default_namespace)
    }

    /// A query that gives one truth value: whether there is a table of that name.
    fn probe(&self, engine: Engine, table: &QName) -> String {
        match engine {
            Engine::Sqlite => sea_schema::sqlite::Sqlite
                .has_table(&*table.name)
                .to_string(SqliteQueryBuilder),
            Engine::Postgres => format!(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = {} AND c.relname = {} AND c.relkind IN ('r', 'p', 'v', 'f'))",
                self.text(self.namespace(table).unwrap_or("public")),
                self.text(&table.name)
            ),
            Engine::Mysql | Engine::Mariadb => format!(
                "SELECT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {})",
                self.text(&table.name)
            ),
        }
    }

    fn optional(&self, text: Option<&str>) -> String {
        text.map_or_else(|| self.dialect.literal(&Literal::Null), |text| self.text(text))
    }

    fn text(&self, text: &str) -> String {
        self.dialect.literal(&Literal::Text(text.to_owned()))
    }

    /// A table of that name that is no ledger of ours, or a damaged one.
    fn unreadable(table: &QName, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Database | ErrorKind::Script => error
                .context(format!("the ledger table {table} cannot be read"))
                .hint(format!(
                    "if {table} belongs to something else, choose another name with `version_table` in autogen.toml"
                )),
            _ => error,
        }
    }
}

fn key(column: &str) -> PrimaryKey {
    PrimaryKey {
        name: None,
        columns: vec![IndexPart::column(column)],
        include: Vec::new(),
        deferral: crate::schema::Deferral::NotDeferrable,
        options: Options::new(),
    }
}

/// A time as this program writes it, or as an engine writes `CURRENT_TIMESTAMP`, which is in UTC where it names no zone.
fn time_of(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}

fn entry(row: &Row) -> Result<Entry> {
    let odd = |what: &str, text: &str| Error::new(ErrorKind::Database, format!("{text:?} is no {what}"));
    let time = |column: usize| -> Result<Option<Timestamp>> {
        row.optional_text(column)?
            .map(|text| time_of(text).ok_or_else(|| odd("time", text)))
            .transpose()
    };
    let number = |column: usize| -> Result<u64> {
        let number = row.integer(column)?;
        u64::try_from(number).map_err(|_| odd("number of statements", &number.to_string()))
    };
    let direction = row.text(2)?;
    Ok(Entry {
        revision: row.optional_text(1)?.map(RevisionId::new).transpose()?,
        direction: Direction::ALL
            .into_iter()
            .find(|d| d.word() == direction)
            .ok_or_else(|| odd("direction", direction))?,
        checksum: row.optional_text(3)?.map(str::to_owned),
        tool_version: row.text(4)?.to_owned(),
        started_at: time(5)?,
        finished_at: time(6)?,
        statements: number(7)?,
        statements_total: number(8)?,
    })
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::dialect::sqlite::Sqlite;

    fn ledger() -> Ledger {
        Ledger::new(&Sqlite, "autogen_version", "autogen_history")
    }

    fn ids(texts: &[&str]) -> Vec<RevisionId> {
        texts
            .iter()
            .map(|t| RevisionId::new(*t).expect("an id"))
            .collect()
    }

    fn done(direction: Direction, revision: &str) -> Entry {
        Entry {
            revision: Some(RevisionId::new(revision).expect("an id")),
            direction,
            checksum: Some("abc".to_owned()),
            tool_version: "0.1.0".to_owned(),
            started_at: "2026-11-22T06:40:00Z".parse().ok(),
            finished_at: None,
            statements: 2,
            statements_total: 2,
        }
    }

    #[tokio::test]
    async fn reading_never_creates_the_tables() {
        let mut memory = Connection::memory().await.expect("memory");
        assert_eq!(ledger().read(&mut memory).await.expect("read"), Record::default());
        let rows = memory
            .query("SELECT count(*) FROM sqlite_schema")
            .await
            .expect("query");
        assert_eq!(rows[0].integer(0).expect("a count"), 0);
    }

    #[tokio::test]
    async fn what_is_written_is_read_back() {
        let mut memory = Connection::memory().await.expect("memory");
        let ledger = ledger();
        assert!(ledger.ensure(&mut memory).await.expect("made"));
        assert!(!ledger.ensure(&mut memory).await.expect("there"));
        let entries = [done(Direction::Upgrade, "a"), done(Direction::Downgrade, "a")];
        for entry in &entries {
            ledger.record(&mut memory, entry).await.expect("recorded");
        }
        ledger
            .set_heads(&mut memory, &[], &ids(&["b", "a"]))
            .await
            .expect("set");
        let record = ledger.read(&mut memory).await.expect("read");
        assert_eq!(record.heads, ids(&["a", "b"]));
        assert_eq!(record.history, entries);
    }

    #[tokio::test]
    async fn moves_of_heads_touch_one_row_each_or_fail() {
        let mut memory = Connection::memory().await.expect("memory");
        let ledger = ledger();
        ledger.ensure(&mut memory).await.expect("made");
        let steps: [(&[&str], &[&str]); 6] = [
            (&[], &["a"]),
            (&["a"], &["b"]),
            (&["b"], &["b", "c"]),
            (&["b", "c"], &["d"]),
            (&["d"], &["b", "c"]),
            (&["b", "c"], &[]),
        ];
        for (old, new) in steps {
            ledger
                .set_heads(&mut memory, &ids(old), &ids(new))
                .await
                .expect("moved");
            assert_eq!(ledger.heads(&mut memory).await.expect("read"), ids(new));
        }
        let error = ledger
            .set_heads(&mut memory, &ids(&["x"]), &ids(&["y"]))
            .await
            .expect_err("gone");
        assert_eq!(error.kind(), ErrorKind::OutOfStep);
        assert!(
            error.message().contains("expected to match one row") && error.message().contains("0 matched"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_table_of_another_kind_is_not_taken_for_a_ledger() {
        let mut memory = Connection::memory().await.expect("memory");
        memory
            .execute("CREATE TABLE autogen_version (a); CREATE TABLE v2 (version_num)")
            .await
            .expect("made");
        let error = ledger().heads(&mut memory).await.expect_err("no column");
        assert!(
            error.hints().iter().any(|h| h.contains("version_table")),
            "{error:?}"
        );
        let other = Ledger::new(&Sqlite, "v2", "h2");
        memory
            .execute("INSERT INTO v2 VALUES ('a'), ('a')")
            .await
            .expect("rows");
        let error = other.heads(&mut memory).await.expect_err("twice");
        assert!(error.message().contains("twice"), "{error}");
        memory
            .execute("UPDATE v2 SET version_num = 'not a revision'")
            .await
            .expect("rows");
        let error = other.heads(&mut memory).await.expect_err("no id");
        assert!(error.message().contains("cannot be read"), "{error}");
    }
}
