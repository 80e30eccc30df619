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

#[test]
fn s_08_what_is_excluded_is_not_created_and_the_rest_is() {
    Scenario::new("S-08")
        .from("create table there (a int);")
        .to("create table there (a int, wanted text, unwanted text); create table fresh (a int); create table other (a int);")
        .setting("exclude = [\"table:fresh\", \"column:there.unwanted\"]")
        .expect(&["other: new table", "there: add column wanted"]);
}

const DECORATED: &str = "create table p (id int primary key);
    create table t (p_id int, v int, constraint uq_v unique (v), constraint ck_v check (v > 0), constraint fk_p foreign key (p_id) references p (id));
    create index ix_v on t (v);";
const PLAIN: &str = "create table p (id int primary key); create table t (p_id int, v int);";

#[test]
fn s_10_an_excluded_index_or_constraint_that_only_the_database_has_is_not_dropped() {
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:ix_v\", \"constraint:t.*\"]")
        .equal();
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:*\", \"constraint:fk_p\", \"constraint:t.ck_*\"]")
        .expect(&["t: drop unique constraint uq_v"]);
}

#[test]
fn s_11_an_excluded_index_or_constraint_of_the_target_is_neither_added_nor_changed() {
    Scenario::new("S-11")
        .from(PLAIN)
        .to(DECORATED)
        .setting("exclude = [\"constraint:t.*\"]")
        .expect(&["t: new index ix_v"]);
    let changed = DECORATED
        .replace("unique (v)", "unique (v, p_id)")
        .replace("v > 0", "v > 1")
        .replace("references p (id)", "references p (id) on delete cascade");
    Scenario::new("S-11")
        .from(DECORATED)
        .to(&changed)
        .setting("exclude = [\"constraint:ck_v\", \"constraint:fk_p\"]")
        .expect(&["t: drop unique constraint uq_v, add unique constraint uq_v"]);
}

#[test]
fn s_13_keys_to_and_through_filtered_tables_stay_as_they_are() {
    let hidden = "create schema o; create table o.hidden (a int, b int, c int unique, primary key (a, b));
        create table middle (id int primary key, a int, b int, foreign key (a, b) references o.hidden);";
    let mine = |ty: &str| {
        format!(
            "create table t (id int primary key, a int, b int, c int references o.hidden (c), c2 int references o.hidden (c),
             m int references middle, v {ty}, foreign key (a, b) references o.hidden);"
        )
    };
    let exclude = "exclude = [\"o.hidden\", \"middle\"]";
    let from = format!("{hidden}{}", mine("int"));
    Scenario::new("S-13")
        .from(&from)
        .to(&from)
        .setting(exclude)
        .equal();
    Scenario::new("S-13")
        .from(&from)
        .rows("insert into o.hidden values (1, 2, 3); insert into middle values (1, 1, 2); insert into t values (1, 1, 2, 3, 3, 1, 7);")
        .to(&format!("{hidden}{}", mine("bigint")))
        .setting(exclude)
        .expect(&["t: alter column v (type integer to bigint)"]);
}
