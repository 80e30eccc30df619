//! Statements that may run code: SELECT, WITH, DO.

use std::borrow::Cow;

use crate::{
    sql::TokenKind,
    target::{
        classify::{Refusal, Verdict, is_any, refuse, shorten, tokens::find},
        cursor::Cursor,
    },
};

/// The refusal of a statement that runs code.
pub(super) fn refusal(offset: usize, message: impl Into<String>) -> Refusal {
    Refusal {
        offset,
        message: message.into(),
        hint: Some(
            "write what it does as plain statements; or let it run on the scratch database with \
             `target_code = \"run\"` in autogen.toml"
                .to_owned(),
        ),
    }
}

/// The refusal of a call.
pub(super) fn called(name: &str, offset: usize) -> Refusal {
    refusal(
        offset,
        format!(
            "the call of `{}` runs code while the target is loaded",
            shorten(name)
        ),
    )
}

/// Functions of the server that change nothing but counters, so that nothing is lost when they are not called.
#[rustfmt::skip]
const BUILT_IN: &[&str] = &[
    "abs", "adddate", "avg", "bin", "bit_count", "cast", "ceil", "ceiling", "char", "char_length", "coalesce", "concat", "concat_ws",
    "convert", "count", "crc32", "curdate", "current_date", "current_time", "current_timestamp", "curtime", "database", "date",
    "date_add", "date_format", "date_sub", "datediff", "day", "elt", "field", "find_in_set", "floor", "format", "found_rows",
    "from_unixtime", "get_lock", "greatest", "group_concat", "hex", "hour", "if", "ifnull", "inet6_aton", "inet_aton", "insert",
    "instr", "is_free_lock", "json_array", "json_arrayagg", "json_extract", "json_object", "json_objectagg", "json_unquote",
    "last_insert_id", "lastval", "lcase", "least", "left", "length", "locate", "lower", "lpad", "ltrim", "max", "md5", "mid", "min",
    "minute", "mod", "month", "nextval", "now", "nullif", "ord", "pi", "pow", "power", "quote", "rand", "release_lock", "repeat",
    "replace", "reverse", "right", "round", "row_count", "row_number", "rpad", "rtrim", "schema", "second", "setval", "sha1", "sha2",
    "sign", "sleep", "space", "sqrt", "std", "str_to_date", "subdate", "substr", "substring", "substring_index", "sum",
    "sysdate", "time", "timestamp", "timestampadd", "timestampdiff", "to_days", "trim", "truncate", "ucase", "unhex", "unix_timestamp",
    "upper", "user", "utc_date", "utc_time", "utc_timestamp", "uuid", "uuid_short", "uuid_to_bin", "version", "week", "weekday", "year",
];

/// Words that stand before a parenthesis and call nothing.
#[rustfmt::skip]
const NO_CALLS: &[&str] = &[
    "all", "and", "any", "as", "between", "binary", "by", "case", "char", "decimal", "distinct", "div", "else", "except", "exists", "from",
    "having", "in", "index", "intersect", "interval", "is", "join", "key", "lateral", "like", "limit", "not", "on", "or", "over",
    "partition", "recursive", "regexp", "rlike", "row", "select", "some", "table", "then", "union", "using", "values", "varchar", "when",
    "where", "xor",
];

/// A query is about rows, unless it writes a file or calls what may do more.
pub(super) fn selects<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let mut ahead = cursor.clone();
    while find(&mut ahead, &["into"]).is_some() {
        let offset = ahead.offset();
        ahead.take();
        if ahead.at_any(&["outfile", "dumpfile"]) {
            return refuse(
                offset,
                "SELECT .. INTO writes a file of the server",
                "remove the statement: a target describes the schema",
            );
        }
    }
    let end = cursor.text().len();
    match call_before(cursor, end) {
        Some((name, offset)) => Verdict::Code(called(&name, offset)),
        None => Verdict::Rows("select"),
    }
}

/// WITH before SELECT, INSERT, REPLACE, UPDATE or DELETE.
pub(super) fn with<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let verbs = ["select", "insert", "replace", "update", "delete"];
    // The bodies of WITH are in parentheses.
    let found = find(&mut cursor.clone(), &verbs);
    match found.and_then(|token| verbs.iter().find(|verb| token.is_keyword(cursor.text(), verb))) {
        Some(&"select") | None => selects(cursor),
        Some(verb) => Verdict::Rows(verb),
    }
}

/// DO evaluates an expression: dumps of MariaDB set the counters of sequences with it.
pub(super) fn does<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let end = cursor.text().len();
    match call_before(cursor, end) {
        Some((name, offset)) => Verdict::Code(called(&name, offset)),
        None => Verdict::Rows("do"),
    }
}

/// The first call before `end` of a function of which it is not known that nothing is lost without it.
pub(super) fn call_before<'a>(cursor: &mut Cursor<'a>, end: usize) -> Option<(Cow<'a, str>, usize)> {
    while cursor.peek().is_some_and(|token| token.start < end) {
        let kind = cursor.peek().map(|token| token.kind);
        if !matches!(kind, Some(TokenKind::Word | TokenKind::QuotedIdent)) {
            cursor.take();
            continue;
        }
        let Some((qualifier, name)) = cursor.qualified_name() else {
            cursor.take();
            continue;
        };
        if !cursor.at_symbol("(") {
            continue;
        }
        let is_server_s = qualifier.is_none()
            && !name.is_quoted
            && (is_any(&name.name, BUILT_IN) || is_any(&name.name, NO_CALLS));
        if !is_server_s {
            return Some((name.name, name.offset));
        }
    }
    None
}
