//! Indexes that are built and dropped while others write to their tables.
//!
//! In come directives and the schemas they lead between; the directives for indexes come out marked. Nothing is added or moved.

use super::Pair;
use crate::dialect::Dialect;
use crate::directive::Directive;
use crate::schema::{CONCURRENTLY, QName, Schema, Table};
use std::collections::BTreeMap;

/// Marks the indexes in `directives`, which lead from `schemas.live` to `schemas.target`, that the engine can build or drop while
/// others write. A table that comes or goes in the same script has no others that write to it.
pub fn mark_concurrent(directives: &mut [Directive], schemas: Pair<&Schema>, dialect: &dyn Dialect) {
    let mut old_names: BTreeMap<QName, QName> = BTreeMap::new();
    for directive in directives {
        match directive {
            Directive::RenameTable(names) => {
                let first = old_names.remove(&names.old).unwrap_or_else(|| names.old.clone());
                old_names.insert(names.new.clone(), first);
            }
            Directive::CreateIndex { table, index } | Directive::DropIndex { table, index } => {
                if let Some(tables) = both(table, schemas, &old_names)
                    && dialect.builds_concurrently(index, tables.live, tables.target)
                {
                    index.options.insert(CONCURRENTLY.to_owned(), String::new());
                }
            }
            _ => {}
        }
    }
}

/// The table on both sides, where it may have another name on the first.
fn both<'s>(
    table: &QName,
    schemas: Pair<&'s Schema>,
    old_names: &BTreeMap<QName, QName>,
) -> Option<Pair<&'s Table>> {
    let live = schemas.live.tables.get(old_names.get(table).unwrap_or(table))?;
    Some(Pair::new(live, schemas.target.tables.get(table)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{CompareOptions, compare};
    use crate::dialect::{Dialect, postgres::Postgres, sqlite::Sqlite};
    use crate::schema::{Column, Index, IndexPart};

    /// A table by its name, its indexes and its options.
    type Sketch<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)]);

    fn schema(tables: &[Sketch<'_>]) -> Schema {
        let mut schema = Schema::new();
        for (name, indexes, options) in tables {
            let mut table = Table::new(*name);
            table.columns.push(Column::new("a", "integer"));
            for index in *indexes {
                table.indexes.push(Index {
                    parts: vec![IndexPart::column("a")],
                    ..Index::new(*index)
                });
            }
            for (key, value) in *options {
                table.options.insert((*key).to_owned(), (*value).to_owned());
            }
            schema.insert_table(table);
        }
        schema
    }

    /// The indexes that are marked, each with its table.
    fn marked(live: &Schema, target: &Schema, dialect: &dyn Dialect) -> Vec<String> {
        let schemas = Pair::new(live, target);
        let mut directives = compare(schemas, dialect, &CompareOptions::default())
            .expect("compares")
            .upgrade;
        mark_concurrent(&mut directives, schemas, dialect);
        let marked = directives.iter().filter_map(|directive| match directive {
            Directive::CreateIndex { table, index } | Directive::DropIndex { table, index }
                if index.options.contains_key(CONCURRENTLY) =>
            {
                Some(format!("{table}.{}", index.name))
            }
            _ => None,
        });
        marked.collect()
    }

    #[test]
    fn indexes_of_tables_that_stay_and_are_not_partitioned_are_marked() {
        let partitioned: &[(&str, &str)] = &[("partition_by", "RANGE (a)")];
        let live = schema(&[
            ("stays", &["old"], &[]),
            ("parts", &["p_old"], partitioned),
            ("gone", &["g"], &[]),
        ]);
        let target = schema(&[
            ("stays", &["new"], &[("fillfactor", "70")]),
            ("parts", &[], partitioned),
            ("made", &["m"], &[]),
        ]);
        assert_eq!(marked(&live, &target, &Sqlite), Vec::<String>::new());
        let target = schema(&[
            ("stays", &["old", "more"], &[]),
            ("parts", &["p_old", "p_new"], partitioned),
            ("made", &["m"], &[]),
        ]);
        assert_eq!(marked(&live, &target, &Postgres), ["stays.more"]);
        assert_eq!(marked(&target, &live, &Postgres), ["stays.more"]);
    }

    #[test]
    fn indexes_of_a_table_that_becomes_a_partition_are_not_marked() {
        let live = schema(&[("t", &[], &[])]);
        let target = schema(&[(
            "t",
            &["i"],
            &[("partition_of", "public.p"), ("partition_bound", "DEFAULT")],
        )]);
        assert_eq!(marked(&live, &target, &Postgres), Vec::<String>::new());
    }
}
