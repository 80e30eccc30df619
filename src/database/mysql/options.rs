//! What to tell sqlx to reach a MySQL or MariaDB server: the URL comes in, sqlx's options come out, filled up from the
//! environment as the clients of both servers do it (the MySQL manual's "Environment Variables"). Nothing is connected.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};

use crate::{
    Error, ErrorKind, Result,
    database::{
        server::settings::Found,
        url::{Host, ServerLocation},
    },
};

const DEFAULT_PORT: u16 = 3306;

/// Where a server on this machine may have its socket.
const SOCKETS: [&str; 5] = [
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
    "/run/mysql/mysql.sock",
];

/// Everything that is needed to connect.
#[derive(Clone)]
pub(super) struct Target {
    /// What sqlx is told.
    pub(super) options: MySqlConnectOptions,
    /// Where it is, for messages: `localhost:3306` or the socket's path.
    pub(super) name: String,
    /// Whether it is a socket of this machine.
    pub(super) is_socket: bool,
    /// Whether a connection without TLS is good enough when TLS fails.
    pub(super) may_go_without_tls: bool,
    /// Where the password comes from.
    pub(super) password: Option<Origin>,
    /// How long to wait for the server.
    pub(super) timeout: Option<Duration>,
}

impl Target {
    /// Where a connection leads that somebody else has opened.
    pub(super) fn of(options: MySqlConnectOptions) -> Self {
        let socket = options.get_socket();
        Self {
            name: match socket {
                Some(socket) => socket.display().to_string(),
                None => format!("{}:{}", options.get_host(), options.get_port()),
            },
            is_socket: socket.is_some(),
            options,
            may_go_without_tls: false,
            password: None,
            timeout: None,
        }
    }
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Url,
    Variables,
}

impl Target {
    /// Puts together what the URL and the environment say.
    ///
    /// # Errors
    /// When a parameter or a variable has no valid value, or no database is named.
    pub(super) fn new(location: &ServerLocation) -> Result<Self> {
        let reader = Reader { location };
        let Some(database) = &location.database else {
            return Err(Error::new(ErrorKind::Usage, "the URL names no database")
                .hint("write `mysql://user@host/database`"));
        };
        let place = reader.place()?;
        let user = location.user.clone().unwrap_or_else(login_name);
        let mut options = MySqlConnectOptions::new()
            .username(&user)
            .database(database)
            .statement_cache_capacity(0)
            .disable_statement_logging()
            // The session is set up by ourselves, in one round trip.
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .set_names(false);
        let (name, is_socket) = match &place {
            Place::Socket(path) => {
                options = options.socket(path);
                (path.display().to_string(), true)
            }
            Place::Host(host, port) => {
                options = options.host(host).port(*port);
                let name = if host.contains(':') {
                    format!("[{host}]:{port}")
                } else {
                    format!("{host}:{port}")
                };
                (name, false)
            }
        };
        let mut password = None;
        if let Some(text) = &location.password {
            options = options.password(text);
            password = Some(Origin::Url);
        } else if let Some(found) = Found::in_environment("MYSQL_PWD") {
            options = options.password(&found.value);
            password = Some(Origin::Variables);
        }
        let (options, may_go_without_tls) = reader.tls(options)?;
        reader.refuse_what_cannot_be()?;
        Ok(Self {
            options,
            name,
            is_socket,
            may_go_without_tls,
            password,
            timeout: match reader.get(&["connect-timeout"]) {
                Some(found) => seconds(&found)?,
                None => None,
            },
        })
    }

    /// The user it connects as.
    pub(super) fn user(&self) -> &str {
        self.options.get_username()
    }

    /// The database it connects to.
    pub(super) fn database(&self) -> &str {
        self.options.get_database().unwrap_or_default()
    }
}

/// Where a server is.
enum Place {
    Socket(PathBuf),
    Host(String, u16),
}

/// Seconds, where 0 means to wait as long as the system does.
fn seconds(found: &Found) -> Result<Option<Duration>> {
    match found.value.trim().parse::<u64>() {
        Ok(0) => Ok(None),
        Ok(seconds) => Ok(Some(Duration::from_secs(seconds))),
        Err(_) => Err(found.bad("a number of seconds")),
    }
}

struct Reader<'a> {
    location: &'a ServerLocation,
}

impl Reader<'_> {
    /// A parameter by any of its names; empty ones count as not there.
    fn get(&self, names: &[&str]) -> Option<Found> {
        names.iter().find_map(|name| {
            let value = self.location.parameters.get(*name)?;
            (!value.is_empty()).then(|| Found::in_url(name, value))
        })
    }

    /// A host in the URL is reached over TCP, `localhost` too (as every driver does it); without one, a socket goes first
    /// (as the clients do it).
    fn place(&self) -> Result<Place> {
        if let Some(found) = self.get(&["socket", "unix-socket"]) {
            return Ok(Place::Socket(PathBuf::from(found.value)));
        }
        let host = match &self.location.hosts[..] {
            [] => Host::default(),
            [only] => only.clone(),
            _ => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    "the URL of a MySQL server names one host, this one several",
                )
                .hint("write the host of the server that takes writes"));
            }
        };
        if let Some(path) = host.name.as_deref().filter(|name| name.starts_with('/')) {
            return Ok(Place::Socket(PathBuf::from(path)));
        }
        let port = match (host.port, Found::in_environment("MYSQL_TCP_PORT")) {
            (Some(port), _) => port,
            (None, Some(found)) => found.port()?,
            (None, None) => DEFAULT_PORT,
        };
        let name = host
            .name
            .or_else(|| Found::in_environment("MYSQL_HOST").map(|found| found.value));
        if let Some(name) = name {
            return Ok(Place::Host(name, port));
        }
        if host.port.is_none() {
            if let Some(found) = Found::in_environment("MYSQL_UNIX_PORT") {
                return Ok(Place::Socket(PathBuf::from(found.value)));
            }
            if let Some(path) = SOCKETS.into_iter().map(Path::new).find(|path| path.exists()) {
                return Ok(Place::Socket(path.to_owned()));
            }
        }
        Ok(Place::Host("localhost".to_owned(), port))
    }

    /// Stops at what the driver does not do and the user may rely on.
    fn refuse_what_cannot_be(&self) -> Result<()> {
        if let Some(found) = self.get(&["charset"])
            && !found.value.eq_ignore_ascii_case("utf8mb4")
        {
            return Err(found.bad(
                "`utf8mb4`, in which all text fits; the server converts to the character sets of the tables",
            ));
        }
        Ok(())
    }

    /// The options for TLS, and whether a connection without it would do.
    fn tls(&self, mut options: MySqlConnectOptions) -> Result<(MySqlConnectOptions, bool)> {
        const MODES: [(&str, MySqlSslMode); 5] = [
            ("disabled", MySqlSslMode::Disabled),
            ("preferred", MySqlSslMode::Preferred),
            ("required", MySqlSslMode::Required),
            ("verify_ca", MySqlSslMode::VerifyCa),
            ("verify_identity", MySqlSslMode::VerifyIdentity),
        ];
        let mode = match self.get(&["ssl-mode", "sslmode"]) {
            Some(found) => {
                // In any case, with dashes or underscores.
                let word = found.value.to_ascii_lowercase().replace('-', "_");
                Some(found.choose(&word, &MODES)?)
            }
            None => None,
        };
        let mut implied = MySqlSslMode::Preferred;
        if let Some(found) = self.get(&["ssl-ca", "sslca"]) {
            // "If --ssl-ca is given and no --ssl-mode, the mode is VERIFY_CA."
            implied = MySqlSslMode::VerifyCa;
            options = options.ssl_ca(found.value);
        }
        if let Some(found) = self.get(&["ssl-cert", "sslcert"]) {
            options = options.ssl_client_cert(found.value);
        }
        if let Some(found) = self.get(&["ssl-key", "sslkey"]) {
            options = options.ssl_client_key(found.value);
        }
        let mode = mode.unwrap_or(implied);
        Ok((options.ssl_mode(mode), matches!(mode, MySqlSslMode::Preferred)))
    }
}

/// Whom the clients connect as when nobody is named.
fn login_name() -> String {
    Found::in_environment("USER")
        .or_else(|| Found::in_environment("LOGNAME"))
        .map_or_else(|| "root".to_owned(), |found| found.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseUrl;

    fn target(text: &str) -> Result<Target> {
        let url = DatabaseUrl::parse(text, Path::new(""))?;
        Target::new(url.server().expect("a server"))
    }

    #[test]
    fn the_url_says_where_and_how() {
        let target =
            target("mysql://anna:x@h:1/shop?connect-timeout=1&ssl-mode=VERIFY-CA&charset=utf8mb4").unwrap();
        assert_eq!(target.name, "h:1");
        assert_eq!((target.user(), target.database()), ("anna", "shop"));
        assert_eq!(target.timeout, Some(Duration::from_secs(1)));
        assert_eq!(target.password, Some(Origin::Url));
        assert!(matches!(target.options.get_ssl_mode(), MySqlSslMode::VerifyCa));
        assert!(!target.may_go_without_tls);
    }

    #[test]
    fn a_socket_is_a_parameter_or_a_host_that_begins_with_a_slash() {
        for text in [
            "mysql://u@/d?socket=/tmp/s.sock",
            "mysql://u@%2Ftmp%2Fs.sock/d",
            "mysql://u@h/d?unix_socket=/tmp/s.sock",
        ] {
            let target = target(text).unwrap();
            assert!(target.is_socket, "{text}");
            assert_eq!(target.name, "/tmp/s.sock", "{text}");
        }
        assert_eq!(target("mariadb://u@localhost/d").unwrap().name, "localhost:3306");
    }

    #[test]
    fn a_certificate_of_an_authority_asks_for_verification() {
        let mode = |text: &str| target(text).unwrap().options.get_ssl_mode();
        assert!(matches!(mode("mysql://h/d"), MySqlSslMode::Preferred));
        assert!(matches!(mode("mysql://h/d?ssl-ca=/x"), MySqlSslMode::VerifyCa));
        assert!(matches!(
            mode("mysql://h/d?ssl_ca=/x&ssl_mode=required"),
            MySqlSslMode::Required
        ));
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_reason() {
        let error = |text: &str| target(text).err().unwrap();
        let refused = error("mysql://h/d?ssl-mode=requird");
        assert_eq!(
            refused.message(),
            "`requird` is no value of the parameter `ssl-mode` in the URL"
        );
        assert_eq!(refused.hints()[1], "did you mean `required`?");
        assert!(error("mysql://h/d?charset=latin1").hints()[0].contains("the server converts"));
        assert_eq!(error("mysql://h").message(), "the URL names no database");
        assert!(error("mysql://a,b/d").message().contains("one host"));
        assert!(
            error("mysql://h/d?connect-timeout=soon")
                .message()
                .contains("no value")
        );
    }
}
