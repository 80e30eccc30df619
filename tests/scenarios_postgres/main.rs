//! Acceptance scenarios on real PostgreSQL servers, each test named after its number in `docs/scenarios.md`.
//!
//! Each runs on one of the versions there are (on all with `AUTOGEN_TEST_EVERY_SERVER` set) and goes the whole way with the program itself: load what is before and its rows, write the script, apply it, check, let `pg_dump`
//! compare the result with a database made from the target, take it back, let `pg_dump` compare again, apply it once more.
#![cfg(feature = "postgres")]

mod checks;
mod corners;
mod defaults;
mod enums;
mod filters;
mod foreign_keys;
mod harness;
mod indexes;
mod keys;
mod objects;
mod partitions;
mod rendering;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod transactions;
mod types;
