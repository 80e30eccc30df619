//! Keeps a database schema and its declared target in step.
//!
//! A *reflector* reads the live database, a *target* is realised on a scratch database and read by the same reflector, a
//! *comparator* turns both into directives, a *renderer* writes them as a migration script, and the same engine reads the script
//! back, plans its statements and applies them, forwards or backwards. Each arrow is a module; between them stand plain
//! values that can be printed, compared and tested without a database:
//!
//! ```text
//!  live database ──reflect──▶ Schema ─┐
//!                                     ├─compare─▶ directives ─render─▶ script file
//!  target ──────────realise─▶ Schema ─┘                                   │ read
//!                                                                         ▼
//!  database + ledger ◀──migrate── statements ◀──plan── directives ◀───────┘
//! ```
//!
//! The binary `autogen` is these calls and a terminal. The same in a program:
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> autogen::Result<()> {
//! use autogen::compare::{CompareOptions, Pair, compare};
//! use autogen::config::Filter;
//! use autogen::database::Open;
//! use autogen::migrate::{Migrator, Options};
//! use autogen::script::{self, Folder, Format, Header, RevisionId, Script};
//! use autogen::target::{Context, Source, realise};
//! use autogen::{Connection, DatabaseUrl, Engine, dialect, reflect};
//!
//! # let place = tempfile::tempdir().expect("a folder");
//! # let place = place.path();
//! # std::fs::write(place.join("schema.sql"), "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);").expect("a file");
//! let url = DatabaseUrl::parse("sqlite://app.db", place)?;
//! let filter = Filter::everything().hiding(["autogen_version", "autogen_history"]);
//! let sqlite = dialect::for_engine(Engine::Sqlite)?;
//!
//! // What is, and what is wanted.
//! let mut connection = Connection::open(&url, Open::Create).await?;
//! let live = reflect::reflect(&mut connection, &filter).await?.schema;
//! let source = Source::parse("schema.sql", place)?;
//! let target = realise(&source, &Context::new(Engine::Sqlite, &filter)).await?.schema;
//!
//! // The difference, as a script.
//! let comparison = compare(Pair::new(&live, &target), sqlite, &CompareOptions::default())?;
//! let mut header = Header::new(RevisionId::random());
//! header.message = "add users".to_owned();
//! let script = Script {
//!     header: header.clone(),
//!     downgrade: comparison.downgrade(sqlite),
//!     upgrade: comparison.upgrade,
//! };
//! let text = script::render(&script)?;
//! assert_eq!(script::read(&text, None, "sqlite")?, script);
//! # let config = autogen::Config::default();
//! let folder = Folder::load(place.join("migrations"))?;
//! folder.write(&header, &text, Format::Rust, &config.file_template, 40, &jiff::tz::TimeZone::UTC)?;
//!
//! // Applied, and taken back.
//! let folder = Folder::load(place.join("migrations"))?;
//! let mut migrator = Migrator::new(connection, Engine::Sqlite, &folder, &Options::default())?;
//! assert_eq!(migrator.upgrade("head").await?.ran.len(), 1);
//! assert_eq!(migrator.downgrade("base").await?.ran.len(), 1);
//! # Ok(()) }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! # Features
//!
//! | feature | what it brings |
//! |---|---|
//! | `cli` (default) | the command line; implies `sqlite` |
//! | `sqlite` (default) | the SQLite driver |
//! | `postgres` (default) | the PostgreSQL driver, with TLS |
//! | `mysql` (default) | the driver of MySQL and MariaDB, with TLS |
//! | `connect` | what talks to databases: `reflect`, `migrate`, `target::realise` |
//!
//! With `default-features = false` nothing links a driver; that is enough to compile scripts, and to compare, plan, render and read.

// The commands are nested futures, deeper than the compiler expects.
#![recursion_limit = "256"]
// What one engine needs is there for all of them; without that engine's driver some of it has no caller.
#![cfg_attr(
    all(
        feature = "connect",
        not(all(feature = "sqlite", feature = "postgres", feature = "mysql"))
    ),
    allow(dead_code, unused_imports, unused_variables, clippy::allow_attributes)
)]

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod command;
pub mod compare;
pub mod config;
pub mod database;
pub mod dialect;
pub mod directive;
pub mod embed;
#[cfg(feature = "connect")]
pub mod environment;
mod error;
pub mod extend;
#[cfg(feature = "connect")]
pub mod migrate;
mod nearest;
mod notice;
pub mod plan;
#[cfg(feature = "connect")]
pub mod reflect;
pub mod report;
pub mod schema;
pub mod script;
pub(crate) mod sql;
pub mod target;

pub use config::Config;
#[cfg(feature = "connect")]
pub use database::Connection;
pub use database::DatabaseUrl;
pub use dialect::Engine;
#[cfg(feature = "connect")]
pub use environment::Environment;
pub use error::{Error, ErrorKind, Place, Result};
#[cfg(feature = "connect")]
pub use migrate::{Migrator, upgrade};
pub use notice::{Level, Notice};
