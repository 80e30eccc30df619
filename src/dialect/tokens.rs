//! A definition as a row of tokens, to find its clauses. The dialects of all engines use it.

use crate::sql::{Lexicon, Scanner, Token};

/// The tokens of a definition without blanks and comments, each with the depth of parentheses it stands in.
#[derive(Debug)]
pub(super) struct Tokens<'s> {
    sql: &'s str,
    tokens: Vec<(Token, usize)>,
}

impl<'s> Tokens<'s> {
    /// Those of PostgreSQL.
    pub(super) fn of(sql: &'s str) -> Self {
        Self::scan(sql, &Lexicon::POSTGRES)
    }

    /// Those of MySQL and MariaDB.
    pub(super) fn mysql(sql: &'s str) -> Self {
        Self::scan(sql, &Lexicon::MYSQL)
    }

    fn scan(sql: &'s str, lexicon: &'s Lexicon) -> Self {
        let mut depth = 0_usize;
        let tokens = Scanner::new(sql, lexicon)
            .filter(|token| !token.is_trivia())
            .map(|token| {
                if token.is_symbol(sql, ")") || token.is_symbol(sql, "]") {
                    depth = depth.saturating_sub(1);
                }
                let at = depth;
                if token.is_symbol(sql, "(") || token.is_symbol(sql, "[") {
                    depth += 1;
                }
                (token, at)
            })
            .collect();
        Self { sql, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the keywords stand at `at`, outside parentheses.
    pub(super) fn has(&self, at: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(i, keyword)| {
            self.tokens
                .get(at + i)
                .is_some_and(|(token, depth)| *depth == 0 && token.is_keyword(self.sql, keyword))
        })
    }

    /// The first place from `from` where the keywords stand outside parentheses.
    pub(super) fn find(&self, from: usize, keywords: &[&str]) -> Option<usize> {
        (from..self.len()).find(|at| self.has(*at, keywords))
    }

    /// The last place where the keyword stands outside parentheses.
    pub(super) fn find_last(&self, keyword: &str) -> Option<usize> {
        (0..self.len()).rev().find(|at| self.has(*at, &[keyword]))
    }

    /// The first place from `from` of a symbol outside parentheses.
    pub(super) fn symbol(&self, from: usize, symbol: &str) -> Option<usize> {
        (from..self.len()).find(|at| {
            let (token, depth) = &self.tokens[*at];
            *depth == 0 && token.is_symbol(self.sql, symbol)
        })
    }

    /// Whether the symbol stands anywhere, in parentheses or not.
    pub(super) fn has_symbol(&self, symbol: &str) -> bool {
        self.tokens
            .iter()
            .any(|(token, _)| token.is_symbol(self.sql, symbol))
    }

    /// The text of the tokens `from..to`.
    pub(super) fn text(&self, from: usize, to: usize) -> &'s str {
        let to = to.min(self.len());
        if from >= to {
            return "";
        }
        &self.sql[self.tokens[from].0.start..self.tokens[to - 1].0.end]
    }

    /// The text from `from` to the end.
    pub(super) fn rest(&self, from: usize) -> &'s str {
        self.text(from, self.len())
    }

    /// The text before `to`.
    pub(super) fn before(&self, to: usize) -> &'s str {
        self.text(0, to)
    }
}
