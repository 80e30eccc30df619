//! Targets of PostgreSQL that are wrong or dangerous, servers on which they cannot be tried, and what must not remain of trying.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    program::Program,
    refusal::{refused, says},
    server::{Database, Server, installations, postgres},
};

/// A project on a new database whose target is `schema`.
fn project(server: &'static Server, schema: &str) -> (Program, Database) {
    let database = server.database("target");
    let program = Program::with_target(schema);
    settings(&program, &database.url(), "");
    (program, database)
}

fn settings(program: &Program, url: &str, more: &str) {
    program.write(
        "autogen.toml",
        format!("script_location = \"migrations\"\nurl = \"{url}\"\ntarget = [\"schema.sql\"]\n{more}"),
    );
}

/// The scratch databases on a server.
fn scratches(server: &Server) -> String {
    server.sql(
        "postgres",
        "SELECT datname FROM pg_database WHERE datname LIKE 'autogen\\_scratch\\_%' ORDER BY 1",
    )
}

#[test]
fn what_reaches_beyond_the_scratch_is_refused_where_it_stands() {
    for server in postgres() {
        for (text, words) in [
            (
                "CREATE TABLE t (a int);\nCOPY t FROM PROGRAM 'touch /tmp/evil';",
                &["schema.sql:2:13", "COPY .. PROGRAM runs a program on the server"][..],
            ),
            (
                "COPY (SELECT 1) TO '/tmp/evil';",
                &["writes a file of the server"],
            ),
            (
                "ALTER SYSTEM SET work_mem = '1GB';",
                &["ALTER SYSTEM changes the server's settings"],
            ),
            (
                "CREATE DATABASE other;",
                &["schema.sql:1:17", "`other` is another database"],
            ),
            ("DROP DATABASE postgres;", &["`postgres` is another database"]),
            (
                "\\connect postgres\nCREATE TABLE t (a int);",
                &["`postgres` is another database"],
            ),
            (
                "CREATE TABLESPACE x LOCATION '/tmp';",
                &["a tablespace is a folder of the server"],
            ),
            ("LOAD 'auto_explain';", &["LOAD loads code"]),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p;",
                &["CREATE SUBSCRIPTION reaches another server"],
            ),
            (
                "DO $$ BEGIN EXECUTE 'CREATE DATABASE x'; END $$;",
                &["DO runs code while the target is loaded", "target_code = \"run\""],
            ),
            (
                "SELECT pg_read_file('/etc/passwd');",
                &["the call of `pg_read_file` runs code"],
            ),
            ("\\! touch /tmp/evil", &["`\\!` is a command of psql"]),
        ] {
            let (program, _kept) = project(server, text);
            refused(&program, &["check"], 1, words);
        }
    }
}

#[test]
fn queries_of_a_target_are_never_run() {
    for server in postgres() {
        let (program, database) = project(
            server,
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'it ran'; END $$;
             CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it fired'; END $$;
             CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION e();
             CREATE TABLE t AS SELECT f() AS a;
             CREATE MATERIALIZED VIEW v AS SELECT f() AS a WITH DATA;
             SELECT 1 AS a INTO u;",
        );
        let found = program.run(&["diff", "--format", "json"]).ok().json();
        for name in ["\"t\"", "\"u\"", "\"v\""] {
            assert!(found.to_string().contains(name), "{name} in {found:#}");
        }
        assert_eq!(database.sql("SELECT count(*) FROM pg_event_trigger"), "0\n");
    }
}

#[test]
fn roles_are_left_to_the_server_and_a_missing_one_is_named() {
    for server in postgres() {
        let (program, database) = project(
            server,
            "CREATE ROLE nobody_yet;\nCREATE TABLE t (a int);\nGRANT SELECT ON t TO nobody_yet;\n",
        );
        refused(
            &program,
            &["check"],
            1,
            &[
                "schema.sql:3:1",
                "role \"nobody_yet\" does not exist",
                "CREATE ROLE nobody_yet",
            ],
        );
        program.write(
            "schema.sql",
            "CREATE TABLE t (a int);\nALTER TABLE t OWNER TO \"No Body\";\n",
        );
        refused(
            &program,
            &["check"],
            1,
            &["schema.sql:2:1", "CREATE ROLE \"No Body\""],
        );
        // Where nobody manages them, nobody misses the role either.
        settings(&program, &database.url(), "manage = []\n");
        refused(&program, &["check"], 2, &["the server has no role `No Body`"]);
    }
}

#[test]
fn a_missing_extension_says_what_to_do() {
    for server in postgres() {
        let (program, _kept) = project(server, "\nCREATE EXTENSION no_such_extension;");
        refused(
            &program,
            &["check"],
            1,
            &[
                "schema.sql:2:1",
                "no_such_extension",
                "install the extension on the server",
            ],
        );
    }
}

#[test]
fn an_extension_that_the_target_takes_for_granted_is_left_alone() {
    for server in postgres() {
        let (program, database) = project(server, "CREATE TABLE t (a x.hstore);");
        let installed = "SELECT count(*) FROM pg_available_extensions WHERE name = 'hstore'";
        if database.sql(installed) == "0\n" {
            continue;
        }
        refused(&program, &["check"], 1, &["schema \"x\" does not exist"]);
        database.sql("CREATE SCHEMA x; CREATE EXTENSION hstore WITH SCHEMA x; CREATE TABLE t (a x.hstore);");
        refused(
            &program,
            &["check"],
            0,
            &["the target needs extensions that it does not create: `hstore`"],
        );
    }
}

#[test]
fn without_the_right_to_make_databases_both_ways_out_are_named() {
    for server in postgres() {
        let (program, database) = project(server, "CREATE TABLE t (a int);");
        let role = format!("plain_{}", database.name);
        database.sql(&format!("CREATE ROLE {role} LOGIN"));
        settings(&program, &server.url_as(&role, &database.name), "");
        refused(
            &program,
            &["check"],
            1,
            &["permission denied to create database", "CREATEDB", "scratch_url"],
        );
        let scratch_url = format!("scratch_url = \"{}\"\n", server.url("postgres"));
        settings(&program, &server.url_as(&role, &database.name), &scratch_url);
        refused(&program, &["check"], 2, &[]);
        database.sql(&format!("DROP ROLE {role}"));
    }
}

#[test]
fn no_scratch_remains_after_success_error_and_interruption() {
    for installation in installations() {
        // On a server of its own, because other tests have scratch databases too.
        let server = Server::start(&installation);
        server.sql("postgres", "CREATE DATABASE shop");
        let program = Program::with_target("CREATE TABLE t (a int);");
        settings(&program, &server.url("shop"), "target_code = \"run\"\n");
        program.run(&["check"]).with_code(2);
        assert_eq!(scratches(&server), "");
        program.write(
            "schema.sql",
            "CREATE TABLE t (a int);\nCREATE TABLE u (a nonsense);",
        );
        program.run(&["check"]).with_code(1);
        assert_eq!(scratches(&server), "");
        program.write(
            "schema.sql",
            "CREATE TABLE t (a int);\nDO $$ BEGIN PERFORM pg_sleep(600); END $$;",
        );
        let running = program.start(&["check"]);
        let deadline = Instant::now() + Duration::from_mins(1);
        let asleep = "SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'autogen\\_scratch\\_%' AND query LIKE '%pg_sleep(600)%'";
        while server.sql("postgres", asleep).is_empty() {
            assert!(Instant::now() < deadline, "the target is not tried");
            thread::sleep(Duration::from_millis(20));
        }
        running.interrupt();
        says(&running.wait().with_code(1), &["interrupted"]);
        assert_eq!(scratches(&server), "");
    }
}

#[test]
fn leftovers_of_a_crash_are_swept_up_a_day_later() {
    for server in postgres() {
        let old = format!("autogen_scratch_{:08x}_{:012x}", 1_600_000_000, server.port);
        let young = format!("autogen_scratch_{:08x}_{:012x}", u32::MAX, server.port);
        let foreign = "autogen_scratch_of_mine";
        for name in [old.as_str(), &young, foreign] {
            server.sql("postgres", &format!("CREATE DATABASE {name}"));
        }
        let (program, _kept) = project(server, "CREATE TABLE t (a int);");
        program.run(&["check"]).with_code(2);
        let left = scratches(server);
        assert!(!left.contains(&old), "{left}");
        for name in [young.as_str(), foreign] {
            assert!(left.contains(name), "{left}");
            server.sql("postgres", &format!("DROP DATABASE {name}"));
        }
    }
}

#[test]
fn a_dump_and_what_was_written_by_hand_are_one_schema() {
    const BY_HAND: &str = "
        create schema app;
        create type app.mood as enum ('sad', 'happy');
        create table app.people (
            id bigint generated always as identity primary key,
            name varchar(40) not null unique,
            mood app.mood default 'happy',
            born date check (born > '1900-01-01')
        );
        create index on app.people (lower(name)) where mood <> 'sad';
        create view happy as select id, name from app.people where mood = 'happy';
        create materialized view counted as select count(*) as n from app.people;
        comment on table app.people is 'who';
        create function one() returns int language sql as 'select 1';";
    for server in postgres() {
        let (program, database) = project(server, BY_HAND);
        database.sql(BY_HAND);
        database.sql("INSERT INTO app.people (name) VALUES ('a;b'), (E'c\\nd')");
        refused(&program, &["check"], 0, &[]);
        program.write("dump.sql", server.whole_dump(&database.name));
        refused(&program, &["check", "--to", "dump.sql"], 0, &[]);
        refused(
            &program,
            &["diff", "--from", "schema.sql", "--to", "dump.sql", "--exit-code"],
            0,
            &[],
        );
    }
}

#[test]
fn an_unchanged_target_is_not_tried_again() {
    for server in postgres() {
        let (program, database) = project(server, "CREATE TABLE t (a int);");
        database.sql("CREATE TABLE t (a int)");
        let role = format!("cached_{}", database.name);
        database.sql(&format!("CREATE ROLE {role} LOGIN CREATEDB"));
        settings(&program, &server.url_as(&role, &database.name), "");
        let check = |code| {
            let mut command = program.command(&["check"]);
            command.env("XDG_CACHE_HOME", program.path("cache"));
            let output = command.output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{stderr}");
            stderr
        };
        check(0);
        // Now only what is kept can be the answer.
        database.sql(&format!("ALTER ROLE {role} NOCREATEDB"));
        check(0);
        database.sql("CREATE TABLE more (a int)");
        check(2);
        program.write("schema.sql", "CREATE TABLE t (a int); CREATE TABLE more (a int);");
        assert!(check(1).contains("permission denied to create database"));
        database.sql(&format!("DROP ROLE {role}"));
    }
}

#[test]
fn files_are_compared_without_the_database_where_another_server_is_named() {
    for server in postgres() {
        let program = Program::with_target("CREATE TABLE t (a int);");
        let nowhere = "postgres://postgres@127.0.0.1:1/shop";
        let diff = ["diff", "--from", "migrations", "--exit-code"];
        settings(&program, nowhere, "");
        refused(&program, &diff, 1, &["no connection to 127.0.0.1:1"]);
        let scratch_url = format!("scratch_url = \"{}\"\n", server.url("postgres"));
        settings(&program, nowhere, &scratch_url);
        refused(&program, &diff, 2, &[]);
        refused(&program, &["check"], 1, &["no connection to 127.0.0.1:1"]);
        // A database that is yet to be created is as good as any for that.
        settings(&program, &server.url("not_yet"), "");
        refused(&program, &diff, 2, &[]);
    }
}

#[test]
fn subscriptions_reach_nothing_and_tell_no_secret() {
    for server in postgres() {
        let (program, database) = project(server, "");
        let sql = |connection: &str, options: &str| {
            format!(
                "CREATE SUBSCRIPTION \"S\" CONNECTION '{connection}' PUBLICATION p, \"Q\" WITH (connect = false, {options});"
            )
        };
        let far = sql("host=localhost dbname=nowhere", "slot_name = 'far'");
        program.write(
            "schema.sql",
            format!("{far} COMMENT ON SUBSCRIPTION \"S\" IS 'far';"),
        );
        program.run(&["revision", "-m", "one"]).ok();
        program.run(&["upgrade"]).ok();
        program.run(&["check"]).ok();
        program.write(
            "schema.sql",
            sql("host=localhost dbname=elsewhere", "slot_name = NONE, binary"),
        );
        program.run(&["revision", "-m", "two"]).ok();
        program.run(&["upgrade"]).ok();
        program.run(&["check"]).ok();
        // The scratch of a replayed history goes although it had the subscription.
        program.run(&["check", "--to", "migrations"]).ok();
        let question = "SELECT subenabled, subslotname, subconninfo FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid AND datname = current_database()";
        assert_eq!(database.sql(question), "f||host=localhost dbname=elsewhere\n");
        // A secret on one side is no difference and is told nowhere.
        program.write(
            "schema.sql",
            sql("host=localhost password=pssst", "slot_name = NONE"),
        );
        let run = program.run(&["check"]).ok();
        says(
            &run,
            &["subscription S, whose connection holds a secret, is left alone"],
        );
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("pssst"));
        database.sql("ALTER SUBSCRIPTION \"S\" CONNECTION 'postgres://u:pssst@localhost/x'");
        let run = program.run(&["inspect"]).ok();
        assert!(
            !run.stdout.contains("SUBSCRIPTION") && !run.stderr.contains("pssst"),
            "{}",
            run.stdout
        );
        database.sql("ALTER SUBSCRIPTION \"S\" CONNECTION 'host=localhost dbname=elsewhere'");
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(database.sql(question), "");
    }
}
