//! SQL text compared, renamed and searched by its tokens.
//!
//! In comes a piece of SQL (an expression, a query, a body), out comes text or a set of names. Nothing is parsed, so
//! nothing is refused; what needs a tree is in [`super::relations`].

use std::collections::{BTreeMap, BTreeSet};

use super::{
    keywords,
    lexicon::Lexicon,
    quote::unquote,
    scan::{Scanner, Token, TokenKind},
};

/// The spelling of `sql` that is the same for all texts that differ only in blanks, comments, case of words, needless
/// quotes around names, and parentheses around the whole.
///
/// Between two tokens stands one blank. Words and numbers are in lower case, strings are exactly as written. A quoted
/// name loses its quotes when the engine reads it the same without them; otherwise it gets `"`.
pub(crate) fn comparison_key(sql: &str, lexicon: &Lexicon) -> String {
    let tokens = significant(sql, lexicon);
    let mut key = String::with_capacity(sql.len());
    for token in without_outer_parentheses(&tokens, sql) {
        if !key.is_empty() {
            key.push(' ');
        }
        push_spelling(&mut key, *token, sql, lexicon);
    }
    key
}

fn significant(sql: &str, lexicon: &Lexicon) -> Vec<Token> {
    Scanner::new(sql, lexicon)
        .filter(|token| !token.is_trivia())
        .collect()
}

/// Takes off every pair of parentheses that encloses all the rest, in one pass.
fn without_outer_parentheses<'t>(tokens: &'t [Token], sql: &str) -> &'t [Token] {
    let opening = tokens
        .iter()
        .take_while(|token| token.is_symbol(sql, "("))
        .count();
    let closing = tokens
        .iter()
        .rev()
        .take_while(|token| token.is_symbol(sql, ")"))
        .count();
    // Of the opening parentheses, those still open at the first closing one of the tail enclose the whole.
    let mut depth = 0_usize;
    let mut lowest = opening;
    for token in &tokens[..tokens.len() - closing] {
        if token.is_symbol(sql, "(") {
            depth += 1;
        } else if token.is_symbol(sql, ")") {
            let Some(less) = depth.checked_sub(1) else {
                return tokens;
            };
            depth = less;
            lowest = lowest.min(depth);
        }
    }
    // What is still open beyond `closing` or closes too much is unbalanced: leave it alone.
    if depth != closing {
        return tokens;
    }
    let pairs = opening.min(closing).min(lowest);
    // `()` has nothing inside.
    if pairs * 2 >= tokens.len() {
        return tokens;
    }
    &tokens[pairs..tokens.len() - pairs]
}

fn push_spelling(key: &mut String, token: Token, sql: &str, lexicon: &Lexicon) {
    let text = token.text(sql);
    match token.kind {
        TokenKind::Word | TokenKind::Number | TokenKind::Blob => {
            key.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        }
        TokenKind::QuotedIdent => {
            let name = name_of(token, sql, lexicon);
            // The words that are values are never meant by a quoted name.
            if is_plain(&name) && !keywords::contains(keywords::VALUES, &name) {
                key.push_str(&name);
            } else {
                key.push('"');
                key.push_str(&name.replace('"', "\"\""));
                key.push('"');
            }
        }
        TokenKind::String
        | TokenKind::Param
        | TokenKind::Symbol
        | TokenKind::Meta
        | TokenKind::Unterminated
        | TokenKind::Whitespace
        | TokenKind::CodeMark
        | TokenKind::LineComment
        | TokenKind::BlockComment => key.push_str(text),
    }
}

/// Whether unquoted text would read as this name in any engine: lower-case letters, digits, `_`, no digit first.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b == b'_' || b >= 0x80)
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b >= 0x80)
}

/// The name as the engine compares it.
pub(super) fn fold(name: &str, quoted: bool, lexicon: &Lexicon) -> String {
    if quoted && !lexicon.quoted_names_fold {
        name.to_owned()
    } else {
        name.to_ascii_lowercase()
    }
}

/// The folded name of a [`TokenKind::Word`] or [`TokenKind::QuotedIdent`].
fn name_of(token: Token, sql: &str, lexicon: &Lexicon) -> String {
    fold(
        &unquote(token.text(sql), lexicon),
        token.kind == TokenKind::QuotedIdent,
        lexicon,
    )
}

/// Replaces the name `from` by `to` wherever it stands as a name in `sql`; all other bytes stay. See
/// [`rename_identifiers`].
pub(crate) fn rename_identifier(
    sql: &str,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
    quote: impl Fn(&str) -> String,
) -> String {
    rename_identifiers(sql, &[(from, to)], lexicon, quote)
}

/// Replaces several names at once (each old name by its new one, so that two can swap); all other bytes stay.
///
/// `renames` holds names as they are, without quotes; `quote` writes a new name the way it must stand in SQL. Names
/// in strings and comments, and of functions (before a parenthesis, except behind INTO and REFERENCES), stay. An
/// unquoted keyword is taken for a name only where a name can stand.
pub(crate) fn rename_identifiers(
    sql: &str,
    renames: &[(&str, &str)],
    lexicon: &Lexicon,
    quote: impl Fn(&str) -> String,
) -> String {
    let renames: BTreeMap<String, &str> = renames
        .iter()
        .map(|(from, to)| (fold(from, true, lexicon), *to))
        .collect();
    let tokens = significant(sql, lexicon);
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        if !is_name(&tokens, at, sql, lexicon) || is_called(&tokens, at, sql) {
            continue;
        }
        if let Some(to) = renames.get(&name_of(*token, sql, lexicon)) {
            out.push_str(&sql[copied..token.start]);
            out.push_str(&quote(to));
            copied = token.end;
        }
    }
    out.push_str(&sql[copied..]);
    out
}

/// Replaces the table name `from` before a dot (`from.column`) by `to`, or takes it and its dot away; all other bytes stay.
pub(crate) fn replace_qualifier(sql: &str, from: &str, to: Option<&str>, lexicon: &Lexicon) -> String {
    let from = fold(from, true, lexicon);
    let tokens = significant(sql, lexicon);
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let is_dot = |at: usize| tokens.get(at).is_some_and(|t| t.is_symbol(sql, "."));
        let is_first = at.checked_sub(1).is_none_or(|before| !is_dot(before));
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
        if !is_first || !is_word || !is_dot(at + 1) || name_of(*token, sql, lexicon) != from {
            continue;
        }
        out.push_str(&sql[copied..token.start]);
        match to {
            Some(to) => {
                out.push_str(to);
                copied = token.end;
            }
            None => copied = tokens.get(at + 2).map_or(tokens[at + 1].end, |next| next.start),
        }
    }
    out.push_str(&sql[copied..]);
    out
}

/// Every name in `sql`, folded as the engine compares it; of keywords, those that stand where a name can stand.
pub(crate) fn mentions(sql: &str, lexicon: &Lexicon) -> BTreeSet<String> {
    let tokens = significant(sql, lexicon);
    (0..tokens.len())
        .filter(|&at| is_name(&tokens, at, sql, lexicon))
        .map(|at| name_of(tokens[at], sql, lexicon))
        .collect()
}

/// Whether the token names something, rather than being a keyword.
fn is_name(tokens: &[Token], at: usize, sql: &str, lexicon: &Lexicon) -> bool {
    let token = tokens[at];
    let before = at.checked_sub(1).map(|at| tokens[at]);
    match token.kind {
        TokenKind::QuotedIdent => true,
        TokenKind::Word if before.is_some_and(|before| before.is_symbol(sql, ".")) => true,
        TokenKind::Word => {
            let word = token.text(sql);
            if lexicon.is_reserved(word) {
                false
            } else if keywords::contains(lexicon.unreserved, word) {
                expects_operand(before, sql, lexicon) && !is_phrase(tokens, at, sql)
            } else {
                true
            }
        }
        _ => false,
    }
}

/// Whether an operand must follow `before`, so that a keyword behind it is a name: `x > end` against `THEN x END`.
pub(crate) fn expects_operand(before: Option<Token>, sql: &str, lexicon: &Lexicon) -> bool {
    let Some(before) = before else { return true };
    let text = before.text(sql);
    match before.kind {
        TokenKind::Symbol => !matches!(text, ")" | "]"),
        TokenKind::Word if lexicon.is_reserved(text) => !keywords::contains(keywords::VALUES, text),
        TokenKind::Word => keywords::contains(keywords::BEFORE_OPERANDS, text),
        _ => false,
    }
}

/// Whether the unreserved keyword belongs to a phrase with the words before it, though an operand could follow them.
fn is_phrase(tokens: &[Token], at: usize, sql: &str) -> bool {
    let word = |back: usize| at.checked_sub(back).map_or("", |at| tokens[at].text(sql));
    let is = |back: usize, words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word(back)));
    is(0, &["by"]) && is(1, &["group", "order"])
        || is(0, &["glob", "like", "match", "regexp"]) && is(1, &["not"])
        || is(0, &["conflict"]) && is(1, &["on"])
        || is(0, &["abort", "fail", "ignore", "replace", "rollback"])
            && is(1, &["or"])
            && is(2, &["insert", "update"])
        || is(0, &["abort", "fail", "ignore", "rollback"]) && is(1, &["("]) && is(2, &["raise"])
        || is(0, &["temp", "temporary", "trigger", "view", "virtual"]) && is(1, &["create", "drop"])
}

fn is_called(tokens: &[Token], at: usize, sql: &str) -> bool {
    let is_table = at.checked_sub(1).is_some_and(|before| {
        ["into", "references"]
            .iter()
            .any(|keyword| tokens[before].is_keyword(sql, keyword))
    });
    !is_table && tokens.get(at + 1).is_some_and(|next| next.is_symbol(sql, "("))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SQLITE: &Lexicon = &Lexicon::SQLITE;
    const POSTGRES: &Lexicon = &Lexicon::POSTGRES;

    fn quote(name: &str) -> String {
        if is_plain(name) && !keywords::contains(keywords::SQLITE_RESERVED, name) {
            name.to_owned()
        } else {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }

    #[test]
    fn texts_that_mean_the_same_have_one_key() {
        for (key, texts) in [
            (
                "a > 0",
                vec![
                    "a>0",
                    "A > 0",
                    "( a >0 )",
                    "((\"a\" /* c */ > -- d\n 0))",
                    "[A]>0",
                    "`a`> 0",
                ],
            ),
            ("( a ) + ( b )", vec!["(a)+(b)", "((a) + (b))"]),
            ("( a + 1 ) * b", vec!["(a+1)*b"]),
            ("lower ( x ) || 'A  b'", vec!["LOWER(x)||'A  b'"]),
            ("\"a b\" is null", vec!["[A b] IS NULL"]),
            ("\"null\"", vec!["[NULL]"]),
            ("x'ab' + 1e5", vec!["X'AB' + 1E5"]),
            ("", vec!["", "  ", "-- x"]),
            ("( )", vec!["()", "( )"]),
            ("( a", vec!["(a"]),
            ("a ) ( b", vec!["a)(b"]),
        ] {
            for text in texts {
                assert_eq!(comparison_key(text, SQLITE), key, "{text}");
            }
        }
        assert_ne!(comparison_key("'A'", SQLITE), comparison_key("'a'", SQLITE));
        assert_ne!(comparison_key("a - 1", SQLITE), comparison_key("a1", SQLITE));
        assert_ne!(
            comparison_key("\"a\"\" b\"", SQLITE),
            comparison_key("a b", SQLITE)
        );
    }

    #[test]
    fn postgres_keeps_the_case_of_quoted_names() {
        assert_eq!(comparison_key("\"abc\" = Abc", POSTGRES), "abc = abc");
        assert_eq!(comparison_key("\"Abc\"", POSTGRES), "\"Abc\"");
        assert_eq!(comparison_key("E'A' @> B", POSTGRES), "E'A' @> b");
    }

    #[test]
    fn renaming_touches_names_only() {
        for (sql, expected) in [
            ("a + A + \"a\" + [A] + `a`", "b + b + b + b + b"),
            (
                "t.a > 'a' -- a\n AND /* a */ ab <> a",
                "t.b > 'a' -- a\n AND /* a */ ab <> b",
            ),
            ("a(a) + a (1)", "a(b) + a (1)"),
            (
                "INSERT INTO a(x) SELECT :a, $a, @a",
                "INSERT INTO b(x) SELECT :a, $a, @a",
            ),
            (
                "FOREIGN KEY (a) REFERENCES a (a)",
                "FOREIGN KEY (b) REFERENCES b (b)",
            ),
            (" \ta ", " \tb "),
            ("é.a", "é.b"),
        ] {
            assert_eq!(rename_identifier(sql, "a", "b", SQLITE, quote), expected, "{sql}");
        }
        assert_eq!(
            rename_identifier("x y", "y", "new name", SQLITE, quote),
            "x \"new name\""
        );
    }

    #[test]
    fn a_qualifier_is_replaced_or_taken_away() {
        let sql = "t.t > 0 AND \"T\" . [x] <> 't.' || main.t.y /* t. */";
        assert_eq!(
            replace_qualifier(sql, "t", Some("u"), SQLITE),
            "u.t > 0 AND u . [x] <> 't.' || main.t.y /* t. */"
        );
        assert_eq!(
            replace_qualifier(sql, "t", None, SQLITE),
            "t > 0 AND [x] <> 't.' || main.t.y /* t. */"
        );
    }

    #[test]
    fn renaming_several_names_can_swap_them() {
        assert_eq!(
            rename_identifiers("a - B - c", &[("a", "b"), ("b", "a")], SQLITE, quote),
            "b - a - c"
        );
    }

    #[test]
    fn a_keyword_is_renamed_only_where_it_is_a_name() {
        for (sql, from, expected) in [
            (
                "SELECT \"order\" FROM t ORDER BY t.order",
                "order",
                "SELECT z FROM t ORDER BY t.z",
            ),
            (
                "CASE WHEN end > 1 THEN end END",
                "end",
                "CASE WHEN z > 1 THEN z END",
            ),
            ("key IN (1) AND x LIKE key", "key", "z IN (1) AND x LIKE z"),
            ("ORDER BY desc DESC", "desc", "ORDER BY z DESC"),
            ("a IS NOT NULL", "null", "a IS NOT NULL"),
            (
                "SELECT RAISE(IGNORE) WHERE ignore",
                "ignore",
                "SELECT RAISE(IGNORE) WHERE z",
            ),
            (
                "INSERT OR REPLACE INTO t (replace) VALUES (1)",
                "replace",
                "INSERT OR REPLACE INTO t (z) VALUES (1)",
            ),
        ] {
            assert_eq!(
                rename_identifier(sql, from, "z", SQLITE, quote),
                expected,
                "{sql}"
            );
        }
    }

    #[test]
    fn renaming_follows_the_case_rules_of_the_engine() {
        assert_eq!(
            rename_identifier("Ab + \"Ab\" + \"ab\"", "Ab", "x", POSTGRES, quote),
            "Ab + x + \"ab\""
        );
        assert_eq!(
            rename_identifier("Ab + \"Ab\" + \"ab\"", "ab", "x", POSTGRES, quote),
            "x + \"Ab\" + x"
        );
    }

    #[test]
    fn mentions_are_all_names_without_keywords() {
        let found = mentions(
            "SELECT T.A, f(\"B b\"), 'c' FROM t -- d\nORDER BY key DESC",
            SQLITE,
        );
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["a", "b b", "f", "key", "t"]
        );
    }

    proptest! {
        #[test]
        fn no_text_is_refused(sql in "([()a'\"`\\[\\]. ]|\\PC|[\\x00-\\x7f]){0,60}") {
            for lexicon in [SQLITE, POSTGRES, &Lexicon::MYSQL] {
                comparison_key(&sql, lexicon);
                mentions(&sql, lexicon);
                prop_assert_eq!(rename_identifiers(&sql, &[], lexicon, quote), &*sql);
            }
        }
    }
}
