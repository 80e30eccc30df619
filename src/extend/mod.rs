//! What a program adds to autogen: kinds of directives, kinds of objects, rewriters, comparators, filters.
//!
//! Comes in: values of the program's own, registered in [`Extensions`]. Goes out: their answers, where the flow asks for them. Nothing
//! here runs by itself, and a program that registers nothing gets the plain behaviour. `docs/extending.md` shows each of them.

mod compare;
mod element;
mod extensions;
mod kind;
mod object;
mod rewrite;

pub use compare::{
    ColumnSides, Comparator, Considered, Findings, Flow, Level, NameToRead, Priority, SchemaPart, Subject,
    Verdict,
};
pub use element::{Element, Elements};
pub use extensions::Extensions;
pub use kind::{DirectiveKind, Effect, Links, Site};
#[cfg(feature = "connect")]
pub use object::Reading;
pub(crate) use object::statements;
pub use object::{CustomObject, custom_object};
pub use rewrite::{Drafting, Rewrite, Rewriter, Way};
