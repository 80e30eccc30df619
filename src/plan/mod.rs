//! Directives to statements, with what must be true of the rows before any of them runs.
//!
//! Comes in: directives and the schema they start from. Goes out: a [`Plan`]: for each directive the statements, and [`Guard`]s,
//! queries that count the rows which contradict it. Nothing here runs anything; what an engine needs is asked of the
//! [`Dialect`](crate::dialect::Dialect).

mod coalesce;
mod compile;
mod contradiction;
mod guard;
mod online;
mod opaque;
mod rows;
mod segments;
mod text;

pub(crate) use compile::refuse_code;
#[cfg(feature = "connect")]
pub(crate) use compile::refuse_irreversible;
pub use compile::{Plan, Step, groups, plan};
pub use contradiction::{Contradiction, Guard};
pub use online::OnlineChanges;
pub use segments::Segment;
#[cfg(feature = "connect")]
pub(crate) use segments::Segments;
#[cfg(feature = "connect")]
pub(crate) use text::readable;
pub(crate) use text::{comment, ended, terminated};
