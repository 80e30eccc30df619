//! Columns that get other names: an ALTER TABLE of its own in front of all else.
//!
//! The server carries keys, foreign keys and, on MariaDB, expressions along. MySQL refuses while a check, a generated column or a functional
//! index names the column (errors 3959, 3108, 3837), so these are made again in the same statement.

use super::alter::find;
use super::online::{Clause, Operation, Respelled};
use super::spelling::{qname, quote};
use super::{Flavour, Mysql, columns, constraints, index, option};
use crate::Result;
use crate::directive::{AlterTable, Change, Directive, Naming, TableChange, evolve};
use crate::schema::{Constraint, IndexPart, Name, PartTarget, Schema, Sql, Table};
use crate::sql::{Lexicon, mentions};

/// The clauses that rename, and the schema behind them.
pub(super) fn columns(
    alter: &AlterTable,
    renames: &[Change<Name>],
    before: &Schema,
    naming: Mysql,
) -> Result<(Vec<Clause>, Schema)> {
    let mut schema = before.clone();
    let changes = renames.iter().cloned().map(TableChange::RenameColumn).collect();
    let directive = Directive::AlterTable(AlterTable {
        table: alter.table.clone(),
        changes,
    });
    evolve(&mut schema, &[directive], &naming)?;
    let old = find(before, &alter.table, naming)?;
    let new = find(&schema, &alter.table, naming)?;
    let mut clauses = Vec::new();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    if naming.flavour == Flavour::Mysql {
        remake(old, new, renames, naming, &mut first, &mut last)?;
    }
    clauses.extend(first);
    clauses.extend(
        net(renames, naming)
            .iter()
            .map(|names| format!("RENAME COLUMN {} TO {}", quote(&names.old), quote(&names.new)))
            .map(|sql| Operation::RenameColumn.by(sql)),
    );
    clauses.extend(last);
    Ok((clauses, schema))
}

/// What follows the new name of a column beside keys, checks and generated columns: defaults that are expressions, checks of columns,
/// partitions, periods.
pub(super) fn follow(table: &mut Table, old: &Name, new: &Name, naming: Mysql) {
    let in_sql = |sql: &str| naming.rename_in_sql(sql, old, new);
    for column in &mut table.columns {
        let is_expression = |default: &&mut Sql| !super::types::is_literal(default);
        if let Some(default) = column.default.as_mut().filter(is_expression) {
            *default = Sql::new(in_sql(default));
        }
        if let Some(check) = column.options.get_mut(option::CHECK) {
            *check = in_sql(check);
        }
    }
    for (key, value) in &mut table.options {
        let names_columns = key.starts_with(option::PERIOD)
            || [option::PARTITION_BY, option::SUBPARTITION_BY].contains(&key.as_str());
        if names_columns {
            *value = in_sql(value);
        }
    }
}

/// Renames one after the other as renames at once: `a` to `x`, `b` to `a`, `x` to `b` is `a` to `b` and `b` to `a`.
fn net(renames: &[Change<Name>], naming: Mysql) -> Vec<Change<Name>> {
    let mut net: Vec<Change<Name>> = Vec::new();
    for rename in renames {
        match net
            .iter_mut()
            .find(|earlier| naming.same_name(&earlier.new, &rename.old))
        {
            Some(earlier) => earlier.new = rename.new.clone(),
            None => net.push(rename.clone()),
        }
    }
    net.retain(|names| names.old != names.new);
    net
}

/// What names a renamed column in an expression.
fn remake(
    old: &Table,
    new: &Table,
    renames: &[Change<Name>],
    naming: Mysql,
    first: &mut Vec<Clause>,
    last: &mut Vec<Clause>,
) -> Result<()> {
    let names_one = |sql: &str| {
        let mentioned = mentions(sql, &Lexicon::MYSQL);
        renames
            .iter()
            .any(|names| mentioned.contains(naming.fold(&names.old).as_ref()))
    };
    for (was, is) in old.checks.iter().zip(&new.checks) {
        if names_one(&was.expression) {
            let (was, is) = (Constraint::Check(was.clone()), Constraint::Check(is.clone()));
            let drop = constraints::drop(&was, naming.flavour)?;
            first.push(Operation::dropping(&was).by(drop));
            let add = format!("ADD {}", constraints::definition(&is, naming.flavour)?);
            last.push(Operation::adding(&is).by(add));
        }
    }
    let names_part = |part: &IndexPart| match &part.target {
        PartTarget::Column(_) => false,
        PartTarget::Expression(expression) => names_one(expression),
    };
    for (was, is) in old.indexes.iter().zip(&new.indexes) {
        if was.parts.iter().any(names_part) {
            first.push(Operation::DropIndex.by(format!("DROP KEY {}", quote(&was.name))));
            last.push(Operation::building(is).by(format!("ADD {}", index::definition(is))));
        }
    }
    for (was, is) in old.columns.iter().zip(&new.columns) {
        let is_expression = |default: &&Sql| !super::types::is_literal(default);
        let is_named = was.generated.as_ref().is_some_and(|g| names_one(&g.expression))
            || was
                .default
                .as_ref()
                .filter(is_expression)
                .is_some_and(|sql| names_one(sql));
        if is_named {
            let respelled = Respelled {
                old: was,
                new: is,
                tables: (old, new),
                is_moved: false,
                flavour: naming.flavour,
            };
            last.push(Clause {
                sql: format!("MODIFY COLUMN {}", columns::definition(is, naming.flavour)),
                operations: respelled.operations(),
            });
        }
    }
    Ok(())
}

/// `ALTER TABLE t ..`, one clause per line.
pub(super) fn alter_table(table: &crate::schema::QName, clauses: &[String]) -> String {
    if let [clause] = clauses {
        return format!("ALTER TABLE {} {clause}", qname(table));
    }
    format!("ALTER TABLE {}\n    {}", qname(table), clauses.join(",\n    "))
}
