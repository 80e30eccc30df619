//! Facts about a database of MySQL or MariaDB.

use std::fmt::Write;

use super::{Facts, MysqlServer};
use crate::{
    Connection, Error, ErrorKind, Result,
    database::Row,
    dialect::Engine,
    sql::{Lexicon, Modes},
};

/// What the database is, and the settings of the server that change what becomes of a statement. A version does not have all of them.
const QUERY: &str = "SELECT DATABASE(), CURRENT_USER();
SELECT * FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE();
SHOW GLOBAL VARIABLES WHERE Variable_name IN (
    'character_set_collations', 'character_set_server', 'collation_server', 'default_collation_for_utf8mb4',
    'default_storage_engine', 'div_precision_increment', 'explicit_defaults_for_timestamp', 'innodb_default_row_format',
    'innodb_strict_mode', 'lower_case_table_names', 'old_mode', 'restrict_fk_on_non_standard_key',
    'sql_generate_invisible_primary_key', 'sql_mode', 'sql_require_primary_key')";

/// Asks the database that `connection` leads to. When that only stands in for one that does not exist, its character set does not
/// count.
///
/// # Errors
/// As [`Connection::query`].
pub(super) async fn facts(connection: &mut Connection, exists: bool) -> Result<Facts> {
    let silent = || {
        Error::new(
            ErrorKind::Database,
            "the server does not say what its databases are like",
        )
    };
    let engine = connection.engine();
    let server = connection.mysql_facts().cloned().ok_or_else(silent)?;
    let sets = connection.query_sets(QUERY).await?;
    let [who, schema, variables] = sets.as_slice() else {
        return Err(silent());
    };
    let who = who.first().ok_or_else(silent)?;
    let mut settings = Vec::with_capacity(variables.len());
    for variable in variables {
        settings.push((variable.text(0)?.to_owned(), variable.text(1)?.to_owned()));
    }
    let lexicon = Lexicon::of_server(
        engine,
        number(&server.version),
        Modes::parse(&server.global_sql_mode),
    );
    let mut facts = Facts {
        database: who.optional_text(0)?.unwrap_or_default().to_owned(),
        user: who.text(1)?.to_owned(),
        version: server.version,
        mysql: Some(MysqlServer {
            lexicon,
            names_fold: server.lower_case_table_names != 0,
            settings,
        }),
        ..Facts::default()
    };
    if exists && let Some(schema) = schema.first() {
        facts.like = like(schema, engine)?;
    }
    Ok(facts)
}

/// The columns of `information_schema.SCHEMATA` are catalog, name, character set, collation, path, and encryption (MySQL) or comment
/// (MariaDB).
fn like(schema: &Row, engine: Engine) -> Result<String> {
    let mut like = format!(" CHARACTER SET {} COLLATE {}", schema.text(2)?, schema.text(3)?);
    if engine == Engine::Mysql && schema.optional_text(5)? == Some("YES") {
        let _ = write!(like, " ENCRYPTION 'Y'");
    }
    Ok(like)
}

/// A version as comments with code write it: `8.0.36-0ubuntu` is 80036.
fn number(version: &str) -> u32 {
    let mut parts = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|part| part.parse::<u32>().unwrap_or(0).min(99));
    let mut next = || parts.next().unwrap_or(0);
    next() * 10_000 + next() * 100 + next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number() {
        for (version, expected) in [
            ("8.0.36-0ubuntu0.22.04.1", 80_036),
            ("9.7.0", 90_700),
            ("10.11.6-MariaDB-0+deb12u1", 101_106),
            ("11.8-MariaDB", 110_800),
            ("", 0),
        ] {
            assert_eq!(number(version), expected, "{version}");
        }
    }
}
