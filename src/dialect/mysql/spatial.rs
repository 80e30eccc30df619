//! Spatial indexes over columns that get another reference system: MySQL wants them gone before (error 3884), in a statement of its own.
//!
//! In comes a table before and after; out come the indexes to drop in front of the change and to add behind it. MariaDB does not look.

use super::{Flavour, Mysql, option};
use crate::schema::{Column, Index, IndexPart, Table};

/// Indexes that cannot be there while a column changes.
#[derive(Debug, Default)]
pub(super) struct InTheWay<'t> {
    /// Those there are.
    pub(super) gone: Vec<&'t Index>,
    /// Those there will be.
    pub(super) again: Vec<&'t Index>,
}

impl<'t> InTheWay<'t> {
    /// Of a table that becomes another; columns have their new names in both.
    pub(super) fn of(old: &'t Table, new: &'t Table, naming: Mysql) -> Self {
        if naming.flavour == Flavour::Mariadb {
            return Self::default();
        }
        let srid = |column: &Column| column.options.get(option::SRID).cloned();
        let changes = |column: &&Column| {
            let is_it = |other: &&Column| naming.same(&other.name, &column.name);
            new.columns
                .iter()
                .find(is_it)
                .is_some_and(|other| srid(other) != srid(column))
        };
        let changing: Vec<&Column> = old.columns.iter().filter(changes).collect();
        let is_over = |index: &&Index| {
            index.method.as_deref() == Some("spatial")
                && index.parts.iter().filter_map(IndexPart::column_name).any(|name| {
                    let mut columns = changing.iter();
                    columns.any(|column| naming.same(&column.name, name))
                })
        };
        Self {
            gone: old.indexes.iter().filter(is_over).collect(),
            again: new.indexes.iter().filter(is_over).collect(),
        }
    }

    /// Whether an index that goes is one of them.
    pub(super) fn takes(&self, name: &str, naming: Mysql) -> bool {
        self.gone.iter().any(|index| naming.same(&index.name, name))
    }

    /// Whether an index that comes is one of them.
    pub(super) fn gives(&self, name: &str, naming: Mysql) -> bool {
        self.again.iter().any(|index| naming.same(&index.name, name))
    }
}
