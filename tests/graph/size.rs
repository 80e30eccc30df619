//! G-13, and how the cost grows.

use super::{ids, show};
use autogen::script::{Graph, Header, RevisionId};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A history such as a project of many hands has: branches that part and join, and dependencies between them.
fn history(length: usize) -> Vec<Header> {
    let id = |n: usize| RevisionId::new(format!("rev{n:05}")).expect("an id");
    (0..length)
        .map(|n| {
            let mut header = Header::new(id(n));
            if n > 0 {
                header.revises = match n % 7 {
                    0 if n > 3 => vec![id(n - 1), id(n - 3)],
                    3 => vec![id(n - 2)],
                    _ => vec![id(n - 1)],
                };
                header.revises.dedup();
            }
            if n % 11 == 0 && n > 20 {
                header.depends_on = vec![id(n - 20).as_str().to_owned()];
            }
            header
        })
        .collect()
}

#[test]
fn g_13_a_large_map_is_walked_wholly_and_in_a_valid_order() {
    for length in [40, 700] {
        let headers = history(length);
        let graph = Graph::new(&headers).expect("a graph");
        let path = graph.upgrade("heads", &[]).expect("a way");
        assert_eq!(path.len(), length);
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for revision in &path {
            for needed in graph.parents(revision).chain(graph.dependencies(revision)) {
                assert!(seen.contains(needed), "{needed} comes before {revision}");
            }
            seen.insert(revision.clone());
            rows = graph.step_up(&rows, revision).after(&rows);
        }
        let mut heads = show(graph.real_heads());
        let mut words: Vec<&str> = heads.split(' ').collect();
        words.sort_unstable();
        heads = words.join(" ");
        assert_eq!(show(&rows), heads);
        let mut back = graph.downgrade("base", &rows).expect("a way");
        for revision in &back {
            assert!(rows.contains(revision), "{revision} has a row when it goes");
            rows = graph.step_down(&rows, revision).after(&rows);
        }
        assert!(rows.is_empty());
        back.reverse();
        assert_eq!(back, path);
    }
}

#[test]
fn five_thousand_scripts_cost_no_time_to_speak_of() {
    let headers = history(5_000);
    let began = Instant::now();
    let graph = Graph::new(&headers).expect("a graph");
    assert_eq!(graph.upgrade("heads", &[]).expect("a way").len(), 5_000);
    assert!(!graph.heads().is_empty());
    assert!(graph.upgrade("heads", &ids("rev04990")).is_ok());
    // What is quadratic takes seconds here, in a build without optimisation.
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}
