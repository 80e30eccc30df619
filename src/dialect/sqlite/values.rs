//! What values a column takes: affinities and STRICT types.

use super::rebuild::is_rowid_alias;
use super::{option, spelling::quote};
use crate::schema::{Column, IndexPart, Sql, Table};

/// The affinity of a declared type, by the five rules of <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

pub(super) fn affinity(ty: &str) -> Affinity {
    let ty = ty.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|w| ty.contains(w));
    if has(&["INT"]) {
        Affinity::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if ty.is_empty() || has(&["BLOB"]) {
        Affinity::Blob
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// A condition over an old row under which a STRICT table refuses the value
/// (<https://www.sqlite.org/stricttables.html>: a value must convert without loss).
///
/// A comparison with a CAST applies the affinity of the CAST to a text, so that `'12'` is 12 and `'12a'` is not.
pub(super) fn refuses(after: &Table, old: &Column, new: &Column) -> Option<Sql> {
    if !after.options.contains_key(option::STRICT) || new.generated.is_some() {
        return None;
    }
    let column = quote(&old.name);
    let refused = match new.ty.to_ascii_uppercase().as_str() {
        "INT" | "INTEGER" => format!("{column} IS NOT CAST({column} AS INTEGER)"),
        "REAL" => format!("{column} IS NOT CAST({column} AS REAL)"),
        "TEXT" => format!("typeof({column}) = 'blob'"),
        "BLOB" => format!("typeof({column}) NOT IN ('blob', 'null')"),
        _ => return None,
    };
    Some(Sql::new(refused))
}

/// Whether the column refuses NULL. Columns of a primary key do so in STRICT tables and in tables without rowids only, and the
/// alias of the rowid never: it numbers the row (<https://www.sqlite.org/lang_createtable.html#the_primary_key>).
pub(super) fn refuses_null(table: &Table, column: &Column) -> bool {
    if is_rowid_alias(column, table) {
        return false;
    }
    let in_key = table.primary_key.as_ref().is_some_and(|key| {
        let mut columns = key.columns.iter().filter_map(IndexPart::column_name);
        columns.any(|name| name.eq_ignore_ascii_case(&column.name))
    });
    let strict = [option::STRICT, option::WITHOUT_ROWID]
        .iter()
        .any(|option| table.options.contains_key(*option));
    column.not_null || (in_key && strict)
}

/// Zero, the empty text or the empty blob.
pub(super) fn neutral(column: &Column) -> Sql {
    Sql::new(match affinity(&column.ty) {
        Affinity::Integer | Affinity::Real | Affinity::Numeric => "0",
        Affinity::Text => "''",
        Affinity::Blob => "x''",
    })
}
