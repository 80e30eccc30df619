//! D: defaults.

use crate::harness::*;

#[test]
fn d_01_another_default_is_a_change() {
    columns_change(
        "D-01",
        &[
            (
                "TEXT DEFAULT 'some default'",
                "TEXT DEFAULT 'some new default'",
                "default 'some default' to 'some new default'",
            ),
            (
                "TEXT DEFAULT ('some default')",
                "TEXT DEFAULT ('other')",
                "default ('some default') to ('other')",
            ),
            (
                "TEXT DEFAULT '//slash'",
                "TEXT DEFAULT 's//l//ash'",
                "default '//slash' to 's//l//ash'",
            ),
            ("INTEGER DEFAULT 15", "INTEGER DEFAULT 20", "default 15 to 20"),
            // Case counts inside a string.
            ("TEXT DEFAULT 'a'", "TEXT DEFAULT 'A'", "default 'a' to 'A'"),
        ],
    );
}

#[test]
fn d_02_the_same_default_is_none_however_it_is_written() {
    columns_equal(
        "D-02",
        &[
            ("TEXT DEFAULT 'some default'", "TEXT DEFAULT ('some default')"),
            ("TEXT DEFAULT 's//l//ash'", "TEXT DEFAULT ( 's//l//ash' )"),
            ("TEXT DEFAULT 'it''s \"so\"'", "TEXT DEFAULT ('it''s \"so\"')"),
            ("INTEGER DEFAULT 15", "INTEGER DEFAULT (15)"),
            ("INTEGER DEFAULT -1", "INTEGER DEFAULT (-1)"),
        ],
    );
}

#[test]
fn d_11_functions_numbers_and_strings_in_all_their_forms() {
    columns_equal(
        "D-11",
        &[
            (
                "DATETIME DEFAULT CURRENT_TIMESTAMP",
                "DATETIME DEFAULT (current_timestamp)",
            ),
            (
                "DATETIME DEFAULT (datetime('now'))",
                "DATETIME DEFAULT ( DATETIME ( 'now' ) )",
            ),
            ("INTEGER DEFAULT 5", "INTEGER DEFAULT 5"),
            ("INTEGER DEFAULT 5", "INTEGER DEFAULT '5'"),
            ("INTEGER DEFAULT ('5')", "INTEGER DEFAULT (5)"),
            ("FLOAT DEFAULT 5.5", "FLOAT DEFAULT (5.5)"),
            ("TEXT DEFAULT 'literal'", "TEXT DEFAULT 'literal'"),
        ],
    );
    columns_change(
        "D-11",
        &[
            ("INTEGER DEFAULT 5", "INTEGER DEFAULT 7", "default 5 to 7"),
            ("INTEGER DEFAULT '5'", "INTEGER DEFAULT '7'", "default '5' to '7'"),
            ("FLOAT DEFAULT 5.5", "FLOAT DEFAULT 5.6", "default 5.5 to 5.6"),
            (
                "TEXT DEFAULT 'literal'",
                "TEXT DEFAULT 'other'",
                "default 'literal' to 'other'",
            ),
            (
                "DATETIME DEFAULT CURRENT_TIMESTAMP",
                "DATETIME DEFAULT (datetime('now'))",
                "default CURRENT_TIMESTAMP to (datetime('now'))",
            ),
            // A text that reads as a number is a text where nothing converts it.
            ("BLOB DEFAULT 5", "BLOB DEFAULT '5'", "default 5 to '5'"),
        ],
    );
}

#[test]
fn d_12_the_case_of_a_function_is_no_change_and_none_is_ever_run_to_compare() {
    columns_equal(
        "D-12",
        &[
            ("INTEGER DEFAULT (random())", "INTEGER DEFAULT (RANDOM())"),
            (
                "BLOB DEFAULT (randomblob(16))",
                "BLOB DEFAULT (RandomBlob ( 16 ))",
            ),
        ],
    );
    // JSON compares as any text.
    columns_equal("D-12", &[("JSON DEFAULT '{}'", "JSON DEFAULT '{}'")]);
    columns_change(
        "D-12",
        &[("JSON DEFAULT '{}'", "JSON DEFAULT '[]'", "default '{}' to '[]'")],
    );
}

#[test]
fn d_14_a_default_comes_and_goes_and_comes_back() {
    columns_change(
        "D-14",
        &[
            ("TEXT", "TEXT DEFAULT 'x'", "set default 'x'"),
            ("TEXT DEFAULT 'x'", "TEXT", "drop default 'x'"),
            ("TEXT DEFAULT NULL", "TEXT DEFAULT 'x'", "default NULL to 'x'"),
        ],
    );
    Scenario::new("D-14")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT DEFAULT 'x')")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        .rows("INSERT INTO t (id) VALUES (1)")
        .upgraded("SELECT v FROM t", "x")
        .downgraded(
            "SELECT v, (SELECT dflt_value FROM pragma_table_info('t') WHERE name = 'v') FROM t",
            "x|'x'",
        )
        .holds();
}
