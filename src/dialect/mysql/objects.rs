//! Views, routines, triggers, events: how they come, go, and become others.
//!
//! A definition is one statement, which lines may stand in front of: in which `sql_mode` and character set it has to be read. They become
//! statements of their own, and the session is put back behind it.

use super::spelling::{qname, quote};
use super::{Flavour, Mysql, kinds};
use crate::dialect::tokens::Tokens;
use crate::dialect::{KindRule, Replace, Statement};
use crate::directive::{Change, Directive, Naming};
use crate::schema::{Object, ObjectKind, QName, Schema};
use crate::{Error, ErrorKind, Result};

/// What the line about `sql_mode` begins with.
const MODE: &str = "SET sql_mode = ";
/// What the line about the character set begins with.
const CLIENT: &str = "SET character_set_client = ";

/// What the line about the time zone of an event begins with.
pub(crate) const ZONE: &str = "SET time_zone = ";
/// The time zone of an event that says none: that of the program's own session.
const OWN_ZONE: &str = "SET time_zone = '+00:00'";

/// A definition taken apart.
struct Definition<'s> {
    mode: Option<&'s str>,
    zone: Option<&'s str>,
    client: Option<&'s str>,
    create: &'s str,
}

impl<'s> Definition<'s> {
    fn of(definition: &'s str) -> Self {
        let mut parts = Self {
            mode: None,
            zone: None,
            client: None,
            create: definition,
        };
        while let Some((line, rest)) = parts.create.split_once('\n') {
            let line = line.trim_end_matches([';', '\r']);
            if line.starts_with(MODE) {
                parts.mode = Some(line);
            } else if line.starts_with(ZONE) {
                parts.zone = Some(line);
            } else if line.starts_with(CLIENT) {
                parts.client = Some(line);
            } else {
                break;
            }
            parts.create = rest;
        }
        parts
    }

    /// Whether it makes an event, which is read in the time zone of the session.
    fn is_event(&self) -> bool {
        let tokens = Tokens::mysql(self.create);
        tokens.has(0, &["CREATE"])
            && (1..tokens.len().min(12))
                .find(|at| {
                    ["EVENT", "TRIGGER", "PROCEDURE", "FUNCTION", "VIEW", "PACKAGE"]
                        .iter()
                        .any(|w| tokens.has(*at, &[w]))
                })
                .is_some_and(|at| tokens.has(at, &["EVENT"]))
    }

    /// The statements, of which `create` is the one that matters.
    fn statements(&self, create: String) -> Vec<Statement> {
        let mut before = Vec::new();
        let mut behind = Vec::new();
        if let Some(mode) = self.mode {
            let new = mode.strip_prefix("SET ").unwrap_or(mode);
            before.push(format!("SET @autogen_sql_mode = @@sql_mode, {new}"));
            behind.push("SET sql_mode = @autogen_sql_mode".to_owned());
        }
        if let Some(zone) = self.zone.or_else(|| self.is_event().then_some(OWN_ZONE)) {
            let new = zone.strip_prefix("SET ").unwrap_or(zone);
            before.push(format!("SET @autogen_time_zone = @@time_zone, {new}"));
            behind.push("SET time_zone = @autogen_time_zone".to_owned());
        }
        if let Some(client) = self.client {
            before.push(client.to_owned());
            // It puts both back to what the session began with.
            behind.push("SET NAMES utf8mb4".to_owned());
        }
        // In a mode of its own it may fall into other tokens.
        let has_body =
            create.contains(';') && (self.mode.is_some() || Tokens::mysql(&create).has_symbol(";"));
        let create = super::ddl(create).delimited(has_body);
        let before = before.into_iter().map(super::ddl);
        before
            .chain([create])
            .chain(behind.into_iter().map(super::ddl))
            .collect()
    }
}

/// The definition without the line about the character set of whoever created it.
pub(super) fn without_client(definition: &str) -> String {
    let parts = Definition::of(definition);
    let lines = [parts.mode, parts.zone].into_iter().flatten();
    lines
        .flat_map(|line| [line, ";\n"])
        .chain([parts.create])
        .collect()
}

fn rule(kind: &ObjectKind, flavour: Flavour) -> Result<&'static KindRule> {
    kinds::find(kind, flavour).ok_or_else(|| {
        Error::new(
            ErrorKind::Script,
            format!("{} has no objects of the kind {kind}", flavour.title()),
        )
        .hint("put it inside `if op.dialect() == \"...\" { }` for the engine that has it")
    })
}

/// The statements that create an object.
///
/// # Errors
/// For a kind that the engine does not have.
pub(super) fn create(object: &Object, before: &Schema, naming: Mysql) -> Result<Vec<Statement>> {
    rule(&object.id.kind, naming.flavour)?;
    let definition = Definition::of(&object.definition);
    Ok(definition.statements(in_place(object, definition.create, before, naming)))
}

/// The statements that take an object away. DROP PACKAGE is no word outside of the mode that the package was made in.
///
/// # Errors
/// For a kind that the engine does not have.
pub(super) fn drop(object: &Object, flavour: Flavour) -> Result<Vec<Statement>> {
    let rule = rule(&object.id.kind, flavour)?;
    let sql = format!("DROP {} {}", rule.noun, qname(&object.id.name));
    if kinds::PACKAGES.contains(&object.id.kind.as_str()) {
        return Ok(Definition::of(&object.definition).statements(sql));
    }
    Ok(vec![super::ddl(sql)])
}

/// The statements that make another of an object. Triggers keep their order.
///
/// # Errors
/// For a kind that the engine does not have.
pub(super) fn replace(change: &Change<Object>, before: &Schema, naming: Mysql) -> Result<Vec<Statement>> {
    let rule = rule(&change.new.id.kind, naming.flavour)?;
    let definition = Definition::of(&change.new.definition);
    if rule.replace == Replace::InPlace && change.old.id == change.new.id {
        return Ok(definition.statements(with_or_replace(definition.create)));
    }
    let mut statements = drop(&change.old, naming.flavour)?;
    statements.extend(create(&change.new, before, naming)?);
    Ok(statements)
}

fn with_or_replace(statement: &str) -> String {
    let tokens = Tokens::mysql(statement);
    if tokens.has(0, &["CREATE"]) && !tokens.has(1, &["OR", "REPLACE"]) {
        format!("{} OR REPLACE {}", tokens.before(1), tokens.rest(1))
    } else {
        statement.to_owned()
    }
}

/// A trigger as it is when its table has another name: only what stands behind ON changes, never its body.
pub(super) fn on_table(definition: &str, table: &str) -> String {
    let parts = Definition::of(definition);
    let tokens = Tokens::mysql(parts.create);
    let Some(on) = tokens.find(0, &["ON"]) else {
        return definition.to_owned();
    };
    let head = definition.strip_suffix(parts.create).unwrap_or_default();
    format!(
        "{head}{} {} {}",
        tokens.before(on + 1),
        quote(table),
        tokens.rest(on + 2)
    )
}

/// Where a trigger stands among the others of its table: its time and event.
fn moment(trigger: &Object) -> Option<String> {
    let parts = Definition::of(&trigger.definition);
    let tokens = Tokens::mysql(parts.create);
    let word = tokens.find(0, &["TRIGGER"])?;
    let on = tokens.find(word, &["ON"])?;
    Some(tokens.text(word + 2, on).to_ascii_uppercase())
}

/// The trigger that is the first of its table, time and event now, when a new one without FOLLOWS is to come in front of it: by itself it
/// would come last.
fn first_now<'s>(new: &Object, schema: &'s Schema, naming: Mysql) -> Option<&'s Object> {
    let moment_of_new = moment(new)?;
    let is_one =
        |a: Option<&QName>, b: Option<&QName>| a.zip(b).is_some_and(|(a, b)| naming.same_table(a, b));
    schema.objects.values().find(|other| {
        other.id.kind == new.id.kind
            && is_one(other.id.on.as_ref(), new.id.on.as_ref())
            && !is_one(Some(&other.id.name), Some(&new.id.name))
            && followed(&other.definition).is_none()
            && moment(other).as_ref() == Some(&moment_of_new)
    })
}

/// The statement that creates it in its place.
fn in_place(object: &Object, create: &str, before: &Schema, naming: Mysql) -> String {
    let tokens = Tokens::mysql(create);
    if object.id.kind.as_str() != kinds::TRIGGER || followed(&object.definition).is_some() {
        return create.to_owned();
    }
    match (
        tokens.find(0, &["FOR", "EACH", "ROW"]),
        first_now(object, before, naming),
    ) {
        (Some(row), Some(first)) => format!(
            "{} PRECEDES {} {}",
            tokens.before(row + 3),
            quote(&first.id.name.name),
            tokens.rest(row + 3)
        ),
        _ => create.to_owned(),
    }
}

/// Puts triggers behind those that they say to follow.
pub(super) fn arrange(mut directives: Vec<Directive>, naming: Mysql) -> Vec<Directive> {
    let trigger = |directive: &Directive| match directive {
        Directive::CreateObject(object) if object.id.kind.as_str() == kinds::TRIGGER => Some(object.clone()),
        Directive::ReplaceObject(change) if change.new.id.kind.as_str() == kinds::TRIGGER => {
            Some(change.new.clone())
        }
        _ => None,
    };
    let mut place = 0;
    // Each trigger moves at most once behind each other.
    let mut moves = directives.len() * directives.len();
    while place < directives.len() {
        let waits_for = trigger(&directives[place])
            .and_then(|object| followed(&object.definition))
            .and_then(|name| {
                let is_it = |other: &Directive| {
                    trigger(other)
                        .is_some_and(|o| naming.fold_relation(&o.id.name.name) == naming.fold_relation(&name))
                };
                directives[place + 1..].iter().position(is_it)
            });
        match waits_for {
            Some(distance) if moves > 0 => {
                moves -= 1;
                directives[place..=place + 1 + distance].rotate_left(1);
            }
            _ => place += 1,
        }
    }
    directives
}

/// The name behind FOLLOWS in the header of a trigger.
pub(super) fn followed(definition: &str) -> Option<String> {
    let parts = Definition::of(definition);
    let tokens = Tokens::mysql(parts.create);
    let row = tokens.find(0, &["FOR", "EACH", "ROW"])? + 3;
    tokens
        .has(row, &["FOLLOWS"])
        .then(|| crate::sql::unquote(tokens.text(row + 1, row + 2), &crate::sql::Lexicon::MYSQL).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_front_become_statements_around() {
        let definition = Definition::of(
            "SET sql_mode = 'ANSI';\nSET character_set_client = latin1, collation_connection = latin1_bin;\nCREATE PROCEDURE `p`()\nBEGIN END",
        );
        let statements: Vec<String> = definition
            .statements(definition.create.to_owned())
            .into_iter()
            .map(|s| s.sql)
            .collect();
        assert_eq!(
            statements,
            [
                "SET @autogen_sql_mode = @@sql_mode, sql_mode = 'ANSI'",
                "SET character_set_client = latin1, collation_connection = latin1_bin",
                "CREATE PROCEDURE `p`()\nBEGIN END",
                "SET sql_mode = @autogen_sql_mode",
                "SET NAMES utf8mb4",
            ]
        );
    }

    #[test]
    fn a_trigger_follows_its_table_and_keeps_its_body() {
        let definition = "CREATE TRIGGER `t` BEFORE INSERT ON `x` FOR EACH ROW FOLLOWS `a` SET NEW.x = 1";
        assert_eq!(
            on_table(definition, "y"),
            "CREATE TRIGGER `t` BEFORE INSERT ON `y` FOR EACH ROW FOLLOWS `a` SET NEW.x = 1"
        );
        assert_eq!(followed(definition).as_deref(), Some("a"));
        assert_eq!(
            with_or_replace("CREATE FUNCTION `f`() RETURNS int RETURN 1"),
            "CREATE OR REPLACE FUNCTION `f`() RETURNS int RETURN 1"
        );
    }
}
