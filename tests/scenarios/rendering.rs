//! R: names and the rendered script. (That every script reads back equal, every scenario checks.)

use crate::harness::*;
use crate::project::Project;
use crate::tables::{MODEL_AFTER, MODEL_BEFORE, MODEL_ROWS};
use autogen::directive::Directive;

/// The script from one schema to another, without its id and time.
fn script(from: &str, to: &str) -> String {
    let project = Project::new(&[to]);
    block_on(async {
        project.load(from).await;
        project.revision(&project.compare().await, &[]);
        let text = project.script_text();
        let start = text.find("use autogen").expect("the script begins");
        text[start..].to_owned()
    })
}

#[test]
fn r_01_names_are_kept_as_they_are_on_either_side() {
    Scenario::new("R-01")
        .from("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT, CONSTRAINT \"Weird Name\" UNIQUE (name)); CREATE INDEX ix_user_name ON user (name)")
        .to("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT, CONSTRAINT \"uq$user\" CHECK (name <> '')); CREATE INDEX \"ix.user.name\" ON user (name)")
        .rows("INSERT INTO user VALUES (1, 'a')")
        .expect(&[
            "user: drop index ix_user_name",
            "user: drop unique constraint Weird Name, add check uq$user",
            "user: new index ix.user.name",
        ]);
}

#[test]
fn r_02_the_whole_script_of_a_model_that_changes_in_many_places() {
    let text = script(MODEL_BEFORE, MODEL_AFTER);
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("scenario_model", text);
    });
}

#[test]
fn r_03_a_script_imports_once() {
    let text = script("", MODEL_AFTER);
    assert_eq!(text.matches("use ").count(), 1, "{text}");
    assert!(text.starts_with("use autogen::script::*;"), "{text}");
}

#[test]
fn r_05_an_expression_as_default_and_conflict_clauses_keep_their_form() {
    let table = "CREATE TABLE t (
        id INTEGER PRIMARY KEY ON CONFLICT REPLACE,
        made TEXT DEFAULT (datetime('now', '-1 day')),
        word TEXT DEFAULT 'x',
        stamp TEXT DEFAULT CURRENT_TIMESTAMP,
        number INT DEFAULT -1,
        code TEXT NOT NULL ON CONFLICT IGNORE,
        CONSTRAINT uq UNIQUE (word, code) ON CONFLICT ROLLBACK
    )";
    Scenario::new("R-05").to(table).expect(&["t: new table"]);
    // Changed beside them, they outlive a rebuild.
    Scenario::new("R-05")
        .from(table)
        .to(&table.replace("number INT", "number BIGINT"))
        .rows("INSERT INTO t (id, code) VALUES (1, 'c')")
        .expect(&["t: alter column number (type int to bigint)"]);
    let project = Project::new(&[table]);
    block_on(async {
        project.revision(&project.compare().await, &[]);
        project.upgrade().await.expect("an upgrade");
        let sql = project
            .query("SELECT sql FROM sqlite_schema WHERE name = 't'")
            .await;
        for part in [
            "DEFAULT (datetime('now', '-1 day'))",
            "DEFAULT 'x'",
            "DEFAULT CURRENT_TIMESTAMP",
            "DEFAULT -1",
            "ON CONFLICT REPLACE",
            "ON CONFLICT IGNORE",
            "ON CONFLICT ROLLBACK",
        ] {
            assert!(sql.contains(part), "R-05: {part} is not in {sql}");
        }
    });
}

/// One schema with everything SQLite has, and one with everything changed.
const EVERYTHING: &str = include_str!("../../fixtures/scenarios/everything.sql");
const EVERYTHING_ELSE: &str = include_str!("../../fixtures/scenarios/everything_else.sql");

#[test]
fn r_07_every_directive_goes_there_and_back() {
    Scenario::new("R-07").to(EVERYTHING).holds();
    Scenario::new("R-07").from(EVERYTHING).holds();
    for (from, to) in [(EVERYTHING, EVERYTHING_ELSE), (EVERYTHING_ELSE, EVERYTHING)] {
        Scenario::new("R-07")
            .from(from)
            .to(to)
            .inspect(|script| {
                let has = |wanted: fn(&Directive) -> bool| {
                    assert!(script.upgrade.iter().any(wanted), "{:#?}", script.upgrade);
                };
                has(|d| matches!(d, Directive::CreateTable(_)));
                has(|d| matches!(d, Directive::DropTable(_)));
                has(|d| matches!(d, Directive::AlterTable(_)));
                has(|d| matches!(d, Directive::CreateIndex { .. }));
                has(|d| matches!(d, Directive::DropIndex { .. }));
                has(|d| matches!(d, Directive::CreateObject(_)));
                has(|d| matches!(d, Directive::DropObject(_)));
            })
            .holds();
    }
}

#[test]
fn r_07_the_model_goes_back_to_where_it_was() {
    Scenario::new("R-07").from(MODEL_AFTER).to(MODEL_BEFORE).holds();
    Scenario::new("R-07")
        .from(MODEL_BEFORE)
        .to(MODEL_AFTER)
        .rows(MODEL_ROWS)
        .holds();
}
