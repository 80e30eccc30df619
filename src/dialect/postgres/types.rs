//! Types: their families, how a value of one becomes a value of another, what a serial type stands for.
//!
//! The casts are those of `pg_cast` in a fresh database, by families, and the automatic ones to and from text (manual, CREATE CAST).

use super::spelling::quote;
use crate::schema::{QName, Schema, Sql};
use crate::sql::{Lexicon, Scanner, unquote};

/// The integer type under a serial type.
pub(super) fn serial(ty: &str) -> Option<&'static str> {
    match ty {
        "serial" => Some("integer"),
        "bigserial" => Some("bigint"),
        "smallserial" => Some("smallint"),
        _ => None,
    }
}

/// The type as ALTER COLUMN takes it: serial types are only words of CREATE TABLE.
pub(super) fn plain(ty: &str) -> &str {
    serial(ty).unwrap_or(ty)
}

/// What kind of value a type holds, as far as casts tell types apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `text`, `varchar`, `char`, `citext`, `name`.
    Text,
    /// `smallint`, `integer`.
    Integer,
    /// `bigint`.
    Bigint,
    /// `numeric`, `real`, `double precision`.
    Fraction,
    Money,
    Boolean,
    Bytes,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Uuid,
    Json,
    Jsonb,
    Xml,
    /// `inet`, `cidr`.
    Network,
    /// `macaddr`, `macaddr8`.
    Mac,
    /// `bit`, `varbit`.
    Bits,
    /// Object identifiers.
    Oid,
    TsVector,
    /// An enum type.
    Enum,
    /// Anything else: its own type, or one of an extension.
    Other,
}

/// A type without its size, its array brackets apart.
fn word(ty: &str) -> (String, usize) {
    let mut element = ty.trim();
    let mut dimensions = 0;
    while let Some(rest) = element.strip_suffix("[]") {
        element = rest.trim_end();
        dimensions += 1;
    }
    let bare = match (element.find('('), element.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", element[..open].trim_end(), &element[close + 1..])
        }
        _ => element.to_owned(),
    };
    (bare, dimensions)
}

fn family(ty: &str, schema: &Schema) -> Family {
    match ty {
        "text" | "varchar" | "char" | "bpchar" | "name" | "character varying" | "character" => Family::Text,
        "smallint" | "integer" | "int" | "smallserial" | "serial" => Family::Integer,
        "bigint" | "bigserial" => Family::Bigint,
        "numeric" | "decimal" | "real" | "double precision" => Family::Fraction,
        "money" => Family::Money,
        "boolean" => Family::Boolean,
        "bytea" => Family::Bytes,
        "date" => Family::Date,
        "time" => Family::Time,
        "timetz" => Family::TimeTz,
        "timestamp" | "timestamp without time zone" => Family::Timestamp,
        "timestamptz" | "timestamp with time zone" => Family::TimestampTz,
        "interval" => Family::Interval,
        "uuid" => Family::Uuid,
        "json" => Family::Json,
        "jsonb" => Family::Jsonb,
        "xml" => Family::Xml,
        "inet" | "cidr" => Family::Network,
        "macaddr" | "macaddr8" => Family::Mac,
        "bit" | "varbit" => Family::Bits,
        "oid" => Family::Oid,
        "tsvector" => Family::TsVector,
        _ if ty.ends_with(".citext") || ty == "citext" => Family::Text,
        _ if ty.starts_with("interval ") => Family::Interval,
        _ if enum_of(ty, schema).is_some() => Family::Enum,
        _ => Family::Other,
    }
}

fn enum_of<'s>(ty: &str, schema: &'s Schema) -> Option<&'s QName> {
    let name = type_name(ty)?;
    schema.enums.get_key_value(&name).map(|(name, _)| name)
}

/// The qualified name that a type is spelled by; `None` for a type of `pg_catalog`.
pub(super) fn type_name(ty: &str) -> Option<QName> {
    let (bare, _) = word(ty);
    let tokens: Vec<_> = Scanner::new(&bare, &Lexicon::POSTGRES)
        .filter(|t| !t.is_trivia())
        .collect();
    let [namespace, dot, name] = tokens.as_slice() else {
        return None;
    };
    dot.is_symbol(&bare, ".").then(|| {
        let part = |token: &crate::sql::Token| unquote(token.text(&bare), &Lexicon::POSTGRES).into_owned();
        qname_of(&part(namespace), &part(name))
    })
}

/// A name from its two parts.
pub(super) fn qname_of(namespace: &str, name: &str) -> QName {
    if namespace == super::option::DEFAULT_NAMESPACE {
        QName::plain(name)
    } else {
        QName::from((namespace, name))
    }
}

/// The type under a domain, else the type itself; sizes of the domain's type are kept.
fn underlying(ty: &str, schema: &Schema) -> String {
    let mut ty = ty.to_owned();
    // A domain over a domain over a domain; a bound keeps a broken schema from running for ever.
    for _ in 0..16 {
        let (_, dimensions) = word(&ty);
        let domain = type_name(&ty).and_then(|name| {
            let id = super::kinds::id("domain", name);
            schema.objects.get(&id)
        });
        let Some(base) = domain.and_then(|d| super::domain::base_type(&d.definition)) else {
            return ty;
        };
        ty = format!("{base}{}", "[]".repeat(dimensions));
    }
    ty
}

/// How values of one type become values of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Conversion {
    /// An assignment cast does it.
    Assignment,
    /// This expression over the old row does it.
    Using(Sql),
}

/// How the values of `column` are converted when its type changes from `old` (of schema `before`) to `new` (of schema `after`).
pub(super) fn conversion(column: &str, old: &str, new: &str, before: &Schema, after: &Schema) -> Conversion {
    use Family as F;
    let (old, new) = (plain(old), plain(new));
    let (from, to) = (underlying(old, before), underlying(new, after));
    let ((from, from_dimensions), (to, to_dimensions)) = (word(&from), word(&to));
    let (from_family, to_family) = (family(&from, before), family(&to, after));
    let column = quote(column);
    let using = |sql: String| Conversion::Using(Sql::new(sql));
    if from == to && (from_dimensions > 0) == (to_dimensions > 0) {
        return Conversion::Assignment;
    }
    match (from_dimensions > 0, to_dimensions > 0) {
        (false, true) => {
            let is_cast = from == to
                || from_family == F::Text
                || to_family == F::Text
                || has_assignment(from_family, to_family)
                || has_explicit(from_family, to_family);
            let element = if is_cast { "" } else { "::text" };
            return using(format!(
                "CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}{element}]::{new} END"
            ));
        }
        // Every type is written into a text by assignment.
        (true, false) if to_family == F::Text => return Conversion::Assignment,
        (true, false) => return using(format!("{column}::text::{new}")),
        _ => {}
    }
    let is_array = to_dimensions > 0;
    let text = if is_array { "text[]" } else { "text" };
    match (from_family, to_family) {
        (_, F::Text) | (F::Json, F::Jsonb) | (F::Jsonb, F::Json) => Conversion::Assignment,
        _ if has_assignment(from_family, to_family) => Conversion::Assignment,
        (F::Bigint | F::Fraction, F::Boolean) if !is_array => using(format!("{column} <> 0")),
        (F::Boolean, F::Bigint | F::Fraction) => {
            let integer = if is_array { "integer[]" } else { "integer" };
            using(format!("{column}::{integer}::{new}"))
        }
        (F::Integer | F::Bigint | F::Fraction, F::TimestampTz | F::Timestamp) if !is_array => {
            using(format!("to_timestamp({column}::double precision)::{new}"))
        }
        (F::Timestamp | F::TimestampTz | F::Date, F::Integer | F::Bigint | F::Fraction) if !is_array => {
            using(format!("extract(epoch FROM {column})::{new}"))
        }
        (F::Text, F::TsVector) if !is_array => using(format!("to_tsvector({column}::text)")),
        (F::Text, _) => using(format!("{column}::{new}")),
        _ if has_explicit(from_family, to_family) => using(format!("{column}::{new}")),
        _ => using(format!("{column}::{text}::{new}")),
    }
}

/// Whether all types of one family are assigned to those of the other.
fn has_assignment(from: Family, to: Family) -> bool {
    use Family as F;
    let number = |family| matches!(family, F::Integer | F::Bigint | F::Fraction);
    match (from, to) {
        (F::Enum | F::Other, _) | (_, F::Enum | F::Other) => false,
        (from, to) if from == to => true,
        (from, to) if number(from) && number(to) => true,
        (F::Integer | F::Bigint, F::Oid | F::Money)
        | (F::Oid, F::Bigint | F::Integer)
        | (F::Money, F::Fraction)
        | (F::Date | F::Timestamp | F::TimestampTz, F::Date | F::Timestamp | F::TimestampTz)
        | (F::Timestamp | F::TimestampTz | F::TimeTz | F::Interval, F::Time)
        | (F::TimestampTz | F::Time, F::TimeTz)
        | (F::Time, F::Interval) => true,
        // money takes numeric only, not the floating types: an explicit cast through numeric does for both.
        _ => false,
    }
}

/// Whether there is a cast that has to be asked for.
fn has_explicit(from: Family, to: Family) -> bool {
    use Family as F;
    matches!(
        (from, to),
        (F::Integer | F::Jsonb, F::Boolean)
            | (F::Boolean, F::Integer)
            | (F::Integer | F::Bigint, F::Bits)
            | (F::Bits, F::Integer | F::Bigint)
            | (F::Jsonb, F::Integer | F::Bigint | F::Fraction)
    )
}

/// How a type is stored unless something else is said, as SET STORAGE takes it (`typstorage` in `pg_type`).
pub(super) fn default_storage(ty: &str) -> &'static str {
    let (bare, dimensions) = word(ty);
    if dimensions > 0 {
        return "EXTENDED";
    }
    match bare.as_str() {
        "numeric" | "decimal" | "inet" | "cidr" => "MAIN",
        "smallint" | "integer" | "bigint" | "smallserial" | "serial" | "bigserial" | "real"
        | "double precision" | "money" | "boolean" | "date" | "time" | "timetz" | "timestamp"
        | "timestamptz" | "interval" | "uuid" | "macaddr" | "macaddr8" | "oid" | "name" | "point"
        | "line" | "lseg" | "box" | "circle" | "pg_lsn" | "\"char\"" | "tid" | "xid" | "xid8" => "PLAIN",
        _ => "EXTENDED",
    }
}

/// A neutral value of a type: zero, the empty text, now. A type of which every value says something has none.
pub(super) fn neutral(ty: &str) -> Option<Sql> {
    let (bare, dimensions) = word(plain(ty));
    if dimensions > 0 {
        return Some(Sql::new("'{}'"));
    }
    let value = match bare.as_str() {
        "text" | "varchar" | "char" | "bpchar" | "name" | "tsvector" | "xml" => "''",
        "smallint" | "integer" | "bigint" | "numeric" | "decimal" | "real" | "double precision" | "money"
        | "oid" => "0",
        "boolean" => "false",
        "bytea" => "'\\x'",
        "date" => "CURRENT_DATE",
        "time" | "timetz" => "'00:00'",
        "timestamp" => "LOCALTIMESTAMP",
        "timestamptz" => "now()",
        "interval" => "'0'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "inet" | "cidr" => "'0.0.0.0'",
        "macaddr" => "'00:00:00:00:00:00'",
        "macaddr8" => "'00:00:00:00:00:00:00:00'",
        "bit" | "varbit" => return neutral_bits(plain(ty)),
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => "'empty'",
        "json" | "jsonb" | "int4multirange" | "int8multirange" | "nummultirange" | "tsmultirange"
        | "tstzmultirange" | "datemultirange" => "'{}'",
        "point" => "'(0,0)'",
        _ if bare.starts_with("interval ") => "'0'",
        _ => return None,
    };
    Some(Sql::new(value))
}

/// As many zeros as the type wants.
fn neutral_bits(ty: &str) -> Option<Sql> {
    let size = ty.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let bits = match (ty.starts_with("varbit"), size) {
        (true, _) => 0,
        (false, None) => 1,
        (false, Some(size)) => size.trim().parse().ok()?,
    };
    Some(Sql::new(format!("B'{}'", "0".repeat(bits))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn using(old: &str, new: &str) -> String {
        let schema = Schema::new();
        match conversion("c", old, new, &schema, &schema) {
            Conversion::Assignment => "-".to_owned(),
            Conversion::Using(sql) => sql.to_string(),
        }
    }

    #[test]
    fn values_are_converted_without_cutting_them() {
        for (old, new, expected) in [
            ("integer", "bigint", "-"),
            ("varchar(20)", "varchar(5)", "-"),
            ("bigint", "text", "-"),
            ("numeric(10,2)", "numeric(4,1)", "-"),
            ("text", "integer", "c::integer"),
            ("integer", "boolean", "c::boolean"),
            ("bigint", "boolean", "c <> 0"),
            ("boolean", "bigint", "c::integer::bigint"),
            (
                "text",
                "text[]",
                "CASE WHEN c IS NOT NULL THEN ARRAY[c]::text[] END",
            ),
            (
                "inet",
                "integer[]",
                "CASE WHEN c IS NOT NULL THEN ARRAY[c::text]::integer[] END",
            ),
            ("text[]", "integer[]", "c::integer[]"),
            ("integer[]", "bigint[]", "-"),
            ("integer", "uuid", "c::text::uuid"),
            ("timestamp(3)", "timestamptz", "-"),
            ("json", "jsonb", "-"),
            ("serial", "bigserial", "-"),
            ("text", "public.mood", "c::public.mood"),
            ("public.a", "public.b", "c::text::public.b"),
        ] {
            assert_eq!(using(old, new), expected, "{old} {new}");
        }
    }

    #[test]
    fn names_of_types_are_read() {
        assert_eq!(type_name("public.mood[]"), Some("mood".into()));
        assert_eq!(
            type_name("\"App\".\"My type\"(3)"),
            Some(("App", "My type").into())
        );
        assert_eq!(type_name("integer"), None);
    }
}
