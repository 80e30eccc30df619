//! Y: types.

use crate::harness::*;

#[test]
fn y_01_a_length_is_part_of_a_type() {
    columns_equal("Y-01", &[("varchar(30)", "character varying(30)")]);
    columns_change(
        "Y-01",
        &[
            ("varchar(30)", "varchar(40)", "type varchar(30) to varchar(40)"),
            ("varchar(30)", "integer", "type varchar(30) to integer"),
            ("varchar(30)", "varchar", "type varchar(30) to varchar"),
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
        ],
    );
    columns_change(
        "Y-02 Y-03",
        &[
            ("text", "varchar(255)", "type text to varchar(255)"),
            (
                "decimal(10,5)",
                "decimal(10,6)",
                "type numeric(10,5) to numeric(10,6)",
            ),
            (
                "decimal(10,5)",
                "decimal(10)",
                "type numeric(10,5) to numeric(10,0)",
            ),
            (
                "decimal(10,5)",
                "numeric(12,5)",
                "type numeric(10,5) to numeric(12,5)",
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
            ("float8", "double precision"),
            ("bool", "boolean"),
        ],
    );
    columns_change(
        "Y-04 Y-05",
        &[
            ("bigint", "integer", "type bigint to integer"),
            ("bigint", "smallint", "type bigint to smallint"),
            ("integer", "smallint", "type integer to smallint"),
            ("smallint", "integer", "type smallint to integer"),
            ("integer", "varchar", "type integer to varchar"),
            ("varchar", "integer", "type varchar to integer"),
        ],
    );
}

#[test]
fn y_06_every_type_is_created_and_compares_equal() {
    let types = [
        "smallint",
        "integer",
        "bigint",
        "numeric",
        "numeric(7)",
        "numeric(7,3)",
        "real",
        "double precision",
        "money",
        "text",
        "varchar",
        "varchar(32)",
        "char",
        "char(4)",
        "bpchar",
        "name",
        "\"char\"",
        "bytea",
        "boolean",
        "date",
        "time",
        "time(3)",
        "timetz",
        "time(2) with time zone",
        "timestamp",
        "timestamp(3)",
        "timestamptz",
        "timestamptz(0)",
        "interval",
        "interval(3)",
        "interval year to month",
        "interval day to second(2)",
        "uuid",
        "json",
        "jsonb",
        "jsonpath",
        "xml",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "bit",
        "bit(5)",
        "varbit",
        "varbit(7)",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int4multirange",
        "oid",
        "regclass",
        "regtype",
        "pg_lsn",
        "int[]",
        "varchar(5)[]",
        "timestamptz(3)[]",
        "numeric(4,2)[][]",
    ];
    let columns: Vec<String> = types
        .iter()
        .enumerate()
        .map(|(n, ty)| format!("c{n} {ty}"))
        .collect();
    let table = format!("create table t (id int primary key, {});", columns.join(", "));
    Scenario::new("Y-06").to(&table).expect(&["t: new table"]);
    Scenario::new("Y-06").from(&table).to(&table).equal();
}

#[test]
fn y_07_to_09_chars_times_and_numbers() {
    columns_equal(
        "Y-08",
        &[
            ("timestamp", "timestamp without time zone"),
            ("timestamptz", "timestamp with time zone"),
        ],
    );
    columns_change(
        "Y-07 Y-08 Y-09",
        &[
            ("char", "varchar(1)", "type char(1) to varchar(1)"),
            ("timestamp", "timestamptz", "type timestamp to timestamptz"),
            ("timestamptz", "timestamp", "type timestamptz to timestamp"),
            ("integer", "numeric(8,0)", "type integer to numeric(8,0)"),
            (
                "numeric(8,0)",
                "numeric(8,2)",
                "type numeric(8,0) to numeric(8,2)",
            ),
        ],
    );
}

#[test]
fn y_15_arrays() {
    columns_change(
        "Y-15",
        &[
            ("integer", "integer[]", "type integer to integer[]"),
            (
                "varchar(10)[]",
                "varchar(20)[]",
                "type varchar(10)[] to varchar(20)[]",
            ),
            ("integer[]", "text[]", "type integer[] to text[]"),
        ],
    );
}

#[test]
fn y_16_json_times_and_bits() {
    columns_change(
        "Y-16",
        &[
            ("json", "jsonb", "type json to jsonb"),
            (
                "timestamp(3)",
                "timestamp(6)",
                "type timestamp(3) to timestamp(6)",
            ),
            ("time(3)", "time", "type time(3) to time"),
            ("bit(3)", "varbit(3)", "type bit(3) to varbit(3)"),
        ],
    );
}

#[test]
fn y_20_a_text_becomes_a_number_where_the_rows_allow_it() {
    Scenario::new("Y-20")
        .from("create table t (id int, c varchar(10) default '5');")
        .rows("insert into t values (1, '12'), (2, null);")
        .to("create table t (id int, c integer default 5);")
        .refills("t")
        .upgraded("select c + 1 from t where id = 1", "13")
        .holds();
    Scenario::new("Y-20")
        .from("create table t (id int, c varchar(10));")
        .rows("insert into t values (1, 'twelve');")
        .to("create table t (id int, c integer);")
        .contradicted("a value in c that type integer refuses");
}

#[test]
fn y_21_a_collation_comes_changes_and_goes() {
    columns_change(
        "Y-21",
        &[
            ("text", "text collate \"C\"", "set collation C"),
            (
                "text collate \"C\"",
                "text collate \"POSIX\"",
                "collation C to POSIX",
            ),
            ("text collate \"C\"", "text", "drop collation C"),
        ],
    );
}

#[test]
fn a_domain_becomes_an_enum_type_of_its_name_and_columns_keep_their_values() {
    let tables = "create table t (id int primary key, state mood default 'calm', states mood[], other int, v text,
             constraint ck check (state <> 'angry'), constraint uq unique (state, other));
         create index i on t (state) where state = 'calm';
         create table u (state mood not null, other int, constraint fk foreign key (state, other) references t (state, other));
         create view w as select id, state from t where state = 'calm';
         create function f(m mood) returns text language sql as 'select m::text';";
    let domain = format!(
        "create domain mood as text check (value in ('calm', 'angry')); {}",
        tables
            .replace("'calm'", "'calm'::text")
            .replace("v text", "v mood")
    );
    let listed = format!("create type mood as enum ('calm', 'angry'); {tables}");
    Scenario::new("types")
        .from(&domain)
        .rows("insert into t values (1, 'calm', '{calm,angry}', 1, 'calm'), (2, null, null, null, null); insert into u values ('calm', 1);")
        .to(&listed)
        .refills("t")
        .upgraded("select states[2] from w join t using (id)", "angry")
        .holds();
    Scenario::new("types").from(&listed).to(&domain).holds();
}
