//! Dry runs and texts made without a database.

use super::*;
use crate::migrate::{Direction, Status, offline_sql};

fn with_sql_between() -> Listed {
    one_more(vec![
        execute("ALTER TABLE users ADD COLUMN age text; UPDATE users SET email = 'y', age = 7 -- all"),
        alter("users", vec![rebuild("age", "text", "integer")]),
        execute("CREATE TABLE late (a integer)"),
        alter(
            "late",
            vec![TableChange::AddColumn(
                crate::schema::Column::new("b", "text").into(),
            )],
        ),
    ])
}

#[tokio::test]
async fn the_text_of_a_dry_run_does_what_the_run_does() {
    for scripts in [shop(), with_sql_between()] {
        let (real, dry) = (Place::new(), Place::new());
        real.migrator(&scripts).await.upgrade("head").await.expect("up");
        dry.migrator(&scripts).await.upgrade("a1").await.expect("up");

        let before = dry.dump().await;
        let text = dry
            .migrator(&scripts)
            .await
            .upgrade_sql("head")
            .await
            .expect("a text");
        assert_eq!(dry.dump().await, before);
        dry.connect().await.execute(&text).await.expect("it runs");
        assert_eq!(dry.dump().await, real.dump().await);
        let mut migrator = dry.migrator(&scripts).await;
        assert_eq!(migrator.status().await.expect("status"), Status::InStep);
        let history = migrator.history().await.expect("history");
        assert!(history.iter().all(|entry| entry.finished_at.is_some()));
        assert_eq!(migrator.upgrade_sql("head").await.expect("nothing"), "");
    }
}

#[tokio::test]
async fn a_dry_run_of_a_missing_database_does_not_make_it() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator =
        Migrator::new(None, Engine::Sqlite, &scripts, &Options::default()).expect("a migrator");
    let text = migrator.upgrade_sql("head").await.expect("a text");
    place.connect().await.execute(&text).await.expect("it runs");
    let real = Place::new();
    real.migrator(&scripts).await.upgrade("head").await.expect("up");
    assert_eq!(place.dump().await, real.dump().await);
}

#[tokio::test]
async fn a_text_made_without_a_database_leads_from_one_revision_to_another() {
    let scripts = Listed::new(vec![
        script("a1", None, vec![create("users", &["id integer", "email text"])]),
        script(
            "b2",
            Some("a1"),
            vec![create("orders", &["id integer", "user_id integer"])],
        ),
        script(
            "c3",
            Some("b2"),
            vec![alter("orders", vec![refer("user_id", "users")])],
        ),
    ]);
    let (real, dry) = (Place::new(), Place::new());
    real.migrator(&scripts).await.upgrade("head").await.expect("up");
    for (direction, from, to) in [
        (Direction::Upgrade, "base", "b2"),
        (Direction::Upgrade, "b2", "head"),
        (Direction::Downgrade, "c3", "base"),
    ] {
        let way = format!("{from}:{to}");
        let preview = offline_sql(&scripts, Engine::Sqlite, &Options::default(), direction, &way)
            .await
            .expect("a text");
        dry.connect().await.execute(&preview.sql).await.expect("it runs");
        if to == "head" {
            assert_eq!(dry.dump().await, real.dump().await);
        }
    }
    assert_eq!(dry.migrator(&scripts).await.current().await.expect("current"), []);
    assert_eq!(
        dry.count("SELECT count(*) FROM sqlite_schema WHERE name IN ('users', 'orders')")
            .await,
        0
    );
}

#[tokio::test]
async fn the_text_of_a_dry_run_can_be_read() {
    let scripts = with_sql_between();
    let text = offline_sql(
        &scripts,
        Engine::Sqlite,
        &Options::default(),
        Direction::Upgrade,
        "a1:head",
    )
    .await
    .expect("a text")
    .sql;
    insta::assert_snapshot!(text, @r#"
    -- run this with a client that stops at the first error

    -- upgrade migrations/b2.rs
    PRAGMA foreign_keys=OFF;
    BEGIN;

    -- run SQL
    ALTER TABLE users ADD COLUMN age text;
    UPDATE users SET email = 'y', age = 7;

    -- users: alter column age (type text to integer)
    -- rebuild users: the new table
    CREATE TABLE _autogen_new_users (
        id integer PRIMARY KEY,
        email text,
        age integer
    );
    -- its rows
    INSERT INTO _autogen_new_users (id, email, age)
        SELECT id, email, age
        FROM users;
    DROP TABLE users;
    PRAGMA legacy_alter_table=ON;
    ALTER TABLE _autogen_new_users RENAME TO users;
    PRAGMA legacy_alter_table=OFF;

    -- run SQL
    CREATE TABLE late (a integer);

    -- late: add column b
    ALTER TABLE late ADD COLUMN b text;

    -- the ledger
    UPDATE autogen_version SET version_num = 'b2' WHERE version_num = 'a1';
    INSERT INTO autogen_history (id, revision, direction, checksum, tool_version, started_at, finished_at, statements, statements_total) SELECT coalesce(max(id), 0) + 1, 'b2', 'upgrade', 'sum of b2', '0.1.0', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 10, 10 FROM autogen_history;
    -- must find no more than before the script
    SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2;
    COMMIT;
    PRAGMA foreign_keys=ON;
    PRAGMA legacy_alter_table=OFF;
    "#);
}
