//! PostgreSQL, where a script is one transaction.

use super::{STATEMENTS, counted, strs, tables, wait_until};
use crate::{
    program::Program,
    server::{self, Database, Session},
};

fn state(database: &Database) -> String {
    database.sql(
        "SELECT attrelid::regclass, attname, atttypid::regtype FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
         AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'autogen%') ORDER BY 1::text, attnum;
         SELECT n FROM counted; SELECT version_num FROM autogen_version",
    )
}

#[test]
fn an_upgrade_that_was_killed_anywhere_is_rolled_back_and_then_complete() {
    for server in server::postgres() {
        for (at, statement) in STATEMENTS.iter().enumerate() {
            let database = server.database("killed");
            let program = Program::on(&database.url());
            program.script_of("a1", "", &strs(&tables()), &[]);
            program.script_of("b2", "a1", &strs(&counted(&STATEMENTS)), &[]);
            program.run(&["upgrade", "a1"]).ok();
            let before = state(&database);
            let mut gate = Session::new(&database);
            gate.run(&format!("BEGIN; LOCK TABLE g{} IN ROW EXCLUSIVE MODE", at + 1));
            let run = program.start(&["upgrade"]);
            let waits = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock'",
                database.name
            );
            wait_until("the statement waits", || database.sql(&waits) == "1\n");
            run.kill();
            gate.run("ROLLBACK");
            let others = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND application_name = 'autogen'",
                database.name
            );
            wait_until("the session is gone", || database.sql(&others) == "0\n");
            assert_eq!(state(&database), before, "{statement}");
            program.run(&["upgrade"]).ok();
            let after = state(&database);
            assert!(after.ends_with(&format!("{}\nb2\n", STATEMENTS.len())), "{after}");
        }
    }
}
