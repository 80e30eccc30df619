//! A plain table that becomes a partitioned one and back: the server cannot change that, so the table is built anew.

use super::column_change::aside;
use super::constraints::{self, has_index};
use super::sequence::{made_for, of_identity, take_over};
use super::spelling::{beside, guarded, qname, quote, text};
use super::{index, table, types};
use crate::dialect::Statement;
use crate::directive::TableChange;
use crate::schema::{Column, Constraint, Schema, Sql, Table, TypeName};

/// The statements that put the old table aside, create the new one, and carry the rows and the numbering over.
pub(super) fn rebuild(
    old: &Table,
    new: &Table,
    changes: &[TableChange],
    before: &Schema,
    after: &Schema,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    let old_name = old.name.sibling(aside(&old.name.name));
    let (name, put_aside) = (qname(&new.name), qname(&old_name));
    let referring = |schema: &Schema| -> Vec<(String, Constraint)> {
        let tables = schema.tables.values().filter(|t| t.name != old.name);
        tables
            .flat_map(|t| t.foreign_keys.iter().map(move |key| (t, key)))
            .filter(|(t, key)| {
                let key_of_parent = Constraint::ForeignKey((*key).clone());
                key.table == old.name && !table::is_from_parent(t, &key_of_parent)
            })
            .map(|(t, key)| (qname(&t.name), Constraint::ForeignKey(key.clone())))
            .collect()
    };
    for (table, key) in referring(before) {
        if let Some(key) = key.name() {
            statements.push(format!("ALTER TABLE {table} DROP CONSTRAINT {}", quote(key)));
        }
    }
    statements.push(format!("ALTER TABLE {name} RENAME TO {}", quote(&old_name.name)));
    // Names of indexes are those of relations: they have to be free.
    let keys = old.constraints().filter(has_index);
    for key in keys.filter_map(|key| key.name().cloned()) {
        statements.push(format!("ALTER TABLE {put_aside} DROP CONSTRAINT {}", quote(&key)));
    }
    for index in &old.indexes {
        statements.push(format!("DROP INDEX {}", beside(&old.name, &index.name)));
    }
    let mut numbered = Vec::new();
    let mut made = new.clone();
    for column in &mut made.columns {
        let Some(old_column) = old.column(&column.name) else {
            continue;
        };
        numbered.push(Numbered::of(old, old_column, column));
    }
    statements.extend(numbered.iter().flat_map(|n| n.put_aside.iter().cloned()));
    let owned: Vec<_> = before
        .sequences
        .values()
        .filter(|s| s.owned_by.as_ref().is_some_and(|(table, _)| *table == old.name))
        .collect();
    for sequence in &owned {
        statements.push(format!("ALTER SEQUENCE {} OWNED BY NONE", qname(&sequence.name)));
    }
    let mut statements: Vec<Statement> = statements.into_iter().map(Statement::new).collect();
    let indexes = std::mem::take(&mut made.indexes);
    statements.extend(table::create(&made, after));
    statements.extend(copy_rows(old, new, changes, &put_aside));
    statements.extend(
        numbered
            .into_iter()
            .flat_map(|n| n.carried_over)
            .map(Statement::new),
    );
    for sequence in owned {
        if let Some((_, column)) = &sequence.owned_by {
            statements.push(Statement::new(format!(
                "ALTER SEQUENCE {} OWNED BY {name}.{}",
                qname(&sequence.name),
                quote(column)
            )));
        }
    }
    statements.push(Statement::new(format!("DROP TABLE {put_aside}")));
    for index in &indexes {
        statements.extend(index::create(&new.name, index, after));
    }
    statements.extend(referring(after).into_iter().map(|(table, key)| {
        Statement::new(format!("ALTER TABLE {table} ADD {}", constraints::clause(&key)))
    }));
    statements
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

fn copy_rows(old: &Table, new: &Table, changes: &[TableChange], from: &str) -> Option<Statement> {
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
