//! The data that a dialect answers with.

use super::Online;
use serde::{Deserialize, Serialize};

/// What an engine can do, where a stage that knows no engine has to ask.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact, always used by its name"
)]
pub struct Facts {
    /// Whether schema changes are undone by a rollback.
    pub transactional_ddl: bool,
    /// Whether a foreign key can be declared before the table it refers to exists. If not, foreign keys in a cycle are added last.
    pub foreign_keys_look_ahead: bool,
    /// Whether the engine refuses to change the type of a column at either end of a foreign key while it stands. If so, it is dropped and
    /// added around such a change.
    pub foreign_keys_hold_columns: bool,
    /// Whether indexes come and go by the statement that changes their table. If so, what a script does to both is brought together.
    pub joins_index_changes: bool,
    /// Whether an index can be renamed in place. If not, it is dropped and built anew.
    pub renames_indexes: bool,
    /// Whether a constraint can be renamed without touching rows. If not, it is dropped and added.
    pub renames_constraints: bool,
    /// Whether the name of a key is that of its index, and with it one among those of tables, views and indexes.
    pub keys_are_relations: bool,
    /// Whether a new column can be put between others as easily as at the end. If not, its place counts only where the order of
    /// columns is compared.
    pub places_columns: bool,
    /// Whether tables and columns can have comments.
    pub comments: bool,
    /// Whether the engine keeps track of what leans on what, and refuses to take away what something leans on.
    pub tracks_dependencies: bool,
    /// The longest identifier in bytes.
    pub max_identifier: Option<usize>,
    /// The namespace that unqualified names are in, where the engine has namespaces.
    pub default_namespace: Option<&'static str>,
}

/// How one kind of object is handled. One row per kind and dialect.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact, always used by its name"
)]
pub struct KindRule {
    /// The kind, in lower case.
    pub kind: &'static str,
    /// The words after `DROP` and in messages.
    pub noun: &'static str,
    /// How a changed definition is put in place.
    pub replace: Replace,
    /// Whether it goes when the table it is attached to goes.
    pub goes_with_table: bool,
    /// Whether it holds data that a drop loses.
    pub holds_data: bool,
    /// Whether it is bound to what it reads when it is created, so that nothing it reads can be dropped, or have a column dropped or
    /// retyped, while it stands. If not, what it reads is looked up when it runs.
    pub binds_early: bool,
    /// What the [shape](crate::schema::Schema::shapes) of an object must be for a change to be put in place; else it is dropped and created.
    pub keeps: Keeps,
    /// Where it stands among all else when nothing that it reads says more.
    pub stage: KindStage,
    /// Whether its text may name things that the engine does not look for before it runs: the body of a function.
    pub reads_by_name: bool,
}

/// What the shape of a replacement must be for the engine to put it in the place of the old one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeps {
    /// Anything.
    #[default]
    Nothing,
    /// The old shape, and perhaps more behind it: the columns of a view.
    Beginning,
    /// The old shape: what a function takes and returns.
    All,
}

/// Where objects of a kind stand among all else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KindStage {
    /// Before tables, and dropped after them: what tables are made with (functions, types, extensions).
    Early,
    /// After tables, and dropped before them.
    #[default]
    Usual,
    /// Behind those: what runs a query when it is created, which may call anything (materialized views).
    Filled,
    /// After all else, and dropped first: what acts on changes (event triggers, default privileges).
    Late,
}

/// How a changed definition is put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// `CREATE OR REPLACE`.
    InPlace,
    /// Drop and create.
    DropAndCreate,
}

/// Statements around a script, outside its transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Run before the transaction begins.
    pub before: Vec<String>,
    /// Run inside the transaction before its commit: queries that must find nothing more than they found at its begin. Each row is a
    /// table, a table that its foreign keys refer to, and the number of rows that refer to nothing there.
    pub checks: Vec<String>,
    /// Run after the transaction, also when it failed.
    pub after: Vec<String>,
}

impl Session {
    /// Adds what other scripts need, once.
    #[cfg(feature = "connect")]
    pub(crate) fn extend(&mut self, other: &Self) {
        let add = |to: &mut Vec<String>, from: &[String]| {
            for sql in from {
                if !to.contains(sql) {
                    to.push(sql.clone());
                }
            }
        };
        add(&mut self.before, &other.before);
        add(&mut self.checks, &other.checks);
        add(&mut self.after, &other.after);
    }
}

/// One SQL statement with what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The SQL, without a final semicolon.
    pub sql: String,
    /// What it is for, where the SQL does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How it stands to the transaction of its script.
    #[serde(default, skip_serializing_if = "Placement::is_inside")]
    pub placement: Placement,
    /// Whether the engine's own client would take a semicolon inside for its end, unless it is told of another delimiter.
    #[serde(skip)]
    pub needs_delimiter: bool,
    /// What others notice of it, where it changes a table that they may be using and the engine has several ways to do so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Online>,
}

/// How a statement stands to the transaction of its script. A script whose statements are not all [`Inside`](Self::Inside) runs in segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// It runs inside.
    #[default]
    Inside,
    /// It runs inside, and the transaction is committed behind it: what it makes can only be used then.
    CommitBehind,
    /// It runs alone, outside any transaction.
    Outside,
}

/// What surrounds a statement that runs [outside](Placement::Outside) of any transaction, and so is not undone when it fails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alone {
    /// Run before it.
    pub before: Option<String>,
    /// Run after it, also when it failed.
    pub after: Option<String>,
    /// A query that tells what an attempt has left: no row when nothing is there, a row with [`Alone::DONE`] when the statement has had
    /// its effect, or a row with [`Alone::BROKEN`] and the statement that clears away what is left.
    pub standing: Option<String>,
    /// How it is told whether it took effect, when it was cut off and its engine has no transactions around it.
    pub doubt: Doubt,
}

/// How it is told whether a statement that commits by itself took effect. It is atomic: all of it did, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Doubt {
    /// It need not be told: running it again does no harm.
    #[default]
    Harmless,
    /// By queries, at least one of which gives another answer behind it than before. One that fails gives an answer too.
    Told(Vec<String>),
    /// By the whole schema, which is another one behind it.
    Schema,
    /// By nothing that could be asked.
    Untold,
}

impl Alone {
    /// The first column of the answer of [`standing`](Self::standing) when the statement has had its effect.
    pub const DONE: &str = "done";
    /// The first column of that answer when something broken is left.
    pub const BROKEN: &str = "broken";
}

impl Placement {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    fn is_inside(&self) -> bool {
        *self == Self::Inside
    }
}

impl Statement {
    /// A statement that speaks for itself.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            note: None,
            placement: Placement::Inside,
            needs_delimiter: false,
            online: None,
        }
    }

    /// Says that semicolons inside are not its end.
    #[must_use]
    pub fn delimited(mut self, needs_delimiter: bool) -> Self {
        self.needs_delimiter = needs_delimiter;
        self
    }

    /// Says what others notice of it.
    #[must_use]
    pub fn online(mut self, online: Online) -> Self {
        self.online = Some(online);
        self
    }

    /// Says how it stands to the transaction.
    #[must_use]
    pub fn placed(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Says what it is for.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}
