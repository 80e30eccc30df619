//! Columns in a script: a type and what is said about it.

use super::{IdentitySpec, Type};
use crate::directive::NewColumn;
use crate::schema::{Column, Generated, GeneratedKind, Name, Sql};

/// A column without its name: `varchar(20).not_null()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec(Column);

impl ColumnSpec {
    pub(super) fn named(mut self, name: Name) -> Column {
        self.0.name = name;
        self.0
    }
}

impl From<Type> for ColumnSpec {
    fn from(ty: Type) -> Self {
        Self(Column::new("", ty))
    }
}

/// A column that comes to a table or goes from it, without its name: `text().not_null().backfill("''")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewColumnSpec(NewColumn);

impl NewColumnSpec {
    pub(super) fn named(mut self, name: Name) -> NewColumn {
        self.0.column.name = name;
        self.0
    }
}

impl From<Type> for NewColumnSpec {
    fn from(ty: Type) -> Self {
        ColumnSpec::from(ty).into()
    }
}

impl From<ColumnSpec> for NewColumnSpec {
    fn from(spec: ColumnSpec) -> Self {
        Self(spec.0.into())
    }
}

/// What can be said about a column; on a type, and on what it becomes.
pub trait ColumnAttributes: Sized {
    /// What it is once something was said about it.
    type Spec;

    /// Edits the column.
    #[doc(hidden)]
    fn edit(self, edit: impl FnOnce(&mut Column)) -> Self::Spec;

    /// It refuses NULL.
    fn not_null(self) -> Self::Spec {
        self.edit(|column| column.not_null = true)
    }

    /// Its default, as SQL: `default("'new'")`.
    fn default(self, expression: impl Into<Sql>) -> Self::Spec {
        self.edit(|column| column.default = Some(expression.into()))
    }

    /// Its collation.
    fn collate(self, collation: impl Into<Name>) -> Self::Spec {
        self.edit(|column| column.collation = Some(collation.into()))
    }

    /// It is computed from an expression and kept in the row.
    fn generated_stored(self, expression: impl Into<Sql>) -> Self::Spec {
        self.edit(|column| column.generated = Some(generated_stored(expression)))
    }

    /// It is computed from an expression when it is read.
    fn generated_virtual(self, expression: impl Into<Sql>) -> Self::Spec {
        self.edit(|column| column.generated = Some(generated_virtual(expression)))
    }

    /// It numbers rows: `identity(Always)`, `identity(ByDefault.start(1000))`.
    fn identity(self, identity: impl Into<IdentitySpec>) -> Self::Spec {
        self.edit(|column| column.identity = Some(identity.into().0))
    }

    /// It numbers rows by the engine's own counter.
    fn autoincrement(self) -> Self::Spec {
        self.identity(super::autoincrement())
    }

    /// Its comment.
    fn comment(self, text: impl Into<String>) -> Self::Spec {
        self.edit(|column| column.comment = Some(text.into()))
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    fn option(self, key: impl Into<String>, value: impl Into<String>) -> Self::Spec {
        self.edit(|column| {
            column.options.insert(key.into(), value.into());
        })
    }
}

impl ColumnAttributes for Type {
    type Spec = ColumnSpec;

    fn edit(self, edit: impl FnOnce(&mut Column)) -> ColumnSpec {
        ColumnSpec::from(self).edit(edit)
    }
}

impl ColumnAttributes for ColumnSpec {
    type Spec = Self;

    fn edit(mut self, edit: impl FnOnce(&mut Column)) -> Self {
        edit(&mut self.0);
        self
    }
}

impl ColumnAttributes for NewColumnSpec {
    type Spec = Self;

    fn edit(mut self, edit: impl FnOnce(&mut Column)) -> Self {
        edit(&mut self.0.column);
        self
    }
}

/// What can be said about a column that comes to a table or goes from it.
pub trait NewColumnAttributes: Into<NewColumnSpec> {
    /// What rows that exist get: an expression over the old row.
    fn backfill(self, expression: impl Into<Sql>) -> NewColumnSpec {
        let mut spec = self.into();
        spec.0.backfill = Some(expression.into());
        spec
    }

    /// It stands after that column.
    fn after(self, column: impl Into<Name>) -> NewColumnSpec {
        let mut spec = self.into();
        spec.0.after = Some(column.into());
        spec
    }

    /// It is the first column.
    fn first(self) -> NewColumnSpec {
        self.after("")
    }
}

impl NewColumnAttributes for Type {}
impl NewColumnAttributes for ColumnSpec {}
impl NewColumnAttributes for NewColumnSpec {}

/// The expression of a generated column that is kept in the row, for a change: `set_generated(generated_stored("a + b"))`.
pub fn generated_stored(expression: impl Into<Sql>) -> Generated {
    Generated {
        expression: expression.into(),
        kind: GeneratedKind::Stored,
    }
}

/// The expression of a generated column that is computed when read, for a change.
pub fn generated_virtual(expression: impl Into<Sql>) -> Generated {
    Generated {
        expression: expression.into(),
        kind: GeneratedKind::Virtual,
    }
}
