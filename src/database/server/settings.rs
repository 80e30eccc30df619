//! Values out of the URL or the environment that say how to connect: each keeps where it was found, so that a wrong one is told with its
//! place. Which there are, their drivers know.

use std::env;

use crate::{Error, ErrorKind, Result, nearest::nearest};

/// A value and where it was found, for messages.
pub(in crate::database) struct Found {
    pub(in crate::database) value: String,
    pub(in crate::database) place: String,
}

impl Found {
    /// That of a parameter in the URL.
    pub(in crate::database) fn in_url(name: &str, value: &str) -> Self {
        Self {
            value: value.to_owned(),
            place: format!("the parameter `{name}` in the URL"),
        }
    }

    /// That of a variable, unless it is empty.
    pub(in crate::database) fn in_environment(variable: &str) -> Option<Self> {
        let value = env::var(variable).ok().filter(|value| !value.is_empty())?;
        Some(Self {
            value,
            place: variable.to_owned(),
        })
    }

    /// The error of a value that is none of the `allowed`.
    pub(in crate::database) fn bad(&self, allowed: &str) -> Error {
        Error::new(
            ErrorKind::Usage,
            format!("`{}` is no value of {}", self.value, self.place),
        )
        .hint(format!("it is {allowed}"))
    }

    /// What one of these words stands for; `given` is the value as the words are written.
    ///
    /// # Errors
    /// When it is none of them.
    pub(in crate::database) fn choose<T: Copy>(&self, given: &str, words: &[(&str, T)]) -> Result<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            return Ok(*value);
        }
        let names: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let error = self.bad(&format!("one of {}", names.join(", ")));
        Err(match nearest(given, words.iter().map(|(word, _)| *word)) {
            Some(word) => error.hint(format!("did you mean `{word}`?")),
            None => error,
        })
    }

    /// A port.
    ///
    /// # Errors
    /// When it is none.
    pub(in crate::database) fn port(&self) -> Result<u16> {
        match self.value.trim().parse() {
            Ok(0) | Err(_) => Err(self.bad("a number from 1 to 65535")),
            Ok(port) => Ok(port),
        }
    }
}
