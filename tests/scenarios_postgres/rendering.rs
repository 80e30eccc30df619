//! R: scripts say all, and apply.

use crate::harness::*;

#[test]
fn r_04_indexes_arrays_ranges_and_domains_come_back_equal() {
    let sql = "create extension if not exists hstore; create domain email as text collate \"C\" check (value like '%@%');
        create table t (id int generated always as identity primary key, tags varchar(10)[] default '{}', h hstore, doc jsonb default '{}', e email not null default 'a@b',
            during tstzrange, r int4range, constraint x exclude using gist (r with &&, during with &&) where (r is not null));
        create unique index u on t (lower(e)) include (doc) where tags <> '{}'; create index \"Mixed Case\" on t using gin (doc jsonb_path_ops);";
    Scenario::new("R-04").to(sql).holds();
    Scenario::new("R-04").from(sql).to(sql).equal();
}
