//! Grants and owners: compared only where somebody manages them.
//!
//! In come both sides of a comparison as they were realised; afterwards what nobody manages is no difference between them. What
//! grants and owners are called is the reflector's business; here they are objects of certain kinds that say about which thing
//! they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::Realised;
use crate::{
    compare::Pair,
    config::Manage,
    schema::{Name, Object, ObjectId, ObjectKind, Part, QName, Schema},
};

/// What a source says something about, of what is managed only when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Declares {
    /// Who may do what.
    pub grants: bool,
    /// Who owns what.
    pub owners: bool,
}

impl Declares {
    /// As a database does.
    pub(super) fn everything() -> Self {
        Self {
            grants: true,
            owners: true,
        }
    }

    /// What is in a schema whose source cannot be asked.
    pub(super) fn of(schema: &Schema) -> Self {
        let has = |manage| schema.objects.keys().any(|id| of_kind(&id.kind) == Some(manage));
        Self {
            grants: has(Manage::Grants),
            owners: has(Manage::Owners),
        }
    }

    fn contains(self, what: Manage) -> bool {
        match what {
            Manage::Grants => self.grants,
            Manage::Owners => self.owners,
        }
    }
}

/// What an object of this kind says about others.
pub(super) fn of_kind(kind: &ObjectKind) -> Option<Manage> {
    match kind.as_str() {
        "privileges" | "default privileges" => Some(Manage::Grants),
        "owner" => Some(Manage::Owners),
        _ => None,
    }
}

/// Whether it is managed: by what the settings say (`None`: whatever the target speaks of).
pub(super) fn is_managed(what: Manage, manage: Option<&BTreeSet<Manage>>, target: Declares) -> bool {
    match manage {
        Some(managed) => managed.contains(&what),
        None => target.contains(what),
    }
}

/// The kind by which a reflector speaks of a table that it cannot tell.
pub(crate) const TABLE: &str = "table";

/// Takes out of the comparison what nobody manages: grants and owners, by what the settings say (`None`: whatever the target
/// speaks of), extensions that the target only assumes, and what one side cannot be asked about.
/// What is on both sides keeps the grants and the owner that it has in the live database, so that it gets them back when it has to be made anew.
pub fn leave_out_unmanaged(sides: &mut Pair<Realised>, manage: Option<&BTreeSet<Manage>>) {
    // What both sides share is no difference.
    if Arc::ptr_eq(&sides.live.schema, &sides.target.schema) {
        return;
    }
    for what in [Manage::Grants, Manage::Owners] {
        if !is_managed(what, manage, sides.target.declares) {
            level(sides, what);
        }
    }
    let untold: BTreeSet<ObjectId> = sides.live.untold.union(&sides.target.untold).cloned().collect();
    let assumed: BTreeSet<Name> = sides.live.assumes.union(&sides.target.assumes).cloned().collect();
    let hidden: BTreeSet<ObjectKind> = sides.live.hidden.union(&sides.target.hidden).cloned().collect();
    for side in [&mut sides.live, &mut sides.target] {
        let schema = Arc::make_mut(&mut side.schema);
        remove(schema, |id| {
            untold.contains(id)
                || hidden.contains(&id.kind)
                || (id.kind.as_str() == "extension" && assumed.contains(&id.name.name))
        });
        for table in untold.iter().filter(|id| id.kind.as_str() == TABLE) {
            schema.tables.remove(&table.name);
        }
    }
}

/// Makes the target's grants or owners those of the live side.
fn level(sides: &mut Pair<Realised>, what: Manage) {
    let is_one = |id: &ObjectId| of_kind(&id.kind) == Some(what);
    let target = &sides.target.schema;
    let kept: BTreeMap<ObjectId, Object> = sides
        .live
        .schema
        .objects
        .iter()
        .filter(|(id, _)| is_one(id) && has_subject(target, id))
        .map(|(id, object)| (id.clone(), object.clone()))
        .collect();
    remove(Arc::make_mut(&mut sides.live.schema), |id| {
        is_one(id) && !kept.contains_key(id)
    });
    let target = Arc::make_mut(&mut sides.target.schema);
    remove(target, is_one);
    for (id, object) in kept {
        let part = Part::of(&id);
        if let Some(needs) = sides.live.schema.dependencies.get(&part) {
            let needs = needs.clone();
            target.dependencies.insert(part, needs);
        }
        target.objects.insert(id, object);
    }
}

/// Takes objects out of a schema, and what leans on what with them.
fn remove(schema: &mut Schema, is_gone: impl Fn(&ObjectId) -> bool) {
    schema.objects.retain(|id, _| !is_gone(id));
    let is_gone = |part: &Part| matches!(part, Part::Object(id) if is_gone(id));
    schema.dependencies.retain(|part, _| !is_gone(part));
    for needs in schema.dependencies.values_mut() {
        needs.retain(|part| !is_gone(part));
    }
    schema.dependencies.retain(|_, needs| !needs.is_empty());
}

/// Whether a schema has the thing that grants or an owner are about. What is about nothing that stands in a schema, such as
/// default privileges, has no subject.
fn has_subject(schema: &Schema, facet: &ObjectId) -> bool {
    let Some(subject) = facet.signature.as_deref() else {
        return false;
    };
    let (word, arguments) = match subject.split_once('(') {
        Some((word, arguments)) => (word, arguments.strip_suffix(')')),
        None => (subject, None),
    };
    let name = &facet.name;
    let has = |kinds: &[&str]| has_object(schema, kinds, name, arguments);
    match word.trim_end() {
        // Rights on anything with rows are rights on a table.
        "table" => schema.tables.contains_key(name) || has(&["view", "materialized view", "foreign table"]),
        "sequence" => schema.sequences.contains_key(name),
        "schema" => {
            // The default namespace is not listed.
            schema.namespaces.contains_key(&name.name) || name.name.as_str() == "public"
        }
        "function" => has(&["function", "aggregate"]),
        "aggregate" => has(&["aggregate"]),
        "type" => {
            schema.enums.contains_key(name) || has(&["composite type", "range type", "base type", "domain"])
        }
        other => has(&[other]),
    }
}

fn has_object(schema: &Schema, kinds: &[&str], name: &QName, arguments: Option<&str>) -> bool {
    schema.objects.keys().any(|id| {
        id.name == *name
            && kinds.contains(&id.kind.as_str())
            && (arguments.is_none() || id.signature.as_deref() == arguments)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Needs, Sql, Table};

    fn object(kind: &'static str, name: &str, signature: &str, definition: &str) -> Object {
        Object {
            id: ObjectId {
                kind: ObjectKind::new(kind),
                name: name.into(),
                signature: (!signature.is_empty()).then(|| signature.to_owned()),
                on: None,
            },
            definition: Sql::from(definition),
            depends_on: BTreeSet::new(),
            comment: None,
        }
    }

    fn realised(tables: &[&str], objects: Vec<Object>) -> Realised {
        let mut schema = Schema::new();
        for table in tables {
            schema.insert_table(Table::new(*table));
        }
        for object in objects {
            let subject = Needs::from([Part::Relation(object.id.name.clone())]);
            schema
                .dependencies
                .insert(Part::Object(object.id.clone()), subject);
            schema.insert_object(object);
        }
        Realised {
            schema: Arc::new(schema),
            ..Realised::default()
        }
    }

    fn definitions(realised: &Realised) -> Vec<&str> {
        let objects = realised.schema.objects.values();
        objects.map(|object| object.definition.as_str()).collect()
    }

    fn sides() -> Pair<Realised> {
        let live = realised(
            &["a", "b"],
            vec![
                object("privileges", "a", "table", "live a"),
                object("privileges", "b", "table", "live b"),
                object("privileges", "f", "function(integer, text)", "live f"),
                object("function", "f", "integer, text", "f"),
                object("default privileges", "bob", ":tables", "live default"),
                object("owner", "a", "table", "live owner"),
            ],
        );
        let target = realised(
            &["a", "c"],
            vec![
                object("privileges", "a", "table", "target a"),
                object("privileges", "c", "table", "target c"),
                object("function", "f", "integer, text", "f"),
            ],
        );
        Pair::new(live, target)
    }

    #[test]
    fn what_is_not_managed_is_as_it_is_in_the_live_database() {
        let mut sides = sides();
        leave_out_unmanaged(&mut sides, None);
        for side in [&sides.live, &sides.target] {
            assert_eq!(definitions(side), ["f", "live owner", "live a", "live f"]);
            assert_eq!(side.schema.dependencies.len(), 4);
        }
    }

    #[test]
    fn what_the_target_speaks_of_is_managed() {
        let mut sides = sides();
        sides.target.declares.grants = true;
        leave_out_unmanaged(&mut sides, None);
        assert_eq!(
            definitions(&sides.target),
            ["f", "live owner", "target a", "target c"]
        );
        assert_eq!(definitions(&sides.live).len(), 6);
    }

    #[test]
    fn the_settings_have_the_last_word() {
        let mut managed = sides();
        leave_out_unmanaged(
            &mut managed,
            Some(&BTreeSet::from([Manage::Grants, Manage::Owners])),
        );
        assert_eq!(managed, sides());
        let mut none = sides();
        none.target.declares = Declares::everything();
        leave_out_unmanaged(&mut none, Some(&BTreeSet::new()));
        assert_eq!(definitions(&none.target), ["f", "live owner", "live a", "live f"]);
    }

    #[test]
    fn what_one_side_cannot_tell_is_on_neither() {
        let known = object("subscription", "s", "", "x");
        let mut sides = Pair::new(realised(&[], Vec::new()), realised(&[], vec![known.clone()]));
        sides.live.untold.insert(known.id);
        leave_out_unmanaged(&mut sides, None);
        assert!(definitions(&sides.target).is_empty());
    }

    #[test]
    fn what_cannot_be_seen_at_all_is_not_missing() {
        let trigger = object("trigger", "g", "", "x");
        let mut sides = Pair::new(realised(&[], Vec::new()), realised(&["t", "u"], vec![trigger]));
        sides.live.hidden.insert(ObjectKind::new("trigger"));
        sides.live.untold.insert(object(TABLE, "t", "", "").id);
        leave_out_unmanaged(&mut sides, None);
        assert!(definitions(&sides.target).is_empty());
        assert_eq!(sides.target.schema.tables.len(), 1);
    }

    #[test]
    fn extensions_that_are_only_assumed_are_left_alone() {
        let extensions = || {
            vec![
                object("extension", "hstore", "", "x"),
                object("extension", "ltree", "", "y"),
            ]
        };
        let mut sides = Pair::new(realised(&[], extensions()), realised(&[], Vec::new()));
        sides.target.assumes.insert("hstore".into());
        leave_out_unmanaged(&mut sides, None);
        assert_eq!(definitions(&sides.live), ["y"]);
    }
}
