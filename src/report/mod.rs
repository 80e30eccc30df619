//! What people and programs read: values of the other stages come in, [`Text`] and JSON go out. Pure; nothing is printed here.

mod describe;
mod difference;
mod json;
mod text;
mod unified;

pub use difference::{Difference, Mark};
pub use json::{VERSION, differences, document, error, notices};
pub use text::{Text, Tone};
pub use unified::unified;
