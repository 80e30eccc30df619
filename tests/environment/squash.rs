//! Several scripts as one.

use super::{fork, line, refused, rows, script, tables};

#[test]
fn a_range_becomes_one_script_with_the_id_of_the_last() {
    let program = line();
    script(&program, "dddd", &["cccc"], "");
    program.run(&["upgrade", "cccc"]).ok();
    let run = program.run(&["squash", "bbbb:cccc", "-m", "both"]).ok();
    assert_eq!(run.stdout, "migrations/cccc.rs\n");
    assert_eq!(program.files("migrations"), ["aaaa.rs", "cccc.rs", "dddd.rs"]);
    let text = program.read("migrations/cccc.rs");
    assert!(
        text.contains(".replaces(&[\"bbbb\"])") && text.contains("//! both"),
        "{text}"
    );
    // A database that has all of them goes on, and nothing counts as changed.
    let run = program.run(&["upgrade", "--changed-scripts", "stop"]).ok();
    assert!(!run.stderr.contains("changed"), "{}", run.stderr);
    assert_eq!(
        (rows(&program), tables(&program)),
        ("dddd".into(), "aaaa bbbb cccc dddd".into())
    );
    program.run(&["downgrade", "aaaa"]).ok();
    assert_eq!(tables(&program), "aaaa");
    program.run(&["upgrade"]).ok();
    assert_eq!(tables(&program), "aaaa bbbb cccc dddd");
    // All of it, again.
    program.run(&["squash", ":head"]).ok();
    assert_eq!(program.files("migrations"), ["dddd.rs"]);
    let text = program.read("migrations/dddd.rs");
    for replaced in ["\"aaaa\"", "\"bbbb\"", "\"cccc\""] {
        assert!(text.contains(replaced), "{text}");
    }
    program.run(&["downgrade", "base"]).ok();
    assert_eq!((rows(&program), tables(&program)), (String::new(), String::new()));
    program.run(&["upgrade"]).ok();
    assert_eq!(tables(&program), "aaaa bbbb cccc dddd");
}

#[test]
fn a_database_that_has_only_some_of_them_is_told() {
    let program = line();
    program.run(&["upgrade", "bbbb"]).ok();
    refused(
        program.run(&["squash", "aaaa:cccc"]),
        3,
        "the database is at bbbb, and has only some of them",
    );
    assert_eq!(program.files("migrations").len(), 3);
    program
        .run(&["squash", "aaaa:cccc", "--url", "sqlite://other.db"])
        .ok();
    refused(program.run(&["upgrade"]), 3, "bbbb was squashed into cccc");
}

#[test]
fn what_is_no_range_of_its_own_is_refused() {
    let program = fork();
    for (range, part) in [
        ("bbbb", "is no range"),
        ("bbbb:bbbb", "is not several scripts"),
        ("aaaa:c111", "c222 stands on bbbb"),
        ("d111:d222", "is not an ancestor"),
    ] {
        refused(program.run(&["squash", range]), 1, part);
    }
    assert_eq!(program.files("migrations").len(), 6);
    let json = program
        .run(&["squash", "aaaa:bbbb", "--format", "json"])
        .ok()
        .json();
    assert_eq!(json["replaces"], serde_json::json!(["aaaa"]));
    assert_eq!(json["removed"].as_array().unwrap().len(), 1);
    let text = program.read("migrations/bbbb.rs");
    program.write(
        "migrations/c111.rs",
        program
            .read("migrations/c111.rs")
            .replace("op.create", "if op.dialect() == \"x\" {} op.create"),
    );
    refused(program.run(&["squash", "c111:d111"]), 1, "asks for the engine");
    assert_eq!(program.read("migrations/bbbb.rs"), text);
}
