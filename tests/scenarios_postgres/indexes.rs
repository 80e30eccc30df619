//! I: indexes and unique constraints.

use crate::harness::*;

/// An index changes: it is dropped and built anew. Each pair has a table of its own.
fn indexes_change(number: &'static str, pairs: &[(&str, &str)]) {
    let side = |pick: fn(&(&str, &str)) -> String| -> String {
        let table = |(n, pair)| {
            let index = pick(pair).replace(" i on t ", &format!(" i{n} on t{n} "));
            format!(
                "{} create {index};",
                TABLE.replace("table t ", &format!("table t{n} "))
            )
        };
        pairs.iter().enumerate().map(table).collect()
    };
    let numbers = || 0..pairs.len();
    let rows: String = numbers()
        .map(|n| format!("insert into t{n} (a, b) values (1, 'x'), (2, 'y');"))
        .collect::<Vec<_>>()
        .concat();
    let summaries = |(n, pair): (usize, &(&str, &str))| {
        let unique = if pair.1.starts_with("unique ") {
            "unique "
        } else {
            ""
        };
        [
            format!("t{n}: drop index i{n}"),
            format!("t{n}: new {unique}index i{n}"),
        ]
    };
    let expected: Vec<String> = pairs.iter().enumerate().flat_map(summaries).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    Scenario::new(number)
        .from(&side(|pair| pair.0.to_owned()))
        .rows(&rows)
        .to(&side(|pair| pair.1.to_owned()))
        .expect(&expected);
}

const TABLE: &str = "create table t (a int, b text, c int, d jsonb);";

#[test]
fn i_01_to_02_a_unique_constraint_comes_for_an_index_and_goes() {
    Scenario::new("I-01")
        .from("create table u (name text); create index ix_user_name on u (name);")
        .to("create table u (name text, constraint uq_user_name unique (name));")
        .expect(&[
            "u: drop index ix_user_name",
            "u: add unique constraint uq_user_name",
        ]);
}

#[test]
fn i_04_a_plain_index_becomes_unique() {
    indexes_change("I-04", &[("index i on t (a)", "unique index i on t (a)")]);
}

#[test]
fn i_06_a_unique_constraint_over_other_columns() {
    Scenario::new("I-06")
        .from("create table t (x int, y int, constraint nochange unique (x));")
        .to("create table t (x int, y int, constraint nochange unique (x, y));")
        .expect(&["t: drop unique constraint nochange, add unique constraint nochange"]);
}

#[test]
fn i_09_names_longer_than_the_limit_are_as_the_server_cuts_them() {
    let long = "a".repeat(70);
    let sql = format!(
        "create table t (x int); create index {long} on t (x); alter table t add constraint b{long} unique (x);"
    );
    Scenario::new("I-09").from(&sql).to(&sql).equal();
    Scenario::new("I-09").to(&sql).holds();
}

#[test]
fn i_10_and_20_the_order_of_columns_counts() {
    Scenario::new("I-10")
        .from("create table t (x int, y int, constraint u unique (x, y));")
        .to("create table t (x int, y int, constraint u unique (y, x));")
        .expect(&["t: drop unique constraint u, add unique constraint u"]);
    indexes_change("I-20", &[("index i on t (a, b)", "index i on t (b, a)")]);
}

#[test]
fn i_11_a_name_in_another_case_is_another_name() {
    Scenario::new("I-11")
        .from("create table t (x int, constraint uq unique (x)); create index ix on t (x);")
        .to(r#"create table t (x int, constraint "UQ" unique (x)); create index "IX" on t (x);"#)
        .expect(&["t: rename unique constraint uq to UQ", "t: rename index ix to IX"]);
}

#[test]
fn i_12_a_table_goes_with_its_indexes() {
    Scenario::new("I-12")
        .from("create table t (x int unique, y int); create index i on t (y);")
        .to("create schema s;")
        .expect(&["s: new namespace", "t: drop table"]);
}

#[test]
fn i_19_included_columns_count() {
    indexes_change(
        "I-19",
        &[("index i on t (a) include (b)", "index i on t (a) include (b, c)")],
    );
    let same = format!("{TABLE} create index i on t (a) include (b);");
    Scenario::new("I-19").from(&same).to(&same).equal();
}

#[test]
fn i_21_sort_orders_count() {
    indexes_change(
        "I-21",
        &[
            ("index i on t (a desc)", "index i on t (a)"),
            ("index i on t (a)", "index i on t (a desc)"),
            ("index i on t (a desc)", "index i on t (a desc nulls last)"),
            ("index i on t (a nulls last)", "index i on t (a nulls first)"),
        ],
    );
}

#[test]
fn i_22_and_25_other_spellings_of_one_order_are_no_change() {
    let pairs = [
        ("a", "a asc"),
        ("a", "a nulls last"),
        ("a desc", "a desc nulls first"),
        ("a asc nulls last", "a"),
        ("a  DESC  NULLS FIRST", "a desc"),
    ];
    let side = |pick: fn(&(&str, &str)) -> String| {
        let all = pairs.iter().enumerate();
        all.map(|(n, pair)| format!("create index i{n} on t ({});", pick(pair)))
            .collect::<Vec<_>>()
            .concat()
    };
    Scenario::new("I-22")
        .from(&format!("{TABLE}{}", side(|p| p.0.to_owned())))
        .to(&format!("{TABLE}{}", side(|p| p.1.to_owned())))
        .equal();
}

#[test]
fn i_23_expressions_count() {
    indexes_change(
        "I-23",
        &[
            ("index i on t (a, lower(b))", "index i on t (lower(b))"),
            ("index i on t (lower(b), a)", "index i on t (a, lower(b))"),
            ("index i on t (lower(b))", "index i on t (upper(b))"),
            ("index i on t ((a + 1))", "index i on t ((a + 3))"),
            ("index i on t ((a + 1))", "index i on t ((a * 1))"),
            ("index i on t ((42 + a))", "index i on t ((a + 42))"),
            (
                "index i on t (coalesce(b, 'x'))",
                "index i on t (coalesce(b, 'y'))",
            ),
            ("index i on t ((a::text))", "index i on t ((c::text))"),
        ],
    );
}

#[test]
fn i_24_to_27_and_30_unchanged_expressions_are_no_change() {
    let from = "create table \"Mixed\" (\"Col\" text, jb jsonb, b text, c text);
        create index e1 on \"Mixed\" (lower(\"Col\")); create index e2 on \"Mixed\" ((jb->'x')); create index e3 on \"Mixed\" (cast(b as integer));
        create index e4 on \"Mixed\" ((b || ' ' || c)); create index e5 on \"Mixed\" (lower(b) text_pattern_ops);";
    let to = "create table \"Mixed\" (\"Col\" text, jb jsonb, b text, c text);
        create index e1 on \"Mixed\" ( lower( \"Col\" ) ); create index e2 on \"Mixed\" ((jb -> 'x')); create index e3 on \"Mixed\" ((b::integer));
        create index e4 on \"Mixed\" (((b || ' ') || c)); create index e5 on \"Mixed\" ((lower(b)) text_pattern_ops);";
    Scenario::new("I-24").from(from).to(to).equal();
    indexes_change(
        "I-26",
        &[
            ("index i on t ((d->'foo'))", "index i on t ((d->'bar'))"),
            ("index i on t ((d->'foo'))", "index i on t ((d->>'foo'))"),
            (
                "index i on t (lower(b))",
                "index i on t (lower(b) text_pattern_ops)",
            ),
        ],
    );
}

#[test]
fn i_28_nulls_not_distinct_counts() {
    if !server_is_at_least(15) {
        return;
    }
    indexes_change(
        "I-28",
        &[
            (
                "unique index i on t (a)",
                "unique index i on t (a) nulls not distinct",
            ),
            (
                "unique index i on t (a) nulls not distinct",
                "unique index i on t (a)",
            ),
        ],
    );
    Scenario::new("I-28")
        .from("create table t (a int, constraint u unique (a));")
        .to("create table t (a int, constraint u unique nulls not distinct (a));")
        .expect(&["t: drop unique constraint u, add unique constraint u"]);
}

#[test]
fn i_29_predicate_method_and_operator_class_count() {
    indexes_change(
        "I-29",
        &[
            ("index i on t (a) where a > 0", "index i on t (a) where a > 1"),
            ("index i on t (a) where a > 0", "index i on t (a)"),
            ("index i on t (a)", "index i on t using hash (a)"),
            ("index i on t (b)", "index i on t (b text_pattern_ops)"),
            (
                "index i on t using gin (d)",
                "index i on t using gin (d jsonb_path_ops)",
            ),
            ("index i on t (a) with (fillfactor = 70)", "index i on t (a)"),
        ],
    );
}

#[test]
fn i_34_exclusion_constraints() {
    let with = |constraint: &str| format!("create table t (c circle, r int4range{constraint});");
    let (one, other) = (
        ", constraint x exclude using gist (c with &&)",
        ", constraint x exclude using gist (c with &&, r with &&) where (r is not null)",
    );
    Scenario::new("I-34").from(&with(one)).to(&with(one)).equal();
    Scenario::new("I-34")
        .from(&with(""))
        .to(&with(one))
        .expect(&["t: add exclusion constraint x"]);
    Scenario::new("I-34")
        .from(&with(one))
        .to(&with(""))
        .expect(&["t: drop exclusion constraint x"]);
    Scenario::new("I-34")
        .from(&with(one))
        .to(&with(other))
        .expect(&["t: drop exclusion constraint x, add exclusion constraint x"]);
}

#[test]
fn i_03_and_07_and_08_and_15_and_18_what_stays_is_no_change() {
    let sql = r#"create table t (code int, x int, y int, "Mixed" text, constraint uq_x unique (x), constraint "Uq_Mixed" unique ("Mixed"), primary key (x, y));
        create unique index code on t (code); create index x on t (x); create index on t ("Mixed"); create index "Ix_Mixed" on t ("Mixed");
        create table child (a int, b int, foreign key (a, b) references t);"#;
    Scenario::new("I-03").from(sql).to(sql).equal();
}

#[test]
fn i_05_a_unique_constraint_that_only_loses_its_name_is_equal_where_names_are_ignored() {
    Scenario::new("I-05")
        .from("create table t (x int, constraint db_generated_name unique (x));")
        .to("create table t (x int unique);")
        .setting("constraint_names = \"ignore\"")
        .equal();
}

#[test]
fn i_13_and_17_unique_indexes_and_those_on_expressions_come_and_go() {
    let (with, without) = (
        "create table t (a int, b text); create unique index u on t (a); create index e on t (lower(b));",
        "create table t (a int, b text);",
    );
    Scenario::new("I-13")
        .from(with)
        .to(without)
        .expect(&["t: drop index e", "t: drop index u"]);
    Scenario::new("I-17")
        .from(without)
        .to(with)
        .expect(&["t: new index e", "t: new unique index u"]);
}

#[test]
fn i_33_a_unique_constraint_in_another_namespace_goes_once() {
    Scenario::new("I-33")
        .from("create schema o; create table o.t (x int, constraint u unique (x));")
        .to("create schema o; create table o.t (x int);")
        .expect(&["o.t: drop unique constraint u"]);
}
