//! Connections to real MySQL and MariaDB servers: what goes in and comes out, and how they end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/server.rs"]
mod server;

use autogen::{
    Engine, ErrorKind,
    database::{Connection, DatabaseUrl, Open, Value},
};
use server::mysql::{Database, Server};
use std::{
    path::Path,
    time::{Duration, Instant},
};

async fn open(database: &Database, open: Open) -> Connection {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).unwrap();
    Connection::open(&url, open).await.unwrap()
}

fn servers() -> impl Iterator<Item = &'static Server> {
    server::mysql::servers().iter()
}

#[tokio::test]
async fn values_come_out_by_their_types() {
    for server in servers() {
        let database = server.database("values");
        let mut connection = open(&database, Open::ReadWrite).await;
        connection
            .execute("CREATE TABLE t (a TINYINT(1), b BIGINT UNSIGNED, c DECIMAL(5,2), d FLOAT, e BIT(10), f YEAR, g JSON, h DATETIME(3), i ENUM('x'), j BLOB, k TEXT, l VARBINARY(3), m DATE, n GEOMETRY, o INT)")
            .await
            .unwrap();
        connection
            .execute("INSERT INTO t VALUES (2, 18446744073709551615, 2.50, 1.5, 258, 2026, '{\"a\": 1}', '2026-11-22 01:02:03.004', 'x', 'é', 'é', X'00FF', '2026-11-22', POINT(1, 1), NULL)")
            .await
            .unwrap();
        let rows = connection.query("SELECT * FROM t").await.unwrap();
        let text = |text: &str| Value::Text(text.to_owned());
        let values = rows[0].values();
        assert_eq!(
            values[..13],
            [
                Value::Integer(2),
                text("18446744073709551615"),
                text("2.50"),
                Value::Real(1.5),
                Value::Integer(258),
                Value::Integer(2026),
                text("{\"a\": 1}"),
                text("2026-11-22 01:02:03.004"),
                text("x"),
                Value::Blob("é".into()),
                text("é"),
                Value::Blob(vec![0, 255]),
                text("2026-11-22"),
            ]
        );
        assert!(matches!(values[13], Value::Blob(_)));
        assert_eq!(values[14], Value::Null);
        let create = connection.query("SHOW CREATE TABLE t").await.unwrap();
        assert!(create[0].text(1).unwrap().starts_with("CREATE TABLE `t`"));
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_server_says_what_it_is_whatever_the_url_says() {
    for server in servers() {
        let database = server.database("what");
        for scheme in ["mysql", "mariadb"] {
            let text = database.url().replacen("mysql", scheme, 1);
            let url = DatabaseUrl::parse(&text, Path::new("")).unwrap();
            let mut connection = Connection::open(&url, Open::ReadOnly).await.unwrap();
            assert_eq!(connection.engine(), server.engine());
            assert_eq!(connection.round_trips(), 0);
            let version = connection.server_version().await.unwrap();
            let facts = connection.mysql_facts().unwrap();
            assert_eq!(facts.version, version);
            assert_eq!(facts.lower_case_table_names, 0);
            assert!(
                facts.sql_mode.contains("STRICT_TRANS_TABLES"),
                "{}",
                facts.sql_mode
            );
            assert_eq!(version.contains("MariaDB"), server.engine() == Engine::Mariadb);
        }
    }
}

#[tokio::test]
async fn the_results_of_a_text_come_apart() {
    for server in servers() {
        let database = server.database("sets");
        let mut connection = open(&database, Open::ReadWrite).await;
        let sets = connection
            .query_sets("SELECT 1 UNION SELECT 2; SET @a = 3; SELECT @a; SELECT 4 WHERE false; SHOW CREATE DATABASE information_schema; -- end")
            .await
            .unwrap();
        assert_eq!(
            sets.iter().map(Vec::len).take(5).collect::<Vec<_>>(),
            [2, 0, 1, 0, 1]
        );
        assert_eq!(connection.round_trips(), 1);
        assert_eq!(connection.query("SELECT 1; SELECT 2").await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn statements_travel_together() {
    for server in servers() {
        let database = server.database("batches");
        let mut connection = open(&database, Open::ReadWrite).await;
        let many: Vec<String> = (0..100)
            .map(|n| format!("CREATE TABLE t{n} (a integer); -- é"))
            .collect();
        let before = connection.round_trips();
        connection.execute_each(&many).await.unwrap();
        assert_eq!(connection.round_trips() - before, 1);

        connection.execute("BEGIN").await.unwrap();
        for (bad, message, place) in [
            ("SELECT 'é',\n nothing", "Unknown column 'nothing' in ", (1, 1)),
            (
                "SELECT 'é',\n FROM FROM",
                "You have an error in your SQL syntax near `FROM FROM`",
                (2, 2),
            ),
            (
                "INSERT INTO t0 VALUES ('x')",
                "Incorrect integer value: 'x'",
                (1, 1),
            ),
        ] {
            let refused = connection
                .execute_each(&["INSERT INTO t1 VALUES (1) /* é */", "SELECT 2;", bad, "SELECT 3"])
                .await
                .unwrap_err();
            assert_eq!(refused.index, 2, "{bad}");
            assert!(
                refused.error.message().starts_with(message),
                "{:?}",
                refused.error
            );
            assert_eq!(refused.error.kind(), ErrorKind::Database);
            let found = &refused.error.places()[0];
            assert_eq!((found.line, found.column), place, "{:?}", refused.error);
            assert_eq!(found.snippet, bad);
        }
        connection.roll_back().await.unwrap();
        connection
            .execute_each(&[
                "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END;",
                "CALL p()",
                "INSERT INTO t1 VALUES (1)",
                "CALL p();",
                "INSERT INTO t1 VALUES (1)",
            ])
            .await
            .unwrap();
        assert_eq!(database.sql("SELECT count(*) FROM t1"), "2\n");
        let refused = connection
            .execute_each(&["INSERT INTO t1 VALUES (2); INSERT INTO t1 VALUES (3)"])
            .await
            .unwrap_err();
        assert_eq!(refused.error.kind(), ErrorKind::Internal);
        assert_eq!(
            connection
                .execute("UPDATE t1 SET a = 3; DELETE FROM t1")
                .await
                .unwrap(),
            8
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
            .execute("CREATE TABLE t (a integer PRIMARY KEY, b varchar(10)); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 'x')")
            .await
            .unwrap();
        for (sql, kind) in [
            ("INSERT INTO t VALUES (1, 'y')", ErrorKind::RowsContradict),
            ("ALTER TABLE t MODIFY b integer", ErrorKind::RowsContradict),
            (
                "ALTER TABLE t MODIFY b varchar(10) NOT NULL",
                ErrorKind::RowsContradict,
            ),
            ("ALTER TABLE t ADD CHECK (a > 1)", ErrorKind::RowsContradict),
            ("CREATE UNIQUE INDEX i ON t (b)", ErrorKind::RowsContradict),
            (
                "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (a)",
                ErrorKind::Database,
            ),
            ("INSERT INTO t VALUES ('x', 'y')", ErrorKind::Database),
            ("CREATE TABLE t (a int)", ErrorKind::Database),
        ] {
            let error = connection.execute(sql).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        }
        let error = connection
            .execute("SELECT 1;\n\nSELECT\n  'é', FROM t")
            .await
            .unwrap_err();
        let place = &error.places()[0];
        assert_eq!((place.line, place.column), (2, 8), "{error:?}");
        assert_eq!(place.snippet, "SELECT\n  'é', FROM t");
        let error = connection.execute("DROP TABLE nothing").await.unwrap_err();
        assert_eq!(error.code(), Some("1051"));
        assert_eq!(connection.query("SELECT 'a\0b'").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn who_only_looks_cannot_write() {
    for server in servers() {
        let database = server.database("looks");
        let mut connection = open(&database, Open::ReadOnly).await;
        let error = connection.execute("CREATE TABLE t (a int)").await.unwrap_err();
        assert!(error.message().contains("READ ONLY transaction"), "{error:?}");
    }
}

#[tokio::test]
async fn a_running_statement_can_be_stopped() {
    for server in servers() {
        let database = server.database("stops");
        let mut connection = open(&database, Open::ReadWrite).await;
        connection.execute("CREATE TABLE t (a int); BEGIN").await.unwrap();
        let interrupter = connection.interrupter();
        let started = Instant::now();
        // (`SELECT SLEEP(30)` ends with 1 and without an error.)
        let slow = "INSERT INTO t SELECT SLEEP(30) FROM (SELECT 1 UNION SELECT 2) AS x";
        let (result, ()) = tokio::join!(connection.execute(slow), async {
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
        let dropped = tokio::time::timeout(Duration::from_millis(100), connection.execute(slow));
        assert!(dropped.await.is_err());
        let rows = connection.query("SELECT count(*) FROM t").await.unwrap();
        assert_eq!(rows[0].integer(0).unwrap(), 0);

        // So is one whose connection goes.
        let dropped = tokio::time::timeout(Duration::from_millis(100), connection.execute(slow));
        assert!(dropped.await.is_err());
        drop(connection);
        let left = format!(
            "SELECT count(*) FROM information_schema.processlist WHERE db = '{}'",
            database.name
        );
        while server.sql("mysql", &left) != "0\n" {
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
        connection.execute("BEGIN").await.unwrap();
        let rows = connection.query("SELECT connection_id()").await.unwrap();
        server.sql("mysql", &format!("KILL {}", rows[0].integer(0).unwrap()));
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

#[tokio::test]
async fn the_reason_of_a_refusal_is_told() {
    for server in servers() {
        let database = server.database("refused");
        server.sql(
            "mysql",
            "CREATE USER IF NOT EXISTS guarded@'%' IDENTIFIED BY 'geheim'",
        );
        let refusal = async |text: String| {
            let url = DatabaseUrl::parse(&text, Path::new("")).unwrap();
            let error = Connection::open(&url, Open::ReadOnly).await.unwrap_err();
            assert!(!format!("{error:?}").contains("falsch"), "{error:?}");
            error
        };
        let place = format!("127.0.0.1:{}", server.port);
        let error = refusal(format!("mysql://guarded:falsch@{place}/{}", database.name)).await;
        assert_eq!(error.code(), Some("1045"));
        assert_eq!(error.hints(), ["check the user and the password in the URL"]);
        let error = refusal(format!("mysql://guarded@{place}/{}", database.name)).await;
        assert!(error.hints()[0].contains("MYSQL_PWD"));
        let error = refusal(format!("mysql://guarded:geheim@{place}/{}", database.name)).await;
        assert_eq!(error.code(), Some("1044"), "{error:?}");
        let error = refusal(server.url("missing")).await;
        assert_eq!(error.code(), Some("1049"));
        assert!(error.hints()[0].contains("CREATE DATABASE missing"));
        let error = refusal("mysql://root@127.0.0.1:1/x".to_owned()).await;
        assert!(error.message().contains("Connection refused"), "{error:?}");
        let error = refusal("mysql://root@/x?socket=/nowhere/s.sock".to_owned()).await;
        assert!(error.hints()[0].contains("no such socket"), "{error:?}");
    }
}

#[tokio::test]
async fn a_password_is_not_sent_without_encryption() {
    let Some(server) = servers().find(|server| server.engine() == Engine::Mysql) else {
        return;
    };
    let database = server.database("secret");
    let plugins = server.sql("mysql", "SHOW PLUGINS");
    for plugin in ["caching_sha2_password", "sha256_password"] {
        if !plugins.contains(plugin) {
            continue;
        }
        let user = format!("by_{plugin}");
        server.sql(
            "mysql",
            &format!(
                "CREATE USER {user}@'%' IDENTIFIED WITH {plugin} BY 'geheim'; GRANT ALL ON {}.* TO {user}@'%'",
                database.name
            ),
        );
        let url = |more: &str| {
            let text = server.url_as(&format!("{user}:geheim"), &database.name) + more;
            DatabaseUrl::parse(&text, Path::new("")).unwrap()
        };
        let plain = url("?ssl-mode=disabled");
        let error = Connection::open(&plain, Open::ReadOnly).await.unwrap_err();
        assert!(error.message().contains("is not encrypted"), "{error:?}");
        assert!(error.hints()[0].contains("ssl-mode=required"), "{error:?}");
        assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
        for mode in ["", "?ssl-mode=required"] {
            let mut connection = Connection::open(&url(mode), Open::ReadOnly).await.unwrap();
            assert_eq!(connection.query("SELECT 1").await.unwrap().len(), 1);
            connection.close().await.unwrap();
        }
        // From now on the server knows the user without having the password itself.
        if plugin == "caching_sha2_password" {
            let mut connection = Connection::open(&plain, Open::ReadOnly).await.unwrap();
            assert_eq!(connection.query("SELECT 1").await.unwrap().len(), 1);
        }
    }
}
