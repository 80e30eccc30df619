//! What whole-program tests share: random schemas, and an observer that knows nothing of the program under test.

#![allow(dead_code, reason = "each test uses its part of this module")]

pub(crate) mod generate;
pub(crate) mod observer;
pub(crate) mod server;
