//! The whole text of a script: header, constant, two functions.

use super::layout::{dedent, literals_of_several_lines};
use super::literal::{list, text, turns_writing};
use super::statement::{Direction, Statement, statement};
use crate::directive::Directive;
use crate::script::revision::show_time;
use crate::script::stack::with_stack;
use crate::script::{Header, Script};
use crate::{Error, ErrorKind, Result};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The text of a script, ready to be reviewed, edited, compiled and read.
///
/// # Errors
/// Internal ones only: when a directive holds what no script can say, such as a change from nothing to nothing.
pub fn render(script: &Script) -> Result<String> {
    with_stack(stack_for(CALLS), || render_here(script))
}

/// How many calls the stack is large enough for; statements with more of them get one of their own.
const CALLS: usize = 1000;

/// The printer's recursion is as deep as a chain is long; measured at 6 KiB a call without optimisation.
fn stack_for(calls: usize) -> usize {
    (1 << 16) + calls * (8 << 10)
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
    let revises: Vec<&str> = header
        .revises
        .iter()
        .map(super::super::RevisionId::as_str)
        .collect();
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
    lines
        .iter()
        .map(|line| format!("{}\n", format!("//! {line}").trim_end()))
        .collect()
}

fn constant(header: &Header) -> Result<String> {
    let id = text(header.revision.as_str());
    let mut tokens = quote!(Revision::new(#id));
    let mut calls = 0;
    let revises: Vec<&str> = header
        .revises
        .iter()
        .map(super::super::RevisionId::as_str)
        .collect();
    let labels: Vec<&str> = header.branch_labels.iter().map(String::as_str).collect();
    let depends_on: Vec<&str> = header.depends_on.iter().map(String::as_str).collect();
    for (method, words) in [
        (quote!(revises), revises),
        (quote!(branch_labels), labels),
        (quote!(depends_on), depends_on),
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
    let calls = calls_in(statement(directive, direction, 0).tokens);
    if calls > CALLS {
        with_stack(stack_for(calls), || print_statement(directive, direction))
    } else {
        print_statement(directive, direction)
    }
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

fn print_statement(directive: &Directive, direction: Direction) -> Result<String> {
    // A text of the directive may hold the names that hold the places of comments; then other names are taken.
    for attempt in 0.. {
        let Statement { above, tokens, marks } = statement(directive, direction, attempt);
        let mut literals = Vec::new();
        literals_of_several_lines(tokens.clone(), &mut literals);
        let printed = dedent(&print(quote!(fn body() { #tokens; }))?, &literals);
        if !marks.hold_their_places_in(&printed) {
            continue;
        }
        let body = printed
            .strip_prefix("fn body() {\n")
            .and_then(|rest| rest.strip_suffix("}\n"));
        let body = body.ok_or_else(|| internal("the printer wrapped a statement in an unknown way"))?;
        let mut out = String::new();
        for words in above {
            comment(&mut out, INDENT, &words);
        }
        for line in body.split_inclusive('\n') {
            match marks.on_line(line) {
                Some(Some(words)) => comment(&mut out, &line[..line.len() - line.trim_start().len()], words),
                Some(None) => {}
                None => out.push_str(line),
            }
        }
        return Ok(out);
    }
    Err(internal("no name is left to hold the place of a comment"))
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
    use crate::script::*;

    fn sample() -> Script {
        let mut op = Operations::new("postgres");
        op.create_table("orders")
            .column("id", bigint().identity(Always))
            .column("customer_id", bigint().not_null())
            .column("status", varchar(20).not_null().default("'new'"))
            .column(
                "tags",
                array(text())
                    .not_null()
                    .default("'{}'::text[]")
                    .collate("C")
                    .comment("what customers call it, so long that it must break"),
            )
            .column("area", ty("geometry(Point,4326)"))
            .primary_key("orders_pkey", ["id"])
            .unique(
                unnamed(),
                key([
                    part("a").desc(),
                    part("b").collate("NOCASE").nulls_last(),
                    expr("lower(name)"),
                ])
                .deferrable(Deferred),
            )
            .foreign_key(
                foreign_key("orders_customer_id_fkey", ["customer_id"])
                    .references("customers", ["id"])
                    .on_delete(Cascade),
            )
            .check("total", "total >= 0")
            .option("strict", "")
            .comment("customer orders");
        op.create_index("ix_orders_status")
            .on("orders", ["status"])
            .filter("status <> 'done'");
        op.create_index("ix_orders_status").on("orders", ["status"]);
        op.create_index("ix_orders_customer_id_status")
            .on("orders", ["customer_id", "status"])
            .unique();
        op.create_index("ix_orders_customer_id_status")
            .on(
                "orders",
                [
                    "customer_id_000000000",
                    "status_0000000000000000000",
                    "another_column",
                    "and_one_more",
                ],
            )
            .unique();
        op.alter_table("customers")
            .alter_column("email", varchar(255).to(varchar(320)).set_not_null())
            .add_column("vat_id", text())
            .add_column("country", varchar(2).not_null())
            .drop_column("fax", varchar(40));
        op.alter_table("customers").drop_column("fax", varchar(40));
        op.alter_table("customers").add_column("fax", varchar(40));
        op.drop_table("fax")
            .column("id", integer())
            .index(index("ix", ["id"]).unique());
        op.create_view("v", "CREATE VIEW v AS\n  SELECT *\n  FROM \"orders\"")
            .depends_on(["orders"]);
        op.execute("UPDATE t SET a = 1 WHERE b = 'x'");
        op.execute(
            "UPDATE t SET a = 1 WHERE b = \"x\" AND something_long = 'a long text here it is so long'",
        );
        op.bulk_insert("t", ["a", "b"])
            .row([value(1), null()])
            .row([value(-2.5), value("x")]);
        op.replace_object(
            view("v", "CREATE VIEW v AS SELECT 1"),
            view("v", "CREATE VIEW v AS SELECT 2").depends_on(["a"]),
        );
        op.rename_index("a", "b").on("orders");
        op.execute("UPDATE t SET a = 1 WHERE b = 'x' and some_thing > 10 and u = 4");
        op.execute("UPDATE t SET a = 1 WHERE b = 'x' and some_thing > 10 and u = 4 and h = 1");
        op.execute("UPDATE t SET a = 1 WHERE b = 'x' and some_thing > 10 and u = 4 and h = 1 and z = 12");
        op.execute("UPDATE t SET a = 1\nWHERE b = 'x' and some_thing > 10 and u = 4 and h = 1 and z = 12");
        op.create_table("orders")
            .check("total", "total >= 0 and total < 1000000000 and more")
            .check("total", "total >= 0 and total < 1000000000 and more and more")
            .column(
                "created_at",
                timestamptz().not_null().default("CURRENT_TIMESTAMP"),
            )
            .column(
                "created_at_or_so",
                timestamptz().not_null().default("CURRENT_TIMESTAMP"),
            )
            .column(
                "cre",
                ty("timestamp with time zone")
                    .not_null()
                    .default("CURRENT_TIMESTAMP"),
            )
            .column(
                "created_at_or_so",
                timestamptz().default("CURRENT_TIMESTAMP + this and that"),
            )
            .column(
                "created_at_or_so",
                timestamptz().default("CURRENT_TIMESTAMP + this and that and more"),
            )
            .primary_key(
                "a_primary_key_with_long_name",
                ["with_some_long_column", "and_another_one"],
            )
            .primary_key(
                "a_primary_key_with_long_name",
                ["with_some_long_column", "and_anot"],
            )
            .unique(
                "a_unique_key_with_long_name",
                key(["with_some_long_column", "and_another_one"]).deferrable(Deferred),
            )
            .unique(
                "a_u",
                key(["with_some_long_column", "and_another_one"]).deferrable(Deferred),
            )
            .foreign_key(foreign_key("fk", ["a"]).references("b", ["c"]))
            .foreign_key(foreign_key("orders_customer_id", ["customer_id"]).references("b", ["c"]))
            .foreign_key(
                foreign_key(unnamed(), ["a", "beta", "gamma_delta", "epsilon_zeta_eta_theta"]).references(
                    "b_to_the_power_of_c",
                    ["a", "beta", "gamma_delta", "epsilon_zeta_eta_theta"],
                ),
            );
        op.create_trigger("t", "CREATE TRIGGER x\nBEGIN\n  SELECT 1;\nEND")
            .on("orders")
            .depends_on(["orders", "a"])
            .comment(
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            );
        op.replace_object(
            view("t", "CREATE TRIGGER x\nBEGIN\n  SELECT 1;\nEND")
                .on("orders")
                .depends_on(["orders"]),
            view("x", "AAA\nVVV"),
        );
        op.alter_table("t")
            .alter_column(
                "a",
                text()
                    .change_default("'x'", "'y'")
                    .to(varchar(200))
                    .set_not_null()
                    .backfill("'a'"),
            )
            .reorder_columns(
                [
                    "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b",
                    "a", "b",
                ],
                ["a"],
            );
        op.take_mistake();
        let upgrade = op.finish().unwrap();
        Script {
            header: Header {
                message: "add orders".into(),
                created: Some("2026-11-22T06:40:00Z".parse().unwrap()),
                revises: vec![RevisionId::new("1975ea83b712").unwrap()],
                ..Header::new(RevisionId::new("3f9c1d2ab07e").unwrap())
            },
            downgrade: vec![],
            upgrade,
        }
    }

    proptest::proptest! {
        #[test]
        fn a_script_is_read_as_it_was_written(script in crate::script::arbitrary::script()) {
            let text = render(&script).expect("every directive can be written");
            let back = read(&text, None, "sqlite").unwrap_or_else(|e| panic!("{e} {:?}\n{text}", e.hints()));
            proptest::prop_assert_eq!(back, script, "{}", text);
        }
    }

    #[test]
    fn try_gen() {
        use proptest::strategy::{Strategy, ValueTree};
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let _ = std::fs::create_dir_all("/tmp/script_try/gen");
        for n in 0..60 {
            let script = crate::script::arbitrary::script()
                .new_tree(&mut runner)
                .unwrap()
                .current();
            let text = render(&script).unwrap();
            std::fs::write(format!("/tmp/script_try/gen/s{n}.rs"), text).unwrap();
        }
    }

    #[test]
    fn try_speed() {
        for n in [1000, 2000, 4000, 8000, 64000] {
            let mut op = Operations::new("");
            let mut chain = op.create_table("x");
            for i in 0..n {
                chain = chain.column(format!("a_column_{i}"), varchar(20).not_null().default("'x'"));
            }
            let _ = chain;
            let script = Script {
                header: Header::new(RevisionId::random()),
                upgrade: op.finish().unwrap(),
                downgrade: vec![],
            };
            let t = std::time::Instant::now();
            let text = render(&script).unwrap();
            let a = t.elapsed();
            let t = std::time::Instant::now();
            let back = read(&text, None, "").unwrap();
            println!(
                "{n} columns: render {a:?} read {:?} {} bytes",
                t.elapsed(),
                text.len()
            );
            assert_eq!(back, script);
        }
        for n in [1000, 10000] {
            let mut op = Operations::new("");
            for i in 0..n {
                let mut chain = op.create_table(format!("table_{i}"));
                for i in 0..11 {
                    chain = chain.column(format!("a_column_{i}"), varchar(20).not_null().default("'x'"));
                }
            }
            let script = Script {
                header: Header::new(RevisionId::random()),
                upgrade: op.finish().unwrap(),
                downgrade: vec![],
            };
            let t = std::time::Instant::now();
            let text = render(&script).unwrap();
            let a = t.elapsed();
            let t = std::time::Instant::now();
            let back = read(&text, None, "").unwrap();
            println!(
                "{n} tables: render {a:?} read {:?} {} bytes",
                t.elapsed(),
                text.len()
            );
            assert_eq!(back, script);
        }
    }

    #[test]
    fn try_out() {
        std::fs::write("/tmp/script_try/out.rs", render(&sample()).unwrap()).unwrap();
    }
}
