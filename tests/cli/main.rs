//! The program from outside: arguments in, output and exit codes out, on real files and databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod flow;
mod help;
mod processes;
#[path = "../support/program.rs"]
mod program;
mod prompt;
mod refused;
