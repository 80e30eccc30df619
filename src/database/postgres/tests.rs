//! What needs no server: how texts are taken apart.

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
