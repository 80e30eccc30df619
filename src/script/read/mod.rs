//! Scripts read without a compiler.
//!
//! Comes in: the text of a script and the name of an engine. Goes out: its header and the directives of both directions, or
//! an error with its place, what is allowed and the way out. What stands in the text is evaluated by calling the builder that
//! a compiled script calls, so both give the same. Nothing here reads files, and no text makes it panic.

mod body;
mod calls;
mod evaluate;
mod fault;
mod file;
mod header;
#[cfg(test)]
mod tests;
mod tokens;
mod value;

pub(super) use fault::COMPILED;
pub(super) use file::read_here;
pub use file::{read, read_header};
pub(super) use header::find_header;
pub(super) use tokens::{lex, normal_lines};
