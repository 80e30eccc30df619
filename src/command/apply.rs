//! `autogen upgrade` and `autogen downgrade`: scripts applied and taken back.

use std::time::Duration;

use serde_json::json;

use super::{Outcome, project::Project};
use crate::{
    Result,
    cli::{
        Terminal, Work,
        arguments::{Changed, Downgrade, GlobalOptions, InDoubt, Offline, Order, Policies, Upgrade},
    },
    config::{ChangedScripts, OutOfOrder},
    database::Open,
    migrate::{self, Direction, Event, Migrator, Options, Ran, offline_sql},
    plan::{comment, terminated},
    report,
    script::RevisionId,
};

pub(super) async fn upgrade(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Upgrade,
) -> Result<Outcome> {
    let way = Way {
        direction: Direction::Upgrade,
        to: &arguments.revision,
        offline: &arguments.offline,
        policies: &arguments.policies,
        in_doubt: arguments.in_doubt,
    };
    run(terminal, global, &way).await
}

pub(super) async fn downgrade(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Downgrade,
) -> Result<Outcome> {
    let way = Way {
        direction: Direction::Downgrade,
        to: &arguments.revision,
        offline: &arguments.offline,
        policies: &arguments.policies,
        in_doubt: arguments.in_doubt,
    };
    run(terminal, global, &way).await
}

/// What is asked for.
struct Way<'a> {
    direction: Direction,
    to: &'a str,
    offline: &'a Offline,
    policies: &'a Policies,
    in_doubt: Option<InDoubt>,
}

async fn run(terminal: &Terminal, global: &GlobalOptions, way: &Way<'_>) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    if way.offline.sql {
        return offline(terminal, &project, way).await;
    }
    let url = project.database()?;
    let scripts = project.scripts()?;
    // Only going up makes a database; there is nothing to take back from one that is not there.
    let open = match (way.direction, way.offline.dry_run) {
        (_, true) => Open::ReadOnly,
        (Direction::Downgrade, false) => Open::ReadWrite,
        (Direction::Upgrade | Direction::Stamp, false) => Open::Create,
    };
    let connection = project.connection(&url, open).await?;
    let mut options = Options::from(&project.config);
    set(&mut options, way.policies);
    let work = terminal.work("looking at the ledger");
    let mut migrator = Migrator::new(connection, url.engine(), &scripts, &options)?
        .in_doubt(way.in_doubt.map(|word| match word {
            InDoubt::Done => migrate::InDoubt::Done,
            InDoubt::Again => migrate::InDoubt::Again,
        }))
        .hooked(project.hooks())
        .tagged(way.offline.tag.clone())
        .observed(|event: &Event<'_>| tell(terminal, &work, event));
    let from = heads(&migrator.current().await?);

    if way.offline.dry_run {
        let preview = migrator.preview(way.direction, way.to).await?;
        drop(migrator);
        drop(work);
        if terminal.is_json() {
            let body = json!({ "from": from, "scripts": preview.scripts, "sql": preview.sql });
            terminal.json(&report::document(way.direction.word(), body))?;
        } else {
            terminal.plain_data(&tagged(way.offline, &preview.sql))?;
        }
        return Ok(Outcome::Fine);
    }

    let outcome = match way.direction {
        Direction::Upgrade | Direction::Stamp => migrator.upgrade(way.to).await?,
        Direction::Downgrade => migrator.downgrade(way.to).await?,
    };
    if let Some(connection) = migrator.into_connection().await? {
        connection.close().await?;
    }
    drop(work);
    if terminal.is_json() {
        terminal.json(&report::document(way.direction.word(), document(&from, &outcome)))?;
    } else if outcome.ran.is_empty() {
        terminal.say(&match outcome.heads.as_slice() {
            [] => "nothing to do: no script is applied".to_owned(),
            heads => format!("nothing to do: the database is at {}", join(heads)),
        });
    }
    Ok(Outcome::Fine)
}

/// What the command line says comes before the settings.
fn set(options: &mut Options, policies: &Policies) {
    if let Some(changed) = policies.changed_scripts {
        options.changed_scripts = match changed {
            Changed::Stop => ChangedScripts::Stop,
            Changed::Warn => ChangedScripts::Warn,
            Changed::Accept => ChangedScripts::Accept,
        };
    }
    if let Some(order) = policies.out_of_order {
        options.out_of_order = match order {
            Order::Stop => OutOfOrder::Stop,
            Order::Warn => OutOfOrder::Warn,
            Order::Allow => OutOfOrder::Allow,
        };
    }
}

/// Prints what leads from one place in the history to another, without a database.
async fn offline(terminal: &Terminal, project: &Project<'_>, way: &Way<'_>) -> Result<Outcome> {
    let engine = project.engine_without_asking(way.offline.engine.dialect)?;
    let scripts = project.scripts()?;
    let options = Options::from(&project.config);
    let preview = offline_sql(&scripts, engine, &options, way.direction, way.to).await?;
    if terminal.is_json() {
        let body = json!({ "dialect": engine, "scripts": preview.scripts, "sql": preview.sql });
        terminal.json(&report::document(way.direction.word(), body))?;
    } else {
        terminal.plain_data(&tagged(way.offline, &preview.sql))?;
    }
    Ok(Outcome::Fine)
}

/// The SQL under the text that was given along.
fn tagged(offline: &Offline, sql: &str) -> String {
    match &offline.tag {
        Some(tag) if !sql.is_empty() => format!("{}{sql}", comment(&format!("tag: {tag}"))),
        Some(_) | None => sql.to_owned(),
    }
}

/// Says what the migrator does, as it does it.
fn tell(terminal: &Terminal, work: &Work<'_>, event: &Event<'_>) {
    match event {
        Event::Waiting { since } => {
            work.step("waiting for another process to let go of the database");
            // The migrator asks often; once is enough to read.
            if *since < Duration::from_millis(500) {
                terminal.say_step("waiting for another process to let go of the database");
            }
        }
        Event::Started {
            header,
            direction,
            done,
            of,
        } => {
            work.step(format!("{direction} {} of {of}: {}", done + 1, header.message));
            terminal.say_step(&format!("{direction} {}: {}", header.revision, header.message));
        }
        Event::Finished {
            header,
            direction,
            took,
        } => {
            let done = match direction {
                Direction::Upgrade => "applied",
                Direction::Downgrade => "took back",
                Direction::Stamp => "stamped",
            };
            terminal.say(&format!(
                "{done} {}  {} ({})",
                header.revision,
                header.message,
                readable(*took)
            ));
        }
        Event::Statements { next, .. } => next
            .iter()
            .for_each(|sql| terminal.say_step(terminated(sql).trim_end())),
        Event::Noticed(notice) => terminal.notices([*notice]),
    }
}

fn document(from: &[RevisionId], outcome: &migrate::Outcome) -> serde_json::Value {
    let script = |ran: &Ran| {
        json!({
            "revision": ran.header.revision,
            "message": ran.header.message,
            "statements": ran.statements,
            "seconds": ran.took.as_secs_f64(),
        })
    };
    json!({
        "from": from,
        "to": outcome.heads,
        "scripts": outcome.ran.iter().map(script).collect::<Vec<_>>(),
        "notices": report::notices(&outcome.notices),
    })
}

fn heads(applied: &[migrate::Applied]) -> Vec<RevisionId> {
    applied.iter().map(|applied| applied.revision.clone()).collect()
}

fn join(heads: &[RevisionId]) -> String {
    heads
        .iter()
        .map(RevisionId::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn readable(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}
