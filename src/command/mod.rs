//! What each verb of the command line does: one file each, a few calls along the flow.
//!
//! Settings and a terminal come in; the outcome goes out. Nothing here compares, plans or runs a statement by itself.

mod apply;
mod check;
mod completions;
mod diff;
mod edit;
mod ensure_version;
mod fleet;
mod header;
mod hooks;
mod init;
mod inspect;
mod listing;
mod merge;
mod outcome;
mod plan;
mod project;
mod rebase;
mod renames;
mod revision;
mod run;
mod schema_sql;
mod sides;
mod squash;
mod stamp;
mod standing;
mod status;
mod units;

pub(crate) use outcome::Outcome;
pub(crate) use run::run;
