//! Plain values as tokens: texts, names, numbers, lists.

use crate::directive::{FieldValue, Literal as Value};
use crate::schema::{Name, QName, Sql};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::mem::discriminant;

/// A text on one line.
pub(super) fn text(text: &str) -> TokenStream {
    let raw = text.contains(['"', '\\']) && !text.contains('\n');
    literal(text, raw)
}

/// SQL, on as many lines as it has.
pub(super) fn sql(sql: &Sql) -> TokenStream {
    literal(sql, sql.contains(['"', '\\', '\n']))
}

fn literal(text: &str, raw: bool) -> TokenStream {
    let raw = if raw { raw_literal(text) } else { None };
    let literal = raw.unwrap_or_else(|| Literal::string(text));
    quote!(#literal)
}

/// `r"..."` with as many `#` around as it takes; `None` for a text that cannot stand there as it is.
fn raw_literal(text: &str) -> Option<Literal> {
    if text.chars().any(must_be_escaped) {
        return None;
    }
    let hashes = "#".repeat(hashes_needed(text));
    // More than 255 are not Rust, and then this fails.
    format!("r{hashes}\"{text}\"{hashes}").parse().ok()
}

/// Control characters (a carriage return would not survive the compiler's reading of lines) and the characters that turn
/// the direction of writing, which the compiler refuses.
fn must_be_escaped(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || turns_writing(c)
}

/// The characters of the compiler's lint `text_direction_codepoint_in_literal`.
pub(super) fn turns_writing(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One more than follow any quote in the text; none without a quote.
fn hashes_needed(text: &str) -> usize {
    text.split('"')
        .skip(1)
        .map(|rest| rest.len() - rest.trim_start_matches('#').len() + 1)
        .max()
        .unwrap_or(0)
}

/// A name that may be in a namespace.
pub(super) fn qname(name: &QName) -> TokenStream {
    let plain = text(&name.name);
    match &name.namespace {
        Some(namespace) => {
            let namespace = text(namespace);
            quote!((#namespace, #plain))
        }
        None => plain,
    }
}

/// An array of names.
pub(super) fn names(names: &[Name]) -> TokenStream {
    list(names.iter().map(|name| text(name)))
}

/// An array. An empty one says the type of its elements, which the compiler could not know.
pub(super) fn list(items: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<TokenStream> = items.into_iter().collect();
    if items.is_empty() {
        quote!([""; 0])
    } else {
        quote!([#(#items),*])
    }
}

/// A whole number.
pub(super) fn integer(number: i64) -> TokenStream {
    let digits = Literal::u64_unsuffixed(number.unsigned_abs());
    if number < 0 {
        quote!(-#digits)
    } else {
        quote!(#digits)
    }
}

fn real(number: f64) -> TokenStream {
    if number.is_nan() {
        return quote!(f64::NAN);
    }
    let size = if number.is_infinite() {
        quote!(f64::INFINITY)
    } else {
        // The shortest spelling that reads back as the same number; always one token.
        let digits: TokenStream = format!("{:?}", number.abs()).parse().unwrap_or_default();
        quote!(#digits)
    };
    if number.is_sign_negative() {
        quote!(-#size)
    } else {
        size
    }
}

/// A value of a row.
pub(super) fn value(value: &Value) -> TokenStream {
    bare(value).map_or_else(|| quote!(null()), |inner| quote!(value(#inner)))
}

/// A value as it is written in Rust; `None` for NULL.
fn bare(value: &Value) -> Option<TokenStream> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => quote!(#truth),
        Value::Integer(number) => integer(*number),
        Value::Real(number) => real(*number),
        Value::Text(words) => text(words),
    })
}

/// The value of a field. The values of a list have one type in Rust: where they have several here, each is wrapped.
pub(super) fn field_value(said: &FieldValue) -> TokenStream {
    match said {
        FieldValue::One(one) => bare(one).unwrap_or_else(|| value(one)),
        FieldValue::List(values) => {
            let is_alike = |two: &[Value]| discriminant(&two[0]) == discriminant(&two[1]);
            let all: Option<Vec<TokenStream>> = values.iter().map(bare).collect();
            match all.filter(|_| values.windows(2).all(is_alike)) {
                Some(all) => list(all),
                None => list(values.iter().map(value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tokens: &TokenStream) -> String {
        tokens.to_string()
    }

    #[test]
    fn sql_is_raw_where_escapes_would_hide_it() {
        assert_eq!(shown(&sql(&"a > 0".into())), r#""a > 0""#);
        assert_eq!(shown(&sql(&"a 'b'".into())), r#""a 'b'""#);
        assert_eq!(shown(&sql(&"\"a\" > 0".into())), "r#\"\"a\" > 0\"#");
        assert_eq!(shown(&sql(&"a\nb".into())), "r\"a\nb\"");
        assert_eq!(shown(&sql(&"a\"##b\n".into())), "r###\"a\"##b\n\"###");
    }

    #[test]
    fn what_a_raw_string_cannot_hold_is_escaped() {
        assert_eq!(shown(&sql(&"a\r\nb".into())), r#""a\r\nb""#);
        assert_eq!(shown(&sql(&"\"\u{202e}".into())), r#""\"\u{202e}""#);
        assert!(shown(&sql(&Sql::new(format!("\"{}", "#".repeat(300))))).starts_with("\"\\\"#"));
    }

    #[test]
    fn numbers_keep_their_value() {
        assert_eq!(shown(&integer(i64::MIN)), "- 9223372036854775808");
        assert_eq!(shown(&real(1.0)), "1.0");
        assert_eq!(shown(&real(-1e300)), "- 1e300");
        assert_eq!(shown(&real(f64::NEG_INFINITY)), "- f64 :: INFINITY");
    }
}
