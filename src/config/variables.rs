//! Variables from outside: a name goes in, its value comes out, from the process, a `.env` file or wherever the caller
//! says. Also replaces `${NAME}` in a text.

#[cfg(feature = "connect")]
use std::fs;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

#[cfg(feature = "connect")]
use crate::{Error, ErrorKind, Result};

/// A variable's value by its name.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where variables such as `DATABASE_URL` come from: a lookup, and behind it a `.env` file.
#[derive(Clone)]
pub struct Variables {
    lookup: Arc<Lookup>,
    dotenv: Option<DotEnv>,
}

/// A `.env` file that was read.
#[derive(Clone)]
struct DotEnv {
    path: PathBuf,
    values: BTreeMap<String, String>,
    /// Lines that cannot be parsed. Such a file may be meant for other programs, so this is an error only when
    /// something is missing.
    skipped: Vec<usize>,
}

impl Variables {
    /// No variables.
    pub fn empty() -> Self {
        Self::from_lookup(|_| None)
    }

    /// The environment of this process. (A variable that is not UTF-8 counts as not set.)
    pub fn process() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Variables from a function.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self {
            lookup: Arc::new(lookup),
            dotenv: None,
        }
    }

    /// Puts other values before those that are there: those of `-x`.
    #[must_use]
    pub fn with_values<'v>(mut self, values: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        let values: BTreeMap<String, String> = values
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let behind = self.lookup;
        self.lookup = Arc::new(move |name| values.get(name).cloned().or_else(|| behind(name)));
        self
    }

    /// Adds the variables of the `.env` file in the first of `folders` that has one, behind those that are already
    /// there. The file is only read: no variable of the process is set. (References inside the file, such as `A=${B}`, do
    /// look at the process.)
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the file is there and cannot be read. Lines that are no assignments are skipped.
    #[cfg(feature = "connect")]
    pub fn with_dotenv<P: AsRef<Path>>(mut self, folders: impl IntoIterator<Item = P>) -> Result<Self> {
        for folder in folders {
            let path = folder.as_ref().join(".env");
            if !path.is_file() {
                continue;
            }
            let bytes = fs::read(&path).map_err(|error| {
                Error::new(ErrorKind::Config, format!("{}: cannot be read", path.display())).because(error)
            })?;
            self.dotenv = Some(DotEnv::parse(path, &bytes));
            break;
        }
        Ok(self)
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<String> {
        self.given(name)
            .or_else(|| self.in_dotenv(name).map(|(value, _)| value.to_owned()))
    }

    /// The value of a variable, without the `.env` file.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    /// The value of a variable in the `.env` file, and the path of that file.
    pub(super) fn in_dotenv(&self, name: &str) -> Option<(&str, &Path)> {
        let dotenv = self.dotenv.as_ref()?;
        Some((dotenv.values.get(name)?, &dotenv.path))
    }

    /// Advice for an error about something missing: that it may stand in a line of `.env` that could not be read.
    pub(super) fn advice(&self) -> Option<String> {
        let dotenv = self.dotenv.as_ref()?;
        let line = dotenv.skipped.first()?;
        Some(format!(
            "{}:{line} is no assignment and was skipped",
            dotenv.path.display()
        ))
    }

    /// Replaces `${NAME}` by the value of that variable and `$$` by `$`. A `$` before anything else is a `$`.
    pub(super) fn expand(&self, text: &str) -> Result<String, Unexpandable> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            expanded.push_str(&rest[..dollar]);
            let after = &rest[dollar + 1..];
            rest = if let Some(after) = after.strip_prefix('$') {
                expanded.push('$');
                after
            } else if let Some(after) = after.strip_prefix('{') {
                let Some((name, after)) = after.split_once('}') else {
                    return Err(Unexpandable::NotClosed);
                };
                if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    return Err(Unexpandable::NoName(name.to_owned()));
                }
                match self.get(name) {
                    Some(value) => expanded.push_str(&value),
                    None => return Err(Unexpandable::NotSet(name.to_owned())),
                }
                after
            } else {
                expanded.push('$');
                after
            };
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

impl fmt::Debug for Variables {
    /// Shows no values: they may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables")
            .field("dotenv", &self.dotenv.as_ref().map(|dotenv| &dotenv.path))
            .finish_non_exhaustive()
    }
}

/// Why a text cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unexpandable {
    /// The variable is not set.
    NotSet(String),
    /// What stands between the braces is no name.
    NoName(String),
    /// `${` without `}`.
    NotClosed,
}

#[cfg(feature = "connect")]
impl DotEnv {
    fn parse(path: PathBuf, bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        let mut values = BTreeMap::new();
        let mut skipped = Vec::new();
        for item in dotenvy::from_read_iter(bytes) {
            match item {
                // The first assignment wins, as in dotenvy.
                Ok((name, value)) => {
                    values.entry(name).or_insert(value);
                }
                // Never the line itself: it may hold a password.
                Err(dotenvy::Error::LineParse(line, _)) => {
                    let found = text.find(line.trim_end()).unwrap_or(0);
                    skipped.push(text[..found].matches('\n').count() + 1);
                }
                Err(_) => break,
            }
        }
        Self {
            path,
            values,
            skipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Variables {
        Variables::from_lookup(|name| match name {
            "USER" => Some("anna".into()),
            "EMPTY" => Some(String::new()),
            "DOLLAR" => Some("${USER}$$".into()),
            _ => None,
        })
    }

    #[test]
    fn variables_are_replaced_once() {
        let environment = environment();
        assert_eq!(environment.expand("a ${USER}${EMPTY}!").unwrap(), "a anna!");
        assert_eq!(environment.expand("${DOLLAR}").unwrap(), "${USER}$$");
        assert_eq!(
            environment.expand("$$ $5 $ $${USER} $").unwrap(),
            "$ $5 $ ${USER} $"
        );
        assert_eq!(environment.expand("").unwrap(), "");
    }

    #[test]
    fn what_cannot_be_replaced_says_why() {
        let environment = environment();
        assert_eq!(
            environment.expand("${NO}"),
            Err(Unexpandable::NotSet("NO".into()))
        );
        assert_eq!(
            environment.expand("${}"),
            Err(Unexpandable::NoName(String::new()))
        );
        assert_eq!(
            environment.expand("${A:-b}"),
            Err(Unexpandable::NoName("A:-b".into()))
        );
        assert_eq!(environment.expand("x ${USER"), Err(Unexpandable::NotClosed));
    }

    #[cfg(feature = "connect")]
    #[test]
    fn a_dotenv_file_stands_behind_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let empty = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(".env"),
            "# c\nUSER=bob\nexport ONLY='in file'\n",
        )
        .unwrap();
        let environment = environment().with_dotenv([empty.path(), folder.path()]).unwrap();
        assert_eq!(environment.get("USER").unwrap(), "anna");
        assert_eq!(environment.get("ONLY").unwrap(), "in file");
        assert_eq!(environment.get("NO"), None);
        assert_eq!(environment.advice(), None);
        assert!(std::env::var("ONLY").is_err());
    }

    #[cfg(feature = "connect")]
    #[test]
    fn a_broken_line_of_a_dotenv_file_is_skipped_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "A=1\n\nthis is s3cret no line\nB=2\n").unwrap();
        let environment = Variables::empty().with_dotenv([folder.path()]).unwrap();
        assert_eq!(environment.get("B").unwrap(), "2");
        let advice = environment.advice().unwrap();
        assert!(advice.contains(".env:3 "), "{advice}");
        assert!(!advice.contains("s3cret"));
    }

    #[cfg(feature = "connect")]
    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "\u{feff}A=1\n").unwrap();
        let environment = Variables::empty().with_dotenv([folder.path()]).unwrap();
        assert_eq!(environment.get("A").unwrap(), "1");
    }
}
