//! Two sources side by side: both realised and compared, renames read or asked.

use std::sync::Arc;

use super::{project::Project, renames};
use crate::{
    Notice, Result,
    compare::{CompareOptions, Comparison, Pair, Rename, RenameOrigin, compare},
    dialect::Dialect,
    schema::Schema,
    target::Realised,
};

/// Two schemas and what leads from one to the other.
pub(super) struct Sides {
    /// The schemas.
    pub(super) schemas: Pair<Arc<Schema>>,
    /// What leads from the first to the second.
    pub(super) comparison: Comparison,
    /// What a person should know about all of it.
    pub(super) notices: Vec<Notice>,
}

/// Whether the user is asked about what may be a rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// When somebody sits at a terminal.
    IfPossible,
    /// Never.
    Never,
}

impl Sides {
    /// Compares two realised sources.
    ///
    /// # Errors
    /// When a flag names what there is not, or the user interrupts a question.
    pub(super) fn compare(
        project: &Project<'_>,
        dialect: &dyn Dialect,
        sides: Pair<Realised>,
        flags: &[String],
        asking: Asking,
    ) -> Result<Self> {
        let Pair { live, target } = sides;
        let schemas = Pair::new(live.schema, target.schema);
        let both = Pair::new(&*schemas.live, &*schemas.target);
        let mut declared = renames::renames(flags, both, dialect)?;
        declared.extend(target.renames);
        let mut options = CompareOptions {
            renames: declared,
            column_order: project.config.column_order,
            constraint_names: project.config.constraint_names,
            elements: project.config.compare.clone(),
            extensions: project.extensions().clone(),
            ..CompareOptions::default()
        };
        let mut comparison = compare(both, dialect, &options)?;
        if asking == Asking::IfPossible && project.terminal.can_ask() {
            // Each answer may answer or raise other questions.
            while let Some(question) = comparison.questions.first() {
                let what = question.what.clone();
                let yes = project.terminal.ask(
                    &question.to_string(),
                    "no: the old one is dropped with its data, and the new one is added empty",
                )?;
                match yes {
                    Some(true) => options.renames.push(Rename {
                        what,
                        origin: RenameOrigin::Answer,
                    }),
                    Some(false) => options.declined.push(what),
                    // Who does not want to answer gets the warnings instead.
                    None => break,
                }
                comparison = compare(both, dialect, &options)?;
            }
        }
        let mut notices = live.notices;
        for notice in target.notices.into_iter().chain(comparison.notices.drain(..)) {
            // What both sides leave alone is said once.
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        }
        Ok(Self {
            schemas,
            comparison,
            notices,
        })
    }
}
