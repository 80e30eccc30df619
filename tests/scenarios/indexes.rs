//! I: indexes and unique constraints.

use crate::harness::*;
use autogen::directive::Directive;

/// Changes of the indexes on a table `t` with rows: before, after, summaries.
fn indexes_change(number: &'static str, changes: &[(&str, &str, &[&str])]) {
    for (from, to, expected) in changes {
        on_table(number, from, to).rows(ROWS).expect(expected);
    }
}

fn indexes_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        on_table(number, from, to).equal();
    }
}

fn on_table(number: &'static str, from: &str, to: &str) -> Scenario {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y INT, z TEXT, \"Mixed Case\" TEXT);\n";
    Scenario::new(number)
        .from(&format!("{table}{from}"))
        .to(&format!("{table}{to}"))
}

const ROWS: &str =
    "INSERT INTO t VALUES (1, 1, 2, 'a', 'M'), (2, 2, 1, 'b', NULL), (3, NULL, NULL, NULL, NULL)";

/// A change of constraints of a table `t` with rows.
fn constraints_change(number: &'static str, changes: &[(&str, &str, &[&str])]) {
    for (from, to, expected) in changes {
        with_constraint(number, from, to)
            .rows("INSERT INTO t VALUES (1, 1, 2), (2, 2, 1), (3, NULL, NULL)")
            .expect(expected);
    }
}

fn constraints_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        with_constraint(number, from, to).equal();
    }
}

fn with_constraint(number: &'static str, from: &str, to: &str) -> Scenario {
    let table =
        |constraint: &str| format!("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y INT{constraint})");
    Scenario::new(number).from(&table(from)).to(&table(to))
}

#[test]
fn i_01_an_index_becomes_a_unique_constraint() {
    Scenario::new("I-01")
        .from("CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(50)); CREATE INDEX ix_user_name ON user (name)")
        .to("CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(50), CONSTRAINT uq_user_name UNIQUE (name))")
        .rows("INSERT INTO user VALUES (1, 'a'), (2, NULL), (3, NULL)")
        .expect(&["user: drop index ix_user_name", "user: add unique constraint uq_user_name"]);
}

#[test]
fn i_02_a_unique_constraint_comes_and_goes() {
    constraints_change(
        "I-02",
        &[
            ("", ", CONSTRAINT uq UNIQUE (x)", &["t: add unique constraint uq"]),
            (
                ", CONSTRAINT uq UNIQUE (x)",
                "",
                &["t: drop unique constraint uq"],
            ),
            ("", ", UNIQUE (x, y)", &["t: add unique constraint"]),
        ],
    );
    with_constraint("I-02", "", ", CONSTRAINT uq UNIQUE (x)")
        .rows("INSERT INTO t VALUES (1, 5, 1), (2, 5, 2), (3, 6, 3)")
        .contradicted(&["rows contradict", "2 rows of t", "x", "uq"]);
}

#[test]
fn i_03_a_unique_index_named_as_its_column_is_no_change() {
    indexes_equal(
        "I-03",
        &[("CREATE UNIQUE INDEX x ON t (x)", "CREATE UNIQUE INDEX x ON t (x)")],
    );
    constraints_equal(
        "I-03",
        &[(", CONSTRAINT x UNIQUE (x)", ", CONSTRAINT x UNIQUE (x)")],
    );
}

#[test]
fn i_04_a_plain_index_becomes_a_unique_one_of_the_same_name() {
    on_table(
        "I-04",
        "CREATE INDEX i ON t (x)",
        "CREATE UNIQUE INDEX i ON t (x)",
    )
    .rows(ROWS)
    .inspect(|script| {
        let unique = |directives: &[Directive]| match directives {
            [
                Directive::DropIndex { index: old, .. },
                Directive::CreateIndex { index: new, .. },
            ] => (old.unique, new.unique),
            other => panic!("{other:?}"),
        };
        assert_eq!(unique(&script.upgrade), (false, true));
        assert_eq!(unique(&script.downgrade), (true, false));
    })
    .expect(&["t: drop index i", "t: new unique index i"]);
    on_table(
        "I-04",
        "CREATE INDEX i ON t (x)",
        "CREATE UNIQUE INDEX i ON t (x)",
    )
    .rows("INSERT INTO t (x) VALUES (1), (1)")
    .contradicted(&["rows contradict", "2 rows of t", "unique index i"]);
}

#[test]
fn i_05_a_unique_constraint_that_only_loses_its_name_is_equal_where_names_are_ignored() {
    with_constraint(
        "I-05",
        ", CONSTRAINT db_generated_name UNIQUE (x)",
        ", UNIQUE (x)",
    )
    .ignoring_constraint_names()
    .equal();
    // By default a name is part of the schema, and here the target says that there is none.
    with_constraint(
        "I-05",
        ", CONSTRAINT db_generated_name UNIQUE (x)",
        ", UNIQUE (x)",
    )
    .rows("INSERT INTO t VALUES (1, 1, 1)")
    .holds();
}

#[test]
fn i_06_other_columns_make_another_unique_constraint() {
    constraints_change(
        "I-06",
        &[
            (
                ", CONSTRAINT nochange UNIQUE (x)",
                ", CONSTRAINT nochange UNIQUE (x, y)",
                &["t: drop unique constraint nochange, add unique constraint nochange"],
            ),
            (
                ", CONSTRAINT was UNIQUE (x)",
                ", UNIQUE (x, y)",
                &["t: drop unique constraint was, add unique constraint"],
            ),
            (
                ", UNIQUE (x)",
                ", UNIQUE (x, y)",
                &["t: drop unique constraint, add unique constraint"],
            ),
        ],
    );
}

#[test]
fn i_07_a_unique_constraint_and_an_index_on_one_column_are_two_things() {
    all_equal(
        "I-07",
        &[
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT UNIQUE); CREATE INDEX ix ON t (x)",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT UNIQUE); CREATE INDEX ix ON t (x)",
            ),
            (
                "CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, b)); CREATE TABLE c (a INT, b INT, PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES p (a, b))",
                "CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, b)); CREATE TABLE c (a INT, b INT, PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES p (a, b))",
            ),
        ],
    );
}

#[test]
fn i_08_names_in_mixed_case_are_no_change() {
    constraints_equal(
        "I-08",
        &[
            (", CONSTRAINT uq_t_x UNIQUE (x)", ", CONSTRAINT uq_t_x UNIQUE (x)"),
            (
                ", CONSTRAINT \"Uq_T_X\" UNIQUE (x)",
                ", CONSTRAINT \"Uq_T_X\" UNIQUE (x)",
            ),
            (
                ", CONSTRAINT MyUnique UNIQUE (x)",
                ", CONSTRAINT MyUnique UNIQUE (x)",
            ),
        ],
    );
}

#[test]
fn i_09_a_name_of_a_thousand_characters_is_a_name() {
    let long = "n".repeat(1000);
    let unique = format!(", CONSTRAINT {long} UNIQUE (x)");
    let index = format!("CREATE INDEX {long} ON t (x)");
    constraints_equal("I-09", &[(&unique, &unique)]);
    indexes_equal("I-09", &[(&index, &index)]);
    on_table("I-09", "", &index)
        .rows(ROWS)
        .expect(&[&format!("t: new index {long}")]);
    with_constraint("I-09", "", &unique)
        .rows("INSERT INTO t VALUES (1, 1, 1)")
        .expect(&[&format!("t: add unique constraint {long}")]);
}

#[test]
fn i_10_the_order_of_columns_in_a_unique_constraint_counts() {
    constraints_equal("I-10", &[(", UNIQUE (x, y)", ", UNIQUE (\"X\", [y])")]);
    constraints_change(
        "I-10",
        &[(
            ", CONSTRAINT uq UNIQUE (x, y)",
            ", CONSTRAINT uq UNIQUE (y, x)",
            &["t: drop unique constraint uq, add unique constraint uq"],
        )],
    );
}

#[test]
fn i_11_names_that_differ_only_by_case_are_one_name() {
    constraints_equal(
        "I-11",
        &[
            (", CONSTRAINT uq_x UNIQUE (x)", ", CONSTRAINT UQ_X UNIQUE (x)"),
            (
                ", CONSTRAINT fk_x FOREIGN KEY (x) REFERENCES t (id)",
                ", CONSTRAINT FK_X FOREIGN KEY (x) REFERENCES t (id)",
            ),
        ],
    );
    indexes_equal(
        "I-11",
        &[("CREATE INDEX ix_x ON t (x)", "CREATE INDEX IX_X ON T (X)")],
    );
    // And a change beside the case is made once, under the new name.
    on_table(
        "I-11",
        "CREATE INDEX ix_x ON t (x)",
        "CREATE INDEX IX_X ON t (x, y)",
    )
    .rows(ROWS)
    .expect(&["t: drop index ix_x", "t: new index IX_X"]);
}

#[test]
fn i_12_a_dropped_table_takes_its_indexes_and_constraints_with_it() {
    let table =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y INT, UNIQUE (x)); CREATE INDEX ix_y ON t (y)";
    Scenario::new("I-12")
        .from(table)
        .rows("INSERT INTO t VALUES (1, 1, 1)")
        .expect(&["t: drop table"]);
    Scenario::new("I-12")
        .to(table)
        .expect(&["t: new table", "t: new index ix_y"]);
}

#[test]
fn i_13_a_named_unique_index_is_dropped() {
    indexes_change(
        "I-13",
        &[("CREATE UNIQUE INDEX ux ON t (x)", "", &["t: drop index ux"])],
    );
}

#[test]
fn i_15_an_index_named_as_its_column_is_an_index() {
    indexes_equal("I-15", &[("CREATE INDEX x ON t (x)", "CREATE INDEX x ON t (x)")]);
    indexes_change(
        "I-15",
        &[
            ("", "CREATE INDEX x ON t (x)", &["t: new index x"]),
            ("CREATE INDEX x ON t (x)", "", &["t: drop index x"]),
        ],
    );
}

#[test]
fn i_17_an_index_on_an_expression() {
    let lower = "CREATE INDEX ix ON t (lower(z))";
    let function = "CREATE INDEX ix ON t (coalesce(z, 'none'), x)";
    indexes_equal(
        "I-17",
        &[
            (lower, lower),
            (function, function),
            ("CREATE INDEX ix ON t (z || ' ')", "CREATE INDEX ix ON t (z||' ')"),
        ],
    );
    indexes_change(
        "I-17",
        &[
            ("", lower, &["t: new index ix"]),
            (lower, "", &["t: drop index ix"]),
        ],
    );
}

#[test]
fn i_18_a_quoted_column_in_mixed_case_is_no_change() {
    indexes_equal(
        "I-18",
        &[
            (
                "CREATE INDEX ix ON t (\"Mixed Case\")",
                "CREATE INDEX ix ON t (\"Mixed Case\")",
            ),
            (
                "CREATE INDEX \"Ix Mixed\" ON t (\"Mixed Case\")",
                "CREATE INDEX [Ix Mixed] ON \"t\" (`mixed case`)",
            ),
        ],
    );
}

#[test]
fn i_20_the_order_of_columns_in_an_index_counts() {
    indexes_change(
        "I-20",
        &[(
            "CREATE INDEX ix ON t (x, y)",
            "CREATE INDEX ix ON t (y, x)",
            &["t: drop index ix", "t: new index ix"],
        )],
    );
}

#[test]
fn i_21_the_sort_order_in_an_index_counts() {
    let changed: &[&str] = &["t: drop index ix", "t: new index ix"];
    indexes_change(
        "I-21",
        &[
            (
                "CREATE INDEX ix ON t (x DESC)",
                "CREATE INDEX ix ON t (x ASC)",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (x ASC)",
                "CREATE INDEX ix ON t (x DESC)",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (x, y)",
                "CREATE INDEX ix ON t (x, y DESC)",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (z)",
                "CREATE INDEX ix ON t (z COLLATE NOCASE)",
                changed,
            ),
        ],
    );
}

#[test]
fn i_22_a_sort_order_that_says_the_default_says_nothing() {
    indexes_equal(
        "I-22",
        &[
            ("CREATE INDEX ix ON t (x)", "CREATE INDEX ix ON t (x ASC)"),
            (
                "CREATE INDEX ix ON t (x ASC, lower(z) ASC)",
                "CREATE INDEX ix ON t (x, lower(z))",
            ),
            (
                "CREATE INDEX ix ON t (z)",
                "CREATE INDEX ix ON t (z COLLATE BINARY)",
            ),
        ],
    );
}

/// Pairs of expressions over the columns of `t`: one list of an index.
const EXPRESSIONS: [(&str, &str); 11] = [
    ("x, lower(z)", "lower(z)"),
    ("lower(z), x", "x, lower(z)"),
    ("lower(z)", "upper(z)"),
    ("x + 1", "x + 3"),
    ("x + 1", "x * 1"),
    ("lower(z)", "lower(z || y)"),
    ("42 + x", "x + 42"),
    ("coalesce(z, 'a')", "coalesce(z, 'b')"),
    ("CAST(x AS TEXT)", "CAST(y AS TEXT)"),
    ("CAST(x AS TEXT)", "CAST(x AS REAL)"),
    ("x -> '$.foo'", "x -> '$.bar'"),
];

#[test]
fn i_23_another_expression_is_another_index() {
    for (from, to) in EXPRESSIONS {
        let index = |parts: &str| format!("CREATE INDEX ix ON t ({parts})");
        on_table("I-23", &index(from), &index(to)).expect(&["t: drop index ix", "t: new index ix"]);
    }
}

#[test]
fn i_24_the_same_expression_is_no_change() {
    for (from, to) in EXPRESSIONS {
        for parts in [from, to] {
            let index = format!("CREATE INDEX ix ON t ({parts})");
            on_table("I-24", &index, &index).equal();
        }
    }
    let table = "CREATE TABLE \"My Table\" (\"My Column\" TEXT); CREATE INDEX \"My Index\" ON \"My Table\" (lower(\"My Column\"))";
    all_equal("I-24", &[(table, table)]);
}

#[test]
fn i_25_the_forms_of_a_text_are_one() {
    let index = |parts: &str| format!("CREATE INDEX ix ON t ({parts})");
    for to in [
        "z",
        "Z",
        "\"z\"",
        "[z]",
        "`Z`",
        "z ASC",
        " z  asc",
        "z -- the text\n",
    ] {
        on_table("I-25", &index("z"), &index(to)).equal();
    }
    for to in [
        "lower(z) DESC",
        "LOWER ( z ) desc",
        "lower(\"z\") DESC",
        "(lower(z)) DESC",
        "lower/* of */(z)\nDESC",
    ] {
        on_table("I-25", &index("lower(z) DESC"), &index(to)).equal();
    }
}

#[test]
fn i_26_a_path_into_json_in_an_index() {
    indexes_equal(
        "I-26",
        &[(
            "CREATE INDEX ix ON t (z -> '$.x')",
            "CREATE INDEX ix ON t ((z->'$.x'))",
        )],
    );
    let changed: &[&str] = &["t: drop index ix", "t: new index ix"];
    indexes_change(
        "I-26",
        &[
            (
                "CREATE INDEX ix ON t (x -> '$.foo')",
                "CREATE INDEX ix ON t (x -> '$.bar')",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (x -> '$.foo')",
                "CREATE INDEX ix ON t (x ->> '$.foo')",
                changed,
            ),
        ],
    );
}

#[test]
fn i_29_another_predicate_is_another_index() {
    let changed: &[&str] = &["t: drop index ix", "t: new index ix"];
    indexes_change(
        "I-29",
        &[
            (
                "CREATE INDEX ix ON t (x) WHERE y > 0",
                "CREATE INDEX ix ON t (x) WHERE y > 1",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (x) WHERE y > 0",
                "CREATE INDEX ix ON t (x)",
                changed,
            ),
            (
                "CREATE INDEX ix ON t (x)",
                "CREATE INDEX ix ON t (x) WHERE y > 0",
                changed,
            ),
        ],
    );
}

#[test]
fn i_30_a_concatenation_in_an_index_is_no_change() {
    let index = "CREATE INDEX ix ON t (z || ' ' || \"Mixed Case\")";
    indexes_equal("I-30", &[(index, index)]);
}

#[test]
fn i_32_indexes_on_expressions_are_seen_without_a_warning() {
    let index = "CREATE INDEX ix ON t (lower(z), x + y DESC) WHERE z IS NOT NULL";
    let scenario = on_table("I-32", index, &index.replace(' ', "  "));
    block_on(async {
        let comparison = scenario.comparison().await;
        assert!(comparison.is_empty());
        assert_eq!(comparison.notices, []);
    });
    indexes_change(
        "I-32",
        &[(
            index,
            &index.replace("NOT NULL", "NULL"),
            &["t: drop index ix", "t: new index ix"],
        )],
    );
}
