//! What `-x KEY=VALUE` says.

use std::collections::BTreeMap;

use crate::{Error, ErrorKind, Result};

/// Arguments for the program's own use, from `-x KEY=VALUE`. In `autogen.toml` `${KEY}` stands for them too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<String, String>);

impl Given {
    /// Reads `key=value` texts; a key alone has an empty value, and of two the later counts.
    ///
    /// # Errors
    /// When a key is empty.
    pub fn parse(texts: &[String]) -> Result<Self> {
        let mut given = BTreeMap::new();
        for text in texts {
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            if key.trim().is_empty() {
                return Err(Error::new(ErrorKind::Usage, format!("`-x {text}` has no key"))
                    .hint("write `-x KEY=VALUE`"));
            }
            given.insert(key.trim().to_owned(), value.to_owned());
        }
        Ok(Self(given))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All, by their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_values() {
        let texts = ["a=1".to_owned(), "b".to_owned(), "a=x=y".to_owned()];
        let given = Given::parse(&texts).expect("keys");
        assert_eq!(given.iter().collect::<Vec<_>>(), [("a", "x=y"), ("b", "")]);
        assert!(Given::parse(&["=1".to_owned()]).is_err());
    }
}
