//! Errors that mean the same on every server: no connection, one that is gone, a text that is not what it should be. What sqlx reports comes
//! in; a message and advice come out. What a server refuses in its own words is the business of its driver.

use std::io;

use crate::{Error, ErrorKind};

/// A server, as messages speak of it.
pub(in crate::database) struct Named<'a> {
    /// Where it is: `localhost:5432` or the socket's path.
    pub(in crate::database) name: &'a str,
    pub(in crate::database) is_socket: bool,
    /// What should listen there.
    pub(in crate::database) product: &'static str,
    /// The parameters of the URL that are about TLS.
    pub(in crate::database) tls: &'static str,
}

impl Named<'_> {
    /// The error for a server that is not reached, or does not speak as it should.
    pub(in crate::database) fn cannot_connect(&self, error: &sqlx::Error) -> Error {
        let server = self.name;
        let failure = |message: String| Error::new(ErrorKind::Database, message);
        match error {
            sqlx::Error::Io(error) => self.not_there(error),
            sqlx::Error::Tls(reason) => failure(format!(
                "no TLS connection to {server}: {}",
                with_causes(reason.as_ref())
            ))
            .hint(format!(
                "check {} in the URL and the certificate of the server",
                self.tls
            )),
            sqlx::Error::Protocol(reason) => failure(format!(
                "{server} does not speak as a {} server should: {reason}",
                self.product
            ))
            .hint("check the host and the port in the URL"),
            other => failure(format!("cannot connect to {server}: {other}")),
        }
    }

    fn not_there(&self, error: &io::Error) -> Error {
        let failure = Error::new(
            ErrorKind::Database,
            format!("no connection to {}: {error}", self.name),
        );
        match error.kind() {
            io::ErrorKind::NotFound if self.is_socket => {
                failure.hint("there is no such socket: is the server running, and is the path right?")
            }
            io::ErrorKind::ConnectionRefused => failure.hint(
                "is the server running, and does it listen there? check the host and the port in the URL",
            ),
            io::ErrorKind::PermissionDenied if self.is_socket => {
                failure.hint("check the permissions of the socket")
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => failure.hint(format!(
                "something listens there and hung up: is it {}? see its log",
                self.product
            )),
            _ => failure.hint("check the host and the port in the URL"),
        }
    }
}

fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

/// The error for a host that does not answer; `parameter` of the URL says how long to wait.
pub(in crate::database) fn timed_out(server: &str, seconds: u64, parameter: &str) -> Error {
    Error::new(
        ErrorKind::Database,
        format!("no connection to {server}: no answer within {seconds} seconds"),
    )
    .hint(format!(
        "check the host and the port in the URL, or wait longer with `{parameter}`"
    ))
}

/// The error for a connection that is gone; `left` says what that does to the work that was under way.
pub(in crate::database) fn lost(error: &sqlx::Error, server: &str, left: &str) -> Error {
    let reason = match error {
        sqlx::Error::Database(error) => error.message().trim_end_matches('.').to_owned(),
        // The server has closed its end without a word.
        sqlx::Error::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe
            ) =>
        {
            "the server closed it".to_owned()
        }
        other => other.to_string(),
    };
    Error::new(
        ErrorKind::Database,
        format!("the connection to {server} was lost: {reason}"),
    )
    .hint(format!("see the server's log; {left}"))
}

/// The error of what is asked of a session that is lost.
pub(in crate::database) fn is_lost(server: &str) -> Error {
    Error::new(ErrorKind::Database, format!("the connection to {server} is lost"))
}

/// The error of a server that gives no row where it should.
pub(in crate::database) fn no_answer() -> Error {
    Error::new(ErrorKind::Database, "the server does not answer a query")
}

/// The error of a statement that is not one.
pub(in crate::database) fn is_not_one() -> Error {
    Error::new(
        ErrorKind::Internal,
        "a text that should be one statement is none, or is several, or runs into the next",
    )
}
