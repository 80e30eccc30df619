//! How the model spells what the catalog says: types, names the server makes up, expressions without their outer parentheses.

use crate::schema::{Sql, TypeName};

/// Long names that the server prints, and the short ones that mean the same. The longer of two that begin alike comes first.
const SHORT: [(&str, &str); 3] = [
    ("character varying", "varchar"),
    ("bit varying", "varbit"),
    ("character", "char"),
];

/// The type as the model spells it, from what `format_type` says.
pub(super) fn type_name(formatted: &str) -> TypeName {
    for (long, short) in SHORT {
        if let Some(rest) = formatted.strip_prefix(long)
            && (rest.is_empty() || rest.starts_with(['(', '[']))
        {
            return TypeName::new(format!("{short}{rest}"));
        }
    }
    // `timestamp(3) with time zone[]`: the precision stands inside the name.
    for name in ["timestamp", "time"] {
        let Some(rest) = formatted.strip_prefix(name) else {
            continue;
        };
        let (precision, rest) = match rest.find(')') {
            Some(end) if rest.starts_with('(') => rest.split_at(end + 1),
            _ => ("", rest),
        };
        for (zone, mark) in [(" without time zone", ""), (" with time zone", "tz")] {
            if let Some(dimensions) = rest.strip_prefix(zone) {
                return TypeName::new(format!("{name}{mark}{precision}{dimensions}"));
            }
        }
    }
    TypeName::new(formatted)
}

/// The longest name in bytes.
const LONGEST: usize = 63;

/// The name the server makes up for something of a table and a column: `makeObjectName` in its source. The longer part is cut first.
pub(super) fn made_up_name(table: &str, column: &str, label: &str) -> String {
    let room = LONGEST.saturating_sub(label.len() + 2);
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    format!("{}_{}_{label}", clipped(table, first), clipped(column, second))
}

fn clipped(text: &str, length: usize) -> &str {
    let mut length = length.min(text.len());
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    &text[..length]
}

/// The expression without the parentheses around the whole of it.
pub(super) fn bare(expression: &str) -> Sql {
    let inner = expression
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|inner| is_balanced(inner));
    Sql::new(inner.unwrap_or(expression))
}

/// Whether no parenthesis closes what was not opened inside. What the server prints has no comments and no dollar quotes, and
/// doubles quotes and backslashes.
fn is_balanced(sql: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    for c in sql.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth < 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    depth == 0 && quote.is_none()
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_short_names_of_scripts() {
        for (long, short) in [
            ("character varying(20)", "varchar(20)"),
            ("character varying[]", "varchar[]"),
            ("character(3)[]", "char(3)[]"),
            ("bit varying(5)", "varbit(5)"),
            ("timestamp without time zone", "timestamp"),
            ("timestamp(3) with time zone[]", "timestamptz(3)[]"),
            ("time(0) without time zone", "time(0)"),
            ("time with time zone", "timetz"),
            ("interval(3)", "interval(3)"),
            ("\"char\"", "\"char\""),
            ("public.\"character varying\"", "public.\"character varying\""),
            ("double precision", "double precision"),
            ("bpchar", "bpchar"),
        ] {
            assert_eq!(type_name(long).as_str(), short);
        }
    }

    #[test]
    fn made_up_names_are_cut_as_the_server_cuts_them() {
        assert_eq!(made_up_name("orders", "id", "seq"), "orders_id_seq");
        let long = "t".repeat(63);
        assert_eq!(
            made_up_name(&long, "id", "seq"),
            format!("{}_id_seq", "t".repeat(56))
        );
        let both = made_up_name(&long, &"c".repeat(63), "seq");
        assert_eq!(both, format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
        assert_eq!(
            made_up_name(&"é".repeat(31), "id", "seq"),
            format!("{}_id_seq", "é".repeat(28))
        );
    }

    #[test]
    fn only_parentheses_around_the_whole_go() {
        for (sql, expected) in [
            ("(a > 0)", "a > 0"),
            ("(a) + (b)", "(a) + (b)"),
            ("((a) + (b))", "(a) + (b)"),
            ("(a = ')')", "a = ')'"),
            ("(\"(\" = 'it''s (')", "\"(\" = 'it''s ('"),
            ("lower(a)", "lower(a)"),
        ] {
            assert_eq!(bare(sql).as_str(), expected);
        }
    }
}
