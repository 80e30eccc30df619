//! Constraints.

use super::{NOTHING, changes, strict_changes};
use crate::compare::testing::{Strict, schema, summaries};
use crate::compare::{CompareOptions, ConstraintNames, Pair, compare};
use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;

/// What becomes of a table with these constraints.
fn of_constraints(live: &str, target: &str) -> Vec<String> {
    changes(&table(live), &table(target))
}

/// The same on a strict engine.
fn strict_constraints(live: &str, target: &str) -> Vec<String> {
    strict_changes(&table(live), &table(target))
}

fn table(constraints: &str) -> String {
    let comma = if constraints.is_empty() { "" } else { ", " };
    format!(
        "create table p (id integer primary key, n integer unique);
         create table q (id integer primary key);
         create table t (x integer, y integer{comma}{constraints})"
    )
}

#[test]
fn i_02_a_unique_constraint_comes_and_goes() {
    assert_eq!(of_constraints("", "unique (x)"), ["t: add unique constraint"]);
    assert_eq!(
        of_constraints("constraint u unique (x)", ""),
        ["t: drop unique constraint u"]
    );
}

#[test]
fn i_06_another_content_is_a_drop_and_an_add() {
    assert_eq!(
        of_constraints("constraint u unique (x)", "unique (x, y)"),
        ["t: drop unique constraint u, add unique constraint"]
    );
    assert_eq!(
        strict_constraints("constraint u unique (x)", "constraint u unique (x, y)"),
        ["t: drop unique constraint u, add unique constraint u"]
    );
}

#[test]
fn i_10_the_order_of_the_columns_is_part_of_a_unique_constraint() {
    assert_eq!(of_constraints("unique (x, y)", "unique (y, x)").len(), 1);
}

#[test]
fn the_order_of_constraints_says_nothing() {
    assert_eq!(
        of_constraints(
            "unique (x), check (x > 0), check (y > 0)",
            "check (y > 0), check (x > 0), unique (x)"
        ),
        NOTHING
    );
}

#[test]
fn i_11_a_name_in_another_case_is_the_same_name() {
    assert_eq!(
        of_constraints("constraint UQ unique (x)", "constraint uq unique (x)"),
        NOTHING
    );
}

#[test]
fn f_01_foreign_keys_come_and_go() {
    assert_eq!(
        of_constraints("", "foreign key (x) references p (id)"),
        ["t: add foreign key"]
    );
    assert_eq!(
        of_constraints("foreign key (x) references p", ""),
        ["t: drop foreign key"]
    );
    assert_eq!(
        of_constraints(
            "foreign key (x) references p",
            "foreign key (x) references p (id)"
        ),
        NOTHING
    );
}

#[test]
fn f_02_and_f_03_actions_and_deferral_are_part_of_a_foreign_key() {
    let key = "foreign key (x) references p (id)";
    for clause in [
        "on delete cascade",
        "on update set null",
        "deferrable initially deferred",
    ] {
        let changed = of_constraints(key, &format!("{key} {clause}"));
        assert_eq!(changed, ["t: drop foreign key, add foreign key"], "{clause}");
        assert_eq!(
            of_constraints(&format!("{key} {clause}"), key).len(),
            1,
            "{clause}"
        );
    }
    assert_eq!(
        of_constraints(key, &format!("{key} on delete no action")),
        NOTHING
    );
    assert_eq!(
        of_constraints(
            &format!("{key} on delete CasCade"),
            &format!("{key} ON DELETE cascade")
        ),
        NOTHING
    );
    assert_eq!(of_constraints(key, &format!("{key} not deferrable")), NOTHING);
}

#[test]
fn f_05_a_foreign_key_of_another_name_is_renamed_where_the_engine_can() {
    let (live, target) = (
        "constraint a foreign key (x) references p (id)",
        "constraint b foreign key (x) references p (id)",
    );
    assert_eq!(strict_constraints(live, target), ["t: rename foreign key a to b"]);
    assert_eq!(
        of_constraints(live, target),
        ["t: drop foreign key a, add foreign key b"]
    );
}

#[test]
fn f_06_a_foreign_key_to_another_table_is_dropped_before_it_is_added() {
    assert_eq!(
        of_constraints(
            "constraint k foreign key (x) references p (id)",
            "constraint k foreign key (x) references q (id)"
        ),
        ["t: drop foreign key k, add foreign key k"]
    );
}

#[test]
fn k_01_checks_come_go_and_change_under_one_name() {
    let (one, two) = ("constraint one check (x > 0)", "constraint two check (y > 0)");
    assert_eq!(of_constraints("", one), ["t: add check one"]);
    assert_eq!(
        of_constraints(&format!("{one}, {two}, check (x < y)"), two)
            .join("")
            .matches("drop check")
            .count(),
        2
    );
    assert_eq!(
        of_constraints(one, "constraint one check (x > 1)"),
        ["t: drop check one, add check one"]
    );
    assert_eq!(of_constraints(one, "constraint one CHECK ( x>0 )"), NOTHING);
}

#[test]
fn k_02_a_check_without_a_name_is_found_by_what_it_says() {
    assert_eq!(of_constraints("check (x > 0)", "check (x>0)"), NOTHING);
    assert_eq!(
        of_constraints("check (x > 0)", "check (x > 1)"),
        ["t: drop check, add check"]
    );
    assert_eq!(
        of_constraints("check (x > 0)", "constraint named check (x > 0)"),
        ["t: drop check, add check named"]
    );
}

#[test]
fn k_04_where_a_check_is_written_says_nothing() {
    assert_eq!(
        changes(
            "create table t (x integer check (x > 0))",
            "create table t (x integer, check (x > 0))"
        ),
        NOTHING
    );
}

#[test]
fn p_01_another_primary_key_is_a_drop_and_an_add() {
    assert_eq!(
        of_constraints("primary key (x)", "primary key (x, y)"),
        ["t: drop primary key, add primary key"]
    );
    assert_eq!(of_constraints("primary key (x, y)", "primary key (x)").len(), 1);
    assert_eq!(
        strict_constraints("constraint a primary key (x)", "constraint b primary key (x)"),
        ["t: rename primary key a to b"]
    );
}

#[test]
fn a_key_comes_before_the_foreign_key_that_needs_it_and_goes_after() {
    assert_eq!(
        of_constraints("", "unique (x), foreign key (y) references t (x)"),
        ["t: add unique constraint, add foreign key"]
    );
    assert_eq!(
        of_constraints("unique (x), foreign key (y) references t (x)", ""),
        ["t: drop foreign key, drop unique constraint"]
    );
}

#[test]
fn a_name_meets_its_name_before_a_content_meets_its_content() {
    // Renaming `a` to `b` would take a name that is in use.
    assert_eq!(
        strict_constraints(
            "constraint a check (x > 0), constraint b check (y > 0)",
            "constraint b check (x > 0)"
        ),
        ["t: drop check b, drop check a, add check b"]
    );
}

#[test]
fn names_are_left_alone_when_they_do_not_count() {
    let options = CompareOptions {
        constraint_names: ConstraintNames::Ignore,
        ..CompareOptions::default()
    };
    let ignoring = |live: &str, target: &str| {
        [&Sqlite as &dyn Dialect, &Strict].map(|dialect| {
            let schemas = Pair::new(schema(&table(live)), schema(&table(target)));
            summaries(
                &compare(schemas.as_ref(), dialect, &options)
                    .expect("compares")
                    .upgrade,
            )
        })
    };
    let nothing: [Vec<String>; 2] = Default::default();
    assert_eq!(
        ignoring("constraint a check (x > 0)", "constraint b check (x > 0)"),
        nothing
    );
    assert_eq!(ignoring("unique (x)", "constraint b unique (x)"), nothing);
    assert_eq!(
        ignoring("constraint a primary key (x)", "primary key (x)"),
        nothing
    );
    // A name that something else needs is not left alone.
    let needed = ["t: drop check a, add check b, add unique constraint a".to_owned()];
    let changed = ignoring(
        "constraint a check (x > 0)",
        "constraint b check (x > 0), constraint a unique (y)",
    );
    assert_eq!(changed[0].len(), needed.len());
    assert!(
        changed
            .iter()
            .all(|lines| lines[0].starts_with("t: drop check a")),
        "{changed:?}"
    );
}
