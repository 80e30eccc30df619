//! What leans on what, when names change.

use super::{Naming, same_relation};
use crate::schema::{Dependencies, Name, ObjectId, Part, QName, Schema, Sql};
use std::collections::BTreeSet;

/// Follows a table to its new name: in what leans on it, and in the SQL of those objects.
pub(super) fn rename_relation<N: Naming + ?Sized>(schema: &mut Schema, old: &QName, new: &QName, naming: &N) {
    if schema.dependencies.is_empty() {
        return;
    }
    for id in readers(schema, old, None, naming) {
        if let Some(object) = schema.objects.get_mut(&id) {
            let renamed = naming.rename_in_sql(&object.definition, &old.name, &new.name);
            object.definition = Sql::new(renamed);
        }
    }
    rewrite(&mut schema.dependencies, |part| {
        let name = |name: QName| {
            if same_relation(naming, &name, old) {
                new.clone()
            } else {
                name
            }
        };
        match part {
            Part::Relation(r) => Part::Relation(name(r)),
            Part::Column(r, c) => Part::Column(name(r), c),
            Part::Default(r, c) => Part::Default(name(r), c),
            Part::Constraint(r, c) => Part::Constraint(name(r), c),
            Part::Index(r, i) => Part::Index(name(r), i),
            Part::Object(mut id) => {
                id.on = id.on.map(name);
                Part::Object(id)
            }
            other @ (Part::Type(_) | Part::Sequence(_)) => other,
        }
    });
}

/// Follows a column to its new name.
pub(super) fn rename_column<N: Naming + ?Sized>(
    schema: &mut Schema,
    table: &QName,
    old: &Name,
    new: &Name,
    naming: &N,
) {
    if schema.dependencies.is_empty() {
        return;
    }
    for id in readers(schema, table, Some(old), naming) {
        if let Some(object) = schema.objects.get_mut(&id) {
            object.definition = Sql::new(naming.rename_in_sql(&object.definition, old, new));
        }
    }
    rewrite(&mut schema.dependencies, |part| {
        let column = |relation: &QName, column: Name| {
            if same_relation(naming, relation, table) && naming.same_name(&column, old) {
                new.clone()
            } else {
                column
            }
        };
        match part {
            Part::Column(r, c) => {
                let c = column(&r, c);
                Part::Column(r, c)
            }
            Part::Default(r, c) => {
                let c = column(&r, c);
                Part::Default(r, c)
            }
            other => other,
        }
    });
}

/// The objects that lean on a relation, or on one of its columns.
fn readers<N: Naming + ?Sized>(
    schema: &Schema,
    table: &QName,
    column: Option<&Name>,
    naming: &N,
) -> BTreeSet<ObjectId> {
    let reads = |part: &Part| match (part, column) {
        (Part::Relation(r) | Part::Column(r, _), None) => same_relation(naming, r, table),
        (Part::Column(r, c), Some(column)) => same_relation(naming, r, table) && naming.same_name(c, column),
        _ => false,
    };
    let reading: BTreeSet<&Part> = schema
        .dependencies
        .iter()
        .filter(|(_, needs)| needs.iter().any(reads))
        .map(|(part, _)| part)
        .collect();
    let objects = schema.objects.keys();
    objects
        .filter(|id| reading.contains(&Part::of(id)))
        .cloned()
        .collect()
}

fn rewrite(dependencies: &mut Dependencies, rename: impl Fn(Part) -> Part) {
    *dependencies = std::mem::take(dependencies)
        .into_iter()
        .map(|(part, needs)| (rename(part), needs.into_iter().map(&rename).collect()))
        .collect();
}
