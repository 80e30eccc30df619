//! Events, written as SHOW CREATE EVENT writes them.

use super::catalog::Catalog;
use super::losses::Kind;
use super::spelling::{literal, literal_in, quoted, significant_in, spells_literals_anew};
use crate::Result;
use crate::dialect::mysql::ZONE;
use crate::reflect::cells::Cells;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Names of the time zone that our own session has.
const OWN_ZONES: [&str; 5] = ["+00:00", "UTC", "Etc/UTC", "GMT", "-00:00"];

/// One event.
pub(super) fn event(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    if !catalog.filter.admits("event", &name, None) {
        return Ok(());
    }
    let is_recurring = row.text()? == "RECURRING";
    let at = row.optional()?;
    let (interval, field) = (row.optional()?, row.optional()?);
    let (starts, ends) = (row.optional()?, row.optional()?);
    let starts_by_itself = row.flag()?;
    let status = row.text()?;
    let completion = row.text()?;
    let comment = row.optional()?.unwrap_or_default();
    let body = row.optional()?.unwrap_or_default();
    let definer = catalog.definer(&row.optional()?.unwrap_or_default());
    let zone = row.text()?;
    let mode = row.text()?;
    let starts = starts.filter(|_| !starts_by_itself);
    let mut preamble = catalog.preamble(&mode, &row.text()?, &row.text()?);
    // Where no time is named, it is nothing but the time zone of whoever made it.
    if [&at, &starts, &ends].into_iter().any(Option::is_some) {
        preamble.push_str(&in_zone(&zone));
    }
    let mut sql = format!("{preamble}CREATE {definer}EVENT {} ON SCHEDULE ", quoted(&name));
    if is_recurring {
        let _ = write!(
            sql,
            "EVERY {} {}",
            interval.unwrap_or_default(),
            field.unwrap_or_default()
        );
        // Without a word, an event starts when it is created or changed: at another time in each database.
        if let Some(starts) = starts {
            let _ = write!(sql, " STARTS '{starts}'");
        }
        if let Some(ends) = ends {
            let _ = write!(sql, " ENDS '{ends}'");
        }
    } else {
        let _ = write!(sql, "AT '{}'", at.unwrap_or_default());
    }
    let status = match status.as_str() {
        "ENABLED" => "ENABLE",
        "SLAVESIDE_DISABLED" => "DISABLE ON SLAVE",
        "REPLICA_SIDE_DISABLED" => "DISABLE ON REPLICA",
        _ => "DISABLE",
    };
    let _ = write!(sql, " ON COMPLETION {completion} {status}");
    if !comment.is_empty() {
        let _ = write!(sql, " COMMENT {}", literal_in(&comment, &mode));
    }
    sql.push_str(" DO ");
    if spells_literals_anew(&body) {
        catalog.unshown.push((Kind::Event, name.clone()));
        catalog.events.insert(name, (sql, mode));
    } else {
        sql.push_str(&body);
        catalog.insert("event", &name, None, sql, BTreeSet::new());
    }
    Ok(())
}

/// The line that says in which time zone the times of an event are read; none for that of our own session.
fn in_zone(zone: &str) -> String {
    if OWN_ZONES.iter().any(|own| own.eq_ignore_ascii_case(zone)) {
        String::new()
    } else {
        format!("{ZONE}{};\n", literal(zone))
    }
}

/// The answer of SHOW CREATE EVENT, whose header is the server's and whose body is as it was written.
pub(super) fn shown(catalog: &mut Catalog<'_>, name: &str, mut row: Cells) -> Result<()> {
    for _ in 0..3 {
        row.text()?;
    }
    let statement = row.text()?;
    let Some((head, mode)) = catalog.events.remove(name) else {
        return Ok(());
    };
    match body_behind_do(&statement, &mode) {
        Some(body) => catalog.insert("event", name, None, head + body, BTreeSet::new()),
        None => catalog.leave("event", name, "the user has no right to see its body"),
    }
    Ok(())
}

/// What stands behind the first DO that follows `ON COMPLETION`.
fn body_behind_do<'s>(statement: &'s str, mode: &str) -> Option<&'s str> {
    let tokens = significant_in(statement, mode);
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.is_keyword(statement, word))
    };
    let completion = (0..tokens.len()).find(|at| is(*at, "COMPLETION"))?;
    let body = (completion..tokens.len()).find(|at| is(*at, "DO"))? + 1;
    tokens.get(body).map(|token| statement[token.start..].trim_end())
}
