//! Targets that are missing, empty, wrong, endless or dangerous.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use crate::{
    program::Program,
    refusal::{refused, says},
};

#[test]
fn a_missing_target_says_what_a_target_is() {
    let program = Program::with_target("");
    std::fs::remove_file(program.path("schema.sql")).unwrap();
    for args in [&["check"][..], &["diff"], &["revision", "-m", "x"]] {
        refused(
            &program,
            args,
            1,
            &["no file or folder `schema.sql`", "a source is"],
        );
    }
    refused(&program, &["diff", "--to", "migrations"], 0, &[]);
    std::fs::create_dir(program.path("empty")).unwrap();
    refused(
        &program,
        &["check", "--to", "empty"],
        1,
        &["no `.sql` file in the folder `empty`"],
    );
    refused(
        &program,
        &["check", "--to", "x*.sql"],
        1,
        &["no `.sql` file matches", "x*.sql"],
    );
    program.write("shcema.sql", "");
    refused(&program, &["check"], 1, &["did you mean `shcema.sql`?"]);
}

#[test]
fn an_empty_target_is_one_with_a_warning() {
    for text in ["", " \n\t\n", "-- nothing\n", "/* nothing */", ";;\n;"] {
        let program = Program::with_target(text);
        refused(&program, &["check"], 0, &["the target declares nothing"]);
        program.sqlite("CREATE TABLE t (a)");
        refused(&program, &["check"], 2, &["the target declares nothing"]);
    }
}

#[test]
fn an_error_is_shown_where_it_is_with_the_statement_and_the_engines_message() {
    for (text, words) in [
        (
            "CREATE TABLE t (a integer);\n\nCREATE TABLE u (\n  a integer,\n  b text DEFALT 1\n);\n",
            &[
                "near \"1\": syntax error",
                "schema.sql:5:17",
                "b text DEFALT 1",
                "schema.sql:3:1",
                "CREATE TABLE u (",
            ][..],
        ),
        (
            "CREATE TABLE t (a integer);\n  CREATE INDEX i ON t (nope)",
            &[
                "no such column: nope",
                "schema.sql:2:24",
                "CREATE INDEX i ON t (nope)",
            ],
        ),
        (
            "CREATE TABLE t (a integer);\nCREATE TABLE u (a integer",
            &["syntax error", "schema.sql:2:1", "CREATE TABLE u (a integer"],
        ),
        (
            "CREATE TABLE t (a integer);\nCREATE TABEL u (a integer);",
            &["`CREATE TABEL`", "schema.sql:2:1", "did you mean CREATE TABLE?"],
        ),
        (
            "CREATE TABLE t (a text DEFAULT 'x);\n",
            &["never closed", "schema.sql:1:32"],
        ),
        (
            "CREATE TABLE t (a);\n/* and so on",
            &["never closed", "schema.sql:2:1"],
        ),
        (
            "CREATE TABLE t (a);\nCREATE TABLE T (b);",
            &["already exists", "schema.sql:2"],
        ),
    ] {
        let program = Program::with_target(text);
        for args in [&["check"][..], &["diff"], &["revision", "-m", "x"]] {
            refused(&program, args, 1, words);
        }
        let run = refused(&program, &["check", "--format", "json"], 1, &[]);
        let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
        assert!(error.to_string().contains("schema.sql"), "{error}");
    }
}

#[test]
fn what_is_no_text_is_refused_and_a_byte_order_mark_is_not() {
    for (text, words) in [
        (
            &b"CREATE TABLE t (a \0 integer);\n"[..],
            &["NUL byte", "schema.sql:1:19"][..],
        ),
        (
            b"CREATE TABLE t (a text DEFAULT 'a\0b');",
            &["NUL byte", "schema.sql:1:34"],
        ),
        (b"CREATE TABLE t (a);\n\0\0", &["NUL byte", "schema.sql:2:1"]),
        (b"\xff\xfeC\0R\0E\0", &["not UTF-8", "UTF-16"]),
        (
            b"CREATE TABLE t (a); -- caf\xe9\n",
            &["not UTF-8", "schema.sql:1", "save the file as UTF-8"],
        ),
        (b"SQLite format 3\0 and more", &["schema.sql"]),
    ] {
        let program = Program::with_target("");
        program.write("schema.sql", text);
        refused(&program, &["check"], 1, words);
    }
    let program = Program::with_target("\u{feff}CREATE TABLE t (a integer);\r\n");
    let run = refused(&program, &["check"], 2, &[]);
    assert!(run.stdout.contains("+ table t\n"), "{}", run.stdout);
    program.write("schema.sql", "\u{feff}CREATE TABLE t (a integer,,);");
    refused(&program, &["check"], 1, &["schema.sql:1:27"]);
}

#[test]
fn what_reaches_beyond_the_schema_is_refused_where_it_stands() {
    for (statement, words) in [
        ("ATTACH 'x.db' AS x", &["schema.sql:2:3", "another database"][..]),
        ("DETACH x", &["schema.sql:2:3", "another database"]),
        ("VACUUM INTO 'copy.db'", &["schema.sql:2:10", "writes a file"]),
        (
            "CREATE VIEW v AS SELECT load_extension('x')",
            &["schema.sql:2:27", "load_extension"],
        ),
        (
            "CREATE TABLE u (a DEFAULT (load_extension('x')))",
            &["schema.sql:2:30", "load_extension"],
        ),
        (
            "CREATE TABLE u AS SELECT load_extension('x')",
            &["schema.sql:2:28", "load_extension"],
        ),
        (
            "PRAGMA temp_store_directory = '/tmp'",
            &["schema.sql:2:10", "temp_store_directory"],
        ),
        (
            "INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, '')",
            &["schema.sql:2:15", "sqlite_schema"],
        ),
        (
            "CREATE TABLE other.u (a)",
            &["schema.sql:2:16", "`other` is another database"],
        ),
        ("CREATE TEMP TABLE u (a)", &["schema.sql:2:3", "temporary"]),
        (
            "CREATE VIRTUAL TABLE u USING csv(filename = '/etc/passwd')",
            &["schema.sql:2:32", "csv"],
        ),
        (".read other.sql", &["schema.sql:2:3", "sqlite3 shell"]),
    ] {
        let program = Program::with_target(&format!("CREATE TABLE t (a integer);\n  {statement};\n"));
        refused(&program, &["check"], 1, words);
        refused(&program, &["revision", "-m", "x"], 1, words);
    }
}

#[test]
fn what_is_about_rows_is_passed_over_and_never_run() {
    for statement in [
        "SELECT load_extension('x')",
        "SELECT writefile('x', 'y')",
        "INSERT INTO t VALUES (load_extension('x'))",
        "EXPLAIN ATTACH 'x' AS y",
    ] {
        let program = Program::with_target(&format!("CREATE TABLE t (a integer);\n  {statement};\n"));
        refused(&program, &["check"], 2, &["passed over", "schema.sql:2:3"]);
    }
}

#[test]
fn a_million_lines_are_read_in_seconds() {
    let mut text = String::from("CREATE TABLE t (a integer PRIMARY KEY, b text);\n");
    for block in 0..100 {
        text.push_str("INSERT INTO t VALUES\n");
        for row in 0..9_998 {
            writeln!(text, "({block}{row:04}, 'row; -- {row}'),").unwrap();
        }
        text.push_str("(NULL, '');\n");
    }
    text.push_str("CREATE TABLE u (a integer,);");
    let program = Program::with_target(&text);
    let started = Instant::now();
    let run = program.run(&["check"]).with_code(1);
    says(
        &run,
        &[
            "schema.sql:1000002:27",
            "near \")\"",
            "CREATE TABLE u (a integer,)",
        ],
    );
    assert!(run.stderr.len() < 2_000, "{}", run.stderr);
    // Some seconds in a debug build; on a machine that does other things too, more.
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
}
