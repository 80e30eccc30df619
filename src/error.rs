//! Errors as people read them: what was wrong, where, and what to do next.
//!
//! One type serves the whole library. Its kind decides the exit code; its place and its hint are data, so that
//! the command line can draw them and JSON can carry them. Nothing here prints.

use std::{fmt, path::PathBuf};

/// What an error is about, and so who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The command line or an argument of a library call.
    Usage,
    /// `autogen.toml`, `.env` or the environment.
    Config,
    /// The declared target: a file that cannot be read, a statement that the engine refuses.
    Target,
    /// A migration script or the folder it lies in.
    Script,
    /// The database: no connection, a refused statement, a damaged file.
    Database,
    /// The rows of the database forbid the change that was asked for.
    RowsContradict,
    /// Somebody else holds the database or the migration lock.
    Locked,
    /// The database is behind or ahead of the scripts (exit code 3).
    OutOfStep,
    /// The user stopped the run.
    Interrupted,
    /// Reading or writing a file.
    Io,
    /// A fault of this program, never of its input.
    Internal,
}

/// A place in a text: where the error is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it; `None` for text that came from elsewhere.
    pub file: Option<PathBuf>,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The source text the place is in (a statement, a line), for drawing; may be empty.
    pub snippet: String,
}

impl Place {
    /// The byte `offset` of a statement or another text that came from no file; the whole text is the snippet.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn within(text: &str, offset: usize) -> Self {
        let (line, column) = crate::sql::line_column(text, offset);
        Self {
            file: None,
            line,
            column,
            snippet: text.to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
        }
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The one error type of the library.
#[derive(Debug, thiserror::Error)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    places: Vec<Place>,
    hints: Vec<String>,
    code: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What fallible functions of this library return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `message` (a lowercase fragment without a full stop).
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            places: Vec::new(),
            hints: Vec::new(),
            code: None,
            source: None,
        }))
    }

    /// Adds a place; the first is the most exact.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.places.push(place);
        self
    }

    /// Adds advice: what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Keeps the code by which the engine tells its errors apart (`SQLSTATE`).
    #[must_use]
    #[cfg(feature = "connect")]
    pub(crate) fn coded(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Puts `context` before the message, as in `context: message`.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    /// Who can mend it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without its places and hints.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The message with those of the errors that caused it, without places and hints.
    pub fn full_message(&self) -> String {
        let mut message = self.0.message.clone();
        let mut source = self.0.source.as_deref().map(|s| s as &dyn std::error::Error);
        while let Some(cause) = source {
            let text = cause.to_string();
            if !self.0.message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        message
    }

    /// Where it is, most exact first.
    pub fn places(&self) -> &[Place] {
        &self.0.places
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// The code by which the engine tells its errors apart (`SQLSTATE`), where a server has given one.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The exit code of a program that ends with this error: 3 when the database and the scripts are out of step, else 1.
    pub fn exit_code(&self) -> u8 {
        match self.0.kind {
            ErrorKind::OutOfStep => 3,
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.0.places.first() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.full_message())
    }
}
