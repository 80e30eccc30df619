//! `autogen revision`: a script for the difference between what is and what shall be.

use std::{borrow::Cow, sync::Arc};

use serde_json::json;

use super::{
    Outcome,
    header::{header, parent},
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
    directive::{Directive, evolve},
    extend::Drafting,
    plan::{plan, readable},
    report::{self, Difference},
    schema::Schema,
    script::{Folder, Script},
    target::{Missing, Source},
};

pub(super) async fn run(
    terminal: &Terminal,
    global: &GlobalOptions,
    arguments: &Revision,
) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let mut scripts = project.scripts()?;
    if let Some(path) = &arguments.version_path {
        scripts = scripts.with_new_scripts_in(path)?;
    }
    let header = header(
        &scripts,
        &arguments.place,
        parent(&scripts, &arguments.head)?.into_iter().collect(),
        &arguments.depends_on,
        &arguments.message,
    )?;
    if header.message.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "the message is empty")
            .hint("say what changes: `-m \"add orders\"`"));
    }
    let mut found = if arguments.empty {
        Found::default()
    } else {
        find(&project, &scripts, arguments).await?
    };
    let script = Script {
        header,
        upgrade: std::mem::take(&mut found.upgrade),
        downgrade: std::mem::take(&mut found.downgrade),
    };
    let drafting = Drafting {
        dialect: found.dialect,
        live: &found.live,
        target: &found.target,
        blank: arguments.empty,
    };
    let drafts = project.extensions().rewrite(script, &drafting)?;
    if arguments.sql {
        return print_sql(terminal, &drafts, &found);
    }
    let texts = render(&project, &drafts, &found).await?;
    let mut paths = Vec::with_capacity(drafts.len());
    if !arguments.dry_run {
        for (script, text) in drafts.iter().zip(&texts) {
            paths.push(project.write(&scripts, &script.header, text)?);
        }
    }
    let upgrade: Vec<Directive> = drafts
        .iter()
        .flat_map(|script| script.upgrade.iter().cloned())
        .collect();

    if terminal.is_json() {
        let written = |at: usize| paths.get(at).map(|_| &drafts[at].header.revision);
        let shown = |at: usize| texts.get(at).filter(|_| arguments.dry_run);
        let all: Vec<_> = (0..drafts.len())
            .map(|at| json!({ "revision": written(at), "path": paths.get(at), "script": shown(at) }))
            .collect();
        let body = json!({
            "revision": written(0),
            "path": paths.first(),
            "script": shown(0),
            "scripts": all,
            "summary": Difference::new(&upgrade),
            "differences": report::differences(&upgrade),
            "notices": report::notices(&found.notices),
        });
        terminal.json(&report::document("revision", body))?;
        return Ok(Outcome::Fine);
    }
    terminal.notices(&found.notices);
    if drafts.is_empty() {
        terminal.say("nothing differs, so no script was written");
        return Ok(Outcome::Fine);
    }
    if !arguments.dry_run && !arguments.empty {
        terminal.say(&Difference::new(&upgrade).summary());
    }
    terminal.notices(&losses(&upgrade));
    if arguments.dry_run {
        for text in &texts {
            terminal.plain_data(text)?;
        }
    }
    for path in &paths {
        terminal.plain_data(&format!("{}\n", path.display()))?;
    }
    Ok(Outcome::Fine)
}

/// The texts of new scripts, each of which starts from where the one before ends.
async fn render(project: &Project<'_>, scripts: &[Script], found: &Found) -> Result<Vec<String>> {
    let mut before = Cow::Borrowed(&*found.live);
    let mut texts = Vec::with_capacity(scripts.len());
    for script in scripts {
        texts.push(project.render(script, &before, found.dialect).await?);
        if let (true, Some(dialect)) = (scripts.len() > 1, found.dialect) {
            evolve(before.to_mut(), &script.upgrade, dialect)?;
        }
    }
    Ok(texts)
}

/// What the script would run, instead of the script.
fn print_sql(terminal: &Terminal, scripts: &[Script], found: &Found) -> Result<Outcome> {
    let upgrade: Vec<Directive> = scripts
        .iter()
        .flat_map(|script| script.upgrade.iter().cloned())
        .collect();
    let sql = match found.dialect {
        Some(dialect) if !upgrade.is_empty() => {
            readable(plan(&upgrade, &found.live, dialect)?.sql(), dialect)
        }
        Some(_) | None => String::new(),
    };
    if terminal.is_json() {
        terminal.json(&report::document("revision", json!({ "sql": sql })))?;
    } else if sql.is_empty() {
        terminal.say("nothing differs, so there is no SQL");
    } else {
        terminal.plain_data(&sql)?;
    }
    Ok(Outcome::Fine)
}

/// What a comparison gives to a script.
#[derive(Default)]
struct Found {
    dialect: Option<&'static dyn Dialect>,
    live: Arc<Schema>,
    target: Arc<Schema>,
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
        target: sides.schemas.target,
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
