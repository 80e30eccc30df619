//! S: filters. A database of these engines has no namespaces.

use crate::harness::*;

#[test]
fn s_05_the_name_of_the_database_itself_is_the_same_as_none() {
    // (The name is that of a dump, which creates and uses it.)
    Scenario::new("S-05")
        .from("create table t (a int); create view v as select a from t;")
        .to("create database shop; use shop; create table shop.t (a int); create view shop.v as select shop.t.a from shop.t;")
        .equal();
}

#[test]
fn s_08_what_is_excluded_is_not_created_and_the_rest_is() {
    Scenario::new("S-08")
        .from("create table there (a int);")
        .to("create table there (a int, wanted text, unwanted text); create table fresh (a int); create table other (a int);")
        .setting("exclude = [\"table:fresh\", \"column:there.unwanted\"]")
        .expect(&["other: new table", "there: add column wanted"]);
}

#[test]
fn s_09_what_is_excluded_is_neither_added_nor_dropped() {
    Scenario::new("S-09")
        .from("create table t (a int); create table kept_elsewhere (a int);")
        .to("create table t (a int, b int);")
        .setting("exclude = [\"kept_*\"]")
        .expect(&["t: add column b"]);
}

const DECORATED: &str = "create table p (id int primary key);
    create table t (p_id int, v int, unique key uq_v (v), constraint ck_v check (v > 0), key ix_p (p_id), key ix_v (v, p_id), constraint fk_p foreign key (p_id) references p (id));";
const PLAIN: &str = "create table p (id int primary key); create table t (p_id int, v int, key ix_p (p_id));";

#[test]
fn s_10_an_excluded_index_or_constraint_that_only_the_database_has_is_not_dropped() {
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:ix_v\", \"index:uq_v\", \"constraint:t.*\"]")
        .equal();
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:ix_v\", \"constraint:fk_p\", \"constraint:t.ck_*\"]")
        .expect(&["t: drop index uq_v"]);
}

#[test]
fn s_11_an_excluded_index_or_constraint_of_the_target_is_neither_added_nor_changed() {
    Scenario::new("S-11")
        .from(PLAIN)
        .to(DECORATED)
        .setting("exclude = [\"constraint:t.*\", \"index:uq_v\"]")
        .expect(&["t: new index ix_v"]);
    let changed = DECORATED
        .replace("uq_v (v)", "uq_v (v, p_id)")
        .replace("v > 0", "v > 1")
        .replace("references p (id)", "references p (id) on delete cascade");
    Scenario::new("S-11")
        .from(DECORATED)
        .to(&changed)
        .setting("exclude = [\"constraint:ck_v\", \"constraint:fk_p\"]")
        .expect(&["t: drop index uq_v", "t: new unique index uq_v"]);
}

#[test]
fn s_13_keys_to_and_through_filtered_tables_stay_as_they_are() {
    let hidden = "create table hidden (a int, b int, c int unique, primary key (a, b));
        create table middle (id int primary key, a int, b int, foreign key (a, b) references hidden (a, b));";
    let mine = |ty: &str| {
        format!(
            "create table t (id int primary key, a int, b int, c int, c2 int, m int, v {ty}, foreign key (a, b) references hidden (a, b),
             foreign key (c) references hidden (c), foreign key (c2) references hidden (c), foreign key (m) references middle (id));"
        )
    };
    let exclude = "exclude = [\"hidden\", \"middle\"]";
    let from = format!("{hidden}{}", mine("int"));
    Scenario::new("S-13")
        .from(&from)
        .to(&from)
        .setting(exclude)
        .equal();
    Scenario::new("S-13")
        .from(&from)
        .rows("insert into hidden values (1, 2, 3); insert into middle values (1, 1, 2); insert into t values (1, 1, 2, 3, 3, 1, 7);")
        .to(&format!("{hidden}{}", mine("bigint")))
        .setting(exclude)
        .expect(&["t: alter column v (type int to bigint)"]);
}
