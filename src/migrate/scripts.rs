//! Where scripts come from, as far as a migrator needs to know.

use super::Direction;
use crate::dialect::Engine;
use crate::directive::Directive;
use crate::plan::refuse_irreversible;
use crate::script::{Entry, Folder, Graph, Header, RevisionId};
use crate::{Error, ErrorKind, Result};
use std::path::Path;

/// A set of scripts: a folder of them, or scripts compiled into a program.
pub trait Scripts: Sync {
    /// How they follow each other.
    fn graph(&self) -> &Graph;

    /// The header of a revision; `None` when there is no such script.
    fn header(&self, revision: &RevisionId) -> Option<&Header>;

    /// What its `upgrade` does on an engine.
    ///
    /// # Errors
    /// When the script cannot be read.
    fn upgrade(&self, revision: &RevisionId, engine: Engine) -> Result<Vec<Directive>>;

    /// What its `downgrade` does on an engine.
    ///
    /// # Errors
    /// When the script cannot be read.
    fn downgrade(&self, revision: &RevisionId, engine: Engine) -> Result<Vec<Directive>>;

    /// The checksum of its text, the same for texts that differ only in their layout.
    ///
    /// # Errors
    /// When the script cannot be read.
    fn checksum(&self, revision: &RevisionId) -> Result<String>;

    /// The file it lies in, for messages.
    fn file(&self, revision: &RevisionId) -> Option<&Path>;
}

impl Scripts for Folder {
    fn graph(&self) -> &Graph {
        Self::graph(self)
    }

    fn header(&self, revision: &RevisionId) -> Option<&Header> {
        self.get(revision).map(|entry| &entry.header)
    }

    fn upgrade(&self, revision: &RevisionId, engine: Engine) -> Result<Vec<Directive>> {
        Ok(known(self, revision)?.script(engine)?.upgrade)
    }

    fn downgrade(&self, revision: &RevisionId, engine: Engine) -> Result<Vec<Directive>> {
        Ok(known(self, revision)?.script(engine)?.downgrade)
    }

    fn checksum(&self, revision: &RevisionId) -> Result<String> {
        known(self, revision)?.checksum()
    }

    fn file(&self, revision: &RevisionId) -> Option<&Path> {
        self.get(revision).map(|entry| entry.path.as_path())
    }
}

fn known<'f>(folder: &'f Folder, revision: &RevisionId) -> Result<&'f Entry> {
    folder.get(revision).ok_or_else(|| {
        Error::new(
            ErrorKind::Script,
            format!("there is no script of revision {revision}"),
        )
    })
}

/// What a script does, if it can be done.
pub(super) fn directives(
    scripts: &dyn Scripts,
    revision: &RevisionId,
    direction: Direction,
    engine: Engine,
) -> Result<Vec<Directive>> {
    let directives = match direction {
        Direction::Upgrade => scripts.upgrade(revision, engine)?,
        Direction::Downgrade => scripts.downgrade(revision, engine)?,
        Direction::Stamp => Vec::new(),
    };
    refuse_irreversible(&directives).map_err(|error| error.context(name_of(scripts, revision)))?;
    Ok(directives)
}

/// A script in messages: its file, else its id.
pub(super) fn name_of(scripts: &dyn Scripts, revision: &RevisionId) -> String {
    match scripts.file(revision) {
        Some(file) => file.display().to_string(),
        None => format!("revision {revision}"),
    }
}
