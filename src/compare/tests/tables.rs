//! Tables as a whole.

use super::{NOTHING, changes};
use crate::compare::testing::{compared, schema, summaries};
use crate::compare::{CompareOptions, Pair, compare};
use crate::dialect::sqlite::Sqlite;
use crate::directive::{Directive, TableChange};
use crate::schema::{QName, Schema, Sql};

#[test]
fn t_01_a_new_table_has_its_constraints_inside_and_its_indexes_beside() {
    let comparison = compared(
        "",
        "create table item (id integer primary key, name text unique, n integer check (n > 0)); create index i on item (n)",
    );
    assert_eq!(
        summaries(&comparison.upgrade),
        ["item: new table", "item: new index i"]
    );
    let Directive::CreateTable(table) = &comparison.upgrade[0] else {
        panic!("it begins with the table")
    };
    assert!(table.primary_key.is_some() && table.uniques.len() == 1 && table.checks.len() == 1);
    assert!(table.indexes.is_empty());
}

#[test]
fn t_02_a_dropped_table_comes_back_with_its_foreign_key_and_indexes() {
    let user = "create table user (id integer primary key);";
    let extra = "create table extra (x integer, u integer references user); create index i on extra (x)";
    let comparison = compared(&format!("{user}{extra}"), user);
    assert_eq!(summaries(&comparison.upgrade), ["extra: drop table"]);
    let back = comparison.downgrade(&Sqlite);
    assert_eq!(summaries(&back), ["extra: new table", "extra: new index i"]);
    assert!(matches!(&back[0], Directive::CreateTable(table) if table.foreign_keys.len() == 1));
}

#[test]
fn t_08_what_is_equal_is_no_difference() {
    let sql = "create table t (a integer primary key, b text default 'x'); create view v as select a from t";
    let comparison = compared(sql, sql);
    assert!(comparison.is_empty() && comparison.downgrade(&Sqlite).is_empty());
}

#[test]
fn another_spelling_of_the_same_is_no_difference() {
    let live =
        r#"create table "T" (A INTEGER primary key, b varchar (20) check (b<>'x')); create index I on T (B)"#;
    let target =
        "create table t (a integer primary key, b VARCHAR(20), check (b <> 'x')); create index i on t (b)";
    assert_eq!(changes(live, target), NOTHING);
}

#[test]
fn all_changes_of_a_table_are_one_directive() {
    let lines = changes(
        "create table t (id integer primary key, a text, b text, unique (a))",
        "create table t (id integer primary key, b text not null, c text, check (b <> ''))",
    );
    assert_eq!(
        lines,
        ["t: drop unique constraint, add column c, alter column b (set not null), drop column a, add check"]
    );
}

#[test]
fn a_table_option_is_a_change() {
    assert_eq!(
        changes(
            "create table t (a integer not null primary key)",
            "create table t (a integer not null primary key) strict, without rowid"
        ),
        ["t: set strict, set without_rowid"]
    );
}

#[test]
fn a_table_comment_is_a_change() {
    let plain = schema("create table t (a integer)");
    let mut commented = plain.clone();
    commented
        .tables
        .get_mut(&QName::plain("t"))
        .expect("it is there")
        .comment = Some("about t".to_owned());
    let comparison =
        compare(Pair::new(&plain, &commented), &Sqlite, &CompareOptions::default()).expect("compares");
    assert_eq!(summaries(&comparison.upgrade), ["t: change comment"]);
}

/// Schemas with one table that could not be read, as `definition`.
fn unread(definition: Option<&str>) -> Schema {
    let mut schema = schema("create table t (a integer)");
    let table = schema.tables.get_mut(&QName::plain("t")).expect("it is there");
    table.definition = definition.map(Sql::new);
    schema
}

#[test]
fn a_table_that_could_not_be_read_is_compared_as_a_whole() {
    let live = unread(Some("create table t (a integer odd)"));
    let compared = |target: &Schema| {
        compare(Pair::new(&live, target), &Sqlite, &CompareOptions::default()).expect("compares")
    };
    assert!(compared(&unread(Some("CREATE TABLE t(a integer odd)"))).is_empty());
    let changed = compared(&unread(Some("create table t (a integer even)")));
    let Directive::AlterTable(alter) = &changed.upgrade[0] else {
        panic!("the table is altered")
    };
    assert!(matches!(
        alter.changes.as_slice(),
        [TableChange::SetDefinition(_)]
    ));
}

#[test]
fn a_table_that_only_one_side_could_read_is_never_dropped() {
    let comparison = compare(
        Pair::new(&unread(None), &unread(Some("create table t (a integer odd)"))),
        &Sqlite,
        &CompareOptions::default(),
    )
    .expect("compares");
    assert!(matches!(
        comparison.upgrade.as_slice(),
        [Directive::Irreversible { .. }]
    ));
    assert!(
        comparison.notices[0]
            .message
            .contains("cannot be migrated automatically")
    );
}

#[test]
fn the_outcome_is_always_the_same() {
    let live = "create table b (x integer); create table a (x integer, y integer references b); create index i on b (x)";
    let target = "create table z (q text, p text); create table y (m integer references z); create view v as select q from z; create view u as select * from v";
    let first = compared(live, target);
    for _ in 0..5 {
        assert_eq!(compared(live, target), first);
    }
}
