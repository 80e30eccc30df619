//! What a program adds to autogen: directives, rewriters, comparators, filters and object kinds of its own, each through the whole flow.
#![cfg(feature = "cli")]

mod comparing;
mod custom;
mod examples;
mod objects;
#[cfg(feature = "postgres")]
mod postgres;
mod project;
mod rewriting;
#[cfg(feature = "postgres")]
#[path = "../support/server.rs"]
mod server;
