//! A place in the tokens of one statement, and the small pieces that all its rules are made of.
//!
//! In comes text, out come keywords, names and slices, or where something else stands.

use std::{fmt, ops::Range};

use super::ast::Created;
use crate::sql::{Lexicon, Scanner, Token, TokenKind, expects_operand, unquote};

/// Where a text is no statement of this grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct GrammarError {
    /// The byte where it goes wrong.
    pub(crate) offset: usize,
    /// What was expected and what stands there.
    pub(crate) message: String,
}

impl GrammarError {
    pub(super) fn new(offset: usize, message: String) -> Self {
        Self { offset, message }
    }
}

pub(super) type Result<T> = std::result::Result<T, GrammarError>;

/// Words of joins, which name tables and columns but no type, collation or default (`ids` and `id` in `parse.y`).
const JOIN_WORDS: [&str; 7] = ["cross", "full", "inner", "left", "natural", "outer", "right"];

/// The tokens of a statement without blanks and comments, and how far they have been read.
pub(super) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        let tokens = Scanner::new(sql, &Lexicon::SQLITE)
            .filter(|token| !token.is_trivia())
            .collect();
        Self { sql, tokens, at: 0 }
    }

    fn ahead(&self, count: usize) -> Option<Token> {
        self.tokens.get(self.at + count).copied()
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.ahead(0)
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// The first byte of the next token, or the end of the text.
    pub(super) fn start(&self) -> usize {
        self.peek().map_or(self.sql.len(), |token| token.start)
    }

    /// The text from `start` to the end of the token before.
    pub(super) fn span_from(&self, start: usize) -> Range<usize> {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(start, |token| token.end);
        start..end.max(start)
    }

    pub(super) fn slice(&self, span: Range<usize>) -> &'a str {
        &self.sql[span]
    }

    /// The error that `what` does not stand here.
    pub(super) fn expected(&self, what: &str) -> GrammarError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(token) if token.kind == TokenKind::Unterminated => "a quote that is never closed".to_owned(),
            Some(token) => format!("{}", Quoted(token.text(self.sql))),
        };
        GrammarError::new(self.start(), format!("expected {what}, found {found}"))
    }

    pub(super) fn expect_end(&self) -> Result<()> {
        if self.peek().is_none() {
            Ok(())
        } else {
            Err(self.expected("the end of the statement"))
        }
    }

    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        self.peek()
            .is_some_and(|token| token.is_keyword(self.sql, keyword))
    }

    /// Whether these keywords stand here, one after the other.
    pub(super) fn are_keywords(&self, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(at, keyword)| {
            self.ahead(at)
                .is_some_and(|token| token.is_keyword(self.sql, keyword))
        })
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        self.take_keywords(&[keyword])
    }

    pub(super) fn take_keywords(&mut self, keywords: &[&str]) -> bool {
        let found = self.are_keywords(keywords);
        if found {
            self.at += keywords.len();
        }
        found
    }

    pub(super) fn expect_keyword(&mut self, keyword: &str) -> Result<()> {
        if self.take_keyword(keyword) {
            Ok(())
        } else {
            Err(self.expected(&keyword.to_ascii_uppercase()))
        }
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(self.sql, symbol))
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Result<()> {
        if self.take_symbol(symbol) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{symbol}`")))
        }
    }

    fn is_reserved(&self, token: Token) -> bool {
        Lexicon::SQLITE.is_reserved(token.text(self.sql))
    }

    fn is_join_word(&self, token: Token) -> bool {
        JOIN_WORDS.iter().any(|word| token.is_keyword(self.sql, word))
    }

    /// A name in any of the four quotes or none (`nm`): a word that is not reserved, or a string.
    pub(super) fn name(&mut self, what: &str) -> Result<String> {
        match self.peek() {
            Some(token)
                if matches!(token.kind, TokenKind::QuotedIdent | TokenKind::String)
                    || (token.kind == TokenKind::Word && !self.is_reserved(token)) =>
            {
                self.at += 1;
                Ok(unquote(token.text(self.sql), &Lexicon::SQLITE).into_owned())
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Whether an `id` stands here: a name that is no string and no word of joins.
    pub(super) fn is_id(&self) -> bool {
        self.peek().is_some_and(|token| match token.kind {
            TokenKind::QuotedIdent => true,
            TokenKind::Word => !self.is_reserved(token) && !self.is_join_word(token),
            _ => false,
        })
    }

    /// Whether one of `ids` stands here: an `id` other than INDEXED, or a string.
    pub(super) fn is_id_or_string(&self) -> bool {
        (self.is_id() && !self.is_keyword("indexed"))
            || self.peek().is_some_and(|token| token.kind == TokenKind::String)
    }

    /// The name of a collation.
    pub(super) fn collation(&mut self) -> Result<String> {
        if self.is_id_or_string() {
            self.name("a collation")
        } else {
            Err(self.expected("a collation"))
        }
    }

    /// `[IF NOT EXISTS] [schema.]name`.
    pub(super) fn created(&mut self, temporary: bool, what: &str) -> Result<Created> {
        let if_not_exists = self.take_keywords(&["if", "not", "exists"]);
        let start = self.start();
        let (schema, name) = self.qualified_name(what)?;
        Ok(Created {
            temporary,
            if_not_exists,
            schema,
            name,
            span: self.span_from(start),
        })
    }

    /// `[schema.]name`.
    pub(super) fn qualified_name(&mut self, what: &str) -> Result<(Option<String>, String)> {
        let first = self.name(what)?;
        if self.take_symbol(".") {
            Ok((Some(first), self.name(what)?))
        } else {
            Ok((None, first))
        }
    }

    /// `(name, ..)`.
    pub(super) fn names(&mut self, what: &str) -> Result<Vec<String>> {
        self.expect_symbol("(")?;
        let mut names = vec![self.name(what)?];
        while self.take_symbol(",") {
            names.push(self.name(what)?);
        }
        self.expect_symbol(")")?;
        Ok(names)
    }

    /// What stands between `(` and the `)` that closes it, from its first token to its last; not nothing.
    pub(super) fn parenthesised(&mut self) -> Result<&'a str> {
        self.expect_symbol("(")?;
        let start = self.start();
        self.skip_expression(|_| false)?;
        let inner = self.span_from(start);
        self.expect_symbol(")")?;
        Ok(self.slice(inner))
    }

    /// Goes on to the first token outside inner parentheses that closes what is open here (`)`), ends the statement
    /// (`;`) or makes `ends` true; something must be passed.
    pub(super) fn skip_expression(&mut self, ends: impl Fn(&Self) -> bool) -> Result<()> {
        let first = self.at;
        let mut open = Vec::new();
        while let Some(token) = self.peek() {
            let ends_statement = token.is_symbol(self.sql, ";");
            let closes = token.is_symbol(self.sql, ")");
            if open.is_empty() && (closes || ends_statement || ends(self)) {
                break;
            }
            if token.kind == TokenKind::Unterminated || ends_statement {
                return Err(self.expected("an expression"));
            }
            if token.is_symbol(self.sql, "(") {
                open.push(token);
            } else if closes {
                open.pop();
            }
            self.at += 1;
        }
        if let Some(token) = open.pop() {
            return Err(GrammarError::new(
                token.start,
                "expected a `)` for this `(`".to_owned(),
            ));
        }
        if self.at == first {
            Err(self.expected("an expression"))
        } else {
            Ok(())
        }
    }

    /// Whether an operand must follow the token before, so that a keyword here is a name.
    pub(super) fn expects_operand(&self) -> bool {
        expects_operand(
            self.at.checked_sub(1).map(|at| self.tokens[at]),
            self.sql,
            &Lexicon::SQLITE,
        )
    }

    /// The tokens read since the token index `first`.
    pub(super) fn tokens_since(&self, first: usize) -> &[Token] {
        &self.tokens[first..self.at]
    }

    /// The index of the next token.
    pub(super) fn index(&self) -> usize {
        self.at
    }

    /// The last token of the statement, when it is this keyword; a `;` behind it does not count.
    pub(super) fn last_keyword(&self, keyword: &str) -> Option<usize> {
        let end = self
            .tokens
            .iter()
            .rposition(|token| !token.is_symbol(self.sql, ";"))?;
        self.tokens[end].is_keyword(self.sql, keyword).then_some(end)
    }

    /// Goes on at the token index `at`.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn sql(&self) -> &'a str {
        self.sql
    }
}

/// A token for an error message, short and on one line.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 40;
        f.write_str("`")?;
        for (count, c) in self.0.chars().enumerate() {
            if count == LONGEST {
                f.write_str("…")?;
                break;
            }
            write!(f, "{}", if c.is_control() { '\u{fffd}' } else { c })?;
        }
        f.write_str("`")
    }
}
