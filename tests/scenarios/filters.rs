//! S: what the filters leave alone. (SQLite has one schema; the numbers about several do not apply.)
//!
//! Where a filter hides something, the database does not become the target; so each case says what it becomes, and that
//! nothing is left to do after it.

use crate::harness::*;
use crate::project::Project;

/// Compares, asserts the summaries, applies, asserts that nothing is left, and gives back the project to look at.
async fn applied(number: &str, from: &str, to: &str, exclude: &[&str], expected: &[&str]) -> Project {
    let patterns: Vec<String> = exclude.iter().map(|&p| p.to_owned()).collect();
    let project = Project::new(&[to]).filtered(&[], &patterns);
    project.load(from).await;
    let comparison = project.compare().await;
    assert_eq!(
        summaries(&comparison.upgrade),
        expected,
        "{number}: without {exclude:?}"
    );
    if !expected.is_empty() {
        project.revision(&comparison, &[]);
        project
            .upgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: without {exclude:?}: {e:?}"));
        let rest = project.compare().await;
        assert_eq!(
            summaries(&rest.upgrade),
            Vec::<String>::new(),
            "{number}: without {exclude:?}"
        );
        project
            .downgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: without {exclude:?}: {e:?}"));
        assert_eq!(
            summaries(&project.compare().await.upgrade),
            expected,
            "{number}: without {exclude:?}, back again"
        );
        project
            .upgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: without {exclude:?}: {e:?}"));
    }
    project
}

fn left(number: &str, from: &str, to: &str, exclude: &[&str], expected: &[&str]) {
    block_on(async { drop(applied(number, from, to, exclude, expected).await) });
}

#[test]
fn s_08_what_is_excluded_is_not_created_and_the_rest_is() {
    let from = "CREATE TABLE there (id INTEGER PRIMARY KEY)";
    let to = "CREATE TABLE there (id INTEGER PRIMARY KEY, wanted TEXT, unwanted TEXT);
              CREATE TABLE fresh (id INTEGER PRIMARY KEY);
              CREATE TABLE other (id INTEGER PRIMARY KEY)";
    left(
        "S-08",
        from,
        to,
        &["table:fresh"],
        &[
            "other: new table",
            "there: add column wanted, add column unwanted",
        ],
    );
    left(
        "S-08",
        from,
        to,
        &["fresh", "other", "column:unwanted"],
        &["there: add column wanted"],
    );
    left(
        "S-08",
        from,
        to,
        &["fresh", "other", "column:there.unwanted"],
        &["there: add column wanted"],
    );
    left(
        "S-08",
        from,
        to,
        &["there"],
        &["fresh: new table", "other: new table"],
    );
}

#[test]
fn s_08_only_what_is_included_is_seen() {
    let project = Project::new(&[
        "CREATE TABLE shop_a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY)",
    ])
    .filtered(&["shop_*".to_owned()], &[]);
    block_on(async {
        project
            .load("CREATE TABLE shop_old (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY)")
            .await;
        let comparison = project.compare().await;
        assert_eq!(
            summaries(&comparison.upgrade),
            ["shop_a: new table", "shop_old: drop table"]
        );
    });
}

#[test]
fn s_09_an_excluded_table_or_column_is_not_dropped() {
    let from = "CREATE TABLE a (id INTEGER PRIMARY KEY, mine TEXT);
                CREATE TABLE theirs (id INTEGER PRIMARY KEY);
                INSERT INTO a VALUES (1, 'kept'); INSERT INTO theirs VALUES (7)";
    let to = "CREATE TABLE a (id INTEGER PRIMARY KEY)";
    left("S-09", from, to, &["theirs", "column:a.mine"], &[]);
    left("S-09", from, to, &["THEIRS"], &["a: drop column mine"]);
    left("S-09", from, to, &["column:a.mine"], &["theirs: drop table"]);
}

#[test]
fn s_09_an_excluded_column_outlives_a_rebuild_of_its_table() {
    block_on(async {
        let project = applied(
            "S-09",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, mine TEXT DEFAULT 'm', v TEXT); INSERT INTO a VALUES (1, 'kept', '5')",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)",
            &["column:a.mine"],
            &["a: alter column v (type text to integer, set not null)"],
        )
        .await;
        assert_eq!(project.query("SELECT id, mine, v FROM a").await, "1|kept|5");
    });
}

const DECORATED: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE t (
        id INTEGER PRIMARY KEY,
        p_id INTEGER,
        v INTEGER,
        CONSTRAINT uq_v UNIQUE (v),
        CONSTRAINT ck_v CHECK (v > 0),
        CONSTRAINT fk_p FOREIGN KEY (p_id) REFERENCES p (id)
    );
    CREATE INDEX ix_v ON t (v)";
const PLAIN: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE t (id INTEGER PRIMARY KEY, p_id INTEGER, v INTEGER)";

#[test]
fn s_10_an_excluded_index_or_constraint_that_only_the_database_has_is_not_dropped() {
    left("S-10", DECORATED, PLAIN, &["index:ix_v", "constraint:*"], &[]);
    left(
        "S-10",
        DECORATED,
        PLAIN,
        &["constraint:*"],
        &["t: drop index ix_v"],
    );
    left(
        "S-10",
        DECORATED,
        PLAIN,
        &["index:*", "constraint:fk_p", "constraint:ck_v"],
        &["t: drop unique constraint uq_v"],
    );
    left(
        "S-10",
        DECORATED,
        PLAIN,
        &["index:*", "constraint:t.uq_*", "constraint:t.ck_*"],
        &["t: drop foreign key fk_p"],
    );
    left(
        "S-10",
        DECORATED,
        PLAIN,
        &["index:*", "constraint:uq_v", "constraint:fk_p"],
        &["t: drop check ck_v"],
    );
}

#[test]
fn s_10_an_excluded_index_or_constraint_outlives_a_rebuild_of_its_table() {
    block_on(async {
        let project = applied(
            "S-10",
            DECORATED,
            "CREATE TABLE p (id INTEGER PRIMARY KEY);
             CREATE TABLE t (id INTEGER PRIMARY KEY, p_id INTEGER, v INTEGER NOT NULL DEFAULT 1)",
            &["index:ix_v", "constraint:*"],
            &["t: alter column v (set default 1, set not null)"],
        )
        .await;
        let sql = project
            .query("SELECT sql FROM sqlite_schema WHERE name = 't'")
            .await;
        for name in ["uq_v", "ck_v", "fk_p"] {
            assert!(sql.contains(name), "S-10: {name} is gone: {sql}");
        }
        assert_eq!(
            project
                .query("SELECT count(*) FROM sqlite_schema WHERE name = 'ix_v'")
                .await,
            "1"
        );
    });
}

#[test]
fn s_11_an_excluded_index_or_constraint_of_the_target_is_neither_added_nor_changed() {
    left("S-11", PLAIN, DECORATED, &["index:ix_v", "constraint:*"], &[]);
    left(
        "S-11",
        PLAIN,
        DECORATED,
        &["constraint:*"],
        &["t: new index ix_v"],
    );
    let changed = DECORATED
        .replace("UNIQUE (v)", "UNIQUE (v, p_id)")
        .replace("v > 0", "v > 1")
        .replace("REFERENCES p (id)", "REFERENCES p (id) ON DELETE CASCADE");
    left("S-11", DECORATED, &changed, &["constraint:*"], &[]);
    left(
        "S-11",
        DECORATED,
        &changed,
        &["constraint:ck_v", "constraint:fk_p"],
        &["t: drop unique constraint uq_v, add unique constraint uq_v"],
    );
}

#[test]
fn s_12_a_foreign_key_to_a_table_that_is_filtered_out_can_go() {
    let from = "CREATE TABLE hidden (id INTEGER PRIMARY KEY);
                CREATE TABLE t (id INTEGER PRIMARY KEY, h INTEGER REFERENCES hidden (id));
                INSERT INTO hidden VALUES (1); INSERT INTO t VALUES (1, 1)";
    left(
        "S-12",
        from,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, h INTEGER)",
        &["hidden"],
        &["t: drop foreign key"],
    );
}

#[test]
fn s_13_foreign_keys_to_and_through_filtered_tables_stay_as_they_are() {
    let from = "CREATE TABLE hidden (a INTEGER, b INTEGER, c INTEGER UNIQUE, PRIMARY KEY (a, b));
                CREATE TABLE middle (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, FOREIGN KEY (a, b) REFERENCES hidden (a, b));
                CREATE TABLE t (
                    id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER REFERENCES hidden (c), c2 INTEGER REFERENCES hidden (c),
                    m INTEGER REFERENCES middle, FOREIGN KEY (a, b) REFERENCES hidden
                );
                INSERT INTO hidden VALUES (1, 2, 3); INSERT INTO middle VALUES (1, 1, 2); INSERT INTO t VALUES (1, 1, 2, 3, 3, 1)";
    let same = "CREATE TABLE t (
                    id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER REFERENCES hidden (c), c2 INTEGER REFERENCES hidden (c),
                    m INTEGER REFERENCES middle, FOREIGN KEY (a, b) REFERENCES hidden
                )";
    left("S-13", from, same, &["hidden", "middle"], &[]);
    // A rebuild beside them keeps the keys and the rows.
    let wider = same.replace("m INTEGER REFERENCES middle,", "m BIGINT REFERENCES middle,");
    block_on(async {
        let project = applied(
            "S-13",
            from,
            &wider,
            &["hidden", "middle"],
            &["t: alter column m (type integer to bigint)"],
        )
        .await;
        assert_eq!(
            project
                .query("SELECT count(*) FROM pragma_foreign_key_list('t')")
                .await,
            "5"
        );
        assert_eq!(project.query("SELECT * FROM t").await, "1|1|2|3|3|1");
    });
}

#[test]
fn s_16_scripts_are_compared_with_the_target_without_a_database() {
    let project = Project::new(&["CREATE TABLE a (id INTEGER PRIMARY KEY)"]);
    block_on(async {
        project.revision(&project.compare().await, &[]);
        project.set_target(&["CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT)"]);
        let comparison = project.compare_with_scripts().await;
        assert_eq!(summaries(&comparison.upgrade), ["a: add column v"]);
        assert!(!project.database().exists(), "S-16: no database was needed");
    });
}

#[test]
fn s_17_a_type_that_sqlite_does_not_know_is_compared_as_it_is_spelled() {
    columns_equal(
        "S-17",
        &[
            ("geometry(-2, 4326)", "GEOMETRY( - 2,4326 )"),
            ("", ""),
            ("my own type", "MY OWN TYPE"),
        ],
    );
    Scenario::new("S-17")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v strange)")
        .rows("INSERT INTO t VALUES (1, 'x'), (2, 3)")
        .holds();
}
