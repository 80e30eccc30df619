//! Rows in a script.

use super::Notes;
use crate::directive::{BulkInsert, Literal};

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Literal {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// A value of a row, so that a row can hold values of several types: `[value(1), value("x"), null()]`.
pub fn value(value: impl Into<Literal>) -> Literal {
    value.into()
}

/// The value NULL of a row.
pub fn null() -> Literal {
    Literal::Null
}

/// The chain after `op.bulk_insert(..)`.
#[derive(Debug)]
pub struct BulkInsertChain<'a> {
    pub(super) insert: &'a mut BulkInsert,
    pub(super) notes: &'a mut Notes,
}

impl BulkInsertChain<'_> {
    /// A row with a value for every column: `.row([value(1), value("x"), null()])`.
    pub fn row(self, values: impl IntoIterator<Item = impl Into<Literal>>) -> Self {
        let row: Vec<Literal> = values.into_iter().map(Into::into).collect();
        if row.len() != self.insert.columns.len() {
            self.notes.mistake(&format!(
                "row {} of {} has {} values for {} columns",
                self.insert.rows.len() + 1,
                self.insert.table,
                row.len(),
                self.insert.columns.len(),
            ));
        }
        self.insert.rows.push(row);
        self
    }
}
