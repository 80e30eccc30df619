//! How the model spells what the catalog says: expressions without escapes and outer parentheses, bodies without
//! the name of their own database.

pub(super) use crate::dialect::mysql::{quote as quoted, text as literal};
use crate::sql::{Lexicon, Modes, Scanner, Token, TokenKind, unquote};
use std::borrow::Cow;

/// How the server writes whatever it prints, and how everything is read that has no `sql_mode` of its own.
pub(super) const LEXICON: &Lexicon = &Lexicon::MYSQL;

/// An expression of MySQL's `information_schema`, which escapes it like the inside of a literal, `_utf8mb4\'x\'`, and takes each byte of
/// its UTF-8 for a character (seen in 9.7).
pub(super) fn unescaped(expression: &str) -> String {
    let expression = one_character_each(expression);
    if expression.contains('\\') {
        unquote(&format!("'{expression}'"), LEXICON).into_owned()
    } else {
        expression.into_owned()
    }
}

/// The text whose bytes are the characters of `text`, if it is one. Text that is right already nearly never is.
fn one_character_each(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => Cow::Owned(text),
        Some(Err(_)) | None => Cow::Borrowed(text),
    }
}

/// The expression without one pair of parentheses around the whole of it.
pub(super) fn bare(expression: &str) -> &str {
    let inner = expression
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inner.filter(|inner| is_balanced(inner)).unwrap_or(expression)
}

/// Whether no parenthesis closes what was not opened inside.
fn is_balanced(sql: &str) -> bool {
    let mut depth = 0_usize;
    for token in Scanner::new(sql, LEXICON) {
        if token.is_symbol(sql, "(") {
            depth += 1;
        } else if token.is_symbol(sql, ")") {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            }
        }
    }
    depth == 0
}

/// The tokens of a text that mean something.
pub(super) fn significant(sql: &str) -> Vec<Token> {
    Scanner::new(sql, LEXICON)
        .filter(|token| !token.is_trivia())
        .collect()
}

/// The same of a text that is read in a `sql_mode` of its own.
pub(super) fn significant_in(sql: &str, mode: &str) -> Vec<Token> {
    Scanner::new(sql, LEXICON.with_modes(Modes::parse(mode)))
        .filter(|token| !token.is_trivia())
        .collect()
}

/// A text literal for who reads it in a `sql_mode`.
pub(super) fn literal_in(text: &str, mode: &str) -> String {
    if Modes::parse(mode).no_backslash_escapes {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        literal(text)
    }
}

/// Whether a body, as `information_schema` spells it, may have been written otherwise: with something escaped in a literal.
pub(super) fn spells_literals_anew(body: &str) -> bool {
    let has_literal = body.contains(['\'', '"']);
    has_literal
        && (["''", "\"\""].iter().any(|doubled| body.contains(doubled))
            || body.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii()))
}

/// The name that a token is, without its quotes.
pub(super) fn name_of<'a>(token: &Token, sql: &'a str) -> Cow<'a, str> {
    unquote(token.text(sql), LEXICON)
}

/// The text without the name of the own database in front of tables, columns and functions, where the server has put it. Other names
/// and all strings stay.
///
/// An alias that is called like the database is told from it by where it stands.
pub(super) fn without_database<'a>(sql: &'a str, database: &str) -> Cow<'a, str> {
    let quoted = quoted(database);
    if !sql.contains(&format!("{quoted}.")) {
        return Cow::Borrowed(sql);
    }
    let tokens = significant(sql);
    let is_own =
        |at: usize| tokens[at].kind == TokenKind::QuotedIdent && tokens[at].text(sql) == quoted.as_str();
    let is = |at: Option<usize>, symbol: &str| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| token.is_symbol(sql, symbol))
    };
    let is_alias_too =
        (0..tokens.len()).any(|at| is_own(at) && !is(Some(at + 1), ".") && !is(at.checked_sub(1), "."));
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    for at in 0..tokens.len() {
        if !is_own(at) || !is(Some(at + 1), ".") || is(at.checked_sub(1), ".") {
            continue;
        }
        if is_alias_too && !is(Some(at + 3), ".") && !is(Some(at + 3), "(") && !is_in_from(&tokens, at, sql) {
            continue;
        }
        let Some(next) = tokens.get(at + 2) else {
            continue;
        };
        out.push_str(&sql[copied..tokens[at].start]);
        copied = next.start;
    }
    out.push_str(&sql[copied..]);
    Cow::Owned(out)
}

/// Whether a table is named there: behind FROM or JOIN, perhaps with parentheses between.
fn is_in_from(tokens: &[Token], at: usize, sql: &str) -> bool {
    let before = tokens[..at].iter().rev().find(|token| !token.is_symbol(sql, "("));
    before.is_some_and(|token| {
        ["from", "join", "straight_join"]
            .iter()
            .any(|word| token.is_keyword(sql, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_catalog_escapes_is_unescaped() {
        assert_eq!(unescaped(r"(`a` + 1)"), "(`a` + 1)");
        assert_eq!(
            unescaped(r"concat(`d`,_utf8mb4\'it\\\'s\',_utf8mb4\'\\\\\')"),
            r"concat(`d`,_utf8mb4'it\'s',_utf8mb4'\\')"
        );
    }

    #[test]
    fn only_parentheses_around_the_whole_go() {
        for (sql, expected) in [
            ("(`a` > 0)", "`a` > 0"),
            ("((`a` > 0) and (`b` > 0))", "(`a` > 0) and (`b` > 0)"),
            ("(a) + (b)", "(a) + (b)"),
            (r"(`a` = '\')')", r"`a` = '\')'"),
            ("(`)` = `(`)", "`)` = `(`"),
            ("lower(`a`)", "lower(`a`)"),
        ] {
            assert_eq!(bare(sql), expected);
        }
    }

    #[test]
    fn the_own_database_is_no_part_of_a_body() {
        for (sql, expected) in [
            (
                "select `d`.`t`.`a` AS `a`,'`d`.`t`' AS `s`,nextval(`d`.`q`) from (`d`.`t` join `e`.`t`)",
                "select `t`.`a` AS `a`,'`d`.`t`' AS `s`,nextval(`q`) from (`t` join `e`.`t`)",
            ),
            ("select 1 AS `d`", "select 1 AS `d`"),
            (
                "select `d`.`a` AS `a`,`d`.`t`.`b` AS `b`,`d`.`f`(1) AS `f` from ((`d`.`x` `d` join `d`.`t`) join `d`.`y`)",
                "select `d`.`a` AS `a`,`t`.`b` AS `b`,`f`(1) AS `f` from ((`x` `d` join `t`) join `y`)",
            ),
            (
                "select `c`.`d`.`t` from `c`.`d`",
                "select `c`.`d`.`t` from `c`.`d`",
            ),
        ] {
            assert_eq!(without_database(sql, "d"), expected);
        }
        assert_eq!(without_database("select `a``b`.`t`.`c`", "a`b"), "select `t`.`c`");
    }
}
