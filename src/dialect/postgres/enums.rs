//! Enum types.

use super::retype::{Remade, rebuild};
use super::spelling::{comment, qname, text};
use crate::Result;
use crate::dialect::{Placement, Statement};
use crate::directive::Change;
use crate::schema::{EnumType, Schema};

/// CREATE TYPE with its comment.
pub(super) fn create(ty: &EnumType) -> Vec<Statement> {
    let values: Vec<String> = ty.values.iter().map(|v| format!("\n    {}", text(v))).collect();
    let end = if values.is_empty() { "" } else { "\n" };
    let mut statements = vec![Statement::new(format!(
        "CREATE TYPE {} AS ENUM ({}{end})",
        qname(&ty.name),
        values.join(",")
    ))];
    if ty.comment.is_some() {
        statements.push(comment_on(ty));
    }
    statements
}

fn comment_on(ty: &EnumType) -> Statement {
    Statement::new(format!(
        "COMMENT ON TYPE {} IS {}",
        qname(&ty.name),
        comment(ty.comment.as_ref())
    ))
}

/// The values after those that are renamed have their new names.
fn renamed_values(old: &EnumType, renamed: &[Change<String>]) -> Vec<String> {
    let new_name = |value: &String| {
        renamed
            .iter()
            .find(|change| change.old == *value)
            .map_or_else(|| value.clone(), |change| change.new.clone())
    };
    old.values.iter().map(new_name).collect()
}

/// Whether all of `old` stand in `new` in the same order.
fn is_part(old: &[String], new: &[String]) -> bool {
    let mut new = new.iter();
    old.iter().all(|value| new.any(|other| other == value))
}

/// Whether the type is made anew: the server takes no value away and moves none.
pub(super) fn is_rebuilt(change: &Change<EnumType>, renamed: &[Change<String>]) -> bool {
    !is_part(&renamed_values(&change.old, renamed), &change.new.values)
}

/// ALTER TYPE, or the type made anew.
///
/// # Errors
/// As [`rebuild`].
pub(super) fn alter(
    change: &Change<EnumType>,
    renamed: &[Change<String>],
    schemas: (&Schema, &Schema),
) -> Result<Vec<Statement>> {
    let Change { old, new } = change;
    let name = qname(&new.name);
    let mut statements = super::sequence::moved(&old.name, &new.name, "TYPE");
    statements.extend(renamed.iter().filter(|r| r.old != r.new).map(|r| {
        Statement::new(format!(
            "ALTER TYPE {name} RENAME VALUE {} TO {}",
            text(&r.old),
            text(&r.new)
        ))
    }));
    if is_rebuilt(change, renamed) {
        statements.extend(rebuild(
            Remade {
                name: new.name.clone(),
                noun: "TYPE",
                create: create(new),
                multirange: None,
            },
            schemas,
        )?);
        return Ok(statements);
    }
    let known = renamed_values(old, renamed);
    for (place, value) in new.values.iter().enumerate() {
        if known.contains(value) {
            continue;
        }
        // Those before it in the new order are there by now.
        let position = match place.checked_sub(1) {
            None => known
                .first()
                .map_or_else(String::new, |first| format!(" BEFORE {}", text(first))),
            Some(_) if new.values[place..].iter().all(|v| !known.contains(v)) => String::new(),
            Some(previous) => format!(" AFTER {}", text(&new.values[previous])),
        };
        statements.push(
            Statement::new(format!("ALTER TYPE {name} ADD VALUE {}{position}", text(value)))
                .placed(Placement::CommitBehind),
        );
    }
    if old.comment != new.comment {
        statements.push(comment_on(new));
    }
    Ok(statements)
}
