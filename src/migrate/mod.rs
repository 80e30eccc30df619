//! Scripts to a database and back, with the ledger that remembers them.
//!
//! Comes in: a connection, scripts and where to go. Goes out: a database that is there, or exactly where it was. Each script and
//! its line in the ledger are one transaction; a script with statements that cannot be in one runs in segments, and the ledger says
//! how far it is. Nothing here knows an engine but for `lock` (how one migrator is alone), `settings` (what its session is set
//! to) and `ledger` (how its tables are asked for and made); nothing prints.

mod apply;
mod doubt;
mod embedded;
mod hook;
mod journal;
mod ledger;
mod lock;
mod migrator;
mod offline;
mod policy;
mod preview;
mod progress;
mod replay;
mod resume;
mod run;
mod scripts;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod whole_run;

pub use crate::script::Scripts;
pub use doubt::InDoubt;
pub use embedded::upgrade;
pub use hook::{Called, Hook, OnVersionApply, Step};
pub use ledger::{Direction, Entry, Ledger};
pub use migrator::{Migrator, Options, StampRows};
pub use offline::{ledger_sql, offline_sql, offline_stamp_sql};
pub use preview::{Preview, PreviewedScript};
pub use progress::{Event, Observer};
pub(crate) use replay::replay;
pub use run::{Outcome, Ran};
use scripts::{directives, name_of};
pub use status::{Applied, Status};
