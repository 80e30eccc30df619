//! `autogen status`: database, scripts and drift on one screen.

use serde_json::json;

use super::{
    Outcome,
    project::Project,
    sides::{Asking, Sides},
    standing,
};
use crate::{
    Connection, DatabaseUrl, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Status},
    },
    compare::Pair,
    migrate,
    report::{self, Difference, Text, Tone},
    script::{Folder, RevisionId},
    target::{Missing, Source},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, _: &Status) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let url = project.database()?;
    let scripts = project.scripts()?;
    let (standing, connection) = standing::over(&project, &scripts, &url).await?;
    let exists = connection.is_some();
    let engine = connection.as_ref().map_or(url.engine(), Connection::engine);
    if let Some(connection) = connection {
        connection.close().await?;
    }
    let rows: Vec<RevisionId> = standing.current.iter().map(|row| row.revision.clone()).collect();
    let out_of_step = standing::describe(&standing.status, &scripts);
    let drift = if exists {
        drift(&project, &url, &rows, out_of_step.is_some()).await
    } else {
        Ok(None)
    };
    let pending: &[RevisionId] = match &standing.status {
        migrate::Status::Behind { pending } => pending,
        migrate::Status::InStep | migrate::Status::Ahead { .. } | migrate::Status::Unknown { .. } => &[],
    };
    if terminal.is_json() {
        let (against, difference, error) = match &drift {
            Ok(Some((against, difference))) => (Some(against), Some(difference), None),
            Ok(None) => (None, None, None),
            Err(error) => (None, None, Some(error.to_string())),
        };
        let body = json!({
            "database": url.to_string(),
            "engine": engine,
            "exists": exists,
            "current": rows,
            "heads": scripts.graph().heads(),
            "pending": pending,
            "standing": standing.status,
            "drift": { "against": against, "summary": difference, "error": error },
            "notices": report::notices(&standing.changed),
        });
        terminal.json(&report::document("status", body))?;
        return Ok(Outcome::Fine);
    }
    let mut text = Text::new();
    let mut line = |name: &str, tone: Tone, value: String| {
        text.push(Tone::Faint, format!("{name:<10}"));
        text.push(tone, value);
        text.end_line();
    };
    let there = if exists { "" } else { ", which is not there yet" };
    line("database", Tone::Plain, format!("{url} ({engine}){there}"));
    line("at", Tone::Changed, named(&rows, &scripts));
    let heads: Vec<RevisionId> = scripts.graph().heads().into_iter().cloned().collect();
    line("heads", Tone::Plain, named(&heads, &scripts));
    match (&out_of_step, pending) {
        (None, _) => line("scripts", Tone::Added, "all applied".to_owned()),
        (Some(_), [_, ..]) => line("pending", Tone::Removed, named(pending, &scripts)),
        (Some((message, _)), []) => line("scripts", Tone::Loss, message.clone()),
    }
    match &drift {
        Ok(Some((against, difference))) if difference.is_empty() => {
            line("drift", Tone::Added, format!("none against {against}"));
        }
        Ok(Some((against, difference))) => {
            line(
                "drift",
                Tone::Removed,
                format!("{} against {against}", difference.summary()),
            );
        }
        Ok(None) => {}
        Err(error) => line("drift", Tone::Loss, format!("cannot be told: {error}")),
    }
    terminal.data(&text)?;
    terminal.notices(&standing.changed);
    if let Some((_, hint)) = out_of_step {
        terminal.say(&hint);
    }
    Ok(Outcome::Fine)
}

/// What the database differs in from the target, or, while scripts are pending, from what those that are applied lead to.
async fn drift(
    project: &Project<'_>,
    url: &DatabaseUrl,
    rows: &[RevisionId],
    out_of_step: bool,
) -> Result<Option<(String, Difference)>> {
    let to = match (out_of_step, rows) {
        (false, _) => match project.source_or_target(&[]) {
            Ok(target) => target,
            Err(_) => Source::Migrations(None),
        },
        (true, []) => Source::Migrations(Some("base".to_owned())),
        (true, [one]) => Source::Migrations(Some(one.to_string())),
        // There is no expression for some heads of several.
        (true, _) => return Ok(None),
    };
    let database = Source::Database(url.clone());
    let dialect = Connection::dialect_behind(url).await?;
    let missing = Pair::new(Missing::Empty, Missing::Error);
    let realised = project
        .realise_to_check(Pair::new(&database, &to), dialect, missing, None)
        .await?;
    let sides = Sides::compare(project, dialect, realised, &[], Asking::Never)?;
    Ok(Some((to.to_string(), Difference::new(&sides.comparison.upgrade))))
}

/// Revisions with what they are about; more than a few are counted.
fn named(revisions: &[RevisionId], scripts: &Folder) -> String {
    const SHOWN: usize = 3;
    let name = |revision: &RevisionId| match scripts.get(revision) {
        Some(entry) => {
            let message = entry.header.message.lines().next().unwrap_or_default();
            format!("{revision}  {message}").trim_end().to_owned()
        }
        None => format!("{revision} (no script of it here)"),
    };
    match revisions {
        [] => "base".to_owned(),
        few if few.len() <= SHOWN => few.iter().map(name).collect::<Vec<_>>().join("\n          "),
        [first, .., last] => format!("{} scripts, from {first} to {last}", revisions.len()),
        [one] => name(one),
    }
}
