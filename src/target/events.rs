//! Events of a target: on the scratch they are disabled, in the schema they are as the target says.
//!
//! In come the statements or directives that run, and the schema that was read from the scratch. Without this, the server would run an
//! event as soon as it is made.

use std::collections::BTreeMap;

use super::{
    classify::{About, tokens::find},
    cursor::Cursor,
    statements::Runs,
};
use crate::{
    dialect::Engine,
    directive::Directive,
    schema::{Object, ObjectKind, Schema, Sql},
    sql::{Lexicon, split},
};

/// Events by their folded names, and whether they are enabled in the end.
#[derive(Debug, Default)]
pub(super) struct Events(BTreeMap<String, bool>);

const EVENT: ObjectKind = ObjectKind::new("event");

impl Events {
    /// The events that the statements speak of.
    pub(super) fn of(statements: &[&Runs<'_>]) -> Self {
        Self(enabled(statements))
    }

    /// Disables the event that a directive of a script makes, and remembers whether it was enabled.
    pub(super) fn disable(&mut self, directive: &mut Directive, engine: Engine) {
        let object = match directive {
            Directive::CreateObject(object) => object,
            Directive::ReplaceObject(change) => &mut change.new,
            _ => return,
        };
        if object.id.kind != EVENT {
            return;
        }
        let disabled = with_status(&object.definition, ("enable", "DISABLE"), Lexicon::of(engine));
        self.0.insert(folded(object), disabled.is_some());
        if let Some(definition) = disabled {
            object.definition = Sql::new(definition);
        }
    }

    /// Enables the events in `schema` that are enabled in the end.
    pub(super) fn enable(&self, schema: &mut Schema, engine: Engine) {
        for object in schema.objects.values_mut() {
            if object.id.kind == EVENT
                && self.0.get(&folded(object)) == Some(&true)
                && let Some(definition) =
                    with_status(&object.definition, ("disable", "ENABLE"), Lexicon::of(engine))
            {
                object.definition = Sql::new(definition);
            }
        }
    }
}

fn folded(event: &Object) -> String {
    event.id.name.name.as_str().to_lowercase()
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

/// The definition of an event of the one status with the other.
fn with_status(definition: &str, (from, to): (&str, &str), lexicon: &Lexicon) -> Option<String> {
    // Settings of the session may stand before it.
    let statement = split(definition, lexicon)
        .find(|statement| Cursor::new(statement.text, statement.lexicon()).eat("create"))?;
    let mut cursor = Cursor::new(statement.text, statement.lexicon());
    let token = find(&mut cursor, &["disable", "enable", "comment", "do"])
        .filter(|token| token.is_keyword(statement.text, from))?;
    let mut changed = definition.to_owned();
    changed.replace_range(statement.offset + token.start..statement.offset + token.end, to);
    Some(changed)
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
                with_status(definition, ("disable", "ENABLE"), &Lexicon::MYSQL).as_deref(),
                expected
            );
        }
    }
}
