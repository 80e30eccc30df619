//! Migrators on real SQLite files.
#![cfg(feature = "sqlite")]

use super::*;
use crate::database::{DatabaseUrl, Open};
use crate::directive::{AlterColumn, Change, ColumnChange, TableChange};
use crate::migrate::testing::{Listed, One, alter, create, execute, id, rebuild, refer, script, table};
use crate::migrate::{Status, offline_sql};
use std::path::Path;
use std::sync::{Arc, Mutex};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    async fn connect(&self) -> Connection {
        let url = DatabaseUrl::parse("sqlite://app.db", self.folder.path()).expect("a url");
        Connection::open(&url, Open::Create).await.expect("a connection")
    }

    async fn migrator<'a>(&self, scripts: &'a Listed) -> Migrator<'a> {
        self.migrator_within(scripts, Duration::from_secs(10)).await
    }

    async fn migrator_within<'a>(&self, scripts: &'a Listed, lock_timeout: Duration) -> Migrator<'a> {
        let options = Options {
            lock_timeout,
            ..Options::default()
        };
        Migrator::new(self.connect().await, Engine::Sqlite, scripts, &options).expect("a migrator")
    }

    /// Everything the database holds, as an outsider sees it, without the times in the ledger.
    async fn dump(&self) -> Vec<String> {
        let mut connection = self.connect().await;
        let mut dump = Vec::new();
        for row in connection
            .query("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .await
            .expect("the schema")
        {
            let name = row.text(0).expect("a name").to_owned();
            // SQLite quotes the name of a table that was renamed.
            dump.push(row.text(1).expect("sql").replace('"', ""));
            if !name.starts_with("autogen_") {
                for row in connection
                    .query(&format!("SELECT * FROM \"{name}\""))
                    .await
                    .expect("rows")
                {
                    dump.push(format!("{:?}", row.values()));
                }
            }
        }
        dump
    }

    async fn count(&self, sql: &str) -> i64 {
        let rows = self.connect().await.query(sql).await.expect("a count");
        rows[0].integer(0).expect("a number")
    }
}

fn shop() -> Listed {
    Listed::new(vec![
        script("a1", None, vec![create("users", &["id integer", "email text"])]),
        script(
            "b2",
            Some("a1"),
            vec![
                create("orders", &["id integer", "user_id integer"]),
                execute("INSERT INTO users (email) VALUES ('x'), (NULL)"),
            ],
        ),
        script(
            "c3",
            Some("b2"),
            vec![alter("orders", vec![refer("user_id", "users")])],
        ),
    ])
}

fn not_null(column: &str) -> TableChange {
    TableChange::AlterColumn(AlterColumn {
        name: column.into(),
        ty: "text".into(),
        changes: vec![ColumnChange::NotNull(Change::new(false, true))],
        using: None,
        backfill: None,
    })
}

fn one_more(directives: Vec<Directive>) -> Listed {
    let first: One = script(
        "a1",
        None,
        vec![
            create("users", &["id integer", "email text"]),
            execute("INSERT INTO users (email) VALUES ('x'), (NULL)"),
        ],
    );
    Listed::new(vec![first, script("b2", Some("a1"), directives)])
}

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
    let outcome = migrator.stamp("b2").await.expect("stamped");
    assert_eq!(outcome.heads, [id("b2")]);
    assert_eq!(migrator.status().await.expect("status"), Status::InStep);
}

#[tokio::test]
async fn a_stamp_runs_nothing_and_is_recorded() {
    let place = Place::new();
    let scripts = shop();
    let mut migrator = place.migrator(&scripts).await;
    migrator.stamp("head").await.expect("stamped");
    assert_eq!(migrator.status().await.expect("status"), Status::InStep);
    assert_eq!(
        place
            .count("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
            .await,
        2
    );
    migrator.stamp("base").await.expect("stamped");
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
        let text = offline_sql(&scripts, Engine::Sqlite, &Options::default(), direction, from, to)
            .await
            .expect("a text");
        dry.connect().await.execute(&text).await.expect("it runs");
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
        "a1",
        "head",
    )
    .await
    .expect("a text");
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
