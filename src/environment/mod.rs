//! What a program sets in code around the command line: the counterpart of Alembic's `env.py`.
//!
//! Comes in: scripts compiled into the program, changes of the settings, extensions, callbacks. Goes out: one value that
//! [`cli::run`](crate::cli::run) works with. Nothing is global and nothing is executed from a file: a program that needs more than
//! `autogen.toml` can say is a `main` of a few lines.
//!
//! ```no_run
//! use autogen::Environment;
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     let environment = Environment::new().configure(|config, given| {
//!         config.filter.exclude("legacy_*")?;
//!         if let Some(url) = given.get("url") {
//!             config.set_url(url);
//!         }
//!         Ok(())
//!     });
//!     autogen::cli::run(environment)
//! }
//! ```

mod given;

pub use given::Given;

use std::{fmt, sync::Arc};

use crate::{Config, Result, config::Variables, extend::Extensions, migrate::Hook, script::Folder};

type Configure = dyn Fn(&mut Config, &Given) -> Result<()> + Send + Sync;

/// What a program adds to the command line. Cloning it is cheap.
#[derive(Clone, Default)]
pub struct Environment {
    scripts: Option<Arc<Folder>>,
    configure: Vec<Arc<Configure>>,
    extensions: Extensions,
    hooks: Vec<Arc<dyn Hook>>,
    variables: Option<Variables>,
}

impl Environment {
    /// Nothing: the command line as the program `autogen` has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the scripts that are compiled into the program ([`embed`](crate::embed)) instead of those in the folder, so that they
    /// can hold any Rust. Without `script_location` on disk the program can still apply them.
    #[must_use]
    pub fn scripts(mut self, scripts: Folder) -> Self {
        self.scripts = Some(Arc::new(scripts));
        self
    }

    /// Changes the settings after `autogen.toml` was read, for each database and tenant: the target, filters, the URL. `given` is what
    /// `-x KEY=VALUE` says. May be called more than once; an error stops the command.
    #[must_use]
    pub fn configure(
        mut self,
        change: impl Fn(&mut Config, &Given) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.configure.push(Arc::new(change));
        self
    }

    /// Adds kinds of directives and objects, comparators, rewriters and filters.
    #[must_use]
    pub fn extensions(mut self, extensions: Extensions) -> Self {
        self.extensions = extensions;
        self
    }

    /// Calls something around each script that is applied or taken back.
    #[must_use]
    pub fn hook(mut self, hook: impl Hook + 'static) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Takes variables such as `DATABASE_URL` from somewhere else than the process and `.env`.
    #[must_use]
    pub fn variables(mut self, variables: Variables) -> Self {
        self.variables = Some(variables);
        self
    }

    pub(crate) fn compiled(&self) -> Option<&Folder> {
        self.scripts.as_deref()
    }

    pub(crate) fn registered(&self) -> &Extensions {
        &self.extensions
    }

    pub(crate) fn hooks(&self) -> &[Arc<dyn Hook>] {
        &self.hooks
    }

    pub(crate) fn given_variables(&self) -> Option<&Variables> {
        self.variables.as_ref()
    }

    /// Carries out what [`configure`](Self::configure) was told.
    pub(crate) fn apply(&self, config: &mut Config, given: &Given) -> Result<()> {
        self.configure.iter().try_for_each(|change| change(config, given))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field(
                "scripts",
                &self.scripts.as_ref().map(|scripts| scripts.entries().count()),
            )
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}
