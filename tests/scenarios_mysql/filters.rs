//! S: filters. A database of these engines has no namespaces.

use crate::harness::*;
use crate::project::Project;
use crate::support::server::mysql::servers;

#[test]
fn s_05_the_name_of_the_database_itself_is_the_same_as_none() {
    // (The name is that of a dump, which creates and uses it.)
    Scenario::new("S-05")
        .from("create table t (a int); create view v as select a from t;")
        .to("create database shop; use shop; create table shop.t (a int); create view shop.v as select shop.t.a from shop.t;")
        .equal();
}

#[test]
fn s_08_what_is_excluded_is_not_created_and_the_rest_is() {
    Scenario::new("S-08")
        .from("create table there (a int);")
        .to("create table there (a int, wanted text, unwanted text); create table fresh (a int); create table other (a int);")
        .setting("exclude = [\"table:fresh\", \"column:there.unwanted\"]")
        .expect(&["other: new table", "there: add column wanted"]);
}

#[test]
fn s_09_what_is_excluded_is_neither_added_nor_dropped() {
    Scenario::new("S-09")
        .from("create table t (a int); create table kept_elsewhere (a int);")
        .to("create table t (a int, b int);")
        .setting("exclude = [\"kept_*\"]")
        .expect(&["t: add column b"]);
}

const DECORATED: &str = "create table p (id int primary key);
    create table t (p_id int, v int, unique key uq_v (v), constraint ck_v check (v > 0), key ix_p (p_id), key ix_v (v, p_id), constraint fk_p foreign key (p_id) references p (id));";
const PLAIN: &str = "create table p (id int primary key); create table t (p_id int, v int, key ix_p (p_id));";

#[test]
fn s_10_an_excluded_index_or_constraint_that_only_the_database_has_is_not_dropped() {
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:ix_v\", \"index:uq_v\", \"constraint:t.*\"]")
        .equal();
    Scenario::new("S-10")
        .from(DECORATED)
        .to(PLAIN)
        .setting("exclude = [\"index:ix_v\", \"constraint:fk_p\", \"constraint:t.ck_*\"]")
        .expect(&["t: drop index uq_v"]);
}

#[test]
fn s_11_an_excluded_index_or_constraint_of_the_target_is_neither_added_nor_changed() {
    Scenario::new("S-11")
        .from(PLAIN)
        .to(DECORATED)
        .setting("exclude = [\"constraint:t.*\", \"index:uq_v\"]")
        .expect(&["t: new index ix_v"]);
    let changed = DECORATED
        .replace("uq_v (v)", "uq_v (v, p_id)")
        .replace("v > 0", "v > 1")
        .replace("references p (id)", "references p (id) on delete cascade");
    Scenario::new("S-11")
        .from(DECORATED)
        .to(&changed)
        .setting("exclude = [\"constraint:ck_v\", \"constraint:fk_p\"]")
        .expect(&["t: drop index uq_v", "t: new unique index uq_v"]);
}

#[test]
fn s_12_a_key_to_a_table_that_is_filtered_out_can_go_and_come() {
    let hidden = "create table hidden (id int primary key);";
    let with =
        "create table t (id int primary key, h int, constraint fk foreign key (h) references hidden (id));";
    let without = "create table t (id int primary key, h int);";
    let rows = "insert into hidden values (1); insert into t values (1, 1);";
    let exclude = "exclude = [\"hidden\"]";
    // The target need not have the table: foreign keys are not looked at on a scratch.
    Scenario::new("S-12")
        .from(&format!("{hidden}{with}"))
        .rows(rows)
        .to(without)
        .setting(exclude)
        .expect(&["t: drop index fk", "t: drop foreign key fk"]);
    Scenario::new("S-12")
        .from(&format!("{hidden}{without}"))
        .rows(rows)
        .to(with)
        .setting(exclude)
        .expect(&["t: add foreign key fk", "t: new index fk"]);
}

#[test]
fn s_13_keys_to_and_through_filtered_tables_stay_as_they_are() {
    let hidden = "create table hidden (a int, b int, c int unique, primary key (a, b));
        create table middle (id int primary key, a int, b int, foreign key (a, b) references hidden (a, b));";
    let mine = |ty: &str| {
        format!(
            "create table t (id int primary key, a int, b int, c int, c2 int, m int, v {ty}, foreign key (a, b) references hidden (a, b),
             foreign key (c) references hidden (c), foreign key (c2) references hidden (c), foreign key (m) references middle (id));"
        )
    };
    let exclude = "exclude = [\"hidden\", \"middle\"]";
    let from = format!("{hidden}{}", mine("int"));
    Scenario::new("S-13")
        .from(&from)
        .to(&from)
        .setting(exclude)
        .equal();
    Scenario::new("S-13")
        .from(&from)
        .rows("insert into hidden values (1, 2, 3); insert into middle values (1, 1, 2); insert into t values (1, 1, 2, 3, 3, 1, 7);")
        .to(&format!("{hidden}{}", mine("bigint")))
        .setting(exclude)
        .expect(&["t: alter column v (type int to bigint)"]);
}

#[test]
fn s_16_scripts_are_compared_with_the_target_without_a_database_and_not_without_a_server() {
    for server in servers() {
        let project = Project::new(server, "", "create table a (id int primary key);");
        project.ok(&["revision", "-m", "one"]);
        let target = "create table a (id int primary key, v text);";
        std::fs::write(project.folder.path().join("schema.sql"), target).expect("a file");
        server.sql("mysql", &format!("drop database {}", project.database.name));
        let said = project.ok(&["diff", "--from", "migrations"]);
        assert!(said.contains("+ column v text"), "{said}");
        project.ok(&["revision", "--from", "migrations", "-m", "two"]);
        let nowhere = "mysql://root@127.0.0.1:1/none";
        let (code, said) = project.run(&["diff", "--from", "migrations", "--url", nowhere]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("no connection to 127.0.0.1:1"), "{said}");
    }
}
