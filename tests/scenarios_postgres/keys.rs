//! P: primary keys.

use crate::harness::*;

#[test]
fn p_01_a_key_is_widened_narrowed_and_renamed() {
    let table = |key: &str| format!("create table t (a int not null, b int not null{key});");
    let rows = "insert into t values (1, 1), (2, 1);";
    Scenario::new("P-01")
        .from(&table(", primary key (a)"))
        .rows(rows)
        .to(&table(", primary key (a, b)"))
        .expect(&["t: drop primary key t_pkey, add primary key t_pkey"]);
    Scenario::new("P-01")
        .from(&table(", primary key (a, b)"))
        .rows(rows)
        .to(&table(", primary key (a)"))
        .holds();
    Scenario::new("P-01")
        .from(&table(", constraint old primary key (a)"))
        .rows(rows)
        .to(&table(", constraint new primary key (a)"))
        .expect(&["t: rename primary key old to new"]);
    Scenario::new("P-01")
        .from(&table(""))
        .rows(rows)
        .to(&table(", primary key (a)"))
        .expect(&["t: add primary key t_pkey"]);
}

#[test]
fn p_01_foreign_keys_come_again_with_the_key_they_refer_to() {
    Scenario::new("P-01")
        .from("create table p (a int primary key, b int); create table t (x int constraint fk references p (a));")
        .rows("insert into p values (1, 1); insert into t values (1);")
        .to("create table p (a int, b int, primary key (a) include (b)); create table t (x int constraint fk references p (a));")
        .holds();
}

#[test]
fn p_01_rows_that_are_not_unique_stop_the_upgrade() {
    Scenario::new("P-01")
        .from("create table t (a int not null, b int);")
        .rows("insert into t values (1, 1), (1, 2);")
        .to("create table t (a int primary key, b int);")
        .contradicted("t_pkey");
}

#[test]
fn a_new_table_gets_the_names_of_the_keys_of_one_that_goes() {
    let sql = |table: &str| {
        format!(
            "create sequence numbers; create table {table} (id int default nextval('numbers') constraint key primary key, a int constraint other unique);"
        )
    };
    Scenario::new("keys")
        .from(&sql("zebra"))
        .rows("insert into zebra (a) values (1);")
        .to(&sql("ant"))
        .holds();
    // The sequence has its name from a table that goes.
    Scenario::new("keys")
        .from("create table zebra (id serial constraint key primary key);")
        .to("create table ant (id int constraint key primary key); create sequence zebra_id_seq as int owned by ant.id;
             alter table ant alter id set default nextval('zebra_id_seq');")
        .holds();
}
