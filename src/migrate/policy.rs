//! What happens when the history is not as it should be: an applied script was changed, or an older script comes after a newer one.
//!
//! Comes in: the ledger and the scripts that are to run. Goes out: notices, or the error that stops the run before it begins.

use super::ledger::Record;
use super::{Entry, Migrator};
use crate::config::{ChangedScripts, OutOfOrder};
use crate::dialect::Session;
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Notice, Result};

impl Migrator<'_> {
    /// Sees to applied scripts that were changed.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfStep`] where that is wanted; whatever the database says.
    pub(super) async fn see_to_changed(&mut self, record: &Record) -> Result<Vec<Notice>> {
        let changed = self.changed_revisions(record)?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        match self.changed_scripts {
            ChangedScripts::Warn => Ok(self.notices_of_changed(&changed)),
            ChangedScripts::Stop => {
                let names: Vec<String> = changed.iter().map(|revision| self.name_of(revision)).collect();
                Err(Error::new(
                    ErrorKind::OutOfStep,
                    format!("changed after it was applied: {}", names.join(", ")),
                )
                .hint("put the old script back, and write a new one for what should be different")
                .hint("if the change is right, `autogen upgrade --changed-scripts accept` writes that down"))
            }
            ChangedScripts::Accept => {
                self.accept(&changed).await?;
                let notice =
                    |revision| Notice::new(format!("{} counts as it is now", self.name_of(revision)));
                Ok(changed.iter().map(notice).collect())
            }
        }
    }

    async fn accept(&mut self, changed: &[RevisionId]) -> Result<()> {
        let mut entries = Vec::new();
        for revision in changed {
            let checksum = self.scripts.checksum(revision)?;
            entries.push(Entry::stamp(Some((revision.clone(), checksum))));
        }
        self.begin(&Session::default()).await?;
        let written = self.write_down(&entries).await;
        self.end(written).await
    }

    async fn write_down(&mut self, entries: &[Entry]) -> Result<()> {
        let ledger = self.ledger.clone();
        let connection = self.connected()?;
        for entry in entries {
            ledger.record(connection, entry).await?;
        }
        Ok(())
    }

    /// Sees to pending scripts that are older than an applied one.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfStep`] where that is wanted.
    pub(super) fn see_to_order(&self, record: &Record, pending: &[RevisionId]) -> Result<Vec<Notice>> {
        if self.out_of_order == OutOfOrder::Allow {
            return Ok(Vec::new());
        }
        let created = |revision: &RevisionId| self.scripts.header(revision)?.created;
        let applied = self.scripts.graph().ancestors(&record.heads);
        let newest = applied
            .into_iter()
            .filter_map(|revision| Some((created(revision)?, revision)))
            .max();
        let Some((time, newest)) = newest else {
            return Ok(Vec::new());
        };
        let late = pending
            .iter()
            .filter(|revision| created(revision).is_some_and(|created| created < time));
        let message = |revision: &RevisionId| {
            format!(
                "{} is older than {newest}, which is applied",
                self.name_of(revision)
            )
        };
        match self.out_of_order {
            OutOfOrder::Allow => Ok(Vec::new()),
            OutOfOrder::Warn => Ok(late.map(|revision| Notice::warning(message(revision))).collect()),
            OutOfOrder::Stop => match late.map(message).next() {
                None => Ok(Vec::new()),
                Some(message) => Err(Error::new(ErrorKind::OutOfStep, message)
                    .hint("`autogen rebase` puts a script of your own behind the others")
                    .hint("or apply it with `--out-of-order allow`")),
            },
        }
    }
}
