//! A database of MySQL or MariaDB as `SHOW CREATE` shows it, in a form in which two equal schemas are equal.
//!
//! Nothing of the program under test is used here but its driver.

use crate::support::observer::query;
use autogen::Connection;
use std::collections::BTreeMap;

fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// The definition of everything, sorted, each table with its lines sorted; without what the tool keeps for itself.
pub(crate) async fn dump(connection: &mut Connection) -> Vec<String> {
    let mut out = Vec::new();
    for row in query(connection, "SHOW FULL TABLES").await {
        let (name, kind) = (&row[0], row[1].as_str());
        if name.starts_with("autogen_") {
            continue;
        }
        let what = match kind {
            "VIEW" => "VIEW",
            "SEQUENCE" => "SEQUENCE",
            _ => "TABLE",
        };
        let shown = query(connection, &format!("SHOW CREATE {what} {}", quote(name))).await;
        out.push(if what == "TABLE" {
            table(&shown[0][1])
        } else {
            without_definer(&shown[0][1])
        });
    }
    let objects = "SELECT 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
         UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = DATABASE()
         UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()";
    for row in query(connection, objects).await {
        let shown = query(connection, &format!("SHOW CREATE {} {}", row[0], quote(&row[1]))).await;
        let text = if row[0] == "EVENT" {
            &shown[0][3]
        } else {
            &shown[0][2]
        };
        out.push(format!("{}\n{}", shown[0][1], without_definer(text)));
    }
    out.sort();
    out
}

fn table(text: &str) -> String {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| {
            let line = line.trim().trim_end_matches(',');
            let words: Vec<&str> = line
                .split(' ')
                .filter(|word| !word.starts_with("AUTO_INCREMENT="))
                .collect();
            // It says so of a number until it has computed it.
            without_charset(&words.join(" ")).replace("-(100)", "-100")
        })
        .collect();
    // A collation that is said though it is the table's is none of its own.
    let of_table = lines.iter().find_map(|line| {
        let (_, options) = line.split_once(") ENGINE=")?;
        match options.split_once(" COLLATE=") {
            Some((_, rest)) => Some(format!(" COLLATE {}", rest.split(' ').next()?)),
            None => options
                .contains("CHARSET=latin1")
                .then(|| " COLLATE latin1_swedish_ci".to_owned()),
        }
    });
    if let Some(of_table) = of_table {
        for line in &mut lines {
            *line = line.replace(&of_table, "");
        }
    }
    lines.sort_unstable();
    lines.join("\n")
}

/// MySQL says the character set of a column or not by how somebody once typed it; the collation behind it says it in any case.
fn without_charset(line: &str) -> String {
    match line.split_once(" CHARACTER SET ") {
        Some((head, rest)) => match rest.split_once(' ') {
            Some((_, rest)) if rest.starts_with("COLLATE ") => format!("{head} {rest}"),
            _ => line.to_owned(),
        },
        None => line.to_owned(),
    }
}

fn without_definer(text: &str) -> String {
    let words: Vec<&str> = text
        .split(' ')
        .filter(|word| !word.starts_with("DEFINER="))
        .collect();
    words.join(" ")
}

/// What two dumps differ in.
pub(crate) fn difference(wanted: &[String], found: &[String]) -> Vec<String> {
    let missing = wanted
        .iter()
        .filter(|s| !found.contains(s))
        .map(|s| format!("- {s}"));
    let surplus = found
        .iter()
        .filter(|s| !wanted.contains(s))
        .map(|s| format!("+ {s}"));
    missing.chain(surplus).collect()
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Held {
    /// The type of each column, and whether its values are computed.
    columns: BTreeMap<String, (String, bool)>,
    count: usize,
    /// The values of each column that are not NULL, sorted.
    values: BTreeMap<String, Vec<String>>,
}

pub(crate) type Rows = BTreeMap<String, Held>;

const COLUMNS: &str = "
    SELECT c.table_name, c.column_name, c.column_type, c.data_type, c.extra
    FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'autogen\\_%'";

/// All rows of all tables.
pub(crate) async fn rows(connection: &mut Connection) -> Rows {
    let mut out = Rows::new();
    let mut reads: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in query(connection, COLUMNS).await {
        let [table, column, ty, kind, extra] = row.as_slice() else {
            unreachable!("five columns")
        };
        let name = quote(column);
        let value = match kind.as_str() {
            "point" => format!("ST_AsText({name})"),
            "bit" | "blob" | "varbinary" => format!("hex({name})"),
            _ => format!("CAST({name} AS CHAR CHARACTER SET utf8mb4)"),
        };
        let held = out.entry(table.clone()).or_default();
        let is_computed = extra.to_uppercase().contains("GENERATED") && !extra.contains("DEFAULT_GENERATED");
        held.columns.insert(column.clone(), (ty.clone(), is_computed));
        reads
            .entry(table.clone())
            .or_default()
            .push((column.clone(), format!("COALESCE(CONCAT('=', {value}), '')")));
    }
    for (table, columns) in reads {
        let values: Vec<&str> = columns.iter().map(|(_, sql)| sql.as_str()).collect();
        let sql = format!("SELECT {} FROM {}", values.join(", "), quote(&table));
        let found = query(connection, &sql).await;
        let held = out.get_mut(&table).expect("a table");
        held.count = found.len();
        for row in found {
            for ((column, _), value) in columns.iter().zip(row) {
                if let Some(value) = value.strip_prefix('=') {
                    held.values
                        .entry(column.clone())
                        .or_default()
                        .push(value.to_owned());
                }
            }
        }
    }
    for held in out.values_mut() {
        held.values.values_mut().for_each(|values| values.sort());
    }
    out
}

/// What of `before` is not in `after`, of tables and columns that are in both. What is computed is computed anew, and of a column that
/// has another type now each value has to have become another one.
pub(crate) fn lost(before: &Rows, after: &Rows) -> Vec<String> {
    let mut out = Vec::new();
    for (table, held) in before {
        let Some(now) = after.get(table) else { continue };
        if held.count != now.count {
            out.push(format!("{table}: {} rows became {}", held.count, now.count));
        }
        for (column, (ty, computed)) in &held.columns {
            let Some((new_ty, now_computed)) = now.columns.get(column) else {
                continue;
            };
            if *computed || *now_computed {
                continue;
            }
            let nothing = Vec::new();
            let old = held.values.get(column).unwrap_or(&nothing);
            let new = now.values.get(column).unwrap_or(&nothing);
            if ty == new_ty && old.iter().any(|value| !new.contains(value)) || new.len() < old.len() {
                out.push(format!("{table}.{column}: {old:?} became {new:?}"));
            }
        }
    }
    out
}
