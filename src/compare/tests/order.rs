//! The sequence of the directives.

use super::{NOTHING, changes, strict, strict_changes};
use crate::compare::testing::{Strict, summaries};
use crate::directive::Directive;

#[test]
fn t_04_a_parent_comes_before_its_child() {
    let target = "create table a_child (p integer references z_parent); create table z_parent (id integer primary key)";
    assert_eq!(changes("", target), ["z_parent: new table", "a_child: new table"]);
    assert_eq!(
        strict_changes("", target),
        ["z_parent: new table", "a_child: new table"]
    );
}

#[test]
fn a_new_table_and_its_indexes_stand_together() {
    let target = "create table a (p integer references b); create index i on a (p);
        create table b (id integer primary key, x text); create index j on b (x)";
    assert_eq!(
        changes("", target),
        ["b: new table", "b: new index j", "a: new table", "a: new index i"]
    );
}

#[test]
fn t_05_a_child_goes_before_its_parent() {
    let live = "create table a (id integer primary key);
        create table b (id integer primary key, p integer references a);
        create table c (id integer primary key, p integer references b)";
    assert_eq!(
        changes(live, ""),
        ["c: drop table", "b: drop table", "a: drop table"]
    );
    assert_eq!(
        strict_changes(live, ""),
        ["c: drop table", "b: drop table", "a: drop table"]
    );
}

const CIRCLE: &str = "create table a (id integer primary key, b integer references b);
    create table b (id integer primary key, a integer references a)";

#[test]
fn t_21_foreign_keys_in_a_circle_are_added_last_and_dropped_first() {
    let comparison = strict("", CIRCLE);
    assert_eq!(
        summaries(&comparison.upgrade),
        [
            "a: new table",
            "b: new table",
            "a: add foreign key",
            "b: add foreign key"
        ]
    );
    assert_eq!(
        summaries(&comparison.downgrade(&Strict)),
        [
            "b: drop foreign key",
            "a: drop foreign key",
            "b: drop table",
            "a: drop table"
        ]
    );
    assert_eq!(
        strict_changes(CIRCLE, ""),
        [
            "a: drop foreign key",
            "b: drop foreign key",
            "a: drop table",
            "b: drop table"
        ]
    );
    assert_eq!(strict_changes(CIRCLE, CIRCLE), NOTHING);
}

#[test]
fn t_21_foreign_keys_in_a_circle_stay_inside_where_the_engine_looks_ahead() {
    assert_eq!(changes("", CIRCLE), ["a: new table", "b: new table"]);
    assert_eq!(changes(CIRCLE, ""), ["a: drop table", "b: drop table"]);
}

#[test]
fn only_the_keys_of_the_circle_are_split_off() {
    let target = format!(
        "{CIRCLE}; create table z (id integer primary key);
         create table c (id integer primary key, a integer references a, z integer references z)"
    );
    let comparison = strict("", &target);
    assert_eq!(
        summaries(&comparison.upgrade),
        [
            "a: new table",
            "b: new table",
            "z: new table",
            "c: new table",
            "a: add foreign key",
            "b: add foreign key"
        ]
    );
    assert!(matches!(&comparison.upgrade[3], Directive::CreateTable(table) if table.foreign_keys.len() == 2));
}

#[test]
fn t_22_a_foreign_key_to_its_own_table_stays_inside() {
    let target = "create table t (id integer primary key, up integer references t (id))";
    assert_eq!(strict_changes("", target), ["t: new table"]);
    assert_eq!(
        strict_changes(
            "create table t (a integer, b integer, c integer, d integer, primary key (a, b))",
            "create table t (a integer, b integer, c integer, d integer, primary key (a, b),
                foreign key (c, d) references t (a, b))"
        ),
        ["t: add foreign key"]
    );
}

#[test]
fn a_foreign_key_to_a_new_table_comes_after_the_table() {
    let live = "create table a (id integer primary key, b integer)";
    let target = "create table a (id integer primary key, b integer references b); create table b (id integer primary key)";
    assert_eq!(
        strict_changes(live, target),
        ["b: new table", "a: add foreign key"]
    );
    assert_eq!(
        strict_changes(target, live),
        ["a: drop foreign key", "b: drop table"]
    );
}

#[test]
fn a_foreign_key_to_a_new_key_comes_after_the_key() {
    let live = "create table a (x integer); create table b (x integer)";
    let unique = "create table a (x integer references b (x)); create table b (x integer unique)";
    assert_eq!(
        strict_changes(live, unique),
        ["b: add unique constraint", "a: add foreign key"]
    );
    assert_eq!(
        strict_changes(unique, live),
        ["a: drop foreign key", "b: drop unique constraint"]
    );
    let index = "create table a (x integer references b (x)); create table b (x integer); create unique index i on b (x)";
    assert_eq!(
        strict_changes(live, index),
        ["b: new unique index i", "a: add foreign key"]
    );
    assert_eq!(
        strict_changes(index, live),
        ["a: drop foreign key", "b: drop index i"]
    );
}

#[test]
fn a_foreign_key_that_changes_sides_of_a_key_is_split() {
    // `a` refers to a key of `b` that goes, and will refer to one that comes.
    let live = "create table a (x integer references b (p)); create table b (p integer unique, q integer)";
    let target = "create table a (x integer references b (q)); create table b (p integer, q integer unique)";
    assert_eq!(
        strict_changes(live, target),
        [
            "a: drop foreign key",
            "b: drop unique constraint, add unique constraint",
            "a: add foreign key"
        ]
    );
    assert_eq!(changes(live, target).len(), 2);
}

#[test]
fn new_tables_come_first_and_old_tables_go_last_and_one_table_stands_together() {
    let live = "create table b (x integer); create table c (x integer, y integer); create index i on c (y);
        create table d (x integer)";
    let target = "create table a (x integer); create index k on a (x); create table c (x integer, z integer);
        create index j on c (z); create table d (x text)";
    assert_eq!(
        changes(live, target),
        [
            "a: new table",
            "a: new index k",
            "c: drop index i",
            "c: add column z, drop column y",
            "c: new index j",
            "d: alter column x (type integer to text)",
            "b: drop table",
        ]
    );
}

/// T-03 of the scenarios, as far as SQLite has it.
#[test]
fn t_03_a_whole_model_changes() {
    let live = "create table user (id integer primary key, name text, a1 text, pw text);
        create index pw_idx on user (pw);
        create table address (id integer primary key, email text not null);
        create table \"order\" (id integer primary key, amount numeric(8,2) not null);
        create table extra (x text, uid integer references user (id))";
    let target = "create table user (id integer primary key, name text not null, a1 text default 'x');
        create table address (id integer primary key, email text not null, street text, constraint uq_email unique (email));
        create table \"order\" (id integer primary key, amount numeric(10,2), user_id integer references user (id));
        create table item (id integer primary key, description text, order_id integer references \"order\" (id))";
    assert_eq!(
        changes(live, target),
        [
            "item: new table",
            "address: add column street, add unique constraint uq_email",
            "order: add column user_id, alter column amount (type numeric(8,2) to numeric(10,2), drop not null), add foreign key",
            "user: drop index pw_idx",
            "user: alter column name (set not null), alter column a1 (set default 'x'), drop column pw",
            "extra: drop table",
        ]
    );
}
