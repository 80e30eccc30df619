//! Triggers with the order in which they run.

use super::catalog::Catalog;
use super::losses::Kind;
use super::spelling::{quoted, significant_in, spells_literals_anew};
use crate::Result;
use crate::reflect::cells::Cells;
use std::collections::BTreeSet;

/// A trigger in the making; sorted, they are in the order in which they run.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trigger {
    table: String,
    timing: String,
    event: String,
    order: u32,
    name: String,
    preamble: String,
    definer: String,
    body: String,
    mode: String,
}

impl Trigger {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// One trigger.
pub(super) fn trigger(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    let table = row.text()?;
    if !catalog.filter.admits("trigger", &name, Some(&table)) {
        return Ok(());
    }
    let timing = row.text()?;
    let event = row.text()?;
    let order = row.number()?;
    let Some(body) = row.optional()? else {
        // MariaDB; MySQL does not even give its name.
        let reason = "the user has no right TRIGGER on its table";
        catalog.leave_on("trigger", &name, Some(&table), reason);
        return Ok(());
    };
    let definer = catalog.definer(&row.optional()?.unwrap_or_default());
    let mode = row.text()?;
    let preamble = catalog.preamble(&mode, &row.text()?, &row.text()?);
    if spells_literals_anew(&body) {
        catalog.unshown.push((Kind::Trigger, name.clone()));
    }
    catalog.triggers.push(Trigger {
        table,
        timing,
        event,
        order,
        name,
        preamble,
        definer,
        body,
        mode,
    });
    Ok(())
}

/// The answer of SHOW CREATE TRIGGER: the statement as it was written, of which the body counts.
pub(super) fn shown(catalog: &mut Catalog<'_>, name: &str, mut row: Cells) -> Result<()> {
    for _ in 0..2 {
        row.text()?;
    }
    let statement = row.text()?;
    if let Some(trigger) = catalog.triggers.iter_mut().find(|trigger| trigger.name == name)
        && let Some(body) = body_behind_row(&statement, &trigger.mode)
    {
        body.clone_into(&mut trigger.body);
    }
    Ok(())
}

/// What stands behind `FOR EACH ROW [FOLLOWS name]`.
fn body_behind_row<'s>(statement: &'s str, mode: &str) -> Option<&'s str> {
    let tokens = significant_in(statement, mode);
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.is_keyword(statement, word))
    };
    let row = (0..tokens.len()).find(|at| is(*at, "FOR") && is(at + 1, "EACH") && is(at + 2, "ROW"))?;
    let mut body = row + 3;
    if is(body, "FOLLOWS") || is(body, "PRECEDES") {
        body += 2;
    }
    tokens.get(body).map(|token| statement[token.start..].trim_end())
}

/// Puts the triggers into the schema. Each but the first of its table, time and event follows another.
pub(super) fn settle(catalog: &mut Catalog<'_>) {
    let mut triggers = std::mem::take(&mut catalog.triggers);
    triggers.sort();
    let mut last: Option<Trigger> = None;
    for trigger in triggers {
        let moment = |trigger: &Trigger| {
            (
                trigger.table.clone(),
                trigger.timing.clone(),
                trigger.event.clone(),
            )
        };
        let follows = last
            .filter(|last| moment(last) == moment(&trigger))
            .map_or_else(String::new, |last| format!("FOLLOWS {} ", quoted(&last.name)));
        let definition = format!(
            "{}CREATE {}TRIGGER {} {} {} ON {} FOR EACH ROW {follows}{}",
            trigger.preamble,
            trigger.definer,
            quoted(&trigger.name),
            trigger.timing,
            trigger.event,
            quoted(&trigger.table),
            trigger.body
        );
        catalog.insert(
            "trigger",
            &trigger.name,
            Some(&trigger.table),
            definition,
            BTreeSet::new(),
        );
        last = Some(trigger);
    }
}
