//! Errors of a PostgreSQL server as errors of this library: what sqlx reports and the statement come in, a message, a place and
//! advice come out. Codes are those of the PostgreSQL manual's appendix "PostgreSQL Error Codes".

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use super::options::{Origin, Target};
use crate::{
    Error, ErrorKind, Place,
    database::{
        interrupt::interrupted,
        server::failure::{self, Named},
    },
    sql::{Lexicon, Scanner, Token},
};

/// The code of a statement that was stopped: by request, by a timeout, or by an administrator.
pub(super) const QUERY_CANCELED: &str = "57014";

/// A statement and what the server's position is relative to.
pub(super) struct Failed<'a> {
    /// The statement.
    pub(super) statement: &'a str,
    /// How many characters stand before it in the text that was sent.
    pub(super) characters_before: usize,
}

/// The error for a statement.
pub(super) fn statement_failed(
    error: &PgDatabaseError,
    failed: &Failed<'_>,
    was_asked_to_stop: bool,
) -> Error {
    let code = error.code();
    if code == QUERY_CANCELED && was_asked_to_stop {
        return interrupted();
    }
    let position = match error.position() {
        Some(PgErrorPosition::Original(at)) => at.checked_sub(1 + failed.characters_before),
        Some(PgErrorPosition::Internal { .. }) | None => None,
    };
    let kind = match code {
        // Lock not available (also by `lock_timeout`), deadlock, serialization failure.
        "55P03" | "40P01" | "40001" => ErrorKind::Locked,
        _ if code.starts_with("23") => ErrorKind::RowsContradict,
        // A value that does not fit its new type. With a position it is about the text of the statement.
        _ if code.starts_with("22") && position.is_none() && converts_rows(failed.statement) => {
            ErrorKind::RowsContradict
        }
        _ => ErrorKind::Database,
    };
    let mut result = Error::new(kind, message(error))
        .at(place_in(failed.statement, position.unwrap_or(0)))
        .coded(code);
    if let Some(PgErrorPosition::Internal { query, .. }) = error.position() {
        result = result.hint(format!("it happened in `{}`", query.trim()));
    }
    for hint in [error.hint(), advice(code)].into_iter().flatten() {
        result = result.hint(hint);
    }
    if let Some(context) = error.r#where().filter(|_| !is_noise(error)) {
        result = result.hint(format!("the server was at: {}", context.replace('\n', "; ")));
    }
    result
}

/// A context that says no more than the message and the place.
fn is_noise(error: &PgDatabaseError) -> bool {
    let context = error.r#where().unwrap_or_default();
    context.contains('\n') && context.lines().count() > 8
        || context.starts_with("SQL function \"") && error.position().is_some()
}

/// The message of the server with its detail.
fn message(error: &PgDatabaseError) -> String {
    let message = error.message();
    match error.detail() {
        Some(detail) if detail.contains('\n') => format!("{message}:\n{detail}"),
        Some(detail) => format!("{message}: {}", detail.trim_end_matches('.')),
        None => message.to_owned(),
    }
}

fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "55P03" => {
            "another session holds the lock; try again when it is done, or give it more time with `lock_timeout` in autogen.toml"
        }
        "40P01" | "40001" => "another session was in the way; try again",
        QUERY_CANCELED => "it took longer than `statement_timeout`, or an administrator stopped it",
        "25006" => {
            "the server is a standby, or the database or the role is set to `default_transaction_read_only`: connect to the primary, or as another role"
        }
        "42501" => "connect as a role that owns these things, or have the right granted",
        "53100" => "free some space on the server; unfinished work is rolled back",
        _ => return None,
    })
}

/// Whether a statement converts the rows there are: `ALTER TABLE .. ALTER .. TYPE ..`.
fn converts_rows(statement: &str) -> bool {
    let mut tokens = Scanner::new(statement, &Lexicon::POSTGRES).filter(|token| !token.is_trivia());
    let is = |token: Option<Token>, word: &str| token.is_some_and(|token| token.is_keyword(statement, word));
    is(tokens.next(), "alter")
        && is(tokens.next(), "table")
        && tokens.any(|token| token.is_keyword(statement, "type"))
}

/// The character `position` of a statement as a place, with the whole statement as its snippet.
fn place_in(statement: &str, position: usize) -> Place {
    let offset = statement.char_indices().nth(position);
    Place::within(statement, offset.map_or(statement.len(), |(offset, _)| offset))
}

/// The error for a connection that is gone.
pub(super) fn lost(error: &sqlx::Error, server: &str) -> Error {
    failure::lost(error, server, "what was not committed is rolled back")
}

/// Whether the server ends the session with this error.
pub(super) fn ends_session(error: &PgDatabaseError) -> bool {
    matches!(
        error.severity(),
        sqlx::postgres::PgSeverity::Fatal | sqlx::postgres::PgSeverity::Panic
    )
}

/// The error for a database that does not open.
pub(super) fn cannot_connect(error: &sqlx::Error, target: &Target, database: &str) -> Error {
    match error {
        sqlx::Error::Database(refusal) => match refusal.try_downcast_ref::<PgDatabaseError>() {
            Some(refusal) => refused(refusal, target, database),
            None => Error::new(ErrorKind::Database, format!("{}: {refusal}", target.name)),
        },
        other => Named {
            name: &target.name,
            is_socket: target.name.starts_with('/'),
            product: "PostgreSQL",
            tls: "`sslmode` and `sslrootcert`",
        }
        .cannot_connect(other),
    }
}

/// The error for a server that does not let us in.
fn refused(refusal: &PgDatabaseError, target: &Target, database: &str) -> Error {
    let failure = Error::new(
        ErrorKind::Database,
        format!("{}: {}", target.name, message(refusal)),
    )
    .coded(refusal.code());
    let failure = match refusal.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    };
    match refusal.code() {
        "28P01" => wrong_password(failure, target),
        // No line of pg_hba.conf fits, or the role may not log in.
        "28000" => wrong_password(failure, target)
            .hint("which roles may connect from where is said in the server's pg_hba.conf; it may ask for TLS (`sslmode=require`)"),
        // No such database.
        "3D000" => failure.hint(format!(
            "check the database in the URL, or create it: `createdb {database}`"
        )),
        "42501" => failure.hint(format!(
            "have the right granted: `GRANT CONNECT ON DATABASE {database} TO {}`",
            target.options.get_username()
        )),
        "53300" => failure.hint("the server has as many connections as it takes; try again later"),
        "57P03" => failure.hint("the server is starting or stopping; try again in a moment"),
        _ => failure,
    }
}

fn wrong_password(failure: Error, target: &Target) -> Error {
    let failure = match &target.password_file_fault {
        Some(fault) => failure.hint(fault.as_str()),
        None => failure,
    };
    match target.password {
        None => failure.hint("no password is known: put it in the URL, in PGPASSWORD or in ~/.pgpass"),
        Some(Origin::Url) => failure.hint("check the user and the password in the URL"),
        Some(Origin::Variables) => failure.hint("the password was taken from PGPASSWORD"),
        Some(Origin::File) => failure.hint("the password was taken from the password file"),
    }
}
