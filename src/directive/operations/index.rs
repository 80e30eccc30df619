//! Indexes and key parts in a script.

use super::Notes;
use crate::schema::{CONCURRENTLY, Index, IndexPart, Name, Nulls, Order, QName, Sql};

/// One part of a key: `"name"`, `part("name").desc()`, `expr("lower(name)")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(pub(super) IndexPart);

/// A column as part of a key, with more to be said about it.
pub fn part(column: impl Into<Name>) -> Part {
    Part(IndexPart::column(column))
}

/// An expression as part of a key.
pub fn expr(expression: impl Into<Sql>) -> Part {
    Part(IndexPart::expression(expression))
}

impl From<&str> for Part {
    fn from(column: &str) -> Self {
        part(column)
    }
}

impl Part {
    /// Sorted downwards.
    pub fn desc(mut self) -> Self {
        self.0.order = Order::Descending;
        self
    }

    /// NULLs before all others.
    pub fn nulls_first(mut self) -> Self {
        self.0.nulls = Some(Nulls::First);
        self
    }

    /// NULLs after all others.
    pub fn nulls_last(mut self) -> Self {
        self.0.nulls = Some(Nulls::Last);
        self
    }

    /// The collation, when it is not that of the column.
    pub fn collate(mut self, collation: impl Into<Name>) -> Self {
        self.0.collation = Some(collation.into());
        self
    }

    /// The operator class with its parameters.
    pub fn operator_class(mut self, class: impl Into<Sql>) -> Self {
        self.0.operator_class = Some(class.into());
        self
    }

    /// How many leading characters are indexed.
    pub fn length(mut self, characters: u32) -> Self {
        self.0.length = Some(characters);
        self
    }
}

pub(super) fn parts(parts: impl IntoIterator<Item = impl Into<Part>>) -> Vec<IndexPart> {
    parts.into_iter().map(|part| part.into().0).collect()
}

/// An index that a table is dropped with: `index("ix", ["a"]).unique()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec(pub(super) Index);

/// An index over `parts`.
pub fn index(name: impl Into<Name>, parts: impl IntoIterator<Item = impl Into<Part>>) -> IndexSpec {
    IndexSpec(Index {
        parts: self::parts(parts),
        ..Index::new(name)
    })
}

/// What can be said about an index.
pub trait IndexAttributes: Sized {
    /// The index.
    #[doc(hidden)]
    fn index(&mut self) -> &mut Index;

    /// It refuses equal keys.
    fn unique(mut self) -> Self {
        self.index().unique = true;
        self
    }

    /// The index method, when it is not the engine's default.
    fn method(mut self, method: impl Into<Name>) -> Self {
        self.index().method = Some(method.into());
        self
    }

    /// Columns carried along.
    fn include(mut self, columns: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        self.index().include.extend(columns.into_iter().map(Into::into));
        self
    }

    /// The rows it holds: a partial index.
    fn filter(mut self, predicate: impl Into<Sql>) -> Self {
        self.index().predicate = Some(predicate.into());
        self
    }

    /// Two NULLs count as equal.
    fn nulls_not_distinct(mut self) -> Self {
        self.index().nulls_not_distinct = true;
        self
    }

    /// It is built and dropped while others write to its table, outside the transaction of the script, where the engine can do that.
    fn concurrently(self) -> Self {
        self.option(CONCURRENTLY, "")
    }

    /// Its comment.
    fn comment(mut self, text: impl Into<String>) -> Self {
        self.index().comment = Some(text.into());
        self
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.index().options.insert(key.into(), value.into());
        self
    }
}

impl IndexAttributes for IndexSpec {
    fn index(&mut self) -> &mut Index {
        &mut self.0
    }
}

/// The chain after `op.create_index(..)` and `op.drop_index(..)`.
#[derive(Debug)]
pub struct IndexChain<'a> {
    pub(super) table: &'a mut QName,
    pub(super) index: &'a mut Index,
    pub(super) notes: &'a mut Notes,
}

impl IndexChain<'_> {
    /// The table it is on, and what is indexed.
    pub fn on(self, table: impl Into<QName>, parts: impl IntoIterator<Item = impl Into<Part>>) -> Self {
        *self.table = table.into();
        self.index.parts = self::parts(parts);
        self.notes.finished();
        self
    }
}

impl IndexAttributes for IndexChain<'_> {
    fn index(&mut self) -> &mut Index {
        self.index
    }
}

/// The chain after `op.rename_index(..)`.
#[derive(Debug)]
pub struct RenameIndexChain<'a> {
    pub(super) table: &'a mut QName,
    pub(super) notes: &'a mut Notes,
}

impl RenameIndexChain<'_> {
    /// The table it is on.
    pub fn on(self, table: impl Into<QName>) {
        *self.table = table.into();
        self.notes.finished();
    }
}
