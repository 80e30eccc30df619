//! Random schemas of MySQL and MariaDB: a seed gives a schema, and a schema gives a changed one. Both are plain SQL text for the program
//! under test, which sees nothing of the model here.

#![expect(clippy::format_push_string, reason = "a test may build text the plain way")]

mod change;
mod create;
mod model;
mod parts;
mod rows;
mod write;

pub(crate) use change::{changed, settle};
pub(crate) use create::schema;
pub(crate) use model::{Flavour, Schema};
pub(crate) use rows::inserts;
