//! Where a database stands, and stamps.

use super::*;
use crate::ErrorKind;
use crate::migrate::{Direction, StampRows, Status};

#[tokio::test]
async fn relative_targets_and_ids_go_only_so_far() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    assert_eq!(migrator.upgrade("+2").await.expect("up").heads, [id("b2")]);
    assert_eq!(migrator.upgrade("c3").await.expect("up").heads, [id("c3")]);
    let error = migrator.upgrade("+1").await.expect_err("the end");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert_eq!(migrator.downgrade("-1").await.expect("down").heads, [id("b2")]);
    assert_eq!(
        place
            .count("SELECT count(*) FROM pragma_foreign_key_list('orders')")
            .await,
        0
    );
}

#[tokio::test]
async fn a_changed_script_is_noticed() {
    let place = Place::new();
    let scripts = shop();
    place.migrator(&scripts).await.upgrade("b2").await.expect("up");
    let mut changed = vec![
        script("a1", None, vec![create("users", &["id integer"])]),
        script("b2", Some("a1"), Vec::new()),
        script("c3", Some("b2"), Vec::new()),
    ];
    changed[0].checksum = "another sum".to_owned();
    let changed = Listed::new(changed);
    let outcome = place.migrator(&changed).await.upgrade("head").await.expect("up");
    assert_eq!(outcome.notices.len(), 1);
    assert_eq!(
        outcome.notices[0].message,
        "migrations/a1.rs was changed after it was applied"
    );
}

#[tokio::test]
async fn a_revision_without_a_script_stops_everything_but_stamp() {
    let place = Place::new();
    let scripts = shop();
    place.migrator(&scripts).await.upgrade("head").await.expect("up");
    let shorter = Listed::new(vec![
        script("a1", None, vec![create("users", &["id integer"])]),
        script("b2", Some("a1"), Vec::new()),
    ]);
    let mut migrator = place.migrator(&shorter).await;
    assert_eq!(
        migrator.status().await.expect("status"),
        Status::Ahead {
            revisions: vec![id("c3")]
        }
    );
    for error in [
        migrator.upgrade("head").await.expect_err("unknown"),
        migrator.downgrade("base").await.expect_err("unknown"),
    ] {
        assert_eq!(error.kind(), ErrorKind::OutOfStep);
        assert_eq!(error.exit_code(), 3);
        assert!(
            error.message().contains("revision c3 (autogen_version says so)"),
            "{error}"
        );
        assert!(
            error.hints()[0].contains("`upgrade` of autogen"),
            "{:?}",
            error.hints()
        );
    }
    let stranger = Listed::new(vec![script("zzzz", None, Vec::new())]);
    assert_eq!(
        place.migrator(&stranger).await.status().await.expect("status"),
        Status::Unknown {
            revisions: vec![id("c3")]
        }
    );
    let outcome = migrator.stamp(&["b2"], StampRows::Keep).await.expect("stamped");
    assert_eq!(outcome.heads, [id("b2")]);
    assert_eq!(migrator.status().await.expect("status"), Status::InStep);
}

#[tokio::test]
async fn a_stamp_runs_nothing_and_is_recorded() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    migrator.stamp(&["head"], StampRows::Keep).await.expect("stamped");
    assert_eq!(migrator.status().await.expect("status"), Status::InStep);
    assert_eq!(
        place
            .count("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
            .await,
        2
    );
    migrator.stamp(&["base"], StampRows::Keep).await.expect("stamped");
    let history = migrator.history().await.expect("history");
    let lines: Vec<_> = history
        .iter()
        .map(|e| (e.direction, e.revision.clone()))
        .collect();
    assert_eq!(
        lines,
        [(Direction::Stamp, Some(id("c3"))), (Direction::Stamp, None)]
    );
    assert_eq!(migrator.current().await.expect("current"), []);
}

#[tokio::test]
async fn looking_changes_nothing_and_needs_no_database() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator =
        Migrator::new(None, Engine::Sqlite, &scripts, &Options::default()).expect("a migrator");
    assert_eq!(migrator.current().await.expect("current"), []);
    assert_eq!(migrator.pending().await.expect("pending").len(), 3);
    assert_eq!(
        migrator.upgrade("head").await.expect_err("no database").kind(),
        ErrorKind::Usage
    );
    let mut migrator = place.migrator(&scripts).await;
    migrator.status().await.expect("status");
    assert_eq!(place.dump().await, Vec::<String>::new());
    assert!(migrator.ensure_ledger().await.expect("made"));
    assert!(!migrator.ensure_ledger().await.expect("there"));
}
