//! X-12: command lines around scripts, and that a failing one is told.

use std::fs;

use crate::program::Program;

fn with_hooks(hooks: &str) -> Program {
    let program = Program::with_target("CREATE TABLE t (a integer PRIMARY KEY);");
    fs::create_dir(program.path("below")).unwrap();
    let settings = program.read("autogen.toml");
    program.write("autogen.toml", format!("{settings}[hooks]\n{hooks}\n"));
    program
}

#[test]
fn x_12_hooks_run_in_order_with_what_they_ask_for() {
    let program = with_hooks(
        r#"after_write = [
    "sh -c 'echo one $AUTOGEN_REVISION $AUTOGEN_X_WHO >> log' {script}",
    { name = "two", run = ["sh", "-c", "echo two $(basename $0) >> ../log", "{script}"], cwd = "below" },
]
before_apply = "sh -c 'echo before {direction} {revision} $AUTOGEN_DATABASE $AUTOGEN_TAG >> log'"
after_apply = ["sh -c 'echo after {direction} {revision} >> log; echo shown'"]"#,
    );
    let run = program
        .run(&["revision", "-m", "first", "--rev-id", "aaaa", "-x", "who=me"])
        .ok();
    assert!(run.stdout.ends_with("aaaa_first.rs\n"), "{}", run.stdout);
    assert_eq!(program.read("log"), "one aaaa me\ntwo aaaa_first.rs\n");
    program.write("log", "");
    let run = program.run(&["upgrade", "--tag", "friday"]).ok();
    assert!(
        run.stderr.contains("shown") && run.stdout.is_empty(),
        "{}",
        run.stderr
    );
    program.run(&["downgrade", "base"]).ok();
    let database = "sqlite://app.db";
    assert_eq!(
        program.read("log"),
        format!(
            "before upgrade aaaa {database} friday\nafter upgrade aaaa\nbefore downgrade aaaa {database}\nafter downgrade aaaa\n"
        )
    );
}

#[test]
fn x_12_a_hook_that_fails_or_is_missing_is_an_error() {
    let program = with_hooks("after_write = [{ name = 'format', run = 'sh -c \"exit 3\"' }, 'touch never']");
    let run = program.run(&["revision", "-m", "first"]).with_code(1);
    assert!(
        run.stderr.contains("hook `format`") && run.stderr.contains("exit status: 3"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("was written and stays"), "{}", run.stderr);
    assert!(!program.path("never").exists());
    assert_eq!(program.files("migrations").len(), 1);

    // Before a script: nothing of it is done.
    let program = with_hooks("before_apply = 'no-such-program-anywhere {script}'");
    program.run(&["revision", "-m", "first"]).ok();
    let run = program.run(&["upgrade"]).with_code(1);
    assert!(
        run.stderr.contains("cannot be run") && run.stderr.contains("is installed"),
        "{}",
        run.stderr
    );
    program.run(&["check"]).with_code(3);

    // After it: it is done, and the next one does not begin.
    let program = with_hooks("after_apply = 'false'");
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["revision", "-m", "second", "--empty"]).ok();
    let run = program.run(&["upgrade"]).with_code(1);
    assert!(run.stderr.contains("is done and committed"), "{}", run.stderr);
    let current = program.run(&["current", "--format", "json"]).ok().json();
    assert_eq!(current["pending"], 1);
}
