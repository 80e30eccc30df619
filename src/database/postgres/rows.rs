//! Rows of PostgreSQL in plain values: those of sqlx's simple protocol come in, whose values are text.

use sqlx::{
    Row as _, ValueRef,
    postgres::{PgRow, types::Oid},
};

use crate::{
    Result,
    database::{Row, Value, server::plain_row},
};

/// The types that are not taken as text.
mod types {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const OID: u32 = 26;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
}

/// A row in plain values: whole numbers, booleans, floating-point numbers and bytes as such, all else as the server writes it.
pub(super) fn plain(row: &PgRow) -> Result<Row> {
    plain_row(row.len(), |column| {
        let raw = row.try_get_raw(column).map_err(|error| error.to_string())?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let kind = raw.type_info().oid().map_or(0, |Oid(oid)| oid);
        let text = raw.as_str().map_err(|error| error.to_string())?;
        plain_value(kind, text)
    })
}

fn plain_value(kind: u32, text: &str) -> Result<Value, String> {
    Ok(match kind {
        types::BOOL => Value::Integer(i64::from(text == "t")),
        types::INT2 | types::INT4 | types::INT8 | types::OID => {
            Value::Integer(text.parse().map_err(|_| format!("`{text}` is no number"))?)
        }
        types::FLOAT4 | types::FLOAT8 => {
            Value::Real(text.parse().map_err(|_| format!("`{text}` is no number"))?)
        }
        types::BYTEA => Value::Blob(bytes(text).ok_or("bytes are not in hexadecimal form")?),
        _ => Value::Text(text.to_owned()),
    })
}

/// Reads `\x0123`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(())?;
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_type() {
        assert_eq!(plain_value(types::BOOL, "t"), Ok(Value::Integer(1)));
        assert_eq!(plain_value(types::BOOL, "f"), Ok(Value::Integer(0)));
        assert_eq!(plain_value(types::INT2, "-1"), Ok(Value::Integer(-1)));
        assert_eq!(plain_value(types::FLOAT8, "1.5"), Ok(Value::Real(1.5)));
        assert_eq!(
            plain_value(types::BYTEA, "\\x00ff"),
            Ok(Value::Blob(vec![0, 255]))
        );
        assert_eq!(plain_value(1700, "1.50"), Ok(Value::Text("1.50".into())));
        assert!(plain_value(types::BYTEA, "\\x0").is_err());
        assert!(plain_value(types::INT4, "x").is_err());
    }
}
