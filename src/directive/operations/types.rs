//! Column types: one table of the functions that name the common ones, and `ty` for all others.
//!
//! The table is read three ways: as the functions themselves, by the reader (name and sizes to type) and by the renderer
//! (type to name and sizes). Each function stands for exactly one spelling; any other spelling is `ty("...")`.

use crate::schema::TypeName;

/// A column type as the engine spells it; the start of every column in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type(TypeName);

impl Type {
    /// The spelling.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn sized(word: &str, sizes: &[u32]) -> Self {
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        ty(format!("{word}({})", sizes.join(",")))
    }
}

impl From<Type> for TypeName {
    fn from(ty: Type) -> Self {
        ty.0
    }
}

impl From<TypeName> for Type {
    fn from(name: TypeName) -> Self {
        Self(name)
    }
}

/// Any type, as the engine spells it: `ty("geometry(Point,4326)")`.
pub fn ty(spelling: impl Into<TypeName>) -> Type {
    Type(spelling.into())
}

/// An array of the type: `array(text())` is `text[]`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is called on a type made for it, `array(text())`"
)]
pub fn array(element: Type) -> Type {
    ty(format!("{}[]", element.as_str()))
}

macro_rules! type_functions {
    (
        plain { $($plain:ident => $spelling:literal,)* }
        sized { $($sized:ident($($size:ident),+) => $word:literal,)* }
    ) => {
        $(
            #[doc = concat!("`", $spelling, "`.")]
            pub fn $plain() -> Type {
                ty($spelling)
            }
        )*
        $(
            #[doc = concat!("`", $word, "` with its size in parentheses.")]
            pub fn $sized($($size: u32),+) -> Type {
                Type::sized($word, &[$($size),+])
            }
        )*

        /// The names of all functions of the table.
        pub(crate) const TYPE_FUNCTIONS: &[&str] = &[$(stringify!($plain),)* $(stringify!($sized),)*];

        /// Calls the function of that name; `None` when there is none with so many sizes.
        pub(crate) fn type_of_call(function: &str, sizes: &[u32]) -> Option<Type> {
            match (function, sizes) {
                $((stringify!($plain), []) => Some($plain()),)*
                $((stringify!($sized), &[$($size),+]) => Some($sized($($size),+)),)*
                _ => None,
            }
        }

        /// How many sizes the function takes.
        pub(crate) fn sizes_of(function: &str) -> Option<usize> {
            match function {
                $(stringify!($plain) => Some(0),)*
                $(stringify!($sized) => Some([$(stringify!($size)),+].len()),)*
                _ => None,
            }
        }

        /// The call whose type is spelled so; `None` when only `ty` can say it.
        pub(crate) fn call_of_type(spelling: &str) -> Option<(&'static str, Vec<u32>)> {
            let (word, sizes) = word_and_sizes(spelling);
            let function = match (word, sizes.len()) {
                $(($spelling, 0) => stringify!($plain),)*
                $(($word, count) if count == [$(stringify!($size)),+].len() => stringify!($sized),)*
                _ => return None,
            };
            let call = type_of_call(function, &sizes)?;
            (call.as_str() == spelling).then_some((function, sizes))
        }
    };
}

/// `varchar(20)` to `varchar` and 20; what is not of that form is all word.
fn word_and_sizes(spelling: &str) -> (&str, Vec<u32>) {
    let parts = spelling.strip_suffix(')').and_then(|rest| rest.split_once('('));
    let sizes = parts.map(|(_, sizes)| sizes.split(',').map(str::parse).collect());
    match (parts, sizes) {
        (Some((word, _)), Some(Ok(sizes))) => (word, sizes),
        _ => (spelling, Vec::new()),
    }
}

type_functions! {
    plain {
        bigint => "bigint",
        blob => "blob",
        boolean => "boolean",
        bytea => "bytea",
        date => "date",
        datetime => "datetime",
        double => "double",
        double_precision => "double precision",
        float => "float",
        inet => "inet",
        int => "int",
        integer => "integer",
        interval => "interval",
        json => "json",
        jsonb => "jsonb",
        longblob => "longblob",
        longtext => "longtext",
        mediumblob => "mediumblob",
        mediumint => "mediumint",
        mediumtext => "mediumtext",
        real => "real",
        smallint => "smallint",
        text => "text",
        time => "time",
        timestamp => "timestamp",
        timestamptz => "timestamptz",
        timetz => "timetz",
        tinyint => "tinyint",
        tinytext => "tinytext",
        uuid => "uuid",
    }
    sized {
        binary(length) => "binary",
        bit(length) => "bit",
        char(length) => "char",
        decimal(precision, scale) => "decimal",
        nvarchar(length) => "nvarchar",
        numeric(precision, scale) => "numeric",
        varbinary(length) => "varbinary",
        varchar(length) => "varchar",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_again_by_its_spelling() {
        for function in TYPE_FUNCTIONS {
            let sizes: Vec<u32> = (10..).take(sizes_of(function).expect("in the table")).collect();
            let ty = type_of_call(function, &sizes).expect("in the table");
            assert_eq!(call_of_type(ty.as_str()), Some((*function, sizes)), "{function}");
        }
        assert_eq!(numeric(12, 2).as_str(), "numeric(12,2)");
        assert_eq!(array(varchar(20)).as_str(), "varchar(20)[]");
    }

    #[test]
    fn other_spellings_have_no_function() {
        for spelling in [
            "",
            "VARCHAR(20)",
            "varchar(020)",
            "varchar( 20)",
            "varchar()",
            "varchar(1,2)",
            "text()",
            "varchar",
            "(",
            "()",
        ] {
            assert_eq!(call_of_type(spelling), None, "{spelling}");
        }
    }
}
