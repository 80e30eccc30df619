//! The servers of MySQL and MariaDB as the scenarios use them.

#[path = "../support/scenario.rs"]
mod scenario;

use autogen::Engine;

use self::scenario::Host;
use crate::support::server::mysql::{Database, Server, servers};

/// The tables of the program itself.
const LEDGER: [&str; 2] = ["autogen_version", "autogen_history"];

/// The queries that give the rows of all tables: the table, a tab, a row as JSON. Every value is read as text, so that a type that changes
/// around a value changes nothing.
const ROWS: &str = "SET SESSION group_concat_max_len = 1000000;
    SELECT CONCAT('SELECT ', QUOTE(c.TABLE_NAME), ', JSON_OBJECT(', GROUP_CONCAT(QUOTE(c.COLUMN_NAME), ', ',
        IF(c.DATA_TYPE IN ('bit', 'blob', 'binary', 'varbinary', 'geometry', 'point', 'vector'), 'HEX(', 'CONCAT('),
        '`', REPLACE(c.COLUMN_NAME, '`', '``'), '`)' SEPARATOR ', '), ') FROM `', REPLACE(c.TABLE_NAME, '`', '``'), '`;')
    FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
    WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE LIKE '%BASE TABLE' AND c.TABLE_NAME NOT LIKE '%autogen%'
    GROUP BY c.TABLE_NAME ORDER BY 1";

/// A scenario on MySQL or MariaDB.
pub(crate) type Scenario = scenario::Scenario<Server>;

impl Host for Server {
    type Database = Database;

    fn all() -> &'static [Self] {
        servers()
    }

    fn engine(&self) -> Engine {
        self.installation.engine
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
        entries(&database.dump().replace(&format!("`{}`.", database.name), ""))
    }

    fn is_declared(_entry: &str, _target: &str) -> bool {
        true
    }

    fn rows(database: &Database) -> Vec<(String, String)> {
        let queries = database.sql(ROWS);
        let rows = database.sql(&queries);
        let rows = rows.lines().map(|line| {
            let (table, row) = line.split_once('\t').expect("a table and a row");
            (table.to_owned(), row.to_owned())
        });
        rows.collect()
    }

    /// MariaDB says how wide numbers are to be shown.
    fn plain(summary: String) -> String {
        let mut plain = summary;
        for ty in ["tinyint", "smallint", "mediumint", "int", "bigint"] {
            for width in 2..=20 {
                plain = plain.replace(&format!("{ty}({width})"), ty);
            }
        }
        plain
    }
}

/// The statements of a dump, those of one table sorted inside: the order of columns is no difference. The next number of a table is no
/// part of its schema.
fn entries(dump: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in dump
        .lines()
        .map(str::trim_end)
        .filter(|line| !is_about_the_session(line))
    {
        match &mut open {
            Some(inside) if line.starts_with(')') => {
                if line.contains("ENGINE=InnoDB") {
                    inside.iter_mut().for_each(forget_block_size);
                }
                inside[1..].sort();
                entries.push(format!("{} {}", inside.join(" "), without_counter(line)));
                open = None;
            }
            Some(inside) => inside.push(line.trim_end_matches(',').to_owned()),
            None if line.starts_with("CREATE TABLE") && line.ends_with('(') => {
                open = Some(vec![line.to_owned()]);
            }
            None => entries.push(plainly_headed(line)),
        }
    }
    // Where a sequence stands is no part of its schema either.
    entries.retain(|entry| !entry.starts_with("DO SETVAL("));
    entries.retain(|entry| !LEDGER.iter().any(|table| entry.contains(table)));
    entries
}

/// A key keeps the block size that its table had when it came. It means nothing to `InnoDB`, and MariaDB shows it as soon as the table has
/// another.
fn forget_block_size(part: &mut String) {
    if let Some((key, size)) = part.rsplit_once(" KEY_BLOCK_SIZE=")
        && key.ends_with(')')
        && size.bytes().all(|byte| byte.is_ascii_digit())
    {
        *part = key.to_owned();
    }
}

/// MariaDB keeps the words of CREATE TRIGGER as they were written.
fn plainly_headed(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    match lower.find(" for each row ") {
        Some(head) if lower.contains("*/ /*!50003 trigger ") => {
            lower[..head].replace('`', "") + &line[head..].replacen("for each row", "FOR EACH ROW", 1)
        }
        _ => line.to_owned(),
    }
}

/// Whether a line sets up the session of whoever loads the dump. The time zone of an event is among that: the program's session has a
/// fixed one.
fn is_about_the_session(line: &str) -> bool {
    let code = line
        .strip_prefix("/*!")
        .map_or(line, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        .trim_start();
    line.starts_with("/*M!999999")
        || code.strip_prefix("SET ").is_some_and(|rest| {
            [
                "@",
                "NAMES",
                "TIME_ZONE",
                "time_zone",
                "character_set",
                "collation_connection",
                "SQL_NOTES",
            ]
            .iter()
            .any(|name| rest.starts_with(name))
        })
}

fn without_counter(line: &str) -> String {
    let Some((before, behind)) = line.split_once(" AUTO_INCREMENT=") else {
        return line.to_owned();
    };
    format!(
        "{before}{}",
        behind.trim_start_matches(|c: char| c.is_ascii_digit())
    )
}

/// For each pair a table of its own with a column `c` that changes so.
pub(crate) fn columns_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    Scenario::columns_change(number, changes);
}

/// Two spellings of one column each.
pub(crate) fn columns_equal(number: &'static str, pairs: &[(&str, &str)]) {
    Scenario::columns_equal(number, pairs);
}

/// Pairs of columns, each in a table of its own, that differ; whatever that is called.
pub(crate) fn columns_differ(number: &'static str, pairs: &[(&str, &str)]) {
    let side = |pick: fn(&(&str, &str)) -> String| -> String {
        let table = |(n, pair)| format!("create table t{n} (id int, c {});", pick(pair));
        pairs.iter().enumerate().map(table).collect()
    };
    let scenario = Scenario::new(number)
        .from(&side(|pair| pair.0.to_owned()))
        .to(&side(|pair| pair.1.to_owned()));
    let changed = scenario.changed();
    assert_eq!(changed.len(), pairs.len(), "{number}: {changed:?}");
}

/// What the engine's own tool shows of a database, as pieces in an order of their own.
pub(crate) fn entries_of(database: &Database) -> Vec<String> {
    let mut entries = Server::entries(database);
    entries.sort();
    entries
}

/// The server of that engine.
pub(crate) fn server_of(engine: Engine) -> Option<&'static Server> {
    servers().iter().find(|server| server.engine() == engine)
}
