//! MySQL 8.0 to 9 and MariaDB 10.6 to 12: everything of `information_schema` in one round trip, and SHOW CREATE in another for what
//! that is known to lose (see [`losses`]), however many tables there are.
//!
//! What the queries give is joined here by names, so that the server does no work for each table.

mod catalog;
mod columns;
mod constraints;
mod create;
mod events;
mod indexes;
mod losses;
mod partitions;
mod routines;
mod sequences;
mod session;
mod spelling;
mod tables;
mod triggers;
mod views;

use super::Reflection;
use super::cells::Cells;
use crate::config::Filter;
use crate::database::Connection;
use crate::{Notice, Result};
use catalog::Catalog;
use losses::Kind;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that means something.
    Meaning,
    /// Also the words USING BTREE, where an index would be one without them.
    Wording,
}

/// Reads the schema of the connected database.
///
/// # Errors
/// When the catalog cannot be read, or says what this program does not understand.
pub(super) async fn read(connection: &mut Connection, filter: &Filter, detail: Detail) -> Result<Reflection> {
    let engine = connection.engine();
    let mode = connection
        .mysql_facts()
        .map_or_else(String::new, |facts| facts.sql_mode.clone());
    let mut catalog = Catalog::new(filter, engine, mode, detail);
    let begun = session::read_all(connection, &mut catalog).await?;
    let outcome = complete(connection, &mut catalog).await;
    begun.end(connection, outcome).await?;
    catalog.tell_what_is_hidden();
    triggers::settle(&mut catalog);
    catalog.settle();
    Ok(Reflection {
        schema: catalog.schema,
        notices: catalog.left_alone.into_iter().map(Notice::new).collect(),
        untold: catalog.untold,
        hidden: catalog.hidden,
    })
}

/// One row of `mysql.sql` or `mariadb.sql`.
fn take(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    match row.text()?.as_str() {
        "database" => catalog.begin(row),
        "table" => catalog.table(row),
        "partitioned" => catalog.partitioned(row),
        "column" => columns::column(catalog, row),
        "index" => indexes::part(catalog, row),
        "reference" => constraints::reference(catalog, row),
        "actions" => constraints::actions(catalog, row),
        "clause" => constraints::clause(catalog, row),
        "check" => constraints::check(catalog, row),
        "own check" => constraints::own_check(catalog, row),
        "view" => views::view(catalog, row),
        "view reads" => views::reads(catalog, row),
        "whole view" => views::whole_view(catalog, row),
        "routine" => routines::routine(catalog, row),
        "library" => routines::library(catalog, row),
        "right" => catalog.right(row),
        "trigger" => triggers::trigger(catalog, row),
        "event" => events::event(catalog, row),
        "tablespace" => catalog.tablespace(row),
        "read" => {
            catalog.is_read = true;
            Ok(())
        }
        other => Err(row.unexpected(&format!("`{other}`"))),
    }
}

/// Asks SHOW CREATE about what is still missing. What it refuses to show is left alone.
async fn complete(connection: &mut Connection, catalog: &mut Catalog<'_>) -> Result<()> {
    let questions = losses::questions(catalog);
    let mut rest = questions.as_slice();
    while !rest.is_empty() {
        let (answered, refusal) = session::show(connection, rest, |kind, name, row| {
            shown(catalog, kind, name, row)
        })
        .await?;
        rest = &rest[answered..];
        if let (Some(refusal), Some(((kind, name, what), behind))) = (refusal, rest.split_first()) {
            match kind {
                Kind::Table | Kind::Geometries => {
                    catalog.tables.remove(name);
                }
                Kind::Trigger => catalog.triggers.retain(|trigger| trigger.name() != name),
                _ => {}
            }
            let reason = format!("{what} cannot be read: {}", refusal.message());
            catalog.leave(kind.word(), name, &reason);
            rest = behind;
        }
    }
    Ok(())
}

/// One answer of SHOW CREATE.
fn shown(catalog: &mut Catalog<'_>, kind: Kind, name: &str, mut row: Cells) -> Result<()> {
    match kind {
        Kind::Function | Kind::Procedure | Kind::Package | Kind::PackageBody => {
            return routines::shown(catalog, kind, name, row);
        }
        Kind::Geometries => return columns::geometries(catalog, name, row),
        Kind::Trigger => return triggers::shown(catalog, name, row),
        Kind::Event => return events::shown(catalog, name, row),
        Kind::Table | Kind::View | Kind::Sequence => {}
    }
    row.text()?;
    let statement = row.text()?;
    match kind {
        Kind::Table => {
            if let Some(draft) = catalog.tables.get_mut(name) {
                draft.shown = Some(create::read(&statement));
            }
        }
        Kind::Sequence => {
            let sequence = sequences::sequence(name, &statement);
            catalog.schema.sequences.insert(sequence.name.clone(), sequence);
        }
        _ => views::shown(catalog, name, &statement),
    }
    Ok(())
}
