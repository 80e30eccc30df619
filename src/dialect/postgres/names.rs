//! Names that the server would cut.
//!
//! It keeps 63 bytes of a name and says so in a notice only (manual, Lexical Structure). Then the database holds another name than the
//! target says, and every later script fails on it. So such a name is refused before anything runs.

use super::spelling::{MAX_NAME, cut};
use crate::directive::{AlterTable, Directive, TableChange};
use crate::schema::{Constraint, Table};
use crate::{Error, ErrorKind, Result};

/// Refuses a directive that gives something a name which is too long.
///
/// # Errors
/// With the name as the server would keep it.
pub(super) fn check(directive: &Directive) -> Result<()> {
    use Directive as D;
    match directive {
        D::CreateNamespace(n) => fits("namespace", &n.name),
        D::CreateTable(table) => check_table(table),
        D::RenameTable(names) => fits("table", &names.new.name),
        D::AlterTable(alter) => check_changes(alter),
        D::CreateIndex { index, .. } => fits("index", &index.name),
        D::RenameIndex { name, .. } => fits("index", &name.new),
        D::CreateSequence(sequence) => fits("sequence", &sequence.name.name),
        D::CreateEnum(ty) => {
            fits("enum type", &ty.name.name)?;
            ty.values.iter().try_for_each(|value| fits("enum value", value))
        }
        D::AlterEnum { change, .. } => change
            .new
            .values
            .iter()
            .try_for_each(|value| fits("enum value", value)),
        D::CreateObject(object) => match object.id.kind.as_str() {
            // Their names say what they are about.
            "cast" | "transform" => Ok(()),
            kind => fits(kind, &object.id.name.name),
        },
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
    if name.len() <= MAX_NAME {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Script,
        format!(
            "the name of {what} {name} has {} bytes, and PostgreSQL keeps {MAX_NAME}",
            name.len()
        ),
    )
    .hint(format!(
        "it would become {}: use a shorter name",
        cut(name, MAX_NAME)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_be_cut_is_refused() {
        let name = format!("{}ä", "a".repeat(62));
        let error = check(&Directive::CreateTable(Box::new(Table::new(name.as_str())))).unwrap_err();
        assert!(error.message().contains("64 bytes"), "{error}");
        assert!(error.hints()[0].contains(&format!("become {}:", "a".repeat(62))));
        assert!(check(&Directive::CreateTable(Box::new(Table::new("ä")))).is_ok());
    }
}
