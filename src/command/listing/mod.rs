//! `autogen current`, `history`, `heads`, `branches` and `show`: what the ledger and the folder of scripts hold.

mod current;
mod history;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::project::Project;
use crate::{
    Result,
    cli::Volume,
    database::Open,
    report::{Text, Tone},
    script::{Entry, Folder, RevisionId},
};

pub(super) use current::current;
pub(super) use history::{branches, heads, history};
pub(super) use show::show;

/// The applied heads.
///
/// # Errors
/// When the database cannot be asked.
async fn applied(project: &Project<'_>, scripts: &Folder) -> Result<Vec<RevisionId>> {
    let url = project.database()?;
    let mut migrator = project.migrator(&url, scripts, Open::ReadOnly).await?;
    let heads = migrator.current().await?;
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    Ok(heads.into_iter().map(|applied| applied.revision).collect())
}

/// The same if the database can be asked; the scripts can be listed without it.
async fn applied_if_known(project: &Project<'_>, scripts: &Folder) -> Option<Vec<RevisionId>> {
    match applied(project, scripts).await {
        Ok(heads) => Some(heads),
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
    /// The applied heads, those that others imply too, and all that is applied; `None` when the database was not asked.
    applied: Option<Applied<'a>>,
    labels: BTreeMap<&'a RevisionId, BTreeSet<&'a str>>,
}

struct Applied<'a> {
    heads: BTreeSet<&'a RevisionId>,
    all: BTreeSet<&'a RevisionId>,
}

impl<'a> List<'a> {
    fn new(scripts: &'a Folder, applied: Option<&'a [RevisionId]>) -> Self {
        let graph = scripts.graph();
        Self {
            scripts,
            applied: applied.map(|heads| Applied {
                heads: graph.tips(heads).into_iter().collect(),
                all: graph.ancestors(heads),
            }),
            labels: graph.branch_labels(),
        }
    }

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
            text.plain(format!("  {}\n", title(&header.message)));
            if volume == Volume::Verbose {
                text.push(Tone::Faint, self.details(entry));
            }
        }
        text
    }

    /// What a script says about itself, a line each.
    fn details(&self, entry: &Entry) -> String {
        let header = &entry.header;
        let graph = self.scripts.graph();
        let mut lines = vec![match header.revises.as_slice() {
            [] => "revises none".to_owned(),
            ids => format!("revises {}", list(ids)),
        }];
        let children: Vec<&RevisionId> = graph.children(&header.revision).collect();
        if children.len() > 1 {
            lines.push(format!("parts into {}", list(children)));
        }
        if !header.depends_on.is_empty() {
            lines.push(format!("depends on {}", header.depends_on.join(", ")));
        }
        if let Some(labels) = self.labels.get(&header.revision) {
            let labels: Vec<&str> = labels.iter().copied().collect();
            lines.push(format!("branch {}", labels.join(", ")));
        }
        let created = header.created.map_or("unknown".to_owned(), time);
        lines.push(format!("created {created}"));
        lines.push(entry.path.display().to_string());
        format!("    {}\n", lines.join("\n    "))
    }

    fn marks(&self, entry: &Entry) -> String {
        let revision = &entry.header.revision;
        let graph = self.scripts.graph();
        let is_head = graph.is_head(revision);
        let mut marks = Vec::new();
        // A label is said where it begins and where its branch ends.
        match self.labels.get(revision) {
            Some(labels) if is_head => marks.extend(labels.iter().copied()),
            _ => marks.extend(entry.header.branch_labels.iter().map(String::as_str)),
        }
        if is_head {
            marks.push("head");
        }
        if graph.is_branch_point(revision) {
            marks.push("branch point");
        }
        if graph.is_merge_point(revision) {
            marks.push("merge point");
        }
        if self.is_current(entry) == Some(true) {
            marks.push("current");
        }
        match marks.as_slice() {
            [] => String::new(),
            marks => format!(" ({})", marks.join(") (")),
        }
    }

    fn json(&self, entry: &Entry) -> Value {
        let header = &entry.header;
        let graph = self.scripts.graph();
        let applied = self.applied.as_ref();
        let is_applied = applied.map(|applied| applied.all.contains(&header.revision));
        json!({
            "revision": header.revision,
            "revises": header.revises,
            "branch_labels": self.labels.get(&header.revision),
            "depends_on": header.depends_on,
            "message": header.message,
            "created": header.created,
            "path": entry.path,
            "head": graph.is_head(&header.revision),
            "branch_point": graph.is_branch_point(&header.revision),
            "merge_point": graph.is_merge_point(&header.revision),
            "current": self.is_current(entry),
            "applied": is_applied,
        })
    }

    fn is_current(&self, entry: &Entry) -> Option<bool> {
        let applied = self.applied.as_ref()?;
        Some(applied.heads.contains(&entry.header.revision))
    }
}

/// The first line of a message.
fn title(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn list<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(RevisionId::as_str).collect();
    ids.join(", ")
}

fn time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S UTC")
        .to_string()
}
