//! Events of a target: on the scratch they are disabled, in the schema they are as the target says.
//!
//! In come the statements that ran and the schema that was read from the scratch. Without this, the server would run an event of the
//! target as soon as it is made.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    classify::{About, tokens::find},
    cursor::Cursor,
    statements::Runs,
};
use crate::{
    dialect::Engine,
    schema::{ObjectKind, Schema, Sql},
    sql::{Lexicon, split},
};

/// Enables the events in `schema` that the statements leave enabled.
pub(super) fn enable(schema: &mut Schema, statements: &[&Runs<'_>], engine: Engine) {
    let enabled = enabled(statements);
    for object in schema.objects.values_mut() {
        if object.id.kind == ObjectKind::new("event")
            && enabled.get(&object.id.name.name.as_str().to_lowercase()) == Some(&true)
            && let Some(definition) = enabled_definition(&object.definition, Lexicon::of(engine))
        {
            object.definition = Sql::new(definition);
        }
    }
}

/// The events that the statements speak of by their folded names, and whether they are enabled in the end.
fn enabled(statements: &[&Runs<'_>]) -> BTreeMap<String, bool> {
    let mut events = BTreeMap::new();
    for statement in statements {
        let About::Event(change) = &statement.about else {
            continue;
        };
        let mut name = change.name.to_lowercase();
        if let Some(new) = &change.renamed {
            let status = events.remove(&name);
            name = new.to_lowercase();
            if let Some(status) = status {
                events.insert(name.clone(), status);
            }
        }
        if let Some(enabled) = change.enabled {
            events.insert(name, enabled);
        }
    }
    events
}

/// The definition of a disabled event as that of an enabled one.
fn enabled_definition(definition: &str, lexicon: &Lexicon) -> Option<String> {
    // Settings of the session may stand before it.
    let statement = split(definition, lexicon)
        .find(|statement| Cursor::new(statement.text, statement.lexicon()).eat("create"))?;
    let mut cursor = Cursor::new(statement.text, statement.lexicon());
    let token = find(&mut cursor, &["disable", "enable", "comment", "do"])
        .filter(|token| token.is_keyword(statement.text, "disable"))?;
    let mut enabled = Cow::Borrowed(definition);
    enabled.to_mut().replace_range(
        statement.offset + token.start..statement.offset + token.end,
        "ENABLE",
    );
    Some(enabled.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_status_of_an_event_is_changed() {
        for (definition, expected) in [
            (
                "SET sql_mode = 'ANSI_QUOTES';\nCREATE EVENT `disable` ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE DISABLE DO SET @disable = 1",
                Some(
                    "SET sql_mode = 'ANSI_QUOTES';\nCREATE EVENT `disable` ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE ENABLE DO SET @disable = 1",
                ),
            ),
            (
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ENABLE DO SET @a = 1",
                None,
            ),
        ] {
            assert_eq!(
                enabled_definition(definition, &Lexicon::MYSQL).as_deref(),
                expected
            );
        }
    }
}
