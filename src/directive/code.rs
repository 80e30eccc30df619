//! Code of the user's own that runs at its place in a script: `op.run("fill totals", |db| ..)`.
//!
//! Only a compiled program has it. As data it is its name; what it does is a function that stays in the program, and so two are equal
//! when their names are.

use serde::{Deserialize, Serialize};
use std::fmt;

#[cfg(feature = "connect")]
use crate::{Error, ErrorKind, Result, database::Connection, migrate::Called};
#[cfg(feature = "connect")]
use std::sync::Arc;

/// What runs: it gets the connection, inside of the transaction of its script where the engine has that.
#[cfg(feature = "connect")]
type Function = dyn for<'c> Fn(&'c mut Connection) -> Called<'c> + Send + Sync;

/// Code of the user's own.
#[derive(Clone, Serialize, Deserialize)]
pub struct Code {
    name: String,
    #[cfg(feature = "connect")]
    #[serde(skip)]
    function: Option<Arc<Function>>,
}

impl Code {
    /// Code of that name.
    #[cfg(feature = "connect")]
    pub(crate) fn new(
        name: impl Into<String>,
        function: impl for<'c> Fn(&'c mut Connection) -> Called<'c> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            function: Some(Arc::new(function)),
        }
    }

    /// What it is called in messages and plans.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs it.
    ///
    /// # Errors
    /// What it says itself; when this program does not have it.
    #[cfg(feature = "connect")]
    pub(crate) async fn run(&self, connection: &mut Connection) -> Result<()> {
        match &self.function {
            Some(function) => function(connection).await,
            None => Err(Error::new(
                ErrorKind::Script,
                format!("the code {:?} is not part of this program", self.name),
            )
            .hint("run the script with the program that it is compiled into")),
        }
    }

    /// Takes the function from code of its name.
    #[cfg(feature = "connect")]
    pub(crate) fn adopt(&mut self, other: &Self) {
        if self.function.is_none() && self.name == other.name {
            self.function.clone_from(&other.function);
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
