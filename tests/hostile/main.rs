//! Bad input and bad luck, on the whole program: each ends with a clear error and the right exit code, and nothing is changed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod config;
mod crashes;
mod databases;
mod mysql;
mod mysql_names;
mod names;
mod postgres;
mod postgres_target;
#[path = "../support/program.rs"]
mod program;
mod refusal;
mod scripts;
#[path = "../support/server.rs"]
mod server;
mod targets;
