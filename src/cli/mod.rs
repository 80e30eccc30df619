//! The command line: what the arguments mean, how output looks, who is asked. What is done is in `command`.

pub(crate) mod arguments;
mod draw;
mod progress;
mod prompt;
mod run;
pub(crate) mod terminal;

pub(crate) use progress::Work;

pub use run::run;
pub(crate) use terminal::{Terminal, Volume};
