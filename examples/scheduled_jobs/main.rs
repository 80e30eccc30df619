//! A kind of objects of one's own: jobs that a scheduler runs, each a row of a table. The program declares which there are to be; the
//! comparison finds what to create, change and drop, beside tables and all else.
//!
//! `cd examples/scheduled_jobs; cargo run --example scheduled_jobs -- revision -m jobs`, then `upgrade head`, `check`.

use autogen::dialect::Statement;
use autogen::directive::Change;
use autogen::extend::{CustomObject, Extensions, Reading, Site, custom_object};
use autogen::schema::Object;
use autogen::{Connection, Engine, Environment, Result};
use std::process::ExitCode;

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

/// The kind, with the jobs there are to be.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().object_kind(Jobs {
        declared: vec![
            ("sweep", "hourly: DELETE FROM sessions"),
            ("report", "daily: SELECT 1"),
        ],
    })
}

/// What this program adds to the command line.
pub(crate) fn environment() -> Environment {
    Environment::new().extensions(extensions())
}

fn main() -> ExitCode {
    autogen::cli::run(environment())
}
