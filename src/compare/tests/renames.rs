//! Renames, declared and not.

use super::{changes, strict};
use crate::compare::testing::{Strict, assert_complete, compared, schema, summaries};
use crate::compare::{CompareOptions, Comparison, Pair, Rename, RenameOf, RenameOrigin, compare};
use crate::dialect::sqlite::Sqlite;
use crate::{Level, Place};

fn hint() -> RenameOrigin {
    RenameOrigin::Hint(Place {
        file: Some("schema.sql".into()),
        line: 3,
        column: 1,
        snippet: String::new(),
    })
}

/// `old>new` for a table, `table.old>new` for a column.
fn declared(renames: &[&str], origin: &RenameOrigin) -> CompareOptions {
    let rename = |text: &&str| {
        let (old, new) = text.split_once('>').expect("two names");
        let what = match old.split_once('.') {
            Some((table, old)) => RenameOf::Column {
                table: table.into(),
                old: old.into(),
                new: new.into(),
            },
            None => RenameOf::Table {
                old: old.into(),
                new: new.into(),
            },
        };
        Rename {
            what,
            origin: origin.clone(),
        }
    };
    CompareOptions {
        renames: renames.iter().map(rename).collect(),
        ..CompareOptions::default()
    }
}

fn renamed(live: &str, target: &str, renames: &[&str]) -> Comparison {
    let options = declared(renames, &hint());
    let schemas = Pair::new(schema(live), schema(target));
    let strictly = compare(schemas.as_ref(), &Strict, &options).expect("compares");
    assert_complete(&strictly, schemas.as_ref(), &Strict, &options);
    let comparison = compare(schemas.as_ref(), &Sqlite, &options).expect("compares");
    assert_complete(&comparison, schemas.as_ref(), &Sqlite, &options);
    comparison
}

fn lines(live: &str, target: &str, renames: &[&str]) -> Vec<String> {
    summaries(&renamed(live, target, renames).upgrade)
}

#[test]
fn t_09_a_column_is_renamed_when_it_was_declared() {
    let (live, target) = ("create table user (old text)", "create table user (new text)");
    let comparison = renamed(live, target, &["user.old>new"]);
    assert_eq!(summaries(&comparison.upgrade), ["user: rename column old to new"]);
    assert_eq!(
        summaries(&comparison.downgrade(&Sqlite)),
        ["user: rename column new to old"]
    );
    assert!(comparison.notices.is_empty() && comparison.questions.is_empty());
}

#[test]
fn t_09_without_a_word_a_column_is_dropped_and_added_with_a_warning_and_a_question() {
    let comparison = compared(
        "create table user (id integer, old text)",
        "create table user (id integer, new text)",
    );
    assert_eq!(
        summaries(&comparison.upgrade),
        ["user: add column new, drop column old"]
    );
    let [warning] = comparison.notices.as_slice() else {
        panic!("one warning: {:?}", comparison.notices)
    };
    assert_eq!(warning.level, Level::Warning);
    let hint = warning.hint.as_deref().unwrap_or_default();
    assert!(
        hint.contains("-- autogen: renamed from old") && hint.contains("--rename user.old=user.new"),
        "{hint}"
    );
    assert_eq!(comparison.questions.len(), 1);
    assert_eq!(
        comparison.questions[0].to_string(),
        "was column user.old renamed to new?"
    );
}

#[test]
fn the_hint_in_a_warning_is_spelled_as_the_target_must_spell_it() {
    let comparison = compared(
        "create table t (id integer, \"my old\" text)",
        "create table t (id integer, new text)",
    );
    let hint = comparison.notices[0].hint.as_deref().unwrap_or_default();
    assert!(hint.contains("-- autogen: renamed from \"my old\"`"), "{hint}");
}

#[test]
fn t_10_a_table_is_renamed_when_it_was_declared() {
    let live = "create table old (id integer primary key); create index i on old (id);
        create table child (p integer references old (id)); create view v as select id from old";
    let target = "create table new (id integer primary key); create index i on new (id);
        create table child (p integer references new (id)); create view v as select id from new";
    assert_eq!(lines(live, target, &["old>new"]), ["old: rename table to new"]);
}

#[test]
fn t_10_without_a_word_a_table_is_dropped_and_created_with_a_warning_and_a_question() {
    let (live, target) = (
        "create table old (a integer, b text)",
        "create table new (b text, a integer)",
    );
    let comparison = compared(live, target);
    assert_eq!(
        summaries(&comparison.upgrade),
        ["new: new table", "old: drop table"]
    );
    assert!(
        comparison.notices[0]
            .hint
            .as_deref()
            .is_some_and(|h| h.contains("--rename old=new"))
    );
    assert_eq!(
        comparison.questions[0].to_string(),
        "was table old renamed to new?"
    );
    // The answer is a rename like any other, and a no is the end of it.
    let what = comparison.questions[0].what.clone();
    let schemas = Pair::new(schema(live), schema(target));
    let yes = CompareOptions {
        renames: vec![Rename {
            what: what.clone(),
            origin: RenameOrigin::Answer,
        }],
        ..CompareOptions::default()
    };
    let answered = compare(schemas.as_ref(), &Sqlite, &yes).expect("compares");
    assert_eq!(summaries(&answered.upgrade), ["old: rename table to new"]);
    let no = CompareOptions {
        declined: vec![what],
        ..CompareOptions::default()
    };
    let answered = compare(schemas.as_ref(), &Sqlite, &no).expect("compares");
    assert!(answered.questions.is_empty() && answered.notices.is_empty());
    assert_eq!(answered.upgrade, comparison.upgrade);
}

#[test]
fn nothing_is_asked_when_more_than_one_fits_or_none_does() {
    let questions = |live, target| strict(live, target).questions.len();
    assert_eq!(
        questions(
            "create table t (id integer, a text)",
            "create table t (id integer, b text, c text)"
        ),
        0
    );
    assert_eq!(
        questions(
            "create table t (id integer, a text)",
            "create table t (id integer, b integer)"
        ),
        0
    );
    assert_eq!(
        questions(
            "create table t (id integer, a text)",
            "create table t (id integer, b text not null)"
        ),
        0
    );
    assert_eq!(
        questions(
            "create table a (x text)",
            "create table b (x text); create table c (x text)"
        ),
        0
    );
    assert_eq!(questions("create table a (x text)", "create table b (y text)"), 0);
    // Two pairs of which each fits only one way are two questions.
    assert_eq!(
        questions(
            "create table t (id integer, a text, b real)",
            "create table t (id integer, c real, d text)"
        ),
        2
    );
}

#[test]
fn what_else_changes_is_found_under_the_new_names() {
    assert_eq!(
        lines(
            "create table old (a text, gone text, unique (a)); create index i on old (a)",
            "create table new (b text, more text, unique (b)); create index i on new (b)",
            &["old>new", "new.a>b"]
        ),
        [
            "old: rename table to new",
            "new: rename column a to b",
            "new: add column more, drop column gone"
        ]
    );
}

#[test]
fn a_renamed_column_takes_checks_keys_indexes_and_views_along() {
    assert_eq!(
        lines(
            "create table t (a integer primary key, b integer check (b > 0), c integer as (b + 1));
             create table u (x integer references t (a)); create index i on t (b) where b > 1;
             create view v as select b from t",
            "create table t (k integer primary key, n integer check (n > 0), c integer as (n + 1));
             create table u (x integer references t (k)); create index i on t (n) where n > 1;
             create view v as select n from t",
            &["t.a>k", "t.b>n"]
        ),
        ["t: rename column a to k, rename column b to n"]
    );
}

#[test]
fn a_stale_hint_is_a_notice_with_its_place() {
    let sql = "create table new (a text)";
    let comparison = renamed(sql, sql, &["old>new", "new.x>a"]);
    assert!(comparison.is_empty());
    for notice in &comparison.notices {
        assert_eq!(notice.level, Level::Notice);
        assert!(
            notice.message.contains("stale, it can be removed"),
            "{}",
            notice.message
        );
        assert_eq!(notice.place.as_ref().map(|p| p.line), Some(3));
    }
    assert_eq!(comparison.notices.len(), 2);
}

#[test]
fn an_impossible_rename_is_a_warning() {
    let warning = |live: &str, target: &str, rename: &str| {
        let comparison = renamed(live, target, &[rename]);
        assert_eq!(comparison.notices[0].level, Level::Warning);
        comparison.notices[0].message.clone()
    };
    let (a, b) = ("create table a (x text)", "create table b (x integer)");
    assert_eq!(
        warning("", b, "a>b"),
        "cannot rename table a to b: there is neither table a nor table b in the database"
    );
    assert_eq!(
        warning(a, "", "a>b"),
        "cannot rename table a to b: there is no table b in the target"
    );
    assert_eq!(
        warning(a, &format!("{a};{b}"), "a>b"),
        "cannot rename table a to b: table a is still in the target"
    );
    assert_eq!(
        warning(&format!("{a};{b}"), b, "a>b"),
        "cannot rename table a to b: the database has table b already, and table a too"
    );
    assert_eq!(
        warning(a, a, "a.y>z"),
        "cannot rename column a.y to z: there is no column a.z in the target"
    );
    assert_eq!(
        warning(a, a, "q.y>z"),
        "cannot rename column q.y to z: there is no such table in the target"
    );
}

#[test]
fn a_hint_on_a_column_of_a_new_table_is_no_warning() {
    let comparison = renamed("", "create table t (b text)", &["t.a>b"]);
    assert_eq!(comparison.notices[0].level, Level::Notice);
}

#[test]
fn a_chain_of_renames_is_carried_out_from_its_end() {
    assert_eq!(
        lines(
            "create table a (x text); create table b (y text)",
            "create table b (x text); create table c (y text)",
            &["a>b", "b>c"]
        ),
        ["b: rename table to c", "a: rename table to b"]
    );
    assert_eq!(
        lines(
            "create table t (a text, b integer)",
            "create table t (b text, c integer)",
            &["t.a>b", "t.b>c"]
        ),
        ["t: rename column b to c, rename column a to b"]
    );
}

#[test]
fn names_are_exchanged_through_a_free_one() {
    let live = "create table a (x text); create table b (y integer); create view v as select x from a";
    let target = "create table b (x text); create table a (y integer); create view v as select x from b";
    assert_eq!(
        lines(live, target, &["a>b", "b>a"]),
        [
            "a: rename table to autogen_aside_1",
            "b: rename table to a",
            "autogen_aside_1: rename table to b"
        ]
    );
    assert_eq!(
        lines(
            "create table t (a text, b integer)",
            "create table t (b text, a integer)",
            &["t.a>b", "t.b>a"]
        ),
        ["t: rename column a to autogen_aside_1, rename column b to a, rename column autogen_aside_1 to b"]
    );
}

#[test]
fn an_exchange_that_was_carried_out_is_stale() {
    let sql = "create table a (x text); create table b (y integer); create table t (a text, b integer)";
    let comparison = renamed(sql, sql, &["a>b", "b>a", "t.a>b", "t.b>a"]);
    assert!(comparison.is_empty());
    assert!(
        comparison.notices.iter().all(|n| n.message.contains("stale")),
        "{:#?}",
        comparison.notices
    );
}

#[test]
fn an_exchange_of_equals_is_done_only_when_asked_for_in_this_run() {
    let sql = "create table t (first text, last text)";
    let exchange = ["t.first>last", "t.last>first"];
    let hinted = renamed(sql, sql, &exchange);
    assert!(hinted.is_empty());
    assert!(
        hinted.notices[0]
            .message
            .contains("nothing shows whether that was done already")
    );
    let schemas = Pair::new(schema(sql), schema(sql));
    let asked = compare(
        schemas.as_ref(),
        &Sqlite,
        &declared(&exchange, &RenameOrigin::Flag),
    )
    .expect("compares");
    assert_eq!(asked.upgrade.len(), 1);
}

#[test]
fn a_view_in_the_way_of_a_new_name_goes_first() {
    let comparison = renamed(
        "create table orders_base (a integer); create view orders as select a from orders_base;
         create trigger g instead of insert on orders begin delete from orders_base; end",
        "create table orders (a integer)",
        &["orders_base>orders"],
    );
    assert_eq!(
        summaries(&comparison.upgrade),
        [
            "g: drop trigger",
            "orders: drop view",
            "orders_base: rename table to orders"
        ]
    );
}

#[test]
fn a_rename_in_another_case_only_is_none() {
    assert!(changes("create table Users (A text)", "create table users (a text)").is_empty());
    let comparison = renamed(
        "create table Users (A text)",
        "create table users (a text)",
        &["Users>users"],
    );
    assert!(comparison.is_empty());
}

#[test]
fn of_two_renames_that_contradict_each_other_the_word_for_this_run_counts() {
    let mut options = declared(&["a>x"], &hint());
    options
        .renames
        .extend(declared(&["b>x"], &RenameOrigin::Flag).renames);
    let schemas = Pair::new(
        schema("create table a (p text); create table b (q text)"),
        schema("create table x (q text)"),
    );
    let comparison = compare(schemas.as_ref(), &Sqlite, &options).expect("compares");
    assert_eq!(
        summaries(&comparison.upgrade),
        ["b: rename table to x", "a: drop table"]
    );
    assert!(
        comparison.notices[0]
            .message
            .contains("another rename says something else")
    );
}

#[test]
fn an_object_that_changes_beside_the_rename_goes_before_it_as_it_was() {
    let live = schema(
        "create table t (id integer, a text); create table u (id integer, a text);
         create view v as select t.a, u.a as ua from t, u; create view w as select ua from v",
    );
    let target = schema(
        "create table t (id integer, b text); create table u (id integer, a text);
         create view v as select t.b, u.a as ua from t, u; create view w as select ua from v",
    );
    let options = declared(&["t.a>b"], &RenameOrigin::Flag);
    let comparison = compare(Pair::new(&live, &target), &Sqlite, &options).expect("compares");
    assert_eq!(
        summaries(&comparison.upgrade),
        ["v: drop view", "t: rename column a to b", "v: new view"]
    );
    let back = comparison.downgrade(&Sqlite);
    assert!(
        matches!(back.last(), Some(crate::directive::Directive::CreateObject(v)) if v.definition.contains("t.a, u.a"))
    );
}
