//! Whole tables: CREATE TABLE with all that follows it, and its attributes.

use super::columns::{self, has_parents, is_inherited};
use super::constraints::{self, has_index, is_not_valid};
use super::spelling::{qname, quote, text};
use super::{option, partition};
use crate::dialect::Statement;
use crate::schema::{Column, Constraint, QName, Schema, Table};
use std::fmt::Write;

/// CREATE TABLE under the name of the table, with everything but its indexes.
///
/// A partition is made as a table that stands alone and attached then, as `pg_dump` does. A child gets from its parents what is
/// marked as theirs, and only what it says otherwise is set afterwards.
pub(super) fn create(table: &Table, schema: &Schema) -> Vec<Statement> {
    let mut statements = vec![Statement::new(create_table(table))];
    let name = qname(&table.name);
    let actions = followers(table);
    if !actions.is_empty() {
        statements.push(alter(&name, &actions));
    }
    if table.options.contains_key(option::INHERITS) {
        statements.extend(overrides(table, schema));
    }
    statements.extend(comments(table));
    if let (Some(parent), Some(bound)) = (
        table.options.get(option::PARTITION_OF),
        table.options.get(option::PARTITION_BOUND),
    ) {
        statements.push(attach(parent, &table.name, bound));
    }
    statements
}

/// ALTER TABLE with actions.
pub(super) fn alter(table: &str, actions: &[String]) -> Statement {
    match actions {
        [one] => Statement::new(format!("ALTER TABLE {table} {one}")),
        _ => Statement::new(format!("ALTER TABLE {table}\n    {}", actions.join(",\n    "))),
    }
}

/// ATTACH PARTITION.
pub(super) fn attach(parent: &str, child: &QName, bound: &str) -> Statement {
    Statement::new(format!(
        "ALTER TABLE {parent} ATTACH PARTITION {} {bound}",
        qname(child)
    ))
}

/// DETACH PARTITION.
/// A partition that rows elsewhere may refer to through its parent has to leave that first.
pub(super) fn drop(table: &Table, before: &Schema) -> Vec<Statement> {
    let standing = before.tables.get(&table.name).unwrap_or(table);
    let parent = standing.options.get(option::PARTITION_OF);
    // A parent that is being made anew has no partitions any more.
    let is_partitioned = |schema: &Schema| {
        let mut parents = standing.parents().into_iter();
        parents.any(|mut name| {
            name.namespace = name.namespace.filter(|n| n.as_str() != option::DEFAULT_NAMESPACE);
            schema
                .tables
                .get(&name)
                .is_some_and(|t| t.options.contains_key(option::PARTITION_BY))
        })
    };
    let leave = parent
        .filter(|_| is_partitioned(before))
        .map(|parent| detach(parent, &table.name));
    let drop = Statement::new(format!("DROP TABLE {}", qname(&table.name)));
    let rows = partition::hand_over(table, before);
    leave.into_iter().chain(rows).chain([drop]).collect()
}

pub(super) fn detach(parent: &str, child: &QName) -> Statement {
    Statement::new(format!("ALTER TABLE {parent} DETACH PARTITION {}", qname(child)))
}

fn create_table(table: &Table) -> String {
    let by_inheritance = table.options.contains_key(option::INHERITS);
    let comes_from_parent = |is_inherited: bool| by_inheritance && is_inherited;
    let typed = table.options.get(option::OF_TYPE);
    let mut lines: Vec<String> = Vec::new();
    for column in &table.columns {
        if comes_from_parent(is_inherited(&column.options)) {
            continue;
        }
        if typed.is_none() {
            lines.push(columns::definition(column, true));
        } else {
            // The type gives the columns; only what the table adds is written.
            let said = columns::constraints(column, true);
            if !said.is_empty() {
                lines.push(format!("{} WITH OPTIONS{said}", quote(&column.name)));
            }
        }
    }
    lines.extend(
        table
            .constraints()
            .filter(|c| !is_apart(table, c) && !comes_from_parent(constraints::is_inherited(c)))
            .map(|c| constraints::clause(&c)),
    );
    let unlogged = if table.options.contains_key(option::UNLOGGED) {
        "UNLOGGED "
    } else {
        ""
    };
    let mut sql = format!("CREATE {unlogged}TABLE {}", qname(&table.name));
    if let Some(ty) = typed {
        let _ = write!(sql, " OF {ty}");
    }
    match (lines.is_empty(), typed) {
        (true, Some(_)) => {}
        (true, None) => sql.push_str(" ()"),
        (false, _) => {
            let _ = write!(sql, " (\n    {}\n)", lines.join(",\n    "));
        }
    }
    if let Some(parents) = table.options.get(option::INHERITS) {
        let _ = write!(sql, "\nINHERITS ({parents})");
    }
    if let Some(key) = table.options.get(option::PARTITION_BY) {
        let _ = write!(sql, "\nPARTITION BY {key}");
    }
    if let Some(method) = table.options.get(option::ACCESS_METHOD) {
        let _ = write!(sql, "\nUSING {}", quote(method));
    }
    let with = constraints::with(&table.options);
    if !with.is_empty() {
        let _ = write!(sql, "\n{}", with.trim_start());
    }
    if let Some(tablespace) = table.options.get(option::TABLESPACE) {
        let _ = write!(sql, "\nTABLESPACE {}", quote(tablespace));
    }
    sql
}

/// Whether only ALTER TABLE can make a constraint: CREATE TABLE takes every one for valid, and keys that say the same for one key
/// (`transformIndexConstraints` of the server).
fn is_apart(table: &Table, constraint: &Constraint) -> bool {
    let Constraint::Unique(unique) = constraint else {
        return is_not_valid(constraint);
    };
    let is_primary = table.primary_key.iter().any(|primary| {
        primary.columns == unique.columns
            && primary.include == unique.include
            && primary.deferral == unique.deferral
            && !unique.nulls_not_distinct
    });
    let mut earlier = table.uniques.iter().take_while(|other| *other != unique);
    is_primary
        || earlier.any(|other| {
            other.columns == unique.columns
                && other.include == unique.include
                && other.deferral == unique.deferral
                && other.nulls_not_distinct == unique.nulls_not_distinct
        })
}

/// The actions for what CREATE TABLE cannot say.
fn followers(table: &Table) -> Vec<String> {
    let by_inheritance = table.options.contains_key(option::INHERITS);
    let mut actions: Vec<String> = table
        .columns
        .iter()
        .filter(|c| !(by_inheritance && is_inherited(&c.options)))
        .flat_map(|c| columns::attributes(&table.name, c))
        .collect();
    actions.extend(
        table
            .constraints()
            .filter(|c| is_apart(table, c) && !(by_inheritance && constraints::is_inherited(c)))
            .map(|c| format!("ADD {}", constraints::clause(&c))),
    );
    for key in [
        option::ROW_SECURITY,
        option::FORCE_ROW_SECURITY,
        option::REPLICA_IDENTITY,
        option::CLUSTERED_ON,
    ] {
        if let Some(value) = table.options.get(key) {
            actions.extend(attribute(table, key, Some(value)));
        }
    }
    actions
}

/// The action that sets or resets an attribute that ALTER TABLE changes in place.
///
/// An index that is not there (it comes with a directive of its own) is used when it comes.
pub(super) fn attribute(table: &Table, key: &str, value: Option<&String>) -> Option<String> {
    let is_there = |index: &str| {
        table.indexes.iter().any(|i| i.name.as_str() == index)
            || table
                .constraints()
                .any(|c| has_index(&c) && c.name().is_some_and(|name| name.as_str() == index))
    };
    Some(match (key, value) {
        (option::UNLOGGED, Some(_)) => "SET UNLOGGED".to_owned(),
        (option::UNLOGGED, None) => "SET LOGGED".to_owned(),
        (option::TABLESPACE, value) => {
            format!(
                "SET TABLESPACE {}",
                quote(value.map_or("pg_default", String::as_str))
            )
        }
        (option::ACCESS_METHOD, value) => {
            format!(
                "SET ACCESS METHOD {}",
                quote(value.map_or("heap", String::as_str))
            )
        }
        (option::ROW_SECURITY, Some(_)) => "ENABLE ROW LEVEL SECURITY".to_owned(),
        (option::ROW_SECURITY, None) => "DISABLE ROW LEVEL SECURITY".to_owned(),
        (option::FORCE_ROW_SECURITY, Some(_)) => "FORCE ROW LEVEL SECURITY".to_owned(),
        (option::FORCE_ROW_SECURITY, None) => "NO FORCE ROW LEVEL SECURITY".to_owned(),
        (option::REPLICA_IDENTITY, None) => "REPLICA IDENTITY DEFAULT".to_owned(),
        (option::REPLICA_IDENTITY, Some(value)) => match value.strip_prefix("index ") {
            Some(index) if is_there(index) => format!("REPLICA IDENTITY USING INDEX {}", quote(index)),
            Some(_) => return None,
            None => format!("REPLICA IDENTITY {}", value.to_ascii_uppercase()),
        },
        (option::CLUSTERED_ON, Some(index)) if is_there(index) => format!("CLUSTER ON {}", quote(index)),
        (option::CLUSTERED_ON, Some(_)) => return None,
        (option::CLUSTERED_ON, None) => "SET WITHOUT CLUSTER".to_owned(),
        (option::OF_TYPE, Some(ty)) => format!("OF {ty}"),
        (option::OF_TYPE, None) => "NOT OF".to_owned(),
        _ => {
            let parameter = key.strip_prefix(option::WITH)?;
            match value {
                Some(value) => format!("SET ({})", constraints::parameter(parameter, value)),
                None => format!("RESET ({})", constraints::parameter_name(parameter)),
            }
        }
    })
}

/// What a child says otherwise than its parents about the columns it has from them.
fn overrides(table: &Table, schema: &Schema) -> Vec<Statement> {
    let parents: Vec<&Table> = table
        .options
        .get(option::INHERITS)
        .map(|parents| super::spelling::list_items(parents))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|parent| schema.tables.get(&super::types::type_name(parent)?))
        .collect();
    let inherited = table.columns.iter().filter(|c| is_inherited(&c.options));
    let actions: Vec<String> = inherited
        .flat_map(|column| {
            let of_parent = parents.iter().find_map(|parent| parent.column(&column.name));
            of_parent.map_or_else(Vec::new, |parent| differing(&table.name, parent, column))
        })
        .collect();
    if actions.is_empty() {
        Vec::new()
    } else {
        vec![alter(&format!("ONLY {}", qname(&table.name)), &actions)]
    }
}

fn differing(table: &QName, parent: &Column, column: &Column) -> Vec<String> {
    let name = quote(&column.name);
    let mut actions = Vec::new();
    if parent.default != column.default {
        actions.push(match &column.default {
            Some(default) => format!("ALTER COLUMN {name} SET DEFAULT {default}"),
            None => format!("ALTER COLUMN {name} DROP DEFAULT"),
        });
    }
    if column.not_null && !parent.not_null {
        actions.push(columns::set_not_null(table, column));
    }
    actions.extend(
        column
            .options
            .iter()
            .filter(|(key, value)| parent.options.get(*key) != Some(value))
            .filter_map(|(key, value)| columns::attribute(column, key, Some(value))),
    );
    actions
}

fn comments(table: &Table) -> Vec<Statement> {
    let mut statements = Vec::new();
    if let Some(comment) = &table.comment {
        statements.push(Statement::new(format!(
            "COMMENT ON TABLE {} IS {}",
            qname(&table.name),
            text(comment)
        )));
    }
    for column in &table.columns {
        statements.extend(columns::comments(&table.name, column));
    }
    for constraint in table.constraints() {
        statements.extend(constraints::comments(&table.name, None, &constraint));
    }
    statements
}

/// Whether a constraint of the table is one of its parents', which make and drop it.
pub(super) fn is_from_parent(table: &Table, constraint: &Constraint) -> bool {
    has_parents(table) && constraints::is_inherited(constraint)
}
