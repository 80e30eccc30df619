//! D: defaults, and what stands in them.

use crate::harness::*;

#[test]
fn d_01_and_07_another_default_is_a_change() {
    columns_change(
        "D-01 D-07",
        &[
            (
                "varchar(30) default 'some default'",
                "varchar(30) default 'some new default'",
                "default 'some default' to 'some new default'",
            ),
            (
                "varchar(30) default '//slash'",
                "varchar(30) default 's//l//ash'",
                "default '//slash' to 's//l//ash'",
            ),
        ],
    );
    columns_differ(
        "D-01",
        &[
            ("int default 15", "int default 20"),
            ("varchar(9) default ''", "varchar(9)"),
        ],
    );
}

#[test]
fn d_02_and_12_other_spellings_of_one_default_are_no_change() {
    columns_equal(
        "D-02",
        &[
            ("varchar(30) default 'it''s'", "varchar(30) default \"it's\""),
            ("varchar(30) default 'a\\\\b'", "varchar(30) default 'a\\\\b'"),
            ("datetime default current_timestamp", "datetime default now()"),
            ("float default (rand())", "float default (RAND())"),
            ("int default 5", "int default '5'"),
            ("int default null", "int"),
            ("int default +7", "int default 7"),
        ],
    );
}

#[test]
fn d_10_times_that_keep_themselves_and_numbers() {
    columns_equal(
        "D-10",
        &[
            (
                "timestamp not null default current_timestamp",
                "timestamp not null default CURRENT_TIMESTAMP()",
            ),
            (
                "timestamp not null default current_timestamp on update current_timestamp",
                "timestamp not null default now() on update now()",
            ),
            ("int default 5", "int default 5"),
            ("boolean default 1", "boolean default true"),
        ],
    );
    columns_differ(
        "D-10",
        &[
            ("timestamp not null default current_timestamp", "timestamp null"),
            (
                "datetime default current_timestamp on update current_timestamp",
                "datetime default current_timestamp",
            ),
            ("datetime(3)", "datetime(3) on update current_timestamp(3)"),
            ("int", "int default 5"),
            ("int default 5", "int default 7"),
            ("boolean default 1", "boolean default 0"),
        ],
    );
}

#[test]
fn d_13_functions_in_parentheses_and_numbers_in_other_words() {
    columns_equal(
        "D-13",
        &[
            ("varchar(36) default (uuid())", "varchar(36) default ( UUID( ) )"),
            ("decimal(8,2) default 0", "decimal(8,2) default 0.00"),
            ("tinyint(1) default true", "tinyint(1) default 1"),
        ],
    );
}

#[test]
fn d_14_a_default_comes_and_goes() {
    columns_change(
        "D-14",
        &[
            ("varchar(9) default 'x'", "varchar(9)", "drop default 'x'"),
            ("varchar(9)", "varchar(9) default 'x'", "set default 'x'"),
        ],
    );
}

#[test]
fn the_default_of_a_text_goes_and_null_takes_its_place() {
    for engine in [autogen::Engine::Mysql, autogen::Engine::Mariadb] {
        let table = |text: &str, json: &str| {
            format!(
                "create table t (id int, a text{text}, b json{json}, c text not null{text}, d blob{text});"
            )
        };
        Scenario::new("D")
            .only_on(engine)
            .from(&table(" default ('much')", " default (json_array())"))
            .rows("insert into t (id) values (1);")
            .to(&table("", ""))
            .holds();
        Scenario::new("D")
            .only_on(engine)
            .from(&table(" default ('much')", " default (json_array())"))
            .to(&table("", ""))
            .refills("t")
            .upgraded("insert into t (id, c) values (1, 'c'); select concat(a is null, b is null, d is null) from t", "111")
            .holds();
    }
}
