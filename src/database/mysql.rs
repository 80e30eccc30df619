//! The driver of MySQL and MariaDB (sqlx) behind a [`Connection`](super::Connection): SQL text goes in, plain rows come out.
//!
//! Everything goes through the text protocol: values come as text, several statements can share a round trip, and nothing
//! is prepared or cached. Every statement stands for itself there, so that they travel in batches also outside of a transaction.
//! Which of the two engines answers is asked of the server, never taken from the URL.

mod failure;
mod options;
mod rows;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Row as _,
    mysql::{MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlQueryResult, MySqlSslMode},
};

use self::{options::Target, rows::plain};
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
    Error, ErrorKind, Result,
    dialect::{
        Dialect, Engine,
        mysql::{Flavour, RelationNames, with_names},
    },
    sql::{Lexicon, Scanner, split},
};

/// Words of the global `sql_mode` that change how SQL is read, or leave something out of what `SHOW CREATE` says; the last ones
/// bring others of them along.
const READING_MODES: [&str; 14] = [
    "ANSI_QUOTES",
    "NO_BACKSLASH_ESCAPES",
    "NO_FIELD_OPTIONS",
    "NO_KEY_OPTIONS",
    "NO_TABLE_OPTIONS",
    "PAD_CHAR_TO_FULL_LENGTH",
    "ANSI",
    "DB2",
    "MAXDB",
    "MSSQL",
    "MYSQL323",
    "MYSQL40",
    "ORACLE",
    "POSTGRESQL",
];

/// The settings that decide how a session reads SQL and what it is shown, as a statement that sets them.
const SETTINGS: &str = "CONCAT('SET character_set_client = ', @@SESSION.character_set_client, \
    ', character_set_results = ', COALESCE(@@SESSION.character_set_results, 'NULL'), \
    ', collation_connection = ', @@SESSION.collation_connection, ', time_zone = ', QUOTE(@@SESSION.time_zone), \
    ', sql_quote_show_create = ', @@SESSION.sql_quote_show_create, ', sql_select_limit = ', @@SESSION.sql_select_limit, \
    ', sql_mode = ', QUOTE(@@SESSION.sql_mode))";

/// What else [`session`] changes.
const MORE_SETTINGS: &str =
    "CONCAT(', autocommit = ', @@SESSION.autocommit, ', wait_timeout = ', @@SESSION.wait_timeout)";

/// What was asked of the server when the session began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlFacts {
    /// `SELECT version()`.
    pub version: String,
    /// `lower_case_table_names`: 0 keeps names of tables, 1 folds them, 2 compares them folded.
    pub lower_case_table_names: i64,
    /// The `sql_mode` that sessions begin with.
    pub global_sql_mode: String,
    /// The `sql_mode` of this session: the *baseline mode*.
    pub sql_mode: String,
    /// The collation of text that this session sends.
    pub collation_connection: String,
}

/// An open session.
pub(super) struct Mysql {
    /// `None` once it is lost or given up.
    connection: Option<MySqlConnection>,
    /// Where it leads, to connect once more.
    target: Target,
    /// What sets a session back that was taken over.
    given: Option<String>,
    /// What sets it to how it was once it was set up.
    begun: String,
    /// Its number, as `KILL` takes it.
    id: i64,
    engine: Engine,
    facts: MysqlFacts,
    interrupter: Interrupter,
}

impl Mysql {
    /// Connects, and sets the session up.
    pub(super) async fn open(location: &ServerLocation, open: Open) -> Result<Self> {
        let target = Target::new(location)?;
        let connection = connect(&target).await?;
        Self::set_up(connection, target, open).await
    }

    /// Sets a session up, and asks what the server is.
    async fn set_up(connection: MySqlConnection, target: Target, open: Open) -> Result<Self> {
        let mut mysql = Self {
            connection: Some(connection),
            target,
            given: None,
            begun: String::new(),
            id: 0,
            engine: Engine::Mysql,
            facts: MysqlFacts {
                version: String::new(),
                lower_case_table_names: 0,
                global_sql_mode: String::new(),
                sql_mode: String::new(),
                collation_connection: String::new(),
            },
            interrupter: Interrupter::default(),
        };
        let rows = mysql.query(&session(open)).await?;
        let Some(row) = rows.first() else {
            return Err(no_answer());
        };
        mysql.id = row.integer(0)?;
        mysql.facts = MysqlFacts {
            version: row.text(1)?.to_owned(),
            lower_case_table_names: row.integer(2)?,
            global_sql_mode: row.text(3)?.to_owned(),
            sql_mode: row.text(4)?.to_owned(),
            collation_connection: row.text(5)?.to_owned(),
        };
        row.text(6)?.clone_into(&mut mysql.begun);
        if mysql.facts.version.contains("MariaDB") {
            mysql.engine = Engine::Mariadb;
        }
        Ok(mysql)
    }

    /// Takes over a session that somebody else has opened with these options, and outside of a transaction.
    pub(super) async fn adopt(mut connection: MySqlConnection, options: MySqlConnectOptions) -> Result<Self> {
        let target = Target::of(options);
        let settings = format!("SELECT CONCAT({SETTINGS}, {MORE_SETTINGS})");
        let given: String = sqlx::raw_sql(AssertSqlSafe(settings))
            .fetch_one(&mut connection)
            .await
            .and_then(|row| row.try_get(0))
            .map_err(|error| failure::lost(&error, &target.name))?;
        // Only that is refused inside of a transaction, with 1568; outside it changes nothing for the next one.
        if sqlx::raw_sql("SET TRANSACTION READ WRITE")
            .execute(&mut connection)
            .await
            .is_err()
        {
            return Err(super::connection::in_transaction());
        }
        let mut mysql = Self::set_up(connection, target, Open::ReadWrite).await?;
        mysql.given = Some(given);
        Ok(mysql)
    }

    /// The driver's own connection, for statements with parameters; `None` once it is lost.
    pub(super) fn raw(&mut self) -> Option<&mut MySqlConnection> {
        self.connection.as_mut()
    }

    /// The session as it was taken over; `None` when it was lost.
    pub(super) async fn release(mut self) -> Result<Option<MySqlConnection>> {
        self.roll_back().await?;
        if let Some(given) = self.given.take()
            && self.connection.is_some()
        {
            self.execute(&given).await?;
        }
        Ok(self.connection.take())
    }

    /// What the server is.
    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        let flavour = match self.engine {
            Engine::Mariadb => Flavour::Mariadb,
            Engine::Mysql | Engine::Postgres | Engine::Sqlite => Flavour::Mysql,
        };
        let names = match self.facts.lower_case_table_names {
            0 => RelationNames::Exact,
            _ => RelationNames::AnyCase,
        };
        with_names(flavour, names)
    }

    pub(super) fn facts(&self) -> &MysqlFacts {
        &self.facts
    }

    /// Sets what decides how SQL is read and what is shown to how it was when the session began. Gives the statement that undoes it.
    pub(super) async fn set_as_begun(&mut self) -> Result<String> {
        let text = format!("SELECT {SETTINGS}; {}", self.begun);
        let rows = self.query(&text).await?;
        let Some(now) = rows.first() else {
            return Err(Error::new(
                ErrorKind::Database,
                "the server does not say how the session is set",
            ));
        };
        Ok(now.text(0)?.to_owned())
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
        let result = self
            .run(sql, |answer| match answer {
                Answer::Row(row) => each(row),
                Answer::End => Ok(()),
            })
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(stopped) => Err(self.explain(stopped, sql)),
        }
    }

    /// The rows of each statement of a text.
    pub(super) async fn query_sets(&mut self, sql: &str) -> Result<Vec<Vec<Row>>> {
        let mut sets = Vec::new();
        let mut rows = Vec::new();
        let result = self
            .run(sql, |answer| {
                match answer {
                    Answer::Row(row) => rows.push(row),
                    Answer::End => sets.push(std::mem::take(&mut rows)),
                }
                Ok(())
            })
            .await;
        match result {
            Ok(_) => Ok(sets),
            Err(stopped) => Err(self.explain(stopped, sql)),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.connection.is_some()
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
            let mut count = 0;
            let mut is_counted = true;
            for statement in statements[start..].iter().take(BATCH_STATEMENTS) {
                let statement = bare(statement.as_ref());
                let alone = has_many_results(statement);
                if count > 0 && (alone || batch.len() + statement.len() > BATCH_BYTES) {
                    break;
                }
                if count > 0 {
                    // On its own line, in case the statement before ends in a comment.
                    batch.push_str("\n;\n");
                }
                batch.push_str(statement);
                count += 1;
                if alone {
                    is_counted = false;
                    break;
                }
                if keeps_its_text(statement) {
                    break;
                }
            }
            *round_trips += 1;
            match self.run(&batch, |_| Ok(())).await {
                Ok(done) if done.results == count || !is_counted => start += count,
                Ok(_) => {
                    return Err(Refused {
                        index: start,
                        error: is_not_one(),
                    });
                }
                Err(stopped) => {
                    let at = if is_counted {
                        stopped.completed.min(count - 1)
                    } else {
                        0
                    };
                    let index = start + at;
                    let error = self.explain_one(stopped, statements[index].as_ref().trim());
                    return Err(Refused { index, error });
                }
            }
        }
        Ok(())
    }

    /// Rolls back what is open; a session that is lost has no transaction any more.
    pub(super) async fn roll_back(&mut self) -> Result<()> {
        self.settle().await?;
        if self.connection.is_some() {
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

    /// Runs SQL text to its end or its first error, and hands over each row and the end of each result.
    async fn run(
        &mut self,
        sql: &str,
        mut each: impl FnMut(Answer<Row>) -> Result<()> + Send,
    ) -> Result<Done, Stopped> {
        self.settle().await?;
        self.interrupter.check()?;
        let Some(connection) = &mut self.connection else {
            return Err(is_lost(&self.target.name).into());
        };
        let (done, end) = read_answers(
            sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection),
            &self.interrupter,
            || Box::pin(kill(&self.target, "QUERY", self.id)),
            MySqlQueryResult::rows_affected,
            |answer| match answer {
                Answer::Row(row) => each(Answer::Row(plain(&row)?)),
                Answer::End => each(Answer::End),
            },
        )
        .await;
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
                self.connection = None;
                Err(interrupted().into())
            }
        }
    }

    /// Gives the session up when it does not go on behind this error.
    fn heed(&mut self, error: &sqlx::Error) {
        let goes_on = match error {
            sqlx::Error::Database(error) => error
                .try_downcast_ref::<MySqlDatabaseError>()
                .is_some_and(|error| !failure::ends_session(error)),
            _ => false,
        };
        if !goes_on {
            self.connection = None;
        }
    }

    /// Stops a statement whose caller is gone, and waits for that.
    async fn settle(&mut self) -> Result<()> {
        if !self.interrupter.is_abandoned() {
            return Ok(());
        }
        if let Some(connection) = &mut self.connection {
            if !kill(&self.target, "QUERY", self.id).await {
                self.connection = None;
                self.interrupter.resume();
                return Ok(());
            }
            if let Err(error) = pass_over(connection).await {
                self.connection = None;
                return Err(failure::lost(&error, &self.target.name));
            }
        }
        self.interrupter.resume();
        Ok(())
    }

    /// The error for a text that may hold several statements; its place is relative to the one that failed.
    fn explain(&mut self, stopped: Stopped, sql: &str) -> Error {
        let statement = split(sql, &Lexicon::MYSQL).nth(stopped.completed);
        self.explain_one(stopped, statement.map_or(sql, |statement| statement.text))
    }

    fn explain_one(&mut self, stopped: Stopped, statement: &str) -> Error {
        let error = match stopped.cause {
            Cause::Ours(error) => return error,
            Cause::Driver(error) => error,
        };
        let refusal = match &error {
            sqlx::Error::Database(refusal) => refusal.try_downcast_ref::<MySqlDatabaseError>(),
            _ => None,
        };
        match refusal {
            Some(refusal) if !failure::ends_session(refusal) => {
                let asked = failure::is_stopped(refusal) && self.interrupter.take_request();
                failure::statement_failed(refusal, statement, asked)
            }
            _ if self.interrupter.take_request() => interrupted(),
            _ => failure::lost(&error, &self.target.name),
        }
    }
}

impl Drop for Mysql {
    fn drop(&mut self) {
        // The server does not look whether anybody still waits for a statement.
        if self.connection.is_some()
            && self.interrupter.is_abandoned()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (target, id) = (self.target.clone(), self.id);
            runtime.spawn(async move {
                kill(&target, "CONNECTION", id).await;
            });
        }
    }
}

/// What every session begins with, so that what the server says does not depend on how it is configured. The one row it gives
/// is that of [`MysqlFacts`], behind the number of the session.
fn session(open: Open) -> String {
    let mut mode = "CONCAT(',', @@GLOBAL.sql_mode, ',')".to_owned();
    for word in READING_MODES {
        mode = format!("REPLACE({mode}, ',{word},', ',')");
    }
    let access = match open {
        Open::ReadOnly => "SET SESSION TRANSACTION READ ONLY;\n",
        Open::ReadWrite | Open::Create => "",
    };
    format!(
        "SET NAMES utf8mb4, time_zone = '+00:00', autocommit = 1, sql_quote_show_create = 1,\n\
         sql_select_limit = 18446744073709551615, wait_timeout = CAST(GREATEST(@@GLOBAL.wait_timeout, 28800) AS UNSIGNED),\n\
         sql_mode = TRIM(BOTH ',' FROM {mode});\n\
         {access}\
         SELECT CONNECTION_ID(), VERSION(), @@GLOBAL.lower_case_table_names, @@GLOBAL.sql_mode, @@SESSION.sql_mode, @@SESSION.collation_connection,\n\
         {SETTINGS}"
    )
}

/// Connects to the server.
async fn connect(target: &Target) -> Result<MySqlConnection> {
    let options = &target.options;
    let connect = async {
        match options.connect().await {
            Err(sqlx::Error::Tls(_)) if target.may_go_without_tls => {
                options.clone().ssl_mode(MySqlSslMode::Disabled).connect().await
            }
            result => result,
        }
    };
    let result = match target.timeout {
        Some(limit) => match tokio::time::timeout(limit, connect).await {
            Ok(result) => result,
            Err(_) => return Err(timed_out(&target.name, limit.as_secs(), "connect-timeout")),
        },
        None => connect.await,
    };
    result.map_err(|error| failure::cannot_connect(&error, target))
}

/// Stops what a session of the server is doing (`QUERY`), or ends it (`CONNECTION`), by way of a second connection. Gives whether
/// the server took it.
async fn kill(target: &Target, what: &str, id: i64) -> bool {
    tell(Box::pin(connect(target)), format!("KILL {what} {id}")).await
}

/// A statement without the `;` at its end, whatever comments follow: behind a `;` the server sees one more statement.
fn bare(statement: &str) -> &str {
    let statement = statement.trim();
    let last = Scanner::new(statement, &Lexicon::MYSQL)
        .filter(|token| !token.is_trivia())
        .last();
    match last {
        Some(token) if token.is_symbol(statement, ";") => statement[..token.start].trim_end(),
        Some(_) | None => statement,
    }
}

/// Whether a statement may give more than one result: what runs statements of its own.
fn has_many_results(statement: &str) -> bool {
    let mut words = Scanner::new(statement, &Lexicon::MYSQL)
        .filter(|token| !token.is_trivia())
        .map(|token| token.text(statement).to_ascii_lowercase());
    match words.next().as_deref() {
        Some("call" | "execute" | "if" | "case" | "loop" | "repeat" | "while" | "for") => true,
        // `BEGIN NOT ATOMIC` (MariaDB)
        Some("begin") => words.next().as_deref() == Some("not"),
        Some(_) | None => false,
    }
}

/// Whether the server keeps a statement's text as the body of something. A body that may go on with a label (`l: BEGIN .. END`) has
/// the `;` behind it taken along (MySQL 9.7), so that nothing may follow.
fn keeps_its_text(statement: &str) -> bool {
    let mut words = Scanner::new(statement, &Lexicon::MYSQL)
        .filter(|token| !token.is_trivia())
        .map(|token| token.text(statement).to_ascii_lowercase());
    let is_any = |word: &str, known: &[&str]| known.contains(&word);
    matches!(words.next().as_deref(), Some("create" | "alter"))
        && words
            .find(|word| {
                is_any(
                    word,
                    &[
                        "table",
                        "view",
                        "index",
                        "sequence",
                        "as",
                        "function",
                        "procedure",
                        "trigger",
                        "event",
                        "package",
                    ],
                )
            })
            .is_some_and(|word| is_any(&word, &["function", "procedure", "trigger", "event", "package"]))
}

#[cfg(test)]
mod tests;
