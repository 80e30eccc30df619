//! `autogen revision`: a script for the difference between what is and what shall be.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::{
    Outcome,
    project::Project,
    sides::{Asking, Sides},
    standing,
};
use crate::{
    Error, ErrorKind, Notice, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Revision},
    },
    compare::{Pair, mark_concurrent},
    dialect::Dialect,
    directive::Directive,
    report::{self, Difference},
    schema::Schema,
    script::{Folder, Header, RevisionId, Script},
    target::{Missing, Source},
};

pub(super) async fn run(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Revision,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let scripts = project.scripts()?;
    let parent = scripts.graph().head()?.cloned();
    let header = Header {
        revises: parent.into_iter().collect(),
        message: arguments.message.trim().to_owned(),
        // To the second, as it is shown.
        created: Timestamp::from_second(Timestamp::now().as_second()).ok(),
        ..Header::new(match &arguments.rev_id {
            Some(id) => RevisionId::new(id.as_str())?,
            None => RevisionId::random(),
        })
    };
    if header.message.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "the message is empty")
            .hint("say what changes: `-m \"add orders\"`"));
    }
    let found = if arguments.empty {
        Found::default()
    } else {
        find(&project, &scripts, arguments).await?
    };
    let script = Script {
        header,
        upgrade: found.upgrade,
        downgrade: found.downgrade,
    };
    let nothing = script.upgrade.is_empty() && !arguments.empty;
    let text = if nothing {
        None
    } else {
        Some(project.render(&script, &found.live, found.dialect).await?)
    };
    let path = match &text {
        Some(text) if !arguments.dry_run => Some(project.write(&scripts, &script.header, text)?),
        Some(_) | None => None,
    };

    if terminal.is_json() {
        let body = json!({
            "revision": path.as_ref().map(|_| &script.header.revision),
            "path": path,
            "script": text.filter(|_| arguments.dry_run),
            "summary": Difference::new(&script.upgrade),
            "differences": report::differences(&script.upgrade),
            "notices": report::notices(&found.notices),
        });
        terminal.json(&report::document("revision", body))?;
        return Ok(Outcome::Fine);
    }
    terminal.notices(&found.notices);
    match (path, text) {
        (Some(path), _) => {
            if !arguments.empty {
                terminal.say(&Difference::new(&script.upgrade).summary());
            }
            terminal.notices(&losses(&script.upgrade));
            terminal.plain_data(&format!("{}\n", path.display()))?;
        }
        (None, Some(text)) => {
            terminal.notices(&losses(&script.upgrade));
            terminal.plain_data(&text)?;
        }
        (None, None) => terminal.say("nothing differs, so no script was written"),
    }
    Ok(Outcome::Fine)
}

/// What a comparison gives to a script.
#[derive(Default)]
struct Found {
    dialect: Option<&'static dyn Dialect>,
    live: Arc<Schema>,
    upgrade: Vec<Directive>,
    downgrade: Vec<Directive>,
    notices: Vec<Notice>,
}

async fn find(project: &Project<'_>, scripts: &Folder, arguments: &Revision) -> Result<Found> {
    let from = project.source_or_database(std::slice::from_ref(&arguments.from))?;
    let target = project.source_or_target(&arguments.target)?;
    // Only the other side says what a file is for.
    let dialect = match &from {
        Source::Database(_) => project.dialect_of([&from]).await?,
        Source::Sql(_) | Source::Migrations(_) => project.dialect_of([&from, &target]).await?,
    };
    if let Source::Database(url) = &from {
        // A script is written for a database that the scripts before it have made.
        standing::require_in_step(project, scripts, url).await?;
    }
    let missing = Pair::new(Missing::Empty, Missing::Error);
    let realised = project
        .realise_both(Pair::new(&from, &target), dialect, missing, None)
        .await?;
    let sides = Sides::compare(project, dialect, realised, &arguments.rename, Asking::IfPossible)?;
    let mut downgrade = sides.comparison.downgrade(dialect);
    let mut upgrade = sides.comparison.upgrade;
    if project.config.concurrent_indexes {
        let schemas = Pair::new(&*sides.schemas.live, &*sides.schemas.target);
        mark_concurrent(&mut upgrade, schemas, dialect);
        mark_concurrent(&mut downgrade, Pair::new(schemas.target, schemas.live), dialect);
    }
    Ok(Found {
        dialect: Some(dialect),
        live: sides.schemas.live,
        downgrade,
        upgrade,
        notices: sides.notices,
    })
}

/// What applying the script destroys, as warnings.
fn losses(directives: &[Directive]) -> Vec<Notice> {
    directives
        .iter()
        .flat_map(Directive::losses)
        .map(|loss| Notice::warning(format!("the script loses {loss}")))
        .collect()
}
