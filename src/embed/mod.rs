//! Scripts compiled into a program, so that it can migrate its database by itself.
//!
//! Comes in: at build time the folder of scripts, in the program what [`collect`] made of it. Goes out: the same
//! [`Folder`] that the command line reads from disk, whose directives come from compiled code. Nothing here
//! talks to a database.
//!
//! ```no_run
//! // build.rs, with autogen (default-features = false) among the build-dependencies
//! fn main() -> autogen::Result<()> {
//!     autogen::embed::collect("migrations")
//! }
//! ```
//!
//! ```ignore
//! // src/main.rs
//! mod migrations {
//!     autogen::include_migrations!();
//! }
//!
//! let scripts = migrations::scripts()?;
//! autogen::upgrade(&pool, &scripts, "head").await?;
//! ```

mod collect;

pub use collect::{Collection, collect};

use crate::Result;
use crate::script::{Code, Folder, Operations};

/// A script as it stands in a program.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    file: &'static str,
    text: &'static str,
    code: Option<Code>,
}

impl Embedded {
    /// A script in Rust: the name of its file, its text, and its two functions.
    pub const fn rust(
        file: &'static str,
        text: &'static str,
        upgrade: fn(&mut Operations),
        downgrade: fn(&mut Operations),
    ) -> Self {
        Self {
            file,
            text,
            code: Some(Code { upgrade, downgrade }),
        }
    }

    /// A script in SQL: the name of its file, and its text.
    pub const fn sql(file: &'static str, text: &'static str) -> Self {
        Self {
            file,
            text,
            code: None,
        }
    }
}

/// The scripts of a program. [`include_migrations!`](crate::include_migrations) calls it with those that [`collect`] has found.
///
/// # Errors
/// When the scripts do not hold together: what [`Folder::load`] says of a folder of them.
pub fn scripts(scripts: &[Embedded]) -> Result<Folder> {
    Folder::embedded(
        scripts
            .iter()
            .map(|script| (script.file, script.text, script.code)),
    )
}

/// Brings the scripts that [`embed::collect`](crate::embed::collect) has found into a module of the program, as modules of their own and
/// a function `scripts() -> autogen::Result<autogen::script::Folder>`.
#[macro_export]
macro_rules! include_migrations {
    () => {
        include!(concat!(env!("OUT_DIR"), "/autogen_migrations.rs"));
    };
}
