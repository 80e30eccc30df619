//! `autogen check`: are database, scripts and target in step?

use serde_json::json;

use super::{
    Outcome,
    project::Project,
    sides::{Asking, Sides},
    standing::{self, Standing},
};
use crate::{
    Connection, Result,
    cli::{
        Terminal,
        arguments::{Check, GlobalOptions},
    },
    compare::Pair,
    dialect::for_engine,
    migrate::Status,
    report::{self, Difference},
    script::Folder,
    target::{Missing, Source},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Check) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let url = project.database()?;
    let scripts = project.scripts()?;
    let (standing, connection) = standing::over(&project, &scripts, &url).await?;
    let dialect = connection
        .as_ref()
        .map_or_else(|| for_engine(url.engine()), Connection::dialect)?;
    let out_of_step = standing::describe(&standing.status, &scripts);
    let to = match project.source_or_target(&arguments.to)? {
        // What somebody did behind the scripts' back shows against those that are applied; the rest are yet to come.
        Source::Migrations(None) => match standing.current.as_slice() {
            [] => Source::Migrations(Some("base".to_owned())),
            [one] if one.header.is_some() => Source::Migrations(Some(one.revision.to_string())),
            _ => Source::Migrations(None),
        },
        other => other,
    };
    terminal.notices(&standing.changed);
    // Pending scripts would all show as differences to the target.
    if let Some((message, hint)) = &out_of_step
        && arguments.to.is_empty()
    {
        if terminal.is_json() {
            let body = document(&standing, &scripts, Outcome::OutOfStep, None);
            terminal.json(&report::document("check", body))?;
        } else {
            terminal.plain_data(&format!("{message}\n"))?;
            terminal.say(hint);
        }
        if let Some(connection) = connection {
            connection.close().await?;
        }
        return Ok(Outcome::OutOfStep);
    }

    let database = Source::Database(url);
    let missing = Pair::new(Missing::Empty, Missing::Error);
    let realised = project
        .realise_to_check(Pair::new(&database, &to), dialect, missing, connection)
        .await?;
    let sides = Sides::compare(&project, dialect, realised, &[], Asking::Never)?;
    let difference = Difference::new(&sides.comparison.upgrade);
    let outcome = match (sides.comparison.is_empty(), out_of_step.is_some()) {
        (false, _) => Outcome::Differences,
        (true, true) => Outcome::OutOfStep,
        (true, false) => Outcome::Fine,
    };
    if terminal.is_json() {
        let body = document(&standing, &scripts, outcome, Some(&sides));
        terminal.json(&report::document("check", body))?;
        return Ok(outcome);
    }
    terminal.notices(&sides.notices);
    if !difference.is_empty() {
        terminal.plain_data(&format!(
            "{database} differs from {to}: {}\n\n",
            difference.summary()
        ))?;
        terminal.data(&difference.text())?;
    }
    if let Some((message, hint)) = out_of_step {
        terminal.plain_data(&format!("{message}\n"))?;
        terminal.say(&hint);
    } else if difference.is_empty() {
        terminal.say(&format!("in step: {database} is what {to} declares"));
    }
    Ok(outcome)
}

fn document(
    standing: &Standing,
    scripts: &Folder,
    outcome: Outcome,
    sides: Option<&Sides>,
) -> serde_json::Value {
    let status = match outcome {
        Outcome::Fine => "in_step",
        Outcome::Differences => "drift",
        Outcome::OutOfStep => "out_of_step",
        Outcome::Failed => "failed",
    };
    let (pending, unknown): (&[_], &[_]) = match &standing.status {
        Status::InStep => (&[], &[]),
        Status::Behind { pending } => (pending, &[]),
        Status::Ahead { revisions } | Status::Unknown { revisions } => (&[], revisions),
    };
    let mut notices = standing.changed.clone();
    notices.extend(sides.iter().flat_map(|sides| sides.notices.iter().cloned()));
    let current: Vec<_> = standing.current.iter().map(|applied| &applied.revision).collect();
    json!({
        "status": status,
        "current": current,
        "head": scripts.graph().heads(),
        "pending": pending,
        "unknown": unknown,
        "summary": sides.map(|sides| Difference::new(&sides.comparison.upgrade)),
        "differences": sides.map(|sides| report::differences(&sides.comparison.upgrade)),
        "notices": report::notices(&notices),
    })
}
