//! The names that a directive gives to things: a server refuses one that is too long in the middle of a script, or cuts it, so dialects look
//! before anything runs. What is too long, they know.

use crate::Result;
use crate::directive::{AlterTable, Directive, TableChange};
use crate::schema::{Constraint, Table};

/// Asks `fits` about each name that a directive gives, with the word for what it names.
///
/// # Errors
/// The first that it gives.
pub(super) fn check(directive: &Directive, fits: &dyn Fn(&str, &str) -> Result<()>) -> Result<()> {
    use Directive as D;
    match directive {
        D::CreateNamespace(namespace) => fits("namespace", &namespace.name),
        D::CreateTable(table) => check_table(table, fits),
        D::RenameTable(names) => fits("table", &names.new.name),
        D::AlterTable(alter) => check_changes(alter, fits),
        D::CreateIndex { index, .. } => fits("index", &index.name),
        D::RenameIndex { name, .. } => fits("index", &name.new),
        D::CreateSequence(sequence) => fits("sequence", &sequence.name.name),
        D::CreateEnum(ty) => {
            fits("enum type", &ty.name.name)?;
            ty.values.iter().try_for_each(|value| fits("enum value", value))
        }
        D::AlterEnum { change, .. } => {
            let values = &change.new.values;
            values.iter().try_for_each(|value| fits("enum value", value))
        }
        D::CreateObject(object) => fits(object.id.kind.as_str(), &object.id.name.name),
        _ => Ok(()),
    }
}

fn check_table(table: &Table, fits: &dyn Fn(&str, &str) -> Result<()>) -> Result<()> {
    fits("table", &table.name.name)?;
    table
        .columns
        .iter()
        .try_for_each(|column| fits("column", &column.name))?;
    table
        .constraints()
        .try_for_each(|constraint| check_constraint(&constraint, fits))?;
    table
        .indexes
        .iter()
        .try_for_each(|index| fits("index", &index.name))
}

fn check_constraint(constraint: &Constraint, fits: &dyn Fn(&str, &str) -> Result<()>) -> Result<()> {
    constraint
        .name()
        .map_or(Ok(()), |name| fits(&constraint.kind().to_string(), name))
}

fn check_changes(alter: &AlterTable, fits: &dyn Fn(&str, &str) -> Result<()>) -> Result<()> {
    alter.changes.iter().try_for_each(|change| match change {
        TableChange::RenameColumn(names) => fits("column", &names.new),
        TableChange::AddColumn(new) => fits("column", &new.column.name),
        TableChange::AddConstraint { constraint } => check_constraint(constraint, fits),
        TableChange::RenameConstraint { kind, name } => name
            .new
            .as_ref()
            .map_or(Ok(()), |name| fits(&kind.to_string(), name)),
        _ => Ok(()),
    })
}
