//! `autogen diff`: what leads from one source to another, in the form that is asked for.

use serde_json::json;

use super::{
    Outcome,
    project::Project,
    schema_sql::schema_sql,
    sides::{Asking, Sides},
};
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{Diff, Format, GlobalOptions},
    },
    compare::Pair,
    plan::{plan, readable},
    report::{self, Difference},
    target::Missing,
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Diff) -> Result<Outcome> {
    let project = Project::open_or_default(terminal, global)?;
    let sources = Pair::new(
        project.source_or_database(&arguments.from)?,
        project.source_or_target(&arguments.to)?,
    );
    let dialect = project.dialect_of([&sources.live, &sources.target]).await?;
    let missing = Pair::new(Missing::Empty, Missing::Empty);
    let realised = project
        .realise_both(sources.as_ref(), dialect, missing, None)
        .await?;
    let sides = Sides::compare(&project, dialect, realised, &arguments.rename, Asking::IfPossible)?;
    let upgrade = &sides.comparison.upgrade;

    match terminal.format().unwrap_or(Format::Text) {
        Format::Json => {
            let plan = plan(upgrade, &sides.schemas.live, dialect)?.online_text(project.config.online)?;
            let body = json!({
                "from": sources.live.to_string(),
                "to": sources.target.to_string(),
                "summary": Difference::new(upgrade),
                "differences": report::differences(upgrade),
                "sql": if upgrade.is_empty() { String::new() } else { readable(plan.sql(), dialect) },
                "notices": report::notices(&sides.notices),
            });
            terminal.json(&report::document("diff", body))?;
        }
        Format::Sql => {
            if !upgrade.is_empty() {
                let plan = plan(upgrade, &sides.schemas.live, dialect)?.online_text(project.config.online)?;
                terminal.plain_data(&readable(plan.sql(), dialect))?;
            }
        }
        Format::Unified => {
            let sql = Pair::new(
                schema_sql(&sides.schemas.live, dialect)?,
                schema_sql(&sides.schemas.target, dialect)?,
            );
            terminal.data(&report::unified(
                &sql.live,
                &sql.target,
                &sources.live.to_string(),
                &sources.target.to_string(),
            ))?;
        }
        Format::Text => terminal.data(&Difference::new(upgrade).text())?,
    }
    terminal.notices(&sides.notices);
    if upgrade.is_empty() {
        terminal.say(&format!(
            "no difference between {} and {}",
            sources.live, sources.target
        ));
        return Ok(Outcome::Fine);
    }
    Ok(if arguments.exit_code {
        Outcome::Differences
    } else {
        Outcome::Fine
    })
}
