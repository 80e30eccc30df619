//! Hooks: command lines that run around scripts. Plain values; they are run elsewhere.

use std::path::PathBuf;

/// The command lines of a project, by when they run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// `after_write`: after a script was written, before its path is printed.
    pub after_write: Vec<HookCommand>,
    /// `before_apply`: before a script is applied or taken back, outside of its transaction.
    pub before_apply: Vec<HookCommand>,
    /// `after_apply`: after a script was applied or taken back, and committed.
    pub after_apply: Vec<HookCommand>,
}

/// A command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookCommand {
    /// The name in messages.
    pub name: String,
    /// The program and its arguments, with `{script}`, `{revision}` and `{direction}` not replaced yet.
    pub run: Vec<String>,
    /// Where it runs; without it, in the folder of the settings.
    pub cwd: Option<PathBuf>,
}
