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
    /// `AS` begins what a routine declares (`sql_mode = ORACLE`).
    as_declares: bool,
    /// The whole is a package (MariaDB).
    is_package: bool,
    before_begin: BeforeBegin,
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

/// What is known before the BEGIN of a routine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BeforeBegin {
    /// There is no routine, or it has begun.
    Nothing,
    /// In a package: a routine has been named.
    Routine,
    /// Behind its AS: what is declared ends with `;`.
    Declarations,
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
            as_declares: lexicon.oracle_bodies,
            is_package: false,
            before_begin: BeforeBegin::Nothing,
        }
    }

    /// Whether a `;` that comes now belongs to the statement.
    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
            || self.before_begin == BeforeBegin::Declarations
            || (self.parentheses_hold && self.parentheses > 0)
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
            Head::Start if self.bodies == Bodies::Compound && is("alter") => self.head = Head::Create,
            Head::Create => {
                self.head = self.created(token, sql);
                if self.bodies == Bodies::Compound && is("package") {
                    self.is_package = true;
                    self.depth = 1;
                }
            }
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
        // Before a routine's kind MySQL allows DEFINER = user@host and more; a word that names another kind ends the
        // search.
        let goes_on = match self.bodies {
            Bodies::Trigger | Bodies::Atomic => any(options),
            Bodies::Compound => !any(&[
                "table", "view", "index", "database", "schema", "user", "role", "server", "sequence", "as",
            ]),
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
            Bodies::Compound => self.count_blocks(token, sql),
        }
    }

    fn count_blocks(&mut self, token: Token, sql: &str) {
        let is = |keyword| token.is_keyword(sql, keyword);
        let after_end = self.previous == Previous::End;
        let is_outermost = self.depth == usize::from(self.is_package);
        if is_outermost && self.parentheses == 0 {
            if self.is_package && (is("function") || is("procedure")) {
                self.before_begin = BeforeBegin::Routine;
            } else if self.as_declares
                && (is("as") || is("is"))
                && (self.before_begin == BeforeBegin::Routine || !self.is_package)
            {
                self.before_begin = BeforeBegin::Declarations;
            } else if token.is_symbol(sql, ";") && self.before_begin == BeforeBegin::Routine {
                self.before_begin = BeforeBegin::Nothing;
            }
        }
        if is("begin") {
            // The last BEGIN of a package has no END of its own.
            if !(self.is_package && is_outermost && self.before_begin == BeforeBegin::Nothing) {
                self.depth += 1;
            }
            self.before_begin = BeforeBegin::Nothing;
        } else if is("case") && !after_end {
            self.depth += 1;
        } else if is("end") {
            self.depth = self.depth.saturating_sub(1);
        } else if after_end && ["if", "loop", "while", "repeat", "for"].into_iter().any(is) {
            // END IF and its like close what was never counted, because IF is a function too.
            self.depth += 1;
        }
    }
}
