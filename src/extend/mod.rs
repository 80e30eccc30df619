//! What a program adds to autogen: kinds of directives, kinds of objects, rewriters, comparators, filters.
//!
//! Comes in: values of the program's own, registered in [`Extensions`]. Goes out: their answers, where the flow asks for them. Nothing
//! here runs by itself, and a program that registers nothing gets the plain behaviour. `docs/extending.md` shows each of them.

mod extensions;
mod kind;

pub use extensions::Extensions;
pub use kind::{DirectiveKind, Effect, Links, Site};
