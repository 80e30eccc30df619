//! `autogen ensure-version`: the tables of the ledger.

use serde_json::json;

use super::{Outcome, project::Project};
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{EnsureVersion, GlobalOptions},
    },
    database::Open,
    migrate::{Options, ledger_sql},
    report,
};

pub(super) async fn run(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &EnsureVersion,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let options = Options::from(&project.config);
    if arguments.sql {
        let sql = ledger_sql(project.engine_without_asking(arguments.engine.dialect)?, &options)?;
        if terminal.is_json() {
            let body = json!({ "made": false, "sql": sql });
            terminal.json(&report::document("ensure-version", body))?;
        } else {
            terminal.plain_data(&sql)?;
        }
        return Ok(Outcome::Fine);
    }
    let url = project.database()?;
    let scripts = project.scripts()?;
    let mut migrator = project.migrator(&url, &scripts, Open::Create).await?;
    let made = migrator.ensure_ledger().await?;
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    if terminal.is_json() {
        terminal.json(&report::document("ensure-version", json!({ "made": made })))?;
    } else if made {
        terminal.say(&format!(
            "made {} and {}",
            options.version_table, options.history_table
        ));
    } else {
        terminal.say(&format!("{} is there already", options.version_table));
    }
    Ok(Outcome::Fine)
}
