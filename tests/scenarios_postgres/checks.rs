//! K, C, N, M: checks, generated columns, identity, comments.

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
fn k_02_to_05_checks_without_a_name_of_columns_and_of_new_tables() {
    let sql = "create table t (a int check (a > 0), b boolean, c text check (c in ('x', 'y')), check (a < 100 or b));";
    Scenario::new("K-02").from(sql).to(sql).equal();
    Scenario::new("K-05").to(sql).expect(&["t: new table"]);
    Scenario::new("K-05")
        .from(sql)
        .to("create schema s;")
        .expect(&["s: new namespace", "t: drop table"]);
}

#[test]
fn k_01_a_list_of_texts_is_one_in_both_spellings_of_the_server() {
    // It prints the first with the cast around the list, and the second, which is that very text, with a cast around each element.
    let schema = |list: &str| {
        format!(
            "create table t (s varchar(9) default 'a', l varchar[] default array['a', 'b'], constraint c check ({list}));\n\
             create index i on t (s) where {list}; create index j on t (({list}));\n\
             create view v as select s from t where {list};\n\
             create policy p on t using ({list});"
        )
    };
    let (written, printed) = (
        schema("s in ('a', 'b')"),
        schema("s::text = any ((array['a'::character varying, 'b'::character varying])::text[])"),
    );
    Scenario::new("K-01").from(&written).to(&printed).equal();
    Scenario::new("K-01").from(&printed).to(&written).equal();
    let other = printed.replace("'b'::character", "'c'::character");
    assert!(
        !Scenario::new("K-01")
            .from(&printed)
            .to(&other)
            .changed()
            .is_empty()
    );
}

#[test]
fn k_01_what_is_between_and_more_is_one_chain() {
    // The server prints `((a >= 1) AND (a <= 2)) AND b` and makes one chain of that text.
    let schema = |condition: &str| {
        format!(
            "create table t (a int, b boolean, constraint c check ({condition}));\n\
             create index i on t (a) where {condition}; create view v as select a from t where {condition};"
        )
    };
    let written = schema("a between 1 and 2 and b");
    for same in ["((a >= 1) and (a <= 2)) and b", "a >= 1 and a <= 2 and b"] {
        Scenario::new("K-01").from(&written).to(&schema(same)).equal();
        Scenario::new("K-01").from(&schema(same)).to(&written).equal();
    }
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
fn k_06_checks_of_other_kinds() {
    let sql = "create schema s; create table s.t (a int, constraint n check (a > 0) no inherit); alter table s.t add constraint v check (a < 9) not valid;";
    Scenario::new("K-06").from(sql).to(sql).equal();
    Scenario::new("K-06").to(sql).holds();
}

#[test]
fn c_01_to_03_generated_columns_come_change_and_go() {
    let table = |column: &str| format!("create table t (a int, b int{column});");
    let stored = table(", c int generated always as (a + b) stored");
    let rows = "insert into t (a, b) values (1, 2);";
    let respelled = table(", c int generated always as ( a\n +b ) stored");
    Scenario::new("C-03").from(&stored).to(&respelled).equal();
    Scenario::new("C-01")
        .from(&table(""))
        .rows(rows)
        .to(&stored)
        .upgraded("select c from t", "3")
        .holds();
    Scenario::new("C-01")
        .from(&stored)
        .rows(rows)
        .to(&table(""))
        .holds();
    Scenario::new("C-01")
        .from(&stored)
        .rows(rows)
        .to(&table(", c int generated always as (a * b) stored"))
        .refills("t")
        .upgraded("select c from t", "2")
        .holds();
    Scenario::new("C-01")
        .from(&stored)
        .rows(rows)
        .to(&table(", c int"))
        .upgraded("select c from t", "3")
        .holds();
}

#[test]
fn n_01_identity_comes_changes_and_goes() {
    let pairs = [
        ("id int", "id int generated always as identity"),
        (
            "id int generated always as identity",
            "id int generated by default as identity",
        ),
        (
            "id int generated always as identity (start 5 increment 2)",
            "id int generated always as identity (start 7 minvalue 3 maxvalue 100 cycle cache 4)",
        ),
        ("id bigint generated by default as identity", "id bigint"),
    ];
    let side = |pick: fn(&(&'static str, &'static str)) -> &'static str| -> String {
        let table = |(n, pair)| format!("create table t{n} ({} primary key, x text);", pick(pair));
        pairs.iter().enumerate().map(table).collect()
    };
    let rows: String = (0..pairs.len())
        .map(|n| format!("insert into t{n} (id, x) overriding system value values (1, 'a');"))
        .collect::<Vec<_>>()
        .concat();
    let (from, to) = (side(|pair| pair.0), side(|pair| pair.1));
    Scenario::new("N-01").from(&from).to(&from).equal();
    Scenario::new("N-01").from(&from).rows(&rows).to(&to).holds();
}

#[test]
fn m_01_comments_come_change_and_go_everywhere() {
    let sql = |word: &str| {
        format!(
            "create schema s; create type mood as enum ('a'); create domain d as int; create sequence q;
             create table t (a int primary key, constraint ck check (a > 0)); create index i on t (a); create view v as select a from t;
             create function f(x int) returns int language sql as 'select 1'; create function tf() returns trigger language plpgsql as 'begin return new; end';
             create trigger tr before insert on t for each row execute function tf(); create materialized view mv as select 1 as one;
             comment on schema s is {word}; comment on type mood is {word}; comment on domain d is {word}; comment on sequence q is {word};
             comment on table t is {word}; comment on column t.a is {word}; comment on constraint ck on t is {word}; comment on index i is {word};
             comment on constraint t_pkey on t is {word}; comment on index t_pkey is {word}; comment on view v is {word}; comment on column v.a is {word};
             comment on function f(int) is {word}; comment on trigger tr on t is {word}; comment on materialized view mv is {word};"
        )
    };
    let (none, one, other) = (sql("''"), sql("'it''s one'"), sql("'two'"));
    Scenario::new("M-01").from(&none).to(&one).holds();
    Scenario::new("M-01").from(&one).to(&other).holds();
    Scenario::new("M-01").from(&one).to(&none).holds();
    Scenario::new("M-01").from(&one).to(&one).equal();
}
