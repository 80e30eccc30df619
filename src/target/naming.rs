//! Names for constraints that the target leaves to the engine, by the convention of the project.
//!
//! Comes in: a schema as the engine has read it, and the convention. Goes out: the same with names that follow it, wherever the engine
//! made up the name. What is called so on purpose cannot be told from that. Nothing is asked of a database.

use std::collections::BTreeSet;

use crate::{
    Result,
    config::NamingConvention,
    dialect::{Dialect, Engine},
    directive::{AlterTable, Change, Directive, TableChange, evolve},
    schema::{ConstraintKind, IndexPart, Name, PartTarget, Schema, Table},
};

/// Gives the names.
///
/// # Errors
/// Internal ones only.
pub(crate) fn follow_convention(
    schema: &mut Schema,
    convention: &NamingConvention,
    dialect: &dyn Dialect,
) -> Result<()> {
    let renames: Vec<Directive> = schema
        .tables
        .values()
        .flat_map(|table| renames_of(table, convention, dialect.engine()))
        .collect();
    evolve(schema, &renames, dialect)
}

/// A constraint as its name sees it.
struct Named<'t> {
    kind: ConstraintKind,
    name: Option<&'t Name>,
    /// Whether the engine has it as an index only (MySQL and MariaDB, unique keys).
    is_index: bool,
    columns: Vec<&'t str>,
    referred: Option<&'t str>,
}

fn renames_of(table: &Table, convention: &NamingConvention, engine: Engine) -> Vec<Directive> {
    let all = constraints(table);
    let mut taken: BTreeSet<String> = all
        .iter()
        .filter_map(|c| c.name)
        .map(ToString::to_string)
        .collect();
    let mut changes = Vec::new();
    let mut renames = Vec::new();
    for constraint in all {
        // MySQL has one name for all primary keys.
        let fixed = constraint.kind == ConstraintKind::PrimaryKey
            && matches!(engine, Engine::Mysql | Engine::Mariadb);
        if fixed || !is_made_up(table, &constraint, engine) {
            continue;
        }
        let Some(wanted) = convention.name(
            constraint.kind,
            &table.name.name,
            &constraint.columns,
            constraint.referred,
        ) else {
            continue;
        };
        if constraint.name.is_some_and(|name| name.as_str() == wanted) {
            continue;
        }
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        let new = Name::from(name.as_str());
        match constraint.name {
            Some(old) if constraint.is_index => renames.push(Directive::RenameIndex {
                table: table.name.clone(),
                name: Change::new(old.clone(), new),
            }),
            old => changes.push(TableChange::RenameConstraint {
                kind: constraint.kind,
                name: Change::new(old.cloned(), Some(new)),
            }),
        }
    }
    if !changes.is_empty() {
        renames.push(Directive::AlterTable(AlterTable {
            table: table.name.clone(),
            changes,
        }));
    }
    renames
}

fn constraints(table: &Table) -> Vec<Named<'_>> {
    fn columns(parts: &[IndexPart]) -> Vec<&str> {
        parts
            .iter()
            .filter_map(|part| match &part.target {
                PartTarget::Column(name) => Some(name.as_str()),
                PartTarget::Expression(_) => None,
            })
            .collect()
    }
    let mut all = Vec::new();
    let mut add = |kind, name, columns, referred| {
        all.push(Named {
            kind,
            name,
            is_index: false,
            columns,
            referred,
        });
    };
    if let Some(key) = &table.primary_key {
        add(
            ConstraintKind::PrimaryKey,
            key.name.as_ref(),
            columns(&key.columns),
            None,
        );
    }
    for unique in &table.uniques {
        add(
            ConstraintKind::Unique,
            unique.name.as_ref(),
            columns(&unique.columns),
            None,
        );
    }
    for key in &table.foreign_keys {
        let own = key.columns.iter().map(Name::as_str).collect();
        add(
            ConstraintKind::ForeignKey,
            key.name.as_ref(),
            own,
            Some(key.table.name.as_str()),
        );
    }
    for check in &table.checks {
        add(ConstraintKind::Check, check.name.as_ref(), Vec::new(), None);
    }
    for exclude in &table.excludes {
        let own = exclude
            .elements
            .iter()
            .filter_map(|(part, _)| match &part.target {
                PartTarget::Column(name) => Some(name.as_str()),
                PartTarget::Expression(_) => None,
            })
            .collect();
        add(ConstraintKind::Exclude, exclude.name.as_ref(), own, None);
    }
    let unique = table.indexes.iter().filter(|index| index.unique);
    all.extend(unique.map(|index| Named {
        kind: ConstraintKind::Unique,
        name: Some(&index.name),
        is_index: true,
        columns: columns(&index.parts),
        referred: None,
    }));
    all
}

/// Whether the engine made the name up, or there is none.
///
/// PostgreSQL: `ChooseConstraintName` and `ChooseIndexName`, a number behind the second of a name. MySQL and MariaDB: `t_ibfk_1` for foreign
/// keys, `t_chk_1` and `CONSTRAINT_1` for checks, the first column (and a number) for unique keys.
fn is_made_up(table: &Table, constraint: &Named<'_>, engine: Engine) -> bool {
    let Some(name) = constraint.name else {
        return true;
    };
    let own = table.name.name.as_str();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let columns = constraint.columns.join("_");
    match engine {
        Engine::Sqlite => false,
        Engine::Postgres => match constraint.kind {
            // Whoever creates a unique index means an index.
            _ if constraint.is_index => false,
            ConstraintKind::PrimaryKey => stem == format!("{own}_pkey"),
            ConstraintKind::Unique => stem == format!("{own}_{columns}_key"),
            ConstraintKind::ForeignKey => stem == format!("{own}_{columns}_fkey"),
            ConstraintKind::Check => stem.starts_with(&format!("{own}_")) && stem.ends_with("check"),
            ConstraintKind::Exclude => stem == format!("{own}_{columns}_excl"),
        },
        Engine::Mysql | Engine::Mariadb => match constraint.kind {
            ConstraintKind::ForeignKey => stem == format!("{own}_ibfk_"),
            ConstraintKind::Check => stem == format!("{own}_chk_") || stem == "CONSTRAINT_",
            ConstraintKind::Unique => constraint
                .columns
                .first()
                .is_some_and(|first| name.as_str() == *first || stem == format!("{first}_")),
            ConstraintKind::PrimaryKey | ConstraintKind::Exclude => false,
        },
    }
}
