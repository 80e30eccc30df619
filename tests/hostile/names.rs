//! Names that no one should give, and some do.

use std::fmt::Write;

use crate::{program::Program, refusal::says};

fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "with space",
        " leading and trailing ",
        "with\"dquote",
        "with'squote",
        "with`tick",
        "with[br]acket",
        "dot.ted",
        "new\nline",
        "tab\there",
        "crlf\r\nx",
        "select",
        "SELECT x",
        "table",
        "null",
        "type",
        "r#type",
        "🦀 emoji é",
        "\u{202e}right to left",
        "back\\slash",
        "{brace}",
        "{}",
        "a--b",
        "/*c*/",
        "*/",
        "--",
        ";",
        "end;",
        "#hash#",
        "\"#\"",
        "r#\"",
        "\"",
        "'",
        "%s ? :x @y $1",
        "1abc",
        "_",
        "é",
        "main",
        "rowid",
        "autogen",
        "op",
        "true",
    ]
    .map(str::to_owned)
    .into();
    names.push("n".repeat(1000));
    names
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// For each name a table, columns, keys, checks, indexes, a view and a trigger that carry it. `more` makes the tables differ.
fn schema(more: bool) -> String {
    let mut sql = String::new();
    for name in names() {
        let q = |prefix: &str| quoted(&format!("{prefix}{name}"));
        let (table, id, parent, text) = (q(""), q("id "), q("p "), literal(&name));
        let length = usize::from(!more);
        let added = if more {
            format!("{} integer, ", q("more "))
        } else {
            String::new()
        };
        write!(
            sql,
            "CREATE TABLE {table} ({table} text NOT NULL DEFAULT {text}, {id} integer PRIMARY KEY, {added}{parent} integer
                 CONSTRAINT {fk} REFERENCES {table} ({id}), CONSTRAINT {check} CHECK (length({table}) >= {length}),
                 CONSTRAINT {unique} UNIQUE ({table}, {parent}));
             CREATE INDEX {index} ON {table} ({table}) WHERE {table} <> {text};
             CREATE INDEX {by_expression} ON {table} (lower({table}) DESC);
             CREATE VIEW {view} AS SELECT {table} AS {table}, {text} AS {id} FROM {table};
             CREATE TRIGGER {trigger} AFTER INSERT ON {table} BEGIN UPDATE {table} SET {table} = new.{table} WHERE 0; END;\n",
            fk = q("fk "),
            check = q("c "),
            unique = q("u "),
            index = q("ix "),
            by_expression = q("ixe "),
            view = q("v "),
            trigger = q("tr "),
        )
        .unwrap();
    }
    sql
}

fn rows(program: &Program) -> String {
    let selects: Vec<String> = names()
        .iter()
        .map(|name| format!("SELECT {} FROM {}", quoted(name), quoted(name)))
        .collect();
    program.sqlite(&selects.join(" UNION ALL "))
}

#[test]
fn a_name_is_only_a_name() {
    let program = Program::with_target(&schema(false));
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    let check = program.run(&["check"]).ok();
    says(&check, &["in step"]);
    let first = program.definitions();
    program.run(&["downgrade", "base"]).ok();
    assert_eq!(program.definitions(), "");
    program.run(&["upgrade"]).ok();
    assert_eq!(program.definitions(), first);

    for name in names() {
        program.sqlite(&format!("INSERT INTO {} DEFAULT VALUES", quoted(&name)));
    }
    let kept = rows(&program);
    assert!(kept.contains("🦀") && kept.contains("crlf\r\nx"), "{kept}");

    program.write("schema.sql", schema(true));
    program.run(&["revision", "-m", "second"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    assert_eq!(rows(&program), kept);
    program.run(&["downgrade", "-1"]).ok();
    assert_eq!(program.definitions(), first);
    assert_eq!(rows(&program), kept);
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    program.run(&["check", "--to", "migrations"]).ok();
    let again = program.run(&["revision", "-m", "third"]).ok();
    says(&again, &["nothing differs"]);
    assert_eq!(
        program.sqlite("PRAGMA integrity_check; PRAGMA foreign_key_check"),
        "ok\n"
    );

    let inspected = program.run(&["inspect"]).ok().stdout;
    program.write("inspected.sql", inspected);
    let diff = program.run(&["diff", "--to", "inspected.sql"]).ok();
    assert_eq!(diff.stdout, "", "{}", diff.stderr);
}
