//! Which unquoted words are keywords, by engine.
//!
//! Only data, in lower case and sorted. Used to tell a name from a keyword that is spelled the same.

/// Words that never name anything unquoted in SQLite: its keywords without those that `parse.y` lets fall back to a
/// name (`%fallback ID`) and without the words of joins, which name things too.
#[rustfmt::skip]
pub(super) const SQLITE_RESERVED: &[&str] = &[
    "add", "all", "alter", "and", "as", "autoincrement", "between", "case", "check", "collate", "commit",
    "constraint", "create", "default", "deferrable", "delete", "distinct", "drop", "else", "escape", "except",
    "exists", "foreign", "from", "group", "having", "in", "index", "insert", "intersect", "into", "is",
    "isnull", "join", "limit", "not", "nothing", "notnull", "null", "on", "or", "order", "primary",
    "references", "returning", "select", "set", "table", "then", "to", "transaction", "union", "unique",
    "update", "using", "values", "when", "where",
];

/// Keywords of SQLite that also name things unquoted.
#[rustfmt::skip]
pub(super) const SQLITE_UNRESERVED: &[&str] = &[
    "abort", "action", "after", "always", "analyze", "asc", "attach", "before", "begin", "by", "cascade",
    "cast", "column", "conflict", "cross", "current", "current_date", "current_time", "current_timestamp",
    "database", "deferred", "desc", "detach", "do", "each", "end", "exclude", "exclusive", "explain", "fail",
    "filter", "first", "following", "for", "full", "generated", "glob", "groups", "if", "ignore", "immediate",
    "indexed", "initially", "inner", "instead", "key", "last", "left", "like", "match", "materialized",
    "natural", "no", "nulls", "of", "offset", "others", "outer", "over", "partition", "plan", "pragma",
    "preceding", "query", "raise", "range", "recursive", "regexp", "reindex", "release", "rename", "replace",
    "restrict", "right", "rollback", "row", "rows", "savepoint", "temp", "temporary", "ties", "trigger",
    "unbounded", "vacuum", "view", "virtual", "window", "with", "within", "without",
];

/// PostgreSQL, manual, appendix C: reserved, and reserved except as function or type.
#[rustfmt::skip]
pub(super) const POSTGRES_RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary",
    "both", "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end",
    "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
    "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading",
    "left", "like", "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset",
    "on", "only", "or", "order", "outer", "overlaps", "placing", "primary", "references", "returning",
    "right", "select", "session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample",
    "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "verbose", "when",
    "where", "window", "with",
];

/// Reserved in both MySQL (manual, 9.3) and MariaDB, as far as they occur inside expressions and queries.
#[rustfmt::skip]
pub(super) const MYSQL_RESERVED: &[&str] = &[
    "all", "alter", "and", "as", "asc", "before", "between", "binary", "both", "by", "call", "case", "char",
    "character", "check", "collate", "column", "condition", "constraint", "convert", "create", "cross",
    "current_date", "current_time", "current_timestamp", "current_user", "cursor", "database", "declare",
    "default", "delete", "desc", "describe", "distinct", "distinctrow", "div", "drop", "dual", "each", "else",
    "elseif", "except", "exists", "exit", "explain", "false", "fetch", "for", "force", "foreign", "from",
    "fulltext", "grant", "group", "having", "if", "ignore", "in", "index", "inner", "insert", "intersect",
    "interval", "into", "is", "iterate", "join", "key", "keys", "leading", "leave", "left", "like", "limit",
    "localtime", "localtimestamp", "loop", "match", "mod", "natural", "not", "null", "on", "or", "order",
    "outer", "over", "partition", "primary", "procedure", "range", "recursive", "references", "regexp",
    "release", "repeat", "replace", "return", "right", "rlike", "rows", "schema", "select", "separator",
    "set", "show", "signal", "sql", "straight_join", "table", "then", "to", "trailing", "trigger", "true",
    "undo", "union", "unique", "unsigned", "update", "use", "using", "utc_date", "utc_time", "utc_timestamp",
    "values", "when", "where", "while", "window", "with", "xor",
];

/// Reserved words that are values, so that no operand follows them.
#[rustfmt::skip]
pub(super) const VALUES: &[&str] = &[
    "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "end", "false", "isnull", "localtime", "localtimestamp", "notnull", "null",
    "session_user", "system_user", "true", "user", "utc_date", "utc_time", "utc_timestamp",
];

/// Unreserved words that an operand or a name follows.
#[rustfmt::skip]
pub(super) const BEFORE_OPERANDS: &[&str] = &[
    "by", "glob", "like", "match", "of", "regexp",
];

/// Whether SQLite has a keyword of that spelling, so that a name spelled so is better quoted.
pub(crate) fn is_sqlite_keyword(word: &str) -> bool {
    contains(SQLITE_RESERVED, word) || contains(SQLITE_UNRESERVED, word)
}

/// Whether `word` is in `sorted`, in any case.
pub(super) fn contains(sorted: &[&str], word: &str) -> bool {
    sorted
        .binary_search_by(|probe| probe.bytes().cmp(word.bytes().map(|b| b.to_ascii_lowercase())))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_in_lower_case() {
        for list in [
            SQLITE_RESERVED,
            SQLITE_UNRESERVED,
            POSTGRES_RESERVED,
            MYSQL_RESERVED,
            VALUES,
            BEFORE_OPERANDS,
        ] {
            assert!(list.is_sorted(), "{list:?}");
            assert!(list.iter().all(|word| contains(list, &word.to_ascii_uppercase())));
        }
        assert!(!contains(SQLITE_RESERVED, "x"));
    }
}
