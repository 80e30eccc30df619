//! For any two schemas of MySQL and MariaDB and any rows: the script reads back as it was written, the upgrade leads to the second, a
//! second look finds no difference, `SHOW CREATE` neither, the downgrade leads back to the first, and no row is lost in a table and
//! column that stay. Or the rows contradict, nothing is lost, and without them the next run goes on to the end.
//!
//! `AUTOGEN_PAIRS` sets the number of pairs for each engine, `AUTOGEN_SEED` the first seed, `AUTOGEN_ENGINE` the one engine. A failure
//! prints both schemas and its seed.

#[path = "support/generate_mysql/mod.rs"]
mod generate_mysql;
#[path = "support/observer_mysql.rs"]
mod observer_mysql;
#[path = "support/pairs.rs"]
mod pairs;
mod support;

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::database::{DatabaseUrl, Open};
use autogen::migrate::{Migrator, Options};
use autogen::reflect::reflect;
use autogen::schema::Schema;
use autogen::{Connection, Engine, ErrorKind, dialect};
use generate_mysql::{self as generate, Flavour};
use observer_mysql::{self as observer, dump};
use pairs::{One, setting, try_all};
use std::path::Path;
use support::generate::Numbers;
use support::server::mysql::{Server, servers};

/// How many pairs each engine gets.
const PAIRS: u64 = 200;
const OWN: [&str; 2] = ["autogen_version", "autogen_history"];

async fn connect(url: &str) -> Connection {
    let url = DatabaseUrl::parse(url, Path::new("")).expect("a URL");
    Connection::open(&url, Open::ReadWrite)
        .await
        .expect("a connection")
}

async fn loaded(url: &str, schema: &generate::Schema) -> Connection {
    let mut connection = connect(url).await;
    for statement in schema.statements() {
        connection
            .execute(&statement)
            .await
            .unwrap_or_else(|e| panic!("the generator has made what cannot be: {e}\n{statement}"));
    }
    connection
}

async fn schema_of(connection: &mut Connection) -> Schema {
    let filter = Filter::everything().hiding(OWN);
    let reflection = reflect(connection, &filter).await.expect("a schema");
    assert_eq!(reflection.notices, [], "everything can be read");
    reflection.schema
}

async fn empty_all(connection: &mut Connection) {
    connection
        .execute("SET foreign_key_checks = 0")
        .await
        .expect("no checks");
    let tables = "SELECT table_name FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'autogen\\_%'";
    for row in support::observer::query(connection, tables).await {
        let name = row[0].replace('`', "``");
        connection
            .execute(&format!("DELETE FROM `{name}`"))
            .await
            .expect("no rows");
    }
    connection
        .execute("SET foreign_key_checks = 1")
        .await
        .expect("checks");
}

/// Goes up or down; gives whether rows contradicted, in which case nothing was lost and it was done again without rows.
async fn go(url: &str, connection: &mut Connection, script: &One, is_upgrade: bool, context: &str) -> bool {
    let rows = observer::rows(connection).await;
    let mut contradicted = false;
    loop {
        let options = Options::default();
        let engine = connection.engine();
        let mut migrator = Migrator::new(connect(url).await, engine, script, &options).expect("a migrator");
        let done = if is_upgrade {
            migrator.upgrade("head").await
        } else {
            migrator.downgrade("base").await
        };
        if let Some(connection) = migrator.into_connection().await.expect("a connection") {
            connection.close().await.expect("the end");
        }
        let now = observer::rows(connection).await;
        if let Err(error) = done {
            assert!(!contradicted, "without rows: {error:?}\n{context}");
            assert_eq!(error.kind(), ErrorKind::RowsContradict, "{error:?}\n{context}");
            assert_eq!(
                observer::lost(&rows, &now),
                [""; 0],
                "a refusal loses nothing\n{context}"
            );
            contradicted = true;
            empty_all(connection).await;
            continue;
        }
        if !contradicted {
            let lost = observer::lost(&rows, &now);
            assert!(lost.is_empty(), "{lost:#?}\n{context}");
        }
        return contradicted;
    }
}

async fn one_pair(server: &'static Server, seed: u64) -> [bool; 2] {
    let mut numbers = Numbers::new(seed);
    let flavour = match server.engine() {
        Engine::Mysql => Flavour::Mysql,
        _ => Flavour::Mariadb,
    };
    let before = generate::schema(&mut numbers, flavour);
    let mut after = if numbers.chance(85) {
        generate::changed(&before, &mut numbers)
    } else {
        generate::schema(&mut numbers, flavour)
    };
    generate::settle(&before, &mut after);
    let context = format!(
        "AUTOGEN_SEED={seed} AUTOGEN_ENGINE={} AUTOGEN_PAIRS=1\n-- before\n{}\n-- after\n{}",
        server.engine().name(),
        before.sql(),
        after.sql()
    );
    let dialect = dialect::for_engine(server.engine()).expect("a dialect");

    let (database, wanted) = (server.database("pair"), server.database("pair"));
    let mut connection = loaded(&database.url(), &before).await;
    let mut reading = loaded(&wanted.url(), &after).await;
    for [full, fallback] in generate::inserts(&before, &mut numbers) {
        if connection.execute(&full).await.is_err() {
            let _ = connection.execute(&fallback).await;
        }
    }
    let target = schema_of(&mut reading).await;
    let live = schema_of(&mut connection).await;
    let from = dump(&mut connection).await;
    let to = dump(&mut reading).await;

    let options = CompareOptions::default();
    let comparison =
        compare(Pair::new(&live, &target), dialect, &options).unwrap_or_else(|e| panic!("{e}\n{context}"));
    let again = compare(Pair::new(&live, &target), dialect, &options).expect("a comparison");
    assert_eq!(comparison, again, "a comparison is the same twice\n{context}");
    let one = One::of(comparison, dialect, &context);
    let context = format!("{context}\n-- script\n{}", one.text);

    let up = go(&database.url(), &mut connection, &one, true, &context).await;
    let left = observer::difference(&to, &dump(&mut connection).await);
    assert!(
        left.is_empty(),
        "SHOW CREATE after the upgrade: {left:#?}\n{context}"
    );
    let reached = schema_of(&mut connection).await;
    let left = compare(Pair::new(&reached, &target), dialect, &options).expect("a comparison");
    assert_eq!(left.upgrade, [], "a second look finds no difference\n{context}");

    let down = go(&database.url(), &mut connection, &one, false, &context).await;
    let left = observer::difference(&from, &dump(&mut connection).await);
    assert!(
        left.is_empty(),
        "SHOW CREATE after the downgrade: {left:#?}\n{context}"
    );
    let reached = schema_of(&mut connection).await;
    let left = compare(Pair::new(&reached, &live), dialect, &options).expect("a comparison");
    assert_eq!(left.upgrade, [], "the downgrade leads back\n{context}");
    connection.close().await.expect("the end");
    reading.close().await.expect("the end");
    [up, down]
}

#[test]
fn any_schema_leads_to_any_other_and_back() {
    let first = setting("AUTOGEN_SEED").unwrap_or(1);
    let wanted = std::env::var("AUTOGEN_ENGINE").ok();
    let mut work = Vec::new();
    for server in servers() {
        let engine = server.engine();
        if wanted.as_ref().is_none_or(|name| name == engine.name()) {
            let pairs = setting("AUTOGEN_PAIRS").unwrap_or(PAIRS);
            work.extend((first..first + pairs).map(|seed| (engine, seed)));
        }
    }
    try_all(&work, async |engine, seed| {
        let mut servers = servers().iter();
        let server = servers.find(|server| server.engine() == engine);
        one_pair(server.expect("it is there"), seed).await
    });
}
