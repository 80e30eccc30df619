//! Two schemas to the directives that lead from one to the other.

mod rename;

pub use rename::{Rename, RenameOf, RenameOrigin};
