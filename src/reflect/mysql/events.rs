//! Events, written as SHOW CREATE EVENT writes them.

use super::catalog::Catalog;
use super::spelling::{literal, quoted};
use crate::Result;
use crate::reflect::cells::Cells;
use std::collections::BTreeSet;
use std::fmt::Write;

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
    let preamble = catalog.preamble(&row.text()?, &row.text()?, &row.text()?);
    let mut sql = format!("{preamble}CREATE {definer}EVENT {} ON SCHEDULE ", quoted(&name));
    if is_recurring {
        let _ = write!(
            sql,
            "EVERY {} {}",
            interval.unwrap_or_default(),
            field.unwrap_or_default()
        );
        // Without a word, an event starts when it is created or changed: at another time in each database.
        if let Some(starts) = starts.filter(|_| !starts_by_itself) {
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
        let _ = write!(sql, " COMMENT {}", literal(&comment));
    }
    let _ = write!(sql, " DO {body}");
    catalog.insert("event", &name, None, sql, BTreeSet::new());
    Ok(())
}
