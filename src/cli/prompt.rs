//! Questions to whoever sits at the terminal.

use inquire::{Confirm, InquireError, ui::RenderConfig};

use crate::{Error, ErrorKind, Result};

/// Whether questions have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// They have.
    Shown,
    /// They have none.
    Hidden,
}

/// Asks a question that is answered by yes or no; `None` when it is passed over with Escape.
///
/// # Errors
/// [`ErrorKind::Interrupted`] when Ctrl-C is pressed instead, [`ErrorKind::Io`] when the terminal is gone.
pub(super) fn ask(question: &str, help: &str, colours: Colours) -> Result<Option<bool>> {
    let looks = match colours {
        Colours::Shown => RenderConfig::default_colored(),
        Colours::Hidden => RenderConfig::empty(),
    };
    let question = Confirm::new(question)
        .with_help_message(help)
        .with_render_config(looks);
    match question.prompt_skippable() {
        Ok(answer) => Ok(answer),
        Err(InquireError::OperationInterrupted) => Err(Error::new(
            ErrorKind::Interrupted,
            "interrupted, nothing was changed",
        )),
        Err(error) => Err(Error::new(ErrorKind::Io, "the terminal cannot be asked").because(error)),
    }
}
