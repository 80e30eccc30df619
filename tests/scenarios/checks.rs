//! K: checks; P: primary keys.

use crate::harness::*;

fn table(checks: &str) -> String {
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y INT{checks})")
}

const ROWS: &str = "INSERT INTO t VALUES (1, 5, 6), (2, NULL, NULL)";

fn checks_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    for (from, to, change) in changes {
        Scenario::new(number)
            .from(&table(from))
            .to(&table(to))
            .rows(ROWS)
            .expect(&[&format!("t: {change}")]);
    }
}

fn checks_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        Scenario::new(number).from(&table(from)).to(&table(to)).equal();
    }
}

#[test]
fn k_01_a_named_check_comes_goes_stays_and_changes() {
    let check = ", CONSTRAINT ck CHECK (x > 0)";
    checks_change(
        "K-01",
        &[
            ("", check, "add check ck"),
            (check, "", "drop check ck"),
            (
                check,
                ", CONSTRAINT ck CHECK (x > 1)",
                "drop check ck, add check ck",
            ),
            (
                ", CONSTRAINT a CHECK (x > 0), CONSTRAINT b CHECK (x > 1), CONSTRAINT c CHECK (x > 2)",
                ", CONSTRAINT b CHECK (x > 1)",
                "drop check c, drop check a",
            ),
        ],
    );
    checks_equal(
        "K-01",
        &[(check, check), (check, ", CONSTRAINT ck CHECK ( ( X>0 ) )")],
    );
}

#[test]
fn k_01_a_check_that_rows_break_is_refused_before_anything_is_touched() {
    Scenario::new("K-01")
        .from(&table(""))
        .to(&table(", CONSTRAINT ck CHECK (x > 5)"))
        .rows("INSERT INTO t VALUES (1, 5, 6), (2, NULL, NULL), (3, 6, 6)")
        .contradicted(&["rows contradict", "1 row of t", "ck", "x > 5"]);
}

#[test]
fn k_02_checks_without_names_are_told_apart_by_their_expressions() {
    checks_equal(
        "K-02",
        &[(", CHECK (x > 0), CHECK (y > 0)", ", CHECK (y > 0), CHECK (x>0)")],
    );
    checks_change(
        "K-02",
        &[
            (", CHECK (x > 0), CHECK (y > 0)", ", CHECK (y > 0)", "drop check"),
            (", CHECK (x > 0)", ", CHECK (x > 0), CHECK (y > 0)", "add check"),
            (", CHECK (x > 0)", ", CHECK (x > 1)", "drop check, add check"),
        ],
    );
}

#[test]
fn k_03_a_check_that_stands_for_a_type_is_no_change() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, active BOOLEAN CHECK (active IN (0, 1)), mood VARCHAR(5) CONSTRAINT mood CHECK (mood IN ('sad', 'ok')))";
    all_equal("K-03", &[(table, table), (table, &table.replace(", ", ","))]);
}

#[test]
fn k_04_a_check_with_its_column_is_the_same_as_one_apart() {
    all_equal(
        "K-04",
        &[
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CHECK (x > 0))",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, CHECK (x > 0))",
            ),
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CONSTRAINT ck CHECK (x > 0))",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, CONSTRAINT ck CHECK (x > 0))",
            ),
        ],
    );
    // A check names its own table or does not.
    all_equal(
        "K-04",
        &[(
            "CREATE TABLE t (x INT CHECK (t.x > 0))",
            "CREATE TABLE t (x INT CHECK (x > 0))",
        )],
    );
    Scenario::new("K-04")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CHECK (x > 0))")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CHECK (x > 1))")
        .rows("INSERT INTO t VALUES (1, 2)")
        .expect(&["t: drop check, add check"]);
}

#[test]
fn k_05_a_table_comes_and_goes_with_its_checks() {
    let t = table(", CONSTRAINT ck CHECK (x > 0), CHECK (y > 0)");
    Scenario::new("K-05")
        .to(&t)
        .inspect(|script| assert_eq!(created(script, "t").checks.len(), 2))
        .expect(&["t: new table"]);
    Scenario::new("K-05")
        .from(&t)
        .rows(ROWS)
        .expect(&["t: drop table"]);
}

#[test]
fn k_06_a_filtered_check_is_left_alone() {
    Scenario::new("K-06")
        .from(&table(
            ", CONSTRAINT ck_mine CHECK (x > 0), CONSTRAINT ck_theirs CHECK (y > 0)",
        ))
        .to(&table(", CONSTRAINT ck_mine CHECK (x > 0)"))
        .exclude("constraint:ck_theirs")
        .equal();
}

#[test]
fn k_06_names_made_by_a_convention_are_names() {
    let check = ", CONSTRAINT ck_t_x_positive CHECK (x > 0)";
    checks_equal("K-06", &[(check, check)]);
}

#[test]
fn p_01_a_primary_key_is_widened_narrowed_and_renamed() {
    let keyed = |key: &str| format!("CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, v TEXT, {key})");
    let rows = "INSERT INTO t VALUES (1, 2, 'x'), (2, 1, 'y')";
    for (from, to, change) in [
        (
            "PRIMARY KEY (a)",
            "PRIMARY KEY (a, b)",
            "t: drop primary key, add primary key",
        ),
        (
            "PRIMARY KEY (a, b)",
            "PRIMARY KEY (b)",
            "t: drop primary key, add primary key",
        ),
        (
            "PRIMARY KEY (a, b)",
            "PRIMARY KEY (b, a)",
            "t: drop primary key, add primary key",
        ),
        (
            "CONSTRAINT k PRIMARY KEY (a)",
            "CONSTRAINT k2 PRIMARY KEY (a)",
            "t: drop primary key k, add primary key k2",
        ),
    ] {
        Scenario::new("P-01")
            .from(&keyed(from))
            .to(&keyed(to))
            .rows(rows)
            .expect(&[change]);
    }
    Scenario::new("P-01")
        .from(&keyed("PRIMARY KEY (a, b)"))
        .to(&keyed("PRIMARY KEY (a)"))
        .rows("INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'y')")
        .contradicted(&["rows contradict", "2 rows of t", "primary key"]);
}

#[test]
fn p_01_a_table_with_rows_gets_and_loses_a_primary_key() {
    Scenario::new("P-01")
        .from("CREATE TABLE t (id INTEGER, v TEXT)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        .rows("INSERT INTO t VALUES (5, 'x'), (3, 'y')")
        .expect(&["t: add primary key"]);
    Scenario::new("P-01")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        .to("CREATE TABLE t (id INTEGER, v TEXT)")
        .rows("INSERT INTO t VALUES (5, 'x'), (3, 'y')")
        .expect(&["t: drop primary key"]);
}
