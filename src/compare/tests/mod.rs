//! Whole comparisons, by what a user sees. A number such as T-01 is that of an acceptance scenario.

mod columns;
mod constraints;
mod indexes;
mod objects;
mod order;
mod properties;
mod renames;
mod tables;
mod types;

use super::testing::{Strict, compared, compared_with, summaries};
use super::{CompareOptions, Comparison};

/// What SQLite would have to do, one line for each directive.
fn changes(live: &str, target: &str) -> Vec<String> {
    summaries(&compared(live, target).upgrade)
}

/// What a strict engine would have to do, one line for each directive.
fn strict_changes(live: &str, target: &str) -> Vec<String> {
    summaries(&strict(live, target).upgrade)
}

fn strict(live: &str, target: &str) -> Comparison {
    compared_with(live, target, &Strict, &CompareOptions::default())
}

const NOTHING: [&str; 0] = [];
