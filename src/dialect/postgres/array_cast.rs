//! `(ARRAY[a, b])::text[]` and `ARRAY[(a)::text, (b)::text]` are one: the parser hands the type of a cast on to the elements of an array
//! that stands right under it (`transformTypeCast` in the server's `parse_expr.c`). The server itself prints the first for
//! `name IN ('a', 'b')` over a `varchar`, and the second when it was given that text. For comparing only.

use super::spelling::{closing_brackets, list_items};
use crate::sql::{Lexicon, Scanner, Token, TokenKind};
use std::borrow::Cow;

/// The text with the casts of arrays handed on to their elements.
pub(super) fn handed_on(sql: &str) -> Cow<'_, str> {
    // Most texts have none.
    if !sql.contains(']') || !sql.contains("::") {
        return Cow::Borrowed(sql);
    }
    let tokens: Vec<Token> = Scanner::new(sql, &Lexicon::POSTGRES)
        .filter(|token| !token.is_trivia())
        .collect();
    let closing = closing_brackets(sql, &tokens);
    let mut out = String::new();
    let (mut at, mut copied) = (0, 0);
    while at < tokens.len() {
        let Some(cast) = Cast::at(sql, &tokens, &closing, at) else {
            at += 1;
            continue;
        };
        out.push_str(&sql[copied..tokens[at].start]);
        let elements: Vec<String> = cast.elements.iter().map(|one| cast.of(one)).collect();
        out.push_str("ARRAY[");
        out.push_str(&elements.join(", "));
        out.push(']');
        at = cast.behind;
        copied = tokens[at - 1].end;
    }
    if copied == 0 {
        return Cow::Borrowed(sql);
    }
    out.push_str(&sql[copied..]);
    Cow::Owned(out)
}

/// An array under a cast.
struct Cast<'s> {
    elements: Vec<&'s str>,
    /// The type of an element.
    ty: &'s str,
    /// Whether the server puts everything under a cast into parentheses: not when it prints prettily, as in views.
    encloses: bool,
    /// The token behind it.
    behind: usize,
}

impl<'s> Cast<'s> {
    /// The one that begins with this token.
    fn at(sql: &'s str, tokens: &[Token], closing: &[Option<usize>], at: usize) -> Option<Self> {
        let is = |at: usize, symbol: &str| tokens.get(at).is_some_and(|token| token.is_symbol(sql, symbol));
        let encloses = is(at, "(");
        let array = at + usize::from(encloses);
        if !tokens.get(array)?.is_keyword(sql, "ARRAY") || !is(array + 1, "[") {
            return None;
        }
        let close = closing[array + 1]?;
        if encloses && !is(close + 1, ")") {
            return None;
        }
        let cast = close + 1 + usize::from(encloses);
        if !is(cast, "::") {
            return None;
        }
        let dimension = (cast + 1..tokens.len()).find(|at| !may_be_in_type(sql, tokens[*at]))?;
        // An array of several dimensions hands on otherwise.
        let is_list = is(dimension, "[") && is(dimension + 1, "]") && !is(dimension + 2, "[");
        let elements = list_items(&sql[tokens[array + 1].end..tokens[close].start]);
        let nests = elements.iter().any(|one| one.starts_with("ARRAY["));
        if !is_list || dimension == cast + 1 || elements.is_empty() || nests {
            return None;
        }
        Some(Self {
            elements,
            ty: sql[tokens[cast + 1].start..tokens[dimension].start].trim_end(),
            encloses,
            behind: dimension + 2,
        })
    }

    fn of(&self, element: &str) -> String {
        let element = handed_on(element);
        if self.encloses {
            format!("({element})::{}", self.ty)
        } else {
            format!("{element}::{}", self.ty)
        }
    }
}

/// `character varying(10)`, `public."Mood"`.
fn may_be_in_type(sql: &str, token: Token) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::QuotedIdent | TokenKind::Number => true,
        TokenKind::Symbol => matches!(token.text(sql), "." | "(" | ")" | ","),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_list_is_that_of_each_element() {
        for (array, elements) in [
            (
                "(s)::text = ANY ((ARRAY['a'::character varying, 'b, ]'::character varying])::text[])",
                "(s)::text = ANY (ARRAY[('a'::character varying)::text, ('b, ]'::character varying)::text])",
            ),
            (
                "(a <> ALL ((ARRAY[1, 2])::bigint[])) OR (b = ANY ((ARRAY['x'::text])::character varying(10)[]))",
                "(a <> ALL (ARRAY[(1)::bigint, (2)::bigint])) OR (b = ANY (ARRAY[('x'::text)::character varying(10)]))",
            ),
            (
                "SELECT 1 WHERE s::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])",
                "SELECT 1 WHERE s::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])",
            ),
        ] {
            assert_eq!(handed_on(array), elements);
            assert_eq!(handed_on(elements), elements);
        }
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "ARRAY[]::text[]",
            "(ARRAY[ARRAY['a'::character varying]])::text[]",
            "(ARRAY[1, 2])[1]",
            "'(ARRAY[1])::bigint[]'::text",
            "a[1]::text",
            "(ARRAY[1",
            "ARRAY[1]::",
        ] {
            assert!(matches!(handed_on(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
