//! From the arguments to the verb's own function.

use super::{
    Outcome, apply, check, completions, diff, edit, ensure_version, fleet, init, inspect, listing, merge,
    plan, rebase, revision, squash, stamp, status, units,
};
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{Arguments, GlobalOptions, Verb},
    },
};

/// Does what the arguments ask for, for one database or for several.
///
/// # Errors
/// Whatever the verb's stages find wrong.
pub(crate) async fn run(terminal: &Terminal, arguments: Arguments) -> Result<Outcome> {
    let Arguments { global, verb } = arguments;
    match units::named(terminal, &global).await? {
        Some(units) => fleet::run(terminal, &global, &verb, units).await,
        None => one(terminal, &global, &verb).await,
    }
}

/// Does it for one.
///
/// # Errors
/// Whatever the verb's stages find wrong.
pub(super) async fn one(terminal: &Terminal, global: &GlobalOptions, verb: &Verb) -> Result<Outcome> {
    match verb {
        Verb::Init(arguments) => init::run(terminal, global, arguments),
        Verb::ListTemplates => init::list_templates(terminal),
        Verb::Revision(arguments) => revision::run(terminal, global, arguments).await,
        Verb::Upgrade(arguments) => apply::upgrade(terminal, global, arguments).await,
        Verb::Downgrade(arguments) => apply::downgrade(terminal, global, arguments).await,
        Verb::Check(arguments) => check::run(terminal, global, arguments).await,
        Verb::Diff(arguments) => diff::run(terminal, global, arguments).await,
        Verb::Inspect(arguments) => inspect::run(terminal, global, arguments).await,
        Verb::Current(arguments) => listing::current(terminal, global, arguments).await,
        Verb::History(arguments) => listing::history(terminal, global, arguments).await,
        Verb::Heads(arguments) => listing::heads(terminal, global, arguments).await,
        Verb::Branches(arguments) => listing::branches(terminal, global, arguments).await,
        Verb::Merge(arguments) => merge::run(terminal, global, arguments).await,
        Verb::Rebase(arguments) => rebase::run(terminal, global, arguments).await,
        Verb::Squash(arguments) => squash::run(terminal, global, arguments).await,
        Verb::Status(arguments) => status::run(terminal, global, arguments).await,
        Verb::Plan(arguments) => plan::run(terminal, global, arguments).await,
        Verb::Edit(arguments) => edit::run(terminal, global, arguments).await,
        Verb::EnsureVersion(arguments) => ensure_version::run(terminal, global, arguments).await,
        Verb::Show(arguments) => listing::show(terminal, global, arguments).await,
        Verb::Stamp(arguments) => stamp::run(terminal, global, arguments).await,
        Verb::Completions(arguments) => completions::run(terminal, arguments),
    }
}
