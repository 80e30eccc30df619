//! Scripts as Rust text.
//!
//! Comes in: a header and the directives of both directions. Goes out: text that compiles against this crate, reads back to
//! the same directives, and says in comments what a directive does and loses. What a value says decides its spelling, never
//! the engine. Nothing here writes files.

mod chain;
mod file;
mod layout;
mod literal;
mod marks;
mod spec;
mod statement;

pub use file::render;
