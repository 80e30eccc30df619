//! The directives as data.

use super::{Code, Custom};
use crate::schema::{
    Column, Constraint, ConstraintKind, EnumType, Generated, Identity, Index, Name, Namespace, Object, QName,
    Sequence, Sql, Table, TypeName,
};
use serde::{Deserialize, Serialize};

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    /// Before.
    pub old: T,
    /// After.
    pub new: T,
}

impl<T> Change<T> {
    /// From `old` to `new`.
    pub fn new(old: T, new: T) -> Self {
        Self { old, new }
    }

    /// From `new` to `old`.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            old: self.new,
            new: self.old,
        }
    }
}

/// One change of a schema, or one step on its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "directive")]
pub enum Directive {
    /// `CREATE SCHEMA`.
    CreateNamespace(Namespace),
    /// `DROP SCHEMA`; remembers what is dropped.
    DropNamespace(Namespace),
    /// A new table without its indexes, which are directives of their own.
    CreateTable(Box<Table>),
    /// Drops a table; remembers all of it, indexes too.
    DropTable(Box<Table>),
    /// Gives a table another name.
    RenameTable(Change<QName>),
    /// All changes of one table.
    AlterTable(AlterTable),
    /// A new index.
    CreateIndex {
        /// The table it is on.
        table: QName,
        /// The index.
        index: Box<Index>,
    },
    /// Drops an index; remembers it.
    DropIndex {
        /// The table it is on.
        table: QName,
        /// The index.
        index: Box<Index>,
    },
    /// Gives an index another name.
    RenameIndex {
        /// The table it is on.
        table: QName,
        /// Its names.
        name: Change<Name>,
    },
    /// A new sequence.
    CreateSequence(Sequence),
    /// Drops a sequence; remembers it.
    DropSequence(Sequence),
    /// Changes a sequence.
    AlterSequence(Box<Change<Sequence>>),
    /// A new enum type.
    CreateEnum(EnumType),
    /// Drops an enum type; remembers it.
    DropEnum(EnumType),
    /// Changes the values of an enum type.
    AlterEnum {
        /// The type before and after.
        change: Change<EnumType>,
        /// Values that get another name, old to new.
        renamed: Vec<Change<String>>,
    },
    /// A new object of another kind.
    CreateObject(Object),
    /// Drops an object of another kind; remembers it.
    DropObject(Object),
    /// Replaces an object in place (`CREATE OR REPLACE`), or changes its comment only.
    ReplaceObject(Box<Change<Object>>),
    /// SQL of the user's own, kept to the byte.
    Execute {
        /// One or several statements.
        sql: Sql,
    },
    /// Rows of the user's own.
    BulkInsert(BulkInsert),
    /// A directive of the user's own.
    Custom(Custom),
    /// Code of the user's own, which only a compiled program has.
    Run(Code),
    /// Stops the run: this direction cannot be gone.
    Irreversible {
        /// Why.
        why: String,
    },
}

/// All changes of one table, in the order in which they are thought to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterTable {
    /// The table's name at that moment.
    pub table: QName,
    /// Its changes.
    pub changes: Vec<TableChange>,
}

/// One change of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum TableChange {
    /// Gives a column another name.
    RenameColumn(Change<Name>),
    /// Drops a constraint; remembers it.
    DropConstraint {
        /// The constraint.
        constraint: Constraint,
    },
    /// Changes a column.
    AlterColumn(AlterColumn),
    /// A new column.
    AddColumn(NewColumn),
    /// Drops a column; remembers it and where it stood.
    DropColumn(NewColumn),
    /// A new constraint.
    AddConstraint {
        /// The constraint.
        constraint: Constraint,
    },
    /// Gives a constraint another name; `None` is no name.
    RenameConstraint {
        /// Its kind.
        kind: ConstraintKind,
        /// Its names.
        name: Change<Option<Name>>,
    },
    /// Changes an attribute that only some engines have.
    SetOption(OptionChange),
    /// Changes the comment.
    SetComment(Change<Option<String>>),
    /// Replaces a definition that could not be read into the model.
    SetDefinition(Change<Sql>),
    /// Puts the columns in another order.
    ReorderColumns(Change<Vec<Name>>),
}

/// A column that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewColumn {
    /// The column.
    pub column: Column,
    /// The column it stands after: `None` when that does not matter, an empty name for the first place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Name>,
    /// What rows that exist get, when that is not the default: an expression over the old row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Sql>,
}

impl From<Column> for NewColumn {
    fn from(column: Column) -> Self {
        Self {
            column,
            after: None,
            backfill: None,
        }
    }
}

/// The changes of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterColumn {
    /// Its name (after a rename in the same directive, the new one).
    pub name: Name,
    /// Its type before, for the reader; the same as in a `Type` change.
    #[serde(rename = "type")]
    pub ty: TypeName,
    /// The changes.
    pub changes: Vec<ColumnChange>,
    /// How values are converted when the type changes (`USING`): an expression over the old row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<Sql>,
    /// What NULLs become when the column gets NOT NULL: an expression over the old row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Sql>,
}

/// One change of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "attribute")]
pub enum ColumnChange {
    /// Its type.
    Type(Change<TypeName>),
    /// Whether it refuses NULL.
    NotNull(Change<bool>),
    /// Its default.
    Default(Change<Option<Sql>>),
    /// Its collation.
    Collation(Change<Option<Name>>),
    /// The expression it is computed from.
    Generated(Change<Option<Generated>>),
    /// How it numbers rows.
    Identity(Change<Option<Identity>>),
    /// Its comment.
    Comment(Change<Option<String>>),
    /// An attribute that only some engines have.
    Option(OptionChange),
}

/// A change of an attribute that only some engines have; `None` is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionChange {
    /// The attribute.
    pub key: String,
    /// Its values.
    pub value: Change<Option<String>>,
}

/// Rows to insert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkInsert {
    /// The table.
    pub table: QName,
    /// The columns.
    pub columns: Vec<Name>,
    /// The rows; each as long as `columns`.
    pub rows: Vec<Vec<Literal>>,
}

/// A value in a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// `NULL`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text.
    Text(String),
}

impl Directive {
    /// The table it creates, drops or changes, by the name it has when the directive starts.
    pub fn table(&self) -> Option<&QName> {
        match self {
            Self::CreateTable(table) | Self::DropTable(table) => Some(&table.name),
            Self::RenameTable(names) => Some(&names.old),
            Self::AlterTable(alter) => Some(&alter.table),
            Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RenameIndex { table, .. } => Some(table),
            Self::BulkInsert(insert) => Some(&insert.table),
            Self::CreateObject(object) | Self::DropObject(object) => object.id.on.as_ref(),
            Self::ReplaceObject(change) => change.new.id.on.as_ref(),
            Self::CreateNamespace(_)
            | Self::DropNamespace(_)
            | Self::CreateSequence(_)
            | Self::DropSequence(_)
            | Self::AlterSequence(_)
            | Self::CreateEnum(_)
            | Self::DropEnum(_)
            | Self::AlterEnum { .. }
            | Self::Execute { .. }
            | Self::Custom(_)
            | Self::Run(_)
            | Self::Irreversible { .. } => None,
        }
    }

    /// Takes from others what knows what to do with a directive of its name, if nothing does.
    #[cfg(feature = "connect")]
    pub(crate) fn adopt_behaviour(&mut self, others: &[Self]) {
        for other in others {
            match (&mut *self, other) {
                (Self::Custom(custom), Self::Custom(other)) => custom.adopt(other),
                (Self::Run(code), Self::Run(other)) => code.adopt(other),
                (
                    Self::CreateObject(object) | Self::DropObject(object),
                    Self::CreateObject(other) | Self::DropObject(other),
                ) if object.id.kind == other.id.kind => object.id.kind = other.id.kind.clone(),
                (Self::ReplaceObject(change), Self::ReplaceObject(other))
                    if change.new.id.kind == other.new.id.kind =>
                {
                    change.old.id.kind = other.old.id.kind.clone();
                    change.new.id.kind = other.new.id.kind.clone();
                }
                _ => {}
            }
        }
    }

    /// Whether the user knows best what it does: the database is looked at again behind it, where there is one.
    pub fn is_opaque(&self) -> bool {
        matches!(
            self,
            Self::Execute { .. } | Self::BulkInsert(_) | Self::Custom(_) | Self::Run(_)
        )
    }
}
