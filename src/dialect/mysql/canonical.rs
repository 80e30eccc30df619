//! The one spelling that equal things share. For comparing only.

use super::types::{self, Family};
use super::{Flavour, Mysql, index, objects, option};
use crate::directive::Naming;
use crate::schema::{
    Check, Column, ForeignKey, Index, IndexPart, Name, Object, Options, PartTarget, QName, Sql, Table,
    TypeName,
};
use crate::sql::{Lexicon, Scanner, Token, TokenKind, comparison_key};
use std::borrow::Cow;

/// Tokens in lower case with single blanks, names unquoted, no comments, no parentheses around the whole.
pub(super) fn sql(text: &str) -> String {
    with_signs(&comparison_key(text, &Lexicon::MYSQL))
}

/// MySQL says `-(100)` of what was `-100`, until it has computed it (9.7: when the table is made anew).
fn with_signs(key: &str) -> String {
    let is = |token: &Token, symbol: &str| token.is_symbol(key, symbol);
    let tokens: Vec<Token> = Scanner::new(key, &Lexicon::MYSQL)
        .filter(|token| !token.is_trivia())
        .collect();
    let mut words = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        words.push(token.text(key));
        rest = match after {
            [open, number, close, after @ ..]
                if is(token, "-") && is(open, "(") && number.kind == TokenKind::Number && is(close, ")") =>
            {
                words.push(number.text(key));
                after
            }
            _ => after,
        };
    }
    words.join(" ")
}

fn sql_in(text: &mut Sql) {
    *text = Sql::new(sql(text));
}

/// Names of columns, keys and constraints are the same in any case.
pub(super) fn fold(name: &str) -> String {
    name.to_lowercase()
}

fn name_in(name: &mut Name) {
    *name = Name::new(fold(name));
}

/// A name of a table.
fn relation_in(name: &mut QName, naming: Mysql) {
    if let Cow::Owned(folded) = naming.fold_relation(&name.name) {
        name.name = Name::new(folded);
    }
}

/// A name of a constraint. One that the server has made (`Orders_chk_1`) begins with the name of the table, in the letters that this is kept in.
fn made_name_in(name: &mut Option<Name>, table: &str, naming: Mysql) {
    let Some(given) = name else { return };
    let beginning = given.get(..table.len());
    if let Some(beginning) = beginning.filter(|beginning| naming.fold_relation(beginning) == table) {
        *name = Some(Name::new(format!("{table}{}", &given[beginning.len()..])));
    }
}

/// A table. The names of keys and constraints are shown as they were written.
pub(super) fn table(table: &Table, naming: Mysql) -> Table {
    let mut table = table.clone();
    relation_in(&mut table.name, naming);
    options_in(&mut table.options);
    let usual = usual_method(&table.options);
    let collation = table.options.get(option::COLLATION).cloned();
    for column in &mut table.columns {
        column_in(column, collation.as_deref(), naming.flavour);
    }
    if let Some(key) = &mut table.primary_key {
        // The server calls every primary key PRIMARY.
        key.name = None;
        key.columns.iter_mut().for_each(part_in);
        default_method(&mut key.options, usual);
    }
    let uniques = std::mem::take(&mut table.uniques);
    table.indexes.extend(uniques.iter().map(index::of_unique));
    table.indexes.iter_mut().for_each(|index| index_in(index, usual));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    for key in &mut table.foreign_keys {
        foreign_key_in(key, naming);
        made_name_in(&mut key.name, &table.name.name, naming);
    }
    table
        .foreign_keys
        .sort_by_cached_key(|key| (key.name.clone(), key.columns.clone()));
    for check in &mut table.checks {
        check_in(check);
        made_name_in(&mut check.name, &table.name.name, naming);
    }
    table
        .checks
        .sort_by_cached_key(|check| (check.name.clone(), check.expression.clone()));
    table
}

fn options_in(options: &mut Options) {
    if options
        .get(option::ENGINE)
        .is_some_and(|engine| engine.eq_ignore_ascii_case("innodb"))
    {
        options.remove(option::ENGINE);
    }
    for key in [option::COLLATION, option::ENGINE, "row_format", "insert_method"] {
        if let Some(value) = options.get_mut(key) {
            *value = value.to_ascii_lowercase();
        }
    }
    for key in [option::PARTITION_BY, option::SUBPARTITION_BY] {
        if let Some(value) = options.get_mut(key) {
            *value = sql(value);
        }
    }
    if let Some(lines) = options.get_mut(option::PARTITIONS) {
        let lines_of: Vec<String> = lines.lines().map(sql).collect();
        *lines = lines_of.join("\n");
    }
}

fn column_in(column: &mut Column, of_table: Option<&str>, flavour: Flavour) {
    name_in(&mut column.name);
    let is_json = flavour == Flavour::Mariadb && types::family(&column.ty) == Family::Json;
    column.ty = TypeName::new(types::canonical(&column.ty, flavour));
    column.collation.iter_mut().for_each(name_in);
    if column.collation.as_deref() == of_table && of_table.is_some() {
        column.collation = None;
    }
    if is_json {
        // MariaDB writes JSON out as what it is to it.
        if column.collation.is_none() && of_table != Some("utf8mb4_bin") {
            column.collation = Some("utf8mb4_bin".into());
        }
        let check = format!("json_valid(`{}`)", column.name);
        column.options.entry(option::CHECK.to_owned()).or_insert(check);
    }
    if let Some(default) = &column.default {
        column.default = default_in(default, &column.ty);
    }
    if let Some(generated) = &mut column.generated {
        sql_in(&mut generated.expression);
    }
    for key in [option::CHECK, option::ON_UPDATE] {
        if let Some(value) = column.options.get_mut(key) {
            *value = now(&sql(value));
        }
    }
}

/// A default. None is NULL, a number is the same in quotes and without, and there are many words for now.
fn default_in(default: &str, ty: &str) -> Option<Sql> {
    let key = sql(default);
    if key == "null" {
        return None;
    }
    let is_number = matches!(
        types::family(ty),
        Family::Integer | Family::Decimal | Family::Float | Family::Year | Family::Bit
    );
    let plain = key
        .strip_prefix('\'')
        .and_then(|key| key.strip_suffix('\''))
        .unwrap_or(&key);
    let plain = match plain {
        "true" if is_number => "1",
        "false" if is_number => "0",
        other => other,
    };
    if is_number && is_decimal(plain) {
        return Some(Sql::new(short(plain)));
    }
    Some(Sql::new(now(&key)))
}

/// Whether it is a number in decimal digits.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).trim_start();
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && decimals.is_empty()) && is_digits(whole) && is_digits(decimals)
}

/// A number without zeros that say nothing.
fn short(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits.trim_start()),
        None => ("", number.trim_start_matches('+').trim_start()),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
    match (whole, decimals) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, decimals) => format!("{sign}{}.{decimals}", if whole.is_empty() { "0" } else { whole }),
    }
}

/// The words for the present time in one.
fn now(key: &str) -> String {
    let Some(rest) = ["current_timestamp", "now", "localtimestamp", "localtime"]
        .iter()
        .find_map(|word| key.strip_prefix(word))
    else {
        return key.to_owned();
    };
    let size: String = rest.chars().filter(char::is_ascii_digit).collect();
    if rest.chars().all(|c| c.is_ascii_digit() || " ()".contains(c)) {
        match size.as_str() {
            "" | "0" => "current_timestamp".to_owned(),
            size => format!("current_timestamp({size})"),
        }
    } else {
        key.to_owned()
    }
}

fn part_in(part: &mut IndexPart) {
    match &mut part.target {
        PartTarget::Column(name) => name_in(name),
        PartTarget::Expression(expression) => sql_in(expression),
    }
}

/// The method of an index that names none.
fn usual_method(table: &Options) -> &'static str {
    let is_memory = table.get(option::ENGINE).is_some_and(|engine| {
        ["memory", "heap"]
            .iter()
            .any(|memory| memory.eq_ignore_ascii_case(engine))
    });
    if is_memory { "hash" } else { "btree" }
}

fn default_method(options: &mut Options, usual: &str) {
    if options
        .get(option::METHOD)
        .is_some_and(|method| method.eq_ignore_ascii_case(usual))
    {
        options.remove(option::METHOD);
    }
}

fn index_in(index: &mut Index, usual: &str) {
    index.parts.iter_mut().for_each(part_in);
    index.method.iter_mut().for_each(name_in);
    if index.method.as_deref() == Some(usual) {
        index.method = None;
    }
}

fn foreign_key_in(key: &mut ForeignKey, naming: Mysql) {
    relation_in(&mut key.table, naming);
    key.columns.iter_mut().for_each(name_in);
    key.referenced.iter_mut().for_each(name_in);
}

fn check_in(check: &mut Check) {
    sql_in(&mut check.expression);
}

/// An object. The header and the query of a view are the server's; the text of all others is the author's, and shown as it is.
pub(super) fn object(object: &Object) -> Object {
    let mut object = object.clone();
    let definition = objects::without_client(&object.definition);
    object.definition = Sql::new(definition.trim().replace("\r\n", "\n"));
    object.depends_on.clear();
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::mysql::{MARIADB, MYSQL, RelationNames, with_names};

    #[test]
    fn defaults_that_mean_the_same_have_one_spelling() {
        for (ty, default, canonical) in [
            ("int", "'0'", Some("0")),
            ("int", "007", Some("7")),
            ("decimal(8,2)", "'0.50'", Some("0.5")),
            ("decimal(8,2)", "-1.00", Some("-1")),
            ("tinyint(1)", "TRUE", Some("1")),
            ("varchar(5)", "'0'", Some("'0'")),
            ("int", "NULL", None),
            ("datetime", "NOW()", Some("current_timestamp")),
            (
                "datetime(3)",
                "current_timestamp(3)",
                Some("current_timestamp(3)"),
            ),
            ("varchar(36)", "(uuid())", Some("uuid ( )")),
        ] {
            assert_eq!(default_in(default, ty).as_deref(), canonical, "{ty} {default}");
        }
    }

    #[test]
    fn names_that_come_of_a_table_are_its_own_in_any_case_where_the_server_says_so() {
        let with_check = |table: &str, check: &str| {
            let mut table = Table::new(table);
            table.checks.push(Check {
                name: Some(check.into()),
                expression: Sql::new("a > 1"),
                options: Options::new(),
            });
            table
        };
        let (written, kept) = (
            with_check("Orders", "Orders_chk_1"),
            with_check("orders", "orders_chk_1"),
        );
        let in_any_case = *with_names(Flavour::Mysql, RelationNames::AnyCase);
        assert_eq!(table(&written, in_any_case), table(&kept, in_any_case));
        assert_ne!(table(&written, MYSQL), table(&kept, MYSQL));
        let renamed = with_check("orders", "CK_orders");
        assert_ne!(
            table(&renamed, in_any_case),
            table(&with_check("orders", "ck_orders"), in_any_case)
        );
    }

    #[test]
    fn a_unique_constraint_is_a_unique_index() {
        let mut of_script = Table::new("T");
        of_script.columns.push(Column::new("A", "integer"));
        let mut of_server = of_script.clone();
        of_server.columns[0].ty = "int(11)".into();
        of_script.uniques.push(crate::schema::Unique {
            name: Some("ux".into()),
            columns: vec![IndexPart::column("A")],
            include: Vec::new(),
            nulls_not_distinct: false,
            deferral: crate::schema::Deferral::NotDeferrable,
            options: Options::new(),
        });
        let mut unique = Index::new("ux");
        unique.unique = true;
        unique.parts.push(IndexPart::column("a"));
        of_server.indexes.push(unique);
        assert_eq!(table(&of_script, MARIADB), table(&of_server, MARIADB));
    }
}
