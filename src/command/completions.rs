//! `autogen completions`: the script that completes words in a shell.

use super::Outcome;
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{self, Completions},
    },
};

pub(super) fn run(terminal: &Terminal, arguments: &Completions) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut arguments::command(), "autogen", &mut script);
    terminal.plain_data(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}
