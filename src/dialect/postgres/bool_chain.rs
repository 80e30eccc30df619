//! `((a AND b) AND c)` and `(a AND b AND c)` are one: the parser makes one chain of them (`makeAndExpr` and `makeOrExpr` in the server's
//! `gram.y`). The server itself prints the first for `x BETWEEN 1 AND 2 AND c`, and the second when it was given that text. Only the first
//! operand of a chain is taken so; one that stands behind others stays a chain of its own. For comparing only.

use super::spelling::closing_brackets;
use crate::sql::{Lexicon, Scanner, Token};
use std::borrow::Cow;

/// The text with chains that begin with a chain of the same kind as one.
pub(super) fn joined(sql: &str) -> Cow<'_, str> {
    if !sql.contains('(') {
        return Cow::Borrowed(sql);
    }
    let tokens: Vec<Token> = Scanner::new(sql, &Lexicon::POSTGRES)
        .filter(|token| !token.is_trivia())
        .collect();
    let closing = closing_brackets(sql, &tokens);
    let mut needless: Vec<Token> = Vec::new();
    for (open, close) in closing.iter().enumerate() {
        let is_first = open == 0 || tokens[open - 1].is_symbol(sql, "(");
        if let Some(close) = *close
            && is_first
            && tokens[open].is_symbol(sql, "(")
            && let Some(next) = tokens.get(close + 1).and_then(|next| Connective::of(sql, *next))
            && is_chain(sql, &tokens, &closing, open, close, next)
        {
            needless.extend([tokens[open], tokens[close]]);
        }
    }
    if needless.is_empty() {
        return Cow::Borrowed(sql);
    }
    needless.sort_unstable_by_key(|token| token.start);
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    for token in needless {
        out.push_str(&sql[copied..token.start]);
        copied = token.end;
    }
    out.push_str(&sql[copied..]);
    Cow::Owned(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

impl Connective {
    fn of(sql: &str, token: Token) -> Option<Self> {
        if token.is_keyword(sql, "AND") {
            Some(Self::And)
        } else if token.is_keyword(sql, "OR") {
            Some(Self::Or)
        } else {
            None
        }
    }
}

/// Whether all that stands right between these tokens is joined by one kind of connective.
fn is_chain(
    sql: &str,
    tokens: &[Token],
    closing: &[Option<usize>],
    open: usize,
    close: usize,
    kind: Connective,
) -> bool {
    let mut at = open + 1;
    let mut joins = false;
    while at < close {
        match Connective::of(sql, tokens[at]) {
            Some(found) if found == kind => joins = true,
            Some(_) => return false,
            None => {}
        }
        at = closing[at].unwrap_or(at) + 1;
    }
    joins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_a_chain_is_one_with_it() {
        for (nested, flat) in [
            ("((a > 1) AND (a < 2)) AND b", "(a > 1) AND (a < 2) AND b"),
            ("(((a OR b) OR c) OR d)", "(a OR b OR c OR d)"),
            (
                "SELECT 1 WHERE (((a AND b) AND f((c OR d) OR e)))",
                "SELECT 1 WHERE ((a AND b AND f(c OR d OR e)))",
            ),
        ] {
            assert_eq!(joined(nested), flat);
        }
    }

    #[test]
    fn all_other_chains_stay() {
        for text in [
            "(a AND (b AND c))",
            "((a OR b) AND c)",
            "((a AND b) OR c)",
            "(NOT (a AND b) AND c)",
            "((a) AND b)",
            "'((a AND b) AND c)'",
            "((a AND b AND c",
            "(a AND b)) AND c",
        ] {
            assert!(matches!(joined(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
