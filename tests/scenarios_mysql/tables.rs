//! T: tables, columns, their order.

use crate::harness::*;

#[test]
fn t_01_an_empty_database_gets_its_table_with_key_unique_and_checks_inline() {
    Scenario::new("T-01")
        .to("create table item (id int primary key, code varchar(20) unique, n int check (n > 0));")
        .expect(&["item: new table", "item: new unique index code"]);
}

#[test]
fn t_02_a_dropped_table_comes_back_with_its_foreign_key() {
    Scenario::new("T-02")
        .from("create table users (id int primary key); create table extra (id int primary key, user_id int, note varchar(9) default 'x', foreign key (user_id) references users (id));")
        .to("create table users (id int primary key);")
        .expect(&["extra: drop table"]);
}

/// A model that changes in many places.
pub(crate) const MODEL_BEFORE: &str =
    "create table users (id int primary key, name varchar(50), a1 varchar(9), pw varchar(50));
     create index pw_idx on users (pw);
     create table address (id int primary key, email_address varchar(100) not null);
     create table orders (order_id int primary key, amount numeric(8,2) not null);
     create table extra (x varchar(10), uid int, foreign key (uid) references users (id));";
pub(crate) const MODEL_AFTER: &str = "create table users (id int primary key, name varchar(50) not null, a1 varchar(9) default 'x');
     create table address (id int primary key, email_address varchar(100) not null, street varchar(50), constraint uq_email unique (email_address));
     create table orders (order_id int primary key, amount numeric(10,2), user_id int, foreign key (user_id) references users (id));
     create table item (id int primary key, description varchar(100), order_id int, constraint ck check (id > 0), foreign key (order_id) references orders (order_id));";

#[test]
fn t_03_a_model_changes_in_many_places_at_once() {
    Scenario::new("T-03")
        .from(MODEL_BEFORE)
        .rows(
            "insert into users values (1, 'ann', 'a', 'p'); insert into address values (1, 'a@b');
             insert into orders values (1, 10.5);",
        )
        .to(MODEL_AFTER)
        .holds();
}

#[test]
fn t_04_a_parent_is_created_before_its_child() {
    Scenario::new("T-04")
        .to("create table b_parent (id int primary key); create table a_child (id int, foreign key (id) references b_parent (id));")
        .expect(&["b_parent: new table", "a_child: new table", "a_child: new index id"]);
}

#[test]
fn t_05_tables_are_dropped_child_first_and_in_the_same_order_on_every_run() {
    Scenario::new("T-05")
        .from(
            "create table a (id int primary key); create table b (id int primary key, foreign key (id) references a (id));
             create table c (id int, foreign key (id) references b (id));",
        )
        .to("create table keep (id int);")
        .expect(&["keep: new table", "c: drop table", "b: drop table", "a: drop table"]);
}

#[test]
fn t_06_new_columns_come_in_declaration_order_and_go_in_reverse() {
    Scenario::new("T-06")
        .from("create table u (id int, name text);")
        .rows("insert into u values (1, 'a'), (2, null);")
        .to("create table u (id int, name text, username text, password_hash text, at timestamp null);")
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
    let same = "create table u (id int primary key auto_increment, name varchar(20) not null default 'x', at datetime(3) default current_timestamp(3), unique (name), key i (name(5)));
        create view v as select id from u where name <> 'y'; create function f(a int) returns int deterministic return a + 1;";
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
        "create table a (id int, x varchar(9), key a_x (x));",
        "create table b (id int, x varchar(9), key a_x (x));",
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
fn t_12_columns_are_the_same_in_any_case_of_letters() {
    Scenario::new("T-12")
        .from("create table t (`User` int, `a b` int);")
        .rows("insert into t values (1, 3);")
        .to("create table t (`User` int, `a b` int, `c``d` text);")
        .expect(&["t: add column c`d"]);
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
        .from("create table t (id int primary key, a int not null default 5 comment 'kept', b int not null);")
        .rows("insert into t values (1, 2, 3);")
        .to("create table t (id int primary key, a int default 5 comment 'kept', b int);")
        .expect(&["t: alter column a (drop not null), alter column b (drop not null)"]);
}

#[test]
fn t_17_and_18_the_ledger_is_never_dropped_and_one_in_the_target_is_ignored() {
    for name in ["autogen_version", "my_autogen_version"] {
        let mut scenario = Scenario::new("T-17").to(&format!(
            "create table t (a int); create table {name} (more text);"
        ));
        if name != "autogen_version" {
            scenario = scenario.setting(&format!("version_table = \"{name}\""));
        }
        scenario
            .upgraded(&format!("select count(*) from {name}"), "1")
            .expect(&["t: new table"]);
    }
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
        .from("create table a (id int primary key auto_increment); create view v as select id from a; create procedure p() select 1;")
        .to("")
        .holds();
}

#[test]
fn t_21_two_new_tables_that_refer_to_each_other() {
    Scenario::new("T-21")
        .to("create table a (id int primary key, b_id int); create table b (id int primary key, a_id int, foreign key (a_id) references a (id));
             alter table a add constraint a_b_fk foreign key (b_id) references b (id);")
        .holds();
}

#[test]
fn t_22_a_table_that_refers_to_itself() {
    Scenario::new("T-22")
        .to("create table n (id int primary key, parent int, foreign key (parent) references n (id));")
        .expect(&["n: new table", "n: new index parent"]);
    Scenario::new("T-22")
        .from("create table n (a int not null, b int not null, pa int, pb int);")
        .rows("insert into n values (1, 2, null, null), (2, 3, 1, 2);")
        .to("create table n (a int not null, b int not null, pa int, pb int, primary key (a, b), foreign key (pa, pb) references n (a, b));")
        .holds();
}

#[test]
fn a_table_takes_on_the_collation_of_its_database() {
    for engine in [autogen::Engine::Mysql, autogen::Engine::Mariadb] {
        let database = "alter database character set utf8mb4 collate utf8mb4_spanish_ci;";
        let table = |rest: &str| format!("{database} create table `it's` (a varchar(10), b text) {rest};");
        Scenario::new("T")
            .only_on(engine)
            .from(&table("collate utf8mb4_bin"))
            .rows("insert into `it's` values ('ñ', 'ch');")
            .to(&table(""))
            .holds();
    }
}
