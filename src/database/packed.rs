//! Rows that travelled as one JSON text: an array of arrays comes in, plain rows come out.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::{Row, Value};
use crate::{Error, ErrorKind, Result};

/// Reads `[[1, "a", null], ...]`.
pub(super) fn rows(text: &str) -> Result<Vec<Row>> {
    let rows: Vec<Vec<Cell>> = serde_json::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Database, "the database returned broken JSON").because(error)
    })?;
    Ok(rows
        .into_iter()
        .map(|cells| Row::new(cells.into_iter().map(|cell| cell.0).collect()))
        .collect())
}

struct Cell(Value);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl Visitor<'_> for Scalar {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a number or a string")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
                Ok(Cell(Value::Null))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell(Value::Integer(number)))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Cell, E> {
                i64::try_from(number)
                    .map(|number| Cell(Value::Integer(number)))
                    .map_err(E::custom)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Cell, E> {
                Ok(Cell(Value::Real(number)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell(Value::Text(text.to_owned())))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Cell, E> {
                Ok(Cell(Value::Text(text)))
            }
        }

        deserializer.deserialize_any(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_and_nothing_else() {
        let rows = rows(r#"[[1, -1, 0.5, "a\"\u0000", null], []]"#).unwrap();
        assert_eq!(
            rows[0].values(),
            [
                Value::Integer(1),
                Value::Integer(-1),
                Value::Real(0.5),
                Value::Text("a\"\0".into()),
                Value::Null
            ]
        );
        assert_eq!(rows[1].values(), []);
        for text in ["[[[1]]]", "[[true]]", "[[18446744073709551615]]", "{}", "[[1"] {
            assert!(super::rows(text).is_err(), "{text}");
        }
    }
}
