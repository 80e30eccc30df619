//! Tables: what the queries gave of one comes in, the table of the model goes out.

use super::catalog::{Catalog, Draft};
use super::spelling::quoted;
use super::{columns, constraints, indexes};
use crate::dialect::mysql::option;
use crate::schema::{Column, Table};

/// Everything on a table is there: puts it together.
pub(super) fn settle(mut draft: Draft, catalog: &Catalog<'_>) -> Table {
    columns::complete(&mut draft, &catalog.database);
    indexes::settle(&mut draft, catalog.engine, catalog.detail);
    constraints::settle(&mut draft);
    let mut table = draft.table;
    draft.columns.sort_by_key(|(place, _)| *place);
    table.columns = draft.columns.into_iter().map(|(_, field)| field.column).collect();
    let bound = |key: &str| {
        let column = table
            .columns
            .iter()
            .find(|column| column.options.contains_key(key));
        column.map(|column: &Column| quoted(&column.name))
    };
    if let (Some(start), Some(end)) = (bound(option::ROW_START), bound(option::ROW_END)) {
        table.options.insert(
            format!("{}SYSTEM_TIME", option::PERIOD),
            format!("{start}, {end}"),
        );
    }
    if let Some(shown) = draft.shown {
        for (name, columns) in shown.periods {
            let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            table
                .options
                .insert(format!("{}{name}", option::PERIOD), columns.join(", "));
        }
        table.options.extend(shown.options);
    }
    let name = table.name.name.clone();
    let filter = catalog.filter;
    table
        .columns
        .retain(|column| filter.admits("column", &column.name, Some(&name)));
    table
}
