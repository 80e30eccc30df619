//! Databases that are missing, held, damaged or none.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    program::Program,
    refusal::{refused, says, unchanged},
};

const FIRST: &str = "CREATE TABLE t (a integer PRIMARY KEY, b text);";
const SECOND: &str = "CREATE TABLE t (a integer PRIMARY KEY, b text NOT NULL DEFAULT 'x', c text);";

/// A project whose database is at the first of two scripts.
fn at_the_first() -> Program {
    let program = Program::with_target(FIRST);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO t VALUES (1, 'one')");
    program.write("schema.sql", SECOND);
    program.run(&["revision", "-m", "second"]).ok();
    program
}

fn wait_at_most(program: &Program, time: &str) {
    let config = program.read("autogen.toml");
    program.write("autogen.toml", format!("{config}lock_timeout = \"{time}\"\n"));
}

#[test]
fn a_missing_database_is_an_empty_one_and_only_an_upgrade_creates_it() {
    let program = Program::with_target(FIRST);
    let note = "sqlite://app.db does not exist and counts as an empty database";
    refused(&program, &["check"], 2, &[note]);
    refused(&program, &["diff"], 0, &[note]);
    refused(&program, &["revision", "-m", "x", "--dry-run"], 0, &[note]);
    says(&program.run(&["revision", "-m", "first"]).ok(), &[note]);
    assert!(!program.path("app.db").exists());

    refused(&program, &["current"], 0, &[]);
    refused(&program, &["history"], 0, &[]);
    refused(
        &program,
        &["inspect"],
        1,
        &["app.db: no such database file", "autogen upgrade"],
    );
    refused(&program, &["check"], 3, &["autogen upgrade"]);
    refused(&program, &["upgrade", "--dry-run"], 0, &[]);
    refused(&program, &["revision", "-m", "again"], 3, &["autogen upgrade"]);
    let words = &["does not exist", "autogen upgrade"];
    refused(&program, &["stamp", "head"], 1, words);
    for mode in ["ro", "rw"] {
        let url = format!("sqlite://app.db?mode={mode}");
        refused(&program, &["upgrade", "--url", &url], 1, words);
    }
    program.run(&["upgrade"]).ok();
    assert!(program.path("app.db").exists());
    program.run(&["check"]).ok();
}

/// Another process that holds a transaction on `app.db`.
struct Holder(Child);

impl Holder {
    fn new(program: &Program, begin: &str) -> Self {
        let mut child = Command::new("sqlite3")
            .args(["-bail", "app.db"])
            .current_dir(program.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{begin};\nSELECT 'held';").unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }

    fn let_go(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

#[test]
fn a_database_that_another_process_holds_is_waited_for_and_then_given_up() {
    let program = at_the_first();
    wait_at_most(&program, "300ms");
    let before = program.everything();
    let holder = Holder::new(&program, "BEGIN EXCLUSIVE");
    for args in [
        &["upgrade"][..],
        &["downgrade", "base"],
        &["stamp", "base"],
        &["current"],
        &["check"],
        &["diff"],
        &["revision", "-m", "x"],
    ] {
        let started = Instant::now();
        let run = program.run(args).with_code(1);
        assert!(started.elapsed() < Duration::from_secs(20), "{args:?}");
        says(&run, &["app.db", "database is locked", "help: "]);
    }
    holder.let_go();

    // Who only means to write lets others read.
    let holder = Holder::new(&program, "BEGIN IMMEDIATE");
    program.run(&["check"]).with_code(3);
    says(
        &program.run(&["upgrade"]).with_code(1),
        &["app.db", "database is locked", "lock_timeout"],
    );
    holder.let_go();
    unchanged(&program, &before);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn an_upgrade_goes_on_when_the_database_is_let_go() {
    for begin in ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"] {
        let program = at_the_first();
        wait_at_most(&program, "30s");
        let holder = Holder::new(&program, begin);
        let run = program.start(&["upgrade"]);
        thread::sleep(Duration::from_millis(1200));
        holder.let_go();
        says(&run.wait().ok(), &["applied"]);
        program.run(&["check"]).ok();
    }
}

#[test]
fn a_database_that_is_only_for_reading_is_read() {
    let program = at_the_first();
    let url = "sqlite://app.db?mode=ro";
    for args in [
        &["upgrade", "--url", url][..],
        &["downgrade", "base", "--url", url],
        &["stamp", "base", "--url", url],
    ] {
        refused(
            &program,
            args,
            1,
            &["app.db: attempt to write a readonly database", "mode=ro"],
        );
    }
    refused(&program, &["check", "--url", url], 3, &[]);
    refused(&program, &["current", "--url", url], 0, &[]);
    refused(&program, &["diff", "--url", url], 0, &[]);
}

#[test]
fn a_folder_for_a_database_file_is_refused() {
    let program = at_the_first();
    for verb in ["upgrade", "check", "current"] {
        refused(
            &program,
            &[verb, "--url", "sqlite://migrations"],
            1,
            &["migrations", "it is a folder"],
        );
    }
    refused(
        &program,
        &["upgrade", "--url", "sqlite://no/such/app.db"],
        1,
        &["no/such", "does not exist", "create the folder"],
    );
    refused(
        &program,
        &["upgrade", "--url", "sqlite://schema.sql/app.db"],
        1,
        &["schema.sql"],
    );
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let program = at_the_first();
    program.write(
        "app.db",
        "This is a letter to somebody, and it is long enough to be more than a header of a hundred bytes, which it is.",
    );
    for args in [
        &["check"][..],
        &["diff"],
        &["current"],
        &["upgrade"],
        &["stamp", "head"],
        &["revision", "-m", "x"],
    ] {
        refused(&program, args, 1, &["app.db: file is not a database", "help: "]);
    }
}

#[test]
fn a_damaged_database_is_refused() {
    let program = at_the_first();
    let whole = fs::read(program.path("app.db")).unwrap();
    let garbage: Vec<u8> = (0..40_000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
        .collect();
    for (case, damaged) in [
        (
            "garbage behind the header",
            [&whole[..100], &garbage[..]].concat(),
        ),
        (
            "garbage behind the schema",
            [&whole[..4096], &garbage[..]].concat(),
        ),
        ("cut off", whole[..5000].to_vec()),
    ] {
        program.write("app.db", &damaged);
        for args in [
            &["check"][..],
            &["current"],
            &["upgrade"],
            &["stamp", "base"],
            &["downgrade", "base"],
            &["revision", "-m", "x"],
        ] {
            let run = refused(&program, args, 1, &["app.db", "help: "]);
            assert!(
                run.stderr.contains("malformed") || run.stderr.contains("not a database"),
                "{case} {args:?}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let program = at_the_first();
    program.write("app.db", "");
    refused(&program, &["check"], 3, &[]);
    refused(&program, &["current"], 0, &[]);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}
