//! P: primary keys.

use crate::harness::*;

#[test]
fn p_01_a_key_is_widened_narrowed_and_comes() {
    let table = |key: &str| format!("create table t (a int not null, b int not null{key});");
    let rows = "insert into t values (1, 1), (2, 1);";
    for (before, after) in [
        (", primary key (a)", ", primary key (a, b)"),
        (", primary key (a, b)", ", primary key (a)"),
        (", primary key (a, b)", ", primary key (b, a)"),
        ("", ", primary key (a)"),
        (", primary key (a)", ""),
    ] {
        Scenario::new("P-01")
            .from(&table(before))
            .rows(rows)
            .to(&table(after))
            .holds();
    }
}

#[test]
fn p_01_foreign_keys_come_again_with_the_key_they_refer_to() {
    Scenario::new("P-01")
        .from("create table p (a int not null, b int not null, primary key (a)); create table t (x int, constraint fk foreign key (x) references p (a));")
        .rows("insert into p values (1, 1); insert into t values (1);")
        .to("create table p (a int not null, b int not null, primary key (a, b)); create table t (x int, constraint fk foreign key (x) references p (a));")
        .holds();
}

#[test]
fn p_01_the_key_and_the_number_of_a_table_change_together() {
    Scenario::new("P-01")
        .from("create table t (id int not null auto_increment, code int not null, primary key (id));")
        .rows("insert into t values (1, 7), (2, 8);")
        .to("create table t (id int not null, code int not null, n int not null auto_increment, primary key (n));")
        .holds();
}

#[test]
fn p_01_rows_that_are_not_unique_stop_the_upgrade() {
    Scenario::new("P-01")
        .from("create table t (a int not null, b int);")
        .rows("insert into t values (1, 1), (1, 2);")
        .to("create table t (a int not null primary key, b int);")
        .contradicted("PRIMARY");
}
