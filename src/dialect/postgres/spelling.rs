//! Names and values as PostgreSQL reads them.

use super::option::DEFAULT_NAMESPACE;
use crate::directive::Literal;
use crate::schema::{Name, QName};
use crate::sql::{Lexicon, Scanner, Token, TokenKind};

/// The words that the server itself quotes when they are names: every keyword that is not "non-reserved" (manual, appendix C), of all
/// versions up to 18.
#[rustfmt::skip]
const QUOTED_WORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check",
    "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading",
    "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only",
    "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary",
    "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time",
    "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values",
    "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

/// A name, in double quotes when it needs them (the rule of the server's `quote_identifier`).
pub(super) fn quote(name: &str) -> String {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && QUOTED_WORDS.binary_search(&name).is_err();
    if plain {
        name.to_owned()
    } else {
        always_quoted(name)
    }
}

fn always_quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The namespace a name is in.
pub(super) fn namespace(name: &QName) -> &str {
    name.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE)
}

/// A name with its namespace, so that it means the same under any `search_path`.
pub(super) fn qname(name: &QName) -> String {
    format!("{}.{}", quote(namespace(name)), quote(&name.name))
}

/// A name in the namespace of another.
pub(super) fn beside(other: &QName, name: &str) -> String {
    format!("{}.{}", quote(namespace(other)), quote(name))
}

/// Names in parentheses, separated by commas.
pub(super) fn name_list<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| quote(n)).collect();
    format!("({})", names.join(", "))
}

/// A text literal (`standard_conforming_strings` is on: a backslash is only that).
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A comment or NULL.
pub(super) fn comment(value: Option<&String>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| text(value))
}

/// A literal.
pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        Literal::Integer(i) => i.to_string(),
        Literal::Real(r) if r.is_nan() => "'NaN'".to_owned(),
        Literal::Real(r) if r.is_infinite() => if *r > 0.0 { "'Infinity'" } else { "'-Infinity'" }.to_owned(),
        Literal::Real(r) => format!("{r:?}"),
        Literal::Text(t) => text(t),
    }
}

/// A collation as the model keeps it: a bare name is one of `pg_catalog`, anything else is SQL.
pub(super) fn collation(name: &str) -> String {
    if name.starts_with('"') {
        name.to_owned()
    } else {
        format!("pg_catalog.{}", always_quoted(name))
    }
}

/// An expression that ends in a `--` comment would swallow the parenthesis behind it.
pub(super) fn guarded(expression: &str) -> String {
    let ends_in_comment = Scanner::new(expression, &Lexicon::POSTGRES)
        .last()
        .is_some_and(|t| t.kind == TokenKind::LineComment);
    if ends_in_comment {
        format!("{expression}\n")
    } else {
        expression.to_owned()
    }
}

/// The parts of a list that are separated by commas outside all parentheses, brackets and quotes.
pub(super) fn list_items(sql: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut depth = 0_i32;
    let mut start = 0;
    for token in Scanner::new(sql, &Lexicon::POSTGRES) {
        match token.text(sql) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 0 => {
                items.push(sql[start..token.start].trim());
                start = token.end;
            }
            _ => {}
        }
    }
    items.push(sql[start..].trim());
    items.retain(|item| !item.is_empty());
    items
}

/// For each token that opens a bracket the one that closes it.
pub(super) fn closing_brackets(sql: &str, tokens: &[Token]) -> Vec<Option<usize>> {
    let mut closing = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text(sql) {
            "(" | "[" => open.push(at),
            ")" | "]" => {
                if let Some(open) = open.pop() {
                    closing[open] = Some(at);
                }
            }
            _ => {}
        }
    }
    closing
}

/// How many bytes of a name the server keeps (`NAMEDATALEN` - 1).
pub(super) const MAX_NAME: usize = 63;

/// What the server keeps of a name that is too long: as many whole characters as fit.
pub(super) fn cut(name: &str, bytes: usize) -> &str {
    &name[..name.floor_char_boundary(bytes)]
}

/// The name that the server itself makes for what belongs to a table and perhaps a column, `orders_id_seq`: both are cut until it fits
/// (`makeObjectName` in `src/backend/commands/indexcmds.c`).
pub(super) fn made_name(table: &str, column: &str, label: &str) -> String {
    let available = MAX_NAME.saturating_sub(label.len() + 2);
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > available {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    format!("{}_{}_{label}", cut(table, first), cut(column, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_the_server_quotes_them() {
        for (name, quoted) in [
            ("orders", "orders"),
            ("_a1", "_a1"),
            ("Orders", "\"Orders\""),
            ("1a", "\"1a\""),
            ("a b", "\"a b\""),
            ("user", "\"user\""),
            ("value", "value"),
            ("name", "name"),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
            ("ä", "\"ä\""),
        ] {
            assert_eq!(quote(name), quoted);
        }
        assert!(QUOTED_WORDS.is_sorted());
        assert_eq!(qname(&"t".into()), "public.t");
        assert_eq!(qname(&("App", "t").into()), "\"App\".t");
    }

    #[test]
    fn made_names_are_cut_as_the_server_cuts_them() {
        assert_eq!(made_name("orders", "id", "seq"), "orders_id_seq");
        let long = "a".repeat(63);
        assert_eq!(made_name(&long, "id", "seq").len(), 63);
        assert_eq!(made_name(&long, &long, "seq").len(), 63);
        assert_eq!(cut("aäb", 2), "a");
    }

    #[test]
    fn a_list_is_split_at_its_own_commas() {
        assert_eq!(list_items("a, f(b, c), \"d,e\""), ["a", "f(b, c)", "\"d,e\""]);
        assert!(list_items(" ").is_empty());
    }
}
