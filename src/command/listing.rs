//! `autogen current`, `history`, `heads` and `show`: what the ledger and the folder of scripts hold.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{Outcome, project::Project, standing};
use crate::{
    Connection, Result,
    cli::{
        Terminal, Volume,
        arguments::{Current, GlobalOptions, Heads, History, Show},
    },
    database::Open,
    migrate::{Direction, Migrator, Options, Status},
    report::{self, Difference, Text, Tone},
    script::{Entry, Folder, Point, RevisionId},
};

pub(super) async fn current(terminal: &Terminal, global: &GlobalOptions, _: &Current) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let url = project.database()?;
    let scripts = project.scripts()?;
    let connection = project.connection(&url, Open::ReadOnly).await?;
    let is_there = connection.is_some();
    let mut migrator = Migrator::new(
        connection,
        url.engine(),
        &scripts,
        &Options::from(&project.config),
    )?;
    let standing = standing::ask(&mut migrator).await?;
    terminal.notices(&standing.changed);
    let history = match terminal.volume() {
        Volume::Verbose => migrator.history().await?,
        Volume::Quiet | Volume::Normal => Vec::new(),
    };
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    let pending = match &standing.status {
        Status::Behind { pending } => pending.len(),
        Status::InStep | Status::Ahead { .. } | Status::Unknown { .. } => 0,
    };
    if terminal.is_json() {
        let ids: Vec<_> = standing.current.iter().map(|applied| &applied.revision).collect();
        let body = json!({
            "current": ids,
            "head": scripts.graph().heads(),
            "pending": pending,
            "history": history,
        });
        terminal.json(&report::document("current", body))?;
        return Ok(Outcome::Fine);
    }
    let mut text = Text::new();
    for applied in &standing.current {
        text.push(Tone::Changed, applied.revision.as_str());
        match &applied.header {
            Some(header) => {
                if scripts.graph().heads().contains(&&applied.revision) {
                    text.push(Tone::Added, " (head)");
                }
                text.plain(format!("  {}", header.message));
            }
            None => drop(text.push(Tone::Loss, " (no script of it here)")),
        }
        text.end_line();
    }
    for entry in &history {
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
    terminal.data(&text)?;
    match (standing.current.as_slice(), is_there) {
        ([], false) => terminal.say(&format!("{url} does not exist yet")),
        ([], true) => terminal.say("no script is applied"),
        _ => {}
    }
    if let Some((message, _)) = standing::describe(&standing.status, &scripts) {
        terminal.say(&message);
    }
    Ok(Outcome::Fine)
}

pub(super) async fn history(terminal: &Terminal, global: &GlobalOptions, _: &History) -> Result<Outcome> {
    list(terminal, global, ("history", "scripts"), |scripts| {
        scripts.entries().rev().collect()
    })
    .await
}

pub(super) async fn heads(terminal: &Terminal, global: &GlobalOptions, _: &Heads) -> Result<Outcome> {
    list(terminal, global, ("heads", "heads"), |scripts| {
        let heads = scripts.graph().heads();
        heads.into_iter().filter_map(|id| scripts.get(id)).collect()
    })
    .await
}

/// Lists the scripts that are `wanted`; in JSON as the document of `command`, under `key`.
async fn list(
    terminal: &Terminal,
    global: &GlobalOptions,
    (command, key): (&str, &str),
    wanted: impl FnOnce(&Folder) -> Vec<&Entry>,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let applied = applied(&project, &scripts).await;
    let list = List {
        scripts: &scripts,
        applied: applied.as_deref(),
    };
    let entries = wanted(&scripts);
    if terminal.is_json() {
        let body = json!({ key: entries.iter().map(|e| list.json(e)).collect::<Vec<_>>() });
        terminal.json(&report::document(command, body))?;
        return Ok(Outcome::Fine);
    }
    terminal.data(&list.text(&entries, terminal.volume()))?;
    if entries.is_empty() {
        terminal.say(&format!("no script in {}", scripts.path().display()));
    }
    Ok(Outcome::Fine)
}

pub(super) async fn show(terminal: &Terminal, global: &GlobalOptions, arguments: &Show) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let applied = applied(&project, &scripts).await;
    let current = applied.clone().unwrap_or_default();
    let entry = match scripts.graph().point(&arguments.revision, &current)? {
        Point::At(id) => scripts.get(&id),
        Point::Base => None,
    };
    let Some(entry) = entry else {
        terminal.say("before the first script there is nothing to show");
        return Ok(Outcome::Fine);
    };
    let url = project.database()?;
    // Showing needs no server; without it the URL is believed.
    let engine = Connection::engine_behind(&url).await.unwrap_or(url.engine());
    let script = entry.script(engine)?;
    let list = List {
        scripts: &scripts,
        applied: applied.as_deref(),
    };
    if terminal.is_json() {
        let body = json!({
            "script": list.json(entry),
            "upgrade": report::differences(&script.upgrade),
            "downgrade": report::differences(&script.downgrade),
            "text": entry.text(),
        });
        terminal.json(&report::document("show", body))?;
        return Ok(Outcome::Fine);
    }
    let mut text = list.text(&[entry], Volume::Verbose);
    text.end_line();
    if terminal.volume() == Volume::Verbose {
        text.plain(entry.text());
    } else {
        text.append(Difference::new(&script.upgrade).text());
    }
    terminal.data(&text)?;
    Ok(Outcome::Fine)
}

/// The applied heads, if the database can be asked; the scripts can be listed without it.
async fn applied(project: &Project<'_>, scripts: &Folder) -> Option<Vec<RevisionId>> {
    let standing = async { standing::of(project, scripts, &project.database()?).await };
    match standing.await {
        Ok(standing) => Some(
            standing
                .current
                .into_iter()
                .map(|applied| applied.revision)
                .collect(),
        ),
        Err(error) => {
            project
                .terminal
                .say_step(&format!("the database was not asked: {error}"));
            None
        }
    }
}

/// Scripts as a list.
struct List<'a> {
    scripts: &'a Folder,
    applied: Option<&'a [RevisionId]>,
}

impl List<'_> {
    fn text(&self, entries: &[&Entry], volume: Volume) -> Text {
        let widest = entries
            .iter()
            .map(|e| e.header.revision.as_str().len())
            .max()
            .unwrap_or(0);
        let marks: Vec<String> = entries.iter().map(|entry| self.marks(entry)).collect();
        let widest_mark = marks.iter().map(String::len).max().unwrap_or(0);
        let mut text = Text::new();
        for (entry, marks) in entries.iter().zip(marks) {
            let header = &entry.header;
            text.push(Tone::Changed, format!("{:widest$}", header.revision.as_str()));
            text.push(Tone::Added, format!("{marks:widest_mark$}"));
            text.plain(format!("  {}\n", header.message));
            if volume == Volume::Verbose {
                let revises = match header.revises.as_slice() {
                    [] => "none".to_owned(),
                    ids => ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", "),
                };
                let created = header.created.map_or("unknown".to_owned(), time);
                text.push(
                    Tone::Faint,
                    format!(
                        "    revises {revises}\n    created {created}\n    {}\n",
                        entry.path.display()
                    ),
                );
            }
        }
        text
    }

    fn marks(&self, entry: &Entry) -> String {
        let mut marks = String::new();
        if self.is_head(entry) {
            marks.push_str(" (head)");
        }
        if self.is_current(entry) == Some(true) {
            marks.push_str(" (current)");
        }
        marks
    }

    fn json(&self, entry: &Entry) -> Value {
        let header = &entry.header;
        let is_applied = self
            .applied
            .map(|heads| self.scripts.graph().ancestors(heads).contains(&header.revision));
        json!({
            "revision": header.revision,
            "revises": header.revises,
            "message": header.message,
            "created": header.created,
            "path": entry.path,
            "head": self.is_head(entry),
            "current": self.is_current(entry),
            "applied": is_applied,
        })
    }

    fn is_head(&self, entry: &Entry) -> bool {
        self.scripts.graph().heads().contains(&&entry.header.revision)
    }

    fn is_current(&self, entry: &Entry) -> Option<bool> {
        self.applied.map(|heads| heads.contains(&entry.header.revision))
    }
}

fn time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S UTC")
        .to_string()
}
