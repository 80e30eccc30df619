//! Runs that are stopped, killed, doubled, or lose their server.

use super::{has_table, ledger, servers, wait_for_statement, wait_until};
use crate::{
    program::Program,
    refusal::says,
    server::{self, Database, Server},
};
use std::time::{Duration, Instant};

/// Two scripts, of which the second can be held up by an advisory lock of the test.
fn with_a_gate(url: &str) -> Program {
    let program = Program::on(url);
    program.script_of(
        "a1",
        "",
        &["CREATE TABLE t (a integer); INSERT INTO t VALUES (1)"],
        &["DROP TABLE t"],
    );
    program.script_of(
        "b2",
        "a1",
        &[
            "ALTER TABLE t ADD COLUMN b integer DEFAULT 7",
            "SELECT pg_advisory_xact_lock(42)",
            "ALTER TABLE t ADD COLUMN c integer",
        ],
        &["ALTER TABLE t DROP COLUMN b, DROP COLUMN c"],
    );
    program
}

fn columns(database: &Database) -> String {
    database.sql(
        "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped",
    )
}

#[track_caller]
fn is_at_the_first(database: &Database) {
    assert_eq!(columns(database), "a\n");
    assert_eq!(ledger(database), "a1\na1|upgrade|2|2|t|f\n");
}

#[track_caller]
fn completes(program: &Program, database: &Database) {
    program.run(&["upgrade"]).ok();
    assert_eq!(columns(database), "a,b,c\n");
    assert_eq!(database.sql("SELECT * FROM t"), "1|7|\n");
}

#[test]
fn an_upgrade_that_is_told_to_stop_or_killed_never_was() {
    for server in servers() {
        let database = server.database("stopped");
        let program = with_a_gate(&database.url());
        program.run(&["upgrade", "a1"]).ok();
        let mut gate = server::Session::new(&database);
        gate.run("SELECT pg_advisory_lock(42)");

        let run = program.start(&["upgrade"]);
        wait_for_statement(&database, "pg_advisory_xact_lock");
        let asked = Instant::now();
        run.interrupt();
        says(
            &run.wait().with_code(1),
            &["interrupted in", "nothing of it is left"],
        );
        assert!(asked.elapsed() < Duration::from_secs(5));
        is_at_the_first(&database);

        let run = program.start(&["upgrade"]);
        wait_for_statement(&database, "pg_advisory_xact_lock");
        run.kill();
        // The server notices within a second, and all that the process held is free again.
        wait_until(
            &database,
            &format!(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'autogen' AND datname = '{}'",
                database.name
            ),
            "0",
        );
        is_at_the_first(&database);
        gate.run("SELECT pg_advisory_unlock(42)");
        completes(&program, &database);
    }
}

/// Three scripts, the second of which fails behind its first statement.
fn with_a_fault(url: &str) -> Program {
    let program = Program::on(url);
    program.script_of("a1", "", &["CREATE TABLE t (a integer)"], &["DROP TABLE t"]);
    program.script_of(
        "b2",
        "a1",
        &[
            "ALTER TABLE t ADD COLUMN b integer",
            "INSERT INTO nowhere VALUES (1)",
        ],
        &["ALTER TABLE t DROP COLUMN b"],
    );
    program.script_of(
        "c3",
        "b2",
        &[
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "ALTER TABLE t ADD COLUMN c integer",
        ],
        &["ALTER TABLE t DROP COLUMN c", "DROP INDEX CONCURRENTLY i"],
    );
    program
}

#[test]
fn e_01_each_script_is_a_transaction_and_a_failed_one_takes_only_itself_back() {
    for server in servers() {
        let database = server.database("matrix");
        let program = with_a_fault(&database.url());
        // Offline: what is outside of every transaction stands between two.
        let sql = program.run(&["upgrade", "--dry-run"]).ok().stdout;
        let transactions: Vec<&str> = sql
            .lines()
            .filter(|line| ["BEGIN;", "COMMIT;"].contains(line) || line.starts_with("CREATE INDEX"))
            .collect();
        assert_eq!(
            transactions,
            [
                "BEGIN;",
                "COMMIT;",
                "BEGIN;",
                "COMMIT;",
                "CREATE INDEX CONCURRENTLY i ON t (a);",
                "BEGIN;",
                "COMMIT;",
            ],
            "{sql}"
        );
        // Live: the first script stays, the second never was, the third is not begun.
        says(&program.run(&["upgrade"]).with_code(1), &["nowhere"]);
        assert_eq!(columns(&database), "a\n");
        assert_eq!(ledger(&database), "a1\na1|upgrade|1|1|t|f\n");
        database.sql("CREATE TABLE nowhere (a integer)");
        program.run(&["upgrade"]).ok();
        assert_eq!(columns(&database), "a,b,c\n");
        program.run(&["downgrade", "base"]).ok();
        assert!(!has_table(&database, "t"));
    }
}

#[test]
fn e_03_two_upgrades_at_once_share_the_scripts() {
    for server in servers() {
        let database = server.database("two");
        let program = with_a_gate(&database.url());
        for _ in 0..3 {
            let runs = [program.start(&["upgrade"]), program.start(&["upgrade"])].map(|run| run.wait().ok());
            let applied: usize = runs
                .iter()
                .map(|run| run.stderr.matches("applied ").count())
                .sum();
            assert_eq!(applied, 2, "{runs:?}");
            assert_eq!(columns(&database), "a,b,c\n");
            program.run(&["downgrade", "base"]).ok();
            assert!(!has_table(&database, "t"));
            database.sql("DROP TABLE autogen_version, autogen_history");
        }
    }
}

#[test]
fn who_waits_too_long_hears_for_whom() {
    for server in servers() {
        let database = server.database("waits");
        let program = with_a_gate(&database.url());
        let mut gate = server::Session::new(&database);
        gate.run("SELECT pg_advisory_lock(42)");
        let first = program.start(&["upgrade"]);
        wait_for_statement(&database, "pg_advisory_xact_lock");
        super::append(&program, "lock_timeout = \"500ms\"");
        let second = program.run(&["upgrade"]).with_code(1);
        says(
            &second,
            &[
                "another migrator is at work",
                "it is process ",
                "pg_terminate_backend(",
                "`lock_timeout`",
            ],
        );
        gate.run("SELECT pg_advisory_unlock(42)");
        first.wait().ok();
        assert_eq!(columns(&database), "a,b,c\n");
    }
}

#[test]
fn a_server_that_restarts_takes_the_script_back_and_the_next_run_completes() {
    for installation in server::installations() {
        let mut server = Server::start(&installation);
        server.sql("postgres", "CREATE DATABASE shop");
        let program = with_a_gate(&server.url("shop"));
        program.run(&["upgrade", "a1"]).ok();
        program.script_of(
            "b2",
            "a1",
            &[
                "ALTER TABLE t ADD COLUMN b integer DEFAULT 7",
                "SELECT pg_sleep(60)",
                "ALTER TABLE t ADD COLUMN c integer",
            ],
            &[],
        );
        let run = program.start(&["upgrade"]);
        let deadline = Instant::now() + Duration::from_secs(30);
        while server.sql("shop", "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND application_name = 'autogen'") != "1\n" {
            assert!(Instant::now() < deadline);
        }
        server.restart();
        says(&run.wait().with_code(1), &["was lost", "rolled back"]);
        let state = server.sql("shop", "SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0; SELECT version_num FROM autogen_version");
        assert_eq!(state, "1\na1\n");
        program.script_of("b2", "a1", &["ALTER TABLE t ADD COLUMN b integer DEFAULT 7"], &[]);
        program.run(&["upgrade"]).ok();
        assert_eq!(
            server.sql("shop", "SELECT * FROM t; SELECT version_num FROM autogen_version"),
            "1|7\nb2\n"
        );
    }
}

#[test]
fn an_error_shows_its_place_and_leaves_nothing() {
    for server in servers() {
        let database = server.database("error");
        let program = Program::on(&database.url());
        program.script_of(
            "a1",
            "",
            &[
                "CREATE TABLE t (a integer)",
                "INSERT INTO t\n  SELECT é FROM (VALUES (1)) AS v (é);\nINSERT INTO t\n  VALUES (nothing)",
            ],
            &[],
        );
        let run = program.run(&["upgrade"]).with_code(1);
        says(
            &run,
            &["a1", "column \"nothing\" does not exist", "VALUES (nothing)"],
        );
        assert!(!has_table(&database, "t") && !has_table(&database, "autogen_version"));
        program.script_of(
            "a1",
            "",
            &[
                "CREATE TABLE t (a integer UNIQUE)",
                "INSERT INTO t VALUES (1), (1)",
            ],
            &[],
        );
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["duplicate key value", "Key (a)=(1) already exists"]);
        assert!(!has_table(&database, "t"));
        for sql in ["COPY pg_class TO STDOUT", "DO $$ BEGIN COMMIT; END $$"] {
            program.script_of("a1", "", &["CREATE TABLE t (a integer)", sql], &[]);
            program.run(&["upgrade"]).with_code(1);
            assert!(!has_table(&database, "t"), "{sql}");
        }
    }
}

#[test]
fn rows_that_contradict_are_counted_before_anything_is_done() {
    for server in servers() {
        let database = server.database("guards");
        let program = Program::on(&database.url());
        program.script_of(
            "a1",
            "",
            &["CREATE TABLE t (a integer, b integer); INSERT INTO t VALUES (0, NULL), (0, 1), (1, NULL)"],
            &[],
        );
        program.run(&["upgrade"]).ok();
        program.script_calling(
            "b2",
            "a1",
            "    op.alter_table(\"t\").alter_column(\"b\", integer().set_not_null());\n",
            "",
        );
        says(
            &program.run(&["upgrade"]).with_code(1),
            &["rows contradict", "2 rows"],
        );
        // A question that the server cannot answer does no harm; the statement itself hears the server's own words.
        program.script_calling(
            "b2",
            "a1",
            "    op.create_index(\"ux\").on(\"t\", [expr(\"1 / a\")]).unique();\n",
            "",
        );
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["division by zero"]);
        assert!(!run.stderr.contains("aborted"), "{}", run.stderr);
    }
}

#[test]
fn the_ledger_may_be_in_a_namespace_of_its_own() {
    for server in servers() {
        let database = server.database("namespaced");
        let program = with_a_gate(&database.url());
        super::append(&program, "version_table = \"ops.autogen_version\"");
        says(
            &program.run(&["upgrade"]).with_code(1),
            &["schema \"ops\" does not exist"],
        );
        database.sql("CREATE SCHEMA ops");
        program.run(&["upgrade"]).ok();
        program.run(&["downgrade", "-1"]).ok();
        assert_eq!(
            database
                .sql("SELECT version_num FROM ops.autogen_version; SELECT count(*) FROM ops.autogen_history"),
            "a1\n3\n"
        );
        assert!(!has_table(&database, "autogen_version"));
    }
}
