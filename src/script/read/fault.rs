//! What is wrong with a script, and where.

use crate::sql::LineIndex;
use crate::{Error, ErrorKind};
use proc_macro2::Span;
use std::path::Path;

/// An error at a place of the text.
#[derive(Debug)]
pub(in crate::script) struct Fault {
    span: Span,
    message: String,
    hints: Vec<String>,
}

pub(in crate::script) type Read<T> = Result<T, Fault>;

const ALLOWED: &str = "a script is read, not compiled, so it may hold only calls on `op` with their chains, literals, arrays and \
     tuples of them, `let name = literal;`, constants, and `if op.dialect() == \"..\" { .. } else { .. }`";
/// Where a script may hold any Rust.
pub(in crate::script) const COMPILED: &str = "run it with the program that the scripts are compiled into, as in `cargo run -- upgrade` (see `autogen::embed`)";
const WAY_OUT: &str = "write out what it would compute, or say it in SQL: `op.execute(\"..\")`";

impl Fault {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// Rust, but not of the kind that is read.
    pub(super) fn outside(span: Span, what: impl Into<String>) -> Self {
        Self::new(span, format!("{} cannot be read from a script", what.into()))
            .hint(ALLOWED)
            .hint(WAY_OUT)
            .hint(COMPILED)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The error as the library gives it.
    pub(in crate::script) fn into_error(self, text: &str, file: Option<&Path>) -> Error {
        let place = LineIndex::new(text).place(file, self.span.byte_range().start);
        self.hints
            .into_iter()
            .fold(Error::new(ErrorKind::Script, self.message).at(place), Error::hint)
    }
}
