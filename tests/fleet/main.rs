//! One command for many: replicas that start at once, tenants, several databases, and what runs around scripts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod databases;
mod hooks;
mod naming;
#[path = "../support/program.rs"]
mod program;
mod replicas;
#[path = "../support/server.rs"]
mod server;
mod tenants;
mod transactions;
