//! A hundred tenants, one of them broken: the others are served, that one is told, and running again heals it.

use std::fs;

use crate::{program::Program, server};

const FIRST: &str = "    op.create_table(\"users\").column(\"id\", integer().not_null()).column(\"name\", varchar(50)).primary_key(\"users_pkey\", [\"id\"]);\n";
const SECOND: &str = "    op.alter_table(\"users\").alter_column(\"name\", varchar(50).set_not_null());\n    op.execute(\"INSERT INTO users VALUES (99, 'new')\");\n";
const BACK: &str = "    op.execute(\"DELETE FROM users WHERE id = 99\");\n    op.alter_table(\"users\").alter_column(\"name\", varchar(50).drop_not_null());\n";

fn project(settings: &str) -> Program {
    let program = Program::in_empty_folder();
    fs::create_dir(program.path("migrations")).unwrap();
    program.write("autogen.toml", settings);
    program.write(
        "schema.sql",
        "CREATE TABLE users (id integer NOT NULL CONSTRAINT users_pkey PRIMARY KEY, name varchar(50));",
    );
    program.script_calling("aaaa", "", FIRST, "    op.drop_table(\"users\").column(\"id\", integer().not_null()).column(\"name\", varchar(50)).primary_key(\"users_pkey\", [\"id\"]);\n");
    program
}

fn names() -> Vec<String> {
    (0..100).map(|n| format!("t{n:02}")).collect()
}

/// The whole course; `in_tenant` runs SQL in one tenant.
fn course(program: &Program, in_tenant: impl Fn(&str, &str) -> String) {
    let run = program.run(&["upgrade", "--all", "--jobs", "4"]).ok();
    assert!(run.stderr.contains("all 100 done"), "{}", run.stderr);
    program.script_calling("bbbb", "aaaa", SECOND, BACK);
    in_tenant("t42", "INSERT INTO users VALUES (1, NULL)");
    let run = program
        .run(&["upgrade", "--all", "--jobs", "4", "--format", "json"])
        .with_code(1)
        .json();
    assert_eq!(run["failed"], 1);
    let units = run["units"].as_array().unwrap();
    assert_eq!(units.len(), 100);
    for (unit, name) in units.iter().zip(names()) {
        assert_eq!(unit["tenant"], name.as_str());
        let broken = name == "t42";
        assert_eq!(unit["exit_code"], i32::from(broken), "{unit}");
        assert_eq!(unit["error"]["kind"] == "rows_contradict", broken, "{unit}");
        let rows = in_tenant(&name, "SELECT count(*) FROM users WHERE id = 99");
        assert_eq!(rows.trim() == "0", broken, "{name}");
    }
    // Again, and the others are not touched.
    in_tenant("t42", "UPDATE users SET name = 'somebody' WHERE id = 1");
    let run = program
        .run(&["upgrade", "--all", "--jobs", "4", "--format", "json"])
        .ok()
        .json();
    let ran: Vec<&str> = run["units"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|unit| !unit["document"]["scripts"].as_array().unwrap().is_empty())
        .map(|unit| unit["tenant"].as_str().unwrap())
        .collect();
    assert_eq!(ran, ["t42"]);
    // One alone, and back.
    let run = program.run(&["downgrade", "-1", "--tenant", "t07"]).ok();
    assert!(!run.stderr.contains("=="), "{}", run.stderr);
    assert_eq!(in_tenant("t07", "SELECT count(*) FROM users").trim(), "0");
    let run = program
        .run(&["current", "--tenant", "t07", "--tenant", "t08"])
        .ok();
    assert_eq!(run.stdout, "== t07\naaaa  aaaa\n== t08\nbbbb (head)  bbbb\n");
    // Two questions of drift, each answered for every tenant.
    program.write(
        "schema.sql",
        "CREATE TABLE users (id integer NOT NULL CONSTRAINT users_pkey PRIMARY KEY, name varchar(50) NOT NULL);",
    );
    program.run(&["check", "--tenant", "t08"]).ok();
    let run = program.run(&["check", "--all", "--jobs", "8"]).with_code(3);
    assert!(run.stdout.contains("== t07\n"), "{}", run.stdout);
    in_tenant("t08", "ALTER TABLE users ADD COLUMN extra integer");
    let run = program.run(&["check", "--tenant", "t08"]).with_code(2);
    assert!(run.stdout.contains("extra"), "{}", run.stdout);
}

#[test]
fn a_hundred_schemas_of_postgres() {
    for server in server::postgres() {
        let database = server.database("tenants");
        database.sql("CREATE TABLE tenant (name text); INSERT INTO tenant SELECT 't' || lpad(n::text, 2, '0') FROM generate_series(0, 99) n");
        let program = project(&format!(
            "url = \"{}\"\ntarget = \"schema.sql\"\n[tenants]\nfrom = \"SELECT name FROM tenant ORDER BY 1\"\nschema = \"of {{tenant}}\"\n",
            database.url()
        ));
        course(&program, |tenant, sql| {
            database.sql(&format!("SET search_path = \"of {tenant}\"; {sql}"))
        });
        // What is not a tenant's is nobody's business.
        assert_eq!(database.sql("SELECT count(*) FROM tenant").trim(), "100");
        let query = "SELECT name FROM tenant WHERE name < 't02' ORDER BY 1";
        let run = program.run(&["current", "--tenants-from", query]).ok();
        assert_eq!(run.stdout.matches("==").count(), 2, "{}", run.stdout);
    }
}

#[test]
fn a_hundred_files_of_sqlite() {
    let list = names().join("', '");
    let program = project(&format!(
        "target = \"schema.sql\"\n[tenants]\nnames = ['{list}']\nurl = \"sqlite://of-{{tenant}}.db\"\n"
    ));
    course(&program, |tenant, sql| {
        let output = std::process::Command::new("sqlite3")
            .args(["-bail", &format!("of-{tenant}.db"), sql])
            .current_dir(program.path(""))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    });
}

#[test]
fn scripts_with_enums_views_and_functions_work_in_every_schema() {
    for server in server::postgres() {
        let database = server.database("tenants_rich");
        let program = project(&format!(
            "url = \"{}\"\ntarget = \"schema.sql\"\n[tenants]\nnames = [\"acme\", \"Globex Inc\"]\n",
            database.url()
        ));
        fs::remove_file(program.path("migrations/aaaa.rs")).unwrap();
        let schemas = [
            "CREATE TYPE mood AS ENUM ('ok', 'bad');
             CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL, mood mood NOT NULL DEFAULT 'ok');
             CREATE TABLE notes (id integer PRIMARY KEY, user_id bigint REFERENCES users, body text);
             CREATE VIEW happy AS SELECT id, name FROM users WHERE mood = 'ok';",
            "CREATE TYPE mood AS ENUM ('ok', 'so so', 'bad');
             CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(80) NOT NULL, mood mood NOT NULL DEFAULT 'so so');
             CREATE TABLE notes (id integer PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE, body text);
             CREATE INDEX ix_notes_body ON notes (lower(body));
             CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql AS $$SELECT count(*) FROM notes$$;
             CREATE VIEW happy AS SELECT id, name, mood FROM users WHERE mood <> 'bad';",
        ];
        for schema in schemas {
            program.write("schema.sql", schema);
            program.run(&["revision", "-m", "next", "--tenant", "acme"]).ok();
            program.run(&["upgrade", "--all"]).ok();
            program.run(&["check", "--all"]).ok();
            program.run(&["check", "--all", "--to", "migrations"]).ok();
        }
        program.run(&["downgrade", "-1", "--all"]).ok();
        program.write("schema.sql", schemas[0]);
        program.run(&["diff", "--all", "--exit-code"]).ok();
        program.run(&["downgrade", "base", "--all"]).ok();
        let left = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('acme', 'Globex Inc', 'public') AND relkind IN ('r', 'v', 'S') AND relname NOT LIKE 'autogen_%'";
        assert_eq!(database.sql(left).trim(), "0");
    }
}

#[test]
fn what_makes_no_sense_for_tenants_is_refused() {
    let program = project("url = \"sqlite://app.db\"\ntarget = \"schema.sql\"\n");
    let refused = |args: &[&str], says: &str| {
        let run = program.run(args).with_code(1);
        assert!(run.stderr.contains(says), "{args:?}: {}", run.stderr);
    };
    refused(&["upgrade", "--tenant", "acme"], "SQLite has no schemas");
    refused(
        &["upgrade", "--tenants-from", "SELECT nothing"],
        "asking for the tenants",
    );
    program.write(
        "autogen.toml",
        "target = \"schema.sql\"\n[tenants]\nnames = ['a', 'b', 'c']\nurl = \"sqlite://{tenant}.db\"\n",
    );
    refused(&["upgrade", "--tenant", "../up"], "cannot be a tenant");
    refused(&["upgrade", "--tenant", "a", "--tenant", "a"], "named twice");
    refused(&["revision", "-m", "x", "--all"], "written once");
    refused(&["completions", "bash", "--all"], "not about one of several");
    refused(&["upgrade", "--all", "--jobs", "0"], "0 is not in 1..=256");
    // The first that fails is the last that begins.
    program.write(
        "a.db",
        "this is no database, and long enough to be seen as none by everybody who looks",
    );
    let run = program.run(&["upgrade", "--all", "--fail-fast"]).with_code(1);
    assert!(
        run.stderr.contains("b (not begun), c (not begun)"),
        "{}",
        run.stderr
    );
    assert!(!program.path("b.db").exists());
}
