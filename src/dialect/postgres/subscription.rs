//! Subscriptions: changed and dropped without a word to the server that they subscribe to.
//!
//! A definition says `connect = false`, so that it makes a subscription that is not enabled and reaches nothing; whether one is
//! enabled is for the user to say, and no part of it.

use super::spelling::{list_items, quote};
use super::tokens::Tokens;
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::{Object, ObjectId};
use std::collections::BTreeMap;

/// A definition in its parts, as they are spelled.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'d> {
    connection: &'d str,
    publications: &'d str,
    options: BTreeMap<&'d str, &'d str>,
}

fn read(definition: &str) -> Option<Parts<'_>> {
    let tokens = Tokens::of(definition);
    let connection = tokens.find(0, &["CONNECTION"])?;
    let publications = tokens.find(connection, &["PUBLICATION"])?;
    let with = tokens.find(publications, &["WITH"]).unwrap_or(tokens.len());
    let inside = tokens.rest(with + 1);
    let inside = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let options = list_items(inside.unwrap_or_default())
        .into_iter()
        .filter_map(|item| item.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()));
    Some(Parts {
        connection: tokens.text(connection + 1, publications),
        publications: tokens.text(publications + 1, with),
        options: options.collect(),
    })
}

/// Whether CREATE SUBSCRIPTION says that nothing is to be reached, and so can be inside a transaction.
pub(super) fn connects_to_nothing(definition: &str) -> bool {
    read(definition).is_some_and(|parts| parts.options.get("connect") == Some(&"false"))
}

/// The value that an option has when nothing is said of it; `None` for one that cannot be changed, or not without the other server.
fn usual(option: &str) -> Option<&'static str> {
    match option {
        "binary" | "disable_on_error" | "run_as_owner" => Some("false"),
        "password_required" => Some("true"),
        "streaming" | "synchronous_commit" => Some("off"),
        "origin" => Some("any"),
        "slot_name" => Some("NONE"),
        _ => None,
    }
}

/// ALTER SUBSCRIPTION; `None` when it has to be made anew.
pub(super) fn alter(change: &Change<Object>) -> Option<Vec<Statement>> {
    let (old, new) = (read(&change.old.definition)?, read(&change.new.definition)?);
    let name = quote(&change.new.id.name.name);
    let mut actions = Vec::new();
    if old.connection != new.connection {
        actions.push(format!("CONNECTION {}", new.connection));
    }
    let keys = old.options.keys().chain(new.options.keys());
    let mut keys: Vec<&str> = keys
        .copied()
        .filter(|key| old.options.get(key) != new.options.get(key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let value = new.options.get(key).copied().or_else(|| usual(key))?;
        usual(key)?;
        if key == "slot_name" && value == "NONE" {
            actions.push("DISABLE".to_owned());
        }
        actions.push(format!("SET ({key} = {value})"));
    }
    if old.publications != new.publications {
        actions.push(format!(
            "SET PUBLICATION {} WITH (refresh = false)",
            new.publications
        ));
    }
    let statement = |action| Statement::new(format!("ALTER SUBSCRIPTION {name} {action}"));
    Some(actions.into_iter().map(statement).collect())
}

/// The statements that take a subscription away and leave its slot.
pub(super) fn drop(id: &ObjectId) -> Vec<Statement> {
    let name = quote(&id.name.name);
    let drop = Statement::new(format!("DROP SUBSCRIPTION {name}"));
    vec![
        Statement::new(format!("ALTER SUBSCRIPTION {name} DISABLE")),
        Statement::new(format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")),
        drop.note("its slot on the other server, if it has one, stays and keeps what nobody fetches"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::postgres::kinds;
    use std::collections::BTreeSet;

    fn subscription(connection: &str, publications: &str, options: &str) -> Object {
        let definition = format!(
            "CREATE SUBSCRIPTION s\n    CONNECTION '{connection}'\n    PUBLICATION {publications}\n    WITH (connect = false, {options})"
        );
        Object {
            id: kinds::id("subscription", "s".into()),
            definition: definition.into(),
            depends_on: BTreeSet::new(),
            comment: None,
        }
    }

    fn altered(old: Object, new: Object) -> Option<Vec<String>> {
        let statements = alter(&Change::new(old, new))?;
        Some(statements.into_iter().map(|s| s.sql).collect())
    }

    #[test]
    fn what_can_be_altered_is() {
        let old = subscription("host=a", "p", "slot_name = 's', streaming = off, binary = true");
        let new = subscription(
            "host=b options=PUBLICATION",
            "p, \"Q\"",
            "slot_name = NONE, streaming = on",
        );
        let statements = altered(old.clone(), new).expect("it stays itself");
        assert_eq!(
            statements,
            [
                "ALTER SUBSCRIPTION s CONNECTION 'host=b options=PUBLICATION'",
                "ALTER SUBSCRIPTION s SET (binary = false)",
                "ALTER SUBSCRIPTION s DISABLE",
                "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
                "ALTER SUBSCRIPTION s SET (streaming = on)",
                "ALTER SUBSCRIPTION s SET PUBLICATION p, \"Q\" WITH (refresh = false)",
            ]
        );
        let other = subscription(
            "host=a",
            "p",
            "slot_name = 's', streaming = off, binary = true, two_phase = true",
        );
        assert_eq!(altered(old, other), None);
    }
}
