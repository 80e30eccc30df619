//! What the ledger remembers of a script's text.
//!
//! Comes in: the text. Goes out: a SHA-256 in hexadecimal. It is taken over the tokens, so that comments, blanks, line endings and a
//! formatter's trailing commas change nothing, and any other edit does. The tokens of SQL depend on the engine: where a script
//! does not name it, only line endings and blanks at the ends of lines are left out.

use super::Format;
use super::read::{lex, normal_lines};
use super::sql::significant;
use super::stack::with_stack;
use crate::Result;
use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::iter::Peekable;
use std::path::Path;

/// Enough for brackets nested as deep as the reader allows.
const STACK: usize = 2 << 20;

/// The checksum of a script; `file` is for the place of an error.
///
/// # Errors
/// When the text of a Rust script does not even fall into tokens.
pub fn checksum(text: &str, format: Format, file: Option<&Path>) -> Result<String> {
    let text = normal_lines(text);
    let hash = match format {
        Format::Rust => with_stack(STACK, || match lex(&text) {
            Ok(tokens) => Ok(hash_of_rust(tokens)),
            Err(fault) => Err(fault.into_error(&text, file)),
        })?,
        Format::Sql => hash_of_sql(&text),
    };
    Ok(hash
        .finalize()
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }))
}

fn hash_of_rust(tokens: TokenStream) -> Sha256 {
    let mut hash = Sha256::new();
    hash_tokens(&mut hash, tokens);
    hash
}

fn hash_of_sql(text: &str) -> Sha256 {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part);
        hash.update([0]);
    };
    match significant(text) {
        Some(tokens) => tokens.iter().for_each(|token| add(token)),
        None => text.lines().for_each(|line| add(line.trim_end())),
    }
    hash
}

/// Each token with its end, each group with its brackets. The depth is limited by the reader, so the recursion is too.
fn hash_tokens(hash: &mut Sha256, tokens: TokenStream) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                hash.update(open);
                hash_tokens(hash, group.stream());
                hash.update(close);
            }
            TokenTree::Punct(comma) if comma.as_char() == ',' && tokens.peek().is_none() => {}
            TokenTree::Punct(punct) if punct.as_char() == '#' && documents(&mut tokens) => {}
            other => {
                hash.update(other.to_string());
                hash.update([0]);
            }
        }
    }
}

/// Takes the rest of a comment that documents something, which to the compiler is an attribute.
fn documents(tokens: &mut Peekable<IntoIter>) -> bool {
    let is_doc = |group: &Group| matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc");
    let mut ahead = tokens.clone();
    ahead.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
    let found = matches!(ahead.next(), Some(TokenTree::Group(group)) if is_doc(&group));
    if found {
        *tokens = ahead;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> String {
        checksum(text, Format::Rust, None).expect("tokens")
    }

    #[test]
    fn formatting_is_no_change() {
        let one = "use a::*; // why\nfn f() { op.x(\"a\", [1, 2]); }";
        let other = "use a::*;\r\n\r\nfn f() {\r\n    op\r\n        .x(\r\n            \"a\",\r\n            [1, 2,],\r\n        );\r\n}\r\n";
        assert_eq!(rust(one), rust(other));
    }

    #[test]
    fn comments_are_no_change() {
        let plain = "fn f() { x(); }";
        for other in [
            "//! a\n\n/* b */ /// c\nfn f() { // d\n /// e\n x(); }",
            "#![doc = \"a\"] fn f() { x(); }",
        ] {
            assert_eq!(rust(plain), rust(other), "{other}");
        }
        assert_ne!(rust(plain), rust("#[allow(x)] fn f() { x(); }"));
    }

    #[test]
    fn any_other_edit_is_one() {
        let base = rust("f(\"a\", 1)");
        for other in [
            "f(\"b\", 1)",
            "f(\"a\", 2)",
            "f(\"a\" 1)",
            "g(\"a\", 1)",
            "f[\"a\", 1]",
            "f(\"a\", 1);",
            "f(\"a \", 1)",
        ] {
            assert_ne!(base, rust(other), "{other}");
        }
        assert_ne!(rust("a b"), rust("ab"));
    }

    #[test]
    fn line_endings_are_no_change_in_sql() {
        let sum = |text: &str| checksum(text, Format::Sql, None).expect("a sum");
        assert_eq!(sum("SELECT 1;\n-- x\n"), sum("SELECT 1; \r\n-- x"));
        assert_ne!(sum("SELECT 1;"), sum("SELECT 2;"));
        let head = "-- autogen: revision a\n-- autogen: dialect sqlite\n-- autogen: upgrade\n";
        let with_head = |text: &str| sum(&format!("{head}{text}"));
        assert_eq!(with_head("SELECT 1;"), with_head("-- why\nSELECT\n  1\n"));
        assert_ne!(with_head("SELECT 1;"), with_head("SELECT 2;"));
    }

    #[test]
    fn what_is_no_text_of_tokens_has_a_place() {
        let error = checksum("fn f( {", Format::Rust, Some(Path::new("a.rs"))).expect_err("open");
        assert_eq!(error.places().len(), 1);
    }
}
