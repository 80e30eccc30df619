//! where scripts lie and what their files are called.

use super::{line, project, refused, script, script_in};

const TWO: &str =
    "url = \"sqlite://app.db\"\ntarget = \"schema.sql\"\nversion_locations = [\"core\", \"billing\"]\n";

#[test]
fn x_11_several_locations_are_one_history() {
    let program = project();
    program.write("autogen.toml", TWO);
    script_in(&program, "core", "aaaa", &[], "");
    script_in(&program, "billing", "bbbb", &[], ".branch_labels(&[\"billing\"])");
    script_in(&program, "billing", "cccc", &["bbbb"], ".depends_on(&[\"aaaa\"])");
    program.run(&["upgrade", "heads"]).ok();
    assert_eq!(super::tables(&program), "aaaa bbbb cccc");

    let new = |args: &[&str]| program.run(&[&["revision", "-m", "x", "--empty"], args].concat());
    let path = new(&["--head", "billing@head", "--rev-id", "dddd"]).ok().stdout;
    assert!(path.starts_with("billing/"), "beside what it follows: {path}");
    refused(new(&["--head", "base"]), 1, "--version-path");
    let path = new(&["--head", "base", "--version-path", "core"]).ok().stdout;
    assert!(path.starts_with("core/"), "{path}");
    refused(
        new(&["--head", "aaaa", "--version-path", "other"]),
        1,
        "is no location of scripts",
    );
}

#[test]
fn x_11_folders_inside_are_searched_when_that_is_wanted() {
    let program = line();
    script_in(&program, "migrations/2026/11", "dddd", &["cccc"], "");
    let heads = || super::revisions(&program.run(&["heads", "--format", "json"]).ok(), "heads");
    assert_eq!(heads(), "cccc");
    let settings = "url = \"sqlite://app.db\"\nfile_template = \"{year}/{month}/{rev}_{slug}\"\n";
    program.write("autogen.toml", settings);
    refused(
        program.run(&["revision", "-m", "x", "--empty"]),
        1,
        "recursive_version_locations = true",
    );
    program.write(
        "autogen.toml",
        format!("{settings}recursive_version_locations = true\n"),
    );
    assert_eq!(heads(), "dddd");
    let path = program
        .run(&["revision", "-m", "by month", "--empty", "--rev-id", "eeee"])
        .ok()
        .stdout;
    assert!(path.trim_end().ends_with("/eeee_by_month.rs"), "{path}");
    assert_eq!(heads(), "eeee");
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nfile_template = \"../{rev}\"\n",
    );
    refused(program.run(&["heads"]), 1, "no path inside the folder");
}

#[test]
fn x_11_a_file_that_is_reached_twice_counts_once() {
    let program = line();
    let settings = "url = \"sqlite://app.db\"\nversion_locations = [\"migrations\", \"./migrations\"]\n";
    program.write("autogen.toml", settings);
    let run = program.run(&["heads"]).ok();
    assert!(
        run.stderr.contains("are the same file, which counts once"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.starts_with("cccc"), "{}", run.stdout);
    let copy = program.read("migrations/cccc.rs");
    program.write("migrations/copy.rs", copy);
    refused(program.run(&["heads"]), 1, "have the same revision cccc");
}

#[cfg(unix)]
#[test]
fn x_11_links_that_lead_round_end() {
    let program = project();
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nrecursive_version_locations = true\n",
    );
    script(&program, "aaaa", &[], "");
    std::os::unix::fs::symlink(program.path("migrations"), program.path("migrations/again")).unwrap();
    assert!(program.run(&["heads"]).ok().stdout.starts_with("aaaa"));
}
