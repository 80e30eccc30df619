//! Keeps a database schema and its declared target in step.

pub mod dialect;
pub mod directive;
mod error;
mod notice;
pub mod schema;
pub(crate) mod sql;

pub use error::{Error, ErrorKind, Place, Result};
pub use notice::{Level, Notice};
