//! What a program has to say while two schemas are compared: callbacks, and comparators beside or instead of the built-in ones.

use super::element::Element;
use crate::compare::Pair;
use crate::dialect::{Dialect, Engine};
use crate::directive::{AlterColumn, AlterTable, ColumnChange, Directive, TableChange};
use crate::schema::{
    Column, Constraint, EnumType, Index, Name, Namespace, Object, QName, Schema, Sequence, Table,
};
use crate::{Notice, Result};
use std::fmt;

/// A program's word on whether two types or two defaults differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They do, also where the engine takes both spellings for one. Equal spellings never differ: there would be nothing to change.
    Differs,
    /// They do not.
    Same,
    /// What the built-in comparison finds.
    Default,
}

/// A column that is on both sides, with the tables it is in.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSides<'a> {
    /// The engine's side.
    pub dialect: &'a dyn Dialect,
    /// The tables.
    pub tables: Pair<&'a Table>,
    /// The column.
    pub columns: Pair<&'a Column>,
}

/// A part of a schema.
#[derive(Debug, Clone, Copy)]
pub enum SchemaPart<'a> {
    /// A namespace.
    Namespace(&'a Namespace),
    /// A table.
    Table(&'a Table),
    /// A column of a table.
    Column(&'a Column),
    /// A constraint of a table.
    Constraint(&'a Constraint),
    /// An index of a table.
    Index(&'a Index),
    /// A sequence.
    Sequence(&'a Sequence),
    /// An enum type.
    Enum(&'a EnumType),
    /// An object of any other kind.
    Object(&'a Object),
}

impl<'a> SchemaPart<'a> {
    /// Its kind: `table`, `column`, `constraint`, `index`, `schema`, `sequence`, `enum`, or the kind of the object.
    pub fn kind(self) -> &'a str {
        match self {
            Self::Namespace(_) => "schema",
            Self::Table(_) => "table",
            Self::Column(_) => "column",
            Self::Constraint(_) => "constraint",
            Self::Index(_) => "index",
            Self::Sequence(_) => "sequence",
            Self::Enum(_) => "enum",
            Self::Object(object) => object.id.kind.as_str(),
        }
    }

    /// The namespace that it is in, where it says one.
    pub fn namespace(self) -> Option<&'a Name> {
        match self {
            Self::Table(table) => table.name.namespace.as_ref(),
            Self::Sequence(sequence) => sequence.name.namespace.as_ref(),
            Self::Enum(ty) => ty.name.namespace.as_ref(),
            Self::Object(object) => object.id.name.namespace.as_ref(),
            Self::Namespace(_) | Self::Column(_) | Self::Constraint(_) | Self::Index(_) => None,
        }
    }

    /// Its name without namespace; empty for a constraint without one.
    pub fn name(self) -> &'a str {
        match self {
            Self::Namespace(namespace) => &namespace.name,
            Self::Table(table) => &table.name.name,
            Self::Column(column) => &column.name,
            Self::Constraint(constraint) => match constraint {
                Constraint::PrimaryKey(one) => one.name.as_ref(),
                Constraint::Unique(one) => one.name.as_ref(),
                Constraint::ForeignKey(one) => one.name.as_ref(),
                Constraint::Check(one) => one.name.as_ref(),
                Constraint::Exclude(one) => one.name.as_ref(),
            }
            .map_or("", Name::as_str),
            Self::Index(index) => &index.name,
            Self::Sequence(sequence) => &sequence.name.name,
            Self::Enum(ty) => &ty.name.name,
            Self::Object(object) => &object.id.name.name,
        }
    }
}

/// The name of something that a database has, about which a program is asked before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameToRead<'a> {
    /// `table`, `column`, `index`, `constraint`, or the kind of an object.
    pub kind: &'a str,
    /// Its name without namespace.
    pub name: &'a str,
    /// The kind and name of what it is in or on.
    pub parent: Option<(&'a str, &'a str)>,
}

/// A part of one or both sides, about which a program is asked whether it is compared at all.
#[derive(Debug, Clone, Copy)]
pub struct Considered<'a> {
    /// The part on each side; at least one is there.
    pub sides: Pair<Option<SchemaPart<'a>>>,
    /// The table that it is in or on.
    pub table: Option<&'a QName>,
}

impl<'a> Considered<'a> {
    /// The part: that of the target where there is one.
    pub fn part(&self) -> Option<SchemaPart<'a>> {
        self.sides.target.or(self.sides.live)
    }

    /// Its kind: see [`SchemaPart::kind`].
    pub fn kind(&self) -> &'a str {
        self.part().map_or("", SchemaPart::kind)
    }

    /// Its name without namespace.
    pub fn name(&self) -> &'a str {
        self.part().map_or("", SchemaPart::name)
    }
}

/// Where a comparator is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Once, over both schemas.
    Schema,
    /// For each table of either side.
    Table,
    /// For each column that is on both sides.
    Column,
}

/// What a comparator looks at.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// Both schemas.
    Schema(Pair<&'a Schema>),
    /// A table that is on one side or both.
    Table(Pair<Option<&'a Table>>),
    /// A column that is on both sides.
    Column {
        /// The tables.
        tables: Pair<&'a Table>,
        /// The column.
        columns: Pair<&'a Column>,
    },
}

/// When a comparator is asked. The built-in ones are [`Medium`](Self::Medium), and come first among those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Before the built-in ones.
    First,
    /// Behind the built-in ones.
    #[default]
    Medium,
    /// Behind all others.
    Last,
}

/// Whether later comparators of the same element are asked about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// They are.
    Continue,
    /// They are not, the built-in one neither.
    Stop,
}

/// Finds differences beside the built-in comparators, or in place of one of them.
///
/// One of [`Priority::First`] that gives [`Flow::Stop`] takes the place of the built-in comparator of its [element](Self::element) for what
/// it looked at: a schema and all in it, a table and all in it, a column.
pub trait Comparator: Send + Sync {
    /// Its name, such as `acme.audit`, by which it can be switched off.
    fn name(&self) -> &str;

    /// Where it is called.
    fn level(&self) -> Level;

    /// The built-in comparator whose turn it shares; `None` when it compares what no built-in one does.
    fn element(&self) -> Option<Element> {
        None
    }

    /// When it is asked.
    fn priority(&self) -> Priority {
        Priority::Medium
    }

    /// The engine it is for; `None` for all.
    fn engine(&self) -> Option<Engine> {
        None
    }

    /// Compares, and puts what it finds into `findings`.
    ///
    /// # Errors
    /// Whatever should stop the comparison.
    fn compare(&self, subject: &Subject<'_>, dialect: &dyn Dialect, findings: &mut Findings) -> Result<Flow>;
}

impl fmt::Debug for dyn Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Comparator({:?})", self.name())
    }
}

/// What comparators have found. All of it leads from the live side to the target; the way back is its reverse.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Directives in any order: they are sorted with all others.
    pub(crate) directives: Vec<Directive>,
    pub(crate) notices: Vec<Notice>,
}

impl Findings {
    /// A difference.
    pub fn directive(&mut self, directive: Directive) {
        self.directives.push(directive);
    }

    /// A difference in a table, by its name on the live side. It is put together with the other changes of the table.
    pub fn change_table(&mut self, table: &QName, change: TableChange) {
        self.directive(Directive::AlterTable(AlterTable {
            table: table.clone(),
            changes: vec![change],
        }));
    }

    /// A difference in a column. It is put together with the other changes of the column.
    pub fn change_column(&mut self, table: &QName, column: &Column, change: ColumnChange) {
        let alter = AlterColumn {
            name: column.name.clone(),
            ty: column.ty.clone(),
            changes: vec![change],
            using: None,
            backfill: None,
        };
        self.change_table(table, TableChange::AlterColumn(alter));
    }

    /// What a person should know.
    pub fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
}
