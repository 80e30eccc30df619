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
