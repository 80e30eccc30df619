//! What the ledger remembers of a script's text.
//!
//! Comes in: the text. Goes out: a SHA-256 in hexadecimal. Of Rust it is taken over the tokens, so that comments, blanks, line endings
//! and a formatter's trailing commas change nothing, and any other edit does. Of SQL, whose tokens depend on the engine, only line
//! endings and blanks at the ends of lines are left out.

use super::Format;
use super::read::{lex, normal_lines};
use crate::Result;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// The checksum of a script; `file` is for the place of an error.
///
/// # Errors
/// When the text of a Rust script does not even fall into tokens.
pub fn checksum(text: &str, format: Format, file: Option<&Path>) -> Result<String> {
    let mut hash = Sha256::new();
    let text = normal_lines(text);
    match format {
        Format::Rust => {
            let tokens = lex(&text).map_err(|fault| fault.into_error(&text, file))?;
            hash_tokens(&mut hash, tokens);
        }
        Format::Sql => {
            for line in text.lines() {
                hash.update(line.trim_end());
                hash.update("\n");
            }
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }))
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
            other => {
                hash.update(other.to_string());
                hash.update([0]);
            }
        }
    }
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
        let sum = |text| checksum(text, Format::Sql, None).expect("a sum");
        assert_eq!(sum("SELECT 1;\n-- x\n"), sum("SELECT 1; \r\n-- x"));
        assert_ne!(sum("SELECT 1;"), sum("SELECT 2;"));
    }

    #[test]
    fn what_is_no_text_of_tokens_has_a_place() {
        let error = checksum("fn f( {", Format::Rust, Some(Path::new("a.rs"))).expect_err("open");
        assert_eq!(error.places().len(), 1);
    }
}
