//! Kinds of objects that a program defines, and names that it leaves out.

use crate::project::{Project, header, sqlite};
use autogen::compare::{CompareOptions, Comparison, Pair, compare};
use autogen::config::Filter;
use autogen::dialect::Statement;
use autogen::directive::{Change, Directive};
use autogen::extend::{CustomObject, Extensions, Reading, Site, custom_object};
use autogen::schema::Object;
use autogen::script::Script;
use autogen::target::{Context, Source, realise};
use autogen::{Connection, Engine, ErrorKind, Result, reflect};

/// A job that something outside the database runs, as a row of the table `jobs`. Its definition is how often and what.
struct Job {
    declared: Vec<(&'static str, &'static str, &'static str)>,
}

const KIND: &str = "job";

impl CustomObject for Job {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn serves(&self, engine: Engine) -> bool {
        engine == Engine::Sqlite
    }

    fn reflect<'a>(&'a self, connection: &'a mut Connection) -> Reading<'a> {
        Box::pin(async move {
            let is_there = "SELECT 1 FROM sqlite_master WHERE name = 'jobs'";
            if connection.query(is_there).await?.is_empty() {
                return Ok(Vec::new());
            }
            let rows = connection
                .query("SELECT name, definition, reads FROM jobs")
                .await?;
            rows.iter()
                .map(|row| {
                    Ok(custom_object(
                        KIND,
                        row.text(0)?,
                        row.text(1)?,
                        [row.text(2)?, "jobs"],
                    ))
                })
                .collect()
        })
    }

    fn declared(&self, _: Engine) -> Vec<Object> {
        let objects = self.declared.iter();
        objects
            .map(|(name, definition, reads)| custom_object(KIND, *name, *definition, [*reads, "jobs"]))
            .collect()
    }

    fn create_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<Statement>> {
        let reads = object.depends_on.iter().find(|name| name.name.as_str() != "jobs");
        let values = [
            object.id.name.name.as_str(),
            object.definition.as_str(),
            reads.map_or("", |name| &name.name),
        ];
        let values = values.map(|text| site.text(text)).join(", ");
        Ok(vec![Statement::new(format!(
            "INSERT INTO jobs VALUES ({values})"
        ))])
    }

    fn drop_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<Statement>> {
        let name = site.text(&object.id.name.name);
        Ok(vec![Statement::new(format!(
            "DELETE FROM jobs WHERE name = {name}"
        ))])
    }

    fn replace_sql(&self, change: &Change<Object>, site: &Site<'_>) -> Result<Vec<Statement>> {
        let [definition, name] =
            [&*change.new.definition, &*change.new.id.name.name].map(|text| site.text(text));
        Ok(vec![Statement::new(format!(
            "UPDATE jobs SET definition = {definition} WHERE name = {name}"
        ))])
    }

    fn canonical(&self, object: &Object) -> Object {
        let mut object = object.clone();
        object.definition = object.definition.to_lowercase().into();
        object
    }
}

const SCHEMA: &str =
    "CREATE TABLE jobs (name TEXT, definition TEXT, reads TEXT); CREATE TABLE orders (id INTEGER);";

fn extensions(declared: &[(&'static str, &'static str, &'static str)]) -> Extensions {
    Extensions::new().object_kind(Job {
        declared: declared.to_vec(),
    })
}

/// Compares the project's database with the schema and what the program declares.
async fn compared(project: &Project, sql: &str) -> Comparison {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::write(place.path().join("schema.sql"), sql).expect("a file");
    let filter = Filter::everything()
        .hiding(["autogen_version", "autogen_history"])
        .with_extensions(&project.extensions);
    let source = Source::parse("schema.sql", place.path()).expect("a source");
    let target = realise(&source, &Context::new(Engine::Sqlite, &filter))
        .await
        .expect("a schema")
        .schema;
    let mut connection = project.connection().await;
    let live = reflect::reflect(&mut connection, &filter)
        .await
        .expect("a schema")
        .schema;
    let options = CompareOptions {
        extensions: project.extensions.clone(),
        ..CompareOptions::default()
    };
    compare(Pair::new(&live, &target), sqlite(), &options).expect("a comparison")
}

fn summaries(directives: &[Directive]) -> Vec<String> {
    directives.iter().map(Directive::summary).collect()
}

fn script(id: &str, revises: &[&str], found: &Comparison) -> Script {
    Script {
        header: header(id, revises),
        downgrade: found.downgrade(sqlite()),
        upgrade: found.upgrade.clone(),
    }
}

#[tokio::test]
async fn objects_of_a_kind_of_ones_own_go_all_the_way() {
    let mut project = Project::new(extensions(&[
        ("sweep", "daily: purge", "orders"),
        ("mail", "hourly: send", "orders"),
    ]));
    let found = compared(&project, SCHEMA).await;
    // They come behind what they read.
    assert_eq!(
        summaries(&found.upgrade),
        [
            "jobs: new table",
            "orders: new table",
            "mail: new job",
            "sweep: new job"
        ]
    );
    let text = project.add(&script("aaaa", &[], &found));
    assert!(
        text.contains("op.create_object(\"job\", \"sweep\", \"daily: purge\")\n        .depends_on([\"jobs\", \"orders\"]);"),
        "{text}"
    );
    project.upgrade("head").await.expect("an upgrade");
    assert_eq!(
        project.texts("SELECT name FROM jobs ORDER BY 1").await,
        ["mail", "sweep"]
    );
    assert!(compared(&project, SCHEMA).await.is_empty());

    // Another spelling is no difference, another definition is; what is not declared any more goes, before what it reads.
    project.extensions = extensions(&[("sweep", "Weekly: PURGE", "orders")]);
    let found = compared(&project, SCHEMA).await;
    assert_eq!(
        summaries(&found.upgrade),
        ["mail: drop job", "sweep: replace job"]
    );
    project.extensions = extensions(&[("sweep", "DAILY: purge", "orders")]);
    assert_eq!(
        summaries(&compared(&project, SCHEMA).await.upgrade),
        ["mail: drop job"]
    );
    project.extensions = extensions(&[]);
    let jobs = SCHEMA.split_inclusive(';').next().expect("a table");
    let found = compared(&project, jobs).await;
    assert_eq!(
        summaries(&found.upgrade),
        ["mail: drop job", "sweep: drop job", "orders: drop table"]
    );
    project.add(&script("bbbb", &["aaaa"], &found));
    project.upgrade("head").await.expect("an upgrade");
    assert_eq!(project.texts("SELECT name FROM jobs").await, Vec::<String>::new());

    // And all the way back.
    project.downgrade("aaaa").await.expect("a downgrade");
    assert_eq!(
        project.texts("SELECT name FROM jobs ORDER BY 1").await,
        ["mail", "sweep"]
    );
    project.downgrade("base").await.expect("a downgrade");
    assert_eq!(
        project
            .texts("SELECT name FROM sqlite_master WHERE name = 'jobs'")
            .await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_definition_is_replaced_as_the_kind_says() {
    let mut project = Project::new(extensions(&[("sweep", "daily: purge", "orders")]));
    let found = compared(&project, SCHEMA).await;
    project.add(&script("aaaa", &[], &found));
    project.upgrade("head").await.expect("an upgrade");
    project.extensions = extensions(&[("sweep", "weekly: purge", "orders")]);
    let found = compared(&project, SCHEMA).await;
    project.add(&script("bbbb", &["aaaa"], &found));
    let sql = project.upgrade_sql("head").await.expect("a preview");
    assert!(
        sql.contains("UPDATE jobs SET definition = 'weekly: purge' WHERE name = 'sweep';"),
        "{sql}"
    );
    project.upgrade("head").await.expect("an upgrade");
    assert!(compared(&project, SCHEMA).await.is_empty());
    project.downgrade("aaaa").await.expect("a downgrade");
    assert_eq!(
        project.texts("SELECT definition FROM jobs").await,
        ["daily: purge"]
    );
}

#[tokio::test]
async fn a_history_that_makes_them_can_be_replayed() {
    let project = Project::new(extensions(&[("sweep", "daily: purge", "orders")]));
    let found = compared(&project, SCHEMA).await;
    project.add(&script("aaaa", &[], &found));
    let (folder, filter) = (
        project.folder(),
        Filter::everything().with_extensions(&project.extensions),
    );
    let context = Context {
        scripts: Some(&folder),
        ..Context::new(Engine::Sqlite, &filter)
    };
    let replayed = realise(&Source::Migrations(None), &context)
        .await
        .expect("a schema");
    let ids: Vec<String> = replayed.schema.objects.keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["job sweep"]);
}

#[tokio::test]
async fn a_program_that_does_not_know_the_kind_refuses_before_anything_runs() {
    let mut project = Project::new(extensions(&[("sweep", "daily: purge", "orders")]));
    let found = compared(&project, SCHEMA).await;
    project.add(&script("aaaa", &[], &found));
    project.extensions = Extensions::new();
    let error = project.upgrade("head").await.expect_err("an unknown kind");
    assert_eq!(error.kind(), ErrorKind::Script);
    assert!(
        error
            .message()
            .contains(r#"no such thing: an object of kind "job""#),
        "{error}"
    );
    assert!(
        error.hints().iter().any(|hint| hint.contains("run that instead")),
        "{:?}",
        error.hints()
    );
    assert_eq!(
        project
            .texts("SELECT name FROM sqlite_master WHERE name = 'jobs'")
            .await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn names_that_are_left_out_are_read_from_neither_side() {
    let none = Extensions::new().include_name(|name| match name.kind {
        "table" => !name.name.starts_with("tmp_"),
        "column" => !(name.name == "secret" && name.parent == Some(("table", "orders"))),
        "index" => name.name != "ix",
        _ => true,
    });
    let project = Project::new(none);
    let mut connection = project.connection().await;
    for sql in [
        "CREATE TABLE tmp_a (x)",
        "CREATE TABLE orders (id INTEGER, secret TEXT)",
        "CREATE INDEX ix ON orders (id)",
    ] {
        connection.execute(sql).await.expect("SQL");
    }
    let found = compared(
        &project,
        "CREATE TABLE orders (id INTEGER); CREATE TABLE tmp_b (y); CREATE TABLE c (z);",
    )
    .await;
    assert_eq!(summaries(&found.upgrade), ["c: new table"]);
}
