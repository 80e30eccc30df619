//! SQL without a database.

use super::{fork, line, refused, rows, tables};
use crate::program::Program;

fn apply(program: &Program, sql: &str) {
    // The shell takes a text that begins with a comment for an option.
    program.sqlite(&format!("\n{sql}"));
}

#[test]
fn x_06_stamps_as_sql() {
    let program = fork();
    let sql = program.run(&["stamp", "--sql", "heads"]).ok().stdout;
    apply(&program, &sql);
    assert_eq!(rows(&program), "d111 d222");
    let sql = program.run(&["stamp", "--sql", "heads:bbbb"]).ok().stdout;
    assert!(!sql.contains("CREATE TABLE"), "{sql}");
    apply(&program, &sql);
    assert_eq!(rows(&program), "bbbb");
    let sql = program.run(&["stamp", "--sql", "bbbb:c1branch@head"]).ok().stdout;
    apply(&program, &sql);
    assert_eq!(rows(&program), "d111");
    refused(
        program.run(&["stamp", "--sql", "aaaa:c111", "bbbb:c222"]),
        1,
        "two starting points",
    );
    program.run(&["stamp", "--sql", "--purge", "head"]).with_code(1);
    // A row that no script is known of goes with the others.
    program.sqlite("INSERT INTO autogen_version VALUES ('bogus')");
    program.run(&["stamp", "c222", "--purge"]).ok();
    assert_eq!(rows(&program), "c222");
}

#[test]
fn x_07_upgrades_and_downgrades_as_sql() {
    let program = line();
    let sql = |args: &[&str]| program.run(args).ok().stdout;
    let first = sql(&["upgrade", "aaaa", "--sql"]);
    assert!(first.contains("CREATE TABLE autogen_version"), "{first}");
    assert!(first.contains("INSERT INTO autogen_version"), "{first}");
    assert!(
        first.contains("-- upgrade migrations/aaaa.rs: make aaaa"),
        "{first}"
    );
    apply(&program, &first);
    let on = sql(&["upgrade", "aaaa:cccc", "--sql", "--tag", "release 7"]);
    assert!(
        on.contains("UPDATE autogen_version SET version_num = 'cccc'"),
        "{on}"
    );
    assert!(on.starts_with("-- tag: release 7\n"), "{on}");
    assert!(!on.contains("CREATE TABLE autogen_version"), "{on}");
    apply(&program, &on);
    assert_eq!(
        (rows(&program), tables(&program)),
        ("cccc".into(), "aaaa bbbb cccc".into())
    );
    let back = sql(&["downgrade", "head:base", "--sql"]);
    assert!(back.contains("DELETE FROM autogen_version"), "{back}");
    assert!(!back.contains("DROP TABLE autogen_version"), "{back}");
    apply(&program, &back);
    assert_eq!((rows(&program), tables(&program)), (String::new(), String::new()));
    assert_eq!(
        sql(&["upgrade", "bbbb:+1", "--sql"]),
        sql(&["upgrade", "bbbb:cccc", "--sql"])
    );

    refused(
        program.run(&["downgrade", "aaaa", "--sql"]),
        1,
        "it is not known where it is",
    );
    refused(program.run(&["downgrade", ":aaaa", "--sql"]), 1, "where to begin");
    refused(program.run(&["upgrade", "aaaa:bbbb"]), 1, "it is a range");
    refused(program.run(&["upgrade", "cccc:aaaa", "--sql"]), 1, "is behind");
    refused(
        program.run(&["upgrade", "head", "--sql", "--dialect", "oracle"]),
        1,
        "oracle",
    );
    refused(
        program.run(&["upgrade", "head", "--dialect", "sqlite"]),
        1,
        "--sql",
    );
}

#[test]
fn x_07_every_engine_has_its_own_text() {
    let program = line();
    for (dialect, begin) in [
        ("postgres", true),
        ("mysql", false),
        ("mariadb", false),
        ("sqlite", true),
    ] {
        for way in ["head", "aaaa:head"] {
            let sql = program
                .run(&["upgrade", way, "--sql", "--dialect", dialect])
                .ok()
                .stdout;
            let created = sql.find("CREATE TABLE").unwrap();
            let wraps = sql.find("BEGIN;").is_some_and(|at| at < created);
            assert_eq!(wraps, begin, "{dialect} {way}\n{sql}");
        }
    }
}

#[test]
fn x_10_the_tables_of_the_ledger_are_made_once() {
    let program = line();
    let said = |args: &[&str]| program.run(args).ok().stderr;
    let sql = program.run(&["ensure-version", "--sql"]).ok().stdout;
    assert!(sql.contains("CREATE TABLE autogen_version"), "{sql}");
    assert!(!program.path("app.db").exists());
    assert!(said(&["ensure-version"]).starts_with("made autogen_version"));
    assert!(said(&["ensure-version"]).contains("is there already"));
    assert_eq!(rows(&program), "");
    let json = program.run(&["ensure-version", "--format", "json"]).ok().json();
    assert_eq!(json["made"], false);
    program.run(&["upgrade"]).ok();
}
