//! Scripts that cannot be one transaction, cut off anywhere.

use super::{has_table, ledger, servers, wait_for_statement, wait_until};
use crate::{program::Program, refusal::says, server::Database};

/// A table with rows, and a script that builds an index on it beside the transaction.
fn with_an_index(database: &Database) -> Program {
    let program = Program::on(&database.url());
    program.script_of(
        "a1",
        "",
        &["CREATE TABLE t (a integer, b text); INSERT INTO t SELECT n, 'x' FROM generate_series(1, 100) AS n"],
        &["DROP TABLE t"],
    );
    program.script_of(
        "b2",
        "a1",
        &[
            "ALTER TABLE t ADD COLUMN c integer",
            "CREATE UNIQUE INDEX CONCURRENTLY ux ON public.t (a)",
            "ALTER TABLE t ADD COLUMN d integer",
        ],
        &[
            "DROP INDEX CONCURRENTLY ux",
            "ALTER TABLE t DROP COLUMN d",
            "ALTER TABLE t DROP COLUMN c",
        ],
    );
    program.run(&["upgrade", "a1"]).ok();
    program
}

fn state(database: &Database) -> String {
    database.sql(
        "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped;
         SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1",
    )
}

const DONE: &str = "a,b,c,d\nux|t\n";

#[test]
fn e_02_a_dry_run_shows_the_segments() {
    for server in servers() {
        let database = server.database("dry");
        let program = with_an_index(&database);
        let run = program.run(&["upgrade", "--dry-run"]).ok();
        let words: Vec<&str> = run
            .stdout
            .lines()
            .filter(|line| !line.starts_with("--") && !line.is_empty())
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        let expected = "BEGIN; ALTER COMMIT; CREATE BEGIN; ALTER UPDATE INSERT COMMIT;";
        assert_eq!(words.join(" "), expected, "{}", run.stdout);
        let run = program.run(&["upgrade", "--dry-run", "--format", "json"]).ok();
        let transactions: Vec<bool> = run.json()["scripts"][0]["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|segment| segment["transaction"].as_bool().unwrap())
            .collect();
        assert_eq!(transactions, [true, false, true]);
    }
}

#[test]
fn e_02_a_script_in_segments_goes_up_and_down() {
    for server in servers() {
        let database = server.database("segments");
        let program = with_an_index(&database);
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), DONE);
        assert_eq!(ledger(&database), "b2\na1|upgrade|2|2|t|f\nb2|upgrade|3|3|t|f\n");
        program.run(&["downgrade", "a1"]).ok();
        assert_eq!(state(&database), "a,b\n");
        assert_eq!(
            ledger(&database),
            "a1\na1|upgrade|2|2|t|f\nb2|upgrade|3|3|t|f\nb2|downgrade|3|3|t|f\n"
        );
    }
}

#[test]
fn e_02_a_script_with_a_transaction_of_its_own_is_refused() {
    for server in servers() {
        let database = server.database("own");
        let program = Program::on(&database.url());
        let statements = ["BEGIN", "CREATE INDEX CONCURRENTLY i ON t (a)", "COMMIT"];
        program.script_of("a1", "", &statements, &["SELECT 1"]);
        for arguments in [&["upgrade"][..], &["upgrade", "--dry-run"]] {
            says(&program.run(arguments).with_code(1), &["BEGIN in a script"]);
        }
    }
}

#[test]
fn a_failed_build_is_cleared_away_and_the_next_run_goes_on() {
    for server in servers() {
        let database = server.database("failed");
        let program = with_an_index(&database);
        database.sql("INSERT INTO t VALUES (1, 'twice')");
        let run = program.run(&["upgrade"]).with_code(1);
        says(
            &run,
            &[
                "could not create unique index",
                "Key (a)=(1) is duplicated",
                "1 of ",
                "have run and stay",
                "`autogen downgrade`",
            ],
        );
        assert_eq!(state(&database), "a,b,c\n");
        let half = ledger(&database);
        assert!(
            half.contains("b2|upgrade|1|") && half.ends_with("|f|t\n"),
            "{half}"
        );
        says(&program.run(&["current"]).ok(), &["b2", "is half done"]);
        says(
            &program.run(&["upgrade", "--dry-run"]).with_code(3),
            &["half done"],
        );

        program.run(&["upgrade"]).with_code(1);
        database.sql("DELETE FROM t WHERE b = 'twice'");
        says(&program.run(&["upgrade"]).ok(), &["goes on: 1 of ", "applied b2"]);
        assert_eq!(state(&database), DONE);
        assert_eq!(ledger(&database), "b2\na1|upgrade|2|2|t|f\nb2|upgrade|3|3|t|f\n");
    }
}

#[test]
fn nothing_is_left_when_the_first_statement_fails() {
    for server in servers() {
        let database = server.database("first");
        let program = with_an_index(&database);
        let before = (state(&database), ledger(&database));
        program.script_of(
            "b2",
            "a1",
            &["CREATE UNIQUE INDEX CONCURRENTLY ux ON public.t (b)"],
            &[],
        );
        says(
            &program.run(&["upgrade"]).with_code(1),
            &["could not create unique index"],
        );
        assert_eq!((state(&database), ledger(&database)), before);
        program.script_of(
            "b2",
            "a1",
            &["VACUUM t", "CREATE INDEX CONCURRENTLY ux ON t (b)"],
            &[],
        );
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), "a,b\nux|t\n");
    }
}

#[test]
fn a_killed_build_is_found_and_repaired() {
    for server in servers() {
        let database = server.database("killed");
        let program = with_an_index(&database);
        program.script_of(
            "b2",
            "a1",
            &[
                "CREATE TABLE u (a integer)",
                "CREATE UNIQUE INDEX CONCURRENTLY ux ON public.t (a)",
                "DROP TABLE u",
            ],
            &[],
        );
        // A build waits for every transaction that is older, for as long as it takes.
        let mut other = super::Session::new(&database);
        other.run("BEGIN; INSERT INTO t VALUES (1000, 'open')");
        super::append(&program, "lock_timeout = \"1s\"");
        let first = program.start(&["upgrade", "b2"]);
        wait_for_statement(&database, "CONCURRENTLY");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        wait_for_statement(&database, "CONCURRENTLY");
        first.kill();
        wait_until(
            &database,
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE%' AND state = 'active'",
            "0",
        );
        other.run("COMMIT");
        assert_eq!(state(&database), "a,b\nux|f\n");
        assert!(has_table(&database, "u"));
        says(&program.run(&["upgrade"]).ok(), &["goes on: 1 of "]);
        assert_eq!(state(&database), "a,b\nux|t\n");
        assert!(!has_table(&database, "u"));
        assert_eq!(ledger(&database), "b2\na1|upgrade|2|2|t|f\nb2|upgrade|3|3|t|f\n");
    }
}

#[test]
fn an_interrupted_build_ends_at_once_and_the_next_run_completes() {
    for server in servers() {
        let database = server.database("interrupted");
        let program = with_an_index(&database);
        let mut other = super::Session::new(&database);
        other.run("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE");
        program.script_of(
            "b2",
            "a1",
            &[
                "CREATE TABLE u (a integer)",
                "CREATE UNIQUE INDEX CONCURRENTLY ux ON public.t (a)",
            ],
            &["DROP INDEX ux", "DROP TABLE u"],
        );
        let run = program.start(&["upgrade"]);
        wait_for_statement(&database, "CONCURRENTLY");
        run.interrupt();
        says(&run.wait().with_code(1), &["interrupted in", "have run and stay"]);
        other.run("COMMIT");
        assert!(has_table(&database, "u"));
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), "a,b\nux|t\n");
    }
}

#[test]
fn what_was_finished_without_anybody_left_to_write_it_down_is_not_done_twice() {
    for server in servers() {
        let database = server.database("doubt");
        let program = with_an_index(&database);
        database.sql("INSERT INTO t VALUES (1, 'twice')");
        program.run(&["upgrade"]).with_code(1);
        // As if the process had been killed between the end of the build and its line in the ledger.
        database.sql("DELETE FROM t WHERE b = 'twice'; CREATE UNIQUE INDEX ux ON t (a)");
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), DONE);
    }
}

#[test]
fn a_script_that_was_changed_while_half_done_is_not_guessed_at() {
    for server in servers() {
        let database = server.database("changed");
        let program = with_an_index(&database);
        database.sql("INSERT INTO t VALUES (1, 'twice')");
        program.run(&["upgrade"]).with_code(1);
        program.script_of("b2", "a1", &["ALTER TABLE t ADD COLUMN e integer"], &[]);
        says(
            &program.run(&["upgrade"]).with_code(3),
            &["was changed while it was half done", "autogen stamp"],
        );
        says(
            &program.run(&["downgrade", "base"]).with_code(3),
            &["was changed while it was half done"],
        );
        // Whoever says where the database is has seen to it.
        database.sql("ALTER TABLE t DROP COLUMN c");
        program.run(&["stamp", "a1"]).ok();
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), "a,b,e\n");
    }
}

#[test]
fn what_is_half_done_can_be_taken_back() {
    for server in servers() {
        let database = server.database("back");
        let program = Program::on(&database.url());
        program.script_of(
            "a1",
            "",
            &["CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1)"],
            &["DROP TABLE t"],
        );
        program.script_calling(
            "b2",
            "a1",
            "    op.create_table(\"u\").column(\"a\", integer());\n    op.alter_table(\"t\").add_column(\"b\", integer());\n    op.execute(\"VACUUM\");\n    op.execute(\"CREATE UNIQUE INDEX CONCURRENTLY ux ON t (a)\");\n",
            "    op.alter_table(\"t\").drop_column(\"b\", integer());\n    op.drop_table(\"u\").column(\"a\", integer());\n",
        );
        program.run(&["upgrade"]).with_code(1);
        // SQL of the user's own has run: nobody knows what takes it back.
        says(
            &program.run(&["downgrade", "-1"]).with_code(3),
            &["cannot be taken back", "op.execute"],
        );

        program.run(&["stamp", "b2"]).ok();
        program.run(&["downgrade", "a1"]).ok();
        program.script_calling(
            "b2",
            "a1",
            "    op.create_table(\"u\").column(\"a\", integer());\n    op.alter_table(\"t\").add_column(\"b\", integer());\n    op.execute(\"CREATE UNIQUE INDEX CONCURRENTLY ux ON t (a)\");\n",
            "",
        );
        program.run(&["upgrade"]).with_code(1);
        assert!(has_table(&database, "u"));
        says(
            &program.run(&["downgrade", "-1"]).ok(),
            &["is taken back: 2 of ", "took back b2"],
        );
        assert!(!has_table(&database, "u"));
        assert_eq!(state(&database), "a\n");
        assert!(ledger(&database).starts_with("a1\n"));
        database.sql("DELETE FROM t");
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&database), "a,b\nux|t\n");
    }
}
