//! `autogen plan`: what `upgrade` would do to this database.

use serde_json::json;

use super::{Outcome, project::Project};
use crate::{
    Result,
    cli::{
        Terminal, Volume,
        arguments::{GlobalOptions, Plan},
    },
    database::Open,
    directive::Directive,
    migrate::{Direction, PreviewedScript},
    plan::{Segment, terminated},
    report::{self, Text, Tone},
    script::{RevisionId, Scripts as _},
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Plan) -> Result<Outcome> {
    let project = Project::open(terminal, global)?;
    let url = project.database()?;
    let scripts = project.scripts()?;
    let mut migrator = project.migrator(&url, &scripts, Open::ReadOnly).await?;
    let engine = migrator.engine();
    let current = migrator.current().await?;
    let from: Vec<&RevisionId> = current.iter().map(|row| &row.revision).collect();
    let preview = {
        let _work = terminal.work("planning");
        migrator.preview(Direction::Upgrade, &arguments.revision).await?
    };
    let changed = migrator.changed().await?;
    drop(migrator);
    let mut planned = Vec::new();
    for script in &preview.scripts {
        planned.push((script, scripts.upgrade(&script.revision, engine)?));
    }
    if terminal.is_json() {
        let script = |(script, directives): &(&PreviewedScript, Vec<Directive>)| {
            let losses: Vec<String> = directives.iter().flat_map(Directive::losses).collect();
            json!({
                "revision": script.revision,
                "message": script.message,
                "differences": report::differences(directives),
                "losses": losses,
                "segments": script.segments,
            })
        };
        let body = json!({
            "from": from,
            "scripts": planned.iter().map(script).collect::<Vec<_>>(),
            "notices": report::notices(&changed),
        });
        terminal.json(&report::document("plan", body))?;
        return Ok(Outcome::Fine);
    }
    terminal.notices(&changed);
    let mut text = Text::new();
    for (script, directives) in &planned {
        write(&mut text, script, directives, terminal.volume());
    }
    terminal.data(&text)?;
    let statements: usize = preview
        .scripts
        .iter()
        .flat_map(|script| &script.segments)
        .map(|segment| segment.statements.len())
        .sum();
    terminal.say(&match planned.len() {
        0 => "nothing to do: every script up to there is applied".to_owned(),
        1 => format!("1 script, {statements} statements; `autogen upgrade` runs it"),
        n => format!("{n} scripts, {statements} statements; `autogen upgrade` runs them"),
    });
    Ok(Outcome::Fine)
}

fn write(text: &mut Text, script: &PreviewedScript, directives: &[Directive], volume: Volume) {
    text.push(Tone::Changed, script.revision.as_str());
    text.plain(format!(
        "  {}\n",
        script.message.lines().next().unwrap_or_default()
    ));
    for directive in directives {
        text.plain(format!("    {}\n", directive.summary()));
        for loss in directive.losses() {
            text.push(Tone::Loss, format!("        loses {loss}\n"));
        }
    }
    for segment in &script.segments {
        text.push(Tone::Faint, format!("    {}\n", describe(segment)));
        if let Some(online) = &segment.online {
            let tone = if online.effect.lets_write() {
                Tone::Faint
            } else {
                Tone::Loss
            };
            text.push(tone, format!("        others notice: {online}\n"));
        }
        if volume == Volume::Verbose {
            for sql in &segment.statements {
                for line in terminated(sql).lines() {
                    text.push(Tone::Faint, format!("        {line}\n"));
                }
            }
        }
    }
}

fn describe(segment: &Segment) -> String {
    let count = segment.statements.len();
    match (segment.transaction, count) {
        (true, 1) => "1 statement in a transaction".to_owned(),
        (true, count) => format!("{count} statements in one transaction"),
        (false, 1) => "1 statement that commits by itself".to_owned(),
        (false, count) => format!("{count} statements that commit by themselves"),
    }
}
