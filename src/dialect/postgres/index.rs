//! Indexes.

use super::constraints::{has_index, with};
use super::option;
use super::spelling::{beside, collation, guarded, name_list, qname, quote, text};
use crate::dialect::{Placement, Statement};
use crate::schema::{
    Constraint, Index, IndexPart, Name, Nulls, Options, Order, PartTarget, QName, Schema, Table,
};
use std::fmt::Write;

/// A part of an index or of an exclusion constraint.
pub(super) fn part(part: &IndexPart) -> String {
    let mut sql = match &part.target {
        PartTarget::Column(name) => quote(name),
        PartTarget::Expression(expression) => format!("({})", guarded(expression)),
    };
    if let Some(name) = &part.collation {
        let _ = write!(sql, " COLLATE {}", collation(name));
    }
    if let Some(class) = &part.operator_class {
        let _ = write!(sql, " {class}");
    }
    if part.order == Order::Descending {
        sql.push_str(" DESC");
    }
    match part.nulls {
        None => {}
        Some(Nulls::First) => sql.push_str(" NULLS FIRST"),
        Some(Nulls::Last) => sql.push_str(" NULLS LAST"),
    }
    sql
}

/// Whether the index is built or dropped while others write. Partitioned tables do not know that.
fn is_concurrent(index: &Index, table: Option<&Table>) -> bool {
    index.options.contains_key(option::CONCURRENTLY)
        && !table.is_some_and(|t| t.options.contains_key(option::PARTITION_BY))
}

fn placement(concurrent: bool) -> Placement {
    if concurrent {
        Placement::Outside
    } else {
        Placement::Inside
    }
}

/// CREATE INDEX and what follows it.
pub(super) fn create(table: &QName, index: &Index, after: &Schema) -> Vec<Statement> {
    let known = after.tables.get(table);
    let concurrent = is_concurrent(index, known);
    let mut sql = format!(
        "CREATE {}INDEX {}{} ON {}{}",
        if index.unique { "UNIQUE " } else { "" },
        if concurrent { "CONCURRENTLY " } else { "" },
        quote(&index.name),
        if index.options.contains_key(option::ONLY) {
            "ONLY "
        } else {
            ""
        },
        qname(table)
    );
    if let Some(method) = &index.method {
        let _ = write!(sql, " USING {}", quote(method));
    }
    let parts: Vec<String> = index.parts.iter().map(part).collect();
    let _ = write!(sql, " ({})", parts.join(", "));
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE {}", name_list(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    sql.push_str(&with(&index.options));
    if let Some(tablespace) = index.options.get(option::TABLESPACE) {
        let _ = write!(sql, " TABLESPACE {}", quote(tablespace));
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {}", guarded(predicate));
    }
    let mut statements = vec![Statement::new(sql).placed(placement(concurrent))];
    let name = beside(table, &index.name);
    for (key, target) in &index.options {
        if let Some(number) = key
            .strip_prefix(option::STATISTICS)
            .and_then(|rest| rest.strip_prefix('.'))
        {
            statements.push(Statement::new(format!(
                "ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}"
            )));
        }
    }
    if let Some(comment) = &index.comment {
        statements.push(Statement::new(format!(
            "COMMENT ON INDEX {name} IS {}",
            text(comment)
        )));
    }
    if index.options.contains_key(option::ONLY) {
        statements.extend(attach_partitions(table, &index.name, after));
    }
    if let Some(known) = known {
        statements.extend(attach(known, index, after));
        statements.extend(
            uses(known, &index.name)
                .into_iter()
                .map(|action| Statement::new(format!("ALTER TABLE {} {action}", qname(table)))),
        );
    }
    statements
}

/// An index of a table that is a partition already becomes part of the index of its parent.
fn attach(table: &Table, index: &Index, schema: &Schema) -> Option<Statement> {
    let parent = super::types::type_name(table.options.get(option::PARTITION_OF)?)?;
    let parents_index = index.options.get(option::INHERITED)?;
    let known = schema.tables.get(&parent)?;
    known
        .indexes
        .iter()
        .any(|i| i.name.as_str() == parents_index.as_str())
        .then(|| {
            Statement::new(format!(
                "ALTER INDEX {} ATTACH PARTITION {}",
                beside(&parent, parents_index),
                beside(&table.name, &index.name)
            ))
        })
}

/// The keys of partitions become part of a key that is not one of all partitions.
pub(super) fn attach_all(table: &QName, key: &Constraint, schema: &Schema) -> Vec<Statement> {
    key.name()
        .map(|name| attach_partitions(table, name, schema))
        .unwrap_or_default()
}

fn attach_partitions(table: &QName, index: &Name, schema: &Schema) -> Vec<Statement> {
    let is_part = |options: &Options| options.get(option::INHERITED).is_some_and(|of| *of == **index);
    let partitions = schema.tables.values().filter(|partition| {
        let parent = partition.options.get(option::PARTITION_OF);
        parent.and_then(|parent| super::types::type_name(parent)).as_ref() == Some(table)
    });
    let mut statements = Vec::new();
    for partition in partitions {
        let keys = partition
            .constraints()
            .filter(|c| has_index(c) && is_part(c.options()));
        let keys = keys.filter_map(|c| c.name().cloned());
        let indexes = partition.indexes.iter().filter(|i| is_part(&i.options));
        for part in keys.chain(indexes.map(|i| i.name.clone())) {
            statements.push(Statement::new(format!(
                "ALTER INDEX {} ATTACH PARTITION {}",
                beside(table, index),
                beside(&partition.name, &part)
            )));
        }
    }
    statements
}

/// The actions of ALTER TABLE by which the table uses an index of that name, as its options say.
pub(super) fn uses(table: &Table, index: &str) -> Vec<String> {
    let mut actions = Vec::new();
    if table
        .options
        .get(option::CLUSTERED_ON)
        .is_some_and(|on| on == index)
    {
        actions.push(format!("CLUSTER ON {}", quote(index)));
    }
    let identity = table
        .options
        .get(option::REPLICA_IDENTITY)
        .and_then(|identity| identity.strip_prefix("index "));
    if identity == Some(index) {
        actions.push(format!("REPLICA IDENTITY USING INDEX {}", quote(index)));
    }
    actions
}

/// DROP INDEX.
pub(super) fn drop(table: &QName, index: &Index, before: &Schema) -> Vec<Statement> {
    let concurrent = is_concurrent(index, before.tables.get(table));
    vec![
        Statement::new(format!(
            "DROP INDEX {}{}",
            if concurrent { "CONCURRENTLY " } else { "" },
            beside(table, &index.name)
        ))
        .placed(placement(concurrent)),
    ]
}
