//! Y: types. SQLite keeps a declared type as it was written; so does the comparison, but for case and blanks.

use crate::harness::*;

#[test]
fn y_01_a_length_is_part_of_a_type() {
    columns_equal(
        "Y-01",
        &[("VARCHAR(30)", "VARCHAR(30)"), ("VARCHAR(30)", "varchar ( 30 )")],
    );
    columns_change(
        "Y-01",
        &[
            ("VARCHAR(30)", "VARCHAR(40)", "type varchar(30) to varchar(40)"),
            ("VARCHAR(30)", "INTEGER", "type varchar(30) to integer"),
            ("VARCHAR(30)", "VARCHAR", "type varchar(30) to varchar"),
        ],
    );
}

#[test]
fn y_02_text_is_not_varchar() {
    columns_change("Y-02", &[("TEXT", "VARCHAR(255)", "type text to varchar(255)")]);
}

#[test]
fn y_03_precision_and_scale_are_part_of_a_type() {
    columns_equal(
        "Y-03",
        &[
            ("DECIMAL(10,5)", "decimal(10, 5)"),
            ("NUMERIC(10,5)", "NUMERIC( 10 , 5 )"),
        ],
    );
    columns_change(
        "Y-03",
        &[
            (
                "DECIMAL(10,5)",
                "DECIMAL(10,6)",
                "type decimal(10,5) to decimal(10,6)",
            ),
            (
                "DECIMAL(10,5)",
                "DECIMAL(10)",
                "type decimal(10,5) to decimal(10)",
            ),
            (
                "DECIMAL(10,5)",
                "NUMERIC(12,5)",
                "type decimal(10,5) to numeric(12,5)",
            ),
        ],
    );
}

#[test]
fn y_04_integer_types_of_different_names_differ() {
    columns_equal("Y-04", &[("BIGINT", "bigint"), ("INTEGER", "Integer")]);
    columns_change(
        "Y-04",
        &[
            ("BIGINT", "INTEGER", "type bigint to integer"),
            ("BIGINT", "SMALLINT", "type bigint to smallint"),
            ("INTEGER", "SMALLINT", "type integer to smallint"),
            ("SMALLINT", "INTEGER", "type smallint to integer"),
        ],
    );
}

#[test]
fn y_05_another_family_of_types_is_a_change() {
    columns_change(
        "Y-05",
        &[
            ("DECIMAL", "DATETIME", "type decimal to datetime"),
            ("INTEGER", "VARCHAR", "type integer to varchar"),
            ("VARCHAR", "INTEGER", "type varchar to integer"),
        ],
    );
}

#[test]
fn y_06_every_type_is_created_and_compares_equal() {
    let types = [
        "INTEGER",
        "CHAR",
        "VARCHAR(32)",
        "TEXT",
        "FLOAT",
        "NUMERIC",
        "DECIMAL",
        "TIMESTAMP",
        "DATETIME",
        "BOOLEAN",
        "BIGINT",
        "SMALLINT",
        "DATE",
        "BLOB",
        "NVARCHAR(16)",
        "JSON",
        "LONGTEXT",
        "DOUBLE PRECISION",
        "VARYING CHARACTER(255)",
        "UNSIGNED BIG INT",
        "NATIVE CHARACTER(70)",
        "\"odd type\"",
        "",
        "ENUM_MOOD",
    ];
    let columns: Vec<String> = types
        .iter()
        .enumerate()
        .map(|(n, ty)| format!("c{n} {ty}"))
        .collect();
    let table = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {})", columns.join(", "));
    Scenario::new("Y-06").to(&table).expect(&["t: new table"]);
    Scenario::new("Y-06").from(&table).to(&table).equal();
}

#[test]
fn y_07_a_char_without_a_length_is_not_one_with() {
    columns_change(
        "Y-07",
        &[
            ("CHAR", "VARCHAR(1)", "type char to varchar(1)"),
            ("CHAR", "CHAR(1)", "type char to char(1)"),
        ],
    );
    columns_equal("Y-07", &[("NVARCHAR(32)", "nvarchar(32)")]);
}

#[test]
fn y_08_a_time_zone_is_part_of_a_type() {
    columns_equal(
        "Y-08",
        &[
            ("TIMESTAMP", "timestamp"),
            ("TIMESTAMP WITH TIME ZONE", "timestamp  with\n time zone"),
        ],
    );
    columns_change(
        "Y-08",
        &[
            (
                "TIMESTAMP",
                "TIMESTAMP WITH TIME ZONE",
                "type timestamp to timestamp with time zone",
            ),
            (
                "TIMESTAMP WITH TIME ZONE",
                "TIMESTAMP",
                "type timestamp with time zone to timestamp",
            ),
        ],
    );
}

#[test]
fn y_09_an_integer_is_not_a_number_without_decimals() {
    columns_change(
        "Y-09",
        &[
            ("INTEGER", "NUMERIC(8, 0)", "type integer to numeric(8,0)"),
            (
                "NUMERIC(8, 0)",
                "NUMERIC(8, 2)",
                "type numeric(8,0) to numeric(8,2)",
            ),
        ],
    );
}

#[test]
fn y_20_values_follow_the_affinity_of_the_new_type_and_a_strict_table_refuses_what_does_not_fit() {
    Scenario::new("Y-20")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(10))")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)")
        .rows("INSERT INTO t VALUES (1, '12'), (2, 'twelve'), (3, NULL)")
        .upgraded(
            "SELECT v, typeof(v) FROM t ORDER BY id",
            "12|integer;twelve|text;|null",
        )
        .downgraded(
            "SELECT v, typeof(v) FROM t ORDER BY id",
            "12|text;twelve|text;|null",
        )
        .holds();
    let strict = || {
        Scenario::new("Y-20")
            .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT) STRICT")
            .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER) STRICT")
    };
    strict()
        .rows("INSERT INTO t VALUES (1, '12'), (2, NULL)")
        .expect(&["t: alter column v (type text to integer)"]);
    strict()
        .rows("INSERT INTO t VALUES (1, '12'), (2, 'twelve'), (3, 'x')")
        .contradicted(&["rows contradict", "2 rows of t", "v", "integer", ".using("]);
}

#[test]
fn y_20_a_conversion_in_the_script_converts_what_the_type_would_refuse() {
    Scenario::new("Y-20")
        .from("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT) STRICT")
        .to("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER) STRICT")
        .rows("INSERT INTO t VALUES (1, '12 EUR'), (2, NULL)")
        .edit(".to(integer())", ".to(integer()).using(\"CAST(v AS INTEGER)\")")
        .refills("t.v")
        .upgraded("SELECT v FROM t ORDER BY id", "12;")
        .holds();
}

#[test]
fn y_21_a_collation_is_added_changed_and_removed() {
    columns_equal(
        "Y-21",
        &[
            ("TEXT COLLATE NOCASE", "TEXT COLLATE nocase"),
            ("TEXT COLLATE BINARY", "TEXT COLLATE binary"),
        ],
    );
    columns_change(
        "Y-21",
        &[
            ("TEXT", "TEXT COLLATE NOCASE", "set collation NOCASE"),
            (
                "TEXT COLLATE NOCASE",
                "TEXT COLLATE RTRIM",
                "collation NOCASE to RTRIM",
            ),
            ("TEXT COLLATE RTRIM", "TEXT", "drop collation RTRIM"),
        ],
    );
}
