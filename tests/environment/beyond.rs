//! What Alembic has not: plan, status, rebase, and what a run does about a history that is not as it should be.

use super::{fork, line, project, refused, rows, script, tables};
use crate::program::Program;

#[test]
fn a_plan_says_what_an_upgrade_would_do_and_what_is_lost() {
    let program = Program::with_target("CREATE TABLE t (a integer, b text);");
    let run = program.run(&["plan"]).ok();
    assert!(run.stderr.contains("nothing to do"), "{}", run.stderr);
    program.run(&["revision", "-m", "first", "--rev-id", "aaaa"]).ok();
    program.run(&["upgrade"]).ok();
    program.write("schema.sql", "CREATE TABLE t (a integer);");
    program.run(&["revision", "-m", "less", "--rev-id", "bbbb"]).ok();
    let before = program.everything();
    let text = program.run(&["plan"]).ok().stdout;
    assert!(
        text.contains("bbbb  less") && text.contains("loses every value of t.b"),
        "{text}"
    );
    assert!(
        text.contains("in one transaction") || text.contains("in a transaction"),
        "{text}"
    );
    assert!(!text.contains("DROP COLUMN"), "{text}");
    let verbose = program.run(&["plan", "-v"]).ok().stdout;
    assert!(verbose.contains("DROP COLUMN"), "{verbose}");
    let json = program.run(&["plan", "--format", "json"]).ok().json();
    assert_eq!(json["from"], serde_json::json!(["aaaa"]));
    assert_eq!(
        json["scripts"][0]["losses"],
        serde_json::json!(["every value of t.b"])
    );
    assert_eq!(program.everything(), before, "nothing was changed");
}

#[test]
fn the_status_is_one_screen() {
    let program = Program::with_target("CREATE TABLE t (a integer);");
    let status = || program.run(&["status"]).ok().stdout;
    assert!(status().contains("which is not there yet"), "{}", status());
    program.run(&["revision", "-m", "first", "--rev-id", "aaaa"]).ok();
    assert!(status().contains("pending   aaaa  first"), "{}", status());
    program.run(&["upgrade"]).ok();
    let text = status();
    assert!(text.contains("at        aaaa  first"), "{text}");
    assert!(
        text.contains("scripts   all applied") && text.contains("drift     none against schema.sql"),
        "{text}"
    );
    program.sqlite("CREATE TABLE mine (a)");
    assert!(
        status().contains("drift     1 dropped table against schema.sql"),
        "{}",
        status()
    );
    let json = program.run(&["status", "--format", "json"]).ok().json();
    assert_eq!(json["standing"]["status"], "in_step");
    assert_eq!(json["drift"]["against"], "schema.sql");
    program.sqlite("UPDATE autogen_version SET version_num = 'zzzz'");
    assert!(status().contains("zzzz (no script of it here)"), "{}", status());
}

/// Two scripts on `bbbb`: `theirs`, which is applied, and `mine` with `more` on it.
fn two_heads() -> Program {
    let program = project();
    script(&program, "aaaa", &[], "");
    script(&program, "bbbb", &["aaaa"], "");
    script(&program, "theirs", &["bbbb"], "");
    script(&program, "mine", &["bbbb"], "");
    script(&program, "more", &["mine"], "");
    program.run(&["upgrade", "theirs"]).ok();
    program
}

#[test]
fn a_rebase_puts_ones_own_scripts_behind_the_others() {
    for args in [
        &["rebase"][..],
        &["rebase", "mine"],
        &["rebase", "more", "--onto", "theirs"],
    ] {
        let program = two_heads();
        let before = program.read("migrations/mine.rs");
        let run = program.run(args).ok();
        assert_eq!(run.stdout, "migrations/mine.rs\n", "{args:?}");
        assert_eq!(
            program.read("migrations/mine.rs"),
            before.replace(".revises(&[\"bbbb\"])", ".revises(&[\"theirs\"])")
        );
        program.run(&["upgrade"]).ok();
        assert_eq!(tables(&program), "aaaa bbbb mine more theirs");
        assert_eq!(rows(&program), "more");
    }
}

#[test]
fn a_rebase_that_makes_no_sense_is_refused() {
    let program = two_heads();
    program.run(&["upgrade", "heads"]).ok();
    refused(program.run(&["rebase"]), 1, "which script is to move");
    refused(
        program.run(&["rebase", "mine"]),
        3,
        "mine is applied to the database",
    );
    refused(
        program.run(&["rebase", "mine", "--onto", "more"]),
        1,
        "more stands on mine already",
    );
    refused(program.run(&["rebase", "nothere"]), 1, "there is no revision");
    let hint = program.run(&["rebase", "mine"]).stderr;
    assert!(hint.contains("autogen downgrade mine@bbbb"), "{hint}");
    program.run(&["downgrade", "mine@bbbb"]).ok();
    assert_eq!(rows(&program), "theirs");
    let json = program.run(&["rebase", "--format", "json"]).ok().json();
    assert_eq!(json["moved"], serde_json::json!(["mine", "more"]));
    assert_eq!(json["heads"], serde_json::json!(["more"]));
    let single = line();
    refused(single.run(&["rebase"]), 1, "there are no two heads");
    refused(single.run(&["rebase", "cccc"]), 1, "there is no other head");
    let several = fork();
    script(&several, "eeee", &["bbbb"], "");
    refused(
        several.run(&["rebase", "eeee"]),
        1,
        "several heads to put eeee on",
    );
    several.run(&["rebase", "c1branch@head", "--onto", "d222"]).ok();
}

#[test]
fn a_changed_script_is_warned_of_or_stops_or_is_accepted() {
    let program = line();
    program.run(&["upgrade", "bbbb"]).ok();
    let text = program.read("migrations/aaaa.rs");
    program.write("migrations/aaaa.rs", text.replace('\n', "\r\n"));
    let run = program.run(&["upgrade", "+0"]).ok();
    assert!(
        !run.stderr.contains("was changed"),
        "line endings do not count: {}",
        run.stderr
    );
    program.write("migrations/aaaa.rs", text.replace("integer()", "bigint()"));
    refused(
        program.run(&["upgrade", "--changed-scripts", "stop"]),
        3,
        "changed after it was applied: migrations/aaaa.rs",
    );
    assert_eq!(rows(&program), "bbbb");
    let run = program.run(&["upgrade", "bbbb"]).ok();
    assert!(
        run.stderr.contains("was changed after it was applied"),
        "{}",
        run.stderr
    );
    let run = program.run(&["upgrade", "--changed-scripts", "accept"]).ok();
    assert!(run.stderr.contains("counts as it is now"), "{}", run.stderr);
    assert_eq!(rows(&program), "cccc");
    let run = program.run(&["upgrade", "--changed-scripts", "stop"]).ok();
    assert!(!run.stderr.contains("changed"), "{}", run.stderr);
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nchanged_scripts = \"stop\"\n",
    );
    program.write("migrations/aaaa.rs", &text);
    refused(
        program.run(&["downgrade", "-1"]),
        3,
        "changed after it was applied",
    );
    program
        .run(&["downgrade", "-1", "--changed-scripts", "warn"])
        .ok();
}

#[test]
fn a_script_that_is_older_than_an_applied_one_is_applied_or_warned_of_or_stops() {
    let late = || {
        let program = fork();
        let text = program.read("migrations/c222.rs");
        program.write(
            "migrations/c222.rs",
            text.replace("Created:  2026-11-22", "Created:  2026-11-20"),
        );
        program.run(&["upgrade", "d111"]).ok();
        program
    };
    let program = late();
    refused(
        program.run(&["upgrade", "heads", "--out-of-order", "stop"]),
        3,
        "migrations/c222.rs is older than d111, which is applied",
    );
    assert_eq!(rows(&program), "d111");
    let run = program.run(&["upgrade", "heads", "--out-of-order", "warn"]).ok();
    assert!(
        run.stderr.contains("c222.rs is older than d111"),
        "{}",
        run.stderr
    );
    assert_eq!(rows(&program), "d111 d222");
    let program = late();
    assert!(!program.run(&["upgrade", "heads"]).ok().stderr.contains("older"));
    let program = late();
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nout_of_order = \"stop\"\n",
    );
    program.run(&["upgrade", "heads"]).with_code(3);
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nout_of_order = \"maybe\"\n",
    );
    refused(
        program.run(&["upgrade", "heads"]),
        1,
        "no value of `out_of_order`",
    );
}
