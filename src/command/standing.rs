//! Where the database stands among the scripts.

use super::project::Project;
use crate::{
    Connection, DatabaseUrl, Error, ErrorKind, Notice, Result,
    database::Open,
    migrate::{Applied, Migrator, Status},
    script::{Folder, RevisionId},
};

/// Where a database stands.
pub(super) struct Standing {
    /// The applied heads.
    pub(super) current: Vec<Applied>,
    /// How they lie to the scripts.
    pub(super) status: Status,
    /// A warning for every applied script that is not any more what it was.
    pub(super) changed: Vec<Notice>,
}

/// Asks the ledger. A database that is not there is at the base.
///
/// # Errors
/// When the database cannot be opened or its ledger not be read.
pub(super) async fn of(project: &Project<'_>, scripts: &Folder, url: &DatabaseUrl) -> Result<Standing> {
    let (standing, connection) = over(project, scripts, url).await?;
    if let Some(connection) = connection {
        connection.close().await?;
    }
    Ok(standing)
}

/// The same, with the connection over which the ledger was asked; `None` when the database is not there.
///
/// # Errors
/// As [`of`].
pub(super) async fn over(
    project: &Project<'_>,
    scripts: &Folder,
    url: &DatabaseUrl,
) -> Result<(Standing, Option<Connection>)> {
    let mut migrator = project.migrator(url, scripts, Open::ReadOnly).await?;
    let standing = ask(&mut migrator).await?;
    Ok((standing, migrator.into_connection().await?))
}

/// Asks the ledger through `migrator`.
///
/// # Errors
/// When the ledger or a script cannot be read.
pub(super) async fn ask(migrator: &mut Migrator<'_>) -> Result<Standing> {
    Ok(Standing {
        current: migrator.current().await?,
        status: migrator.status().await?,
        changed: migrator.changed().await?,
    })
}

/// Asks the ledger whether every script is applied, and no other.
///
/// # Errors
/// [`ErrorKind::OutOfStep`] when it is not so; as [`of`].
pub(super) async fn require_in_step(
    project: &Project<'_>,
    scripts: &Folder,
    url: &DatabaseUrl,
) -> Result<()> {
    let standing = of(project, scripts, url).await?;
    match describe(&standing.status, scripts) {
        None => Ok(()),
        Some((message, hint)) => Err(Error::new(ErrorKind::OutOfStep, message).hint(hint)),
    }
}

/// What is out of step, and what to do; `None` when nothing is.
pub(super) fn describe(status: &Status, scripts: &Folder) -> Option<(String, String)> {
    match status {
        Status::InStep => None,
        Status::Behind { pending } => {
            let scripts = match pending.as_slice() {
                [one] => format!("script {} is not applied", named(one, scripts)),
                [first, .., last] => format!(
                    "{} scripts are not applied, from {} to {}",
                    pending.len(),
                    named(first, scripts),
                    named(last, scripts)
                ),
                [] => return None,
            };
            Some((
                format!("the database is behind: {scripts}"),
                "apply them with `autogen upgrade`".to_owned(),
            ))
        }
        Status::Ahead { revisions } => Some((
            format!(
                "the database is ahead: it has {}, of which there is no script here",
                list(revisions)
            ),
            "get the scripts that are missing: this checkout may be an old one".to_owned(),
        )),
        Status::Unknown { revisions } => Some((
            format!(
                "the database is at {}, of which there is no script here",
                list(revisions)
            ),
            "get the script that is missing, or write down where the database is with `autogen stamp REV`"
                .to_owned(),
        )),
    }
}

fn named(revision: &RevisionId, scripts: &Folder) -> String {
    match scripts.get(revision).map(|entry| entry.header.message.as_str()) {
        Some(message) if !message.is_empty() => format!("{revision} ({message})"),
        Some(_) | None => revision.to_string(),
    }
}

fn list(revisions: &[RevisionId]) -> String {
    let ids: Vec<&str> = revisions.iter().map(RevisionId::as_str).collect();
    ids.join(", ")
}
