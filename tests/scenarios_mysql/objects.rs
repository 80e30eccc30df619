//! Views, routines, triggers, events, and what only one of the two engines has.

use autogen::Engine;

use crate::harness::*;

const TABLE: &str = "create table t (a int primary key, b int, n int default 0);";

#[test]
fn views_come_change_and_go_with_what_they_read() {
    let view = |rest: &str| format!("{TABLE} {rest}");
    let one = view("create view v as select a from t where b > 0;");
    Scenario::new("views")
        .from(TABLE)
        .to(&one)
        .expect(&["v: new view"]);
    Scenario::new("views").from(&one).to(TABLE).holds();
    Scenario::new("views")
        .from(&one)
        .to(&view("create algorithm=merge sql security invoker view v as select a, b from t where b > 1 with local check option;"))
        .holds();
    Scenario::new("views")
        .from("create table t (a int, b int); create view v as select a, b from t; create view w as select a from v;")
        .rows("insert into t values (1, 2);")
        .to("create table t (a int, b bigint, c bigint); create view v as select a, c from t; create view w as select a from v;")
        .holds();
}

#[test]
fn views_may_stand_before_what_they_read() {
    Scenario::new("views")
        .from("create table t (a int); create view v as select a from t; create view w as select a from v;")
        .setting("format = \"sql\"")
        .to("create view w as select a from v; create view v as select a from t; create table t (a int);")
        .equal();
}

#[test]
fn routines_come_change_and_go() {
    let sql = |body: &str| {
        format!(
            "{TABLE}
DELIMITER //
CREATE PROCEDURE p(IN x INT, OUT y INT) COMMENT 'it''s' BEGIN IF x > 0 THEN SET y = {body}; END IF; END//
CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC SQL SECURITY INVOKER BEGIN RETURN x + {body}; END//
DELIMITER ;
"
        )
    };
    Scenario::new("routines").from(TABLE).to(&sql("1")).holds();
    Scenario::new("routines").from(&sql("1")).to(&sql("2")).holds();
    Scenario::new("routines").from(&sql("1")).to(TABLE).holds();
    Scenario::new("routines").from(&sql("1")).to(&sql("1")).equal();
}

#[test]
fn triggers_keep_their_order() {
    let trigger = |name: &str, n: u32| {
        format!("create trigger {name} before insert on t for each row set new.n = new.n * 10 + {n};")
    };
    let (one, two) = (trigger("b", 1), trigger("a", 2));
    let both = format!("{TABLE} {one} {two}");
    Scenario::new("triggers")
        .from(TABLE)
        .to(&both)
        .upgraded("insert into t (a) values (9); select n from t where a = 9", "12")
        .refills("t")
        .holds();
    Scenario::new("triggers").from(&both).to(&both).equal();
    Scenario::new("triggers")
        .from(&both)
        .to(&format!("{TABLE} {two} {one}"))
        .holds();
    Scenario::new("triggers").from(&both).to(TABLE).holds();
}

#[test]
fn events_come_change_and_go_and_never_run_on_a_scratch() {
    let event = |schedule: &str, rest: &str| {
        format!(
            "{TABLE} create event e on schedule {schedule} on completion preserve {rest} do delete from t where a < 0;"
        )
    };
    let one = event("every 1 day starts '2030-01-01 00:00:00'", "enable");
    Scenario::new("events").from(TABLE).to(&one).holds();
    Scenario::new("events").from(&one).to(&one).equal();
    Scenario::new("events")
        .from(&one)
        .to(&event(
            "every 2 hour starts '2030-01-01 00:00:00'",
            "disable comment 'x'",
        ))
        .holds();
    Scenario::new("events").from(&one).to(TABLE).holds();
}

#[test]
fn the_sql_mode_of_a_routine_is_a_difference() {
    let sql = |mode: &str| {
        format!(
            "set sql_mode = '{mode}'; create function f() returns varchar(9) deterministic return \"x\"; set sql_mode = default;"
        )
    };
    Scenario::new("sql_mode")
        .from(&sql("STRICT_ALL_TABLES"))
        .to(&sql(""))
        .holds();
    Scenario::new("sql_mode").from(&sql("")).to(&sql("")).equal();
}

#[test]
fn sequences_of_mariadb() {
    let Some(_) = server_of(Engine::Mariadb) else {
        return;
    };
    let scenario = || Scenario::new("sequences").only_on(Engine::Mariadb);
    let one = "create sequence s start with 5 increment by 2; create table t (id int default nextval(s));";
    scenario().to(one).holds();
    scenario().from(one).to(one).equal();
    scenario()
        .from("create sequence s;")
        .to("create sequence s start with 7 maxvalue 100 cache 4 cycle;")
        .holds();
    scenario()
        .from("create sequence s;")
        .to("create sequence s increment by -2;")
        .holds();
    // The next number lies before the least one of the target.
    scenario()
        .from("create sequence s maxvalue 5; create sequence d increment by -1 minvalue -5;")
        .to("create sequence s minvalue 10 maxvalue 20; create sequence d increment by -1 maxvalue -10 minvalue -20;")
        .holds();
}

#[test]
fn versions_of_rows_of_mariadb() {
    let Some(_) = server_of(Engine::Mariadb) else {
        return;
    };
    let scenario = || Scenario::new("versioning").only_on(Engine::Mariadb);
    let (plain, versioned) = (
        "create table t (a int primary key, b int);",
        "create table t (a int primary key, b int without system versioning) with system versioning;",
    );
    scenario()
        .from(plain)
        .rows("insert into t values (1, 2);")
        .to("create table t (a int primary key, b int) with system versioning;")
        .holds();
    scenario().from(versioned).to(versioned).equal();
    let period = "create table p (id int, f date not null, u date not null, period for valid (f, u), primary key (id, valid without overlaps));";
    scenario().to(period).holds();
    scenario().from(period).to(period).equal();
}

#[test]
fn packages_of_mariadb() {
    let Some(_) = server_of(Engine::Mariadb) else {
        return;
    };
    let sql = |n: u32| {
        format!(
            "SET sql_mode = 'ORACLE';
DELIMITER //
CREATE PACKAGE pk AS FUNCTION f(x INT) RETURN INT; PROCEDURE p; END//
CREATE PACKAGE BODY pk AS FUNCTION f(x INT) RETURN INT AS BEGIN RETURN x + {n}; END; PROCEDURE p AS BEGIN NULL; END; END//
DELIMITER ;
SET sql_mode = default;
"
        )
    };
    let scenario = || Scenario::new("packages").only_on(Engine::Mariadb);
    scenario().to(&sql(1)).holds();
    scenario().from(&sql(1)).to(&sql(2)).holds();
    scenario().from(&sql(1)).to(&sql(1)).equal();
}

#[test]
fn a_literal_of_a_view_keeps_its_character_set() {
    let sql = "create table t (a varchar(9)); create view v as select concat(a, _latin1'x', 'y', _utf8mb3'z') as c from t;";
    Scenario::new("views").to(sql).holds();
    Scenario::new("views").from(sql).to(sql).equal();
    Scenario::new("views")
        .from(sql)
        .to(&sql.replace("_latin1'x'", "'x'"))
        .holds();
}

#[test]
fn a_view_over_a_column_that_goes_is_made_again_on_the_way_back() {
    Scenario::new("views")
        .from("create table t (a int, b int); create view v as select a, b from t;")
        .to("create table t (a int); create view v as select a from t;")
        .holds();
}
