//! Keeps a database schema and its declared target in step.

mod error;
#[expect(unused_imports, reason = "the stages that read SQL come next")]
#[cfg_attr(not(test), expect(dead_code, reason = "the stages that read SQL come next"))]
pub(crate) mod sql;

pub use error::{Error, ErrorKind, Place, Result};
