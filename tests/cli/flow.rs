//! The main job from outside: edit the target, write a script, apply it, take it back, check.

use crate::program::Program;

const BEFORE: &str = "\
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, fax varchar(40));
CREATE INDEX ix_customers_name ON customers (name);
";
const AFTER: &str = "\
CREATE TABLE customers (id integer PRIMARY KEY, name text, email text);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id));
CREATE VIEW buyers AS SELECT DISTINCT customer_id FROM orders;
";

/// A project whose database was made by its first script and has rows.
fn with_rows() -> Program {
    let program = Program::with_target(BEFORE);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO customers VALUES (1, 'Ada', '123'), (2, 'Bob', NULL)");
    program
}

#[test]
fn a_sample_project_goes_through_the_whole_flow() {
    let program = Program::in_empty_folder();
    let init = program.run(&["init", "--sample", "shop"]).ok();
    assert_eq!(
        init.stdout,
        "shop/autogen.toml\nshop/migrations\nshop/schema.sql\n"
    );
    assert!(init.stderr.contains("cd shop"), "{}", init.stderr);
    let config = ["-c", "shop/autogen.toml"];
    let run = |args: &[&str]| program.run(&[args, &config].concat());
    let revision = run(&["revision", "-m", "First tables!"]).ok();
    assert!(
        revision.stdout.starts_with("shop/migrations/") && revision.stdout.ends_with("_first_tables.rs\n"),
        "{}",
        revision.stdout
    );
    assert!(
        !program.path("shop/shop.db").exists(),
        "only upgrade makes a database"
    );
    assert!(run(&["show", "head"]).ok().stdout.contains("+ table orders"));
    run(&["check"]).with_code(3);
    run(&["upgrade"]).ok();
    assert!(program.path("shop/shop.db").exists());
    run(&["check"]).ok();
    run(&["downgrade", "-1"]).ok();
    run(&["upgrade", "+1"]).ok();
    run(&["check"]).ok();
}

#[test]
fn nothing_is_written_when_nothing_differs() {
    let program = with_rows();
    let run = program.run(&["revision", "-m", "again"]).ok();
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("nothing differs"), "{}", run.stderr);
    assert_eq!(program.files("migrations").len(), 1);
}

#[test]
fn upgrade_and_downgrade_keep_rows_and_come_back_to_where_they_began() {
    let program = with_rows();
    let before = program.definitions();
    program.write("schema.sql", AFTER);
    let revision = program.run(&["revision", "-m", "second"]).ok();
    assert!(
        revision.stderr.contains("loses every value of customers.fax"),
        "{}",
        revision.stderr
    );
    let upgrade = program.run(&["upgrade"]).ok();
    assert!(
        upgrade.stderr.contains("applied") && upgrade.stderr.contains("second"),
        "{}",
        upgrade.stderr
    );
    program.run(&["check"]).ok();
    assert_eq!(
        program.sqlite("SELECT id, name, email FROM customers"),
        "1|Ada|\n2|Bob|\n"
    );
    program.run(&["downgrade", "-1"]).ok();
    assert_eq!(program.definitions(), before);
    assert_eq!(
        program.sqlite("SELECT * FROM customers"),
        "1|Ada|\n2|Bob|\n",
        "all is back but what was lost"
    );
    program.run(&["downgrade", "base"]).ok();
    assert_eq!(
        program.sqlite(".tables").replace(char::is_whitespace, ""),
        "autogen_historyautogen_version"
    );
    let nothing = program.run(&["downgrade", "base"]).ok();
    assert!(nothing.stderr.contains("nothing to do"), "{}", nothing.stderr);
}

#[test]
fn a_revision_needs_a_database_at_head() {
    let program = Program::with_target(BEFORE);
    program.run(&["revision", "-m", "first"]).ok();
    let run = program.run(&["revision", "-m", "second"]).with_code(3);
    assert!(run.stderr.contains("(first) is not applied"), "{}", run.stderr);
    assert!(run.stderr.contains("autogen upgrade"), "{}", run.stderr);
    assert_eq!(program.files("migrations").len(), 1);
}

#[test]
fn a_revision_from_the_migrations_needs_no_database() {
    let program = Program::with_target(BEFORE);
    program.run(&["revision", "-m", "first"]).ok();
    program.write("schema.sql", AFTER);
    program
        .run(&["revision", "-m", "second", "--from", "migrations"])
        .ok();
    assert!(!program.path("app.db").exists());
    let run = program
        .run(&["revision", "-m", "third", "--from", "migrations"])
        .ok();
    assert!(run.stderr.contains("nothing differs"), "{}", run.stderr);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn a_dry_run_prints_and_does_nothing() {
    let program = Program::with_target(BEFORE);
    let script = program.run(&["revision", "-m", "first", "--dry-run"]).ok();
    assert!(
        script.stdout.contains("pub fn upgrade(op: &mut Operations)"),
        "{}",
        script.stdout
    );
    assert!(program.files("migrations").is_empty());
    program.run(&["revision", "-m", "first"]).ok();
    let sql = program.run(&["upgrade", "--dry-run"]).ok();
    assert!(sql.stdout.contains("CREATE TABLE customers"), "{}", sql.stdout);
    assert!(!program.path("app.db").exists());
    program.run(&["upgrade"]).ok();
    let sql = program.run(&["downgrade", "-1", "--dry-run"]).ok();
    assert!(sql.stdout.contains("DROP TABLE customers"), "{}", sql.stdout);
    program.run(&["check"]).ok();
}

#[test]
fn an_empty_revision_is_a_blank_script() {
    let program = Program::with_target(BEFORE);
    let run = program
        .run(&["revision", "-m", "by hand", "--empty", "--rev-id", "0001"])
        .ok();
    assert_eq!(run.stdout, "migrations/0001_by_hand.rs\n");
    assert!(
        program
            .read("migrations/0001_by_hand.rs")
            .contains("pub fn downgrade")
    );
    program.run(&["upgrade"]).ok();
    assert_eq!(program.run(&["current"]).ok().stdout, "0001 (head)  by hand\n");
}

#[test]
fn looking_never_makes_a_database() {
    let program = Program::with_target(BEFORE);
    for args in [
        &["diff"][..],
        &["current"],
        &["history"],
        &["heads"],
        &["revision", "-m", "x", "--dry-run"],
        &["upgrade", "--dry-run"],
    ] {
        program.run(args).ok();
    }
    program.run(&["check"]).with_code(2);
    program.run(&["inspect"]).with_code(1);
    assert!(!program.path("app.db").exists());
}

#[test]
fn check_tells_drift_from_pending_scripts() {
    let program = with_rows();
    program.run(&["check"]).ok();
    program.sqlite("CREATE TABLE stray (a)");
    let drift = program.run(&["check"]).with_code(2);
    assert!(drift.stdout.contains("1 dropped table"), "{}", drift.stdout);
    assert!(
        drift.stdout.contains("- table stray  ! loses every row of stray"),
        "{}",
        drift.stdout
    );
    program.run(&["check", "--to", "migrations"]).with_code(2);
    program.sqlite("DROP TABLE stray");
    program.write("schema.sql", AFTER);
    program.run(&["check"]).with_code(2);
    program.run(&["check", "--to", "migrations"]).ok();
    program.run(&["revision", "-m", "second"]).ok();
    let pending = program.run(&["check"]).with_code(3);
    assert!(
        pending.stdout.contains("(second) is not applied"),
        "{}",
        pending.stdout
    );
    program.run(&["check", "--to", "migrations"]).with_code(3);
}

#[test]
fn diff_has_four_forms() {
    let program = with_rows();
    program.write("schema.sql", AFTER);
    let text = program.run(&["diff"]).ok();
    insta::assert_snapshot!(text.stdout, @r"
    ~ table customers
        + column email text
        ~ column name: not null -> nullable
        - column fax varchar(40)  ! loses every value of customers.fax
        - index ix_customers_name (name)
    + table orders
        + column id integer
        + column customer_id integer not null
        + primary key (id)
        + foreign key (customer_id) references customers (id)
    + view buyers
        + CREATE VIEW buyers AS SELECT DISTINCT customer_id FROM orders
    ");
    let sql = program.run(&["diff", "--format", "sql"]).ok();
    assert!(sql.stdout.contains("CREATE VIEW buyers"), "{}", sql.stdout);
    let unified = program.run(&["diff", "--format", "unified"]).ok();
    assert!(
        unified
            .stdout
            .starts_with("--- sqlite://app.db\n+++ schema.sql\n@@"),
        "{}",
        unified.stdout
    );
    let json = program.run(&["diff", "--format", "json"]).ok().json();
    assert_eq!((&json["version"], &json["command"]), (&1.into(), &"diff".into()));
    program.run(&["diff", "--exit-code"]).with_code(2);
    program.run(&["diff", "--exit-code", "--to", "database"]).ok();
}

#[test]
fn what_diff_prints_as_sql_is_the_whole_difference() {
    let program = with_rows();
    program.write("schema.sql", AFTER);
    let sql = program.run(&["diff", "--format", "sql"]).ok().stdout;
    program.sqlite(&sql);
    program.run(&["check"]).ok();
}

#[test]
fn what_inspect_prints_makes_the_same_schema() {
    let program = with_rows();
    let sql = program.run(&["inspect"]).ok().stdout;
    program.write("again.sql", &sql);
    program.run(&["diff", "--exit-code", "--to", "again.sql"]).ok();
    let json = program.run(&["inspect", "--format", "json"]).ok().json();
    assert_eq!(json["schema"]["tables"][0]["name"]["name"], "customers");
}

#[test]
fn a_rename_is_one_when_it_is_declared() {
    let program = with_rows();
    program.write(
        "schema.sql",
        "CREATE TABLE clients (id integer PRIMARY KEY, name text NOT NULL, phone varchar(40));
         CREATE INDEX ix_customers_name ON clients (name);",
    );
    let undeclared = program.run(&["diff"]).ok();
    assert!(
        undeclared.stdout.contains("- table customers"),
        "{}",
        undeclared.stdout
    );
    let wrong = program
        .run(&["diff", "--rename", "customer=clients"])
        .with_code(1);
    assert!(
        wrong.stderr.contains("did you mean `customers`?"),
        "{}",
        wrong.stderr
    );
    program
        .run(&[
            "revision",
            "-m",
            "names",
            "--rename",
            "customers=clients",
            "--rename",
            "customers.fax=phone",
        ])
        .ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    assert_eq!(
        program.sqlite("SELECT id, name, phone FROM clients"),
        "1|Ada|123\n2|Bob|\n"
    );
}

#[test]
fn scripts_are_listed_and_shown() {
    let program = Program::with_target(BEFORE);
    program
        .run(&["revision", "-m", "first", "--rev-id", "aaaa1111"])
        .ok();
    program.run(&["upgrade"]).ok();
    program.write("schema.sql", AFTER);
    program
        .run(&["revision", "-m", "second", "--rev-id", "bbbb2222"])
        .ok();
    assert_eq!(
        program.run(&["history"]).ok().stdout,
        "bbbb2222 (head)     second\naaaa1111 (current)  first\n"
    );
    assert_eq!(program.run(&["heads"]).ok().stdout, "bbbb2222 (head)  second\n");
    assert_eq!(program.run(&["current"]).ok().stdout, "aaaa1111  first\n");
    let show = program.run(&["show", "bbbb"]).ok().stdout;
    assert!(
        show.contains("revises aaaa1111") && show.contains("+ table orders"),
        "{show}"
    );
    assert!(program.run(&["show", "current"]).ok().stdout.contains("first"));
    let unknown = program.run(&["show", "cccc"]).with_code(1);
    assert!(unknown.stderr.contains("cccc"), "{}", unknown.stderr);
    let verbose = program.run(&["current", "-v"]).ok().stdout;
    assert!(verbose.contains("applied aaaa1111, autogen"), "{verbose}");
}

#[test]
fn a_stamp_runs_nothing() {
    let program = Program::with_target(BEFORE);
    program.sqlite(BEFORE);
    program
        .run(&["revision", "-m", "baseline", "--from", "migrations"])
        .ok();
    program.run(&["check"]).with_code(3);
    program.run(&["stamp", "head"]).ok();
    program.run(&["check"]).ok();
    program.run(&["check", "--to", "migrations"]).ok();
    program.run(&["stamp", "base"]).ok();
    assert_eq!(program.run(&["current"]).ok().stdout, "");
}

#[test]
fn the_settings_are_found_from_a_folder_inside_the_repository() {
    let program = with_rows();
    std::fs::create_dir_all(program.path("src/deep")).unwrap();
    let deep = |args: &[&str]| {
        program
            .command(args)
            .current_dir(program.path("src/deep"))
            .output()
            .unwrap()
    };
    assert_eq!(
        deep(&["check"]).status.code(),
        Some(1),
        "no repository: a file above is somebody else's"
    );
    std::fs::create_dir(program.path(".git")).unwrap();
    let found = deep(&["check"]);
    assert_eq!(
        found.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&found.stderr)
    );
}

#[test]
fn every_document_says_its_version_and_its_command() {
    let program = with_rows();
    program.write("schema.sql", AFTER);
    for (args, code) in [
        (&["check"][..], 2),
        (&["diff"], 0),
        (&["inspect"], 0),
        (&["revision", "-m", "second"], 0),
        (&["upgrade", "--dry-run"], 0),
        (&["upgrade"], 0),
        (&["current"], 0),
        (&["history"], 0),
        (&["heads"], 0),
        (&["show", "head"], 0),
        (&["downgrade", "-1"], 0),
        (&["stamp", "head"], 0),
        (&["init", "new"], 0),
    ] {
        let run = program
            .run(&[args, &["--format", "json"]].concat())
            .with_code(code);
        let document = run.json();
        assert_eq!(document["version"], 1, "{args:?}");
        assert_eq!(document["command"], args[0], "{args:?}");
        assert_eq!(run.stderr, "", "{args:?}");
    }
    let run = program.run(&["show", "nope", "--format", "json"]).with_code(1);
    assert_eq!(run.stdout, "");
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["exit_code"], 1);
}

#[test]
fn quiet_says_nothing_but_data() {
    let program = Program::with_target(BEFORE);
    for args in [
        &["revision", "-m", "first", "-q"][..],
        &["upgrade", "-q"],
        &["check", "-q"],
        &["current", "-q"],
    ] {
        assert_eq!(program.run(args).ok().stderr, "", "{args:?}");
    }
}

#[test]
fn init_overwrites_nothing() {
    let program = Program::in_empty_folder();
    program.run(&["init"]).ok();
    let run = program.run(&["init"]).with_code(1);
    assert!(
        run.stderr.contains("autogen.toml is there already"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_password_is_never_shown() {
    let program = Program::with_target(BEFORE);
    let url = "postgres://user:hunter2@localhost/db?password=hunter2";
    for args in [
        &["check", "--url", url][..],
        &["diff", "--from", url],
        &["init", "new", "--url", url],
        &["upgrade", "--url", url, "--format", "json"],
        &["diff", "--to", "pg://user:hunter2@localhost"],
    ] {
        let run = program.run(args);
        assert!(
            !run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"),
            "{args:?} {run:?}"
        );
    }
    assert!(!program.read("new/autogen.toml").contains("hunter2"));
}

#[test]
fn scripts_are_sql_where_that_is_wanted() {
    let program = Program::with_target(BEFORE);
    let settings = program.read("autogen.toml") + "format = \"sql\"\n";
    program.write("autogen.toml", settings);
    let revision = program.run(&["revision", "-m", "first"]).ok();
    assert!(revision.stdout.ends_with("_first.sql\n"), "{}", revision.stdout);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    program.sqlite("INSERT INTO customers VALUES (1, 'Ada', '123')");
    let before = program.definitions();
    program.write("schema.sql", AFTER);
    program.run(&["revision", "-m", "second"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    program.run(&["check", "--to", "migrations"]).ok();
    assert_eq!(program.sqlite("SELECT id, name FROM customers"), "1|Ada\n");
    program.run(&["downgrade", "-1"]).ok();
    assert_eq!(program.definitions(), before);
    program.run(&["revision", "-m", "blank", "--empty"]).ok();
}

#[test]
fn the_settings_that_init_writes_hold_when_every_line_counts() {
    let program = Program::in_empty_folder();
    program.run(&["init"]).ok();
    let all: String = program
        .read("autogen.toml")
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.split(' ').nth(1) == Some("=") || setting.starts_with('[') => {
                format!("{setting}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(all.contains("\nlock_timeout = "), "{all}");
    program.write("autogen.toml", all);
    program.run(&["check"]).ok();
}
