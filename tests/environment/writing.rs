//! and `merge`: new scripts and where they stand.

use super::{fork, line, refused, script, tables};
use crate::program::Program;

const TARGET: &str = "CREATE TABLE t (a integer);";

#[test]
fn x_01_a_script_needs_a_database_that_is_at_all_heads() {
    let program = Program::with_target(TARGET);
    program.run(&["revision", "-m", "first", "--autogenerate"]).ok();
    program.write("schema.sql", "CREATE TABLE t (a integer, b text);");
    refused(
        program.run(&["revision", "-m", "second"]),
        3,
        "the database is behind",
    );
    program.run(&["upgrade"]).ok();
    program
        .run(&["revision", "-m", "second", "--rev-id", "bbbb1"])
        .ok();

    let program = fork();
    program.run(&["upgrade", "d111"]).ok();
    refused(
        program.run(&["revision", "-m", "x", "--head", "d111"]),
        3,
        "the database is behind",
    );
    refused(
        program.run(&["revision", "-m", "x", "--empty"]),
        1,
        "there are several heads",
    );
    refused(
        program.run(&["revision", "-m", "x", "--empty", "--head", "heads"]),
        1,
        "autogen merge",
    );
    program
        .run(&[
            "revision",
            "-m",
            "x",
            "--empty",
            "--head",
            "c1branch@head",
            "--rev-id",
            "e111",
        ])
        .ok();
    let json = program.run(&["heads", "--format", "json"]).ok();
    assert!(super::revisions(&json, "heads").contains("e111"));
}

#[test]
fn x_02_scripts_after_a_merge_and_with_dependencies() {
    let program = fork();
    let path = program.run(&["merge", "heads", "--rev-id", "eeee"]).ok().stdout;
    let text = program.read(path.trim());
    assert!(
        text.contains("merge d") && text.contains("\"d111\"") && text.contains("\"d222\""),
        "{text}"
    );
    program.run(&["upgrade"]).ok();
    program
        .run(&["revision", "-m", "after", "--empty", "--rev-id", "ffff"])
        .ok();
    program.run(&["upgrade"]).ok();
    assert_eq!(super::rows(&program), "ffff");

    let new = |args: &[&str]| {
        let args = [&["revision", "-m", "x", "--empty", "--head", "base"], args].concat();
        let run = program.run(&args).ok();
        program.read(run.stdout.trim())
    };
    let text = new(&["--rev-id", "g111", "--depends-on", "c1branch"]);
    assert!(text.contains("depends_on(&[\"c1branch\"])"), "{text}");
    let text = new(&["--rev-id", "g222", "--depends-on", "d222", "--depends-on", "bbbb"]);
    assert!(text.contains("depends_on(&[\"d222\", \"bbbb\"])"), "{text}");
    script(&program, "longest1", &[], "");
    let text = new(&[
        "--rev-id",
        "g333",
        "--depends-on",
        "longe",
        "--branch-label",
        "billing",
    ]);
    assert!(text.contains("depends_on(&[\"longest1\"])"), "{text}");
    assert!(text.contains("branch_labels(&[\"billing\"])"), "{text}");
    let refuse = |args: &[&str], part: &str| {
        refused(
            program.run(&[&["revision", "-m", "x", "--empty"], args].concat()),
            1,
            part,
        );
    };
    refuse(
        &["--head", "ffff", "--depends-on", "nothere"],
        "there is no revision \"nothere\"",
    );
    refuse(
        &["--head", "base", "--branch-label", "billing"],
        "the same branch label",
    );
    refuse(&["--head", "base", "--rev-id", "g333"], "is there already");
    refuse(&["--head", "base", "--rev-id", "a-b"], "cannot be a revision id");
    refuse(&["--head", "bbbb"], "bbbb is no head");
    program
        .run(&[
            "revision", "-m", "x", "--empty", "--head", "bbbb", "--splice", "--rev-id", "h111",
        ])
        .ok();
}

#[test]
fn merges_that_join_nothing_are_refused() {
    let program = fork();
    refused(
        program.run(&["merge", "d111"]),
        1,
        "only one revision to join: d111",
    );
    refused(program.run(&["merge", "base"]), 1, "nothing to join");
    refused(
        program.run(&["merge", "d111", "bbbb"]),
        1,
        "d111 stands on bbbb already",
    );
    refused(program.run(&["merge", "c111", "d222"]), 1, "c111 is no head");
    program
        .run(&[
            "merge",
            "c111",
            "d222",
            "--splice",
            "-m",
            "early",
            "--branch-label",
            "joined",
        ])
        .ok();
    program.run(&["upgrade", "joined@head"]).ok();
    assert_eq!(tables(&program), "aaaa bbbb c111 c222 d222");
    let json = program
        .run(&[
            "merge",
            "d111",
            "joined@head",
            "--format",
            "json",
            "--rev-id",
            "last",
        ])
        .ok()
        .json();
    assert_eq!(json["revision"], "last");
    assert_eq!(json["revises"].as_array().unwrap().len(), 2);
    let single = line();
    refused(
        single.run(&["merge", "heads"]),
        1,
        "only one revision to join: cccc",
    );
}

#[test]
fn the_sql_of_a_script_that_is_not_written() {
    let program = Program::with_target(TARGET);
    let run = program.run(&["revision", "-m", "x", "--sql"]).ok();
    assert!(run.stdout.contains("CREATE TABLE t"), "{}", run.stdout);
    assert!(program.files("migrations").is_empty());
    program
        .run(&["revision", "-m", "x", "--sql", "--empty"])
        .with_code(1);
}
