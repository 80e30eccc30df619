//! Directives of the user's own in a script.

use super::Notes;
use crate::directive::{Custom, FieldValue};

/// The chain after `op.custom(..)`.
#[derive(Debug)]
pub struct CustomChain<'a> {
    pub(super) custom: &'a mut Custom,
    pub(super) notes: &'a mut Notes,
}

impl CustomChain<'_> {
    /// A field: `.field("table", "orders")`, `.field("columns", ["id", "total"])`, `.field("limit", 5)`, `.field("note", null())`.
    pub fn field(self, key: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        let key = key.into();
        let said = format!("op.custom({:?}) has the field {key:?} twice", self.custom.name());
        if self.custom.set(key, value.into()) {
            self.notes.mistake(&said);
        }
        self
    }
}
