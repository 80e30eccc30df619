//! The built-in comparators by name, and which of them are on.

use crate::nearest::nearest;
use crate::{Error, ErrorKind, Result};
use glob::Pattern;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What one built-in comparator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Which namespaces there are.
    Schemas,
    /// Which tables there are.
    Tables,
    /// Which columns tables have.
    Columns,
    /// Types of columns, and their collations.
    Types,
    /// Whether columns refuse NULL.
    Nullable,
    /// Defaults of columns, what they are generated from, how they number rows.
    Defaults,
    /// Primary keys, unique, foreign key, check and exclude constraints.
    Constraints,
    /// Indexes.
    Indexes,
    /// Comments on everything.
    Comments,
    /// Attributes that only some engines have.
    Options,
    /// Sequences that stand alone.
    Sequences,
    /// Enum types.
    Enums,
    /// Views, triggers, functions and objects of all other kinds.
    Objects,
}

impl Element {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Schemas,
        Self::Tables,
        Self::Columns,
        Self::Types,
        Self::Nullable,
        Self::Defaults,
        Self::Constraints,
        Self::Indexes,
        Self::Comments,
        Self::Options,
        Self::Sequences,
        Self::Enums,
        Self::Objects,
    ];

    /// The word for it, as in settings: `types`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Schemas => "schemas",
            Self::Tables => "tables",
            Self::Columns => "columns",
            Self::Types => "types",
            Self::Nullable => "nullable",
            Self::Defaults => "defaults",
            Self::Constraints => "constraints",
            Self::Indexes => "indexes",
            Self::Comments => "comments",
            Self::Options => "options",
            Self::Sequences => "sequences",
            Self::Enums => "enums",
            Self::Objects => "objects",
        }
    }

    /// The name of its built-in comparator: `autogen.types`.
    pub fn comparator(self) -> String {
        format!("autogen.{}", self.word())
    }

    /// The element of that word.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is none; the hint names the nearest.
    pub fn from_word(word: &str) -> Result<Self> {
        let words = Self::ALL.map(Self::word);
        Self::ALL
            .into_iter()
            .find(|element| element.word() == word)
            .ok_or_else(|| {
                let error = Error::new(ErrorKind::Config, format!("`{word}` is nothing that is compared"));
                match nearest(word, words) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error.hint(format!("what is compared: {}", words.join(", "))),
                }
            })
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which elements are compared. By default all are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elements {
    off: BTreeSet<Element>,
}

impl Elements {
    /// All of them.
    pub fn all() -> Self {
        Self::default()
    }

    /// Says whether an element is compared.
    pub fn set(&mut self, element: Element, is_compared: bool) {
        if is_compared {
            self.off.remove(&element);
        } else {
            self.off.insert(element);
        }
    }

    /// Without an element.
    #[must_use]
    pub fn without(mut self, element: Element) -> Self {
        self.set(element, false);
        self
    }

    /// Whether an element is compared.
    pub fn has(&self, element: Element) -> bool {
        !self.off.contains(&element)
    }

    /// Those that are not compared.
    pub fn off(&self) -> impl Iterator<Item = Element> {
        self.off.iter().copied()
    }
}

/// The names among `known` that are off after `patterns`: globs that are switched on (`acme.*`), or off with a `~` in front. The later counts more; when the
/// first one switches on, all others are off at the start.
///
/// # Errors
/// [`ErrorKind::Config`] when a pattern is malformed or means no name.
pub(super) fn off_after<S: AsRef<str>>(patterns: &[S], known: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let first_is_on = patterns
        .first()
        .is_some_and(|first| !first.as_ref().starts_with('~'));
    let mut off = if first_is_on {
        known.clone()
    } else {
        BTreeSet::new()
    };
    for text in patterns.iter().map(AsRef::as_ref) {
        let (glob, is_on) = match text.strip_prefix('~') {
            Some(rest) => (rest, false),
            None => (text, true),
        };
        let pattern = Pattern::new(glob).map_err(|cause| {
            Error::new(
                ErrorKind::Config,
                format!("the pattern `{text}` is malformed: {}", cause.msg),
            )
        })?;
        let meant: Vec<&String> = known.iter().filter(|name| pattern.matches(name)).collect();
        if meant.is_empty() {
            let error = Error::new(ErrorKind::Config, format!("no comparator is called `{glob}`"));
            return Err(match nearest(glob, known.iter().map(String::as_str)) {
                Some(name) => error.hint(format!("did you mean `{name}`?")),
                None => error.hint(format!(
                    "there are {}",
                    known.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
                )),
            });
        }
        for name in meant {
            if is_on {
                off.remove(name);
            } else {
                off.insert(name.clone());
            }
        }
    }
    Ok(off)
}
