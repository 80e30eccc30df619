//! K, C, M, A: checks, generated columns, comments, numbering.

use crate::harness::*;

#[test]
fn k_01_a_check_comes_changes_and_goes() {
    let table = |checks: &str| format!("create table t (a int, b int{checks});");
    let one = table(", constraint c1 check (a > 0)");
    Scenario::new("K-01")
        .from(&table(""))
        .to(&one)
        .expect(&["t: add check c1"]);
    Scenario::new("K-01")
        .from(&one)
        .to(&table(""))
        .expect(&["t: drop check c1"]);
    Scenario::new("K-01").from(&one).to(&one).equal();
    Scenario::new("K-01")
        .from(&table(
            ", constraint c1 check (a > 0), constraint c2 check (b > 0), constraint c3 check (a < b)",
        ))
        .to(&table(", constraint c2 check (b > 0)"))
        .holds();
    Scenario::new("K-01")
        .from(&one)
        .to(&table(", constraint c1 check (a > 1)"))
        .expect(&["t: drop check c1, add check c1"]);
}

#[test]
fn k_02_to_06_checks_without_a_name_of_columns_and_of_new_tables() {
    let sql = "create table t (a int check (a > 0), b boolean, c varchar(9) check (c in ('x', 'y''z')), check (a < 100 or b), constraint n check (a <> 7));";
    Scenario::new("K-02").from(sql).to(sql).equal();
    Scenario::new("K-05").to(sql).expect(&["t: new table"]);
    Scenario::new("K-05")
        .from(sql)
        .to("create table keep (id int);")
        .expect(&["keep: new table", "t: drop table"]);
}

#[test]
fn k_04_a_check_of_a_column_comes_and_goes() {
    let (without, with) = (
        "create table t (a int, b int);",
        "create table t (a int check (a > 0), b int);",
    );
    Scenario::new("K-04").from(without).to(with).holds();
    Scenario::new("K-04").from(with).to(without).holds();
}

#[test]
fn k_01_rows_that_break_a_new_check_stop_the_upgrade() {
    Scenario::new("K-01")
        .from("create table t (a int);")
        .rows("insert into t values (-1);")
        .to("create table t (a int, constraint c1 check (a > 0));")
        .contradicted("c1");
}

#[test]
fn c_01_to_03_generated_columns_come_change_and_go() {
    let table = |column: &str| format!("create table t (a int, b int{column});");
    let rows = "insert into t (a, b) values (1, 2);";
    for kind in ["stored", "virtual"] {
        let generated = table(&format!(", c int generated always as (a + b) {kind}"));
        let respelled = table(&format!(", c int as ( a\n +`b` ) {kind}"));
        Scenario::new("C-03").from(&generated).to(&respelled).equal();
        Scenario::new("C-01")
            .from(&table(""))
            .rows(rows)
            .to(&generated)
            .upgraded("select c from t", "3")
            .holds();
        Scenario::new("C-01")
            .from(&generated)
            .rows(rows)
            .to(&table(""))
            .holds();
        Scenario::new("C-02")
            .from(&generated)
            .rows(rows)
            .to(&table(&format!(", c int generated always as (a * b) {kind}")))
            .refills("t")
            .upgraded("select c from t", "2")
            .holds();
        Scenario::new("C-02")
            .from(&table(", c int"))
            .to(&generated)
            .holds();
    }
    Scenario::new("C-02")
        .from(&table(", c int generated always as (a + b) stored"))
        .rows(rows)
        .to(&table(", c int"))
        .upgraded("select c from t", "3")
        .holds();
    Scenario::new("C-02")
        .from(&table(", c int generated always as (a + b) virtual"))
        .rows(rows)
        .to(&table(", c int generated always as (a + b) stored"))
        .holds();
}

#[test]
fn m_01_comments_come_change_and_go() {
    let sql = |word: &str| {
        format!(
            "create table t (a int primary key comment {word}, b text comment {word}, key i (a) comment {word}) comment={word};"
        )
    };
    let (none, one, other) = (sql("''"), sql("'it''s \\\\ one'"), sql("'two'"));
    Scenario::new("M-01").from(&none).to(&one).holds();
    Scenario::new("M-01").from(&one).to(&other).holds();
    Scenario::new("M-01").from(&one).to(&none).holds();
    Scenario::new("M-01").from(&one).to(&one).equal();
    Scenario::new("M-01")
        .from("create table t (a int primary key, b text, key i (a));")
        .to(&none)
        .equal();
}

#[test]
fn a_01_a_column_begins_and_ceases_to_number_rows() {
    let rows = "insert into t values (1, 'a'), (7, 'b');";
    let (plain, numbered) = (
        "create table t (id int not null, x varchar(9), primary key (id));",
        "create table t (id int not null auto_increment, x varchar(9), primary key (id));",
    );
    Scenario::new("A-01").from(numbered).to(numbered).equal();
    Scenario::new("A-01")
        .from(plain)
        .rows(rows)
        .to(numbered)
        .upgraded("insert into t (x) values ('c'); select max(id) from t", "8")
        .holds();
    Scenario::new("A-01").from(numbered).rows(rows).to(plain).holds();
    Scenario::new("A-01")
        .from("create table t (x varchar(9));")
        .rows("insert into t values ('a'), ('b');")
        .to("create table t (x varchar(9), id bigint unsigned not null auto_increment primary key);")
        .upgraded("select count(distinct id) from t", "2")
        .holds();
    Scenario::new("A-01")
        .from("create table t (a int not null, b int not null, primary key (a, b));")
        .to("create table t (a int not null auto_increment, b int not null, primary key (a, b));")
        .holds();
}
