//! Names and texts as newtypes, so that a column name never stands where SQL is meant.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, ops::Deref};

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<Cow<'_, str>> for $name {
            fn from(text: Cow<'_, str>) -> Self {
                Self(text.into_owned())
            }
        }

        impl From<&$name> for $name {
            fn from(text: &$name) -> Self {
                text.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_newtype! {
    /// A name as the database keeps it: unquoted, any characters.
    Name
}
text_newtype! {
    /// A piece of SQL (an expression, a definition) as the engine spells it.
    Sql
}
text_newtype! {
    /// A column type as the engine spells it, such as `varchar(20)`.
    TypeName
}

/// A name with the namespace it is in, where the engine has namespaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QName {
    /// The namespace; `None` for the engine's default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Name>,
    /// The name itself.
    pub name: Name,
}

impl QName {
    /// A name in the default namespace.
    pub fn plain(name: impl Into<Name>) -> Self {
        Self {
            namespace: None,
            name: name.into(),
        }
    }

    /// The same namespace with another name.
    pub fn sibling(&self, name: impl Into<Name>) -> Self {
        Self {
            namespace: self.namespace.clone(),
            name: name.into(),
        }
    }
}

impl fmt::Display for QName {
    /// For people; never SQL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}.")?;
        }
        f.write_str(&self.name)
    }
}

impl From<&str> for QName {
    fn from(name: &str) -> Self {
        Self::plain(name)
    }
}

impl From<String> for QName {
    fn from(name: String) -> Self {
        Self::plain(name)
    }
}

impl From<&QName> for QName {
    fn from(name: &QName) -> Self {
        name.clone()
    }
}

impl From<(&str, &str)> for QName {
    fn from((namespace, name): (&str, &str)) -> Self {
        Self {
            namespace: Some(namespace.into()),
            name: name.into(),
        }
    }
}
