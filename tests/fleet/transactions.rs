//! E-01, E-02, E-05: what a failing script takes back, by what commits together.

use crate::{program::Program, server};

/// Three scripts, of which the second fails on its second statement.
fn three_scripts(url: &str, transaction: &str) -> Program {
    let program = Program::on(url);
    let settings = program.read("autogen.toml");
    program.write(
        "autogen.toml",
        format!("{settings}transaction = \"{transaction}\"\n"),
    );
    program.script_of("aaaa", "", &["CREATE TABLE one (a integer)"], &["DROP TABLE one"]);
    program.script_of(
        "bbbb",
        "aaaa",
        &["CREATE TABLE two (a integer)", "INSERT INTO missing VALUES (1)"],
        &["DROP TABLE two"],
    );
    program.script_of(
        "cccc",
        "bbbb",
        &["CREATE TABLE three (a integer)"],
        &["DROP TABLE three"],
    );
    program
}

/// What is left of a run that fails, and that it can be tried again.
fn course(url: &str, sql: impl Fn(&Program, &str) -> String, tables: &str) {
    for (transaction, left) in [("script", "one"), ("run", "")] {
        let program = three_scripts(url, transaction);
        let run = program.run(&["upgrade"]).with_code(1);
        assert!(run.stderr.contains("missing"), "{}", run.stderr);
        assert_eq!(
            run.stderr.contains("none of them was applied"),
            transaction == "run",
            "{}",
            run.stderr
        );
        assert_eq!(sql(&program, tables).trim(), left, "{url} {transaction}");
        let current = program.run(&["current", "--format", "json"]).ok().json();
        assert_eq!(
            current["current"].as_array().unwrap().len(),
            usize::from(!left.is_empty())
        );

        // Mended, it goes on.
        program.script_of(
            "bbbb",
            "aaaa",
            &["CREATE TABLE two (a integer)"],
            &["DROP TABLE two"],
        );
        program.run(&["upgrade"]).ok();
        let heads = program.run(&["current", "--format", "json"]).ok().json();
        assert_eq!(heads["current"][0], "cccc");
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(sql(&program, tables).trim(), "");

        // Offline the places of BEGIN and COMMIT are the same.
        let text = program.run(&["upgrade", "--sql"]).ok().stdout;
        let begins = text.lines().filter(|line| line.starts_with("BEGIN")).count();
        assert_eq!(begins, if transaction == "run" { 1 } else { 3 }, "{text}");
    }
}

#[test]
fn e_01_and_e_05_on_sqlite() {
    let tables = "SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('one', 'two', 'three')";
    course("sqlite://app.db", |program, sql| program.sqlite(sql), tables);
}

#[test]
fn e_01_on_postgres() {
    for server in server::postgres() {
        let database = server.database("transactions");
        let tables = "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('one', 'two', 'three')";
        course(&database.url(), |_, sql| database.sql(sql), tables);
    }
}

#[test]
fn e_02_what_cannot_be_in_a_transaction_is_refused_in_one_run_and_committed_around_otherwise() {
    for server in server::postgres() {
        let database = server.database("autocommit");
        let program = Program::on(&database.url());
        program.script_of("aaaa", "", &["CREATE TABLE one (a integer)"], &["DROP TABLE one"]);
        program.script_of(
            "bbbb",
            "aaaa",
            &["CREATE INDEX CONCURRENTLY ix ON one (a)"],
            &["DROP INDEX ix"],
        );
        let settings = program.read("autogen.toml");
        program.write("autogen.toml", format!("{settings}transaction = \"run\"\n"));
        let run = program.run(&["upgrade"]).with_code(1);
        assert!(
            run.stderr.contains("cannot be in one transaction"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("autogen upgrade REVISION"), "{}", run.stderr);
        assert_eq!(
            database
                .sql("SELECT count(*) FROM pg_tables WHERE tablename = 'one'")
                .trim(),
            "0"
        );
        // One script alone may do as it needs.
        program.run(&["upgrade", "aaaa"]).ok();
        program.run(&["upgrade"]).ok();
        program.run(&["downgrade", "base"]).ok();
        program.write("autogen.toml", settings);
        program.run(&["upgrade"]).ok();
    }
}
