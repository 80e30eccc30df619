//! F: foreign keys.

use crate::harness::*;

const PARENTS: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE (a, b));
    CREATE TABLE q (id INTEGER PRIMARY KEY);
    ";
const ROWS: &str = "INSERT INTO p VALUES (1, 10, 20), (2, 11, 21); INSERT INTO q VALUES (1), (2);
    INSERT INTO c VALUES (1, 1, 10, 20), (2, NULL, NULL, NULL), (3, 2, 11, NULL)";

fn child(constraint: &str) -> String {
    let constraint = if constraint.is_empty() {
        String::new()
    } else {
        format!(", {constraint}")
    };
    format!("{PARENTS}CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT, a INT, b INT{constraint})")
}

fn keys_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    for (from, to, change) in changes {
        Scenario::new(number)
            .from(&child(from))
            .to(&child(to))
            .rows(ROWS)
            .expect(&[&format!("c: {change}")]);
    }
}

fn keys_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        Scenario::new(number).from(&child(from)).to(&child(to)).equal();
    }
}

const SIMPLE: &str = "CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id)";
const REPLACED: &str = "drop foreign key fk, add foreign key fk";

#[test]
fn f_01_a_foreign_key_comes_goes_and_stays() {
    let composite = "CONSTRAINT fk2 FOREIGN KEY (a, b) REFERENCES p (a, b)";
    keys_change(
        "F-01",
        &[
            (SIMPLE, "", "drop foreign key fk"),
            ("", SIMPLE, "add foreign key fk"),
            (composite, "", "drop foreign key fk2"),
            ("", composite, "add foreign key fk2"),
            ("", "FOREIGN KEY (p_id) REFERENCES p", "add foreign key"),
        ],
    );
    keys_equal("F-01", &[(SIMPLE, SIMPLE), (composite, composite)]);
    // A key with its column, apart, and by the name of the table alone are one key.
    all_equal(
        "F-01",
        &[(
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INT REFERENCES p (id))",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INT, FOREIGN KEY (p_id) REFERENCES P (ID))",
        )],
    );
}

#[test]
fn f_01_a_foreign_key_that_rows_break_is_refused_before_anything_is_touched() {
    Scenario::new("F-01")
        .from(&child(""))
        .to(&child(SIMPLE))
        .rows("INSERT INTO p VALUES (1, 1, 1); INSERT INTO c VALUES (1, 1, 1, 1), (2, 5, 1, 1), (3, 6, 1, 1), (4, NULL, 1, 1)")
        .contradicted(&["rows contradict", "2 rows of c", "p_id", "foreign key"]);
}

#[test]
fn f_02_actions_are_part_of_a_foreign_key() {
    for event in ["DELETE", "UPDATE"] {
        let with = |action: &str| format!("{SIMPLE} ON {event} {action}");
        for (from, to) in [
            (SIMPLE.to_owned(), with("CASCADE")),
            (with("CASCADE"), SIMPLE.to_owned()),
            (with("RESTRICT"), with("CASCADE")),
            (with("SET NULL"), with("SET DEFAULT")),
            (SIMPLE.to_owned(), with("RESTRICT")),
        ] {
            keys_change("F-02", &[(&from, &to, REPLACED)]);
        }
        keys_equal(
            "F-02",
            &[
                (&with("caSCAde"), &with("CasCade")),
                (&with("RESTRICT"), &with("restrict")),
                (&with("NO ACTION"), SIMPLE),
            ],
        );
    }
    keys_change(
        "F-02",
        &[(
            &format!("{SIMPLE} ON DELETE CASCADE ON UPDATE RESTRICT"),
            &format!("{SIMPLE} ON UPDATE CASCADE ON DELETE RESTRICT"),
            REPLACED,
        )],
    );
}

#[test]
fn f_03_deferral_is_part_of_a_foreign_key_where_it_means_something() {
    let deferred = format!("{SIMPLE} DEFERRABLE INITIALLY DEFERRED");
    let immediate = format!("{SIMPLE} DEFERRABLE INITIALLY IMMEDIATE");
    let deferrable = format!("{SIMPLE} DEFERRABLE");
    let not = format!("{SIMPLE} NOT DEFERRABLE");
    keys_change(
        "F-03",
        &[
            (SIMPLE, &deferred, REPLACED),
            (&deferred, SIMPLE, REPLACED),
            (&deferrable, &deferred, REPLACED),
            (&deferred, &immediate, REPLACED),
        ],
    );
    // To SQLite a key that is not initially deferred is checked at once, whatever else it says.
    keys_equal(
        "F-03",
        &[
            (&deferrable, &immediate),
            (&not, &format!("{SIMPLE} NOT DEFERRABLE INITIALLY IMMEDIATE")),
            (SIMPLE, &not),
            (SIMPLE, &immediate),
            (&deferred, &deferred),
        ],
    );
}

#[test]
fn f_04_a_foreign_key_of_a_name_in_mixed_case_is_dropped() {
    for name in ["\"MyFk\"", "\"fk With Blanks\"", "\"fk\"\"quoted\""] {
        let key = format!("CONSTRAINT {name} FOREIGN KEY (p_id) REFERENCES p (id)");
        Scenario::new("F-04")
            .from(&child(&key))
            .to(&child(""))
            .rows(ROWS)
            .holds();
    }
}

#[test]
fn f_05_a_foreign_key_under_another_name_gets_that_name() {
    keys_change(
        "F-05",
        &[(
            SIMPLE,
            &SIMPLE.replace("fk", "other"),
            "drop foreign key fk, add foreign key other",
        )],
    );
    Scenario::new("F-05")
        .from(&child(SIMPLE))
        .to(&child(&SIMPLE.replace("fk", "other")))
        .ignoring_constraint_names()
        .equal();
}

#[test]
fn f_05_another_match_is_another_foreign_key() {
    keys_change("F-05", &[(SIMPLE, &format!("{SIMPLE} MATCH FULL"), REPLACED)]);
}

#[test]
fn f_06_a_column_that_refers_to_another_table_loses_the_old_key_first() {
    Scenario::new("F-06")
        .from(&child("CONSTRAINT fk_p FOREIGN KEY (p_id) REFERENCES p (id)"))
        .to(&child("CONSTRAINT fk_q FOREIGN KEY (p_id) REFERENCES q (id)"))
        .rows(ROWS)
        .expect(&["c: drop foreign key fk_p, add foreign key fk_q"]);
}

#[test]
fn f_06_a_key_moves_from_a_table_that_goes_to_one_that_comes() {
    Scenario::new("F-06")
        .from("CREATE TABLE old_p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT REFERENCES old_p (id))")
        .to("CREATE TABLE new_p (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT REFERENCES new_p (id))")
        .rows("INSERT INTO c VALUES (1, NULL)")
        .expect(&["new_p: new table", "c: drop foreign key, add foreign key", "old_p: drop table"]);
}
