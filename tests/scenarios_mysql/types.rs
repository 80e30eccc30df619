//! Y: types.

use autogen::Engine;

use crate::harness::*;

#[test]
fn y_01_a_length_is_part_of_a_type() {
    columns_equal("Y-01", &[("varchar(30)", "character varying(30)")]);
    columns_change(
        "Y-01",
        &[
            ("varchar(30)", "varchar(40)", "type varchar(30) to varchar(40)"),
            ("varchar(30)", "int", "type varchar(30) to int"),
            ("varchar(30)", "text", "type varchar(30) to text"),
        ],
    );
}

#[test]
fn y_02_and_03_text_and_precision() {
    columns_equal(
        "Y-03",
        &[
            ("decimal(10,5)", "numeric(10,5)"),
            ("decimal(10)", "numeric(10,0)"),
            ("decimal", "dec(10)"),
        ],
    );
    columns_change(
        "Y-02 Y-03",
        &[
            ("text", "varchar(255)", "type text to varchar(255)"),
            (
                "decimal(10,5)",
                "decimal(10,6)",
                "type decimal(10,5) to decimal(10,6)",
            ),
            (
                "decimal(10,5)",
                "decimal(10)",
                "type decimal(10,5) to decimal(10,0)",
            ),
            (
                "decimal(10,5)",
                "decimal(12,5)",
                "type decimal(10,5) to decimal(12,5)",
            ),
        ],
    );
}

#[test]
fn y_04_and_05_families_of_types() {
    columns_equal(
        "Y-04",
        &[
            ("bigint", "int8"),
            ("integer", "int"),
            ("double", "double precision"),
            ("bool", "boolean"),
        ],
    );
    columns_change(
        "Y-04 Y-05",
        &[
            ("bigint", "int", "type bigint to int"),
            ("bigint", "smallint", "type bigint to smallint"),
            ("int", "smallint", "type int to smallint"),
            ("smallint", "int", "type smallint to int"),
            ("decimal(10,2)", "datetime", "type decimal(10,2) to datetime"),
            ("int", "varchar(20)", "type int to varchar(20)"),
            ("varchar(20)", "int", "type varchar(20) to int"),
        ],
    );
}

#[test]
fn y_06_every_type_is_created_and_compares_equal() {
    let sql = "create table t (a int, b char(3), c varchar(32), d text, e float, f numeric(8,2), g decimal(10,5), h timestamp null, i datetime(6), j boolean,
        k bigint unsigned, l smallint, m date, n blob, o varchar(10) character set latin1, p json, q longtext, r enum('a', 'b''c'), s set('x', 'y'), u bit(5),
        v year, w time(3), x varbinary(16), y double, z mediumint zerofill, aa point, ab tinytext, ac binary(4), ad mediumblob, ae geometry);";
    Scenario::new("Y-06").to(sql).expect(&["t: new table"]);
    Scenario::new("Y-06").from(sql).to(sql).equal();
}

#[test]
fn y_07_to_09_chars_times_and_numbers() {
    columns_equal(
        "Y-07",
        &[
            ("char", "char(1)"),
            ("national varchar(32)", "varchar(32) character set utf8mb3"),
        ],
    );
    columns_change(
        "Y-07 Y-08 Y-09",
        &[
            ("char(2)", "char(1)", "type char(2) to char(1)"),
            ("datetime", "datetime(6)", "type datetime to datetime(6)"),
            ("datetime", "timestamp null", "type datetime to timestamp"),
            ("int", "decimal(8,0)", "type int to decimal(8,0)"),
            (
                "decimal(8,0)",
                "decimal(8,2)",
                "type decimal(8,0) to decimal(8,2)",
            ),
        ],
    );
}

#[test]
fn y_10_and_11_numbers_without_a_sign() {
    columns_equal(
        "Y-10",
        &[
            ("int(10) unsigned", "int(10) unsigned"),
            ("int unsigned", "integer unsigned"),
        ],
    );
    columns_change(
        "Y-11",
        &[
            ("int", "int unsigned", "type int to int unsigned"),
            ("bigint unsigned", "bigint", "type bigint unsigned to bigint"),
            (
                "int unsigned",
                "int unsigned zerofill",
                "type int unsigned to int unsigned zerofill",
            ),
        ],
    );
}

#[test]
fn y_12_and_21_character_sets_and_collations() {
    columns_equal(
        "Y-12",
        &[
            (
                "varchar(20) character set utf8mb3",
                "varchar(20) character set utf8",
            ),
            (
                "varchar(20) character set latin1",
                "varchar(20) character set latin1 collate latin1_swedish_ci",
            ),
        ],
    );
    columns_differ(
        "Y-12 Y-21",
        &[
            (
                "varchar(20) character set latin1",
                "varchar(20) character set utf8mb4",
            ),
            (
                "varchar(20) collate utf8mb4_bin",
                "varchar(20) character set latin1 collate latin1_bin",
            ),
            ("varchar(20) collate utf8mb4_bin", "varchar(20)"),
            ("varchar(20)", "varchar(20) collate utf8mb4_unicode_ci"),
            (
                "varchar(20) collate utf8mb4_bin",
                "varchar(20) collate utf8mb4_unicode_ci",
            ),
        ],
    );
    Scenario::new("Y-12")
        .from("create table t (id int primary key, c varchar(20), d text) character set latin1;")
        .rows("insert into t values (1, 'Grüße', 'ÄÖ'), (2, null, 'x');")
        .to("create table t (id int primary key, c varchar(20), d text) character set utf8mb4;")
        .upgraded("select c from t where id = 1", "Grüße")
        .holds();
}

#[test]
fn y_13_and_14_enums_and_sets() {
    columns_equal(
        "Y-13",
        &[
            ("enum('A','B','C')", "enum ( 'A', 'B' ,'C')"),
            ("tinyint(1)", "boolean"),
            ("json", "json"),
        ],
    );
    columns_change(
        "Y-13 Y-14",
        &[
            (
                "enum('A','B','C')",
                "enum('A','B','C','D')",
                "type enum('A','B','C') to enum('A','B','C','D')",
            ),
            (
                "enum('A','B','C')",
                "enum('A','B')",
                "type enum('A','B','C') to enum('A','B')",
            ),
            (
                "enum('A','B','C')",
                "enum('C','B','A')",
                "type enum('A','B','C') to enum('C','B','A')",
            ),
            (
                "set('a','b')",
                "set('a','b','c')",
                "type set('a','b') to set('a','b','c')",
            ),
        ],
    );
    Scenario::new("Y-13")
        .from("create table t (id int primary key, c enum('a','b','c') not null);")
        .rows("insert into t values (1, 'a'), (2, 'c');")
        .to("create table t (id int primary key, c enum('c','b','a','d') not null);")
        .upgraded("select c from t where id = 2", "c")
        .holds();
}

#[test]
fn y_14_json_of_mariadb_is_a_text_with_a_check() {
    let sql = "create table t (id int primary key, doc json, other longtext);";
    Scenario::new("Y-14").from(sql).to(sql).equal();
    Scenario::new("Y-14")
        .from("create table t (id int primary key, doc longtext);")
        .rows("insert into t values (1, '{\"a\": 1}');")
        .to("create table t (id int primary key, doc json);")
        .holds();
}

#[test]
fn y_16_fractional_seconds_and_bits() {
    columns_change(
        "Y-16",
        &[
            ("datetime(3)", "datetime(6)", "type datetime(3) to datetime(6)"),
            ("time(3)", "time", "type time(3) to time"),
            ("bit(3)", "bit(8)", "type bit(3) to bit(8)"),
        ],
    );
}

#[test]
fn y_20_a_text_becomes_a_number_where_the_rows_allow_it() {
    let (from, to) = (
        "create table t (id int primary key, c varchar(20));",
        "create table t (id int primary key, c int);",
    );
    Scenario::new("Y-20")
        .from(from)
        .rows("insert into t values (1, '12');")
        .to(to)
        .upgraded("select c + 1 from t", "13")
        .holds();
    Scenario::new("Y-20")
        .from(from)
        .rows("insert into t values (1, 'twelve');")
        .to(to)
        .contradicted("c");
}

/// A column of geometries, as the engine spells what they refer to; 0 is nothing.
fn geometry(engine: Engine, ty: &str, null: &str, srid: u32) -> String {
    match (engine, srid) {
        (_, 0) => format!("p {ty} {null}"),
        (Engine::Mysql, srid) => format!("p {ty} {null} srid {srid}"),
        (_, srid) => format!("p {ty} ref_system_id={srid} {null}"),
    }
}

#[test]
fn geometries_keep_what_they_refer_to() {
    for engine in [Engine::Mysql, Engine::Mariadb] {
        if server_of(engine).is_none() {
            continue;
        }
        let table =
            |column: &str, more: &str| format!("create table t (id int primary key, {column}{more});");
        let row = |srid: u32| format!("insert into t values (1, st_geomfromtext('POINT(1 2)', {srid}));");
        let null = "insert into t values (1, null);".to_owned();
        let of = |ty: &str, srid: u32| table(&geometry(engine, ty, "", srid), "");
        let indexed = |srid: u32, more: &str| {
            let more = format!("{more}, spatial key sp (p)");
            table(&geometry(engine, "point", "not null", srid), &more)
        };
        for (from, rows, to) in [
            (of("point", 0), row(4326), of("point", 4326)),
            (of("point", 4326), row(4326), of("point", 0)),
            (of("point", 4326), null, of("point", 3857)),
            (of("point", 4326), row(4326), of("geometry", 4326)),
            (
                of("point", 4326),
                row(4326),
                table(&geometry(engine, "point", "", 4326), " comment 'x', b int"),
            ),
            (indexed(4326, ""), row(4326), indexed(4326, " comment 'x', b int")),
            (indexed(4326, ""), row(4326), indexed(0, "")),
            (
                "create table t (id int primary key, b int);".to_owned(),
                "insert into t values (1, 1);".to_owned(),
                table(&geometry(engine, "point", "", 4326), ", b int"),
            ),
        ] {
            Scenario::new("geometry")
                .only_on(engine)
                .from(&from)
                .rows(&rows)
                .to(&to)
                .holds();
            Scenario::new("geometry")
                .only_on(engine)
                .from(&from)
                .to(&from)
                .equal();
        }
    }
}
