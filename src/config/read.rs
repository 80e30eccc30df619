//! Reads `autogen.toml`: text comes in, a [`Config`] or an error with its place comes out.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::{SignedDuration, tz::TimeZone};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    ChangedScripts, Config, ConstraintNames, Definer, FileTemplate, Filter, Format, Manage, OutOfOrder,
    TargetCode, TransactionScope, Variables,
    settings::{Secret, unexpandable},
};
use crate::{
    Error, ErrorKind, Place, Result, database::redact, nearest::nearest, plan::OnlineChanges, script::Search,
    sql::LineIndex,
};

/// Every key, in the order of the documentation.
pub(super) const KEYS: &[&str] = &[
    "script_location",
    "version_locations",
    "recursive_version_locations",
    "url",
    "target",
    "format",
    "include",
    "exclude",
    "version_table",
    "file_template",
    "truncate_slug_length",
    "timezone",
    "column_order",
    "constraint_names",
    "compare",
    "manage",
    "schemas",
    "definer",
    "scratch_url",
    "target_code",
    "lock_timeout",
    "statement_timeout",
    "concurrent_indexes",
    "online",
    "transaction",
    "changed_scripts",
    "out_of_order",
    "runner",
    "naming",
    "hooks",
    "tenants",
    "databases",
    // Not a setting: lets editors find a schema for the file.
    "$schema",
];

/// The longest slug: file names end at 255 bytes, and the revision needs some of them.
const LONGEST_SLUG: usize = 200;

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Config {
    /// Reads the file `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the file is missing or cannot be read, is not UTF-8 or not TOML, or as for
    /// [`parse`](Self::parse).
    pub fn load(path: &Path, environment: &Variables) -> Result<Self> {
        let error = |message: &str| Error::new(ErrorKind::Config, format!("{}: {message}", path.display()));
        let bytes = fs::read(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => {
                error("no such file").hint("create it with `autogen init`, or name another with `--config`")
            }
            io::ErrorKind::IsADirectory => error("it is a folder").hint("name the file in it"),
            _ => error("cannot be read").because(cause),
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(&text, path, environment),
            Err(cause) => {
                let valid = cause.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(cause.as_bytes());
                Err(Error::new(ErrorKind::Config, "the file is not UTF-8").at(place(&text, path, valid)))
            }
        }
    }

    /// Reads settings from the text of a file. `path` says where relative paths start and names the file in errors;
    /// `environment` gives the variables for `${NAME}`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with the place: malformed TOML, an unknown key, a value of the wrong type or without meaning,
    /// a variable that is not set.
    pub fn parse(text: &str, path: &Path, environment: &Variables) -> Result<Self> {
        // Places count from behind the mark, as editors do.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let table = DeTable::parse(text).map_err(|cause| {
            let message = cause.message().lines().collect::<Vec<_>>().join(", ");
            let start = cause.span().map_or(0, |span| span.start);
            Error::new(ErrorKind::Config, message).at(place(text, path, start))
        })?;
        let reader = Reader {
            text,
            path,
            environment,
        };
        let mut config = Self {
            file: Some(path.to_owned()),
            ..Self::default()
        };
        let mut databases = None;
        for (key, value) in in_order(table.get_ref()) {
            // They start from all the others.
            if key.get_ref().as_ref() == "databases" {
                databases = Some(value);
                continue;
            }
            reader.read(&mut config, key, value)?;
        }
        if let Some(databases) = databases {
            config.databases = reader.databases(&config, databases)?;
        }
        Ok(config)
    }
}

/// The entries of a table in the order of the text, so that the first mistake in the file is the one that is reported.
pub(super) fn in_order<'v, 'd>(
    table: &'v DeTable<'d>,
) -> Vec<(&'v Spanned<std::borrow::Cow<'d, str>>, &'v Value<'d>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) path: &'a Path,
    pub(super) environment: &'a Variables,
}

impl Reader<'_> {
    pub(super) fn read(
        &self,
        config: &mut Config,
        key: &Spanned<impl AsRef<str>>,
        value: &Value<'_>,
    ) -> Result<()> {
        let name = key.get_ref().as_ref();
        match name {
            "script_location" => config.script_location = PathBuf::from(self.non_empty(name, value)?),
            "version_locations" => {
                let locations = self.texts(name, value)?;
                config.version_locations = locations.into_iter().map(PathBuf::from).collect();
            }
            "recursive_version_locations" => {
                config.recursive_version_locations = if self.boolean(name, value)? {
                    Search::Recursive
                } else {
                    Search::Flat
                };
            }
            "url" => config.url = Some(self.secret(name, value)?),
            "scratch_url" => config.scratch_url = Some(self.secret(name, value)?),
            "target" => {
                config.target = self.texts(name, value)?;
            }
            "schemas" => {
                config.schemas = self.texts(name, value)?;
                config.filter.set_namespaces(config.schemas.clone());
            }
            "definer" => {
                let choices = [("current", Definer::Current), ("keep", Definer::Keep)];
                config.filter.set_definer(self.choice(name, value, &choices)?);
            }
            "format" => {
                config.format = self.choice(name, value, &[("rust", Format::Rust), ("sql", Format::Sql)])?;
            }
            "constraint_names" => {
                let choices = [
                    ("compare", ConstraintNames::Compare),
                    ("ignore", ConstraintNames::Ignore),
                ];
                config.constraint_names = self.choice(name, value, &choices)?;
            }
            "compare" => config.compare = self.compared(name, value)?,
            "include" => self.patterns(name, value, &mut config.filter, Filter::include)?,
            "exclude" => self.patterns(name, value, &mut config.filter, Filter::exclude)?,
            "version_table" => config.version_table = self.non_empty(name, value)?,
            "file_template" => {
                let text = self.non_empty(name, value)?;
                config.file_template = FileTemplate::parse(&text)
                    .map_err(|error| self.at(error.context(format!("`{name}`")), value))?;
            }
            "truncate_slug_length" => config.truncate_slug_length = self.slug_length(name, value)?,
            "timezone" => config.timezone = self.timezone(name, value)?,
            "column_order" => config.column_order = self.boolean(name, value)?,
            "manage" => {
                let choices = [("grants", Manage::Grants), ("owners", Manage::Owners)];
                let manage: Result<BTreeSet<Manage>> = self
                    .elements(name, value)?
                    .into_iter()
                    .map(|element| self.choice(name, element, &choices))
                    .collect();
                config.manage = Some(manage?);
            }
            "target_code" => {
                let choices = [("refuse", TargetCode::Refuse), ("run", TargetCode::Run)];
                config.target_code = self.choice(name, value, &choices)?;
            }
            "lock_timeout" => config.lock_timeout = self.duration(name, value)?,
            "statement_timeout" => config.statement_timeout = Some(self.duration(name, value)?),
            "concurrent_indexes" => config.concurrent_indexes = self.boolean(name, value)?,
            "online" => {
                let choices = [
                    ("prefer", OnlineChanges::Prefer),
                    ("require", OnlineChanges::Require),
                    ("off", OnlineChanges::Off),
                ];
                config.online = self.choice(name, value, &choices)?;
            }
            "changed_scripts" => {
                let choices = [
                    ("stop", ChangedScripts::Stop),
                    ("warn", ChangedScripts::Warn),
                    ("accept", ChangedScripts::Accept),
                ];
                config.changed_scripts = self.choice(name, value, &choices)?;
            }
            "out_of_order" => {
                let choices = [
                    ("stop", OutOfOrder::Stop),
                    ("warn", OutOfOrder::Warn),
                    ("allow", OutOfOrder::Allow),
                ];
                config.out_of_order = self.choice(name, value, &choices)?;
            }
            "transaction" => {
                let choices = [
                    ("script", TransactionScope::Script),
                    ("run", TransactionScope::Run),
                ];
                config.transaction = self.choice(name, value, &choices)?;
            }
            "runner" => config.runner = Some(self.non_empty(name, value)?),
            "naming" => config.naming = self.naming(name, value)?,
            "hooks" => config.hooks = self.hooks(name, value)?,
            "tenants" => config.tenants = Some(self.tenants(name, value)?),
            "$schema" => {}
            _ => return Err(self.unknown(key, &KEYS[..KEYS.len() - 1])),
        }
        Ok(())
    }

    /// The error for a key that means nothing where it stands.
    pub(super) fn unknown(&self, key: &Spanned<impl AsRef<str>>, known: &[&str]) -> Error {
        let name = key.get_ref().as_ref();
        let error = Error::new(ErrorKind::Config, format!("unknown key `{name}`"));
        let error = match nearest(name, known.iter().copied()) {
            Some(known) => error.hint(format!("did you mean `{known}`?")),
            None => error.hint(format!("the keys are {}", known.join(", "))),
        };
        error.at(place(self.text, self.path, key.span().start))
    }

    /// A string with its variables replaced.
    pub(super) fn string(&self, key: &str, value: &Value<'_>) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) => self
                .environment
                .expand(text)
                .map_err(|cause| self.at(unexpandable(&cause, self.environment), value)),
            other => Err(self.wrong_type(key, "a string", other, value)),
        }
    }

    pub(super) fn non_empty(&self, key: &str, value: &Value<'_>) -> Result<String> {
        let text = self.string(key, value)?;
        if text.trim().is_empty() {
            return Err(self.error(format!("`{key}` is empty"), value));
        }
        Ok(text)
    }

    /// A URL; its variables are looked up now and missed only when it is used.
    pub(super) fn secret(&self, key: &str, value: &Value<'_>) -> Result<Secret> {
        let DeValue::String(text) = value.get_ref() else {
            return Err(self.wrong_type(key, "a string", value.get_ref(), value));
        };
        if text.trim().is_empty() {
            return Err(self.error(format!("`{key}` is empty"), value));
        }
        Ok(Secret {
            text: self.environment.expand(text),
            place: Some(self.place(value)),
        })
    }

    /// The elements of a list, or the one value that stands for a list of one.
    pub(super) fn elements<'v, 'd>(&self, key: &str, value: &'v Value<'d>) -> Result<Vec<&'v Value<'d>>> {
        match value.get_ref() {
            DeValue::Array(elements) => Ok(elements.iter().collect()),
            DeValue::String(_) => Ok(vec![value]),
            other => Err(self.wrong_type(key, "a string or a list of strings", other, value)),
        }
    }

    fn strings<'v, 'd>(&self, key: &str, value: &'v Value<'d>) -> Result<Vec<(String, &'v Value<'d>)>> {
        self.elements(key, value)?
            .into_iter()
            .map(|element| Ok((self.non_empty(key, element)?, element)))
            .collect()
    }

    pub(super) fn texts(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>> {
        Ok(self
            .strings(key, value)?
            .into_iter()
            .map(|(text, _)| text)
            .collect())
    }

    fn patterns(
        &self,
        key: &str,
        value: &Value<'_>,
        filter: &mut Filter,
        add: fn(&mut Filter, &str) -> Result<()>,
    ) -> Result<()> {
        for (pattern, element) in self.strings(key, value)? {
            add(filter, &pattern).map_err(|error| self.at(error, element))?;
        }
        Ok(())
    }

    fn choice<T: Copy>(&self, key: &str, value: &Value<'_>, choices: &[(&str, T)]) -> Result<T> {
        let text = self.string(key, value)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Ok(*choice);
        }
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
        Err(self
            .error(format!("`{text}` is no value of `{key}`"), value)
            .hint(format!("write {}", words.join(" or "))))
    }

    pub(super) fn boolean(&self, key: &str, value: &Value<'_>) -> Result<bool> {
        match value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            other => Err(self.wrong_type(key, "`true` or `false`", other, value)),
        }
    }

    fn slug_length(&self, key: &str, value: &Value<'_>) -> Result<usize> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.wrong_type(key, "a number", value.get_ref(), value));
        };
        usize::from_str_radix(number.as_str(), number.radix())
            .ok()
            .filter(|length| (1..=LONGEST_SLUG).contains(length))
            .ok_or_else(|| self.error(format!("`{key}` must be between 1 and {LONGEST_SLUG}"), value))
    }

    fn timezone(&self, key: &str, value: &Value<'_>) -> Result<TimeZone> {
        let name = self.non_empty(key, value)?;
        match name.to_ascii_lowercase().as_str() {
            "utc" => return Ok(TimeZone::UTC),
            "local" | "system" => return Ok(TimeZone::system()),
            _ => {}
        }
        TimeZone::get(&name).map_err(|_| {
            self.error(format!("unknown time zone `{name}`"), value)
                .hint("write `UTC`, `local`, or a name such as `Europe/Berlin` that the time zone database of this system has")
        })
    }

    fn duration(&self, key: &str, value: &Value<'_>) -> Result<Duration> {
        let text = match value.get_ref() {
            DeValue::String(_) => self.non_empty(key, value)?,
            DeValue::Integer(number) => {
                return Err(self
                    .error(format!("`{key}` has no unit"), value)
                    .hint(format!("write `\"{}s\"` for seconds", number.as_str())));
            }
            other => return Err(self.wrong_type(key, "a string", other, value)),
        };
        text.parse::<SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .ok_or_else(|| {
                self.error(format!("`{text}` is no duration"), value)
                    .hint("write for example `\"30s\"`, `\"1m 30s\"` or `\"0s\"`")
            })
    }

    pub(super) fn wrong_type(
        &self,
        key: &str,
        wanted: &str,
        found: &DeValue<'_>,
        value: &Value<'_>,
    ) -> Error {
        let found = match found {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("`{key}` must be {wanted}, not {found}"), value)
    }

    pub(super) fn error(&self, message: String, value: &Value<'_>) -> Error {
        self.at(Error::new(ErrorKind::Config, message), value)
    }

    pub(super) fn at(&self, error: Error, value: &Value<'_>) -> Error {
        error.at(self.place(value))
    }

    fn place(&self, value: &Value<'_>) -> Place {
        place(self.text, self.path, value.span().start)
    }
}

/// The place of a byte of the file. A line may hold a URL with a password, which is not shown.
fn place(text: &str, path: &Path, offset: usize) -> Place {
    let place = LineIndex::new(text).place(Some(path), offset);
    Place {
        snippet: redact(&place.snippet),
        ..place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extend::Elements;

    const PATH: &str = "p/autogen.toml";

    fn parse(text: &str) -> Result<Config> {
        let environment = Variables::from_lookup(|name| (name == "NAME").then(|| "value".to_owned()));
        Config::parse(text, Path::new(PATH), &environment)
    }

    /// The error as `line:column message`, without the file.
    fn mistake(text: &str) -> String {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        let place = &error.places()[0];
        assert_eq!(place.file.as_deref(), Some(Path::new(PATH)));
        assert_eq!(
            Some(place.snippet.as_str()),
            text.trim_start_matches('\u{feff}').lines().nth(place.line - 1),
            "{text}"
        );
        format!("{}:{} {}", place.line, place.column, error.message())
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        for text in ["", "\u{feff}", "# nothing\n"] {
            let config = parse(text).unwrap();
            assert_eq!(config.script_folder(), Path::new("p/migrations"));
            assert_eq!(config.format, Format::Rust);
            assert_eq!(config.version_table, "autogen_version");
            assert_eq!(config.truncate_slug_length, 40);
            assert_eq!(config.timezone, TimeZone::UTC);
            assert_eq!(config.filter, Filter::everything());
            assert!(config.target.is_empty());
            assert!(!config.column_order);
            assert_eq!(config.compare, Elements::all());
        }
    }

    #[test]
    fn every_key_is_read() {
        let config = parse(
            r#"
            "$schema" = "x"
            script_location = "db/${NAME}"
            version_locations = ["db/a", "../b"]
            recursive_version_locations = true
            url = "sqlite://a.db"
            target = ["a.sql", 'b/$$x']
            format = "sql"
            include = ["table:a*"]
            exclude = "index:*_tmp"
            version_table = "v"
            file_template = "{epoch}_{slug}"
            truncate_slug_length = 0x10
            timezone = "utc"
            column_order = true
            constraint_names = "ignore"
            manage = ["owners", "grants"]
            schemas = ["public", "app"]
            definer = "keep"
            scratch_url = "sqlite::memory:"
            lock_timeout = "1m 30s"
            statement_timeout = "1h"
            concurrent_indexes = true
            online = "prefer"
            "#,
        )
        .unwrap();
        assert_eq!(config.script_location, Path::new("db/value"));
        assert_eq!(
            config.locations().folders,
            [Path::new("p/db/a"), Path::new("p/../b")]
        );
        assert_eq!(config.recursive_version_locations, Search::Recursive);
        assert_eq!(config.target, ["a.sql", "b/$x"]);
        assert_eq!(config.format, Format::Sql);
        assert!(config.filter.admits("table", "ab", None));
        assert!(!config.filter.admits("table", "b", None));
        assert!(!config.filter.admits("index", "x_tmp", Some("a")));
        assert_eq!(config.version_table, "v");
        assert_eq!(config.file_template.to_string(), "{epoch}_{slug}");
        assert_eq!(config.truncate_slug_length, 16);
        assert!(config.column_order);
        assert_eq!(config.constraint_names, ConstraintNames::Ignore);
        assert_eq!(config.manage.as_ref().map(BTreeSet::len), Some(2));
        assert_eq!(config.schemas, ["public", "app"]);
        assert_eq!(config.filter.definer(), Definer::Keep);
        assert_eq!(config.lock_timeout, Duration::from_secs(90));
        assert_eq!(config.statement_timeout, Some(Duration::from_hours(1)));
        assert!(config.concurrent_indexes);
        assert_eq!(config.online, OnlineChanges::Prefer);
        assert!(config.database_url(None, &Variables::empty()).is_ok());
        assert!(config.scratch_url(&Variables::empty()).unwrap().is_some());
    }

    #[test]
    fn every_documented_key_is_known() {
        for key in KEYS {
            let error = parse(&format!("\"{key}\" = {{}}"));
            assert!(error.map_or_else(
                |error| !error.message().starts_with("unknown"),
                |_| matches!(
                    *key,
                    "$schema" | "compare" | "naming" | "hooks" | "tenants" | "databases"
                )
            ));
        }
    }

    #[test]
    fn one_string_stands_for_a_list_of_one() {
        let config = parse("target = 'schema.sql'\nschemas = 'public'\nmanage = 'grants'").unwrap();
        assert_eq!(config.target, ["schema.sql"]);
        assert_eq!(config.schemas, ["public"]);
        assert_eq!(config.manage.as_ref().map(BTreeSet::len), Some(1));
    }

    #[test]
    fn an_unknown_key_is_placed_and_the_nearest_named() {
        assert_eq!(
            mistake("url = 'sqlite://a'\n  taget = 'x'"),
            "2:3 unknown key `taget`"
        );
        assert_eq!(
            parse("taget = 'x'").unwrap_err().hints(),
            ["did you mean `target`?"]
        );
        assert_eq!(mistake("[database]\nurl = 'x'"), "1:2 unknown key `database`");
        assert!(
            parse("zzzzz = 1").unwrap_err().hints()[0]
                .starts_with("the keys are script_location, version_locations")
        );
    }

    #[test]
    fn the_first_mistake_in_the_file_is_reported() {
        assert_eq!(mistake("zzz = 1\naaa = 2"), "1:1 unknown key `zzz`");
    }

    #[test]
    fn malformed_toml_is_placed() {
        assert!(mistake("target = [\n  'a',\n").starts_with("2:"));
        assert!(mistake("a = 'x").starts_with("1:"));
        assert!(
            mistake("target = schema.sql").starts_with("1:10 "),
            "{}",
            mistake("target = schema.sql")
        );
        assert!(mistake("url = 'a'\nurl = 'b'").starts_with("2:1 "));
        assert!(
            mistake("\u{feff}é = ").starts_with("1:1 "),
            "{}",
            mistake("\u{feff}é = ")
        );
        assert!(parse("a = '\0'").is_err());
    }

    #[test]
    fn wrong_types_say_what_is_wanted_and_what_is_there() {
        for (text, expected) in [
            (
                "target = 1",
                "1:10 `target` must be a string or a list of strings, not an integer",
            ),
            (
                "target = ['a', true]",
                "1:16 `target` must be a string, not a boolean",
            ),
            ("url = []", "1:7 `url` must be a string, not a list"),
            ("url = ''", "1:7 `url` is empty"),
            (
                "script_location = 1.5",
                "1:19 `script_location` must be a string, not a float",
            ),
            ("target = ['']", "1:11 `target` is empty"),
            ("compare = { type = false }", "1:13 unknown key `type`"),
            (
                "column_order = 'yes'",
                "1:16 `column_order` must be `true` or `false`, not a string",
            ),
            (
                "truncate_slug_length = 'x'",
                "1:24 `truncate_slug_length` must be a number, not a string",
            ),
            (
                "truncate_slug_length = 0",
                "1:24 `truncate_slug_length` must be between 1 and 200",
            ),
            (
                "truncate_slug_length = -1",
                "1:24 `truncate_slug_length` must be between 1 and 200",
            ),
            (
                "timezone = 1979-05-27",
                "1:12 `timezone` must be a string, not a date or time",
            ),
            (
                "version_table.x = 1",
                "1:1 `version_table` must be a string, not a table",
            ),
            ("format = 'toml'", "1:10 `toml` is no value of `format`"),
            ("manage = ['grant']", "1:11 `grant` is no value of `manage`"),
            ("timezone = 'Mars/Base'", "1:12 unknown time zone `Mars/Base`"),
            ("lock_timeout = 30", "1:16 `lock_timeout` has no unit"),
            ("lock_timeout = '-3s'", "1:16 `-3s` is no duration"),
            ("lock_timeout = 'soon'", "1:16 `soon` is no duration"),
            (
                "file_template = '{rve}'",
                "1:17 `file_template`: unknown token `{rve}`",
            ),
            (
                "exclude = ['a', 'tabel:b']",
                "1:17 unknown kind `tabel` in the pattern `tabel:b`",
            ),
        ] {
            assert_eq!(mistake(text), expected);
        }
        assert_eq!(
            parse("format = 'toml'").unwrap_err().hints(),
            ["write `\"rust\"` or `\"sql\"`"]
        );
    }

    #[test]
    fn an_unset_variable_is_placed() {
        assert_eq!(
            mistake("target = ['${NAME}', '${OTHER}']"),
            "1:22 the variable `OTHER` is not set"
        );
        assert_eq!(mistake("target = '${'"), "1:10 `${` has no `}`");
        assert_eq!(
            mistake("target = '${a b}'"),
            "1:10 `a b` is not the name of a variable"
        );
    }

    #[test]
    fn a_password_on_the_line_is_not_shown() {
        for text in [
            "url = 'postgres://u:s3cret@h/d' x",
            "ulr = 'postgres://u:s3cret@h/d'",
            "url = 'mysql://u:s3cret@h",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn a_file_is_loaded_and_what_is_wrong_with_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("autogen.toml");
        let load = |path: &Path| Config::load(path, &Variables::empty());

        let error = load(&file).unwrap_err();
        assert!(error.message().ends_with("autogen.toml: no such file"));
        assert!(error.hints()[0].contains("autogen init"));
        assert!(
            load(folder.path())
                .unwrap_err()
                .message()
                .ends_with("it is a folder")
        );

        fs::write(&file, "script_location = 'db'").unwrap();
        let config = load(&file).unwrap();
        assert_eq!(config.script_folder(), folder.path().join("db"));
        assert_eq!(config.file(), Some(file.as_path()));

        fs::write(&file, b"# ok\n# \xff").unwrap();
        let error = load(&file).unwrap_err();
        assert_eq!((error.places()[0].line, error.places()[0].column), (2, 3));
    }
}
