//! The PostgreSQL driver (sqlx) behind a [`Connection`](super::Connection): SQL text goes in, plain rows come out.
//!
//! Everything goes through the simple query protocol: values come as text, several statements can share a round trip, and
//! nothing is prepared or cached. What matters here: in a transaction statements travel in batches, outside of one each
//! alone, because a batch would be a transaction of its own; and a statement that nobody waits for is stopped.

mod failure;
mod options;
mod passwords;

use std::time::Duration;

use futures_util::{
    TryStreamExt,
    future::{Either as First, select},
};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Either, Row as _, ValueRef,
    postgres::{
        PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgRow, PgSslMode, types::Oid,
    },
};
use std::pin::pin;

use self::{
    failure::{Failed, place_in},
    options::{Attributes, Settings, Target},
};
use super::{
    Interrupter, Open, Refused, Row, Value,
    interrupt::{Underway, interrupted},
    url::ServerLocation,
};
use crate::{
    Error, ErrorKind, Result,
    sql::{Lexicon, Scanner, split},
};

/// Limits of one batch in [`Postgres::execute_each`]: the server parses a text as a whole before it runs the first
/// statement of it.
const BATCH_STATEMENTS: usize = 128;
const BATCH_BYTES: usize = 256 * 1024;

/// How long to wait for a second connection that stops a statement on the first.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// What every session is set to, so that what the server says does not depend on how a role or a database is configured.
/// (sqlx has set the date style, the time zone and the encoding.)
const SESSION: &str = "SET client_min_messages = warning;\n\
    SET standard_conforming_strings = on;\n\
    SET IntervalStyle = postgres;\n\
    SET bytea_output = hex;\n\
    SET xmloption = content;\n\
    SET quote_all_identifiers = off;\n\
    SET synchronize_seqscans = off;\n";

/// From version 14 on a server looks now and then whether its client is still there.
const CHECK_CLIENT: &str = "SET client_connection_check_interval = '1s';\n";
const CHECKS_CLIENT_FROM: u32 = 140_000;

/// The settings that [`SESSION`] and [`CHECK_CLIENT`] change, as statements that set them back; and whether this statement is a
/// transaction of its own, which then began with it.
const SETTINGS_AS_GIVEN: &str = "SELECT pg_catalog.string_agg(pg_catalog.format('SET %I = %L', name, setting), '; ' ORDER BY name), \
    pg_catalog.bool_and(pg_catalog.now() = pg_catalog.statement_timestamp()) \
    FROM pg_catalog.pg_settings WHERE name IN ('client_min_messages', 'standard_conforming_strings', 'IntervalStyle', \
    'bytea_output', 'xmloption', 'quote_all_identifiers', 'synchronize_seqscans', 'client_connection_check_interval')";

/// An open PostgreSQL session.
pub(super) struct Postgres {
    /// `None` once it is lost or given up.
    connection: Option<PgConnection>,
    /// Where it leads, to connect once more.
    target: Target,
    /// The process that serves it.
    process: i64,
    /// Whether a transaction is open, also a failed one.
    in_transaction: bool,
    /// What sets a session back that was taken over.
    given: Option<String>,
    interrupter: Interrupter,
}

/// A text that did not run to its end.
struct Stopped {
    /// How many of its statements had been executed.
    completed: usize,
    cause: Cause,
}

enum Cause {
    Driver(sqlx::Error),
    Ours(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self {
            completed: 0,
            cause: Cause::Ours(error),
        }
    }
}

/// A text that ran to its end.
struct Done {
    /// How many statements were executed.
    statements: usize,
    /// The rows changed by each, added up.
    changes: u64,
}

impl Postgres {
    /// Connects to the first host that answers and is what the URL asks for.
    pub(super) async fn open(location: &ServerLocation, open: Open) -> Result<Self> {
        let settings = Settings::new(location)?;
        let mut first_error = None;
        for attributes in attempts(settings.attributes) {
            for target in &settings.hosts {
                match Self::open_host(target, &settings, attributes, open).await {
                    Ok(postgres) => return Ok(postgres),
                    Err(error) => first_error.get_or_insert(error),
                };
            }
        }
        Err(first_error.unwrap_or_else(|| Error::new(ErrorKind::Usage, "the URL names no host")))
    }

    async fn open_host(
        target: &Target,
        settings: &Settings,
        attributes: Attributes,
        open: Open,
    ) -> Result<Self> {
        let connection = connect(target, settings.timeout).await?;
        let (postgres, row) = Self::set_up(connection, target.clone(), open).await?;
        let is_standby = row.boolean(1)?;
        let is_read_only = is_standby || row.text(2)? == "on";
        let (fits, wanted) = match attributes {
            Attributes::Any => (true, ""),
            Attributes::ReadWrite => (!is_read_only, "read-write"),
            Attributes::ReadOnly => (is_read_only, "read-only"),
            Attributes::Primary => (!is_standby, "a primary"),
            Attributes::Standby | Attributes::PreferStandby => (is_standby, "a standby"),
        };
        if fits {
            return Ok(postgres);
        }
        Err(Error::new(
            ErrorKind::Database,
            format!(
                "{} is not {wanted}, as `target_session_attrs` asks for",
                target.name
            ),
        ))
    }

    /// Sets a session up. Gives what the server answers: its process, whether it is a standby, whether it is read-only.
    async fn set_up(connection: PgConnection, target: Target, open: Open) -> Result<(Self, Row)> {
        let checks_client = connection
            .server_version_num()
            .is_some_and(|version| version >= CHECKS_CLIENT_FROM);
        let mut postgres = Self {
            connection: Some(connection),
            target,
            process: 0,
            in_transaction: false,
            given: None,
            interrupter: Interrupter::default(),
        };
        let read_only = match open {
            Open::ReadOnly => "SET default_transaction_read_only = on;\n",
            Open::ReadWrite | Open::Create => "",
        };
        let ask = "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only')";
        let mut rows = None;
        if checks_client {
            // Not every system the server runs on can do it.
            let setup = format!("{SESSION}{CHECK_CLIENT}{ask};\n{read_only}");
            rows = postgres.query(&setup).await.ok();
        }
        let rows = match rows {
            Some(rows) => rows,
            None => postgres.query(&format!("{SESSION}{ask};\n{read_only}")).await?,
        };
        let Some(row) = rows.into_iter().next() else {
            return Err(Error::new(
                ErrorKind::Database,
                "the server does not answer a query",
            ));
        };
        postgres.process = row.integer(0)?;
        Ok((postgres, row))
    }

    /// Takes over a session that somebody else has opened with these options, and outside of a transaction.
    pub(super) async fn adopt(mut connection: PgConnection, options: PgConnectOptions) -> Result<Self> {
        let target = Target::of(options);
        let row = sqlx::raw_sql(SETTINGS_AS_GIVEN)
            .fetch_one(&mut connection)
            .await
            .map_err(|error| failure::lost(&error, &target.name))?;
        let text = |at: usize| {
            row.try_get_raw(at)
                .ok()
                .and_then(|value| value.as_str().ok().map(str::to_owned))
        };
        if text(1).as_deref() != Some("t") {
            return Err(super::connection::in_transaction());
        }
        let given = text(0);
        let (mut postgres, _) = Self::set_up(connection, target, Open::ReadWrite).await?;
        postgres.given = given;
        Ok(postgres)
    }

    /// The driver's own connection, for statements with parameters; `None` once it is lost.
    pub(super) fn raw(&mut self) -> Option<&mut PgConnection> {
        self.connection.as_mut()
    }

    /// The session as it was taken over; `None` when it was lost.
    pub(super) async fn release(mut self) -> Result<Option<PgConnection>> {
        self.roll_back().await?;
        if let Some(given) = self.given.take()
            && self.connection.is_some()
        {
            self.execute(&given).await?;
        }
        Ok(self.connection.take())
    }

    pub(super) fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64> {
        match self.run(sql, |_| Ok(())).await {
            Ok(done) => Ok(done.changes),
            Err(stopped) => Err(self.explain(stopped, sql)),
        }
    }

    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.query_each(sql, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    pub(super) async fn query_each(
        &mut self,
        sql: &str,
        mut each: impl FnMut(Row) -> Result<()> + Send,
    ) -> Result<()> {
        match self.run(sql, |row| each(plain_row(&row)?)).await {
            Ok(_) => Ok(()),
            Err(stopped) => Err(self.explain(stopped, sql)),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.connection.is_some()
    }

    /// A query inside a savepoint of its own.
    pub(super) async fn try_query(&mut self, sql: &str, round_trips: &mut u64) -> Result<Vec<Row>> {
        self.settle().await?;
        if !self.in_transaction {
            return self.query(sql).await;
        }
        *round_trips += 1;
        // Alone, because of a text with a syntax error nothing runs.
        self.execute("SAVEPOINT autogen_try").await?;
        let result = self
            .query(&format!("{sql}\n;\nRELEASE SAVEPOINT autogen_try"))
            .await;
        if result.is_err() && self.is_alive() {
            *round_trips += 1;
            self.execute("ROLLBACK TO SAVEPOINT autogen_try; RELEASE SAVEPOINT autogen_try")
                .await?;
        }
        result
    }

    pub(super) async fn execute_each<S: AsRef<str> + Sync>(
        &mut self,
        statements: &[S],
        round_trips: &mut u64,
    ) -> Result<(), Refused> {
        let mut start = 0;
        let mut batch = String::new();
        // Where each statement of the batch begins.
        let mut begins = Vec::new();
        while start < statements.len() {
            batch.clear();
            begins.clear();
            // A text of several statements is a transaction of its own, in which some statements cannot be, and what
            // stands before the one that fails would not stand.
            let most = if self.in_transaction { BATCH_STATEMENTS } else { 1 };
            for statement in statements[start..].iter().take(most) {
                let statement = statement.as_ref().trim();
                if !begins.is_empty() && batch.len() + statement.len() > BATCH_BYTES {
                    break;
                }
                begins.push(batch.len());
                batch.push_str(statement);
                // On its own line and even after a `;`, in case the statement ends in a comment.
                batch.push_str("\n;\n");
                // What follows the end of a transaction is outside of it.
                if effect(statement).is_some() {
                    break;
                }
            }
            *round_trips += 1;
            match self.run(&batch, |_| Ok(())).await {
                Ok(done) if done.statements == begins.len() => start += begins.len(),
                Ok(_) => {
                    let error = Error::new(
                        ErrorKind::Internal,
                        "a text that should be one statement is none, or is several, or runs into the next",
                    );
                    return Err(Refused { index: start, error });
                }
                Err(stopped) => {
                    let at = failed_index(&stopped, &batch, &begins);
                    let error = self.explain_one(
                        stopped,
                        statements[start + at].as_ref().trim(),
                        &batch[..begins[at]],
                    );
                    return Err(Refused {
                        index: start + at,
                        error,
                    });
                }
            }
        }
        Ok(())
    }

    /// Rolls back what is open; a session that is lost has no transaction any more.
    pub(super) async fn roll_back(&mut self) -> Result<()> {
        if self.connection.is_none() {
            return Ok(());
        }
        self.settle().await?;
        if self.in_transaction {
            self.execute("ROLLBACK").await?;
        }
        Ok(())
    }

    pub(super) async fn close(mut self) -> Result<()> {
        self.settle().await?;
        match self.connection.take() {
            Some(connection) => connection
                .close()
                .await
                .map_err(|error| failure::lost(&error, &self.target.name)),
            None => Ok(()),
        }
    }

    /// Runs SQL text to its end or its first error, and hands over each row.
    async fn run(
        &mut self,
        sql: &str,
        mut each: impl FnMut(PgRow) -> Result<()> + Send,
    ) -> Result<Done, Stopped> {
        // The protocol ends a text there.
        if let Some(offset) = sql.find('\0') {
            let place = place_in(sql, sql[..offset].chars().count());
            return Err(Error::new(ErrorKind::Database, "a statement contains a NUL byte")
                .at(place)
                .into());
        }
        self.settle().await?;
        self.interrupter.check()?;
        let Some(connection) = &mut self.connection else {
            return Err(Error::new(
                ErrorKind::Database,
                format!("the connection to {} is lost", self.target.name),
            )
            .into());
        };
        let underway = Underway::new(&self.interrupter);
        let mut done = Done {
            statements: 0,
            changes: 0,
        };
        let mut ours = None;
        let mut asked_to_stop = false;
        let mut gave_up = false;
        let mut results = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection);
        let failed = loop {
            let next = results.try_next();
            let next = if asked_to_stop {
                next.await
            } else {
                match select(pin!(next), pin!(self.interrupter.requested())).await {
                    First::Left((next, _)) => next,
                    First::Right(((), next)) => {
                        asked_to_stop = true;
                        if !cancel(&self.target, self.process).await {
                            gave_up = true;
                            break None;
                        }
                        // It ends now, unless it is done already.
                        next.await
                    }
                }
            };
            match next {
                Ok(Some(Either::Left(result))) => {
                    done.statements += 1;
                    done.changes += result.rows_affected();
                }
                // All is read, so that the session is ready for the next statement.
                Ok(Some(Either::Right(row))) if ours.is_none() => ours = each(row).err(),
                Ok(Some(Either::Right(_))) => {}
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        drop(results);
        underway.done();
        if gave_up {
            // The server will notice that nobody listens any more, and roll back.
            self.connection = None;
            self.in_transaction = false;
            self.interrupter.take_request();
            return Err(interrupted().into());
        }
        self.follow_transaction(sql, done.statements);
        match (failed, ours) {
            (None, None) => Ok(done),
            (Some(error), _) => {
                self.heed(&error);
                Err(Stopped {
                    completed: done.statements,
                    cause: Cause::Driver(error),
                })
            }
            (None, Some(error)) => Err(error.into()),
        }
    }

    /// Keeps track of whether a transaction is open, by the statements that were executed.
    fn follow_transaction(&mut self, sql: &str, completed: usize) {
        for statement in split(sql, &Lexicon::POSTGRES).take(completed) {
            if let Some(open) = effect(statement.text) {
                self.in_transaction = open;
            }
        }
    }

    /// Gives the session up when it does not go on behind this error.
    fn heed(&mut self, error: &sqlx::Error) {
        let goes_on = match error {
            sqlx::Error::Database(error) => error
                .try_downcast_ref::<PgDatabaseError>()
                .is_some_and(|error| !failure::ends_session(error)),
            _ => false,
        };
        if !goes_on {
            self.connection = None;
            self.in_transaction = false;
        }
    }

    /// Stops a statement whose caller is gone, and waits for that.
    async fn settle(&mut self) -> Result<()> {
        if !self.interrupter.is_abandoned() {
            return Ok(());
        }
        if let Some(connection) = &mut self.connection {
            if !cancel(&self.target, self.process).await {
                self.connection = None;
                self.in_transaction = false;
                self.interrupter.resume();
                return Ok(());
            }
            // What it still had to say, the error of the cancelled statement among it, is passed over.
            let mut result = connection.ping().await;
            while let Err(sqlx::Error::Database(_)) = result {
                result = connection.ping().await;
            }
            if let Err(error) = result {
                self.connection = None;
                return Err(failure::lost(&error, &self.target.name));
            }
            // What it was is not known: it may have begun or ended a transaction.
            self.in_transaction = true;
        }
        self.interrupter.resume();
        Ok(())
    }

    /// The error for a text that may hold several statements; its place is relative to the one that failed.
    fn explain(&mut self, stopped: Stopped, sql: &str) -> Error {
        let position = position(&stopped);
        let offset =
            position.map(|characters| sql.char_indices().nth(characters).map_or(sql.len(), |(at, _)| at));
        let mut statements = split(sql, &Lexicon::POSTGRES);
        let statement = match offset {
            Some(offset) => statements.find(|statement| offset <= statement.offset + statement.text.len()),
            None => statements.nth(stopped.completed),
        };
        match statement {
            Some(statement) => self.explain_one(stopped, statement.text, &sql[..statement.offset]),
            None => self.explain_one(stopped, sql, ""),
        }
    }

    fn explain_one(&mut self, stopped: Stopped, statement: &str, before: &str) -> Error {
        let error = match stopped.cause {
            Cause::Ours(error) => return error,
            Cause::Driver(error) => error,
        };
        match &error {
            sqlx::Error::Database(refusal) => match refusal.try_downcast_ref::<PgDatabaseError>() {
                Some(refusal) if failure::ends_session(refusal) => failure::lost(&error, &self.target.name),
                Some(refusal) => {
                    let failed = Failed {
                        statement,
                        characters_before: before.chars().count(),
                    };
                    let asked = refusal.code() == failure::QUERY_CANCELED && self.interrupter.take_request();
                    failure::statement_failed(refusal, &failed, asked)
                }
                None => Error::new(ErrorKind::Database, refusal.message().to_owned()),
            },
            sqlx::Error::Protocol(reason) if reason.contains("Copy") => Error::new(
                ErrorKind::Database,
                "COPY from or to the client is not possible here",
            )
            .at(place_in(statement, 0))
            .hint("write INSERT statements; the connection was closed, and what was not committed is rolled back"),
            _ if self.interrupter.take_request() => interrupted(),
            error => failure::lost(error, &self.target.name),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A newer server notices that nobody listens any more, an older one has to be told.
        if self.connection.is_some()
            && self.interrupter.is_abandoned()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (target, process) = (self.target.clone(), self.process);
            runtime.spawn(async move {
                cancel(&target, process).await;
            });
        }
    }
}

/// What to look for, in order.
fn attempts(attributes: Attributes) -> impl Iterator<Item = Attributes> {
    let then = (attributes == Attributes::PreferStandby).then_some(Attributes::Any);
    std::iter::once(attributes).chain(then)
}

/// Connects to one host.
async fn connect(target: &Target, timeout: Option<Duration>) -> Result<PgConnection> {
    let options = &target.options;
    let connect = async {
        match options.connect().await {
            Err(sqlx::Error::Tls(_)) if target.may_go_without_tls => {
                options.clone().ssl_mode(PgSslMode::Disable).connect().await
            }
            result => result,
        }
    };
    let result = match timeout {
        Some(limit) => match tokio::time::timeout(limit, connect).await {
            Ok(result) => result,
            Err(_) => return Err(failure::timed_out(target, limit.as_secs())),
        },
        None => connect.await,
    };
    result.map_err(|error| {
        let database = options.get_database().unwrap_or(options.get_username());
        failure::cannot_connect(&error, target, database)
    })
}

/// Stops what a process of the server is doing, by way of a second connection (sqlx keeps the key of a cancel request to itself).
/// Gives whether the server took it.
async fn cancel(target: &Target, process: i64) -> bool {
    let sql = format!("SELECT pg_catalog.pg_cancel_backend({process})");
    let stop = async {
        let Ok(mut second) = connect(target, None).await else {
            return false;
        };
        let asked = sqlx::raw_sql(AssertSqlSafe(sql.as_str()))
            .execute(&mut second)
            .await
            .is_ok();
        // What matters is done.
        let _ = second.close().await;
        asked
    };
    tokio::time::timeout(CANCEL_TIMEOUT, stop).await.unwrap_or(false)
}

/// Where in the text the server found the fault, in characters from 0.
fn position(stopped: &Stopped) -> Option<usize> {
    let Cause::Driver(sqlx::Error::Database(error)) = &stopped.cause else {
        return None;
    };
    match error.try_downcast_ref::<PgDatabaseError>()?.position()? {
        PgErrorPosition::Original(position) => position.checked_sub(1),
        PgErrorPosition::Internal { .. } => None,
    }
}

/// Which statement of a batch failed. The server reads all of a text before it runs the first statement, so a syntax error
/// may be behind what was executed.
fn failed_index(stopped: &Stopped, batch: &str, begins: &[usize]) -> usize {
    let last = begins.len() - 1;
    let by_position = position(stopped).map(|characters| {
        let offset = batch
            .char_indices()
            .nth(characters)
            .map_or(batch.len(), |(at, _)| at);
        begins.partition_point(|&begin| begin <= offset).saturating_sub(1)
    });
    by_position.unwrap_or(0).max(stopped.completed).min(last)
}

/// Whether a statement begins a transaction, ends one, or does neither.
fn effect(statement: &str) -> Option<bool> {
    let mut words = Scanner::new(statement, &Lexicon::POSTGRES)
        .filter(|token| !token.is_trivia())
        .map(|token| token.text(statement).to_ascii_lowercase());
    match words.next()?.as_str() {
        "begin" | "start" => Some(true),
        "prepare" => (words.next()? == "transaction").then_some(false),
        "commit" | "end" | "rollback" | "abort" => {
            let mut words = words.filter(|word| word != "work" && word != "transaction");
            match words.next().as_deref() {
                Some("to" | "prepared") => None,
                Some("and") => (words.next()? == "no").then_some(false),
                _ => Some(false),
            }
        }
        _ => None,
    }
}

/// The types that are not taken as text.
mod types {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const OID: u32 = 26;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
}

/// A row in plain values: whole numbers, booleans, floating-point numbers and bytes as such, all else as the server writes it.
fn plain_row(row: &PgRow) -> Result<Row> {
    let mut values = Vec::with_capacity(row.len());
    for column in 0..row.len() {
        let value = row
            .try_get_raw(column)
            .map_err(|error| error.to_string())
            .and_then(|raw| {
                if raw.is_null() {
                    return Ok(Value::Null);
                }
                let kind = raw.type_info().oid().map_or(0, |Oid(oid)| oid);
                let text = raw.as_str().map_err(|error| error.to_string())?;
                plain_value(kind, text)
            });
        values.push(value.map_err(|reason| {
            Error::new(
                ErrorKind::Database,
                format!("column {} of a row cannot be read: {reason}", column + 1),
            )
        })?);
    }
    Ok(Row::new(values))
}

fn plain_value(kind: u32, text: &str) -> Result<Value, String> {
    Ok(match kind {
        types::BOOL => Value::Integer(i64::from(text == "t")),
        types::INT2 | types::INT4 | types::INT8 | types::OID => {
            Value::Integer(text.parse().map_err(|_| format!("`{text}` is no number"))?)
        }
        types::FLOAT4 | types::FLOAT8 => {
            Value::Real(text.parse().map_err(|_| format!("`{text}` is no number"))?)
        }
        types::BYTEA => Value::Blob(bytes(text).ok_or("bytes are not in hexadecimal form")?),
        _ => Value::Text(text.to_owned()),
    })
}

/// Reads `\x0123`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(())?;
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok())
        .collect()
}

#[cfg(test)]
mod tests;
