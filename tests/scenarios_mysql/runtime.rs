//! E: runs that are cut off, that fail, that meet others.

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::project::Project;
use crate::support::server::mysql::{Session, servers};

fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn e_04_a_run_that_is_killed_between_two_statements_goes_on_from_there() {
    for server in servers() {
        let project = Project::new(
            server,
            "create table a (x int); create table b (x int); create table c (x int);",
            "create table a (x int, y int); create table b (x int, y int); create table c (x int, y int);",
        );
        project.ok(&["revision", "-m", "wider"]);
        // Somebody reads `b`, so that its ALTER TABLE waits.
        let mut reader = Session::new(&project.database);
        reader.run("begin; select * from b");
        let mut run = project
            .command(&["upgrade"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let columns = "select count(*) from information_schema.columns where table_schema = database() and column_name = 'y'";
        until("the first statement runs", || {
            project.database.sql(columns).trim() == "1"
        });
        thread::sleep(Duration::from_millis(300));
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        drop(reader);
        project.ok(&["upgrade"]);
        assert_eq!(project.database.sql(columns).trim(), "3", "{}", server.engine());
        project.ok(&["check"]);
        project.ok(&["downgrade", "base"]);
        assert_eq!(project.database.sql(columns).trim(), "0", "{}", server.engine());
    }
}

#[test]
fn e_05_a_script_whose_second_statement_fails_can_be_tried_again() {
    for server in servers() {
        let project = Project::new(
            server,
            "create table a (x int); create table b (x int); insert into b values (null);",
            "create table a (x int, y int); create table b (x int);",
        );
        project.ok(&["revision", "-m", "wider", "--format", "json"]);
        let script = fs::read_dir(project.folder.path().join("migrations"))
            .expect("a folder")
            .next()
            .expect("a script")
            .expect("an entry")
            .path();
        let text = fs::read_to_string(&script).expect("a script");
        let (head, downgrade) = text.split_once("pub fn downgrade").expect("both ways");
        let last = head.rfind('}').expect("an end");
        let upgrade = format!(
            "{}    op.execute(\"ALTER TABLE b ADD COLUMN z int, ADD CONSTRAINT zz CHECK (x IS NOT NULL)\");\n}}\n",
            &head[..last]
        );
        fs::write(&script, format!("{upgrade}\npub fn downgrade{downgrade}")).expect("the script");
        let (code, said) = project.run(&["upgrade"]);
        assert_eq!(code, 1, "{said}");
        project.database.sql("update b set x = 1");
        project.ok(&["upgrade"]);
        assert_eq!(project.database.sql("select count(z is null) from b").trim(), "1");
    }
}

#[test]
fn e_03_two_processes_that_upgrade_at_once_apply_a_script_once() {
    for server in servers() {
        let project = Project::new(
            server,
            "create table a (x int);",
            "create table a (x int, y int); create table b (x int); create table c (x int);",
        );
        project.ok(&["revision", "-m", "more"]);
        let runs: Vec<_> = (0..2)
            .map(|_| {
                project
                    .command(&["upgrade"])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("the program runs")
            })
            .collect();
        for run in runs {
            let output = run.wait_with_output().expect("it ends");
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        assert_eq!(
            project
                .database
                .sql("select count(*) from autogen_version")
                .trim(),
            "1"
        );
        project.ok(&["check"]);
    }
}

#[test]
fn e_06_two_upgrades_in_two_threads_do_not_know_of_each_other() {
    thread::scope(|scope| {
        for server in servers() {
            scope.spawn(move || {
                let project = Project::new(
                    server,
                    "create table a (x int);",
                    "create table a (x int, y int);",
                );
                project.ok(&["revision", "-m", "wider"]);
                project.ok(&["upgrade"]);
                project.ok(&["check"]);
            });
        }
    });
}
