//! Columns.

use super::{NOTHING, changes, strict};
use crate::compare::CompareOptions;
use crate::compare::testing::{compared, compared_with, schema, summaries};
use crate::compare::{Pair, compare};
use crate::dialect::sqlite::Sqlite;
use crate::directive::{ColumnChange, Directive, TableChange};
use crate::schema::{Name, QName};

/// The changes of the only table that is altered.
fn table_changes(directives: &[Directive]) -> &[TableChange] {
    match directives {
        [Directive::AlterTable(alter)] => &alter.changes,
        other => panic!("one table is altered, not {other:?}"),
    }
}

/// What each new column stands after.
fn places(changes: &[TableChange]) -> Vec<(&str, Option<&str>)> {
    changes
        .iter()
        .filter_map(|change| match change {
            TableChange::AddColumn(new) | TableChange::DropColumn(new) => {
                Some((new.column.name.as_str(), new.after.as_deref()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn t_06_columns_are_added_in_their_order_and_dropped_in_reverse() {
    let comparison = compared(
        "create table user (id integer, name text)",
        "create table user (id integer, name text, username text, password_hash text, timestamp text)",
    );
    let added = ["user: add column username, add column password_hash, add column timestamp"];
    assert_eq!(summaries(&comparison.upgrade), added);
    let back = ["user: drop column timestamp, drop column password_hash, drop column username"];
    assert_eq!(summaries(&comparison.downgrade(&Sqlite)), back);
}

#[test]
fn t_07_columns_are_dropped_from_the_last_to_the_first() {
    let comparison = compared(
        "create table t (d text, id integer, a text, c text, b text)",
        "create table t (id integer)",
    );
    assert_eq!(
        summaries(&comparison.upgrade),
        ["t: drop column b, drop column c, drop column a, drop column d"]
    );
    let back = comparison.downgrade(&Sqlite);
    assert_eq!(
        places(table_changes(&back)),
        [("d", Some("")), ("a", None), ("c", None), ("b", None)]
    );
}

#[test]
fn a_column_remembers_what_it_stands_after_where_the_engine_can_place_it() {
    let live = "create table t (a text, b text)";
    let target = "create table t (x text, a text, y text, z text, b text, p text, q text)";
    assert_eq!(
        places(table_changes(&strict(live, target).upgrade)),
        [
            ("x", Some("")),
            ("y", Some("a")),
            ("z", Some("y")),
            ("p", None),
            ("q", None)
        ]
    );
    assert!(
        places(table_changes(&compared(live, target).upgrade))
            .iter()
            .all(|(_, after)| after.is_none())
    );
}

#[test]
fn t_12_columns_are_found_by_name_in_any_order() {
    assert_eq!(
        changes(
            "create table t (a text, b integer)",
            "create table t (b integer, a text)"
        ),
        NOTHING
    );
}

#[test]
fn the_order_of_columns_counts_when_asked_for() {
    let options = CompareOptions {
        column_order: true,
        ..CompareOptions::default()
    };
    let reordered = |live, target| summaries(&compared_with(live, target, &Sqlite, &options).upgrade);
    assert_eq!(
        reordered(
            "create table t (a text, b text)",
            "create table t (b text, a text)"
        ),
        ["t: reorder columns"]
    );
    assert_eq!(
        reordered(
            "create table t (a text, b text)",
            "create table t (a text, x text, b text)"
        ),
        ["t: add column x"]
    );
    assert_eq!(
        reordered(
            "create table t (a text, gone text, b text)",
            "create table t (b text, x text, a text)"
        ),
        ["t: add column x, drop column gone, reorder columns"]
    );
}

#[test]
fn t_14_to_16_all_changes_of_a_column_stand_together_with_old_and_new_values() {
    let comparison = compared(
        "create table t (id integer primary key, a integer not null default 1)",
        "create table t (id integer primary key, a bigint collate nocase)",
    );
    let [TableChange::AlterColumn(alter)] = table_changes(&comparison.upgrade) else {
        panic!("one column is altered")
    };
    assert_eq!(alter.ty.as_str(), "integer");
    let attributes: Vec<&str> = alter
        .changes
        .iter()
        .map(|change| match change {
            ColumnChange::Type(c) => c.new.as_str(),
            ColumnChange::NotNull(c) if c.old => "not null goes",
            ColumnChange::Default(c) if c.new.is_none() => "default goes",
            ColumnChange::Collation(_) => "collation",
            _ => "another",
        })
        .collect();
    assert_eq!(
        attributes,
        ["bigint", "collation", "default goes", "not null goes"]
    );
}

/// The changes of a column of that definition.
fn of_column(live: &str, target: &str) -> Vec<String> {
    changes(
        &format!("create table t (id integer, c {live})"),
        &format!("create table t (id integer, c {target})"),
    )
}

#[test]
fn y_01_to_09_types_differ_as_they_are_spelled() {
    assert_eq!(of_column("varchar(30)", "VARCHAR( 30 )"), NOTHING);
    assert_eq!(
        of_column("varchar(30)", "varchar(40)"),
        ["t: alter column c (type varchar(30) to varchar(40))"]
    );
    assert_eq!(
        of_column("varchar(30)", "varchar"),
        ["t: alter column c (type varchar(30) to varchar)"]
    );
    assert_eq!(of_column("decimal(10,5)", "decimal(10, 5)"), NOTHING);
    assert_eq!(of_column("decimal(10,5)", "decimal(10)").len(), 1);
    assert_eq!(of_column("bigint", "integer").len(), 1);
    assert_eq!(of_column("", "").len(), 0);
    assert_eq!(of_column("text", "").len(), 1);
}

#[test]
fn y_20_a_collation_comes_changes_and_goes() {
    assert_eq!(
        of_column("text", "text collate nocase"),
        ["t: alter column c (set collation nocase)"]
    );
    assert_eq!(of_column("text collate nocase", "text collate rtrim").len(), 1);
    assert_eq!(of_column("text collate nocase", "text").len(), 1);
    assert_eq!(of_column("text collate nocase", "text COLLATE NOCASE"), NOTHING);
}

#[test]
fn d_01_and_d_02_defaults_differ_by_their_text_and_not_by_their_spelling() {
    assert_eq!(
        of_column("text default 'a'", "text default 'b'"),
        ["t: alter column c (default 'a' to 'b')"]
    );
    assert_eq!(of_column("text default 'A'", "text default 'a'").len(), 1);
    assert_eq!(
        of_column("text default 'it''s //'", "text DEFAULT 'it''s //'"),
        NOTHING
    );
    assert_eq!(of_column("integer default 15", "integer default 20").len(), 1);
}

#[test]
fn d_11_sqlite_defaults_differ_when_the_expression_does() {
    assert_eq!(
        of_column("text default current_timestamp", "text default CURRENT_TIMESTAMP"),
        NOTHING
    );
    assert_eq!(
        of_column(
            "text default (datetime('now'))",
            "text default ( datetime( 'now' ) )"
        ),
        NOTHING
    );
    assert_eq!(of_column("integer default 5", "integer default 7").len(), 1);
    assert_eq!(of_column("real default 1.5", "real default 1.5"), NOTHING);
}

#[test]
fn d_14_a_default_that_goes_comes_back() {
    let comparison = compared(
        "create table t (a integer default 5)",
        "create table t (a integer)",
    );
    assert_eq!(
        summaries(&comparison.upgrade),
        ["t: alter column a (drop default 5)"]
    );
    assert_eq!(
        summaries(&comparison.downgrade(&Sqlite)),
        ["t: alter column a (set default 5)"]
    );
}

#[test]
fn c_01_a_generated_column_comes_and_goes_with_its_expression() {
    let plain = "create table t (bar integer)";
    let generated = "create table t (bar integer, foo integer as (bar * 5))";
    let comparison = compared(plain, generated);
    let [TableChange::AddColumn(new)] = table_changes(&comparison.upgrade) else {
        panic!("a column is added")
    };
    assert!(
        new.column
            .generated
            .as_ref()
            .is_some_and(|g| g.expression.contains("bar"))
    );
    assert_eq!(changes(generated, plain), ["t: drop column foo"]);
}

#[test]
fn c_02_a_changed_expression_is_a_change_and_says_what_it_loses() {
    let computed = of_column("integer as (id * 5)", "integer as (id * 42)");
    assert_eq!(computed, ["t: alter column c (generated id * 5 to id * 42)"]);
    assert_eq!(
        of_column("integer as (id * 5) virtual", "integer as (id * 5) stored").len(),
        1
    );
    assert_eq!(of_column("integer as (id * 5)", "integer").len(), 1);
    let comparison = compared(
        "create table t (id integer, c integer)",
        "create table t (id integer, c integer as (id))",
    );
    assert_eq!(
        comparison.upgrade[0].losses(),
        ["every value of t.c, computed anew"]
    );
}

#[test]
fn c_03_blanks_in_an_expression_say_nothing() {
    assert_eq!(of_column("integer as (id*5)", "integer as (id\n  * 5)"), NOTHING);
}

#[test]
fn a_generated_column_is_right_at_every_step() {
    // `g` stops reading `old` and begins to read `new`: new comes before, old goes after.
    assert_eq!(
        changes(
            "create table t (id integer, old integer, g integer as (old + 1))",
            "create table t (id integer, new text, g integer as (new || 'x'))"
        ),
        ["t: add column new, alter column g (generated old + 1 to new || 'x'), drop column old"]
    );
}

#[test]
fn a_01_autoincrement_is_a_change() {
    let plain = "create table t (id integer primary key)";
    let counted = "create table t (id integer primary key autoincrement)";
    assert_eq!(changes(plain, counted), ["t: alter column id (identity)"]);
    assert_eq!(changes(counted, plain), ["t: alter column id (identity)"]);
}

#[test]
fn m_01_a_column_comment_is_a_change() {
    let plain = schema("create table t (a integer)");
    let mut commented = plain.clone();
    commented
        .tables
        .get_mut(&QName::plain("t"))
        .expect("it is there")
        .columns[0]
        .comment = Some("x".to_owned());
    let comparison =
        compare(Pair::new(&plain, &commented), &Sqlite, &CompareOptions::default()).expect("compares");
    assert_eq!(summaries(&comparison.upgrade), ["t: alter column a (comment)"]);
}

/// What rows get when the downgrade of `live` to `target` brings columns back.
fn backfills(live: &str, target: &str) -> Vec<(Name, Option<String>)> {
    compared(live, target)
        .downgrade(&Sqlite)
        .iter()
        .filter_map(|directive| {
            if let Directive::AlterTable(alter) = directive {
                Some(&alter.changes)
            } else {
                None
            }
        })
        .flatten()
        .filter_map(|change| match change {
            TableChange::AddColumn(new) => Some((
                new.column.name.clone(),
                new.backfill.as_ref().map(ToString::to_string),
            )),
            _ => None,
        })
        .collect()
}

#[test]
fn a_column_that_comes_back_gets_a_neutral_value_where_it_needs_one() {
    let live = "create table t (id integer, a integer not null, b text not null, c text, d text not null default 'x')";
    let filled = backfills(live, "create table t (id integer)");
    let has_value: Vec<(&str, bool)> = filled
        .iter()
        .map(|(name, value)| (name.as_str(), value.is_some()))
        .collect();
    assert_eq!(has_value, [("a", true), ("b", true), ("c", false), ("d", false)]);
}

#[test]
fn a_column_whose_rows_need_values_of_their_own_gets_none() {
    let live = "create table p (id integer primary key);
        create table t (id integer, u integer not null unique, r integer not null references p)";
    let filled = backfills(
        live,
        "create table p (id integer primary key); create table t (id integer)",
    );
    assert!(filled.iter().all(|(_, value)| value.is_none()), "{filled:?}");
}
