//! Database URLs: a text comes in, the engine and the place of the database come out.
//!
//! Nothing is opened and no driver is needed. A password in the text is kept for the driver and never shown.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::redact;
use crate::{Error, ErrorKind, Result, dialect::Engine, nearest::nearest};

mod server;

#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    expect(unused, reason = "only a server's driver uses it")
)]
pub(crate) use server::{Host, ServerLocation};

/// The schemes of database URLs, with the engine each one names.
const SCHEMES: [(&str, Engine); 5] = [
    ("sqlite", Engine::Sqlite),
    ("postgres", Engine::Postgres),
    ("postgresql", Engine::Postgres),
    ("mysql", Engine::Mysql),
    ("mariadb", Engine::Mariadb),
];

/// Where a database is and which engine keeps it.
///
/// `Display` and `Debug` show the URL as it was written, with `***` for the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    text: String,
    location: Location,
}

#[derive(Clone, PartialEq, Eq)]
enum Location {
    Sqlite(SqliteLocation),
    Server(Engine, Box<ServerLocation>),
}

/// Where a SQLite database is and how its URL wants it opened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SqliteLocation {
    /// The file; `None` for a database in memory.
    pub(crate) path: Option<PathBuf>,
    /// `mode`: how much the URL allows.
    pub(crate) mode: SqliteMode,
    /// `cache=shared`.
    pub(crate) shared_cache: bool,
    /// `immutable=1`: the file cannot change while it is open, so it is not locked.
    pub(crate) immutable: bool,
    /// `vfs`: the operating system interface.
    pub(crate) vfs: Option<String>,
}

/// The `mode` parameter of a SQLite URL. It limits what a command may do and never allows it more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SqliteMode {
    /// `ro`: nothing is written, not even to recover from a crash.
    ReadOnly,
    /// `rw`: read and write, never create.
    ReadWrite,
    /// `rwc`, the default: whatever the command needs.
    Create,
}

impl DatabaseUrl {
    /// Reads a database URL.
    ///
    /// A relative file is looked for in `base` (the folder of `autogen.toml`, or the current folder for a URL from
    /// the command line). The forms are those of sqlx: `sqlite://relative.db`, `sqlite:relative.db`,
    /// `sqlite:///absolute.db`, `sqlite::memory:`, with percent-encoding and the parameters `mode`, `cache`, `immutable`
    /// and `vfs`. `postgres://` and `postgresql://` take what libpq takes: `user:password@host:port/database` with any part
    /// left out, socket folders (`?host=/run/postgresql`), several hosts, and its parameters; `mysql://` and `mariadb://`
    /// have the same form, with one host, a database, and the options of their clients (`?ssl-mode=required&socket=..`).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the text is no URL, its scheme is unknown, or a parameter is unknown or has no valid value.
    pub fn parse(text: &str, base: &Path) -> Result<Self> {
        let text = text.trim();
        let Some((scheme, rest)) = split_scheme(text) else {
            return Err(not_a_url(text));
        };
        let lower = scheme.to_ascii_lowercase();
        let Some((_, engine)) = SCHEMES.iter().find(|(known, _)| *known == lower) else {
            return Err(unknown_scheme(&lower));
        };
        let location = match engine {
            Engine::Sqlite => Location::Sqlite(sqlite_location(text, rest, base)?),
            Engine::Postgres | Engine::Mysql | Engine::Mariadb => {
                if !rest.starts_with("//") {
                    return Err(usage(format!("`{}` is not a database URL", redact(text)))
                        .hint(format!("write `{lower}://user@host/database`")));
                }
                Location::Server(*engine, Box::new(ServerLocation::parse(*engine, text, rest)?))
            }
        };
        Ok(Self {
            text: text.to_owned(),
            location,
        })
    }

    /// The SQLite database in the file `path`.
    pub fn sqlite_file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            text: bare_path_as_url(&path.to_string_lossy()),
            location: Location::Sqlite(SqliteLocation::new(Some(path))),
        }
    }

    /// Whether `text` begins with the scheme of a database, and so is meant as a database URL and not as a file.
    pub fn is_url(text: &str) -> bool {
        split_scheme(text.trim()).is_some_and(|(scheme, _)| {
            SCHEMES
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(scheme))
        })
    }

    /// The engine that the scheme names.
    pub fn engine(&self) -> Engine {
        match &self.location {
            Location::Sqlite(_) => Engine::Sqlite,
            Location::Server(engine, _) => *engine,
        }
    }

    /// The file of a SQLite database; `None` for one in memory and for servers.
    pub fn path(&self) -> Option<&Path> {
        self.sqlite().and_then(|location| location.path.as_deref())
    }

    /// What a SQLite URL says; `None` for the other engines.
    pub(crate) fn sqlite(&self) -> Option<&SqliteLocation> {
        match &self.location {
            Location::Sqlite(location) => Some(location),
            Location::Server(..) => None,
        }
    }

    /// What the URL of a server says; `None` for SQLite.
    pub(crate) fn server(&self) -> Option<&ServerLocation> {
        match &self.location {
            Location::Sqlite(_) => None,
            Location::Server(_, server) => Some(server),
        }
    }

    /// The database that the URL of a server names; `None` when it leaves that to the environment or the server, and for
    /// SQLite.
    pub fn database_name(&self) -> Option<&str> {
        self.server().and_then(|server| server.database.as_deref())
    }

    /// The URL of another database on the same server, with the same user and parameters. A SQLite URL stays as it is.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let Location::Server(engine, server) = &self.location else {
            return self.clone();
        };
        let (place, query) = match self.text.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (self.text.as_str(), None),
        };
        let authority = place.find("://").map_or(0, |at| at + 3);
        let end = place[authority..]
            .find('/')
            .map_or(place.len(), |at| authority + at);
        let mut text = format!("{}/{}", &place[..end], encode(name));
        let mut separator = '?';
        let parameters = query.unwrap_or_default().split('&');
        for parameter in parameters.filter(|p| !p.is_empty() && !p.starts_with("dbname=")) {
            text.push(separator);
            text.push_str(parameter);
            separator = '&';
        }
        let server = ServerLocation {
            database: Some(name.to_owned()),
            ..(**server).clone()
        };
        Self {
            text,
            location: Location::Server(*engine, Box::new(server)),
        }
    }
}

impl SqliteLocation {
    /// A location with nothing but a path.
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            mode: SqliteMode::Create,
            shared_cache: false,
            immutable: false,
            vfs: None,
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.text))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Splits `scheme:rest`. One letter is a drive, not a scheme.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let valid = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-' | '_'));
    valid.then_some((scheme, rest))
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

fn not_a_url(text: &str) -> Error {
    if text.is_empty() {
        return usage("the database URL is empty").hint("write for example `sqlite://app.db`");
    }
    if text.contains("://") {
        return usage(format!("`{}` has no scheme", redact(text))).hint(supported());
    }
    usage(format!("`{}` is not a database URL", redact(text))).hint(format!(
        "for a SQLite file write `{}`",
        bare_path_as_url(&redact(text))
    ))
}

fn unknown_scheme(scheme: &str) -> Error {
    let error = usage(format!("unknown database scheme `{scheme}`"));
    // `postgresql+psycopg2`: the form of SQLAlchemy, whose first half is ours.
    let stem = scheme.split('+').next().unwrap_or(scheme);
    match nearest(stem, SCHEMES.iter().map(|(known, _)| *known)) {
        Some(known) => error
            .hint(format!("did you mean `{known}://`?"))
            .hint(supported()),
        None => error.hint(supported()),
    }
}

fn supported() -> String {
    let schemes: Vec<String> = SCHEMES.iter().map(|(known, _)| format!("`{known}:`")).collect();
    format!("the schemes are {}", schemes.join(", "))
}

fn bare_path_as_url(path: &str) -> String {
    let mut url = String::from("sqlite://");
    for c in path.chars() {
        match c {
            '%' => url.push_str("%25"),
            '?' => url.push_str("%3F"),
            _ => url.push(c),
        }
    }
    url
}

fn sqlite_location(text: &str, rest: &str, base: &Path) -> Result<SqliteLocation> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (name, parameters) = match rest.split_once('?') {
        Some((name, parameters)) => (name, Some(parameters)),
        None => (rest, None),
    };
    let path = match name {
        ":memory:" => None,
        "" => {
            return Err(usage(format!("`{}` names no file", redact(text)))
                .hint("write `sqlite://app.db` for a file or `sqlite::memory:` for a database in memory"));
        }
        _ => Some(resolve(&decode(name)?, base)),
    };
    let mut location = SqliteLocation::new(path);
    for parameter in parameters
        .unwrap_or_default()
        .split('&')
        .filter(|p| !p.is_empty())
    {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = decode(value)?;
        match key {
            "mode" => match value.as_str() {
                "ro" => location.mode = SqliteMode::ReadOnly,
                "rw" => location.mode = SqliteMode::ReadWrite,
                "rwc" => location.mode = SqliteMode::Create,
                "memory" => location.path = None,
                _ => return Err(bad_value(key, &value, "`ro`, `rw`, `rwc` or `memory`")),
            },
            "cache" => match value.as_str() {
                "private" => location.shared_cache = false,
                "shared" => location.shared_cache = true,
                _ => return Err(bad_value(key, &value, "`private` or `shared`")),
            },
            "immutable" => match value.as_str() {
                "1" | "true" => location.immutable = true,
                "0" | "false" => location.immutable = false,
                _ => return Err(bad_value(key, &value, "`1` or `0`")),
            },
            "vfs" if !value.is_empty() => location.vfs = Some(value),
            "vfs" => return Err(bad_value(key, &value, "the name of a VFS")),
            _ => {
                let known = ["mode", "cache", "immutable", "vfs"];
                let error = usage(format!("unknown parameter `{key}` in a SQLite URL"));
                return Err(match nearest(key, known) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error.hint("the parameters are `mode`, `cache`, `immutable` and `vfs`"),
                });
            }
        }
    }
    Ok(location)
}

fn bad_value(key: &str, value: &str, allowed: &str) -> Error {
    usage(format!(
        "`{value}` is no value of the parameter `{key}` in a SQLite URL"
    ))
    .hint(format!("`{key}` is {allowed}"))
}

/// The path as the driver gets it. SQLite takes a name that begins with `file:` for a URI, so a relative one of that
/// kind gets a folder.
fn resolve(name: &str, base: &Path) -> PathBuf {
    let path = if base.as_os_str().is_empty() || base == Path::new(".") {
        PathBuf::from(name)
    } else {
        base.join(name)
    };
    if path.starts_with("file:") || name.starts_with("file:") && path == Path::new(name) || name == ":memory:"
    {
        return Path::new(".").join(path);
    }
    path
}

/// Percent-encodes all but letters, digits and `-._~`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(
                    char::from_digit(u32::from(digit), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase(),
                );
            }
        }
    }
    encoded
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| tail.get(at).and_then(|&b| char::from(b).to_digit(16));
        let Some(code) = digit(0).zip(digit(1)).map(|(high, low)| high * 16 + low) else {
            return Err(usage(format!(
                "`%` in `{text}` is not followed by two hexadecimal digits"
            ))
            .hint("write `%25` for a percent sign"));
        };
        bytes.push(u8::try_from(code).expect("two hexadecimal digits fit in a byte"));
        rest = &tail[2..];
    }
    if bytes.contains(&0) {
        return Err(usage(format!("`{text}` contains a NUL byte")));
    }
    String::from_utf8(bytes).map_err(|_| usage(format!("`{text}` is not UTF-8 after percent-decoding")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl> {
        DatabaseUrl::parse(text, Path::new("/project"))
    }

    fn path_of(text: &str) -> PathBuf {
        parse(text).unwrap().path().unwrap().to_owned()
    }

    #[test]
    fn two_slashes_are_relative_to_the_base_and_three_absolute() {
        assert_eq!(path_of("sqlite://app.db"), Path::new("/project/app.db"));
        assert_eq!(path_of("sqlite:app.db"), Path::new("/project/app.db"));
        assert_eq!(path_of("sqlite://data/app.db"), Path::new("/project/data/app.db"));
        assert_eq!(path_of("sqlite:///var/app.db"), Path::new("/var/app.db"));
        assert_eq!(path_of("sqlite:/var/app.db"), Path::new("/var/app.db"));
        assert_eq!(path_of("  SQLite://app.db\n"), Path::new("/project/app.db"));
    }

    #[test]
    fn the_current_folder_as_base_leaves_the_path_as_written() {
        for base in ["", "."] {
            let url = DatabaseUrl::parse("sqlite://app.db", Path::new(base)).unwrap();
            assert_eq!(url.path(), Some(Path::new("app.db")));
        }
    }

    #[test]
    fn memory_has_several_spellings() {
        for text in [
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite://x.db?mode=memory&cache=shared",
        ] {
            let url = parse(text).unwrap();
            assert_eq!(url.path(), None, "{text}");
            assert_eq!(url.engine(), Engine::Sqlite);
        }
    }

    #[test]
    fn names_that_mean_something_else_to_sqlite_stay_files() {
        let url = DatabaseUrl::parse("sqlite://file:x.db", Path::new("")).unwrap();
        assert_eq!(url.path(), Some(Path::new("./file:x.db")));
        let url = DatabaseUrl::parse("sqlite://file%3Ax/y.db", Path::new("")).unwrap();
        assert_eq!(url.path(), Some(Path::new("./file:x/y.db")));
        let url = DatabaseUrl::parse("sqlite://%3Amemory%3A", Path::new("")).unwrap();
        assert_eq!(url.path(), Some(Path::new("./:memory:")));
    }

    #[test]
    fn paths_are_percent_decoded() {
        assert_eq!(
            path_of("sqlite://a%20b%3Fc%25.db"),
            Path::new("/project/a b?c%.db")
        );
        assert_eq!(
            path_of("sqlite://caf%C3%A9#1.db"),
            Path::new("/project/café#1.db")
        );
        for text in [
            "sqlite://50%.db",
            "sqlite://a%zz",
            "sqlite://a%00b",
            "sqlite://a%ff",
            "sqlite://a%é",
        ] {
            assert_eq!(parse(text).unwrap_err().kind(), ErrorKind::Usage, "{text}");
        }
    }

    #[test]
    fn parameters_are_read_and_unknown_ones_refused() {
        let url = parse("sqlite://app.db?mode=ro&immutable=1&cache=private&vfs=unix").unwrap();
        let location = url.sqlite().unwrap();
        assert_eq!(location.mode, SqliteMode::ReadOnly);
        assert!(location.immutable);
        assert_eq!(location.vfs.as_deref(), Some("unix"));

        let error = parse("sqlite://app.db?moed=ro").unwrap_err();
        assert_eq!(error.message(), "unknown parameter `moed` in a SQLite URL");
        assert_eq!(error.hints(), ["did you mean `mode`?"]);
        for text in [
            "sqlite://a?mode=x",
            "sqlite://a?mode",
            "sqlite://a?cache=",
            "sqlite://a?vfs=",
        ] {
            assert!(
                parse(text).unwrap_err().message().contains("is no value"),
                "{text}"
            );
        }
    }

    #[test]
    fn servers_are_recognised_without_a_driver() {
        for (text, engine) in [
            ("postgres://h/d", Engine::Postgres),
            ("postgresql://h/d", Engine::Postgres),
            ("mysql://h/d", Engine::Mysql),
            ("mariadb://h/d", Engine::Mariadb),
        ] {
            assert_eq!(parse(text).unwrap().engine(), engine);
        }
        assert!(parse("postgres:app").unwrap_err().hints()[0].contains("postgres://user@host/database"));
    }

    #[test]
    fn an_unknown_scheme_names_the_known_ones_and_the_nearest() {
        let error = parse("postgers://u:secret@h/d").unwrap_err();
        assert_eq!(error.message(), "unknown database scheme `postgers`");
        assert_eq!(error.hints()[0], "did you mean `postgres://`?");
        assert!(error.hints()[1].contains("`mariadb:`"));
        assert!(!format!("{error:?}").contains("secret"));

        assert_eq!(
            parse("sqlite3://x").unwrap_err().hints()[0],
            "did you mean `sqlite://`?"
        );
        let error = parse("postgresql+asyncpg://u@h/d").unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `postgresql://`?");
        assert_eq!(parse("oracle://x").unwrap_err().hints().len(), 1);
    }

    #[test]
    fn a_bare_path_gets_the_url_it_stands_for() {
        assert_eq!(
            parse("app.db").unwrap_err().hints(),
            ["for a SQLite file write `sqlite://app.db`"]
        );
        assert_eq!(
            parse("/a/b?.db").unwrap_err().hints(),
            ["for a SQLite file write `sqlite:///a/b%3F.db`"]
        );
        assert_eq!(
            parse(r"C:\app.db").unwrap_err().hints(),
            [r"for a SQLite file write `sqlite://C:\app.db`"]
        );
        assert!(parse(" ").unwrap_err().message().contains("empty"));
        assert!(
            parse("sqlite://")
                .unwrap_err()
                .message()
                .contains("names no file")
        );
        assert!(parse("://x").is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = parse("postgres://anna:s3cret@db/shop?password=s3cret").unwrap();
        assert_eq!(url.to_string(), "postgres://anna:***@db/shop?password=***");
        assert!(!format!("{url:?}").contains("s3cret"));
    }

    #[test]
    fn only_database_schemes_make_a_url() {
        for text in ["sqlite:a", "postgres://h", "MySQL://h"] {
            assert!(DatabaseUrl::is_url(text));
        }
        for text in [
            "schema.sql",
            "diesel:src/schema.rs",
            "sea-orm:entity",
            "migrations@head",
            "C:\\x",
        ] {
            assert!(!DatabaseUrl::is_url(text));
        }
    }

    #[test]
    fn another_database_of_the_same_server_keeps_the_rest() {
        for (text, expected) in [
            (
                "postgres://anna:s3cret@h:1/shop?sslmode=require",
                "postgres://anna:***@h:1/a%20b%3F?sslmode=require",
            ),
            ("postgres://h", "postgres://h/a%20b%3F"),
            (
                "postgres:///?dbname=shop&host=/run",
                "postgres:///a%20b%3F?host=/run",
            ),
        ] {
            let url = parse(text).unwrap().with_database("a b?");
            assert_eq!(url.to_string(), expected);
            assert_eq!(url.database_name(), Some("a b?"));
            assert!(parse(&url.text).unwrap() == url);
        }
    }

    #[test]
    fn a_file_makes_a_url_that_reads_back() {
        let url = DatabaseUrl::sqlite_file("/tmp/a?b%.db");
        assert_eq!(url.to_string(), "sqlite:///tmp/a%3Fb%25.db");
        assert!(DatabaseUrl::parse(&url.to_string(), Path::new("")).unwrap() == url);
    }
}
