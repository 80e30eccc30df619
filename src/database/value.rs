//! Rows as plain values: what a query gave, without a driver's types.

use crate::{Error, ErrorKind, Result};

/// One cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A whole number; booleans too.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// What kind of value this is, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) => "an integer",
            Self::Real(_) => "a real number",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
        }
    }
}

/// One row of a result. Columns are numbered from 0.
///
/// The accessors return [`ErrorKind::Database`] errors when the column does not exist or holds another type: what a
/// database returns is input, and a damaged or hand-edited table must not panic.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Value>);

impl Row {
    /// A row of these values.
    pub const fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// The values, in column order.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The values, in column order, without copying them.
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }

    /// The value of a column.
    pub fn get(&self, column: usize) -> Result<&Value> {
        self.0.get(column).ok_or_else(|| self.missing(column))
    }

    /// Whether a column is NULL.
    pub fn is_null(&self, column: usize) -> Result<bool> {
        Ok(matches!(self.get(column)?, Value::Null))
    }

    /// A column of text.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.get(column)? {
            Value::Text(text) => Ok(text),
            other => Err(mismatch(column, other, "text")),
        }
    }

    /// A column of text or NULL.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        match self.get(column)? {
            Value::Null => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// Moves the text out of a column, leaving NULL there.
    pub fn take_text(&mut self, column: usize) -> Result<String> {
        self.text(column)?;
        match std::mem::replace(&mut self.0[column], Value::Null) {
            Value::Text(text) => Ok(text),
            _ => unreachable!("the column was just found to be text"),
        }
    }

    /// Moves the text out of a column that may be NULL, leaving NULL there.
    pub fn take_optional_text(&mut self, column: usize) -> Result<Option<String>> {
        if self.is_null(column)? {
            Ok(None)
        } else {
            self.take_text(column).map(Some)
        }
    }

    /// A column of whole numbers.
    pub fn integer(&self, column: usize) -> Result<i64> {
        match self.get(column)? {
            Value::Integer(number) => Ok(*number),
            other => Err(mismatch(column, other, "an integer")),
        }
    }

    /// A column of whole numbers or NULL.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>> {
        match self.get(column)? {
            Value::Null => Ok(None),
            _ => self.integer(column).map(Some),
        }
    }

    /// A column of booleans: an integer that is 0 or not.
    pub fn boolean(&self, column: usize) -> Result<bool> {
        self.integer(column).map(|number| number != 0)
    }

    /// A column of numbers, whole or not.
    pub fn real(&self, column: usize) -> Result<f64> {
        match self.get(column)? {
            Value::Real(number) => Ok(*number),
            #[expect(
                clippy::cast_precision_loss,
                reason = "what SQL does when an integer stands for a real"
            )]
            Value::Integer(number) => Ok(*number as f64),
            other => Err(mismatch(column, other, "a number")),
        }
    }

    /// A column of bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8]> {
        match self.get(column)? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(mismatch(column, other, "bytes")),
        }
    }

    fn missing(&self, column: usize) -> Error {
        Error::new(
            ErrorKind::Database,
            format!(
                "column {} of a row that has {} was asked for",
                column + 1,
                self.0.len()
            ),
        )
    }
}

fn mismatch(column: usize, found: &Value, wanted: &str) -> Error {
    Error::new(
        ErrorKind::Database,
        format!(
            "column {} of a row holds {} where {wanted} was expected",
            column + 1,
            found.kind()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_accessor_takes_its_own_type_and_refuses_others() {
        let row = Row::new(vec![
            Value::Null,
            Value::Integer(1),
            Value::Real(1.5),
            Value::Text("a".into()),
            Value::Blob(vec![1]),
        ]);
        assert!(row.is_null(0).unwrap());
        assert_eq!(row.integer(1).unwrap(), 1);
        assert!(row.boolean(1).unwrap());
        assert!((row.real(2).unwrap() - 1.5).abs() < f64::EPSILON);
        assert!((row.real(1).unwrap() - 1.0).abs() < f64::EPSILON);
        assert_eq!(row.text(3).unwrap(), "a");
        assert_eq!(row.blob(4).unwrap(), [1]);
        assert_eq!(row.optional_text(0).unwrap(), None);
        assert_eq!(row.optional_integer(0).unwrap(), None);

        let error = row.text(1).unwrap_err();
        assert_eq!(
            error.message(),
            "column 2 of a row holds an integer where text was expected"
        );
        assert_eq!(error.kind(), ErrorKind::Database);
        assert!(row.integer(5).unwrap_err().message().contains("column 6"));
    }

    #[test]
    fn text_can_be_moved_out() {
        let mut row = Row::new(vec![Value::Text("a".into()), Value::Null]);
        assert_eq!(row.take_text(0).unwrap(), "a");
        assert_eq!(row.take_optional_text(0).unwrap(), None);
        assert_eq!(row.take_optional_text(1).unwrap(), None);
        assert!(row.take_text(1).is_err());
    }
}
