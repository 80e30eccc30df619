//! G-12, G-13 and V-01 to V-24: which scripts run, in which order, and the rows of applied heads behind each.

use super::{assert_none, graph, ids, meets, show, shown};
use autogen::script::Graph;

const LINE: &str = "a; b<a; c<b; d<c; e<d";
const FORK: &str = "a; b<a; c1<b @c1branch; d1<c1; c2<b @c2branch; d2<c2";
const MERGE: &str = "a; b<a; c1<b @c1branch; d1<c1; c2<b @c2branch; d2<c2; e<d1,d2; f<e";
const THREE: &str = "a; b1<a; b2<a; b3<a; c1<b1,b2,b3; d1<c1; d2<b2; d3<b3";
const TWINS: &str = "a; b1<a; b2<a; b3<a; c1<b1,b2,b3; c2<b1,b2,b3; d1<c1; d2<c2";
const ACROSS: &str = "a1; b1<a1; c1<b1; d1<c1; a2; b2<a2; c2<b2 >c1; d2<c2";
const THREE_ROOTS: &str =
    "a1; a2; a3; amerge<a1,a2,a3; b1; b2; bmerge<b1,b2; c1; c2; c3; cmerge<c1,c2,c3; d1 >a3,b2,c1; d2<d1";
const CRISS_CROSS: &str = "a1; a2<a1; a3<a2 >b1; b1; b2<b1 >a2";
const REPEATED: &str = "a1; a2<a1; a3<a2; b1; b2<b1 >a3; b3<b2; b4<b3 >a3";
const MERGED_NEED: &str = "a1; b1 >a1; bmerge<a1,b1";
const BY_LABEL: &str = "a; b<a @lib; c<b; x; y<x >lib";
const FOREST: &str = "a1; b1; a2<a1; b2<b1";
const OWN_PARENT: &str = "a; b<a >a; c<b";
/// Two branches of which one stands on the other.
const LEANING: &str = "a; b<a; c1<b @c1branch; d1<c1; c2<b @c2branch; d2<c2 >c1";
const CROSS: &str = "base1 @b_1; a1a<base1; a1b<base1; b1a<a1a; b1b<a1b >a3; \
    base2 @b_2; a2<base2; b2<a2; c2<b2 >a3; d2<c2; \
    base3 @b_3; a3<base3; b3<a3; c3<b3 >b2; d3<c3";

/// Runs a command, and gives the scripts and the rows behind them.
fn run(graph: &Graph, rows: &str, command: &str) -> (String, String) {
    let mut rows = ids(rows);
    let (verb, to) = command.split_once(' ').expect("verb and revision");
    let path = match verb {
        "upgrade" => graph.upgrade(to, &rows),
        "downgrade" => graph.downgrade(to, &rows),
        _ => {
            let to: Vec<String> = to.split(' ').map(str::to_owned).collect();
            return (String::new(), shown(graph.stamp(&to, &rows), |rows| show(&rows)));
        }
    };
    let path = match path {
        Ok(path) => path,
        Err(error) => return (format!("!{error}"), String::new()),
    };
    for revision in &path {
        let step = match verb {
            "upgrade" => graph.step_up(&rows, revision),
            _ => graph.step_down(&rows, revision),
        };
        rows = step.after(&rows);
    }
    (show(&path), show(&rows))
}

/// number, graph, rows, command, scripts, rows behind them
const TABLE: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "G-12",
        CROSS,
        "",
        "upgrade b_2@head",
        "base2 a2 b2 base3 a3 c2 d2",
        "d2",
    ),
    (
        "G-12",
        CROSS,
        "d2",
        "downgrade b_2@base",
        "d2 c2 b2 a2 base2",
        "a3",
    ),
    (
        "G-12",
        CROSS,
        "b1b, d2",
        "downgrade b_3@base",
        "b1b d2 c2 a3 base3",
        "a1b b2",
    ),
    ("V-01", LINE, "c", "upgrade e", "d e", "e"),
    ("V-01", LINE, "", "upgrade c", "a b c", "c"),
    ("V-01", LINE, "e", "upgrade head", "", "e"),
    ("V-02", LINE, "a", "upgrade +1", "b", "b"),
    ("V-02", LINE, "a", "upgrade +2", "b c", "c"),
    ("V-02", LINE, "a", "upgrade b+2", "b c d", "d"),
    ("V-02", LINE, "a", "upgrade d-2", "b", "b"),
    ("V-02", LINE, "b", "upgrade +5", "!there are 3 of 5 steps", ""),
    ("V-02", LINE, "b", "upgrade -2", "!leads down", ""),
    ("V-03", LINE, "c", "downgrade -1", "c", "b"),
    ("V-03", LINE, "e", "downgrade -3", "e d c", "b"),
    ("V-03", LINE, "d", "downgrade a+2", "d", "c"),
    ("V-03", LINE, "d", "downgrade c-2", "d c b", "a"),
    ("V-03", LINE, "b", "downgrade -5", "!there are 2 of 5 steps", ""),
    ("V-03", LINE, "b", "downgrade +2", "!leads up", ""),
    ("V-03", LINE, "b", "downgrade -2", "b a", ""),
    ("V-04", LINE, "", "downgrade base", "", ""),
    ("V-04", LINE, "c", "downgrade c", "", "c"),
    ("V-04", ACROSS, "c2", "downgrade c1", "", "c2"),
    (
        "V-05",
        LINE,
        "b",
        "downgrade d",
        "!d is no valid target for a downgrade",
        "",
    ),
    (
        "V-05",
        LINE,
        "",
        "downgrade a",
        "!a is no valid target for a downgrade",
        "",
    ),
    (
        "V-05",
        FORK,
        "d1",
        "downgrade c2",
        "!c2 is no valid target for a downgrade",
        "",
    ),
    ("V-06", FORK, "b", "upgrade d1", "c1 d1", "d1"),
    ("V-06", FORK, "a", "upgrade heads", "b c2 d2 c1 d1", "d1 d2"),
    ("V-06", FORK, "a", "upgrade head", "!there are several heads", ""),
    ("V-07", FORK, "d1, d2", "downgrade a", "d1 c1 d2 c2 b", "a"),
    ("V-07", FORK, "d1, d2", "downgrade base+2", "d1 c1 d2 c2", "b"),
    ("V-08", FORK, "d1, d2", "downgrade c2branch@base+2", "d2 c2", "d1"),
    ("V-08", FORK, "d1, d2", "downgrade c2branch@base+3", "d2", "c2 d1"),
    ("V-08", FORK, "d1, d2", "downgrade c1branch@-1", "d1", "c1 d2"),
    ("V-08", FORK, "d1, d2", "downgrade d2-1", "d2", "c2 d1"),
    ("V-08", FORK, "d2, d1", "downgrade d2-1", "d2", "c2 d1"),
    ("V-09", FORK, "d1, d2", "downgrade c1branch@b", "d1 c1", "d2"),
    ("V-09", FORK, "d1, d2", "downgrade c2@b", "d2 c2", "d1"),
    ("V-09", FORK, "d1, d2", "downgrade d1@b", "d1 c1", "d2"),
    ("V-09", FORK, "d1, d2", "downgrade c1branch@head-1", "d1", "c1 d2"),
    (
        "V-10",
        FORK,
        "d1, d2",
        "downgrade -1",
        "!-1 is ambiguous: the database is at d1, d2",
        "",
    ),
    ("V-11", FORK, "c1", "upgrade c2branch@+1", "c2", "c1 c2"),
    ("V-11", FORK, "c1, c2", "upgrade c2branch@+1", "d2", "c1 d2"),
    (
        "V-11",
        FORK,
        "c1, c2",
        "upgrade +1",
        "!+1 is ambiguous: the database is at c1, c2",
        "",
    ),
    ("V-11", FORK, "", "upgrade base+1", "a", "a"),
    ("V-11", FORK, "", "upgrade +1", "a", "a"),
    ("V-12", FORK, "b", "upgrade c2branch@head-1", "c2", "c2"),
    ("V-13", MERGE, "b", "upgrade f", "c2 d2 c1 d1 e f", "f"),
    ("V-13", MERGE, "f", "downgrade b", "f e d1 c1 d2 c2", "b"),
    ("V-13", MERGE, "f", "downgrade e", "f", "e"),
    ("V-13", MERGE, "e", "downgrade d1", "e", "d1 d2"),
    ("V-14", THREE, "d3, d2, b1", "upgrade d1", "c1 d1", "d1 d2 d3"),
    ("V-14", THREE, "d3, d2, d1", "downgrade b1", "d1 c1", "b1 d2 d3"),
    (
        "V-15",
        TWINS,
        "a",
        "upgrade heads",
        "b3 b2 b1 c2 d2 c1 d1",
        "d1 d2",
    ),
    (
        "V-15",
        TWINS,
        "d1, d2",
        "downgrade a",
        "d1 c1 d2 c2 b1 b2 b3",
        "a",
    ),
    ("V-16", ACROSS, "c2, d1", "downgrade d1-1", "d1", "c2"),
    ("V-16", ACROSS, "", "upgrade c2", "a1 b1 c1 a2 b2 c2", "c2"),
    ("V-16", ACROSS, "b1, b2", "stamp c2", "", "c2"),
    ("V-16", ACROSS, "d2", "stamp c1", "", "c1"),
    (
        "V-17",
        THREE_ROOTS,
        "amerge, bmerge, cmerge, d1",
        "downgrade b2",
        "bmerge",
        "amerge b1 cmerge d1",
    ),
    (
        "V-17",
        THREE_ROOTS,
        "amerge, b1, cmerge, d1",
        "downgrade d1@base",
        "d1",
        "amerge b1 b2 cmerge",
    ),
    ("V-18", CRISS_CROSS, "a3, b2", "downgrade b1", "b2", "a3"),
    ("V-19", OWN_PARENT, "", "upgrade head", "a b c", "c"),
    ("V-19", OWN_PARENT, "c", "downgrade base", "c b a", ""),
    ("V-19", REPEATED, "b4", "downgrade b3", "b4", "b3"),
    ("V-20", MERGED_NEED, "a1", "upgrade b1", "b1", "b1"),
    ("V-20", MERGED_NEED, "a1", "upgrade bmerge", "b1 bmerge", "bmerge"),
    ("V-20", MERGED_NEED, "bmerge", "downgrade a1", "bmerge", "b1"),
    ("V-20", MERGED_NEED, "bmerge", "downgrade b1", "bmerge", "b1"),
    ("V-21", BY_LABEL, "", "upgrade y", "a b x y", "y"),
    ("V-22", FOREST, "", "upgrade heads", "b1 b2 a1 a2", "a2 b2"),
    ("V-22", FOREST, "", "stamp heads", "", "a2 b2"),
    ("V-22", FOREST, "a2, b2", "stamp heads", "", "a2 b2"),
    ("V-23", LEANING, "d1, d2", "downgrade c2branch@b", "d2 c2", "d1"),
    (
        "V-23",
        LEANING,
        "d1, d2",
        "downgrade c1branch@b",
        "d1 d2 c1",
        "c2",
    ),
    ("V-24", FORK, "d1, c2", "stamp base", "", ""),
    ("V-24", FORK, "d1, c2", "stamp b", "", "b"),
    ("V-24", FORK, "d1, c2", "stamp c1branch@base", "", "c2"),
    ("V-24", FORK, "d1, c2", "stamp c2branch@head", "", "d1 d2"),
    ("V-24", FORK, "", "stamp d1 d2", "", "d1 d2"),
    (
        "V-24",
        FORK,
        "",
        "stamp c1 d1",
        "",
        "!c1, d1 cannot both be stamped",
    ),
    ("V-24", MERGE, "d1, c2", "stamp f", "", "f"),
    ("V-24", MERGE, "b", "stamp f", "", "f"),
    ("V-24", MERGE, "f", "stamp b", "", "b"),
];

#[test]
fn runs_take_the_scripts_and_leave_the_rows_of_the_table() {
    let mut failures = Vec::new();
    for (number, map, rows, command, path, after) in TABLE {
        let (found, behind) = run(&graph(map), rows, command);
        if !meets(&found, path) || !meets(&behind, after) {
            failures.push(format!(
                "{number} {command} at {rows:?}: {found:?} to {behind:?}, not {path:?} to {after:?}"
            ));
        }
    }
    assert_none(&failures);
}

#[test]
fn w_01_each_step_changes_the_rows_that_it_must() {
    // graph, rows, revision, change
    let up = [
        (LINE, "", "a", "Insert a"),
        (LINE, "a", "b", "Update a b"),
        (FORK, "b", "c1", "Update b c1"),
        (FORK, "c1", "c2", "Insert c2"),
        (MERGE, "d1, d2", "e", "Merge d1,d2 e"),
        (ACROSS, "b2, c1", "c2", "Merge b2,c1 c2"),
        (ACROSS, "b2, d1", "c2", "Update b2 c2"),
    ];
    let down = [
        (LINE, "a", "a", "Delete a"),
        (LINE, "b", "b", "Update b a"),
        (FORK, "c1, c2", "c2", "Delete c2"),
        (MERGE, "e", "e", "Unmerge e d1,d2"),
        (ACROSS, "c2", "c2", "Unmerge c2 b2,c1"),
        (ACROSS, "c2, d1", "d1", "Delete d1"),
    ];
    let mut failures = Vec::new();
    for (map, rows, revision, expected) in up {
        let step = graph(map).step_up(&ids(rows), &super::id(revision));
        check(&step, rows, expected, &mut failures);
    }
    for (map, rows, revision, expected) in down {
        let step = graph(map).step_down(&ids(rows), &super::id(revision));
        check(&step, rows, expected, &mut failures);
    }
    assert_none(&failures);
}

fn check(step: &autogen::script::HeadStep, rows: &str, expected: &str, failures: &mut Vec<String>) {
    use autogen::script::HeadStep::{Delete, Insert, Merge, Unmerge, Update};
    let many = |ids: &[autogen::script::RevisionId]| show(ids).replace(' ', ",");
    let found = match step {
        Insert(to) => format!("Insert {to}"),
        Delete(from) => format!("Delete {from}"),
        Update { from, to } => format!("Update {from} {to}"),
        Merge { from, to } => format!("Merge {} {to}", many(from)),
        Unmerge { from, to } => format!("Unmerge {from} {}", many(to)),
    };
    if found != expected {
        failures.push(format!("W-01 at {rows:?}: {found}, not {expected}"));
    }
}
