//! Corners of several numbers, each there and back.

use crate::harness::*;

/// From one schema with rows to another, with renames as old and new name.
fn go(number: &'static str, from: &str, to: &str, rows: &str, renames: &[(&str, &str)]) {
    let mut scenario = Scenario::new(number).from(from).to(to).rows(rows);
    for (old, new) in renames {
        scenario = scenario.rename(old, new);
    }
    scenario.holds();
}

#[test]
fn t_12_names_of_any_characters_go_there_and_back() {
    for name in [
        "order details",
        "select",
        "x\"y",
        "😀",
        "a.b",
        "it's",
        "new\nline",
        "_autogen_new_t",
        "Ünï",
        "[b]",
        "`c`",
        "1st",
        "a\\b",
        "rowid",
        "sqlite",
        "--c",
        "/*d*/",
    ] {
        let q = |s: &str| format!("\"{}\"", s.replace('"', "\"\""));
        let n = q(name);
        let c = q(&format!("{name} c"));
        let schema = |ty: &str| {
            format!("CREATE TABLE {n} (id INTEGER PRIMARY KEY, {n} {ty} CHECK ({n} <> 'x'), {c} INT UNIQUE REFERENCES {n} (id), g AS ({n} || 'x') STORED, CONSTRAINT {c} CHECK ({n}.{c} > 0));
            CREATE INDEX {ix} ON {n} ({n} DESC, lower({c})) WHERE {c} IS NOT NULL;
            CREATE VIEW {v} AS SELECT {n}.{n} AS {c} FROM {n};
            CREATE TRIGGER {t} AFTER INSERT ON {n} BEGIN UPDATE {n} SET {n} = 'q' WHERE id = new.id AND {n} IS NULL; END;", ix = q(&format!("{name} ix")), v = q(&format!("{name} v")), t = q(&format!("{name} t")))
        };
        go(
            "T-12",
            &schema("TEXT"),
            &schema("VARCHAR(9)"),
            &format!("INSERT INTO {n} (id, {n}, {c}) VALUES (1, 'a', 1), (2, 'b', NULL)"),
            &[],
        );
        go("T-12", "", &schema("TEXT"), "", &[]);
    }
}

#[test]
fn t_09_two_columns_exchange_their_names() {
    go(
        "T-09",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a TEXT); CREATE INDEX i ON t (b)",
        "INSERT INTO t VALUES (1, 'x', 'y')",
        &[("t.a", "t.b"), ("t.b", "t.a")],
    );
}

#[test]
fn t_10_two_tables_exchange_their_names() {
    go(
        "T-10",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, y TEXT, a INT REFERENCES a (id))",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE a (id INTEGER PRIMARY KEY, y TEXT, a INT REFERENCES b (id))",
        "INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (5, 'y', 1)",
        &[("a", "b"), ("b", "a")],
    );
}

#[test]
fn t_10_a_table_named_as_its_column_is_renamed() {
    go(
        "T-10",
        "CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT CHECK (name.name <> '' AND name <> 'q')); CREATE VIEW v AS SELECT name.name FROM name; CREATE TRIGGER tr AFTER INSERT ON name BEGIN UPDATE name SET name = 'x' WHERE name.name = 'y'; END; CREATE INDEX ix ON name (name) WHERE name > ''",
        "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT CHECK (person.name <> '' AND name <> 'q')); CREATE VIEW v AS SELECT person.name FROM person; CREATE TRIGGER tr AFTER INSERT ON person BEGIN UPDATE person SET name = 'x' WHERE person.name = 'y'; END; CREATE INDEX ix ON person (name) WHERE name > ''",
        "INSERT INTO name VALUES (1, 'a')",
        &[("name", "person")],
    );
}

#[test]
fn t_09_a_renamed_column_leaves_others_of_its_name_alone() {
    go(
        "T-09",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT); CREATE VIEW v AS SELECT t.a, u.a AS ua FROM t JOIN u ON t.id = u.id",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT); CREATE VIEW v AS SELECT t.b, u.a AS ua FROM t JOIN u ON t.id = u.id",
        "INSERT INTO t VALUES (1, 'a')",
        &[("t.a", "t.b")],
    );
}

#[test]
fn t_10_a_renamed_and_rebuilt_table_keeps_its_children() {
    go(
        "T-10",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT REFERENCES p (id) ON DELETE CASCADE); CREATE VIEW w AS SELECT v FROM p; CREATE TRIGGER tr AFTER DELETE ON c BEGIN DELETE FROM p WHERE id = old.p_id; END",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, value INTEGER); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id BIGINT REFERENCES parent (id) ON DELETE CASCADE); CREATE VIEW w AS SELECT value FROM parent; CREATE TRIGGER tr AFTER DELETE ON c BEGIN DELETE FROM parent WHERE id = old.p_id; END",
        "INSERT INTO p VALUES (1, '1'), (2, 'x'); INSERT INTO c VALUES (10, 1), (11, 2)",
        &[("p", "parent"), ("parent.v", "parent.value")],
    );
}

#[test]
fn b_04_a_dropped_column_goes_from_everything_that_reads_it() {
    go(
        "B-04",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, g TEXT AS (a || b), CHECK (a <> b), UNIQUE (a, b)); CREATE INDEX i ON t (b) WHERE a > ''; CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW v2 AS SELECT a FROM v; CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN UPDATE t SET b = new.a WHERE id = new.id; END",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t; CREATE VIEW v2 AS SELECT b FROM v",
        "INSERT INTO t (id, a, b) VALUES (1, 'x', 'y')",
        &[],
    );
}

#[test]
fn b_11_rowids_outlive_a_change_of_the_key() {
    go(
        "B-11",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (50, 'x'), (7, 'y')",
        &[],
    );
    go(
        "B-11",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (50, 'x'), (7, 'y')",
        &[],
    );
    go(
        "B-11",
        "CREATE TABLE t (rowid TEXT, _rowid_ INT, v TEXT)",
        "CREATE TABLE t (rowid TEXT, _rowid_ INT, v INT)",
        "INSERT INTO t VALUES ('a', 1, 'x'), ('b', 2, 'y')",
        &[],
    );
    go(
        "B-11",
        "CREATE TABLE t (rowid TEXT, _rowid_ INT, oid REAL)",
        "CREATE TABLE t (rowid TEXT, _rowid_ INT, oid INT)",
        "INSERT INTO t VALUES ('a', 1, 'x'), ('b', 2, 'y')",
        &[],
    );
}

#[test]
fn b_07_options_change_under_rows_and_references() {
    go(
        "B-07",
        "CREATE TABLE p (k TEXT PRIMARY KEY, v INT); CREATE TABLE c (k TEXT REFERENCES p (k))",
        "CREATE TABLE p (k TEXT PRIMARY KEY, v INT) WITHOUT ROWID; CREATE TABLE c (k TEXT REFERENCES p)",
        "INSERT INTO p VALUES ('a', 1); INSERT INTO c VALUES ('a')",
        &[],
    );
    go(
        "B-07",
        "CREATE TABLE p (k INT PRIMARY KEY, v TEXT, w)",
        "CREATE TABLE p (k INT PRIMARY KEY, v TEXT, w ANY) STRICT",
        "INSERT INTO p VALUES (1, 'x', 5), (2, '5', 'x')",
        &[],
    );
}

#[test]
fn d_14_defaults_of_every_form_come_and_go() {
    for d in [
        "'it''s'",
        "\"dq\"",
        "x'00ff'",
        "1e3",
        "-1.5",
        "+7",
        "0x1F",
        "TRUE",
        "NULL",
        "CURRENT_DATE",
        "(1 -- c\n)",
        "('a' || 'b')",
        "(strftime('%s','now'))",
        "'a\nb'",
        "'--'",
        "''",
        "'\\'",
        "'{\"a\": [1]}'",
        "bareword",
    ] {
        let with = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT DEFAULT {d}, w INT)");
        let plain = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w INT)";
        let rows = "INSERT INTO t (id, w) VALUES (1, 2)";
        go("D-14", plain, &with, rows, &[]);
        go("D-14", &with, &with.replace("w INT", "w TEXT"), rows, &[]);
        go(
            "D-14",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, w INT)",
            &with,
            rows,
            &[],
        );
    }
}

#[test]
fn b_08_a_column_comes_with_its_constraints() {
    for d in ["'x'", "0", "CURRENT_TIMESTAMP", "(abs(-3))", "-1"] {
        go(
            "B-08",
            "CREATE TABLE t (id INTEGER PRIMARY KEY)",
            &format!(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL DEFAULT {d} CHECK (v <> 'q') UNIQUE)"
            ),
            "INSERT INTO t VALUES (1)",
            &[],
        );
        go(
            "B-08",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY)",
            &format!(
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, p INT NOT NULL DEFAULT 1 REFERENCES p (id), v TEXT DEFAULT {d})"
            ),
            "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1)",
            &[],
        );
    }
}

#[test]
fn r_07_virtual_tables_go_there_and_back() {
    go(
        "R-07",
        "",
        "CREATE VIRTUAL TABLE s USING fts5(a, b); CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO s (rowid, a) VALUES (new.id, new.a); END",
        "",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE s USING fts5(a, content='t', content_rowid='id'); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO s (rowid, a) VALUES (new.id, new.a); END",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20)); CREATE VIRTUAL TABLE s USING fts5(a, content='t', content_rowid='id'); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO s (rowid, a) VALUES (new.id, new.a); END",
        "INSERT INTO t VALUES (1, 'hello')",
        &[],
    );
    go(
        "R-07",
        "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)",
        "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1)",
        "",
        &[],
    );
}

#[test]
fn r_07_names_pass_from_one_kind_to_another() {
    go(
        "R-07",
        "CREATE VIEW v (a, b) AS SELECT 1, 2",
        "CREATE VIEW v (a, b) AS SELECT 1, 3",
        "",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v",
        "CREATE TABLE t (a INT, b INT); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v WHERE b > 0",
        "INSERT INTO t VALUES (1)",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE v (a INT)",
        "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t",
        "INSERT INTO v VALUES (1)",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t",
        "CREATE TABLE v (a INT)",
        "",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE t (a INT); CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TABLE t (a INT); CREATE TABLE u (a INT); CREATE TRIGGER x AFTER INSERT ON u BEGIN SELECT 1; END",
        "",
        &[],
    );
    go(
        "R-07",
        "CREATE TABLE t (a INT); CREATE INDEX x ON t (a)",
        "CREATE TABLE t (a INT); CREATE TABLE x (a INT)",
        "",
        &[],
    );
}

#[test]
fn b_01_comments_in_a_definition_do_no_harm() {
    go(
        "B-01",
        "CREATE TABLE t ( -- the table\n id INTEGER PRIMARY KEY, /* key */ v TEXT -- value, with comma\n , w INT CHECK (w > 0 -- positive\n))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL, w INT CHECK (w > 0))",
        "INSERT INTO t VALUES (1, 'x', 2)",
        &[],
    );
}

#[test]
fn b_11_what_is_broken_already_stops_nothing() {
    go(
        "B-11",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES nowhere (id), v INT)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES nowhere (id), v TEXT)",
        "PRAGMA foreign_keys=OFF; INSERT INTO c VALUES (1, 5, 1)",
        &[],
    );
    go(
        "B-11",
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id))",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id))",
        "",
        &[],
    );
    go(
        "B-11",
        "CREATE VIEW v AS SELECT * FROM nowhere; CREATE TABLE t (a INT)",
        "CREATE VIEW v AS SELECT * FROM nowhere; CREATE TABLE t (a TEXT, b INT)",
        "INSERT INTO t VALUES (1)",
        &[],
    );
    go(
        "B-11",
        "CREATE VIEW v AS SELECT * FROM nowhere; CREATE TABLE t (a INT)",
        "CREATE VIEW v AS SELECT * FROM nowhere; CREATE TABLE t2 (b INT)",
        "INSERT INTO t VALUES (1)",
        &[("t", "t2"), ("t2.a", "t2.b")],
    );
}
