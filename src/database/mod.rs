//! Databases as places that run statements: a URL comes in, rows and counts come out.
//!
//! This is the only module that opens a driver and runs a statement. It knows nothing of schemas or migrations:
//! what the statements mean is the business of its callers. URLs and values need no driver and are always here;
//! [`Connection`] needs the feature `connect` and the feature of its engine.

#[cfg(feature = "connect")]
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    expect(unused, reason = "only an engine's driver uses it")
)]
mod connection;
#[cfg(feature = "connect")]
mod given;
#[cfg(feature = "connect")]
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    expect(unused, reason = "only an engine's driver uses it")
)]
mod interrupt;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod outcome;
#[cfg(feature = "sqlite")]
mod packed;
#[cfg(feature = "postgres")]
mod postgres;
mod redact;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
mod url;
mod value;

#[cfg(feature = "connect")]
pub use connection::{Connection, Open, Refused};
#[cfg(feature = "connect")]
pub use given::IntoConnection;
#[cfg(feature = "connect")]
pub use interrupt::Interrupter;
#[cfg(feature = "mysql")]
pub use mysql::MysqlFacts;
pub(crate) use redact::redact;
pub use url::DatabaseUrl;
pub use value::{Row, Value};
