//! Runs a target's statements on a scratch database.
//!
//! In come files and an empty scratch; afterwards the scratch holds what the files declare. All runs in one transaction, and an
//! error names the statement that caused it. The scratch is of no use after an error.

use std::collections::BTreeSet;

use super::{
    classify::Rules,
    cursor::Cursor,
    files::SqlFile,
    statements::{Runs, placed},
};
use crate::{Connection, Error, ErrorKind, Place, Result, database::Refused, sql::LineIndex};

/// Runs `statements` of `files` in one transaction.
///
/// # Errors
/// [`ErrorKind::Target`] for the first statement that the engine refuses, with its place; [`ErrorKind::Interrupted`];
/// [`ErrorKind::Database`] when the scratch itself fails.
pub(super) async fn load(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    rules: &Rules,
    scratch: &mut Connection,
) -> Result<()> {
    run(statements, scratch).await.map_err(|failure| match failure {
        Failure::Refused(refused) => explained(files, statements, refused.index, &refused.error, rules),
        Failure::Other(error) => error,
    })
}

/// Why statements were not all run.
pub(super) enum Failure {
    /// The engine refused one.
    Refused(Refused),
    /// The scratch failed, or the user stopped the run.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Runs statements in one transaction.
pub(super) async fn run<S: AsRef<str> + Sync>(
    statements: &[S],
    scratch: &mut Connection,
) -> Result<(), Failure> {
    scratch.execute("BEGIN").await?;
    match scratch.execute_each(statements).await {
        Ok(()) => scratch.execute("COMMIT").await.map(drop).map_err(Failure::Other),
        Err(refused) => match refused.error.kind() {
            ErrorKind::Interrupted | ErrorKind::Internal => Err(Failure::Other(refused.error)),
            _ => Err(Failure::Refused(refused)),
        },
    }
}

/// The engine's error about the statement of that number with its place, and what in the target may have caused it.
pub(super) fn explained(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    index: usize,
    error: &Error,
    rules: &Rules,
) -> Error {
    let refused = &statements[index];
    let explained = placed(files, refused, error);
    let hint = match created(&refused.sql, rules) {
        Some(name) => statements[..index]
            .iter()
            .rev()
            .find(|before| created(&before.sql, rules).as_ref() == Some(&name))
            .map(|before| format!("`{name}` is created before, at {}", place(files, before))),
        None => None,
    };
    let hint = hint.or_else(|| created_later(files, statements, index, rules));
    match hint {
        Some(hint) => explained.hint(hint),
        None => explained,
    }
}

/// What the refused statement needs and a later one creates. Tables and views need nothing that is there already.
fn created_later(files: &[SqlFile], statements: &[Runs<'_>], index: usize, rules: &Rules) -> Option<String> {
    let mut cursor = Cursor::new(&statements[index].sql, rules.lexicon);
    let needs_nothing = cursor.eat("create") && cursor.at_any(&["table", "view"]);
    if needs_nothing {
        return None;
    }
    let mut named = BTreeSet::new();
    while cursor.peek().is_some() {
        match cursor.name() {
            Some(name) => drop(named.insert(name.name.to_lowercase())),
            None => drop(cursor.take()),
        }
    }
    let later = statements[index + 1..].iter().find_map(|later| {
        Some((
            later,
            created(&later.sql, rules).filter(|name| named.contains(name))?,
        ))
    });
    later.map(|(later, name)| {
        format!(
            "`{name}` is created later, at {}; files are read in the order of their names",
            place(files, later)
        )
    })
}

/// The folded name of what a statement creates.
fn created(sql: &str, rules: &Rules) -> Option<String> {
    let mut cursor = Cursor::new(sql, rules.lexicon);
    if !cursor.eat("create") {
        return None;
    }
    let _ = cursor.eat("unique") || cursor.eat("virtual");
    if !["table", "index", "view", "trigger"]
        .iter()
        .any(|kind| cursor.eat(kind))
    {
        return None;
    }
    cursor.eat_all(&["if", "not", "exists"]);
    cursor.qualified_name().map(|(_, name)| name.name.to_lowercase())
}

fn place(files: &[SqlFile], statement: &Runs<'_>) -> Place {
    let file = &files[statement.origin.file];
    LineIndex::new(&file.text).place(Some(&file.path), statement.origin.offset)
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use super::*;
    use crate::{dialect::Engine, target::statements::statements};

    /// Loads texts as files `a.sql`, `b.sql`, ...
    async fn load_texts(texts: &[&str]) -> Result<Connection> {
        let files: Vec<SqlFile> = texts
            .iter()
            .zip('a'..)
            .map(|(text, name)| SqlFile {
                path: format!("{name}.sql").into(),
                text: (*text).to_owned(),
            })
            .collect();
        let rules = Rules::of(Engine::Sqlite).unwrap();
        let found = statements(&files, rules)?;
        let mut scratch = Connection::memory().await?;
        load(&files, &found.runs, rules, &mut scratch).await?;
        Ok(scratch)
    }

    async fn refused(texts: &[&str]) -> Error {
        let error = load_texts(texts).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Target);
        error
    }

    async fn names(texts: &[&str]) -> Vec<String> {
        let mut scratch = load_texts(texts).await.unwrap();
        let rows = scratch
            .query("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .await;
        rows.unwrap()
            .iter()
            .map(|row| row.text(0).unwrap().to_owned())
            .collect()
    }

    fn shown(error: &Error) -> Vec<String> {
        error
            .places()
            .iter()
            .map(|place| format!("{place} {}", place.snippet))
            .collect()
    }

    #[tokio::test]
    async fn what_is_declared_is_there() {
        let sql = "DROP TABLE IF EXISTS t;
            CREATE TABLE IF NOT EXISTS t (a int);
            CREATE TABLE IF NOT EXISTS t (b int);
            BEGIN; INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t; COMMIT;
            CREATE TABLE gone (a); DROP TABLE gone;
            ALTER TABLE t RENAME TO u;";
        assert_eq!(names(&[sql, "CREATE INDEX i ON u (a)"]).await, ["i", "u", "v"]);
    }

    #[tokio::test]
    async fn an_error_shows_where_it_is_and_the_statement() {
        let error = refused(&[
            "CREATE TABLE a (x);",
            "-- é\nCREATE TABLE b (x); CREATE TABLE c (\n  é int,\n  y int (,\n);",
        ])
        .await;
        assert_eq!(error.message(), "near \",\": syntax error");
        assert_eq!(
            shown(&error),
            [
                "b.sql:4:10   y int (,",
                "b.sql:2:21 CREATE TABLE c (\n  é int,\n  y int (,\n)"
            ]
        );
    }

    #[tokio::test]
    async fn an_error_in_the_last_statement_is_found() {
        let error = refused(&["CREATE TABLE a (x);\nCREATE TABLE b (x;"]).await;
        assert_eq!(error.message(), "near \";\": syntax error");
        assert_eq!(error.places().last().unwrap().line, 2);
    }

    #[tokio::test]
    async fn a_long_statement_is_cut_short() {
        let columns = "\n a int,".repeat(100);
        let error = refused(&[&format!("CREATE TABLE a ({columns}\n oops oops oops (")]).await;
        let last = error.places().last().unwrap();
        assert_eq!(last.snippet.lines().count(), 21);
        assert!(last.snippet.ends_with("a int,\n…"));
    }

    #[tokio::test]
    async fn a_name_that_is_taken_leads_to_who_took_it() {
        let error = refused(&[
            "CREATE TABLE x (a);\n CREATE TABLE \"Users\" (a);",
            "CREATE VIEW users AS SELECT 1;",
        ])
        .await;
        assert_eq!(shown(&error), ["b.sql:1:13 CREATE VIEW users AS SELECT 1;"]);
        assert_eq!(error.hints(), ["`users` is created before, at a.sql:2:2"]);
    }

    #[tokio::test]
    async fn a_name_that_comes_later_leads_to_its_place() {
        let error = refused(&["CREATE INDEX i ON \"T\" (a);", "CREATE TABLE t (a);"]).await;
        assert_eq!(error.message(), "no such table: main.T");
        assert_eq!(
            error.hints(),
            ["`t` is created later, at b.sql:1:1; files are read in the order of their names"]
        );
    }

    /// As `.dump` of the sqlite3 shell writes them; after VACUUM, the tables of a virtual table come before it.
    const DUMPS: [&str; 2] = [
        "PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT);
INSERT INTO t VALUES(1);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','ft','ft',0,'CREATE VIRTUAL TABLE ft USING fts5(a)');
CREATE TABLE IF NOT EXISTS 'ft_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO ft_data VALUES(1,X'');
CREATE TABLE IF NOT EXISTS 'ft_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'ft_content'(id INTEGER PRIMARY KEY, c0);
CREATE TABLE IF NOT EXISTS 'ft_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE IF NOT EXISTS 'ft_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO ft_config VALUES('version',4);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('t',1);
CREATE INDEX i ON t(id);
PRAGMA writable_schema=OFF;
COMMIT;
",
        "PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS 'ft_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'ft_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'ft_content'(id INTEGER PRIMARY KEY, c0);
CREATE TABLE IF NOT EXISTS 'ft_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE IF NOT EXISTS 'ft_config'(k PRIMARY KEY, v) WITHOUT ROWID;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','ft','ft',0,'CREATE VIRTUAL TABLE ft USING fts5(a)');
CREATE INDEX i ON t(id);
PRAGMA writable_schema=OFF;
COMMIT;
",
    ];

    #[tokio::test]
    async fn a_dump_of_the_shell_loads() {
        for dump in DUMPS {
            assert_eq!(
                names(&[dump]).await,
                [
                    "ft",
                    "ft_config",
                    "ft_content",
                    "ft_data",
                    "ft_docsize",
                    "ft_idx",
                    "i",
                    "sqlite_sequence",
                    "t"
                ]
            );
        }
    }

    #[tokio::test]
    async fn a_schema_written_by_the_shell_loads() {
        let sql = "CREATE TABLE IF NOT EXISTS \"r_node\"(nodeno INTEGER PRIMARY KEY,data);
CREATE TABLE sqlite_sequence(name,seq);
CREATE VIRTUAL TABLE r USING rtree(id,a,b)
/* r(id,a,b) */;
CREATE TABLE IF NOT EXISTS \"r_rowid\"(rowid INTEGER PRIMARY KEY,nodeno);
CREATE TABLE IF NOT EXISTS \"r_parent\"(nodeno INTEGER PRIMARY KEY,parentnode);
CREATE TABLE IF NOT EXISTS \"r_other\"(a);";
        assert_eq!(
            names(&[sql]).await,
            ["r", "r_node", "r_other", "r_parent", "r_rowid"]
        );
    }

    #[tokio::test]
    async fn a_table_that_only_looks_like_a_shadow_is_kept() {
        // Contentless: FTS5 makes no `f_content` for it.
        let sql = "CREATE VIRTUAL TABLE f USING fts5(a, content='');
CREATE TABLE IF NOT EXISTS \"f_content\"(mine int);";
        assert!(names(&[sql]).await.contains(&"f_content".to_owned()));
    }

    #[tokio::test]
    async fn a_stored_statement_that_fails_is_shown_at_its_row() {
        let error = refused(&["PRAGMA writable_schema=ON;\nINSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(a, oops=1)');"]).await;
        assert_eq!(
            shown(&error),
            ["a.sql:2:1 CREATE VIRTUAL TABLE f USING fts5(a, oops=1)"]
        );
    }

    #[tokio::test]
    async fn names_may_be_anything() {
        let long = "n".repeat(1000);
        let sql = format!(
            "CREATE TABLE \"a b\" (\"select\" int); CREATE TABLE \"a.b\" (x); CREATE TABLE \"li\nne\" (x);
             CREATE TABLE \"q\"\"'`]\" (x); CREATE TABLE 🦀 (x); CREATE TABLE {long} (x);"
        );
        assert_eq!(
            names(&[&sql]).await,
            ["a b", "a.b", "li\nne", &long, "q\"'`]", "🦀"]
        );
    }
}
