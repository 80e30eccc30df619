//! The indexes of one table.
//!
//! In come both sides of a table with their canonical spellings; out come directives. An index of another content is dropped and
//! created; one of another name only is renamed where the engine can, and left alone where names do not count.

use super::options::ConstraintNames;
use super::pair::{Matched, Pair};
use crate::dialect::Dialect;
use crate::directive::{Change, Directive};
use crate::schema::{Index, Name, Table};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Clone, Copy)]
struct Spelled<'a> {
    written: &'a Index,
    canonical: &'a Index,
}

impl Spelled<'_> {
    /// The canonical form without its name.
    fn content(self) -> Index {
        Index {
            name: Name::new(""),
            ..self.canonical.clone()
        }
    }
}

/// Compares the indexes of a table. Each side is the table as it was written and as it is compared.
pub(super) fn compare(
    sides: Pair<(&Table, &Table)>,
    dialect: &dyn Dialect,
    names: ConstraintNames,
) -> Vec<Directive> {
    if sides.live.0.indexes == sides.target.0.indexes {
        return Vec::new();
    }
    let spelled = sides.map(|(written, canonical)| spell(written, canonical, dialect));
    let matched = Matched::by_key(spelled.live, spelled.target, |i| dialect.fold(&i.written.name));
    let table = &sides.live.0.name;
    let drop = |index: &Index| Directive::DropIndex {
        table: table.clone(),
        index: Box::new(index.clone()),
    };
    let create = |index: &Index| Directive::CreateIndex {
        table: table.clone(),
        index: Box::new(index.clone()),
    };
    let mut directives = Vec::new();
    for index in matched.both {
        if index.live.content() != index.target.content() {
            directives.push(drop(index.live.written));
            directives.push(create(index.target.written));
        } else if index.live.canonical.name != index.target.canonical.name
            && names == ConstraintNames::Compare
            && dialect.facts().renames_indexes
        {
            // Written otherwise, it is the same name to the engine, which shows it as it was written.
            directives.push(Directive::RenameIndex {
                table: table.clone(),
                name: Change::new(index.live.written.name.clone(), index.target.written.name.clone()),
            });
        }
    }
    let mut added: Vec<Option<Spelled<'_>>> = matched.target_only.into_iter().map(Some).collect();
    for index in matched.live_only {
        let content = index.content();
        let twin = added
            .iter()
            .position(|other| other.is_some_and(|other| other.content() == content));
        let new = twin.and_then(|place| added[place].map(|new| (place, new.written)));
        match (new, names) {
            (Some((place, _)), ConstraintNames::Ignore) => added[place] = None,
            (Some((place, new)), ConstraintNames::Compare) if dialect.facts().renames_indexes => {
                added[place] = None;
                directives.push(Directive::RenameIndex {
                    table: table.clone(),
                    name: Change::new(index.written.name.clone(), new.name.clone()),
                });
            }
            (Some(_) | None, _) => directives.push(drop(index.written)),
        }
    }
    directives.extend(added.into_iter().flatten().map(|index| create(index.written)));
    directives
}

fn spell<'a>(written: &'a Table, canonical: &'a Table, dialect: &dyn Dialect) -> Vec<Spelled<'a>> {
    let mut canonical: BTreeMap<Cow<'_, str>, &Index> = canonical
        .indexes
        .iter()
        .map(|index| (dialect.fold(&index.name), index))
        .collect();
    let spell = |index: &'a Index| Spelled {
        written: index,
        canonical: canonical.remove(&dialect.fold(&index.name)).unwrap_or(index),
    };
    written.indexes.iter().map(spell).collect()
}
