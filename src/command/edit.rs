//! `autogen edit`: a script in the user's editor.

use std::process::Command;

use serde_json::json;

use super::{Outcome, project::Project, standing};
use crate::{
    Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{Edit, GlobalOptions},
    },
    report,
    script::{Point, RevisionId},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Edit) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let wanted = arguments.revision.as_str();
    let relative = wanted.starts_with(['-', '+']);
    let current: Vec<RevisionId> = if wanted.contains("current") || relative {
        let standing = standing::of(&project, &scripts, &project.database()?).await?;
        standing.current.into_iter().map(|row| row.revision).collect()
    } else {
        Vec::new()
    };
    let entry = match scripts.graph().point(wanted, &current)? {
        Point::At(revision) => scripts.get(&revision),
        Point::Base => None,
    };
    let Some(entry) = entry else {
        let why = match wanted {
            "current" => "no script is applied",
            _ => "before the first script there is none",
        };
        return Err(Error::new(ErrorKind::Usage, format!("nothing to edit: {why}"))
            .hint("`autogen history` lists the scripts"));
    };
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|editor| !editor.trim().is_empty());
    let Some(editor) = editor else {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("no editor is set, to open {}", entry.path.display()),
        )
        .hint("set `VISUAL` or `EDITOR`, for example `EDITOR=vi`"));
    };
    // `EDITOR="code --wait"` is a program with arguments.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let ended = Command::new(program).args(words).arg(&entry.path).status();
    let failed = |what: String| {
        Error::new(ErrorKind::Io, format!("the editor `{editor}` {what}"))
            .hint("it is that of `VISUAL`, else of `EDITOR`")
    };
    match ended {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(failed(format!("ended with {status}"))),
        Err(error) => return Err(failed("cannot be started".to_owned()).because(error)),
    }
    if terminal.is_json() {
        let body = json!({ "revision": entry.header.revision, "path": entry.path });
        terminal.json(&report::document("edit", body))?;
    }
    Ok(Outcome::Fine)
}
