//! Indexes.

use super::{NOTHING, changes, strict_changes};
use crate::compare::testing::{Strict, compared_with, summaries};
use crate::compare::{CompareOptions, ConstraintNames};
use crate::dialect::sqlite::Sqlite;

const TABLE: &str = "create table t (x text, y text, z integer);";

fn with(indexes: &str) -> String {
    format!("{TABLE}{indexes}")
}

/// What becomes of an index `i` on the table.
fn of_index(live: &str, target: &str) -> Vec<String> {
    changes(
        &with(&format!("create index i on t {live}")),
        &with(&format!("create index i on t {target}")),
    )
}

const ANEW: [&str; 2] = ["t: drop index i", "t: new index i"];

#[test]
fn i_01_an_index_that_becomes_a_unique_constraint_is_dropped_first() {
    assert_eq!(
        changes(
            &with("create unique index ix_x on t (x)"),
            "create table t (x text, y text, z integer, constraint uq_x unique (x))"
        ),
        ["t: drop index ix_x", "t: add unique constraint uq_x"]
    );
}

#[test]
fn i_04_another_uniqueness_is_another_index() {
    assert_eq!(
        changes(
            &with("create index i on t (x)"),
            &with("create unique index i on t (x)")
        ),
        ["t: drop index i", "t: new unique index i"]
    );
}

#[test]
fn i_12_and_i_13_indexes_come_and_go() {
    assert_eq!(
        changes(TABLE, &with("create index i on t (x)")),
        ["t: new index i"]
    );
    assert_eq!(
        changes(&with("create unique index i on t (x)"), TABLE),
        ["t: drop index i"]
    );
    assert_eq!(changes(&with("create index i on t (x)"), ""), ["t: drop table"]);
}

#[test]
fn i_15_an_index_may_have_the_name_of_a_column() {
    let sql = with("create index x on t (x)");
    assert_eq!(changes(&sql, &sql), NOTHING);
    assert_eq!(changes(&sql, TABLE), ["t: drop index x"]);
}

#[test]
fn i_17_and_i_24_an_expression_that_stays_is_no_difference() {
    assert_eq!(of_index("(lower(x), z+1)", "( LOWER( x ), z + 1 )"), NOTHING);
}

#[test]
fn i_18_names_in_another_case_are_the_same() {
    assert_eq!(
        changes(&with("create index I on T (X)"), &with("create index i on t (x)")),
        NOTHING
    );
}

#[test]
fn i_20_and_i_21_order_of_columns_and_of_rows_are_part_of_an_index() {
    assert_eq!(of_index("(x, y)", "(y, x)"), ANEW);
    assert_eq!(of_index("(x)", "(x desc)"), ANEW);
    assert_eq!(of_index("(x)", "(x collate nocase)"), ANEW);
}

#[test]
fn i_22_what_says_the_default_says_nothing() {
    assert_eq!(of_index("(x)", "(x asc)"), NOTHING);
    assert_eq!(of_index("(x)", "(x collate binary)"), NOTHING);
}

#[test]
fn i_23_another_expression_is_another_index() {
    for (live, target) in [
        ("(x, lower(y))", "(lower(y))"),
        ("(x, lower(y))", "(lower(y), x)"),
        ("(lower(x))", "(upper(x))"),
        ("(z + 1)", "(z + 3)"),
        ("(z + 1)", "(z * 1)"),
        ("(lower(x))", "(lower(x || y))"),
        ("(coalesce(x, 'a'))", "(coalesce(x, 'A'))"),
    ] {
        assert_eq!(of_index(live, target), ANEW, "{live} to {target}");
    }
}

#[test]
fn i_32_another_predicate_is_another_index() {
    assert_eq!(of_index("(x) where z > 1", "(x) where z > 2"), ANEW);
    assert_eq!(of_index("(x) where z > 1", "(x)"), ANEW);
    assert_eq!(of_index("(x) where z>1", "(x) WHERE z > 1"), NOTHING);
}

#[test]
fn an_index_of_another_name_is_renamed_where_the_engine_can() {
    let (live, target) = (with("create index i on t (x)"), with("create index j on t (x)"));
    assert_eq!(strict_changes(&live, &target), ["t: rename index i to j"]);
    assert_eq!(changes(&live, &target), ["t: drop index i", "t: new index j"]);
}

#[test]
fn names_are_left_alone_when_they_do_not_count() {
    let options = CompareOptions {
        constraint_names: ConstraintNames::Ignore,
        ..CompareOptions::default()
    };
    let schemas = crate::compare::Pair::new(with("create index i on t (x)"), with("create index j on t (x)"))
        .map(|sql| crate::compare::testing::schema(&sql));
    let comparison = crate::compare::compare(schemas.as_ref(), &Strict, &options).expect("compares");
    assert!(comparison.is_empty());
    // Another content is a difference under any name.
    let changed = compared_with(
        &with("create index i on t (x)"),
        &with("create index j on t (y)"),
        &Sqlite,
        &options,
    );
    assert_eq!(summaries(&changed.upgrade), ["t: drop index i", "t: new index j"]);
}

#[test]
fn an_index_is_renamed_before_its_old_name_is_given_to_another() {
    assert_eq!(
        strict_changes(
            &with("create index i on t (x); create index gone on t (z)"),
            &with("create index j on t (x); create index gone on t (y)")
        ),
        [
            "t: drop index gone",
            "t: rename index i to j",
            "t: new index gone"
        ]
    );
}

#[test]
fn an_index_that_moves_to_another_table_goes_before_it_comes() {
    let two = "create table a (x text); create table b (x text);";
    assert_eq!(
        changes(
            &format!("{two}create index i on b (x)"),
            &format!("{two}create index i on a (x)")
        ),
        ["b: drop index i", "a: new index i"]
    );
    assert_eq!(
        changes(
            &format!("{two}create index i on b (x)"),
            "create table a (x text); create index i on a (x)"
        ),
        ["b: drop table", "a: new index i"]
    );
}

#[test]
fn indexes_go_before_their_table_changes_and_come_after() {
    assert_eq!(
        changes(
            "create table t (id integer, x text); create index i on t (x)",
            "create table t (id integer, y text); create index j on t (y)"
        ),
        [
            "t: drop index i",
            "t: add column y, drop column x",
            "t: new index j"
        ]
    );
}
