//! B: what a rebuild must keep, and when there must be none.

use crate::harness::*;
use crate::project::Project;
use autogen::ErrorKind;

/// The names of the columns of `t` in order.
const ORDER: &str = "SELECT group_concat(name, ' ') FROM pragma_table_info('t')";

#[test]
fn b_01_a_type_changes_and_rows_stay() {
    Scenario::new("B-01")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w REAL)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, w REAL)")
        .rows("INSERT INTO t VALUES (9, '12', 1.5), (4, 'x', NULL)")
        .expect(&["t: alter column v (type text to integer)"]);
}

#[test]
fn b_01_a_renamed_column_takes_indexes_keys_and_checks_with_it() {
    // The second column is changed too, so that the table is rebuilt under the new name.
    for (columns, rest) in [
        ("old TEXT", ""),
        ("old TEXT", "; CREATE INDEX ix ON t (old)"),
        (
            "old TEXT",
            "; CREATE UNIQUE INDEX ix ON t (lower(old)) WHERE old IS NOT NULL",
        ),
        ("old TEXT UNIQUE", ""),
        ("old TEXT, CONSTRAINT uq UNIQUE (old, id)", ""),
        ("old BOOLEAN CHECK (old IN (0, 1))", ""),
        ("old TEXT CONSTRAINT mood CHECK (old IN ('sad', 'ok', '1'))", ""),
        ("old INTEGER REFERENCES p (id)", ""),
        (
            "old INTEGER, FOREIGN KEY (old) REFERENCES p (id) ON DELETE CASCADE",
            "",
        ),
        ("old INTEGER, half AS (old / 2) STORED", ""),
    ] {
        for other in ["v INT", "v BIGINT"] {
            let schema = |column: &str, v: &str| {
                format!(
                    "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, {v}, {}){}",
                    columns.replace("old", column),
                    rest.replace("old", column)
                )
            };
            Scenario::new("B-01")
                .from(&schema("old", "v INT"))
                .to(&schema("\"new name\"", other))
                .rows(
                    "INSERT INTO p VALUES (1); INSERT INTO t (id, v, old) VALUES (5, 7, 1), (6, NULL, NULL)",
                )
                .rename("t.old", "t.new name")
                .upgraded("SELECT id, \"new name\" FROM t ORDER BY id", "5|1;6|")
                .holds();
        }
    }
    Scenario::new("B-01")
        .from("CREATE TABLE t (old INTEGER PRIMARY KEY AUTOINCREMENT, v INT); CREATE TABLE c (t_id INT REFERENCES t (old))")
        .to("CREATE TABLE t (new INTEGER PRIMARY KEY AUTOINCREMENT, v BIGINT); CREATE TABLE c (t_id INT REFERENCES t (new))")
        .rows("INSERT INTO t VALUES (3, 1); INSERT INTO c VALUES (3)")
        .rename("t.old", "t.new")
        .expect(&["t: rename column old to new", "t: alter column v (type int to bigint)"]);
}

#[test]
fn b_02_the_text_of_a_check_follows_the_rename() {
    let table = |column: &str, v: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, {column} TEXT, v {v},
                CHECK (length(\"{column}\") > 1 AND t.{column} <> 'old' /* {column} */), CHECK (v > 0))"
        )
    };
    Scenario::new("B-02")
        .from(&table("old", "INT"))
        .to(&table("new", "BIGINT"))
        .rows("INSERT INTO t VALUES (1, 'abc', 1)")
        .rename("t.old", "t.new")
        .expect(&[
            "t: rename column old to new",
            "t: alter column v (type int to bigint)",
        ]);
}

#[test]
fn b_03_a_new_column_is_put_where_the_target_has_it() {
    let from = "CREATE TABLE t (a INT, b INT, c INT)";
    for columns in [
        "a b c new",
        "new a b c",
        "a new b c",
        "a b new c",
        "a b c new newer",
        "new newer a b c",
        "new a newer b last c",
        "a new newer b c last",
    ] {
        let definitions: Vec<String> = columns.split(' ').map(|c| format!("{c} INT")).collect();
        let scenario = || {
            Scenario::new("B-03")
                .from(from)
                .to(&format!("CREATE TABLE t ({})", definitions.join(", ")))
                .rows("INSERT INTO t VALUES (1, 2, 3)")
                .downgraded(ORDER, "a b c")
        };
        scenario().column_order().upgraded(ORDER, columns).holds();
        // Where the order says nothing, new columns go to the end, in place.
        let (old, new): (Vec<&str>, Vec<&str>) = columns.split(' ').partition(|c| c.len() == 1);
        scenario().upgraded(ORDER, &[old, new].concat().join(" ")).holds();
    }
}

#[test]
fn b_03_columns_in_another_order_are_a_change_only_when_asked_for() {
    let from = "CREATE TABLE t (a INT, b INT, c INT)";
    let to = "CREATE TABLE t (c INT, a INT, b INT)";
    all_equal("B-03", &[(from, to)]);
    Scenario::new("B-03")
        .from(from)
        .to(to)
        .column_order()
        .rows("INSERT INTO t VALUES (1, 2, 3)")
        .upgraded(ORDER, "c a b")
        .downgraded(ORDER, "a b c")
        .expect(&["t: reorder columns"]);
    Scenario::new("B-03")
        .from(from)
        .to("CREATE TABLE t (c INT, new INT, a INT)")
        .column_order()
        .rows("INSERT INTO t VALUES (1, 2, 3)")
        .upgraded(ORDER, "c new a")
        .downgraded(ORDER, "a b c")
        .holds();
}

#[test]
fn b_04_a_dropped_column_takes_its_key_with_it_and_leaves_the_others() {
    let p = "CREATE TABLE p (id INTEGER PRIMARY KEY, v INT); ";
    for (from, to, rows) in [
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT)",
            "INSERT INTO t VALUES (2, 'a', 'b')",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT)",
            "CREATE TABLE t (b TEXT)",
            "INSERT INTO t VALUES (2, 'b'), (9, 'c')",
        ),
        (
            "CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (a, b))",
            "CREATE TABLE t (b INT, c INT)",
            "INSERT INTO t VALUES (1, 2, 3)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, p_id INT REFERENCES p (id), b INT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT)",
            "INSERT INTO t VALUES (1, NULL, 3)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, p_id INT REFERENCES p (id), b INT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, p_id INT REFERENCES p (id))",
            "INSERT INTO p VALUES (1, 1); INSERT INTO t VALUES (1, 1, 3)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t (id) ON DELETE CASCADE, b INT UNIQUE)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t (id) ON DELETE CASCADE)",
            "INSERT INTO t VALUES (1, NULL, 3), (2, 1, 4)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0), b INT); CREATE INDEX i ON t (a)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT)",
            "INSERT INTO t VALUES (1, 2, 3)",
        ),
    ] {
        Scenario::new("B-04")
            .from(&format!("{p}{from}"))
            .to(&format!("{p}{to}"))
            .rows(rows)
            .holds();
    }
}

#[test]
fn b_05_a_key_column_comes_back_as_another() {
    for (from, to) in [
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id TEXT, v TEXT)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT)",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id BIGINT, v TEXT, CONSTRAINT pk PRIMARY KEY (id))",
        ),
        (
            "CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
        ),
        (
            "CREATE TABLE t (id INT, v TEXT, PRIMARY KEY (id))",
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
        ),
    ] {
        Scenario::new("B-05")
            .from(from)
            .to(to)
            .rows("INSERT INTO t VALUES (5, 'x'), (3, 'y')")
            .holds();
    }
}

#[test]
fn b_06_constraints_come_and_go_in_a_rebuild() {
    let p = "CREATE TABLE p (id INTEGER PRIMARY KEY); ";
    for constraint in [
        "FOREIGN KEY (x) REFERENCES p (id)",
        "CONSTRAINT fk FOREIGN KEY (x) REFERENCES p (id)",
        "UNIQUE (x)",
        "CONSTRAINT uq UNIQUE (x, y)",
        "CHECK (x < 9)",
        "CONSTRAINT ck CHECK (x < 9)",
        "PRIMARY KEY (x)",
        "CONSTRAINT pk PRIMARY KEY (y, x)",
    ] {
        let plain = format!("{p}CREATE TABLE t (x INT, y INT)");
        let with = format!("{p}CREATE TABLE t (x INT, y INT, {constraint})");
        let rows = "INSERT INTO p VALUES (1), (2); INSERT INTO t VALUES (1, 5), (2, 6)";
        Scenario::new("B-06").from(&plain).to(&with).rows(rows).holds();
        Scenario::new("B-06").from(&with).to(&plain).rows(rows).holds();
    }
}

#[test]
fn b_06_an_index_alone_needs_no_rebuild() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT)";
    let indexed = format!("{table}; CREATE INDEX ix ON t (x)");
    assert_statements("B-06", table, &indexed, &["CREATE INDEX ix ON t (x)"]);
    assert_statements("B-06", &indexed, table, &["DROP INDEX ix"]);
}

#[test]
fn b_07_defaults_and_table_options_come_and_go() {
    let rows = "INSERT INTO t (id, v) VALUES (2, 'x'), (1, NULL)";
    for (from, to) in [
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT DEFAULT 'd')",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT) STRICT",
        ),
        (
            "CREATE TABLE t (id INT PRIMARY KEY NOT NULL, v TEXT)",
            "CREATE TABLE t (id INT PRIMARY KEY NOT NULL, v TEXT) WITHOUT ROWID",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, v TEXT) WITHOUT ROWID, STRICT",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
        ),
    ] {
        Scenario::new("B-07").from(from).to(to).rows(rows).holds();
        Scenario::new("B-07").from(to).to(from).rows(rows).holds();
    }
}

#[test]
fn b_08_a_column_is_added_in_place_where_sqlite_can() {
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT)";
    let with = |column: &str| format!("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, {column})");
    for column in [
        "v text",
        "v text NOT NULL DEFAULT 'd'",
        "v integer DEFAULT -1",
        "v int GENERATED ALWAYS AS (x * 2) VIRTUAL",
        "v text COLLATE NOCASE",
    ] {
        assert_statements(
            "B-08",
            from,
            &with(column),
            &[&format!("ALTER TABLE t ADD COLUMN {column}")],
        );
    }
    for column in [
        "v TEXT DEFAULT CURRENT_TIMESTAMP",
        "v TEXT DEFAULT (lower('X'))",
        "v INT AS (x * 2) STORED",
        "v INT UNIQUE",
    ] {
        let statements = Scenario::new("B-08").from(from).to(&with(column)).statements();
        assert!(
            statements.iter().any(|s| s.contains("_autogen_new_t")),
            "B-08: {column} needs a rebuild: {statements:?}"
        );
    }
    for column in [
        "v TEXT",
        "v TEXT NOT NULL DEFAULT 'd'",
        "v TEXT DEFAULT (lower('X'))",
        "v INT AS (x * 2) STORED",
        "v INT UNIQUE",
    ] {
        Scenario::new("B-08")
            .from(from)
            .to(&with(column))
            .rows("INSERT INTO t VALUES (3, 4), (1, NULL)")
            .holds();
    }
}

#[test]
fn b_08_an_expression_as_default_fills_the_rows_that_exist() {
    Scenario::new("B-08")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL DEFAULT (lower('ABC')))")
        .rows("INSERT INTO t VALUES (1), (2)")
        .upgraded("SELECT id, v FROM t ORDER BY id", "1|abc;2|abc")
        .expect(&["t: add column v"]);
}

#[test]
fn b_08_a_column_that_needs_a_value_stops_before_anything_is_touched_until_the_script_has_one() {
    let scenario = || {
        Scenario::new("B-08")
            .from("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT)")
            .to("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, v TEXT NOT NULL)")
            .rows("INSERT INTO t VALUES (1, 7), (2, 8)")
    };
    scenario().contradicted(&["rows contradict", "2 rows of t", "v", ".backfill("]);
    scenario()
        .edit(
            "add_column(\"v\", text().not_null())",
            "add_column(\"v\", text().not_null().backfill(\"'x' || x\"))",
        )
        .upgraded("SELECT v FROM t ORDER BY id", "x7;x8")
        .holds();
    Scenario::new("B-08")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, v TEXT NOT NULL)")
        .expect(&["t: add column v"]);
}

#[test]
fn b_09_a_column_in_the_middle_is_a_rebuild_without_being_asked_for() {
    let (from, to) = (
        "CREATE TABLE t (a INT, c INT)",
        "CREATE TABLE t (a INT, b INT, c INT)",
    );
    let statements = Scenario::new("B-09")
        .from(from)
        .to(to)
        .column_order()
        .statements();
    assert!(
        statements.iter().any(|s| s.contains("_autogen_new_t")),
        "{statements:?}"
    );
    assert_statements("B-09", from, to, &["ALTER TABLE t ADD COLUMN b int"]);
}

const FAMILY: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT NOT NULL);
    CREATE TABLE child (id INTEGER PRIMARY KEY, p INT NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
    CREATE TABLE grandchild (c INT REFERENCES child (id) ON DELETE SET NULL ON UPDATE CASCADE);";

#[test]
fn b_10_rows_that_refer_to_a_rebuilt_table_are_untouched() {
    Scenario::new("B-10")
        .from(FAMILY)
        .to(&FAMILY.replace("v TEXT NOT NULL", "v TEXT").replace("p INT NOT NULL", "p INT"))
        .rows("INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (10, 1), (20, 2), (30, 1); INSERT INTO grandchild VALUES (10), (NULL), (30)")
        .upgraded("SELECT count(*), count(p) FROM child", "3|3")
        .upgraded("SELECT count(*), count(c) FROM grandchild", "3|2")
        .upgraded("SELECT count(*) FROM pragma_foreign_key_check", "0")
        .expect(&[
            "child: alter column p (drop not null)",
            "parent: alter column v (drop not null)",
        ]);
}

#[test]
fn b_10_a_rebuild_with_foreign_keys_enforced_leaves_them_enforced() {
    let project = Project::new(&[FAMILY.replace("v TEXT NOT NULL", "v TEXT").as_str()]);
    block_on(async {
        project.load(FAMILY).await;
        project
            .load("INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (10, 1)")
            .await;
        project.revision(&project.compare().await, &[]);
        let mut connection = project.connection().await;
        connection
            .execute("PRAGMA foreign_keys = ON")
            .await
            .expect("a pragma");
        let mut connection = project.upgrade_on(connection).await.expect("an upgrade");
        let row = connection.query("PRAGMA foreign_keys").await.expect("a pragma");
        assert_eq!(
            row[0].integer(0).expect("a number"),
            1,
            "B-10: foreign keys are enforced again"
        );
        assert_eq!(project.query("SELECT id, p FROM child").await, "10|1");
    });
}

#[test]
fn b_11_a_rebuild_keeps_triggers_views_options_indexes_and_the_counter() {
    let schema = |v: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v {v}, w TEXT COLLATE NOCASE) STRICT;
             CREATE TABLE log (what TEXT);
             CREATE INDEX ix_partial ON t (w DESC) WHERE v IS NOT NULL;
             CREATE UNIQUE INDEX ux_expression ON t (lower(w), id);
             CREATE TRIGGER tr AFTER UPDATE OF w ON t WHEN new.w <> old.w BEGIN INSERT INTO log VALUES ('w of ' || new.id); END;
             CREATE TRIGGER other AFTER DELETE ON log BEGIN UPDATE t SET w = w; END;
             CREATE VIEW vw AS SELECT id, w FROM t;
             CREATE TRIGGER into_view INSTEAD OF INSERT ON vw BEGIN INSERT INTO t (w) VALUES (new.w); END;
             CREATE TABLE wr (k TEXT PRIMARY KEY, v {v}) WITHOUT ROWID"
        )
    };
    Scenario::new("B-11")
        .from(&schema("INTEGER"))
        .to(&schema("TEXT"))
        .rows("INSERT INTO t VALUES (1, 1, 'a'), (100, NULL, 'B'); DELETE FROM t WHERE id = 100; INSERT INTO wr VALUES ('k', 1)")
        .upgraded("SELECT seq FROM sqlite_sequence WHERE name = 't'", "100")
        .downgraded("SELECT seq FROM sqlite_sequence WHERE name = 't'", "100")
        .expect(&[
            "t: alter column v (type integer to text)",
            "wr: alter column v (type integer to text)",
        ]);
}

#[test]
fn b_11_a_rebuild_keeps_the_rowids_that_nothing_shows() {
    Scenario::new("B-11")
        .from("CREATE TABLE t (v INT)")
        .to("CREATE TABLE t (v TEXT)")
        .rows("INSERT INTO t (rowid, v) VALUES (7, 1), (3, 2)")
        .upgraded("SELECT rowid, v FROM t ORDER BY rowid", "3|2;7|1")
        .expect(&["t: alter column v (type int to text)"]);
}

#[test]
fn b_12_a_copy_that_fails_leaves_the_table_as_it_was() {
    let project =
        Project::new(&["CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); CREATE TABLE first (x INT)"]);
    block_on(async {
        project
            .load("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '1'), (2, '2')")
            .await;
        let before = project.dump().await;
        project.revision(
            &project.compare().await,
            &[(
                ".to(integer())".into(),
                ".to(integer()).using(\"CASE id WHEN 2 THEN abs(-9223372036854775807 - 1) ELSE v END\")"
                    .into(),
            )],
        );
        let error = project.upgrade().await.expect_err("the copy fails");
        assert!(error.to_string().contains("overflow"), "B-12: {error}");
        assert_eq!(
            project.dump().await,
            before,
            "B-12: as it was, without a table left over"
        );
    });
}

#[test]
fn b_12_a_table_left_over_from_elsewhere_is_in_nobodys_way() {
    Scenario::new("B-12")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE _autogen_new_t (id INTEGER PRIMARY KEY, v INTEGER)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)")
        .rows("INSERT INTO t VALUES (1, '1'); INSERT INTO _autogen_new_t VALUES (5, 5)")
        .expect(&["t: alter column v (type text to integer)", "_autogen_new_t: drop table"]);
}

#[test]
fn b_13_foreign_keys_of_several_columns_are_made_again() {
    let schema = |v: &str| {
        format!(
            "CREATE TABLE p (a INT, b INT, v {v}, PRIMARY KEY (a, b));
             CREATE TABLE c (id INTEGER PRIMARY KEY, a INT, b INT, v {v}, a2 INT, b2 INT,
                CONSTRAINT one FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
                CONSTRAINT two FOREIGN KEY (a2, b2) REFERENCES p)"
        )
    };
    Scenario::new("B-13")
        .from(&schema("INT"))
        .to(&schema("TEXT"))
        .rows("INSERT INTO p VALUES (1, 2, 3); INSERT INTO c VALUES (1, 1, 2, 3, 1, 2), (2, NULL, NULL, NULL, NULL, NULL)")
        .holds();
}

#[test]
fn b_14_the_sql_of_a_rebuild_is_complete_and_runs_by_itself() {
    let to = "CREATE TABLE p (id INTEGER PRIMARY KEY);
              CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER CHECK (v > 0), p_id INT REFERENCES p (id));
              CREATE INDEX ix ON t (v)";
    let project = Project::new(&[to]);
    block_on(async {
        project
            .load(
                "CREATE TABLE p (id INTEGER PRIMARY KEY);
                   CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, p_id INT REFERENCES p (id));
                   CREATE INDEX ix ON t (v);
                   INSERT INTO p VALUES (1); INSERT INTO t VALUES (7, '1', 1)",
            )
            .await;
        project.revision(&project.compare().await, &[]);
        let before = project.dump().await;
        let sql = project.dry_run().await.expect("the SQL of an upgrade");
        assert_eq!(project.dump().await, before, "B-14: a dry run runs nothing");
        project.load(&sql).await;
        assert!(project.compare().await.is_empty(), "B-14: {sql}");
        assert_eq!(project.query("SELECT * FROM t").await, "7|1|1");
        // The ledger is in the SQL too.
        assert_eq!(project.query("SELECT count(*) FROM autogen_version").await, "1");
        assert_eq!(
            project.upgrade().await.expect("an upgrade"),
            0,
            "B-14: nothing is left to apply"
        );
    });
}

#[test]
fn b_14_a_script_that_does_not_fit_the_database_is_refused_by_the_dry_run_too() {
    let project = Project::new(&["CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)"]);
    block_on(async {
        project
            .load("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
            .await;
        project.revision(&project.compare().await, &[]);
        project.load("DROP TABLE t").await;
        let error = project.dry_run().await.expect_err("there is no table");
        assert_eq!(error.kind(), ErrorKind::Script, "B-14: {error}");
        assert!(error.to_string().contains("table t"), "B-14: {error}");
    });
}
