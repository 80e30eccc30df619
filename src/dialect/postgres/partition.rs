//! A plain table that becomes a partitioned one and back, or one that is partitioned otherwise: the server cannot change that, so the
//! table is built anew.

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
use crate::schema::{Column, Constraint, Name, Part, QName, Schema, Sql, Table, TypeName};

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
    let left_behind: Vec<&Column> = old
        .columns
        .iter()
        .filter(|column| types::serial(&column.ty).is_some())
        .filter(|column| {
            new.column(&column.name)
                .is_none_or(|new| types::serial(&new.ty).is_none())
        })
        .collect();
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
    let partitions = before.tables.values().filter(|partition| {
        let parent = partition.options.get(option::PARTITION_OF);
        parent.and_then(|parent| types::type_name(parent)).as_ref() == Some(&old.name)
    });
    let let_go = partitions.map(|partition| table::detach(&put_aside, &partition.name));
    match (
        old.options.contains_key(option::PARTITION_BY),
        new.options.contains_key(option::PARTITION_BY),
    ) {
        // Its rows are in its partitions, which come to it again or hand them over when they go.
        (true, true) => {
            statements.extend(let_go);
            statements.push(Statement::new(format!("DROP TABLE {put_aside}")));
        }
        (_, false) => {
            statements.extend(move_rows(old, new, changes));
            statements.extend(let_go);
            statements.extend(without_numbering(old, &left_behind, before));
            statements.push(Statement::new(format!("DROP TABLE {put_aside}")));
            statements.extend(around.keys);
        }
        // It waits for the partitions to come, and must hold on to nothing until then.
        (false, true) => statements.extend(old.foreign_keys.iter().filter_map(|key| {
            let drop = format!("DROP CONSTRAINT IF EXISTS {}", quote(key.name.as_ref()?));
            Some(table::alter(&put_aside, &[drop]))
        })),
    }
    statements.extend(around.behind);
    Ok(statements)
}

/// Takes from the partitions that were let go the defaults over sequences that go with their parent.
fn without_numbering(parent: &Table, columns: &[&Column], before: &Schema) -> Vec<Statement> {
    let parents = |table: &Table| types::type_name(table.options.get(option::PARTITION_OF)?);
    let partitions = before
        .tables
        .values()
        .filter(|table| parents(table).as_ref() == Some(&parent.name));
    let drops = columns
        .iter()
        .map(|column| format!("ALTER COLUMN {} DROP DEFAULT", quote(&column.name)))
        .collect::<Vec<_>>();
    partitions
        .filter(|_| !drops.is_empty())
        .map(|partition| table::alter(&qname(&partition.name), &drops))
        .collect()
}

/// The foreign keys of other tables that refer to the table, by their tables and names.
fn referring(name: &QName, schema: &Schema) -> Vec<(QName, Name)> {
    let tables = schema.tables.values().filter(|t| t.name != *name);
    tables
        .flat_map(|t| t.foreign_keys.iter().map(move |key| (t, key)))
        .filter(|(t, key)| {
            key.table == *name && !belongs_to_parent(t, &Constraint::ForeignKey((*key).clone()), schema)
        })
        .filter_map(|(t, key)| Some((t.name.clone(), key.name.clone()?)))
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
        let first = directives[..at].iter().position(is_about_partition);
        if let Some(first) = first {
            let moved = directives.remove(at);
            directives.insert(first, moved);
        }
    }
    last_partitions(directives)
}

/// The partitions that go while their parent gets another key hand their rows over: to partitions that have to be there.
fn last_partitions(directives: Vec<Directive>) -> Vec<Directive> {
    let rekeyed: Vec<QName> = directives
        .iter()
        .filter_map(change_of_key)
        .filter(|(_, key)| key.old.is_some() && key.new.is_some())
        .map(|(alter, _)| alter.table.clone())
        .collect();
    if rekeyed.is_empty() {
        return directives;
    }
    let is_one = |directive: &Directive| match directive {
        Directive::DropTable(table) => {
            let parent = table.options.get(option::PARTITION_OF).map(String::as_str);
            rekeyed.iter().any(|name| is_named(parent, name))
        }
        _ => false,
    };
    let (last, mut rest): (Vec<_>, Vec<_>) = directives.into_iter().partition(is_one);
    rest.extend(last);
    rest
}

/// A partition that goes and that its parent has let go for another key leaves its rows there.
pub(super) fn hand_over(table: &Table, before: &Schema) -> Option<Statement> {
    let parent = types::type_name(table.options.get(option::PARTITION_OF)?)?;
    let parent = before.tables.get(&parent)?;
    let standing = before.tables.get(&table.name)?;
    let is_let_go = !standing.options.contains_key(option::PARTITION_OF)
        && parent.options.contains_key(option::PARTITION_BY);
    is_let_go.then(|| insert_rows(&qname(&table.name), standing, parent, &[]))?
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
    // Foreign keys that were taken away from tables made anew, by table and name.
    let mut away: Vec<(QName, Name)> = Vec::new();
    for directive in directives {
        let rebuilt = change_of_key(directive).map(|(alter, _)| alter);
        let old = rebuilt.and_then(|alter| schema.tables.get(&alter.table).cloned());
        let referred = rebuilt
            .map(|alter| referring(&alter.table, &schema))
            .unwrap_or_default();
        evolve(&mut schema, std::slice::from_ref(directive), &Postgres)?;
        let Some(alter) = rebuilt else { continue };
        // It is made with its own.
        away.retain(|(table, _)| *table != alter.table);
        if let (Some(_), Some(old)) = (partitioned(directive), old)
            && let Some(new) = schema.tables.get(&alter.table)
        {
            away.extend(referred);
            if !old.options.contains_key(option::PARTITION_BY) {
                moved.push((old, new.clone(), &alter.changes));
            }
        }
    }
    for (old, new, changes) in &moved {
        statements.extend(move_rows(old, new, changes));
        statements.push(Statement::new(format!(
            "DROP TABLE {}",
            qname(&old.name.sibling(aside(&old.name.name)))
        )));
    }
    for (table, name) in &away {
        let keys = schema.tables.get(table).map(|table| &table.foreign_keys);
        let mut keys = keys.into_iter().flatten();
        if let Some(key) = keys.find(|key| key.name.as_ref() == Some(name)) {
            let key = Constraint::ForeignKey(key.clone());
            statements.push(Statement::new(format!(
                "ALTER TABLE {} ADD {}",
                qname(table),
                constraints::clause(&key)
            )));
        }
    }
    Ok(statements)
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
    insert_rows(&from, old, new, changes)
}

/// The rows of `old`, which is called `from` now, go to `new`.
fn insert_rows(from: &str, old: &Table, new: &Table, changes: &[TableChange]) -> Option<Statement> {
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
