//! The changes of one table in a script, in the order in which they are written.

use super::alteration::option_change;
use super::{Alteration, Condition, ConstraintName, Exclusion, ForeignKeySpec, Key, NewColumnSpec, Notes};
use crate::directive::{Change, TableChange};
use crate::schema::{Constraint, ConstraintKind, Name, Sql};

/// The chain after `op.alter_table(..)`.
#[derive(Debug)]
pub struct AlterTableChain<'a> {
    pub(super) changes: &'a mut Vec<TableChange>,
    pub(super) notes: &'a mut Notes,
}

impl AlterTableChain<'_> {
    fn change(self, change: TableChange) -> Self {
        self.changes.push(change);
        self
    }

    fn add(self, constraint: Constraint) -> Self {
        self.change(TableChange::AddConstraint { constraint })
    }

    fn drop(self, constraint: Constraint) -> Self {
        self.change(TableChange::DropConstraint { constraint })
    }

    fn rename(
        self,
        kind: ConstraintKind,
        old: impl Into<ConstraintName>,
        new: impl Into<ConstraintName>,
    ) -> Self {
        self.change(TableChange::RenameConstraint {
            kind,
            name: Change::new(old.into().0, new.into().0),
        })
    }

    /// Gives a column another name.
    pub fn rename_column(self, old: impl Into<Name>, new: impl Into<Name>) -> Self {
        self.change(TableChange::RenameColumn(Change::new(old.into(), new.into())))
    }

    /// A new column: `.add_column("vat_id", text().not_null().backfill("''"))`.
    pub fn add_column(self, name: impl Into<Name>, spec: impl Into<NewColumnSpec>) -> Self {
        self.change(TableChange::AddColumn(spec.into().named(name.into())))
    }

    /// Drops a column; what it was is remembered: `.drop_column("fax", varchar(40))`.
    pub fn drop_column(self, name: impl Into<Name>, spec: impl Into<NewColumnSpec>) -> Self {
        self.change(TableChange::DropColumn(spec.into().named(name.into())))
    }

    /// Changes a column: `.alter_column("email", varchar(255).to(varchar(320)).set_not_null())`.
    pub fn alter_column(self, name: impl Into<Name>, alteration: Alteration) -> Self {
        self.change(TableChange::AlterColumn(alteration.named(name.into())))
    }

    /// A new primary key.
    pub fn add_primary_key(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        let key = key.into().primary(name.into(), self.notes);
        self.add(Constraint::PrimaryKey(key))
    }

    /// Drops the primary key; what it was is remembered.
    pub fn drop_primary_key(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        let key = key.into().primary(name.into(), self.notes);
        self.drop(Constraint::PrimaryKey(key))
    }

    /// Gives the primary key another name.
    pub fn rename_primary_key(self, old: impl Into<ConstraintName>, new: impl Into<ConstraintName>) -> Self {
        self.rename(ConstraintKind::PrimaryKey, old, new)
    }

    /// A new unique constraint.
    pub fn add_unique(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        self.add(Constraint::Unique(key.into().unique(name.into())))
    }

    /// Drops a unique constraint; what it was is remembered.
    pub fn drop_unique(self, name: impl Into<ConstraintName>, key: impl Into<Key>) -> Self {
        self.drop(Constraint::Unique(key.into().unique(name.into())))
    }

    /// Gives a unique constraint another name.
    pub fn rename_unique(self, old: impl Into<ConstraintName>, new: impl Into<ConstraintName>) -> Self {
        self.rename(ConstraintKind::Unique, old, new)
    }

    /// A new foreign key.
    pub fn add_foreign_key(self, key: ForeignKeySpec) -> Self {
        self.add(Constraint::ForeignKey(key.0))
    }

    /// Drops a foreign key; what it was is remembered.
    pub fn drop_foreign_key(self, key: ForeignKeySpec) -> Self {
        self.drop(Constraint::ForeignKey(key.0))
    }

    /// Gives a foreign key another name.
    pub fn rename_foreign_key(self, old: impl Into<ConstraintName>, new: impl Into<ConstraintName>) -> Self {
        self.rename(ConstraintKind::ForeignKey, old, new)
    }

    /// A new check.
    pub fn add_check(self, name: impl Into<ConstraintName>, condition: impl Into<Condition>) -> Self {
        self.add(Constraint::Check(condition.into().named(name.into())))
    }

    /// Drops a check; what it was is remembered.
    pub fn drop_check(self, name: impl Into<ConstraintName>, condition: impl Into<Condition>) -> Self {
        self.drop(Constraint::Check(condition.into().named(name.into())))
    }

    /// Gives a check another name.
    pub fn rename_check(self, old: impl Into<ConstraintName>, new: impl Into<ConstraintName>) -> Self {
        self.rename(ConstraintKind::Check, old, new)
    }

    /// A new exclusion constraint.
    pub fn add_exclude(self, name: impl Into<ConstraintName>, exclusion: Exclusion) -> Self {
        self.add(Constraint::Exclude(exclusion.named(name.into())))
    }

    /// Drops an exclusion constraint; what it was is remembered.
    pub fn drop_exclude(self, name: impl Into<ConstraintName>, exclusion: Exclusion) -> Self {
        self.drop(Constraint::Exclude(exclusion.named(name.into())))
    }

    /// Gives an exclusion constraint another name.
    pub fn rename_exclude(self, old: impl Into<ConstraintName>, new: impl Into<ConstraintName>) -> Self {
        self.rename(ConstraintKind::Exclude, old, new)
    }

    /// Gives the table an attribute that only some engines have.
    pub fn set_option(self, key: impl Into<String>, new: impl Into<String>) -> Self {
        self.change(TableChange::SetOption(option_change(key, None, Some(new.into()))))
    }

    /// Takes such an attribute from it; `old` is its value.
    pub fn drop_option(self, key: impl Into<String>, old: impl Into<String>) -> Self {
        self.change(TableChange::SetOption(option_change(key, Some(old.into()), None)))
    }

    /// Gives such an attribute another value.
    pub fn change_option(
        self,
        key: impl Into<String>,
        old: impl Into<String>,
        new: impl Into<String>,
    ) -> Self {
        self.change(TableChange::SetOption(option_change(
            key,
            Some(old.into()),
            Some(new.into()),
        )))
    }

    /// Gives the table a comment.
    pub fn set_comment(self, new: impl Into<String>) -> Self {
        self.change(TableChange::SetComment(Change::new(None, Some(new.into()))))
    }

    /// Takes its comment from it.
    pub fn drop_comment(self, old: impl Into<String>) -> Self {
        self.change(TableChange::SetComment(Change::new(Some(old.into()), None)))
    }

    /// Gives it another comment.
    pub fn change_comment(self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.change(TableChange::SetComment(Change::new(
            Some(old.into()),
            Some(new.into()),
        )))
    }

    /// Replaces the statement that creates a table which the rest of the chain cannot describe.
    pub fn change_definition(self, old: impl Into<Sql>, new: impl Into<Sql>) -> Self {
        self.change(TableChange::SetDefinition(Change::new(old.into(), new.into())))
    }

    /// Puts the columns in another order.
    pub fn reorder_columns(
        self,
        old: impl IntoIterator<Item = impl Into<Name>>,
        new: impl IntoIterator<Item = impl Into<Name>>,
    ) -> Self {
        let names = Change::new(
            old.into_iter().map(Into::into).collect(),
            new.into_iter().map(Into::into).collect(),
        );
        self.change(TableChange::ReorderColumns(names))
    }
}
