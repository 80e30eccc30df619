//! The one vocabulary of changes.
//!
//! The comparator emits [`Directive`]s, a script calls them (through [`Operations`]), [`reverse`] inverts them, [`evolve`] carries
//! them out on a [`Schema`](crate::schema::Schema), the planner compiles them. Every change holds old and new, so that each of
//! these is total. Nothing here reads or writes anything, and nothing knows an engine.

mod code;
mod custom;
mod evolve;
pub mod operations;
mod reverse;
mod summary;
mod tree;

pub use code::Code;
pub use custom::{Custom, FieldValue};
pub(crate) use evolve::{Evolution, Families, find_table, inherit, same_relation};
pub use evolve::{Naming, RenamedPart, evolve};
pub use operations::Operations;
pub use reverse::{reverse, reverse_one};
pub use tree::{
    AlterColumn, AlterTable, BulkInsert, Change, ColumnChange, Directive, Literal, NewColumn, OptionChange,
    TableChange,
};
