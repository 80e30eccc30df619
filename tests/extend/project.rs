//! A folder of scripts and a SQLite database beside it.

use autogen::compare::{CompareOptions, Comparison, Pair, compare};
use autogen::config::Filter;
use autogen::database::Open;
use autogen::dialect::{Dialect, for_engine};
use autogen::extend::Extensions;
use autogen::migrate::{Migrator, Options, Outcome};
use autogen::schema::Schema;
use autogen::script::{Folder, Format, Header, RevisionId, Script, render};
use autogen::{Config, Connection, DatabaseUrl, Engine, Result, reflect};
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) struct Project {
    place: TempDir,
    pub(crate) extensions: Extensions,
}

pub(crate) fn sqlite() -> &'static dyn Dialect {
    for_engine(Engine::Sqlite).expect("a dialect")
}

impl Project {
    pub(crate) fn new(extensions: Extensions) -> Self {
        Self {
            place: tempfile::tempdir().expect("a folder"),
            extensions,
        }
    }

    pub(crate) async fn connection(&self) -> Connection {
        let url = DatabaseUrl::parse("sqlite://app.db", self.place.path()).expect("a URL");
        Connection::open(&url, Open::Create).await.expect("a database")
    }

    fn scripts(&self) -> PathBuf {
        self.place.path().join("migrations")
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::load(self.scripts())
            .expect("scripts")
            .with_extensions(&self.extensions)
    }

    /// Writes a script as it is into the folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.scripts()).expect("a folder");
        std::fs::write(self.scripts().join(name), text).expect("a file");
    }

    /// Renders a script behind the last one, and writes it.
    pub(crate) fn add(&self, script: &Script) -> String {
        let text = render(script).expect("a text");
        let config = Config::default();
        let zone = &jiff::tz::TimeZone::UTC;
        self.folder()
            .write(
                &script.header,
                &text,
                Format::Rust,
                &config.file_template,
                40,
                zone,
            )
            .expect("a file");
        text
    }

    pub(crate) async fn upgrade(&self, to: &str) -> Result<Outcome> {
        let (folder, connection) = (self.folder(), self.connection().await);
        let mut migrator = Migrator::new(connection, Engine::Sqlite, &folder, &Options::default())?;
        migrator.upgrade(to).await
    }

    pub(crate) async fn downgrade(&self, to: &str) -> Result<Outcome> {
        let (folder, connection) = (self.folder(), self.connection().await);
        let mut migrator = Migrator::new(connection, Engine::Sqlite, &folder, &Options::default())?;
        migrator.downgrade(to).await
    }

    pub(crate) async fn upgrade_sql(&self, to: &str) -> Result<String> {
        let (folder, connection) = (self.folder(), self.connection().await);
        let mut migrator = Migrator::new(connection, Engine::Sqlite, &folder, &Options::default())?;
        migrator.upgrade_sql(to).await
    }

    /// The first column of each row.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.connection().await.query(sql).await.expect("rows");
        rows.iter()
            .map(|row| row.text(0).expect("a text").to_owned())
            .collect()
    }
}

/// What SQL makes of an empty database.
pub(crate) async fn schema(sql: &str) -> Schema {
    let mut connection = Connection::memory().await.expect("a database");
    for statement in sql.split(';').filter(|text| !text.trim().is_empty()) {
        connection.execute(statement).await.expect("SQL");
    }
    let filter = Filter::everything();
    reflect::reflect(&mut connection, &filter)
        .await
        .expect("a schema")
        .schema
}

/// Compares two schemas given as SQL.
pub(crate) async fn compared(live: &str, target: &str, options: &CompareOptions) -> Comparison {
    let (live, target) = (schema(live).await, schema(target).await);
    compare(Pair::new(&live, &target), sqlite(), options).expect("a comparison")
}

pub(crate) fn header(id: &str, revises: &[&str]) -> Header {
    let parsed = |id: &str| RevisionId::new(id).expect("an id");
    Header {
        revises: revises.iter().map(|revises| parsed(revises)).collect(),
        message: format!("script {id}"),
        ..Header::new(parsed(id))
    }
}
