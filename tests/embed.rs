//! Programs that migrate their database by themselves: pools and sessions of their own, all engines, many at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/server.rs"]
mod server;

use autogen::embed::{Embedded, scripts};
use autogen::migrate::Options;
use autogen::script::{Folder, Operations};
use autogen::{Connection, ErrorKind, Migrator, upgrade};
use sqlx::{Connection as _, Executor, MySqlPool, PgPool, Row, SqlitePool};
use std::time::Duration;

/// Two scripts: one compiled, one in SQL.
fn migrations() -> Folder {
    fn up(op: &mut Operations) {
        use autogen::script::*;
        op.create_table("notes")
            .column("id", integer().not_null())
            .column("body", varchar(200))
            .primary_key("notes_pkey", ["id"]);
        for id in 1..=3 {
            op.execute(format!("INSERT INTO notes (id, body) VALUES ({id}, 'note')"));
        }
    }
    fn down(op: &mut Operations) {
        use autogen::script::*;
        op.drop_table("notes")
            .column("id", integer().not_null())
            .column("body", varchar(200))
            .primary_key("notes_pkey", ["id"]);
    }
    scripts(&[
        Embedded::rust(
            "aaaa_notes.rs",
            "pub const REVISION: Revision = Revision::new(\"aaaa\"); fn more_than_can_be_read() { loop {} }",
            up,
            down,
        ),
        Embedded::sql(
            "bbbb_count.sql",
            "-- autogen: revision bbbb\n-- autogen: revises aaaa\n-- autogen: upgrade\nUPDATE notes SET body = 'counted' WHERE id = 1;\n-- autogen: downgrade\nUPDATE notes SET body = 'note' WHERE id = 1;\n",
        ),
    ])
    .unwrap()
}

#[tokio::test]
async fn a_pool_of_sqlite_is_migrated_and_whole_afterwards() {
    // One connection, in memory: it must be the pool's own that is used, and go back to it.
    let pool = sqlx::sqlite::SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await
        .unwrap();
    pool.execute("PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 4321")
        .await
        .unwrap();
    let scripts = migrations();
    let outcome = upgrade(&pool, &scripts, "head").await.unwrap();
    assert_eq!(outcome.ran.len(), 2);
    let row = sqlx::query("SELECT count(*), max(body) FROM notes")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(
        (row.get::<i64, _>(0), row.get::<String, _>(1).as_str()),
        (3, "note")
    );
    let row =
        sqlx::query("SELECT (SELECT * FROM pragma_foreign_keys), (SELECT timeout FROM pragma_busy_timeout)")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (0, 4321));
    assert!(upgrade(&pool, &scripts, "head").await.unwrap().ran.is_empty());

    let mut migrator = Migrator::connect(&pool, &scripts, &Options::default())
        .await
        .unwrap();
    assert_eq!(migrator.downgrade("base").await.unwrap().ran.len(), 2);
    migrator.close().await.unwrap();
    assert!(pool.execute("SELECT * FROM notes").await.is_err());
}

#[tokio::test]
async fn a_connection_of_ones_own_comes_back_as_it_was() {
    let mut own = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    own.execute("BEGIN").await.unwrap();
    let Err(error) = Connection::from_sqlite(own).await else {
        panic!("a transaction is open")
    };
    assert_eq!(error.kind(), ErrorKind::Usage);

    let mut own = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    own.execute("PRAGMA busy_timeout = 77").await.unwrap();
    let scripts = migrations();
    let connection = Connection::from_sqlite(own).await.unwrap();
    let mut migrator = Migrator::connect(connection, &scripts, &Options::default())
        .await
        .unwrap();
    migrator.upgrade("head").await.unwrap();
    let connection = migrator.into_connection().await.unwrap().unwrap();
    let mut own = connection.into_sqlite().await.unwrap().unwrap();
    let row = own
        .fetch_one("SELECT (SELECT timeout FROM pragma_busy_timeout), count(*) FROM notes")
        .await
        .unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (77, 3));
}

#[tokio::test]
async fn postgres_pools_and_sessions() {
    for server in server::postgres() {
        let database = server.database("embed");
        let pool = PgPool::connect(&database.url()).await.unwrap();
        let scripts = migrations();
        assert_eq!(upgrade(&pool, &scripts, "head").await.unwrap().ran.len(), 2);
        assert!(upgrade(&pool, &scripts, "head").await.unwrap().ran.is_empty());
        let options = (*pool.connect_options()).clone();

        let mut own = sqlx::PgConnection::connect_with(&options).await.unwrap();
        own.execute("BEGIN").await.unwrap();
        let Err(error) = Connection::from_postgres(own, options.clone()).await else {
            panic!("a transaction is open")
        };
        assert_eq!(error.kind(), ErrorKind::Usage);

        let mut own = sqlx::PgConnection::connect_with(&options).await.unwrap();
        own.execute("SET client_min_messages = 'error'; SET bytea_output = 'escape'")
            .await
            .unwrap();
        let connection = Connection::from_postgres(own, options).await.unwrap();
        let mut migrator = Migrator::connect(connection, &scripts, &Options::default())
            .await
            .unwrap();
        assert_eq!(migrator.downgrade("-1").await.unwrap().ran.len(), 1);
        let connection = migrator.into_connection().await.unwrap().unwrap();
        let mut own = connection.into_postgres().await.unwrap().unwrap();
        let row = own
            .fetch_one("SELECT current_setting('client_min_messages'), current_setting('bytea_output')")
            .await
            .unwrap();
        assert_eq!(
            (row.get::<&str, _>(0), row.get::<&str, _>(1)),
            ("error", "escape")
        );
    }
}

#[tokio::test]
async fn pools_and_sessions_of_mysql_and_mariadb() {
    for server in server::mysql::servers() {
        let database = server.database("embed");
        let pool = MySqlPool::connect(&database.url()).await.unwrap();
        let scripts = migrations();
        assert_eq!(upgrade(&pool, &scripts, "head").await.unwrap().ran.len(), 2);
        assert!(upgrade(&pool, &scripts, "head").await.unwrap().ran.is_empty());
        let options = (*pool.connect_options()).clone();

        let mut own = sqlx::MySqlConnection::connect_with(&options).await.unwrap();
        own.execute("START TRANSACTION").await.unwrap();
        own.execute("SELECT * FROM notes").await.unwrap();
        let Err(error) = Connection::from_mysql(own, options.clone()).await else {
            panic!("a transaction is open")
        };
        assert_eq!(error.kind(), ErrorKind::Usage);

        let mut own = sqlx::MySqlConnection::connect_with(&options).await.unwrap();
        own.execute("SET time_zone = '+05:00', sql_mode = 'ANSI_QUOTES', sql_select_limit = 7")
            .await
            .unwrap();
        let connection = Connection::from_mysql(own, options).await.unwrap();
        let mut migrator = Migrator::connect(connection, &scripts, &Options::default())
            .await
            .unwrap();
        assert_eq!(migrator.downgrade("-1").await.unwrap().ran.len(), 1);
        let connection = migrator.into_connection().await.unwrap().unwrap();
        let mut own = connection.into_mysql().await.unwrap().unwrap();
        let row = own
            .fetch_one(
                "SELECT @@SESSION.time_zone, @@SESSION.sql_mode, CAST(@@SESSION.sql_select_limit AS CHAR)",
            )
            .await
            .unwrap();
        let text = |at| String::from_utf8(row.get::<Vec<u8>, _>(at)).unwrap();
        assert_eq!(
            (text(0).as_str(), text(1).as_str(), text(2).as_str()),
            ("+05:00", "ANSI_QUOTES", "7")
        );
    }
}

/// Ten replicas of a program start at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_at_once_apply_each_script_once() {
    let place = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite://{}", place.path().join("app.db").display())];
    let postgres: Vec<_> = server::postgres().iter().map(|s| s.database("ten")).collect();
    let mysql: Vec<_> = server::mysql::servers()
        .iter()
        .map(|s| s.database("ten"))
        .collect();
    urls.extend(postgres.iter().map(server::Database::url));
    urls.extend(mysql.iter().map(server::mysql::Database::url));
    for url in urls {
        let replicas: Vec<_> = (0..10)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let scripts = migrations();
                    upgrade(url.as_str(), &scripts, "head")
                        .await
                        .map(|outcome| outcome.ran.len())
                })
            })
            .collect();
        let mut ran = 0;
        for replica in replicas {
            ran += replica
                .await
                .unwrap()
                .unwrap_or_else(|error| panic!("{url}: {error}"));
        }
        assert_eq!(ran, 2, "{url}");
    }
}

/// E-06: two databases, two threads, nothing in common.
#[test]
fn e_06_two_threads_migrate_two_databases() {
    let threads: Vec<_> = (0..2)
        .map(|_| {
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let scripts = migrations();
                    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
                    let mut ran = 0;
                    for _ in 0..20 {
                        ran += upgrade(&pool, &scripts, "head").await.unwrap().ran.len();
                        let mut migrator = Migrator::connect(&pool, &scripts, &Options::default())
                            .await
                            .unwrap();
                        ran += migrator.downgrade("base").await.unwrap().ran.len();
                        migrator.close().await.unwrap();
                    }
                    ran
                })
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 80);
    }
}

/// A pool that has no connection to give says so instead of hanging for ever.
#[tokio::test]
async fn an_exhausted_pool_is_an_error() {
    let pool = sqlx::sqlite::SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(100))
        .connect("sqlite::memory:")
        .await
        .unwrap();
    let _taken = pool.acquire().await.unwrap();
    let error = upgrade(&pool, &migrations(), "head").await.unwrap_err();
    assert!(error.message().contains("pool"), "{error}");
}
