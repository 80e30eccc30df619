//! What an expression of a script stands for, and how it becomes an argument of the builder.

#![expect(
    clippy::result_large_err,
    reason = "a value that does not fit goes back to who asked, and no further"
)]

use super::fault::{Fault, Read};
use crate::directive::operations::{
    Alteration, ColumnSpec, Condition, ConstraintName, EnumSpec, Exclusion, ForeignKeySpec, ForeignKeyStart,
    IdentitySpec, IndexSpec, Key, NewColumnSpec, Numbering, ObjectSpec, Part, SequenceSpec, Type, condition,
    key, part,
};
use crate::directive::{FieldValue, Literal};
use crate::schema::{Action, Deferral, Generated, MatchKind, Name, QName, Sql};
use proc_macro2::Span;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Spanned {
    pub(super) value: Value,
    pub(super) span: Span,
}

macro_rules! values {
    ($($variant:ident($ty:ty) $what:literal,)*) => {
        /// A value of a script.
        #[derive(Debug, Clone)]
        pub(super) enum Value {
            $($variant($ty),)*
        }

        impl Value {
            /// What it is, in words.
            pub(super) fn what(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $what,)*
                }
            }
        }

        $(impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

/// The elements of a tuple.
#[derive(Debug, Clone)]
pub(super) struct Tuple(pub(super) Vec<Spanned>);

values! {
    Text(String) "a text",
    Integer(i128) "a whole number",
    Real(f64) "a number",
    Bool(bool) "a truth value",
    List(Vec<Spanned>) "an array",
    Tuple(Tuple) "a tuple",
    Type(Type) "a type",
    Column(ColumnSpec) "a column",
    NewColumn(NewColumnSpec) "a column that comes or goes",
    Alteration(Alteration) "changes of a column",
    Part(Part) "a part of a key",
    Key(Key) "a key",
    Condition(Condition) "a condition",
    ForeignKeyStart(ForeignKeyStart) "a foreign key without `.references(..)`",
    ForeignKey(ForeignKeySpec) "a foreign key",
    Exclusion(Exclusion) "an exclusion",
    Index(IndexSpec) "an index",
    Numbering(Numbering) "a way to number rows",
    Identity(IdentitySpec) "a way to number rows",
    Generated(Generated) "a generated expression",
    Sequence(SequenceSpec) "a sequence",
    Enum(EnumSpec) "an enum type",
    Object(ObjectSpec) "an object",
    Row(Literal) "a value of a row",
    ConstraintName(ConstraintName) "a constraint's name",
    Action(Action) "what a foreign key does",
    Match(MatchKind) "a kind of match",
    Deferral(Deferral) "a time of checking",
}

impl Value {
    /// Whether a `let` may hold it, to be used more than once.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Text(_) | Self::Integer(_) | Self::Real(_) | Self::Bool(_) => true,
            Self::List(items) | Self::Tuple(Tuple(items)) => items.iter().all(|item| item.value.is_plain()),
            _ => false,
        }
    }
}

/// What the builder takes as an argument.
pub(super) trait Argument: Sized {
    /// What it is, in words.
    const WANTED: &'static str;

    /// The argument, as the compiler would convert the value; the value back when it would not.
    fn convert(value: Value) -> Result<Self, Value>;

    /// The argument, or the fault that it is none.
    fn from_spanned(spanned: Spanned) -> Read<Self> {
        Self::convert(spanned.value).map_err(|value| {
            Fault::new(
                spanned.span,
                format!("expected {}, found {}", Self::WANTED, value.what()),
            )
        })
    }
}

macro_rules! arguments {
    ($($ty:ty, $wanted:literal { $($pattern:pat => $made:expr,)* })*) => {
        $(impl Argument for $ty {
            const WANTED: &'static str = $wanted;

            fn convert(value: Value) -> Result<Self, Value> {
                match value {
                    $($pattern => Ok($made),)*
                    other => Err(other),
                }
            }
        })*
    };
}

arguments! {
    String, "a text" { Value::Text(text) => text, }
    Name, "a name" { Value::Text(text) => text.into(), }
    Sql, "SQL in a text" { Value::Text(text) => text.into(), }
    ConstraintName, "a name or `unnamed()`" {
        Value::Text(text) => text.into(),
        Value::ConstraintName(name) => name,
    }
    Type, "a type such as `text()`" { Value::Type(ty) => ty, }
    ColumnSpec, "a column such as `text().not_null()`" {
        Value::Type(ty) => ty.into(),
        Value::Column(spec) => spec,
    }
    NewColumnSpec, "a column such as `text().not_null()`" {
        Value::Type(ty) => ty.into(),
        Value::Column(spec) => spec.into(),
        Value::NewColumn(spec) => spec,
    }
    Alteration, "changes of a column such as `text().set_not_null()`" { Value::Alteration(alteration) => alteration, }
    Part, "a column's name, `part(..)` or `expr(..)`" {
        Value::Text(text) => part(text),
        Value::Part(part) => part,
    }
    Condition, "SQL in a text, or `condition(..)`" {
        Value::Text(text) => condition(text),
        Value::Condition(condition) => condition,
    }
    ForeignKeySpec, "a foreign key: `foreign_key(\"name\", [\"column\"]).references(\"table\", [\"column\"])`" {
        Value::ForeignKey(key) => key,
    }
    Exclusion, "an exclusion: `exclusion().element(\"column\", \"=\")`" { Value::Exclusion(exclusion) => exclusion, }
    IndexSpec, "an index: `index(\"name\", [\"column\"])`" { Value::Index(index) => index, }
    IdentitySpec, "`Always`, `ByDefault` or `autoincrement()`" {
        Value::Numbering(numbering) => numbering.into(),
        Value::Identity(identity) => identity,
    }
    Generated, "`generated_stored(..)` or `generated_virtual(..)`" { Value::Generated(generated) => generated, }
    SequenceSpec, "a sequence: `sequence(\"name\")`" { Value::Sequence(sequence) => sequence, }
    EnumSpec, "an enum type: `enum_type(\"name\", [\"value\"])`" { Value::Enum(spec) => spec, }
    ObjectSpec, "an object: `view(..)`, `trigger(..)` or `object(..)`" { Value::Object(object) => object, }
    Action, "`NoAction`, `Restrict`, `Cascade`, `SetNull` or `SetDefault`" { Value::Action(action) => action, }
    MatchKind, "`Simple`, `Full` or `Partial`" { Value::Match(kind) => kind, }
    Deferral, "`NotDeferrable`, `Immediate` or `Deferred`" { Value::Deferral(deferral) => deferral, }
}

impl Argument for QName {
    const WANTED: &'static str = "a name, or `(\"namespace\", \"name\")`";

    fn convert(value: Value) -> Result<Self, Value> {
        match value {
            Value::Text(name) => Ok(name.into()),
            Value::Tuple(Tuple(items)) => match items.as_slice() {
                [
                    Spanned {
                        value: Value::Text(namespace),
                        ..
                    },
                    Spanned {
                        value: Value::Text(name),
                        ..
                    },
                ] => Ok(Self::from((namespace.as_str(), name.as_str()))),
                _ => Err(Value::Tuple(Tuple(items))),
            },
            other => Err(other),
        }
    }
}

impl Argument for Literal {
    const WANTED: &'static str = "a value: `value(1)`, `value(\"x\")`, `null()`";

    fn convert(value: Value) -> Result<Self, Value> {
        match value {
            Value::Row(literal) => Ok(literal),
            Value::Bool(truth) => Ok(truth.into()),
            Value::Integer(number) => i64::try_from(number)
                .map(Self::from)
                .map_err(|_| Value::Integer(number)),
            Value::Real(number) => Ok(number.into()),
            Value::Text(text) => Ok(text.into()),
            other => Err(other),
        }
    }
}

impl Argument for FieldValue {
    const WANTED: &'static str = "a text, a number, a truth value, `null()`, or an array of them";

    fn convert(value: Value) -> Result<Self, Value> {
        match value {
            list @ Value::List(_) => Vec::<Literal>::convert(list).map(Self::List),
            other => Literal::convert(other).map(Self::One),
        }
    }

    fn from_spanned(spanned: Spanned) -> Read<Self> {
        if matches!(spanned.value, Value::List(_)) {
            return Vec::<Literal>::from_spanned(spanned).map(Self::List);
        }
        let span = spanned.span;
        Self::convert(spanned.value)
            .map_err(|value| Fault::new(span, format!("expected {}, found {}", Self::WANTED, value.what())))
    }
}

macro_rules! whole_numbers {
    ($($ty:ty, $wanted:literal;)*) => {
        $(impl Argument for $ty {
            const WANTED: &'static str = $wanted;

            fn convert(value: Value) -> Result<Self, Value> {
                match value {
                    Value::Integer(number) => Self::try_from(number).map_err(|_| Value::Integer(number)),
                    other => Err(other),
                }
            }
        })*
    };
}

whole_numbers! {
    i64, "a whole number of 64 bits";
    u32, "a whole number from 0 to 4294967295";
}

impl<T: Argument> Argument for Vec<T> {
    const WANTED: &'static str = "an array";

    fn convert(value: Value) -> Result<Self, Value> {
        let Value::List(items) = value else {
            return Err(value);
        };
        items.into_iter().map(|item| T::convert(item.value)).collect()
    }

    fn from_spanned(spanned: Spanned) -> Read<Self> {
        match spanned.value {
            Value::List(items) => items.into_iter().map(T::from_spanned).collect(),
            other => Err(
                Fault::new(spanned.span, format!("expected an array, found {}", other.what()))
                    .hint("write `[\"name\"]`, also for a single one"),
            ),
        }
    }
}

impl Argument for Key {
    const WANTED: &'static str = "an array of columns, or `key(..)`";

    fn convert(value: Value) -> Result<Self, Value> {
        match value {
            Value::Key(key) => Ok(key),
            list @ Value::List(_) => Vec::<Part>::convert(list).map(key),
            other => Err(other),
        }
    }
}
