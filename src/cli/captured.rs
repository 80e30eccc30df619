//! Output that is kept until its turn: what one of several databases has to say, while others are worked on.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// A piece of output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// For standard output, with the codes of its colours.
    Data(String),
    /// For standard error, the same.
    Said(String),
    /// A document.
    Document(Value),
}

/// Output that was kept.
#[derive(Debug, Default)]
pub(crate) struct Captured(Mutex<Vec<Piece>>);

impl Captured {
    pub(super) fn push(&self, piece: Piece) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(piece);
    }

    pub(super) fn take(&self) -> Vec<Piece> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
