//! A script as a value, and the two forms of its text.

use super::{Header, RevisionId};
use crate::directive::Directive;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A migration script.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What it says about itself.
    pub header: Header,
    /// The way there.
    pub upgrade: Vec<Directive>,
    /// The way back.
    pub downgrade: Vec<Directive>,
}

impl Script {
    /// An empty script that comes behind this one, with a revision of its own.
    #[must_use]
    pub fn next(&self, message: impl Into<String>) -> Self {
        Self {
            header: Header {
                revises: vec![self.header.revision.clone()],
                message: message.into(),
                created: self.header.created,
                ..Header::new(RevisionId::random())
            },
            upgrade: Vec::new(),
            downgrade: Vec::new(),
        }
    }
}

/// The form of a script's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Rust: directives as calls on [`Operations`](super::Operations).
    #[default]
    Rust,
    /// SQL: the statements themselves, for one engine.
    Sql,
}

impl Format {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Rust => "rs",
            Self::Sql => "sql",
        }
    }

    /// The form that the name of a file tells; `None` for files that are no scripts.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        [Self::Rust, Self::Sql]
            .into_iter()
            .find(|format| extension.eq_ignore_ascii_case(format.extension()))
    }
}
