//! Callbacks of a comparison: what counts as a difference of types, and what is compared at all.
//!
//! `cd examples/compare_callback; cargo run --example compare_callback -- upgrade head`, then `check`: it is in step, where plain autogen finds
//! differences.
//!
//! This program takes all integer types for one, and leaves alone whatever another team keeps in tables that begin with `legacy_`.

use autogen::Environment;
use autogen::extend::{Extensions, SchemaPart, Verdict};
use std::process::ExitCode;

/// The callbacks.
pub(crate) fn extensions() -> Extensions {
    Extensions::new()
        .compare_type(|sides| {
            let is_integer = sides
                .columns
                .map(|column| column.ty.to_lowercase().contains("int"));
            if is_integer.live && is_integer.target {
                Verdict::Same
            } else {
                Verdict::Default
            }
        })
        .include_object(|considered| match considered.part() {
            Some(SchemaPart::Table(table)) => !table.name.name.starts_with("legacy_"),
            _ => true,
        })
}

/// What this program adds to the command line.
pub(crate) fn environment() -> Environment {
    Environment::new().extensions(extensions())
}

fn main() -> ExitCode {
    autogen::cli::run(environment())
}
