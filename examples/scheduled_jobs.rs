//! A kind of objects of one's own: jobs that a scheduler runs, each a row of a table. The program declares which there are to be; the
//! comparison finds what to create, change and drop, beside tables and all else.
//!
//! `cargo run --example scheduled_jobs`

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::database::Open;
use autogen::dialect::Statement;
use autogen::directive::{Change, Directive};
use autogen::extend::{CustomObject, Extensions, Reading, Site, custom_object};
use autogen::plan::plan;
use autogen::schema::Object;
use autogen::target::{Context, Source, realise};
use autogen::{Connection, DatabaseUrl, Engine, Result, dialect, reflect};
use std::path::Path;

const KIND: &str = "scheduled job";
const TABLE: &str = "scheduled_jobs";

/// The jobs. With `pg_cron` the table would be `cron.job`, and the statements calls of `cron.schedule`.
pub(crate) struct Jobs {
    /// Name, and when and what: `"hourly: DELETE FROM sessions"`.
    pub(crate) declared: Vec<(&'static str, &'static str)>,
}

impl CustomObject for Jobs {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn serves(&self, engine: Engine) -> bool {
        engine == Engine::Sqlite
    }

    fn reflect<'a>(&'a self, connection: &'a mut Connection) -> Reading<'a> {
        Box::pin(async move {
            // The scratch of a target may not have it.
            let is_there = format!("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{TABLE}'");
            if connection.query(&is_there).await?.is_empty() {
                return Ok(Vec::new());
            }
            let rows = connection
                .query(&format!("SELECT name, job FROM {TABLE}"))
                .await?;
            rows.iter()
                .map(|row| Ok(custom_object(KIND, row.text(0)?, row.text(1)?, [TABLE])))
                .collect()
        })
    }

    fn declared(&self, _: Engine) -> Vec<Object> {
        let jobs = self.declared.iter();
        jobs.map(|(name, job)| custom_object(KIND, *name, *job, [TABLE]))
            .collect()
    }

    fn create_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<Statement>> {
        let (name, job) = (site.text(&object.id.name.name), site.text(&object.definition));
        Ok(vec![Statement::new(format!(
            "INSERT INTO {TABLE} (name, job) VALUES ({name}, {job})"
        ))])
    }

    fn drop_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<Statement>> {
        let name = site.text(&object.id.name.name);
        Ok(vec![Statement::new(format!(
            "DELETE FROM {TABLE} WHERE name = {name}"
        ))])
    }

    fn replace_sql(&self, change: &Change<Object>, site: &Site<'_>) -> Result<Vec<Statement>> {
        let (name, job) = (
            site.text(&change.new.id.name.name),
            site.text(&change.new.definition),
        );
        Ok(vec![Statement::new(format!(
            "UPDATE {TABLE} SET job = {job} WHERE name = {name}"
        ))])
    }
}

/// What this program adds.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().object_kind(Jobs {
        declared: vec![
            ("sweep", "hourly: DELETE FROM sessions"),
            ("report", "daily: SELECT 1"),
        ],
    })
}

/// The whole way in an empty folder: what is done to a database that has one of the jobs, in another form, and one too many.
pub(crate) async fn run(place: &Path) -> Result<Vec<String>> {
    let unwritable =
        |error| autogen::Error::new(autogen::ErrorKind::Io, "the target cannot be written").because(error);
    std::fs::create_dir_all(place).map_err(unwritable)?;
    let wanted = format!("CREATE TABLE {TABLE} (name TEXT, job TEXT); CREATE TABLE sessions (id INTEGER);");
    std::fs::write(place.join("schema.sql"), wanted).map_err(unwritable)?;
    let sqlite = dialect::for_engine(Engine::Sqlite)?;
    let extensions = extensions();
    let filter = Filter::everything().with_extensions(&extensions);

    let url = DatabaseUrl::parse("sqlite://app.db", place)?;
    let mut connection = Connection::open(&url, Open::Create).await?;
    connection
        .execute(&format!("CREATE TABLE {TABLE} (name TEXT, job TEXT)"))
        .await?;
    let rows =
        format!("INSERT INTO {TABLE} VALUES ('sweep', 'daily: DELETE FROM sessions'), ('old', 'never')");
    connection.execute(&rows).await?;

    let live = reflect::reflect(&mut connection, &filter).await?.schema;
    let source = Source::parse("schema.sql", place)?;
    let target = realise(&source, &Context::new(Engine::Sqlite, &filter))
        .await?
        .schema;
    let options = CompareOptions {
        extensions,
        ..CompareOptions::default()
    };
    let found = compare(Pair::new(&live, &target), sqlite, &options)?;
    let plan = plan(&found.upgrade, &live, sqlite)?;
    for step in &plan.steps {
        for statement in &step.statements {
            connection.execute(&statement.sql).await?;
        }
    }
    let now = reflect::reflect(&mut connection, &filter).await?.schema;
    let mut said: Vec<String> = found.upgrade.iter().map(Directive::summary).collect();
    let left = compare(Pair::new(&now, &target), sqlite, &options)?;
    said.push(if left.is_empty() { "in step" } else { "not in step" }.to_owned());
    Ok(said)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let place = std::env::temp_dir().join(format!("autogen-jobs-{}", std::process::id()));
    let said = run(&place).await;
    let _ = std::fs::remove_dir_all(&place);
    for line in said? {
        println!("{line}");
    }
    Ok(())
}
