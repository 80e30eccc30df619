//! `autogen rebase`: scripts of one's own, put behind those of others.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::json;

use super::{Outcome, project::Project, standing};
use crate::{
    Error, ErrorKind, Notice, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Rebase},
    },
    report,
    script::{Folder, Graph, RevisionId},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Rebase) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let graph = scripts.graph();
    let current = match project.database() {
        Ok(url) => standing::of(&project, &scripts, &url).await,
        Err(error) => Err(error),
    };
    let (applied, notices): (Option<BTreeSet<RevisionId>>, Vec<Notice>) = match current {
        Ok(standing) => {
            let rows: Vec<RevisionId> = standing.current.into_iter().map(|row| row.revision).collect();
            (
                Some(graph.ancestors(&rows).into_iter().cloned().collect()),
                Vec::new(),
            )
        }
        Err(error) if arguments.force => (
            None,
            vec![Notice::warning(format!(
                "the database was not asked whether it has the scripts: {error}"
            ))],
        ),
        Err(error) => {
            return Err(error.hint("`--force` rebases without asking it"));
        }
    };
    let way = Way::find(graph, arguments, applied.as_ref())?;
    if let Some(applied) = &applied
        && let Some(revision) = way.moved.iter().find(|revision| applied.contains(*revision))
        && !arguments.force
    {
        return Err(Error::new(
            ErrorKind::OutOfStep,
            format!("{revision} is applied to the database, on top of what it revises now"),
        )
        .hint(format!(
            "take it back with `autogen downgrade {}`, or join both with `autogen merge heads`",
            below(graph, &way)
        ))
        .hint("`--force` rewrites it all the same; the database then counts it as changed"));
    }
    let path = scripts.rewrite_parents(&way.root, std::slice::from_ref(&way.onto))?;
    // Read again, so that what is wrong with it is said now.
    let after = project.scripts()?;
    report_it(terminal, &after, &way, &path, &notices)
}

fn report_it(
    terminal: &Terminal,
    after: &Folder,
    way: &Way,
    path: &PathBuf,
    notices: &[Notice],
) -> Result<Outcome> {
    if terminal.is_json() {
        let body = json!({
            "revision": way.root,
            "revises": [&way.onto],
            "moved": way.moved,
            "path": path,
            "heads": after.graph().heads(),
            "notices": report::notices(notices),
        });
        terminal.json(&report::document("rebase", body))?;
        return Ok(Outcome::Fine);
    }
    terminal.notices(notices);
    terminal.say(&format!("{} revises {} now", way.root, way.onto));
    terminal.plain_data(&format!("{}\n", path.display()))?;
    Ok(Outcome::Fine)
}

/// Which script gets which parent.
struct Way {
    /// The lowest of those that move, whose text changes.
    root: RevisionId,
    onto: RevisionId,
    /// All that stand on the root, and itself, in order.
    moved: Vec<RevisionId>,
}

impl Way {
    fn find(graph: &Graph, arguments: &Rebase, applied: Option<&BTreeSet<RevisionId>>) -> Result<Self> {
        let heads: Vec<RevisionId> = graph.heads().into_iter().cloned().collect();
        let own = match &arguments.revision {
            Some(text) => one(graph, text)?,
            None => pending_head(&heads, applied)?,
        };
        let onto = match &arguments.onto {
            Some(text) => one(graph, text)?,
            None => other_head(graph, &heads, &own)?,
        };
        let under = graph.ancestors([&onto]);
        if under.contains(&own) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{onto} stands on {own} already"),
            ));
        }
        let private: BTreeSet<&RevisionId> = graph
            .ancestors([&own])
            .into_iter()
            .filter(|revision| !under.contains(revision))
            .collect();
        let roots: Vec<&RevisionId> = private
            .iter()
            .copied()
            .filter(|revision| !graph.parents(revision).any(|parent| private.contains(parent)))
            .collect();
        let root = match roots.as_slice() {
            [one] => (*one).clone(),
            several => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "{own} stands on several branches, which begin with {}",
                        list(several)
                    ),
                )
                .hint(
                    "name the first script of the one to move, or join the heads with `autogen merge heads`",
                ));
            }
        };
        if graph.parents(&root).eq([&onto]) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{root} revises {onto} already"),
            ));
        }
        let moved = graph
            .order()
            .filter(|revision| graph.ancestors([*revision]).contains(&root))
            .cloned()
            .collect();
        Ok(Self { root, onto, moved })
    }
}

/// Where the database must be taken back to: below the script.
fn below(graph: &Graph, way: &Way) -> String {
    match graph.parents(&way.root).next() {
        Some(parent) => format!("{}@{parent}", way.root),
        None => format!("{}@base", way.root),
    }
}

/// The only head that does not stand on `own`.
fn other_head(graph: &Graph, heads: &[RevisionId], own: &RevisionId) -> Result<RevisionId> {
    let others: Vec<&RevisionId> = heads
        .iter()
        .filter(|head| !graph.ancestors([*head]).contains(own))
        .collect();
    match others.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Error::new(
            ErrorKind::Usage,
            format!("there is no other head to put {own} on"),
        )
        .hint("`autogen heads` shows what is open")),
        several => Err(Error::new(
            ErrorKind::Usage,
            format!("there are several heads to put {own} on: {}", list(several)),
        )
        .hint("say which one with `--onto`")),
    }
}

/// Of two heads the one that the database does not have.
fn pending_head(heads: &[RevisionId], applied: Option<&BTreeSet<RevisionId>>) -> Result<RevisionId> {
    let pending: Vec<&RevisionId> = heads
        .iter()
        .filter(|head| applied.is_some_and(|applied| !applied.contains(*head)))
        .collect();
    match (heads, pending.as_slice()) {
        ([] | [_], _) => Err(Error::new(ErrorKind::Usage, "there are no two heads")
            .hint("there is nothing to put on anything else")),
        (_, [one]) => Ok((*one).clone()),
        _ => Err(Error::new(
            ErrorKind::Usage,
            format!(
                "which script is to move? the heads are {}",
                list(&heads.iter().collect::<Vec<_>>())
            ),
        )
        .hint("name the one that is yours: `autogen rebase REV`")),
    }
}

fn one(graph: &Graph, text: &str) -> Result<RevisionId> {
    match graph.resolve(text, &[])?.revisions.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Error::new(ErrorKind::Usage, format!("{text} is no script"))),
        several => Err(Error::new(
            ErrorKind::Usage,
            format!("{text} means {}", list(&several.iter().collect::<Vec<_>>())),
        )),
    }
}

fn list(ids: &[&RevisionId]) -> String {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    ids.join(", ")
}
