//! T: tables, columns, their order.

use crate::harness::*;
use crate::project::Project;
use autogen::directive::Directive;

pub(crate) const MODEL_BEFORE: &str = include_str!("../../fixtures/scenarios/model_before.sql");
pub(crate) const MODEL_AFTER: &str = include_str!("../../fixtures/scenarios/model_after.sql");
pub(crate) const MODEL_ROWS: &str = include_str!("../../fixtures/scenarios/model_rows.sql");

#[test]
fn t_01_an_empty_database_gets_its_table_with_key_unique_and_checks_inline() {
    Scenario::new("T-01")
        .to("CREATE TABLE item (
                id INTEGER PRIMARY KEY,
                code VARCHAR(10) NOT NULL,
                price NUMERIC(8, 2) CHECK (price >= 0),
                CONSTRAINT uq_item_code UNIQUE (code),
                CONSTRAINT ck_item_code CHECK (length(code) > 2)
            )")
        .inspect(|script| {
            let item = created(script, "item");
            assert!(item.primary_key.is_some());
            assert_eq!((item.uniques.len(), item.checks.len()), (1, 2));
        })
        .expect(&["item: new table"]);
}

#[test]
fn t_02_a_dropped_table_comes_back_with_its_foreign_key() {
    Scenario::new("T-02")
        .from(
            "CREATE TABLE user (id INTEGER PRIMARY KEY);
               CREATE TABLE extra (x CHAR, uid INTEGER REFERENCES user (id))",
        )
        .to("CREATE TABLE user (id INTEGER PRIMARY KEY)")
        .rows("INSERT INTO user VALUES (1); INSERT INTO extra VALUES ('a', 1)")
        .inspect(|script| {
            let [Directive::CreateTable(extra)] = script.downgrade.as_slice() else {
                panic!("{:?}", script.downgrade)
            };
            assert_eq!(extra.foreign_keys[0].table.name.as_str(), "user");
        })
        .downgraded("SELECT count(*) FROM extra", "0")
        .expect(&["extra: drop table"]);
}

#[test]
fn t_03_a_model_changes_in_many_places_at_once() {
    Scenario::new("T-03")
        .from(MODEL_BEFORE)
        .to(MODEL_AFTER)
        .rows(MODEL_ROWS)
        .upgraded("SELECT order_id, amount, user_id FROM \"order\"", "1|10|;2|20.5|")
        .expect(&[
            "item: new table",
            "address: add column street, add unique constraint uq_email",
            "order: drop check ck_order_amount, add column user_id, alter column amount (type numeric(8,2) to numeric(10,2), drop not null), add foreign key, add check ck_order_amount",
            "user: drop index pw_idx",
            "user: alter column name (set not null), alter column a1 (set default 'x'), drop column pw",
            "extra: drop table",
        ]);
}

#[test]
fn t_04_a_parent_is_created_before_its_child() {
    Scenario::new("T-04")
        .to(
            "CREATE TABLE a_child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES z_parent (id));
             CREATE TABLE z_parent (id INTEGER PRIMARY KEY)",
        )
        .expect(&["z_parent: new table", "a_child: new table"]);
}

#[test]
fn t_05_tables_are_dropped_child_first_and_in_the_same_order_on_every_run() {
    Scenario::new("T-05")
        .from("CREATE TABLE m_parent (id INTEGER PRIMARY KEY);
               CREATE TABLE z_child (id INTEGER PRIMARY KEY, up INTEGER REFERENCES m_parent (id));
               CREATE TABLE b_grandchild (id INTEGER PRIMARY KEY, up INTEGER REFERENCES z_child (id))")
        .rows("INSERT INTO m_parent VALUES (1); INSERT INTO z_child VALUES (1, 1); INSERT INTO b_grandchild VALUES (1, 1)")
        .expect(&["b_grandchild: drop table", "z_child: drop table", "m_parent: drop table"]);
}

#[test]
fn t_06_new_columns_come_in_declaration_order_and_go_in_reverse() {
    Scenario::new("T-06")
        .from("CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(50))")
        .to("CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(50), username VARCHAR(50), password_hash VARCHAR(32), timestamp TIMESTAMP)")
        .rows("INSERT INTO user VALUES (1, 'a'), (2, NULL)")
        .inspect(|script| {
            let there = altered(&script.upgrade, "user");
            assert_eq!(added_columns(there), ["username", "password_hash", "timestamp"]);
            let back = altered(&script.downgrade, "user");
            assert_eq!(dropped_columns(back), ["timestamp", "password_hash", "username"]);
        })
        .expect(&["user: add column username, add column password_hash, add column timestamp"]);
}

#[test]
fn t_07_four_dropped_columns_go_in_one_order() {
    Scenario::new("T-07")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, m TEXT, c TEXT, z TEXT, a TEXT)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        .rows("INSERT INTO t VALUES (1, 'm', 'c', 'z', 'a')")
        .expect(&["t: drop column a, drop column z, drop column c, drop column m"]);
}

#[test]
fn t_08_nothing_changed_is_nothing_to_do() {
    Scenario::new("T-08")
        .from(MODEL_BEFORE)
        .to(MODEL_BEFORE)
        .rows(MODEL_ROWS)
        .equal();
    Scenario::new("T-08").equal();
}

#[test]
fn t_09_a_column_under_a_new_name_is_drop_and_add_until_the_rename_is_declared() {
    let undeclared = || {
        Scenario::new("T-09")
            .from("CREATE TABLE user (id INTEGER PRIMARY KEY, old TEXT)")
            .to("CREATE TABLE user (id INTEGER PRIMARY KEY, new TEXT)")
            .rows("INSERT INTO user VALUES (1, 'kept'), (2, NULL)")
    };
    undeclared()
        .notices("may be a rename")
        .notices("-- autogen: renamed from old")
        .upgraded("SELECT id, new FROM user", "1|;2|")
        .expect(&["user: add column new, drop column old"]);
    undeclared()
        .rename("user.old", "user.new")
        .upgraded("SELECT id, new FROM user", "1|kept;2|")
        .expect(&["user: rename column old to new"]);
}

#[test]
fn t_09_a_hint_in_the_target_declares_the_rename_of_a_column() {
    let project = Project::new(&["CREATE TABLE user (
            id INTEGER PRIMARY KEY,
            -- autogen: renamed from old
            new TEXT
        )"]);
    block_on(async {
        project
            .load("CREATE TABLE user (id INTEGER PRIMARY KEY, old TEXT); INSERT INTO user VALUES (1, 'kept')")
            .await;
        let comparison = project.compare().await;
        assert_eq!(summaries(&comparison.upgrade), ["user: rename column old to new"]);
        project.revision(&comparison, &[]);
        project.upgrade().await.expect("an upgrade");
        assert_eq!(project.query("SELECT new FROM user").await, "kept");
        // The hint has done its work and may stay.
        assert!(project.compare().await.is_empty());
    });
}

#[test]
fn t_10_a_table_under_a_new_name_is_drop_and_create_until_the_rename_is_declared() {
    let undeclared = || {
        Scenario::new("T-10")
            .from(
                "CREATE TABLE old_name (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
                   CREATE TABLE child (old_id INTEGER REFERENCES old_name (id));
                   CREATE INDEX ix_a ON old_name (a)",
            )
            .to("CREATE TABLE new_name (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
                 CREATE TABLE child (old_id INTEGER REFERENCES new_name (id));
                 CREATE INDEX ix_a ON new_name (a)")
    };
    undeclared()
        .notices("may be a rename")
        .notices("-- autogen: renamed from old_name")
        .rows("INSERT INTO old_name VALUES (1, 'lost')")
        .expect(&[
            "new_name: new table",
            "child: drop foreign key, add foreign key",
            "old_name: drop table",
            "new_name: new index ix_a",
        ]);
    undeclared()
        .rows("INSERT INTO old_name VALUES (1, 'kept'); INSERT INTO child VALUES (1)")
        .rename("old_name", "new_name")
        .upgraded("SELECT * FROM new_name JOIN child ON old_id = id", "1|kept|1")
        .expect(&["old_name: rename table to new_name"]);
}

#[test]
fn t_10_a_table_and_its_columns_are_renamed_together() {
    Scenario::new("T-10")
        .from("CREATE TABLE people (id INTEGER PRIMARY KEY, nick TEXT, age INT CHECK (age > 0));
               CREATE INDEX ix_nick ON people (nick) WHERE age > 18;
               CREATE VIEW adults AS SELECT nick FROM people WHERE age > 18;
               CREATE TRIGGER grow AFTER INSERT ON people BEGIN UPDATE people SET age = 1 WHERE age IS NULL; END")
        .to("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, years INT CHECK (years > 0));
             CREATE INDEX ix_nick ON users (name) WHERE years > 18;
             CREATE VIEW adults AS SELECT name FROM users WHERE years > 18;
             CREATE TRIGGER grow AFTER INSERT ON users BEGIN UPDATE users SET years = 1 WHERE years IS NULL; END")
        .rows("INSERT INTO people VALUES (7, 'ada', 36)")
        .rename("people", "users")
        .rename("users.nick", "users.name")
        .rename("users.age", "users.years")
        .upgraded("SELECT * FROM adults", "ada")
        .expect(&["people: rename table to users", "users: rename column age to years, rename column nick to name"]);
}

#[test]
fn t_12_columns_are_told_apart_by_their_names_however_those_are_quoted() {
    Scenario::new("T-12")
        .from("CREATE TABLE [the user] (\"User Id\" INTEGER PRIMARY KEY, `Full.Name` TEXT, Plain TEXT)")
        .to("CREATE TABLE \"the user\" ([User Id] INTEGER PRIMARY KEY, \"Full.Name\" TEXT, plain TEXT, \"new one\" TEXT)")
        .rows("INSERT INTO \"the user\" VALUES (1, 'a', 'b')")
        .expect(&["the user: add column new one"]);
}

#[test]
fn t_13_a_composite_key_says_nothing_about_null_that_it_does_not_say() {
    all_equal(
        "T-13",
        &[
            (
                "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b))",
                "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b))",
            ),
            // Without rowids the columns of the key refuse NULL whether or not they say so.
            (
                "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID",
                "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID",
            ),
        ],
    );
}

#[test]
fn t_14_not_null_goes_from_plain_columns_and_from_a_key() {
    Scenario::new("T-14")
        .from("CREATE TABLE t (a VARCHAR(10) NOT NULL PRIMARY KEY, b INT NOT NULL, c TEXT NOT NULL)")
        .to("CREATE TABLE t (a VARCHAR(10) PRIMARY KEY, b INT, c TEXT NOT NULL)")
        .rows("INSERT INTO t VALUES ('x', 1, 'c')")
        .inspect(|script| {
            assert_eq!(altered_column(&script.upgrade, "t", "b").ty.as_str(), "int");
        })
        .expect(&["t: alter column a (drop not null), alter column b (drop not null)"]);
}

#[test]
fn t_16_a_default_stays_while_not_null_goes() {
    Scenario::new("T-16")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(10) DEFAULT 'x' NOT NULL)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(10) DEFAULT 'x')")
        .rows("INSERT INTO t (id) VALUES (1); INSERT INTO t VALUES (2, 'y')")
        .upgraded("SELECT v FROM t ORDER BY id", "x;y")
        .expect(&["t: alter column v (drop not null)"]);
}

#[test]
fn t_17_the_ledger_is_never_dropped_whatever_its_name() {
    for name in [None, Some("my_version")] {
        let mut project = Project::new(&["CREATE TABLE a (id INTEGER PRIMARY KEY)"]);
        if let Some(name) = name {
            project = project.version_table(name);
        }
        block_on(async {
            let comparison = project.compare().await;
            project.revision(&comparison, &[]);
            project.upgrade().await.expect("an upgrade");
            for table in project.ledger() {
                let count = format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'");
                assert_eq!(project.query(&count).await, "1", "{table}");
            }
            project.set_target(&[""]);
            assert_eq!(summaries(&project.compare().await.upgrade), ["a: drop table"]);
        });
    }
}

#[test]
fn t_18_a_ledger_that_the_target_declares_too_is_ignored() {
    let declared = "CREATE TABLE a (id INTEGER PRIMARY KEY);
        CREATE TABLE autogen_version (version_num VARCHAR(64) PRIMARY KEY, more TEXT);
        CREATE TABLE AUTOGEN_HISTORY (id INTEGER PRIMARY KEY)";
    let project = Project::new(&[declared]);
    block_on(async {
        let comparison = project.compare().await;
        assert_eq!(summaries(&comparison.upgrade), ["a: new table"]);
        project.revision(&comparison, &[]);
        project.upgrade().await.expect("an upgrade");
        assert!(project.compare().await.is_empty());
    });
}

#[test]
fn t_19_sql_that_the_user_adds_to_a_script_is_kept_and_run() {
    Scenario::new("T-19")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        .rows("INSERT INTO t VALUES (1)")
        .edit(
            "add_column(\"v\", text());",
            "add_column(\"v\", text());\n    op.execute(\"UPDATE t SET v = 'it''s \\\"quoted\\\"' -- and commented\");",
        )
        .inspect(|script| {
            let Some(Directive::Execute { sql }) = script.upgrade.last() else { panic!("no execute") };
            assert_eq!(sql.as_str(), "UPDATE t SET v = 'it''s \"quoted\"' -- and commented");
        })
        .upgraded("SELECT v FROM t", "it's \"quoted\"")
        .expect(&["t: add column v"]);
}

#[test]
fn t_20_a_target_of_several_files_is_their_union() {
    Scenario::new("T-20")
        .files(&[
            "CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))",
        ])
        .expect(&["a: new table", "b: new table"]);
}

#[test]
fn t_20_an_empty_target_drops_everything() {
    Scenario::new("T-20")
        .from("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE VIEW v AS SELECT id FROM a")
        .to("-- nothing yet\n")
        .expect(&["v: drop view", "a: drop table"]);
}

#[test]
fn t_20_a_table_declared_twice_is_an_error_with_its_place() {
    Scenario::new("T-20")
        .files(&[
            "CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "\n  CREATE TABLE A (x TEXT)",
        ])
        .target_refused(&["already exists", "2.sql:2:"]);
}

#[test]
fn t_21_two_new_tables_that_refer_to_each_other() {
    Scenario::new("T-21")
        .to(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));
             CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))",
        )
        .holds();
}

#[test]
fn t_22_a_table_that_refers_to_itself() {
    Scenario::new("T-22")
        .to("CREATE TABLE node (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES node (id))")
        .inspect(|script| assert_eq!(created(script, "node").foreign_keys.len(), 1))
        .expect(&["node: new table"]);
    Scenario::new("T-22")
        .from("CREATE TABLE node (a INT, b INT, up_a INT, up_b INT, PRIMARY KEY (a, b))")
        .to(
            "CREATE TABLE node (a INT, b INT, up_a INT, up_b INT, PRIMARY KEY (a, b),
                CONSTRAINT fk_up FOREIGN KEY (up_a, up_b) REFERENCES node (a, b) ON DELETE CASCADE)",
        )
        .rows("INSERT INTO node VALUES (1, 1, NULL, NULL), (2, 2, 1, 1)")
        .expect(&["node: add foreign key fk_up"]);
}
