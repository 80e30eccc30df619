//! The list of scenarios in `docs/scenarios.md` says what there is, and all there is.

use std::collections::BTreeSet;

const LIST: &str = include_str!("../../docs/scenarios.md");
const TESTS: [&str; 12] = [
    include_str!("batch.rs"),
    include_str!("checks.rs"),
    include_str!("computed.rs"),
    include_str!("corners.rs"),
    include_str!("defaults.rs"),
    include_str!("filters.rs"),
    include_str!("foreign_keys.rs"),
    include_str!("indexes.rs"),
    include_str!("rendering.rs"),
    include_str!("runtime.rs"),
    include_str!("tables.rs"),
    include_str!("types.rs"),
];

/// How many numbers each letter has; of `E` only some belong here.
const NUMBERS: [(char, usize); 11] = [
    ('T', 22),
    ('S', 17),
    ('Y', 21),
    ('D', 14),
    ('I', 34),
    ('F', 6),
    ('K', 6),
    ('C', 3),
    ('P', 1),
    ('R', 7),
    ('B', 14),
];

#[test]
fn every_test_is_listed_and_every_listed_test_is_there() {
    let tests: BTreeSet<&str> = TESTS
        .iter()
        .flat_map(|text| text.split("#[test]\nfn ").skip(1))
        .filter_map(|rest| rest.split_once('(').map(|(name, _)| name))
        .collect();
    let listed: BTreeSet<&str> = LIST
        .lines()
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|name| name.as_bytes().get(1) == Some(&b'_') && name.len() > 5)
        .collect();
    assert_eq!(tests, listed);
}

#[test]
fn every_number_has_its_tests_or_a_reason() {
    for (letter, last) in NUMBERS {
        for number in 1..=last {
            let name = format!("{letter}-{number:02}");
            let line = LIST
                .lines()
                .find(|line| line.starts_with(&format!("| {name} | ")));
            let line = line.unwrap_or_else(|| panic!("{name} is not listed"));
            let prefix = format!("`{}_{number:02}_", letter.to_ascii_lowercase());
            assert!(
                line.contains(&prefix) || line.contains("not applicable to SQLite: "),
                "{name}: {line}"
            );
        }
    }
}
