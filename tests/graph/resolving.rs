//! G-01 to G-08: expressions and ranges.

use super::{assert_none, graph, ids, meets, show, shown};
use autogen::script::{Graph, Range};

/// One chain of three, and a fork off a root with labels.
const LABELS: &str = "a @abranch; b<a; somelongername<b; d; e<d @ebranch; someothername<e; f<someothername";
const DIAMOND: &str = "a; b1<a; b2<a; c<b1,b2; d<c";
const UNEVEN: &str = "a; b1<a; b2<a; c1<b1; d11<c1; d12<c1";
const ELEVEN: &str = "a1; a2<a1; a3<a2; b1<a3; b2<a3; cb1<b1; cb2<b2; db1<cb1; db2<cb2; \
    e1b1<db1; fe1b1<e1b1; e2b1<db1; e2b2<db2; merge<e2b1,e2b2";
/// Roots that depend on each other.
const CROSS: &str = "base1 @b_1; a1a<base1; a1b<base1; b1a<a1a; b1b<a1b >a3; \
    base2 @b_2; a2<base2; b2<a2; c2<b2 >a3; d2<c2; \
    base3 @b_3; a3<base3; b3<a3; c3<b3 >b2; d3<c3";

fn resolve(graph: &Graph, expression: &str, current: &str) -> String {
    let target = graph.resolve(expression, &ids(current));
    shown(target, |target| show(&target.revisions))
}

fn range(graph: &Graph, text: &str, current: &str) -> String {
    let range = Range::parse(text).and_then(|range| graph.range(&range.unwrap_or_default(), &ids(current)));
    shown(range, |found| show(&found))
}

#[test]
fn expressions_mean_what_the_table_says() {
    // number, graph, current, expression, revisions
    let table = [
        ("G-01", "", "", "head", ""),
        ("G-01", "", "", "heads", ""),
        ("G-01", "", "", "base", ""),
        ("G-02", LABELS, "", "ebranch@head", "f"),
        ("G-02", LABELS, "", "abranch@base", ""),
        ("G-02", LABELS, "", "ebranch@some", "someothername"),
        ("G-02", LABELS, "", "abranch@some", "somelongername"),
        (
            "G-02",
            LABELS,
            "",
            "some",
            "!begins the ids of several revisions: somelongername, someothername",
        ),
        ("G-02", LABELS, "", "ebranch@sos", "!there is no revision \"sos\""),
        (
            "G-02",
            LABELS,
            "",
            "ebranch@b",
            "!b is not a member of branch ebranch",
        ),
        (
            "G-02",
            LABELS,
            "",
            "ebranch@somel",
            "!is not a member of branch ebranch",
        ),
        ("G-02", LABELS, "", "e@d", "d"),
        ("G-02", LABELS, "", "someo@head", "f"),
        ("G-02", LABELS, "", "x@d", "!no branch \"x\""),
        ("G-02", LABELS, "", "ebranch@ebranch", "e"),
        ("G-02", LABELS, "", "ebranch", "e"),
        (
            "G-02",
            LABELS,
            "",
            "head",
            "!there are several heads: head may mean f, somelongername",
        ),
        ("G-02", LABELS, "", "heads", "somelongername f"),
        ("G-02", LABELS, "", "ebranch@heads", "f"),
        ("G-02", LABELS, "", "ebranch@base+2", "e"),
        ("G-02", LABELS, "", "ebranch@head-2", "e"),
        ("G-02", LABELS, "f", "ebranch@-2", "e"),
        (
            "G-02",
            LABELS,
            "b, f",
            "-1",
            "!-1 is ambiguous: the database is at b, f",
        ),
        ("G-02", LABELS, "b", "current", "b"),
        ("G-02", LABELS, "b", "current-1", "a"),
        ("G-02", LABELS, "b, f", "current", "b f"),
        ("G-02", LABELS, "b, f", "abranch@current", "b"),
        ("G-05", DIAMOND, "", "c-1", "!parts on the way into b1, b2"),
        ("G-05", DIAMOND, "", "a+1", "!parts on the way into b1, b2"),
        ("G-05", DIAMOND, "", "b1@a+1", "b1"),
        ("G-05", DIAMOND, "", "d+1", "!beyond the end"),
        ("G-12", CROSS, "", "heads", "b1a b1b d2 d3"),
    ];
    let mut failures = Vec::new();
    for (number, map, current, expression, expected) in table {
        let found = resolve(&graph(map), expression, current);
        // Which of two heads comes first says the order of scripts, not the expression.
        let sorted = |text: &str| {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.sort_unstable();
            words.join(" ")
        };
        if !meets(&found, expected) && sorted(&found) != sorted(expected) {
            failures.push(format!(
                "{number} {expression} at {current:?}: {found}, not {expected}"
            ));
        }
    }
    assert_none(&failures);
}

#[test]
fn the_hint_for_a_short_prefix_says_how_short_it_may_be() {
    let error = graph(LABELS).resolve("ebranch@sos", &[]).expect_err("G-02");
    assert!(
        error.hints()[0].contains("at least 4 characters"),
        "{:?}",
        error.hints()
    );
}

#[test]
fn ranges_hold_what_the_table_says() {
    // number, graph, current, range, revisions from the newest down
    let table = [
        ("G-01", "", "", "base:head", ""),
        ("G-03", LABELS, "", "ebranch@base:heads", "f someothername e d"),
        (
            "G-03",
            LABELS,
            "",
            "ebranch@-2:ebranch@heads",
            "f someothername e",
        ),
        ("G-03", LABELS, "", "base:ebranch@+2", "e d"),
        ("G-05", DIAMOND, "", ":d", "d c b1 b2 a"),
        ("G-05", DIAMOND, "", "a:d", "d c b1 b2 a"),
        ("G-05", DIAMOND, "", "b1:d", "d c b1"),
        ("G-06", UNEVEN, "", ":", "b2 d11 d12 c1 b1 a"),
        (
            "G-07",
            ELEVEN,
            "",
            "a3:merge",
            "merge e2b1 db1 cb1 b1 e2b2 db2 cb2 b2 a3",
        ),
        (
            "G-07",
            ELEVEN,
            "",
            "a1:heads",
            "fe1b1 e1b1 merge e2b1 db1 cb1 b1 e2b2 db2 cb2 b2 a3 a2 a1",
        ),
        ("G-07", ELEVEN, "", "b2:heads", "merge e2b2 db2 cb2 b2"),
        ("G-08", DIAMOND, "", "d:a", "!d is not an ancestor of a"),
        ("G-08", LABELS, "", "b:f", "!b is not an ancestor of f"),
        ("G-08", DIAMOND, "", "b1:base", "!b1 is not an ancestor of base"),
        ("G-08", DIAMOND, "", "b1:b2", "!b1 is not an ancestor of b2"),
    ];
    let mut failures = Vec::new();
    for (number, map, current, text, expected) in table {
        let found = range(&graph(map), text, current);
        if !meets(&found, expected) {
            failures.push(format!("{number} {text}: {found}, not {expected}"));
        }
    }
    assert_none(&failures);
}

#[test]
fn g_04_a_label_spreads_over_its_branch_and_across_a_merge() {
    let graph = graph("a; b1<a @one; b2<a @two; c1<b1; m<c1,b2; n<m");
    let labels = graph.branch_labels();
    let of = |id: &str| {
        let labels = labels.iter().find(|(found, _)| found.as_str() == id);
        labels.map_or_else(String::new, |(_, labels)| {
            labels.iter().copied().collect::<Vec<_>>().join(" ")
        })
    };
    for (id, expected) in [
        ("a", ""),
        ("b1", "one"),
        ("c1", "one"),
        ("b2", "two"),
        ("m", "one two"),
        ("n", "one two"),
    ] {
        assert_eq!(of(id), expected, "{id}");
    }
    let labels = super::graph("a; b<a; c<b @late; d<c").branch_labels().len();
    assert_eq!(labels, 4, "a label spreads down to the branch point or the root");
}

#[test]
fn g_10_names_that_hold_each_other_are_no_circle() {
    let graph = graph("user; user_foo<user; user_foo_bar<user_foo");
    assert_eq!(show(graph.order()), "user user_foo user_foo_bar");
    assert_eq!(resolve(&graph, "user", ""), "user");
}
