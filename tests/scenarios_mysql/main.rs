//! Acceptance scenarios on real servers of MySQL and MariaDB, each test named after its number in `docs/scenarios.md`.
//!
//! Each runs on one of the two (on both with `AUTOGEN_TEST_EVERY_SERVER` set) and goes the whole way with the program itself: load what
//! is before and its rows, write the script, apply it, check, let `mysqldump` compare the result with a database made from the target,
//! take it back, let `mysqldump` compare again, apply it once more.
#![cfg(feature = "mysql")]

mod checks;
mod corners;
mod defaults;
mod filters;
mod foreign_keys;
mod harness;
mod indexes;
mod keys;
mod literals;
mod objects;
mod online;
mod partitions;
mod project;
mod rendering;
mod round_trip;
mod runtime;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod types;
