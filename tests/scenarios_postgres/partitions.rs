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

#[test]
fn a_table_that_is_partitioned_otherwise_keeps_its_partitions_and_rows() {
    let sql = |key: &str, bounds: [&str; 2], more: &str| {
        format!(
            "create table p (a int, b int, primary key (a, b)) partition by {key}; create index i on p (b);
             create table p1 partition of p for values {}; create table p2 partition of p for values {}; {more}",
            bounds[0], bounds[1]
        )
    };
    let by_a = sql("range (a)", ["from (0) to (10)", "from (10) to (20)"], "");
    let by_b = sql("range (b)", ["from (0) to (10)", "from (10) to (20)"], "");
    let rows = "insert into p values (1, 1), (2, 2), (12, 13);";
    Scenario::new("partitions")
        .from(&by_a)
        .rows(rows)
        .to(&by_b)
        .holds();
    let lists = sql("list (b)", ["in (1, 2)", "in (13)"], "");
    Scenario::new("partitions")
        .from(&by_a)
        .rows(rows)
        .to(&lists)
        .holds();
    let referring = "create table r (a int, b int, foreign key (a, b) references p);";
    Scenario::new("partitions")
        .from(&format!("{by_a}{referring}"))
        .rows(&format!("{rows} insert into r values (2, 2);"))
        .to(&format!("{lists}{referring}"))
        .holds();
}

#[test]
fn partitions_that_go_with_the_old_key_hand_their_rows_over() {
    let table = |key: &str| format!("create table p (a int, b int, c text) partition by {key};");
    Scenario::new("partitions")
        .from(&format!("{} create table old_1 partition of p for values from (0) to (10); create table old_2 partition of p default;", table("range (a)")))
        .rows("insert into p values (1, 1, 'x'), (20, 2, 'y');")
        .to(&format!("{} create table new_1 partition of p for values in (1); create table new_2 partition of p for values in (2);", table("list (b)")))
        .upgraded("select string_agg(c, ',' order by c) from p", "x,y")
        .refills("public.old_1")
        .refills("public.old_2")
        .holds();
}

#[test]
fn a_key_that_is_not_one_of_all_partitions_stays_so() {
    let table = "create table p (id int not null, v text not null) partition by list (v);
        create table p1 partition of p for values in ('a'); create table p2 partition of p for values in ('b');
        alter table only p add constraint some_key primary key (v, id); create unique index p1_pkey on p1 (v, id); create index only_i on only p (id);";
    let attached = format!(
        "{table} alter table p1 add constraint p1_pkey primary key using index p1_pkey; alter index some_key attach partition p1_pkey;
         create index on p2 (id); alter index only_i attach partition p2_id_idx;"
    );
    Scenario::new("partitions").to(&attached).holds();
    Scenario::new("partitions").from(&attached).to(&attached).equal();
    // It becomes one of all of them with the last.
    let one = table.replace("create table p2 partition of p for values in ('b');", "");
    let whole = format!(
        "{one} alter table p1 add constraint p1_pkey primary key using index p1_pkey; alter index some_key attach partition p1_pkey;"
    );
    let rows = "insert into p values (1, 'a'), (2, 'a');";
    Scenario::new("partitions")
        .from(&one)
        .rows(rows)
        .to(&whole)
        .holds();
}

#[test]
fn tables_that_refer_to_each_other_become_partitioned_and_back() {
    let sql = |partitioned: &str| {
        format!(
            "create table a (x int, y int) {partitioned}; create unique index on a (x, y);
             create table b (x int, y int) {partitioned}; create unique index on b (x, y);
             alter table a add constraint ab foreign key (x, y) references b (x, y); alter table b add constraint ba foreign key (x, y) references a (x, y);"
        )
    };
    let plain = sql("");
    let parts = sql("partition by list (x)")
        + "create table a1 partition of a for values in (1); create table b1 partition of b for values in (1);";
    Scenario::new("partitions").from(&plain).to(&parts).holds();
    Scenario::new("partitions").from(&parts).to(&plain).holds();
}

#[test]
fn a_partition_that_leaves_has_the_names_of_its_own() {
    let parent = "create table p (a int not null, b int not null) partition by list (a);";
    Scenario::new("partitions")
        .from(&format!(
            "{parent} create table p1 partition of p for values in (1);"
        ))
        .rows("insert into p values (1, 1);")
        .to(&format!(
            "{parent} create table p1 (a int not null, b int not null);"
        ))
        .refills("public.p")
        .holds();
}

/// A table of numbers in parts of which each holds some, as name, lowest, and the one behind the highest.
fn numbered(parts: &[(&str, u32, u32)]) -> String {
    let parts = parts.iter().map(|(name, from, to)| {
        format!("create table {name} partition of n for values from ({from}) to ({to});")
    });
    "create table n (a int, b text) partition by range (a);".to_owned() + &parts.collect::<String>()
}

#[test]
fn new_partitions_come_where_others_go() {
    Scenario::new("partitions")
        .from(&numbered(&[("old", 0, 10), ("rest", 10, 20)]))
        .rows("insert into n values (12, 'x');")
        .to(&numbered(&[("low", 0, 5), ("high", 5, 10), ("rest", 10, 20)]))
        .holds();
}

#[test]
fn partitions_exchange_what_they_hold() {
    Scenario::new("partitions")
        .from(&numbered(&[("n1", 0, 10), ("n2", 10, 20), ("n3", 20, 30)]))
        .rows("insert into n values (25, 'x');")
        .to(&numbered(&[("n1", 10, 20), ("n2", 0, 10), ("n3", 20, 30)]))
        .holds();
    Scenario::new("partitions")
        .from(&numbered(&[("n1", 0, 10)]))
        .rows("insert into n values (2, 'x');")
        .to(&numbered(&[("n1", 0, 5), ("n2", 5, 10)]))
        .holds();
    let crossed = |first: &str, second: &str| {
        format!(
            "create table p (a int) partition by list (a); create table q (a int) partition by list (a);
             create table x partition of {first} for values in (1); create table y partition of {second} for values in (1);"
        )
    };
    Scenario::new("partitions")
        .from(&crossed("p", "q"))
        .to(&crossed("q", "p"))
        .holds();
}

#[test]
fn a_partition_goes_over_to_a_parent_with_other_columns_and_indexes() {
    let sql = |parent: &str, column: &str| {
        format!(
            "create table {parent} (id int, {column} int) partition by list (id); create table part partition of {parent} for values in (1);
             create unique index one_{parent} on {parent} (id, {column}); create index own on part ({column});"
        )
    };
    Scenario::new("partitions")
        .from(&sql("here", "x"))
        .to(&sql("there", "y"))
        .holds();
}

#[test]
fn a_new_partition_leaves_its_parent_the_names_of_what_it_gets() {
    Scenario::new("partitions")
        .from("create table p (a int, b int) partition by list (a);")
        .to("create table p (a int not null, b int not null, primary key (a, b)) partition by list (a); create table p1 partition of p for values in (1);")
        .holds();
}

#[test]
fn a_table_with_other_columns_takes_the_place_of_a_partitioned_one() {
    let parted = "create table t (id int, no serial, x text) partition by list (x);
         create table t1 partition of t for values in ('a'); create table t2 partition of t for values in ('b');";
    let plain = "create table r (id int primary key); create table t (y text, r int references r);";
    Scenario::new("partitions").from(parted).to(plain).holds();
    Scenario::new("partitions").from(plain).to(parted).holds();
    Scenario::new("partitions")
        .from(plain)
        .rows("insert into r values (1); insert into t values (null, 1);")
        .to("create table t (y text, x text) partition by list (x); create table t1 partition of t default;")
        .refills("t")
        .holds();
}
