//! What has no number of its own: views, functions, triggers and all else, and what leans on what.

use crate::harness::*;

#[test]
fn a_view_is_replaced_where_that_is_possible_and_rebuilt_where_not() {
    let base = "create table t (a int, b text); ";
    let view = |select: &str| format!("{base}create view v as {select};");
    Scenario::new("views")
        .from(&view("select a from t"))
        .to(&view("select a, b from t where a > 0"))
        .expect(&["v: replace view"]);
    Scenario::new("views")
        .from(&view("select a, b from t"))
        .to(&view("select b from t"))
        .holds();
}

#[test]
fn what_leans_on_a_retyped_column_is_rebuilt_with_comments_and_grants() {
    let sql = |ty: &str| {
        format!(
            "create table t (id int primary key, a {ty}, b int);
             create view v as select id, a from t; create view w as select a from v; create materialized view m as select a, count(*) as n from w group by a;
             create unique index mi on m (a); comment on view v is 'seen'; comment on column v.a is 'a'; grant select on v to public; grant select (a) on w to public;
             create function tf() returns trigger language plpgsql as 'begin return new; end';
             create trigger tr before update of a on t for each row when (old.a is distinct from new.a) execute function tf();
             create policy p on t using (a is not null); alter table t enable row level security;
             create rule r as on update to v do instead nothing;
             create statistics st on a, b from t;"
        )
    };
    Scenario::new("dependents")
        .from(&sql("int"))
        .rows("insert into t values (1, 2, 3);")
        .to(&sql("bigint"))
        .upgraded("select n from m", "1")
        .holds();
}

#[test]
fn what_leans_on_a_function_is_rebuilt_when_the_function_must_be() {
    let sql = |returns: &str| {
        format!(
            "create function f(x int) returns {returns} language sql immutable as 'select x';
             create table t (a int default f(1), b int, c int generated always as (f(b)) stored, constraint ck check (f(a) > 0));
             create index i on t (f(a)); create view v as select f(a) as fa from t;"
        )
    };
    Scenario::new("dependents")
        .from(&sql("int"))
        .rows("insert into t (a, b) values (1, 2);")
        .to(&sql("bigint").replace("c int generated", "c bigint generated"))
        .refills("t")
        .holds();
}

#[test]
fn overloads_are_told_apart() {
    Scenario::new("functions")
        .from("create function f(a int) returns int language sql as 'select 1'; create function f(a text) returns int language sql as 'select 2';")
        .to("create function f(a int) returns int language sql as 'select 1'; create function f(a text) returns int language sql as 'select 3';
             create procedure p(a int) language sql as 'select 1';")
        .expect(&["f: replace function", "p: new procedure"]);
}

#[test]
fn a_function_whose_arguments_change_their_names_is_made_again() {
    Scenario::new("functions")
        .from("create function f(a int) returns int language sql as 'select a'; create view v as select f(1) as x;")
        .to("create function f(b int) returns int language sql as 'select b'; create view v as select f(1) as x;")
        .holds();
}

#[test]
fn triggers_change_and_are_switched_off() {
    let sql = |more: &str| {
        format!(
            "create table t (a int); create function tf() returns trigger language plpgsql as 'begin return null; end';
             create trigger tr after insert on t referencing new table as n for each statement execute function tf();
             create constraint trigger ct after update on t deferrable initially deferred for each row execute function tf(); {more}"
        )
    };
    Scenario::new("triggers")
        .from(&sql(""))
        .to(&sql("alter table t disable trigger tr;"))
        .holds();
    Scenario::new("triggers")
        .from("create table t (a int);")
        .to(&sql(""))
        .holds();
}

#[test]
fn domains_and_composite_types_change_under_their_columns() {
    Scenario::new("types")
        .from("create domain d as int default 1 check (value > 0); create table t (a d);")
        .rows("insert into t values (5);")
        .to("create domain d as int not null check (value > 1) check (value < 100); create table t (a d);")
        .holds();
    Scenario::new("types")
        .from("create domain d as int; create table t (a d); create view v as select a from t;")
        .rows("insert into t values (5);")
        .to("create domain d as bigint; create table t (a d); create view v as select a from t;")
        .holds();
    Scenario::new("types")
        .from("create type pair as (a int, b text);")
        .to("create type pair as (a bigint, c text);")
        .holds();
}

#[test]
fn grants_follow_the_target_only_when_it_has_some_or_the_settings_say_so() {
    let table = "create table t (a int, b int);";
    let granted = format!("{table} grant select, insert on t to public; grant update (a) on t to public;");
    Scenario::new("grants").from(table).to(&granted).holds();
    Scenario::new("grants").from(&granted).to(table).equal();
    Scenario::new("grants")
        .from(&granted)
        .to(table)
        .setting("manage = [\"grants\"]")
        .holds();
    Scenario::new("grants")
        .from(table)
        .to(&granted)
        .setting("manage = []")
        .equal();
}

#[test]
fn many_kinds_come_and_go() {
    let sql = "create extension if not exists pg_trgm; create schema s;
        create aggregate s.total(int) (sfunc = int4pl, stype = int, initcond = '0');
        create type s.span as range (subtype = float8); create collation s.c (provider = icu, locale = 'de');
        create text search configuration s.ts (copy = simple); create operator s.=== (leftarg = int, rightarg = int, function = int4eq);
        create cast (int as box) with inout as assignment;
        create function s.et() returns event_trigger language plpgsql as 'begin end'; create event trigger et on ddl_command_end when tag in ('DROP VIEW') execute function s.et();
        alter event trigger et disable; create table s.t (a int primary key, b text); create publication pub for table s.t;
        create index g on s.t using gin (b gin_trgm_ops); create policy p on s.t for select to public using (a > 0); alter table s.t enable row level security, force row level security;
        create rule nope as on delete to s.t do instead nothing;";
    Scenario::new("kinds")
        .from("create schema other;")
        .to(&format!(
            "create schema other; {}",
            sql.replace("create cast (int as box) with inout as assignment;", "")
        ))
        .holds();
    let sql = sql.replace("create cast (int as box) with inout as assignment;", "");
    Scenario::new("kinds").from(&sql).to(&sql).equal();
}

#[test]
fn all_changes_of_a_table_are_one_statement() {
    let sql = Scenario::new("statements")
        .from("create table t (a int, b int, c int, constraint k check (a > 0));")
        .to("create table t (a bigint not null default 5, b int, d text, constraint k2 check (a > 1));")
        .sql();
    assert_eq!(sql.matches("ALTER TABLE").count(), 1, "{sql}");
}
