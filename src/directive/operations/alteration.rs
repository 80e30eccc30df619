//! Changes of a column in a script: the type it has, then each change with old and new beside each other.

use super::{IdentitySpec, Type};
use crate::directive::{AlterColumn, Change, ColumnChange, OptionChange};
use crate::schema::{Generated, Name, Sql, TypeName};

/// The changes of a column without its name: `varchar(255).to(varchar(320)).set_not_null()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alteration {
    alter: AlterColumn,
    /// The type after the changes so far.
    now: TypeName,
}

impl Alteration {
    /// How values are converted when the type changes (`USING`): an expression over the old row.
    pub fn using(mut self, expression: impl Into<Sql>) -> Self {
        self.alter.using = Some(expression.into());
        self
    }

    /// What NULLs become when the column gets NOT NULL: an expression over the old row.
    pub fn backfill(mut self, expression: impl Into<Sql>) -> Self {
        self.alter.backfill = Some(expression.into());
        self
    }

    pub(super) fn named(mut self, name: Name) -> AlterColumn {
        self.alter.name = name;
        self.alter
    }
}

impl From<Type> for Alteration {
    fn from(ty: Type) -> Self {
        let now = TypeName::from(ty);
        let alter = AlterColumn {
            name: "".into(),
            ty: now.clone(),
            changes: Vec::new(),
            using: None,
            backfill: None,
        };
        Self { alter, now }
    }
}

macro_rules! attribute_changes {
    ($($variant:ident, $what:literal, $new_type:ty, $convert:expr => $set:ident, $drop:ident, $change:ident;)*) => {
        $(
            #[doc = concat!("Gives it ", $what, ", where it had none.")]
            fn $set(self, new: impl Into<$new_type>) -> Alteration {
                self.change(ColumnChange::$variant(Change::new(None, Some($convert(new.into())))))
            }

            #[doc = concat!("Takes ", $what, " from it; `old` is what it had.")]
            fn $drop(self, old: impl Into<$new_type>) -> Alteration {
                self.change(ColumnChange::$variant(Change::new(Some($convert(old.into())), None)))
            }

            #[doc = concat!("Replaces ", $what, " that it had by another.")]
            fn $change(self, old: impl Into<$new_type>, new: impl Into<$new_type>) -> Alteration {
                self.change(ColumnChange::$variant(Change::new(
                    Some($convert(old.into())),
                    Some($convert(new.into())),
                )))
            }
        )*
    };
}

/// What can change about a column; on the type it has, and on changes begun.
pub trait ColumnChanges: Into<Alteration> {
    /// Adds a change.
    #[doc(hidden)]
    fn change(self, change: ColumnChange) -> Alteration {
        let mut alteration = self.into();
        alteration.alter.changes.push(change);
        alteration
    }

    /// Changes the type to `new`.
    fn to(self, new: Type) -> Alteration {
        let mut alteration = self.into();
        let new = TypeName::from(new);
        let old = std::mem::replace(&mut alteration.now, new.clone());
        alteration.change(ColumnChange::Type(Change::new(old, new)))
    }

    /// Changes nothing by itself; for a `backfill` or `using` without another change.
    fn unchanged(self) -> Alteration {
        self.into()
    }

    /// It refuses NULL from now on.
    fn set_not_null(self) -> Alteration {
        self.change(ColumnChange::NotNull(Change::new(false, true)))
    }

    /// It takes NULL from now on.
    fn drop_not_null(self) -> Alteration {
        self.change(ColumnChange::NotNull(Change::new(true, false)))
    }

    attribute_changes! {
        Default, "a default", Sql, |new| new => set_default, drop_default, change_default;
        Collation, "a collation", Name, |new| new => set_collation, drop_collation, change_collation;
        Generated, "an expression it is computed from", Generated, |new| new
            => set_generated, drop_generated, change_generated;
        Identity, "a way to number rows", IdentitySpec, |new: IdentitySpec| new.0
            => set_identity, drop_identity, change_identity;
        Comment, "a comment", String, |new| new => set_comment, drop_comment, change_comment;
    }

    /// Gives it an attribute that only some engines have.
    fn set_option(self, key: impl Into<String>, new: impl Into<String>) -> Alteration {
        self.change(ColumnChange::Option(option_change(key, None, Some(new.into()))))
    }

    /// Takes such an attribute from it; `old` is its value.
    fn drop_option(self, key: impl Into<String>, old: impl Into<String>) -> Alteration {
        self.change(ColumnChange::Option(option_change(key, Some(old.into()), None)))
    }

    /// Gives such an attribute another value.
    fn change_option(
        self,
        key: impl Into<String>,
        old: impl Into<String>,
        new: impl Into<String>,
    ) -> Alteration {
        self.change(ColumnChange::Option(option_change(
            key,
            Some(old.into()),
            Some(new.into()),
        )))
    }
}

impl ColumnChanges for Type {}
impl ColumnChanges for Alteration {}

pub(super) fn option_change(
    key: impl Into<String>,
    old: Option<String>,
    new: Option<String>,
) -> OptionChange {
    OptionChange {
        key: key.into(),
        value: Change::new(old, new),
    }
}
