//! Table constraints.

use super::{IndexPart, Name, Options, QName, Sql};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Any table constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Constraint {
    /// `PRIMARY KEY`.
    PrimaryKey(PrimaryKey),
    /// `UNIQUE`.
    Unique(Unique),
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `CHECK`.
    Check(Check),
    /// `EXCLUDE`.
    Exclude(Exclude),
}

impl Constraint {
    /// Its kind.
    pub fn kind(&self) -> ConstraintKind {
        match self {
            Self::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Self::Unique(_) => ConstraintKind::Unique,
            Self::ForeignKey(_) => ConstraintKind::ForeignKey,
            Self::Check(_) => ConstraintKind::Check,
            Self::Exclude(_) => ConstraintKind::Exclude,
        }
    }

    /// Its name, where it has one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::PrimaryKey(c) => c.name.as_ref(),
            Self::Unique(c) => c.name.as_ref(),
            Self::ForeignKey(c) => c.name.as_ref(),
            Self::Check(c) => c.name.as_ref(),
            Self::Exclude(c) => c.name.as_ref(),
        }
    }

    /// The attributes that only some engines have.
    pub fn options(&self) -> &Options {
        match self {
            Self::PrimaryKey(c) => &c.options,
            Self::Unique(c) => &c.options,
            Self::ForeignKey(c) => &c.options,
            Self::Check(c) => &c.options,
            Self::Exclude(c) => &c.options,
        }
    }

    /// Gives it another name, or none.
    pub fn set_name(&mut self, name: Option<Name>) {
        match self {
            Self::PrimaryKey(c) => c.name = name,
            Self::Unique(c) => c.name = name,
            Self::ForeignKey(c) => c.name = name,
            Self::Check(c) => c.name = name,
            Self::Exclude(c) => c.name = name,
        }
    }
}

/// The kinds of table constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// `PRIMARY KEY`.
    PrimaryKey,
    /// `UNIQUE`.
    Unique,
    /// `FOREIGN KEY`.
    ForeignKey,
    /// `CHECK`.
    Check,
    /// `EXCLUDE`.
    Exclude,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique constraint",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Exclude => "exclusion constraint",
        })
    }
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its columns in order.
    pub columns: Vec<IndexPart>,
    /// Columns carried along without being part of the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Name>,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_default")]
    pub deferral: Deferral,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its columns in order.
    pub columns: Vec<IndexPart>,
    /// Columns carried along without being part of the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Name>,
    /// Whether two NULLs count as equal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_default")]
    pub deferral: Deferral,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The referring columns in order.
    pub columns: Vec<Name>,
    /// The table referred to.
    pub table: QName,
    /// The columns referred to; empty for the primary key of that table, where the engine allows that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub referenced: Vec<Name>,
    /// What happens to the rows when the key referred to changes.
    #[serde(default, skip_serializing_if = "Action::is_default")]
    pub on_update: Action,
    /// What happens to the rows when the row referred to goes.
    #[serde(default, skip_serializing_if = "Action::is_default")]
    pub on_delete: Action,
    /// How NULLs match.
    #[serde(default, rename = "match", skip_serializing_if = "MatchKind::is_default")]
    pub match_kind: MatchKind,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_default")]
    pub deferral: Deferral,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The condition without its outer parentheses.
    pub expression: Sql,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// An exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclude {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The index method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Name>,
    /// What is compared, each with the operator it is compared by.
    pub elements: Vec<(IndexPart, String)>,
    /// Columns carried along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Name>,
    /// The rows it looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Sql>,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_default")]
    pub deferral: Deferral,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

macro_rules! default_is_left_out {
    ($($name:ident),*) => {
        $(impl $name {
            fn is_default(&self) -> bool {
                *self == Self::default()
            }
        })*
    };
}

default_is_left_out!(Action, MatchKind, Deferral);

/// What happens to referring rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// `NO ACTION`, the default.
    #[default]
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

impl Action {
    /// The SQL words.
    pub fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// How a composite foreign key treats NULLs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// `MATCH SIMPLE`, the default.
    #[default]
    Simple,
    /// `MATCH FULL`.
    Full,
    /// `MATCH PARTIAL`.
    Partial,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferral {
    /// `NOT DEFERRABLE`, the default.
    #[default]
    NotDeferrable,
    /// `DEFERRABLE INITIALLY IMMEDIATE`.
    Immediate,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    Deferred,
}
