//! A type that becomes another under its own name: the old one is put aside, the new one made, everything of the type carried over.
//!
//! Comes in: the type and the statements that create it anew. Goes out: all statements, for the types over it too. Views, functions,
//! policies, indexes and constraints that name the type are dropped and created again around it, where no directives of their own do that.

use super::alter;
use super::column_change::aside;
use super::dependents::{Fate, around};
use super::kinds::id;
use super::objects::{comment_statement, split};
use super::spelling::{qname, quote, text};
use super::table::alter as alter_table;
use super::tokens::Tokens;
use super::types::type_name;
use super::{composite, domain, option};
use crate::Result;
use crate::dialect::Statement;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, TableChange};
use crate::schema::{Column, Object, Part, QName, Schema, Sql, Table, TypeName};
use std::collections::BTreeSet;

/// A type that is made anew.
pub(super) struct Remade {
    pub(super) name: QName,
    /// `TYPE` or `DOMAIN`.
    pub(super) noun: &'static str,
    /// How it is created.
    pub(super) create: Vec<Statement>,
    /// The name of the multirange that comes with a range.
    pub(super) multirange: Option<QName>,
}

/// The statements that make a type anew, with all types over it, and retype every column.
///
/// # Errors
/// For a schema that no reflector has read.
pub(super) fn rebuild(root: Remade, (before, after): (&Schema, &Schema)) -> Result<Vec<Statement>> {
    let gone = values_that_go(&root.name, (before, after));
    let mut remade = vec![root];
    loop {
        let next = before
            .objects
            .values()
            .find(|object| is_ready(object, &remade, before));
        let Some(object) = next else { break };
        if object.id.kind.as_str() == "domain" && !gone.is_empty() {
            remade.push(remake(&without_values(object, &gone)));
        } else {
            remade.push(remake(object));
        }
    }
    let names: BTreeSet<&QName> = remade
        .iter()
        .flat_map(|each| std::iter::once(&each.name).chain(&each.multirange))
        .collect();
    let create = remade.iter().flat_map(|each| each.create.iter().cloned());
    let seeds: Vec<(Part, Fate)> = names
        .iter()
        .map(|name| (Part::Type((*name).clone()), Fate::Retyped))
        .collect();
    let around = around(&seeds, before, after)?;
    let mut statements = around.before;
    if remade.iter().any(|each| each.multirange.is_some()) {
        // The functions that come with a range type keep its name when it gets another, so both cannot be there.
        statements.extend(retype_columns(&names, before, Carried::IntoText)?);
        for each in remade.iter().rev() {
            statements.push(Statement::new(format!(
                "DROP {} {}",
                each.noun,
                qname(&each.name)
            )));
        }
        statements.extend(create);
        statements.extend(retype_columns(&names, before, Carried::FromText)?);
        statements.extend(around.behind);
        statements.extend(around.keys);
        return Ok(statements);
    }
    for each in &remade {
        statements.push(Statement::new(format!(
            "ALTER {} {} RENAME TO {}",
            each.noun,
            qname(&each.name),
            quote(&aside(&each.name.name))
        )));
    }
    statements.extend(create);
    statements.extend(retype_columns(&names, before, Carried::Across)?);
    for each in remade.iter().rev() {
        statements.push(Statement::new(format!(
            "DROP {} {}",
            each.noun,
            qname(&each.name.sibling(aside(&each.name.name)))
        )));
    }
    statements.extend(around.behind);
    statements.extend(around.keys);
    Ok(statements)
}

/// The literals of the values that an enum type loses.
fn values_that_go(name: &QName, (before, after): (&Schema, &Schema)) -> Vec<String> {
    let values = |schema: &Schema| {
        schema
            .enums
            .get(name)
            .map(|ty| ty.values.clone())
            .unwrap_or_default()
    };
    let kept = values(after);
    let gone = values(before).into_iter().filter(|value| !kept.contains(value));
    gone.map(|value| text(&value)).collect()
}

/// A domain without what names values that go: a directive of its own comes behind, with what it says of others.
fn without_values(domain: &Object, gone: &[String]) -> Object {
    let statements = split(&domain.definition);
    let mut definition = Vec::new();
    for (number, statement) in statements.into_iter().enumerate() {
        if number == 0 {
            definition.push(domain::without(statement, gone));
        } else if !gone.iter().any(|value| statement.contains(value.as_str())) {
            definition.push(statement.to_owned());
        }
    }
    Object {
        definition: Sql::new(definition.join(";\n")),
        ..domain.clone()
    }
}

/// How the values of a column get from the old type to the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// Both are there.
    Across,
    /// The old one goes first.
    IntoText,
    /// The new one has come.
    FromText,
}

/// Whether a type leans on one that is made anew, and on none that will be and is not yet in the list.
fn is_ready(object: &Object, remade: &[Remade], schema: &Schema) -> bool {
    let listed = |name: &QName| remade.iter().any(|each| each.name == *name);
    if listed(&object.id.name) {
        return false;
    }
    let under = types_under(object);
    if !under.iter().any(listed) {
        return false;
    }
    // Another type under this one may be on its way into the list.
    !under.iter().filter(|name| !listed(name)).any(|name| {
        ["domain", "composite type", "range type"].iter().any(|kind| {
            schema
                .objects
                .get(&id(kind, name.clone()))
                .is_some_and(|object| is_ready(object, remade, schema))
        })
    })
}

/// The types that a domain, composite or range type is made of.
fn types_under(object: &Object) -> Vec<QName> {
    let definition = &object.definition;
    match object.id.kind.as_str() {
        "domain" => domain::base_type(definition)
            .and_then(type_name)
            .into_iter()
            .collect(),
        "composite type" => composite::attributes(definition)
            .unwrap_or_default()
            .iter()
            .filter_map(|(_, ty)| {
                let tokens = Tokens::of(ty);
                let end = tokens.find(0, &["COLLATE"]).unwrap_or(tokens.len());
                type_name(tokens.before(end))
            })
            .collect(),
        "range type" => range_option(definition, "subtype")
            .and_then(type_name)
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// The value of an option of CREATE TYPE .. AS RANGE.
fn range_option<'s>(definition: &'s str, option: &str) -> Option<&'s str> {
    let tokens = Tokens::of(definition);
    let open = tokens.symbol(0, "(")?;
    let inside = tokens.rest(open).strip_prefix('(')?.strip_suffix(')')?;
    super::spelling::list_items(inside).into_iter().find_map(|item| {
        let (name, value) = item.split_once('=')?;
        name.trim().eq_ignore_ascii_case(option).then(|| value.trim())
    })
}

/// A type as it is to be made again.
pub(super) fn remake(object: &Object) -> Remade {
    let mut create: Vec<Statement> = split(&object.definition)
        .into_iter()
        .map(Statement::new)
        .collect();
    if object.comment.is_some() {
        create.extend(comment_statement(object));
    }
    let is = |kind: &str| object.id.kind.as_str() == kind;
    Remade {
        name: object.id.name.clone(),
        noun: if is("domain") { "DOMAIN" } else { "TYPE" },
        multirange: is("range type").then(|| multirange(object)),
        create,
    }
}

/// The multirange type of a range type, by the server's rule where the definition names none (manual, CREATE TYPE).
fn multirange(object: &Object) -> QName {
    let name = &object.id.name;
    if let Some(given) = range_option(&object.definition, "multirange_type_name") {
        return type_name(given).unwrap_or_else(|| name.sibling(given));
    }
    match name.name.rfind("range") {
        Some(at) => name.sibling(format!("{}multi{}", &name.name[..at], &name.name[at..])),
        None => name.sibling(format!("{}_multirange", name.name)),
    }
}

fn is_of(column: &Column, names: &BTreeSet<&QName>) -> bool {
    type_name(&column.ty).is_some_and(|name| names.contains(&name))
}

/// Whether any table has a column of the type.
pub(super) fn has_columns(name: &QName, schema: &Schema) -> bool {
    let names = BTreeSet::from([name]);
    schema
        .tables
        .values()
        .flat_map(|table| &table.columns)
        .any(|column| is_of(column, &names))
}

fn comes_from_parent(table: &Table, column: &Column) -> bool {
    super::columns::has_parents(table) && column.options.contains_key(option::INHERITED)
}

/// The statements that carry the columns over. A column that a table has from its parent is carried with the parent's, but its default is
/// its own.
fn retype_columns(names: &BTreeSet<&QName>, schema: &Schema, way: Carried) -> Result<Vec<Statement>> {
    let (mut first, mut then, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for table in schema.tables.values() {
        let mut changes = Vec::new();
        let (mut drops, mut sets) = (Vec::new(), Vec::new());
        for column in table.columns.iter().filter(|column| is_of(column, names)) {
            let name = quote(&column.name);
            if comes_from_parent(table, column) {
                let drop = format!("ALTER COLUMN {name} DROP DEFAULT");
                match &column.default {
                    Some(default) => {
                        drops.push(drop);
                        sets.push(format!("ALTER COLUMN {name} SET DEFAULT {default}"));
                    }
                    // The parent's comes back to all its children.
                    None => sets.push(drop),
                }
            } else {
                changes.push(TableChange::AlterColumn(carried(column, way)));
            }
        }
        let only = format!("ONLY {}", qname(&table.name));
        if !drops.is_empty() && way != Carried::FromText {
            first.push(alter_table(&only, &drops));
        }
        if !sets.is_empty() && way != Carried::IntoText {
            last.push(alter_table(&only, &sets));
        }
        if !changes.is_empty() {
            let change = AlterTable {
                table: table.name.clone(),
                changes,
            };
            then.extend(alter::alter(&change, schema, schema)?);
        }
    }
    first.extend(then);
    first.extend(last);
    Ok(first)
}

/// The change that carries a column from the old type to the new one, through text.
fn carried(column: &Column, way: Carried) -> AlterColumn {
    let is_array = column.ty.ends_with("[]");
    let text = if is_array { "text[]" } else { "text" };
    let aside = type_name(&column.ty).map_or_else(
        || column.ty.to_string(),
        |name| {
            let array = if is_array { "[]" } else { "" };
            format!("{}{array}", qname(&name.sibling(aside(&name.name))))
        },
    );
    let name = quote(&column.name);
    let (old, new, using) = match way {
        Carried::Across => (
            TypeName::new(aside),
            column.ty.clone(),
            format!("{name}::{text}::{}", column.ty),
        ),
        Carried::IntoText => (column.ty.clone(), TypeName::new(text), format!("{name}::{text}")),
        Carried::FromText => (
            TypeName::new(text),
            column.ty.clone(),
            format!("{name}::{}", column.ty),
        ),
    };
    let mut changes = vec![ColumnChange::Type(Change::new(old, new))];
    let default = column.default.clone();
    match way {
        Carried::Across => {}
        Carried::IntoText => changes.push(ColumnChange::Default(Change::new(default, None))),
        Carried::FromText => changes.push(ColumnChange::Default(Change::new(None, default))),
    }
    AlterColumn {
        name: column.name.clone(),
        ty: column.ty.clone(),
        changes,
        using: column.generated.is_none().then(|| Sql::new(using)),
        backfill: None,
    }
}
