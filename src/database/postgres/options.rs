//! What to tell sqlx to reach a PostgreSQL server: the URL comes in, options for each of its hosts come out, filled up from
//! the environment and the password file as libpq does it (the PostgreSQL manual's "Environment Variables" and "The
//! Password File"). Nothing is connected.

use std::{env, path::PathBuf, time::Duration};

use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::passwords::{self, Password};
use crate::{
    Error, ErrorKind, Result,
    database::{
        server::settings::Found,
        url::{Host, ServerLocation},
    },
};

/// The name under which sessions are seen in `pg_stat_activity`.
const APPLICATION_NAME: &str = "autogen";

const DEFAULT_PORT: u16 = 5432;

/// Folders in which a server on this machine may have its socket.
const SOCKET_FOLDERS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// Everything that is needed to connect.
pub(super) struct Settings {
    /// One for each host, in the order they are tried.
    pub(super) hosts: Vec<Target>,
    /// How long to wait for one host.
    pub(super) timeout: Option<Duration>,
    /// What the server has to be like.
    pub(super) attributes: Attributes,
}

/// One host to connect to.
#[derive(Clone)]
pub(super) struct Target {
    /// What sqlx is told.
    pub(super) options: PgConnectOptions,
    /// Where it is, for messages: `localhost:5432` or the socket's path.
    pub(super) name: String,
    /// Whether a connection without TLS is good enough when TLS fails.
    pub(super) may_go_without_tls: bool,
    /// Whether a password is known.
    pub(super) password: Option<Origin>,
    /// Why a password file was not used.
    pub(super) password_file_fault: Option<String>,
}

impl Target {
    /// Where a connection leads that somebody else has opened.
    pub(super) fn of(options: PgConnectOptions) -> Self {
        let name = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Self {
            name,
            options,
            may_go_without_tls: false,
            password: None,
            password_file_fault: None,
        }
    }
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Url,
    Variables,
    File,
}

/// `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attributes {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Attributes {
    const WORDS: [(&str, Self); 6] = [
        ("any", Self::Any),
        ("read-write", Self::ReadWrite),
        ("read-only", Self::ReadOnly),
        ("primary", Self::Primary),
        ("standby", Self::Standby),
        ("prefer-standby", Self::PreferStandby),
    ];
}

impl Settings {
    /// Puts together what the URL, the environment and the password file say.
    ///
    /// # Errors
    /// When a parameter or a variable has no valid value.
    pub(super) fn new(location: &ServerLocation) -> Result<Self> {
        let reader = Reader { location };
        let attributes = match reader.get(&["target_session_attrs"], "PGTARGETSESSIONATTRS") {
            Some(found) => found.choose(&found.value, &Attributes::WORDS)?,
            None => Attributes::Any,
        };
        let timeout = match reader.get(&["connect_timeout"], "PGCONNECT_TIMEOUT") {
            Some(found) => seconds(&found)?,
            None => None,
        };
        reader.refuse_what_cannot_be()?;
        let hosts = reader
            .hosts()?
            .into_iter()
            .map(|host| reader.target(&host))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            hosts,
            timeout,
            attributes,
        })
    }
}

/// Seconds, where 0 and less mean to wait for ever and 1 means 2, as in libpq.
fn seconds(found: &Found) -> Result<Option<Duration>> {
    match found.value.trim().parse::<i64>() {
        Ok(..=0) => Ok(None),
        Ok(seconds) => Ok(Some(Duration::from_secs(seconds.max(2).unsigned_abs()))),
        Err(_) => Err(found.bad("a number of seconds")),
    }
}

struct Reader<'a> {
    location: &'a ServerLocation,
}

impl Reader<'_> {
    /// A parameter by any of its names, or else a variable of the environment; empty ones count as not there.
    fn get(&self, names: &[&str], variable: &str) -> Option<Found> {
        let parameter = names.iter().find_map(|name| {
            let value = self.location.parameters.get(*name)?;
            Some(Found::in_url(name, value))
        });
        parameter
            .or_else(|| Found::in_environment(variable))
            .filter(|found| !found.value.is_empty())
    }

    /// Stops at what the driver does not do and the user may rely on.
    fn refuse_what_cannot_be(&self) -> Result<()> {
        let insists = [
            ("channel_binding", "PGCHANNELBINDING", "channel binding"),
            ("gssencmode", "PGGSSENCMODE", "GSSAPI encryption"),
        ];
        for (name, variable, what) in insists {
            if let Some(found) = self.get(&[name], variable).filter(|f| f.value == "require") {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{} asks for {what}, which is not supported", found.place),
                )
                .hint("use `sslmode=verify-full` for a connection that is safe from others"));
            }
        }
        if let Some(found) = self.get(&["client_encoding"], "PGCLIENTENCODING") {
            let name = found.value.to_ascii_lowercase().replace('-', "");
            if !matches!(name.as_str(), "auto" | "utf8" | "unicode")
                && self.location.parameters.contains_key("client_encoding")
            {
                return Err(found.bad("`UTF8`; the server converts"));
            }
        }
        if let Some(found) = Found::in_environment("PGSERVICE") {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("service files are not supported, and {} names one", found.place),
            )
            .hint("write what the service says into the URL"));
        }
        Ok(())
    }

    fn hosts(&self) -> Result<Vec<Host>> {
        let default_port = match Found::in_environment("PGPORT") {
            Some(found) => found.port()?,
            None => DEFAULT_PORT,
        };
        let default_names = Found::in_environment("PGHOSTADDR").or_else(|| Found::in_environment("PGHOST"));
        let mut hosts = self.location.hosts.clone();
        if hosts.is_empty() {
            hosts.push(Host::default());
        }
        // `PGHOST` may name several; they stand for a URL without a host.
        if let ([only], Some(names)) = (&hosts[..], &default_names)
            && only.name.is_none()
        {
            let port = only.port;
            let names = names.value.split(',');
            hosts = names
                .map(|name| Host {
                    name: Some(name.to_owned()),
                    port,
                })
                .collect();
        }
        Ok(hosts
            .into_iter()
            .map(|host| {
                let port = host.port.unwrap_or(default_port);
                Host {
                    name: Some(host.name.unwrap_or_else(|| default_host(port))),
                    port: Some(port),
                }
            })
            .collect())
    }

    fn target(&self, host: &Host) -> Result<Target> {
        let name = host.name.as_deref().unwrap_or("localhost");
        let port = host.port.unwrap_or(DEFAULT_PORT);
        let is_socket = name.starts_with('/');
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(name)
            .port(port)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        if let Some(user) = &self.location.user {
            options = options.username(user);
        }
        if let Some(database) = &self.location.database {
            options = options.database(database);
        }
        let application_name = self
            .get(&["application_name"], "PGAPPNAME")
            .or_else(|| self.get(&["fallback_application_name"], ""))
            .map_or_else(|| APPLICATION_NAME.to_owned(), |found| found.value);
        options = options.application_name(&application_name);
        options = self.session_options(options)?;
        let (options, may_go_without_tls) = self.tls(options, is_socket)?;
        let mut target = Target {
            name: if is_socket {
                format!("{name}/.s.PGSQL.{port}")
            } else if name.contains(':') {
                format!("[{name}]:{port}")
            } else {
                format!("{name}:{port}")
            },
            options,
            may_go_without_tls,
            password: None,
            password_file_fault: None,
        };
        self.password(&mut target, name, port);
        Ok(target)
    }

    fn password(&self, target: &mut Target, host: &str, port: u16) {
        if let Some(password) = &self.location.password {
            target.options = target.options.clone().password(password);
            target.password = Some(Origin::Url);
            return;
        }
        if Found::in_environment("PGPASSWORD").is_some() {
            target.password = Some(Origin::Variables);
            return;
        }
        let file = self.get(&["passfile"], "PGPASSFILE");
        let user = target.options.get_username().to_owned();
        let database = target.options.get_database().unwrap_or(&user).to_owned();
        let host = if SOCKET_FOLDERS.contains(&host) {
            "localhost"
        } else {
            host
        };
        match passwords::find(file.map(|f| PathBuf::from(f.value)), host, port, &database, &user) {
            Password::Found(password) => {
                target.options = target.options.clone().password(&password);
                target.password = Some(Origin::File);
            }
            Password::None => {}
            Password::Fault(fault) => target.password_file_fault = Some(fault),
        }
    }

    /// `options=-c name=value --name=value`, and sqlx's `options[name]=value`.
    fn session_options(&self, mut options: PgConnectOptions) -> Result<PgConnectOptions> {
        for (key, value) in &self.location.parameters {
            if key == "options" {
                options = options.options(session_settings(value)?);
            } else if let Some(name) = key.strip_prefix("options[").and_then(|k| k.strip_suffix(']')) {
                options = options.options([(name, value)]);
            }
        }
        Ok(options)
    }

    /// The options for TLS, and whether a connection without it would do.
    fn tls(&self, mut options: PgConnectOptions, is_socket: bool) -> Result<(PgConnectOptions, bool)> {
        const MODES: [(&str, PgSslMode); 6] = [
            ("disable", PgSslMode::Disable),
            ("allow", PgSslMode::Prefer),
            ("prefer", PgSslMode::Prefer),
            ("require", PgSslMode::Require),
            ("verify-ca", PgSslMode::VerifyCa),
            ("verify-full", PgSslMode::VerifyFull),
        ];
        let mut mode = match self.get(&["sslmode", "ssl-mode"], "PGSSLMODE") {
            Some(found) => found.choose(&found.value, &MODES)?,
            None => PgSslMode::Prefer,
        };
        match self.get(&["sslrootcert", "ssl-root-cert", "ssl-ca"], "PGSSLROOTCERT") {
            // The certificates that every program trusts, which go only with the strictest mode.
            Some(found) if found.value == "system" => {
                if !matches!(mode, PgSslMode::VerifyFull) {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!("{} is `system`, which needs `sslmode=verify-full`", found.place),
                    ));
                }
            }
            Some(found) => {
                // "If a root CA file exists, the behavior of sslmode=require will be the same as that of verify-ca."
                if matches!(mode, PgSslMode::Require) {
                    mode = PgSslMode::VerifyCa;
                }
                options = options.ssl_root_cert(found.value);
            }
            None => {
                let file = env::home_dir().map(|home| home.join(".postgresql/root.crt"));
                if let Some(file) = file.filter(|file| file.is_file())
                    && !matches!(mode, PgSslMode::Disable)
                {
                    if matches!(mode, PgSslMode::Require) {
                        mode = PgSslMode::VerifyCa;
                    }
                    options = options.ssl_root_cert(file);
                }
            }
        }
        if let Some(found) = self.get(&["sslcert", "ssl-cert"], "PGSSLCERT") {
            options = options.ssl_client_cert(found.value);
        }
        if let Some(found) = self.get(&["sslkey", "ssl-key"], "PGSSLKEY") {
            options = options.ssl_client_key(found.value);
        }
        // There is no TLS over sockets, whatever is asked.
        if is_socket {
            mode = PgSslMode::Disable;
        }
        let may_go_without = matches!(mode, PgSslMode::Prefer);
        Ok((options.ssl_mode(mode), may_go_without))
    }
}

/// The folder of the socket of a server on this machine, or else its name in the network.
fn default_host(port: u16) -> String {
    let has_socket = |folder: &&str| PathBuf::from(folder).join(format!(".s.PGSQL.{port}")).exists();
    let folder = SOCKET_FOLDERS.into_iter().find(has_socket);
    folder.unwrap_or("localhost").to_owned()
}

/// The settings in an `options` parameter: words are parted by blanks, and a backslash keeps the character behind it.
fn session_settings(text: &str) -> Result<Vec<(String, String)>> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    let mut settings = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (setting, is_long) = match word.strip_prefix("--") {
            Some(setting) => (Some(setting.to_owned()), true),
            None => match word.strip_prefix("-c") {
                Some("") => (words.next(), false),
                Some(setting) => (Some(setting.to_owned()), false),
                None => (None, false),
            },
        };
        match setting.as_deref().and_then(|setting| setting.split_once('=')) {
            Some((name, value)) if !name.is_empty() => {
                let name = if is_long {
                    name.replace('-', "_")
                } else {
                    name.to_owned()
                };
                settings.push((name, value.to_owned()));
            }
            _ => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("`{word}` in the parameter `options` of the URL is no setting"),
                )
                .hint("write `options=-csearch_path%3Dshop`"));
            }
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseUrl;
    use std::path::Path;

    fn settings(text: &str) -> Result<Settings> {
        let url = DatabaseUrl::parse(text, Path::new(""))?;
        Settings::new(url.server().expect("a server"))
    }

    #[test]
    fn settings_of_a_session_are_read_as_libpq_writes_them() {
        assert_eq!(
            session_settings(r"-c geqo=off -csearch_path=a\ b --log-min-messages=error").unwrap(),
            [
                ("geqo".to_owned(), "off".to_owned()),
                ("search_path".to_owned(), "a b".to_owned()),
                ("log_min_messages".to_owned(), "error".to_owned())
            ]
        );
        for text in ["geqo=off", "-c", "-c geqo", "-d 5"] {
            assert!(session_settings(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_url_says_where_and_how() {
        let settings = settings("postgres://anna:x@h:1,[::1]:2/shop?connect_timeout=1&application_name=a&target_session_attrs=primary").unwrap();
        assert_eq!(settings.timeout, Some(Duration::from_secs(2)));
        assert_eq!(settings.attributes, Attributes::Primary);
        assert_eq!(settings.hosts[0].name, "h:1");
        assert_eq!(settings.hosts[1].name, "[::1]:2");
        let options = &settings.hosts[0].options;
        assert_eq!(options.get_username(), "anna");
        assert_eq!(options.get_database(), Some("shop"));
        assert_eq!(options.get_application_name(), Some("a"));
        assert_eq!(settings.hosts[0].password, Some(Origin::Url));
    }

    #[test]
    fn tls_is_as_strict_as_libpq_makes_it() {
        let mode = |text: &str| settings(text).unwrap().hosts[0].options.get_ssl_mode();
        assert!(matches!(
            mode("postgres://u:p@h/d?sslmode=require&sslrootcert=/x"),
            PgSslMode::VerifyCa
        ));
        assert!(matches!(
            mode("postgres://u:p@h/d?sslmode=verify-full"),
            PgSslMode::VerifyFull
        ));
        assert!(matches!(
            mode("postgres://u:p@%2Ftmp/d?sslmode=require"),
            PgSslMode::Disable
        ));
        let error = settings("postgres://u:p@h/d?sslmode=requir").err().unwrap();
        assert_eq!(
            error.message(),
            "`requir` is no value of the parameter `sslmode` in the URL"
        );
        assert_eq!(error.hints()[1], "did you mean `require`?");
        assert!(settings("postgres://u:p@h/d?channel_binding=require").is_err());
        assert!(settings("postgres://u:p@h/d?sslrootcert=system").is_err());
        assert!(settings("postgres://u:p@h/d?connect_timeout=soon").is_err());
    }
}
