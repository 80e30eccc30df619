//! Whether a `;` ends its statement or stands in the statement's body.
//!
//! In come the tokens of one statement, one after the other; out comes yes or no. The statement is recognised by its
//! first words only; nothing is parsed.

use super::{
    lexicon::{Bodies, Lexicon},
    scan::Token,
};

/// Knows whether a `;` stands inside a statement's body.
pub(super) struct Body {
    bodies: Bodies,
    parentheses_hold: bool,
    head: Head,
    previous: Previous,
    parentheses: usize,
    depth: usize,
}

/// How far the beginning of the statement has been recognised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Start,
    Create,
    /// May have a body.
    Holder,
    /// Has none, or had one that is closed.
    Plain,
}

/// The token before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Semicolon,
    Begin,
    End,
    Dot,
    Other,
}

impl Body {
    /// Nothing of the statement has been seen.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        Self {
            bodies: lexicon.bodies,
            parentheses_hold: lexicon.parentheses_hold,
            head: Head::Start,
            previous: Previous::Other,
            parentheses: 0,
            depth: 0,
        }
    }

    /// Whether a `;` that comes now belongs to the statement.
    pub(super) fn is_open(&self) -> bool {
        self.depth > 0 || (self.parentheses_hold && self.parentheses > 0)
    }

    /// Takes the next token that is no blank and no comment.
    pub(super) fn feed(&mut self, token: Token, sql: &str) {
        let is = |keyword| token.is_keyword(sql, keyword);
        let any = |keywords: &[&str]| keywords.iter().any(|keyword| token.is_keyword(sql, keyword));
        if token.is_symbol(sql, "(") {
            self.parentheses += 1;
        } else if token.is_symbol(sql, ")") {
            self.parentheses = self.parentheses.saturating_sub(1);
        }
        match self.head {
            Head::Start if is("create") => self.head = Head::Create,
            Head::Start if self.bodies == Bodies::Trigger && any(&["explain", "query", "plan"]) => {}
            Head::Create => self.head = self.created(token, sql),
            Head::Holder => self.count(token, sql),
            Head::Start | Head::Plain => self.head = Head::Plain,
        }
        self.previous = if token.is_symbol(sql, ";") {
            Previous::Semicolon
        } else if token.is_symbol(sql, ".") {
            Previous::Dot
        } else if is("begin") {
            Previous::Begin
        } else if is("end") {
            Previous::End
        } else {
            Previous::Other
        };
    }

    /// What the word after CREATE, or after its options, makes of the statement.
    fn created(&self, token: Token, sql: &str) -> Head {
        let any = |keywords: &[&str]| keywords.iter().any(|keyword| token.is_keyword(sql, keyword));
        let (holders, options): (&[&str], &[&str]) = match self.bodies {
            Bodies::Trigger => (&["trigger"], &["temp", "temporary"]),
            Bodies::Atomic => (&["function", "procedure"], &["or", "replace"]),
            Bodies::Compound => (&["procedure", "function", "trigger", "event", "package"], &[]),
        };
        if any(holders) {
            return Head::Holder;
        }
        // Before a routine's kind MySQL allows DEFINER = user@host and more; a word that names another kind, or a
        // parenthesis, ends the search.
        let goes_on = match self.bodies {
            Bodies::Trigger | Bodies::Atomic => any(options),
            Bodies::Compound => {
                !any(&[
                    "table", "view", "index", "database", "schema", "user", "role", "server", "sequence",
                    "as",
                ]) && !token.is_symbol(sql, "(")
            }
        };
        if goes_on { Head::Create } else { Head::Plain }
    }

    fn count(&mut self, token: Token, sql: &str) {
        let is = |keyword| token.is_keyword(sql, keyword);
        match self.bodies {
            Bodies::Trigger => {
                if self.depth == 0 && is("begin") {
                    self.depth = 1;
                } else if self.depth > 0
                    && is("end")
                    && matches!(self.previous, Previous::Semicolon | Previous::Begin)
                {
                    self.depth = 0;
                    self.head = Head::Plain;
                }
            }
            Bodies::Atomic if self.parentheses > 0 => {}
            Bodies::Atomic => {
                if is("begin") || (self.depth > 0 && is("case")) {
                    self.depth += 1;
                } else if is("end") {
                    self.depth = self.depth.saturating_sub(1);
                }
            }
            Bodies::Compound if self.previous == Previous::Dot => {}
            Bodies::Compound => {
                let after_end = self.previous == Previous::End;
                if is("begin") || (is("case") && !after_end) {
                    self.depth += 1;
                } else if is("end") {
                    self.depth = self.depth.saturating_sub(1);
                } else if after_end && ["if", "loop", "while", "repeat", "for"].into_iter().any(is) {
                    // END IF and its like close what was never counted, because IF is a function too.
                    self.depth += 1;
                }
            }
        }
    }
}
