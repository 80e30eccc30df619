//! A database as `pg_dump` and the catalog show it, in a form in which two equal schemas are equal.
//!
//! Nothing of the program under test is used here but its driver.

use crate::support::observer::query;
use crate::support::server::Database;
use autogen::Connection;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The statements of a dump, sorted, each table with its lines sorted; without what the tool keeps for itself.
pub(crate) fn dump(database: &Database) -> Vec<String> {
    let text = database.dump();
    let mut statements: Vec<String> = text
        .split(";\n")
        .filter(|s| !s.contains("public.autogen_") && !s.starts_with("SET ") && !s.trim().is_empty())
        .map(|statement| {
            // The sequence of columns says nothing; the server lists those of statistics by it.
            if let Some((head, (columns, table))) = statement
                .strip_prefix("CREATE STATISTICS ")
                .and_then(|rest| rest.split_once(" ON "))
                .and_then(|(head, rest)| Some((head, rest.split_once(" FROM ")?)))
            {
                let mut columns: Vec<&str> = columns.split(", ").collect();
                columns.sort_unstable();
                return format!("CREATE STATISTICS {head} ON {} FROM {table}", columns.join(", "));
            }
            if !statement.contains("CREATE ") || !statement.contains("TABLE ") {
                return statement.to_owned();
            }
            let mut lines: Vec<&str> = statement
                .lines()
                .map(|l| l.trim().trim_end_matches(','))
                .collect();
            lines.sort_unstable();
            lines.join("\n")
        })
        .collect();
    statements.sort();
    statements
}

/// What two dumps differ in.
pub(crate) fn difference(wanted: &[String], found: &[String]) -> Vec<String> {
    let surplus = |these: &[String], those: &[String]| {
        let mut left = those.to_vec();
        let mut out = Vec::new();
        for statement in these {
            match left.iter().position(|l| l == statement) {
                Some(at) => drop(left.swap_remove(at)),
                None => out.push(statement.clone()),
            }
        }
        out
    };
    let missing = surplus(wanted, found).into_iter().map(|s| format!("- {s}"));
    missing
        .chain(surplus(found, wanted).into_iter().map(|s| format!("+ {s}")))
        .collect()
}

/// A column: its type, and whether its values are computed.
type Column = (String, bool);

/// What a table holds; of one with partitions all that they hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Held {
    columns: BTreeMap<String, Column>,
    partitions: BTreeSet<String>,
    count: usize,
    /// The values of each column that are not NULL, sorted.
    values: BTreeMap<String, Vec<String>>,
}

pub(crate) type Rows = BTreeMap<String, Held>;

const TABLES: &str = "
    SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text,
           (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
              JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid AND c.relispartition),
           a.attname::text, format_type(a.atttypid, a.atttypmod), (a.attgenerated <> '')::text
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information_schema$' AND c.relname NOT LIKE 'autogen\\_%'";

/// All rows of all tables.
pub(crate) async fn rows(connection: &mut Connection) -> Rows {
    let mut out = Rows::new();
    let mut reads = Vec::new();
    let mut seen = BTreeSet::new();
    for row in query(connection, TABLES).await {
        let [table, kind, parent, column, ty, generated] = row.as_slice() else {
            unreachable!("six columns")
        };
        if seen.insert(table.clone()) {
            let only = if kind == "r" { "ONLY " } else { "" };
            let name = table.replace('\'', "''");
            reads.push(format!("SELECT '{name}', to_jsonb(t)::text FROM {only}{table} t"));
        }
        let held = out.entry(table.clone()).or_default();
        if !column.is_empty() {
            held.columns
                .insert(column.clone(), (ty.clone(), generated == "true"));
        }
        if !parent.is_empty() {
            out.entry(parent.clone())
                .or_default()
                .partitions
                .insert(table.clone());
        }
    }
    if reads.is_empty() {
        return out;
    }
    for row in query(connection, &reads.join(" UNION ALL ")).await {
        let held = out.get_mut(&row[0]).expect("a table");
        held.count += 1;
        let Ok(Value::Object(columns)) = serde_json::from_str(&row[1]) else {
            panic!("{} is no row", row[1])
        };
        for (name, value) in columns {
            if !value.is_null() {
                held.values.entry(name).or_default().push(value.to_string());
            }
        }
    }
    for held in out.values_mut() {
        for values in held.values.values_mut() {
            values.sort();
        }
    }
    out
}

/// What of `before` is not in `after`, of tables and columns that are in both. Partitions that go take their rows with them, what is
/// computed is computed anew, and of a column that has another type now each value has to have become another one.
pub(crate) fn lost(before: &Rows, after: &Rows) -> Vec<String> {
    let mut out = Vec::new();
    for (table, held) in before {
        let Some(now) = after.get(table) else { continue };
        if !now.partitions.is_empty() && !held.partitions.is_subset(&now.partitions) {
            continue;
        }
        if held.count != now.count {
            out.push(format!("{table}: {} rows became {}", held.count, now.count));
        }
        for (column, (ty, generated)) in &held.columns {
            let Some((new_ty, now_generated)) = now.columns.get(column) else {
                continue;
            };
            if *generated || *now_generated {
                continue;
            }
            let nothing = Vec::new();
            let old = held.values.get(column).unwrap_or(&nothing);
            let mut new = now.values.get(column).unwrap_or(&nothing).clone();
            if ty != new_ty || ty.contains("pair") {
                if new.len() < old.len() {
                    out.push(format!(
                        "{table}.{column}: {} values became {}",
                        old.len(),
                        new.len()
                    ));
                }
                continue;
            }
            for value in old {
                match new.iter().position(|v| v == value) {
                    Some(at) => drop(new.swap_remove(at)),
                    None => out.push(format!("{table}.{column}: {value} is gone")),
                }
            }
        }
    }
    out
}
