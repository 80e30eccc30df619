//! Processes that are stopped, killed, doubled or run out of room in the middle of a rebuild.

use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{program::Program, refusal::says};

/// What the database holds, in short: its definitions, its rows and its ledger.
fn content(program: &Program) -> String {
    program.sqlite(
        "PRAGMA integrity_check;
         SELECT sql FROM sqlite_schema ORDER BY 1;
         SELECT count(*), sum(a), sum(length(b)), sum(unicode(c)) FROM t;
         SELECT * FROM autogen_version; SELECT count(*) FROM autogen_history",
    )
}

#[track_caller]
fn completes(program: &Program, rows: u32) {
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    assert_eq!(
        program.sqlite("PRAGMA integrity_check; SELECT count(*) FROM t"),
        format!("ok\n{rows}\n")
    );
}

/// Waits until the upgrade has begun to write, and then for `more`.
fn when_it_writes(program: &Program, more: Duration) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !program.path("app.db-journal").exists() {
        assert!(Instant::now() < deadline, "the upgrade never began to write");
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(more);
}

#[test]
fn two_upgrades_at_once_share_the_scripts() {
    let program = Program::before_a_rebuild(2_000);
    program.write(
        "schema.sql",
        "CREATE TABLE t (a integer PRIMARY KEY, b varchar(100), c text CHECK (length(c) > 0), d integer);",
    );
    program
        .run(&["revision", "-m", "third", "--from", "migrations"])
        .ok();
    let at_base = program.everything();
    for round in 0..10 {
        let runs = [program.start(&["upgrade"]), program.start(&["upgrade"])].map(|run| run.wait().ok());
        for run in &runs {
            says(run, &[]);
        }
        assert_eq!(
            program.sqlite(
                "SELECT count(*), count(DISTINCT revision) FROM autogen_history WHERE direction = 'upgrade'"
            ),
            "3|3\n",
            "round {round}: {runs:?}"
        );
        let applied: usize = runs
            .iter()
            .map(|run| run.stderr.matches("applied ").count())
            .sum();
        assert_eq!(applied, 2, "round {round}: {runs:?}");
        for (path, content) in &at_base {
            std::fs::write(path, content).unwrap();
        }
    }
}

#[test]
fn a_second_upgrade_waits_for_a_long_first_one() {
    let program = Program::before_a_rebuild(300_000);
    let first = program.start(&["upgrade"]);
    // By then its pages have outgrown the cache, and it shuts readers out.
    when_it_writes(&program, Duration::from_millis(300));
    let second = program.start(&["upgrade"]);
    says(&first.wait().ok(), &["applied"]);
    says(&second.wait().ok(), &["nothing to do"]);
}

#[test]
fn an_upgrade_that_is_told_to_stop_or_killed_at_any_moment_never_was() {
    const ROWS: u32 = 200_000;
    let program = Program::before_a_rebuild(ROWS);
    let before = content(&program);
    for (number, more) in [0, 40, 150, 400].into_iter().enumerate() {
        let run = program.start(&["upgrade"]);
        when_it_writes(&program, Duration::from_millis(more));
        if number % 2 == 0 {
            run.interrupt();
            let run = run.wait().with_code(1);
            says(&run, &["interrupted"]);
            assert!(!program.path("app.db-journal").exists());
        } else {
            run.kill();
        }
        assert_eq!(content(&program), before, "after {more} ms");
    }
    completes(&program, ROWS);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_database_as_it_was() {
    const ROWS: u32 = 20_000;
    let program = Program::before_a_rebuild(ROWS);
    let before = content(&program);
    let kilobytes = std::fs::metadata(program.path("app.db")).unwrap().len() / 1024;
    // A file may not outgrow what it is, not by much: the rebuild needs more. The shell counts in blocks of 512 or 1024 bytes.
    for room in [kilobytes / 2, kilobytes, kilobytes * 3 / 2] {
        let output = Command::new("bash")
            .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$1\" upgrade"])
            .arg(room.to_string())
            .arg(env!("CARGO_BIN_EXE_autogen"))
            .current_dir(program.path(""))
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{room}: {stderr}");
        assert!(
            stderr.contains("app.db") && stderr.contains("help: "),
            "{room}: {stderr}"
        );
        assert!(!stderr.contains("panicked"), "{room}: {stderr}");
        assert_eq!(content(&program), before, "{room}: {stderr}");
    }
    completes(&program, ROWS);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_closes_ends_the_output_without_a_word() {
    let tables: Vec<String> = (0..2000)
        .map(|n| format!("CREATE TABLE t{n} (id integer PRIMARY KEY, name text);\n"))
        .collect();
    let program = Program::with_target(&tables.concat());
    program.sqlite(&tables.concat());
    for verb in ["inspect", "diff --to migrations", "inspect --format json"] {
        let output = Command::new("bash")
            .args(["-c", &format!("set -o pipefail; \"$0\" {verb} | head -1")])
            .arg(env!("CARGO_BIN_EXE_autogen"))
            .current_dir(program.path(""))
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{verb}: {stderr}");
        assert!(
            !stderr.contains("panic") && !stderr.contains("error"),
            "{verb}: {stderr}"
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).lines().count(),
            1,
            "{verb}"
        );
    }
}
