//! No server, no database, no right.

use super::{append, has_table, servers};
use crate::{
    program::{Program, Run},
    refusal::{PASSWORD, refused, says},
    server::GUARDED_ROLE,
};
use std::net::TcpListener;

fn with_a_script(url: &str) -> Program {
    let program = Program::on(url);
    program.script_of(
        "a1",
        "",
        &["CREATE TABLE public.t (a integer)"],
        &["DROP TABLE public.t"],
    );
    program
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // Something that takes connections and is no PostgreSQL.
    let url = format!("postgres://anna:{PASSWORD}@127.0.0.1:{port}/shop?connect_timeout=2");
    let program = with_a_script(&url);
    refused(
        &program,
        &["upgrade"],
        1,
        &[
            &format!("no connection to 127.0.0.1:{port}"),
            "no answer within 2 seconds",
            "connect_timeout",
        ],
    );
    drop(listener);
    for verb in ["upgrade", "current", "check", "inspect"] {
        refused(
            &program,
            &[verb],
            1,
            &[
                &format!("no connection to 127.0.0.1:{port}"),
                "is the server running",
            ],
        );
    }
    let program = with_a_script(&format!("postgres://anna:{PASSWORD}@/shop?host=/nowhere/at/all"));
    refused(
        &program,
        &["upgrade"],
        1,
        &["/nowhere/at/all/.s.PGSQL.5432", "no such socket"],
    );
    let program = with_a_script(&format!("postgres://anna:{PASSWORD}@no-such-host.invalid/shop"));
    refused(
        &program,
        &["upgrade"],
        1,
        &["no connection to no-such-host.invalid:5432"],
    );
}

#[test]
fn a_url_with_a_mistake_is_refused_before_anything_is_asked() {
    for (url, words) in [
        (
            "postgres://anna:hunter2@h/d?sslmod=require",
            ["unknown parameter `sslmod`", "`sslmode`"],
        ),
        (
            "postgres://anna:hunter2@h/d?sslmode=always",
            ["`always` is no value", "verify-full"],
        ),
        ("postgres://anna:hunter2@h:http/d", ["`http` is no port", "65535"]),
        ("postgres://anna:hunter2/3@h/d", ["cannot be read", "%2F"]),
        (
            "postgres://anna:hunter2@h/d?service=x",
            ["`service`", "not supported"],
        ),
    ] {
        refused(&with_a_script(url), &["upgrade"], 1, &words);
    }
}

#[test]
fn a_missing_database_and_a_missing_role_are_named() {
    for server in servers() {
        let program = with_a_script(&server.url("nowhere"));
        for verb in ["upgrade", "current", "check", "inspect"] {
            refused(
                &program,
                &[verb],
                1,
                &["database \"nowhere\" does not exist", "createdb nowhere"],
            );
        }
        let program = with_a_script(&server.url_as("nobody", "postgres"));
        refused(&program, &["upgrade"], 1, &["role \"nobody\" does not exist"]);
    }
}

#[test]
fn a_password_is_taken_from_where_libpq_takes_it() {
    for server in servers() {
        let database = server.database("password");
        database.sql(&format!(
            "CREATE ROLE {GUARDED_ROLE} LOGIN PASSWORD '{PASSWORD}'; GRANT CREATE ON SCHEMA public TO {GUARDED_ROLE}"
        ));
        let name = &database.name;
        let wrong = with_a_script(&server.url_as(&format!("{GUARDED_ROLE}:{PASSWORD}2"), name));
        let refusal = "password authentication failed";
        refused(
            &wrong,
            &["upgrade"],
            1,
            &[refusal, "check the user and the password in the URL"],
        );

        let program = with_a_script(&server.url_as(GUARDED_ROLE, name));
        refused(&program, &["upgrade"], 1, &["no password is known", ".pgpass"]);
        program.write(
            "pgpass",
            format!("127.0.0.1:{}:*:{GUARDED_ROLE}:{PASSWORD}\n", server.port),
        );
        let with = |variable: &str, value: &str, args: &[&str]| {
            let mut command = program.command(args);
            command.env(variable, value);
            Run::from(command)
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let permit = |mode| {
                let file = program.path("pgpass");
                std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
            };
            let file = program.path("pgpass").display().to_string();
            permit(0o644);
            says(
                &with("PGPASSFILE", &file, &["current"]).with_code(1),
                &["pgpass was not used", "chmod 600"],
            );
            permit(0o600);
            with("PGPASSFILE", &file, &["upgrade"]).ok();
            assert!(has_table(&database, "t"));
        }
        says(
            &with("PGPASSWORD", "wrong", &["current"]).with_code(1),
            &[refusal, "PGPASSWORD"],
        );
        with("PGPASSWORD", PASSWORD, &["current"]).ok();
        database.sql(&format!("DROP OWNED BY {GUARDED_ROLE}"));
        database
            .server
            .sql("postgres", &format!("DROP ROLE {GUARDED_ROLE}"));
    }
}

#[test]
fn the_environment_and_sockets_lead_to_the_database() {
    for server in servers() {
        let database = server.database("environment");
        let socket = server.socket().display().to_string();
        for url in [
            format!("postgres:///{}?host={socket}&user=postgres", database.name),
            format!(
                "postgres://postgres@{}:{}/{}",
                socket.replace('/', "%2F"),
                server.port,
                database.name
            ),
            "postgres://".to_owned(),
            format!(
                "postgres://postgres@127.0.0.1:1,127.0.0.1:{}/{}",
                server.port, database.name
            ),
        ] {
            let program = with_a_script(&url);
            let mut command = program.command(&["upgrade", "-v"]);
            command
                .env("PGPORT", server.port.to_string())
                .env("PGHOST", &socket)
                .env("PGUSER", "postgres")
                .env("PGDATABASE", &database.name)
                .env("PGOPTIONS", "-c work_mem=1MB");
            Run::from(command).ok();
            assert!(has_table(&database, "t"));
            database.sql("DROP TABLE t, autogen_version, autogen_history");
        }
    }
}

#[test]
fn a_role_without_rights_changes_nothing_and_hears_why() {
    for server in servers() {
        let database = server.database("rights");
        let role = format!("limited_{}", server.installation.version);
        database.sql(&format!(
            "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA closed; CREATE TABLE closed.t (a int)"
        ));
        let program = with_a_script(&server.url_as(&role, &database.name));
        refused(
            &program,
            &["upgrade"],
            1,
            &["permission denied for schema public", "right granted"],
        );
        assert!(!has_table(&database, "t") && !has_table(&database, "autogen_version"));
        database.sql(&format!("GRANT CREATE ON SCHEMA public TO {role}"));
        program.script_of("b2", "a1", &["ALTER TABLE closed.t ADD COLUMN b int"], &[]);
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, &["permission denied for schema closed", "applied a1"]);
        database.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    }
}

#[test]
fn a_read_only_database_is_told_from_others() {
    for server in servers() {
        let database = server.database("read_only");
        let program = with_a_script(&database.url());
        database.sql(&format!(
            "ALTER DATABASE {} SET default_transaction_read_only = on",
            database.name
        ));
        refused(&program, &["upgrade"], 1, &["read-only transaction", "standby"]);
        refused(&program, &["current"], 0, &[]);
        refused(&program, &["upgrade", "--dry-run"], 0, &[]);
        assert!(!has_table(&database, "t"));
        let url = format!("{}?target_session_attrs=read-write", database.url());
        refused(&program, &["upgrade", "--url", &url], 1, &["is not read-write"]);
    }
}

#[test]
fn timeouts_of_the_settings_are_heeded() {
    for server in servers() {
        let database = server.database("timeouts");
        let program = Program::on(&database.url());
        program.script_of("a1", "", &["CREATE TABLE t (a int)", "SELECT pg_sleep(20)"], &[]);
        append(
            &program,
            "lock_timeout = \"300ms\"\nstatement_timeout = \"400ms\"",
        );
        refused(
            &program,
            &["upgrade"],
            1,
            &["statement timeout", "`statement_timeout`"],
        );
        assert!(!has_table(&database, "t"));
        database.sql("CREATE TABLE held (a int)");
        let mut other = super::Session::new(&database);
        other.run("BEGIN; LOCK TABLE held");
        program.script_of(
            "a1",
            "",
            &["CREATE TABLE t (a int)", "ALTER TABLE held ADD b int"],
            &[],
        );
        refused(&program, &["upgrade"], 1, &["lock timeout", "`lock_timeout`"]);
        assert!(!has_table(&database, "t"));
        other.run("COMMIT");
        program.run(&["upgrade"]).ok();
        assert!(has_table(&database, "t"));
    }
}
