//! What becomes of each statement of a target: it runs on the scratch, it is passed over, or the target is refused.
//!
//! In comes one statement, as text; out comes a [`Verdict`]. Only what an engine's table of statements names is let through,
//! so that a target can touch nothing but its scratch. Nothing is run here, and whether a statement is right in itself is
//! left to the engine.

mod mysql;
mod postgres;
mod sqlite;
pub(super) mod tokens;

use std::borrow::Cow;

use super::cursor::Cursor;
use crate::{
    config::Definer,
    dialect::Engine,
    nearest::nearest,
    sql::{Lexicon, Split, Statement, StatementKind},
};

/// What becomes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    /// It declares something: it runs on the scratch.
    Run,
    /// It runs too, but not just as it stands.
    RunWith(Manner<'a>),
    /// It begins or ends a transaction, sets something for its session, or repeats what the engine keeps by itself: it is
    /// passed over.
    PassOver,
    /// It is about rows: it is passed over and counted under this word.
    Rows(&'static str),
    /// It stores this statement instead of running it, as a dump does with virtual tables: that one runs.
    Stores(Cow<'a, str>),
    /// It is about something that no schema holds: it is passed over, and said so.
    Outside(&'static Topic),
    /// It speaks of this database: it is passed over for the target's own, and refused for any other.
    OnDatabase(Cow<'a, str>, Refusal),
    /// It runs code while it is loaded: it is refused, unless the user allows that.
    Code(Refusal),
    /// The target is refused.
    Refuse(Refusal),
}

/// How a statement runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Manner<'a> {
    /// What runs instead of its own text: places in that are places in this.
    pub(crate) text: Option<Cow<'a, str>>,
    /// What it is about.
    pub(crate) about: About<'a>,
    /// Among which others.
    pub(crate) stand: Stand,
}

/// Where a statement runs among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stand {
    /// Where it stands.
    #[default]
    Here,
    /// Behind all that do.
    Late,
    /// Behind all others, because it would run code at each of them.
    Last,
}

/// What a statement that runs is about, where that matters to whoever runs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum About<'a> {
    /// The schema.
    #[default]
    Schema,
    /// Who may do what.
    Grants,
    /// Who owns something.
    Owner {
        /// The new owner; `None` when no fixed name says it.
        role: Option<Cow<'a, str>>,
        /// Whether it is about nothing else.
        only: bool,
    },
    /// These settings, which hold up to the end of the file.
    Settings(Vec<Cow<'a, str>>),
    /// An event that would run by itself.
    Event(EventChange<'a>),
    /// A value of a type, which can be used only after a COMMIT.
    Value,
    /// A subscription, which must never outlive the transaction that makes it: whoever dropped what is left of it would drop the
    /// slot of the real one.
    Subscription,
}

/// What a statement says about an event, beside what it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EventChange<'a> {
    /// The event.
    pub(crate) name: Cow<'a, str>,
    /// Its new name.
    pub(crate) renamed: Option<Cow<'a, str>>,
    /// Whether it runs at its times from now on.
    pub(crate) enabled: Option<bool>,
}

/// What no schema holds, though files of SQL speak of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The statements are about this.
    pub(crate) about: &'static str,
    /// Why they are passed over, and what to do.
    pub(crate) hint: &'static str,
    /// Whether something may be missed by it.
    pub(crate) is_warning: bool,
}

/// Why a statement may not be in a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Where the reason stands, in the statement.
    pub(crate) offset: usize,
    /// The reason.
    pub(crate) message: String,
    /// What to do instead.
    pub(crate) hint: Option<String>,
}

/// The database that a target is about, under all its names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home<'a> {
    /// What the database is called on its server, where that is known.
    pub(crate) own: Option<&'a str>,
    /// What the target's own files call it: they create and use it.
    pub(crate) adopted: Option<&'a str>,
    /// Whether these names are the same in any case of letters.
    pub(crate) names_fold: bool,
    /// Whether definers are managed.
    pub(crate) definer: Definer,
}

impl Home<'_> {
    /// Whether a database of this name is the one.
    pub(crate) fn is(&self, name: &str) -> bool {
        [self.own, self.adopted]
            .into_iter()
            .flatten()
            .any(|known| self.same(known, name))
    }

    fn is_own(&self, name: &str) -> bool {
        self.own.is_some_and(|own| self.same(own, name))
    }

    fn same(&self, a: &str, b: &str) -> bool {
        if self.names_fold {
            a.eq_ignore_ascii_case(b)
        } else {
            a == b
        }
    }
}

/// How a statement runs on the scratch, whose name is not that of the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Adjusted {
    /// What runs instead of its own text, if something else does. Places in that are places in this.
    pub(crate) text: Option<String>,
    /// Where a body still names the database, as it does on the server.
    pub(crate) names_home: Option<usize>,
}

/// How an engine without namespaces tells its databases apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Databases {
    /// The database that the statements from here on create, if they use it too.
    pub(crate) founded: for<'a> fn(Split<'a>) -> Option<Cow<'a, str>>,
    /// A statement that runs, as it runs in a database of another name.
    pub(crate) adjusted: fn(&Statement<'_>, &Home<'_>) -> Result<Adjusted, Refusal>,
}

/// The statements that a target of one engine may hold.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The engine.
    pub(crate) engine: Engine,
    /// How its text is scanned.
    pub(crate) lexicon: &'static Lexicon,
    /// What a name may say before the names of what it would find without: the default namespace.
    pub(crate) home: &'static str,
    /// Whether unquoted names are kept in lower case.
    pub(crate) names_fold: bool,
    /// Whether a table or view can be created before what it refers to.
    pub(crate) tables_need_nothing: bool,
    /// The words that begin a constraint where a column could stand.
    pub(crate) constraint_words: &'static [&'static str],
    /// One row for each kind of statement.
    statements: &'static [Rule],
    /// What the statements are, in words.
    summary: &'static str,
    /// What is not a statement but looks like one: the commands of the engine's own shell.
    shell_command: fn(&Cursor<'_>) -> Option<Refusal>,
    /// A line that speaks to the engine's own shell.
    client_line: for<'a> fn(&'a str) -> Verdict<'a>,
    /// The tables that the engine makes for the virtual table that a statement creates.
    shadows: fn(&str) -> Vec<String>,
    /// The name in `CREATE TABLE IF NOT EXISTS 'name'`, the form in which the engine's shell writes such tables.
    perhaps_shadow: fn(&str) -> Option<Cow<'_, str>>,
    /// The statement that puts a setting back to what it is at the beginning of a file.
    pub(crate) reset: fn(&str) -> Option<String>,
    /// For engines whose databases are their namespaces.
    pub(crate) databases: Option<Databases>,
}

/// A kind of statement: the words it begins with, and what becomes of it. Of two rows that fit, the longer one counts.
#[derive(Debug)]
struct Rule {
    begins: &'static [&'static str],
    judge: Judge,
}

const fn rule(begins: &'static [&'static str], judge: Judge) -> Rule {
    Rule { begins, judge }
}

/// Judges a statement; the cursor stands behind the words of its rule.
type Judge = for<'a> fn(&mut Cursor<'a>) -> Verdict<'a>;

impl Rules {
    /// The rules of an engine.
    pub(crate) fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Sqlite => &sqlite::RULES,
            Engine::Postgres => &postgres::RULES,
            Engine::Mysql => &mysql::MYSQL,
            Engine::Mariadb => &mysql::MARIADB,
        }
    }

    /// The same rules for text that is scanned by the rules of a certain server.
    pub(crate) fn reading(&self, lexicon: &'static Lexicon) -> Self {
        Self {
            lexicon,
            ..self.clone()
        }
    }

    /// Judges a statement.
    pub(crate) fn judge<'a>(&self, statement: &Statement<'a>) -> Verdict<'a> {
        if let Some(at) = statement.unterminated {
            return Verdict::Refuse(unterminated(statement, at - statement.offset));
        }
        match statement.kind {
            StatementKind::Sql => self.judge_text(statement.text, statement.lexicon()),
            StatementKind::ClientCommand => (self.client_line)(statement.text),
            // The statement before it counts.
            StatementKind::CopyData => Verdict::PassOver,
        }
    }

    /// Judges the text of one statement.
    fn judge_text<'a>(&self, text: &'a str, lexicon: &'a Lexicon) -> Verdict<'a> {
        let cursor = Cursor::new(text, lexicon);
        if cursor.peek().is_none() {
            // Code in comments that is for no server.
            return Verdict::PassOver;
        }
        let fitting = self.statements.iter().filter_map(|rule| {
            let mut behind = cursor.clone();
            behind.eat_all(rule.begins).then_some((rule, behind))
        });
        match fitting.max_by_key(|(rule, _)| rule.begins.len()) {
            Some((rule, mut behind)) => (rule.judge)(&mut behind),
            None => match (self.shell_command)(&cursor) {
                Some(refusal) => Verdict::Refuse(refusal),
                None => Verdict::Refuse(self.unknown(&cursor)),
            },
        }
    }

    /// The tables that come with the virtual table `statement` creates; empty for any other statement.
    pub(crate) fn shadows(&self, statement: &str) -> Vec<String> {
        (self.shadows)(statement)
    }

    /// The table that `statement` creates in the form in which the engine's shell writes a table that comes with another.
    pub(crate) fn perhaps_shadow<'a>(&self, statement: &'a str) -> Option<Cow<'a, str>> {
        (self.perhaps_shadow)(statement)
    }

    /// A statement that no row fits.
    fn unknown(&self, cursor: &Cursor<'_>) -> Refusal {
        let mut ahead = cursor.clone();
        let first = ahead.peek_text();
        ahead.take();
        let second = ahead.peek_text();
        let verbs = || self.statements.iter().map(|rule| rule.begins[0]);
        let known_verb = verbs().any(|verb| verb.eq_ignore_ascii_case(first));
        let (shown, near) = if known_verb {
            let shown = format!("{first} {second}");
            let phrases: Vec<String> = self.statements.iter().map(|rule| rule.begins.join(" ")).collect();
            let near = nearest(&shown, phrases.iter().map(String::as_str)).map(str::to_owned);
            (shown, near)
        } else {
            (first.to_owned(), nearest(first, verbs()).map(str::to_owned))
        };
        let guess = near.map_or_else(String::new, |near| {
            format!("did you mean {}? ", near.to_uppercase())
        });
        Refusal {
            offset: cursor.offset(),
            message: format!("a target cannot hold the statement `{}`", shorten(shown.trim())),
            hint: Some(format!("{guess}{}", self.summary)),
        }
    }
}

fn unterminated(statement: &Statement<'_>, offset: usize) -> Refusal {
    let rest = &statement.text[offset.min(statement.text.len())..];
    let what = match rest.as_bytes() {
        [b'/', b'*', ..] => "comment",
        [b'\'', ..] => "string",
        _ => "quoted name",
    };
    Refusal {
        offset,
        message: format!("the {what} that begins here is never closed"),
        hint: None,
    }
}

fn refuse(offset: usize, message: impl Into<String>, hint: &str) -> Verdict<'static> {
    Verdict::Refuse(Refusal {
        offset,
        message: message.into(),
        hint: Some(hint.to_owned()),
    })
}

/// Whether a name is one of these, in any case.
fn is_any(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The beginning of a word that somebody may have made very long.
fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
