//! Partitions and inheritance.

use crate::harness::*;

const PARENT: &str =
    "create table p (id int, at date not null, v text, primary key (id, at)) partition by range (at);";

fn parts(more: &str) -> String {
    format!(
        "{PARENT} create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
         create table p2 partition of p for values from ('2021-01-01') to ('2022-01-01'); {more}"
    )
}

#[test]
fn partitions_come_and_go_with_their_keys_and_indexes() {
    let whole = parts("create index i on p (v); create table pd partition of p default;");
    Scenario::new("partitions").to(&whole).holds();
    Scenario::new("partitions").from(&whole).to(&whole).equal();
    Scenario::new("partitions")
        .from(&parts(""))
        .rows("insert into p values (1, '2020-05-05', 'a'), (2, '2021-05-05', 'b');")
        .to(&parts("create index i on p (v); create table p3 partition of p for values from ('2022-01-01') to ('2023-01-01');"))
        .holds();
}

#[test]
fn a_change_of_the_parent_reaches_its_partitions_once() {
    Scenario::new("partitions")
        .from(&parts(""))
        .rows("insert into p values (1, '2020-05-05', 'a');")
        .to(&parts("").replace("v text", "v varchar(20) not null default 'x', w int check (w > 0)"))
        .expect(&["p: add column w, alter column v (type text to varchar(20), set default 'x'::character varying, set not null), add check p_w_check"]);
}

#[test]
fn a_table_is_attached_and_detached_with_its_rows() {
    let apart = format!(
        "{PARENT} create table p1 (id int constraint p_id_not_null not null, at date constraint p_at_not_null not null, v text, primary key (id, at));"
    );
    let part =
        format!("{PARENT} create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');");
    Scenario::new("partitions")
        .from(&apart)
        .rows("insert into p1 values (1, '2020-05-05', 'a');")
        .to(&part)
        .upgraded("select v from p", "a")
        .holds();
}

#[test]
fn the_form_of_a_dump_is_the_same_schema() {
    let dump = "create table p (id int not null, at date not null, v text) partition by range (at);
        create table p1 (id int not null, at date not null, v text);
        alter table only p attach partition p1 for values from ('2020-01-01') to ('2021-01-01');
        alter table only p add constraint p_pkey primary key (id, at); alter table only p1 add constraint p1_pkey primary key (id, at);
        alter index p_pkey attach partition p1_pkey;";
    let hand =
        format!("{PARENT} create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');");
    Scenario::new("partitions").from(dump).to(&hand).equal();
}

#[test]
fn several_levels_lists_and_hashes() {
    let sql = "create table l (a int, b text) partition by list (b); create table l1 partition of l for values in ('x', 'y') partition by hash (a);
        create table l10 partition of l1 for values with (modulus 2, remainder 0); create table l11 partition of l1 for values with (modulus 2, remainder 1);
        create index on l (a);";
    Scenario::new("partitions").to(sql).holds();
    Scenario::new("partitions").from(sql).to(sql).equal();
}

#[test]
fn children_inherit_and_have_their_own() {
    let sql = |more: &str| {
        format!(
            "create table a (id int primary key, n text default 'a'{more}, constraint c check (id > 0));
             create table b (extra int, n text default 'b') inherits (a); create table d (z int) inherits (a);"
        )
    };
    Scenario::new("inheritance").to(&sql("")).holds();
    Scenario::new("inheritance").from(&sql("")).to(&sql("")).equal();
    Scenario::new("inheritance")
        .from(&sql(""))
        .rows("insert into a values (1); insert into b values (2, 'x', 3);")
        .to(&sql(", more int not null default 5"))
        .expect(&["a: add column more"]);
}
