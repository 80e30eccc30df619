//! Rows of MySQL and MariaDB in plain values: those of sqlx's text protocol come in.

use sqlx::{
    Decode, Row as _, Type, TypeInfo, ValueRef,
    mysql::{MySql, MySqlRow},
};

use crate::{
    Result,
    database::{Row, Value, server::plain_row},
};

/// A row in plain values: whole numbers, floating-point numbers and bytes as such, all else as the server writes it.
pub(super) fn plain(row: &MySqlRow) -> Result<Row> {
    plain_row(row.len(), |column| {
        let raw = row.try_get_raw(column).map_err(|error| error.to_string())?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let info = raw.type_info().into_owned();
        let bytes = <&[u8] as Decode<MySql>>::decode(raw).map_err(|error| error.to_string())?;
        // The names of types take the binary collation of a text (`utf8mb4_bin`) for bytes.
        let kind = match info.name() {
            _ if <str as Type<MySql>>::compatible(&info) => "TEXT",
            name => name,
        };
        plain_value(kind, bytes)
    })
}

/// A value by the name of its type in sqlx.
fn plain_value(kind: &str, bytes: &[u8]) -> Result<Value, String> {
    match kind {
        "BIT" if bytes.len() < 8 => {
            let number = bytes
                .iter()
                .fold(0, |number, byte| number << 8 | i64::from(*byte));
            return Ok(Value::Integer(number));
        }
        "BIT" | "BINARY" | "VARBINARY" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" | "GEOMETRY" => {
            return Ok(Value::Blob(bytes.to_vec()));
        }
        _ => {}
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "a text is not UTF-8".to_owned())?;
    Ok(match kind {
        "BOOLEAN" | "YEAR" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "TINYINT UNSIGNED"
        | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" | "BIGINT UNSIGNED" => {
            match text.parse() {
                Ok(number) => Value::Integer(number),
                // Beyond what fits.
                Err(_) => Value::Text(text.to_owned()),
            }
        }
        "FLOAT" | "DOUBLE" => Value::Real(text.parse().map_err(|_| format!("`{text}` is no number"))?),
        _ => Value::Text(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_kind() {
        let value = |kind, bytes: &[u8]| plain_value(kind, bytes).unwrap();
        assert_eq!(value("INT", b"-3"), Value::Integer(-3));
        assert_eq!(
            value("BIGINT UNSIGNED", b"18446744073709551615"),
            Value::Text("18446744073709551615".into())
        );
        assert_eq!(value("BIT", &[1, 2]), Value::Integer(258));
        assert_eq!(value("DECIMAL", b"1.50"), Value::Text("1.50".into()));
        assert_eq!(value("DOUBLE", b"1.5"), Value::Real(1.5));
        assert_eq!(value("BLOB", &[255]), Value::Blob(vec![255]));
        assert_eq!(value("DATE", b"0000-00-00"), Value::Text("0000-00-00".into()));
        assert!(plain_value("TEXT", &[255]).is_err());
    }
}
