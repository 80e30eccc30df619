//! Indexes and the parts that index and constraint keys are made of.

use super::{Name, Options, Sql};
use serde::{Deserialize, Serialize};

/// An index that is not the means of a constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: Name,
    /// Whether it refuses equal keys.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// The index method, when it is not the engine's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Name>,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart>,
    /// Columns carried along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Name>,
    /// The rows it holds (a partial index).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Sql>,
    /// Whether two NULLs count as equal in a unique index.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// The key under which the [`Options`] of an index say that it is built and dropped while others write to its table. It says how, not
/// what: it is no difference.
pub const CONCURRENTLY: &str = "concurrently";

impl Index {
    /// A plain index of that name without parts.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            name: name.into(),
            unique: false,
            method: None,
            parts: Vec::new(),
            include: Vec::new(),
            predicate: None,
            nulls_not_distinct: false,
            comment: None,
            options: Options::new(),
        }
    }
}

/// One part of a key: a column or an expression, and how it is sorted and compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPart {
    /// The column or expression.
    #[serde(flatten)]
    pub target: PartTarget,
    /// Ascending or descending.
    #[serde(default, skip_serializing_if = "Order::is_default")]
    pub order: Order,
    /// Where NULLs go, when that is not the engine's default for the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<Nulls>,
    /// The collation, when it is not that of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<Name>,
    /// The operator class with its parameters, when it is not the default of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<Sql>,
    /// How many leading characters are indexed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

impl IndexPart {
    fn of(target: PartTarget) -> Self {
        Self {
            target,
            order: Order::Ascending,
            nulls: None,
            collation: None,
            operator_class: None,
            length: None,
        }
    }

    /// A column, ascending.
    pub fn column(name: impl Into<Name>) -> Self {
        Self::of(PartTarget::Column(name.into()))
    }

    /// An expression, ascending.
    pub fn expression(sql: impl Into<Sql>) -> Self {
        Self::of(PartTarget::Expression(sql.into()))
    }

    /// The column's name, when it is a column.
    pub fn column_name(&self) -> Option<&Name> {
        match &self.target {
            PartTarget::Column(name) => Some(name),
            PartTarget::Expression(_) => None,
        }
    }
}

/// What a key part is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartTarget {
    /// A column.
    Column(Name),
    /// An expression without its outer parentheses.
    Expression(Sql),
}

/// Sort order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// `ASC`, the default.
    #[default]
    Ascending,
    /// `DESC`.
    Descending,
}

impl Order {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where NULLs are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// `NULLS FIRST`.
    First,
    /// `NULLS LAST`.
    Last,
}
