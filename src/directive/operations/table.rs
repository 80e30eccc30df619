//! A whole table in a script.

use super::{ColumnSpec, Condition, ConstraintName, Exclusion, ForeignKeySpec, IndexSpec, Key, Notes};
use crate::schema::{Name, Sql, Table};

/// The chain after `op.create_table(..)` and `op.drop_table(..)`: everything the table has.
#[derive(Debug)]
pub struct TableChain<'a> {
    pub(super) table: &'a mut Table,
    pub(super) notes: &'a mut Notes,
}

impl TableChain<'_> {
    /// A column: `.column("id", bigint().not_null())`.
    pub fn column(self, name: impl Into<Name>, spec: impl Into<ColumnSpec>) -> Self {
        self.table.columns.push(spec.into().named(name.into()));
        self
    }

    /// The primary key: `.primary_key("orders_pkey", ["id"])`.
    pub fn primary_key(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        if self.table.primary_key.is_some() {
            self.notes
                .mistake(&format!("table {} has two primary keys", self.table.name));
        }
        self.table.primary_key = Some(key.into().primary(name.into(), self.notes));
        self
    }

    /// A unique constraint: `.unique("orders_number_key", ["number"])`.
    pub fn unique(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        self.table.uniques.push(key.into().unique(name.into()));
        self
    }

    /// A foreign key: `.foreign_key(foreign_key("fk", ["a_id"]).references("a", ["id"]))`.
    pub fn foreign_key(self, key: ForeignKeySpec) -> Self {
        self.table.foreign_keys.push(key.0);
        self
    }

    /// A check: `.check("total_check", "total >= 0")`.
    pub fn check(self, name: impl Into<ConstraintName>, condition: impl Into<Condition>) -> Self {
        self.table.checks.push(condition.into().named(name.into()));
        self
    }

    /// An exclusion constraint: `.exclude("no_overlap", exclusion().element("room", "="))`.
    pub fn exclude(self, name: impl Into<ConstraintName>, exclusion: Exclusion) -> Self {
        self.table.excludes.push(exclusion.named(name.into()));
        self
    }

    /// An index that goes and comes with the table: `.index(index("ix", ["a"]).unique())`.
    pub fn index(self, index: IndexSpec) -> Self {
        self.table.indexes.push(index.0);
        self
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    pub fn option(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.table.options.insert(key.into(), value.into());
        self
    }

    /// Its comment.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.table.comment = Some(text.into());
        self
    }

    /// The statement that creates it, for a table that the rest of the chain cannot describe.
    pub fn definition(self, sql: impl Into<Sql>) -> Self {
        self.table.definition = Some(sql.into());
        self
    }
}
