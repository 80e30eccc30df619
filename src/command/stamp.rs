//! `autogen stamp`: a revision written into the ledger without running anything.

use serde_json::json;

use super::{Outcome, project::Project};
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Stamp},
    },
    database::Open,
    migrate::{Options, StampRows, offline_stamp_sql},
    report,
    script::RevisionId,
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Stamp) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    if arguments.sql {
        let engine = project.engine_without_asking(arguments.engine.dialect)?;
        let scripts = project.scripts()?;
        let options = Options::from(&project.config);
        let sql = offline_stamp_sql(&scripts, engine, &options, &arguments.revisions)?;
        if terminal.is_json() {
            terminal.json(&report::document("stamp", json!({ "sql": sql })))?;
        } else {
            terminal.plain_data(&sql)?;
        }
        return Ok(Outcome::Fine);
    }
    let url = project.database()?;
    let scripts = project.scripts()?;
    let mut migrator = project.migrator(&url, &scripts, Open::ReadWrite).await?;
    let current = match migrator.current().await {
        // What is thrown away need not make sense.
        Err(_) if arguments.purge => Vec::new(),
        current => current?,
    };
    let from: Vec<RevisionId> = current.into_iter().map(|applied| applied.revision).collect();
    let rows = if arguments.purge {
        StampRows::Purge
    } else {
        StampRows::Keep
    };
    let outcome = migrator.stamp(&arguments.revisions, rows).await?;
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    if terminal.is_json() {
        let body = json!({
            "from": from,
            "to": outcome.heads,
            "notices": report::notices(&outcome.notices),
        });
        terminal.json(&report::document("stamp", body))?;
    } else {
        terminal.notices(&outcome.notices);
        let to: Vec<&str> = outcome.heads.iter().map(RevisionId::as_str).collect();
        let to = if to.is_empty() {
            "base".to_owned()
        } else {
            to.join(", ")
        };
        terminal.say(&format!("stamped {to}; no script was run"));
    }
    Ok(Outcome::Fine)
}
