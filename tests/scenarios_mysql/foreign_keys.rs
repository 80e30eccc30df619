//! F: foreign keys.

use crate::harness::*;

fn tables(key: &str) -> String {
    format!(
        "create table p (a int primary key, b int unique, c int, d int, unique (c, d)); create table t (x int, y int, key ix (x, y){key});"
    )
}

fn changes(number: &'static str, pairs: &[(&'static str, &'static str)]) {
    let side = |pick: fn(&(&'static str, &'static str)) -> &'static str| -> String {
        let child = |(n, pair)| {
            format!(
                "create table t{n} (x int default 1, constraint fk{n} foreign key (x) references p (a) {});",
                pick(pair)
            )
        };
        let children: String = pairs.iter().enumerate().map(child).collect();
        format!("create table p (a int primary key);{children}")
    };
    let numbers = || 0..pairs.len();
    let rows: String = numbers()
        .map(|n| format!("insert into t{n} values (1);"))
        .collect::<Vec<_>>()
        .concat();
    let expected: Vec<String> = numbers()
        .map(|n| format!("t{n}: drop foreign key fk{n}, add foreign key fk{n}"))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    Scenario::new(number)
        .from(&side(|pair| pair.0))
        .rows(&format!("insert into p values (1);{rows}"))
        .to(&side(|pair| pair.1))
        .expect(&expected);
}

#[test]
fn f_01_a_key_comes_stays_and_goes() {
    let (one, two) = (
        tables(", constraint fk foreign key (x) references p (a)"),
        tables(", constraint fk foreign key (x, y) references p (c, d)"),
    );
    for key in [&one, &two] {
        Scenario::new("F-01")
            .from(&tables(""))
            .to(key)
            .expect(&["t: add foreign key fk"]);
        Scenario::new("F-01")
            .from(key)
            .to(&tables(""))
            .expect(&["t: drop foreign key fk"]);
        Scenario::new("F-01").from(key).to(key).equal();
    }
}

#[test]
fn f_02_actions_count_and_their_spelling_does_not() {
    changes(
        "F-02",
        &[
            ("", "on delete cascade"),
            ("on delete cascade", ""),
            ("on delete restrict", "on delete cascade"),
            ("", "on update cascade"),
            ("on update set null", ""),
            ("on delete cascade", "on update cascade"),
        ],
    );
    Scenario::new("F-02")
        .from(&tables(
            ", constraint fk foreign key (x) references p (a) on delete caSCAde",
        ))
        .to(&tables(
            ", constraint fk foreign key (x) references p (a) on delete CasCade",
        ))
        .equal();
}

#[test]
fn f_04_and_05_names() {
    Scenario::new("F-05")
        .from(&tables(", constraint `Fk_Old` foreign key (x) references p (a)"))
        .to(&tables(", constraint fk_new foreign key (x) references p (a)"))
        .holds();
    Scenario::new("F-04")
        .from(&tables(", constraint `MyFK` foreign key (x) references p (a)"))
        .to(&tables(""))
        .expect(&["t: drop foreign key MyFK"]);
}

#[test]
fn f_06_a_column_refers_to_another_table() {
    Scenario::new("F-06")
        .from("create table a (id int primary key); create table b (id int primary key); create table t (x int, constraint fk foreign key (x) references a (id));")
        .to("create table a (id int primary key); create table b (id int primary key); create table t (x int, constraint fk foreign key (x) references b (id));")
        .expect(&["t: drop foreign key fk, add foreign key fk"]);
}

#[test]
fn both_ends_of_a_key_change_their_type() {
    Scenario::new("F")
        .from("create table p (id int primary key); create table t (p_id int, constraint fk foreign key (p_id) references p (id));")
        .rows("insert into p values (1); insert into t values (1);")
        .to("create table p (id bigint unsigned primary key); create table t (p_id bigint unsigned, constraint fk foreign key (p_id) references p (id));")
        .holds();
}

#[test]
fn a_foreign_key_waits_for_a_table_that_it_can_refer_to() {
    // (`child` comes before `parent` by its name, and the other way round.)
    let tables = |options: &str, keys: [&str; 2]| {
        let [child, youngest] = keys;
        format!(
            "create table parent (id int primary key, n int) {options};
             create table child (p int{child});
             {youngest}"
        )
    };
    let key = |table: &str| format!(", constraint of_{table} foreign key (p) references parent (id)");
    let with = tables(
        "",
        [
            &key("child"),
            &format!("create table youngest (p int{});", key("youngest")),
        ],
    );
    for engine in [autogen::Engine::Mysql, autogen::Engine::Mariadb] {
        for options in ["partition by hash (id) partitions 3", "engine=MyISAM"] {
            let scenario = || Scenario::new("F").only_on(engine);
            let without = tables(options, ["", ""]);
            scenario()
                .from(&without)
                .rows("insert into parent values (1, 1); insert into child values (1);")
                .to(&with)
                .holds();
            scenario()
                .from(&with)
                .rows("insert into parent values (1, 1); insert into child values (1);")
                .to(&without)
                .holds();
        }
    }
}
