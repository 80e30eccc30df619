//! C: computed columns.

use crate::harness::*;
use autogen::directive::Directive;

fn table(column: &str) -> String {
    let column = if column.is_empty() {
        String::new()
    } else {
        format!(", {column}")
    };
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, bar INT{column})")
}

const ROWS: &str = "INSERT INTO t (id, bar) VALUES (1, 2), (2, NULL)";

#[test]
fn c_01_a_computed_column_comes_and_goes_with_its_expression() {
    for kind in ["STORED", "VIRTUAL"] {
        let foo = format!("foo INT GENERATED ALWAYS AS (bar * 5) {kind}");
        Scenario::new("C-01")
            .from(&table(""))
            .to(&table(&foo))
            .rows(ROWS)
            .upgraded("SELECT foo FROM t ORDER BY id", "10;")
            .expect(&["t: add column foo"]);
        Scenario::new("C-01")
            .from(&table(&foo))
            .to(&table(""))
            .rows(ROWS)
            .downgraded("SELECT foo FROM t ORDER BY id", "10;")
            .expect(&["t: drop column foo"]);
        Scenario::new("C-01").to(&table(&foo)).expect(&["t: new table"]);
    }
}

#[test]
fn c_02_a_plain_column_becomes_computed_and_back() {
    let plain = "CREATE TABLE t (id INTEGER PRIMARY KEY, bar INT, foo INT)";
    for kind in ["STORED", "VIRTUAL"] {
        let computed = table(&format!("foo INT AS (bar * 5) {kind}"));
        Scenario::new("C-02")
            .from(plain)
            .to(&computed)
            .rows("INSERT INTO t VALUES (1, 2, 99), (2, NULL, 7)")
            .refills("t.foo")
            .inspect(|script| {
                let losses: Vec<String> = script.upgrade.iter().flat_map(Directive::losses).collect();
                assert!(losses.iter().any(|l| l.contains("t.foo")), "{losses:?}");
            })
            .upgraded("SELECT foo FROM t ORDER BY id", "10;")
            .holds();
        // The other way the values that were computed stay.
        Scenario::new("C-02")
            .from(&computed)
            .to(plain)
            .rows(ROWS)
            .upgraded("SELECT foo FROM t ORDER BY id", "10;")
            .downgraded("SELECT foo FROM t ORDER BY id", "10;")
            .holds();
    }
}

#[test]
fn c_02_another_expression_or_another_kind_is_a_change() {
    for (from, to, then) in [
        ("foo INT AS (bar * 5)", "foo INT AS (bar * 42)", "84;"),
        (
            "foo INT AS (bar * 5) STORED",
            "foo INT AS (bar * 42) STORED",
            "84;",
        ),
        (
            "foo INT AS (bar * 5) STORED",
            "foo INT AS (bar * 5) VIRTUAL",
            "10;",
        ),
        (
            "foo INT AS (bar * 5) VIRTUAL",
            "foo INT AS (bar * 5) STORED",
            "10;",
        ),
    ] {
        Scenario::new("C-02")
            .from(&table(from))
            .to(&table(to))
            .rows(ROWS)
            .inspect(|script| assert!(!script.upgrade.is_empty()))
            .upgraded("SELECT foo FROM t ORDER BY id", then)
            .downgraded("SELECT foo FROM t ORDER BY id", "10;")
            .holds();
    }
}

#[test]
fn c_03_an_expression_in_other_blanks_is_no_change() {
    all_equal(
        "C-03",
        &[
            (
                &table("foo INT AS (bar*5)"),
                &table("foo INT GENERATED ALWAYS AS (bar  *\n 5) VIRTUAL"),
            ),
            (
                &table("foo INT AS (bar*5) STORED"),
                &table("foo INT AS ((bar * 5)) STORED"),
            ),
            (
                &table("foo INT AS (bar*5) STORED"),
                &table("foo INT AS (\"BAR\" /* times */ * 5) STORED"),
            ),
        ],
    );
}
