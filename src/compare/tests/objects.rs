//! Views, triggers and what else is compared by its definition.

use super::{NOTHING, changes, strict_changes};
use crate::compare::testing::compared;
use crate::directive::Directive;

const T: &str = "create table t (a integer, b text);";

fn with(objects: &str) -> String {
    format!("{T}{objects}")
}

#[test]
fn a_view_comes_goes_and_changes() {
    assert_eq!(
        changes(T, &with("create view v as select a from t")),
        ["v: new view"]
    );
    assert_eq!(
        changes(&with("create view v as select a from t"), T),
        ["v: drop view"]
    );
    assert_eq!(
        changes(
            &with("create view v as select a from t"),
            &with("create view v as select b from t")
        ),
        ["v: drop view", "v: new view"]
    );
    assert_eq!(
        strict_changes(
            &with("create view v as select a from t"),
            &with("create view v as select b from t")
        ),
        ["v: replace view"]
    );
}

#[test]
fn blanks_and_case_of_a_definition_say_nothing() {
    assert_eq!(
        changes(
            &with("create view v as select a from t"),
            &with("CREATE VIEW v AS\n  SELECT a\n  FROM t")
        ),
        NOTHING
    );
}

#[test]
fn views_come_after_what_they_read_and_go_before() {
    let views = with("create view z as select a from t; create view a as select a from z");
    assert_eq!(
        changes("", &views),
        ["t: new table", "z: new view", "a: new view"]
    );
    assert_eq!(
        changes(&views, ""),
        ["a: drop view", "z: drop view", "t: drop table"]
    );
}

#[test]
fn an_object_that_goes_does_so_before_its_table_changes_and_one_that_comes_after() {
    assert_eq!(
        changes(
            "create table t (a integer, b text); create view v as select b from t",
            "create table t (a integer, c text); create view v as select c from t"
        ),
        ["v: drop view", "t: add column c, drop column b", "v: new view"]
    );
}

#[test]
fn an_object_that_reads_an_altered_table_is_left_alone() {
    let view = "create view v as select a from t;
        create trigger g after insert on t begin delete from t where a = 0; end";
    assert_eq!(
        changes(
            &with(view),
            &format!("create table t (a integer, b text, c text);{view}")
        ),
        ["t: add column c"]
    );
}

#[test]
fn a_trigger_goes_before_its_table_and_comes_back_with_it() {
    let trigger = with("create trigger g after insert on t begin delete from t where a = 0; end");
    assert_eq!(changes(&trigger, ""), ["g: drop trigger", "t: drop table"]);
    assert_eq!(changes("", &trigger), ["t: new table", "g: new trigger"]);
}

#[test]
fn a_trigger_on_a_view_is_made_again_with_the_view() {
    let trigger = "create trigger g instead of insert on v begin delete from t; end";
    assert_eq!(
        changes(
            &with(&format!("create view v as select a from t;{trigger}")),
            &with(&format!("create view v as select a, b from t;{trigger}"))
        ),
        ["g: drop trigger", "v: drop view", "v: new view", "g: new trigger"]
    );
}

#[test]
fn a_trigger_that_moves_to_another_table_goes_before_it_comes() {
    let two = "create table a (x integer); create table b (x integer);";
    let trigger = |on: &str| format!("{two}create trigger g after insert on {on} begin delete from a; end");
    assert_eq!(
        changes(&trigger("b"), &trigger("a")),
        ["g: drop trigger", "g: new trigger"]
    );
}

#[test]
fn a_table_that_becomes_a_view_goes_before_the_view_comes() {
    assert_eq!(
        changes(
            "create table u (a integer); create table t (a integer)",
            "create table t (a integer); create view u as select a from t"
        ),
        ["u: drop table", "u: new view"]
    );
    assert_eq!(
        changes(
            "create table t (a integer); create view u as select a from t",
            "create table u (a integer); create table t (a integer)"
        ),
        ["u: drop view", "u: new table"]
    );
}

#[test]
fn what_is_bound_to_a_dropped_column_is_made_again() {
    let views = "create view v as select a from t; create view w as select a from v";
    let live = with(views);
    let target = format!("create table t (a integer);{views}");
    assert_eq!(
        strict_changes(&live, &target),
        [
            "w: drop view",
            "v: drop view",
            "t: drop column b",
            "v: new view",
            "w: new view"
        ]
    );
    assert_eq!(changes(&live, &target), ["t: drop column b"]);
}

#[test]
fn an_object_that_holds_data_is_not_dropped_without_a_word() {
    let comparison = compared(
        "create virtual table f using fts5 (a)",
        "create virtual table f using fts5 (a, b)",
    );
    assert!(matches!(
        comparison.upgrade.as_slice(),
        [Directive::DropObject(_), Directive::CreateObject(_)]
    ));
    assert!(
        comparison
            .notices
            .iter()
            .any(|n| n.message == "virtual table f is dropped with everything in it")
    );
}
