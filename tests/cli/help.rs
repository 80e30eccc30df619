//! What the program says about itself, as snapshots: the help is read more often than the documentation.

use crate::program::Program;

/// Each command's help is as it was when somebody last read it.
#[test]
fn help() {
    let program = Program::in_empty_folder();
    for verb in [
        "",
        "init",
        "list-templates",
        "revision",
        "upgrade",
        "downgrade",
        "check",
        "diff",
        "inspect",
        "current",
        "history",
        "heads",
        "branches",
        "show",
        "merge",
        "rebase",
        "squash",
        "status",
        "plan",
        "edit",
        "stamp",
        "ensure-version",
        "completions",
    ] {
        let run = match verb {
            "" => program.run(&["--help"]),
            verb => program.run(&["help", verb]),
        };
        assert_eq!(run.code, 0, "{verb}");
        assert_eq!(run.stderr, "", "{verb}");
        let name = if verb.is_empty() { "autogen" } else { verb };
        insta::with_settings!({ snapshot_path => "../../snapshots/help", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, run.stdout);
        });
    }
}

#[test]
fn no_command_shows_the_help_and_is_an_error() {
    let run = Program::in_empty_folder().run(&[]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("Usage: autogen"), "{}", run.stderr);
}

#[test]
fn a_mistyped_command_gets_a_suggestion() {
    let run = Program::in_empty_folder().run(&["chek"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("'check'"), "{}", run.stderr);
}

#[test]
fn wrong_usage_is_json_where_json_is_asked_for() {
    let run = Program::in_empty_folder().run(&["check", "--format", "json", "--frm", "x"]);
    assert_eq!(run.code, 1);
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["kind"], "usage");
    assert!(error["error"]["message"].as_str().unwrap().contains("--frm"));
}

#[test]
fn the_version_is_that_of_the_package() {
    let run = Program::in_empty_folder().run(&["--version"]);
    assert_eq!(
        (run.code, run.stdout),
        (0, format!("autogen {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = Program::in_empty_folder().run(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}");
        assert!(run.stdout.contains("downgrade"), "{shell}");
    }
}
