//! The one spelling for all spellings that PostgreSQL takes as one.
//!
//! Both sides of a comparison were read from a server, which has spelled everything in its own way already. So there is little to do:
//! marks that say where something comes from, or how it is to be built, are no difference, and neither are the spellings that a server
//! does not keep when it is given them back.

use super::array_cast::handed_on;
use super::bool_chain::joined;
use super::option;
use super::spelling::list_items;
use crate::schema::{IndexPart, Name, Object, Options, PartTarget, QName, Sql, Table};
use std::borrow::Cow;

/// SQL: as it is, without blanks around it, and as the server keeps it when it is given it back.
pub(super) fn sql(sql: &str) -> String {
    kept(sql.trim()).into_owned()
}

fn kept(sql: &str) -> Cow<'_, str> {
    match handed_on(sql) {
        Cow::Borrowed(sql) => joined(sql),
        Cow::Owned(sql) => Cow::Owned(joined(&sql).into_owned()),
    }
}

fn sql_in(expression: &mut Sql) {
    if let Cow::Owned(text) = kept(expression) {
        *expression = Sql::new(text);
    }
}

fn parts_in<'p>(parts: impl IntoIterator<Item = &'p mut IndexPart>) {
    for part in parts {
        if let PartTarget::Expression(expression) = &mut part.target {
            sql_in(expression);
        }
    }
}

fn name_in(name: &mut QName) {
    if name.namespace.as_deref() == Some(option::DEFAULT_NAMESPACE) {
        name.namespace = None;
    }
}

fn without_marks(options: &mut Options) {
    options.remove(option::INHERITED);
    options.remove(option::CONCURRENTLY);
    options.remove(option::PARAMETER_ORDER);
}

fn key(name: Option<&Name>) -> Option<&str> {
    name.map(Name::as_str)
}

/// A table.
pub(super) fn table(table: &Table) -> Table {
    let mut table = table.clone();
    name_in(&mut table.name);
    without_marks(&mut table.options);
    for column in &mut table.columns {
        if column.options.contains_key(option::INHERITED) {
            // It cannot be renamed, and which it is depends on how the table came to its parent.
            column.options.remove(option::NOT_NULL_NAME);
        }
        without_marks(&mut column.options);
        column.default.iter_mut().for_each(sql_in);
        if let Some(generated) = &mut column.generated {
            sql_in(&mut generated.expression);
        }
    }
    if let Some(key) = &mut table.primary_key {
        without_marks(&mut key.options);
    }
    for unique in &mut table.uniques {
        without_marks(&mut unique.options);
    }
    for key in &mut table.foreign_keys {
        without_marks(&mut key.options);
        name_in(&mut key.table);
    }
    for check in &mut table.checks {
        without_marks(&mut check.options);
        sql_in(&mut check.expression);
    }
    for exclude in &mut table.excludes {
        without_marks(&mut exclude.options);
        exclude.predicate.iter_mut().for_each(sql_in);
        parts_in(exclude.elements.iter_mut().map(|(part, _)| part));
    }
    for index in &mut table.indexes {
        without_marks(&mut index.options);
        index.predicate.iter_mut().for_each(sql_in);
        parts_in(&mut index.parts);
    }
    table
        .uniques
        .sort_by(|a, b| key(a.name.as_ref()).cmp(&key(b.name.as_ref())));
    table
        .foreign_keys
        .sort_by(|a, b| key(a.name.as_ref()).cmp(&key(b.name.as_ref())));
    table
        .checks
        .sort_by(|a, b| key(a.name.as_ref()).cmp(&key(b.name.as_ref())));
    table
        .excludes
        .sort_by(|a, b| key(a.name.as_ref()).cmp(&key(b.name.as_ref())));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table
}

/// An object.
pub(super) fn object(object: &Object) -> Object {
    let mut object = object.clone();
    name_in(&mut object.id.name);
    object.id.on.iter_mut().for_each(name_in);
    object.definition = Sql::new(sql(&object.definition));
    if object.id.kind.as_str() == "statistics" {
        object.definition = Sql::new(in_any_order(&object.definition));
    }
    object.depends_on.clear();
    object
}

/// `CREATE STATISTICS .. ON b, a FROM t` with its columns sorted: the server lists them in the order of the table's columns, which is no
/// difference.
fn in_any_order(definition: &str) -> String {
    let Some((head, rest)) = definition.split_once(" ON ") else {
        return definition.to_owned();
    };
    let Some((list, tail)) = rest.rsplit_once(" FROM ") else {
        return definition.to_owned();
    };
    let mut items: Vec<&str> = list_items(list).into_iter().map(str::trim).collect();
    items.sort_unstable();
    format!("{head} ON {} FROM {tail}", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_over_the_same_columns_are_the_same() {
        let ordered =
            in_any_order("CREATE STATISTICS public.s (dependencies) ON b, (a + 1), id FROM public.t");
        assert_eq!(
            ordered,
            "CREATE STATISTICS public.s (dependencies) ON (a + 1), b, id FROM public.t"
        );
        assert_eq!(in_any_order("odd"), "odd");
    }
}
