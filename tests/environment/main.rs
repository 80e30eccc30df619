//! The migration environment from outside: the ledger and the commands over histories with several heads. The numbers are those of
//! `docs/alembic-parity.md`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod beyond;
mod listing;
mod offline;
mod places;
#[path = "../support/program.rs"]
mod program;
mod rows;
mod squash;
mod starting;
mod writing;

use program::{Program, Run};

/// Writes a script that makes a table named like its revision; `header` are further calls on `Revision`.
fn script(program: &Program, revision: &str, revises: &[&str], header: &str) {
    script_in(program, "migrations", revision, revises, header);
}

fn script_in(program: &Program, folder: &str, revision: &str, revises: &[&str], header: &str) {
    let parents: Vec<String> = revises.iter().map(|id| format!("{id:?}")).collect();
    std::fs::create_dir_all(program.path(folder)).unwrap();
    program.write(
        &format!("{folder}/{revision}.rs"),
        format!(
            "//! make {revision}\n//!\n//! Revision: {revision}\n//! Created:  2026-11-22 06:40:00 UTC\n\n\
             use autogen::script::*;\n\n\
             pub const REVISION: Revision = Revision::new(\"{revision}\").revises(&[{}]){header};\n\n\
             pub fn upgrade(op: &mut Operations) {{\n    op.create_table(\"t_{revision}\").column(\"a\", integer());\n}}\n\n\
             pub fn downgrade(op: &mut Operations) {{\n    op.drop_table(\"t_{revision}\").column(\"a\", integer());\n}}\n",
            parents.join(", ")
        ),
    );
}

/// A project without a target of its own.
fn project() -> Program {
    Program::with_target("")
}

/// `aaaa - bbbb`, behind which `c111 - d111` (c1branch) and `c222 - d222` (c2branch) part.
fn fork() -> Program {
    let program = project();
    script(&program, "aaaa", &[], "");
    script(&program, "bbbb", &["aaaa"], "");
    script(&program, "c111", &["bbbb"], ".branch_labels(&[\"c1branch\"])");
    script(&program, "d111", &["c111"], "");
    script(&program, "c222", &["bbbb"], ".branch_labels(&[\"c2branch\"])");
    script(&program, "d222", &["c222"], "");
    program
}

/// `aaaa - bbbb - cccc`.
fn line() -> Program {
    let program = project();
    script(&program, "aaaa", &[], "");
    script(&program, "bbbb", &["aaaa"], "");
    script(&program, "cccc", &["bbbb"], "");
    program
}

/// The rows of the ledger.
fn rows(program: &Program) -> String {
    let text = program.sqlite("SELECT version_num FROM autogen_version ORDER BY 1");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tables that scripts have made.
fn tables(program: &Program) -> String {
    let text = program
        .sqlite("SELECT substr(name, 3) FROM sqlite_schema WHERE name LIKE 't\\_%' ESCAPE '\\' ORDER BY 1");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The ids in a document's list of scripts.
fn revisions(run: &Run, key: &str) -> String {
    let document = run.json();
    let list = document[key].as_array().unwrap();
    let ids: Vec<&str> = list
        .iter()
        .map(|script| script["revision"].as_str().unwrap())
        .collect();
    ids.join(" ")
}

#[track_caller]
fn refused(run: Run, code: i32, part: &str) {
    let run = run.with_code(code);
    assert!(run.stderr.contains(part), "{part:?} not in\n{}", run.stderr);
}
