//! Constraints as CREATE TABLE and ADD take them, and which changes of one need no drop.

use super::index;
use super::option;
use super::spelling::{beside, comment, guarded, name_list, qname, quote, text};
use crate::dialect::Statement;
use crate::schema::{Action, Constraint, Deferral, ForeignKey, IndexPart, MatchKind, Name, Options, QName};
use std::fmt::Write;

/// Its attributes that only PostgreSQL has.
pub(super) fn options(constraint: &Constraint) -> &Options {
    match constraint {
        Constraint::PrimaryKey(c) => &c.options,
        Constraint::Unique(c) => &c.options,
        Constraint::ForeignKey(c) => &c.options,
        Constraint::Check(c) => &c.options,
        Constraint::Exclude(c) => &c.options,
    }
}

fn options_mut(constraint: &mut Constraint) -> &mut Options {
    match constraint {
        Constraint::PrimaryKey(c) => &mut c.options,
        Constraint::Unique(c) => &mut c.options,
        Constraint::ForeignKey(c) => &mut c.options,
        Constraint::Check(c) => &mut c.options,
        Constraint::Exclude(c) => &mut c.options,
    }
}

/// Whether it comes from a parent of its table.
pub(super) fn is_inherited(constraint: &Constraint) -> bool {
    options(constraint).contains_key(option::INHERITED)
}

/// Whether only ALTER TABLE can make it: CREATE TABLE takes every constraint for valid.
pub(super) fn is_not_valid(constraint: &Constraint) -> bool {
    options(constraint).contains_key(option::NOT_VALID)
}

/// Whether an index of its name implements it.
pub(super) fn has_index(constraint: &Constraint) -> bool {
    matches!(
        constraint,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclude(_)
    )
}

/// The constraint with its name.
pub(super) fn clause(constraint: &Constraint) -> String {
    let mut sql = String::new();
    if let Some(name) = constraint.name() {
        let _ = write!(sql, "CONSTRAINT {} ", quote(name));
    }
    match constraint {
        Constraint::PrimaryKey(key) => {
            let _ = write!(sql, "PRIMARY KEY {}", key_columns(&key.columns, &key.options));
            index_part(&mut sql, &key.include, &key.options);
            deferral(&mut sql, key.deferral);
        }
        Constraint::Unique(unique) => {
            sql.push_str("UNIQUE ");
            if unique.nulls_not_distinct {
                sql.push_str("NULLS NOT DISTINCT ");
            }
            sql.push_str(&key_columns(&unique.columns, &unique.options));
            index_part(&mut sql, &unique.include, &unique.options);
            deferral(&mut sql, unique.deferral);
        }
        Constraint::Check(check) => {
            let _ = write!(sql, "CHECK ({})", guarded(&check.expression));
            if check.options.contains_key(option::NO_INHERIT) {
                sql.push_str(" NO INHERIT");
            }
        }
        Constraint::ForeignKey(key) => foreign_key(&mut sql, key),
        Constraint::Exclude(exclude) => {
            sql.push_str("EXCLUDE ");
            if let Some(method) = &exclude.method {
                let _ = write!(sql, "USING {} ", quote(method));
            }
            let elements: Vec<String> = exclude
                .elements
                .iter()
                .map(|(part, operator)| format!("{} WITH {operator}", index::part(part)))
                .collect();
            let _ = write!(sql, "({})", elements.join(", "));
            index_part(&mut sql, &exclude.include, &exclude.options);
            if let Some(predicate) = &exclude.predicate {
                let _ = write!(sql, " WHERE ({})", guarded(predicate));
            }
            deferral(&mut sql, exclude.deferral);
        }
    }
    let options = options(constraint);
    // What is not enforced is not valid either, and must not say so.
    if options.contains_key(option::NOT_ENFORCED) {
        sql.push_str(" NOT ENFORCED");
    } else if options.contains_key(option::NOT_VALID) {
        sql.push_str(" NOT VALID");
    }
    sql
}

fn key_columns(parts: &[IndexPart], options: &Options) -> String {
    let mut columns: Vec<String> = parts
        .iter()
        .map(|part| {
            part.column_name()
                .map_or_else(|| index::part(part), |name| quote(name))
        })
        .collect();
    if options.contains_key(option::WITHOUT_OVERLAPS)
        && let Some(last) = columns.last_mut()
    {
        last.push_str(" WITHOUT OVERLAPS");
    }
    format!("({})", columns.join(", "))
}

fn index_part(sql: &mut String, include: &[Name], options: &Options) {
    if !include.is_empty() {
        let _ = write!(sql, " INCLUDE {}", name_list(include));
    }
    sql.push_str(&with(options));
    if let Some(tablespace) = options.get(option::TABLESPACE) {
        let _ = write!(sql, " USING INDEX TABLESPACE {}", quote(tablespace));
    }
}

/// ` WITH (..)` of all storage parameters, or nothing.
pub(super) fn with(options: &Options) -> String {
    let mut set: Vec<(&str, &String)> = options
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(option::WITH)?, value)))
        .collect();
    if let Some(order) = options.get(option::PARAMETER_ORDER) {
        set.sort_by_key(|(name, _)| order.split(", ").position(|other| other == *name));
    }
    let parameters: Vec<String> = set
        .into_iter()
        .map(|(name, value)| parameter(name, value))
        .collect();
    if parameters.is_empty() {
        String::new()
    } else {
        format!(" WITH ({})", parameters.join(", "))
    }
}

/// A storage parameter, `fillfactor = 70`.
pub(super) fn parameter(name: &str, value: &str) -> String {
    let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let value = if is_number { value.to_owned() } else { text(value) };
    format!("{} = {value}", parameter_name(name))
}

/// The name of a storage parameter, with the `toast.` before it.
pub(super) fn parameter_name(name: &str) -> String {
    match name.split_once('.') {
        Some((namespace, name)) => format!("{}.{}", quote(namespace), quote(name)),
        None => quote(name),
    }
}

fn foreign_key(sql: &mut String, key: &ForeignKey) {
    let period = key.options.contains_key(option::PERIOD);
    let columns = |names: &[Name]| {
        let mut columns: Vec<String> = names.iter().map(|n| quote(n)).collect();
        if period && let Some(last) = columns.last_mut() {
            last.insert_str(0, "PERIOD ");
        }
        format!("({})", columns.join(", "))
    };
    let _ = write!(
        sql,
        "FOREIGN KEY {} REFERENCES {}",
        columns(&key.columns),
        qname(&key.table)
    );
    if !key.referenced.is_empty() {
        let _ = write!(sql, " {}", columns(&key.referenced));
    }
    match key.match_kind {
        MatchKind::Simple => {}
        MatchKind::Full => sql.push_str(" MATCH FULL"),
        MatchKind::Partial => sql.push_str(" MATCH PARTIAL"),
    }
    if key.on_update != Action::NoAction {
        let _ = write!(sql, " ON UPDATE {}", key.on_update.sql());
    }
    if key.on_delete != Action::NoAction {
        let _ = write!(sql, " ON DELETE {}", key.on_delete.sql());
        if let Some(columns) = key.options.get(option::SET_COLUMNS) {
            let _ = write!(sql, " ({columns})");
        }
    }
    deferral(sql, key.deferral);
}

fn deferral(sql: &mut String, deferral: Deferral) {
    match deferral {
        Deferral::NotDeferrable => {}
        Deferral::Immediate => sql.push_str(" DEFERRABLE"),
        Deferral::Deferred => sql.push_str(" DEFERRABLE INITIALLY DEFERRED"),
    }
}

/// The statements for its comments, or to change them from those of `old`.
pub(super) fn comments(table: &QName, old: Option<&Constraint>, new: &Constraint) -> Vec<Statement> {
    let Some(name) = new.name() else {
        return Vec::new();
    };
    let changed = |key: &str| {
        let value = options(new).get(key);
        (old.and_then(|old| options(old).get(key)) != value).then_some(value)
    };
    let of_constraint = changed(option::COMMENT).map(|value| {
        format!(
            "COMMENT ON CONSTRAINT {} ON {} IS {}",
            quote(name),
            qname(table),
            comment(value)
        )
    });
    let of_index = changed(option::INDEX_COMMENT)
        .map(|value| format!("COMMENT ON INDEX {} IS {}", beside(table, name), comment(value)));
    of_constraint
        .into_iter()
        .chain(of_index)
        .map(Statement::new)
        .collect()
}

/// How a constraint becomes another of the same name without being dropped.
#[derive(Debug, Default)]
pub(super) struct InPlace {
    /// Actions of ALTER TABLE.
    pub(super) actions: Vec<String>,
    /// Statements of their own.
    pub(super) statements: Vec<Statement>,
}

/// How `old` becomes `new` in place; `None` when it has to be dropped and added.
pub(super) fn in_place(table: &QName, old: &Constraint, new: &Constraint) -> Option<InPlace> {
    let name = new.name()?;
    if old.name() != Some(name) || old.kind() != new.kind() {
        return None;
    }
    let mut change = InPlace::default();
    let mut like_old = new.clone();
    let keys: Vec<String> = options(old).keys().chain(options(new).keys()).cloned().collect();
    for key in keys {
        let (from, to) = (options(old).get(&key), options(new).get(&key));
        if from == to {
            continue;
        }
        let index = beside(table, name);
        match key.as_str() {
            option::COMMENT | option::INDEX_COMMENT | option::INHERITED => {}
            option::NOT_VALID if to.is_none() && !options(new).contains_key(option::NOT_ENFORCED) => {
                change
                    .actions
                    .push(format!("VALIDATE CONSTRAINT {}", quote(name)));
            }
            option::TABLESPACE => change.statements.push(Statement::new(format!(
                "ALTER INDEX {index} SET TABLESPACE {}",
                quote(to.map_or("pg_default", String::as_str))
            ))),
            parameter => {
                let parameter = parameter.strip_prefix(option::WITH)?;
                let action = match to {
                    Some(value) => format!("SET ({})", self::parameter(parameter, value)),
                    None => format!("RESET ({})", parameter_name(parameter)),
                };
                change
                    .statements
                    .push(Statement::new(format!("ALTER INDEX {index} {action}")));
            }
        }
        match from {
            Some(value) => options_mut(&mut like_old).insert(key, value.clone()),
            None => options_mut(&mut like_old).remove(&key),
        };
    }
    if let (Constraint::ForeignKey(from), Constraint::ForeignKey(to)) = (old, &mut like_old)
        && from.deferral != to.deferral
    {
        let words = match to.deferral {
            Deferral::NotDeferrable => "NOT DEFERRABLE",
            Deferral::Immediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Deferral::Deferred => "DEFERRABLE INITIALLY DEFERRED",
        };
        change
            .actions
            .push(format!("ALTER CONSTRAINT {} {words}", quote(name)));
        to.deferral = from.deferral;
    }
    change.statements.extend(comments(table, Some(old), new));
    (like_old == *old).then_some(change)
}
