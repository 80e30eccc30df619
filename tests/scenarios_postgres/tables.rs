//! T: tables, columns, their order.

use crate::harness::*;

#[test]
fn t_01_an_empty_database_gets_its_table_with_key_unique_and_checks_inline() {
    Scenario::new("T-01")
        .to("create table item (id int primary key, code text unique, n int check (n > 0));")
        .expect(&["item: new table"]);
}

#[test]
fn t_02_a_dropped_table_comes_back_with_its_foreign_key() {
    Scenario::new("T-02")
        .from("create table users (id int primary key); create table extra (id int primary key, user_id int references users, note text default 'x');")
        .to("create table users (id int primary key);")
        .expect(&["extra: drop table"]);
}

#[test]
fn t_03_a_model_changes_in_many_places_at_once() {
    Scenario::new("T-03")
        .from(
            "create table users (id int primary key, name varchar(50), a1 text, pw varchar(50));
             create index pw_idx on users (pw);
             create table address (id int primary key, email_address varchar(100) not null);
             create table orders (order_id int primary key, amount numeric(8,2) not null);
             create table extra (x varchar(10), uid int references users);",
        )
        .rows(
            "insert into users values (1, 'ann', 'a', 'p'); insert into address values (1, 'a@b');
             insert into orders values (1, 10.5);",
        )
        .to("create table users (id int primary key, name varchar(50) not null, a1 text default 'x');
             create table address (id int primary key, email_address varchar(100) not null, street varchar(50), constraint uq_email unique (email_address));
             create table orders (order_id int primary key, amount numeric(10,2), user_id int references users);
             create table item (id int primary key, description varchar(100), order_id int references orders, constraint ck check (id > 0));")
        .holds();
}

#[test]
fn t_04_a_parent_is_created_before_its_child() {
    Scenario::new("T-04")
        .to("create table b_parent (id int primary key); create table a_child (id int references b_parent);")
        .expect(&["b_parent: new table", "a_child: new table"]);
}

#[test]
fn t_05_tables_are_dropped_child_first_and_in_the_same_order_on_every_run() {
    Scenario::new("T-05")
        .from("create table a (id int primary key); create table b (id int primary key references a); create table c (id int references b);")
        .to("create schema keep;")
        .expect(&["keep: new namespace", "c: drop table", "b: drop table", "a: drop table"]);
}

#[test]
fn t_06_new_columns_come_in_declaration_order_and_go_in_reverse() {
    Scenario::new("T-06")
        .from("create table u (id int, name text);")
        .rows("insert into u values (1, 'a'), (2, null);")
        .to("create table u (id int, name text, username text, password_hash text, at timestamp);")
        .expect(&["u: add column username, add column password_hash, add column at"]);
}

#[test]
fn t_07_four_dropped_columns_go_in_one_order() {
    Scenario::new("T-07")
        .from("create table u (id int, a int, b int, c int, d int);")
        .rows("insert into u values (1, 2, 3, 4, 5);")
        .to("create table u (id int);")
        .expect(&["u: drop column d, drop column c, drop column b, drop column a"]);
}

#[test]
fn t_08_nothing_changed_is_nothing_to_do() {
    let same = "create table u (id int primary key, name varchar(20) not null default 'x', unique (name)); create index i on u (lower(name));
        create view v as select id from u where name <> 'y'; create function f(a int) returns int language sql as 'select a + 1';";
    Scenario::new("T-08").from(same).to(same).equal();
}

#[test]
fn t_09_a_column_under_a_new_name_is_drop_and_add_until_the_rename_is_declared() {
    let (from, to) = (
        "create table u (id int, old text);",
        "create table u (id int, new text);",
    );
    Scenario::new("T-09")
        .from(from)
        .to(to)
        .expect(&["u: add column new, drop column old"]);
    Scenario::new("T-09")
        .from(from)
        .rows("insert into u values (1, 'kept');")
        .to(to)
        .rename("u.old=new")
        .upgraded("select new from u", "kept")
        .expect(&["u: rename column old to new"]);
}

#[test]
fn t_10_a_table_under_a_new_name_is_drop_and_create_until_the_rename_is_declared() {
    let (from, to) = (
        "create table a (id int, x text); create index a_x on a (x);",
        "create table b (id int, x text); create index a_x on b (x);",
    );
    Scenario::new("T-10").from(from).to(to).holds();
    Scenario::new("T-10")
        .from(from)
        .rows("insert into a values (1, 'kept');")
        .to(to)
        .rename("a=b")
        .upgraded("select x from b", "kept")
        .expect(&["a: rename table to b"]);
}

#[test]
fn t_12_columns_are_told_apart_by_their_exact_names() {
    Scenario::new("T-12")
        .from(r#"create table t ("User" int, "user" int, "a b" int);"#)
        .rows("insert into t values (1, 2, 3);")
        .to(r#"create table t ("User" int, "user" int, "a b" int, "USER" text);"#)
        .expect(&["t: add column USER"]);
}

#[test]
fn t_13_columns_of_a_key_refuse_null_by_themselves() {
    Scenario::new("T-13")
        .from("create table t (a int, b int, primary key (a, b));")
        .to("create table t (a int not null, b int not null, primary key (a, b));")
        .equal();
}

#[test]
fn t_14_to_16_not_null_goes_and_default_and_comment_stay() {
    Scenario::new("T-14")
        .from("create table t (id int primary key, a int not null default 5, b int not null); comment on column t.a is 'kept';")
        .rows("insert into t values (1, 2, 3);")
        .to("create table t (id int primary key, a int default 5, b int); comment on column t.a is 'kept';")
        .expect(&["t: alter column a (drop not null), alter column b (drop not null)"]);
}

#[test]
fn t_19_sql_that_the_user_adds_to_a_script_is_kept_and_run() {
    Scenario::new("T-19")
        .from("create table t (a int);")
        .rows("insert into t values (1);")
        .to("create table t (a int, b int);")
        .edit(
            "pub fn upgrade(op: &mut Operations) {",
            "pub fn upgrade(op: &mut Operations) {\n    op.execute(\"UPDATE t SET a = 7\");",
        )
        .refills("t")
        .upgraded("select a from t", "7")
        .holds();
}

#[test]
fn t_20_an_empty_target_drops_everything() {
    Scenario::new("T-20")
        .from("create table a (id serial primary key); create view v as select id from a; create type mood as enum ('x');")
        .to("select 1 where false; ".get(..0).unwrap_or_default())
        .holds();
}

#[test]
fn t_21_two_new_tables_that_refer_to_each_other() {
    Scenario::new("T-21")
        .to("create table a (id int primary key, b_id int); create table b (id int primary key, a_id int references a);
             alter table a add constraint a_b_fk foreign key (b_id) references b;")
        .holds();
}

#[test]
fn t_22_a_table_that_refers_to_itself() {
    Scenario::new("T-22")
        .to("create table n (id int primary key, parent int references n);")
        .expect(&["n: new table"]);
    Scenario::new("T-22")
        .from("create table n (a int, b int, pa int, pb int);")
        .rows("insert into n values (1, 2, null, null), (2, 3, 1, 2);")
        .to("create table n (a int, b int, pa int, pb int, primary key (a, b), foreign key (pa, pb) references n);")
        .holds();
}

#[test]
fn t_17_and_18_the_ledger_is_never_dropped_and_one_in_the_target_is_ignored() {
    let declared = "create table t (a int); create table autogen_version (more text); create table my_autogen_version (more text);";
    for (name, table) in [
        ("autogen_version", ""),
        ("my_autogen_version", "version_table = \"my_autogen_version\""),
    ] {
        let other = if name == "my_autogen_version" {
            "autogen_version"
        } else {
            "my_autogen_version"
        };
        let target = declared.replace(&format!("create table {other} (more text);"), "");
        let mut scenario = Scenario::new("T-17").to(&target);
        if !table.is_empty() {
            scenario = scenario.setting(table);
        }
        scenario
            .upgraded(&format!("select count(*) from {name}"), "1")
            .expect(&["t: new table"]);
    }
}

#[test]
fn tables_lose_and_get_their_log_in_the_order_of_their_references() {
    let sql = |kind: &str| {
        format!(
            "create {kind} table b (id int primary key); create {kind} table c (id int primary key, b int references b); create {kind} table a (c int references c);"
        )
    };
    let rows = "insert into b values (1); insert into c values (1, 1); insert into a values (1);";
    Scenario::new("unlogged")
        .from(&sql(""))
        .rows(rows)
        .to(&sql("unlogged"))
        .holds();
    Scenario::new("unlogged")
        .from(&sql("unlogged"))
        .rows(rows)
        .to(&sql(""))
        .holds();
    Scenario::new("unlogged")
        .from("create table a (id int primary key); create table b (a int references a);")
        .to("create unlogged table a (id int primary key); create table b (a int);")
        .holds();
}

#[test]
fn children_come_behind_the_changes_of_their_parents_and_go_before_them() {
    Scenario::new("inherits")
        .from("create table p (a int, b int);")
        .to("create table p (a int, b int); alter table p alter a set statistics 100; create table c (d int) inherits (p); alter table c alter a set statistics -1;")
        .holds();
    Scenario::new("inherits")
        .from("create table p (a int); create table c (x text) inherits (p);")
        .to("create table p (a int, x int);")
        .holds();
}

#[test]
fn a_sequence_that_stands_beside_its_new_numbers_begins_anew() {
    let sql = |numbers: &str| {
        format!(
            "create sequence s {numbers}; create table t (id int generated always as identity ({numbers}), v int);"
        )
    };
    let (high, low) = (
        "start 50 minvalue 40 maxvalue 60",
        "start 3 minvalue 2 maxvalue 9 cycle",
    );
    Scenario::new("sequences").from(&sql(high)).to(&sql(low)).holds();
}
