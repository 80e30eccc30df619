//! MySQL and MariaDB, where every statement that changes the schema commits by itself.

use super::{BACK, STATEMENTS, counted, strs, tables, wait_until};
use crate::{
    program::{Program, Running},
    server::mysql::{Database, Server, Session, servers},
};

/// Where a run is killed, seen from the statement that is held up.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The server drops the statement with the session.
    Before,
    /// The server carries the statement out, and nobody hears of it.
    During,
    /// The statement is done, and it is not written down.
    Behind,
}

const MOMENTS: [Moment; 3] = [Moment::Before, Moment::During, Moment::Behind];

fn project(database: &Database) -> Program {
    let program = Program::on(&database.url());
    program.script_of("a1", "", &strs(&tables()), &[]);
    let (up, down) = (counted(&STATEMENTS), counted(&BACK));
    program.script_of("b2", "a1", &strs(&up), &strs(&down));
    program.run(&["upgrade", "a1"]).ok();
    program
}

/// Everything but the ledger.
fn state(database: &Database) -> String {
    let tables = database.sql(
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_KEY FROM information_schema.COLUMNS
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'autogen%' ORDER BY 1, ORDINAL_POSITION;
         SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'autogen%' ORDER BY 1, 2, SEQ_IN_INDEX",
    );
    let counted = database.sql("SELECT n FROM counted; SELECT version_num FROM autogen_version");
    format!("{tables}{counted}")
}

fn waiting(database: &Database, for_what: &str) -> Option<String> {
    let sessions = database.server.sql(
        "mysql",
        &format!(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '{}' AND ({for_what})",
            database.name
        ),
    );
    sessions.lines().next().map(str::to_owned)
}

const METADATA_LOCK: &str = "STATE LIKE 'Waiting for table metadata lock%'";
const LEDGER: &str = "INFO LIKE 'UPDATE %autogen_history%'";

/// Starts a run that comes to stand at the statement that needs `table`, and kills it there at that moment.
fn kill(program: &Program, database: &Database, args: &[&str], table: &str, moment: Moment) {
    let mut gate = Session::new(database);
    gate.run(&format!("BEGIN; SELECT * FROM {table}"));
    let run = program.start(args);
    let mut session = String::new();
    wait_until("the statement waits", || {
        session = waiting(database, METADATA_LOCK).unwrap_or_default();
        !session.is_empty()
    });
    end(run, database, gate, &session, moment);
    // Only now the server has let go of all that the run held.
    wait_until("the session is gone", || {
        waiting(database, &format!("ID = {session}")).is_none()
    });
}

fn end(run: Running, database: &Database, mut gate: Session, session: &str, moment: Moment) {
    match moment {
        Moment::Before => {
            run.kill();
            end_session(database, session);
            drop(gate);
        }
        Moment::During => {
            run.kill();
            gate.run("ROLLBACK");
        }
        Moment::Behind => {
            let mut ledger = Session::new(database);
            ledger.run("BEGIN; SELECT id FROM autogen_history FOR UPDATE");
            gate.run("ROLLBACK");
            wait_until("the ledger waits", || waiting(database, LEDGER).is_some());
            run.kill();
            end_session(database, session);
            drop(ledger);
        }
    }
}

/// Ends what waits, and comes back when it waits no more: else it may still get what it waited for.
fn end_session(database: &Database, session: &str) {
    database.server.sql("mysql", &format!("KILL {session}"));
    wait_until("the session is gone", || {
        waiting(database, &format!("ID = {session}")).is_none()
    });
}

/// The names of the tables that the statements need, in order.
fn needed(statements: &[&str]) -> Vec<String> {
    let is_table = |word: &&str| {
        let mut chars = word.chars();
        matches!(chars.next(), Some('g' | 'h')) && chars.all(|c| c.is_ascii_digit())
    };
    statements
        .iter()
        .map(|sql| sql.split_whitespace().find(is_table).unwrap().to_owned())
        .collect()
}

/// What an upgrade that nobody disturbs comes to.
fn wanted(server: &'static Server) -> (String, String) {
    let database = server.database("wanted");
    let program = project(&database);
    let before = state(&database);
    program.run(&["upgrade"]).ok();
    (before, state(&database))
}

#[test]
fn an_upgrade_that_was_killed_anywhere_goes_on_by_itself() {
    for server in servers() {
        let (_, wanted) = wanted(server);
        for (at, table) in needed(&STATEMENTS).iter().enumerate() {
            for moment in MOMENTS {
                let database = server.database("killed");
                let program = project(&database);
                kill(&program, &database, &["upgrade"], table, moment);
                let run = program.run(&["upgrade"]).ok();
                let place = format!(
                    "{} {moment:?} {}: {}",
                    server.engine(),
                    STATEMENTS[at],
                    run.stderr
                );
                assert_eq!(state(&database), wanted, "{place}");
                let effect = match moment {
                    Moment::Before => "did not take effect",
                    Moment::During | Moment::Behind => "took effect",
                };
                let number = format!("statement {} of ", at * 2 + 1);
                assert!(run.stderr.contains(&number), "{place}");
                assert!(run.stderr.contains(&format!(", and {effect}: ")), "{place}");
                assert!(run.stderr.contains(STATEMENTS[at]), "{place}");
            }
        }
    }
}

#[test]
fn a_downgrade_that_was_killed_anywhere_goes_on_by_itself() {
    for server in servers() {
        for (at, table) in needed(&BACK).iter().enumerate() {
            // `CREATE TABLE` has nothing to wait for.
            if BACK[at].starts_with("CREATE TABLE") {
                continue;
            }
            let moment = MOMENTS[at % MOMENTS.len()];
            let database = server.database("killed");
            let program = project(&database);
            program.run(&["upgrade"]).ok();
            kill(&program, &database, &["downgrade", "-1"], table, moment);
            let run = program.run(&["downgrade", "a1"]).ok();
            let place = format!("{} {moment:?} {}: {}", server.engine(), BACK[at], run.stderr);
            let twice = format!("{}\na1\n", STATEMENTS.len() * 2);
            assert!(
                state(&database).ends_with(&twice),
                "{place}\n{}",
                state(&database)
            );
            assert!(!state(&database).contains("h4"), "{place}");
            program.run(&["upgrade"]).ok();
        }
    }
}

/// A script of directives that can be reversed by themselves.
const DIRECTIVES: &str = r#"
    op.alter_table("g1").add_column("c", int());
    op.create_index("ix").on("g2", ["b"]);
    op.alter_table("g5").add_column("c", int()).add_column("d", int());
    op.alter_table("g6").alter_column("b", int().to(bigint()));
"#;
const DIRECTIVES_BACK: &str = r#"
    op.alter_table("g6").alter_column("b", bigint().to(int()));
    op.alter_table("g5").drop_column("d", int()).drop_column("c", int());
    op.drop_index("ix").on("g2", ["b"]);
    op.alter_table("g1").drop_column("c", int());
"#;

#[test]
fn what_was_done_of_a_killed_upgrade_can_be_taken_back() {
    for server in servers() {
        for moment in MOMENTS {
            let database = server.database("back");
            let program = Program::on(&database.url());
            program.script_of("a1", "", &strs(&tables()), &[]);
            program.script_calling("b2", "a1", DIRECTIVES, DIRECTIVES_BACK);
            program.run(&["upgrade", "a1"]).ok();
            let before = state(&database);
            kill(&program, &database, &["upgrade"], "g5", moment);
            let half = program.run(&["current"]).ok();
            assert!(half.stderr.contains("is half done: "), "{}", half.stderr);
            let run = program.run(&["downgrade", "-1"]).ok();
            assert_eq!(
                state(&database),
                before,
                "{} {moment:?}: {}",
                server.engine(),
                run.stderr
            );
            program.run(&["upgrade"]).ok();
            program.run(&["downgrade", "-1"]).ok();
            assert_eq!(state(&database), before, "{} {moment:?}", server.engine());
        }
    }
}

/// A script that makes its session read SQL otherwise: by an object that says in which mode it is to be read, and by a statement of its own.
const IN_MODES: &str = r#"
    op.create_object("trigger", "tr", "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\nCREATE TRIGGER \"tr\" BEFORE INSERT ON \"g1\" FOR EACH ROW SET NEW.\"t\" = 'a\\'").on("g1");
    op.execute("UPDATE counted SET n = n + 1");
    op.execute("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
    op.execute("ALTER TABLE \"g2\" ADD COLUMN \"c\" varchar(20) DEFAULT 'b\\', COMMENT 'it''s\n\\'");
    op.execute("UPDATE counted SET n = n + 1");
    op.alter_table("g3").add_column("c", varchar(20).default("'c'"));
    op.execute("SET sql_mode = DEFAULT");
"#;
const IN_MODES_BACK: &str = r#"
    op.alter_table("g3").drop_column("c", varchar(20).default("'c'"));
    op.execute("SET sql_mode = 'ANSI_QUOTES'");
    op.execute("ALTER TABLE \"g2\" DROP COLUMN \"c\", COMMENT ''");
    op.execute("SET sql_mode = DEFAULT");
    op.drop_object("trigger", "tr", "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\nCREATE TRIGGER \"tr\" BEFORE INSERT ON \"g1\" FOR EACH ROW SET NEW.\"t\" = 'a\\'").on("g1");
"#;

/// What those scripts change, with the mode that the trigger is read in.
fn state_in_modes(database: &Database) -> String {
    database.sql(
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT FROM information_schema.COLUMNS
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'autogen%' ORDER BY 1, ORDINAL_POSITION;
         SELECT ACTION_STATEMENT, SQL_MODE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
         SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'g2';
         SELECT n FROM counted",
    )
}

#[test]
fn a_run_that_was_killed_in_a_mode_of_its_own_goes_on_in_that_mode() {
    for server in servers() {
        let project = |name: &str| {
            let database = server.database(name);
            let program = Program::on(&database.url());
            let tables = [
                "CREATE TABLE g1 (a int, t varchar(9))",
                "CREATE TABLE g2 (a int)",
                "CREATE TABLE g3 (a int)",
                "CREATE TABLE counted (n int)",
                "INSERT INTO counted VALUES (0)",
            ];
            program.script_of("a1", "", &tables, &[]);
            program.script_calling("b2", "a1", IN_MODES, IN_MODES_BACK);
            program.run(&["upgrade", "a1"]).ok();
            (database, program)
        };
        let (database, program) = project("modes");
        let before = state_in_modes(&database);
        program.run(&["upgrade"]).ok();
        let wanted = state_in_modes(&database);
        assert!(wanted.contains("'a\\'"), "{wanted}");
        program.run(&["downgrade", "a1"]).ok();
        assert_eq!(state_in_modes(&database), before.replace("\n0\n", "\n2\n"));
        for table in ["g1", "g2", "g3"] {
            for moment in MOMENTS {
                let (database, program) = project("modes");
                kill(&program, &database, &["upgrade"], table, moment);
                let run = program.run(&["upgrade"]).ok();
                let place = format!("{} {moment:?} {table}: {}", server.engine(), run.stderr);
                assert_eq!(state_in_modes(&database), wanted, "{place}");
                let effect = match moment {
                    Moment::Before => "did not take effect",
                    Moment::During | Moment::Behind => "took effect",
                };
                assert!(run.stderr.contains(&format!(", and {effect}: ")), "{place}");
                kill(&program, &database, &["downgrade", "a1"], table, moment);
                program.run(&["downgrade", "a1"]).ok();
                assert_eq!(
                    state_in_modes(&database),
                    before.replace("\n0\n", "\n2\n"),
                    "{place}"
                );
            }
        }
    }
}

#[test]
fn what_leaves_no_trace_is_for_somebody_to_say() {
    for server in servers() {
        for (word, rows) in [("done", "1"), ("again", "2")] {
            let database = server.database("doubt");
            let program = Program::on(&database.url());
            program.script_of(
                "a1",
                "",
                &[
                    "CREATE TABLE t (a int)",
                    "CREATE TABLE gate (a int)",
                    "CREATE PROCEDURE p() BEGIN INSERT INTO t (a) VALUES (1); COMMIT; TRUNCATE gate; END",
                ],
                &["DROP PROCEDURE p", "DROP TABLE t, gate"],
            );
            program.script_of(
                "b2",
                "a1",
                &["ALTER TABLE t ADD b int", "CALL p()", "ALTER TABLE t ADD c int"],
                &[],
            );
            program.run(&["upgrade", "a1"]).ok();
            kill(&program, &database, &["upgrade"], "gate", Moment::During);
            assert_eq!(database.sql("SELECT count(*) FROM t"), "1\n");
            for args in [&["upgrade"][..], &["downgrade", "-1"]] {
                let run = program.run(args).with_code(1);
                assert!(
                    run.stderr.contains("statement 2 of 2 of its upgrade is in doubt"),
                    "{}",
                    run.stderr
                );
                let command = args[0];
                for word in ["done", "again"] {
                    let settles = format!("--in-doubt {word}");
                    let hint = run.stderr.lines().find(|line| line.contains(&settles));
                    assert!(hint.is_some_and(|line| line.contains(command)), "{}", run.stderr);
                }
            }
            let run = program.run(&["upgrade", "--in-doubt", word]).ok();
            assert_eq!(
                database.sql("SELECT count(*), count(c) FROM t"),
                format!("{rows}\t0\n"),
                "{}",
                run.stderr
            );
            assert_eq!(database.sql("SELECT version_num FROM autogen_version"), "b2\n");
        }
    }
}

#[test]
fn a_statement_that_is_refused_leaves_a_state_from_which_both_ways_lead() {
    for server in servers() {
        let database = server.database("refused");
        let program = Program::on(&database.url());
        program.script_of("a1", "", &strs(&tables()), &[]);
        program.script_calling(
            "b2",
            "a1",
            "    op.alter_table(\"g1\").add_column(\"c\", int());\n    op.execute(\"UPDATE counted SET n = n + 1\");\n    op.execute(\"CREATE UNIQUE INDEX u ON g2 (b)\");\n",
            "    op.execute(\"DROP INDEX u ON g2\");\n    op.alter_table(\"g1\").drop_column(\"c\", int());\n",
        );
        program.run(&["upgrade", "a1"]).ok();
        database.sql("INSERT INTO g2 VALUES (2, 1)");
        let before = state(&database);
        for _ in 0..2 {
            let run = program.run(&["upgrade"]).with_code(1);
            assert!(
                run.stderr.contains("2 of 3 statements have run and stay"),
                "{}",
                run.stderr
            );
        }
        assert_eq!(database.sql("SELECT n FROM counted"), "1\n");
        database.sql("UPDATE g2 SET b = a");
        let run = program.run(&["upgrade"]).ok();
        assert!(!run.stderr.contains("doubt"), "{}", run.stderr);
        assert_eq!(database.sql("SELECT n FROM counted"), "1\n");
        program.run(&["downgrade", "-1"]).ok();
        assert_ne!(state(&database), before);
        database.sql("UPDATE counted SET n = 0");
        assert_eq!(state(&database), before);
    }
}
