//! The lexical rules of each engine, as data.
//!
//! Nothing here scans; [`super::Scanner`] and [`super::split`] read these values.

use std::sync::{Mutex, PoisonError};

use super::{keywords, modes::Modes};
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
    /// What stands in `/*! .. */` is code for a server of some versions (MySQL): it is scanned then, and its ends are
    /// [`CodeMark`](super::TokenKind::CodeMark)s.
    pub(crate) code_comments: Option<CodeComments>,
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
    /// What is declared stands between `AS` and the `BEGIN` of a routine (MariaDB with `sql_mode = ORACLE`).
    pub(crate) oracle_bodies: bool,
    /// Every common table expression of a WITH hides relations from all the others, RECURSIVE or not (SQLite).
    pub(crate) ctes_see_each_other: bool,
    /// Words that never name anything unquoted; sorted.
    pub(crate) reserved: &'static [&'static str],
    /// Keywords that also name things; sorted. Without those that never stand in expressions and queries.
    pub(crate) unreserved: &'static [&'static str],
}

/// For which servers the code in comments is: those of a version, as they write it there (`80013`, `101100`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeComments {
    /// MySQL: `/*! */`, `/*!80013 */`.
    Mysql(u32),
    /// MariaDB: these, without those of MySQL 5.7 and later, and `/*M! */`, `/*M!100301 */`.
    Mariadb(u32),
}

/// No version is later; what is for 999999 (`/*M!999999\- enable the sandbox mode */`) is for no server.
const ANY_VERSION: u32 = 999_998;

impl CodeComments {
    /// Whether a comment of this version (of none, if it is 0) is code; `is_mariadb` for those that begin with `/*M!`.
    pub(super) fn is_code(self, is_mariadb: bool, version: u32) -> bool {
        match self {
            Self::Mysql(server) => !is_mariadb && version <= server,
            Self::Mariadb(server) => {
                version <= server && (is_mariadb || !(50_700..100_000).contains(&version))
            }
        }
    }
}

/// Keeps a lexicon for the life of the program: there are eight for each version of a server.
fn kept(lexicon: Lexicon) -> &'static Lexicon {
    static KEPT: Mutex<Vec<&'static Lexicon>> = Mutex::new(Vec::new());
    let mut known = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.iter().find(|same| ***same == lexicon) {
        return same;
    }
    let new: &'static Lexicon = Box::leak(Box::new(lexicon));
    known.push(new);
    new
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
            Engine::Mysql => &Self::MYSQL,
            Engine::Mariadb => &Self::MARIADB,
        }
    }

    /// The rules of a server of MySQL or MariaDB of this version (`80013`) in a session with these modes.
    pub(crate) fn of_server(engine: Engine, version: u32, modes: Modes) -> &'static Self {
        let code_comments = match engine {
            Engine::Mysql => Some(CodeComments::Mysql(version)),
            Engine::Mariadb => Some(CodeComments::Mariadb(version)),
            Engine::Postgres | Engine::Sqlite => None,
        };
        kept(Self {
            code_comments,
            ..*Self::of(engine)
        })
        .with_modes(modes)
    }

    /// The rules of the same server with other modes.
    pub(crate) fn with_modes(&self, modes: Modes) -> &'static Self {
        kept(Self {
            double_quoted_names: modes.ansi_quotes,
            backslash_escapes: !modes.no_backslash_escapes,
            oracle_bodies: modes.oracle,
            ..*self
        })
    }

    /// The modes of MySQL or MariaDB that these rules are for.
    pub(super) fn modes(&self) -> Modes {
        Modes {
            ansi_quotes: self.double_quoted_names,
            no_backslash_escapes: !self.backslash_escapes,
            oracle: self.oracle_bodies,
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
        code_comments: None,
        oracle_bodies: false,
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
        code_comments: None,
        oracle_bodies: false,
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

    /// MariaDB of any version in its default `sql_mode`, and its client.
    pub(crate) const MARIADB: Self = Self {
        code_comments: Some(CodeComments::Mariadb(ANY_VERSION)),
        ..Self::MYSQL
    };

    /// MySQL of any version in its default `sql_mode`, and its client.
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
        code_comments: Some(CodeComments::Mysql(ANY_VERSION)),
        oracle_bodies: false,
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
