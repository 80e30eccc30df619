//! The servers of PostgreSQL as the scenarios use them.

#[path = "../support/scenario.rs"]
mod scenario;

use autogen::Engine;

use self::scenario::Host;
use crate::support::server::{Database, Server, postgres as servers};

/// The tables of the program itself.
const LEDGER: [&str; 2] = ["autogen_version", "autogen_history"];

/// What the rows of all tables are: the table, a bar, a row as JSON.
const ROWS: &str = "SELECT format('SELECT %L, row_to_json(a_row) FROM ONLY %I.%I a_row', schemaname || '.' || tablename, schemaname, tablename)
    FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'autogen%' ORDER BY 1 \\gexec\n";

/// A scenario on PostgreSQL.
pub(crate) type Scenario = scenario::Scenario<Server>;

impl Host for Server {
    type Database = Database;

    fn all() -> &'static [Self] {
        servers()
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn make(&'static self, name: &str) -> Database {
        self.database(name)
    }

    fn url(database: &Database) -> String {
        database.url()
    }

    fn sql(database: &Database, sql: &str) -> String {
        database.sql(sql)
    }

    fn entries(database: &Database) -> Vec<String> {
        entries(&database.dump())
    }

    /// Grants that nobody declares are nobody's business.
    fn is_declared(entry: &str, target: &str) -> bool {
        let is_grant = entry.starts_with("GRANT") || entry.starts_with("REVOKE");
        !is_grant || target.contains("grant ")
    }

    fn rows(database: &Database) -> Vec<(String, String)> {
        let rows = database.sql(ROWS);
        let rows = rows.lines().map(|line| {
            let (table, row) = line.split_once('|').expect("a table and a row");
            let table = table.strip_prefix("public.").unwrap_or(table);
            (table.to_owned(), row.to_owned())
        });
        rows.collect()
    }
}

/// The statements of a dump, those of one table sorted inside: the order of columns is no difference.
fn entries(dump: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in dump
        .lines()
        .filter(|line| !line.starts_with("SET ") && !line.starts_with("SELECT pg_catalog"))
    {
        match &mut open {
            Some(inside) if line.starts_with(')') || line.ends_with(" );") => {
                inside[1..].sort();
                entries.push(format!("{} {line}", inside.join(" ")));
                open = None;
            }
            Some(inside) => inside.push(line.trim_end_matches(',').to_owned()),
            None if line.starts_with("CREATE") && line.ends_with('(') => open = Some(vec![line.to_owned()]),
            None => entries.push(ordered(line)),
        }
    }
    entries.retain(|entry| !LEDGER.iter().any(|table| entry.contains(table)));
    entries
}

/// The storage parameters of a table in the order of their names.
fn ordered(line: &str) -> String {
    let inside = line
        .strip_prefix("WITH (")
        .and_then(|rest| rest.strip_suffix(");"));
    let Some(inside) = inside else {
        return line.to_owned();
    };
    let mut parameters: Vec<&str> = inside.split(", ").collect();
    parameters.sort_unstable();
    format!("WITH ({});", parameters.join(", "))
}

/// Whether every server there is has at least that version.
pub(crate) fn server_is_at_least(version: u32) -> bool {
    servers()
        .iter()
        .all(|server| server.installation.version >= version)
}

/// For each pair a table of its own with a column `c` that changes so.
pub(crate) fn columns_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    Scenario::columns_change(number, changes);
}

/// Two spellings of one column each.
pub(crate) fn columns_equal(number: &'static str, pairs: &[(&str, &str)]) {
    Scenario::columns_equal(number, pairs);
}
