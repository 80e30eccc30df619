//! Bad input of every kind: a clear error, the right exit code, and nothing changed.

use std::{fs, process::Command};

use crate::program::{Program, Run};

const TARGET: &str = "CREATE TABLE t (a integer PRIMARY KEY, b text);";

fn at_head() -> Program {
    let program = Program::with_target(TARGET);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO t VALUES (1, 'one')");
    program
}

/// The error of a run that changed nothing.
#[track_caller]
fn refused(program: &Program, args: &[&str], words: &[&str]) -> Run {
    let before = program.files(".");
    let scripts = program.files("migrations");
    let run = program.run(args).with_code(1);
    assert_eq!(run.stdout, "", "{args:?}");
    assert!(run.stderr.contains("error: "), "{}", run.stderr);
    assert!(!run.stderr.contains("panic"), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
    }
    assert_eq!(program.files("."), before, "{args:?}");
    assert_eq!(program.files("migrations"), scripts, "{args:?}");
    run
}

const EVERY: [&[&str]; 4] = [&["check"], &["revision", "-m", "x"], &["upgrade"], &["diff"]];

#[test]
fn settings_that_are_not_there_or_wrong() {
    let program = at_head();
    for args in [
        &["check"][..],
        &["revision", "-m", "x"],
        &["upgrade"],
        &["history"],
    ] {
        refused(&program, &[args, &["-c", "nope.toml"]].concat(), &["nope.toml"]);
    }
    let elsewhere = Program::in_empty_folder();
    for args in [
        &["check"][..],
        &["revision", "-m", "x"],
        &["upgrade"],
        &["history"],
    ] {
        let run = elsewhere.run(args).with_code(1);
        assert!(
            run.stderr.contains("there is no autogen.toml") && run.stderr.contains("autogen init"),
            "{}",
            run.stderr
        );
    }
    for (text, words) in [
        ("", &["no database is given"][..]),
        ("url = \"sqlite://app.db\"", &["no target is declared"]),
        ("url = ", &["autogen.toml:1:"]),
        (
            "url = \"sqlite://app.db\"\ntarget = \"schema.sql\"\ntagret = 1",
            &["unknown key `tagret`", "autogen.toml:3:1", "`target`"],
        ),
        (
            "target = \"schema.sql\"\nurl = \"pg://x\"",
            &["unknown database scheme `pg`", "autogen.toml:2:"],
        ),
        (
            "target = \"schema.sql\"\nurl = \"app.db\"",
            &["is not a database URL", "sqlite://app.db"],
        ),
        (
            "target = \"schema.sql\"\nurl = \"${NO_SUCH_VARIABLE_HERE}\"",
            &["NO_SUCH_VARIABLE_HERE"],
        ),
    ] {
        program.write("autogen.toml", text);
        refused(&program, &["revision", "-m", "x"], words);
    }
    program.write("autogen.toml", b"\xff\xfe");
    refused(&program, &["check"], &["autogen.toml"]);
}

#[test]
fn urls_are_relative_to_the_settings_or_absolute() {
    let program = Program::with_target(TARGET);
    program.run(&["revision", "-m", "first"]).ok();
    let absolute = format!("sqlite://{}", program.path("absolute.db").display());
    program.run(&["upgrade", "--url", &absolute]).ok();
    assert!(program.path("absolute.db").exists());
    program.run(&["upgrade"]).ok();
    assert!(program.path("app.db").exists());
    refused(
        &program,
        &["upgrade", "--url", "sqlite:///no/such/folder/app.db"],
        &["/no/such/folder"],
    );
    refused(
        &program,
        &["inspect", "--url", "sqlite:///app-that-is-not-there.db"],
        &["two slashes"],
    );
}

#[test]
fn a_database_that_is_none() {
    let program = Program::with_target(TARGET);
    program.run(&["revision", "-m", "first"]).ok();
    program.write(
        "app.db",
        "this is a text, and a text is no database; it is long enough to be one, though".repeat(20),
    );
    let before = fs::read(program.path("app.db")).unwrap();
    for args in EVERY {
        refused(&program, args, &["app.db", "not a"]);
    }
    assert_eq!(fs::read(program.path("app.db")).unwrap(), before);
    fs::remove_file(program.path("app.db")).unwrap();
    fs::create_dir(program.path("app.db")).unwrap();
    for args in EVERY {
        refused(&program, args, &["app.db"]);
    }
}

#[test]
fn a_damaged_database() {
    let program = at_head();
    let mut bytes = fs::read(program.path("app.db")).unwrap();
    for byte in &mut bytes[100..3000] {
        *byte = 0xa5;
    }
    fs::write(program.path("app.db"), &bytes).unwrap();
    for args in EVERY {
        refused(&program, args, &["malformed"]);
    }
    assert_eq!(fs::read(program.path("app.db")).unwrap(), bytes);
}

#[test]
fn a_database_that_somebody_else_holds() {
    let program = at_head();
    let settings = program.read("autogen.toml") + "lock_timeout = \"200ms\"\n";
    program.write("autogen.toml", settings);
    program.write(
        "schema.sql",
        "CREATE TABLE t (a integer PRIMARY KEY, b text, c text);",
    );
    program.run(&["revision", "-m", "second"]).ok();
    let mut holder = Command::new("sqlite3")
        .arg(program.path("app.db"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = holder.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, b"BEGIN EXCLUSIVE; SELECT 'held';\n").unwrap();
    let mut said = [0; 4];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut said).unwrap();
    let run = program.run(&["upgrade"]).with_code(1);
    assert!(
        run.stderr.contains("locked") || run.stderr.contains("held"),
        "{}",
        run.stderr
    );
    drop(stdin);
    holder.wait().unwrap();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn a_database_that_may_only_be_read() {
    let program = at_head();
    program.write(
        "schema.sql",
        "CREATE TABLE t (a integer PRIMARY KEY, b text, c text);",
    );
    program.run(&["revision", "-m", "second"]).ok();
    let schema = program.definitions();
    refused(
        &program,
        &["upgrade", "--url", "sqlite://app.db?mode=ro"],
        &["app.db"],
    );
    assert_eq!(program.definitions(), schema);
    program
        .run(&["check", "--url", "sqlite://app.db?mode=ro"])
        .with_code(3);
}

#[test]
fn a_disk_that_is_full() {
    let program = at_head();
    program.sqlite(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO t SELECT i, hex(randomblob(50)) FROM n",
    );
    program.write(
        "schema.sql",
        "CREATE TABLE t (a integer PRIMARY KEY, b varchar(100) NOT NULL);",
    );
    program.run(&["revision", "-m", "second"]).ok();
    let before = program.sqlite(".dump");
    // A limit on the size of files stands for the full disk.
    let blocks = fs::metadata(program.path("app.db")).unwrap().len() / 512;
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec {} upgrade",
        env!("CARGO_BIN_EXE_autogen")
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(program.path("."))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.starts_with("error: ") && !stderr.contains("panic"),
        "{stderr}"
    );
    assert_eq!(program.sqlite(".dump"), before);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn a_target_that_cannot_be_read() {
    let program = at_head();
    for (text, words) in [
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text);\n\nCREATE TABEL u (a);\n".as_bytes(),
            &["schema.sql:3:1", "CREATE TABEL u (a)", "CREATE TABLE"][..],
        ),
        (
            b"CREATE TABLE t (a);\nCREATE INDEX i ON u (a);",
            &["schema.sql:2", "no such table"],
        ),
        (b"CREATE TABLE t (a\0 integer);", &["schema.sql:1"]),
        (b"ATTACH 'other.db' AS other;", &["schema.sql:1:1"]),
        (b"CREATE TABLE t (a text DEFAULT 'caf\xe9');", &["schema.sql:1"]),
        (b"CREATE TABLE t (a text DEFAULT 'never closed", &["schema.sql:1"]),
    ] {
        program.write("schema.sql", text);
        for args in [&["check"][..], &["revision", "-m", "x"], &["diff"]] {
            refused(&program, args, words);
        }
    }
    fs::remove_file(program.path("schema.sql")).unwrap();
    refused(&program, &["check"], &["schema.sql"]);
    program.run(&["upgrade"]).ok();
    assert_eq!(program.sqlite("SELECT * FROM t"), "1|one\n");
}

#[test]
fn a_target_that_is_empty_is_said_to_be() {
    let program = at_head();
    for text in ["", "\u{feff}", "-- nothing yet\n"] {
        program.write("schema.sql", text);
        let run = program.run(&["check"]).with_code(2);
        assert!(run.stderr.contains("declares nothing"), "{}", run.stderr);
    }
    program.write("schema.sql", format!("\u{feff}{TARGET}"));
    program.run(&["check"]).ok();
}

#[test]
fn a_target_of_a_million_lines() {
    let program = Program::with_target(&format!("{}{TARGET}\n", "-- a line\n".repeat(1_000_000)));
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    program.write(
        "schema.sql",
        format!("{}CREATE TABEL x (a);", "-- a line\n".repeat(1_000_000)),
    );
    refused(&program, &["check"], &["schema.sql:1000001:1"]);
}

#[test]
fn names_of_every_kind() {
    let long = "n".repeat(1000);
    let names = [
        "two words",
        "a.b",
        "quo\"te",
        "tick`",
        "apos'trophe",
        "new\nline",
        "select",
        "table",
        "😀 emoji",
        "Größe",
        "[x]",
        "a;b",
        "-- c",
        "/* c",
        "a=b",
        "{}",
        "\\",
        "$$",
        "*/",
        "\t",
        &long,
    ];
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let tables: Vec<String> = names
        .iter()
        .map(|name| {
            let name = quoted(name);
            let index = quoted(&format!("ix {name}"));
            format!(
                "CREATE TABLE {name} ({name} text, b integer);\nCREATE INDEX {index} ON {name} ({name});\n"
            )
        })
        .collect();
    let program = Program::with_target(&tables.concat());
    program
        .run(&["revision", "-m", "names of every kind: 😀 \"quoted\" */ `x`"])
        .ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    program.run(&["check", "--to", "migrations"]).ok();
    let before = program.definitions();
    // Every table is rebuilt, and comes back.
    program.write(
        "schema.sql",
        tables
            .concat()
            .replace("b integer", "b text NOT NULL DEFAULT 'x', c integer"),
    );
    program.run(&["revision", "-m", "again"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    for format in ["text", "unified", "sql", "json"] {
        program
            .run(&["diff", "--from", "migrations@base", "--format", format])
            .ok();
    }
    program.run(&["downgrade", "-1"]).ok();
    assert_eq!(program.definitions(), before);
    program.run(&["downgrade", "base"]).ok();
}

#[test]
fn scripts_that_somebody_broke() {
    let program = at_head();
    let name = program.files("migrations").remove(0);
    let path = format!("migrations/{name}");
    let text = program.read(&path);
    let schema = program.definitions();

    program.write(
        &path,
        text.replace("op.create_table", "for _ in 0..3 { } op.create_table"),
    );
    refused(&program, &["downgrade", "base"], &[&path, "for"]);
    program.write(&path, text.replace("pub fn upgrade", "pub fn upgrade("));
    refused(&program, &["downgrade", "base"], &[&path]);

    program.write("migrations/copy.rs", &text);
    for args in [
        &["check"][..],
        &["revision", "-m", "x"],
        &["upgrade"],
        &["history"],
    ] {
        refused(&program, args, &["copy.rs", &name, "the same revision"]);
    }
    fs::remove_file(program.path("migrations/copy.rs")).unwrap();

    fs::remove_file(program.path(&path)).unwrap();
    let gone = program.run(&["check"]).with_code(3);
    assert!(gone.stdout.contains("no script here"), "{}", gone.stdout);
    program.run(&["revision", "-m", "x"]).with_code(3);
    program.run(&["upgrade"]).with_code(3);

    // Changed after it was applied: noticed, and a change of its layout alone is none.
    program.write(
        &path,
        text.replace("op.create_table", "op\n.create_table")
            .replace("// t: new table", "// another comment"),
    );
    assert_eq!(
        program.run(&["upgrade"]).ok().stderr,
        "nothing to do: the database is at ".to_owned() + &name[..12] + "\n"
    );
    program.write(&path, text.replace("integer()", "bigint()"));
    let changed = program.run(&["upgrade"]).ok();
    assert!(changed.stderr.contains("changed"), "{}", changed.stderr);
    assert_eq!(program.definitions(), schema);
}

#[test]
fn revisions_that_are_not_there() {
    let program = at_head();
    for args in [
        &["upgrade", "zzzz"][..],
        &["upgrade", "+2"],
        &["upgrade", "-1"],
        &["downgrade", "-2"],
        &["downgrade", "zzzz"],
        &["stamp", "zzzz"],
        &["show", "zzzz"],
        &["upgrade", ""],
        &["upgrade", "head-x"],
        &["check", "--to", "migrations@zzzz"],
    ] {
        refused(&program, args, &[]);
    }
    for args in [
        &["downgrade"][..],
        &["revision"],
        &["revision", "-m", "x", "--empty", "--from", "migrations"],
        &["init", "a", "b"],
    ] {
        assert_eq!(program.run(args).code, 1, "{args:?}");
    }
    refused(
        &program,
        &["revision", "-m", "x", "--rev-id", "a b", "--empty"],
        &["a b"],
    );
    refused(
        &program,
        &["revision", "-m", "  ", "--empty"],
        &["message is empty"],
    );
}

#[test]
fn rows_that_contradict_stop_the_change() {
    let program = at_head();
    program.sqlite("INSERT INTO t VALUES (2, NULL), (3, 'one')");
    let before = program.sqlite(".dump");
    for (schema, words) in [
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text NOT NULL);",
            &["rows contradict", "of t has NULL in b", "1 row"][..],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text UNIQUE);",
            &["rows contradict", "b"],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b text, c text NOT NULL);",
            &["rows contradict", "c", "3 rows"],
        ),
        (
            "CREATE TABLE t (a integer PRIMARY KEY, b integer) STRICT;",
            &["rows contradict", "b"],
        ),
    ] {
        program.write("schema.sql", schema);
        let run = program
            .run(&["revision", "-m", "second", "--rev-id", "second"])
            .ok();
        refused(&program, &["upgrade"], words);
        assert_eq!(program.sqlite(".dump"), before);
        fs::remove_file(program.path(run.stdout.trim())).unwrap();
    }
}
