//! Errors of a MySQL or MariaDB server as errors of this library: what sqlx reports and the statement come in, a message, a
//! place and advice come out. Numbers are those of the MySQL manual's "Server Error Message Reference" and of MariaDB's
//! "Error Codes"; [`Error::code`] holds them.

use sqlx::mysql::MySqlDatabaseError;

use super::options::{Origin, Target};
use crate::{
    Error, ErrorKind, Place,
    database::{
        interrupt::interrupted,
        server::failure::{self, Named},
    },
    sql::{Lexicon, Scanner},
};

/// A statement was stopped by `KILL QUERY`.
const QUERY_INTERRUPTED: u16 = 1317;

/// MySQL: the server stops; the session was killed; it was idle for too long. MariaDB: the session was killed.
const SESSION_ENDS: [u16; 5] = [1053, 1080, 3169, 4031, 1927];

/// Somebody else holds the lock: a lock wait timeout, a deadlock, `NOWAIT`.
const LOCKED: [u16; 3] = [1205, 1213, 3572];

/// A constraint forbids it and the SQLSTATE does not say so: a check of MySQL; no partition for a row.
const CONTRADICTS: [u16; 3] = [3819, 1526, 1748];

/// A value does not fit its new type, length or nullability, when that is found in the rows: truncated, out of range,
/// too long, wrong, NULL, no valid JSON, no valid geometry, nothing that an index over an expression takes.
const DOES_NOT_FIT: [u16; 21] = [
    1138, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1416, 1690, 3140, 3643, 3751, 3752, 3903, 3904, 3905,
    3906, 3907, 3908, 4078,
];

/// Whether a statement was stopped by `KILL QUERY`.
pub(super) fn is_stopped(error: &MySqlDatabaseError) -> bool {
    error.number() == QUERY_INTERRUPTED
}

/// Whether the server ends the session with this error.
pub(super) fn ends_session(error: &MySqlDatabaseError) -> bool {
    SESSION_ENDS.contains(&error.number())
}

/// The error for a statement.
pub(super) fn statement_failed(
    error: &MySqlDatabaseError,
    statement: &str,
    was_asked_to_stop: bool,
) -> Error {
    if is_stopped(error) && was_asked_to_stop {
        return interrupted();
    }
    let number = error.number();
    // What an index over the parts of a JSON array finds in its rows has the number of all that is not supported yet.
    let is_no_array = number == 1235 && error.message().contains("CAST-ing JSON");
    let kind = if LOCKED.contains(&number) {
        ErrorKind::Locked
    } else if error.code() == Some("23000") && number != 1048
        || CONTRADICTS.contains(&number)
        || ((DOES_NOT_FIT.contains(&number) || is_no_array) && converts_rows(statement))
    {
        ErrorKind::RowsContradict
    } else {
        ErrorKind::Database
    };
    let (message, offset) = match syntax_error(error.message()) {
        Some((message, near, line)) => (message, find_near(statement, near, line)),
        None => (error.message().trim_end_matches('.').to_owned(), 0),
    };
    let mut result = Error::new(kind, message)
        .at(Place::within(statement, offset))
        .coded(number.to_string());
    if let Some(advice) = advice(number) {
        result = result.hint(advice);
    }
    result
}

/// The parts of `You have an error in your SQL syntax; check the manual .. to use near 'x' at line 3`: what to tell, the text at
/// the fault, and its line.
fn syntax_error(message: &str) -> Option<(String, &str, usize)> {
    let (head, rest) = message.split_once(" near '")?;
    let (near, line) = rest.rsplit_once("' at line ")?;
    let line = line.parse().ok()?;
    // Which manual to check is no news.
    let told = match head.split_once("; check the manual") {
        Some((told, _)) => told,
        None => head,
    };
    let shown = near.lines().next().unwrap_or_default().trim_end();
    let message = if shown.is_empty() {
        format!("{told} at its end")
    } else {
        format!("{told} near `{shown}`")
    };
    Some((message, near, line))
}

/// Where in a statement the text stands that the server found at fault. Lines are counted from the first token on; what the
/// server shows is cut off after some 80 bytes, and may go on in the statements behind this one.
fn find_near(statement: &str, near: &str, line: usize) -> usize {
    let lead = statement.len() - statement.trim_start().len();
    let near = near.strip_suffix("...").unwrap_or(near);
    if near.is_empty() {
        return statement.trim_end().len();
    }
    let text = &statement[lead..];
    let line_start = text
        .match_indices('\n')
        .nth(line.saturating_sub(2))
        .filter(|_| line > 1)
        .map_or(0, |(at, _)| at + 1);
    let rest = &text[line_start..];
    let goes_on = || {
        let mut starts = rest.char_indices().map(|(at, _)| at);
        starts.find(|&at| near.starts_with(&rest[at..]))
    };
    let found = rest
        .find(near)
        .map(|at| line_start + at)
        // A token of several lines begins before the line it ends in.
        .or_else(|| text.rfind(near))
        .or_else(|| goes_on().map(|at| line_start + at));
    lead + found.unwrap_or(line_start)
}

fn advice(number: u16) -> Option<&'static str> {
    Some(match number {
        1205 => {
            "another session holds the lock; try again when it is done, or give it more time with `lock_timeout` in autogen.toml"
        }
        1213 | 3572 => "another session was in the way; try again",
        QUERY_INTERRUPTED | 3024 | 1969 => {
            "it took longer than `statement_timeout` or the server allows, or an administrator stopped it"
        }
        1290 | 1836 => "the server is read-only (a replica, as a rule): connect to the one that takes writes",
        1044 | 1142 | 1143 | 1227 | 1370 | 1410 | 1419 => {
            "connect as a user that has the right, or have it granted"
        }
        1153 => "raise `max_allowed_packet` on the server, or split the statement",
        1021 | 1114 | 3 => "free some space on the server",
        3750 => "give the table a primary key, or have `sql_require_primary_key` switched off",
        _ => return None,
    })
}

/// Whether a statement converts or checks the rows there are, so that a value at fault is theirs and not its own.
fn converts_rows(statement: &str) -> bool {
    let mut words = Scanner::new(statement, &Lexicon::MYSQL)
        .filter(|token| !token.is_trivia())
        .map(|token| token.text(statement).to_ascii_lowercase());
    match words.next().as_deref() {
        Some("alter") => true,
        Some("create") => words
            .take_while(|word| word != "on" && word != "(")
            .any(|word| word == "index"),
        Some(_) | None => false,
    }
}

/// The error for a connection that is gone.
pub(super) fn lost(error: &sqlx::Error, server: &str) -> Error {
    failure::lost(
        error,
        server,
        "an open transaction is rolled back, while a statement that changes the schema may have ended or not",
    )
}

/// The error for a database that does not open.
pub(super) fn cannot_connect(error: &sqlx::Error, target: &Target) -> Error {
    match error {
        sqlx::Error::Database(refusal) => match refusal.try_downcast_ref::<MySqlDatabaseError>() {
            Some(refusal) => refused(refusal, target),
            None => Error::new(ErrorKind::Database, format!("{}: {refusal}", target.name)),
        },
        sqlx::Error::Configuration(reason) if reason.to_string().contains("RSA") => asks_for_password(target),
        sqlx::Error::Protocol(reason) if reason.contains("authentication plugin") => Error::new(
            ErrorKind::Database,
            format!(
                "{} asks for a way to log in that is not supported: {reason}",
                target.name
            ),
        )
        .hint("connect as a user with `caching_sha2_password` or `mysql_native_password`"),
        other => Named {
            name: &target.name,
            is_socket: target.is_socket,
            product: "MySQL or MariaDB",
            tls: "`ssl-mode` and `ssl-ca`",
        }
        .cannot_connect(other),
    }
}

/// The error for a server that wants to have the password itself (`caching_sha2_password` of a user it has not met since it was started,
/// `sha256_password`) over a connection without TLS. It would come under a key that anybody in between can have put there, so it is not
/// sent; nor does the `mysql` client by itself.
fn asks_for_password(target: &Target) -> Error {
    let server = &target.name;
    let user = target.user();
    Error::new(
        ErrorKind::Database,
        format!("{server} asks for the password of `{user}`, and the connection is not encrypted"),
    )
    .hint("encrypt it: `ssl-mode=required` in the URL")
    .hint(format!(
        "if the server has no TLS, log in once as `{user}` with `mysql --get-server-public-key`: with `caching_sha2_password` the server knows the user from then on until it is restarted"
    ))
}

/// The error for a server that does not let us in.
fn refused(refusal: &MySqlDatabaseError, target: &Target) -> Error {
    let failure = Error::new(
        ErrorKind::Database,
        format!("{}: {}", target.name, refusal.message().trim_end_matches('.')),
    )
    .coded(refusal.number().to_string());
    let database = target.database();
    match refusal.number() {
        1045 | 1698 => wrong_password(failure, target),
        1044 => failure.hint(format!(
            "there is no such database, or `{}` has no right on it: have it granted",
            target.user()
        )),
        1049 => failure.hint(format!(
            "check the database in the URL, or create it: `CREATE DATABASE {database}`"
        )),
        1040 | 1203 | 1226 => failure.hint("the server has as many connections as it takes; try again later"),
        1129 | 1130 => failure
            .hint("the server takes no connection from this machine: have the user created for its address"),
        1053 => failure.hint("the server is starting or stopping; try again in a moment"),
        3118 => failure.hint("have the account unlocked"),
        1820 | 1862 => {
            failure.hint("the password has expired: log in with the client of the server and set a new one")
        }
        3159 => failure.hint("the server asks for TLS: `ssl-mode=required`"),
        _ => failure,
    }
}

fn wrong_password(failure: Error, target: &Target) -> Error {
    match target.password {
        None => failure.hint("no password is known: put it in the URL or in MYSQL_PWD"),
        Some(Origin::Url) => failure.hint("check the user and the password in the URL"),
        Some(Origin::Variables) => failure.hint("the password was taken from MYSQL_PWD"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(statement: &str, near: &str, line: usize) -> (usize, usize) {
        let place = Place::within(statement, find_near(statement, near, line));
        (place.line, place.column)
    }

    #[test]
    fn the_place_is_where_the_servers_text_stands() {
        let statement = "ALTER TABLE a\n  ADD x int,\n  ADDD x int";
        assert_eq!(found(statement, "ADDD x int", 3), (3, 3));
        assert_eq!(found("\n\n SELCT 1", "SELCT 1", 1), (3, 2));
        assert_eq!(found("SELECT", "", 1), (1, 7));
        assert_eq!(found("a 'x\ny' b", "'x\ny' b", 2), (1, 3));
        assert_eq!(found("a\n from", "from\n;\nselect", 2), (2, 2));
        assert_eq!(found("a\nb", "not there", 2), (2, 1));
    }

    #[test]
    fn the_message_of_a_syntax_error_is_short() {
        let text = "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'it''s 'x' at line 9\nb' at line 12";
        let (message, near, line) = syntax_error(text).unwrap();
        assert_eq!(
            message,
            "You have an error in your SQL syntax near `it''s 'x' at line 9`"
        );
        assert_eq!((near, line), ("it''s 'x' at line 9\nb", 12));
        assert!(syntax_error("Unknown column 'x' in 'where clause'").is_none());
    }

    #[test]
    fn rows_are_converted_by_alter_and_checked_by_an_index() {
        for statement in ["alter table a modify b int", "CREATE UNIQUE INDEX i ON a (b)"] {
            assert!(converts_rows(statement), "{statement}");
        }
        for statement in ["INSERT INTO a VALUES (1)", "CREATE TABLE a (index i (b))", ""] {
            assert!(!converts_rows(statement), "{statement}");
        }
    }
}
