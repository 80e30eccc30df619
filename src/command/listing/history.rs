//! `autogen history`, `heads` and `branches`: lists of scripts.

use serde_json::json;

use super::{List, applied, applied_if_known};
use crate::{
    Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{Branches, GlobalOptions, Heads, History},
    },
    command::{Outcome, project::Project},
    report::{self, Text},
    script::{Entry, Folder, Range, RevisionId},
};

pub(in crate::command) async fn history(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &History,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let range = match &arguments.rev_range {
        Some(text) => Some(Range::parse(text)?.ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("{text:?} is no range")).hint(format!(
                "write `{text}:` for what follows it, `:{text}` for what leads to it"
            ))
        })?),
        None => None,
    };
    let asks = arguments.indicate_current || range.as_ref().is_some_and(Range::asks_for_current);
    let current = if asks {
        Some(applied(&project, &scripts).await?)
    } else {
        applied_if_known(&project, &scripts).await
    };
    let revisions: Vec<RevisionId> = match &range {
        Some(range) => scripts
            .graph()
            .range(range, current.as_deref().unwrap_or_default())?,
        None => scripts.graph().order().rev().cloned().collect(),
    };
    let entries: Vec<&Entry> = revisions.iter().filter_map(|id| scripts.get(id)).collect();
    let list = List::new(&scripts, current.as_deref());
    print(terminal, &list, ("history", "scripts"), &entries)
}

pub(in crate::command) async fn heads(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Heads,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let current = applied_if_known(&project, &scripts).await;
    let heads = if arguments.resolve_dependencies {
        scripts.graph().real_heads()
    } else {
        scripts.graph().heads()
    };
    let entries: Vec<&Entry> = heads.into_iter().filter_map(|id| scripts.get(id)).collect();
    let list = List::new(&scripts, current.as_deref());
    print(terminal, &list, ("heads", "heads"), &entries)
}

/// Prints a list; in JSON as the document of `command`, under `key`.
fn print(
    terminal: &Terminal,
    list: &List<'_>,
    (command, key): (&str, &str),
    entries: &[&Entry],
) -> Result<Outcome> {
    if terminal.is_json() {
        let body = json!({ key: entries.iter().map(|e| list.json(e)).collect::<Vec<_>>() });
        terminal.json(&report::document(command, body))?;
        return Ok(Outcome::Fine);
    }
    terminal.data(&list.text(entries, terminal.volume()))?;
    if list.scripts.is_empty() {
        terminal.say(&format!("no script in {}", folders(list.scripts)));
    }
    Ok(Outcome::Fine)
}

fn folders(scripts: &Folder) -> String {
    let folders = scripts.locations().folders.iter();
    let folders: Vec<String> = folders.map(|folder| folder.display().to_string()).collect();
    folders.join(", ")
}

pub(in crate::command) async fn branches(
    terminal: &Terminal,
    global: &GlobalOptions,
    _: &Branches,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let graph = scripts.graph();
    let current = applied_if_known(&project, &scripts).await;
    let list = List::new(&scripts, current.as_deref());
    let points: Vec<(&Entry, Vec<&Entry>)> = graph
        .order()
        .rev()
        .filter(|id| graph.is_branch_point(id))
        .filter_map(|id| {
            let children = graph.children(id).filter_map(|child| scripts.get(child));
            Some((scripts.get(id)?, children.collect()))
        })
        .collect();
    if terminal.is_json() {
        let point = |(entry, children): &(&Entry, Vec<&Entry>)| {
            let children: Vec<_> = children.iter().map(|child| list.json(child)).collect();
            json!({ "script": list.json(entry), "children": children })
        };
        let body = json!({ "branches": points.iter().map(point).collect::<Vec<_>>() });
        terminal.json(&report::document("branches", body))?;
        return Ok(Outcome::Fine);
    }
    let mut text = Text::new();
    for (entry, children) in &points {
        text.append(list.text(&[*entry], terminal.volume()));
        text.append(list.text(children, terminal.volume()).indented("    -> "));
    }
    terminal.data(&text)?;
    if points.is_empty() {
        terminal.say("the history parts nowhere");
    }
    Ok(Outcome::Fine)
}
