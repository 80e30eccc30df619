//! The changes of one table carried out on it.

use super::{Naming, already, missing, same_relation};
use crate::Result;
use crate::directive::{AlterColumn, ColumnChange, NewColumn, OptionChange, TableChange};
use crate::schema::{Column, Constraint, Name, Options, PartTarget, Sql, Table, Unique};

pub(super) fn column_mut<'t, N: Naming + ?Sized>(
    table: &'t mut Table,
    name: &str,
    naming: &N,
) -> Result<&'t mut Column> {
    table
        .columns
        .iter_mut()
        .find(|c| naming.same_name(&c.name, name))
        .ok_or_else(|| missing("column", name))
}

pub(super) fn change_table<N: Naming + ?Sized>(
    table: &mut Table,
    change: &TableChange,
    naming: &N,
) -> Result<()> {
    match change {
        TableChange::RenameColumn(names) => {
            column_mut(table, &names.old, naming)?.name = names.new.clone();
            rename_in_table(table, &names.old, &names.new, naming);
        }
        TableChange::AddColumn(new) => add_column(table, new, naming)?,
        TableChange::DropColumn(gone) => {
            column_mut(table, &gone.column.name, naming)?;
            table
                .columns
                .retain(|c| !naming.same_name(&c.name, &gone.column.name));
        }
        TableChange::AlterColumn(alter) => change_column(column_mut(table, &alter.name, naming)?, alter),
        TableChange::AddConstraint { constraint } => {
            if let (Constraint::PrimaryKey(_), Some(_)) = (constraint, &table.primary_key) {
                return Err(already("primary key", "(one is there)"));
            }
            table.add_constraint(constraint.clone());
        }
        TableChange::DropConstraint { constraint } => drop_constraint(table, constraint, naming)?,
        TableChange::RenameConstraint { kind, name } => {
            let found = table
                .constraints()
                .find(|c| {
                    c.kind() == *kind
                        && match (c.name(), &name.old) {
                            (Some(a), Some(b)) => naming.same_name(a, b),
                            (None, None) => true,
                            _ => false,
                        }
                })
                .ok_or_else(|| missing(&kind.to_string(), name.old.as_deref().unwrap_or("(no name)")))?;
            let mut renamed = found.clone();
            renamed.set_name(name.new.clone());
            replace_constraint(table, &found, renamed);
        }
        TableChange::SetOption(OptionChange { key, value }) => {
            set_option(&mut table.options, key, value.new.as_ref());
        }
        TableChange::SetComment(comment) => table.comment.clone_from(&comment.new),
        TableChange::SetDefinition(definition) => table.definition = Some(definition.new.clone()),
        TableChange::ReorderColumns(order) => {
            let place = |c: &Column| {
                order
                    .new
                    .iter()
                    .position(|n| naming.same_name(n, &c.name))
                    .unwrap_or(usize::MAX)
            };
            table.columns.sort_by_key(place);
        }
    }
    Ok(())
}

fn add_column<N: Naming + ?Sized>(table: &mut Table, new: &NewColumn, naming: &N) -> Result<()> {
    if column_mut(table, &new.column.name, naming).is_ok() {
        return Err(already("column", &new.column.name));
    }
    let place = match &new.after {
        None => table.columns.len(),
        Some(first) if first.is_empty() => 0,
        Some(after) => table
            .columns
            .iter()
            .position(|c| naming.same_name(&c.name, after))
            .map_or(table.columns.len(), |i| i + 1),
    };
    table.columns.insert(place, new.column.clone());
    Ok(())
}

fn change_column(column: &mut Column, alter: &AlterColumn) {
    for change in &alter.changes {
        match change.clone() {
            ColumnChange::Type(c) => column.ty = c.new,
            ColumnChange::NotNull(c) => column.not_null = c.new,
            ColumnChange::Default(c) => column.default = c.new,
            ColumnChange::Collation(c) => column.collation = c.new,
            ColumnChange::Generated(c) => column.generated = c.new,
            ColumnChange::Identity(c) => column.identity = c.new,
            ColumnChange::Comment(c) => column.comment = c.new,
            ColumnChange::Option(c) => set_option(&mut column.options, &c.key, c.value.new.as_ref()),
        }
    }
}

fn set_option(options: &mut Options, key: &str, value: Option<&String>) {
    match value {
        Some(value) => {
            options.insert(key.to_owned(), value.clone());
        }
        None => {
            options.remove(key);
        }
    }
}

/// A constraint is found by all it says, else by its name, else, when it has none, by what it is about.
fn drop_constraint<N: Naming + ?Sized>(table: &mut Table, wanted: &Constraint, naming: &N) -> Result<()> {
    let found = table
        .constraints()
        .find(|c| c == wanted)
        .or_else(|| {
            table.constraints().find(|c| {
                c.kind() == wanted.kind()
                    && match (c.name(), wanted.name()) {
                        (Some(a), Some(b)) => naming.same_name(a, b),
                        _ => c.kind() == crate::schema::ConstraintKind::PrimaryKey,
                    }
            })
        })
        .or_else(|| the_only_one(table.constraints().filter(|c| says_the_same(c, wanted, naming))))
        .ok_or_else(|| {
            missing(
                &wanted.kind().to_string(),
                wanted.name().map_or("(no name)", |n| n.as_str()),
            )
        })?;
    match &found {
        Constraint::PrimaryKey(_) => table.primary_key = None,
        Constraint::Unique(c) => remove_first(&mut table.uniques, c),
        Constraint::ForeignKey(c) => remove_first(&mut table.foreign_keys, c),
        Constraint::Check(c) => remove_first(&mut table.checks, c),
        Constraint::Exclude(c) => remove_first(&mut table.excludes, c),
    }
    Ok(())
}

fn the_only_one<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// Whether two constraints without names are about the same thing, though one may spell out what the other leaves to a default.
fn says_the_same<N: Naming + ?Sized>(a: &Constraint, b: &Constraint, naming: &N) -> bool {
    let names =
        |a: &[Name], b: &[Name]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| naming.same_name(a, b));
    if a.name().is_some() || b.name().is_some() {
        return false;
    }
    match (a, b) {
        (Constraint::Unique(a), Constraint::Unique(b)) => {
            let columns = |unique: &Unique| -> Option<Vec<Name>> {
                unique
                    .columns
                    .iter()
                    .map(|part| part.column_name().cloned())
                    .collect()
            };
            columns(a).zip(columns(b)).is_some_and(|(a, b)| names(&a, &b))
        }
        (Constraint::ForeignKey(a), Constraint::ForeignKey(b)) => {
            names(&a.columns, &b.columns) && same_relation(naming, &a.table, &b.table)
        }
        (Constraint::Check(a), Constraint::Check(b)) => a
            .expression
            .split_whitespace()
            .eq(b.expression.split_whitespace()),
        _ => false,
    }
}

fn replace_constraint(table: &mut Table, old: &Constraint, new: Constraint) {
    fn swap<T: PartialEq>(list: &mut [T], old: &T, new: T) {
        if let Some(place) = list.iter_mut().find(|c| *c == old) {
            *place = new;
        }
    }
    match (old, new) {
        (Constraint::Unique(o), Constraint::Unique(n)) => swap(&mut table.uniques, o, n),
        (Constraint::ForeignKey(o), Constraint::ForeignKey(n)) => swap(&mut table.foreign_keys, o, n),
        (Constraint::Check(o), Constraint::Check(n)) => swap(&mut table.checks, o, n),
        (Constraint::Exclude(o), Constraint::Exclude(n)) => swap(&mut table.excludes, o, n),
        (_, new) => table.add_constraint(new),
    }
}

fn remove_first<T: PartialEq>(list: &mut Vec<T>, item: &T) {
    if let Some(place) = list.iter().position(|c| c == item) {
        list.remove(place);
    }
}

/// Keys, indexes and expressions of the table follow the new name of a column.
pub(super) fn rename_in_table<N: Naming + ?Sized>(table: &mut Table, old: &Name, new: &Name, naming: &N) {
    let in_sql = |sql: &mut Sql| *sql = Sql::new(naming.rename_in_sql(sql, old, new));
    let in_part = |part: &mut crate::schema::IndexPart| match &mut part.target {
        PartTarget::Column(name) if naming.same_name(name, old) => *name = new.clone(),
        PartTarget::Column(_) => {}
        PartTarget::Expression(sql) => in_sql(sql),
    };
    for generated in table.columns.iter_mut().filter_map(|c| c.generated.as_mut()) {
        in_sql(&mut generated.expression);
    }
    if let Some(key) = &mut table.primary_key {
        key.columns.iter_mut().for_each(in_part);
        rename_in_names(&mut key.include, old, new, naming);
    }
    for unique in &mut table.uniques {
        unique.columns.iter_mut().for_each(in_part);
        rename_in_names(&mut unique.include, old, new, naming);
    }
    for key in &mut table.foreign_keys {
        rename_in_names(&mut key.columns, old, new, naming);
    }
    for check in &mut table.checks {
        in_sql(&mut check.expression);
    }
    for exclude in &mut table.excludes {
        exclude.elements.iter_mut().for_each(|(part, _)| in_part(part));
        exclude.predicate.iter_mut().for_each(in_sql);
    }
    for index in &mut table.indexes {
        index.parts.iter_mut().for_each(in_part);
        rename_in_names(&mut index.include, old, new, naming);
        index.predicate.iter_mut().for_each(in_sql);
    }
    table.definition.iter_mut().for_each(in_sql);
    naming.follow_column(table, old, new);
}

pub(super) fn rename_in_names<N: Naming + ?Sized>(names: &mut [Name], old: &Name, new: &Name, naming: &N) {
    for name in names.iter_mut().filter(|n| naming.same_name(n, old)) {
        *name = new.clone();
    }
}
