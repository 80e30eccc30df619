//! The SQLite driver (sqlx) behind a [`Connection`](super::Connection): SQL text goes in, plain rows come out.
//!
//! sqlx runs SQLite on a thread of its own and sends each row over a channel. What matters here: statements are never
//! cached, the file's journal mode is left as it is, extensions cannot be loaded, and lock waits are short because the
//! callers poll.

use std::{path::Path, time::Duration};

use futures_util::TryStreamExt;
use libsqlite3_sys as ffi;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Decode, Either, Executor, Row as _, SqlSafeStr, TypeInfo,
    ValueRef,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow},
};

use super::{
    Interrupter, Open, Refused, Row, Value,
    interrupt::{Underway, interrupted},
    outcome::{Cause, Done, Stopped},
    packed,
    url::{SqliteLocation, SqliteMode},
};
use crate::{
    Error, ErrorKind, Place, Result,
    sql::{Lexicon, split},
};

/// How long SQLite itself waits for a lock: long enough for another program's short write, short enough for a caller
/// that polls and shows progress.
const BUSY_TIMEOUT: Duration = Duration::from_millis(200);

/// Ask whether to stop after about so many instructions of SQLite's virtual machine (some tens of microseconds).
const INSTRUCTIONS_BETWEEN_CHECKS: i32 = 1000;

/// Limits of one batch in [`Sqlite::execute_each`]. SQLite copies the rest of the text for each statement in it and sqlx
/// keeps each one prepared until the end, so large batches cost more than the round trips they save.
const BATCH_STATEMENTS: usize = 64;
const BATCH_BYTES: usize = 16 * 1024;

/// An open SQLite database.
pub(super) struct Sqlite {
    connection: Held,
    /// The database in messages: its path, or that it is in memory.
    name: String,
    /// All rows ever changed on this connection, when last looked at.
    total_changes: i64,
    /// What sets a connection back that was taken over.
    given: Option<String>,
    interrupter: Interrupter,
    _stop_on_drop: StopOnDrop,
}

/// Whose connection it is.
enum Held {
    /// Opened here, or given by a caller who may want it back.
    Own(SqliteConnection),
    /// Lent by a pool.
    Lent(PoolConnection<sqlx::Sqlite>),
}

impl std::ops::Deref for Held {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Own(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}

impl std::ops::DerefMut for Held {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Own(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}

/// Stops a running statement when the connection goes.
struct StopOnDrop(Interrupter);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Sqlite {
    /// Opens the database, or returns `None` when its file does not exist and may not be created.
    pub(super) async fn open_existing(location: &SqliteLocation, open: Open) -> Result<Option<Self>> {
        if let Some(path) = &location.path
            && !exists(path)?
            && !may_create(location, open)
        {
            return Ok(None);
        }
        Self::open(location, open).await.map(Some)
    }

    /// Opens the database.
    pub(super) async fn open(location: &SqliteLocation, open: Open) -> Result<Self> {
        let name = match &location.path {
            Some(path) => path.display().to_string(),
            None => "the database in memory".to_owned(),
        };
        let mut options = SqliteConnectOptions::new()
            .read_only(location.mode == SqliteMode::ReadOnly)
            .create_if_missing(may_create(location, open))
            .shared_cache(location.shared_cache)
            .immutable(location.immutable)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        options = match &location.path {
            Some(path) => options.filename(path),
            None => options.in_memory(true),
        };
        if let Some(vfs) = &location.vfs {
            options = options.vfs(vfs.clone());
        }
        // Not `read_only`: only a connection that may write can recover a file whose last writer was killed.
        if open == Open::ReadOnly {
            options = options.pragma("query_only", "ON");
        }
        let connection = match options.connect().await {
            Ok(connection) => connection,
            Err(error) => return Err(cannot_open(&error, &name, location.path.as_deref())),
        };
        let mut sqlite = Self::watched(Held::Own(connection), name).await?;
        // SQLite opens anything; only reading shows whether it is a database.
        match sqlite.run("PRAGMA schema_version", |_| Ok(())).await {
            Ok(_) => Ok(sqlite),
            Err(Stopped {
                cause: Cause::Driver(error),
                ..
            }) => {
                let failure = cannot_open(&error, &sqlite.name, location.path.as_deref());
                // Whoever holds the lock will let go: the first statement may find it free.
                if failure.kind() == ErrorKind::Locked {
                    Ok(sqlite)
                } else {
                    Err(failure)
                }
            }
            Err(Stopped {
                cause: Cause::Ours(error),
                ..
            }) => Err(error),
        }
    }

    /// A connection whose statements can be stopped.
    async fn watched(connection: Held, name: String) -> Result<Self> {
        let interrupter = Interrupter::default();
        let mut sqlite = Self {
            connection,
            name,
            total_changes: 0,
            given: None,
            _stop_on_drop: StopOnDrop(interrupter.clone()),
            interrupter: interrupter.clone(),
        };
        let mut handle = match sqlite.connection.lock_handle().await {
            Ok(handle) => handle,
            Err(error) => return Err(driver_failed(&error)),
        };
        handle.set_progress_handler(INSTRUCTIONS_BETWEEN_CHECKS, move || !interrupter.must_stop());
        drop(handle);
        Ok(sqlite)
    }

    /// Takes over a connection that somebody else has opened.
    pub(super) async fn adopt(connection: SqliteConnection) -> Result<Self> {
        Self::take_over(Held::Own(connection)).await
    }

    /// Borrows a connection of a pool, which gets it back by [`close`](Self::close).
    pub(super) async fn lent(connection: PoolConnection<sqlx::Sqlite>) -> Result<Self> {
        Self::take_over(Held::Lent(connection)).await
    }

    async fn take_over(connection: Held) -> Result<Self> {
        let mut sqlite = Self::watched(connection, "the database".to_owned()).await?;
        if sqlite.is_in_transaction().await? {
            return Err(super::connection::in_transaction());
        }
        let mut given = Vec::new();
        for pragma in ["foreign_keys", "busy_timeout"] {
            let rows = sqlite.query(&format!("PRAGMA {pragma}")).await?;
            let value = rows.first().map_or(Ok(0), |row| row.integer(0))?;
            given.push(format!("PRAGMA {pragma} = {value}"));
        }
        sqlite.given = Some(given.join(";\n"));
        let wait = BUSY_TIMEOUT.as_millis();
        sqlite
            .execute(&format!(
                "PRAGMA foreign_keys = ON;\nPRAGMA busy_timeout = {wait}"
            ))
            .await?;
        let files = sqlite.query("PRAGMA database_list").await?;
        if let Some(file) = files.first().and_then(|row| row.text(2).ok())
            && !file.is_empty()
        {
            file.clone_into(&mut sqlite.name);
        }
        Ok(sqlite)
    }

    /// The driver's own connection, for statements with parameters.
    pub(super) fn raw(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// The connection as it was taken over, unless it belongs to a pool, which then has it back.
    pub(super) async fn release(mut self) -> Result<Option<SqliteConnection>> {
        self.roll_back().await?;
        if let Some(given) = self.given.take() {
            self.execute(&given).await?;
        }
        let mut handle = self
            .connection
            .lock_handle()
            .await
            .map_err(|error| driver_failed(&error))?;
        // The one that stops statements would outlive whoever asks for that.
        handle.remove_progress_handler();
        drop(handle);
        let Self {
            connection,
            _stop_on_drop,
            ..
        } = self;
        Ok(match connection {
            Held::Own(connection) => Some(connection),
            Held::Lent(_) => None,
        })
    }

    /// Forbids attaching another database, which is also how `VACUUM INTO` would write one.
    pub(super) async fn close_off(&mut self) -> Result<()> {
        let mut handle = self
            .connection
            .lock_handle()
            .await
            .map_err(|error| driver_failed(&error))?;
        let database = handle.as_raw_handle();
        #[expect(unsafe_code, reason = "sqlx has no setter for this limit")]
        // SAFETY: the handle is open, and the lock keeps sqlx's thread from using it.
        unsafe {
            ffi::sqlite3_limit(database.as_ptr(), ffi::SQLITE_LIMIT_ATTACHED, 0);
        }
        Ok(())
    }

    pub(super) fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64> {
        match self.run(sql, |_| Ok(())).await {
            // Nearly always schema statements.
            Ok(Done { changes: 0, .. }) => Ok(0),
            // SQLite leaves the count of the last data statement standing, however long ago that was.
            Ok(done) => Ok(if self.has_changed_rows().await? {
                done.changes
            } else {
                0
            }),
            Err(stopped) => Err(self.explain(stopped, sql).await),
        }
    }

    /// Whether rows were changed since the last call.
    async fn has_changed_rows(&mut self) -> Result<bool> {
        let mut handle = self
            .connection
            .lock_handle()
            .await
            .map_err(|error| driver_failed(&error))?;
        let database = handle.as_raw_handle();
        #[expect(unsafe_code, reason = "sqlx does not report this count")]
        // SAFETY: the handle is open, and the lock keeps sqlx's thread from using it.
        let total = unsafe { ffi::sqlite3_total_changes64(database.as_ptr()) };
        Ok(std::mem::replace(&mut self.total_changes, total) != total)
    }

    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let result = self
            .run(sql, |row| {
                rows.push(plain_row(&row)?);
                Ok(())
            })
            .await;
        match result {
            Ok(_) => Ok(rows),
            Err(stopped) => Err(self.explain(stopped, sql).await),
        }
    }

    /// One row of JSON instead of thousands of rows: sqlx copies every cell twice and sends every row over a channel, which
    /// costs about four times as much (450 ms against 115 ms for 50,000 rows of 8 columns; larger buffers do not help).
    pub(super) async fn query_bulk(&mut self, sql: &str, columns: usize) -> Result<Vec<Row>> {
        let names = (1..=columns)
            .map(|column| format!("c{column}"))
            .collect::<Vec<_>>()
            .join(", ");
        let packed = format!(
            "WITH packed({names}) AS (\n{sql}\n) SELECT json_group_array(json_array({names})) FROM packed"
        );
        let rows = self.query(&packed).await?;
        let text = rows.first().map_or(Ok("[]"), |row| row.text(0))?;
        packed::rows(text)
    }

    pub(super) async fn execute_each<S: AsRef<str> + Sync>(
        &mut self,
        statements: &[S],
        round_trips: &mut u64,
    ) -> Result<(), Refused> {
        let mut start = 0;
        let mut batch = String::new();
        while start < statements.len() {
            batch.clear();
            let mut end = start;
            while end < statements.len() && end - start < BATCH_STATEMENTS {
                let statement = statements[end].as_ref().trim();
                if end > start && (batch.len() + statement.len() > BATCH_BYTES || statement.contains('\0')) {
                    break;
                }
                batch.push_str(statement);
                // On its own line and even after a `;`, in case the statement ends in a comment.
                batch.push_str("\n;\n");
                end += 1;
            }
            *round_trips += 1;
            match self.run(&batch, |_| Ok(())).await {
                Ok(done) if done.results == end - start => {
                    start = end;
                }
                Ok(_) => {
                    let error = Error::new(
                        ErrorKind::Internal,
                        "a text that should be one statement is none, or is several, or runs into the next",
                    );
                    return Err(Refused { index: start, error });
                }
                Err(stopped) => {
                    let index = start + stopped.completed;
                    return Err(Refused {
                        index,
                        error: self.explain(stopped, &batch).await,
                    });
                }
            }
        }
        Ok(())
    }

    pub(super) async fn roll_back(&mut self) -> Result<()> {
        self.settle().await?;
        if self.is_in_transaction().await? {
            self.execute("ROLLBACK").await?;
        }
        Ok(())
    }

    async fn is_in_transaction(&mut self) -> Result<bool> {
        let mut handle = self
            .connection
            .lock_handle()
            .await
            .map_err(|error| driver_failed(&error))?;
        let database = handle.as_raw_handle();
        #[expect(unsafe_code, reason = "sqlx only knows the transactions it began itself")]
        // SAFETY: the handle is open, and the lock keeps sqlx's thread from using it.
        Ok(unsafe { ffi::sqlite3_get_autocommit(database.as_ptr()) == 0 })
    }

    pub(super) async fn close(self) -> Result<()> {
        match self.connection {
            Held::Own(connection) => connection.close().await.map_err(|error| driver_failed(&error)),
            Held::Lent(_) => self.release().await.map(drop),
        }
    }

    /// Runs SQL text to its end or its first error, and hands over each row.
    async fn run(
        &mut self,
        sql: &str,
        mut each: impl FnMut(SqliteRow) -> Result<()> + Send,
    ) -> Result<Done, Stopped> {
        // sqlx would try to read on behind the NUL for ever.
        if let Some(offset) = sql.find('\0') {
            let place = Place::within(sql, offset);
            return Err(Error::new(ErrorKind::Database, "a statement contains a NUL byte")
                .at(place)
                .into());
        }
        self.settle().await?;
        self.interrupter.check()?;
        let underway = Underway::new(&self.interrupter);
        let mut done = Done {
            results: 0,
            changes: 0,
        };
        let mut results = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(&mut *self.connection);
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(result))) => {
                    done.results += 1;
                    done.changes += result.rows_affected();
                }
                Ok(Some(Either::Right(row))) => {
                    each(row).map_err(|error| Stopped {
                        completed: done.results,
                        cause: Cause::Ours(error),
                    })?;
                }
                Ok(None) => break,
                Err(error) => {
                    underway.done();
                    return Err(Stopped {
                        completed: done.results,
                        cause: Cause::Driver(error),
                    });
                }
            }
        }
        underway.done();
        Ok(done)
    }

    /// Waits until a statement whose caller is gone has stopped.
    async fn settle(&mut self) -> Result<()> {
        if self.interrupter.is_abandoned() {
            self.connection
                .ping()
                .await
                .map_err(|error| driver_failed(&error))?;
            self.interrupter.resume();
        }
        Ok(())
    }

    /// The error for a text that may hold several statements; its place is relative to the one that failed.
    async fn explain(&mut self, stopped: Stopped, sql: &str) -> Error {
        let error = match stopped.cause {
            Cause::Ours(error) => return error,
            Cause::Driver(error) => error,
        };
        let Some(statement) = split(sql, &Lexicon::SQLITE).nth(stopped.completed) else {
            return self.failure(&error, sql, None);
        };
        // Where SQLite stopped reading is forgotten by now (sqlx has cleaned up). Compiling the statement again changes
        // nothing and brings it back; the offset is then relative to this statement and not to the whole text.
        let again = AssertSqlSafe(statement.text).into_sql_str();
        let offset = match (&mut *self.connection).prepare(again).await {
            Err(_) => self.error_offset().await,
            Ok(_) => None,
        };
        self.failure(&error, statement.text, offset)
    }

    /// Where in the statement that was refused last SQLite stopped reading, in bytes.
    async fn error_offset(&mut self) -> Option<usize> {
        let mut handle = self.connection.lock_handle().await.ok()?;
        let database = handle.as_raw_handle();
        #[expect(unsafe_code, reason = "sqlx does not report this offset")]
        // SAFETY: the handle is open, and the lock keeps sqlx's thread from using it.
        let offset = unsafe { ffi::sqlite3_error_offset(database.as_ptr()) };
        usize::try_from(offset).ok()
    }

    fn failure(&self, error: &sqlx::Error, statement: &str, offset: Option<usize>) -> Error {
        let Some((code, message)) = engine_error(error) else {
            return driver_failed(error);
        };
        if code == ffi::SQLITE_INTERRUPT {
            self.interrupter.take_request();
        }
        let kind = match code {
            ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => ErrorKind::RowsContradict,
            _ => match database_error(code, &message, &self.name) {
                Some(error) => return error,
                None => ErrorKind::Database,
            },
        };
        Error::new(kind, message).at(Place::within(statement, offset.unwrap_or(0)))
    }
}

/// Whether a missing file is created: the command needs it and the URL allows it.
fn may_create(location: &SqliteLocation, open: Open) -> bool {
    open == Open::Create && location.mode == SqliteMode::Create
}

/// Whether a file, or anything else, is at `path`.
fn exists(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|error| {
        Error::new(
            ErrorKind::Database,
            format!("{}: unable to open database file", path.display()),
        )
        .because(error)
    })
}

/// A row in plain values.
fn plain_row(row: &SqliteRow) -> Result<Row> {
    let mut values = Vec::with_capacity(row.len());
    for column in 0..row.len() {
        let raw = row.try_get_raw(column).map_err(|error| driver_failed(&error))?;
        let value = match raw.type_info().name() {
            _ if raw.is_null() => Ok(Value::Null),
            "INTEGER" => <i64 as Decode<sqlx::Sqlite>>::decode(raw).map(Value::Integer),
            "REAL" => <f64 as Decode<sqlx::Sqlite>>::decode(raw).map(Value::Real),
            "TEXT" => <String as Decode<sqlx::Sqlite>>::decode(raw).map(Value::Text),
            _ => <Vec<u8> as Decode<sqlx::Sqlite>>::decode(raw).map(Value::Blob),
        };
        values.push(value.map_err(|error| {
            Error::new(
                ErrorKind::Database,
                format!("column {} of a row cannot be read", column + 1),
            )
            .because(error)
        })?);
    }
    Ok(Row::new(values))
}

/// The primary result code and the message of an error that comes from SQLite itself.
fn engine_error(error: &sqlx::Error) -> Option<(i32, String)> {
    let error = error.as_database_error()?;
    let extended: i32 = error.code()?.parse().ok()?;
    Some((extended & 0xff, error.message().to_owned()))
}

/// An error of the driver and not of SQLite: its thread has ended, or cannot start.
fn driver_failed(error: &sqlx::Error) -> Error {
    Error::new(ErrorKind::Database, format!("the SQLite driver failed: {error}"))
}

/// The error for a result code that is about the database and not about the statement; `None` for the others.
fn database_error(code: i32, message: &str, name: &str) -> Option<Error> {
    let error = |kind| Error::new(kind, format!("{name}: {message}"));
    let database = || error(ErrorKind::Database);
    Some(match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => error(ErrorKind::Locked)
            .hint("another program or connection is using it; try again when it is done"),
        ffi::SQLITE_INTERRUPT => interrupted(),
        ffi::SQLITE_NOTADB => {
            database().hint("it has no SQLite header, or is encrypted; check the path in the URL")
        }
        ffi::SQLITE_CORRUPT => database().hint(
            "the file is damaged: restore a backup, or save what can be read with `sqlite3 FILE .recover`",
        ),
        ffi::SQLITE_READONLY => {
            database().hint("check the permissions of the file and of its folder, and `mode=ro` in the URL")
        }
        ffi::SQLITE_FULL => {
            database().hint("free some space and run it again; unfinished work is rolled back")
        }
        ffi::SQLITE_IOERR => {
            database().hint("check the disk and the file system; unfinished work is rolled back")
        }
        ffi::SQLITE_CANTOPEN => database().hint(
            "check the permissions of the file and of its folder: SQLite writes a journal beside the file",
        ),
        ffi::SQLITE_NOMEM | ffi::SQLITE_PERM | ffi::SQLITE_PROTOCOL | ffi::SQLITE_NOLFS => database(),
        _ => return None,
    })
}

/// The error for a database that does not open.
fn cannot_open(error: &sqlx::Error, name: &str, path: Option<&Path>) -> Error {
    let Some((code, message)) = engine_error(error) else {
        return driver_failed(error);
    };
    if code == ffi::SQLITE_CANTOPEN
        && let Some(path) = path
    {
        let failure = |text: &str| Error::new(ErrorKind::Database, format!("{name}: {message}: {text}"));
        if path.is_dir() {
            return failure("it is a folder");
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return failure(&format!("the folder {} does not exist", folder.display()))
                .hint("create the folder first");
        }
    }
    database_error(code, &message, name)
        .unwrap_or_else(|| Error::new(ErrorKind::Database, format!("{name}: {message}")))
}

#[cfg(test)]
mod tests;
