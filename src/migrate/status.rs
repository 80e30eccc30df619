//! Where a database stands among the scripts.

use super::{Direction, Entry, Migrator};
use crate::Result;
use crate::script::{Header, RevisionId};
use serde::Serialize;
use std::collections::BTreeSet;

/// Whether a database is where the scripts are. All but [`Status::InStep`] are exit code 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Status {
    /// Every script is applied.
    InStep,
    /// Scripts are pending.
    Behind {
        /// Which, in the order in which they will run.
        pending: Vec<RevisionId>,
    },
    /// Every script is applied, and revisions after them that have no script here: the checkout is old.
    Ahead {
        /// Which, as far as the ledger knows.
        revisions: Vec<RevisionId>,
    },
    /// The database is at a revision that has no script here, and nothing is known of how it got there.
    Unknown {
        /// Which.
        revisions: Vec<RevisionId>,
    },
}

/// A head that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The revision.
    pub revision: RevisionId,
    /// Its header, when it has a script.
    pub header: Option<Header>,
    /// The line of the history that put it there.
    pub entry: Option<Entry>,
}

impl Migrator<'_> {
    /// The applied heads. Nothing is written, not even the ledger.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn current(&mut self) -> Result<Vec<Applied>> {
        let record = self.record().await?;
        let applied = |revision: &RevisionId| Applied {
            revision: revision.clone(),
            header: self.scripts.header(revision).cloned(),
            entry: record
                .history
                .iter()
                .rev()
                .find(|e| e.revision.as_ref() == Some(revision) && e.direction != Direction::Downgrade)
                .cloned(),
        };
        Ok(record.heads.iter().map(applied).collect())
    }

    /// What was done to the database, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn history(&mut self) -> Result<Vec<Entry>> {
        Ok(self.record().await?.history)
    }

    /// Where the database stands.
    ///
    /// # Errors
    /// When the ledger or the scripts cannot be read.
    pub async fn status(&mut self) -> Result<Status> {
        let record = self.record().await?;
        let (known, unknown): (Vec<_>, Vec<_>) = record
            .heads
            .iter()
            .cloned()
            .partition(|head| self.scripts.header(head).is_some());
        if unknown.is_empty() {
            let pending = self.not_applied(&known);
            return Ok(if pending.is_empty() {
                Status::InStep
            } else {
                Status::Behind { pending }
            });
        }
        let applied = applied(&record.history);
        let heads = self.scripts.graph().heads();
        // What the ledger saw applied, minus what is known here.
        let beyond: Vec<RevisionId> = applied
            .iter()
            .filter(|revision| self.scripts.header(revision).is_none())
            .cloned()
            .collect();
        let all_there = !heads.is_empty() && heads.iter().all(|head| applied.contains(*head));
        Ok(if all_there && unknown.iter().all(|head| beyond.contains(head)) {
            Status::Ahead { revisions: beyond }
        } else {
            Status::Unknown { revisions: unknown }
        })
    }

    /// The scripts that are not applied, in the order in which they will run.
    ///
    /// # Errors
    /// [`OutOfStep`](crate::ErrorKind::OutOfStep) when the database is at a revision without a script.
    pub async fn pending(&mut self) -> Result<Vec<RevisionId>> {
        let record = self.record().await?;
        self.know(&record)?;
        Ok(self.not_applied(&record.heads))
    }

    fn not_applied(&self, heads: &[RevisionId]) -> Vec<RevisionId> {
        let graph = self.scripts.graph();
        let applied = graph.ancestors(heads);
        let order = graph.order();
        order
            .filter(|revision| !applied.contains(revision))
            .cloned()
            .collect()
    }
}

/// What the history leaves applied, in the order in which it came.
fn applied(history: &[Entry]) -> Vec<RevisionId> {
    let mut applied: Vec<RevisionId> = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in history {
        let Some(revision) = &entry.revision else {
            applied.clear();
            seen.clear();
            continue;
        };
        match entry.direction {
            Direction::Upgrade | Direction::Stamp => {
                if seen.insert(revision.clone()) {
                    applied.push(revision.clone());
                }
            }
            Direction::Downgrade => {
                if seen.remove(revision) {
                    applied.retain(|other| other != revision);
                }
            }
        }
    }
    applied
}
