//! MySQL and MariaDB: servers that are not there, do not let us in, refuse, go away or are set up in their own way.

use crate::{
    program::{Program, Run},
    refusal::{PASSWORD, refused, says},
    server::mysql::{Database, Server, Session, installations, servers},
};
use autogen::Engine;
use std::{net::TcpListener, thread, time::Duration};

fn with_a_script(url: &str) -> Program {
    let program = Program::on(url);
    program.script_of(
        "a1",
        "",
        &["CREATE TABLE t (a int PRIMARY KEY, b text)"],
        &["DROP TABLE t"],
    );
    program
}

/// The database on a server of a test's own, by its name.
fn url_on(server: &Server, database: &str) -> String {
    server.sql("mysql", &format!("CREATE DATABASE {database}"));
    server.url(database)
}

fn make_user(server: &Server, name: &str, rights: &[&str]) {
    server.sql(
        "mysql",
        &format!("CREATE USER {name}@'%' IDENTIFIED BY '{PASSWORD}'"),
    );
    for right in rights {
        server.sql("mysql", &format!("GRANT {right} TO {name}@'%'"));
    }
}

/// Every column and trigger, in short.
fn tables(database: &Database) -> String {
    database.sql(
        "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'autogen%' ORDER BY 1, ORDINAL_POSITION",
    )
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // Something that takes connections and is no MySQL.
    let url = format!("mysql://anna:{PASSWORD}@127.0.0.1:{port}/shop?connect-timeout=1");
    let program = with_a_script(&url);
    let words = ["no answer within 1 seconds", "connect-timeout"];
    refused(&program, &["upgrade"], 1, &words);
    drop(listener);
    for verb in ["upgrade", "current", "check", "inspect"] {
        let place = format!("no connection to 127.0.0.1:{port}");
        refused(&program, &[verb], 1, &[&place, "is the server running"]);
    }
    let program = with_a_script(&format!("mysql://anna:{PASSWORD}@no-such-host.invalid/shop"));
    refused(
        &program,
        &["upgrade"],
        1,
        &["no connection to no-such-host.invalid:3306"],
    );
    for (url, word) in [
        (
            format!("mysql://anna:{PASSWORD}@h/d?ssl-mod=x"),
            "did you mean `ssl-mode`?",
        ),
        (format!("mysql://anna:{PASSWORD}@h"), "the URL names no database"),
        (
            format!("mariadb://anna:{PASSWORD}@h/d?charset=latin1"),
            "the server converts",
        ),
    ] {
        refused(&with_a_script(&url), &["upgrade"], 1, &[word]);
    }
}

#[test]
fn who_is_not_let_in_is_told_why() {
    for server in servers() {
        let database = server.database("closed");
        server.sql(
            "mysql",
            &format!("CREATE USER IF NOT EXISTS closed@'%' IDENTIFIED BY '{PASSWORD}'"),
        );
        let wrong = server.url_as(&format!("closed:{PASSWORD}x"), &database.name);
        let words = [
            "Access denied for user 'closed'",
            "check the user and the password in the URL",
        ];
        refused(&with_a_script(&wrong), &["upgrade"], 1, &words);
        let missing = server.url("nowhere");
        let words = ["Unknown database 'nowhere'", "CREATE DATABASE nowhere"];
        refused(&with_a_script(&missing), &["upgrade"], 1, &words);
        let no_right = server.url_as(&format!("closed:{PASSWORD}"), &database.name);
        refused(
            &with_a_script(&no_right),
            &["upgrade"],
            1,
            &["has no right on it"],
        );
    }
}

#[test]
fn rights_on_one_database_are_enough_except_for_a_scratch() {
    for server in servers() {
        let database = server.database("own");
        let user = format!("own_{}", database.name);
        make_user(server, &user, &[&format!("ALL ON {}.*", database.name)]);
        let program = with_a_script(&server.url_as(&format!("{user}:{PASSWORD}"), &database.name));
        program.run(&["upgrade"]).ok();
        program.run(&["current"]).ok();
        program.run(&["inspect"]).ok();
        program.write("schema.sql", "CREATE TABLE t (a int PRIMARY KEY, b text);");
        refused(&program, &["check"], 1, &["scratch_url"]);
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(tables(&database), "");
    }
}

/// What a database holds, each kind of thing once.
const ALL_KINDS: &str = "CREATE TABLE t (a int PRIMARY KEY, b int);
    CREATE TABLE p (a int PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 2;
    CREATE VIEW v AS SELECT a, 'x' AS lit FROM t;
    CREATE VIEW w AS SELECT a FROM t;
    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1;
    CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 'it''s';
    CREATE PROCEDURE p() SELECT 1;
    CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;";

#[test]
fn what_a_user_may_not_see_is_neither_missing_nor_dropped() {
    const TABLES: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES";
    for server in servers() {
        for more in [
            "",
            ", CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE",
            ", CREATE VIEW, SHOW VIEW, TRIGGER, EVENT",
        ] {
            let database = server.database("limits");
            database.sql(ALL_KINDS);
            let user = format!("limits_{}", database.name);
            let own = format!("{TABLES}{more} ON {}.*", database.name);
            make_user(server, &user, &[&own, "ALL ON `autogen\\_scratch\\_%`.*"]);
            let program = Program::on(&server.url_as(&format!("{user}:{PASSWORD}"), &database.name));
            let kinds = || {
                database.sql(
                    "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
                     UNION ALL SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
                     UNION ALL SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
                     UNION ALL SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()",
                )
            };
            let before = kinds();
            // The same target says them all, or none of what cannot be seen.
            let wider = ALL_KINDS.replace("b int)", "b int, c int)");
            program.write("schema.sql", &wider);
            let run = program.run(&["check"]).with_code(2);
            for word in ["+ column c", ": 1 changed table\n"] {
                assert!(
                    run.stdout.contains(word),
                    "{} {more}: {}",
                    server.engine(),
                    run.stdout
                );
            }
            says(&run, &["cannot be seen"]);
            program.run(&["revision", "-m", "wider"]).ok();
            program.run(&["upgrade"]).ok();
            program.run(&["check"]).ok();
            program.run(&["downgrade", "base"]).ok();
            assert_eq!(kinds(), before, "{} {more}", server.engine());
            // A server of another kind to try targets on takes no right to make databases here.
            let none = format!("none_{}", database.name);
            make_user(server, &none, &[&format!("ALL ON {}.*", database.name)]);
            let program = Program::on(&server.url_as(&format!("{none}:{PASSWORD}"), &database.name));
            program.write("schema.sql", &wider);
            let scratch = format!("scratch_url = \"{}\"\n", server.url("mysql"));
            let config = program.read("autogen.toml") + scratch.trim_start();
            program.write("autogen.toml", config);
            program.run(&["revision", "-m", "wider"]).ok();
            program.run(&["upgrade"]).ok();
            program.run(&["check"]).ok();
            program.run(&["downgrade", "base"]).ok();
            assert_eq!(kinds(), before, "{} {more}", server.engine());
        }
    }
}

#[test]
fn a_right_that_is_missing_leaves_what_was_done_and_is_named() {
    for server in servers() {
        let database = server.database("few");
        let user = format!("few_{}", database.name);
        let rights = format!(
            "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON {}.*",
            database.name
        );
        make_user(server, &user, &[&rights]);
        let program = with_a_script(&server.url_as(&format!("{user}:{PASSWORD}"), &database.name));
        for (revision, revises, right, sql, word) in [
            (
                "b2",
                "a1",
                "TRIGGER",
                "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 'x'",
                "TRIGGER command denied",
            ),
            (
                "c3",
                "a1",
                "EVENT",
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1",
                "Access denied",
            ),
        ] {
            program.script_of(
                revision,
                revises,
                &["CREATE TABLE u (a int)", sql],
                &["DROP TABLE u"],
            );
            let run = program.run(&["upgrade"]).with_code(1);
            says(&run, &[word, "or have it granted", "1 of "]);
            says(&program.run(&["upgrade"]).with_code(1), &[word]);
            server.sql(
                "mysql",
                &format!("GRANT {right} ON {}.* TO {user}@'%'", database.name),
            );
            says(&program.run(&["upgrade"]).ok(), &["goes on: 1 of 2 statements"]);
            program.run(&["downgrade", "-1"]).ok();
            assert_eq!(tables(&database), "t\ta\nt\tb\n");
            std::fs::remove_file(program.path(&format!("migrations/{revision}.rs"))).unwrap();
        }
    }
}

#[test]
fn a_statement_that_waits_for_others_gives_up_in_time() {
    for server in servers() {
        let database = server.database("busy");
        let program = with_a_script(&database.url());
        program.script_of("b2", "a1", &["ALTER TABLE t ADD c int"], &[]);
        program.run(&["upgrade", "a1"]).ok();
        let config = program.read("autogen.toml");
        program.write(
            "autogen.toml",
            format!("{config}lock_timeout = \"1s\"\nstatement_timeout = \"30s\"\n"),
        );
        let mut other = Session::new(&database);
        other.run("BEGIN; SELECT * FROM t");
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["Lock wait timeout exceeded", "lock_timeout"]);
        let warns = run
            .stderr
            .contains("`statement_timeout` ends no statement that changes the schema");
        assert_eq!(warns, server.engine() == Engine::Mysql, "{}", run.stderr);
        other.run("ROLLBACK");
        program.run(&["upgrade"]).ok();
        // One migrator at a time, and it is said who it is.
        other.run("SELECT GET_LOCK(CONCAT('autogen 5e4c765acfb57095 ', LEFT(SHA2(DATABASE(), 256), 32)), 0)");
        let run = program.run(&["downgrade", "a1"]).with_code(1);
        says(&run, &["another migrator is at work", "; `KILL "]);
    }
}

/// Servers of a test's own, set up in a way that needs one.
fn set_up(settings: &[&str], test: impl Fn(&mut Server)) {
    for installation in &installations() {
        test(&mut Server::start(installation, settings));
    }
}

/// Goes up and down and up, and looks.
fn works(url: &str) -> Run {
    let program = Program::on(url);
    program.script_calling(
        "a1",
        "",
        "    op.create_table(\"users\").column(\"a\", int().not_null()).column(\"b\", varchar(40).default(\"'it''s a \\\"quoted\\\" one'\")).primary_key(unnamed(), [\"a\"]);\n",
        "    op.drop_table(\"users\").column(\"a\", int().not_null()).column(\"b\", varchar(40).default(\"'it''s a \\\"quoted\\\" one'\")).primary_key(unnamed(), [\"a\"]);\n",
    );
    program.run(&["upgrade"]).ok();
    program.run(&["downgrade", "base"]).ok();
    program.run(&["upgrade"]).ok();
    let shown = program.run(&["inspect"]).ok();
    program.write("schema.sql", &shown.stdout);
    program.run(&["check"]).ok()
}

#[test]
fn a_global_sql_mode_changes_nothing() {
    set_up(
        &["--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,STRICT_ALL_TABLES"],
        |server| {
            works(&url_on(server, "ansi"));
        },
    );
}

#[test]
fn folded_names_of_tables_and_a_lax_innodb_change_nothing() {
    set_up(
        &["--lower-case-table-names=1", "--innodb-strict-mode=OFF"],
        |server| {
            works(&url_on(server, "folded"));
        },
    );
}

#[test]
fn a_server_that_wants_primary_keys_says_so() {
    for installation in installations().iter().filter(|i| i.engine == Engine::Mysql) {
        let server = Server::start(installation, &["--sql-require-primary-key=ON"]);
        let url = url_on(&server, "keyed");
        works(&url);
        let program = Program::on(&server.url("keyed"));
        program.script_of("b2", "", &["CREATE TABLE x (a int)"], &[]);
        server.sql("keyed", "DROP TABLE autogen_version, autogen_history");
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["sql_require_primary_key"]);
    }
}

#[test]
fn a_server_that_takes_no_writes_or_goes_away_says_so() {
    set_up(&[], |server| {
        let url = url_on(server, "moody");
        make_user(server, "anna", &["ALL ON moody.*"]);
        let program = with_a_script(&server.url_as(&format!("anna:{PASSWORD}"), "moody"));
        server.sql("mysql", "SET GLOBAL read_only = 1");
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["read-only", "connect to the one that takes writes"]);
        program.run(&["current"]).ok();
        server.sql("mysql", "SET GLOBAL read_only = 0");
        program.script_of("b2", "a1", &["ALTER TABLE t ADD c int", "CALL slow()"], &[]);
        server.sql("moody", "CREATE PROCEDURE slow() SELECT SLEEP(60)");
        let program = Program::on(&url);
        program.script_of("a1", "", &["CREATE TABLE t (a int PRIMARY KEY, b text)"], &[]);
        program.script_of(
            "b2",
            "a1",
            &[
                "ALTER TABLE t ADD c int",
                "CALL slow()",
                "ALTER TABLE t ADD d int",
            ],
            &[],
        );
        let run = program.start(&["upgrade"]);
        let begun = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'";
        while server.sql("mysql", begun) != "1\n" {
            thread::sleep(Duration::from_millis(20));
        }
        server.restart();
        let run = run.wait().with_code(1);
        says(&run, &["was lost", "is found out by the next `autogen upgrade`"]);
        says(
            &program.run(&["upgrade"]).with_code(1),
            &["is in doubt", "--in-doubt done"],
        );
        program.run(&["upgrade", "--in-doubt", "done"]).ok();
        assert_eq!(server.sql("moody", "SELECT count(d) FROM t"), "0\n");
    });
}
