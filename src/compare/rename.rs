//! Renames as somebody declared them.
//!
//! In comes what a hint, a flag or an answer says; nothing here guesses one or judges whether it fits.

use crate::{
    Place,
    schema::{Name, QName},
};

/// A table or column that is said to be an old one under a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// What was renamed.
    pub what: RenameOf,
    /// Who says so.
    pub origin: RenameOrigin,
}

/// What was renamed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenameOf {
    /// A table.
    Table {
        /// Its name in the live database.
        old: QName,
        /// Its name in the target.
        new: QName,
    },
    /// A column.
    Column {
        /// The table, by its name in the target.
        table: QName,
        /// The column's name in the live database.
        old: Name,
        /// The column's name in the target.
        new: Name,
    },
}

/// Who says that something was renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenameOrigin {
    /// A comment in the target, at that place.
    Hint(Place),
    /// The command line.
    Flag,
    /// The user, asked.
    Answer,
}
