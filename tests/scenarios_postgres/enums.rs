//! Y-17, Y-18: enum types.

use crate::harness::*;

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
