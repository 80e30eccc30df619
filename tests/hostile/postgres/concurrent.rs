//! Indexes that are built and dropped while others write, from the settings to the server and back.

use super::servers;
use crate::{program::Program, refusal::says, server::Database};

const LIVE: &str = "CREATE TABLE t (a integer, b integer);
    CREATE INDEX t_old ON t (b);
    CREATE TABLE p (a integer) PARTITION BY RANGE (a);
    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
    INSERT INTO t VALUES (1, 0), (2, 1)";

const TARGET: &str = "CREATE TABLE t (a integer, b integer);
    CREATE UNIQUE INDEX t_new ON t (a, (100 / b));
    CREATE TABLE p (a integer) PARTITION BY RANGE (a);
    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
    CREATE INDEX p_new ON p (a);
    CREATE TABLE n (a integer);
    CREATE INDEX n_new ON n (a);";

fn with_a_script(database: &Database) -> Program {
    database.sql(LIVE);
    let program = Program::on(&database.url());
    program.write("schema.sql", TARGET);
    let settings = program.read("autogen.toml");
    program.write("autogen.toml", format!("{settings}concurrent_indexes = true\n"));
    program.run(&["revision", "-m", "indexes"]).ok();
    program
}

fn indexes(database: &Database) -> String {
    database.sql(
        "SELECT c.relname, i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE ANY ('{%old,%new}') ORDER BY 1",
    )
}

#[test]
fn only_indexes_of_plain_tables_that_stay_are_built_beside_the_transaction() {
    for server in servers() {
        let database = server.database("concurrent");
        let program = with_a_script(&database);
        let text = program.read(program.script("indexes"));
        assert_eq!(text.matches(".concurrently()").count(), 4, "{text}");
        let plan = program.run(&["upgrade", "--dry-run"]).ok().stdout;
        let concurrent: Vec<&str> = plan
            .lines()
            .filter(|line| line.contains("CONCURRENTLY"))
            .collect();
        assert_eq!(
            concurrent,
            [
                "DROP INDEX CONCURRENTLY public.t_old;",
                "CREATE UNIQUE INDEX CONCURRENTLY t_new ON public.t (a, ((100 / b)));"
            ]
        );
        database.sql("UPDATE t SET b = 1");
        program.run(&["upgrade"]).ok();
        assert_eq!(indexes(&database), "n_new|t\np_new|t\nt_new|t\n");
        program.run(&["check"]).ok();
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(indexes(&database), "t_old|t\n");
    }
}

#[test]
fn a_build_that_the_rows_end_is_cleared_away_and_done_by_the_next_run() {
    for server in servers() {
        let database = server.database("concurrent");
        let program = with_a_script(&database);
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["division by zero", "have run and stay"]);
        assert!(!indexes(&database).contains("t_new"), "{}", indexes(&database));
        program.run(&["check"]).with_code(3);
        database.sql("UPDATE t SET a = 1, b = 1");
        // Two rows are equal now.
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["t_new", "duplicated"]);
        assert!(!indexes(&database).contains("t_new"), "{}", indexes(&database));
        database.sql("UPDATE t SET a = 2 WHERE ctid = (SELECT min(ctid) FROM t)");
        program.run(&["upgrade"]).ok();
        program.run(&["check"]).ok();
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(indexes(&database), "t_old|t\n");
    }
}
