//! Two schemas to the directives that lead from one to the other.
//!
//! What comes in: the live [`Schema`](crate::schema::Schema) and the target as a [`Pair`], a dialect, and what somebody said about
//! renames. What goes out: a [`Comparison`]. It reads as this list: `renames` carries out what was declared; `agree` asks a program what is
//! compared at all; `tables` (with
//! `columns`, `constraints`, `indexes`), `types` and `objects` state differences; `order` sorts them; `questions` finds what may
//! be a rename. Nothing here talks to a database, prints, or knows an engine other than through its dialect.

mod again;
mod agree;
mod columns;
mod comparison;
mod concurrent;
mod constraints;
mod conversions;
mod dependents;
mod indexes;
mod objects;
mod options;
mod order;
mod pair;
mod questions;
mod rename;
mod renames;
mod settle;
mod tables;
#[cfg(all(test, feature = "sqlite"))]
pub(crate) mod testing;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
mod types;

pub use comparison::{Comparison, compare};
pub use concurrent::mark_concurrent;
pub use options::{CompareOptions, ConstraintNames};
pub use pair::Pair;
pub use questions::RenameQuestion;
pub use rename::{Rename, RenameOf, RenameOrigin};
