//! Revisions: their ids, the constant by which a script states its own, and the header of a script.

use crate::{Error, ErrorKind, Result};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// What names a revision: letters, digits and `_`, so that `+2` and `3f9c-1` can mean something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevisionId(String);

/// Words that stand for revisions and so cannot name one.
pub(super) const WORDS: [&str; 5] = ["base", "current", "head", "heads", "none"];
const LONGEST_ID: usize = 100;

impl RevisionId {
    /// Takes `text` as an id.
    ///
    /// # Errors
    /// When it is empty, longer than 100 characters, a word with a meaning of its own (`head`), or has other characters
    /// than ASCII letters, digits and `_`.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let why = if text.is_empty() {
            "it is empty".to_owned()
        } else if WORDS.contains(&text.as_str()) {
            "that word has a meaning of its own".to_owned()
        } else if text.len() > LONGEST_ID {
            format!("it is longer than {LONGEST_ID} characters")
        } else if let Some(odd) = text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
            format!("it holds {odd:?}, and only letters, digits and `_` are allowed")
        } else {
            return Ok(Self(text));
        };
        let shown: String = text.chars().take(LONGEST_ID).collect();
        Err(Error::new(
            ErrorKind::Script,
            format!("{shown:?} cannot be a revision id: {why}"),
        ))
    }

    /// A new id of 12 hexadecimal digits that no other call gives, here or elsewhere.
    pub fn random() -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let mut hash = Sha256::new();
        // `RandomState` is seeded by the system; the rest sets processes and calls apart where that seed should fail.
        hash.update(
            RandomState::new()
                .hash_one(CALLS.fetch_add(1, Ordering::Relaxed))
                .to_le_bytes(),
        );
        hash.update(Timestamp::now().as_nanosecond().to_le_bytes());
        hash.update(std::process::id().to_le_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let number = digest[..6]
            .iter()
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Self(format!("{number:012x}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RevisionId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::new(text)
    }
}

impl From<RevisionId> for String {
    fn from(id: RevisionId) -> Self {
        id.0
    }
}

/// What a script states about itself in its constant `REVISION`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    id: &'static str,
    revises: &'static [&'static str],
    branch_labels: &'static [&'static str],
    depends_on: &'static [&'static str],
    replaces: &'static [&'static str],
}

impl Revision {
    /// The revision of that id, which comes first of all.
    pub const fn new(id: &'static str) -> Self {
        Self {
            id,
            revises: &[],
            branch_labels: &[],
            depends_on: &[],
            replaces: &[],
        }
    }

    /// The revisions it follows.
    pub const fn revises(self, ids: &'static [&'static str]) -> Self {
        Self { revises: ids, ..self }
    }

    /// Names for the line of revisions that begins with it.
    pub const fn branch_labels(self, labels: &'static [&'static str]) -> Self {
        Self {
            branch_labels: labels,
            ..self
        }
    }

    /// Revisions of other lines that must be applied before it.
    pub const fn depends_on(self, ids: &'static [&'static str]) -> Self {
        Self {
            depends_on: ids,
            ..self
        }
    }

    /// The revisions that were squashed into it, without itself.
    pub const fn replaces(self, ids: &'static [&'static str]) -> Self {
        Self {
            replaces: ids,
            ..self
        }
    }

    /// The header that a reader of the script's text gets, but for message and time, which stand in comments.
    ///
    /// # Errors
    /// When an id cannot be one ([`RevisionId::new`]).
    pub fn header(&self) -> Result<Header> {
        let ids = |ids: &[&str]| {
            ids.iter()
                .map(|id| RevisionId::new(*id))
                .collect::<Result<Vec<_>>>()
        };
        Ok(Header {
            revises: ids(self.revises)?,
            branch_labels: self.branch_labels.iter().map(ToString::to_string).collect(),
            depends_on: self.depends_on.iter().map(ToString::to_string).collect(),
            replaces: ids(self.replaces)?,
            ..Header::new(RevisionId::new(self.id)?)
        })
    }
}

/// What a script says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its id.
    pub revision: RevisionId,
    /// The revisions it follows: none for a first one, several for a merge.
    pub revises: Vec<RevisionId>,
    /// Names for the line of revisions that begins with it.
    pub branch_labels: Vec<String>,
    /// Revisions or labels of other lines that must be applied before it.
    pub depends_on: Vec<String>,
    /// The revisions that were squashed into it, without itself: where one of them is applied, this one is half there.
    pub replaces: Vec<RevisionId>,
    /// What it does, in the words of who made it; may be empty.
    pub message: String,
    /// When it was made, to the second.
    pub created: Option<Timestamp>,
}

impl Header {
    /// The header of a first revision without a message.
    pub fn new(revision: RevisionId) -> Self {
        Self {
            revision,
            revises: Vec::new(),
            branch_labels: Vec::new(),
            depends_on: Vec::new(),
            replaces: Vec::new(),
            message: String::new(),
            created: None,
        }
    }
}

/// A time as headers show it: `2026-11-22 06:40:00 UTC`.
pub(super) fn show_time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S UTC")
        .to_string()
}

/// Reads what [`show_time`] wrote; anything else is no time.
pub(super) fn read_time(text: &str) -> Option<Timestamp> {
    let civil = text.trim().strip_suffix("UTC")?.trim();
    let time: jiff::civil::DateTime = civil.replacen(' ', "T", 1).parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_id_is_twelve_hexadecimal_digits_and_never_comes_twice() {
        let ids: std::collections::BTreeSet<String> = (0..1000)
            .map(|_| RevisionId::random().as_str().to_owned())
            .collect();
        assert_eq!(ids.len(), 1000);
        assert!(
            ids.iter()
                .all(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_hexdigit()))
        );
    }

    #[test]
    fn an_id_cannot_be_taken_for_an_expression() {
        for bad in [
            "",
            "head",
            "base",
            "a-1",
            "+1",
            "a b",
            "é",
            "a@b",
            &"x".repeat(101),
        ] {
            assert!(RevisionId::new(bad).is_err(), "{bad}");
        }
        for good in ["a", "3f9c1d2ab07e", "Add_orders_1", "123"] {
            assert_eq!(RevisionId::new(good).expect("an id").as_str(), good);
        }
    }

    #[test]
    fn times_are_read_as_they_are_shown() {
        let time: Timestamp = "2026-11-22T06:40:00Z".parse().expect("a time");
        assert_eq!(show_time(time), "2026-11-22 06:40:00 UTC");
        assert_eq!(read_time(" 2026-11-22 06:40:00 UTC "), Some(time));
        assert_eq!(read_time("yesterday"), None);
        assert_eq!(read_time("2026-13-22 06:40:00 UTC"), None);
    }

    #[test]
    fn the_constant_gives_the_header() {
        const REVISION: Revision = Revision::new("3f9c")
            .revises(&["1975"])
            .branch_labels(&["billing"]);
        let header = REVISION.header().expect("good ids");
        assert_eq!(header.revision.as_str(), "3f9c");
        assert_eq!(header.revises, [RevisionId::new("1975").expect("an id")]);
        assert_eq!(header.branch_labels, ["billing"]);
    }
}
