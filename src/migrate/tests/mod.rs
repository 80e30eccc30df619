//! Migrators on real SQLite files: what the tests share.
#![cfg(feature = "sqlite")]

mod previews;
mod runs;
mod standing;

use super::{Migrator, Options, Scripts};
use crate::Result;
use crate::database::{Connection, DatabaseUrl, Open};
use crate::dialect::Engine;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::schema::{Column, Constraint, ForeignKey, IndexPart, PrimaryKey, Table};
use crate::script::{Graph, Header, RevisionId};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) struct Place {
    pub(super) folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(super) async fn connect(&self) -> Connection {
        let url = DatabaseUrl::parse("sqlite://app.db", self.folder.path()).expect("a url");
        Connection::open(&url, Open::Create).await.expect("a connection")
    }

    pub(super) async fn migrator<'a>(&self, scripts: &'a Listed) -> Migrator<'a> {
        self.migrator_within(scripts, Duration::from_secs(10)).await
    }

    pub(super) async fn migrator_within<'a>(
        &self,
        scripts: &'a Listed,
        lock_timeout: Duration,
    ) -> Migrator<'a> {
        let options = Options {
            lock_timeout,
            ..Options::default()
        };
        Migrator::new(self.connect().await, Engine::Sqlite, scripts, &options).expect("a migrator")
    }

    /// Everything the database holds, as an outsider sees it, without the times in the ledger.
    pub(super) async fn dump(&self) -> Vec<String> {
        let mut connection = self.connect().await;
        let mut dump = Vec::new();
        for row in connection
            .query("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .await
            .expect("the schema")
        {
            let name = row.text(0).expect("a name").to_owned();
            // SQLite quotes the name of a table that was renamed.
            dump.push(row.text(1).expect("sql").replace('"', ""));
            if !name.starts_with("autogen_") {
                for row in connection
                    .query(&format!("SELECT * FROM \"{name}\""))
                    .await
                    .expect("rows")
                {
                    dump.push(format!("{:?}", row.values()));
                }
            }
        }
        dump
    }

    pub(super) async fn count(&self, sql: &str) -> i64 {
        let rows = self.connect().await.query(sql).await.expect("a count");
        rows[0].integer(0).expect("a number")
    }
}

pub(super) fn shop() -> Listed {
    Listed::new(vec![
        script("a1", None, vec![create("users", &["id integer", "email text"])]),
        script(
            "b2",
            Some("a1"),
            vec![
                create("orders", &["id integer", "user_id integer"]),
                execute("INSERT INTO users (email) VALUES ('x'), (NULL)"),
            ],
        ),
        script(
            "c3",
            Some("b2"),
            vec![alter("orders", vec![refer("user_id", "users")])],
        ),
    ])
}

pub(super) fn not_null(column: &str) -> TableChange {
    TableChange::AlterColumn(AlterColumn {
        name: column.into(),
        ty: "text".into(),
        changes: vec![ColumnChange::NotNull(Change::new(false, true))],
        using: None,
        backfill: None,
    })
}

pub(super) fn one_more(directives: Vec<Directive>) -> Listed {
    let first: One = script(
        "a1",
        None,
        vec![
            create("users", &["id integer", "email text"]),
            execute("INSERT INTO users (email) VALUES ('x'), (NULL)"),
        ],
    );
    Listed::new(vec![first, script("b2", Some("a1"), directives)])
}

/// Scripts in memory.
pub(super) struct Listed {
    graph: Graph,
    scripts: Vec<One>,
}

#[derive(Clone)]
pub(super) struct One {
    pub(super) header: Header,
    pub(super) upgrade: Vec<Directive>,
    pub(super) downgrade: Vec<Directive>,
    pub(super) checksum: String,
    file: PathBuf,
}

pub(super) fn id(text: &str) -> RevisionId {
    RevisionId::new(text).expect("an id")
}

/// A script that follows another; its downgrade is the reverse.
pub(super) fn script(revision: &str, revises: Option<&str>, upgrade: Vec<Directive>) -> One {
    One {
        header: Header {
            revises: revises.map(id).into_iter().collect(),
            ..Header::new(id(revision))
        },
        downgrade: crate::directive::reverse(&upgrade),
        upgrade,
        checksum: format!("sum of {revision}"),
        file: format!("migrations/{revision}.rs").into(),
    }
}

impl Listed {
    pub(super) fn new(scripts: Vec<One>) -> Self {
        Self {
            graph: Graph::new(scripts.iter().map(|s| &s.header)).expect("a graph"),
            scripts,
        }
    }

    fn one(&self, revision: &RevisionId) -> &One {
        self.scripts
            .iter()
            .find(|s| s.header.revision == *revision)
            .expect("a script of that id")
    }
}

impl Scripts for Listed {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn header(&self, revision: &RevisionId) -> Option<&Header> {
        self.scripts
            .iter()
            .map(|s| &s.header)
            .find(|h| h.revision == *revision)
    }

    fn upgrade(&self, revision: &RevisionId, _: Engine) -> Result<Vec<Directive>> {
        Ok(self.one(revision).upgrade.clone())
    }

    fn downgrade(&self, revision: &RevisionId, _: Engine) -> Result<Vec<Directive>> {
        Ok(self.one(revision).downgrade.clone())
    }

    fn checksum(&self, revision: &RevisionId) -> Result<String> {
        Ok(self.one(revision).checksum.clone())
    }

    fn file(&self, revision: &RevisionId) -> Option<&Path> {
        Some(&self.one(revision).file)
    }
}

/// A table of columns written as `name type`, the first of which is its key.
pub(super) fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(name);
    for column in columns {
        let (name, ty) = column.split_once(' ').expect("name and type");
        table.columns.push(Column::new(name, ty));
    }
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec![IndexPart::column(table.columns[0].name.clone())],
        include: Vec::new(),
        deferral: crate::schema::Deferral::NotDeferrable,
        options: crate::schema::Options::new(),
    });
    table
}

pub(super) fn create(name: &str, columns: &[&str]) -> Directive {
    Directive::CreateTable(Box::new(table(name, columns)))
}

pub(super) fn execute(sql: &str) -> Directive {
    Directive::Execute { sql: sql.into() }
}

pub(super) fn alter(table: &str, changes: Vec<TableChange>) -> Directive {
    Directive::AlterTable(AlterTable {
        table: table.into(),
        changes,
    })
}

pub(super) fn foreign_key(column: &str, table: &str) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: vec![column.into()],
        table: table.into(),
        referenced: Vec::new(),
        on_update: crate::schema::Action::NoAction,
        on_delete: crate::schema::Action::NoAction,
        match_kind: crate::schema::MatchKind::Simple,
        deferral: crate::schema::Deferral::NotDeferrable,
        options: crate::schema::Options::new(),
    }
}

/// A change that SQLite can only make by rebuilding the table.
pub(super) fn rebuild(column: &str, old: &str, new: &str) -> TableChange {
    TableChange::AlterColumn(AlterColumn {
        name: column.into(),
        ty: old.into(),
        changes: vec![ColumnChange::Type(Change::new(old.into(), new.into()))],
        using: None,
        backfill: None,
    })
}

pub(super) fn refer(column: &str, table: &str) -> TableChange {
    TableChange::AddConstraint {
        constraint: Constraint::ForeignKey(foreign_key(column, table)),
    }
}
