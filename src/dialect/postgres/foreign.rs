//! Foreign data wrappers, servers and user mappings: ALTER with their options, because others lean on them.

use super::kinds::{self, Address};
use super::spelling::list_items;
use super::tokens::Tokens;
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::Object;
use std::collections::BTreeMap;

/// What stands before OPTIONS, and the options by name as they are spelled.
fn read(definition: &str) -> Option<(&str, BTreeMap<&str, &str>)> {
    let tokens = Tokens::of(definition);
    let Some(at) = tokens.find_last("OPTIONS") else {
        return Some((definition.trim(), BTreeMap::new()));
    };
    let inside = tokens.rest(at + 1).strip_prefix('(')?.strip_suffix(')')?;
    let options = list_items(inside)
        .into_iter()
        .map(|item| {
            let tokens = Tokens::of(item);
            (tokens.text(0, 1), tokens.rest(1))
        })
        .collect();
    Some((tokens.before(at), options))
}

/// ALTER .. OPTIONS; `None` when more than the options changed.
pub(super) fn alter(change: &Change<Object>) -> Option<Vec<Statement>> {
    let (old_head, old) = read(&change.old.definition)?;
    let (new_head, new) = read(&change.new.definition)?;
    if old_head != new_head {
        return None;
    }
    let mut parts = Vec::new();
    parts.extend(
        old.keys()
            .filter(|name| !new.contains_key(*name))
            .map(|name| format!("DROP {name}")),
    );
    for (name, value) in &new {
        match old.get(name) {
            Some(before) if before == value => {}
            Some(_) => parts.push(format!("SET {name} {value}")),
            None => parts.push(format!("ADD {name} {value}")),
        }
    }
    let row = kinds::find(&change.new.id.kind)?;
    if parts.is_empty() || row.address == Address::Facet {
        return Some(Vec::new());
    }
    Some(vec![Statement::new(format!(
        "ALTER {} {} OPTIONS ({})",
        row.rule.noun,
        kinds::address(&change.new.id, row.address),
        parts.join(", ")
    ))])
}
