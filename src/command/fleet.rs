//! One command for several databases or tenants: each by itself, some at the same time, with one sum at the end.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Outcome, run::one, units::Units};
use crate::{
    Error, ErrorKind, Result,
    cli::{
        Piece, Terminal,
        arguments::{GlobalOptions, Unit, Verb},
    },
    report,
};

/// What became of one of them.
enum End {
    Ended(Outcome),
    Failed(Error),
    /// Somebody before it failed, and no further one was to begin.
    NotBegun,
}

impl End {
    /// The exit code it would have alone.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Ended(outcome) => outcome.exit_code(),
            Self::Failed(error) => error.exit_code(),
            Self::NotBegun => 1,
        }
    }
}

/// Runs a command for each.
///
/// # Errors
/// [`ErrorKind::Usage`] for commands that are not about a database; when output cannot be written. What one of them finds wrong is
/// told, and is no error of the others.
pub(super) async fn run(
    terminal: &Terminal,
    global: &GlobalOptions,
    verb: &Verb,
    units: Units,
) -> Result<Outcome> {
    allow(verb, &units.units)?;
    let several = units.units.len() > 1;
    let stop = AtomicBool::new(false);
    let work = terminal.work("working");
    let works = units.units.iter().map(|unit| {
        let mut global = global.clone();
        global.scope.unit = Some(unit.clone());
        let own = several.then(|| terminal.capturing());
        let stop = &stop;
        async move {
            if stop.load(Ordering::Relaxed) {
                return (unit, End::NotBegun, own);
            }
            let end = match one(own.as_ref().unwrap_or(terminal), &global, verb).await {
                Ok(outcome) => End::Ended(outcome),
                Err(error) => {
                    if global.fail_fast || error.kind() == ErrorKind::Interrupted {
                        stop.store(true, Ordering::Relaxed);
                    }
                    // The name stands in the error, so that it is found in the log of a hundred others.
                    End::Failed(if several {
                        error.context(name_of(unit))
                    } else {
                        error
                    })
                }
            };
            (unit, end, own)
        }
    });
    if !several {
        let mut works = works;
        let Some(work_of_one) = works.next() else {
            return Ok(Outcome::Fine);
        };
        drop(work);
        return match work_of_one.await.1 {
            End::Ended(outcome) => Ok(outcome),
            End::Failed(error) => Err(error),
            End::NotBegun => Ok(Outcome::Fine),
        };
    }
    // In the order of the list, whoever is ready first.
    let mut ends = stream::iter(works).buffered(units.jobs);
    let mut told = Vec::new();
    while let Some((unit, end, own)) = ends.next().await {
        let pieces = own.map(|own| own.take_captured()).unwrap_or_default();
        if terminal.is_json() {
            told.push((unit, end, pieces));
            continue;
        }
        tell(terminal, unit, &end, &pieces)?;
        told.push((unit, end, Vec::new()));
    }
    drop(work);
    sum_up(terminal, verb, &told)
}

/// Refuses what is not done for several.
fn allow(verb: &Verb, units: &[Unit]) -> Result<()> {
    let name = verb.name();
    match verb {
        Verb::Init(_) | Verb::ListTemplates | Verb::Completions(_) => Err(Error::new(
            ErrorKind::Usage,
            format!("`{name}` is not about one of several databases"),
        )),
        Verb::Revision(_) if units.iter().filter(|unit| unit.tenant.is_some()).count() > 1 => {
            Err(Error::new(
                ErrorKind::Usage,
                "all tenants have the same scripts, and a new one is written once",
            )
            .hint("name the tenant to compare with the target: `--tenant NAME`"))
        }
        _ => Ok(()),
    }
}

/// Says what one of them had to say.
fn tell(terminal: &Terminal, unit: &Unit, end: &End, pieces: &[Piece]) -> Result<()> {
    let name = name_of(unit);
    if pieces.iter().any(|piece| matches!(piece, Piece::Data(_))) {
        terminal.plain_data(&format!("== {name}\n"))?;
    } else if !pieces.is_empty() {
        terminal.say(&format!("== {name}"));
    }
    terminal.replay(pieces)?;
    if let End::Failed(error) = end {
        terminal.error(error);
    }
    Ok(())
}

/// The last words, and the exit code: that of the worst.
fn sum_up(terminal: &Terminal, verb: &Verb, told: &[(&Unit, End, Vec<Piece>)]) -> Result<Outcome> {
    let failed: Vec<String> = told
        .iter()
        .filter(|(_, end, _)| matches!(end, End::Failed(_) | End::NotBegun))
        .map(|(unit, end, _)| match end {
            End::NotBegun => format!("{} (not begun)", name_of(unit)),
            _ => name_of(unit),
        })
        .collect();
    if terminal.is_json() {
        let units: Vec<Value> = told
            .iter()
            .map(|(unit, end, pieces)| document(unit, end, pieces))
            .collect();
        let body = json!({ "units": units, "failed": failed.len() });
        terminal.json(&report::document(verb.name(), body))?;
    } else if failed.is_empty() {
        terminal.say(&format!("all {} done", told.len()));
    } else {
        terminal.say(&format!(
            "{} of {} done; failed: {}",
            told.len() - failed.len(),
            told.len(),
            failed.join(", ")
        ));
    }
    let worst = |code: u8| told.iter().any(|(_, end, _)| end.exit_code() == code);
    Ok(if !failed.is_empty() {
        Outcome::Failed
    } else if worst(3) {
        Outcome::OutOfStep
    } else if worst(2) {
        Outcome::Differences
    } else {
        Outcome::Fine
    })
}

fn document(unit: &Unit, end: &End, pieces: &[Piece]) -> Value {
    let document = pieces.iter().find_map(|piece| match piece {
        Piece::Document(document) => Some(document),
        Piece::Data(_) | Piece::Said(_) => None,
    });
    json!({
        "database": unit.database,
        "tenant": unit.tenant,
        "exit_code": end.exit_code(),
        "begun": !matches!(end, End::NotBegun),
        "document": document,
        "error": match end {
            End::Failed(error) => report::error(error).get("error").cloned(),
            End::Ended(_) | End::NotBegun => None,
        },
    })
}

/// Its name for people.
fn name_of(unit: &Unit) -> String {
    match (&unit.database, &unit.tenant) {
        (Some(database), Some(tenant)) => format!("{database}/{tenant}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => "the database".to_owned(),
    }
}
