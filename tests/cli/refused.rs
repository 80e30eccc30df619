//! What cannot be done: a clear error, the right exit code, and nothing changed. Broken settings, files, databases and scripts are the
//! business of `tests/hostile`.

use std::fs;

use crate::program::{Program, Run};

const TARGET: &str = "CREATE TABLE t (a integer PRIMARY KEY, b text);";

fn at_head() -> Program {
    let program = Program::with_target(TARGET);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO t VALUES (1, 'one')");
    program
}

/// The error of a run that changed nothing.
#[track_caller]
fn refused(program: &Program, args: &[&str], words: &[&str]) -> Run {
    let before = program.files(".");
    let scripts = program.files("migrations");
    let run = program.run(args).with_code(1);
    assert_eq!(run.stdout, "", "{args:?}");
    assert!(run.stderr.contains("error: "), "{}", run.stderr);
    assert!(!run.stderr.contains("panic"), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
    }
    assert_eq!(program.files("."), before, "{args:?}");
    assert_eq!(program.files("migrations"), scripts, "{args:?}");
    run
}

#[test]
fn revisions_that_are_not_there() {
    let program = at_head();
    for args in [
        &["upgrade", "zzzz"][..],
        &["upgrade", "+2"],
        &["upgrade", "-1"],
        &["downgrade", "-2"],
        &["downgrade", "zzzz"],
        &["stamp", "zzzz"],
        &["show", "zzzz"],
        &["upgrade", ""],
        &["upgrade", "head-x"],
        &["check", "--to", "migrations@zzzz"],
    ] {
        refused(&program, args, &[]);
    }
    for args in [
        &["downgrade"][..],
        &["revision"],
        &["revision", "-m", "x", "--empty", "--from", "migrations"],
        &["init", "a", "b"],
    ] {
        assert_eq!(program.run(args).code, 1, "{args:?}");
    }
    refused(
        &program,
        &["revision", "-m", "x", "--rev-id", "a b", "--empty"],
        &["a b"],
    );
    refused(
        &program,
        &["revision", "-m", "  ", "--empty"],
        &["message is empty"],
    );
}

#[test]
fn rows_that_contradict_stop_the_change() {
    let program = at_head();
    program.sqlite("INSERT INTO t VALUES (2, NULL), (3, 'one')");
    let before = program.sqlite(".dump");
    for (schema, words) in [
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text NOT NULL);",
            &["rows contradict", "of t has NULL in b", "1 row"][..],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text UNIQUE);",
            &["rows contradict", "b"],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text, c text NOT NULL);",
            &["rows contradict", "c", "3 rows"],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b integer) STRICT;",
            &["rows contradict", "b"],
        ),
    ] {
        program.write("schema.sql", schema);
        let run = program
            .run(&["revision", "-m", "second", "--rev-id", "second"])
            .ok();
        refused(&program, &["upgrade"], words);
        assert_eq!(program.sqlite(".dump"), before);
        fs::remove_file(program.path(run.stdout.trim())).unwrap();
    }
}

#[test]
fn a_script_that_only_a_compiled_program_can_run_is_placed_and_that_program_named() {
    let program = Program::with_target("CREATE TABLE t (a);");
    let settings = program.read("autogen.toml");
    program.write(
        "autogen.toml",
        format!("{settings}runner = \"cargo run -p app -- migrate\"\n"),
    );
    for (body, what, line) in [
        ("    op.run(\"x\");\n", "`op.run(..)` is code", 12),
        ("    for _ in 0..3 {}\n", "a `for` loop", 12),
        ("    backfill(op);\n", "backfill", 12),
    ] {
        program.script_calling("aaaa", "", body, "");
        let run = program.run(&["upgrade"]).with_code(1);
        assert!(
            run.stderr.contains("migrations/aaaa.rs") && run.stderr.contains(what),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(&line.to_string()), "{}", run.stderr);
        assert!(
            run.stderr.contains("`cargo run -p app -- migrate`"),
            "{}",
            run.stderr
        );
        assert!(!program.path("app.db").exists() || program.sqlite(".tables").is_empty());
    }
}
