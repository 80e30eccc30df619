//! How an engine changes a table that others use meanwhile.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What others notice of a change of a table, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Only what is known of the table changes, not the table.
    Instant,
    /// The table changes where it is, and rows are read and written meanwhile.
    InPlace,
    /// The table changes where it is; rows are read meanwhile, and writes wait.
    InPlaceWritesWait,
    /// All rows are copied into a new table; rows are read meanwhile, and writes wait.
    Copy,
}

impl Effect {
    /// Whether rows are written while the table changes.
    pub fn lets_write(self) -> bool {
        match self {
            Self::Instant | Self::InPlace => true,
            Self::InPlaceWritesWait | Self::Copy => false,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instant => "instant",
            Self::InPlace => "in place, writes go on",
            Self::InPlaceWritesWait => "in place, writes wait",
            Self::Copy => "copies the table, writes wait",
        })
    }
}

/// What a statement does to a table that others use, as far as the engine's manual says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Online {
    /// What others notice.
    pub effect: Effect,
    /// What it is that takes so much: `a foreign key is added`.
    pub because: String,
    /// The statement with the words that ask for just that, the best way first; empty where the engine has no such words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asking: Vec<String>,
}

impl Online {
    /// The same without the words to ask with.
    #[must_use]
    pub fn effect_only(&self) -> Self {
        Self {
            asking: Vec::new(),
            ..self.clone()
        }
    }
}

impl fmt::Display for Online {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.effect.lets_write() {
            self.effect.fmt(f)
        } else {
            write!(f, "{}: {}", self.effect, self.because)
        }
    }
}
