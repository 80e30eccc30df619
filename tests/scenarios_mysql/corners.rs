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
        .to("create table t (a int, b bigint not null);")
        .edit(".not_null()", ".not_null().backfill(\"a + 1\")")
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
fn duplicates_stop_a_unique_key() {
    Scenario::new("rows")
        .from("create table t (a int);")
        .rows("insert into t values (1), (1);")
        .to("create table t (a int, unique key u (a));")
        .contradicted("u");
}

#[test]
fn rows_without_a_parent_stop_a_foreign_key() {
    Scenario::new("rows")
        .from("create table p (id int primary key); create table t (a int);")
        .rows("insert into t values (1);")
        .to("create table p (id int primary key); create table t (a int, constraint fk foreign key (a) references p (id));")
        .contradicted("p");
}

#[test]
fn values_that_do_not_fit_stop_a_shorter_type() {
    Scenario::new("rows")
        .from("create table t (a varchar(50));")
        .rows("insert into t values ('too long for it');")
        .to("create table t (a varchar(5));")
        .contradicted("a");
}

#[test]
fn options_of_tables_come_change_and_go() {
    let plain = "create table t (a int primary key, b varchar(50));";
    let options = "create table t (a int primary key, b varchar(50)) row_format=compressed key_block_size=8 stats_persistent=1 stats_sample_pages=20;";
    Scenario::new("options")
        .from(plain)
        .rows("insert into t values (1, 'x');")
        .to(options)
        .holds();
    Scenario::new("options").from(options).to(options).equal();
    Scenario::new("options")
        .from("create table t (a int) engine=myisam;")
        .rows("insert into t values (1);")
        .to("create table t (a int) engine=innodb;")
        .holds();
}

#[test]
fn names_that_need_quotes() {
    let sql = "create table `My Order` (`select` int primary key, `a``b` varchar(9), `c.d` int unique, `e\"f` int, `it's` int, key `i x` (`a``b`));
        create view `V w` as select `select`, `a``b` from `My Order`;";
    Scenario::new("names").to(sql).holds();
    Scenario::new("names").from(sql).to(sql).equal();
}

#[test]
fn columns_stand_where_the_target_has_them_when_the_settings_say_so() {
    Scenario::new("column_order")
        .from("create table t (a int, b int, c int);")
        .rows("insert into t values (1, 2, 3);")
        .to("create table t (c int, n int, a int, b int);")
        .setting("column_order = true")
        .upgraded(
            "select group_concat(column_name order by ordinal_position) from information_schema.columns where table_schema = database() and table_name = 't'",
            "c,n,a,b",
        )
        .holds();
}
