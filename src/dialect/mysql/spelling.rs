//! Names and values as the servers read them under the session's own `sql_mode`: backticks around names, backslashes escape.

use crate::directive::Literal;
use crate::schema::{Name, QName};
use crate::sql::{Lexicon, Scanner, TokenKind};

/// The longest name, in characters (MySQL manual 11.2.1, MariaDB "Identifier Names").
pub(super) const MAX_NAME: usize = 64;

/// A name in backticks.
pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A name with its database, where that is another.
pub(super) fn qname(name: &QName) -> String {
    match &name.namespace {
        Some(database) => format!("{}.{}", quote(database), quote(&name.name)),
        None => quote(&name.name),
    }
}

/// Names in parentheses, separated by commas.
pub(super) fn name_list<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| quote(n)).collect();
    format!("({})", names.join(","))
}

/// A text literal.
pub(crate) fn text(value: &str) -> String {
    let mut sql = String::with_capacity(value.len() + 2);
    sql.push('\'');
    for c in value.chars() {
        match c {
            '\'' => sql.push_str("''"),
            '\\' => sql.push_str("\\\\"),
            '\0' => sql.push_str("\\0"),
            '\n' => sql.push_str("\\n"),
            '\r' => sql.push_str("\\r"),
            '\u{1a}' => sql.push_str("\\Z"),
            _ => sql.push(c),
        }
    }
    sql.push('\'');
    sql
}

/// A literal. Neither engine has a number that is none or infinite.
pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        Literal::Integer(i) => i.to_string(),
        Literal::Real(r) if !r.is_finite() => "NULL".to_owned(),
        Literal::Real(r) => format!("{r:e}"),
        Literal::Text(t) => text(t),
    }
}

/// An expression that ends in a comment up to the end of its line would swallow the parenthesis behind it.
pub(super) fn guarded(expression: &str) -> String {
    let ends_in_comment = Scanner::new(expression, &Lexicon::MYSQL)
        .last()
        .is_some_and(|t| t.kind == TokenKind::LineComment);
    if ends_in_comment {
        format!("{expression}\n")
    } else {
        expression.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_hold_any_character() {
        assert_eq!(quote("a`b"), "`a``b`");
        assert_eq!(qname(&("o`ther", "t").into()), "`o``ther`.`t`");
        assert_eq!(text("it's\n\\"), r"'it''s\n\\'");
        assert_eq!(literal(&Literal::Real(0.5)), "5e-1");
        assert_eq!(guarded("a -- b"), "a -- b\n");
    }
}
