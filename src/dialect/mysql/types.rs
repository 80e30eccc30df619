//! Types and defaults as words: their families, and the one spelling of all that mean the same.

use super::Flavour;
use super::spelling::text;
use crate::schema::{Column, Sql};
use crate::sql::{Lexicon, Scanner, Token, TokenKind, unquote};

/// A type taken apart: `int(10) unsigned zerofill`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The word, which may be several, in lower case.
    pub(super) word: String,
    /// What stands in parentheses, item by item, as it is written.
    pub(super) arguments: Option<Vec<String>>,
    /// The words behind it, in lower case.
    pub(super) attributes: Vec<String>,
}

impl Parsed {
    /// Takes a type apart.
    pub(super) fn of(ty: &str) -> Self {
        let tokens: Vec<Token> = Scanner::new(ty, &Lexicon::MYSQL)
            .filter(|t| !t.is_trivia())
            .collect();
        let mut words: Vec<String> = Vec::new();
        let mut arguments: Option<Vec<String>> = None;
        let mut attributes: Vec<String> = Vec::new();
        let mut is_inside = false;
        for token in &tokens {
            let piece = token.text(ty);
            match piece {
                "(" if arguments.is_none() => {
                    is_inside = true;
                    arguments = Some(Vec::new());
                }
                ")" => is_inside = false,
                "," if is_inside => {}
                _ if is_inside => {
                    if let Some(arguments) = &mut arguments {
                        arguments.push(piece.to_owned());
                    }
                }
                _ => {
                    let word = piece.to_ascii_lowercase();
                    let is_attribute = matches!(word.as_str(), "unsigned" | "signed" | "zerofill" | "binary")
                        && !words.is_empty();
                    if arguments.is_some() || is_attribute || !attributes.is_empty() {
                        attributes.push(word);
                    } else {
                        words.push(word);
                    }
                }
            }
        }
        Self {
            word: words.join(" "),
            arguments,
            attributes,
        }
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|a| a == attribute)
    }

    /// Whether it is a number that is never negative.
    pub(super) fn is_unsigned(&self) -> bool {
        self.has("unsigned") || self.has("zerofill")
    }

    /// The n-th number in the parentheses.
    pub(super) fn size(&self, place: usize) -> Option<u32> {
        self.arguments.as_ref()?.get(place)?.parse().ok()
    }

    /// The values of an ENUM or SET.
    pub(super) fn values(&self) -> Vec<String> {
        let arguments = self.arguments.iter().flatten();
        arguments
            .map(|argument| unquote(argument, &Lexicon::MYSQL).into_owned())
            .collect()
    }

    fn spelled(&self) -> String {
        let mut sql = self.word.clone();
        if let Some(arguments) = &self.arguments {
            sql.push('(');
            sql.push_str(&arguments.join(","));
            sql.push(')');
        }
        for attribute in &self.attributes {
            sql.push(' ');
            sql.push_str(attribute);
        }
        sql
    }
}

/// The word of a type without sizes, by the name that the servers use.
pub(super) fn base(ty: &str) -> String {
    synonym(&Parsed::of(ty).word).to_owned()
}

/// The name that the server shows for one of its others (MySQL manual 13.9, MariaDB "Synonyms").
fn synonym(word: &str) -> &str {
    match word {
        "integer" | "int4" => "int",
        "int1" => "tinyint",
        "int2" => "smallint",
        "int3" | "middleint" => "mediumint",
        "int8" => "bigint",
        "dec" | "numeric" | "fixed" => "decimal",
        "real" | "double precision" | "float8" => "double",
        "float4" => "float",
        "character" | "nchar" | "national char" | "national character" => "char",
        "char varying" | "character varying" | "varcharacter" | "nvarchar" | "national varchar" => "varchar",
        "long" | "long varchar" | "long char varying" => "mediumtext",
        "long varbinary" => "mediumblob",
        "char byte" => "binary",
        "geometrycollection" => "geomcollection",
        other => other,
    }
}

/// The width that MariaDB shows for a whole number that was declared without one.
fn width(word: &str, is_unsigned: bool) -> Option<u32> {
    Some(match (word, is_unsigned) {
        ("tinyint", false) => 4,
        ("tinyint", true) => 3,
        ("smallint", false) => 6,
        ("smallint", true) => 5,
        ("mediumint", false) => 9,
        ("mediumint", true) => 8,
        ("int", false) => 11,
        ("int", true) => 10,
        ("bigint", _) => 20,
        _ => return None,
    })
}

/// The type as the server would show it.
pub(super) fn canonical(ty: &str, flavour: Flavour) -> String {
    let mut parsed = Parsed::of(ty);
    parsed.attributes.retain(|attribute| attribute != "signed");
    if matches!(parsed.word.as_str(), "bool" | "boolean") {
        return "tinyint(1)".to_owned();
    }
    // ZEROFILL says UNSIGNED as well.
    if parsed.has("zerofill") {
        parsed.attributes.retain(|attribute| attribute != "unsigned");
        parsed.attributes.insert(0, "unsigned".to_owned());
    }
    let word = synonym(&parsed.word).to_owned();
    let sizes = |sizes: &[&str]| Some(sizes.iter().map(|size| (*size).to_owned()).collect::<Vec<_>>());
    match word.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => {
            let usual = width(&word, parsed.is_unsigned());
            match flavour {
                Flavour::Mariadb if parsed.arguments.is_none() => {
                    parsed.arguments = usual.map(|width| vec![width.to_string()]);
                }
                // MySQL has no width since 8.0.19, but for zeros to fill it and for what may be a truth value.
                Flavour::Mysql if !parsed.has("zerofill") => {
                    let is_truth = word == "tinyint" && parsed.size(0) == Some(1) && !parsed.is_unsigned();
                    if !is_truth {
                        parsed.arguments = None;
                    }
                }
                Flavour::Mysql if parsed.arguments.is_none() => {
                    parsed.arguments = usual.map(|width| vec![width.to_string()]);
                }
                Flavour::Mysql | Flavour::Mariadb => {}
            }
        }
        "decimal" => match parsed.arguments.as_deref() {
            None => parsed.arguments = sizes(&["10", "0"]),
            Some([precision]) => parsed.arguments = Some(vec![precision.clone(), "0".to_owned()]),
            Some(_) => {}
        },
        "float" => {
            // FLOAT(25) and more is DOUBLE.
            if let (Some(bits), None) = (parsed.size(0), parsed.size(1)) {
                parsed.word = String::from(if bits > 24 { "double" } else { "float" });
                parsed.arguments = None;
                return parsed.spelled();
            }
        }
        "char" | "binary" | "bit" if parsed.arguments.is_none() => parsed.arguments = sizes(&["1"]),
        "datetime" | "timestamp" | "time" if parsed.size(0) == Some(0) => parsed.arguments = None,
        "year" => {
            parsed.arguments = match flavour {
                Flavour::Mysql => None,
                Flavour::Mariadb => sizes(&["4"]),
            };
        }
        "json" if flavour == Flavour::Mariadb => {
            return "longtext".to_owned();
        }
        _ => {}
    }
    parsed.word = match (word.as_str(), flavour) {
        ("geomcollection", Flavour::Mariadb) => "geometrycollection".to_owned(),
        _ => word,
    };
    if matches!(parsed.word.as_str(), "enum" | "set") {
        parsed.arguments = Some(parsed.values().iter().map(|value| text(value)).collect());
    }
    parsed.spelled()
}

/// What values of a type are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Integer,
    Decimal,
    Float,
    Bit,
    Text,
    Bytes,
    Enum,
    Set,
    Date,
    Time,
    DateTime,
    Year,
    Json,
    Spatial,
    Other,
}

/// Whether values of the type are geometries.
#[cfg(feature = "mysql")]
pub(crate) fn holds_geometries(ty: &str) -> bool {
    family(ty) == Family::Spatial
}

/// The family of a type.
pub(super) fn family(ty: &str) -> Family {
    match base(ty).as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "bool" | "boolean" | "serial" => {
            Family::Integer
        }
        "decimal" => Family::Decimal,
        "float" | "double" => Family::Float,
        "bit" => Family::Bit,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Family::Text,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Bytes,
        "enum" => Family::Enum,
        "set" => Family::Set,
        "date" => Family::Date,
        "time" => Family::Time,
        "datetime" | "timestamp" => Family::DateTime,
        "year" => Family::Year,
        "json" => Family::Json,
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geomcollection" => Family::Spatial,
        _ => Family::Other,
    }
}

/// Whether values of the type have a collation.
pub(super) fn has_collation(ty: &str) -> bool {
    matches!(family(ty), Family::Text | Family::Enum | Family::Set)
}

/// Whether the new type is the old with more room, which a foreign key of MySQL does not mind: `varchar(20)` and `varchar(40)`.
pub(super) fn is_longer(old: &str, new: &str, flavour: Flavour) -> bool {
    let (old, new) = (Parsed::of(old), Parsed::of(new));
    flavour == Flavour::Mysql && old.word == "varchar" && new.word == "varchar" && old.size(0) <= new.size(0)
}

/// Whether it is a literal: a number with or without sign, a string, a bit or hexadecimal value, NULL, TRUE, FALSE.
pub(super) fn is_literal(sql: &str) -> bool {
    let tokens: Vec<Token> = Scanner::new(sql, &Lexicon::MYSQL)
        .filter(|t| !t.is_trivia())
        .collect();
    let is_value = |token: &Token| {
        matches!(
            token.kind,
            TokenKind::String | TokenKind::Number | TokenKind::Blob
        )
    };
    match tokens.as_slice() {
        [one] if one.kind == TokenKind::Word => {
            matches!(
                one.text(sql).to_ascii_lowercase().as_str(),
                "null" | "true" | "false"
            )
        }
        [one] => is_value(one),
        [sign, number] if sign.is_symbol(sql, "-") || sign.is_symbol(sql, "+") => is_value(number),
        // A string with its character set: _utf8mb4'x'.
        [set, string] => set.text(sql).starts_with('_') && is_value(string),
        _ => false,
    }
}

/// Whether MySQL takes it behind DEFAULT without parentheses around it.
pub(super) fn is_plain_default(sql: &str) -> bool {
    let word: String = sql
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect::<String>()
        .to_ascii_lowercase();
    let is_now = matches!(
        word.as_str(),
        "current_timestamp" | "now" | "localtime" | "localtimestamp"
    );
    is_literal(sql) || is_now || sql.trim_start().starts_with('(')
}

/// A neutral value of the column's type.
pub(super) fn neutral(column: &Column) -> Option<Sql> {
    let parsed = Parsed::of(&column.ty);
    Some(Sql::new(match family(&column.ty) {
        Family::Integer | Family::Decimal | Family::Float | Family::Bit => "0".to_owned(),
        Family::Text | Family::Bytes | Family::Set => "''".to_owned(),
        Family::Enum => text(parsed.values().first()?),
        Family::Date => "'1970-01-01'".to_owned(),
        Family::Time => "'00:00:00'".to_owned(),
        Family::DateTime => "'1970-01-02 00:00:00'".to_owned(),
        Family::Year => "1970".to_owned(),
        Family::Json => "'null'".to_owned(),
        Family::Spatial => match base(&column.ty).as_str() {
            "geometry" | "point" => match column.options.get(super::option::SRID) {
                Some(srid) => format!("st_geomfromtext('POINT(0 0)', {srid})"),
                None => "st_geomfromtext('POINT(0 0)')".to_owned(),
            },
            _ => return None,
        },
        Family::Other => match base(&column.ty).as_str() {
            "uuid" => "'00000000-0000-0000-0000-000000000000'".to_owned(),
            "inet4" => "'0.0.0.0'".to_owned(),
            "inet6" => "'::'".to_owned(),
            _ => return None,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_mean_the_same_have_one_spelling() {
        for (ty, mysql, mariadb) in [
            ("INTEGER", "int", "int(11)"),
            ("int(11)", "int", "int(11)"),
            ("int unsigned", "int unsigned", "int(10) unsigned"),
            ("bigint(20) unsigned", "bigint unsigned", "bigint(20) unsigned"),
            ("BOOLEAN", "tinyint(1)", "tinyint(1)"),
            ("tinyint(1)", "tinyint(1)", "tinyint(1)"),
            (
                "int(5) zerofill",
                "int(5) unsigned zerofill",
                "int(5) unsigned zerofill",
            ),
            ("numeric(12, 2)", "decimal(12,2)", "decimal(12,2)"),
            ("dec", "decimal(10,0)", "decimal(10,0)"),
            ("double precision", "double", "double"),
            ("character varying(20)", "varchar(20)", "varchar(20)"),
            ("char", "char(1)", "char(1)"),
            ("float(53)", "double", "double"),
            ("ENUM ('A', \"b\")", "enum('A','b')", "enum('A','b')"),
            ("datetime(0)", "datetime", "datetime"),
            ("year(4)", "year", "year(4)"),
            ("json", "json", "longtext"),
        ] {
            assert_eq!(canonical(ty, Flavour::Mysql), mysql, "{ty}");
            assert_eq!(canonical(ty, Flavour::Mariadb), mariadb, "{ty}");
        }
    }

    #[test]
    fn literals_are_told_from_expressions() {
        for sql in ["1", "-1.5", "'a''b'", "b'01'", "0x1F", "NULL", "_utf8mb4'x'"] {
            assert!(is_literal(sql), "{sql}");
        }
        for sql in ["uuid()", "a", "1 + 1", "current_timestamp()"] {
            assert!(!is_literal(sql), "{sql}");
        }
        for sql in ["CURRENT_TIMESTAMP(3)", "(uuid())", "now()"] {
            assert!(is_plain_default(sql), "{sql}");
        }
        assert!(!is_plain_default("uuid()"));
    }
}
