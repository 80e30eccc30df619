//! A random schema out of nothing.

use super::change::fit;
use super::model::{Column, Family, Fill, Flavour, Schema, Table, Type, quote};
use super::parts::{add_reference, add_view, decorate};
use crate::support::generate::Numbers;

const TABLES: [&str; 8] = [
    "users",
    "orders",
    "Items",
    "order",
    "two words",
    "tag",
    "naïve",
    "x`y",
];
const COLUMNS: [&str; 12] = [
    "name",
    "email",
    "Total",
    "qty",
    "created_at",
    "select",
    "note text",
    "price",
    "status",
    "größe",
    "k'ey",
    "data",
];
const TYPES: [Type; 26] = {
    const fn ty(sql: &'static str, family: Family, value: &'static str) -> Type {
        Type { sql, family, value }
    }
    use Family::{Integer, Long, Number, Ordered, Plain, Text};
    [
        ty("int", Integer, "#"),
        ty("bigint", Integer, "#"),
        ty("smallint", Integer, "#"),
        ty("int unsigned", Integer, "#"),
        ty("tinyint(1)", Integer, "#"),
        ty("decimal(10,2)", Number, "#.25"),
        ty("double", Number, "#.5"),
        ty("float", Number, "#.5"),
        ty("varchar(20)", Text, "'Text #'"),
        ty("varchar(8)", Text, "'T#'"),
        ty("char(5)", Text, "'t#'"),
        ty("varchar(120)", Text, "'Text #'"),
        ty("text", Long, "'Text #'"),
        ty("mediumtext", Long, "'Text #'"),
        ty("date", Ordered, "'2024-01-0#'"),
        ty("datetime", Ordered, "'2024-01-0# 10:00:00'"),
        ty("datetime(3)", Ordered, "'2024-01-0# 10:00:00.125'"),
        ty("time(2)", Ordered, "'10:0#:00.5'"),
        ty("year", Ordered, "'202#'"),
        ty("enum('one','two','it''s')", Ordered, "'two'"),
        ty("set('a','b','c')", Ordered, "'a,b'"),
        ty("bit(8)", Ordered, "b'101'"),
        ty("varbinary(16)", Ordered, "x'0#'"),
        ty("json", Plain, "'{\"a\": #}'"),
        ty("point", Plain, "ST_GeomFromText('POINT(# 2)')"),
        ty("blob", Plain, "x'0#'"),
    ]
};

pub(super) const INT: Type = TYPES[0];
pub(super) const BIGINT: Type = TYPES[1];

/// Types of the same values, each with a wider one.
pub(super) const WIDER: [(usize, usize); 7] = [(2, 0), (0, 1), (9, 8), (8, 11), (11, 12), (12, 13), (7, 6)];

pub(super) fn type_at(at: usize) -> Type {
    TYPES[at]
}

pub(super) fn any_type(numbers: &mut Numbers) -> Type {
    numbers.pick(&TYPES)
}

/// Collations of two character sets.
pub(super) const COLLATIONS: [&str; 3] = ["utf8mb4_bin", "utf8mb4_unicode_ci", "latin1_swedish_ci"];

/// A schema of up to five tables and what leans on them.
pub(crate) fn schema(numbers: &mut Numbers, flavour: Flavour) -> Schema {
    let mut schema = Schema {
        flavour,
        tables: Vec::new(),
        views: Vec::new(),
        others: Vec::new(),
    };
    for n in 0..OTHERS {
        if numbers.chance(35) {
            schema.others.extend(other(numbers, flavour, n));
        }
    }
    for _ in 0..=numbers.below(4) {
        add_table(numbers, &mut schema);
    }
    for at in 0..schema.tables.len() {
        add_reference(numbers, &mut schema, at);
    }
    for n in 0..numbers.below(4) {
        add_view(numbers, &mut schema, n);
    }
    fit(&mut schema);
    schema
}

pub(super) const OTHERS: usize = 4;

/// A function, a procedure, an event, or a sequence.
pub(super) fn other(numbers: &mut Numbers, flavour: Flavour, n: usize) -> Option<(String, String)> {
    let (name, sql) = match n {
        0 => (
            "twice",
            numbers.pick(&[
                "CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN a * 2",
                "CREATE FUNCTION twice(a BIGINT, b int) RETURNS BIGINT DETERMINISTIC NO SQL COMMENT 'it''s'\nBEGIN\n  IF a > 0 THEN RETURN a + b; END IF;\n  RETURN 0;\nEND",
            ]),
        ),
        1 => (
            "tidy",
            numbers.pick(&[
                "CREATE PROCEDURE tidy(IN a INT, OUT b VARCHAR(20)) SQL SECURITY INVOKER SET b = 'x'",
                "CREATE PROCEDURE tidy()\nBEGIN\n  DECLARE i INT DEFAULT 0;\n  WHILE i < 3 DO SET i = i + 1; END WHILE;\nEND",
            ]),
        ),
        2 => (
            "nightly",
            numbers.pick(&[
                "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 03:00:00' DISABLE DO SET @a = 1",
                "CREATE EVENT nightly ON SCHEDULE EVERY 2 HOUR STARTS '2037-01-01 03:00:00' ON COMPLETION PRESERVE COMMENT 'runs' DO SET @a = 2",
            ]),
        ),
        _ if flavour == Flavour::Mariadb => (
            "counter",
            numbers.pick(&[
                "CREATE SEQUENCE counter",
                "CREATE SEQUENCE counter START WITH 10 INCREMENT BY 5 MAXVALUE 9999 CYCLE",
            ]),
        ),
        _ => return None,
    };
    Some((name.to_owned(), sql.to_owned()))
}

pub(super) fn add_table(numbers: &mut Numbers, schema: &mut Schema) {
    let free: Vec<&str> = TABLES
        .into_iter()
        .filter(|name| schema.tables.iter().all(|t| t.name != *name))
        .collect();
    if free.is_empty() {
        return;
    }
    let name = numbers.pick(&free);
    let mut table = Table {
        name: name.to_owned(),
        short: name.chars().filter(char::is_ascii_alphanumeric).collect(),
        columns: Vec::new(),
        keyed: true,
        parts: Vec::new(),
        comment: numbers.chance(20).then(|| format!("table {}", numbers.below(3))),
        collate: numbers.chance(20).then(|| numbers.pick(&COLLATIONS)),
        option: numbers.chance(12).then(|| option(numbers)),
        partition: None,
    };
    if numbers.chance(90) {
        let is_counter = numbers.chance(60);
        table.columns.push(Column {
            name: "id".to_owned(),
            ty: if numbers.chance(60) { INT } else { BIGINT },
            not_null: true,
            fill: if is_counter { Fill::Counter } else { Fill::Nothing },
            collate: None,
            comment: None,
            invisible: false,
        });
        table.keyed = is_counter || numbers.chance(70);
        if table.keyed && numbers.chance(12) {
            table.partition = Some(partition(numbers));
        }
    }
    for _ in 0..=numbers.below(5) {
        if let Some(column) = column(numbers, &table.columns) {
            table.columns.push(column);
        }
    }
    decorate(numbers, schema.flavour, &mut table);
    schema.tables.push(table);
}

pub(super) fn option(numbers: &mut Numbers) -> &'static str {
    numbers.pick(&[
        "ROW_FORMAT=COMPRESSED",
        "ROW_FORMAT=REDUNDANT",
        "STATS_PERSISTENT=1",
    ])
}

pub(super) fn partition(numbers: &mut Numbers) -> String {
    let ranges = [
        "PARTITION p0 VALUES LESS THAN (10)",
        "PARTITION p1 VALUES LESS THAN (20)",
    ];
    let rest = "PARTITION pmax VALUES LESS THAN MAXVALUE";
    match numbers.below(4) {
        0 => "HASH (id) PARTITIONS 4".to_owned(),
        1 => "KEY (id) PARTITIONS 2".to_owned(),
        2 => format!("RANGE (id) ({}, {rest})", ranges[0]),
        _ => format!("RANGE (id) ({}, {rest})", ranges.join(", ")),
    }
}

/// A column of a name that is free.
pub(super) fn column(numbers: &mut Numbers, others: &[Column]) -> Option<Column> {
    let name = numbers.pick(&COLUMNS);
    if others.iter().any(|c| c.name == name) {
        return None;
    }
    let ty = any_type(numbers);
    let mut column = Column {
        name: name.to_owned(),
        ty,
        not_null: numbers.chance(35),
        fill: Fill::Nothing,
        collate: None,
        comment: numbers
            .chance(15)
            .then(|| format!("comment {}", numbers.below(3))),
        invisible: numbers.chance(5),
    };
    if column.is_text() && numbers.chance(15) {
        column.collate = Some(numbers.pick(&COLLATIONS));
    }
    if numbers.chance(15) {
        column.fill = generated(numbers, &column, others).unwrap_or(Fill::Nothing);
    }
    if column.is_generated() {
        column.not_null = false;
    } else if numbers.chance(40) {
        column.fill = default(numbers, ty);
    }
    Some(column)
}

pub(super) fn default(numbers: &mut Numbers, ty: Type) -> Fill {
    let sql = match ty.family {
        Family::Integer => numbers.pick(&["0", "7", "(3 + 4)"]),
        Family::Number => numbers.pick(&["0", "1.5"]),
        Family::Text => numbers.pick(&["'x'", "''", "'it''s'"]),
        Family::Long => "('long')",
        Family::Ordered => match ty.sql {
            "datetime" => numbers.pick(&[
                "CURRENT_TIMESTAMP",
                "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
                "'2020-01-01 00:00:00'",
            ]),
            "datetime(3)" => "CURRENT_TIMESTAMP(3)",
            "bit(8)" => "b'11'",
            sql if sql.starts_with("enum") => "'one'",
            sql if sql.starts_with("set") => "'b'",
            _ => return Fill::Nothing,
        },
        Family::Plain => return Fill::Nothing,
    };
    Fill::Default(sql.to_owned())
}

/// What a column of that type can be computed from.
pub(super) fn generated(numbers: &mut Numbers, column: &Column, others: &[Column]) -> Option<Fill> {
    let wanted = match column.ty.family {
        Family::Integer | Family::Number => Family::Integer,
        Family::Text | Family::Long => Family::Text,
        Family::Ordered | Family::Plain => return None,
    };
    let sources: Vec<&Column> = others
        .iter()
        .filter(|c| c.ty.family == wanted && c.fill != Fill::Counter && !c.is_generated())
        .filter(|c| c.name != "id" && !c.name.ends_with("_ref") && c.name != column.name)
        // MariaDB pads it, and so does not compute from it.
        .filter(|c| c.ty.sql != "char(5)")
        .collect();
    if sources.is_empty() {
        return None;
    }
    let source = numbers.pick(&sources);
    let name = quote(&source.name);
    let sql = match wanted {
        Family::Integer => numbers.pick(&[format!("{name} * 2"), format!("{name} + 1")]),
        _ => numbers.pick(&[format!("left({name}, 3)"), format!("lower(left({name}, 4))")]),
    };
    Some(Fill::Generated(
        sql,
        vec![(source.name.clone(), Some(wanted))],
        numbers.chance(50),
    ))
}
