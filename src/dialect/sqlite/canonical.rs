//! The one spelling that equal things share. For comparing only.

use super::values::{Affinity, affinity};
use super::{TRIGGER, option};
use crate::schema::{
    Column, Deferral, ForeignKey, Index, IndexPart, Name, Object, Options, PartTarget, QName, Sql, Table,
    TypeName,
};
use crate::sql::{Lexicon, comparison_key, replace_qualifier};

/// Tokens in lower case with single blanks, names unquoted, no comments, no parentheses around the whole.
pub(super) fn sql(text: &str) -> String {
    comparison_key(text, &Lexicon::SQLITE)
}

fn sql_in(text: &mut Sql) {
    *text = Sql::new(sql(text));
}

fn name_in(name: &mut Name) {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        *name = Name::new(name.to_ascii_lowercase());
    }
}

fn qname_in(name: &mut QName) {
    name.namespace = None;
    name_in(&mut name.name);
}

/// A table.
pub(super) fn table(table: &Table) -> Table {
    let mut table = table.clone();
    qname_in(&mut table.name);
    let is_strict = table.options.contains_key(option::STRICT);
    for column in &mut table.columns {
        column_in(column);
        if let Some(default) = &mut column.default {
            *default = default_in(default, &column.ty, is_strict);
        }
    }
    let columns = std::mem::take(&mut table.columns);
    let parts_in = |parts: &mut Vec<IndexPart>| parts.iter_mut().for_each(|p| part_in(p, &columns));
    if let Some(key) = &mut table.primary_key {
        key.name.iter_mut().for_each(name_in);
        parts_in(&mut key.columns);
        conflict_in(&mut key.options);
    }
    for unique in &mut table.uniques {
        unique.name.iter_mut().for_each(name_in);
        parts_in(&mut unique.columns);
        conflict_in(&mut unique.options);
    }
    for key in &mut table.foreign_keys {
        foreign_key_in(key);
    }
    for check in &mut table.checks {
        check.name.iter_mut().for_each(name_in);
        // A check reads its own table and no other: naming it says nothing.
        let expression = replace_qualifier(&check.expression, &table.name.name, None, &Lexicon::SQLITE);
        check.expression = Sql::new(sql(&expression));
    }
    for index in &mut table.indexes {
        index_in(index, &columns);
    }
    table.columns = columns;
    // Which of two constraints is written first says nothing.
    table
        .uniques
        .sort_by_cached_key(|u| (u.name.clone(), format!("{:?}", u.columns)));
    table
        .checks
        .sort_by_cached_key(|c| (c.name.clone(), c.expression.clone()));
    table
        .foreign_keys
        .sort_by_cached_key(|k| (k.name.clone(), k.columns.clone(), k.table.clone()));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table.definition.iter_mut().for_each(sql_in);
    table
}

fn column_in(column: &mut Column) {
    name_in(&mut column.name);
    // Blanks do not count in a type: `varchar (20)` is `VARCHAR(20)`.
    let ty: String = column
        .ty
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase();
    column.ty = TypeName::new(
        ty.replace(" (", "(")
            .replace("( ", "(")
            .replace(" )", ")")
            .replace(", ", ","),
    );
    column.collation.iter_mut().for_each(name_in);
    if let Some(generated) = &mut column.generated {
        sql_in(&mut generated.expression);
    }
    let default_conflict = column
        .options
        .get(option::NOT_NULL_ON_CONFLICT)
        .is_some_and(|c| c == "abort");
    if default_conflict {
        column.options.remove(option::NOT_NULL_ON_CONFLICT);
    }
}

/// A default, in which a text that the column's affinity turns into a number is that number.
fn default_in(default: &str, ty: &str, is_strict: bool) -> Sql {
    let default = sql(default);
    let converts = match affinity(ty) {
        Affinity::Integer | Affinity::Real => true,
        // ANY in a STRICT table takes values as they are.
        Affinity::Numeric => !is_strict,
        Affinity::Text | Affinity::Blob => false,
    };
    match default
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        Some(text) if converts && is_number(text) => Sql::new(sql(text)),
        _ => Sql::new(default),
    }
}

/// Whether it is a number in decimal digits, as it stands in SQL.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, decimals)) => is_digits(whole) && is_digits(decimals),
        None => is_digits(digits),
    }
}

/// ABORT is what happens without a conflict clause.
fn conflict_in(options: &mut Options) {
    if options.get(option::ON_CONFLICT).is_some_and(|c| c == "abort") {
        options.remove(option::ON_CONFLICT);
    }
}

/// A part that is collated as its column is anyhow says nothing by saying so.
fn part_in(part: &mut IndexPart, columns: &[Column]) {
    part.collation.iter_mut().for_each(name_in);
    match &mut part.target {
        PartTarget::Expression(expression) => sql_in(expression),
        PartTarget::Column(name) => {
            name_in(name);
            let own = columns
                .iter()
                .find(|c| c.name == *name)
                .and_then(|c| c.collation.as_deref())
                .unwrap_or("binary");
            if part.collation.as_deref() == Some(own) {
                part.collation = None;
            }
        }
    }
}

/// SQLite reads MATCH and forgets it, and a key that is deferrable but initially immediate is checked at once
/// (<https://www.sqlite.org/foreignkeys.html#fk_deferred>, section 6).
fn foreign_key_in(key: &mut ForeignKey) {
    key.name.iter_mut().for_each(name_in);
    key.columns.iter_mut().for_each(name_in);
    key.referenced.iter_mut().for_each(name_in);
    qname_in(&mut key.table);
    if key.deferral == Deferral::Immediate {
        key.deferral = Deferral::NotDeferrable;
    }
}

fn index_in(index: &mut Index, columns: &[Column]) {
    name_in(&mut index.name);
    index.parts.iter_mut().for_each(|p| part_in(p, columns));
    index.predicate.iter_mut().for_each(sql_in);
}

/// An object.
pub(super) fn object(object: &Object) -> Object {
    let mut object = object.clone();
    qname_in(&mut object.id.name);
    object.id.on.iter_mut().for_each(qname_in);
    sql_in(&mut object.definition);
    if object.id.kind == TRIGGER {
        // FOR EACH ROW is the only kind of trigger there is, and BEFORE is what a trigger is without a word.
        let plain = object.definition.replacen(" for each row ", " ", 1);
        object.definition = Sql::new(plain);
    }
    object.depends_on.clear();
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Check;

    #[test]
    fn a_text_that_becomes_a_number_is_that_number() {
        for (ty, strict, text) in [
            ("integer", false, "'5'"),
            ("real", true, "'-5.50'"),
            ("decimal(8,2)", false, "('5')"),
        ] {
            let number = text.replace(['\'', '(', ')'], "");
            assert_eq!(
                default_in(text, ty, strict),
                default_in(&number, ty, strict),
                "{ty} {text}"
            );
        }
        for (ty, strict, text) in [
            ("text", false, "'5'"),
            ("", false, "'5'"),
            ("any", true, "'5'"),
            ("integer", false, "'5 '"),
            ("integer", false, "'5.'"),
            ("integer", false, "''"),
        ] {
            assert_eq!(default_in(text, ty, strict).as_str(), text, "{ty}");
        }
    }

    #[test]
    fn a_check_says_nothing_by_naming_its_own_table() {
        let mut checked = Table::new("T");
        checked.checks.push(Check {
            name: None,
            expression: Sql::new("\"t\".K <> 't.k'"),
            options: Options::new(),
        });
        assert_eq!(table(&checked).checks[0].expression.as_str(), "k <> 't.k'");
    }
}
