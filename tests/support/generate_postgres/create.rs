//! A random schema out of nothing.

use super::change::fit;
use super::model::{Column, Family, Fill, Schema, Shape, Table, Thing, Type, quote};
use super::parts::{add_over_table, add_reference, add_view, decorate};
use crate::support::generate::Numbers;

const TABLES: [&str; 9] = [
    "users",
    "orders",
    "Items",
    "order",
    "two words",
    "tag",
    "naïve",
    "a.b",
    "x\"y",
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
const TYPES: [(&str, Family, &str); 26] = [
    ("integer", Family::Integer, "#"),
    ("bigint", Family::Integer, "#"),
    ("smallint", Family::Integer, "#"),
    ("numeric(10,2)", Family::Number, "#.25"),
    ("numeric", Family::Number, "#.5"),
    ("double precision", Family::Number, "#.5"),
    ("real", Family::Number, "#.5"),
    ("text", Family::Text, "'Text #'"),
    ("varchar(20)", Family::Text, "'Text #'"),
    ("varchar(5)", Family::Text, "'T#'"),
    ("varchar", Family::Text, "'Text #'"),
    ("char(5)", Family::Text, "'t#'"),
    ("boolean", Family::Ordered, "# > 1"),
    ("date", Family::Ordered, "'2024-01-0#'"),
    ("timestamptz", Family::Ordered, "'2024-01-0# 10:00:00+00'"),
    ("timestamp(3)", Family::Ordered, "'2024-01-0# 10:00:00.125'"),
    ("interval", Family::Ordered, "'# hours'"),
    ("uuid", Family::Ordered, "'00000000-0000-0000-0000-00000000000#'"),
    ("bytea", Family::Ordered, "'\\x0#'"),
    ("inet", Family::Ordered, "'10.0.0.#'"),
    ("int4range", Family::Ordered, "'[#, 90)'"),
    ("jsonb", Family::Json, "'{\"a\": #}'"),
    ("text[]", Family::Array, "ARRAY['a', 'b#']"),
    ("integer[]", Family::Array, "ARRAY[1, #]"),
    ("json", Family::Plain, "'{\"a\": #}'"),
    ("point", Family::Plain, "'(#, 2)'"),
];

pub(super) fn base_type(at: usize) -> Type {
    let (sql, family, value) = TYPES[at % TYPES.len()];
    Type {
        sql: sql.to_owned(),
        family,
        value: value.to_owned(),
    }
}

/// A schema of up to five tables and what leans on them.
pub(crate) fn schema(numbers: &mut Numbers, version: u32) -> Schema {
    let mut schema = Schema {
        version,
        has_app: numbers.chance(50),
        ..Schema::default()
    };
    for n in 0..numbers.below(3) {
        let added = enumeration(numbers, &schema, n);
        schema.enums.push(added);
    }
    for n in 0..numbers.below(3) {
        let added = own_type(numbers, &schema, n);
        schema.types.push(added);
    }
    for n in 0..numbers.below(2) {
        schema.sequences.push(sequence(numbers, n));
    }
    for n in 0..FUNCTIONS {
        if numbers.chance(60) {
            schema.functions.push(function(numbers, n));
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
    for n in 0..numbers.below(3) {
        add_over_table(numbers, &mut schema, n);
    }
    fit(&mut schema);
    schema
}

pub(super) fn place(numbers: &mut Numbers, schema: &Schema) -> &'static str {
    if schema.has_app && numbers.chance(40) {
        "app"
    } else {
        "public"
    }
}

fn enumeration(numbers: &mut Numbers, schema: &Schema, n: usize) -> (String, Vec<String>) {
    let name = format!("{}.mood{n}", place(numbers, schema));
    let mut labels: Vec<String> = ["one", "two", "it's", "Four five"].map(str::to_owned).to_vec();
    labels.truncate(2 + numbers.below(3));
    (name, labels)
}

pub(super) fn enum_type(name: &str, labels: &[String]) -> Type {
    Type {
        sql: name.to_owned(),
        family: Family::Ordered,
        value: format!("'{}'", labels[0].replace('\'', "''")),
    }
}

pub(super) fn own_type(numbers: &mut Numbers, schema: &Schema, n: usize) -> Thing {
    let place = place(numbers, schema);
    if numbers.chance(65) {
        let name = format!("{place}.dom{n}");
        let (base, value, check) = numbers.pick(&[
            ("integer", "#", "VALUE > -5"),
            ("bigint", "#", "VALUE <> 77"),
            ("text", "'Text #'", "length(VALUE) < 90"),
            ("varchar(20)", "'Text #'", "VALUE <> 'never'::text"),
        ]);
        let mut sql = format!("CREATE DOMAIN {name} AS {base}");
        if numbers.chance(30) {
            sql.push_str(if base.contains("int") {
                " DEFAULT 5"
            } else {
                " DEFAULT 'five'"
            });
        }
        if numbers.chance(50) {
            sql.push_str(&format!(" CONSTRAINT ck_dom{n} CHECK ({check})"));
        }
        sql.push_str(";\n");
        if numbers.chance(30) {
            sql.push_str(&format!(
                "COMMENT ON DOMAIN {name} IS 'domain {}';\n",
                numbers.below(3)
            ));
        }
        Thing {
            ty: Some(Type {
                sql: name.clone(),
                family: Family::Ordered,
                value: value.to_owned(),
            }),
            name,
            sql,
        }
    } else {
        let name = format!("{place}.pair{n}");
        let (fields, value) = numbers.pick(&[
            ("a integer, b text", "ROW(#, 'b')"),
            ("a integer, b text, c numeric(8,2)", "ROW(#, 'b', 1.5)"),
            ("a bigint, b text COLLATE \"C\"", "ROW(#, 'b')"),
        ]);
        Thing {
            sql: format!("CREATE TYPE {name} AS ({fields});\n"),
            ty: Some(Type {
                sql: name.clone(),
                family: Family::Ordered,
                value: value.to_owned(),
            }),
            name,
        }
    }
}

pub(super) fn sequence(numbers: &mut Numbers, n: usize) -> Thing {
    let name = format!("public.counter{n}");
    let options = numbers.pick(&[
        "",
        " AS integer START 10",
        " INCREMENT 5 CACHE 3",
        " MAXVALUE 999 CYCLE",
    ]);
    let mut sql = format!("CREATE SEQUENCE {name}{options};\n");
    if numbers.chance(25) {
        sql.push_str(&format!("COMMENT ON SEQUENCE {name} IS 'counts';\n"));
    }
    Thing { name, sql, ty: None }
}

pub(super) const FUNCTIONS: usize = 4;

/// One of the functions that defaults, checks, indexes and generated columns call.
pub(super) fn function(numbers: &mut Numbers, n: usize) -> Thing {
    let (name, head, bodies): (&str, &str, &[&str]) = match n {
        0 => (
            "public.fold",
            "public.fold({a} text) RETURNS text LANGUAGE sql IMMUTABLE",
            &[
                "AS $$ SELECT lower($1) $$",
                "AS $$ SELECT lower($1::text) -- folds\n $$",
                "RETURN lower($1)",
            ],
        ),
        1 => (
            "public.seven",
            "public.seven() RETURNS integer LANGUAGE sql",
            &[
                "AS $$ SELECT 7 $$",
                "STABLE AS $$ SELECT 3 + 4 $$",
                "COST 5 RETURN 7",
            ],
        ),
        2 => (
            "public.touch",
            "public.touch() RETURNS trigger LANGUAGE plpgsql",
            &[
                "AS $$ BEGIN RETURN NEW; END $$",
                "AS $$\nBEGIN\n  RETURN NEW; -- it is\nEND;\n$$",
            ],
        ),
        _ => (
            "public.positive",
            "public.positive({a} bigint) RETURNS boolean LANGUAGE sql IMMUTABLE",
            &["AS $$ SELECT $1 > -1000 $$", "STRICT AS $$ SELECT $1 > -2000 $$"],
        ),
    };
    let argument = if numbers.chance(80) { "a" } else { "value" };
    let mut sql = format!(
        "CREATE FUNCTION {} {};\n",
        head.replace("{a}", argument),
        numbers.pick(bodies)
    );
    if numbers.chance(25) {
        sql.push_str(&format!(
            "COMMENT ON FUNCTION {name} IS 'does {}';\n",
            numbers.below(3)
        ));
    }
    Thing {
        name: name.to_owned(),
        sql,
        ty: None,
    }
}

pub(super) fn any_type(numbers: &mut Numbers, schema: &Schema) -> Type {
    let mut own: Vec<Type> = schema.types.iter().filter_map(|t| t.ty.clone()).collect();
    for (name, labels) in &schema.enums {
        own.push(enum_type(name, labels));
        own.push(Type {
            sql: format!("{name}[]"),
            family: Family::Array,
            value: format!("ARRAY[{}]::{name}[]", enum_type(name, labels).value),
        });
    }
    if !own.is_empty() && numbers.chance(30) {
        numbers.pick(&own)
    } else {
        base_type(numbers.below(TYPES.len()))
    }
}

pub(super) fn default(numbers: &mut Numbers, schema: &Schema, ty: &Type) -> Option<String> {
    let has = |name: &str| schema.functions.iter().any(|f| f.name == name);
    let mut choices: Vec<String> = match (ty.family, ty.sql.as_str()) {
        (Family::Integer, _) => vec!["0".into(), "42".into(), "(1 + 2)".into()],
        (Family::Number, _) => vec!["0".into(), "-1.5".into()],
        (Family::Text, "text" | "varchar") => {
            vec![
                "''".into(),
                "'it''s'".into(),
                "CURRENT_USER".into(),
                "lower('ABC')".into(),
            ]
        }
        (Family::Text, _) => vec!["''".into(), "'new'".into()],
        (_, "boolean") => vec!["false".into(), "true".into()],
        (_, "timestamptz" | "timestamp(3)") => vec!["now()".into(), "CURRENT_TIMESTAMP".into()],
        (_, "date") => vec!["CURRENT_DATE".into(), "'2020-02-02'".into()],
        (_, "text[]" | "integer[]" | "jsonb" | "json") => vec!["'{}'".into()],
        (_, "uuid") => vec!["gen_random_uuid()".into()],
        // Not tried: defaults of columns whose domain becomes one over another type.
        (_, sql) if sql.contains("mood") => vec![ty.value.replace('#', "1")],
        _ => Vec::new(),
    };
    if ty.sql == "integer" || ty.sql == "bigint" {
        if has("public.seven") {
            choices.push("public.seven()".into());
        }
        for sequence in &schema.sequences {
            choices.push(format!("nextval('{}')", sequence.name));
        }
    }
    (!choices.is_empty()).then(|| numbers.pick(&choices))
}

pub(super) fn column(numbers: &mut Numbers, schema: &Schema, taken: &[Column]) -> Option<Column> {
    let name = numbers.pick(&COLUMNS).to_owned();
    if taken.iter().any(|c| c.name == name) {
        return None;
    }
    let ty = any_type(numbers, schema);
    let mut column = Column {
        name,
        not_null: numbers.chance(30),
        fill: Fill::Nothing,
        collate: None,
        comment: numbers
            .chance(10)
            .then(|| format!("comment {}", numbers.below(3))),
        settings: Vec::new(),
        ty,
    };
    if numbers.chance(45) {
        column.fill = default(numbers, schema, &column.ty).map_or(Fill::Nothing, Fill::Default);
    } else if numbers.chance(15)
        && let Some(fill) = generated(numbers, schema, &column.ty, taken)
    {
        column.fill = fill;
        column.not_null = false;
    } else if numbers.chance(6) && ["integer", "bigint"].contains(&column.ty.sql.as_str()) {
        column.fill = Fill::Serial;
    }
    if column.ty.family == Family::Text {
        column.collate = numbers.chance(12).then_some("\"C\"");
        if numbers.chance(10) && !matches!(column.fill, Fill::Generated(..)) {
            column
                .settings
                .push(numbers.pick(&["SET STORAGE EXTERNAL", "SET COMPRESSION pglz"]));
        }
    }
    if numbers.chance(8) && !matches!(column.fill, Fill::Generated(..)) {
        column
            .settings
            .push(numbers.pick(&["SET STATISTICS 50", "SET (n_distinct = 5)"]));
    }
    Some(column)
}

pub(super) fn generated(numbers: &mut Numbers, schema: &Schema, ty: &Type, taken: &[Column]) -> Option<Fill> {
    let of = |family: Family| taken.iter().find(|c| !c.is_generated() && c.ty.family == family);
    let mut stored = schema.version < 18 || numbers.chance(60);
    let sql = match ty.sql.as_str() {
        "text" | "varchar" => {
            let source = quote(&of(Family::Text)?.name);
            if numbers.chance(40) && schema.functions.iter().any(|f| f.name == "public.fold") {
                // A virtual column may not call what a user has made.
                stored = true;
                format!("public.fold({source})")
            } else {
                format!("upper({source})")
            }
        }
        "bigint" | "integer" => format!("{} * 2", quote(&of(Family::Integer)?.name)),
        "numeric" => format!("{} + 1", quote(&of(Family::Number)?.name)),
        _ => return None,
    };
    Some(Fill::Generated(sql, stored))
}

pub(super) fn add_table(numbers: &mut Numbers, schema: &mut Schema) {
    let bare = numbers.pick(&TABLES);
    let name = format!("{}.{}", place(numbers, schema), quote(bare));
    let short: String = bare
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    if schema.tables.iter().any(|t| t.short == short) {
        return;
    }
    let parents: Vec<String> = schema
        .tables
        .iter()
        .filter(|t| matches!(t.shape, Shape::Plain { unlogged: false }))
        .map(|t| t.name.clone())
        .collect();
    let shape = match numbers.below(100) {
        0..15 => {
            let (method, bounds) = numbers.pick(&[
                (
                    "RANGE (id)",
                    ["FROM (MINVALUE) TO (3)", "FROM (3) TO (100)", "DEFAULT"],
                ),
                ("LIST (id)", ["IN (1, 2)", "IN (3)", "DEFAULT"]),
                (
                    "HASH (id)",
                    [
                        "WITH (MODULUS 2, REMAINDER 0)",
                        "WITH (MODULUS 4, REMAINDER 1)",
                        "WITH (MODULUS 4, REMAINDER 3)",
                    ],
                ),
            ]);
            let mut partitions = Vec::new();
            for (n, bound) in bounds.iter().enumerate() {
                if numbers.chance(75) {
                    let bound = if *bound == "DEFAULT" {
                        (*bound).to_owned()
                    } else {
                        format!("FOR VALUES {bound}")
                    };
                    partitions.push((format!("public.{short}_p{n}"), bound));
                }
            }
            Shape::Partitioned(method, partitions)
        }
        15..25 if !parents.is_empty() => Shape::Child(numbers.pick(&parents)),
        25..32 => Shape::Plain { unlogged: true },
        _ => Shape::Plain { unlogged: false },
    };
    let mut columns: Vec<Column> = Vec::new();
    let mut keyed = numbers.chance(80);
    if let Shape::Child(_) = shape {
        keyed = false;
    } else {
        let fill = match numbers.below(100) {
            0..20 => Fill::Serial,
            20..40 if !matches!(shape, Shape::Partitioned(..)) => Fill::Identity(
                numbers
                    .pick(&[
                        "ALWAYS AS IDENTITY",
                        "BY DEFAULT AS IDENTITY",
                        "ALWAYS AS IDENTITY (START 10 INCREMENT 2)",
                    ])
                    .to_owned(),
            ),
            _ => Fill::Nothing,
        };
        columns.push(Column {
            name: "id".to_owned(),
            ty: base_type(usize::from(numbers.chance(50))),
            not_null: numbers.chance(50) || !matches!(fill, Fill::Nothing),
            fill,
            collate: None,
            comment: None,
            settings: Vec::new(),
        });
    }
    for _ in 0..=numbers.below(5) {
        let inherited: Vec<Column> = match &shape {
            Shape::Child(parent) => {
                let parent = schema
                    .tables
                    .iter()
                    .find(|t| t.name == *parent)
                    .expect("a parent");
                parent.columns.iter().chain(&columns).cloned().collect()
            }
            _ => columns.clone(),
        };
        if let Some(column) = column(numbers, schema, &inherited) {
            // What a child computes it computes from its own.
            let own = match &column.fill {
                Fill::Generated(..) => generated(numbers, schema, &column.ty, &columns).is_some(),
                _ => true,
            };
            if own && !(matches!(shape, Shape::Child(_)) && column.is_generated()) {
                columns.push(column);
            }
        }
    }
    let mut table = Table {
        name,
        short,
        shape,
        columns,
        keyed,
        parts: Vec::new(),
        comment: numbers.chance(15).then(|| format!("table {}", numbers.below(3))),
        options: Vec::new(),
    };
    decorate(numbers, schema, &mut table);
    schema.tables.push(table);
}
