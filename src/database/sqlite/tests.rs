use std::{fs, path::PathBuf, time::Instant};

use tempfile::TempDir;

use super::*;
use crate::database::{Connection, DatabaseUrl};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn url(&self, text: &str) -> DatabaseUrl {
        DatabaseUrl::parse(text, self.0.path()).unwrap()
    }

    async fn create(&self, text: &str, sql: &str) -> Connection {
        let mut connection = Connection::open(&self.url(text), Open::Create).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn rows_come_back_as_they_were_stored() {
    let mut memory = Connection::memory().await.unwrap();
    let rows = memory
        .query("SELECT NULL, -9223372036854775808, 0.5, 'é', '', x'00ff', x'' UNION ALL SELECT 1, 2, 3, 4, 5, 6, 7")
        .await
        .unwrap();
    assert_eq!(
        rows[0].values(),
        [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Real(0.5),
            Value::Text("é".into()),
            Value::Text(String::new()),
            Value::Blob(vec![0, 255]),
            Value::Blob(Vec::new()),
        ]
    );
    assert_eq!(rows[1].integer(6).unwrap(), 7);
    assert_eq!(memory.round_trips(), 1);
    assert!(memory.server_version().await.unwrap().starts_with("3."));
    assert_eq!(memory.round_trips(), 2);
}

#[tokio::test]
async fn bulk_rows_are_the_same_rows_in_the_same_order() {
    let mut memory = Connection::memory().await.unwrap();
    memory.execute("CREATE TABLE t (a, b)").await.unwrap();
    for b in [
        "NULL",
        "-9223372036854775808",
        "9223372036854775807",
        "0.5",
        "''",
        "'it''s \"x\" \\ / \u{2028} 😀'",
        "'a' || char(0, 1, 10, 31, 127) || 'b'",
        "'null'",
        "'[1]'",
    ] {
        memory
            .execute(&format!("INSERT INTO t VALUES (random(), {b})"))
            .await
            .unwrap();
    }
    let sql = "WITH x AS (SELECT a, b, 1 FROM t) SELECT * FROM x ORDER BY a DESC -- all";
    let bulk = memory.query_bulk(sql, 3).await.unwrap();
    assert_eq!(bulk, memory.query(sql).await.unwrap());
    assert_eq!(bulk.len(), 9);
    assert_eq!(memory.query_bulk("SELECT 1 WHERE 0", 1).await.unwrap(), []);
}

#[tokio::test]
async fn a_declared_type_does_not_change_how_a_value_is_read() {
    let mut memory = Connection::memory().await.unwrap();
    memory
        .execute(
            "CREATE TABLE t (a BOOLEAN, b DATETIME, c INT4); INSERT INTO t VALUES (1, '2026-11-22', 1e300)",
        )
        .await
        .unwrap();
    let rows = memory.query("SELECT * FROM t").await.unwrap();
    assert_eq!(
        rows[0].values(),
        [
            Value::Integer(1),
            Value::Text("2026-11-22".into()),
            Value::Real(1e300)
        ]
    );
}

#[tokio::test]
async fn a_database_in_utf16_is_read_like_any_other() {
    let folder = Folder::new();
    let mut connection = folder
        .create(
            "sqlite://a.db",
            "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a); INSERT INTO t VALUES ('größe 😀')",
        )
        .await;
    let rows = connection
        .query("SELECT a, (SELECT sql FROM sqlite_schema) FROM t")
        .await
        .unwrap();
    assert_eq!(rows[0].text(0).unwrap(), "größe 😀");
    assert_eq!(rows[0].text(1).unwrap(), "CREATE TABLE t (a)");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_an_error_and_no_panic() {
    let mut memory = Connection::memory().await.unwrap();
    let error = memory.query("SELECT 1, CAST(x'ff' AS TEXT)").await.unwrap_err();
    assert_eq!(error.message(), "column 2 of a row cannot be read");
    assert_eq!(memory.query("SELECT 1").await.unwrap().len(), 1);
}

#[tokio::test]
async fn changed_rows_are_counted_and_schema_statements_change_none() {
    let mut memory = Connection::memory().await.unwrap();
    assert_eq!(memory.execute("CREATE TABLE t (a)").await.unwrap(), 0);
    assert_eq!(memory.execute("INSERT INTO t VALUES (1), (2)").await.unwrap(), 2);
    assert_eq!(memory.execute("CREATE TABLE u (a)").await.unwrap(), 0);
    assert_eq!(memory.execute("UPDATE t SET a = 3").await.unwrap(), 2);
    assert_eq!(memory.execute("UPDATE t SET a = 3 WHERE a = 9").await.unwrap(), 0);
    assert_eq!(memory.execute("").await.unwrap(), 0);
}

#[tokio::test]
async fn foreign_keys_are_enforced_and_extensions_are_not_loaded() {
    let mut memory = Connection::memory().await.unwrap();
    assert!(
        memory.query("PRAGMA foreign_keys").await.unwrap()[0]
            .boolean(0)
            .unwrap()
    );
    let error = memory.query("SELECT load_extension('x')").await.unwrap_err();
    assert_eq!(error.message(), "not authorized");
}

#[tokio::test]
async fn a_scratch_database_reaches_no_file() {
    let folder = Folder::new();
    let path = folder.file("other.db");
    let mut memory = Connection::memory().await.unwrap();
    for sql in [
        format!("ATTACH '{}' AS other", path.display()),
        format!("VACUUM INTO '{}'", path.display()),
    ] {
        let error = memory.execute(&sql).await.unwrap_err();
        assert_eq!(error.message(), "too many attached databases - max 0", "{sql}");
    }
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[tokio::test]
async fn an_error_in_a_statement_says_where() {
    let mut memory = Connection::memory().await.unwrap();
    let error = memory
        .execute("\n CREATE TABLE t (\n  a, b c d e f,,)")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database);
    assert_eq!(error.message(), "near \",\": syntax error");
    let place = &error.places()[0];
    assert_eq!((place.line, place.column), (2, 16));
    assert_eq!(place.snippet, "CREATE TABLE t (\n  a, b c d e f,,)");

    let error = memory.query("SELECT 'ä', missing").await.unwrap_err();
    assert_eq!(error.message(), "no such column: missing");
    assert_eq!(error.places()[0].column, 13);
}

#[tokio::test]
async fn an_error_in_a_later_statement_shows_that_statement() {
    let mut memory = Connection::memory().await.unwrap();
    let error = memory
        .execute("CREATE TABLE t (a);\n-- next\nINSERT INTO t VALUES (1);\nSELECT\n  b FROM t; SELECT 1")
        .await
        .unwrap_err();
    assert_eq!(error.message(), "no such column: b");
    assert_eq!(error.places()[0].snippet, "SELECT\n  b FROM t");
    assert_eq!((error.places()[0].line, error.places()[0].column), (2, 3));
    assert_eq!(memory.query("SELECT * FROM t").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_constraint_that_rows_break_is_told_apart() {
    let mut memory = Connection::memory().await.unwrap();
    memory
        .execute("CREATE TABLE t (a); INSERT INTO t VALUES (1), (1)")
        .await
        .unwrap();
    let error = memory
        .execute("CREATE UNIQUE INDEX i ON t (a)")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsContradict);
    assert_eq!(error.message(), "UNIQUE constraint failed: t.a");
    assert_eq!(error.places()[0].snippet, "CREATE UNIQUE INDEX i ON t (a)");

    memory.execute("CREATE TABLE s (a INT) STRICT").await.unwrap();
    let error = memory.execute("INSERT INTO s VALUES ('x')").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsContradict);
}

#[tokio::test]
async fn a_nul_byte_is_refused_and_does_not_hang() {
    let mut memory = Connection::memory().await.unwrap();
    let error = memory.execute("SELECT 1;\nSELECT \0 2").await.unwrap_err();
    assert!(error.message().contains("NUL"));
    assert_eq!((error.places()[0].line, error.places()[0].column), (2, 8));
    let refused = memory
        .execute_each(&["SELECT 1", "SELECT '\0'"])
        .await
        .unwrap_err();
    assert_eq!(refused.index, 1);
}

#[tokio::test]
async fn many_statements_take_few_round_trips() {
    let mut memory = Connection::memory().await.unwrap();
    let statements: Vec<String> = (0..1000)
        .map(|i| {
            format!(
                "CREATE TABLE t{i} (a) -- {i}{}",
                if i % 2 == 0 { "\n;" } else { "" }
            )
        })
        .collect();
    memory.execute_each(&statements).await.unwrap();
    assert!(memory.round_trips() <= 20, "{}", memory.round_trips());
    let rows = memory.query("SELECT count(*) FROM sqlite_schema").await.unwrap();
    assert_eq!(rows[0].integer(0).unwrap(), 1000);
    memory
        .execute_each(&["SELECT 1 -- a;", "SELECT 2;;", "SELECT 3"])
        .await
        .unwrap();
    memory.execute_each::<&str>(&[]).await.unwrap();
}

#[tokio::test]
async fn the_statement_of_many_that_fails_is_named_with_its_place() {
    let mut memory = Connection::memory().await.unwrap();
    let mut statements: Vec<String> = (0..200).map(|i| format!("CREATE TABLE t{i} (a)")).collect();
    statements[150] = "CREATE VIEW v AS\nSELECT (1 FROM t1;".into();
    let refused = memory.execute_each(&statements).await.unwrap_err();
    assert_eq!(refused.index, 150);
    assert_eq!(refused.error.message(), "near \"FROM\": syntax error");
    let place = &refused.error.places()[0];
    assert_eq!((place.line, place.column), (2, 11));
    let rows = memory.query("SELECT count(*) FROM sqlite_schema").await.unwrap();
    assert_eq!(rows[0].integer(0).unwrap(), 150);

    let refused = memory
        .execute_each(&["CREATE TABLE z (a)", "DROP TABLE t999"])
        .await
        .unwrap_err();
    assert_eq!(
        (refused.index, refused.error.message()),
        (1, "no such table: t999")
    );
}

#[tokio::test]
async fn a_text_that_swallows_the_next_statement_is_noticed() {
    let mut memory = Connection::memory().await.unwrap();
    let refused = memory
        .execute_each(&["SELECT 1", "SELECT 2 /* open", "SELECT 3"])
        .await
        .unwrap_err();
    assert!(refused.error.message().contains("runs into the next"));
    assert!(memory.execute_each(&["SELECT 1; SELECT 2"]).await.is_err());
}

#[tokio::test]
async fn a_missing_file_is_none_and_is_not_created() {
    let folder = Folder::new();
    let url = folder.url("sqlite://a.db");
    for open in [Open::ReadOnly, Open::ReadWrite] {
        assert!(Connection::open_existing(&url, open).await.unwrap().is_none());
        let error = Connection::open(&url, open).await.unwrap_err();
        assert!(
            error.message().ends_with("a.db: no such database file"),
            "{error}"
        );
    }
    let only_existing = folder.url("sqlite://a.db?mode=rw");
    assert!(
        Connection::open_existing(&only_existing, Open::Create)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(folder.names(), Vec::<String>::new());

    let connection = Connection::open(&url, Open::Create).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(folder.names(), ["a.db"]);
}

#[tokio::test]
async fn three_slashes_meant_as_a_relative_path_are_explained() {
    let url = DatabaseUrl::parse("sqlite:///surely-missing.db", Path::new("")).unwrap();
    let error = Connection::open(&url, Open::ReadOnly).await.unwrap_err();
    assert_eq!(
        error.hints(),
        ["for a relative path write two slashes: `sqlite://surely-missing.db`"]
    );
}

#[tokio::test]
async fn a_missing_folder_and_a_folder_as_file_are_explained() {
    let folder = Folder::new();
    let error = Connection::open(&folder.url("sqlite://no/a.db"), Open::Create)
        .await
        .unwrap_err();
    assert!(error.message().ends_with("no does not exist"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Database);
    fs::create_dir(folder.file("dir")).unwrap();
    let error = Connection::open(&folder.url("sqlite://dir"), Open::ReadOnly)
        .await
        .unwrap_err();
    assert!(error.message().ends_with("it is a folder"), "{error}");
    fs::write(folder.file("file"), "").unwrap();
    assert!(
        Connection::open(&folder.url("sqlite://file/a.db"), Open::Create)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_untouched() {
    let folder = Folder::new();
    for content in ["not a database\n".repeat(100), "xy".into()] {
        fs::write(folder.file("a.db"), &content).unwrap();
        for open in [Open::ReadOnly, Open::ReadWrite, Open::Create] {
            let error = Connection::open(&folder.url("sqlite://a.db"), open)
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Database);
            assert!(
                error.message().ends_with("a.db: file is not a database"),
                "{error}"
            );
            assert_eq!(error.hints().len(), 1);
        }
        assert_eq!(fs::read_to_string(folder.file("a.db")).unwrap(), content);
    }
}

#[tokio::test]
async fn an_empty_file_is_an_empty_database() {
    let folder = Folder::new();
    fs::write(folder.file("a.db"), "").unwrap();
    let mut connection = Connection::open(&folder.url("sqlite://a.db"), Open::ReadOnly)
        .await
        .unwrap();
    assert_eq!(connection.query("SELECT * FROM sqlite_schema").await.unwrap(), []);
}

#[tokio::test]
async fn a_damaged_file_is_an_error_with_its_path() {
    let folder = Folder::new();
    let mut connection = folder
        .create(
            "sqlite://a.db",
            "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(9000))",
        )
        .await;
    connection.execute("INSERT INTO t SELECT * FROM t").await.unwrap();
    connection.close().await.unwrap();
    let mut bytes = fs::read(folder.file("a.db")).unwrap();
    bytes[110..4096].fill(0xee);
    fs::write(folder.file("a.db"), bytes).unwrap();
    let mut connection = Connection::open(&folder.url("sqlite://a.db"), Open::ReadOnly)
        .await
        .unwrap();
    let error = connection.query("SELECT * FROM sqlite_schema").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database);
    assert!(
        error
            .message()
            .ends_with("a.db: database disk image is malformed"),
        "{error}"
    );
    assert!(error.hints()[0].contains("backup"));
}

#[tokio::test]
async fn reading_only_refuses_every_write() {
    let folder = Folder::new();
    folder
        .create("sqlite://a.db", "CREATE TABLE t (a)")
        .await
        .close()
        .await
        .unwrap();
    let before = fs::read(folder.file("a.db")).unwrap();
    for (text, open) in [
        ("sqlite://a.db", Open::ReadOnly),
        ("sqlite://a.db?mode=ro", Open::Create),
    ] {
        let mut connection = Connection::open(&folder.url(text), open).await.unwrap();
        let error = connection.execute("INSERT INTO t VALUES (1)").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Database);
        assert!(
            error
                .message()
                .ends_with("a.db: attempt to write a readonly database"),
            "{error}"
        );
        assert_eq!(connection.query("SELECT * FROM t").await.unwrap(), []);
        connection.close().await.unwrap();
    }
    assert_eq!(fs::read(folder.file("a.db")).unwrap(), before);
}

#[tokio::test]
async fn the_journal_mode_of_a_file_stays_and_nothing_is_left_beside_it() {
    let folder = Folder::new();
    for mode in ["delete", "wal", "truncate"] {
        let name = format!("sqlite://{mode}.db");
        let setup = format!("PRAGMA journal_mode = {mode}; CREATE TABLE t (a)");
        folder.create(&name, &setup).await.close().await.unwrap();
        let names = folder.names();
        for open in [Open::ReadOnly, Open::ReadWrite] {
            let mut connection = Connection::open(&folder.url(&name), open).await.unwrap();
            let rows = connection.query("PRAGMA journal_mode").await.unwrap();
            assert_eq!(
                rows[0].text(0).unwrap(),
                if mode == "wal" { "wal" } else { "delete" }
            );
            assert_eq!(connection.query("SELECT * FROM t").await.unwrap(), []);
            connection.close().await.unwrap();
        }
        assert_eq!(folder.names(), names);
    }
}

#[tokio::test]
async fn a_lock_is_told_apart_and_goes_away() {
    let folder = Folder::new();
    let mut holder = folder
        .create("sqlite://a.db", "CREATE TABLE t (a); BEGIN EXCLUSIVE")
        .await;
    let url = folder.url("sqlite://a.db");
    let begun = Instant::now();
    let mut waiting = Connection::open(&url, Open::ReadWrite).await.unwrap();
    let error = waiting.query("SELECT * FROM t").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.message().ends_with("a.db: database is locked"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(waiting.query("SELECT * FROM t").await.unwrap(), []);
}

#[tokio::test]
async fn a_killed_writers_half_done_work_is_rolled_back_even_when_only_reading() {
    let folder = Folder::new();
    let mut connection = folder
        .create(
            "sqlite://a.db",
            "CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA cache_size = 1",
        )
        .await;
    connection
        .execute(
            "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO t SELECT zeroblob(100) FROM n",
        )
        .await
        .unwrap();
    // What a killed process leaves behind: the file with some of the new pages, and the journal.
    fs::copy(folder.file("a.db"), folder.file("b.db")).unwrap();
    fs::copy(folder.file("a.db-journal"), folder.file("b.db-journal")).unwrap();
    let mut copy = Connection::open(&folder.url("sqlite://b.db"), Open::ReadOnly)
        .await
        .unwrap();
    let rows = copy.query("SELECT count(*) FROM t").await.unwrap();
    assert_eq!(rows[0].integer(0).unwrap(), 1);
    copy.close().await.unwrap();
    assert!(!folder.names().contains(&"b.db-journal".to_owned()));
}

#[tokio::test]
async fn a_full_disk_is_an_error_with_advice() {
    let folder = Folder::new();
    let mut connection = folder
        .create("sqlite://a.db", "CREATE TABLE t (a); PRAGMA max_page_count = 3")
        .await;
    let error = connection
        .execute("INSERT INTO t VALUES (zeroblob(100000))")
        .await
        .unwrap_err();
    assert!(
        error.message().ends_with("a.db: database or disk is full"),
        "{error}"
    );
    assert!(error.hints()[0].contains("space"));
}

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

#[tokio::test]
async fn a_running_statement_can_be_interrupted_once() {
    let mut memory = Connection::memory().await.unwrap();
    let interrupter = memory.interrupter();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        interrupter.interrupt();
    });
    let error = memory.query(ENDLESS).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    stopper.join().unwrap();
    memory.query("SELECT 1").await.unwrap();

    memory.interrupter().interrupt();
    assert_eq!(
        memory.query("SELECT 1").await.unwrap_err().kind(),
        ErrorKind::Interrupted
    );
    memory.query("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn a_dropped_future_stops_its_statement_and_the_connection_goes_on() {
    let mut memory = Connection::memory().await.unwrap();
    memory.execute("CREATE TABLE t (a)").await.unwrap();
    for sql in [
        ENDLESS,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    ] {
        let cut = tokio::time::timeout(Duration::from_millis(50), memory.query(sql)).await;
        assert!(cut.is_err());
        let rows = memory.query("SELECT count(*) FROM t").await.unwrap();
        assert_eq!(rows[0].integer(0).unwrap(), 0);
    }
    assert_eq!(memory.execute("INSERT INTO t VALUES (1)").await.unwrap(), 1);
}

#[tokio::test]
async fn dropping_a_busy_connection_rolls_back_and_releases_the_file() {
    let folder = Folder::new();
    let mut busy = folder
        .create(
            "sqlite://a.db",
            "CREATE TABLE t (a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)",
        )
        .await;
    assert!(
        tokio::time::timeout(Duration::from_millis(50), busy.query(ENDLESS))
            .await
            .is_err()
    );
    drop(busy);
    let mut other = Connection::open(&folder.url("sqlite://a.db"), Open::ReadWrite)
        .await
        .unwrap();
    let begun = Instant::now();
    while let Err(error) = other.execute("BEGIN IMMEDIATE").await {
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let rows = other.query("SELECT count(*) FROM t").await.unwrap();
    assert_eq!(rows[0].integer(0).unwrap(), 0);
}

#[tokio::test]
async fn rolling_back_without_a_transaction_is_no_error() {
    let mut memory = Connection::memory().await.unwrap();
    memory
        .execute("CREATE TABLE t (a); BEGIN; INSERT INTO t VALUES (1)")
        .await
        .unwrap();
    memory.roll_back().await.unwrap();
    memory.roll_back().await.unwrap();
    assert_eq!(memory.query("SELECT * FROM t").await.unwrap(), []);
}

#[test]
fn a_connection_can_cross_threads() {
    fn is_send<T: Send>(_: T) {}
    is_send(async {
        let mut memory = Connection::memory().await.unwrap();
        memory.execute_each(&["SELECT 1"]).await.unwrap();
        memory.query("SELECT 1").await.unwrap();
        memory.roll_back().await.unwrap();
        memory.close().await.unwrap();
    });
}
