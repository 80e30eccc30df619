//! Runs up and down, and what stops them.

use super::*;
use crate::ErrorKind;
use crate::migrate::{Direction, Event, StampRows, Status};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn scripts_are_applied_once_and_in_order() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    assert_eq!(
        migrator.status().await.expect("status"),
        Status::Behind {
            pending: vec![id("a1"), id("b2"), id("c3")]
        }
    );
    let outcome = migrator.upgrade("head").await.expect("upgraded");
    let ran: Vec<&str> = outcome.ran.iter().map(|r| r.header.revision.as_str()).collect();
    assert_eq!(ran, ["a1", "b2", "c3"]);
    assert_eq!(outcome.heads, [id("c3")]);
    assert_eq!(outcome.notices, []);
    assert_eq!(migrator.status().await.expect("status"), Status::InStep);
    assert_eq!(migrator.pending().await.expect("pending"), []);

    let again = migrator.upgrade("head").await.expect("nothing to do");
    assert!(again.ran.is_empty());

    let history = migrator.history().await.expect("history");
    assert_eq!(history.len(), 3);
    assert_eq!(history[1].revision, Some(id("b2")));
    assert_eq!((history[1].statements, history[1].statements_total), (2, 2));
    assert_eq!(history[1].checksum.as_deref(), Some("sum of b2"));
    assert!(history[1].started_at <= history[1].finished_at);
    let current = migrator.current().await.expect("current");
    assert_eq!(current[0].revision, id("c3"));
    assert_eq!(current[0].entry.as_ref(), Some(&history[2]));
}

#[tokio::test]
async fn a_downgrade_leads_back_to_the_beginning() {
    let place = Place::new();
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
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("b2").await.expect("up");
    let before = place.dump().await;
    migrator.upgrade("head").await.expect("up");
    migrator.downgrade("b2").await.expect("down");
    assert_eq!(place.dump().await, before);
    assert_eq!(migrator.downgrade("base").await.expect("down").heads, []);
    assert_eq!(
        place
            .count("SELECT count(*) FROM sqlite_schema WHERE name IN ('users', 'orders')")
            .await,
        0
    );
    let last = migrator.history().await.expect("history").pop().expect("a line");
    assert_eq!(
        (last.direction, last.revision),
        (Direction::Downgrade, Some(id("a1")))
    );
}

#[tokio::test]
async fn what_op_execute_did_stops_a_downgrade_before_anything_runs() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("b2").await.expect("up");
    let before = place.dump().await;
    let error = migrator.downgrade("base").await.expect_err("irreversible");
    assert!(
        error
            .message()
            .starts_with("migrations/b2.rs: this direction is irreversible"),
        "{error}"
    );
    assert_eq!(place.dump().await, before);
}

#[tokio::test]
async fn a_later_script_that_cannot_run_stops_the_run_before_the_first() {
    let place = Place::new();
    let why = Directive::Irreversible {
        why: "rows were merged".to_owned(),
    };
    let mut second = script("b2", Some("a1"), vec![create("orders", &["id integer"])]);
    second.downgrade = vec![why];
    let scripts = Listed::new(vec![
        script("a1", None, vec![create("users", &["id integer"])]),
        second,
        script("c3", Some("b2"), vec![create("items", &["id integer"])]),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("head").await.expect("up");
    let before = place.dump().await;
    let error = migrator.downgrade("base").await.expect_err("irreversible");
    assert_eq!(
        error.message(),
        "migrations/b2.rs: this direction is irreversible: rows were merged"
    );
    assert_eq!(place.dump().await, before);
}

#[tokio::test]
async fn e_05_a_failed_statement_leaves_nothing_and_the_script_can_be_tried_again() {
    let place = Place::new();
    let broken = one_more(vec![
        create("orders", &["id integer"]),
        alter("users", vec![rebuild("email", "text", "varchar(20)")]),
        execute("INSERT INTO orders VALUES (1); INSERT INTO nowhere VALUES (2)"),
    ]);
    let mut migrator = place.migrator(&broken).await;
    migrator.upgrade("a1").await.expect("up");
    let before = place.dump().await;
    let error = migrator.upgrade("head").await.expect_err("broken");
    assert!(
        error.message().starts_with("migrations/b2.rs: run SQL: ") && error.message().contains("nowhere"),
        "{error}"
    );
    assert_eq!(error.places()[0].snippet, "INSERT INTO nowhere VALUES (2)");
    assert_eq!(place.dump().await, before);

    let mended = one_more(vec![create("orders", &["id integer"])]);
    drop(migrator);
    let mut migrator = place.migrator(&mended).await;
    assert_eq!(migrator.upgrade("head").await.expect("up").ran.len(), 1);
}

#[test]
fn e_06_upgrades_of_two_databases_in_two_threads_do_not_meet() {
    let upgrade = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let place = Place::new();
            let scripts = shop();
            let mut migrator = place.migrator(&scripts).await;
            migrator.upgrade("head").await.expect("up");
            place.count("SELECT count(*) FROM autogen_history").await
        })
    };
    let other = std::thread::spawn(upgrade);
    assert_eq!(upgrade(), 3);
    assert_eq!(other.join().expect("no panic"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn e_03_of_two_migrators_at_once_the_second_waits_and_finds_all_done() {
    let place = Place::new();
    let scripts = shop();
    let mut runs = Vec::new();
    for _ in 0..3 {
        let mut migrator = place.migrator(&scripts).await;
        runs.push(async move { migrator.upgrade("head").await.map(|outcome| outcome.ran.len()) });
    }
    let mut runs = runs.into_iter();
    let (a, b, c) = (runs.next(), runs.next(), runs.next());
    let (a, b, c) = tokio::join!(a.expect("one"), b.expect("two"), c.expect("three"));
    assert_eq!(a.expect("up") + b.expect("up") + c.expect("up"), 3);
    assert_eq!(place.count("SELECT count(*) FROM autogen_history").await, 3);
    assert_eq!(place.count("SELECT count(*) FROM users").await, 2);
}

#[tokio::test]
async fn a_held_database_is_waited_for_and_then_an_error_says_so() {
    let place = Place::new();
    let scripts = shop();
    let mut holder = place.connect().await;
    holder.execute("BEGIN IMMEDIATE").await.expect("held");
    let waited = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&waited);
    let mut migrator = place
        .migrator_within(&scripts, Duration::from_millis(400))
        .await
        .observed(move |event: &Event<'_>| {
            if let Event::Waiting { .. } = event {
                *seen.lock().expect("no panic") += 1;
            }
        });
    let error = migrator.upgrade("head").await.expect_err("held");
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.hints().iter().any(|h| h.contains("lock_timeout")));
    assert!(*waited.lock().expect("no panic") > 0);

    holder.roll_back().await.expect("let go");
    assert_eq!(migrator.upgrade("head").await.expect("up").ran.len(), 3);
}

#[tokio::test]
async fn a_reader_in_the_way_of_the_commit_is_given_time() {
    let place = Place::new();
    let scripts = shop();
    let mut reader = place.connect().await;
    reader.execute("CREATE TABLE other (a)").await.expect("a file");
    reader
        .execute("BEGIN; SELECT * FROM other")
        .await
        .expect("reading");
    let mut migrator = place.migrator(&scripts).await;
    let (outcome, ()) = tokio::join!(migrator.upgrade("a1"), async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        reader.roll_back().await.expect("done reading");
    });
    assert_eq!(outcome.expect("up").ran.len(), 1);
}

#[tokio::test]
async fn a_dropped_run_leaves_nothing_and_the_migrator_can_go_on() {
    let place = Place::new();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO users (email) SELECT i FROM n LIMIT 100000000";
    let scripts = one_more(vec![
        alter("users", vec![rebuild("email", "text", "varchar(20)")]),
        execute(endless),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    let before = place.dump().await;
    let cut = tokio::time::timeout(Duration::from_millis(300), migrator.upgrade("head")).await;
    assert!(cut.is_err());

    // The next call rolls back; so would dropping the migrator.
    let mut connection = migrator
        .into_connection()
        .await
        .expect("recovered")
        .expect("a connection");
    assert_eq!(place.dump().await, before);
    let on = connection.query("PRAGMA foreign_keys").await.expect("pragma");
    assert!(on[0].boolean(0).expect("a number"));
}

#[tokio::test]
async fn an_interrupted_run_leaves_nothing() {
    let place = Place::new();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO users (email) SELECT i FROM n LIMIT 100000000";
    let scripts = one_more(vec![execute(endless)]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    let before = place.dump().await;
    let interrupter = migrator.connection.as_ref().expect("connected").interrupter();
    let (error, ()) = tokio::join!(migrator.upgrade("head"), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        interrupter.interrupt();
    });
    let error = error.expect_err("interrupted");
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(
        error
            .message()
            .contains("migrations/b2.rs: nothing of it is left"),
        "{error}"
    );
    assert_eq!(place.dump().await, before);
}

#[tokio::test]
async fn rows_that_contradict_stop_the_script_before_anything_is_touched() {
    let place = Place::new();
    let scripts = one_more(vec![
        create("orders", &["id integer"]),
        alter("users", vec![not_null("email")]),
    ]);
    let statements = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&statements);
    let mut migrator = place.migrator(&scripts).await.observed(move |event: &Event<'_>| {
        if let Event::Statements { of, .. } = event {
            seen.lock().expect("no panic").push(*of);
        }
    });
    migrator.upgrade("a1").await.expect("up");
    statements.lock().expect("no panic").clear();
    let before = place.dump().await;
    let error = migrator.upgrade("head").await.expect_err("contradiction");
    assert_eq!(error.kind(), ErrorKind::RowsContradict);
    assert_eq!(
        error.message(),
        "migrations/b2.rs: rows contradict: 1 row of users has NULL in email, which becomes NOT NULL"
    );
    assert_eq!(*statements.lock().expect("no panic"), Vec::<u64>::new());
    assert_eq!(place.dump().await, before);
}

#[tokio::test]
async fn what_only_the_engine_knows_is_a_contradiction_too() {
    let place = Place::new();
    // '1' and '01' become equal as integers.
    let mut key = table("users", &["email text"]).primary_key.expect("a key");
    key.name = None;
    let scripts = one_more(vec![
        execute("DELETE FROM users; INSERT INTO users (email) VALUES ('1'), ('01')"),
        alter(
            "users",
            vec![
                rebuild("email", "text", "integer"),
                TableChange::AddConstraint {
                    constraint: crate::schema::Constraint::Unique(crate::schema::Unique {
                        name: None,
                        columns: key.columns,
                        include: Vec::new(),
                        nulls_not_distinct: false,
                        deferral: key.deferral,
                        options: key.options,
                    }),
                },
            ],
        ),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    let error = migrator.upgrade("head").await.expect_err("contradiction");
    assert_eq!(error.kind(), ErrorKind::RowsContradict);
    assert!(
        error
            .message()
            .starts_with("migrations/b2.rs: rows contradict: users: "),
        "{error}"
    );
}

#[tokio::test]
async fn rows_that_lose_their_parent_stop_the_script_and_old_orphans_do_not() {
    let place = Place::new();
    let scripts = Listed::new(vec![
        script(
            "a1",
            None,
            vec![
                create("users", &["id integer", "email text"]),
                create("orders", &["id integer", "user_id integer"]),
                alter("orders", vec![refer("user_id", "users")]),
            ],
        ),
        script(
            "b2",
            Some("a1"),
            vec![alter("orders", vec![rebuild("user_id", "integer", "bigint")])],
        ),
        script(
            "c3",
            Some("b2"),
            vec![
                Directive::RenameTable(Change::new("orders".into(), "purchases".into())),
                execute("DELETE FROM users WHERE id = 1"),
            ],
        ),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    place
        .connect()
        .await
        .execute("PRAGMA foreign_keys=OFF; INSERT INTO users (id) VALUES (1); INSERT INTO orders VALUES (1, 1), (2, 77)")
        .await
        .expect("rows");
    migrator.upgrade("b2").await.expect("an old orphan is no news");
    let before = place.dump().await;
    let error = migrator.upgrade("c3").await.expect_err("a new orphan");
    assert_eq!(
        error.message(),
        "migrations/c3.rs: rows contradict: foreign key: after the script 1 row of purchases refers to nothing in users"
    );
    assert_eq!(place.dump().await, before);
}

#[tokio::test]
async fn foreign_keys_that_cannot_be_checked_are_a_notice() {
    let place = Place::new();
    let scripts = one_more(vec![alter(
        "users",
        vec![rebuild("email", "text", "varchar(20)")],
    )]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    place
        .connect()
        .await
        .execute("CREATE TABLE p (a); CREATE TABLE c (a REFERENCES p (a)); PRAGMA foreign_keys=OFF; INSERT INTO c VALUES (1)")
        .await
        .expect("a key that fits nothing");
    let outcome = migrator.upgrade("head").await.expect("up");
    assert!(
        outcome.notices[0].message.contains("foreign key mismatch"),
        "{:?}",
        outcome.notices
    );
}

#[tokio::test]
async fn the_schema_is_read_again_behind_sql_of_the_users_own() {
    let place = Place::new();
    let scripts = one_more(vec![
        execute("ALTER TABLE users ADD COLUMN age text; UPDATE users SET email = 'y', age = 7"),
        alter(
            "users",
            vec![rebuild("age", "text", "integer"), not_null("email")],
        ),
        execute("CREATE TABLE late (a integer)"),
        alter(
            "late",
            vec![TableChange::AddColumn(
                crate::schema::Column::new("b", "text").into(),
            )],
        ),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("head").await.expect("up");
    assert_eq!(
        place
            .count("SELECT count(*) FROM users WHERE age = 7 AND typeof(age) = 'integer'")
            .await,
        2
    );
    assert_eq!(
        place
            .count("SELECT count(*) FROM pragma_table_info('late')")
            .await,
        2
    );
}

#[tokio::test]
async fn the_session_is_as_before_after_success_and_failure() {
    let place = Place::new();
    let scripts = one_more(vec![
        alter("users", vec![rebuild("email", "text", "varchar(20)")]),
        execute("nonsense"),
    ]);
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    migrator.upgrade("head").await.expect_err("nonsense");
    let mut connection = migrator
        .into_connection()
        .await
        .expect("recovered")
        .expect("a connection");
    for pragma in ["foreign_keys", "legacy_alter_table"] {
        let rows = connection
            .query(&format!("PRAGMA {pragma}"))
            .await
            .expect("pragma");
        assert_eq!(rows[0].boolean(0).expect("a number"), pragma == "foreign_keys");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_left_alone() {
    let place = Place::new();
    let scripts = shop();
    place.migrator(&scripts).await.upgrade("a1").await.expect("up");
    let url = DatabaseUrl::parse("sqlite://app.db", Path::new(place.folder.path())).expect("a url");
    let readonly = Connection::open(&url, Open::ReadOnly)
        .await
        .expect("a connection");
    let mut migrator =
        Migrator::new(readonly, Engine::Sqlite, &scripts, &Options::default()).expect("a migrator");
    let error = migrator.upgrade("head").await.expect_err("read only");
    assert!(error.message().contains("readonly"), "{error}");
    assert_eq!(migrator.current().await.expect("current")[0].revision, id("a1"));
}

#[test]
fn a_run_can_cross_threads() {
    fn is_send<T: Send>(_: T) {}
    let scripts = shop();
    is_send(async {
        let mut migrator =
            Migrator::new(None, Engine::Sqlite, &scripts, &Options::default()).expect("a migrator");
        migrator.upgrade("head").await.expect("up");
        migrator.stamp(&["head"], StampRows::Keep).await.expect("stamped");
        migrator.upgrade_sql("head").await.expect("a text");
        migrator.status().await.expect("status");
    });
}

#[tokio::test]
async fn a_folder_of_scripts_is_what_is_applied() {
    let place = Place::new();
    let folder = place.folder.path().join("migrations");
    std::fs::create_dir(&folder).expect("a folder");
    let script = |revision: &str, revises: &str, upgrade: &str, downgrade: &str| {
        let text = format!(
            "//! make {revision}\n//!\n//! Revision: {revision}\n\nuse autogen::script::*;\n\npub const REVISION: Revision = Revision::new(\"{revision}\"){revises};\n\npub fn upgrade(op: &mut Operations) {{\n    {upgrade}\n}}\n\npub fn downgrade(op: &mut Operations) {{\n    {downgrade}\n}}\n"
        );
        std::fs::write(folder.join(format!("{revision}.rs")), text).expect("written");
    };
    script(
        "a1a1",
        "",
        r#"op.create_table("users").column("id", integer()).column("email", text()); op.bulk_insert("users", ["id", "email"]).row([value(1), value("x")]).row([value(2), null()]);"#,
        r#"op.drop_table("users").column("id", integer()).column("email", text());"#,
    );
    script(
        "b2b2",
        ".revises(&[\"a1a1\"])",
        r#"op.alter_table("users").alter_column("email", text().set_not_null());"#,
        r#"op.alter_table("users").alter_column("email", text().drop_not_null());"#,
    );
    let scripts = crate::script::Folder::load(&folder).expect("a folder of scripts");
    let mut migrator = Migrator::new(
        place.connect().await,
        Engine::Sqlite,
        &scripts,
        &Options::default(),
    )
    .expect("a migrator");
    let error = migrator.upgrade("head").await.expect_err("contradiction");
    assert!(
        error
            .message()
            .contains("b2b2.rs: rows contradict: 1 row of users has NULL in email"),
        "{error}"
    );
    assert_eq!(migrator.current().await.expect("current")[0].revision, id("a1a1"));
    let mut connection = migrator
        .into_connection()
        .await
        .expect("closed")
        .expect("a connection");
    connection
        .execute("UPDATE users SET email = 'y' WHERE email IS NULL")
        .await
        .expect("mended");
    let mut migrator =
        Migrator::new(connection, Engine::Sqlite, &scripts, &Options::default()).expect("a migrator");
    assert_eq!(migrator.upgrade("head").await.expect("up").ran.len(), 1);
    assert_eq!(migrator.downgrade("base").await.expect("down").ran.len(), 2);
}

#[tokio::test]
async fn a_database_that_another_process_moves_away_stops_the_run() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    migrator.upgrade("a1").await.expect("up");
    let mut other = place.connect().await;
    other
        .execute("BEGIN IMMEDIATE; DELETE FROM autogen_version")
        .await
        .expect("held");
    let (error, ()) = tokio::join!(migrator.upgrade("head"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.execute("COMMIT").await.expect("moved");
    });
    let error = error.expect_err("moved away");
    assert_eq!(error.kind(), ErrorKind::OutOfStep);
    assert!(error.message().contains("it is at base"), "{error}");
    assert_eq!(place.count("SELECT count(*) FROM users").await, 0);
}
