//! Namespaces, sequences, enum types: what SQLite does not have, on a strict engine.

use crate::compare::testing::{Strict, assert_complete, schema, summaries};
use crate::compare::{CompareOptions, Pair, compare};
use crate::schema::{EnumType, Name, Namespace, QName, Schema, Sequence, SequenceOptions};

fn changes(live: &Schema, target: &Schema) -> Vec<String> {
    let options = CompareOptions::default();
    let comparison = compare(Pair::new(live, target), &Strict, &options).expect("compares");
    assert_complete(&comparison, Pair::new(live, target), &Strict, &options);
    summaries(&comparison.upgrade)
}

fn with_types(sql: &str, values: &[&str]) -> Schema {
    let mut all = schema(sql);
    let kind = EnumType {
        name: QName::plain("mood"),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        comment: None,
    };
    all.enums.insert(kind.name.clone(), kind);
    let sequence = Sequence {
        name: QName::plain("numbers"),
        ty: None,
        options: SequenceOptions {
            start: i64::try_from(values.len()).ok(),
            ..SequenceOptions::default()
        },
        owned_by: None,
        comment: None,
    };
    all.sequences.insert(sequence.name.clone(), sequence);
    let namespace = Namespace {
        name: Name::new("own"),
        comment: None,
    };
    all.namespaces.insert(namespace.name.clone(), namespace);
    all
}

#[test]
fn types_come_before_tables_and_go_after_them() {
    let full = with_types("create table t (a mood)", &["happy"]);
    assert_eq!(
        changes(&Schema::new(), &full),
        [
            "own: new namespace",
            "mood: new enum type",
            "numbers: new sequence",
            "t: new table"
        ]
    );
    assert_eq!(
        changes(&full, &Schema::new()),
        [
            "t: drop table",
            "mood: drop enum type",
            "numbers: drop sequence",
            "own: drop namespace"
        ]
    );
}

#[test]
fn y_17_and_n_01_values_and_options_change() {
    let live = with_types("", &["happy"]);
    assert_eq!(
        changes(&live, &with_types("", &["happy", "sad"])),
        ["mood: change enum values", "numbers: alter sequence"]
    );
    assert!(changes(&live, &live).is_empty());
}

#[test]
fn s_05_the_default_namespace_is_the_same_as_none() {
    let live = schema("create table t (a integer)");
    let mut target = Schema::new();
    let mut table = live.tables[&QName::plain("t")].clone();
    table.name = QName::from(("public", "t"));
    target.insert_table(table.clone());
    let comparison =
        compare(Pair::new(&live, &target), &Strict, &CompareOptions::default()).expect("compares");
    assert!(comparison.is_empty());
    // In another namespace it is another table (S-14).
    table.name = QName::from(("other", "t"));
    target.insert_table(table);
    let comparison =
        compare(Pair::new(&live, &target), &Strict, &CompareOptions::default()).expect("compares");
    assert_eq!(summaries(&comparison.upgrade), ["other.t: new table"]);
}
