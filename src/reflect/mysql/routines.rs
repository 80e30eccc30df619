//! Functions, procedures and packages: the list comes from `information_schema`, the statements from SHOW CREATE.

use super::catalog::Catalog;
use super::losses::Kind;
use super::spelling::{LEXICON, literal_in};
use crate::Result;
use crate::reflect::cells::Cells;
use crate::sql::{Modes, unquote};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One routine, to be asked about.
pub(super) fn routine(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let kind = row.text()?;
    let name = row.text()?;
    let known = Kind::from_routine(&kind);
    let word = known.map_or_else(|| kind.to_lowercase(), |kind| kind.word().to_owned());
    if !catalog.filter.admits(&word, &name, None) {
        return Ok(());
    }
    if let Some(kind) = known {
        catalog.unshown.push((kind, name));
    } else {
        catalog.leave(&word, &name, UNMANAGED);
    }
    Ok(())
}

/// What is said of what no dialect knows.
pub(super) const UNMANAGED: &str = "autogen does not manage such things";

/// A library of JavaScript (MySQL 9.2).
pub(super) fn library(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    if catalog.filter.admits("library", &name, None) {
        catalog.leave("library", &name, UNMANAGED);
    }
    Ok(())
}

/// Words that lines of characteristics begin with, as the server prints them between the header and the body.
const CHARACTERISTICS: [&str; 9] = [
    "LANGUAGE",
    "DETERMINISTIC",
    "NOT DETERMINISTIC",
    "NO SQL",
    "CONTAINS SQL",
    "READS SQL",
    "MODIFIES SQL",
    "SQL SECURITY",
    "COMMENT",
];

/// The statement with its COMMENT as it is read in its own `sql_mode`: the server prints it with backslashes escaped, whether that means
/// something there or not.
fn comment_in_its_mode<'s>(statement: &'s str, mode: &str) -> Cow<'s, str> {
    if !Modes::parse(mode).no_backslash_escapes || !statement.contains('\\') {
        return Cow::Borrowed(statement);
    }
    let is_one = |line: &str| {
        let inner = line.strip_prefix("    ")?;
        CHARACTERISTICS
            .iter()
            .find(|word| inner.starts_with(*word))
            .copied()
    };
    let mut at = 0;
    let mut within = false;
    for line in statement.split_inclusive('\n') {
        match is_one(line) {
            Some("COMMENT") => {
                let (start, end) = (at + "    COMMENT ".len(), at + line.trim_end().len());
                let text = unquote(&statement[start..end], LEXICON);
                let (head, tail) = (&statement[..start], &statement[end..]);
                return Cow::Owned(format!("{head}{}{tail}", literal_in(&text, mode)));
            }
            Some(_) => within = true,
            None if within => break,
            None => {}
        }
        at += line.len();
    }
    Cow::Borrowed(statement)
}

/// The answer of SHOW CREATE: the `sql_mode`, the statement, the character set and collation.
pub(super) fn shown(catalog: &mut Catalog<'_>, kind: Kind, name: &str, mut row: Cells) -> Result<()> {
    row.text()?;
    let mode = row.text()?;
    let Some(statement) = row.optional()? else {
        catalog.leave(
            kind.word(),
            name,
            "the user has no right to see its body (SHOW_ROUTINE, or being its definer)",
        );
        return Ok(());
    };
    let charset = row.text()?;
    let collation = row.text()?;
    let definition = format!(
        "{}{}",
        catalog.preamble(&mode, &charset, &collation),
        catalog.without_definer(&comment_in_its_mode(&statement, &mode))
    );
    catalog.insert(kind.word(), name, None, definition, BTreeSet::new());
    Ok(())
}
