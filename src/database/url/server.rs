//! What the URL of a database server says: the part behind the scheme comes in, hosts, names and parameters come out.
//!
//! The parameters are those of libpq (the PostgreSQL manual's "Database Connection Control Functions"), and those of the
//! clients of MySQL and MariaDB. What the URL leaves out is for the environment and the driver to fill in; nothing is
//! looked up here.

use std::collections::BTreeMap;

use super::{decode, usage};
use crate::{Error, Result, database::redact, dialect::Engine, nearest::nearest};

/// Where a server is, and what its URL says besides.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct ServerLocation {
    /// The hosts in the order they are tried; empty when the URL names none.
    pub(crate) hosts: Vec<Host>,
    /// The user.
    pub(crate) user: Option<String>,
    /// The password, never to be shown.
    pub(crate) password: Option<String>,
    /// The database.
    pub(crate) database: Option<String>,
    /// The other parameters by their names, decoded.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// One host of a server URL.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Host {
    /// A name, an address, or the folder of a socket.
    pub(crate) name: Option<String>,
    /// The port.
    pub(crate) port: Option<u16>,
}

/// What becomes of a parameter of a URL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parameter {
    /// It has an effect.
    Heeded,
    /// It tunes what this driver does in its own way, and is passed over.
    Tuning,
    /// It asks for what this driver cannot do.
    Unsupported,
}

/// The parameters of a PostgreSQL URL besides `host`, `hostaddr`, `port`, `dbname`, `user` and `password`. Those with dashes
/// are sqlx's own.
const POSTGRES_PARAMETERS: [(&str, Parameter); 44] = [
    ("application_name", Parameter::Heeded),
    ("channel_binding", Parameter::Heeded),
    ("client_encoding", Parameter::Heeded),
    ("connect_timeout", Parameter::Heeded),
    ("fallback_application_name", Parameter::Heeded),
    ("gssdelegation", Parameter::Tuning),
    ("gssencmode", Parameter::Heeded),
    ("gsslib", Parameter::Tuning),
    ("keepalives", Parameter::Tuning),
    ("keepalives_count", Parameter::Tuning),
    ("keepalives_idle", Parameter::Tuning),
    ("keepalives_interval", Parameter::Tuning),
    ("krbsrvname", Parameter::Tuning),
    ("load_balance_hosts", Parameter::Tuning),
    ("max_protocol_version", Parameter::Tuning),
    ("min_protocol_version", Parameter::Tuning),
    ("options", Parameter::Heeded),
    ("passfile", Parameter::Heeded),
    ("replication", Parameter::Unsupported),
    ("require_auth", Parameter::Unsupported),
    ("requirepeer", Parameter::Unsupported),
    ("requiressl", Parameter::Unsupported),
    ("service", Parameter::Unsupported),
    ("servicefile", Parameter::Unsupported),
    ("ssl-ca", Parameter::Heeded),
    ("ssl-cert", Parameter::Heeded),
    ("ssl-key", Parameter::Heeded),
    ("ssl-mode", Parameter::Heeded),
    ("ssl-root-cert", Parameter::Heeded),
    ("ssl_max_protocol_version", Parameter::Unsupported),
    ("ssl_min_protocol_version", Parameter::Unsupported),
    ("sslcert", Parameter::Heeded),
    ("sslcertmode", Parameter::Unsupported),
    ("sslcompression", Parameter::Tuning),
    ("sslcrl", Parameter::Unsupported),
    ("sslcrldir", Parameter::Unsupported),
    ("sslkey", Parameter::Heeded),
    ("sslmode", Parameter::Heeded),
    ("sslnegotiation", Parameter::Unsupported),
    ("sslpassword", Parameter::Unsupported),
    ("sslrootcert", Parameter::Heeded),
    ("sslsni", Parameter::Tuning),
    ("statement-cache-capacity", Parameter::Tuning),
    ("target_session_attrs", Parameter::Heeded),
];

/// The parameters of a URL of MySQL or MariaDB, with dashes; underscores stand for them too. Those without dashes are
/// sqlx's own spellings.
const MYSQL_PARAMETERS: [(&str, Parameter); 19] = [
    ("charset", Parameter::Heeded),
    ("collation", Parameter::Tuning),
    ("connect-timeout", Parameter::Heeded),
    ("socket", Parameter::Heeded),
    ("ssl-ca", Parameter::Heeded),
    ("ssl-capath", Parameter::Unsupported),
    ("ssl-cert", Parameter::Heeded),
    ("ssl-cipher", Parameter::Unsupported),
    ("ssl-crl", Parameter::Unsupported),
    ("ssl-key", Parameter::Heeded),
    ("ssl-mode", Parameter::Heeded),
    ("sslca", Parameter::Heeded),
    ("sslcert", Parameter::Heeded),
    ("sslkey", Parameter::Heeded),
    ("sslmode", Parameter::Heeded),
    ("statement-cache-capacity", Parameter::Tuning),
    ("time-zone", Parameter::Tuning),
    ("timezone", Parameter::Tuning),
    ("unix-socket", Parameter::Heeded),
];

/// Parameters that have a field of their own.
const PLACES: [&str; 7] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "tcp_user_timeout",
];

impl ServerLocation {
    /// Reads `//user:password@host:port,host:port/database?name=value&...`, the part of `text` behind its scheme.
    ///
    /// # Errors
    /// When it cannot be taken apart, or a parameter is unknown to the engine.
    pub(super) fn parse(engine: Engine, text: &str, rest: &str) -> Result<Self> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (place, query) = match rest.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match place.split_once('/') {
            Some((authority, path)) => (authority, Some(path)),
            None => (place, None),
        };
        if path.is_some_and(|path| path.contains('@')) || query.is_some_and(is_cut_short) {
            return Err(usage(format!("`{}` cannot be read", redact(text)))
                .hint("in a user name and a password write `/` as `%2F`, `?` as `%3F`, `@` as `%40`, `#` as `%23` and `%` as `%25`"));
        }
        let mut location = Self::default();
        let hosts = match authority.rsplit_once('@') {
            Some((user, hosts)) => {
                let (user, password) = match user.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (user, None),
                };
                location.user = given(user)?;
                location.password = password.map(decode_secret).transpose()?;
                hosts
            }
            None => authority,
        };
        if !hosts.is_empty() {
            location.hosts = hosts.split(',').map(host).collect::<Result<_>>()?;
        }
        location.database = given(path.unwrap_or_default())?;
        location.read_parameters(engine, query.unwrap_or_default())?;
        Ok(location)
    }

    fn read_parameters(&mut self, engine: Engine, query: &str) -> Result<()> {
        for parameter in query.split('&').filter(|p| !p.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let key = decode(key)?;
            if engine != Engine::Postgres {
                let key = key.replace('_', "-");
                know(engine, &MYSQL_PARAMETERS, &key)?;
                self.parameters.insert(key, decode(value)?);
                continue;
            }
            match key.as_str() {
                "password" => self.password = Some(decode_secret(value)?),
                "user" => self.user = given(value)?,
                "dbname" => self.database = given(value)?,
                "host" | "hostaddr" => {
                    for (at, name) in decode(value)?.split(',').enumerate() {
                        self.host_at(at).name = (!name.is_empty()).then(|| name.to_owned());
                    }
                }
                "port" => {
                    let value = decode(value)?;
                    let ports = value.split(',').map(port).collect::<Result<Vec<_>>>()?;
                    // One port is the port of all hosts.
                    if let [port] = ports[..] {
                        self.host_at(0);
                        for host in &mut self.hosts {
                            host.port = port;
                        }
                    } else {
                        for (at, port) in ports.into_iter().enumerate() {
                            self.host_at(at).port = port;
                        }
                    }
                }
                _ => {
                    let is_setting = key.starts_with("options[") && key.ends_with(']');
                    if !is_setting && !PLACES.contains(&key.as_str()) {
                        know(engine, &POSTGRES_PARAMETERS, &key)?;
                    }
                    self.parameters.insert(key, decode(value)?);
                }
            }
        }
        Ok(())
    }

    fn host_at(&mut self, at: usize) -> &mut Host {
        if self.hosts.len() <= at {
            self.hosts.resize(at + 1, Host::default());
        }
        &mut self.hosts[at]
    }
}

/// Whether the `?` was not the begin of the parameters but part of a password: then there is an `@` behind it, before any
/// parameter has a name.
fn is_cut_short(query: &str) -> bool {
    query
        .split_once('@')
        .is_some_and(|(before, _)| !before.contains('='))
}

/// Stops at a parameter that is unknown or cannot be served.
fn know(engine: Engine, parameters: &[(&str, Parameter)], key: &str) -> Result<()> {
    match parameters.iter().find(|(known, _)| *known == key) {
        Some((_, Parameter::Unsupported)) => Err(usage(format!(
            "the parameter `{key}` of a {engine} URL is not supported"
        ))
        .hint("leave it out of the URL")),
        Some((_, Parameter::Heeded | Parameter::Tuning)) => Ok(()),
        None => Err(unknown(engine, parameters, key)),
    }
}

fn unknown(engine: Engine, parameters: &[(&str, Parameter)], key: &str) -> Error {
    let error = usage(format!("unknown parameter `{key}` in a {engine} URL"));
    let is_postgres = engine == Engine::Postgres;
    if is_postgres && matches!(key, "schema" | "search_path" | "currentSchema") {
        return error.hint("a search path is set by `options=-csearch_path%3Dname`");
    }
    if !is_postgres && matches!(key, "user" | "password" | "host" | "port" | "database" | "dbname") {
        return error.hint("write it as its part of the URL: `mysql://user:password@host:port/database`");
    }
    let places = if is_postgres { PLACES.as_slice() } else { &[] };
    let known = parameters
        .iter()
        .map(|(known, _)| *known)
        .chain(places.iter().copied());
    match nearest(key, known) {
        Some(known) => error.hint(format!("did you mean `{known}`?")),
        None if is_postgres => error.hint(
            "the parameters are those of libpq, such as `host`, `sslmode`, `sslrootcert`, `options`, `application_name`, `connect_timeout`",
        ),
        None => error.hint(
            "the parameters are `ssl-mode`, `ssl-ca`, `ssl-cert`, `ssl-key`, `socket` and `connect-timeout`",
        ),
    }
}

/// A decoded text, unless it is empty.
fn given(text: &str) -> Result<Option<String>> {
    if text.is_empty() {
        return Ok(None);
    }
    decode(text).map(Some)
}

/// Decodes what must not be shown when that fails.
fn decode_secret(text: &str) -> Result<String> {
    decode(text).map_err(|_| {
        usage("the password in the URL is not percent-encoded").hint("write `%25` for a percent sign")
    })
}

/// Reads `name`, `name:port`, `[::1]:port` or `:port`.
fn host(text: &str) -> Result<Host> {
    let (name, port_text) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, rest)) => (name, rest.strip_prefix(':').unwrap_or(rest)),
        None => text.rsplit_once(':').unwrap_or((text, "")),
    };
    Ok(Host {
        name: given(name)?,
        port: port(port_text)?,
    })
}

fn port(text: &str) -> Result<Option<u16>> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(0) | Err(_) => {
            Err(usage(format!("`{text}` is no port")).hint("a port is a number from 1 to 65535"))
        }
        Ok(port) => Ok(Some(port)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(rest: &str) -> Result<ServerLocation> {
        ServerLocation::parse(Engine::Postgres, &format!("postgres:{rest}"), rest)
    }

    fn hosts(rest: &str) -> Vec<(Option<String>, Option<u16>)> {
        let hosts = parse(rest).unwrap().hosts;
        hosts.into_iter().map(|host| (host.name, host.port)).collect()
    }

    #[test]
    fn every_part_may_be_left_out() {
        let url = parse("//anna:s%40cret@db.example.com:5433/my%20shop").unwrap();
        assert_eq!(url.user.as_deref(), Some("anna"));
        assert_eq!(url.password.as_deref(), Some("s@cret"));
        assert_eq!(url.database.as_deref(), Some("my shop"));
        assert_eq!(
            hosts("//db.example.com:5433/x"),
            [(Some("db.example.com".into()), Some(5433))]
        );
        assert!(parse("//").unwrap() == ServerLocation::default());
        assert!(parse("///").unwrap() == ServerLocation::default());
        assert_eq!(parse("///shop").unwrap().database.as_deref(), Some("shop"));
        assert_eq!(hosts("//:5433/shop"), [(None, Some(5433))]);
    }

    #[test]
    fn sockets_addresses_and_several_hosts_are_taken() {
        let socket = [(Some("/run/postgresql".to_owned()), None)];
        assert_eq!(hosts("///shop?host=/run/postgresql"), socket);
        assert_eq!(hosts("//%2Frun%2Fpostgresql/shop"), socket);
        assert_eq!(hosts("//[::1]:5433/shop"), [(Some("::1".into()), Some(5433))]);
        assert_eq!(
            hosts("//a:1,b:2,c/shop"),
            [
                (Some("a".into()), Some(1)),
                (Some("b".into()), Some(2)),
                (Some("c".into()), None)
            ]
        );
        assert_eq!(
            hosts("///shop?host=a,b&port=7"),
            [(Some("a".into()), Some(7)), (Some("b".into()), Some(7))]
        );
    }

    #[test]
    fn parameters_override_the_place() {
        let url =
            parse("//anna@h/d?user=ben&dbname=e&password=p%26&sslmode=require&options[geqo]=off").unwrap();
        assert_eq!(url.user.as_deref(), Some("ben"));
        assert_eq!(url.database.as_deref(), Some("e"));
        assert_eq!(url.password.as_deref(), Some("p&"));
        assert_eq!(url.parameters["sslmode"], "require");
        assert_eq!(url.parameters["options[geqo]"], "off");
    }

    #[test]
    fn unknown_parameters_get_the_nearest_name() {
        let error = parse("//h/d?sslmod=require").err().unwrap();
        assert_eq!(error.message(), "unknown parameter `sslmod` in a PostgreSQL URL");
        assert_eq!(error.hints(), ["did you mean `sslmode`?"]);
        let error = parse("//h/d?schema=public").err().unwrap();
        assert!(error.hints()[0].contains("search_path"));
        let error = parse("//h/d?service=x").err().unwrap();
        assert!(error.message().contains("is not supported"));
        assert!(
            parse("//h:99999/d")
                .err()
                .unwrap()
                .message()
                .contains("is no port")
        );
    }

    #[test]
    fn a_password_that_is_not_encoded_is_explained_and_not_shown() {
        for rest in ["//anna:se/cret@h/d", "//anna:se?cret@h/d", "//anna:se%cret@h/d"] {
            let error = parse(rest).err().unwrap();
            assert!(!format!("{error:?}").contains("cret@"), "{error:?}");
            assert!(!format!("{error:?}").contains("se%"), "{error:?}");
            assert!(!error.hints().is_empty());
        }
    }
}
