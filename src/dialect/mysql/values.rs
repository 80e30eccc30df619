//! What values a column takes.

use super::spelling::{quote, text};
use super::types::{Family, Parsed, base, family};
use crate::schema::{Column, Sql};

/// A condition over an old row under which the server refuses its value in the new column in strict mode, or cuts it otherwise: a number
/// out of range, a text that is too long, a value that an ENUM has no more.
pub(super) fn refuses(old: &Column, new: &Column) -> Option<Sql> {
    if new.generated.is_some() || old.ty == new.ty {
        return None;
    }
    let column = quote(&old.name);
    let (from, to) = (Parsed::of(&old.ty), Parsed::of(&new.ty));
    let condition = match (family(&old.ty), family(&new.ty)) {
        (Family::Integer, Family::Integer) => {
            let (old_least, old_most) = range(&old.ty, &from)?;
            let (least, most) = range(&new.ty, &to)?;
            if least <= old_least && old_most <= most {
                return None;
            }
            format!("{column} NOT BETWEEN {least} AND {most}")
        }
        (Family::Text, Family::Integer) => {
            format!("{column} NOT REGEXP '^[[:space:]]*[-+]?[0-9]+([.][0-9]*)?[[:space:]]*$'")
        }
        (Family::Text, Family::Decimal | Family::Float) => format!(
            "{column} NOT REGEXP '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$'"
        ),
        (Family::Decimal | Family::Integer, Family::Decimal) => {
            let (digits, scale) = (to.size(0).unwrap_or(10), to.size(1).unwrap_or(0));
            let whole = digits.saturating_sub(scale);
            let old_whole = match family(&old.ty) {
                Family::Decimal => from
                    .size(0)
                    .unwrap_or(10)
                    .saturating_sub(from.size(1).unwrap_or(0)),
                _ => range(&old.ty, &from)?.1.to_string().len().try_into().ok()?,
            };
            if old_whole <= whole {
                return None;
            }
            format!("abs({column}) >= 1e{whole}")
        }
        (Family::Decimal | Family::Float, Family::Integer) => {
            let (least, most) = range(&new.ty, &to)?;
            format!("round({column}) NOT BETWEEN {least} AND {most}")
        }
        (Family::Text, Family::Text) => {
            let most = length(&new.ty, &to)?;
            if length(&old.ty, &from).is_some_and(|old| old.fits(most)) {
                return None;
            }
            if most.is_in_bytes {
                format!("length({column}) > {}", most.size)
            } else {
                format!("char_length({column}) > {}", most.size)
            }
        }
        (Family::Enum, Family::Enum) => {
            let gone: Vec<String> = missing(&from, &to);
            if gone.is_empty() {
                return None;
            }
            format!("{column} IN ({})", gone.join(", "))
        }
        (Family::Set, Family::Set) => {
            let gone = missing(&from, &to);
            let found: Vec<String> = gone
                .iter()
                .map(|value| format!("find_in_set({value}, {column}) > 0"))
                .collect();
            if found.is_empty() {
                return None;
            }
            format!("({})", found.join(" OR "))
        }
        (Family::Text, Family::Enum) => {
            let values: Vec<String> = to.values().iter().map(|value| text(value)).collect();
            format!("{column} NOT IN ({})", values.join(", "))
        }
        (Family::Text, Family::Json) => format!("NOT json_valid({column})"),
        _ => return None,
    };
    Some(Sql::new(condition))
}

/// The values that the new type has no more, as literals. An index is no value: the text is compared.
fn missing(from: &Parsed, to: &Parsed) -> Vec<String> {
    let (from, to) = (from.values(), to.values());
    let stays = |value: &String| to.iter().any(|other| other.eq_ignore_ascii_case(value));
    from.iter()
        .filter(|value| !stays(value))
        .map(|value| text(value))
        .collect()
}

/// The least and the most of a whole number.
fn range(ty: &str, parsed: &Parsed) -> Option<(i128, i128)> {
    let bits = match base(ty).as_str() {
        "tinyint" | "bool" | "boolean" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" | "serial" => 64,
        _ => return None,
    };
    let is_unsigned = parsed.is_unsigned() || base(ty) == "serial";
    let half = 1_i128 << (bits - 1);
    Some(if is_unsigned {
        (0, half * 2 - 1)
    } else {
        (-half, half - 1)
    })
}

/// How long a text may be: in characters, or in bytes.
#[derive(Debug, Clone, Copy)]
struct Length {
    size: u64,
    is_in_bytes: bool,
}

impl Length {
    /// Whether all that has this length has the other too. A character has up to four bytes.
    fn fits(self, other: Self) -> bool {
        if !self.is_in_bytes && other.is_in_bytes {
            self.size * 4 <= other.size
        } else {
            self.size <= other.size
        }
    }
}

fn length(ty: &str, parsed: &Parsed) -> Option<Length> {
    let in_bytes = |size| Length {
        size,
        is_in_bytes: true,
    };
    Some(match base(ty).as_str() {
        "char" | "varchar" => Length {
            size: parsed.size(0).unwrap_or(1).into(),
            is_in_bytes: false,
        },
        "tinytext" => in_bytes(255),
        "text" => in_bytes(65_535),
        "mediumtext" => in_bytes(16_777_215),
        "longtext" => in_bytes(4_294_967_295),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(old: &str, new: &str) -> Option<String> {
        refuses(&Column::new("c", old), &Column::new("c", new)).map(|sql| sql.to_string())
    }

    #[test]
    fn values_that_do_not_fit_are_told() {
        assert_eq!(
            refused("bigint(20)", "smallint(5) unsigned").as_deref(),
            Some("`c` NOT BETWEEN 0 AND 65535")
        );
        assert_eq!(
            refused("varchar(20)", "varchar(5)").as_deref(),
            Some("char_length(`c`) > 5")
        );
        assert_eq!(
            refused("enum('a','b','c')", "enum('c','a')").as_deref(),
            Some("`c` IN ('b')")
        );
        assert_eq!(
            refused("set('a','b')", "set('b')").as_deref(),
            Some("(find_in_set('a', `c`) > 0)")
        );
        assert_eq!(
            refused("decimal(10,2)", "decimal(8,2)").as_deref(),
            Some("abs(`c`) >= 1e6")
        );
        assert!(refused("text", "int").is_some());
    }

    #[test]
    fn what_grows_refuses_nothing() {
        for (old, new) in [
            ("int", "bigint"),
            ("int unsigned", "bigint"),
            ("varchar(5)", "varchar(10)"),
            ("varchar(5)", "text"),
            ("tinytext", "text"),
            ("enum('a')", "enum('b','a')"),
            ("decimal(8,2)", "decimal(10,2)"),
        ] {
            assert_eq!(refused(old, new), None, "{old} to {new}");
        }
    }
}
