//! G-04, G-09, G-11: what is no history.

use super::{assert_none, meets, try_graph};

#[test]
fn what_is_no_history_is_refused_by_name() {
    let table = [
        (
            "G-04",
            "a @x; b @x",
            "!revisions a and b have the same branch label \"x\"",
        ),
        (
            "G-04",
            "a; b<a @a",
            "!label \"a\" of revision b is the id of a revision",
        ),
        ("G-04", "a @head", "!cannot be a branch label"),
        ("G-04", "a @x-1", "!cannot be a branch label"),
        ("G-09", "a; a", "!revision id a"),
        ("G-09", "a<a", "!revision a revises itself"),
        ("G-09", "a<c; b<a; c<b", "!in a circle: a, c, b"),
        ("G-09", "a<c; b<a; c<b; d<c", "!in a circle: a, c, b"),
        ("G-09", "a; b<a,d; c<b; d<c", "!in a circle: b, d, c"),
        ("G-09", "a; b1<a; b2<a; c<b1,d; d<c,b2", "!in a circle: c, d"),
        ("G-09", "a >a", "!revision a depends on itself"),
        ("G-09", "a >b; b >a", "!depend on each other in a circle: a, b"),
        (
            "G-09",
            "a; b<a >d; c; d<c >b",
            "!depend on each other in a circle: b, d",
        ),
        (
            "G-09",
            "a1 >b3; a2<a1; b1; b2<b1 >a2; b3<b2",
            "!depend on each other in a circle",
        ),
        (
            "G-11",
            "b<a",
            "!revision b revises a, and there is no script of that id",
        ),
        (
            "G-11",
            "a; b<a >nothere",
            "!revision b depends on nothere: there is no revision",
        ),
        (
            "G-11",
            "long1; long2; b<long1 >long",
            "!begins the ids of several revisions: long1, long2",
        ),
    ];
    let mut failures = Vec::new();
    for (number, map, expected) in table {
        let found = match try_graph(map) {
            Ok(_) => "a graph".to_owned(),
            Err(error) => format!("!{error}"),
        };
        if !meets(&found, expected) {
            failures.push(format!("{number} {map}: {found}, not {expected}"));
        }
    }
    assert_none(&failures);
}
