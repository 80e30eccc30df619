//! The rows of all tables, in a form in which those that were kept can be told.

use crate::support::observer::{plain, query, quote};
use autogen::Connection;
use autogen::database::Value;
use std::collections::BTreeMap;

/// The rows of one table.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// Names of the columns that are stored, in lower case; `(rowid)` where the table has one.
    pub(crate) columns: Vec<String>,
    /// The columns of its primary key, each with its type.
    pub(crate) key: Vec<(String, String)>,
    /// The values of each row, in a spelling that an affinity does not change.
    pub(crate) values: Vec<Vec<String>>,
}

impl Rows {
    /// The rows with only these columns, sorted.
    pub(crate) fn of(&self, columns: &[&str]) -> Vec<Vec<&str>> {
        let places: Vec<usize> = columns
            .iter()
            .map(|c| self.columns.iter().position(|own| own == c).expect("a column"))
            .collect();
        let mut rows: Vec<Vec<&str>> = self
            .values
            .iter()
            .map(|row| places.iter().map(|&p| row[p].as_str()).collect())
            .collect();
        rows.sort();
        rows
    }
}

/// The rows of all tables but those called `without`, by the table's name in lower case.
pub(crate) async fn all_rows(connection: &mut Connection, without: &[String]) -> BTreeMap<String, Rows> {
    let tables = query(
        connection,
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .await;
    let mut out = BTreeMap::new();
    for table in tables.iter().filter(|t| !without.contains(&t[0])) {
        let quoted = quote(&table[0]);
        let info = query(connection, &format!("PRAGMA table_xinfo({quoted})")).await;
        let mut columns: Vec<String> = info
            .iter()
            .filter(|c| c[6] == "0")
            .map(|c| c[1].to_lowercase())
            .collect();
        let mut selected: Vec<String> = columns.iter().map(|c| quote(c)).collect();
        if table[1] == "0" && !columns.iter().any(|c| c == "rowid") {
            columns.push("(rowid)".to_owned());
            selected.push("rowid".to_owned());
        }
        let key = info
            .iter()
            .filter(|c| c[5] != "0")
            .map(|c| (c[1].to_lowercase(), c[2].to_lowercase()))
            .collect();
        let rows = connection
            .query(&format!("SELECT {} FROM {quoted}", selected.join(", ")))
            .await;
        let rows = rows.unwrap_or_else(|e| panic!("the rows of {}: {e}", table[0]));
        let rows = rows
            .iter()
            .map(|row| row.values().iter().map(loose).collect())
            .collect();
        out.insert(
            table[0].to_lowercase(),
            Rows {
                columns,
                key,
                values: rows,
            },
        );
    }
    out
}

/// A value in a spelling that is the same for `1`, `1.0` and `'1'`, which an affinity turns into one another.
fn loose(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) => text
            .trim()
            .parse::<f64>()
            .map_or_else(|_| format!("'{text}'"), |n| n.to_string()),
        other => plain(other),
    }
}
