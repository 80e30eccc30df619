//! A plain table that becomes a partitioned one and back: the server cannot change that, so the table is built anew.

use super::column_change::aside;
use super::columns::not_null_name;
use super::constraints::{self, has_index};
use super::dependents::{Fate, around, belongs_to_parent};
use super::sequence::{made_for, of_identity, take_over};
use super::spelling::{beside, guarded, qname, quote, text};
use super::{Postgres, index, option, table, types};
use crate::Result;
use crate::dialect::Statement;
use crate::directive::{AlterTable, Change, Directive, TableChange, evolve};
use crate::schema::{Column, Constraint, ForeignKey, Part, QName, Schema, Sql, Table, TypeName};

/// The statements that put the old table aside, create the new one, and carry the rows and the numbering over.
///
/// A table that becomes a partitioned one gets its rows when it has its partitions: see [`finish`].
///
/// # Errors
/// When an object on the table is of a kind that PostgreSQL does not have.
pub(super) fn rebuild(
    old: &Table,
    new: &Table,
    changes: &[TableChange],
    before: &Schema,
    after: &Schema,
) -> Result<Vec<Statement>> {
    let around = around(&[(Part::Relation(old.name.clone()), Fate::Gone)], before, after)?;
    let aside = old.name.sibling(aside(&old.name.name));
    let (name, put_aside) = (qname(&new.name), qname(&aside));
    let mut sql = Vec::new();
    sql.push(format!("ALTER TABLE {name} RENAME TO {}", quote(&aside.name)));
    sql.extend(free_names(old, &put_aside));
    let mut made = new.clone();
    let mut numbered = Vec::new();
    for column in &mut made.columns {
        if column.not_null {
            // The server would find that the old table has the name which it gives by itself, and take another.
            let name = not_null_name(&new.name, column);
            column
                .options
                .entry(option::NOT_NULL_NAME.to_owned())
                .or_insert(name);
        }
        if let Some(old_column) = old.column(&column.name) {
            numbered.push(Numbered::of(old, old_column, column));
        }
    }
    sql.extend(numbered.iter().flat_map(|n| n.put_aside.iter().cloned()));
    let owned: Vec<_> = before
        .sequences
        .values()
        .filter_map(|s| Some((s, s.owned_by.as_ref()?)))
        .filter(|(_, (table, _))| *table == old.name)
        .collect();
    for (sequence, _) in &owned {
        sql.push(format!("ALTER SEQUENCE {} OWNED BY NONE", qname(&sequence.name)));
    }
    let mut statements = around.before;
    statements.extend(sql.into_iter().map(Statement::new));
    let indexes = std::mem::take(&mut made.indexes);
    statements.extend(table::create(&made, after));
    let carried_over = numbered.into_iter().flat_map(|n| n.carried_over);
    statements.extend(carried_over.map(Statement::new));
    for (sequence, (_, column)) in owned {
        statements.push(Statement::new(format!(
            "ALTER SEQUENCE {} OWNED BY {name}.{}",
            qname(&sequence.name),
            quote(column)
        )));
    }
    for index in &indexes {
        statements.extend(index::create(&new.name, index, after));
    }
    if !new.options.contains_key(option::PARTITION_BY) {
        statements.extend(move_rows(old, new, changes));
        let partitions = before.tables.values().filter(|partition| {
            let parent = partition.options.get(option::PARTITION_OF);
            parent.and_then(|parent| types::type_name(parent)).as_ref() == Some(&old.name)
        });
        statements.extend(partitions.map(|partition| table::detach(&put_aside, &partition.name)));
        statements.push(Statement::new(format!("DROP TABLE {put_aside}")));
        statements.extend(around.keys);
    }
    statements.extend(around.behind);
    Ok(statements)
}

/// The foreign keys of other tables that refer to the table.
fn referring(name: &QName, schema: &Schema) -> Vec<(String, Constraint)> {
    let tables = schema.tables.values().filter(|t| t.name != *name);
    tables
        .flat_map(|t| t.foreign_keys.iter().map(move |key| (t, key)))
        .filter(|(_, key)| key.table == *name)
        .map(|(t, key)| (t, Constraint::ForeignKey(key.clone())))
        .filter(|(t, key)| !belongs_to_parent(t, key, schema))
        .map(|(t, key)| (qname(&t.name), key))
        .collect()
}

fn refer_again(name: &QName, schema: &Schema) -> Vec<Statement> {
    referring(name, schema)
        .into_iter()
        .map(|(table, key)| Statement::new(format!("ALTER TABLE {table} ADD {}", constraints::clause(&key))))
        .collect()
}

/// Names of indexes are those of relations: they have to be free for the new table. Dropping them would drop those of partitions too.
fn free_names(old: &Table, put_aside: &str) -> Vec<String> {
    let keys = old.constraints().filter(has_index);
    let keys = keys.filter_map(|key| key.name().cloned()).map(|key| {
        format!(
            "ALTER TABLE {put_aside} RENAME CONSTRAINT {} TO {}",
            quote(&key),
            quote(&aside(&key))
        )
    });
    let indexes = old.indexes.iter().map(|index| {
        format!(
            "ALTER INDEX {} RENAME TO {}",
            beside(&old.name, &index.name),
            quote(&aside(&index.name))
        )
    });
    keys.chain(indexes).collect()
}

/// A table that is no more partitioned takes its rows over before its partitions go; one that becomes partitioned does before its
/// partitions come.
pub(super) fn arrange(mut directives: Vec<Directive>) -> Vec<Directive> {
    for at in 0..directives.len() {
        let Some((alter, key)) = change_of_key(&directives[at]) else {
            continue;
        };
        let name = |value: Option<&String>| is_named(value.map(String::as_str), &alter.table);
        let (goes, comes) = (key.old.is_some(), key.new.is_some());
        let is_about_partition = |directive: &Directive| {
            match directive {
            Directive::AlterTable(alter) => alter.changes.iter().any(|change| {
                matches!(change, TableChange::SetOption(option) if option.key == option::PARTITION_OF
                    && ((goes && name(option.value.old.as_ref())) || (comes && name(option.value.new.as_ref()))))
            }),
            Directive::DropTable(table) => goes && name(table.options.get(option::PARTITION_OF)),
            Directive::CreateTable(table) => comes && name(table.options.get(option::PARTITION_OF)),
            _ => false,
        }
        };
        if let Some(first) = directives[..at].iter().position(is_about_partition) {
            let moved = directives.remove(at);
            directives.insert(first, moved);
        }
    }
    directives
}

fn is_named(sql: Option<&str>, table: &QName) -> bool {
    sql.and_then(types::type_name).as_ref() == Some(table)
}

fn change_of_key(directive: &Directive) -> Option<(&AlterTable, &Change<Option<String>>)> {
    let Directive::AlterTable(alter) = directive else {
        return None;
    };
    alter.changes.iter().find_map(|change| match change {
        TableChange::SetOption(option) if option.key == option::PARTITION_BY => Some((alter, &option.value)),
        _ => None,
    })
}

/// The rows of tables that have become partitioned, now that they have their partitions.
///
/// # Errors
/// When the directives do not fit the schema.
pub(super) fn finish(directives: &[Directive], before: &Schema) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    if !directives.iter().any(|d| partitioned(d).is_some()) {
        return Ok(statements);
    }
    let mut schema = before.clone();
    let mut moved = Vec::new();
    for directive in directives {
        let old = partitioned(directive).and_then(|alter| schema.tables.get(&alter.table).cloned());
        evolve(&mut schema, std::slice::from_ref(directive), &Postgres)?;
        if let (Some(alter), Some(old)) = (partitioned(directive), old)
            && let Some(new) = schema.tables.get(&alter.table)
        {
            moved.push((old.clone(), new.clone(), &alter.changes));
        }
    }
    for (old, new, changes) in &moved {
        statements.extend(move_rows(old, new, changes));
        statements.push(Statement::new(format!(
            "DROP TABLE {}",
            qname(&old.name.sibling(aside(&old.name.name)))
        )));
    }
    // What a directive adds is there already.
    for table in schema.tables.values_mut() {
        let name = table.name.clone();
        table.foreign_keys.retain(|key| !is_added(directives, &name, key));
    }
    for (_, new, _) in &moved {
        statements.extend(refer_again(&new.name, &schema));
    }
    Ok(statements)
}

/// Whether one of the directives adds the foreign key.
fn is_added(directives: &[Directive], table: &QName, key: &ForeignKey) -> bool {
    directives.iter().any(|directive| match directive {
        Directive::CreateTable(new) => new.name == *table && new.foreign_keys.contains(key),
        Directive::AlterTable(alter) if alter.table == *table => alter.changes.iter().any(|change| {
            matches!(change, TableChange::AddConstraint { constraint: Constraint::ForeignKey(new) } if new == key)
        }),
        _ => false,
    })
}

fn partitioned(directive: &Directive) -> Option<&AlterTable> {
    let (alter, key) = change_of_key(directive)?;
    key.new.is_some().then_some(alter)
}

/// What keeps the numbering of a column.
#[derive(Default)]
struct Numbered {
    put_aside: Vec<String>,
    carried_over: Vec<String>,
}

impl Numbered {
    /// `new` is the column as it will be created; a serial one is created over the sequence that is there.
    fn of(table: &Table, old: &Column, new: &mut Column) -> Self {
        let sequence = made_for(&table.name, &old.name);
        let mut numbered = Self::default();
        if types::serial(&old.ty).is_some() && types::serial(&new.ty).is_some() {
            let name = qname(&sequence);
            numbered
                .put_aside
                .push(format!("ALTER SEQUENCE {name} OWNED BY NONE"));
            numbered.carried_over.push(format!(
                "ALTER SEQUENCE {name} OWNED BY {}.{}",
                qname(&table.name),
                quote(&new.name)
            ));
            new.default = Some(Sql::new(format!("nextval({}::regclass)", text(&name))));
            new.ty = TypeName::new(types::plain(&new.ty));
        } else if let (Some(_), Some(_)) = (&old.identity, &new.identity) {
            let standing = of_identity(&table.name, old);
            let aside_name = aside(&sequence.name);
            numbered.put_aside.push(format!(
                "ALTER SEQUENCE {standing} RENAME TO {}",
                quote(&aside_name)
            ));
            let take_over = take_over(
                &of_identity(&table.name, new),
                &qname(&sequence.sibling(aside_name.as_str())),
            );
            numbered.carried_over.push(take_over.sql);
        }
        numbered
    }
}

fn move_rows(old: &Table, new: &Table, changes: &[TableChange]) -> Option<Statement> {
    let from = qname(&old.name.sibling(aside(&old.name.name)));
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    for column in new.columns.iter().filter(|c| c.generated.is_none()) {
        let name = quote(&column.name);
        let source = changes.iter().find_map(|change| match change {
            TableChange::AddColumn(added) if added.column.name == column.name => {
                added.backfill.as_ref().map(|sql| format!("({})", guarded(sql)))
            }
            TableChange::AlterColumn(alter) if alter.name == column.name => {
                let value = alter
                    .using
                    .as_ref()
                    .map_or_else(|| name.clone(), |sql| format!("({})", guarded(sql)));
                Some(match &alter.backfill {
                    Some(backfill) => format!("coalesce({value}, {})", guarded(backfill)),
                    None => value,
                })
            }
            _ => None,
        });
        let source = source.or_else(|| old.column(&column.name).map(|_| name.clone()));
        if let Some(source) = source {
            targets.push(name);
            sources.push(source);
        }
    }
    let overriding = new.columns.iter().any(|c| c.identity.is_some());
    (!targets.is_empty()).then(|| {
        Statement::new(format!(
            "INSERT INTO {} ({}){}\n    SELECT {}\n    FROM {from}",
            qname(&new.name),
            targets.join(", "),
            if overriding {
                " OVERRIDING SYSTEM VALUE"
            } else {
                ""
            },
            sources.join(", "),
        ))
        .note("its rows")
    })
}
