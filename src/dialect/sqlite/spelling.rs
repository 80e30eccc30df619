//! Names and values as SQLite reads them.

use crate::directive::Literal;
use crate::schema::QName;
use crate::sql;
use std::fmt::Write;

/// A name, in double quotes when it needs them: SQLite reads `"x"` as a name wherever it can be one.
pub(super) fn quote(name: &str) -> String {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !sql::is_sqlite_keyword(name);
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// A name with its namespace (an attached database).
pub(super) fn qname(name: &QName) -> String {
    match &name.namespace {
        Some(namespace) => format!("{}.{}", quote(namespace), quote(&name.name)),
        None => quote(&name.name),
    }
}

/// Names in parentheses, separated by commas.
pub(super) fn name_list<'a>(names: impl IntoIterator<Item = &'a crate::schema::Name>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| quote(n)).collect();
    format!("({})", names.join(", "))
}

/// A text literal.
pub(super) fn text(value: &str) -> String {
    if value.contains('\0') {
        // A literal ends at a NUL: such a text is written through its bytes.
        let mut hex = String::with_capacity(2 * value.len());
        for byte in value.bytes() {
            let _ = write!(hex, "{byte:02x}");
        }
        return format!("CAST(x'{hex}' AS TEXT)");
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// A literal.
pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(b) => if *b { "1" } else { "0" }.to_owned(),
        Literal::Integer(i) => i.to_string(),
        Literal::Real(r) if r.is_nan() => "NULL".to_owned(),
        // SQLite has no word for infinity; a literal that overflows is one.
        Literal::Real(r) if r.is_infinite() => if *r > 0.0 { "9e999" } else { "-9e999" }.to_owned(),
        Literal::Real(r) => format!("{r:?}"),
        Literal::Text(t) => text(t),
    }
}
