//! `init` and its templates.

use std::fs;

use super::refused;
use crate::program::Program;

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY);";

#[test]
fn x_09_init_into_a_missing_an_empty_and_a_full_folder() {
    let program = Program::in_empty_folder();
    let list = ["autogen.toml", "migrations", "schema.sql"];
    program.run(&["init", "deep/new"]).ok();
    assert_eq!(program.files("deep/new"), list);

    fs::create_dir(program.path("empty")).unwrap();
    program.run(&["init", "empty"]).ok();
    assert_eq!(program.files("empty"), list);

    fs::create_dir_all(program.path("full/src")).unwrap();
    for file in ["schema.sql", "build.rs", "src/main.rs", "pyproject.toml"] {
        program.write(&format!("full/{file}"), "mine");
    }
    let run = program
        .run(&["init", "full", "--template", "embedded", "--format", "json"])
        .ok();
    let document = run.json();
    assert_eq!(document["template"], "embedded");
    assert_eq!(
        document["kept"],
        serde_json::json!(["full/schema.sql", "full/build.rs"])
    );
    assert!(
        run.stdout.contains("in build.rs, which was there"),
        "{}",
        run.stdout
    );
    for file in ["schema.sql", "build.rs", "src/main.rs", "pyproject.toml"] {
        assert_eq!(program.read(format!("full/{file}")), "mine", "{file}");
    }
    assert_eq!(program.files("full/src/bin"), ["migrate.rs"]);

    let before = program.everything();
    for template in ["generic", "multidb", "tenants", "embedded"] {
        refused(
            program.run(&["init", "full", "-t", template]),
            1,
            "is there already",
        );
    }
    program.write("file", "");
    assert!(
        program
            .run(&["init", "file"])
            .with_code(1)
            .stderr
            .contains("cannot be written")
    );
    fs::remove_file(program.path("file")).unwrap();
    assert_eq!(program.everything(), before);
}

#[test]
fn x_09_an_unknown_template_is_an_error_with_the_nearest() {
    let program = Program::in_empty_folder();
    refused(program.run(&["init", "--template", "multydb"]), 1, "'multidb'");
    let run = program
        .run(&["init", "--template", "multydb", "--format", "json"])
        .with_code(1);
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["kind"], "usage");
    assert!(error.to_string().contains("'multidb'"), "{error}");
    refused(
        program.run(&["init", "-t", "multidb", "--url", "sqlite://x.db"]),
        1,
        "`--url` names one",
    );
    refused(
        program.run(&["init", "-t", "tenants", "--sample", "shop"]),
        1,
        "cannot be used with",
    );
    assert!(program.everything().is_empty());
}

#[test]
fn x_09_templates_are_listed_with_their_files() {
    let program = Program::in_empty_folder();
    let document = program.run(&["list-templates", "--format", "json"]).ok().json();
    assert_eq!(document["command"], "list-templates");
    let text = program.run(&["list-templates"]).ok().stdout;
    let templates = document["templates"].as_array().unwrap();
    assert_eq!(templates.len(), 4);
    for template in templates {
        let name = template["name"].as_str().unwrap();
        assert!(text.contains(name), "{text}");
        assert!(!template["description"].as_str().unwrap().is_empty(), "{name}");
        let folder = Program::in_empty_folder();
        let written = folder.run(&["init", "-t", name, "--format", "json"]).ok().json();
        let mut written: Vec<String> = serde_json::from_value(written["written"].clone()).unwrap();
        let mut files: Vec<String> = serde_json::from_value(template["files"].clone()).unwrap();
        for file in &mut files {
            *file = file.trim_end_matches('/').to_owned();
        }
        written.sort();
        files.sort();
        assert_eq!(written, files, "{name}");
    }
}

/// Starts a project, declares a table in each target, and goes once around. `one` and `all` are the steps' arguments.
#[track_caller]
fn goes_round(template: &str, targets: &[&str], one: &[&str], all: &[&str]) -> Program {
    let program = Program::in_empty_folder();
    program.run(&["init", "--template", template]).ok();
    program.run(&[&["check"], all].concat()).ok();
    for target in targets {
        assert!(
            program.read(target).starts_with("-- What the database"),
            "{target}"
        );
        program.write(target, TABLE);
    }
    program.run(&[&["check"], all].concat()).with_code(2);
    program.run(&[&["revision", "-m", "first"], one].concat()).ok();
    program.run(&[&["upgrade"], all].concat()).ok();
    program.run(&[&["check"], all].concat()).ok();
    program
}

#[test]
fn x_09_generic_works() {
    goes_round("generic", &["schema.sql"], &[], &[]);
}

#[test]
fn x_09_multidb_works() {
    let program = goes_round("multidb", &["orders.sql", "log.sql"], &["--all"], &["--all"]);
    for name in ["orders", "log"] {
        assert_eq!(program.files(&format!("migrations/{name}")).len(), 1);
    }
    refused(program.run(&["check"]), 1, "there are several databases");
}

#[test]
fn x_09_tenants_works() {
    let program = goes_round("tenants", &["schema.sql"], &["--tenant", "acme"], &["--all"]);
    assert!(program.path("tenant_acme.db").exists() && program.path("tenant_globex.db").exists());
    assert_eq!(program.files("migrations").len(), 1);
    // Each kind of server has its own way.
    let url = "postgres://me:hunter2@localhost/app";
    program.run(&["init", "-t", "tenants", "pg", "--url", url]).ok();
    let settings = program.read("pg/autogen.toml");
    assert!(settings.contains("\nschema = \"{tenant}\"\n") && !settings.contains("hunter2"));
    program
        .run(&["init", "-t", "tenants", "my", "--url", "mysql://localhost/app"])
        .ok();
    assert!(
        program
            .read("my/autogen.toml")
            .contains("\nurl = \"${SERVER_URL}/{tenant}\"")
    );
    assert!(program.path("my/migrations").exists() && !program.path("my/schema.sql").exists());
}

#[test]
fn x_09_embedded_works_before_it_is_compiled() {
    let program = goes_round("embedded", &["schema.sql"], &[], &[]);
    assert!(
        program
            .read("autogen.toml")
            .contains("\nrunner = \"cargo run --bin migrate --\"\n")
    );
    // The same as the example's, which is compiled.
    assert_eq!(
        program.read("build.rs"),
        include_str!("../../examples/notes/build.rs")
    );
}

#[test]
fn x_09_a_database_that_holds_something_gets_no_empty_target() {
    for (template, databases, targets) in [
        ("generic", &["app.db"][..], &["schema.sql"][..]),
        ("multidb", &["orders.db", "log.db"], &["orders.sql", "log.sql"]),
        ("tenants", &["tenant_acme.db"], &["schema.sql"]),
        ("embedded", &["app.db"], &["schema.sql"]),
    ] {
        let program = Program::in_empty_folder();
        program.sqlite(TABLE);
        for database in databases.iter().filter(|database| **database != "app.db") {
            fs::copy(program.path("app.db"), program.path(database)).unwrap();
        }
        let run = program.run(&["init", "-t", template]).ok();
        for target in targets {
            assert!(!program.path(target).exists(), "{template}");
            assert!(run.stderr.contains(&format!("> {target}")), "{}", run.stderr);
        }
    }
}
