//! Other processes: one that stops reading, one that does the same at the same time, one that says stop.

use std::{
    io::Read,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::program::Program;

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let tables: Vec<String> = (0..3000)
        .map(|n| format!("CREATE TABLE t{n} (id integer PRIMARY KEY, name text);\n"))
        .collect();
    let program = Program::with_target(&tables.concat());
    for args in [
        &["diff"][..],
        &["diff", "--format", "sql"],
        &["diff", "--format", "json"],
        &["inspect", "schema.sql"],
        &["help"],
    ] {
        let mut child = program
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?} {stderr}");
        assert!(
            !stderr.contains("panic") && !stderr.contains("error"),
            "{args:?} {stderr}"
        );
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let program = Program::with_target("CREATE TABLE t (a);");
    let Ok(full) = std::fs::File::create("/dev/full") else {
        return;
    };
    let output = program.command(&["diff"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}

/// Waits until the upgrade has begun to write.
fn wait_for_journal(program: &Program) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !program.path("app.db-journal").exists() {
        assert!(Instant::now() < deadline, "the upgrade never began to write");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn ctrl_c_leaves_the_database_as_it_was() {
    let program = Program::before_a_rebuild(300_000);
    let schema = program.sqlite("SELECT sql FROM sqlite_schema ORDER BY 1");
    let run = program.start(&["upgrade"]);
    wait_for_journal(&program);
    run.interrupt();
    let run = run.wait().with_code(1);
    assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
    assert!(
        !program.path("app.db-journal").exists(),
        "it was rolled back before the program ended"
    );
    assert_eq!(program.sqlite("SELECT sql FROM sqlite_schema ORDER BY 1"), schema);
    assert_eq!(
        program.sqlite("PRAGMA integrity_check; SELECT count(*) FROM t"),
        "ok\n300000\n"
    );
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn how_long_to_wait_for_a_lock_can_be_said_for_one_run() {
    let program = Program::before_a_rebuild(10);
    let mut holder = std::process::Command::new("sqlite3")
        .arg(program.path("app.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = holder.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"BEGIN EXCLUSIVE; SELECT 'held';\n").unwrap();
    let mut held = [0; 5];
    holder.stdout.as_mut().unwrap().read_exact(&mut held).unwrap();
    let started = Instant::now();
    let run = program.run(&["upgrade", "--lock-timeout", "0s"]).with_code(1);
    assert!(run.stderr.contains("has held the database"), "{}", run.stderr);
    assert!(started.elapsed() < Duration::from_secs(8));
    let run = program.run(&["upgrade", "--lock-timeout", "soon"]).with_code(1);
    assert!(run.stderr.contains("it is no time"), "{}", run.stderr);
    drop(input);
    holder.wait().unwrap();
    program.run(&["upgrade"]).ok();
}
