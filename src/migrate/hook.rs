//! What is called around each script.

use super::Direction;
use crate::Result;
use crate::database::Connection;
use crate::script::{Header, RevisionId};
use std::future::{Future, ready};
use std::path::Path;
use std::pin::Pin;

/// What a hook does, as a future.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A script that is applied or taken back.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Its header.
    pub header: &'a Header,
    /// Its file, where it has one.
    pub file: Option<&'a Path>,
    /// Which way.
    pub direction: Direction,
    /// The applied heads before it.
    pub heads: &'a [RevisionId],
    /// What was given along with `--tag`.
    pub tag: Option<&'a str>,
}

/// Something to call around each script. An error stops the run; what the script did is rolled back where its transaction still lasts.
pub trait Hook: Send + Sync {
    /// Called before the script, outside of its transaction.
    fn before<'a>(&'a self, step: Step<'a>) -> Called<'a> {
        let _ = step;
        Box::pin(ready(Ok(())))
    }

    /// Called after the script and its line in the ledger, inside of its transaction where the engine has that (`on_version_apply`).
    fn applied<'a>(&'a self, connection: &'a mut Connection, step: Step<'a>) -> Called<'a> {
        let _ = (connection, step);
        Box::pin(ready(Ok(())))
    }

    /// Called after the script was committed.
    fn after<'a>(&'a self, step: Step<'a>) -> Called<'a> {
        let _ = step;
        Box::pin(ready(Ok(())))
    }
}

/// A function that is called inside of the transaction of each script, after the script and its line in the ledger: Alembic's
/// `on_version_apply`.
pub struct OnVersionApply<F>(pub F);

impl<F> Hook for OnVersionApply<F>
where
    F: for<'a> Fn(&'a mut Connection, Step<'a>) -> Called<'a> + Send + Sync,
{
    fn applied<'a>(&'a self, connection: &'a mut Connection, step: Step<'a>) -> Called<'a> {
        (self.0)(connection, step)
    }
}
