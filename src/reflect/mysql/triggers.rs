//! Triggers with the order in which they run.

use super::catalog::Catalog;
use super::spelling::quoted;
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
    let body = row.text()?;
    let definer = catalog.definer(&row.optional()?.unwrap_or_default());
    let preamble = catalog.preamble(&row.text()?, &row.text()?, &row.text()?);
    catalog.triggers.push(Trigger {
        table,
        timing,
        event,
        order,
        name,
        preamble,
        definer,
        body,
    });
    Ok(())
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
