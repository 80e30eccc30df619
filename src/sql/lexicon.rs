//! The lexical rules of each engine, as data.
//!
//! Nothing here scans; [`super::Scanner`] and [`super::split`] read these values.

use super::keywords;
use crate::dialect::Engine;

/// How an engine's text falls into tokens and statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent rule of the engine's manual, always used by its name"
)]
pub(crate) struct Lexicon {
    /// `"x"` names something; otherwise it is a string (MySQL without `ANSI_QUOTES`).
    pub(crate) double_quoted_names: bool,
    /// `` `x` `` names something.
    pub(crate) backtick_names: bool,
    /// `[x]` names something.
    pub(crate) bracket_names: bool,
    /// A quoted name is the same in any case (SQLite; columns of MySQL), so `"A"` is `a`.
    pub(crate) quoted_names_fold: bool,
    /// `1a` is a name (MySQL).
    pub(crate) names_may_start_with_digits: bool,
    /// `'a\'b'` is one string (MySQL without `NO_BACKSLASH_ESCAPES`).
    pub(crate) backslash_escapes: bool,
    /// `E'..'`, `U&'..'` and `U&".."` are single tokens (PostgreSQL).
    pub(crate) escape_strings: bool,
    /// `B'..'` is a bit string.
    pub(crate) bit_strings: bool,
    /// `N'..'` is a string.
    pub(crate) national_strings: bool,
    /// `$tag$ .. $tag$` is a string (PostgreSQL).
    pub(crate) dollar_quotes: bool,
    /// `# ..` is a comment (MySQL).
    pub(crate) hash_comments: bool,
    /// `--` begins a comment only before white space (MySQL).
    pub(crate) dashes_need_space: bool,
    /// `/* /* */ */` is one comment (PostgreSQL).
    pub(crate) nested_comments: bool,
    /// What stands in `/*! .. */` is executed (MySQL): its ends are symbols, its inside is scanned.
    pub(crate) executable_comments: bool,
    /// Any run of operator characters is one operator (PostgreSQL, manual 4.1.3).
    pub(crate) open_operators: bool,
    /// What a parameter looks like.
    pub(crate) parameters: Parameters,
    /// `\..` up to the end of its line speaks to psql, and `COPY .. FROM STDIN` is followed by its data.
    pub(crate) psql: bool,
    /// `DELIMITER x` speaks to the mysql client.
    pub(crate) delimiter_command: bool,
    /// A `;` between parentheses does not end a statement (psql: `CREATE RULE .. DO (a; b)`).
    pub(crate) parentheses_hold: bool,
    /// Which statements hold statements of their own.
    pub(crate) bodies: Bodies,
    /// Every common table expression of a WITH hides relations from all the others, RECURSIVE or not (SQLite).
    pub(crate) ctes_see_each_other: bool,
    /// Words that never name anything unquoted; sorted.
    pub(crate) reserved: &'static [&'static str],
    /// Keywords that also name things; sorted. Without those that never stand in expressions and queries.
    pub(crate) unreserved: &'static [&'static str],
}

/// What a parameter looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameters {
    /// `?`, `?1`, `:a`, `@a`, `$a` (SQLite).
    Named,
    /// `$1` (PostgreSQL).
    Numbered,
    /// `?`, and the variables `@a`, `@@a` (MySQL).
    Variables,
}

/// Which statements hold statements of their own, and how their end is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// `CREATE [TEMP] TRIGGER .. BEGIN ..; END`: the body ends at an `END` that follows a `;`, the rule of
    /// `sqlite3_complete()`. Inner `CASE .. END` never does.
    Trigger,
    /// `CREATE [OR REPLACE] FUNCTION | PROCEDURE .. BEGIN ATOMIC ..; END`, counted as psql counts.
    Atomic,
    /// `CREATE .. PROCEDURE | FUNCTION | TRIGGER | EVENT .. BEGIN ..; END` with nested blocks (MySQL).
    Compound,
}

impl Lexicon {
    /// The rules of an engine.
    pub(crate) const fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Sqlite => &Self::SQLITE,
            Engine::Postgres => &Self::POSTGRES,
            Engine::Mysql | Engine::Mariadb => &Self::MYSQL,
        }
    }

    /// Whether `word`, unquoted, never names anything.
    pub(crate) fn is_reserved(&self, word: &str) -> bool {
        keywords::contains(self.reserved, word)
    }

    /// SQLite (`tokenize.c`).
    pub(crate) const SQLITE: Self = Self {
        double_quoted_names: true,
        backtick_names: true,
        bracket_names: true,
        quoted_names_fold: true,
        names_may_start_with_digits: false,
        backslash_escapes: false,
        escape_strings: false,
        bit_strings: false,
        national_strings: false,
        dollar_quotes: false,
        hash_comments: false,
        dashes_need_space: false,
        nested_comments: false,
        executable_comments: false,
        open_operators: false,
        parameters: Parameters::Named,
        psql: false,
        delimiter_command: false,
        parentheses_hold: false,
        bodies: Bodies::Trigger,
        ctes_see_each_other: true,
        reserved: keywords::SQLITE_RESERVED,
        unreserved: keywords::SQLITE_UNRESERVED,
    };

    /// PostgreSQL (manual, chapter 4.1) and psql.
    pub(crate) const POSTGRES: Self = Self {
        double_quoted_names: true,
        backtick_names: false,
        bracket_names: false,
        quoted_names_fold: false,
        names_may_start_with_digits: false,
        backslash_escapes: false,
        escape_strings: true,
        bit_strings: true,
        national_strings: true,
        dollar_quotes: true,
        hash_comments: false,
        dashes_need_space: false,
        nested_comments: true,
        executable_comments: false,
        open_operators: true,
        parameters: Parameters::Numbered,
        psql: true,
        delimiter_command: false,
        parentheses_hold: true,
        bodies: Bodies::Atomic,
        ctes_see_each_other: false,
        reserved: keywords::POSTGRES_RESERVED,
        unreserved: &[],
    };

    /// MySQL and MariaDB in their default `sql_mode`, and their client.
    pub(crate) const MYSQL: Self = Self {
        double_quoted_names: false,
        backtick_names: true,
        bracket_names: false,
        quoted_names_fold: true,
        names_may_start_with_digits: true,
        backslash_escapes: true,
        escape_strings: false,
        bit_strings: true,
        national_strings: true,
        dollar_quotes: false,
        hash_comments: true,
        dashes_need_space: true,
        nested_comments: false,
        executable_comments: true,
        open_operators: false,
        parameters: Parameters::Variables,
        psql: false,
        delimiter_command: true,
        parentheses_hold: false,
        bodies: Bodies::Compound,
        ctes_see_each_other: false,
        reserved: keywords::MYSQL_RESERVED,
        unreserved: &[],
    };
}
