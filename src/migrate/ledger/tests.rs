use super::*;
use crate::dialect::sqlite::Sqlite;

fn ledger() -> Ledger {
    Ledger::new(&Sqlite, "autogen_version", "autogen_history")
}

fn ids(texts: &[&str]) -> Vec<RevisionId> {
    texts
        .iter()
        .map(|t| RevisionId::new(*t).expect("an id"))
        .collect()
}

fn done(direction: Direction, revision: &str) -> Entry {
    Entry {
        revision: Some(RevisionId::new(revision).expect("an id")),
        direction,
        checksum: Some("abc".to_owned()),
        tool_version: "0.1.0".to_owned(),
        started_at: "2026-11-22T06:40:00Z".parse().ok(),
        finished_at: None,
        statements: 2,
        statements_total: 2,
    }
}

#[tokio::test]
async fn reading_never_creates_the_tables() {
    let mut memory = Connection::memory().await.expect("memory");
    assert_eq!(ledger().read(&mut memory).await.expect("read"), Record::default());
    let rows = memory
        .query("SELECT count(*) FROM sqlite_schema")
        .await
        .expect("query");
    assert_eq!(rows[0].integer(0).expect("a count"), 0);
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let mut memory = Connection::memory().await.expect("memory");
    let ledger = ledger();
    assert!(ledger.ensure(&mut memory).await.expect("made"));
    assert!(!ledger.ensure(&mut memory).await.expect("there"));
    let entries = [done(Direction::Upgrade, "a"), done(Direction::Downgrade, "a")];
    for entry in &entries {
        ledger.record(&mut memory, entry).await.expect("recorded");
    }
    ledger
        .set_heads(&mut memory, &[], &ids(&["b", "a"]))
        .await
        .expect("set");
    let record = ledger.read(&mut memory).await.expect("read");
    assert_eq!(record.heads, ids(&["a", "b"]));
    assert_eq!(record.history, entries);
}

#[tokio::test]
async fn moves_of_heads_touch_one_row_each_or_fail() {
    let mut memory = Connection::memory().await.expect("memory");
    let ledger = ledger();
    ledger.ensure(&mut memory).await.expect("made");
    let steps: [(&[&str], &[&str]); 6] = [
        (&[], &["a"]),
        (&["a"], &["b"]),
        (&["b"], &["b", "c"]),
        (&["b", "c"], &["d"]),
        (&["d"], &["b", "c"]),
        (&["b", "c"], &[]),
    ];
    for (old, new) in steps {
        ledger
            .set_heads(&mut memory, &ids(old), &ids(new))
            .await
            .expect("moved");
        assert_eq!(ledger.heads(&mut memory).await.expect("read"), ids(new));
    }
    let error = ledger
        .set_heads(&mut memory, &ids(&["x"]), &ids(&["y"]))
        .await
        .expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::OutOfStep);
    assert!(
        error.message().contains("expected to match one row") && error.message().contains("0 matched"),
        "{error}"
    );
}

#[tokio::test]
async fn a_table_of_another_kind_is_not_taken_for_a_ledger() {
    let mut memory = Connection::memory().await.expect("memory");
    memory
        .execute("CREATE TABLE autogen_version (a); CREATE TABLE v2 (version_num)")
        .await
        .expect("made");
    let error = ledger().heads(&mut memory).await.expect_err("no column");
    assert!(
        error.hints().iter().any(|h| h.contains("version_table")),
        "{error:?}"
    );
    let other = Ledger::new(&Sqlite, "v2", "h2");
    memory
        .execute("INSERT INTO v2 VALUES ('a'), ('a')")
        .await
        .expect("rows");
    let error = other.heads(&mut memory).await.expect_err("twice");
    assert!(error.message().contains("twice"), "{error}");
    memory
        .execute("UPDATE v2 SET version_num = 'not a revision'")
        .await
        .expect("rows");
    let error = other.heads(&mut memory).await.expect_err("no id");
    assert!(error.message().contains("cannot be read"), "{error}");
}
