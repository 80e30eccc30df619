//! For any two schemas of PostgreSQL and any rows: the script reads back as it was written, the upgrade leads to the second, a second
//! look finds no difference, `pg_dump` neither, the downgrade leads back to the first, and no row is lost in a table and column that
//! stay. Or the rows contradict, and nothing has changed.
//!
//! `AUTOGEN_PAIRS` sets the number of pairs for each version, `AUTOGEN_SEED` the first seed, `AUTOGEN_VERSION` the one version of the
//! server. A failure prints both schemas and its seed.

#[path = "support/generate_postgres/mod.rs"]
mod generate_postgres;
#[path = "support/observer_postgres.rs"]
mod observer_postgres;
#[path = "support/pairs.rs"]
mod pairs;
mod support;

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::database::{DatabaseUrl, Open};
use autogen::dialect::Placement;
use autogen::migrate::{Migrator, Options};
use autogen::plan::plan;
use autogen::reflect::reflect;
use autogen::schema::Schema;
use autogen::{Connection, Engine, ErrorKind, dialect};
use generate_postgres as generate;
use observer_postgres::{self as observer, dump};
use pairs::{One, setting, try_all};
use std::path::Path;
use support::generate::Numbers;
use support::server::{Database, Server, postgres};

/// How many pairs each version gets.
const PAIRS: [(u32, u64); 2] = [(15, 180), (18, 120)];
const OWN: [&str; 2] = ["autogen_version", "autogen_history"];

async fn connect(database: &Database) -> Connection {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).expect("a URL");
    Connection::open(&url, Open::ReadWrite)
        .await
        .expect("a connection")
}

async fn loaded(server: &'static Server, sql: &str) -> (Database, Connection) {
    let database = server.database("pair");
    let mut connection = connect(&database).await;
    connection
        .execute(sql)
        .await
        .unwrap_or_else(|e| panic!("the generator has made what cannot be: {e}\n{sql}"));
    (database, connection)
}

async fn schema_of(connection: &mut Connection) -> Schema {
    let filter = Filter::everything().hiding(OWN);
    let reflection = reflect(connection, &filter).await.expect("a schema");
    assert_eq!(reflection.notices, [], "everything can be read");
    reflection.schema
}

async fn empty_all(connection: &mut Connection) {
    connection
        .execute(
            "DO $$ DECLARE t text; BEGIN
               FOR t IN SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'app') AND c.relname NOT LIKE 'autogen\\_%'
               LOOP EXECUTE 'TRUNCATE ' || t || ' CASCADE'; END LOOP;
             END $$",
        )
        .await
        .expect("all empty");
}

/// Goes up or down; gives whether rows contradicted, in which case nothing has changed and it was done again without rows.
async fn go(
    database: &Database,
    connection: &mut Connection,
    script: &One,
    is_upgrade: bool,
    context: &str,
) -> bool {
    let directives = if is_upgrade {
        &script.script.upgrade
    } else {
        &script.script.downgrade
    };
    let live = schema_of(connection).await;
    let postgres = dialect::for_engine(Engine::Postgres).expect("a dialect");
    let plan = plan(directives, &live, postgres).unwrap_or_else(|e| panic!("{e}\n{context}"));
    let mut statements = plan.steps.iter().flat_map(|step| &step.statements);
    let is_parted = statements.any(|statement| statement.placement != Placement::Inside);
    let from = dump(database);
    let rows = observer::rows(connection).await;
    let mut contradicted = false;
    loop {
        let options = Options::default();
        let mut migrator =
            Migrator::new(connect(database).await, Engine::Postgres, script, &options).expect("a migrator");
        let done = if is_upgrade {
            migrator.upgrade("head").await
        } else {
            migrator.downgrade("base").await
        };
        if let Some(connection) = migrator.into_connection().await.expect("a connection") {
            connection.close().await.expect("the end");
        }
        let now = match done {
            Ok(_) => observer::rows(connection).await,
            Err(error) => {
                assert!(!contradicted, "without rows: {error:?}\n{context}");
                assert_eq!(error.kind(), ErrorKind::RowsContradict, "{error:?}\n{context}");
                let left = observer::difference(&from, &dump(database));
                // What had to be committed ahead stays; the next run goes on behind it.
                assert!(
                    left.is_empty() || is_parted,
                    "a refusal changes nothing: {left:#?}\n{context}"
                );
                let kept = observer::rows(connection).await;
                assert_eq!(kept, rows, "a refusal loses nothing\n{context}");
                contradicted = true;
                empty_all(connection).await;
                continue;
            }
        };
        if !contradicted {
            let lost = observer::lost(&rows, &now);
            assert!(lost.is_empty(), "{lost:#?}\n{context}");
        }
        return contradicted;
    }
}

async fn one_pair(server: &'static Server, seed: u64) -> [bool; 2] {
    let version = server.installation.version;
    let mut numbers = Numbers::new(seed);
    let before = generate::schema(&mut numbers, version);
    let mut after = if numbers.chance(85) {
        generate::changed(&before, &mut numbers)
    } else {
        generate::schema(&mut numbers, version)
    };
    generate::settle(&before, &mut after);
    let context = format!(
        "AUTOGEN_SEED={seed} AUTOGEN_VERSION={version} AUTOGEN_PAIRS=1\n-- before\n{}\n-- after\n{}",
        before.sql(),
        after.sql()
    );
    let postgres = dialect::for_engine(Engine::Postgres).expect("a dialect");

    let (database, mut connection) = loaded(server, &before.sql()).await;
    let (wanted, mut reading) = loaded(server, &after.sql()).await;
    for [full, fallback] in generate::inserts(&before, &mut numbers) {
        if connection.execute(&full).await.is_err() {
            let _ = connection.execute(&fallback).await;
        }
    }
    let target = schema_of(&mut reading).await;
    let live = schema_of(&mut connection).await;
    let from = dump(&database);
    let to = dump(&wanted);

    let options = CompareOptions::default();
    let comparison =
        compare(Pair::new(&live, &target), postgres, &options).unwrap_or_else(|e| panic!("{e}\n{context}"));
    let again = compare(Pair::new(&live, &target), postgres, &options).expect("a comparison");
    assert_eq!(comparison, again, "a comparison is the same twice\n{context}");
    let one = One::of(comparison, postgres, &context);
    let context = format!("{context}\n-- script\n{}", one.text);

    let up = go(&database, &mut connection, &one, true, &context).await;
    let left = observer::difference(&to, &dump(&database));
    assert!(left.is_empty(), "pg_dump after the upgrade: {left:#?}\n{context}");
    let reached = schema_of(&mut connection).await;
    let left = compare(Pair::new(&reached, &target), postgres, &options).expect("a comparison");
    assert_eq!(left.upgrade, [], "a second look finds no difference\n{context}");

    let down = go(&database, &mut connection, &one, false, &context).await;
    let left = observer::difference(&from, &dump(&database));
    assert!(
        left.is_empty(),
        "pg_dump after the downgrade: {left:#?}\n{context}"
    );
    let reached = schema_of(&mut connection).await;
    let left = compare(Pair::new(&reached, &live), postgres, &options).expect("a comparison");
    assert_eq!(left.upgrade, [], "the downgrade leads back\n{context}");
    connection.close().await.expect("the end");
    reading.close().await.expect("the end");
    [up, down]
}

#[test]
fn any_schema_leads_to_any_other_and_back() {
    let first = setting("AUTOGEN_SEED").unwrap_or(1);
    let mut work = Vec::new();
    for server in postgres() {
        let version = server.installation.version;
        let pairs = PAIRS
            .iter()
            .find(|(v, _)| *v == version)
            .map_or(100, |(_, pairs)| *pairs);
        if setting("AUTOGEN_VERSION").is_none_or(|v| v == u64::from(version)) {
            let pairs = setting("AUTOGEN_PAIRS").unwrap_or(pairs);
            work.extend((first..first + pairs).map(|seed| (version, seed)));
        }
    }
    try_all(&work, async |version, seed| {
        let mut servers = postgres().iter();
        let server = servers.find(|server| server.installation.version == version);
        one_pair(server.expect("it is there"), seed).await
    });
}
