//! Definitions of foreign keys and checks, as CREATE TABLE and ALTER TABLE .. ADD take them.

use super::spelling::{guarded, name_list, qname, quote};
use super::{Flavour, index, option};
use crate::schema::{Action, Check, Constraint, ForeignKey, MatchKind, Name};
use crate::{Error, ErrorKind, Result};
use std::fmt::Write;

/// Any constraint.
///
/// # Errors
/// For one that neither engine has.
pub(super) fn definition(constraint: &Constraint, flavour: Flavour) -> Result<String> {
    Ok(match constraint {
        Constraint::PrimaryKey(key) => index::primary_key(key),
        Constraint::Unique(unique) => index::definition(&index::of_unique(unique)),
        Constraint::ForeignKey(key) => foreign_key(key, flavour),
        Constraint::Check(check) => self::check(check),
        Constraint::Exclude(_) => {
            return Err(Error::new(
                ErrorKind::Script,
                format!("{} has no exclusion constraints", flavour.title()),
            )
            .hint("put it inside `if op.dialect() == \"...\" { }` for the engine that has it"));
        }
    })
}

/// `DROP FOREIGN KEY f`.
///
/// # Errors
/// For one without a name, or one that neither engine has.
pub(super) fn drop(constraint: &Constraint, flavour: Flavour) -> Result<String> {
    let named = |word: &str| match constraint.name() {
        Some(name) => Ok(format!("DROP {word} {}", quote(name))),
        None => Err(Error::new(
            ErrorKind::Script,
            format!("a {} without a name cannot be dropped", constraint.kind()),
        )
        .hint("give its name: SHOW CREATE TABLE tells it")),
    };
    match constraint {
        Constraint::PrimaryKey(_) => Ok("DROP PRIMARY KEY".to_owned()),
        Constraint::Unique(unique) => Ok(format!("DROP KEY {}", quote(&index::of_unique(unique).name))),
        Constraint::ForeignKey(_) => named("FOREIGN KEY"),
        // DROP CONSTRAINT came with MySQL 8.0.19, and DROP CHECK never to MariaDB.
        Constraint::Check(_) => named(match flavour {
            Flavour::Mysql => "CHECK",
            Flavour::Mariadb => "CONSTRAINT",
        }),
        Constraint::Exclude(_) => definition(constraint, flavour),
    }
}

fn named(name: Option<&Name>) -> String {
    name.map_or_else(String::new, |name| format!("CONSTRAINT {} ", quote(name)))
}

fn check(check: &Check) -> String {
    let enforced = if check.options.contains_key(option::NOT_ENFORCED) {
        " NOT ENFORCED"
    } else {
        ""
    };
    format!(
        "{}CHECK ({}){enforced}",
        named(check.name.as_ref()),
        guarded(&check.expression)
    )
}

fn foreign_key(key: &ForeignKey, flavour: Flavour) -> String {
    let mut sql = format!(
        "{}FOREIGN KEY {} REFERENCES {} {}",
        named(key.name.as_ref()),
        name_list(&key.columns),
        qname(&key.table),
        name_list(&key.referenced)
    );
    match key.match_kind {
        MatchKind::Simple => {}
        MatchKind::Full => sql.push_str(" MATCH FULL"),
        MatchKind::Partial => sql.push_str(" MATCH PARTIAL"),
    }
    for (action, what, word) in [
        (key.on_delete, "delete", "DELETE"),
        (key.on_update, "update", "UPDATE"),
    ] {
        if let Some(action) = spelled(key, action, what, flavour) {
            let _ = write!(sql, " ON {word} {action}");
        }
    }
    sql
}

/// An action when it has to be said. The default is one that MySQL calls NO ACTION and MariaDB RESTRICT; the two words mean the same.
fn spelled(key: &ForeignKey, action: Action, what: &str, flavour: Flavour) -> Option<&'static str> {
    let in_words = || {
        let which = key.options.get(option::EXPLICIT_NO_ACTION);
        which.is_some_and(|which| which.split(',').any(|word| word == what))
    };
    match (action, flavour) {
        (Action::NoAction, Flavour::Mariadb) if in_words() => Some(Action::NoAction.sql()),
        (Action::NoAction, _) | (Action::Restrict, Flavour::Mariadb) => None,
        (other, _) => Some(other.sql()),
    }
}
