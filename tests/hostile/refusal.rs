//! What every refusal has in common.

use crate::program::{Program, Run};

/// The password in every URL of these tests.
pub(crate) const PASSWORD: &str = "hunter2";

/// Asserts that a run ends with `code`, that its messages hold all `words`, and that no file was changed, made or removed.
#[track_caller]
pub(crate) fn refused(program: &Program, args: &[&str], code: i32, words: &[&str]) -> Run {
    let before = program.everything();
    let run = program.run(args).with_code(code);
    unchanged(program, &before);
    says(&run, words);
    run
}

/// Asserts that the messages hold all `words`, and neither a panic nor a password.
#[track_caller]
pub(crate) fn says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "no `{word}` in:\n{}", run.stderr);
    }
    for text in [&run.stdout, &run.stderr] {
        for never in ["panicked", "RUST_BACKTRACE", PASSWORD] {
            assert!(!text.contains(never), "`{never}` in:\n{text}");
        }
    }
}

/// Asserts that the folder holds what it held.
#[track_caller]
pub(crate) fn unchanged(program: &Program, before: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>) {
    let after = program.everything();
    let names = |files: &std::collections::BTreeMap<_, _>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&after), names(before));
    for (path, content) in before {
        assert!(after[path] == *content, "{} was changed", path.display());
    }
}
