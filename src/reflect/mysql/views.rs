//! Views: from SHOW CREATE VIEW, or from `information_schema.VIEWS` of MariaDB where that loses nothing.

use super::catalog::Catalog;
use super::losses::Kind;
use super::routines::UNMANAGED;
use super::spelling::{LEXICON, name_of, quoted, significant, without_database};
use crate::Result;
use crate::reflect::cells::Cells;
use crate::schema::QName;
use crate::sql::{TokenKind, mentions};
use std::collections::BTreeSet;

/// What is said of a view whose body is kept from the user.
const HIDDEN: &str = "the user has no right to see its definition (SHOW VIEW)";

/// How many tokens of SHOW CREATE VIEW stand in front of its name: ``CREATE ALGORITHM=x DEFINER=`a`@`b` SQL SECURITY x JSON RELATIONAL
/// DUALITY VIEW``.
const HEAD: usize = 16;

/// A view, and whether its body may be seen (MySQL).
pub(super) fn view(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    if !catalog.filter.admits("view", &name, None) {
        return Ok(());
    }
    if row.flag()? {
        catalog.unshown.push((Kind::View, name));
    } else {
        catalog.leave("view", &name, HIDDEN);
    }
    Ok(())
}

/// Something of the own database that a view reads (MySQL).
pub(super) fn reads(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let view = row.text()?;
    let read = row.text()?;
    catalog
        .view_reads
        .entry(view)
        .or_default()
        .insert(QName::plain(read));
    Ok(())
}

/// A view with all that makes it (MariaDB).
pub(super) fn whole_view(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    if !catalog.filter.admits("view", &name, None) {
        return Ok(());
    }
    let algorithm = row.text()?;
    let security = row.text()?;
    let definer = row.text()?;
    let check = row.text()?;
    let body = row.optional()?.unwrap_or_default();
    if body.is_empty() {
        catalog.leave("view", &name, HIDDEN);
        return Ok(());
    }
    let body = without_database(&body, &catalog.database).into_owned();
    if body.contains('\'') {
        let reads = read_names(catalog, &name, &body);
        catalog.view_reads.insert(name.clone(), reads);
        catalog.unshown.push((Kind::View, name));
        return Ok(());
    }
    let check = match check.as_str() {
        "CASCADED" => " WITH CASCADED CHECK OPTION",
        "LOCAL" => " WITH LOCAL CHECK OPTION",
        _ => "",
    };
    let definition = format!(
        "CREATE OR REPLACE {}{}SQL SECURITY {security} VIEW {} AS {body}{check}",
        algorithm_clause(&algorithm),
        catalog.definer(&definer),
        quoted(&name)
    );
    let depends_on = read_names(catalog, &name, &body);
    catalog.insert("view", &name, None, definition, depends_on);
    Ok(())
}

fn algorithm_clause(algorithm: &str) -> String {
    match algorithm {
        "UNDEFINED" => String::new(),
        algorithm => format!("ALGORITHM={algorithm} "),
    }
}

/// The relations and functions of the own database that a body names.
fn read_names(catalog: &Catalog<'_>, view: &str, body: &str) -> BTreeSet<QName> {
    // The server writes every name in backticks, so that it is found however it is spelled.
    let tokens = significant(body);
    let mut read = BTreeSet::new();
    for token in &tokens {
        if token.kind == TokenKind::QuotedIdent {
            let name = name_of(token, body);
            if name != view && catalog.relations.contains(name.as_ref()) {
                read.insert(QName::plain(name.as_ref()));
            }
        }
    }
    let mentioned = mentions(body, LEXICON);
    for (kind, name) in &catalog.unshown {
        let is_named = match kind {
            Kind::Function | Kind::Package => mentioned.contains(&name.to_lowercase()),
            Kind::Sequence => mentioned.contains(name),
            Kind::Table
            | Kind::View
            | Kind::Procedure
            | Kind::PackageBody
            | Kind::Trigger
            | Kind::Event
            | Kind::Geometries => false,
        };
        if is_named {
            read.insert(QName::plain(name.as_str()));
        }
    }
    read
}

/// The answer of SHOW CREATE VIEW.
pub(super) fn shown(catalog: &mut Catalog<'_>, name: &str, statement: &str) {
    let depends_on = catalog.view_reads.remove(name).unwrap_or_default();
    // Its keyword comes before the name; what comes behind is deeper in the text.
    let head = significant(statement).into_iter().take(HEAD);
    if head
        .into_iter()
        .any(|token| token.is_keyword(statement, "DUALITY"))
    {
        catalog.leave("JSON duality view", name, UNMANAGED);
        return;
    }
    let definition = definition(&catalog.without_definer(statement), &catalog.database);
    catalog.insert("view", name, None, definition, depends_on);
}

/// `CREATE ALGORITHM=UNDEFINED SQL SECURITY ..` as the model has it.
fn definition(statement: &str, database: &str) -> String {
    let tokens = significant(statement);
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.is_keyword(statement, word))
    };
    let rest = |at: usize| tokens.get(at).map_or("", |token| &statement[token.start..]);
    let mut algorithm = String::new();
    let mut at = 1;
    if is(1, "ALGORITHM") {
        algorithm = tokens
            .get(3)
            .map_or_else(String::new, |token| algorithm_clause(token.text(statement)));
        at = 4;
    }
    format!(
        "CREATE OR REPLACE {algorithm}{}",
        without_database(rest(at), database)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_created_or_replaced() {
        for (statement, expected) in [
            (
                "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` (`a`) AS select `d`.`t`.`a` AS `a` from `d`.`t`",
                "CREATE OR REPLACE SQL SECURITY DEFINER VIEW `v` (`a`) AS select `t`.`a` AS `a` from `t`",
            ),
            (
                "CREATE ALGORITHM=MERGE DEFINER=`a b`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1 AS `1` WITH LOCAL CHECK OPTION",
                "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a b`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1 AS `1` WITH LOCAL CHECK OPTION",
            ),
        ] {
            assert_eq!(definition(statement, "d"), expected);
        }
    }
}
