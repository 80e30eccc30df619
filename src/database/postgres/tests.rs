//! What needs no server: how texts are taken apart and values read.

use super::*;

#[test]
fn the_begin_and_end_of_transactions_are_seen() {
    for (sql, expected) in [
        ("BEGIN", Some(true)),
        (
            "/* x */ start transaction isolation level serializable",
            Some(true),
        ),
        ("commit;", Some(false)),
        ("END", Some(false)),
        ("ROLLBACK WORK", Some(false)),
        ("rollback and no chain", Some(false)),
        ("COMMIT AND CHAIN", None),
        ("ROLLBACK TO SAVEPOINT a", None),
        ("ROLLBACK TRANSACTION TO a", None),
        ("COMMIT PREPARED 'a'", None),
        ("PREPARE TRANSACTION 'a'", Some(false)),
        ("PREPARE a AS SELECT 1", None),
        ("SELECT 'BEGIN'", None),
        ("", None),
    ] {
        assert_eq!(effect(sql), expected, "{sql}");
    }
}

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
