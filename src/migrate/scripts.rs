//! What a migrator asks of a script.

use super::{Direction, Scripts};
use crate::Result;
use crate::dialect::Engine;
use crate::directive::Directive;
use crate::plan::refuse_irreversible;
use crate::script::RevisionId;

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
