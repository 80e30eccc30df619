//! What a script may not hold, and what is said about it.

use super::{read, read_header};
use crate::script::{arbitrary, render};
use proptest::prelude::*;
use std::path::Path;

/// A script whose `upgrade` begins on line 3 and holds `body` from column 5 on.
fn with_body(body: &str) -> String {
    format!(
        "pub const REVISION: Revision = Revision::new(\"a\");\nconst N: [u32; 2] = [1, 2];\npub fn upgrade(op: &mut Operations) {{\n    {body}\n}}\npub fn downgrade(op: &mut Operations) {{}}\n"
    )
}

/// Where the error is, its message and its hints.
fn refused(text: &str) -> (usize, usize, String, String) {
    let error = read(text, Some(Path::new("a.rs")), "sqlite").expect_err(text);
    let place = &error.places()[0];
    assert_eq!(place.file.as_deref(), Some(Path::new("a.rs")));
    assert_eq!(
        text.lines().nth(place.line - 1).unwrap_or_default(),
        place.snippet,
        "{text}"
    );
    (
        place.line,
        place.column,
        error.message().to_owned(),
        error.hints().join("\n"),
    )
}

#[test]
fn what_needs_a_compiler_is_refused_with_its_place_and_the_way_out() {
    let outside = [
        ("for i in 0..3 { op.execute(\"x\"); }", 5, "a `for` loop"),
        ("while true {}", 5, "a `while` loop"),
        ("match op.dialect() { _ => {} }", 5, "`match`"),
        ("println!(\"x\");", 5, "the macro `println!`"),
        ("op.execute(format!(\"x\"));", 16, "the macro `format!`"),
        (
            "op.execute(\"a\".to_owned());",
            20,
            "a method of a text (`.to_owned(..)`)",
        ),
        ("op.execute(\"a\" + \"b\");", 20, "what the operator `+` computes"),
        ("op.execute(&x);", 16, "a reference"),
        (
            "op.execute(std::env::var(\"x\"));",
            16,
            "the path that begins with `std::`",
        ),
        (
            "op.execute(if true { \"a\" } else { \"b\" });",
            16,
            "`if` as a value",
        ),
        ("op.execute({ \"a\" });", 16, "a block as a value"),
        ("op.execute(|| 1);", 16, "a closure"),
        ("op.execute(b\"x\");", 16, "a literal of this kind"),
        ("op.execute(op.dialect());", 16, "`op` as a value"),
        ("op.execute(\"x\")?;", 20, "what the operator `?` computes"),
        ("op.create_table(\"t\").name;", 26, "the field `.name`"),
        (
            "op.create_table::<A>(\"t\");",
            20,
            "a call with types in `::<..>`",
        ),
        ("helper(op);", 5, "a call of `helper(..)` as a statement"),
        ("let mut a = 1;", 9, "a variable that changes (`let mut`)"),
        ("let a = text();", 13, "a `let` that is a type"),
        ("let t = op.create_table(\"t\");", 13, "`op` as a value"),
        (
            "if true { }",
            8,
            "a condition other than `op.dialect() == \"..\"`",
        ),
        ("if op.dialect() == \"x\" { for x in y {} }", 30, "a `for` loop"),
        (
            "op.dialect();",
            8,
            "the engine's name outside the condition of an `if`",
        ),
        ("#[cfg(test)] op.execute(\"x\");", 5, "the attribute `cfg`"),
        (
            "op.bulk_insert(\"t\", [\"a\"]).row([\"x\"; 2]);",
            42,
            "an array by its length",
        ),
        ("op.execute(1u8);", 16, "the suffix `u8` of a literal"),
    ];
    for (body, column, what) in outside {
        let (line, at, message, hints) = refused(&with_body(body));
        assert_eq!(
            (line, message.as_str()),
            (4, format!("{what} cannot be read from a script").as_str()),
            "{body}"
        );
        assert_eq!(at, column, "{body}: {message}");
        assert!(
            hints.contains("a script is read, not compiled") && hints.contains("op.execute"),
            "{body}: {hints}"
        );
    }
}

#[test]
fn what_is_not_a_call_of_the_builder_is_refused() {
    let wrong = [
        (
            "op.creat_table(\"t\");",
            8,
            "`op.creat_table(..)` is unknown here",
            "did you mean `op.create_table(..)`?",
        ),
        (
            "op.create_table(\"t\").colum(\"a\", text());",
            26,
            "`.colum(..)` is unknown here",
            "`.column(..)`?",
        ),
        (
            "op.create_table(\"t\").column(\"a\", txt());",
            38,
            "`txt(..)` is unknown here",
            "`text(..)`?",
        ),
        (
            "op.create_table(\"t\").column(\"a\", text().nut_null());",
            45,
            "`.nut_null(..)`",
            "`.not_null(..)`?",
        ),
        (
            "op.execute(\"x\").zzz();",
            21,
            "`.zzz(..)` is unknown here",
            "the statement ends here",
        ),
        (
            "op.create_table(\"t\").zzzzzzzz();",
            26,
            "`.zzzzzzzz(..)`",
            "known here: check, column, comment",
        ),
        (
            "op.create_table();",
            8,
            "`create_table` takes one argument, found 0",
            "",
        ),
        (
            "op.create_table(\"t\").column(\"a\");",
            26,
            "`column` takes 2 arguments, found 1",
            "",
        ),
        (
            "op.create_table(1);",
            21,
            "expected a name, or `(\"namespace\", \"name\")`, found a whole number",
            "",
        ),
        ("op.create_table((\"a\", \"b\", \"c\"));", 21, "found a tuple", ""),
        (
            "op.create_table(\"t\").column(\"a\", \"text\");",
            38,
            "expected a column such as",
            "",
        ),
        (
            "op.create_table(\"t\").column(\"a\", varchar(-1));",
            46,
            "expected a whole number from 0",
            "",
        ),
        (
            "op.create_table(\"t\").column(\"a\", varchar());",
            38,
            "`varchar` takes one argument",
            "",
        ),
        (
            "op.create_table(\"t\").unique(\"u\", \"a\");",
            38,
            "expected an array of columns",
            "",
        ),
        (
            "op.create_table(\"t\").foreign_key(foreign_key(\"f\", [\"a\"]));",
            38,
            "expected a foreign key: `foreign_key(\"name\", [\"column\"]).references",
            "",
        ),
        (
            "op.create_index(\"i\").on(\"t\", [\"a\", part(\"b\").desc()]);",
            40,
            "an array holds values of one type",
            "write `part(\"name\")`",
        ),
        (
            "op.execute(nothing);",
            16,
            "`nothing` is not defined here",
            "a `let` or a constant",
        ),
        ("op.create_index(\"i\");", 5, "an index needs its table", ""),
        (
            "op.bulk_insert(\"t\", [\"a\"]).row([value(1), value(2)]);",
            5,
            "row 1 of t has 2 values for 1 columns",
            "",
        ),
        (
            "op.execute(\"x\") op.execute(\"y\");",
            21,
            "expected `;`, found `op`",
            "",
        ),
        (
            "op;",
            7,
            "expected a call such as `op.create_table(..)`, found `;`",
            "",
        ),
        (
            "opp.execute(\"x\");",
            5,
            "a statement on `opp`",
            "did you mean `op`?",
        ),
        ("let a: &str;", 10, "expected `= literal`", ""),
        (
            "op.create_sequence(\"s\").start(99999999999999999999);",
            35,
            "number too large",
            "",
        ),
        (
            "if op.dialect() == \"x\" op.execute(\"y\");",
            28,
            "expected `{`, found `op`",
            "",
        ),
    ];
    for (body, column, what, hint) in wrong {
        let (line, at, message, hints) = refused(&with_body(body));
        assert!(message.contains(what), "{body}: {message}");
        assert_eq!((line, at), (4, column), "{body}: {message}");
        assert!(hints.contains(hint), "{body}: {hints}");
    }
}

#[test]
fn a_file_that_is_no_whole_script_is_refused() {
    let header = "pub const REVISION: Revision = Revision::new(\"a\");\n";
    let up = "pub fn upgrade(op: &mut Operations) {}\n";
    let wrong = [
        (String::new(), 1, "this is no migration script"),
        (up.to_owned(), 1, "this is no migration script"),
        (header.to_owned(), 1, "the script has no function `upgrade`"),
        (
            format!("{header}{up}"),
            2,
            "the script has no function `downgrade`",
        ),
        (
            format!("{header}{up}{up}"),
            3,
            "the script has two functions `upgrade`",
        ),
        (
            format!("{header}pub fn upgrade() {{}}"),
            2,
            "`upgrade` must take one argument",
        ),
        (
            format!("{header}pub fn upgrade(op: Operations) {{}}"),
            2,
            "`upgrade` must take one argument",
        ),
        (
            format!("{header}pub fn upgrade(op: &mut Operations) -> A {{}}"),
            2,
            "expected `{`, found `-`",
        ),
        (
            format!("{header}pub fn upgrade(op: &mut Operations) {{"),
            2,
            "this is not Rust",
        ),
        (format!("{header}\"open"), 2, "this is not Rust"),
        (format!("{header}1"), 2, "expected an item"),
        (header.replace('a', "a-b"), 1, "cannot be a revision id"),
        (
            header.replace("new", "now"),
            1,
            "expected `Revision::new(\"..\")`",
        ),
        (
            header.replace(");", ").parents(&[]);"),
            1,
            "`Revision` has no method `parents`",
        ),
        (
            format!("{}{}", "(".repeat(200), ")".repeat(200)),
            1,
            "brackets are nested too deep",
        ),
    ];
    for (text, line, what) in wrong {
        let (at, _, message, _) = refused(&text);
        assert!(message.contains(what), "{text}: {message}");
        assert_eq!(at, line, "{text}: {message}");
    }
}

#[test]
fn the_header_is_read_without_the_rest() {
    let text = "\u{feff}//! add orders\r\n//!\r\n//!   and more\r\n//!\r\n//! Revision: x\r\n//! Created:  2026-11-22 06:40:00 UTC\r\n\r\nuse autogen::script::*;\r\npub const REVISION: Revision = Revision::new(\"a1\").revises(&[\"b1\", \"c1\",]);\r\n\r\npub fn upgrade(";
    let header = read_header(text, None).expect("a header");
    assert_eq!(header.message, "add orders\n\n  and more");
    assert_eq!(
        header.created,
        Some("2026-11-22T06:40:00Z".parse().expect("a time"))
    );
    assert_eq!(header.revision.as_str(), "a1");
    assert_eq!(header.revises.len(), 2);
    let moved = "pub fn upgrade(op: &mut Operations) {}\nconst REVISION: Revision = Revision::new(\"a1\");";
    assert_eq!(
        read_header(moved, None).expect("a header").revision.as_str(),
        "a1"
    );
}

#[test]
fn endless_nesting_and_long_runs_do_no_harm() {
    for odd in [
        "(", "[", "{", "-", "!", "&", "op.", "if ", "else ", "a::", "#", "\"", "r#", "/*", "//", "'", "\\",
        "\0",
    ] {
        let run = odd.repeat(20_000);
        let _ = read(&with_body(&run), None, "sqlite");
        let _ = read(&with_body(&format!("op.execute({run})")), None, "sqlite");
        let _ = read(&with_body(&format!("if {run} {{}}")), None, "sqlite");
        let _ = read_header(&format!("{run} const REVISION: Revision = {run};"), None);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in arbitrary::hostile(), body in "[a-z(){}\\[\\];.,\"&!=#:0-9 -]{0,60}") {
        let _ = read(&text, None, "sqlite");
        let _ = read(&with_body(&text), None, "sqlite");
        let _ = read(&with_body(&body), None, "sqlite");
        let _ = read_header(&format!("REVISION {text}"), None);
    }

    #[test]
    fn no_cut_in_a_script_makes_the_reader_panic(
        script in arbitrary::script(),
        from in any::<prop::sample::Index>(),
        length in 0..40_usize,
        put in arbitrary::hostile(),
    ) {
        let text: Vec<char> = render(&script).expect("a script").chars().collect();
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        let cut: String = text[..from].iter().copied().chain(put.chars()).chain(text[to..].iter().copied()).collect();
        let _ = read(&cut, None, "sqlite");
        let _ = read_header(&cut, None);
    }
}
