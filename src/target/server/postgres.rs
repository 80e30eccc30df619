//! Facts about a database of PostgreSQL. The options of CREATE DATABASE are those of the manual's page about it.

use std::fmt::Write;

use super::{Extension, Facts, quoted};
use crate::{Connection, Error, ErrorKind, Result, database::Row};

const QUERY: &str = include_str!("postgres.sql");

/// Asks the database that `connection` leads to. When that only stands in for one that does not exist, its extensions and
/// settings do not count.
///
/// # Errors
/// As [`Connection::query`].
pub(super) async fn facts(connection: &mut Connection, exists: bool) -> Result<Facts> {
    let rows = connection.query(QUERY).await?;
    let row = rows.first().ok_or_else(|| {
        Error::new(
            ErrorKind::Database,
            "the server does not say what its databases are like",
        )
    })?;
    let mut facts = Facts {
        database: row.text(0)?.to_owned(),
        version: row.text(1)?.to_owned(),
        user: row.text(11)?.to_owned(),
        like: like(row)?,
        ..Facts::default()
    };
    if exists {
        facts.search_path = row.optional_text(9)?.map(str::to_owned);
        facts.extensions = extensions(row.optional_text(10)?.unwrap_or("[]"))?;
    }
    Ok(facts)
}

/// A database like another has to be made from `template0`: any other may have contents in an encoding of its own.
fn like(row: &Row) -> Result<String> {
    let mut like = String::from(" TEMPLATE template0");
    let mut add = |option: &str, value: &str| {
        let _ = write!(like, " {option} '{}'", value.replace('\'', "''"));
    };
    add("ENCODING", row.text(2)?);
    add("LC_COLLATE", row.text(3)?);
    add("LC_CTYPE", row.text(4)?);
    let locale = row.optional_text(6)?;
    match (row.optional_text(5)?, locale) {
        (Some("i"), Some(locale)) => {
            add("LOCALE_PROVIDER", "icu");
            add("ICU_LOCALE", locale);
            if let Some(rules) = row.optional_text(7)? {
                add("ICU_RULES", rules);
            }
        }
        (Some("b"), Some(locale)) => {
            add("LOCALE_PROVIDER", "builtin");
            add("BUILTIN_LOCALE", locale);
        }
        (Some("c"), _) => add("LOCALE_PROVIDER", "libc"),
        // Before version 15 there was one provider.
        _ => {}
    }
    if let Some(tablespace) = row.optional_text(8)? {
        let _ = write!(like, " TABLESPACE {}", quoted(tablespace));
    }
    Ok(like)
}

fn extensions(json: &str) -> Result<Vec<Extension>> {
    let pairs: Vec<(String, String)> = serde_json::from_str(json).map_err(|error| {
        Error::new(ErrorKind::Internal, "the list of extensions cannot be read").because(error)
    })?;
    Ok(pairs
        .into_iter()
        .map(|(name, namespace)| Extension { name, namespace })
        .collect())
}
