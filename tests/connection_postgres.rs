//! Connections to real PostgreSQL servers: what goes in and comes out, and how they end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/server.rs"]
mod server;

use autogen::{
    ErrorKind,
    database::{Connection, DatabaseUrl, Open, Value},
};
use server::{Database, Server};
use std::{
    path::Path,
    time::{Duration, Instant},
};

async fn open(database: &Database, open: Open) -> Connection {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).unwrap();
    Connection::open(&url, open).await.unwrap()
}

fn servers() -> impl Iterator<Item = &'static Server> {
    server::postgres().iter()
}

#[tokio::test]
async fn values_come_out_by_their_types() {
    for server in servers() {
        let database = server.database("values");
        let mut connection = open(&database, Open::ReadOnly).await;
        let version = connection.server_version().await.unwrap();
        assert!(
            version.starts_with(&server.installation.version.to_string()),
            "{version}"
        );
        let rows = connection
            .query("SELECT 1::int2, 2, 3::int8, true, false, 1.5::float8, 2.50, '\\x00ff'::bytea, 'é', NULL, 26::oid, 'pg_class'::regclass, array['a b', NULL], interval '1 day'")
            .await
            .unwrap();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            rows[0].values(),
            [
                Value::Integer(1),
                Value::Integer(2),
                Value::Integer(3),
                Value::Integer(1),
                Value::Integer(0),
                Value::Real(1.5),
                text("2.50"),
                Value::Blob(vec![0, 255]),
                text("é"),
                Value::Null,
                Value::Integer(26),
                text("pg_class"),
                text("{\"a b\",NULL}"),
                text("1 day"),
            ]
        );
        let rows = connection.query("SELECT 1; SELECT 2; ; SELECT 3").await.unwrap();
        assert_eq!(rows.len(), 3);
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn statements_travel_together_inside_a_transaction_and_alone_outside() {
    for server in servers() {
        let database = server.database("batches");
        let mut connection = open(&database, Open::ReadWrite).await;
        let many: Vec<String> = (0..100)
            .map(|n| format!("CREATE TABLE t{n} (a integer) -- é"))
            .collect();
        connection.execute("BEGIN").await.unwrap();
        let before = connection.round_trips();
        connection.execute_each(&many).await.unwrap();
        assert_eq!(connection.round_trips() - before, 1);

        for (bad, message, column) in [
            ("SELECT 1/0", "division by zero", 1),
            ("SELECT 'é', nothing", "column \"nothing\" does not exist", 13),
            ("SELECT FROM FROM", "syntax error at or near \"FROM\"", 13),
            (
                "INSERT INTO t0 VALUES ('x')",
                "invalid input syntax for type integer: \"x\"",
                24,
            ),
        ] {
            connection.execute("SAVEPOINT a").await.unwrap();
            let refused = connection
                .execute_each(&["INSERT INTO t1 VALUES (1) /* é */", "SELECT 2;", bad, "SELECT 3"])
                .await
                .unwrap_err();
            assert_eq!(refused.index, 2, "{bad}");
            assert_eq!(refused.error.message(), message);
            let place = &refused.error.places()[0];
            assert_eq!(
                (place.line, place.column, place.snippet.as_str()),
                (1, column, bad)
            );
            connection.execute("ROLLBACK TO a").await.unwrap();
        }
        connection.execute("COMMIT").await.unwrap();
        // In a batch the second could not be.
        connection
            .execute_each(&[
                "INSERT INTO t1 VALUES (1)",
                "CREATE INDEX CONCURRENTLY i ON t1 (a)",
                "VACUUM t1",
            ])
            .await
            .unwrap();
        let refused = connection
            .execute_each(&["INSERT INTO t1 VALUES (2)", "SELECT nothing"])
            .await
            .unwrap_err();
        assert_eq!(refused.index, 1);
        assert_eq!(database.sql("SELECT count(*) FROM t1"), "2\n");
        assert_eq!(
            connection
                .execute("UPDATE t1 SET a = 3; DELETE FROM t1")
                .await
                .unwrap(),
            4
        );
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn errors_are_of_the_kind_that_tells_what_to_do() {
    for server in servers() {
        let database = server.database("kinds");
        let mut connection = open(&database, Open::ReadWrite).await;
        connection
            .execute("CREATE TABLE t (a integer PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x')")
            .await
            .unwrap();
        for (sql, kind) in [
            ("INSERT INTO t VALUES (1)", ErrorKind::RowsContradict),
            (
                "ALTER TABLE t ALTER b TYPE integer USING b::integer",
                ErrorKind::RowsContradict,
            ),
            ("ALTER TABLE t ADD CHECK (a > 1)", ErrorKind::RowsContradict),
            ("ALTER TABLE t ADD c integer DEFAULT 'x'", ErrorKind::Database),
            ("SELECT 'x'::integer", ErrorKind::Database),
            ("CREATE TABLE t ()", ErrorKind::Database),
        ] {
            assert_eq!(connection.execute(sql).await.unwrap_err().kind(), kind, "{sql}");
        }
        let error = connection
            .execute("SELECT 1;\n\nSELECT\n  'é', nothing FROM t")
            .await
            .unwrap_err();
        let place = &error.places()[0];
        assert_eq!((place.line, place.column), (2, 8), "{error:?}");
        assert_eq!(place.snippet, "SELECT\n  'é', nothing FROM t");
        connection
            .execute("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM nothing; END $$; CREATE VIEW v AS SELECT * FROM t")
            .await
            .unwrap();
        let error = connection.execute("SELECT f()").await.unwrap_err();
        assert!(
            error.hints().iter().any(|h| h.contains("PL/pgSQL function f()")),
            "{error:?}"
        );
        let error = connection.execute("DROP TABLE t").await.unwrap_err();
        assert!(error.message().contains("view v depends on table t"), "{error:?}");
        assert!(error.hints().iter().any(|h| h.contains("CASCADE")), "{error:?}");
        let error = connection.execute("SELECT 'a\0b'").await.unwrap_err();
        assert!(error.message().contains("NUL"));
        assert_eq!(connection.query("SELECT 1").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn who_only_looks_cannot_write() {
    for server in servers() {
        let database = server.database("looks");
        let mut connection = open(&database, Open::ReadOnly).await;
        let error = connection.execute("CREATE TABLE t ()").await.unwrap_err();
        assert!(error.message().contains("read-only transaction"), "{error:?}");
    }
}

#[tokio::test]
async fn a_running_statement_can_be_stopped() {
    for server in servers() {
        let database = server.database("stops");
        let mut connection = open(&database, Open::ReadWrite).await;
        connection.execute("BEGIN").await.unwrap();
        let interrupter = connection.interrupter();
        let started = Instant::now();
        let (result, ()) = tokio::join!(connection.execute("SELECT pg_sleep(30)"), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            interrupter.interrupt();
        });
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Interrupted);
        // Before a statement it makes that one fail.
        interrupter.interrupt();
        let error = connection.execute("SELECT 1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        connection.roll_back().await.unwrap();

        // A statement that nobody waits for any more is stopped by the next one.
        connection.execute("BEGIN; CREATE TABLE t ()").await.unwrap();
        let dropped = tokio::time::timeout(
            Duration::from_millis(100),
            connection.execute("SELECT pg_sleep(30)"),
        );
        assert!(dropped.await.is_err());
        connection.roll_back().await.unwrap();
        let rows = connection.query("SELECT to_regclass('t') IS NULL").await.unwrap();
        assert!(rows[0].boolean(0).unwrap());

        // So is one whose connection goes.
        let dropped = tokio::time::timeout(
            Duration::from_millis(100),
            connection.execute("SELECT pg_sleep(30)"),
        );
        assert!(dropped.await.is_err());
        drop(connection);
        let left = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'",
            database.name
        );
        while server.sql("postgres", &left) != "0\n" {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(started.elapsed() < Duration::from_secs(20));
        }
    }
}

#[tokio::test]
async fn a_session_that_is_ended_says_so_and_has_no_transaction() {
    for server in servers() {
        let database = server.database("ended");
        let mut connection = open(&database, Open::ReadWrite).await;
        connection.execute("BEGIN; CREATE TABLE t ()").await.unwrap();
        database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        let error = connection.execute("SELECT 1").await.unwrap_err();
        assert!(error.message().contains("was lost"), "{error:?}");
        connection.roll_back().await.unwrap();
        assert!(
            connection
                .execute("SELECT 1")
                .await
                .unwrap_err()
                .message()
                .contains("is lost")
        );
        connection.close().await.unwrap();
    }
}
