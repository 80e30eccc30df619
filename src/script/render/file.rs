//! The whole text of a script: header, constant, two functions.

use super::layout::{dedent, literals_of_several_lines};
use super::literal::{list, text, turns_writing};
use super::marks::{Line, Marks};
use super::statement::{Direction, Statement, statement};
use crate::directive::Directive;
use crate::plan::refuse_code;
use crate::script::read::read_here;
use crate::script::revision::show_time;
use crate::script::stack::with_stack;
use crate::script::{Header, RevisionId, Script};
use crate::{Error, ErrorKind, Result};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The text of a script, ready to be reviewed, edited, compiled and read.
///
/// # Errors
/// When code of a program is among the directives; otherwise internal ones only: when a directive holds what no script can say, such as a change from nothing to nothing.
pub fn render(script: &Script) -> Result<String> {
    refuse_code(&script.upgrade)?;
    refuse_code(&script.downgrade)?;
    with_stack(stack_for(CALLS), || render_proved(script))
}

/// How many calls the stack is large enough for; statements with more of them get one of their own.
const CALLS: usize = 1000;

/// The printer's recursion is as deep as a chain is long; measured below 2 KiB a call without optimisation.
fn stack_for(calls: usize) -> usize {
    (8 << 20) + calls * (6 << 10)
}

/// The text, read again for proof: what is written must be what will be run.
fn render_proved(script: &Script) -> Result<String> {
    let text = render_here(script)?;
    let back = read_here(&text, None, "")
        .map_err(|error| internal("a script came out that cannot be read").because(error))?;
    for (written, meant) in [
        (&back.upgrade, &script.upgrade),
        (&back.downgrade, &script.downgrade),
    ] {
        let odd = written
            .iter()
            .zip(meant)
            .find(|(written, meant)| differ(written, meant));
        if let Some((_, meant)) = odd {
            return Err(internal(&format!(
                "a script cannot say this: {}",
                meant.summary()
            )));
        }
        if written.len() != meant.len() {
            return Err(internal(
                "a script came out that says more or less than it should",
            ));
        }
    }
    Ok(text)
}

/// Whether they differ for a reader; a number that is none is not even equal to itself.
fn differ(a: &Directive, b: &Directive) -> bool {
    a != b && format!("{a:?}") != format!("{b:?}")
}

fn render_here(script: &Script) -> Result<String> {
    let mut out = header(&script.header);
    out.push_str("\nuse autogen::script::*;\n\n");
    out.push_str(&constant(&script.header)?);
    for (name, directives, direction) in [
        ("upgrade", &script.upgrade, Direction::Upgrade),
        ("downgrade", &script.downgrade, Direction::Downgrade),
    ] {
        out.push_str("\npub fn ");
        out.push_str(name);
        out.push_str("(op: &mut Operations) {");
        for (number, directive) in directives.iter().enumerate() {
            out.push('\n');
            if number > 0 {
                out.push('\n');
            }
            out.push_str(statement_lines(directive, direction)?.trim_end_matches('\n'));
        }
        out.push_str(if directives.is_empty() { "}\n" } else { "\n}\n" });
    }
    Ok(out)
}

/// The header as a comment that documents the module.
fn header(header: &Header) -> String {
    let mut lines: Vec<String> = header
        .message
        .trim()
        .lines()
        .map(|line| one_line(line.trim_end()))
        .collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let revises: Vec<&str> = header.revises.iter().map(RevisionId::as_str).collect();
    let revises = if revises.is_empty() {
        "base".to_owned()
    } else {
        revises.join(", ")
    };
    lines.push(format!("Revision: {}", header.revision));
    lines.push(format!("Revises:  {revises}"));
    lines.extend(
        header
            .created
            .map(|time| format!("Created:  {}", show_time(time))),
    );
    lines.iter().fold(String::new(), |mut out, line| {
        out.push_str(format!("//! {line}").trim_end());
        out.push('\n');
        out
    })
}

fn constant(header: &Header) -> Result<String> {
    let id = text(header.revision.as_str());
    let mut tokens = quote!(Revision::new(#id));
    let mut calls = 0;
    let revises: Vec<&str> = header.revises.iter().map(RevisionId::as_str).collect();
    let labels: Vec<&str> = header.branch_labels.iter().map(String::as_str).collect();
    let depends_on: Vec<&str> = header.depends_on.iter().map(String::as_str).collect();
    let replaces: Vec<&str> = header.replaces.iter().map(RevisionId::as_str).collect();
    for (method, words) in [
        (quote!(revises), revises),
        (quote!(branch_labels), labels),
        (quote!(depends_on), depends_on),
        (quote!(replaces), replaces),
    ] {
        if !words.is_empty() {
            let words = list(words.into_iter().map(text));
            tokens.extend(quote!(.#method(&#words)));
            calls += 1;
        }
    }
    let printed = print(quote!(pub const REVISION: Revision = #tokens;))?;
    // rustfmt does not break a chain of one call that fits on the next line.
    let joined: String = printed.lines().map(str::trim_start).collect();
    let begin = "pub const REVISION: Revision =";
    Ok(match joined.strip_prefix(begin).map(str::trim_start) {
        Some(value)
            if calls == 1 && joined.len() + 1 != printed.len() && INDENT.len() + value.len() <= WIDTH =>
        {
            format!("{begin}\n{INDENT}{value}\n")
        }
        _ => printed,
    })
}

const INDENT: &str = "    ";

/// A directive as the lines of a function's body.
fn statement_lines(directive: &Directive, direction: Direction) -> Result<String> {
    let first = statement(directive, direction, 0);
    let calls = calls_in(first.tokens.clone());
    if calls <= CALLS {
        return print_statement(first, directive, direction);
    }
    // The printer's tokens cannot go to another thread, so they are made there anew.
    with_stack(stack_for(calls), || {
        print_statement(statement(directive, direction, 0), directive, direction)
    })
}

fn calls_in(tokens: TokenStream) -> usize {
    let mut calls = 0;
    for token in tokens {
        match token {
            TokenTree::Group(group) => calls += calls_in(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '.' => calls += 1,
            TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
    calls
}

fn print_statement(first: Statement, directive: &Directive, direction: Direction) -> Result<String> {
    let mut next = first;
    // A text of the directive may hold the names that hold the places of comments; then other names are taken.
    for attempt in 1.. {
        let Statement { above, tokens, marks } = next;
        let mut literals = Vec::new();
        literals_of_several_lines(tokens.clone(), &mut literals);
        let printed = dedent(&print(quote!(fn body() { #tokens; }))?, &literals);
        if !marks.hold_their_places_in(&printed) {
            next = statement(directive, direction, attempt);
            continue;
        }
        let body = printed
            .strip_prefix("fn body() {\n")
            .and_then(|rest| rest.strip_suffix("}\n"));
        let body = body.ok_or_else(|| internal("the printer wrapped a statement in an unknown way"))?;
        return Ok(with_comments(&above, body, &marks));
    }
    Err(internal("no name is left to hold the place of a comment"))
}

fn with_comments(above: &[String], body: &str, marks: &Marks) -> String {
    let mut out = String::new();
    for words in above {
        comment(&mut out, INDENT, words);
    }
    for line in body.split_inclusive('\n') {
        match marks.on_line(line) {
            Line::Comment(words) => comment(&mut out, &line[..line.len() - line.trim_start().len()], words),
            Line::Break => {}
            Line::Code => out.push_str(line),
        }
    }
    out
}

fn print(tokens: TokenStream) -> Result<String> {
    let file = syn::parse2(tokens).map_err(|e| internal("a script came out that is not Rust").because(e))?;
    Ok(prettyplease::unparse(&file))
}

fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// How wide comments are, and how much of a long one is said.
const WIDTH: usize = 100;
const LONGEST_COMMENT: usize = 300;

/// Writes `words` as comment lines.
fn comment(out: &mut String, indent: &str, words: &str) {
    let words = one_line(words);
    let words = shorten(&words);
    let mut line = String::new();
    for word in words.split(' ') {
        let width = indent.len() + 3 + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && width > WIDTH {
            comment_line(out, indent, &std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    comment_line(out, indent, &line);
}

fn comment_line(out: &mut String, indent: &str, line: &str) {
    out.push_str(indent);
    out.push_str(format!("// {line}").trim_end());
    out.push('\n');
}

fn shorten(words: &str) -> String {
    match words.char_indices().nth(LONGEST_COMMENT) {
        None => words.to_owned(),
        Some((end, _)) => format!(
            "{} ...",
            words[..end]
                .rsplit_once(' ')
                .map_or(&words[..end], |(most, _)| most)
        ),
    }
}

/// The text without what would end a comment's line or turn its direction.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns_writing(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::script::arbitrary::script;
    use crate::script::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_script_is_read_as_it_was_written(script in script()) {
            let text = render(&script).expect("every directive can be written");
            let back = read(&text, None, "sqlite").unwrap_or_else(|e| panic!("{e} {:?}\n{text}", e.hints()));
            prop_assert_eq!(back, script, "{}", text);
        }
    }

    fn header(revises: &[&str]) -> Header {
        Header {
            revises: revises
                .iter()
                .map(|id| RevisionId::new(*id).expect("an id"))
                .collect(),
            message: "add orders".to_owned(),
            created: Some("2026-11-22T06:40:00Z".parse().expect("a time")),
            ..Header::new(RevisionId::new("3f9c1d2ab07e").expect("an id"))
        }
    }

    fn recorded(record: impl FnOnce(&mut Operations)) -> Vec<crate::directive::Directive> {
        let mut op = Operations::new("postgres");
        record(&mut op);
        op.finish().expect("no mistake")
    }

    #[test]
    fn a_script_says_what_it_does_and_what_it_loses() {
        let upgrade = recorded(|op| {
            op.create_table("orders")
                .column("id", bigint().identity(Always))
                .column("customer_id", bigint().not_null())
                .column("status", varchar(20).not_null().default("'new'"))
                .column("area", ty("geometry(Point,4326)"))
                .primary_key("orders_pkey", ["id"])
                .foreign_key(
                    foreign_key("orders_customer_id_fkey", ["customer_id"])
                        .references("customers", ["id"])
                        .on_delete(Cascade),
                );
            op.create_index("ix_orders_status")
                .on("orders", ["status"])
                .filter("status <> 'done'");
            op.alter_table("customers")
                .alter_column("email", varchar(255).to(varchar(320)).set_not_null())
                .add_column("vat_id", text())
                .add_column("country", char(2).not_null())
                .drop_column("fax", varchar(40));
            op.drop_table("fax_numbers").column("number", text());
            op.create_view(
                "open_orders",
                "CREATE VIEW open_orders AS\n  SELECT *\n    FROM \"orders\"",
            )
            .depends_on(["orders"]);
        });
        let downgrade = recorded(|op| {
            op.alter_table("customers")
                .add_column("fax", varchar(40).not_null().backfill("''"));
        });
        let text = render(&Script {
            header: header(&["1975ea83b712"]),
            upgrade,
            downgrade,
        })
        .expect("a script");
        insta::with_settings!({ snapshot_path => "../../../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("script", text);
        });
    }

    #[test]
    fn an_empty_script_has_empty_functions() {
        let script = Script {
            header: Header {
                message: String::new(),
                created: None,
                ..header(&[])
            },
            upgrade: Vec::new(),
            downgrade: Vec::new(),
        };
        let expected = "\
//! Revision: 3f9c1d2ab07e
//! Revises:  base

use autogen::script::*;

pub const REVISION: Revision = Revision::new(\"3f9c1d2ab07e\");

pub fn upgrade(op: &mut Operations) {}

pub fn downgrade(op: &mut Operations) {}
";
        assert_eq!(render(&script).expect("a script"), expected);
    }

    #[test]
    fn a_merge_names_its_parents_as_rustfmt_would() {
        let script = Script {
            header: header(&["9a9112dfa200", "2dd2cce7f5ed"]),
            upgrade: Vec::new(),
            downgrade: Vec::new(),
        };
        let text = render(&script).expect("a script");
        let constant = "\
pub const REVISION: Revision =
    Revision::new(\"3f9c1d2ab07e\").revises(&[\"9a9112dfa200\", \"2dd2cce7f5ed\"]);
";
        assert!(text.contains(constant), "{text}");
        assert!(
            text.contains("//! Revises:  9a9112dfa200, 2dd2cce7f5ed\n"),
            "{text}"
        );
    }

    #[test]
    fn a_table_of_very_many_columns_does_not_exhaust_the_stack() {
        let upgrade = recorded(|op| {
            (0..5000).fold(op.create_table("wide"), |table, n| {
                table.column(format!("c{n}"), text().not_null())
            });
        });
        let script = Script {
            header: header(&[]),
            upgrade,
            downgrade: Vec::new(),
        };
        let text = render(&script).expect("a script");
        assert_eq!(read(&text, None, "sqlite").expect("a script"), script);
    }

    #[test]
    fn a_change_from_nothing_to_nothing_is_refused() {
        use crate::directive::{AlterTable, Change, Directive, TableChange};
        let changes = vec![TableChange::SetComment(Change::new(None, None))];
        let upgrade = vec![Directive::AlterTable(AlterTable {
            table: "t".into(),
            changes,
        })];
        let error = render(&Script {
            header: header(&[]),
            upgrade,
            downgrade: Vec::new(),
        })
        .expect_err("no change");
        assert_eq!(error.kind(), crate::ErrorKind::Internal);
    }

    #[test]
    fn a_number_that_is_none_can_be_written() {
        let upgrade = recorded(|op| {
            op.bulk_insert("t", ["a"]).row([f64::NAN]);
        });
        render(&Script {
            header: header(&[]),
            upgrade,
            downgrade: Vec::new(),
        })
        .expect("a script");
    }
}
