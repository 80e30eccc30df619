//! How a text of statements ended, for every driver.

use crate::Error;

/// A text that ran to its end.
pub(super) struct Done {
    /// How many results came: one of each statement, more of a `CALL`.
    pub(super) results: usize,
    /// The rows changed by each, added up.
    pub(super) changes: u64,
}

/// A text that did not run to its end.
pub(super) struct Stopped {
    /// How many results had come.
    pub(super) completed: usize,
    pub(super) cause: Cause,
}

/// What stopped a text.
pub(super) enum Cause {
    /// What sqlx says: the engine refused a statement, or the session is lost.
    Driver(sqlx::Error),
    /// It was not run, or who was handed its rows could not use one.
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
