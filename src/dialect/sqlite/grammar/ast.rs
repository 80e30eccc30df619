//! The trees of SQLite's CREATE statements.
//!
//! Only data. `&str` is a slice of the text that was read; `Range` counts bytes in that text; `String` is a name or
//! word without its quotes.

use std::ops::Range;

use crate::schema::{Action, Deferral, GeneratedKind, Order};

/// One CREATE statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Definition<'a> {
    /// `CREATE TABLE`.
    Table(Table<'a>),
    /// `CREATE INDEX`.
    Index(Index<'a>),
    /// `CREATE VIRTUAL TABLE`.
    VirtualTable(VirtualTable<'a>),
    /// `CREATE VIEW`.
    View(View<'a>),
    /// `CREATE TRIGGER`.
    Trigger(Trigger<'a>),
}

/// What is created, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Created {
    /// `TEMP`.
    pub(crate) temporary: bool,
    /// `IF NOT EXISTS`.
    pub(crate) if_not_exists: bool,
    /// The database before the name, as in `main.t`.
    pub(crate) schema: Option<String>,
    /// The name.
    pub(crate) name: String,
    /// The name with its database.
    pub(crate) span: Range<usize>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table<'a> {
    /// Its name.
    pub(crate) created: Created,
    /// Its columns in order.
    pub(crate) columns: Vec<Column<'a>>,
    /// Its table constraints in order.
    pub(crate) constraints: Vec<TableConstraint<'a>>,
    /// `STRICT`.
    pub(crate) strict: bool,
    /// `WITHOUT ROWID`.
    pub(crate) without_rowid: bool,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column<'a> {
    /// Its name.
    pub(crate) name: String,
    /// All of it, from its name to its last constraint.
    pub(crate) span: Range<usize>,
    /// Its type as written, with sizes; without the GENERATED ALWAYS that SQLite's grammar takes for a part of it.
    pub(crate) ty: Option<&'a str>,
    /// Its constraints in order.
    pub(crate) constraints: Vec<ColumnConstraint<'a>>,
}

/// A constraint on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnConstraint<'a> {
    /// The name behind CONSTRAINT.
    pub(crate) name: Option<String>,
    /// All of it, with the name, without the DEFERRABLE that may follow.
    pub(crate) span: Range<usize>,
    /// What it asks.
    pub(crate) rule: ColumnRule<'a>,
}

/// What a constraint on a column asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ColumnRule<'a> {
    /// `NOT NULL`.
    NotNull {
        /// `ON CONFLICT`.
        on_conflict: Option<Conflict>,
    },
    /// `NULL`, which asks nothing.
    Null,
    /// `PRIMARY KEY`.
    PrimaryKey {
        /// `DESC`; with it an INTEGER column is no alias of the rowid.
        order: Order,
        /// `ON CONFLICT`.
        on_conflict: Option<Conflict>,
        /// `AUTOINCREMENT`.
        autoincrement: bool,
    },
    /// `UNIQUE`.
    Unique {
        /// `ON CONFLICT`.
        on_conflict: Option<Conflict>,
    },
    /// `CHECK (..)`: the expression without its parentheses.
    Check(&'a str),
    /// `DEFAULT ..`: the value as written, parentheses and sign included.
    Default(&'a str),
    /// `COLLATE ..`.
    Collate(String),
    /// `REFERENCES ..`.
    References(Reference),
    /// `[GENERATED ALWAYS] AS (..)`.
    Generated {
        /// The expression without its parentheses.
        expression: &'a str,
        /// `STORED` or `VIRTUAL`, the default.
        kind: GeneratedKind,
    },
    /// A `CONSTRAINT name` with nothing behind it.
    Nothing,
}

/// A table constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableConstraint<'a> {
    /// The name behind CONSTRAINT.
    pub(crate) name: Option<String>,
    /// All of it, with the name.
    pub(crate) span: Range<usize>,
    /// What it asks.
    pub(crate) rule: TableRule<'a>,
}

/// What a table constraint asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TableRule<'a> {
    /// `PRIMARY KEY (..)`.
    PrimaryKey {
        /// Its columns in order.
        parts: Vec<KeyPart>,
        /// `AUTOINCREMENT`, inside the parentheses.
        autoincrement: bool,
        /// `ON CONFLICT`.
        on_conflict: Option<Conflict>,
    },
    /// `UNIQUE (..)`.
    Unique {
        /// Its columns in order.
        parts: Vec<KeyPart>,
        /// `ON CONFLICT`.
        on_conflict: Option<Conflict>,
    },
    /// `CHECK (..)`.
    Check {
        /// The expression without its parentheses.
        expression: &'a str,
        /// `ON CONFLICT`, which SQLite reads and forgets.
        on_conflict: Option<Conflict>,
    },
    /// `FOREIGN KEY (..) REFERENCES ..`.
    ForeignKey {
        /// The referring columns in order.
        columns: Vec<String>,
        /// What they refer to.
        reference: Reference,
    },
    /// A `CONSTRAINT name` with nothing behind it.
    Nothing,
}

/// What to do when a row violates a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// `ROLLBACK`.
    Rollback,
    /// `ABORT`, the default.
    Abort,
    /// `FAIL`.
    Fail,
    /// `IGNORE`.
    Ignore,
    /// `REPLACE`.
    Replace,
}

/// A column of a primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPart {
    /// Its name.
    pub(crate) column: String,
    /// `COLLATE ..`.
    pub(crate) collation: Option<String>,
    /// `ASC` or `DESC`.
    pub(crate) order: Order,
}

/// The side of a foreign key that is referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The table.
    pub(crate) table: String,
    /// The columns; empty for the primary key of that table.
    pub(crate) columns: Vec<String>,
    /// `ON DELETE`.
    pub(crate) on_delete: Action,
    /// `ON UPDATE`.
    pub(crate) on_update: Action,
    /// `MATCH ..`, which SQLite reads and forgets.
    pub(crate) match_name: Option<String>,
    /// When it is checked. `NOT DEFERRABLE INITIALLY DEFERRED` is not deferrable, as SQLite has it.
    pub(crate) deferral: Deferral,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index<'a> {
    /// Its name.
    pub(crate) created: Created,
    /// `UNIQUE`.
    pub(crate) unique: bool,
    /// The table it is on.
    pub(crate) table: String,
    /// The table's name in the text.
    pub(crate) table_span: Range<usize>,
    /// Its key in order.
    pub(crate) parts: Vec<IndexPart<'a>>,
    /// `WHERE ..`: the expression.
    pub(crate) predicate: Option<&'a str>,
}

/// A part of an index key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexPart<'a> {
    /// What is indexed.
    pub(crate) target: PartTarget<'a>,
    /// `COLLATE ..` over the whole part.
    pub(crate) collation: Option<String>,
    /// `ASC` or `DESC`.
    pub(crate) order: Order,
}

/// What a part of an index key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartTarget<'a> {
    /// A single name: a column, or in old databases a string in `"` that names no column.
    Column(String),
    /// Any other expression.
    Expression(&'a str),
}

/// A virtual table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VirtualTable<'a> {
    /// Its name.
    pub(crate) created: Created,
    /// The module behind USING.
    pub(crate) module: String,
    /// The module's arguments.
    pub(crate) arguments: Vec<&'a str>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View<'a> {
    /// Its name.
    pub(crate) created: Created,
    /// The column names in parentheses; empty without.
    pub(crate) columns: Vec<String>,
    /// The query behind AS.
    pub(crate) query: &'a str,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trigger<'a> {
    /// Its name.
    pub(crate) created: Created,
    /// When it fires.
    pub(crate) time: TriggerTime,
    /// What fires it.
    pub(crate) event: TriggerEvent,
    /// The table or view it is on.
    pub(crate) table: String,
    /// The table's name in the text, with its database.
    pub(crate) table_span: Range<usize>,
    /// `WHEN ..`: the expression.
    pub(crate) when: Option<&'a str>,
    /// The statements between BEGIN and END, each with its `;`.
    pub(crate) body: &'a str,
}

/// When a trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TriggerTime {
    /// `BEFORE`, the default.
    Before,
    /// `AFTER`.
    After,
    /// `INSTEAD OF`.
    InsteadOf,
}

/// What fires a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TriggerEvent {
    /// `DELETE`.
    Delete,
    /// `INSERT`.
    Insert,
    /// `UPDATE`, or `UPDATE OF` these columns.
    Update(Vec<String>),
}
