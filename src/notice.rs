//! Things a person should know that are no errors.

use crate::Place;
use serde::Serialize;

/// A remark on what was seen or left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What there is to know: a lowercase fragment.
    pub message: String,
    /// Where.
    #[serde(skip)]
    pub place: Option<Place>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Notice,
    /// May be a mistake, or loses something.
    Warning,
}

impl Notice {
    /// A remark.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            level: Level::Notice,
            message: message.into(),
            place: None,
            hint: None,
        }
    }

    /// A remark that may point at a mistake.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::new(message)
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
