//! I: indexes and unique keys, which are one thing to these engines.

use crate::harness::*;

const TABLE: &str = "create table t (a int, b varchar(50), c int, d text";

fn indexes_change(number: &'static str, pairs: &[(&str, &str)]) {
    for (before, after) in pairs {
        Scenario::new(number)
            .from(&format!("{TABLE}, {before});"))
            .rows("insert into t values (1, 'x', 2, 'y');")
            .to(&format!("{TABLE}, {after});"))
            .holds();
    }
}

#[test]
fn i_01_and_02_a_unique_key_comes_for_an_index_and_goes() {
    Scenario::new("I-01")
        .from("create table users (name varchar(50), key ix_user_name (name));")
        .to("create table users (name varchar(50), constraint uq_user_name unique (name));")
        .holds();
    Scenario::new("I-02")
        .from("create table t (x int, y int);")
        .rows("insert into t values (1, 1);")
        .to("create table t (x int, y int, unique key u (x));")
        .expect(&["t: new unique index u"]);
    Scenario::new("I-02")
        .from("create table t (x int, y int, unique key u (x));")
        .to("create table t (x int, y int);")
        .expect(&["t: drop index u"]);
}

#[test]
fn i_03_and_05_and_07_and_08_and_15_and_18_what_stays_is_no_change() {
    let sql = "create table t (code int, x int, y int, `Mixed` varchar(9), constraint uq_x unique (x), unique key `Uq_Mixed` (`Mixed`), primary key (x, y),
            unique key code (code), key x (x), key (`Mixed`), key `Ix_Mixed` (`Mixed`));
        create table child (a int, b int, foreign key (a, b) references t (x, y));";
    Scenario::new("I-03").from(sql).to(sql).equal();
    Scenario::new("I-05")
        .from("create table t (x int, unique key db_generated_name (x));")
        .to("create table t (x int unique);")
        .setting("constraint_names = \"ignore\"")
        .equal();
}

#[test]
fn i_04_and_06_a_key_becomes_unique_and_gets_other_columns() {
    indexes_change(
        "I-04 I-06",
        &[
            ("key i (a)", "unique key i (a)"),
            ("unique key nochange (a)", "unique key nochange (a, c)"),
        ],
    );
}

#[test]
fn i_09_names_up_to_the_limit() {
    let sql = format!("create table t (x int, key {} (x));", "a".repeat(64));
    Scenario::new("I-09").from(&sql).to(&sql).equal();
    Scenario::new("I-09").to(&sql).holds();
}

#[test]
fn i_10_and_20_the_order_of_columns_counts() {
    indexes_change(
        "I-10 I-20",
        &[
            ("unique key u (a, c)", "unique key u (c, a)"),
            ("key i (a, b)", "key i (b, a)"),
        ],
    );
}

#[test]
fn i_11_a_name_in_another_case_is_a_rename() {
    Scenario::new("I-11")
        .from("create table t (x int, unique key uq (x), key ix (x));")
        .to("create table t (x int, unique key UQ (x), key IX (x));")
        .holds();
}

#[test]
fn i_12_and_13_a_table_goes_with_its_indexes_and_an_index_alone() {
    Scenario::new("I-12")
        .from("create table t (x int unique, y int, key i (y));")
        .to("create table keep (id int);")
        .expect(&["keep: new table", "t: drop table"]);
    Scenario::new("I-13")
        .from("create table t (a int, unique key u (a));")
        .to("create table t (a int);")
        .expect(&["t: drop index u"]);
}

#[test]
fn i_16_the_index_of_a_foreign_key_is_no_change_and_never_goes_under_it() {
    let key = "constraint fk foreign key (a, b) references p (a, b)";
    let parent = "create table p (a int, b int, primary key (a, b));";
    let implicit = format!("{parent} create table t (a int, b int, {key});");
    let explicit = format!("{parent} create table t (a int, b int, key mine (a, b), {key});");
    Scenario::new("I-16").from(&implicit).to(&implicit).equal();
    Scenario::new("I-16").from(&explicit).to(&explicit).equal();
    Scenario::new("I-16")
        .from(&explicit)
        .rows("insert into p values (1, 2); insert into t values (1, 2);")
        .to(&format!(
            "{parent} create table t (a int, b int, key other (a, b), {key});"
        ))
        .holds();
}

#[test]
fn i_17_and_23_and_24_and_30_expressions_count() {
    let Some(_) = server_of(autogen::Engine::Mysql) else {
        return;
    };
    // Only MySQL has them.
    let table = |index: &str| format!("create table t (a int, b varchar(50), c int{index});");
    for (before, after) in [
        ("", ", key i ((lower(b)))"),
        (", key i ((lower(b)))", ""),
        (", key i (a, (lower(b)))", ", key i ((lower(b)))"),
        (", key i ((lower(b)), a)", ", key i (a, (lower(b)))"),
        (", key i ((lower(b)))", ", key i ((upper(b)))"),
        (", key i ((a + 1))", ", key i ((a + 3))"),
        (", key i ((a + 1))", ", key i ((a * 1))"),
        (", key i ((42 + a))", ", key i ((a + 42))"),
        (", key i ((coalesce(b, 'x')))", ", key i ((coalesce(b, 'y')))"),
        (
            ", key i ((cast(a as char(10))))",
            ", key i ((cast(c as char(10))))",
        ),
    ] {
        Scenario::new("I-23")
            .only_on(autogen::Engine::Mysql)
            .from(&table(before))
            .rows("insert into t values (1, 'x', 2);")
            .to(&table(after))
            .holds();
    }
    Scenario::new("I-24")
        .only_on(autogen::Engine::Mysql)
        .from(&table(", key e1 ((lower(b))), key e2 ((concat(b, ' ', a)))"))
        .to(&table(
            ", key e1 (( LOWER( `b` ) )), key e2 ((concat(b , ' ' , a)))",
        ))
        .equal();
}

#[test]
fn i_21_and_22_and_25_sort_orders_count_and_their_spelling_does_not() {
    indexes_change(
        "I-21",
        &[
            ("key i (a desc)", "key i (a)"),
            ("key i (a)", "key i (a desc)"),
            ("key i (a, c desc)", "key i (a desc, c)"),
        ],
    );
    Scenario::new("I-22")
        .from(&format!("{TABLE}, key i (a), key j (c desc));"))
        .to(&format!("{TABLE}, key i (a ASC), key j (c  DESC));"))
        .equal();
}

#[test]
fn i_29_and_31_prefixes_methods_and_kinds_of_indexes_count() {
    indexes_change(
        "I-31",
        &[
            ("key i (d(10))", "key i (d(20))"),
            ("key i (b)", "key i (b(10))"),
            ("fulltext key i (d)", "fulltext key i (b, d)"),
            ("key i (b)", "fulltext key i (b)"),
            ("key i (a) comment 'x'", "key i (a)"),
            ("key i (a)", "key i (a) comment 'it''s'"),
        ],
    );
    let memory = |method: &str| format!("create table t (a int, key i (a){method}) engine=memory;");
    Scenario::new("I-29")
        .from(&memory(" using hash"))
        .to(&memory(" using btree"))
        .holds();
    Scenario::new("I-29")
        .from(&memory(" using hash"))
        .to(&memory(""))
        .equal();
    let spatial =
        |index: &str| format!("create table t (id int, g point not null /*!80003 srid 0 */{index});");
    Scenario::new("I-31")
        .from(&spatial(""))
        .to(&spatial(", spatial key s (g)"))
        .expect(&["t: new index s"]);
}

#[test]
fn an_index_that_is_not_used_stays_seen() {
    let word = "/*!80000 invisible *//*M!100600 ignored */";
    Scenario::new("I")
        .from("create table t (a int, key i (a));")
        .to(&format!("create table t (a int, key i (a) {word});"))
        .holds();
}

#[test]
fn a_table_is_read_on_when_only_the_case_of_its_index_changes() {
    for engine in [autogen::Engine::Mysql, autogen::Engine::Mariadb] {
        Scenario::new("I")
            .only_on(engine)
            .from("create table t (id int primary key, Word varchar(20), key By_Word (Word));")
            .rows("insert into t values (1, 'a'), (2, 'b');")
            .to("create table t (id int primary key, Word varchar(20), key by_word (Word));")
            .upgraded(
                "select count(*) from t force index (by_word) where Word > 'a'",
                "1",
            )
            .holds();
    }
}
