//! Runs a target's statements on a scratch database, and reads what has become of them.
//!
//! In come files and what runs of them, out comes a schema. An error names the statement that caused it. The scratch is of no
//! use after an error.

use std::collections::BTreeSet;

use super::{
    any_order::run_in_any_order,
    classify::{About, Rules},
    cursor::Cursor,
    events::Events,
    files::SqlFile,
    realise::Context,
    refused::explained,
    scratch::{Scratch, begin, end},
    server::{Extension, quoted},
    statements::{Permits, Runs},
    subscriptions,
};
#[cfg(feature = "sqlite")]
use super::{parts::parts, scratch::reflect_parts};
use crate::{
    Connection, Error, ErrorKind, Notice, Result,
    database::Refused,
    dialect::Engine,
    reflect::{Reflection, reflect, reflect_as_written},
    schema::Name,
};

/// What statements have made.
pub(super) struct Loaded {
    /// Read from the scratch.
    pub(super) reflection: Reflection,
    /// Extensions that had to be there first.
    pub(super) assumes: BTreeSet<Name>,
}

/// The schema that the statements make.
///
/// # Errors
/// As [`Scratch::open`], [`load`] and [`reflect`].
pub(super) async fn reflect_statements(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    rules: &Rules,
    permits: Permits<'_>,
    context: &Context<'_>,
) -> Result<Loaded> {
    #[cfg(feature = "sqlite")]
    if rules.engine == Engine::Sqlite
        && !context.filter.is_extended()
        && let Some(parts) = parts(statements, rules)
        && let Some(reflection) = reflect_parts(files, statements, &parts, rules, context.filter).await?
    {
        return Ok(Loaded {
            reflection,
            assumes: BTreeSet::new(),
        });
    }
    match attempt(files, statements, rules, permits, &[], context).await {
        Err(error) if lacks_something(rules.engine, &error) => {
            let assumed = not_created(statements, rules, context).await?;
            if assumed.is_empty() {
                return Err(error);
            }
            // If it is not for the extensions, the first error says more.
            let mut loaded = attempt(files, statements, rules, permits, &assumed, context)
                .await
                .map_err(|_| error)?;
            let names: Vec<String> = assumed.iter().map(|one| format!("`{}`", one.name)).collect();
            loaded.reflection.notices.push(
                Notice::new(format!(
                    "the target needs extensions that it does not create: {}; they are taken from the database and left alone",
                    names.join(", ")
                ))
                .hint("to have them managed, write CREATE EXTENSION into the target"),
            );
            loaded.assumes = assumed.into_iter().map(|one| Name::new(one.name)).collect();
            Ok(loaded)
        }
        result => result,
    }
}

/// Runs the statements on a scratch of their own, behind these extensions.
async fn attempt(
    files: &[SqlFile],
    statements: &[Runs<'_>],
    rules: &Rules,
    permits: Permits<'_>,
    extensions: &[Extension],
    context: &Context<'_>,
) -> Result<Loaded> {
    let mut scratch = Scratch::open(context).await?;
    let connection = scratch.connection();
    let result = async {
        for extension in extensions {
            create(extension, connection).await?;
        }
        let (statements, notice) = without_strangers(statements, permits, connection).await?;
        let fitting = subscriptions::fitting(statements, connection).await?;
        let statements = fitting.statements;
        begin(connection).await?;
        load(files, &statements, rules, connection).await?;
        end(connection).await?;
        let is_worded = files
            .iter()
            .any(|file| file.text.to_ascii_uppercase().contains("BTREE"));
        let mut reflection = if is_worded {
            reflect_as_written(connection, context.filter).await?
        } else {
            reflect(connection, context.filter).await?
        };
        Events::of(&statements).enable(&mut reflection.schema, rules.engine);
        reflection.notices.extend(notice);
        reflection.notices.extend(fitting.notice);
        reflection.untold.extend(fitting.untold);
        Ok(Loaded {
            reflection,
            assumes: BTreeSet::new(),
        })
    }
    .await;
    scratch.close().await;
    result
}

async fn create(extension: &Extension, scratch: &mut Connection) -> Result<()> {
    let namespace = quoted(&extension.namespace);
    if extension.namespace != "pg_catalog" {
        scratch
            .execute(&format!("CREATE SCHEMA IF NOT EXISTS {namespace}"))
            .await?;
    }
    let name = quoted(&extension.name);
    scratch
        .execute(&format!(
            "CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {namespace} CASCADE"
        ))
        .await
        .map(drop)
}

/// Whether the engine did not know a type, a function, an operator, or something else that an extension may have.
fn lacks_something(engine: Engine, error: &Error) -> bool {
    match engine {
        // Undefined object, undefined function, undefined table, invalid schema name.
        Engine::Postgres => matches!(error.code(), Some("42704" | "42883" | "42P01" | "3F000")),
        Engine::Mysql | Engine::Mariadb | Engine::Sqlite => false,
    }
}

/// The extensions of the database that the statements do not create.
async fn not_created(
    statements: &[Runs<'_>],
    rules: &Rules,
    context: &Context<'_>,
) -> Result<Vec<Extension>> {
    let created: BTreeSet<String> = statements
        .iter()
        .filter_map(|statement| {
            let mut cursor = Cursor::new(&statement.sql, rules.lexicon);
            let is_extension = cursor.eat_all(&["create", "extension"]);
            cursor.eat_all(&["if", "not", "exists"]);
            is_extension
                .then(|| cursor.name())?
                .map(|named| named.name.into_owned())
        })
        .collect();
    let facts = context.server()?.facts().await?;
    let assumed = facts.extensions.iter().filter(|one| !created.contains(&one.name));
    Ok(assumed.cloned().collect())
}

/// The statements without those that give something to a role that the server does not have, where nobody wants to know about
/// owners.
async fn without_strangers<'a, 's>(
    statements: &'a [Runs<'s>],
    permits: Permits<'_>,
    scratch: &mut Connection,
) -> Result<(Vec<&'a Runs<'s>>, Option<Notice>)> {
    let all = || statements.iter().collect();
    let gives = |runs: &Runs<'_>| match &runs.about {
        About::Owner {
            role: Some(role),
            only: true,
        } => Some(role.to_string()),
        _ => None,
    };
    if !permits.passes_over_owners || !statements.iter().any(|runs| gives(runs).is_some()) {
        return Ok((all(), None));
    }
    let mut roles = BTreeSet::new();
    for mut row in scratch
        .query("SELECT rolname::text FROM pg_catalog.pg_roles")
        .await?
    {
        roles.insert(row.take_text(0)?);
    }
    let mut strangers = BTreeSet::new();
    let mut kept = Vec::with_capacity(statements.len());
    for runs in statements {
        match gives(runs).filter(|role| !roles.contains(role)) {
            Some(role) => drop(strangers.insert(format!("`{role}`"))),
            None => kept.push(runs),
        }
    }
    let notice = (!strangers.is_empty()).then(|| {
        let roles: Vec<String> = strangers.into_iter().collect();
        Notice::new(format!(
            "the server has no role {}: what the target gives to it was passed over",
            roles.join(", ")
        ))
    });
    Ok((kept, notice))
}

/// Runs `statements` of `files`.
///
/// # Errors
/// [`ErrorKind::Target`] for the first statement that the engine refuses, with its place; [`ErrorKind::Interrupted`];
/// [`ErrorKind::Database`] when the scratch itself fails.
async fn load(
    files: &[SqlFile],
    statements: &[&Runs<'_>],
    rules: &Rules,
    scratch: &mut Connection,
) -> Result<()> {
    let result = match rules.engine {
        Engine::Mysql | Engine::Mariadb => run_in_any_order(statements, rules.lexicon, scratch).await,
        Engine::Postgres | Engine::Sqlite => run(statements, scratch).await,
    };
    result.map_err(|failure| match failure {
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

/// So many statements share a transaction on a server: each holds locks on what it makes up to the end, and the server has room
/// for some thousands.
const PER_TRANSACTION: usize = 400;

/// Runs statements in as few transactions as there can be; what must not outlive the work stays in one that is open.
pub(super) async fn run(statements: &[&Runs<'_>], scratch: &mut Connection) -> Result<(), Failure> {
    let most = if scratch.engine().has_server() {
        PER_TRANSACTION
    } else {
        usize::MAX
    };
    let open = subscriptions::begin(statements).unwrap_or(statements.len());
    let mut start = 0;
    while start < statements.len() {
        let rest = if start < open {
            &statements[start..open]
        } else {
            &statements[start..]
        };
        let ends = rest.iter().position(|runs| runs.about == About::Value);
        let (length, end) = if start < open {
            (ends.map_or(rest.len(), |at| at + 1).min(most), End::Committed)
        } else {
            (rest.len(), End::Open)
        };
        run_together(&rest[..length], end, scratch)
            .await
            .map_err(|failure| match failure {
                Failure::Refused(refused) => Failure::Refused(Refused {
                    index: start + refused.index,
                    ..refused
                }),
                Failure::Other(error) => Failure::Other(error),
            })?;
        start += length;
    }
    Ok(())
}

/// What becomes of a transaction on the scratch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is committed.
    Committed,
    /// It stays open, and goes with the connection.
    Open,
}

/// Runs statements in one transaction.
async fn run_together(statements: &[&Runs<'_>], end: End, scratch: &mut Connection) -> Result<(), Failure> {
    scratch.execute("BEGIN").await?;
    match scratch.execute_each(statements).await {
        Ok(()) if end == End::Open => Ok(()),
        Ok(()) => scratch.execute("COMMIT").await.map(drop).map_err(Failure::Other),
        Err(refused) => match refused.error.kind() {
            ErrorKind::Interrupted | ErrorKind::Internal => Err(Failure::Other(refused.error)),
            _ => Err(Failure::Refused(refused)),
        },
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use super::*;
    use crate::{
        dialect::Engine,
        target::statements::{Permits, statements},
    };

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
        let rules = Rules::of(Engine::Sqlite);
        let found = statements(&files, rules, Permits::default())?;
        let mut scratch = Connection::memory().await?;
        let runs: Vec<&Runs<'_>> = found.runs.iter().collect();
        load(&files, &runs, rules, &mut scratch).await?;
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
