//! S: namespaces and filters.

use crate::harness::*;

#[test]
fn s_01_to_04_tables_in_another_namespace() {
    Scenario::new("S-04")
        .from("create schema other; create table other.t (a int); create table t (a int);")
        .to("create schema other; create table other.t (a int, b int); create table t (a int);")
        .expect(&["other.t: add column b"]);
}

#[test]
fn s_05_the_default_namespace_is_the_same_as_none() {
    Scenario::new("S-05")
        .from("create table t (a int);")
        .to("create table public.t (a int);")
        .equal();
}

#[test]
fn s_06_a_key_across_namespaces() {
    let sql = "create schema other; create table other.p (id int primary key); create table public.t (p int references other.p);";
    Scenario::new("S-06").to(sql).holds();
    Scenario::new("S-06").from(sql).to(sql).equal();
}

#[test]
fn s_09_what_is_excluded_is_neither_added_nor_dropped() {
    Scenario::new("S-09")
        .from("create table t (a int); create table kept_elsewhere (a int);")
        .to("create table t (a int, b int);")
        .setting("exclude = [\"kept_*\"]")
        .expect(&["t: add column b"]);
}

#[test]
fn s_14_and_15_one_name_in_two_namespaces() {
    Scenario::new("S-14")
        .from("create table t (a int);")
        .to("create schema o; create table t (a int); create table o.t (a int unique); create index i on o.t (a);")
        .expect(&["o: new namespace", "o.t: new table", "o.t: new index i"]);
}

#[test]
fn s_01_only_the_namespaces_that_the_settings_name() {
    Scenario::new("S-01")
        .from("create schema mine; create schema theirs; create table mine.t (a int); create table theirs.t (a int);")
        .to("create schema mine; create table mine.t (a int, b int);")
        .setting("schemas = [\"mine\"]")
        .expect(&["mine.t: add column b"]);
}
