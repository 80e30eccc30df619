//! SQLite, where a script is one transaction and its journal undoes what a killed process left.

use super::{STATEMENTS, counted, strs, tables, wait_until};
use crate::program::Program;
use std::{thread, time::Duration};

const ROWS: u32 = 60_000;

fn project() -> Program {
    let program = Program::on("sqlite://app.db");
    program.script_of("a1", "", &strs(&tables()), &[]);
    program.script_of("b2", "a1", &strs(&counted(&STATEMENTS)), &[]);
    program.run(&["upgrade", "a1"]).ok();
    for n in 1..=STATEMENTS.len() {
        program.sqlite(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) INSERT INTO g{n} SELECT i, i FROM n"
        ));
    }
    program
}

fn state(program: &Program) -> String {
    program.sqlite("PRAGMA integrity_check; SELECT n FROM counted; SELECT version_num FROM autogen_version")
        + &program.definitions()
}

/// A process of SQLite waits for nobody inside its transaction, so it is killed at times spread over the run.
#[test]
fn an_upgrade_that_was_killed_at_any_time_is_rolled_back_and_then_complete() {
    let program = project();
    let at_first = program.everything();
    let before = state(&program);
    program.run(&["upgrade"]).ok();
    let wanted = state(&program);
    let mut killed_inside = 0;
    for moment in 0..24 {
        for file in program
            .everything()
            .keys()
            .filter(|file| !at_first.contains_key(*file))
        {
            std::fs::remove_file(file).unwrap();
        }
        for (path, content) in &at_first {
            std::fs::write(path, content).unwrap();
        }
        let run = program.start(&["upgrade"]);
        wait_until("it writes, or is done", || {
            program.path("app.db-journal").exists()
                || program.sqlite("SELECT version_num FROM autogen_version") == "b2\n"
        });
        thread::sleep(Duration::from_millis(moment * 4));
        run.kill();
        killed_inside += u32::from(program.path("app.db-journal").exists());
        let now = state(&program);
        assert!(now == before || now == wanted, "after {moment}: {now}");
        program.run(&["upgrade"]).ok();
        assert_eq!(state(&program), wanted, "after {moment}");
    }
    assert!(killed_inside > 0, "it was never killed in the middle");
}
