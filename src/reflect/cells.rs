//! Rows of catalog queries, read cell by cell.
//!
//! Comes in: a row as the driver gives it. Goes out: its cells in order, as texts, numbers and truth values, or an error that says which
//! cell is not understood.

use crate::database::{Row, Value};
use crate::{Error, ErrorKind, Result};
use std::str::FromStr;

/// A row whose cells are read one after the other.
pub(in crate::reflect) struct Cells {
    values: std::vec::IntoIter<Value>,
    read: usize,
}

impl Cells {
    pub(in crate::reflect) fn new(row: Row) -> Self {
        Self {
            values: row.into_values().into_iter(),
            read: 0,
        }
    }

    /// The next cell, when it is not NULL.
    pub(in crate::reflect) fn optional(&mut self) -> Result<Option<String>> {
        self.read += 1;
        match self.values.next() {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Integer(number)) => Ok(Some(number.to_string())),
            // Some texts of MySQL's catalog have no character set.
            Some(Value::Blob(bytes)) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(self.unexpected("bytes that are no text")),
            },
            Some(other) => Err(self.unexpected(other.kind())),
            None => Err(self.unexpected("missing")),
        }
    }

    /// The next cell.
    pub(in crate::reflect) fn text(&mut self) -> Result<String> {
        match self.optional()? {
            Some(text) => Ok(text),
            None => Err(self.unexpected("NULL")),
        }
    }

    /// The next cell as a number, when it is not NULL.
    pub(in crate::reflect) fn optional_number<N: FromStr>(&mut self) -> Result<Option<N>> {
        match self.optional()? {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self.unexpected(&format!("`{text}`"))),
            },
        }
    }

    /// The next cell as a number.
    pub(in crate::reflect) fn number<N: FromStr>(&mut self) -> Result<N> {
        match self.optional_number()? {
            Some(number) => Ok(number),
            None => Err(self.unexpected("NULL")),
        }
    }

    /// The next cell as a truth value.
    pub(in crate::reflect) fn flag(&mut self) -> Result<bool> {
        let text = self.text()?;
        match text.as_str() {
            "t" | "true" | "1" => Ok(true),
            "f" | "false" | "0" => Ok(false),
            other => Err(self.unexpected(&format!("`{other}`"))),
        }
    }

    pub(in crate::reflect) fn unexpected(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Database,
            format!(
                "the catalog gives {what} in column {}, which this program does not understand",
                self.read
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_not_understood_is_an_error_and_no_panic() {
        let mut cells = Cells::new(Row::new(vec![Value::Text("x".into()), Value::Null]));
        assert!(cells.number::<u32>().is_err());
        assert!(cells.text().is_err());
        assert!(cells.text().is_err());
    }
}
