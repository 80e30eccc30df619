//! The command line: what the arguments mean, how output looks, who is asked. What is done is in `command`.

pub(crate) mod arguments;
mod captured;
mod draw;
mod progress;
mod prompt;
mod run;
pub(crate) mod terminal;

pub(crate) use captured::Piece;
pub(crate) use progress::Work;

pub use run::{run, run_with};
pub(crate) use terminal::{Terminal, Volume};
