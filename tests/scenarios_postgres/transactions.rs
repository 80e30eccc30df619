//! What cannot be in the transaction of its script.

use crate::harness::*;

#[test]
fn an_index_is_built_beside_the_traffic_when_the_settings_say_so() {
    Scenario::new("concurrently")
        .from("create table t (a int, b int); create index old on t (b);")
        .rows("insert into t values (1, 2);")
        .to("create table t (a int, b int, c int); create index i on t (a); create unique index u on t (b);")
        .setting("concurrent_indexes = true")
        .holds();
}

#[test]
fn a_new_enum_value_is_committed_before_it_is_used() {
    Scenario::new("enum")
        .from("create type e as enum ('a'); create table t (x e default 'a');")
        .rows("insert into t values ('a');")
        .to("create type e as enum ('a', 'b'); create table t (x e default 'b'); create view v as select * from t where x = 'b';")
        .holds();
}
