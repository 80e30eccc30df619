//! Keeps a database schema and its declared target in step.

pub mod compare;
pub mod config;
pub mod database;
pub mod dialect;
pub mod directive;
mod error;
#[cfg(feature = "connect")]
pub mod migrate;
mod nearest;
mod notice;
pub mod plan;
#[cfg(feature = "connect")]
pub mod reflect;
pub mod schema;
pub mod script;
pub(crate) mod sql;
pub mod target;

pub use config::Config;
#[cfg(feature = "connect")]
pub use database::Connection;
pub use database::DatabaseUrl;
pub use dialect::Engine;
pub use error::{Error, ErrorKind, Place, Result};
pub use notice::{Level, Notice};
