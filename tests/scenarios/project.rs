//! A project on disk as a user has it: a database, target files, a folder of scripts; and the library's stages run on them.

use crate::rows::all_rows;
use crate::support::observer::{picture_without, plain};
use autogen::compare::{CompareOptions, Comparison, Pair, Rename, RenameOf, RenameOrigin, compare};
use autogen::config::{FileTemplate, Filter};
use autogen::database::{DatabaseUrl, Open};
use autogen::dialect::sqlite::Sqlite;
use autogen::migrate::{self, Migrator};
use autogen::plan::plan;
use autogen::reflect::reflect;
use autogen::schema::Schema;
use autogen::script::{Folder, Format, Header, RevisionId, Script, read, render};
use autogen::target::{Context, Missing, Realised, Source, realise};
use autogen::{Connection, Engine, Result};
use jiff::{Timestamp, tz::TimeZone};
use std::cell::RefCell;
use std::path::PathBuf;
use tempfile::TempDir;

/// When every script says that it was made.
const CREATED: Timestamp = Timestamp::constant(1_763_793_600, 0);

/// A folder of its own; in memory where the system has such a place, as nothing here is to survive a power cut.
fn folder() -> TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    folder.expect("a folder")
}

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: TempDir,
    include: Vec<String>,
    exclude: Vec<String>,
    version_table: String,
    renames: Vec<Rename>,
    options: CompareOptions,
    target: RefCell<Vec<String>>,
}

impl Project {
    /// A project with these target files and no database yet.
    pub(crate) fn new(target: &[&str]) -> Self {
        let folder = folder();
        let project = Self {
            folder,
            include: Vec::new(),
            exclude: Vec::new(),
            version_table: "autogen_version".to_owned(),
            renames: Vec::new(),
            options: CompareOptions::default(),
            target: RefCell::default(),
        };
        project.set_target(target);
        project
    }

    /// Only what these patterns say is managed.
    pub(crate) fn filtered(mut self, include: &[String], exclude: &[String]) -> Self {
        self.include = include.to_vec();
        self.exclude = exclude.to_vec();
        self
    }

    /// Compared with these options.
    pub(crate) fn comparing(mut self, options: CompareOptions) -> Self {
        self.options = options;
        self
    }

    /// With the ledger under this name.
    pub(crate) fn version_table(mut self, name: &str) -> Self {
        name.clone_into(&mut self.version_table);
        self
    }

    /// With a rename as `--rename` declares it.
    pub(crate) fn rename(mut self, old: &str, new: &str) -> Self {
        let what = match (old.split_once('.'), new.split_once('.')) {
            (Some((_, old)), Some((table, new))) => RenameOf::Column {
                table: table.into(),
                old: old.into(),
                new: new.into(),
            },
            _ => RenameOf::Table {
                old: old.into(),
                new: new.into(),
            },
        };
        self.renames.push(Rename {
            what,
            origin: RenameOrigin::Flag,
        });
        self
    }

    /// The names of the ledger's tables.
    pub(crate) fn ledger(&self) -> [String; 2] {
        let history = self
            .version_table
            .strip_suffix("_version")
            .unwrap_or(&self.version_table);
        [self.version_table.clone(), format!("{history}_history")]
    }

    /// Replaces the target files.
    pub(crate) fn set_target(&self, files: &[&str]) {
        *self.target.borrow_mut() = files.iter().map(|&f| f.to_owned()).collect();
        for (number, sql) in files.iter().enumerate() {
            std::fs::write(self.path(&format!("{}.sql", number + 1)), sql).expect("a target file");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path("app.db")
    }

    /// A connection to the database, which is created when it is not there.
    pub(crate) async fn connection(&self) -> Connection {
        let url = DatabaseUrl::sqlite_file(self.database());
        Connection::open(&url, Open::Create)
            .await
            .expect("the database opens")
    }

    /// Runs SQL on the database, as any client does.
    pub(crate) async fn load(&self, sql: &str) {
        let mut connection = self.connection().await;
        connection
            .execute(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        connection.close().await.expect("it closes");
    }

    /// The rows of a query: values joined by `|`, rows by `;`.
    pub(crate) async fn query(&self, sql: &str) -> String {
        let mut connection = self.connection().await;
        let rows = connection
            .query(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        let rows: Vec<String> = rows
            .iter()
            .map(|row| row.values().iter().map(plain).collect::<Vec<_>>().join("|"))
            .collect();
        rows.join(";")
    }

    /// How many revisions the ledger says are applied.
    pub(crate) async fn applied(&self) -> usize {
        let scripts = self.scripts();
        let mut migrator = self.migrator(self.connection().await, &scripts);
        migrator.current().await.expect("a ledger").len()
    }

    fn scripts(&self) -> Folder {
        Folder::load(self.path("migrations")).expect("a folder of scripts")
    }

    fn migrator<'s>(&self, connection: Connection, scripts: &'s Folder) -> Migrator<'s> {
        Migrator::new(connection, Engine::Sqlite, scripts, &self.settings()).expect("a migrator")
    }

    fn settings(&self) -> migrate::Options {
        let [version_table, history_table] = self.ledger();
        migrate::Options {
            version_table,
            history_table,
            ..migrate::Options::default()
        }
    }

    fn filter(&self) -> Filter {
        Filter::new(&self.include, &self.exclude)
            .expect("patterns")
            .hiding(self.ledger())
    }

    /// The target as a schema.
    pub(crate) async fn realise(&self) -> Result<Realised> {
        let files = (1..=self.target.borrow().len()).map(|n| self.path(&format!("{n}.sql")));
        let filter = self.filter();
        let context = Context::new(Engine::Sqlite, &filter);
        realise(&Source::Sql(files.collect()), &context).await
    }

    /// The database compared with the target. One that is not there is empty.
    pub(crate) async fn compare(&self) -> Comparison {
        self.compare_from(&self.live().await, &self.renames).await
    }

    /// The same without the renames, which a command line declares once.
    pub(crate) async fn compare_again(&self) -> Comparison {
        self.compare_from(&self.live().await, &[]).await
    }

    async fn live(&self) -> Schema {
        let filter = self.filter();
        let context = Context {
            missing: Missing::Empty,
            ..Context::new(Engine::Sqlite, &filter)
        };
        let url = Source::Database(DatabaseUrl::sqlite_file(self.database()));
        let realised = realise(&url, &context).await.expect("a schema");
        std::sync::Arc::unwrap_or_clone(realised.schema)
    }

    async fn compare_from(&self, live: &Schema, renames: &[Rename]) -> Comparison {
        let target = self.realise().await.expect("a target");
        let options = CompareOptions {
            renames: renames.iter().cloned().chain(target.renames).collect(),
            ..self.options.clone()
        };
        compare(Pair::new(live, &target.schema), &Sqlite, &options).expect("a comparison")
    }

    /// The scripts, replayed without the database, compared with the target.
    pub(crate) async fn compare_with_scripts(&self) -> Comparison {
        let (filter, scripts) = (self.filter(), self.scripts());
        let context = Context {
            scripts: Some(&scripts),
            ..Context::new(Engine::Sqlite, &filter)
        };
        let history = realise(&Source::Migrations(None), &context)
            .await
            .expect("a history");
        self.compare_from(&history.schema, &[]).await
    }

    /// Writes the script of a comparison, which must read back equal, edited as a user would.
    pub(crate) fn revision(&self, comparison: &Comparison, edits: &[(String, String)]) -> Script {
        let script = Script {
            header: Header {
                message: "a change".to_owned(),
                created: Some(CREATED),
                ..Header::new(RevisionId::new("a1b2c3").expect("an id"))
            },
            upgrade: comparison.upgrade.clone(),
            downgrade: comparison.downgrade(&Sqlite),
        };
        let mut text = render(&script).expect("a text");
        let again = read(&text, None, "sqlite").unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(again, script, "read back otherwise: {text}");
        assert_eq!(render(&again).expect("a text"), text, "rendered otherwise");
        for (old, new) in edits {
            assert!(
                text.contains(old.as_str()),
                "`{old}` is not in the script:\n{text}"
            );
            text = text.replace(old.as_str(), new);
        }
        let template = FileTemplate::default();
        self.scripts()
            .write(&script.header, &text, Format::Rust, &template, 40, &TimeZone::UTC)
            .expect("a script");
        read(&text, None, "sqlite").unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    fn script_path(&self) -> PathBuf {
        let scripts = self.scripts();
        let mut paths = scripts.entries().map(|entry| entry.path.clone());
        paths.next().expect("a script")
    }

    /// The script as it is on disk.
    pub(crate) fn script_text(&self) -> String {
        std::fs::read_to_string(self.script_path()).expect("a script")
    }

    /// Writes the script anew, as an editor does.
    pub(crate) fn write_script(&self, text: &str) {
        std::fs::write(self.script_path(), text).expect("a script");
    }

    /// What an upgrade would run, as SQL.
    pub(crate) async fn dry_run(&self) -> Result<String> {
        let scripts = self.scripts();
        self.migrator(self.connection().await, &scripts)
            .upgrade_sql("head")
            .await
    }

    /// Applies all scripts, and gives how many ran.
    pub(crate) async fn upgrade(&self) -> Result<usize> {
        let scripts = self.scripts();
        let outcome = self
            .migrator(self.connection().await, &scripts)
            .upgrade("head")
            .await?;
        Ok(outcome.ran.len())
    }

    /// Applies all scripts through a connection, and gives it back.
    pub(crate) async fn upgrade_on(&self, connection: Connection) -> Result<Connection> {
        let scripts = self.scripts();
        let mut migrator = self.migrator(connection, &scripts);
        migrator.upgrade("head").await?;
        Ok(migrator.into_connection().await?.expect("the connection"))
    }

    /// Takes all scripts back.
    pub(crate) async fn downgrade(&self) -> Result<usize> {
        let scripts = self.scripts();
        let outcome = self
            .migrator(self.connection().await, &scripts)
            .downgrade("base")
            .await?;
        Ok(outcome.ran.len())
    }

    /// The statements that the script runs.
    pub(crate) async fn statements(&self) -> Vec<String> {
        let mut connection = self.connection().await;
        let all = Filter::everything().hiding(self.ledger());
        let before = reflect(&mut connection, &all).await.expect("a schema").schema;
        let script = read(&self.script_text(), None, "sqlite").expect("a script");
        let plan = plan(&script.upgrade, &before, &Sqlite).expect("a plan");
        let steps = plan.steps.iter().flat_map(|step| &step.statements);
        steps.map(|statement| statement.sql.clone()).collect()
    }

    /// The whole database as text: schema, rows, and what is left of a run.
    pub(crate) async fn dump(&self) -> String {
        let mut connection = self.connection().await;
        let schema = picture_without(&mut connection, &[""]).await;
        let rows = all_rows(&mut connection, &[]).await;
        format!("{schema:#?}\n{rows:#?}")
    }
}
