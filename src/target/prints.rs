//! A schema as a few hashes: equal for equal schemas, so that it can be told that two are the same without having both at hand.
//!
//! What nobody may want to manage is hashed by itself.

use std::io;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manage::of_kind;
use crate::{
    config::Manage,
    schema::{Part, Schema},
};

/// The hashes of the parts of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Prints {
    /// All but the following.
    core: String,
    grants: String,
    owners: String,
}

impl Prints {
    /// The hashes of a schema.
    pub(super) fn of(schema: &Schema) -> Self {
        let mut core = Print::default();
        let mut grants = Print::default();
        let mut owners = Print::default();
        let Schema {
            namespaces,
            tables,
            sequences,
            enums,
            objects,
            dependencies,
            shapes,
        } = schema;
        core.add_all(namespaces.values());
        core.add_all(tables.values());
        core.add_all(sequences.values());
        core.add_all(enums.values());
        core.add_all(shapes.iter());
        let part_of = |kind| match of_kind(kind) {
            Some(Manage::Grants) => 1,
            Some(Manage::Owners) => 2,
            None => 0,
        };
        let prints = [&mut core, &mut grants, &mut owners];
        for object in objects.values() {
            prints[part_of(&object.id.kind)].add(object);
        }
        for (part, needs) in dependencies {
            let place = match part {
                Part::Object(id) => part_of(&id.kind),
                _ => 0,
            };
            prints[place].add(&(part, needs));
        }
        Self {
            core: core.finish(),
            grants: grants.finish(),
            owners: owners.finish(),
        }
    }

    /// Whether they are of schemas that are equal in all that `is_managed`.
    pub(super) fn are_like(&self, other: &Self, is_managed: impl Fn(Manage) -> bool) -> bool {
        let Self { core, grants, owners } = self;
        *core == other.core
            && (*grants == other.grants || !is_managed(Manage::Grants))
            && (*owners == other.owners || !is_managed(Manage::Owners))
    }
}

/// A hash over values in their JSON form, which is never kept whole.
#[derive(Default)]
struct Print(Sha256);

impl Print {
    fn add_all(&mut self, values: impl IntoIterator<Item = impl Serialize>) {
        for value in values {
            self.add(&value);
        }
        // So that no list can be taken for another.
        self.0.update([1]);
    }

    fn add(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut *self, value)
            .expect("values of a schema have a JSON form, and a hash takes all of it");
        self.0.update([0]);
    }

    fn finish(self) -> String {
        super::cache::hex(&self.0.finalize())
    }
}

impl io::Write for Print {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Object, ObjectId, ObjectKind, QName, Table};

    fn granted(kind: &'static str, text: &str) -> Object {
        Object {
            id: ObjectId {
                kind: ObjectKind::new(kind),
                name: QName::from("a"),
                signature: Some("table".to_owned()),
                on: None,
            },
            definition: text.into(),
            depends_on: [].into(),
            comment: None,
        }
    }

    #[test]
    fn they_tell_what_differs_apart_from_what_is_not_managed() {
        let mut schema = Schema::new();
        schema.insert_table(Table::new("a"));
        let plain = Prints::of(&schema);
        schema.insert_object(granted("privileges", "GRANT SELECT ON TABLE a TO b"));
        let with_grant = Prints::of(&schema);
        assert!(with_grant.are_like(&plain, |what| what == Manage::Owners));
        assert!(!with_grant.are_like(&plain, |what| what == Manage::Grants));
        assert_eq!(with_grant, Prints::of(&schema.clone()));
        schema.insert_table(Table::new("b"));
        assert!(!with_grant.are_like(&Prints::of(&schema), |_| false));
    }
}
