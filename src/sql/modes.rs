//! The parts of MySQL's `sql_mode` that change how text falls into tokens, and what a text itself does to them.
//!
//! In come statements one after the other, out come the modes that hold behind each. Only `SET` is looked at. What cannot be known
//! without a server (a value that is computed) changes nothing.

use std::collections::BTreeMap;

use super::{
    lexicon::Lexicon,
    quote::unquote,
    scan::{Scanner, Token, TokenKind},
};

/// The modes that make a difference to whoever reads text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Modes {
    /// `"x"` names something.
    pub(crate) ansi_quotes: bool,
    /// A backslash in a string is a backslash.
    pub(crate) no_backslash_escapes: bool,
    /// Routines are written as in Oracle.
    pub(crate) oracle: bool,
}

impl Modes {
    /// Those in a value of `sql_mode`.
    pub(crate) fn parse(sql_mode: &str) -> Self {
        // The names of other products stand for several modes.
        const ANSI: [&str; 7] = [
            "ansi_quotes",
            "ansi",
            "oracle",
            "mssql",
            "db2",
            "maxdb",
            "postgresql",
        ];
        let has = |names: &[&str]| {
            sql_mode
                .split(',')
                .any(|mode| names.iter().any(|name| name.eq_ignore_ascii_case(mode.trim())))
        };
        Self {
            ansi_quotes: has(&ANSI),
            no_backslash_escapes: has(&["no_backslash_escapes"]),
            oracle: has(&["oracle"]),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            ansi_quotes: self.ansi_quotes || other.ansi_quotes,
            no_backslash_escapes: self.no_backslash_escapes || other.no_backslash_escapes,
            oracle: self.oracle || other.oracle,
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            ansi_quotes: self.ansi_quotes && !other.ansi_quotes,
            no_backslash_escapes: self.no_backslash_escapes && !other.no_backslash_escapes,
            oracle: self.oracle && !other.oracle,
        }
    }
}

/// Follows the modes through a text.
#[derive(Debug, Clone)]
pub(super) struct Session {
    initial: Modes,
    current: Modes,
    /// What variables of the session remember.
    saved: BTreeMap<String, Modes>,
}

impl Session {
    /// At the beginning of a text.
    pub(super) fn new(modes: Modes) -> Self {
        Self {
            initial: modes,
            current: modes,
            saved: BTreeMap::new(),
        }
    }

    /// The modes behind this statement.
    pub(super) fn after(&mut self, sql: &str, lexicon: &Lexicon) -> Modes {
        let mut tokens = Scanner::new(sql, lexicon).filter(|token| !token.is_trivia());
        if tokens.next().is_some_and(|first| first.is_keyword(sql, "set")) {
            let tokens: Vec<Token> = tokens.collect();
            for assignment in assignments(&tokens, sql) {
                self.assign(assignment, sql, lexicon);
            }
        }
        self.current
    }

    fn assign(&mut self, assignment: &[Token], sql: &str, lexicon: &Lexicon) {
        let is_equals = |token: &Token| token.is_symbol(sql, "=") || token.is_symbol(sql, ":=");
        let Some(at) = assignment.iter().position(is_equals) else {
            return;
        };
        let (target, value) = (&assignment[..at], &assignment[at + 1..]);
        let Some(target) = target.last().filter(|_| {
            !target.iter().any(|word| {
                ["global", "persist", "persist_only"]
                    .iter()
                    .any(|scope| word.is_keyword(sql, scope))
            })
        }) else {
            return;
        };
        let Some(modes) = self.value(value, sql, lexicon) else {
            return;
        };
        let name = target.text(sql).to_ascii_lowercase();
        match name.strip_prefix("@@") {
            Some("sql_mode" | "session.sql_mode" | "local.sql_mode") => self.current = modes,
            None if name.starts_with('@') => drop(self.saved.insert(name, modes)),
            None if unquote(&name, lexicon) == "sql_mode" => self.current = modes,
            Some(_) | None => {}
        }
    }

    /// The modes that an expression has for its value.
    fn value(&self, tokens: &[Token], sql: &str, lexicon: &Lexicon) -> Option<Modes> {
        let single = |token: &Token| {
            let text = token.text(sql).to_ascii_lowercase();
            match token.kind {
                TokenKind::String => Some(Modes::parse(&unquote(token.text(sql), lexicon))),
                TokenKind::Number => Some(Modes::default()),
                TokenKind::Param if text == "@@global.sql_mode" => Some(self.initial),
                TokenKind::Param if text.starts_with("@@") => {
                    text.ends_with("sql_mode").then_some(self.current)
                }
                TokenKind::Param => self.saved.get(&text).copied(),
                TokenKind::Word if text == "default" => Some(self.initial),
                _ => None,
            }
        };
        match tokens {
            [only] => single(only),
            [function, rest @ ..] => {
                let mut parts = rest.iter().filter_map(single);
                let first = parts.next()?;
                if function.is_keyword(sql, "replace") {
                    Some(parts.fold(first, Modes::without))
                } else {
                    Some(parts.fold(first, Modes::with))
                }
            }
            [] => None,
        }
    }
}

/// The parts between the commas that stand outside parentheses.
fn assignments<'t>(tokens: &'t [Token], sql: &'t str) -> impl Iterator<Item = &'t [Token]> {
    let mut depth = 0_usize;
    tokens.split(move |token| {
        if token.is_symbol(sql, "(") {
            depth += 1;
        } else if token.is_symbol(sql, ")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(sql, ",")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_follows_its_settings() {
        let ansi = Modes::parse("ANSI_QUOTES");
        let both = Modes::parse("no_backslash_escapes,STRICT_ALL_TABLES,ansi");
        let mut session = Session::new(Modes::default());
        for (sql, modes) in [
            ("SET sql_mode = 'ANSI_QUOTES'", ansi),
            ("SET GLOBAL sql_mode = ''", ansi),
            ("CREATE TABLE t (sql_mode int DEFAULT 1)", ansi),
            ("/*!50003 SET @saved_sql_mode = @@sql_mode */", ansi),
            ("SET @x = 1, @@session.sql_mode := \"\"", Modes::default()),
            (
                "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES'), @y = f(1, 2)",
                Modes::parse("NO_BACKSLASH_ESCAPES"),
            ),
            (
                "SET SESSION sql_mode = concat(@saved_sql_mode, ',', @@sql_mode)",
                both,
            ),
            (
                "SET LOCAL `sql_mode` = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
                ansi,
            ),
            ("SET sql_mode = DEFAULT", Modes::default()),
            ("SET sql_mode = @saved_sql_mode", ansi),
            ("SET sql_mode = @unknown", ansi),
            ("SET sql_mode = 0", Modes::default()),
            ("SET NAMES utf8mb4", Modes::default()),
        ] {
            assert_eq!(
                session.after(sql, Lexicon::MYSQL.with_modes(Modes::default())),
                modes,
                "{sql}"
            );
        }
    }
}
