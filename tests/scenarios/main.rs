//! Acceptance scenarios on real SQLite databases, each test named after its number in `docs/scenarios.md`.
#![cfg(feature = "sqlite")]

mod batch;
mod checks;
mod computed;
mod corners;
mod defaults;
mod filters;
mod foreign_keys;
mod harness;
mod indexes;
mod list;
mod project;
mod rendering;
mod rows;
mod runtime;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod types;
