//! Where scripts come from: a folder of them, or scripts compiled into a program.

use super::{Entry, Folder, Graph, Header, RevisionId};
use crate::dialect::Engine;
use crate::directive::Directive;
use crate::extend::Extensions;
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

    /// What the program adds that they belong to.
    fn extensions(&self) -> Extensions {
        Extensions::default()
    }

    /// The file it lies in, for messages.
    fn file(&self, revision: &RevisionId) -> Option<&Path>;
}

impl Scripts for Folder {
    fn graph(&self) -> &Graph {
        Self::graph(self)
    }

    fn extensions(&self) -> Extensions {
        self.extensions.clone()
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
