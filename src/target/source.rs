//! What a schema can be read from: a text comes in, a [`Source`] comes out.
//!
//! Nothing is opened or looked for here, so that a source can be named before it exists. Files are found by
//! [`super::files`].

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::{DatabaseUrl, Error, ErrorKind, Result, database::redact, nearest::nearest};

/// Something that a schema can be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A database, as it is now.
    Database(DatabaseUrl),
    /// SQL text: files that end in `.sql`, folders of such files, and glob patterns (`schema/*.sql`), in this order.
    Sql(Vec<PathBuf>),
    /// The migration scripts, replayed up to a revision, or up to the last one.
    Migrations(Option<String>),
}

/// The word for the migration scripts.
const MIGRATIONS: &str = "migrations";

/// Sources that are known by name and come later.
const PLANNED: [(&str, &str); 2] = [("diesel", "Diesel schemas"), ("sea-orm", "SeaORM entities")];

impl Source {
    /// Reads the name of a source: a database URL, a `.sql` file, a folder, a glob pattern, `migrations` or `migrations@REV`.
    ///
    /// A relative path is looked for in `base`, which is the folder of `autogen.toml`, or empty for a path from the command
    /// line. A folder that is itself called `migrations` is written `./migrations`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the text names none of these. Whether a file exists is seen when it is read.
    pub fn parse(text: &str, base: &Path) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(usage("the source is empty").hint(what_a_source_is()));
        }
        if text == MIGRATIONS {
            return Ok(Self::Migrations(None));
        }
        if let Some(revision) = text
            .strip_prefix(MIGRATIONS)
            .and_then(|rest| rest.strip_prefix('@'))
        {
            return match revision.trim() {
                "" => Err(usage(format!("`{text}` names no revision"))
                    .hint("write a revision or the beginning of one: `migrations@3f9c1d`")),
                revision => Ok(Self::Migrations(Some(revision.to_owned()))),
            };
        }
        if DatabaseUrl::is_url(text) {
            return DatabaseUrl::parse(text, base).map(Self::Database);
        }
        match text.split_once(':') {
            Some((scheme, _)) if let Some((_, what)) = PLANNED.iter().find(|(known, _)| *known == scheme) => {
                Err(
                    usage(format!("`{scheme}:` is not supported yet: {what} cannot be read"))
                        .hint(what_a_source_is()),
                )
            }
            Some((_, rest)) if rest.starts_with("//") => match DatabaseUrl::parse(text, base) {
                Ok(url) => Ok(Self::Database(url)),
                Err(error) => Err(error.hint(what_a_source_is())),
            },
            Some((scheme, _)) if is_word(scheme) => {
                let error = usage(format!(
                    "unknown kind of source `{scheme}:` in `{}`",
                    redact(text)
                ));
                let known = [
                    "sqlite",
                    "postgres",
                    "postgresql",
                    "mysql",
                    "mariadb",
                    "diesel",
                    "sea-orm",
                ];
                Err(match nearest(scheme, known) {
                    Some(known) => error.hint(format!("did you mean `{known}:`?")),
                    None => error,
                }
                .hint(what_a_source_is()))
            }
            Some(_) | None => Ok(Self::Sql(vec![in_folder(base, text)])),
        }
    }

    /// Reads a list of sources that together are one target: any number of files, folders and patterns, or one source of
    /// another kind. An empty list is an empty schema.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); also [`ErrorKind::Usage`] when a database or the scripts stand beside something else.
    pub fn parse_list<T: AsRef<str>>(texts: &[T], base: &Path) -> Result<Self> {
        if let [only] = texts {
            return Self::parse(only.as_ref(), base);
        }
        let mut patterns = Vec::with_capacity(texts.len());
        for text in texts {
            match Self::parse(text.as_ref(), base)? {
                Self::Sql(paths) => patterns.extend(paths),
                other => {
                    return Err(usage(format!("`{other}` cannot be combined with another source"))
                        .hint("a target is a list of SQL files, folders and patterns, or one source of another kind"));
                }
            }
        }
        Ok(Self::Sql(patterns))
    }
}

impl fmt::Display for Source {
    /// As it is written, without passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(url) => write!(f, "{url}"),
            Self::Sql(patterns) => {
                for (n, pattern) in patterns.iter().enumerate() {
                    let comma = if n == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", pattern.display())?;
                }
                Ok(())
            }
            Self::Migrations(None) => f.write_str(MIGRATIONS),
            Self::Migrations(Some(revision)) => write!(f, "{MIGRATIONS}@{revision}"),
        }
    }
}

/// The path as the user would write it from where `base` was named.
fn in_folder(base: &Path, text: &str) -> PathBuf {
    if base.as_os_str().is_empty() || base == Path::new(".") {
        PathBuf::from(text)
    } else {
        base.join(text)
    }
}

/// Whether this looks like the name of a scheme and not like a path or a drive.
fn is_word(scheme: &str) -> bool {
    scheme.len() > 1
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+'))
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// What may be written as a source.
pub(super) fn what_a_source_is() -> &'static str {
    "a source is a `.sql` file, a folder of them, a pattern (`schema/*.sql`), a database URL (`sqlite://app.db`), \
     `migrations` or `migrations@REVISION`"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Source {
        Source::parse(text, Path::new("")).unwrap()
    }

    fn sql(paths: &[&str]) -> Source {
        Source::Sql(paths.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn files_folders_and_patterns_are_sql() {
        for text in [
            "schema.sql",
            "schema",
            "schema/*.sql",
            "./migrations",
            "migrations/",
            "C:\\a.sql",
            "a b.sql",
        ] {
            assert_eq!(parse(text), sql(&[text]));
        }
        let source = Source::parse("schema.sql", Path::new("/project")).unwrap();
        assert_eq!(source, sql(&["/project/schema.sql"]));
        let source = Source::parse("schema.sql", Path::new(".")).unwrap();
        assert_eq!(source, sql(&["schema.sql"]));
    }

    #[test]
    fn urls_are_databases() {
        for text in [
            "sqlite://app.db",
            "sqlite::memory:",
            "postgres://localhost/shop",
            "SQLITE:app.db",
        ] {
            assert!(matches!(parse(text), Source::Database(_)), "{text}");
        }
    }

    #[test]
    fn the_scripts_are_named_by_a_word() {
        assert_eq!(parse("migrations"), Source::Migrations(None));
        assert_eq!(
            parse(" migrations@3f9c "),
            Source::Migrations(Some("3f9c".to_owned()))
        );
        let error = Source::parse("migrations@", Path::new("")).unwrap_err();
        assert_eq!(error.message(), "`migrations@` names no revision");
    }

    #[test]
    fn what_is_no_source_says_what_one_is() {
        for (text, message) in [
            ("", "the source is empty"),
            (
                "diesel:src/schema.rs",
                "`diesel:` is not supported yet: Diesel schemas cannot be read",
            ),
            (
                "sea-orm:entity",
                "`sea-orm:` is not supported yet: SeaORM entities cannot be read",
            ),
            ("mongodb://localhost", "unknown database scheme `mongodb`"),
            (
                "disel:src/schema.rs",
                "unknown kind of source `disel:` in `disel:src/schema.rs`",
            ),
        ] {
            let error = Source::parse(text, Path::new("")).unwrap_err();
            assert_eq!(error.message(), message);
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(
                error.hints().iter().any(|hint| hint.contains("a `.sql` file")),
                "{text}"
            );
        }
        let error = Source::parse("disel:src/schema.rs", Path::new("")).unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `diesel:`?");
    }

    #[test]
    fn a_list_holds_files_or_one_other_source() {
        let list = |texts: &[&str]| Source::parse_list(texts, Path::new("db"));
        assert_eq!(list(&["a.sql", "more"]).unwrap(), sql(&["db/a.sql", "db/more"]));
        assert_eq!(list(&[]).unwrap(), Source::Sql(Vec::new()));
        assert_eq!(list(&["migrations"]).unwrap(), Source::Migrations(None));
        let error = list(&["a.sql", "sqlite://user:pw@b.db"]).unwrap_err();
        assert!(
            error
                .message()
                .ends_with("cannot be combined with another source"),
            "{error}"
        );
        assert!(!error.to_string().contains("pw"));
    }

    #[test]
    fn a_source_shows_as_it_was_written() {
        for text in ["a.sql", "migrations", "migrations@3f", "sqlite://app.db"] {
            assert_eq!(parse(text).to_string(), text);
        }
        assert_eq!(sql(&["a.sql", "b"]).to_string(), "a.sql, b");
    }
}
