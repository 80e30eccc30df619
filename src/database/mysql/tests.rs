use super::*;

#[test]
fn a_statement_is_sent_without_its_end() {
    assert_eq!(bare(" SELECT 1; -- x\n"), "SELECT 1");
    assert_eq!(bare("SELECT ';'"), "SELECT ';'");
    assert_eq!(bare("SELECT 1 -- ;"), "SELECT 1 -- ;");
    assert_eq!(
        bare("CREATE PROCEDURE p() BEGIN SELECT 1; END;"),
        "CREATE PROCEDURE p() BEGIN SELECT 1; END"
    );
}

#[test]
fn what_runs_statements_of_its_own_may_give_many_results() {
    for statement in ["CALL p()", "/* x */ execute s", "BEGIN NOT ATOMIC SELECT 1; END"] {
        assert!(has_many_results(statement), "{statement}");
    }
    for statement in ["BEGIN", "SELECT 1", "CREATE PROCEDURE p() CALL q()", ""] {
        assert!(!has_many_results(statement), "{statement}");
    }
}

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
