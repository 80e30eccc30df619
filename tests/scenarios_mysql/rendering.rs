//! R: scripts say all, and apply.

use autogen::Engine;

use crate::harness::*;
use crate::project::Project;
use crate::support::server::mysql::servers;
use crate::tables::{MODEL_AFTER, MODEL_BEFORE};

#[test]
fn r_02_the_whole_script_of_a_model_that_changes_in_many_places() {
    for server in servers() {
        let project = Project::new(server, MODEL_BEFORE, MODEL_AFTER);
        let said = project.ok(&["revision", "-m", "model", "-q"]);
        let path = said
            .lines()
            .find(|line| line.starts_with("migrations/"))
            .expect("a path");
        let text = std::fs::read_to_string(project.folder.path().join(path)).expect("a script");
        // Without its id and time.
        let start = text.find("use autogen").expect("the script begins");
        let name = format!("scenario_model_{}", server.engine().name());
        insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, without_id(&text[start..]));
        });
    }
}

/// A script without the line that holds its id.
fn without_id(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("Revision::new"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn r_06_an_index_on_an_expression_has_its_parentheses() {
    let Some(_) = server_of(Engine::Mysql) else { return };
    let sql = "create table t (a int, b varchar(50), key i1 ((a + 1)), key i2 ((-(a))), key i3 ((lower(b)), a desc), unique key i4 ((json_value('{\"a\": 1}', '$.a'))));";
    Scenario::new("R-06").only_on(Engine::Mysql).to(sql).holds();
    Scenario::new("R-06")
        .only_on(Engine::Mysql)
        .from(sql)
        .to(sql)
        .equal();
}

#[test]
fn r_07_a_script_of_plain_sql_says_the_same() {
    Scenario::new("R-07")
        .from("create table t (a int primary key, b varchar(9)); create view v as select a from t;")
        .rows("insert into t values (1, 'x');")
        .to("create table t (a bigint primary key auto_increment, c varchar(9) default 'it''s; \\\\ ' comment 'a;b', key k (c));
             create view v as select a, c from t; create procedure p() select 'a;b';")
        .setting("format = \"sql\"")
        .holds();
}

#[test]
fn r_07_everything_at_once_goes_there_and_back() {
    let sql = "create table p (id int unsigned not null auto_increment, name varchar(50) character set latin1 collate latin1_bin not null default 'x' comment 'c', primary key (id), unique key u (name(10))) comment 'it''s';
        create table t (id bigint primary key, p_id int unsigned, e enum('a','b') default 'a', s set('x','y'), at timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
            j json, g int generated always as (id * 2) virtual, h int generated always as (id + 1) stored, b bit(4) default b'0101', f double default 1.5, blobby blob,
            constraint fk foreign key (p_id) references p (id) on delete set null on update cascade, constraint ck check (id > 0 and e <> 'c'), fulltext key ft (note), note text) row_format=dynamic;
        create view v as select p.name, t.e from p join t on t.p_id = p.id where t.s is null;
        create trigger tr after update on t for each row insert into p (name) values (old.e);
        create function f(a int) returns int deterministic return a + 1; create procedure pr(in x int) select x;";
    Scenario::new("R-07").to(sql).holds();
    Scenario::new("R-07").from(sql).to(sql).equal();
    Scenario::new("R-07")
        .from(sql)
        .rows("insert into p (name) values ('n'); insert into t (id, p_id, note) values (1, 1, 'hello');")
        .to("create table q (id int primary key);")
        .holds();
}
