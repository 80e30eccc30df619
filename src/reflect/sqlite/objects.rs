//! Indexes, and what views and triggers depend on.

use crate::dialect::sqlite::grammar;
use crate::schema::{Index, IndexPart, Name, ObjectId, PartTarget, QName, Sql};
use crate::sql::{Lexicon, mentions, relations};
use sqlparser::dialect::SQLiteDialect;
use std::collections::{BTreeMap, BTreeSet};

/// An index as the model has it.
pub(super) fn index(parsed: &grammar::Index<'_>) -> Index {
    let mut index = Index::new(parsed.created.name.as_str());
    index.unique = parsed.unique;
    index.predicate = parsed.predicate.map(Sql::new);
    index.parts = parsed
        .parts
        .iter()
        .map(|part| {
            let target = match &part.target {
                grammar::PartTarget::Column(name) => PartTarget::Column(Name::new(name.as_str())),
                grammar::PartTarget::Expression(sql) => PartTarget::Expression(Sql::new(*sql)),
            };
            let mut out = match target {
                PartTarget::Column(name) => IndexPart::column(name),
                PartTarget::Expression(sql) => IndexPart::expression(sql),
            };
            out.order = part.order;
            out.collation = part.collation.as_deref().map(Name::new);
            out
        })
        .collect();
    index
}

/// The known tables and views that a definition reads. SQLite keeps no record of that, so it is read from the text: by
/// sqlparser where it can, else by every name that stands in it.
pub(super) fn dependencies(sql: &str, id: &ObjectId, names: &BTreeMap<String, Name>) -> BTreeSet<QName> {
    let read: BTreeSet<String> = match relations(sql, &Lexicon::SQLITE, &SQLiteDialect {}) {
        Some(relations) => relations.into_iter().map(|relation| relation.name).collect(),
        None => mentions(sql, &Lexicon::SQLITE),
    };
    let own = id.name.name.to_ascii_lowercase();
    read.into_iter()
        .filter(|name| *name != own)
        .filter_map(|name| names.get(&name))
        .map(|name| QName::plain(name.clone()))
        .collect()
}
