//! The list of scenarios in `docs/scenarios.md` says what there is, and all there is.

use std::collections::BTreeSet;

const LIST: &str = include_str!("../../docs/scenarios.md");
const SQLITE: Engine = Engine {
    name: "SQLite",
    column: 1,
    tests: &[
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
    ],
};
const POSTGRES: Engine = Engine {
    name: "PostgreSQL",
    column: 2,
    tests: &[
        include_str!("../hostile/postgres/running.rs"),
        include_str!("../hostile/postgres/segments.rs"),
        include_str!("../scenarios_postgres/checks.rs"),
        include_str!("../scenarios_postgres/corners.rs"),
        include_str!("../scenarios_postgres/defaults.rs"),
        include_str!("../scenarios_postgres/enums.rs"),
        include_str!("../scenarios_postgres/filters.rs"),
        include_str!("../scenarios_postgres/foreign_keys.rs"),
        include_str!("../scenarios_postgres/indexes.rs"),
        include_str!("../scenarios_postgres/keys.rs"),
        include_str!("../scenarios_postgres/objects.rs"),
        include_str!("../scenarios_postgres/partitions.rs"),
        include_str!("../scenarios_postgres/rendering.rs"),
        include_str!("../scenarios_postgres/tables.rs"),
        include_str!("../scenarios_postgres/transactions.rs"),
        include_str!("../scenarios_postgres/types.rs"),
    ],
};

const MYSQL: Engine = Engine {
    name: "MySQL and MariaDB",
    column: 3,
    tests: &[
        include_str!("../scenarios_mysql/checks.rs"),
        include_str!("../scenarios_mysql/corners.rs"),
        include_str!("../scenarios_mysql/defaults.rs"),
        include_str!("../scenarios_mysql/filters.rs"),
        include_str!("../scenarios_mysql/foreign_keys.rs"),
        include_str!("../scenarios_mysql/indexes.rs"),
        include_str!("../scenarios_mysql/keys.rs"),
        include_str!("../scenarios_mysql/objects.rs"),
        include_str!("../scenarios_mysql/partitions.rs"),
        include_str!("../scenarios_mysql/rendering.rs"),
        include_str!("../scenarios_mysql/runtime.rs"),
        include_str!("../scenarios_mysql/tables.rs"),
        include_str!("../scenarios_mysql/types.rs"),
    ],
};

/// How many numbers each letter has; of `E` only some belong here.
const NUMBERS: [(char, usize); 14] = [
    ('T', 22),
    ('S', 17),
    ('Y', 21),
    ('D', 14),
    ('I', 34),
    ('F', 6),
    ('K', 6),
    ('C', 3),
    ('N', 1),
    ('M', 1),
    ('A', 1),
    ('P', 1),
    ('R', 7),
    ('B', 14),
];

/// The tests of an engine and where they are listed.
struct Engine {
    name: &'static str,
    column: usize,
    tests: &'static [&'static str],
}

impl Engine {
    /// The tests that are named after a number.
    fn tests(&self) -> BTreeSet<&'static str> {
        self.tests
            .iter()
            .flat_map(|text| text.split("#[test]\nfn ").skip(1))
            .filter_map(|rest| rest.split_once('(').map(|(name, _)| name))
            .filter(|name| !numbers(name).is_empty())
            .collect()
    }

    /// Each number with its tests, or the reason why there is none.
    fn listed(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = LIST.lines().filter_map(|line| line.strip_prefix("| "));
        let cells = lines.map(|line| line.trim_end_matches(" |").split(" | ").collect::<Vec<_>>());
        cells
            .filter(|cells| cells[0].contains(|c: char| c.is_ascii_digit()))
            .map(|cells| (cells[0], cells[self.column]))
    }
}

/// The names of tests in a cell.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| !numbers(name).is_empty())
}

/// The numbers that a test is named after: `k_02_to_05_...` and `i_22_and_25_...` have several.
fn numbers(test: &str) -> Vec<String> {
    let mut words = test.split('_');
    let letter = words.next().filter(|letter| letter.len() == 1);
    let number = |word: Option<&str>| {
        word.filter(|w| w.len() == 2)
            .and_then(|w| w.parse::<usize>().ok())
    };
    let (Some(letter), Some(first)) = (letter, number(words.next())) else {
        return Vec::new();
    };
    let mut found = vec![first];
    while let Some(word) = words.next() {
        let last = found[found.len() - 1];
        match (word, number(words.next())) {
            ("to", Some(end)) => found.extend(last + 1..=end),
            ("and", Some(other)) => found.push(other),
            _ => break,
        }
    }
    let name = |number| format!("{}-{number:02}", letter.to_ascii_uppercase());
    found.into_iter().map(name).collect()
}

#[test]
fn every_test_is_listed_and_every_listed_test_is_there() {
    for engine in [SQLITE, POSTGRES, MYSQL] {
        let listed: BTreeSet<&str> = engine.listed().flat_map(|(_, cell)| named(cell)).collect();
        assert_eq!(engine.tests(), listed, "{}", engine.name);
        for test in engine.tests() {
            for number in numbers(test) {
                let mut lines = engine.listed().filter(|(name, _)| *name == number);
                let here = lines.any(|(_, cell)| named(cell).any(|name| name == test));
                assert!(here, "{}: {test} is not at {number}", engine.name);
            }
        }
    }
}

#[test]
fn every_number_has_its_tests_or_a_reason() {
    for engine in [SQLITE, POSTGRES, MYSQL] {
        for (letter, last) in NUMBERS {
            for number in 1..=last {
                let name = format!("{letter}-{number:02}");
                let line = engine.listed().find(|(listed, _)| *listed == name);
                let (_, cell) = line.unwrap_or_else(|| panic!("{name} is not listed"));
                let has_test = named(cell).any(|test| numbers(test).contains(&name));
                let has_reason = ["not applicable: ", "not yet: "]
                    .iter()
                    .any(|reason| cell.contains(reason));
                assert!(has_test || has_reason, "{} {name}: {cell}", engine.name);
            }
        }
    }
}
