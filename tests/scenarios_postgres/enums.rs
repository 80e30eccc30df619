//! Y-17, Y-18: enum types.

use crate::harness::*;

#[test]
fn y_17_a_value_comes_anywhere_and_can_be_used_at_once() {
    Scenario::new("Y-17")
        .from("create type mood as enum ('sad', 'happy'); create table t (id int, m mood default 'sad');")
        .rows("insert into t values (1, 'happy');")
        .to("create type mood as enum ('grim', 'sad', 'fine', 'happy', 'elated'); create table t (id int, m mood default 'fine', check (m <> 'grim'));")
        .holds();
}

#[test]
fn y_17_a_value_that_goes_or_changes_its_place_rebuilds_the_type() {
    Scenario::new("Y-17")
        .from(
            "create type mood as enum ('sad', 'ok', 'happy'); create domain d as mood check (value <> 'ok');
             create table t (id int, m mood not null default 'ok', ms mood[] default '{sad}', n d, check (m <> 'sad'));
             create index i on t (m) where m = 'ok'; create view v as select m, ms from t where m = 'happy';
             create function f(a mood) returns mood language sql as 'select a';",
        )
        .rows("insert into t values (1, 'ok', '{happy,ok}', 'happy');")
        .to(
            "create type mood as enum ('happy', 'ok', 'new'); create domain d as mood check (value <> 'ok');
             create table t (id int, m mood not null default 'ok', ms mood[] default '{happy}', n d, check (m <> 'new'));
             create index i on t (m) where m = 'ok'; create view v as select m, ms from t where m = 'happy';
             create function f(a mood) returns mood language sql as 'select a';",
        )
        .holds();
}

#[test]
fn y_17_a_value_in_use_is_not_taken_away() {
    Scenario::new("Y-17")
        .from("create type mood as enum ('sad', 'happy'); create table t (m mood);")
        .rows("insert into t values ('sad');")
        .to("create type mood as enum ('happy'); create table t (m mood);")
        .contradicted("sad");
}

#[test]
fn y_18_a_type_comes_with_its_first_column_and_goes_with_its_last() {
    let (without, with) = (
        "create table t (id int);",
        "create type mood as enum ('a', 'b'); create table t (id int, m mood not null default 'a');",
    );
    Scenario::new("Y-18")
        .from(without)
        .rows("insert into t values (1);")
        .to(with)
        .expect(&["mood: new enum type", "t: add column m"]);
    Scenario::new("Y-18")
        .from(with)
        .to(without)
        .expect(&["t: drop column m", "mood: drop enum type"]);
}

#[test]
fn a_domain_may_speak_of_a_value_that_goes() {
    let sql = |values: &str, last: &str| {
        format!(
            "create type e as enum ({values}); create domain d as e default '{last}' constraint k check (value <> '{last}'); create table t (x d default 'a', y e);"
        )
    };
    Scenario::new("enum")
        .from(&sql("'a', 'b', 'c'", "c"))
        .rows("insert into t values ('a', 'b');")
        .to(&sql("'a', 'b'", "b"))
        .holds();
}
