//! Constraints in a script: a name, then what it says.

use super::{Notes, Part};
use crate::schema::{
    Action, Check, Deferral, Exclude, ForeignKey, MatchKind, Name, Options, PrimaryKey, QName, Sql, Unique,
};

/// The name of a constraint, or that it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintName(pub(super) Option<Name>);

/// A constraint without a name: `.unique(unnamed(), ["email"])`.
pub fn unnamed() -> ConstraintName {
    ConstraintName(None)
}

impl<T: Into<Name>> From<T> for ConstraintName {
    fn from(name: T) -> Self {
        Self(Some(name.into()))
    }
}

fn names(names: impl IntoIterator<Item = impl Into<Name>>) -> Vec<Name> {
    names.into_iter().map(Into::into).collect()
}

/// What a primary key or unique constraint is over: `["id"]`, or `key(["id"])` with more said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(Unique);

/// A key over columns, with more to be said about it: `key(["id"]).deferrable(Deferred)`.
pub fn key(columns: impl IntoIterator<Item = impl Into<Part>>) -> Key {
    Key(Unique {
        name: None,
        columns: columns.into_iter().map(|part| part.into().0).collect(),
        include: Vec::new(),
        nulls_not_distinct: false,
        deferral: Deferral::default(),
        options: Options::new(),
    })
}

impl<T: Into<Part>, const N: usize> From<[T; N]> for Key {
    fn from(columns: [T; N]) -> Self {
        key(columns)
    }
}

impl Key {
    /// Columns carried along without being part of the key.
    pub fn include(mut self, columns: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        self.0.include.extend(names(columns));
        self
    }

    /// Two NULLs count as equal; for unique constraints only.
    pub fn nulls_not_distinct(mut self) -> Self {
        self.0.nulls_not_distinct = true;
        self
    }

    /// When it is checked.
    pub fn deferrable(mut self, deferral: Deferral) -> Self {
        self.0.deferral = deferral;
        self
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.options.insert(key.into(), value.into());
        self
    }

    pub(super) fn unique(self, name: ConstraintName) -> Unique {
        Unique {
            name: name.0,
            ..self.0
        }
    }

    pub(super) fn primary(self, name: ConstraintName, notes: &mut Notes) -> PrimaryKey {
        if self.0.nulls_not_distinct {
            notes.mistake("a primary key holds no NULLs, so `.nulls_not_distinct()` says nothing about it");
        }
        let Unique {
            columns,
            include,
            deferral,
            options,
            ..
        } = self.0;
        PrimaryKey {
            name: name.0,
            columns,
            include,
            deferral,
            options,
        }
    }
}

/// A foreign key that does not say yet what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "say what it refers to: `.references(\"table\", [\"column\"])`"]
pub struct ForeignKeyStart {
    name: ConstraintName,
    columns: Vec<Name>,
}

/// A foreign key over `columns`; `.references(..)` follows.
pub fn foreign_key(
    name: impl Into<ConstraintName>,
    columns: impl IntoIterator<Item = impl Into<Name>>,
) -> ForeignKeyStart {
    ForeignKeyStart {
        name: name.into(),
        columns: names(columns),
    }
}

impl ForeignKeyStart {
    /// It refers to these columns of that table.
    pub fn references(
        self,
        table: impl Into<QName>,
        columns: impl IntoIterator<Item = impl Into<Name>>,
    ) -> ForeignKeySpec {
        ForeignKeySpec(ForeignKey {
            name: self.name.0,
            columns: self.columns,
            table: table.into(),
            referenced: names(columns),
            on_update: Action::default(),
            on_delete: Action::default(),
            match_kind: MatchKind::default(),
            deferral: Deferral::default(),
            options: Options::new(),
        })
    }

    /// It refers to the primary key of that table without naming its columns.
    pub fn references_table(self, table: impl Into<QName>) -> ForeignKeySpec {
        self.references(table, [""; 0])
    }
}

/// A foreign key: `foreign_key("fk", ["a_id"]).references("a", ["id"])`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKeySpec(pub(super) ForeignKey);

impl ForeignKeySpec {
    /// What happens to the rows when the key referred to changes.
    pub fn on_update(mut self, action: Action) -> Self {
        self.0.on_update = action;
        self
    }

    /// What happens to the rows when the row referred to goes.
    pub fn on_delete(mut self, action: Action) -> Self {
        self.0.on_delete = action;
        self
    }

    /// How NULLs match.
    pub fn match_kind(mut self, kind: MatchKind) -> Self {
        self.0.match_kind = kind;
        self
    }

    /// When it is checked.
    pub fn deferrable(mut self, deferral: Deferral) -> Self {
        self.0.deferral = deferral;
        self
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.options.insert(key.into(), value.into());
        self
    }
}

/// What a check constraint says: `"price > 0"`, or `condition("price > 0")` with more said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Check);

/// A condition with more to be said about it: `condition("price > 0").option("not_valid", "")`.
pub fn condition(expression: impl Into<Sql>) -> Condition {
    Condition(Check {
        name: None,
        expression: expression.into(),
        options: Options::new(),
    })
}

impl<T: Into<Sql>> From<T> for Condition {
    fn from(expression: T) -> Self {
        condition(expression)
    }
}

impl Condition {
    /// An attribute that only some engines have; an empty value for one that has none.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.options.insert(key.into(), value.into());
        self
    }

    pub(super) fn named(self, name: ConstraintName) -> Check {
        Check {
            name: name.0,
            ..self.0
        }
    }
}

/// What an exclusion constraint says: `exclusion().method("gist").element("room", "=").element("during", "&&")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion(Exclude);

/// An exclusion constraint; its elements follow.
pub fn exclusion() -> Exclusion {
    Exclusion(Exclude {
        name: None,
        method: None,
        elements: Vec::new(),
        include: Vec::new(),
        predicate: None,
        deferral: Deferral::default(),
        options: Options::new(),
    })
}

impl Exclusion {
    /// The index method.
    pub fn method(mut self, method: impl Into<Name>) -> Self {
        self.0.method = Some(method.into());
        self
    }

    /// What is compared, and by which operator.
    pub fn element(mut self, part: impl Into<Part>, operator: impl Into<String>) -> Self {
        self.0.elements.push((part.into().0, operator.into()));
        self
    }

    /// Columns carried along.
    pub fn include(mut self, columns: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        self.0.include.extend(names(columns));
        self
    }

    /// The rows it looks at.
    pub fn filter(mut self, predicate: impl Into<Sql>) -> Self {
        self.0.predicate = Some(predicate.into());
        self
    }

    /// When it is checked.
    pub fn deferrable(mut self, deferral: Deferral) -> Self {
        self.0.deferral = deferral;
        self
    }

    /// An attribute that only some engines have; an empty value for one that has none.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.options.insert(key.into(), value.into());
        self
    }

    pub(super) fn named(self, name: ConstraintName) -> Exclude {
        Exclude {
            name: name.0,
            ..self.0
        }
    }
}
