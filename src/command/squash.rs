//! `autogen squash`: several scripts as one, proved to lead to the same schema.
//!
//! The new script keeps the id of the last one, so that a database that has all of them is where it was. It says what it replaces, so
//! that one which has only some of them is recognised.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::json;

use super::{Outcome, project::Project, standing};
use crate::{
    Error, ErrorKind, Notice, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Squash},
    },
    compare::{CompareOptions, Pair, compare},
    report,
    schema::Schema,
    script::{Entry, Folder, Format, Header, Range, RevisionId, Script},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Squash) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let dialect = project.dialect_of([]).await?;
    let chosen = chosen(&scripts, &arguments.range)?;
    let script = joined(&scripts, &chosen, arguments.message.as_deref(), dialect.engine())?;
    let notices = ask_database(&project, &scripts, &chosen).await?;
    let last = chosen[chosen.len() - 1];
    let text = project.render(&script, &Schema::new(), Some(dialect)).await?;

    let after = replaced(&project, &scripts, &chosen, &text)?;
    let to = last.header.revision.to_string();
    let sides = {
        let _work = terminal.work("proving that both lead to the same schema");
        Pair::new(
            project.realise_scripts(scripts.clone(), &to, dialect).await?,
            project.realise_scripts(after.folder, &to, dialect).await?,
        )
    };
    let both = Pair::new(&*sides.live.schema, &*sides.target.schema);
    let difference = compare(both, dialect, &CompareOptions::default())?;
    if !difference.is_empty() {
        let what: Vec<String> = difference
            .upgrade
            .iter()
            .map(crate::directive::Directive::summary)
            .collect();
        return Err(Error::new(
            ErrorKind::Script,
            format!("as one script they lead to another schema: {}", what.join("; ")),
        )
        .hint("nothing was written"));
    }
    let path = scripts.squash(
        &chosen
            .iter()
            .map(|entry| &entry.header.revision)
            .collect::<Vec<_>>(),
        &text,
        project.config.format,
    )?;
    let gone: Vec<&PathBuf> = chosen
        .iter()
        .map(|entry| &entry.path)
        .filter(|old| **old != path)
        .collect();
    if terminal.is_json() {
        let body = json!({
            "revision": script.header.revision,
            "replaces": script.header.replaces,
            "path": path,
            "removed": gone,
            "notices": report::notices(&notices),
        });
        terminal.json(&report::document("squash", body))?;
        return Ok(Outcome::Fine);
    }
    terminal.notices(&notices);
    terminal.say(&format!(
        "{} scripts are one, which leads to the same schema on a scratch database",
        chosen.len()
    ));
    terminal.plain_data(&format!("{}\n", path.display()))?;
    Ok(Outcome::Fine)
}

/// The scripts of the range, the oldest first.
fn chosen<'s>(scripts: &'s Folder, text: &str) -> Result<Vec<&'s Entry>> {
    let usage = |message: String| Error::new(ErrorKind::Usage, message);
    let graph = scripts.graph();
    let Some(range) = Range::parse(text)? else {
        return Err(usage(format!("{text:?} is no range")).hint("write OLDEST:NEWEST, both included"));
    };
    let mut revisions = graph.range(&range, &[])?;
    revisions.reverse();
    let (Some(first), Some(last), true) = (revisions.first(), revisions.last(), revisions.len() > 1) else {
        return Err(usage(format!("{text} is not several scripts")));
    };
    let inside: BTreeSet<&RevisionId> = revisions.iter().collect();
    for revision in &revisions {
        if let Some(other) = graph
            .parents(revision)
            .find(|parent| revision != first && !inside.contains(parent))
        {
            return Err(usage(format!(
                "{revision} revises {other} too, which is outside of {text}"
            ))
            .hint("a range must have one beginning"));
        }
        let mut over = graph.children(revision).chain(graph.dependents(revision));
        if let Some(other) = over.find(|other| revision != last && !inside.contains(other)) {
            return Err(
                usage(format!("{other} stands on {revision}, which would be gone"))
                    .hint("a range must have one end"),
            );
        }
    }
    Ok(revisions.iter().filter_map(|id| scripts.get(id)).collect())
}

/// All of them as one script, which is called like the last.
fn joined(
    scripts: &Folder,
    chosen: &[&Entry],
    message: Option<&str>,
    engine: crate::Engine,
) -> Result<Script> {
    let inside: BTreeSet<&str> = chosen
        .iter()
        .map(|entry| entry.header.revision.as_str())
        .collect();
    let last = &chosen[chosen.len() - 1].header;
    let mut header = Header {
        message: message.map_or_else(|| last.message.clone(), str::to_owned),
        created: last.created,
        ..Header::new(last.revision.clone())
    };
    header.revises.clone_from(&chosen[0].header.revises);
    let mut joined = Script {
        header,
        upgrade: Vec::new(),
        downgrade: Vec::new(),
    };
    for entry in chosen {
        if entry.format == Format::Rust && entry.text().contains("dialect()") {
            return Err(Error::new(
                ErrorKind::Script,
                format!(
                    "{} asks for the engine, and only what it does on {engine} would be left",
                    entry.path.display()
                ),
            )
            .hint("leave it out of the range"));
        }
        let script = entry.script(engine)?;
        joined.upgrade.extend(script.upgrade);
        joined.downgrade.splice(0..0, script.downgrade);
        let own = &script.header;
        joined
            .header
            .branch_labels
            .extend(own.branch_labels.iter().cloned());
        for needed in &own.depends_on {
            let revision = scripts.graph().find(needed)?;
            if !inside.contains(revision.as_str()) && !joined.header.depends_on.contains(needed) {
                joined.header.depends_on.push(needed.clone());
            }
        }
        joined.header.replaces.extend(own.replaces.iter().cloned());
        if own.revision != last.revision {
            joined.header.replaces.push(own.revision.clone());
        }
    }
    Ok(joined)
}

/// A database that has some of them, and not all, could not go on.
async fn ask_database(project: &Project<'_>, scripts: &Folder, chosen: &[&Entry]) -> Result<Vec<Notice>> {
    let standing = match project.database() {
        Ok(url) => standing::of(project, scripts, &url).await,
        Err(error) => Err(error),
    };
    let standing = match standing {
        Ok(standing) => standing,
        Err(error) => {
            return Ok(vec![Notice::warning(format!(
                "the database was not asked whether it has all of them: {error}"
            ))]);
        }
    };
    let inner = &chosen[..chosen.len() - 1];
    let at = standing
        .current
        .iter()
        .find(|row| inner.iter().any(|entry| entry.header.revision == row.revision));
    match at {
        None => Ok(Vec::new()),
        Some(row) => Err(Error::new(
            ErrorKind::OutOfStep,
            format!("the database is at {}, and has only some of them", row.revision),
        )
        .hint(format!(
            "apply the rest first: `autogen upgrade {}`",
            chosen[chosen.len() - 1].header.revision
        ))),
    }
}

/// The scripts as they will be, in a folder of their own.
struct Replaced {
    folder: Folder,
    _place: Place,
}

/// A folder that goes when it is dropped.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn replaced(project: &Project<'_>, scripts: &Folder, chosen: &[&Entry], text: &str) -> Result<Replaced> {
    let format = project.config.format;
    let failed = |error: std::io::Error| {
        Error::new(
            ErrorKind::Io,
            "the scripts cannot be copied to prove that all is well",
        )
        .because(error)
    };
    let place = Place(std::env::temp_dir().join(format!("autogen-squash-{}", RevisionId::random())));
    std::fs::create_dir_all(&place.0).map_err(failed)?;
    let inside: BTreeSet<&RevisionId> = chosen.iter().map(|entry| &entry.header.revision).collect();
    let others = scripts
        .entries()
        .filter(|entry| !inside.contains(&entry.header.revision));
    for entry in others {
        let name = format!("{}.{}", entry.header.revision, entry.format.extension());
        std::fs::write(place.0.join(name), entry.text()).map_err(failed)?;
    }
    std::fs::write(place.0.join(format!("squashed.{}", format.extension())), text).map_err(failed)?;
    Ok(Replaced {
        folder: Folder::load(&place.0)?.with_extensions(project.extensions()),
        _place: place,
    })
}
