//! Functions, procedures and packages: the list comes from `information_schema`, the statements from SHOW CREATE.

use super::catalog::Catalog;
use super::losses::Kind;
use crate::Result;
use crate::reflect::cells::Cells;
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
        catalog.without_definer(&statement)
    );
    catalog.insert(kind.word(), name, None, definition, BTreeSet::new());
    Ok(())
}
