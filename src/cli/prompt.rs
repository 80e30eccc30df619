//! Questions to whoever sits at the terminal.

use inquire::{Confirm, InquireError};

use crate::{Error, ErrorKind, Result};

/// Asks a question that is answered by yes or no; `None` when it is passed over with Escape.
///
/// # Errors
/// [`ErrorKind::Interrupted`] when Ctrl-C is pressed instead, [`ErrorKind::Io`] when the terminal is gone.
pub(crate) fn ask(question: &str, help: &str) -> Result<Option<bool>> {
    match Confirm::new(question).with_help_message(help).prompt_skippable() {
        Ok(answer) => Ok(answer),
        Err(InquireError::OperationInterrupted) => Err(Error::new(
            ErrorKind::Interrupted,
            "interrupted, nothing was changed",
        )),
        Err(error) => Err(Error::new(ErrorKind::Io, "the terminal cannot be asked").because(error)),
    }
}
