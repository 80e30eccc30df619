//! What matters on an engine that keeps track of what leans on what, and has transactions around everything.

use crate::examples::audit_trigger;
use crate::server::{self, Database};
use autogen::compare::{CompareOptions, Comparison, Pair, Rename, RenameOf, RenameOrigin, compare};
use autogen::config::Filter;
use autogen::database::Open;
use autogen::dialect::{Dialect, for_engine};
use autogen::directive::{Change, ColumnChange, Directive};
use autogen::extend::{
    Comparator, CustomObject, Element, Elements, Extensions, Findings, Flow, Level, Priority, Reading, Site,
    Subject, custom_object,
};
use autogen::migrate::{Migrator, Options};
use autogen::plan::plan;
use autogen::schema::{Object, Schema};
use autogen::script::Folder;
use autogen::{Connection, DatabaseUrl, Engine, Result, reflect};
use std::path::Path;

fn dialect() -> &'static dyn Dialect {
    for_engine(Engine::Postgres).expect("a dialect")
}

async fn open(database: &Database) -> Connection {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).expect("a URL");
    Connection::open(&url, Open::Create).await.expect("a connection")
}

async fn schema(connection: &mut Connection, filter: &Filter) -> Schema {
    reflect::reflect(connection, filter)
        .await
        .expect("a schema")
        .schema
}

async fn apply(connection: &mut Connection, directives: &[Directive], before: &Schema) {
    let plan = plan(directives, before, dialect()).expect("a plan");
    for statement in plan.steps.iter().flat_map(|step| &step.statements) {
        if let Err(error) = connection.execute(&statement.sql).await {
            panic!("{}: {error}", statement.sql);
        }
    }
}

fn found(live: &Schema, target: &Schema, options: &CompareOptions) -> Comparison {
    compare(Pair::new(live, target), dialect(), options).expect("a comparison")
}

fn summaries(directives: &[Directive]) -> Vec<String> {
    directives.iter().map(Directive::summary).collect()
}

const LIVE: &str = "CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE s;
    CREATE TABLE parent (id int PRIMARY KEY, old text);
    CREATE TABLE t (id int PRIMARY KEY, a int, m mood, p int REFERENCES parent, gone text DEFAULT 'x');
    CREATE INDEX ix ON t (a); COMMENT ON TABLE t IS 'old';
    CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT id FROM v; CREATE TABLE left_over (x int)";
const TARGET: &str = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE SEQUENCE s START 5; CREATE SCHEMA more;
    CREATE TABLE parent (id int PRIMARY KEY, new text);
    CREATE TABLE t (id int PRIMARY KEY, a bigint NOT NULL DEFAULT 0, m mood, p int REFERENCES parent ON DELETE CASCADE);
    CREATE INDEX ix ON t (p); COMMENT ON TABLE t IS 'new';
    CREATE VIEW v AS SELECT id, a, p FROM t; CREATE TABLE more.u (x int)";

#[tokio::test]
async fn whatever_is_left_out_the_script_runs_and_comes_back() {
    let server = &server::postgres()[0];
    let (live, target) = (server.database("left_out"), server.database("left_out_target"));
    live.sql(LIVE);
    target.sql(TARGET);
    let filter = Filter::everything();
    let target = schema(&mut open(&target).await, &filter).await;
    let mut connection = open(&live).await;
    let start = schema(&mut connection, &filter).await;
    for element in Element::ALL {
        let options = CompareOptions {
            elements: Elements::all().without(element),
            ..CompareOptions::default()
        };
        let there = found(&start, &target, &options);
        apply(&mut connection, &there.upgrade, &start).await;
        let now = schema(&mut connection, &filter).await;
        let left = found(&now, &target, &options);
        assert_eq!(summaries(&left.upgrade), Vec::<String>::new(), "{element}");
        apply(&mut connection, &there.downgrade(dialect()), &now).await;
        let back = schema(&mut connection, &filter).await;
        let left = found(&back, &start, &CompareOptions::default());
        assert_eq!(summaries(&left.upgrade), Vec::<String>::new(), "{element}");
    }
}

/// Wants every column `n` to be numeric.
struct Numeric;

impl Comparator for Numeric {
    fn name(&self) -> &'static str {
        "acme.numeric"
    }

    fn level(&self) -> Level {
        Level::Column
    }

    fn element(&self) -> Option<Element> {
        Some(Element::Types)
    }

    fn priority(&self) -> Priority {
        Priority::First
    }

    fn compare(&self, subject: &Subject<'_>, _: &dyn Dialect, findings: &mut Findings) -> Result<Flow> {
        if let Subject::Column { tables, columns } = subject
            && columns.target.name.as_str() == "n"
            && columns.live.ty.as_str() != "numeric"
        {
            let change = Change::new(columns.live.ty.clone(), "numeric".into());
            findings.change_column(&tables.live.name, columns.live, ColumnChange::Type(change));
            return Ok(Flow::Stop);
        }
        Ok(Flow::Continue)
    }
}

#[tokio::test]
async fn what_a_comparator_finds_takes_along_what_leans_on_it() {
    let server = &server::postgres()[0];
    let (live, target) = (server.database("finds"), server.database("finds_target"));
    live.sql("CREATE TABLE old (m int); CREATE VIEW v AS SELECT m FROM old");
    target.sql("CREATE TABLE new (n int); CREATE VIEW v AS SELECT n AS m FROM new");
    let filter = Filter::everything();
    let target = schema(&mut open(&target).await, &filter).await;
    let mut connection = open(&live).await;
    let start = schema(&mut connection, &filter).await;
    let rename = |what| Rename {
        what,
        origin: RenameOrigin::Flag,
    };
    let options = CompareOptions {
        renames: vec![
            rename(RenameOf::Table {
                old: "old".into(),
                new: "new".into(),
            }),
            rename(RenameOf::Column {
                table: "new".into(),
                old: "m".into(),
                new: "n".into(),
            }),
        ],
        extensions: Extensions::new().comparator(Numeric),
        ..CompareOptions::default()
    };
    let there = found(&start, &target, &options);
    apply(&mut connection, &there.upgrade, &start).await;
    assert_eq!(live.sql("SELECT pg_typeof(n) FROM new UNION SELECT data_type::regtype FROM information_schema.columns WHERE table_name = 'v'").trim(), "numeric");
    let now = schema(&mut connection, &filter).await;
    apply(&mut connection, &there.downgrade(dialect()), &now).await;
    let back = schema(&mut connection, &filter).await;
    let left = found(&back, &start, &CompareOptions::default());
    assert_eq!(summaries(&left.upgrade), Vec::<String>::new());
}

#[tokio::test]
async fn a_directive_and_an_error_in_the_middle_leave_nothing_behind() {
    let server = &server::postgres()[0];
    let database = server.database("custom");
    let place = tempfile::tempdir().expect("a folder");
    let script = |id: &str, revises: &str, body: &str| {
        let text = format!(
            "use autogen::script::*;\npub const REVISION: Revision = Revision::new(\"{id}\"){revises};\n\
             pub fn upgrade(op: &mut Operations) {{\n{body}\n}}\npub fn downgrade(op: &mut Operations) {{\n\
             op.custom(\"audit_table\").field(\"table\", \"orders\").field(\"stop\", true);\nop.drop_table(\"orders\").column(\"id\", integer());\n}}\n"
        );
        std::fs::write(place.path().join(format!("{id}.rs")), text).expect("a file");
    };
    let audit = "op.create_table(\"orders\").column(\"id\", integer());\nop.custom(\"audit_table\").field(\"table\", \"orders\");";
    script("aaaa", "", &format!("{audit}\nop.execute(\"SELECT 1 / 0\");"));
    let connection = open(&database).await;
    let folder = Folder::load(place.path())
        .expect("scripts")
        .with_extensions(&audit_trigger::extensions());
    let mut migrator =
        Migrator::new(connection, Engine::Postgres, &folder, &Options::default()).expect("a migrator");
    assert!(migrator.upgrade("head").await.is_err());
    assert_eq!(
        database
            .sql("SELECT count(*) FROM pg_proc WHERE proname = 'orders_audit'")
            .trim(),
        "0"
    );

    script(
        "aaaa",
        "",
        &format!("{audit}\nop.execute(\"INSERT INTO orders VALUES (7)\");"),
    );
    let connection = open(&database).await;
    let folder = Folder::load(place.path())
        .expect("scripts")
        .with_extensions(&audit_trigger::extensions());
    let mut migrator =
        Migrator::new(connection, Engine::Postgres, &folder, &Options::default()).expect("a migrator");
    migrator.upgrade("head").await.expect("an upgrade");
    assert_eq!(
        database.sql("SELECT what, new->>'id' FROM orders_audit").trim(),
        "INSERT|7"
    );
    migrator.downgrade("base").await.expect("a downgrade");
    assert_eq!(
        database
            .sql("SELECT count(*) FROM pg_proc WHERE proname = 'orders_audit'")
            .trim(),
        "0"
    );
}

/// Settings of the database itself, which autogen does not look at: `ALTER DATABASE .. SET ..`.
struct DatabaseSetting(Vec<(&'static str, &'static str)>);

impl CustomObject for DatabaseSetting {
    fn kind(&self) -> &'static str {
        "database setting"
    }

    fn reflect<'a>(&'a self, connection: &'a mut Connection) -> Reading<'a> {
        Box::pin(async move {
            let rows = "SELECT split_part(one, '=', 1), split_part(one, '=', 2) FROM pg_db_role_setting, unnest(setconfig) AS one
                WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())";
            let rows = connection.query(rows).await?;
            let none: [&str; 0] = [];
            rows.iter()
                .map(|row| Ok(custom_object(self.kind(), row.text(0)?, row.text(1)?, none)))
                .collect()
        })
    }

    fn declared(&self, _: Engine) -> Vec<Object> {
        let none: [&str; 0] = [];
        self.0
            .iter()
            .map(|(name, value)| custom_object(self.kind(), *name, *value, none))
            .collect()
    }

    fn create_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<autogen::dialect::Statement>> {
        let (name, value) = (site.quote(&object.id.name.name), site.text(&object.definition));
        let set = format!("ALTER DATABASE %I SET {name} = {}", value.replace('\'', "''"));
        Ok(vec![autogen::dialect::Statement::new(format!(
            "DO $do$ BEGIN EXECUTE format('{set}', current_database()); END $do$"
        ))])
    }

    fn drop_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<autogen::dialect::Statement>> {
        let name = site.quote(&object.id.name.name);
        Ok(vec![autogen::dialect::Statement::new(format!(
            "DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I RESET {name}', current_database()); END $do$"
        ))])
    }
}

#[tokio::test]
async fn objects_of_a_kind_of_ones_own_are_brought_in_step() {
    let server = &server::postgres()[0];
    let database = server.database("settings");
    database.sql(&format!(
        "ALTER DATABASE \"{}\" SET work_mem = '8MB'",
        database.url().rsplit('/').next().unwrap_or_default()
    ));
    let extensions =
        Extensions::new().object_kind(DatabaseSetting(vec![("work_mem", "16MB"), ("jit", "off")]));
    let filter = Filter::everything().with_extensions(&extensions);
    let mut connection = open(&database).await;
    let start = schema(&mut connection, &filter).await;
    let mut target = Schema::new();
    for object in DatabaseSetting(vec![("work_mem", "16MB"), ("jit", "off")]).declared(Engine::Postgres) {
        target.insert_object(object);
    }
    extensions.resolve_schema(&mut target);
    let there = found(&start, &target, &CompareOptions::default());
    assert_eq!(
        summaries(&there.upgrade),
        ["jit: new database setting", "work_mem: replace database setting"]
    );
    apply(&mut connection, &there.upgrade, &start).await;
    let now = schema(&mut connection, &filter).await;
    assert_eq!(
        summaries(&found(&now, &target, &CompareOptions::default()).upgrade),
        Vec::<String>::new()
    );
}
