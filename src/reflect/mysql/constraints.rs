//! Foreign keys and checks.

use super::catalog::{Catalog, Draft};
use super::columns::expression;
use crate::Result;
use crate::dialect::{Engine, mysql::option};
use crate::reflect::cells::Cells;
use crate::schema::{Action, Check, Deferral, ForeignKey, MatchKind, Name, Options, QName};

/// One column of a foreign key. The rows of one come in the order of its columns.
pub(super) fn reference(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let table = row.text()?;
    let name = row.text()?;
    let place: usize = row.number()?;
    let column = Name::new(row.text()?);
    let database = row.text()?;
    let referenced_table = Name::new(row.text()?);
    let referenced = Name::new(row.text()?);
    if !catalog.filter.admits("constraint", &name, Some(&table)) {
        return Ok(());
    }
    let Some(draft) = catalog.tables.get_mut(&table) else {
        return Ok(());
    };
    let key = draft
        .foreign_keys
        .entry(name.clone())
        .or_insert_with(|| ForeignKey {
            name: Some(Name::new(name)),
            columns: Vec::new(),
            table: QName {
                namespace: (database != catalog.database).then(|| Name::new(database)),
                name: referenced_table,
            },
            referenced: Vec::new(),
            on_update: Action::NoAction,
            on_delete: Action::NoAction,
            match_kind: MatchKind::Simple,
            deferral: Deferral::NotDeferrable,
            options: Options::new(),
        });
    // Should they ever come in another order, each still gets its place.
    let place = (place.max(1) - 1).min(key.columns.len());
    key.columns.insert(place, column);
    key.referenced.insert(place, referenced);
    Ok(())
}

/// What a foreign key does. Each engine has a word that says nothing: NO ACTION for MySQL, RESTRICT for MariaDB, and both mean one thing.
pub(super) fn actions(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let (table, name) = (row.text()?, row.text()?);
    let draft = catalog.tables.get_mut(&table);
    let Some(key) = draft.and_then(|draft| draft.foreign_keys.get_mut(&name)) else {
        return Ok(());
    };
    let (update, delete) = (row.text()?, row.text()?);
    key.on_update = action(&update, catalog.engine);
    key.on_delete = action(&delete, catalog.engine);
    if catalog.engine == Engine::Mariadb {
        let explicit: Vec<&str> = [("delete", delete), ("update", update)]
            .into_iter()
            .filter(|(_, rule)| rule == "NO ACTION")
            .map(|(word, _)| word)
            .collect();
        if !explicit.is_empty() {
            key.options
                .insert(option::EXPLICIT_NO_ACTION.to_owned(), explicit.join(","));
        }
    }
    Ok(())
}

fn action(rule: &str, engine: Engine) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        "RESTRICT" if engine == Engine::Mysql => Action::Restrict,
        _ => Action::NoAction,
    }
}

/// The expression of a check (MySQL, where it does not say whose it is).
pub(super) fn clause(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let name = row.text()?;
    let clause = row.text()?;
    catalog.clauses.insert(name, clause);
    Ok(())
}

/// A check of a table (MySQL).
pub(super) fn check(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let table = row.text()?;
    let name = row.text()?;
    let is_enforced = row.text()? == "YES";
    let Some(clause) = catalog.clauses.remove(&name) else {
        return Ok(());
    };
    let expression = expression(&clause, catalog.engine, &catalog.database);
    let mut options = Options::new();
    if !is_enforced {
        options.insert(option::NOT_ENFORCED.to_owned(), String::new());
    }
    insert(catalog, &table, name, |name| Check {
        name: Some(Name::new(name)),
        expression,
        options,
    });
    Ok(())
}

/// A check of a table or of a column (MariaDB).
pub(super) fn own_check(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let table = row.text()?;
    let name = row.text()?;
    let is_of_column = row.text()? == "Column";
    let expression = expression(&row.text()?, catalog.engine, &catalog.database);
    if is_of_column {
        let draft = catalog.tables.get_mut(&table);
        if let Some(field) = draft.and_then(|draft| draft.column(&name)) {
            field
                .column
                .options
                .insert(option::CHECK.to_owned(), expression.to_string());
        }
        return Ok(());
    }
    insert(catalog, &table, name, |name| Check {
        name: Some(Name::new(name)),
        expression,
        options: Options::new(),
    });
    Ok(())
}

fn insert(catalog: &mut Catalog<'_>, table: &str, name: String, make: impl FnOnce(String) -> Check) {
    if catalog.filter.admits("constraint", &name, Some(table))
        && let Some(draft) = catalog.tables.get_mut(table)
    {
        draft.table.checks.push(make(name));
    }
}

/// Puts the constraints of a table into it.
pub(super) fn settle(draft: &mut Draft) {
    let keys = std::mem::take(&mut draft.foreign_keys);
    draft.table.foreign_keys = keys.into_values().collect();
    if let Some(shown) = &draft.shown {
        // What a period asks of its columns goes with it.
        let is_period = |name: &Name| shown.periods.iter().any(|(period, _)| period == name.as_str());
        draft
            .table
            .checks
            .retain(|check| !check.name.as_ref().is_some_and(is_period));
    }
    draft.table.checks.sort_by(|a, b| a.name.cmp(&b.name));
}
