//! Names that the server would refuse in the middle of a script: it says so before anything runs.

use super::spelling::MAX_NAME;
use crate::directive::{AlterTable, Directive, TableChange};
use crate::schema::{Constraint, Table};
use crate::{Error, ErrorKind, Result};

/// Refuses a directive that gives something a name which is too long.
///
/// # Errors
/// With the name and how long it is.
pub(super) fn check(directive: &Directive) -> Result<()> {
    use Directive as D;
    match directive {
        D::CreateTable(table) => check_table(table),
        D::RenameTable(names) => fits("table", &names.new.name),
        D::AlterTable(alter) => check_changes(alter),
        D::CreateIndex { index, .. } => fits("index", &index.name),
        D::RenameIndex { name, .. } => fits("index", &name.new),
        D::CreateSequence(sequence) => fits("sequence", &sequence.name.name),
        D::CreateObject(object) => fits(object.id.kind.as_str(), &object.id.name.name),
        _ => Ok(()),
    }
}

fn check_table(table: &Table) -> Result<()> {
    fits("table", &table.name.name)?;
    table
        .columns
        .iter()
        .try_for_each(|column| fits("column", &column.name))?;
    table.constraints().try_for_each(|c| check_constraint(&c))?;
    table
        .indexes
        .iter()
        .try_for_each(|index| fits("index", &index.name))
}

fn check_constraint(constraint: &Constraint) -> Result<()> {
    constraint
        .name()
        .map_or(Ok(()), |name| fits(&constraint.kind().to_string(), name))
}

fn check_changes(alter: &AlterTable) -> Result<()> {
    alter.changes.iter().try_for_each(|change| match change {
        TableChange::RenameColumn(names) => fits("column", &names.new),
        TableChange::AddColumn(new) => fits("column", &new.column.name),
        TableChange::AddConstraint { constraint } => check_constraint(constraint),
        TableChange::RenameConstraint { kind, name } => name
            .new
            .as_ref()
            .map_or(Ok(()), |name| fits(&kind.to_string(), name)),
        _ => Ok(()),
    })
}

fn fits(what: &str, name: &str) -> Result<()> {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Script,
        format!("the name of {what} {name} has {length} characters, and {MAX_NAME} is the most"),
    )
    .hint("use a shorter name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_measured_in_characters() {
        let table = |name: String| check(&Directive::CreateTable(Box::new(Table::new(name))));
        assert!(table("ä".repeat(64)).is_ok());
        let error = table("ä".repeat(65)).unwrap_err();
        assert!(error.message().contains("65 characters"), "{error}");
    }
}
