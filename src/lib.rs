//! Keeps a database schema and its declared target in step.

mod error;

pub use error::{Error, ErrorKind, Place, Result};
