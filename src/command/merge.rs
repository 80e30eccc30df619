//! `autogen merge`: an empty script that joins several heads.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Outcome, header::header, project::Project};
use crate::{
    Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Merge},
    },
    report,
    schema::Schema,
    script::{RevisionId, Script},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Merge) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let mut scripts = project.scripts()?;
    if let Some(path) = &arguments.version_path {
        scripts = scripts.with_new_scripts_in(path)?;
    }
    let graph = scripts.graph();
    let mut parents: Vec<RevisionId> = Vec::new();
    for text in &arguments.revisions {
        for revision in graph.resolve(text, &[])?.revisions {
            if !parents.contains(&revision) {
                parents.push(revision);
            }
        }
    }
    let names: Vec<String> = parents.iter().map(ToString::to_string).collect();
    if parents.len() < 2 {
        let what = match names.as_slice() {
            [] => "there is nothing to join".to_owned(),
            [one, ..] => format!("there is only one revision to join: {one}"),
        };
        return Err(Error::new(ErrorKind::Usage, what)
            .hint("`autogen heads` shows what is open; name two of them, or `heads`"));
    }
    for parent in &parents {
        let under: BTreeSet<&RevisionId> = graph.ancestors([parent]);
        if let Some(other) = parents
            .iter()
            .find(|other| *other != parent && under.contains(other))
        {
            return Err(
                Error::new(ErrorKind::Usage, format!("{parent} stands on {other} already"))
                    .hint("name revisions of different branches"),
            );
        }
    }
    let message = match &arguments.message {
        Some(message) => message.clone(),
        None => format!("merge {}", names.join(" and ")),
    };
    let script = Script {
        header: header(&scripts, &arguments.place, parents, &[], &message)?,
        upgrade: Vec::new(),
        downgrade: Vec::new(),
    };
    let text = project.render(&script, &Schema::new(), None).await?;
    let path = project.write(&scripts, &script.header, &text)?;
    if terminal.is_json() {
        let body = json!({
            "revision": script.header.revision,
            "revises": script.header.revises,
            "path": path,
        });
        terminal.json(&report::document("merge", body))?;
    } else {
        terminal.plain_data(&format!("{}\n", path.display()))?;
    }
    Ok(Outcome::Fine)
}
