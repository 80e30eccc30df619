//! Tables and columns.

use super::{Check, Constraint, Exclude, ForeignKey, Index, Name, PrimaryKey, QName, Sql, TypeName, Unique};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attributes that only some engines have, by name: `strict`, `engine`, `fillfactor`, `on_conflict`.
/// An attribute without a value has an empty one.
pub type Options = BTreeMap<String, String>;

/// A table with everything that lives and dies with it, except objects (triggers, policies) that name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: QName,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Its unique constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uniques: Vec<Unique>,
    /// Its foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its check constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Its exclusion constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<Exclude>,
    /// Its indexes, without those that implement a constraint; sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The whole definition, only when the reflector could not read it into the fields above: such a table is compared
    /// as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Sql>,
}

impl Table {
    /// An empty table of that name.
    pub fn new(name: impl Into<QName>) -> Self {
        Self {
            name: name.into(),
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            excludes: Vec::new(),
            indexes: Vec::new(),
            options: Options::new(),
            comment: None,
            definition: None,
        }
    }

    /// The column of exactly that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name.as_str() == name)
    }

    /// All constraints: primary key, unique, foreign keys, checks, excludes, each in its order.
    pub fn constraints(&self) -> impl Iterator<Item = Constraint> {
        self.primary_key
            .iter()
            .cloned()
            .map(Constraint::PrimaryKey)
            .chain(self.uniques.iter().cloned().map(Constraint::Unique))
            .chain(self.foreign_keys.iter().cloned().map(Constraint::ForeignKey))
            .chain(self.checks.iter().cloned().map(Constraint::Check))
            .chain(self.excludes.iter().cloned().map(Constraint::Exclude))
    }

    /// The tables that it is a partition of or inherits from, as its options name them.
    pub fn parents(&self) -> Vec<QName> {
        let named = ["partition_of", "inherits"]
            .iter()
            .filter_map(|key| self.options.get(*key));
        named.flat_map(|names| qualified_names(names)).collect()
    }

    /// Puts a constraint where it belongs. A second primary key replaces the first.
    pub fn add_constraint(&mut self, constraint: Constraint) {
        match constraint {
            Constraint::PrimaryKey(c) => self.primary_key = Some(c),
            Constraint::Unique(c) => self.uniques.push(c),
            Constraint::ForeignKey(c) => self.foreign_keys.push(c),
            Constraint::Check(c) => self.checks.push(c),
            Constraint::Exclude(c) => self.excludes.push(c),
        }
    }
}

/// The key under which [`Options`] say that something comes from a parent of the table and goes with it.
pub const INHERITED: &str = "inherited";

/// The key under which [`Options`] say that a key or an index of a partitioned table is not one of all its partitions.
pub const ONLY: &str = "only";

/// The names in a list of SQL identifiers, each perhaps with a namespace: `a, "B".c`.
fn qualified_names(list: &str) -> Vec<QName> {
    let mut names = Vec::new();
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = list.chars().peekable();
    let mut finish = |parts: &mut Vec<String>| {
        let name = Name::new(parts.pop().unwrap_or_default());
        let namespace = parts.pop().map(Name::new);
        *parts = vec![String::new()];
        names.push(QName { namespace, name });
    };
    while let Some(c) = characters.next() {
        let last = parts.len() - 1;
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                parts[last].push(c);
            }
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            ',' if !is_quoted => finish(&mut parts),
            ' ' if !is_quoted => {}
            _ => parts[last].push(c),
        }
    }
    finish(&mut parts);
    names
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type as the engine spells it; may be empty where the engine allows that.
    #[serde(rename = "type")]
    pub ty: TypeName,
    /// Whether it refuses NULL by a NOT NULL of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_null: bool,
    /// Its default as the engine spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Sql>,
    /// Its collation, when it is not the default of its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<Name>,
    /// The expression it is computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// How it numbers rows by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Its comment; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Attributes that only some engines have.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

impl Column {
    /// A nullable column without anything else.
    pub fn new(name: impl Into<Name>, ty: impl Into<TypeName>) -> Self {
        Self {
            name: name.into(),
            ty: ty.into(),
            not_null: false,
            default: None,
            collation: None,
            generated: None,
            identity: None,
            comment: None,
            options: Options::new(),
        }
    }
}

/// The expression of a generated column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression without its outer parentheses.
    pub expression: Sql,
    /// Whether the value is kept.
    pub kind: GeneratedKind,
}

/// Whether a generated value is kept in the row or computed when read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneratedKind {
    /// Kept in the row.
    Stored,
    /// Computed when read.
    Virtual,
}

/// How a column numbers rows by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// `GENERATED ALWAYS AS IDENTITY`.
    Always(SequenceOptions),
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    ByDefault(SequenceOptions),
    /// `AUTOINCREMENT`, `AUTO_INCREMENT`: the engine's own counter.
    Auto,
}

/// Options of a sequence; `None` is the engine's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceOptions {
    /// `START WITH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// `INCREMENT BY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub increment: Option<i64>,
    /// `MINVALUE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// `MAXVALUE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// `CACHE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
    /// `CYCLE`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_knows_its_parents_by_its_options() {
        let mut table = Table::new("t");
        assert!(table.parents().is_empty());
        let list = "public.a, \"B\".\"c, \"\".d\"";
        table.options.insert("inherits".to_owned(), list.to_owned());
        assert_eq!(table.parents(), [("public", "a").into(), ("B", "c, \".d").into()]);
    }
}
