//! What the reflector reads from SQLite is all there is: written out again it makes the same database.

#![expect(clippy::format_collect, reason = "a test may build text the plain way")]

use autogen::config::Filter;
use autogen::dialect::{Dialect, sqlite::Sqlite};
use autogen::directive::Directive;
use autogen::reflect::reflect;
use autogen::schema::{Identity, Schema};
use autogen::{Connection, Notice};

const HOSTILE: &str = include_str!("../fixtures/sqlite/hostile.sql");

async fn load(sql: &str) -> Connection {
    let mut connection = Connection::memory().await.expect("a scratch database");
    connection.execute(sql).await.expect("the fixture loads");
    connection
}

async fn reflected(connection: &mut Connection) -> (Schema, Vec<Notice>) {
    let reflection = reflect(connection, &Filter::everything())
        .await
        .expect("a schema");
    (reflection.schema, reflection.notices)
}

/// All statements that make the schema, in an order that works on SQLite.
fn written(schema: &Schema) -> String {
    let tables = schema.tables.values().map(|t| {
        let mut table = t.clone();
        table.indexes.clear();
        Directive::CreateTable(Box::new(table))
    });
    let indexes = schema.tables.values().flat_map(|t| {
        t.indexes.iter().map(|i| Directive::CreateIndex {
            table: t.name.clone(),
            index: Box::new(i.clone()),
        })
    });
    let objects = |wanted: fn(&str) -> bool| {
        schema
            .objects
            .values()
            .filter(move |o| wanted(o.id.kind.as_str()))
            .cloned()
            .map(Directive::CreateObject)
    };
    let empty = Schema::new();
    tables
        .chain(indexes)
        .chain(objects(|kind| kind != "trigger"))
        .chain(objects(|kind| kind == "trigger"))
        .flat_map(|directive| {
            Sqlite
                .compile(&directive, &empty, schema)
                .expect("SQLite can do it")
        })
        .map(|statement| format!("{};\n", statement.sql))
        .collect()
}

fn canonical(schema: &Schema) -> Schema {
    let mut out = Schema::new();
    schema
        .tables
        .values()
        .for_each(|t| out.insert_table(Sqlite.canonical_table(t)));
    schema
        .objects
        .values()
        .for_each(|o| out.insert_object(Sqlite.canonical_object(o)));
    out
}

#[tokio::test]
async fn what_is_written_reflects_back_equal() {
    let (first, notices) = reflected(&mut load(HOSTILE).await).await;
    assert_eq!(notices, []);
    let sql = written(&first);
    let (second, _) = reflected(&mut load(&sql).await).await;
    similar_asserts(&canonical(&first), &canonical(&second), &sql);
}

fn similar_asserts(first: &Schema, second: &Schema, sql: &str) {
    for (name, table) in &first.tables {
        assert_eq!(Some(table), second.tables.get(name), "table {name}\n{sql}");
    }
    assert_eq!(first, second, "{sql}");
}

#[tokio::test]
async fn the_json_form_reads_back_equal() {
    let (schema, _) = reflected(&mut load(HOSTILE).await).await;
    let json = serde_json::to_string(&schema.to_json("sqlite")).expect("json");
    let (read, dialect) = Schema::from_json(serde_json::from_str(&json).expect("json")).expect("a schema");
    assert_eq!(read, schema);
    assert_eq!(dialect, "sqlite");
}

#[tokio::test]
async fn the_number_of_queries_does_not_grow_with_the_number_of_tables() {
    let mut trips = Vec::new();
    for tables in [10, 1000] {
        let sql: String = (0..tables)
            .map(|n| format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, a TEXT UNIQUE); CREATE INDEX i{n} ON t{n} (a);"))
            .collect();
        let mut connection = load(&sql).await;
        let before = connection.round_trips();
        let (schema, _) = reflected(&mut connection).await;
        assert_eq!(schema.tables.len(), tables);
        trips.push(connection.round_trips() - before);
    }
    assert_eq!(trips, [1, 1]);
}

#[tokio::test]
async fn shadow_tables_and_sqlites_own_tables_are_left_alone() {
    let (schema, _) = reflected(
        &mut load(
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);
             CREATE VIRTUAL TABLE ft USING fts5(body);
             CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);
             CREATE TABLE ft_notes (n);
             INSERT INTO a DEFAULT VALUES;
             ANALYZE;",
        )
        .await,
    )
    .await;
    let tables: Vec<String> = schema.tables.keys().map(ToString::to_string).collect();
    assert_eq!(tables, ["a", "ft_notes"]);
    let objects: Vec<String> = schema.objects.keys().map(ToString::to_string).collect();
    assert_eq!(objects, ["virtual table box", "virtual table ft"]);
}

/// sea-schema's discovery is another pair of eyes: every table, column and primary key that it reports must be in ours.
#[tokio::test]
async fn another_reflector_sees_nothing_that_ours_does_not() {
    use sea_schema::sqlite::discovery::SchemaDiscovery;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hostile.db");
    let url =
        autogen::DatabaseUrl::parse(&format!("sqlite://{}", path.display()), folder.path()).expect("a URL");
    let mut connection = Connection::open(&url, autogen::database::Open::Create)
        .await
        .expect("a database");
    connection.execute(HOSTILE).await.expect("the fixture loads");
    let (schema, _) = reflected(&mut connection).await;

    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display()))
        .await
        .expect("a pool");
    let theirs = SchemaDiscovery::new(pool).discover().await.expect("a discovery");
    let virtual_tables: Vec<&str> = schema
        .objects
        .keys()
        .filter(|id| id.kind.as_str() == "virtual table")
        .map(|id| id.name.name.as_str())
        .collect();
    let mut compared = 0;
    for table in &theirs.tables {
        if virtual_tables
            .iter()
            .any(|v| table.name == *v || table.name.starts_with(&format!("{v}_")))
        {
            continue;
        }
        let ours = schema
            .tables
            .get(&autogen::schema::QName::plain(table.name.as_str()))
            .unwrap_or_else(|| panic!("table {} is missing", table.name));
        for column in &table.columns {
            let own = ours
                .column(&column.name)
                .unwrap_or_else(|| panic!("{}.{} is missing", table.name, column.name));
            let in_key = ours
                .primary_key
                .as_ref()
                .is_some_and(|k| k.columns.iter().any(|p| p.column_name() == Some(&own.name)));
            assert_eq!(column.primary_key, in_key, "{}.{}", table.name, column.name);
            compared += 1;
        }
        for key in &table.foreign_keys {
            let _ = key;
        }
    }
    assert!(compared > 30, "only {compared} columns were compared");
    let counted = schema
        .tables
        .values()
        .filter(|t| t.columns.iter().any(|c| c.identity == Some(Identity::Auto)))
        .count();
    assert!(counted > 0);
}
