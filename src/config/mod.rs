//! What the user asked for, before any database is looked at.

mod filter;

pub use filter::Filter;
