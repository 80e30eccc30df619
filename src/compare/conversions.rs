//! How values come along when columns change their types.
//!
//! In come directives and the schemas they lead between; changes of types come out with the expressions that convert the values,
//! where the engine does not convert them by itself.

use super::Pair;
use crate::dialect::Dialect;
use crate::directive::{AlterColumn, AlterTable, ColumnChange, Directive, TableChange};
use crate::schema::{Schema, Sql};

/// Writes the conversions into the directives, which lead from `schemas.live` to `schemas.target`. Says whether there are any.
pub(super) fn convert(directives: &mut [Directive], schemas: Pair<&Schema>, dialect: &dyn Dialect) -> bool {
    let mut any = false;
    for directive in directives {
        let Directive::AlterTable(alter) = directive else {
            continue;
        };
        for place in 0..alter.changes.len() {
            let using = match &alter.changes[place] {
                TableChange::AlterColumn(column)
                    if column.using.is_none() && !is_computed(alter, column, schemas, dialect) =>
                {
                    conversion(column, schemas, dialect)
                }
                _ => None,
            };
            if let (Some(using), TableChange::AlterColumn(column)) = (using, &mut alter.changes[place]) {
                column.using = Some(using);
                any = true;
            }
        }
    }
    any
}

fn conversion(column: &AlterColumn, schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Option<Sql> {
    let types = column.changes.iter().find_map(|change| match change {
        ColumnChange::Type(types) => Some(types),
        _ => None,
    })?;
    dialect.conversion(&column.name, &types.old, &types.new, schemas.live, schemas.target)
}

/// Whether the values of the column come from an expression of its own afterwards.
fn is_computed(
    alter: &AlterTable,
    column: &AlterColumn,
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
) -> bool {
    let in_schema = |schema: &Schema| {
        let columns = schema
            .tables
            .get(&alter.table)
            .into_iter()
            .flat_map(|table| &table.columns);
        let mut named = columns.filter(|c| dialect.same_name(&c.name, &column.name));
        named.any(|c| c.generated.is_some())
    };
    let in_change = |change: &ColumnChange| match change {
        ColumnChange::Generated(generated) => generated.new.is_some(),
        _ => false,
    };
    column.changes.iter().any(in_change) || in_schema(schemas.target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{CompareOptions, compare};
    use crate::dialect::{postgres::Postgres, sqlite::Sqlite};
    use crate::schema::{Column, Table};

    fn schema(ty: &str) -> Schema {
        let mut table = Table::new("t");
        table.columns.push(Column::new("A b", ty));
        let mut schema = Schema::new();
        schema.insert_table(table);
        schema
    }

    fn conversions(directives: &[Directive]) -> Vec<Option<&str>> {
        let altered = directives.iter().flat_map(|directive| match directive {
            Directive::AlterTable(alter) => alter.changes.as_slice(),
            _ => &[],
        });
        let columns = altered.filter_map(|change| match change {
            TableChange::AlterColumn(column) => Some(column.using.as_deref()),
            _ => None,
        });
        columns.collect()
    }

    #[test]
    fn a_conversion_is_written_where_the_engine_has_none_of_its_own() {
        let (old, new) = (schema("text"), schema("integer"));
        let there = |dialect: &dyn Dialect| {
            compare(Pair::new(&old, &new), dialect, &CompareOptions::default()).expect("compares")
        };
        let comparison = there(&Postgres);
        assert_eq!(conversions(&comparison.upgrade), [Some("\"A b\"::integer")]);
        assert_eq!(conversions(&comparison.downgrade(&Postgres)), [None]);
        assert_eq!(conversions(&there(&Sqlite).upgrade), [None]);
        let back = compare(Pair::new(&new, &old), &Postgres, &CompareOptions::default()).expect("compares");
        assert_eq!(conversions(&back.upgrade), [None]);
        assert_eq!(
            conversions(&back.downgrade(&Postgres)),
            [Some("\"A b\"::integer")]
        );
    }
}
