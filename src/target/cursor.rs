//! A walk over the tokens of one statement that mean something.
//!
//! In comes a statement's text, out come its keywords, names and symbols one after the other; blanks and comments are
//! passed over.

use std::borrow::Cow;

use crate::sql::{Lexicon, Scanner, Token, TokenKind, unquote};

/// Where the walk is. Cheap to clone, so that one can look ahead.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    tokens: Scanner<'a>,
    next: Option<Token>,
}

/// A name and where it stands in the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The name, without quotes.
    pub(super) name: Cow<'a, str>,
    /// Its first byte.
    pub(super) offset: usize,
    /// Whether it stands in quotes.
    pub(super) is_quoted: bool,
}

impl<'a> Named<'a> {
    /// The name as the engine keeps it, if that `folds` names without quotes to lower case.
    pub(super) fn kept(self, folds: bool) -> Cow<'a, str> {
        if folds && !self.is_quoted && self.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(self.name.to_ascii_lowercase())
        } else {
            self.name
        }
    }
}

impl<'a> Cursor<'a> {
    /// Stands before the first token of `text`.
    pub(super) fn new(text: &'a str, lexicon: &'a Lexicon) -> Self {
        let mut cursor = Self {
            text,
            lexicon,
            tokens: Scanner::new(text, lexicon),
            next: None,
        };
        cursor.advance();
        cursor
    }

    /// The rules by which it is read.
    pub(super) fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// The whole text of the statement.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The token that comes next.
    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    /// The text of the token that comes next; empty at the end.
    pub(super) fn peek_text(&self) -> &'a str {
        self.next.map_or("", |token| token.text(self.text))
    }

    /// Where the next token begins; the end of the text at its end.
    pub(super) fn offset(&self) -> usize {
        self.next.map_or(self.text.len(), |token| token.start)
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.next;
        self.advance();
        token
    }

    /// Whether the next token is this keyword.
    pub(super) fn at_keyword(&self, keyword: &str) -> bool {
        self.next
            .is_some_and(|token| token.is_keyword(self.text, keyword))
    }

    /// Whether the next token is one of these keywords.
    pub(super) fn at_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.at_keyword(keyword))
    }

    /// Whether the next token is this symbol.
    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        self.next.is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn eat(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.advance();
        }
        found
    }

    /// Takes these keywords if they all come next, one after the other.
    pub(super) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let mut ahead = self.clone();
        let found = keywords.iter().all(|keyword| ahead.eat(keyword));
        if found {
            *self = ahead;
        }
        found
    }

    /// Takes the next token if it is this symbol.
    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.at_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    /// Takes a name, quoted or not. A keyword is taken for a name.
    pub(super) fn name(&mut self) -> Option<Named<'a>> {
        let token = self.next?;
        if !matches!(
            token.kind,
            TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String
        ) {
            return None;
        }
        self.advance();
        Some(Named {
            name: unquote(token.text(self.text), self.lexicon),
            offset: token.start,
            is_quoted: token.kind != TokenKind::Word,
        })
    }

    /// Takes a name with, perhaps, the name of what it is in before it: `(qualifier, name)`.
    pub(super) fn qualified_name(&mut self) -> Option<(Option<Named<'a>>, Named<'a>)> {
        let first = self.name()?;
        if !self.eat_symbol(".") {
            return Some((None, first));
        }
        Some((Some(first), self.name()?))
    }

    fn advance(&mut self) {
        self.next = self.tokens.find(|token| !token.is_trivia());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keywords_come_without_quotes_and_comments() {
        let mut cursor = Cursor::new(
            "Create /* a */ TABLE -- b\n if not exists \"ma in\".[t] (x)",
            &Lexicon::SQLITE,
        );
        assert!(!cursor.eat_all(&["create", "view"]));
        assert!(cursor.eat_all(&["create", "table"]));
        assert!(cursor.eat_all(&["if", "not", "exists"]));
        let (qualifier, name) = cursor.qualified_name().unwrap();
        assert_eq!(qualifier.map(|q| q.name.into_owned()).as_deref(), Some("ma in"));
        assert_eq!(name.name, "t");
        assert_eq!(cursor.name(), None);
        assert!(cursor.eat_symbol("("));
        assert_eq!(
            (cursor.peek_text(), cursor.offset()),
            ("x", cursor.text().len() - 2)
        );
    }

    #[test]
    fn the_end_is_no_token() {
        let mut cursor = Cursor::new(" -- nothing", &Lexicon::SQLITE);
        assert_eq!((cursor.peek_text(), cursor.offset()), ("", 11));
        assert!(cursor.take().is_none() && cursor.name().is_none() && !cursor.eat("a"));
    }
}
