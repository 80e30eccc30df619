//! Corners that many numbers share.

use crate::harness::*;

#[test]
fn a_new_column_that_refuses_null_wants_a_value_for_the_rows_that_exist() {
    Scenario::new("rows")
        .from("create table t (a int);")
        .rows("insert into t values (1);")
        .to("create table t (a int, b int not null);")
        .contradicted("b");
    Scenario::new("rows")
        .from("create table t (a int);")
        .rows("insert into t values (1);")
        .to("create table t (a int, b int not null);")
        .edit("integer().not_null()", "integer().not_null().backfill(\"a + 1\")")
        .upgraded("select b from t", "2")
        .holds();
}

#[test]
fn a_column_that_holds_nulls_is_not_made_to_refuse_them() {
    Scenario::new("rows")
        .from("create table t (a int);")
        .rows("insert into t values (null);")
        .to("create table t (a int not null);")
        .contradicted("a");
}

#[test]
fn duplicates_stop_a_unique_constraint() {
    Scenario::new("rows")
        .from("create table t (a int);")
        .rows("insert into t values (1), (1);")
        .to("create table t (a int, constraint u unique (a));")
        .contradicted("u");
}

#[test]
fn rows_without_a_parent_stop_a_foreign_key() {
    Scenario::new("rows")
        .from("create table p (id int primary key); create table t (a int);")
        .rows("insert into t values (1);")
        .to("create table p (id int primary key); create table t (a int constraint fk references p);")
        .contradicted("refers by a to nothing in p");
}

#[test]
fn options_of_tables_and_columns_come_change_and_go() {
    let plain = "create table t (a int primary key, b text, c text);";
    let options = "create unlogged table t (a int primary key with (fillfactor = 80), b text, c text) with (fillfactor = 70, autovacuum_enabled = false);
        alter table t alter b set storage external, alter c set statistics 50, alter c set (n_distinct = 5); alter table t replica identity full; alter table t cluster on t_pkey;";
    Scenario::new("options")
        .from(plain)
        .rows("insert into t values (1, 'x', 'y');")
        .to(options)
        .holds();
    Scenario::new("options").from(options).to(options).equal();
}

#[test]
fn a_column_of_names_that_need_quotes() {
    let sql = r#"create schema "My Schema"; create table "My Schema"."Order" ("select" int primary key, "a""b" text, "c.d" int unique);
        create view "My Schema"."V w" as select "select", "a""b" from "My Schema"."Order"; create index "i x" on "My Schema"."Order" ("a""b");"#;
    Scenario::new("names").to(sql).holds();
    Scenario::new("names").from(sql).to(sql).equal();
}
