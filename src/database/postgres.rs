//! The PostgreSQL driver (sqlx) behind a [`Connection`](super::Connection): SQL text goes in, plain rows come out.
//!
//! Everything goes through the simple query protocol: values come as text, several statements can share a round trip, and
//! nothing is prepared or cached. What matters here: in a transaction statements travel in batches, outside of one each
//! alone, because a batch would be a transaction of its own; and a statement that nobody waits for is stopped.

mod failure;
mod options;
mod passwords;
mod rows;

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Row as _,
    postgres::{
        PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgQueryResult, PgRow, PgSslMode,
    },
};

use self::{
    failure::Failed,
    options::{Attributes, Settings, Target},
    rows::plain,
};
use super::{
    Interrupter, Open, Refused, Row,
    interrupt::interrupted,
    outcome::{Cause, Done, Stopped},
    server::{
        Answer, BATCH_BYTES, BATCH_STATEMENTS, End,
        failure::{is_lost, is_not_one, no_answer, timed_out},
        pass_over, read_answers, tell,
    },
    url::ServerLocation,
};
use crate::{
    Error, ErrorKind, Place, Result,
    sql::{Lexicon, Scanner, split},
};

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
            return Err(no_answer());
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
        match self.run(sql, |row| each(plain(&row)?)).await {
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
                Ok(done) if done.results == begins.len() => start += begins.len(),
                Ok(_) => {
                    return Err(Refused {
                        index: start,
                        error: is_not_one(),
                    });
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
            return Err(Error::new(ErrorKind::Database, "a statement contains a NUL byte")
                .at(Place::within(sql, offset))
                .into());
        }
        self.settle().await?;
        self.interrupter.check()?;
        let Some(connection) = &mut self.connection else {
            return Err(is_lost(&self.target.name).into());
        };
        let (done, end) = read_answers(
            sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection),
            &self.interrupter,
            || Box::pin(cancel(&self.target, self.process)),
            PgQueryResult::rows_affected,
            |answer| match answer {
                Answer::Row(row) => each(row),
                Answer::End => Ok(()),
            },
        )
        .await;
        self.follow_transaction(sql, done.results);
        match end {
            End::All => Ok(done),
            End::Unusable(error) => Err(error.into()),
            End::Failed(error) => {
                self.heed(&error);
                Err(Stopped {
                    completed: done.results,
                    cause: Cause::Driver(error),
                })
            }
            End::GivenUp => {
                // The server will notice that nobody listens any more, and roll back.
                self.connection = None;
                self.in_transaction = false;
                Err(interrupted().into())
            }
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
            if let Err(error) = pass_over(connection).await {
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
            .at(Place::within(statement, 0))
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
            Err(_) => return Err(timed_out(&target.name, limit.as_secs(), "connect_timeout")),
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
    tell(Box::pin(connect(target, None)), sql).await
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

#[cfg(test)]
mod tests;
