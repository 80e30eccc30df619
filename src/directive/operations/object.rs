//! Namespaces, enum types and objects of all other kinds in a script.

use crate::directive::Change;
use crate::schema::{EnumType, Namespace, Object, ObjectId, ObjectKind, QName, Sql};
use std::collections::BTreeSet;

/// The kind that `op.create_view` and `view` speak of.
pub(crate) const VIEW: &str = "view";
/// The kind that `op.create_trigger` and `trigger` speak of.
pub(crate) const TRIGGER: &str = "trigger";

/// The chain after `op.create_namespace(..)` and `op.drop_namespace(..)`.
#[derive(Debug)]
pub struct NamespaceChain<'a>(pub(super) &'a mut Namespace);

impl NamespaceChain<'_> {
    /// Its comment.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.0.comment = Some(text.into());
        self
    }
}

/// An enum type, for a change: `enum_type("status", ["new", "done"])`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumSpec(pub(super) EnumType);

/// An enum type with its values in order.
pub fn enum_type(name: impl Into<QName>, values: impl IntoIterator<Item = impl Into<String>>) -> EnumSpec {
    EnumSpec(EnumType {
        name: name.into(),
        values: values.into_iter().map(Into::into).collect(),
        comment: None,
    })
}

impl EnumSpec {
    /// Its comment.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.0.comment = Some(text.into());
        self
    }
}

/// The chain after `op.create_enum(..)` and `op.drop_enum(..)`.
#[derive(Debug)]
pub struct EnumChain<'a>(pub(super) &'a mut EnumType);

impl EnumChain<'_> {
    /// Its comment.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.0.comment = Some(text.into());
        self
    }
}

/// The chain after `op.alter_enum(..)`.
#[derive(Debug)]
pub struct AlterEnumChain<'a>(pub(super) &'a mut Vec<Change<String>>);

impl AlterEnumChain<'_> {
    /// A value gets another name, and rows that hold it with it.
    pub fn rename_value(self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.0.push(Change::new(old.into(), new.into()));
        self
    }
}

/// An object of any kind, for a change: `view("open_orders", "CREATE VIEW ..").depends_on(["orders"])`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSpec(pub(super) Object);

/// An object: its kind in the engine's words, its name, the statement that creates it.
pub fn object(kind: impl Into<String>, name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectSpec {
    ObjectSpec(Object {
        id: ObjectId {
            kind: ObjectKind::from_text(kind),
            name: name.into(),
            signature: None,
            on: None,
        },
        definition: definition.into(),
        depends_on: BTreeSet::new(),
        comment: None,
    })
}

/// A view.
pub fn view(name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectSpec {
    object(VIEW, name, definition)
}

/// A trigger; `.on(table)` says where.
pub fn trigger(name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectSpec {
    object(TRIGGER, name, definition)
}

/// What can be said about an object.
pub trait ObjectAttributes: Sized {
    /// The object.
    #[doc(hidden)]
    fn object(&mut self) -> &mut Object;

    /// The table or view it is attached to.
    fn on(mut self, table: impl Into<QName>) -> Self {
        self.object().id.on = Some(table.into());
        self
    }

    /// The argument types of a function, without parentheses.
    fn signature(mut self, arguments: impl Into<String>) -> Self {
        self.object().id.signature = Some(arguments.into());
        self
    }

    /// The tables, views and other objects it reads, besides those said before.
    fn depends_on(mut self, names: impl IntoIterator<Item = impl Into<QName>>) -> Self {
        self.object().depends_on.extend(names.into_iter().map(Into::into));
        self
    }

    /// Its comment.
    fn comment(mut self, text: impl Into<String>) -> Self {
        self.object().comment = Some(text.into());
        self
    }
}

impl ObjectAttributes for ObjectSpec {
    fn object(&mut self) -> &mut Object {
        &mut self.0
    }
}

/// The chain after `op.create_object(..)`, `op.drop_object(..)` and their kin.
#[derive(Debug)]
pub struct ObjectChain<'a>(pub(super) &'a mut Object);

impl ObjectAttributes for ObjectChain<'_> {
    fn object(&mut self) -> &mut Object {
        self.0
    }
}
