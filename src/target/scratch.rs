//! Statements to a schema, by way of a scratch database.
//!
//! In come the statements of a target, out comes what the engine makes of them. Which statements these are has been decided
//! before; here they only run.

use super::{classify::Rules, files::SqlFile, load::load, statements::Runs};
#[cfg(feature = "sqlite")]
use super::{
    load::{Failure, explained, run},
    parts::{is_virtual_table, parts},
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
        Engine::Sqlite => {
            let mut scratch = Connection::memory().await?;
            // As in SQLite's own shell: with it on, some ADD COLUMN are refused.
            scratch.execute("PRAGMA foreign_keys = OFF").await?;
            Ok(scratch)
        }
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
        && let Some(reflection) = reflect_parts(files, statements, &parts, rules, filter).await?
    {
        return Ok(reflection);
    }
    let mut scratch = open(rules.engine).await?;
    load(files, statements, rules, &mut scratch).await?;
    let reflection = reflect(&mut scratch, filter).await?;
    scratch.close().await?;
    Ok(reflection)
}

/// The schema of parts that are loaded apart. `None` when the engine refuses a virtual table: that may need what is in
/// another part.
#[cfg(feature = "sqlite")]
async fn reflect_parts(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    parts: &[Vec<usize>],
    rules: &Rules,
    filter: &Filter,
) -> Result<Option<Reflection>> {
    let mut catalogs = Parts::default();
    for part in parts {
        let mut scratch = open(rules.engine).await?;
        let texts: Vec<&Runs<'_>> = part.iter().map(|&number| &statements[number]).collect();
        match run(&texts, &mut scratch).await {
            Ok(()) => catalogs.add(&mut scratch).await?,
            Err(Failure::Refused(refused)) => {
                let number = part[refused.index];
                if is_virtual_table(&statements[number].sql, rules) {
                    return Ok(None);
                }
                return Err(explained(files, statements, number, &refused.error, rules));
            }
            Err(Failure::Other(error)) => return Err(error),
        }
        scratch.close().await?;
    }
    Ok(Some(catalogs.reflect(filter)))
}
