//! Statements to a schema, by way of a scratch database.
//!
//! In come the statements of a target, out comes what the engine makes of them. Which statements these are has been decided
//! before; here they only run.

use super::{classify::Rules, files::SqlFile, load::load, statements::Runs};
#[cfg(feature = "sqlite")]
use super::{
    load::{Failure, run},
    parts::parts,
};
#[cfg(feature = "sqlite")]
use crate::reflect::Parts;
use crate::{
    Connection, Error, ErrorKind, Result,
    config::Filter,
    dialect::Engine,
    reflect::{Reflection, reflect},
};

/// Opens an empty scratch database.
///
/// # Errors
/// [`ErrorKind::Usage`] when this build cannot make one for the engine; what [`Connection::memory`] says.
pub(super) async fn open(engine: Engine) -> Result<Connection> {
    match engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => Connection::memory().await,
        engine => Err(Error::new(
            ErrorKind::Usage,
            format!("this build cannot make a scratch database of {engine}"),
        )),
    }
}

/// The schema that the statements make.
///
/// # Errors
/// As [`load`] and [`reflect`].
pub(super) async fn reflect_statements(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    rules: &Rules,
    filter: &Filter,
) -> Result<Reflection> {
    #[cfg(feature = "sqlite")]
    if let Some(parts) = parts(statements, rules)
        && let Some(reflection) = reflect_parts(&parts, rules, filter).await?
    {
        return Ok(reflection);
    }
    let mut scratch = open(rules.engine).await?;
    load(files, statements, rules, &mut scratch).await?;
    let reflection = reflect(&mut scratch, filter).await?;
    scratch.close().await?;
    Ok(reflection)
}

/// The schema of parts that are loaded apart. `None` when the engine refuses a statement: whether it is wrong, and why, shows
/// only with all of them together.
#[cfg(feature = "sqlite")]
async fn reflect_parts(
    parts: &[Vec<&Runs<'_>>],
    rules: &Rules,
    filter: &Filter,
) -> Result<Option<Reflection>> {
    let mut catalogs = Parts::default();
    for part in parts {
        let mut scratch = open(rules.engine).await?;
        match run(part, &mut scratch).await {
            Ok(()) => catalogs.add(&mut scratch).await?,
            Err(Failure::Refused(_)) => return Ok(None),
            Err(Failure::Other(error)) => return Err(error),
        }
        scratch.close().await?;
    }
    Ok(Some(catalogs.reflect(filter)))
}
