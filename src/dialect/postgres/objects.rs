//! Objects that are kept as definitions: how they come, go, and become others.

use super::dependents::{Fate, around};
use super::kinds::{self, Address};
use super::spelling::{comment, list_items, quote};
use super::tokens::Tokens;
use super::{composite, domain, privileges, retype, subscription};
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::{Object, ObjectKind, Part, Schema};
use crate::sql::{self, Lexicon};
use crate::{Error, ErrorKind, Result};

/// The statements of a definition.
pub(super) fn split(definition: &str) -> Vec<&str> {
    sql::split(definition, &Lexicon::POSTGRES)
        .map(|s| s.text)
        .collect()
}

/// The statements of an object. Those about privileges are lines without an end.
fn statements_of(object: &Object) -> Vec<&str> {
    match object.id.kind.as_str() {
        "privileges" | "default privileges" => privileges::lines(&object.definition).into_iter().collect(),
        _ => split(&object.definition),
    }
}

fn row(kind: &ObjectKind) -> Result<&'static kinds::Row> {
    kinds::find(kind).ok_or_else(|| {
        Error::new(
            ErrorKind::Script,
            format!("PostgreSQL has no objects of the kind {kind}"),
        )
    })
}

/// The statements that create an object.
///
/// # Errors
/// For a kind that PostgreSQL does not have.
pub(super) fn create(object: &Object) -> Result<Vec<Statement>> {
    row(&object.id.kind)?;
    let mut statements: Vec<Statement> = statements_of(object).into_iter().map(Statement::new).collect();
    if object.comment.is_some() {
        statements.extend(comment_statement(object));
    }
    Ok(statements)
}

/// COMMENT ON the object; `None` for what is said about another.
pub(super) fn comment_statement(object: &Object) -> Option<Statement> {
    let row = kinds::find(&object.id.kind)?;
    (row.address != Address::Facet).then(|| {
        Statement::new(format!(
            "COMMENT ON {} {} IS {}",
            row.rule.noun,
            kinds::address(&object.id, row.address),
            comment(object.comment.as_ref())
        ))
    })
}

/// The statements that take an object away.
///
/// # Errors
/// For a kind that PostgreSQL does not have.
pub(super) fn drop(object: &Object) -> Result<Vec<Statement>> {
    let row = row(&object.id.kind)?;
    if object.id.kind.as_str() == "subscription" {
        return Ok(subscription::drop(&object.id));
    }
    if row.address != Address::Facet {
        return Ok(vec![Statement::new(format!(
            "DROP {} {}",
            row.rule.noun,
            kinds::address(&object.id, row.address)
        ))]);
    }
    Ok(match object.id.kind.as_str() {
        "owner" => privileges::disown(&object.definition),
        "column comment" => privileges::uncomment(&object.definition),
        _ => privileges::change(&object.definition, ""),
    })
}

/// The statements that make an object into another of the same identity.
///
/// # Errors
/// For a kind that PostgreSQL does not have.
pub(super) fn replace(change: &Change<Object>, schemas: (&Schema, &Schema)) -> Result<Vec<Statement>> {
    let Change { old, new } = change;
    row(&old.id.kind)?;
    let mut statements = if old.definition == new.definition && old.id == new.id {
        Vec::new()
    } else {
        let Some(statements) = in_place(change, schemas)? else {
            let seeds = [(Part::of(&old.id), Fate::Gone)];
            let around = around(&seeds, schemas.0, schemas.1)?;
            let mut statements = around.before;
            statements.extend(drop(old)?);
            // With its comment.
            statements.extend(create(new)?);
            statements.extend(around.behind);
            statements.extend(around.keys);
            return Ok(statements);
        };
        statements
    };
    if old.comment != new.comment {
        statements.extend(comment_statement(new));
    }
    Ok(statements)
}

/// The statements by which the object stays itself; `None` when it is dropped and created.
fn in_place(change: &Change<Object>, schemas: (&Schema, &Schema)) -> Result<Option<Vec<Statement>>> {
    let Change { old, new } = change;
    let definitions = Change::new(old.definition.as_str(), new.definition.as_str());
    Ok(match new.id.kind.as_str() {
        // CREATE OR REPLACE adds columns to a view at its end and takes none away.
        "view" if has_fewer_columns(&definitions) => None,
        "view" | "function" | "procedure" | "rule" => Some(or_replace(&definitions, new.id.kind.as_str())),
        "privileges" | "default privileges" => Some(privileges::change(&old.definition, &new.definition)),
        "owner" | "column comment" => Some(split(&new.definition).into_iter().map(Statement::new).collect()),
        "domain" => match domain::alter(&new.id.name, &old.definition, &new.definition) {
            Some(statements) => Some(statements),
            None => return Ok(Some(remade(new, schemas)?)),
        },
        "composite type" => match composite::alter(&new.id.name, &old.definition, &new.definition, schemas.0)
        {
            Some(statements) => Some(statements),
            None => return Ok(Some(remade(new, schemas)?)),
        },
        "range type" => Some(remade(new, schemas)?),
        "foreign data wrapper" | "server" | "user mapping" => super::foreign::alter(change),
        "extension" => extension_schema(change),
        "subscription" => subscription::alter(change),
        _ => None,
    })
}

/// A type made anew. Its comment is among the statements, so that the caller needs to set it only when it changed: twice does no harm.
fn remade(new: &Object, schemas: (&Schema, &Schema)) -> Result<Vec<Statement>> {
    retype::rebuild(retype::remake(new), schemas)
}

/// Whether the change makes another type of it: everything of the type is carried over.
pub(super) fn makes_another_type(old: &Object, new: &Object) -> bool {
    match new.id.kind.as_str() {
        _ if old.definition == new.definition => false,
        "domain" => domain::alter(&new.id.name, &old.definition, &new.definition).is_none(),
        // Whether columns have the type is not known here.
        "composite type" => composite::is_another(&old.definition, &new.definition),
        "range type" | "base type" => true,
        _ => false,
    }
}

/// The definition again, its first statement with OR REPLACE, and what the statements behind the first said before taken back.
fn or_replace(definitions: &Change<&str>, kind: &str) -> Vec<Statement> {
    let (old, new) = (split(definitions.old), split(definitions.new));
    let mut statements = Vec::new();
    let Some((first, tail)) = new.split_first() else {
        return statements;
    };
    let old_first = old.first().copied().unwrap_or_default();
    if old_first != *first {
        statements.push(Statement::new(with_or_replace(first)));
    }
    let old_tail = old.get(1..).unwrap_or_default();
    for gone in old_tail.iter().filter(|line| !tail.contains(line)) {
        statements.extend(taken_back(gone, tail, kind));
    }
    statements.extend(
        tail.iter()
            .filter(|line| kind == "rule" || !old_tail.contains(line))
            .map(|line| Statement::new(*line)),
    );
    statements
}

/// Whether the query of the new view has fewer columns than that of the old. The server spells every column out.
fn has_fewer_columns(definitions: &Change<&str>) -> bool {
    let columns = |definition: &str| {
        let first = split(definition).into_iter().next()?;
        let tokens = Tokens::of(first);
        let select = tokens.find(0, &["SELECT"])?;
        let end = tokens.find(select, &["FROM"]).unwrap_or(tokens.len());
        Some(list_items(tokens.text(select + 1, end)).len())
    };
    columns(definitions.new) < columns(definitions.old)
}

fn with_or_replace(statement: &str) -> String {
    let tokens = Tokens::of(statement);
    if tokens.has(0, &["CREATE"]) && !tokens.has(1, &["OR", "REPLACE"]) {
        format!("{} OR REPLACE {}", tokens.before(1), tokens.rest(1))
    } else {
        statement.to_owned()
    }
}

/// What undoes a statement behind the first of a definition, unless another statement sets the same.
fn taken_back(gone: &str, tail: &[&str], kind: &str) -> Option<Statement> {
    let tokens = Tokens::of(gone);
    if kind == "view" {
        // ALTER VIEW v ALTER COLUMN c SET DEFAULT ..
        let set = tokens.find(0, &["SET", "DEFAULT"])?;
        let column = tokens.before(set);
        let is_set_again = tail.iter().any(|line| line.starts_with(column));
        return (!is_set_again).then(|| Statement::new(format!("{column} DROP DEFAULT")));
    }
    // ALTER TABLE t DISABLE RULE r
    let verb = ["DISABLE", "ENABLE"]
        .iter()
        .find_map(|verb| tokens.find(0, &[verb]))?;
    let rule = tokens.find_last("RULE")?;
    Some(Statement::new(format!(
        "{} ENABLE {}",
        tokens.before(verb),
        tokens.rest(rule)
    )))
}

/// An extension that only moves to another namespace.
fn extension_schema(change: &Change<Object>) -> Option<Vec<Statement>> {
    let schema = |definition| {
        let tokens = Tokens::of(definition);
        let at = tokens.find(0, &["SCHEMA"])?;
        Some(tokens.text(at + 1, at + 2))
    };
    let new = schema(&change.new.definition)?;
    schema(&change.old.definition)?;
    Some(vec![Statement::new(format!(
        "ALTER EXTENSION {} SET SCHEMA {new}",
        quote(&change.new.id.name.name)
    ))])
}
