//! What values a column takes.

use super::spelling::quote;
use super::types;
use crate::schema::{Column, Sql};

/// A condition over an old row under which the server refuses its value in the new column: a text that is too long, a number out of
/// range, a text that is no number.
pub(super) fn refuses(old: &Column, new: &Column) -> Option<Sql> {
    if new.generated.is_some() {
        return None;
    }
    let column = quote(&old.name);
    let (old_ty, new_ty) = (types::plain(&old.ty), types::plain(&new.ty));
    let range = |ty: &str| match ty {
        "smallint" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
        "integer" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    };
    let is_text = old_ty == "text" || old_ty.starts_with("varchar");
    if let (Some((old_least, _)), Some((least, most))) = (range(old_ty), range(new_ty)) {
        return (least > old_least).then(|| Sql::new(format!("{column} NOT BETWEEN {least} AND {most}")));
    }
    if is_text && range(new_ty).is_some() {
        return Some(Sql::new(format!("{column} !~ '^\\s*[-+]?\\d+\\s*$'")));
    }
    let size = |ty: &str, word: &str| -> Option<u32> {
        let inside = ty.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')')?;
        inside.trim().parse().ok()
    };
    let new_size = size(new_ty, "varchar").or_else(|| size(new_ty, "char"))?;
    if !is_text || size(old_ty, "varchar").is_some_and(|old_size| old_size <= new_size) {
        return None;
    }
    // Blanks at the end are cut off without a word.
    Some(Sql::new(format!("char_length(rtrim({column})) > {new_size}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_do_not_fit_are_told() {
        let refused = |old: &str, new: &str| {
            refuses(&Column::new("c", old), &Column::new("c", new)).map(|sql| sql.to_string())
        };
        assert_eq!(
            refused("bigint", "smallint").as_deref(),
            Some("c NOT BETWEEN -32768 AND 32767")
        );
        assert_eq!(
            refused("text", "varchar(5)").as_deref(),
            Some("char_length(rtrim(c)) > 5")
        );
        assert_eq!(refused("varchar(5)", "varchar(10)"), None);
        assert_eq!(refused("integer", "bigint"), None);
        assert!(refused("text", "integer").is_some());
    }
}
