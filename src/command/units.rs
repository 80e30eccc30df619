//! For which databases and tenants a command runs.

use super::project::{Project, Settings};
use crate::{
    Connection, Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Scope, Unit},
    },
    database::Open,
};

/// Several databases and tenants, and how to go about them.
pub(super) struct Units {
    pub(super) units: Vec<Unit>,
    pub(super) jobs: usize,
}

/// Whom the command line names; `None` for the one database that a command is for without any of this.
///
/// # Errors
/// When a name is unknown, nobody is found, or the database cannot be asked for its tenants.
pub(super) async fn named(terminal: &Terminal, global: &GlobalOptions) -> Result<Option<Units>> {
    let asks_for_tenants = !global.tenant.is_empty() || global.tenants_from.is_some();
    if global.name.is_empty() && !global.all && !asks_for_tenants {
        return Ok(None);
    }
    let Some(Settings { config, .. }) = Settings::read(global)? else {
        return Err(
            Error::new(ErrorKind::Config, "there is no autogen.toml here or above")
                .hint("several databases and tenants are for projects that have one"),
        );
    };
    let databases: Vec<Option<String>> = if !global.name.is_empty() {
        global.name.iter().cloned().map(Some).collect()
    } else if global.all && config.database_names().next().is_some() {
        config
            .database_names()
            .map(|name| Some(name.to_owned()))
            .collect()
    } else {
        vec![None]
    };
    let mut units = Vec::new();
    let mut jobs = 1;
    for database in databases {
        let own = match &database {
            Some(name) => config.of_database(name)?,
            None => config.clone(),
        };
        let has_tenants = asks_for_tenants || (global.all && own.tenants.is_some());
        if !has_tenants {
            units.push(Unit {
                database,
                tenant: None,
            });
            continue;
        }
        jobs = jobs.max(own.tenants.as_ref().map_or(1, |tenants| tenants.jobs));
        for tenant in tenants(terminal, global, &own, database.as_deref()).await? {
            // So that one that cannot be is told before anything is done.
            own.of_tenant(&tenant)?;
            units.push(Unit {
                database: database.clone(),
                tenant: Some(tenant),
            });
        }
    }
    if units.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "there is no tenant")
            .hint("name them with `--tenant`, or in autogen.toml under `[tenants]` with `names` or `from`"));
    }
    if units
        .iter()
        .enumerate()
        .any(|(at, unit)| units[..at].contains(unit))
    {
        return Err(Error::new(
            ErrorKind::Usage,
            "a database or tenant is named twice",
        ));
    }
    Ok(Some(Units {
        units,
        jobs: global.jobs.map_or(jobs, usize::from),
    }))
}

/// The tenants of a database: those that are named, else those it tells.
async fn tenants(
    terminal: &Terminal,
    global: &GlobalOptions,
    config: &crate::Config,
    database: Option<&str>,
) -> Result<Vec<String>> {
    let mut found = global.tenant.clone();
    let configured = config.tenants.as_ref();
    let query = global.tenants_from.as_ref().or_else(|| {
        configured
            .filter(|_| found.is_empty())
            .and_then(|tenants| tenants.from.as_ref())
    });
    if found.is_empty() && global.tenants_from.is_none() {
        found.extend(
            configured
                .iter()
                .flat_map(|tenants| tenants.names.iter().cloned()),
        );
    }
    let Some(query) = query else {
        return Ok(found);
    };
    let mut global = global.clone();
    global.scope = Scope {
        unit: database.map(|name| Unit {
            database: Some(name.to_owned()),
            tenant: None,
        }),
        ..global.scope
    };
    let project = Project::open(terminal, &global)?;
    let url = project.database()?;
    let told = |error: Error| error.context("asking for the tenants");
    let mut connection = Connection::open(&url, Open::ReadOnly).await.map_err(told)?;
    let rows = connection.query(query).await.map_err(told)?;
    for row in &rows {
        found.push(row.text(0).map_err(told)?.to_owned());
    }
    connection.close().await?;
    Ok(found)
}
