//! The comparison as a whole.
//!
//! In come two schemas; out come the directives that lead from the live one to the target, in the order in which they can run, with
//! what a person should know and be asked. No database is needed, and no engine is known but through its dialect.

use super::agree::{Agreed, agree};
use super::conversions::convert;
use super::options::CompareOptions;
use super::pair::{Pair, fold_qname};
use super::questions::{self, RenameQuestion};
use super::rename::{Rename, RenameOf, RenameOrigin};
use super::{again, dependents, objects, order, renames, tables, types};
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, NewColumn, TableChange, reverse};
use crate::schema::{Constraint, IndexPart, Name, Object, QName, Schema};
use crate::{Notice, Result};

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// What leads from the live schema to the target, in the order in which it can run.
    pub upgrade: Vec<Directive>,
    /// What a person should know. What a directive loses, the directive says itself.
    pub notices: Vec<Notice>,
    /// Renames that nobody declared and that may be ones.
    pub questions: Vec<RenameQuestion>,
    /// The way back, where it is no mirror of the way there: an engine that keeps track of what leans on what, or holds columns for
    /// foreign keys, wants other things out of the way then.
    back: Option<Vec<Directive>>,
}

/// Compares two schemas of one engine.
///
/// # Errors
/// When a declared rename cannot be followed through the model, which is a fault of this program. What is merely odd is a notice.
pub fn compare(
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> Result<Comparison> {
    // One schema is not looked at twice. A rename that is declared may be stale, which somebody should know.
    let has_own = !options.extensions.comparators().is_empty();
    if std::ptr::eq(schemas.live, schemas.target) && options.renames.is_empty() && !has_own {
        return Ok(Comparison::default());
    }
    let (mut comparison, agreed) = one_way(schemas, dialect, options, None)?;
    if comparison.is_empty() {
        return Ok(comparison);
    }
    let target = agreed.target.as_ref().unwrap_or(schemas.target);
    let backwards = Pair::new(target, schemas.live);
    let facts = dialect.facts();
    if facts.tracks_dependencies || facts.foreign_keys_hold_columns {
        let options = CompareOptions {
            renames: undone(&comparison.upgrade),
            ..options.clone()
        };
        let findings = in_old_names(reverse(&agreed.findings.directives), &options.renames);
        comparison.back = Some(one_way(backwards, dialect, &options, Some(findings))?.0.upgrade);
    } else {
        let mut back = reverse(&comparison.upgrade);
        comparison.back = convert(&mut back, backwards, dialect).then_some(back);
    }
    Ok(comparison)
}

/// The renames that take back those in `directives`.
fn undone(directives: &[Directive]) -> Vec<Rename> {
    let mut undone = Vec::new();
    let mut tables: Vec<&Change<QName>> = Vec::new();
    for directive in directives {
        let mut undo = |what| {
            undone.push(Rename {
                what,
                origin: RenameOrigin::Flag,
            });
        };
        match directive {
            Directive::RenameTable(names) => {
                tables.push(names);
                undo(RenameOf::Table {
                    old: names.new.clone(),
                    new: names.old.clone(),
                });
            }
            Directive::AlterTable(alter) => {
                let before = tables.iter().find(|names| names.new == alter.table);
                let table = before.map_or(&alter.table, |names| &names.old);
                for change in &alter.changes {
                    if let TableChange::RenameColumn(names) = change {
                        undo(RenameOf::Column {
                            table: table.clone(),
                            old: names.new.clone(),
                            new: names.old.clone(),
                        });
                    }
                }
            }
            _ => {}
        }
    }
    undone
}

/// What a program has found, for the way back: there, tables and columns have their old names again by then.
fn in_old_names(mut directives: Vec<Directive>, renames: &[Rename]) -> Vec<Directive> {
    let rename_table = |table: &mut QName| {
        let new_name = renames.iter().find_map(|rename| match &rename.what {
            RenameOf::Table { old, new } if old == table => Some(new),
            RenameOf::Table { .. } | RenameOf::Column { .. } => None,
        });
        if let Some(new_name) = new_name {
            table.clone_from(new_name);
        }
    };
    let rename_column = |table: &QName, column: &mut Name| {
        let new_name = renames.iter().find_map(|rename| match &rename.what {
            RenameOf::Column { table: of, old, new } if of == table && old == column => Some(new),
            RenameOf::Table { .. } | RenameOf::Column { .. } => None,
        });
        if let Some(new_name) = new_name {
            column.clone_from(new_name);
        }
    };
    for directive in &mut directives {
        match directive {
            Directive::AlterTable(alter) => {
                rename_table(&mut alter.table);
                for change in &mut alter.changes {
                    match change {
                        TableChange::AlterColumn(column) => rename_column(&alter.table, &mut column.name),
                        TableChange::AddColumn(column) | TableChange::DropColumn(column) => {
                            rename_column(&alter.table, &mut column.column.name);
                        }
                        _ => {}
                    }
                }
            }
            Directive::CreateIndex { table, .. } | Directive::DropIndex { table, .. } => rename_table(table),
            _ => {}
        }
    }
    directives
}

/// Compares in one direction. What a program has found is asked for, but not on the way `back`, where it is known.
fn one_way(
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
    back: Option<Vec<Directive>>,
) -> Result<(Comparison, Agreed)> {
    let mut renamed = renames::apply(schemas, &options.renames, dialect)?;
    let (mut agreed, found) = if let Some(found) = back {
        (Agreed::default(), found)
    } else {
        let agreed = agree(Pair::new(&*renamed.live, schemas.target), dialect, options)?;
        let found = agreed.findings.directives.clone();
        (agreed, found)
    };
    let schemas = Pair::new(schemas.live, agreed.target.as_ref().unwrap_or(schemas.target));
    let without;
    let first = objects::to_drop_first(schemas, &renamed, dialect);
    if !first.is_empty() {
        without = objects::without(schemas.live, &first);
        renamed = renames::apply(Pair::new(&without, schemas.target), &options.renames, dialect)?;
    }
    let schemas = Pair::new(&*renamed.live, schemas.target);
    let mut tables = tables::compare(schemas, dialect, options);
    merge(&mut tables.directives, found, dialect);
    let types = types::compare(schemas, dialect);
    let objects = objects::differences(schemas, dialect);
    let (questions, warnings) = questions::ask(tables.tables, tables.columns, &options.declined, dialect);

    let replaced = objects.replaced();
    let differences = tables.directives.iter().chain(&types).chain(&replaced);
    let again = dependents::find(schemas, differences, objects.going(), dialect);
    let objects = objects.changes(&again.objects, dialect);
    let mut changes = types;
    changes.extend(types::namespace_comments(schemas, dialect));
    changes.extend(again::weave(tables.directives, &again, schemas, dialect));
    changes.extend(objects.directives);
    settle_privileges(&mut changes, schemas, dialect);
    let mut upgrade = order::arrange(
        first.into_iter().map(Directive::DropObject).collect(),
        schemas,
        dialect,
    );
    upgrade.extend(renamed.directives);
    upgrade.extend(order::arrange(changes, schemas, dialect));
    convert(&mut upgrade, schemas, dialect);

    let mut notices = renamed.notices;
    notices.extend(tables.notices);
    notices.extend(objects.notices);
    notices.extend(warnings);
    notices.append(&mut agreed.findings.notices);
    let comparison = Comparison {
        upgrade,
        notices,
        questions,
        back: None,
    };
    Ok((comparison, agreed))
}

/// Puts what a program has found to the differences; changes of one table, and of one column, become one.
fn merge(directives: &mut Vec<Directive>, found: Vec<Directive>, dialect: &dyn Dialect) {
    for directive in found {
        let Directive::AlterTable(found) = directive else {
            directives.push(directive);
            continue;
        };
        let known = directives.iter_mut().find_map(|directive| match directive {
            Directive::AlterTable(alter)
                if fold_qname(dialect, &alter.table) == fold_qname(dialect, &found.table) =>
            {
                Some(alter)
            }
            _ => None,
        });
        let Some(known) = known else {
            directives.push(Directive::AlterTable(found));
            continue;
        };
        for change in found.changes {
            let column = match &change {
                TableChange::AlterColumn(alter) => known.changes.iter_mut().find_map(|other| match other {
                    TableChange::AlterColumn(other) if dialect.same_name(&other.name, &alter.name) => {
                        Some(other)
                    }
                    _ => None,
                }),
                _ => None,
            };
            match (column, change) {
                (Some(column), TableChange::AlterColumn(alter)) => column.changes.extend(alter.changes),
                (_, change) => known.changes.push(change),
            }
        }
    }
}

/// Says which privileges there are to be on what is new, where the engine would grant others by itself. What speaks of that in the live
/// schema and goes is gone by then, and what comes comes last.
fn settle_privileges(changes: &mut Vec<Directive>, schemas: Pair<&Schema>, dialect: &dyn Dialect) {
    let mut before = Schema {
        objects: schemas.live.objects.clone(),
        ..Schema::new()
    };
    for directive in &*changes {
        if let Directive::DropObject(object) = directive {
            before.objects.remove(&object.id);
        }
    }
    let settled: Vec<Object> = changes
        .iter()
        .filter_map(|created| dialect.settled_privileges(created, &before, schemas.target))
        .collect();
    for object in settled {
        let is_its_own = |d: &&mut Directive| matches!(d, Directive::CreateObject(o) if o.id == object.id);
        match changes.iter_mut().find(is_its_own) {
            Some(directive) => *directive = Directive::CreateObject(object),
            None => changes.push(Directive::CreateObject(object)),
        }
    }
}

impl Comparison {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.upgrade.is_empty()
    }

    /// What leads back from the target to the live schema. A column that refuses NULL and has no default comes back with a neutral
    /// value for rows that exist: its own values are gone.
    pub fn downgrade(&self, dialect: &dyn Dialect) -> Vec<Directive> {
        let mut directives = self.back.clone().unwrap_or_else(|| reverse(&self.upgrade));
        for directive in &mut directives {
            if let Directive::AlterTable(alter) = directive {
                fill_columns(alter, dialect);
            }
        }
        directives
    }
}

fn fill_columns(alter: &mut AlterTable, dialect: &dyn Dialect) {
    let keys: Vec<Name> = alter
        .changes
        .iter()
        .flat_map(columns_with_values_of_their_own)
        .cloned()
        .collect();
    for change in &mut alter.changes {
        let TableChange::AddColumn(NewColumn { column, backfill, .. }) = change else {
            continue;
        };
        let has_value = !column.not_null
            || column.default.is_some()
            || column.generated.is_some()
            || column.identity.is_some()
            || backfill.is_some();
        let is_key = keys.iter().any(|key| dialect.same_name(key, &column.name));
        if !has_value && !is_key {
            *backfill = dialect.neutral_value(column);
        }
    }
}

/// The columns of new constraints that one value for all rows cannot fulfil: a key of one column, a reference.
fn columns_with_values_of_their_own(change: &TableChange) -> Vec<&Name> {
    match change {
        TableChange::AddConstraint { constraint } => match constraint {
            Constraint::PrimaryKey(primary) => only_column(&primary.columns),
            Constraint::Unique(unique) => only_column(&unique.columns),
            Constraint::ForeignKey(foreign) => foreign.columns.iter().collect(),
            Constraint::Check(_) | Constraint::Exclude(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn only_column(parts: &[IndexPart]) -> Vec<&Name> {
    match parts {
        [part] => part.column_name().into_iter().collect(),
        _ => Vec::new(),
    }
}
