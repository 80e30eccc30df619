//! Migration scripts: what stands in them, how they are written and read, and the folder they lie in.
//!
//! Comes in: directives and a header, or the text of a script. Goes out: that text, or the directives in it. `use
//! autogen::script::*` is all a script needs: [`Operations`], the words of its chains, and [`Revision`]. Nothing here
//! compares schemas, makes SQL from directives or touches a database.

#[cfg(test)]
mod arbitrary;
mod checksum;
mod folder;
mod format;
mod graph;
mod read;
mod render;
mod revision;
mod rewrite;
mod scripts;
mod sql;
mod stack;

pub use crate::directive::operations::*;
pub use crate::schema::Action::{self, Cascade, NoAction, Restrict, SetDefault, SetNull};
pub use crate::schema::Deferral::{self, Deferred, Immediate, NotDeferrable};
pub use crate::schema::MatchKind::{self, Full, Partial, Simple};
pub use Numbering::{Always, ByDefault};
pub use checksum::checksum;
pub(crate) use folder::Code;
pub use folder::{Entry, Folder, Locations, Search};
pub use format::{Format, Script};
pub use graph::{Graph, HeadStep, Point, Range, Target};
pub use read::{read, read_header};
pub use render::render;
pub use revision::{Header, Revision, RevisionId};
pub use scripts::Scripts;
pub use sql::{SqlDirection, read_sql, render_sql};
