//! A directive of the user's own: a name, fields, and what knows what to do with them.
//!
//! What a script says is only the name and the fields; the behaviour is a [`DirectiveKind`] that a program registers. So a script can
//! be read, compared and shown by a program that does not know the kind, and refuses only when SQL has to be made of it.

use super::{Directive, Literal};
use crate::dialect::{Dialect, Statement};
use crate::extend::{DirectiveKind, Effect, Links, Site};
use crate::nearest::nearest;
use crate::schema::Schema;
use crate::{Error, ErrorKind, Place, Result};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// A directive of the user's own. Two are equal when their names and fields are.
///
/// ```
/// use autogen::directive::Custom;
///
/// let audit = Custom::new("audit_table").field("table", "orders").field("columns", ["id", "total"]);
/// assert_eq!(audit.text("table")?, "orders");
/// assert_eq!(audit.summary(), "audit_table (table: orders, columns: id, total)");
/// # Ok::<(), autogen::Error>(())
/// ```
#[derive(Clone)]
pub struct Custom {
    name: String,
    fields: Vec<(String, FieldValue)>,
    behaviour: Option<Arc<dyn DirectiveKind>>,
    place: Option<Box<Place>>,
    /// The name that was perhaps meant, where a program knows others.
    meant: Option<String>,
}

/// The value of a field: one value, or a list of them.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// One value.
    One(Literal),
    /// A list.
    List(Vec<Literal>),
}

impl Custom {
    /// A directive of that name, without fields.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fields: Vec::new(),
            behaviour: None,
            place: None,
            meant: None,
        }
    }

    /// With a field. One of the same key is replaced where it stands.
    #[must_use]
    pub fn field(mut self, key: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.set(key.into(), value.into());
        self
    }

    /// Sets a field, and tells whether it was there before.
    pub(crate) fn set(&mut self, key: String, value: FieldValue) -> bool {
        if let Some((_, old)) = self.fields.iter_mut().find(|(known, _)| *known == key) {
            *old = value;
            return true;
        }
        self.fields.push((key, value));
        false
    }

    /// Its name: that of its kind.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its fields, in the order in which they were said. No key is there twice.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// A field; `None` when it was not said.
    pub fn get(&self, key: &str) -> Option<&FieldValue> {
        self.fields.iter().find(|(known, _)| known == key).map(|(_, v)| v)
    }

    /// A field that is a text.
    ///
    /// # Errors
    /// When it is missing or something else, with the place in the script.
    pub fn text(&self, key: &str) -> Result<&str> {
        match self.required(key)? {
            FieldValue::One(Literal::Text(text)) => Ok(text),
            other => Err(self.wrong(key, "a text", other)),
        }
    }

    /// A field that is a list of texts, or one text.
    ///
    /// # Errors
    /// When it is missing or something else, with the place in the script.
    pub fn texts(&self, key: &str) -> Result<Vec<&str>> {
        let value = self.required(key)?;
        let mut texts = Vec::with_capacity(value.items().len());
        for item in value.items() {
            let Literal::Text(text) = item else {
                return Err(self.wrong(key, "a list of texts", value));
            };
            texts.push(text.as_str());
        }
        Ok(texts)
    }

    /// A field that is a whole number.
    ///
    /// # Errors
    /// When it is missing or something else, with the place in the script.
    pub fn integer(&self, key: &str) -> Result<i64> {
        match self.required(key)? {
            FieldValue::One(Literal::Integer(number)) => Ok(*number),
            other => Err(self.wrong(key, "a whole number", other)),
        }
    }

    /// A field that is a truth value; `false` when it was not said.
    ///
    /// # Errors
    /// When it is something else, with the place in the script.
    pub fn truth(&self, key: &str) -> Result<bool> {
        match self.get(key) {
            None => Ok(false),
            Some(FieldValue::One(Literal::Bool(truth))) => Ok(*truth),
            Some(other) => Err(self.wrong(key, "a truth value", other)),
        }
    }

    fn required(&self, key: &str) -> Result<&FieldValue> {
        self.get(key).ok_or_else(|| {
            let call = format!("op.custom({:?})", self.name);
            self.error(format!("{call} has no field {key:?}"))
                .hint(format!("add `.field({key:?}, ..)`"))
        })
    }

    fn wrong(&self, key: &str, wanted: &str, found: &FieldValue) -> Error {
        self.error(format!(
            "field {key:?} of op.custom({:?}) must be {wanted}, and is {}{found}",
            self.name,
            match found {
                FieldValue::One(_) => "",
                FieldValue::List(_) => "a list: ",
            }
        ))
    }

    /// An error about this directive, with its place in the script.
    pub fn error(&self, message: impl Into<String>) -> Error {
        let error = Error::new(ErrorKind::Script, message);
        match &self.place {
            Some(place) => error.at((**place).clone()),
            None => error,
        }
    }

    /// Where it stands in a script that was read.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    pub(crate) fn set_place(&mut self, place: Place) {
        self.place = Some(Box::new(place));
    }

    /// What knows what to do with it.
    pub fn behaviour(&self) -> Option<&Arc<dyn DirectiveKind>> {
        self.behaviour.as_ref()
    }

    /// With what knows what to do with it.
    #[must_use]
    pub fn behaving(mut self, kind: Arc<dyn DirectiveKind>) -> Self {
        self.behaviour = Some(kind);
        self
    }

    pub(crate) fn set_meant(&mut self, meant: Option<&str>) {
        self.meant = meant.map(str::to_owned);
    }

    /// Takes the behaviour of another directive of the same name, if it has none of its own.
    pub(crate) fn adopt(&mut self, other: &Self) {
        if self.behaviour.is_none() && self.name == other.name {
            self.behaviour.clone_from(&other.behaviour);
        }
    }

    /// What stands in comments and listings, on one line.
    pub fn summary(&self) -> String {
        self.behaviour
            .as_ref()
            .and_then(|kind| kind.summary(self))
            .unwrap_or_else(|| self.to_string())
    }

    /// What it destroys for good.
    pub fn losses(&self) -> Vec<String> {
        self.behaviour
            .as_ref()
            .map_or_else(Vec::new, |kind| kind.losses(self))
    }

    /// The directives that undo it.
    pub(crate) fn reversed(&self) -> Vec<Directive> {
        let irreversible = || {
            vec![Directive::Irreversible {
                why: format!("what op.custom({:?}) did cannot be undone by itself", self.name),
            }]
        };
        let Some(kind) = &self.behaviour else {
            return irreversible();
        };
        let Some(mut back) = kind.reverse(self) else {
            return irreversible();
        };
        for directive in &mut back {
            if let Directive::Custom(custom) = directive {
                custom.adopt(self);
            }
        }
        back
    }

    /// What it does to the schema.
    pub(crate) fn effect(&self) -> Effect {
        self.behaviour
            .as_ref()
            .map_or(Effect::Unknown, |kind| kind.effect(self))
    }

    /// What it must come behind and before.
    pub(crate) fn links(&self) -> Links {
        self.behaviour
            .as_ref()
            .map_or_else(Links::default, |kind| kind.links(self))
    }

    /// The statements for an engine, each as its kind gives it.
    ///
    /// # Errors
    /// When nobody knows its kind, a field is wrong, or the kind cannot do it on this engine.
    pub(crate) fn statements(&self, dialect: &dyn Dialect, before: &Schema) -> Result<Vec<Statement>> {
        let Some(kind) = &self.behaviour else {
            let error = self.error(format!(
                "this program does not know the directive {:?}",
                self.name
            ));
            let error = match &self.meant {
                Some(meant) => error.hint(format!("did you mean {meant:?}?")),
                None => error,
            };
            return Err(error.hint(
                    "it is defined by a program of your own: run that instead of this one, or register the kind in \
                     `Extensions` (docs/extending.md)",
            ));
        };
        let known = kind.fields();
        let is_unknown = |key: &&String| !known.is_empty() && !known.contains(&key.as_str());
        if let Some(key) = self.fields.iter().map(|(key, _)| key).find(is_unknown) {
            let error = self.error(format!(
                "op.custom({:?}) has no use for a field {key:?}",
                self.name
            ));
            return Err(match nearest(key, known.iter().copied()) {
                Some(meant) => error.hint(format!("did you mean {meant:?}?")),
                None => error.hint(format!("its fields are {}", known.join(", "))),
            });
        }
        let placement = kind.placement(self);
        let mut statements =
            kind.sql(self, &Site { dialect, before })
                .map_err(|error| match &self.place {
                    Some(place) if error.places().is_empty() => error.at((**place).clone()),
                    _ => error,
                })?;
        for statement in &mut statements {
            if statement.placement == crate::dialect::Placement::Inside {
                statement.placement = placement;
            }
        }
        Ok(statements)
    }
}

/// `name (key: value, ..)`.
impl fmt::Display for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (number, (key, value)) in self.fields.iter().enumerate() {
            f.write_str(if number == 0 { " (" } else { ", " })?;
            write!(f, "{key}: {value}")?;
        }
        f.write_str(if self.fields.is_empty() { "" } else { ")" })
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom")
            .field("name", &self.name)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.fields == other.fields
    }
}

impl FieldValue {
    /// Its values: those of the list, or the one.
    pub fn items(&self) -> &[Literal] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::List(values) => values,
        }
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(values) if values.is_empty() => f.write_str("nothing"),
            Self::One(_) | Self::List(_) => {
                for (number, value) in self.items().iter().enumerate() {
                    f.write_str(if number == 0 { "" } else { ", " })?;
                    match value {
                        Literal::Null => f.write_str("null")?,
                        Literal::Bool(truth) => write!(f, "{truth}")?,
                        Literal::Integer(number) => write!(f, "{number}")?,
                        Literal::Real(number) => write!(f, "{number}")?,
                        Literal::Text(text) => f.write_str(text)?,
                    }
                }
                Ok(())
            }
        }
    }
}

impl From<Literal> for FieldValue {
    fn from(value: Literal) -> Self {
        Self::One(value)
    }
}

macro_rules! single_values {
    ($($ty:ty),*) => {
        $(impl From<$ty> for FieldValue {
            fn from(value: $ty) -> Self {
                Self::One(value.into())
            }
        })*
    };
}

single_values!(bool, i64, f64, &str, String);

impl<T: Into<Literal>, const N: usize> From<[T; N]> for FieldValue {
    fn from(values: [T; N]) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Literal>> From<Vec<T>> for FieldValue {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

/// `{"name": "audit_table", "fields": {"table": "orders", "columns": ["id"]}}`: plain JSON values in their order.
#[derive(Serialize, Deserialize)]
struct Plain<'a> {
    name: std::borrow::Cow<'a, str>,
    #[serde(default)]
    fields: Fields,
}

#[derive(Default)]
struct Fields(Vec<(String, FieldValue)>);

impl Serialize for Custom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Plain {
            name: self.name.as_str().into(),
            fields: Fields(self.fields.clone()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Custom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Plain { name, fields } = Plain::deserialize(deserializer)?;
        let mut custom = Self::new(name);
        for (key, value) in fields.0 {
            custom.set(key, value);
        }
        Ok(custom)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of a directive")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Item<'a>(&'a Literal);
        impl Serialize for Item<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    Literal::Null => serializer.serialize_unit(),
                    Literal::Bool(truth) => serializer.serialize_bool(*truth),
                    Literal::Integer(number) => serializer.serialize_i64(*number),
                    Literal::Real(number) => serializer.serialize_f64(*number),
                    Literal::Text(text) => serializer.serialize_str(text),
                }
            }
        }
        match self {
            Self::One(value) => Item(value).serialize(serializer),
            Self::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Item(value))?;
                }
                list.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a truth value, a number, a text, or a list of them")
            }

            fn visit_unit<E>(self) -> Result<FieldValue, E> {
                Ok(Literal::Null.into())
            }

            fn visit_bool<E>(self, truth: bool) -> Result<FieldValue, E> {
                Ok(truth.into())
            }

            fn visit_i64<E>(self, number: i64) -> Result<FieldValue, E> {
                Ok(number.into())
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<FieldValue, E> {
                i64::try_from(number).map(FieldValue::from).map_err(E::custom)
            }

            fn visit_f64<E>(self, number: f64) -> Result<FieldValue, E> {
                Ok(number.into())
            }

            fn visit_str<E>(self, text: &str) -> Result<FieldValue, E> {
                Ok(text.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FieldValue, A::Error> {
                let mut values = Vec::new();
                while let Some(item) = list.next_element::<FieldValue>()? {
                    match item {
                        FieldValue::One(value) => values.push(value),
                        FieldValue::List(_) => {
                            return Err(serde::de::Error::custom("a list inside a list"));
                        }
                    }
                }
                Ok(FieldValue::List(values))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_plain_values_in_their_order() {
        let custom = Custom::new("audit")
            .field("table", "orders")
            .field("all", true)
            .field("columns", ["b", "a"])
            .field("least", -3)
            .field("share", 0.5)
            .field("nothing", Literal::Null);
        let text = serde_json::to_string(&Directive::Custom(custom.clone())).expect("JSON");
        assert_eq!(
            text,
            r#"{"directive":"custom","name":"audit","fields":{"table":"orders","all":true,"columns":["b","a"],"least":-3,"share":0.5,"nothing":null}}"#
        );
        let back: Directive = serde_json::from_str(&text).expect("a directive");
        assert_eq!(back, Directive::Custom(custom));
    }

    #[test]
    #[cfg(feature = "connect")]
    fn what_was_written_down_behaves_as_the_script_does() {
        struct Pause;
        impl DirectiveKind for Pause {
            fn name(&self) -> &'static str {
                "pause"
            }

            fn sql(&self, _: &Custom, _: &Site<'_>) -> Result<Vec<Statement>> {
                Ok(Vec::new())
            }

            fn reverse(&self, _: &Custom) -> Option<Vec<Directive>> {
                Some(Vec::new())
            }
        }
        let script = [Directive::Custom(Custom::new("pause").behaving(Arc::new(Pause)))];
        let text = serde_json::to_string(&script[0]).expect("JSON");
        let mut back: Directive = serde_json::from_str(&text).expect("a directive");
        assert_eq!(
            crate::directive::reverse(std::slice::from_ref(&back)).len(),
            1,
            "irreversible"
        );
        back.adopt_behaviour(&script);
        assert_eq!(crate::directive::reverse(&[back]), []);
    }

    #[test]
    fn a_field_of_another_type_says_what_it_is() {
        let custom = Custom::new("audit").field("table", 5);
        let error = custom.text("table").expect_err("no text");
        assert_eq!(
            error.message(),
            r#"field "table" of op.custom("audit") must be a text, and is 5"#
        );
        let error = custom.texts("columns").expect_err("no field");
        assert_eq!(error.message(), r#"op.custom("audit") has no field "columns""#);
    }
}
