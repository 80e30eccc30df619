//! `online`: what others notice of a change, as the plan says it and as the servers do it.

use std::fs;

use autogen::Engine;

use super::project::Project;
use crate::support::server::mysql::{Server, servers};

/// A table that can be changed in all the ways below.
const TABLE: &str = "create table p (id int primary key);
    insert into p values (7);
    create table t (id int not null primary key, a int, b varchar(100), c varchar(300), n int not null default 0,
        e enum('x','y'), s set('x','y'), d decimal(10,2), tx text, dt datetime, pid int, g point not null,
        key ia (a), key ipid (pid), unique key un (n, b), constraint ck check (a > 0)%KEYS%) %OPTIONS%;
    insert into t (id, a, b, n, e, s, pid, g) values (1, 5, 'b', 1, 'x', 'x', 7, point(1, 1)), (2, 6, 'c', 2, 'y', 'y', 7, point(2, 2));";

const MYSQL: &[Engine] = &[Engine::Mysql];
const MARIADB: &[Engine] = &[Engine::Mariadb];
const BOTH: &[Engine] = &[Engine::Mysql, Engine::Mariadb];

/// Something that changes: on which engines, what else stands in the table, the ALTER TABLE that makes the target, and what others notice.
type Case = (&'static [Engine], &'static str, &'static str, &'static str);

/// What the servers do while others write.
const ALLOWED: &[Case] = &[
    (BOTH, "", "add z int", "instant"),
    (
        BOTH,
        "",
        "add z int not null default 3, add y varchar(20) default 'y'",
        "instant",
    ),
    (
        BOTH,
        "",
        "add z timestamp not null default current_timestamp on update current_timestamp",
        "instant",
    ),
    (BOTH, "", "drop column c", "instant"),
    (BOTH, "", "add z int, drop column c", "instant"),
    (BOTH, "", "alter a set default 4", "instant"),
    (BOTH, "", "alter n drop default", "instant"),
    (
        BOTH,
        "",
        "modify dt datetime default current_timestamp on update current_timestamp",
        "instant",
    ),
    (BOTH, "", "modify c varchar(300) comment 'x'", "instant"),
    (BOTH, "", "modify c varchar(300) invisible", "instant"),
    (BOTH, "", "modify e enum('x','y','z')", "instant"),
    (BOTH, "", "modify s set('x','y','z')", "instant"),
    (BOTH, "", "add v int as (a + 1) virtual", "instant"),
    (BOTH, "", "drop check ck|drop constraint ck", "instant"),
    (MARIADB, "", "add z int check (z > 1)", "instant"),
    (BOTH, "", "modify c varchar(400)", "in place|instant"),
    (BOTH, "", "modify b varchar(120)", "in place|instant"),
    (BOTH, "", "comment = 'x'", "in place|instant"),
    (BOTH, "", "stats_persistent = 1", "in place|instant"),
    (BOTH, "", "rename key ia to ib", "in place|instant"),
    (
        BOTH,
        "",
        "alter index ia invisible|alter index ia ignored",
        "in place|instant",
    ),
    (BOTH, "", "modify n int default 0", "in place"),
    (BOTH, "", "modify pid int not null", "in place"),
    (BOTH, "", "add key ib (b)", "in place"),
    (BOTH, "", "add key ix (tx(10))", "in place"),
    (BOTH, "", "add unique key ub (a, b)", "in place"),
    (BOTH, "", "add z int, add key iz (z)", "in place"),
    (BOTH, "", "drop key ia", "in place"),
    (BOTH, "", "drop key ia, add key ia (a, b)", "in place"),
    (BOTH, "", "drop primary key, add primary key (id, n)", "in place"),
    (BOTH, "", "row_format = compact", "in place"),
    (BOTH, ", fulltext key ft (b)", "drop key ft", "in place"),
    (
        BOTH,
        ", constraint fk foreign key (pid) references p (id)",
        "drop foreign key fk",
        "in place|instant",
    ),
    (BOTH, " #row_format = compressed", "add z int", "in place"),
    (BOTH, ", spatial key sp (g)", "add z int", "instant"),
    (BOTH, ", v int as (a + 1) virtual", "drop column v", "instant"),
    (BOTH, ", w int as (a + 1) stored", "drop column w", "instant"),
    (
        BOTH,
        ", w int as (a + 1) stored",
        "modify n int default 0",
        "in place",
    ),
    (BOTH, ", v int as (a + 1) virtual", "add key iv (v)", "in place"),
    (
        BOTH,
        ", fulltext key ft (b)",
        "modify c varchar(400)",
        "in place|instant",
    ),
];

/// What makes writes wait.
const REFUSED: &[Case] = &[
    (
        BOTH,
        "",
        "modify a bigint",
        "copies the table, writes wait: a column gets another type",
    ),
    (
        BOTH,
        "",
        "modify c varchar(200)",
        "copies the table, writes wait: a column gets another type",
    ),
    (
        BOTH,
        "",
        "modify c varchar(300) character set latin1",
        "copies the table, writes wait: a column gets another type",
    ),
    (
        BOTH,
        "",
        "modify e enum('y','x')",
        "copies the table, writes wait: a column gets another type",
    ),
    (
        BOTH,
        "",
        "modify dt datetime(3)",
        "copies the table, writes wait: a column gets another type",
    ),
    (
        BOTH,
        "",
        "add v int as (a + 1) stored",
        "copies the table, writes wait: a stored column is added",
    ),
    (
        BOTH,
        "",
        "add constraint fk foreign key (pid) references p (id)",
        "copies the table, writes wait: a foreign key is added",
    ),
    (
        BOTH,
        "",
        "add constraint k2 check (n >= 0)",
        "copies the table, writes wait: a check is added",
    ),
    (
        BOTH,
        "",
        "drop primary key",
        "copies the table, writes wait: a primary key is dropped",
    ),
    (BOTH, "", "engine = myisam", "copies the table, writes wait: "),
    (
        BOTH,
        "",
        "partition by hash (id) partitions 2",
        "copies the table, writes wait: the rows are divided in another way",
    ),
    (
        BOTH,
        "",
        "add fulltext key ft (b)",
        "in place, writes wait: a FULLTEXT index is built",
    ),
    (
        BOTH,
        "",
        "add spatial key sp (g)",
        "in place, writes wait: a SPATIAL index is built",
    ),
    (
        MYSQL,
        "",
        "add key fx ((a * 2))",
        "in place, writes wait: an index over an expression is built",
    ),
    (
        BOTH,
        ", spatial key sp (g)",
        "modify n int default 0",
        "in place, writes wait: a table with a SPATIAL index is built anew",
    ),
    (
        MYSQL,
        ", fulltext key ft (b)",
        "add z int",
        "copies the table, writes wait: a table with a FULLTEXT index is built anew",
    ),
    (
        MARIADB,
        ", fulltext key ft (b)",
        "add z int",
        "in place, writes wait: a table with a FULLTEXT index is built anew",
    ),
];

/// A project with a table for each of these that are about its engine, and a target with what the ALTER TABLEs make of them.
fn project<'c>(
    server: &'static Server,
    cases: &'c [Case],
    online: &str,
) -> (Project, Vec<(usize, &'c Case)>) {
    let (mut from, mut to) = (String::new(), String::new());
    let here: Vec<(usize, &Case)> = cases
        .iter()
        .enumerate()
        .filter(|(_, (engines, ..))| engines.contains(&server.engine()))
        .collect();
    for (n, (_, more, alter, _)) in &here {
        let (keys, options) = more.split_once('#').unwrap_or((more, ""));
        let mut table = TABLE.replace("%KEYS%", keys.trim()).replace("%OPTIONS%", options);
        // A table that is divided has neither.
        if alter.starts_with("partition") || alter.starts_with("engine") {
            table = table
                .replace("g point not null", "g varchar(20) not null")
                .replace("unique key un (n, b),", "")
                .replace("point(1, 1)", "1")
                .replace("point(2, 2)", "2");
        }
        let altered = format!("{table}\nalter table t {};", of(server.engine(), alter));
        for (side, sql) in [(&mut from, table), (&mut to, altered)] {
            *side += &sql
                .replace("table t ", &format!("table t{n} "))
                .replace("into t ", &format!("into t{n} "))
                .replace("table p ", &format!("table p{n} "))
                .replace("into p ", &format!("into p{n} "))
                .replace("references p ", &format!("references p{n} "))
                .replace("constraint fk", &format!("constraint fk{n}"))
                .replace("constraint k2", &format!("constraint k2{n}"))
                .replace("foreign key fk", &format!("foreign key fk{n}"))
                .replace("check ck", &format!("check ck{n}"))
                .replace("constraint ck", &format!("constraint ck{n}"));
        }
    }
    let project = Project::with_settings(server, &from, &to, &format!("online = \"{online}\"\n"));
    project.ok(&["revision", "-m", "online"]);
    (project, here)
}

/// The half that is about an engine: that of MySQL, and behind a `|` that of MariaDB.
fn of(engine: Engine, halves: &str) -> &str {
    match halves.split_once('|') {
        Some((mysql, _)) if engine == Engine::Mysql => mysql,
        Some((_, mariadb)) => mariadb,
        None => halves,
    }
}

/// Holds what a text says above each ALTER TABLE against what others are to notice.
fn told(text: &str, cases: &[(usize, &Case)], engine: Engine) {
    for (n, case) in cases {
        let (above, _) = text
            .split_once(&format!("ALTER TABLE `t{n}`"))
            .unwrap_or_else(|| panic!("{case:?}: {text}"));
        let above = above.trim_end().lines().next_back().unwrap_or_default();
        let expected = format!("-- {}", of(engine, case.3));
        assert!(above.contains(&expected), "{case:?}: {above}");
    }
}

#[test]
fn a_server_does_what_is_required_of_it() {
    for server in servers() {
        let (project, cases) = project(server, ALLOWED, "require");
        let plan = project.ok(&["upgrade", "--dry-run"]);
        told(&plan, &cases, server.engine());
        assert_eq!(plan.matches("ALGORITHM=").count(), cases.len(), "{plan}");
        // Words that the server does not take would make this fail.
        project.ok(&["upgrade"]);
        project.ok(&["check"]);
    }
}

#[test]
fn a_change_that_makes_writes_wait_is_refused_before_anything_runs() {
    for server in servers() {
        for (n, case) in REFUSED.iter().enumerate() {
            let (project, here) = project(server, &REFUSED[n..=n], "require");
            if here.is_empty() {
                continue;
            }
            let table = || project.database.sql("show create table t0");
            let before = table();
            let (code, said) = project.run(&["upgrade"]);
            let (_, because) = case.3.split_once(": ").expect("a reason");
            for part in [
                because,
                "`online = \"require\"` forbids that",
                "online = \"prefer\"",
                "ALTER TABLE",
            ] {
                assert!(said.contains(part), "{case:?}: {part}: {said}");
            }
            assert_eq!(code, 1, "{case:?}: {said}");
            assert_eq!(table(), before, "{case:?}: nothing has run");
        }
    }
}

#[test]
fn a_change_that_makes_writes_wait_runs_where_another_is_only_preferred_and_the_plan_says_so() {
    for server in servers() {
        let (project, cases) = project(server, REFUSED, "prefer");
        told(&project.ok(&["upgrade", "--dry-run"]), &cases, server.engine());
        let said = project.ok(&["upgrade", "-v"]);
        told(&said, &cases, server.engine());
        // The server had each way that was asked for.
        assert!(!said.contains("this is run instead"), "{said}");
        project.ok(&["check"]);
    }
}

#[test]
fn the_preview_in_json_says_what_others_will_notice() {
    for server in servers() {
        let (project, _) = project(server, &REFUSED[..1], "off");
        let preview = project.ok(&["upgrade", "--dry-run", "--format", "json"]);
        for part in [
            "\"effect\": \"copy\"",
            "\"because\": \"a column gets another type\"",
        ] {
            assert!(preview.contains(part), "{preview}");
        }
        assert!(!preview.contains("ALGORITHM="), "{preview}");
    }
}

#[test]
fn a_way_that_the_server_has_not_after_all_is_told_and_another_taken_unless_it_is_required() {
    // MariaDB does this in any mode.
    for server in servers().iter().filter(|server| server.engine() == Engine::Mysql) {
        let case: Case = (MYSQL, "", "modify pid int not null", "in place");
        let (project, _) = project(server, &[case], "require");
        let folder = fs::read_dir(project.folder.path().join("migrations")).expect("a folder");
        let script = folder
            .map(|entry| entry.expect("an entry").path())
            .next()
            .expect("a script");
        let text = fs::read_to_string(&script).expect("a script");
        let begin = "pub fn upgrade(op: &mut Operations) {";
        // MySQL refuses NULL in place only when its mode is strict (error 1846).
        let loose = format!("{begin}\n    op.execute(\"SET SESSION sql_mode = ''\");\n");
        fs::write(&script, text.replacen(begin, &loose, 1)).expect("the script");
        let (code, said) = project.run(&["upgrade"]);
        assert!(code == 1 && said.contains("is not supported"), "{said}");
        assert!(said.contains("`online = \"prefer\"` in autogen.toml"), "{said}");
        project.set("online = \"prefer\"\n");
        let said = project.ok(&["upgrade"]);
        assert!(
            said.contains("this is run instead: ALTER TABLE `t0` MODIFY COLUMN"),
            "{said}"
        );
        project.ok(&["check"]);
    }
}
