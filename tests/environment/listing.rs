//! X-04, X-05, X-08: what lists and shows.

use super::{fork, line, project, refused, revisions, script};

#[test]
fn x_04_current_shows_rows_and_what_they_imply() {
    let program = line();
    let current = || program.run(&["current"]).ok().stdout;
    assert_eq!(current(), "");
    assert!(!program.path("app.db").exists());
    program.run(&["current", "--check-heads"]).with_code(3);
    program.run(&["upgrade", "bbbb"]).ok();
    assert_eq!(current(), "bbbb  make bbbb\n");
    program.run(&["current", "--check-heads"]).with_code(3);
    program.run(&["upgrade"]).ok();
    assert_eq!(current(), "cccc (head)  make cccc\n");
    program.run(&["current", "--check-heads"]).ok();

    let program = fork();
    program.run(&["upgrade", "d111"]).ok();
    program.run(&["current", "--check-heads"]).with_code(3);
    program.run(&["upgrade", "heads"]).ok();
    assert_eq!(
        program.run(&["current", "--check-heads"]).ok().stdout,
        "d111 (head)  make d111\nd222 (head)  make d222\n"
    );

    let program = project();
    script(&program, "a111", &[], "");
    script(&program, "a222", &[], ".depends_on(&[\"a111\"])");
    program.run(&["upgrade", "heads"]).ok();
    let run = program.run(&["current", "--check-heads"]).ok();
    assert!(
        run.stdout.contains("a111 (head) (another head depends on it)"),
        "{}",
        run.stdout
    );
    let json = program.run(&["current", "--format", "json"]).ok().json();
    assert_eq!(json["current"], serde_json::json!(["a222"]));
    assert_eq!(json["implied"], serde_json::json!(["a111"]));
    program.sqlite("UPDATE autogen_version SET version_num = 'zzzz'");
    program.run(&["current", "--check-heads"]).with_code(3);
}

#[test]
fn x_05_history_takes_ranges() {
    let program = line();
    script(&program, "dddd", &["cccc"], "");
    program.run(&["upgrade", "bbbb"]).ok();
    for (range, expected) in [
        (":", "dddd cccc bbbb aaaa"),
        ("bbbb:cccc", "cccc bbbb"),
        (":bbbb", "bbbb aaaa"),
        ("cccc:", "dddd cccc"),
        ("aaaa:+2", "cccc bbbb aaaa"),
        ("-2:cccc", "cccc bbbb aaaa"),
        ("-5:cccc", "cccc bbbb aaaa"),
        ("current:", "dddd cccc bbbb"),
        (":current", "bbbb aaaa"),
        ("-1:current", "bbbb aaaa"),
    ] {
        let run = program.run(&["history", "-r", range, "--format", "json"]).ok();
        assert_eq!(revisions(&run, "scripts"), expected, "{range}");
    }
    let text = program.run(&["history", "-i"]).ok().stdout;
    assert!(text.contains("bbbb (current)"), "{text}");
    assert!(text.contains("dddd (head)"), "{text}");
    refused(program.run(&["history", "-r", "aaaa"]), 1, "is no range");
    refused(
        program.run(&["history", "-r", "cccc:aaaa"]),
        1,
        "cccc is not an ancestor of aaaa",
    );
}

#[test]
fn branches_labels_and_heads_are_marked() {
    let program = fork();
    let text = program.run(&["history"]).ok().stdout;
    for line in ["d111 (c1branch) (head)", "c222 (c2branch)", "bbbb (branch point)"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let text = program.run(&["branches"]).ok().stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("bbbb (branch point)"), "{text}");
    assert!(lines[1].starts_with("    -> c111 (c1branch)"), "{text}");
    assert_eq!(lines.len(), 3, "{text}");
    let json = program.run(&["branches", "--format", "json"]).ok().json();
    assert_eq!(json["branches"][0]["children"].as_array().unwrap().len(), 2);
    let verbose = program.run(&["show", "bbbb", "c1branch@head"]).ok().stdout;
    assert!(
        verbose.contains("parts into c111, c222") && verbose.contains("branch c1branch"),
        "{verbose}"
    );

    script(&program, "eeee", &[], ".depends_on(&[\"d111\"])");
    let heads = |args: &[&str]| {
        let run = program.run(&[&["heads", "--format", "json"], args].concat()).ok();
        let mut ids: Vec<String> = revisions(&run, "heads").split(' ').map(str::to_owned).collect();
        ids.sort();
        ids.join(" ")
    };
    assert_eq!(heads(&[]), "d111 d222 eeee");
    assert_eq!(heads(&["--resolve-dependencies"]), "d222 eeee");
}

#[test]
fn x_08_edit_opens_the_right_file() {
    let program = line();
    program.run(&["upgrade", "bbbb"]).ok();
    let edit = |revision: &str| {
        let mut command = program.command(&["edit", revision]);
        command.env_remove("VISUAL").env("EDITOR", "echo");
        super::Run::from(command)
    };
    for (revision, file) in [
        ("head", "cccc.rs"),
        ("aaaa", "aaaa.rs"),
        ("current", "bbbb.rs"),
        ("current-1", "aaaa.rs"),
    ] {
        let run = edit(revision).ok();
        assert!(
            run.stdout.trim_end().ends_with(file),
            "{revision}: {}",
            run.stdout
        );
    }
    refused(edit("base"), 1, "nothing to edit");
    refused(edit("zzzz"), 1, "there is no revision");
    program.run(&["stamp", "base"]).ok();
    refused(edit("current"), 1, "no script is applied");
    let mut command = program.command(&["edit", "head"]);
    command.env_remove("VISUAL").env_remove("EDITOR");
    refused(super::Run::from(command), 1, "no editor is set");
    let mut command = program.command(&["edit", "head"]);
    command.env("VISUAL", "false");
    refused(super::Run::from(command), 1, "ended with");
}
