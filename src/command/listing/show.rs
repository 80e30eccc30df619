//! `autogen show`: scripts, one by one.

use serde_json::{Value, json};

use super::{List, applied, applied_if_known};
use crate::{
    Connection, Engine, Result,
    cli::{
        Terminal, Volume,
        arguments::{GlobalOptions, Show},
    },
    command::{Outcome, project::Project},
    report::{self, Difference},
    script::{Entry, RevisionId},
};

pub(in crate::command) async fn show(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Show,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let current = if arguments.revisions.iter().any(|text| text.contains("current")) {
        Some(applied(&project, &scripts).await?)
    } else {
        applied_if_known(&project, &scripts).await
    };
    let mut wanted: Vec<RevisionId> = Vec::new();
    for text in &arguments.revisions {
        let target = scripts
            .graph()
            .resolve(text, current.as_deref().unwrap_or_default())?;
        for revision in target.revisions {
            if !wanted.contains(&revision) {
                wanted.push(revision);
            }
        }
    }
    let entries: Vec<&Entry> = wanted.iter().filter_map(|id| scripts.get(id)).collect();
    let url = project.database()?;
    // Showing needs no server; without it the URL is believed.
    let engine = Connection::engine_behind(&url).await.unwrap_or(url.engine());
    let list = List::new(&scripts, current.as_deref());
    if terminal.is_json() {
        let all = entries
            .iter()
            .map(|entry| document(&list, entry, engine))
            .collect::<Result<Vec<_>>>()?;
        // The first one stands alone, as it did when there was only one.
        let mut body = all.first().cloned().unwrap_or_else(|| json!({}));
        if let Value::Object(body) = &mut body {
            body.insert("scripts".to_owned(), Value::Array(all));
        }
        terminal.json(&report::document("show", body))?;
        return Ok(Outcome::Fine);
    }
    for (at, entry) in entries.iter().enumerate() {
        let script = entry.script(engine)?;
        let mut text = list.text(&[*entry], Volume::Verbose);
        if at > 0 {
            terminal.plain_data("\n")?;
        }
        text.end_line();
        if terminal.volume() == Volume::Verbose {
            text.plain(entry.text());
        } else {
            text.append(Difference::new(&script.upgrade).text());
        }
        terminal.data(&text)?;
    }
    if entries.is_empty() {
        terminal.say("before the first script there is nothing to show");
    }
    Ok(Outcome::Fine)
}

fn document(list: &List<'_>, entry: &Entry, engine: Engine) -> Result<Value> {
    let script = entry.script(engine)?;
    Ok(json!({
        "script": list.json(entry),
        "upgrade": report::differences(&script.upgrade),
        "downgrade": report::differences(&script.downgrade),
        "text": entry.text(),
    }))
}
