//! Scripts that were edited, lost, doubled or changed, and scripts that fail.

use crate::{
    program::Program,
    refusal::{refused, says},
};

const FIRST: &str = "CREATE TABLE t (a integer PRIMARY KEY, b text);";
const SECOND: &str = "CREATE TABLE t (a integer PRIMARY KEY, b varchar(20) NOT NULL DEFAULT 'x', c text);\nCREATE TABLE u (x);";

/// A project whose database is at the first of two scripts and has rows. The path of the second.
fn at_the_first() -> (Program, String) {
    let program = Program::with_target(FIRST);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO t VALUES (1, 'one'), (2, 'two')");
    program.write("schema.sql", SECOND);
    program.run(&["revision", "-m", "second"]).ok();
    let second = program.script("second");
    (program, second)
}

/// The script with `line` as the first, or the last, of its upgrade.
fn with_line(script: &str, line: &str, last: bool) -> String {
    let upgrade = "pub fn upgrade(op: &mut Operations) {\n";
    let (head, rest) = script.split_once(upgrade).unwrap();
    if last {
        let (body, rest) = rest.split_once("\n}\n").unwrap();
        format!("{head}{upgrade}{body}\n    {line}\n}}\n{rest}")
    } else {
        format!("{head}{upgrade}    {line}\n{rest}")
    }
}

#[test]
fn what_a_script_cannot_say_is_shown_with_the_way_out() {
    let (program, second) = at_the_first();
    let script = program.read(&second);
    let way_out = "op.execute(\"..\")";
    for (line, column, words) in [
        (
            "for i in 0..3 { op.execute(\"SELECT 1\"); }",
            5,
            &["`for` loop", way_out][..],
        ),
        ("while true {}", 5, &["`while`", way_out]),
        ("let n = 3 + 4;", 15, &["operator `+`", way_out]),
        ("let n = std::env::var(\"X\");", 13, &["std::", way_out]),
        ("println!(\"x\");", 5, &["macro `println!`", way_out]),
        ("op.execute(format!(\"x\"));", 16, &["macro `format!`", way_out]),
        (
            "if true { op.execute(\"SELECT 1\"); }",
            8,
            &["condition", way_out],
        ),
        ("op.execute(nope);", 16, &["`nope` is not defined"]),
        (
            "op.frobnicate(\"x\");",
            8,
            &["`op.frobnicate(..)` is unknown", "known here"],
        ),
        ("op.drop_tabel(\"x\");", 8, &["did you mean `op.drop_table(..)`?"]),
        ("op.execute(\"SELECT 1\"", 0, &["not Rust"]),
        ("}}}", 0, &["not Rust"]),
    ] {
        program.write(&second, with_line(&script, line, false));
        let place = match column {
            0 => format!("{second}:"),
            column => format!("{second}:12:{column}\n"),
        };
        let words = [words, &[&*place]].concat();
        refused(&program, &["upgrade"], 1, &words);
        refused(&program, &["upgrade", "--dry-run"], 1, &words);
        refused(&program, &["show", "head"], 1, &words);
    }
    program.write(&second, script.replace("pub fn downgrade", "pub fn downgrad"));
    refused(&program, &["upgrade"], 1, &[&second, "no function `downgrade`"]);
    program.write(&second, &script[..script.len() / 2]);
    refused(&program, &["upgrade"], 1, &[&second]);
    program.write(&second, [script.as_bytes(), b"// \xff"].concat());
    refused(&program, &["upgrade"], 1, &[&second, "UTF-8"]);

    program.write(&second, " \n");
    for verb in ["upgrade", "check", "history"] {
        refused(&program, &[verb], 1, &[&second, "is empty", "help: "]);
    }

    program.write(&second, script);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn an_applied_script_that_is_gone_is_missed() {
    let (program, _) = at_the_first();
    std::fs::remove_file(program.path(&program.script("second"))).unwrap();
    let first = program.script("first");
    let id = first["migrations/".len()..].split('_').next().unwrap().to_owned();
    std::fs::remove_file(program.path(&first)).unwrap();
    for args in [
        &["upgrade"][..],
        &["downgrade", "base"],
        &["downgrade", "-1"],
        &["revision", "-m", "x"],
    ] {
        refused(&program, args, 3, &[&id, "no script", "help: "]);
    }
    let check = refused(&program, &["check"], 3, &[]);
    assert!(check.stdout.contains(&id), "{}", check.stdout);
    let current = refused(&program, &["current"], 0, &[]);
    assert!(current.stdout.contains(&id), "{}", current.stdout);
}

#[test]
fn a_script_whose_parent_is_gone_is_refused() {
    let (program, second) = at_the_first();
    let first = program.script("first");
    std::fs::remove_file(program.path(&first)).unwrap();
    for verb in ["upgrade", "check", "history", "current", "heads"] {
        refused(&program, &[verb], 1, &["there is no script of that id", "help: "]);
    }
    assert!(program.path(&second).exists());
}

#[test]
fn a_script_that_is_there_twice_is_refused() {
    let (program, second) = at_the_first();
    program.write("migrations/copy.rs", program.read(&second));
    for args in [
        &["upgrade"][..],
        &["check"],
        &["current"],
        &["history"],
        &["heads"],
        &["revision", "-m", "x"],
    ] {
        refused(
            &program,
            args,
            1,
            &[
                &second,
                "migrations/copy.rs",
                "the same revision",
                "delete the one that is a copy",
            ],
        );
    }
}

#[test]
fn a_script_that_was_changed_after_it_was_applied_is_a_warning() {
    let (program, second) = at_the_first();
    program.run(&["upgrade"]).ok();
    let script = program.read(&second);
    let warning = "was changed after it was applied";

    program.write(&second, script.replace("    op.", "\n\n    // a remark\n    op."));
    for verb in ["check", "upgrade", "current"] {
        let run = refused(&program, &[verb], 0, &[]);
        assert!(!run.stderr.contains(warning), "{}", run.stderr);
    }
    program.write(&second, script.replace("\"c\"", "\"d\""));
    for verb in ["check", "upgrade", "current"] {
        refused(&program, &[verb], 0, &["warning: ", &second, warning, "help: "]);
    }
    let json = refused(&program, &["check", "--format", "json"], 0, &[]).json();
    assert!(json["notices"].to_string().contains(warning), "{json}");
}

#[test]
fn a_script_that_fails_half_way_leaves_the_database_as_it_was() {
    let (program, second) = at_the_first();
    program.sqlite("CREATE TABLE other (n integer); INSERT INTO other VALUES (7)");
    let script = program.read(&second);
    let before = program.sqlite(".dump");
    for (line, words) in [
        ("op.execute(\"SELEC 1\");", &["near \"SELEC\"", "SELEC 1"][..]),
        (
            "op.execute(\"INSERT INTO t VALUES (9, 'x', 'y'); DELETE FROM t; INSERT INTO nope VALUES (1)\");",
            &["no such table: nope"],
        ),
        (
            "op.execute(\"COMMIT\");",
            &["COMMIT in a script", "take the statement out"],
        ),
        ("op.execute(\"ROLLBACK\");", &["ROLLBACK in a script"]),
        (
            "op.execute(\"DELETE FROM other; INSERT INTO t (a) VALUES (1)\");",
            &["UNIQUE constraint failed"],
        ),
        ("op.drop_table(\"nope\");", &["nope"]),
    ] {
        program.write(&second, with_line(&script, line, true));
        let run = program.run(&["upgrade"]).with_code(1);
        says(&run, words);
        says(&run, &[&second]);
        assert_eq!(program.sqlite(".dump"), before, "{line}");
        assert!(!program.path("app.db-journal").exists(), "{line}");
    }
    program.write(&second, script);
    program.run(&["upgrade"]).ok();
    assert_eq!(
        program.sqlite("SELECT a, b FROM t; SELECT n FROM other"),
        "1|one\n2|two\n7\n"
    );
    program.run(&["check", "--to", "migrations"]).with_code(2);
}
