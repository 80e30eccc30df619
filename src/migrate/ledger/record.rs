//! What the ledger holds, as data: lines of the history, the applied heads. Rows come in; how they are asked for is not known here.

use crate::database::Row;
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Result};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// What was done with a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Its `upgrade` ran.
    Upgrade,
    /// Its `downgrade` ran.
    Downgrade,
    /// It was put down as applied without running.
    Stamp,
}

impl Direction {
    const ALL: [Self; 3] = [Self::Upgrade, Self::Downgrade, Self::Stamp];

    /// The word in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Stamp => "stamp",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The revision; `None` for a stamp to before the first one.
    pub revision: Option<RevisionId>,
    /// What was done.
    pub direction: Direction,
    /// The checksum of its script then.
    pub checksum: Option<String>,
    /// The version of this program that did it.
    pub tool_version: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// How many statements were run.
    pub statements: u64,
    /// How many there were to run.
    pub statements_total: u64,
}

impl Entry {
    /// The line of a stamp, now: at a revision whose script has a checksum, or before the first one.
    pub(in crate::migrate) fn stamp(at: Option<(RevisionId, String)>) -> Self {
        let now = Some(Timestamp::now());
        let (revision, checksum) = at.unzip();
        Self {
            revision,
            direction: Direction::Stamp,
            checksum,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: now,
            finished_at: now,
            statements: 0,
            statements_total: 0,
        }
    }
}

/// A line of the history whose script runs in segments and has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::migrate) struct Unfinished {
    /// The number of the line.
    pub(in crate::migrate) line: i64,
    /// What it says.
    pub(in crate::migrate) entry: Entry,
    /// What is needed to go on.
    pub(in crate::migrate) progress: String,
    /// What was seen before the statement that ran when the run was cut off, if it commits by itself.
    pub(in crate::migrate) in_doubt: Option<String>,
}

/// What the ledger says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::migrate) struct Record {
    /// The applied heads, sorted.
    pub(in crate::migrate) heads: Vec<RevisionId>,
    /// The history, oldest first.
    pub(in crate::migrate) history: Vec<Entry>,
    /// The script that was begun and has not come to its end: somebody is at it, or it was cut off.
    pub(in crate::migrate) unfinished: Option<Unfinished>,
}

/// A time as this program writes it, or as an engine writes `CURRENT_TIMESTAMP`, which is in UTC where it names no zone.
fn time_of(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}

/// A line of the history, as it was asked for.
///
/// # Errors
/// When it is none that this program writes.
pub(super) fn entry(row: &Row) -> Result<Entry> {
    let odd = |what: &str, text: &str| Error::new(ErrorKind::Database, format!("{text:?} is no {what}"));
    let time = |column: usize| -> Result<Option<Timestamp>> {
        row.optional_text(column)?
            .map(|text| time_of(text).ok_or_else(|| odd("time", text)))
            .transpose()
    };
    let number = |column: usize| -> Result<u64> {
        let number = row.integer(column)?;
        u64::try_from(number).map_err(|_| odd("number of statements", &number.to_string()))
    };
    let direction = row.text(2)?;
    Ok(Entry {
        revision: row.optional_text(1)?.map(RevisionId::new).transpose()?,
        direction: Direction::ALL
            .into_iter()
            .find(|d| d.word() == direction)
            .ok_or_else(|| odd("direction", direction))?,
        checksum: row.optional_text(3)?.map(str::to_owned),
        tool_version: row.text(4)?.to_owned(),
        started_at: time(5)?,
        finished_at: time(6)?,
        statements: number(7)?,
        statements_total: number(8)?,
    })
}
