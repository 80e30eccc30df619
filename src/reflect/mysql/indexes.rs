//! Keys: rows of `information_schema.STATISTICS`, one for each part, come in; the primary key and the indexes go out.

use super::Detail;
use super::catalog::{Catalog, Draft};
use super::columns::expression;
use super::create::ShownKey;
use crate::Result;
use crate::dialect::{Engine, mysql::option};
use crate::reflect::cells::Cells;
use crate::schema::{Deferral, Index, IndexPart, Name, Order, PrimaryKey};
use std::collections::BTreeMap;

/// A key in the making.
pub(super) struct Key {
    is_unique: bool,
    /// `BTREE`, `HASH`, `RTREE`, `FULLTEXT`, `SPATIAL`, `VECTOR`.
    pub(super) kind: String,
    is_hidden: bool,
    comment: Option<String>,
    parts: Vec<(u32, IndexPart)>,
}

/// The name of every primary key.
const PRIMARY: &str = "PRIMARY";

/// One row about a part of a key.
pub(super) fn part(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let table = row.text()?;
    let name = row.text()?;
    let kind = if name == PRIMARY { "constraint" } else { "index" };
    if !catalog.tables.contains_key(&table) || !catalog.filter.admits(kind, &name, Some(&table)) {
        return Ok(());
    }
    let place = row.number()?;
    let column = row.optional()?;
    let sql = row.optional()?;
    let length: Option<u32> = row.optional_number()?;
    let is_descending = row.optional()?.as_deref() == Some("D");
    let is_unique = !row.flag()?;
    let kind = row.text()?;
    let comment = row.optional()?.filter(|comment| !comment.is_empty());
    let is_hidden = row.text()? == "NO";
    let mut part = match (column, sql) {
        (Some(column), _) => IndexPart::column(column),
        (None, sql) => {
            let sql = sql.unwrap_or_default();
            IndexPart::expression(expression(&sql, catalog.engine, &catalog.database))
        }
    };
    if is_descending {
        part.order = Order::Descending;
    }
    // Of what is spatial, the server gives the size of a box.
    part.length = length.filter(|_| !matches!(kind.as_str(), "SPATIAL" | "RTREE" | "FULLTEXT" | "VECTOR"));
    let key = catalog.tables.get_mut(&table).map(|draft| {
        draft.keys.entry(name).or_insert_with(|| Key {
            is_unique,
            kind,
            is_hidden,
            comment,
            parts: Vec::new(),
        })
    });
    if let Some(key) = key {
        key.parts.push((place, part));
    }
    Ok(())
}

/// Puts the keys of a table into it.
pub(super) fn settle(draft: &mut Draft, engine: Engine, detail: Detail) {
    let none = BTreeMap::new();
    let is_innodb = draft.is_innodb();
    let shown = draft.shown.as_ref().map_or(&none, |shown| &shown.keys);
    for (name, mut key) in std::mem::take(&mut draft.keys) {
        key.parts.sort_by_key(|(place, _)| *place);
        let mut parts: Vec<IndexPart> = key.parts.into_iter().map(|(_, part)| part).collect();
        let mut method = method(&key.kind, &draft.engine);
        let mut options = BTreeMap::new();
        if let Some(ShownKey {
            without_overlaps,
            says: method_said,
            options: says,
        }) = shown.get(&name)
        {
            options.extend(says.clone());
            // What is not InnoDB's has been shown in any case.
            if method_said.is_some() && (detail == Detail::Wording || !is_innodb) {
                method = *method_said;
            }
            if is_innodb {
                // It keeps the number and has no use for it.
                options.remove(option::KEY_BLOCK_SIZE);
            }
            if let Some(period) = without_overlaps {
                // The columns of the period are its last parts.
                parts.truncate(parts.len().saturating_sub(2));
                options.insert(option::WITHOUT_OVERLAPS.to_owned(), period.clone());
            }
        }
        if name == PRIMARY {
            if let Some(method) = method {
                options.insert(option::METHOD.to_owned(), method.to_owned());
            }
            if let Some(comment) = key.comment {
                options.insert(option::COMMENT.to_owned(), comment);
            }
            draft.table.primary_key = Some(PrimaryKey {
                name: None,
                columns: parts,
                include: Vec::new(),
                deferral: Deferral::NotDeferrable,
                options,
            });
            continue;
        }
        if key.is_hidden {
            let word = match engine {
                Engine::Mariadb => option::IGNORED,
                _ => option::INVISIBLE,
            };
            options.insert(word.to_owned(), String::new());
        }
        let mut index = Index::new(name);
        index.unique = key.is_unique;
        index.method = method.map(Name::new);
        index.parts = parts;
        index.comment = key.comment;
        index.options = options;
        draft.table.indexes.push(index);
    }
}

/// The method, when it is not what the engine of the table takes by itself.
fn method(kind: &str, engine: &str) -> Option<&'static str> {
    let is_memory = engine.eq_ignore_ascii_case("MEMORY");
    match kind {
        "BTREE" if is_memory => Some("btree"),
        "HASH" if !is_memory => Some("hash"),
        "RTREE" => Some("rtree"),
        "FULLTEXT" => Some("fulltext"),
        "SPATIAL" => Some("spatial"),
        "VECTOR" => Some("vector"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_method_depends_on_the_engine() {
        for (kind, engine, expected) in [
            ("BTREE", "InnoDB", None),
            ("HASH", "InnoDB", Some("hash")),
            ("BTREE", "MEMORY", Some("btree")),
            ("HASH", "MEMORY", None),
            ("FULLTEXT", "MyISAM", Some("fulltext")),
        ] {
            assert_eq!(method(kind, engine), expected);
        }
    }
}
