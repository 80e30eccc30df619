//! `autogen current`: where the database is.

use serde_json::json;

use super::{list, time};
use crate::{
    Result,
    cli::{
        Terminal, Volume,
        arguments::{Current, GlobalOptions},
    },
    command::{Outcome, project::Project, standing},
    database::Open,
    migrate::{Direction, Entry, Status},
    report::{self, Text, Tone},
    script::RevisionId,
};

pub(in crate::command) async fn current(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Current,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let url = project.database()?;
    let scripts = project.scripts()?;
    let mut migrator = project.migrator(&url, &scripts, Open::ReadOnly).await?;
    let is_there = migrator.is_connected();
    let standing = standing::ask(&mut migrator).await?;
    terminal.notices(&standing.changed);
    let done = match terminal.volume() {
        Volume::Verbose => migrator.history().await?,
        Volume::Quiet | Volume::Normal => Vec::new(),
    };
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    let graph = scripts.graph();
    let rows: Vec<RevisionId> = standing.current.iter().map(|row| row.revision.clone()).collect();
    // What another head depends on is applied without a row of its own.
    let tips = graph.tips(&rows);
    let implied: Vec<&RevisionId> = tips.iter().copied().filter(|tip| !rows.contains(tip)).collect();
    let mut heads = graph.heads();
    heads.sort();
    let mut there: Vec<&RevisionId> = tips.clone();
    there.extend(rows.iter().filter(|row| !graph.contains(row)));
    there.sort();
    let at_heads = heads == there;
    let outcome = if arguments.check_heads && !at_heads {
        Outcome::OutOfStep
    } else {
        Outcome::Fine
    };
    let pending = match &standing.status {
        Status::Behind { pending } => pending.len(),
        Status::InStep | Status::Ahead { .. } | Status::Unknown { .. } => 0,
    };
    if terminal.is_json() {
        let body = json!({
            "current": rows,
            "implied": implied,
            "head": graph.heads(),
            "at_heads": at_heads,
            "pending": pending,
            "history": done,
            "notices": report::notices(&standing.changed),
        });
        terminal.json(&report::document("current", body))?;
        return Ok(outcome);
    }
    let mut text = Text::new();
    for revision in rows.iter().chain(implied.iter().copied()) {
        text.push(Tone::Changed, revision.as_str());
        match scripts.get(revision) {
            Some(entry) => {
                if graph.is_head(revision) {
                    text.push(Tone::Added, " (head)");
                }
                if implied.contains(&revision) {
                    text.push(Tone::Faint, " (another head depends on it)");
                }
                text.plain(format!("  {}", entry.header.message));
            }
            None => drop(text.push(Tone::Loss, " (no script of it here)")),
        }
        text.end_line();
    }
    for entry in &done {
        line(&mut text, entry);
    }
    terminal.data(&text)?;
    match (rows.as_slice(), is_there) {
        ([], false) => terminal.say(&format!("{url} does not exist yet")),
        ([], true) => terminal.say("no script is applied"),
        _ => {}
    }
    if let Some((message, _)) = standing::describe(&standing.status, &scripts) {
        terminal.say(&message);
    } else if arguments.check_heads && !at_heads {
        terminal.say(&format!("the database is not at all heads: {}", list(heads)));
    }
    Ok(outcome)
}

fn line(text: &mut Text, entry: &Entry) {
    let what = match entry.direction {
        Direction::Upgrade => "applied",
        Direction::Downgrade => "taken back",
        Direction::Stamp => "stamped",
    };
    let revision = entry.revision.as_ref().map_or("base", RevisionId::as_str);
    text.push(
        Tone::Faint,
        format!(
            "    {}  {what} {revision}, autogen {}\n",
            entry.started_at.map_or(String::new(), time),
            entry.tool_version
        ),
    );
}
