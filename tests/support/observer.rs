//! A database as SQLite's own pragmas and catalog show it, in a form in which two equal schemas are equal.
//!
//! Nothing of the program under test is used here but its driver.

use autogen::Connection;
use autogen::database::Value;
use std::collections::BTreeMap;

/// Tables the tool keeps for itself.
const OWN: [&str; 2] = ["autogen_version", "autogen_history"];

/// Each table, index, view and trigger, with all there is to say about it.
pub(crate) type Picture = BTreeMap<String, Vec<String>>;

/// The rows of each table: how many, and for each column its values, sorted.
pub(crate) type Rows = BTreeMap<String, (usize, BTreeMap<String, Vec<String>>)>;

/// A text in single quotes.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A name in double quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// All rows of a query, each value as text.
pub(crate) async fn query(connection: &mut Connection, sql: &str) -> Vec<Vec<String>> {
    let rows = connection
        .query(sql)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.iter()
        .map(|row| row.values().iter().map(plain).collect())
        .collect()
}

/// A value as text; NULL is empty.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(n) => n.to_string(),
        Value::Real(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

/// The schema as SQLite shows it. Names fold case, comments and blanks are dropped, the order of columns is ignored.
pub(crate) async fn picture(connection: &mut Connection) -> Picture {
    picture_without(connection, &OWN).await
}

/// The schema without the tables of these names.
pub(crate) async fn picture_without(connection: &mut Connection, without: &[impl AsRef<str>]) -> Picture {
    let schema = query(
        connection,
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .await;
    let is_virtual = |sql: &str| tokens(sql).get(1).is_some_and(|word| word == "virtual");
    let shadowed: Vec<String> = schema
        .iter()
        .filter(|row| row[0] == "table" && is_virtual(&row[3]))
        .map(|row| row[1].to_lowercase() + "_")
        .collect();
    let mut things = BTreeMap::new();
    for row in &schema {
        let [kind, name, table, sql] = row.as_slice() else {
            unreachable!("four columns")
        };
        let folded = name.to_lowercase();
        if without.iter().any(|w| w.as_ref() == table)
            || shadowed.iter().any(|prefix| folded.starts_with(prefix))
        {
            continue;
        }
        let lines = if kind == "table" && !is_virtual(sql) {
            table_lines(connection, name, sql).await
        } else {
            vec![definition(sql)]
        };
        things.insert(format!("{kind} {folded}"), lines);
    }
    things
}

/// What two pictures differ in, a line each; empty when they are the same.
pub(crate) fn difference(wanted: &Picture, found: &Picture) -> Vec<String> {
    let mut out = Vec::new();
    for key in wanted
        .keys()
        .chain(found.keys().filter(|k| !wanted.contains_key(*k)))
    {
        match (wanted.get(key), found.get(key)) {
            (Some(here), Some(there)) => {
                out.extend(surplus(here, there).map(|line| format!("{key}: - {line}")));
                out.extend(surplus(there, here).map(|line| format!("{key}: + {line}")));
            }
            (Some(_), None) => out.push(format!("- {key}")),
            (None, _) => out.push(format!("+ {key}")),
        }
    }
    out
}

/// The lines of `these` that are not matched one to one by lines of `those`.
fn surplus<'a>(these: &'a [String], those: &[String]) -> impl Iterator<Item = &'a String> {
    let mut left = those.to_vec();
    these
        .iter()
        .filter(move |line| match left.iter().position(|l| l == *line) {
            Some(at) => {
                left.remove(at);
                false
            }
            None => true,
        })
}

async fn table_lines(connection: &mut Connection, name: &str, sql: &str) -> Vec<String> {
    let quoted = quote(name);
    let mut lines = Vec::new();
    for c in query(connection, &format!("PRAGMA table_xinfo({quoted})")).await {
        let ty: String = c[2].to_uppercase().split_whitespace().collect();
        lines.push(format!(
            "column {} {ty} notnull {} default {} key {} hidden {}",
            c[1].to_lowercase(),
            c[3],
            expression(&tokens(&c[4])),
            c[5],
            c[6]
        ));
    }
    for index in query(connection, &format!("PRAGMA index_list({quoted})")).await {
        // What CREATE INDEX made is a thing of its own.
        if index[3] != "c" {
            let parts = query(connection, &format!("PRAGMA index_xinfo({})", quote(&index[1]))).await;
            let parts: Vec<String> = parts
                .iter()
                .filter(|p| p[5] == "1")
                .map(|p| format!("{} desc {} {}", p[2].to_lowercase(), p[3], p[4].to_lowercase()))
                .collect();
            lines.push(format!("key {} ({})", index[3], parts.join(", ")));
        }
    }
    let mut keys: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in query(connection, &format!("PRAGMA foreign_key_list({quoted})")).await {
        keys.entry(row[0].clone()).or_default().push(row);
    }
    for parts in keys.into_values() {
        let column = |at: usize| {
            parts
                .iter()
                .map(|p| p[at].to_lowercase())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut referenced = column(4);
        if parts.iter().all(|p| p[4].is_empty()) {
            // A key that names no columns refers to the primary key.
            let parent = text(&parts[0][2]);
            let key = format!("SELECT name FROM pragma_table_info({parent}) WHERE pk > 0 ORDER BY pk");
            referenced = query(connection, &key)
                .await
                .iter()
                .map(|p| p[0].to_lowercase())
                .collect::<Vec<_>>()
                .join(", ");
        }
        lines.push(format!(
            "foreign key ({}) to {} ({}) update {} delete {} match {}",
            column(3),
            parts[0][2].to_lowercase(),
            referenced,
            parts[0][5],
            parts[0][6],
            parts[0][7],
        ));
    }
    let list = query(
        connection,
        &format!("SELECT wr, strict FROM pragma_table_list({})", text(name)),
    )
    .await;
    lines.push(format!("without rowid {} strict {}", list[0][0], list[0][1]));
    lines.extend(hidden(&without_qualifier(&tokens(sql), &name.to_lowercase())));
    lines.sort();
    lines
}

/// What no pragma shows: checks, collations, expressions of generated columns, AUTOINCREMENT, names of constraints, conflict and
/// deferral clauses. A constraint says the same written with its column or apart.
fn hidden(sql: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let Some(open) = sql.iter().position(|t| t == "(") else {
        return lines;
    };
    for definition in split_at_commas(group(sql, open)) {
        let apart = matches!(
            definition.first().map(String::as_str),
            Some("constraint" | "primary" | "unique" | "check" | "foreign")
        );
        let column = if apart {
            String::new()
        } else {
            definition[0].clone()
        };
        let mut owner = format!("column {column}");
        let mut name = None;
        let mut at = usize::from(!apart);
        while at < definition.len() {
            let next = |n: usize| definition.get(at + n).map_or("", String::as_str);
            let mut take = 1;
            match next(0) {
                "constraint" => {
                    name = Some(next(1).to_owned());
                    take = 2;
                }
                "check" => {
                    let inside = group(definition, at + 1);
                    lines.push(format!(
                        "check {} {}",
                        name.take().unwrap_or_default(),
                        expression(inside)
                    ));
                    take = inside.len() + 3;
                }
                "as" if next(1) == "(" => {
                    let inside = group(definition, at + 1);
                    lines.push(format!("generated {column} {}", expression(inside)));
                    take = inside.len() + 3;
                }
                "collate" => {
                    lines.push(format!("collate {column} {}", next(1)));
                    take = 2;
                }
                "autoincrement" => lines.push("autoincrement".to_owned()),
                "default" if matches!(next(1), "+" | "-") => take = 3,
                "default" if next(1) != "(" => take = 2,
                "conflict" => lines.push(format!("conflict {owner} {}", next(1))),
                "deferrable" if (next(1), next(2)) == ("initially", "deferred") => {
                    lines.push(format!("deferred {owner}"));
                }
                "references" if apart => {}
                kind @ ("primary" | "unique" | "foreign" | "references" | "not") => {
                    if (kind, next(1)) == ("not", "deferrable") {
                        take = 2;
                    } else {
                        let kind = if kind == "references" { "foreign" } else { kind };
                        let mut columns = column.clone();
                        if apart {
                            let open = definition.iter().position(|t| t == "(").expect("columns");
                            columns = group(definition, open).join(" ");
                            take = open - at;
                        }
                        owner = format!("{kind} {columns}");
                        if let Some(name) = name.take() {
                            lines.push(format!("name {owner} {name}"));
                        }
                    }
                }
                "(" => take = group(definition, at).len() + 2,
                _ => {}
            }
            at += take;
        }
    }
    // The ABORT of a conflict clause is what happens without one.
    lines.retain(|line| !line.ends_with(" abort"));
    lines
}

/// A table's own name before a column says nothing in its own definition.
fn without_qualifier(tokens: &[String], table: &str) -> Vec<String> {
    let is_dot = |at: usize| tokens.get(at).is_some_and(|t| t == ".");
    let says_nothing = |at: usize| {
        tokens[at] == table && is_dot(at + 1)
            || is_dot(at) && at.checked_sub(1).is_some_and(|at| tokens[at] == table)
    };
    (0..tokens.len())
        .filter(|&at| !says_nothing(at))
        .map(|at| tokens[at].clone())
        .collect()
}

fn split_at_commas(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0_i32;
    tokens
        .split(|t| {
            depth += i32::from(t == "(") - i32::from(t == ")");
            t == "," && depth == 0
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// The tokens between the parenthesis at `open` and the one that closes it.
fn group(tokens: &[String], open: usize) -> &[String] {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(token == "(") - i32::from(token == ")");
        if depth == 0 {
            return &tokens[open + 1..at];
        }
    }
    &tokens[open + 1..]
}

/// Without the parentheses around the whole.
fn expression(mut tokens: &[String]) -> String {
    while tokens.first().is_some_and(|t| t == "(") && group(tokens, 0).len() + 2 == tokens.len() {
        tokens = &tokens[1..tokens.len() - 1];
    }
    tokens.join(" ")
}

/// The text of an index, view, trigger or virtual table.
fn definition(sql: &str) -> String {
    let text = tokens(sql)
        .join(" ")
        .replace(" if not exists ", " ")
        .replace("main . ", "");
    if text.starts_with("create index") || text.starts_with("create unique index") {
        return text.replace(" asc ,", " ,").replace(" asc )", " )");
    }
    text
}

/// Words in lower case and without quotes, other tokens as they are; no blanks, no comments.
fn tokens(sql: &str) -> Vec<String> {
    let chars: Vec<char> = sql.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        match at(i) {
            c if c.is_whitespace() => i += 1,
            '-' if at(i + 1) == '-' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                i += 2;
                while i < chars.len() && (at(i), at(i + 1)) != ('*', '/') {
                    i += 1;
                }
                i += 2;
            }
            open @ ('\'' | '"' | '`' | '[') => {
                let close = if open == '[' { ']' } else { open };
                let mut inside = String::new();
                i += 1;
                while i < chars.len() {
                    if at(i) == close {
                        if close == ']' || at(i + 1) != close {
                            break;
                        }
                        i += 1;
                    }
                    inside.push(at(i));
                    i += 1;
                }
                i += 1;
                out.push(if open == '\'' {
                    format!("'{inside}'")
                } else {
                    inside.to_lowercase()
                });
            }
            c if is_word(c) => {
                while i < chars.len() && (is_word(at(i)) || at(i) == '.' && at(start).is_ascii_digit()) {
                    i += 1;
                }
                out.push(chars[start..i].iter().collect::<String>().to_lowercase());
            }
            c => {
                let pair: String = [c, at(i + 1)].iter().collect();
                let long = ["||", "<<", ">>", "<=", ">=", "<>", "==", "!=", "->"].contains(&pair.as_str());
                i += if long { 2 } else { 1 };
                out.push(if long { pair } else { c.to_string() });
            }
        }
    }
    out
}

/// All rows of all tables.
pub(crate) async fn rows(connection: &mut Connection) -> Rows {
    let mut out = Rows::new();
    let tables = query(
        connection,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .await;
    for table in tables
        .iter()
        .map(|row| &row[0])
        .filter(|t| !OWN.contains(&t.as_str()))
    {
        let count = query(connection, &format!("SELECT count(*) FROM {}", quote(table))).await[0][0]
            .parse()
            .expect("a number");
        let mut columns = BTreeMap::new();
        for column in query(
            connection,
            &format!("SELECT name FROM pragma_table_info({})", text(table)),
        )
        .await
        {
            let values = query(
                connection,
                &format!("SELECT quote({}) FROM {}", quote(&column[0]), quote(table)),
            )
            .await;
            let mut values: Vec<String> = values.into_iter().map(|v| v[0].clone()).collect();
            values.sort();
            columns.insert(column[0].to_lowercase(), values);
        }
        out.insert(table.to_lowercase(), (count, columns));
    }
    out
}

/// What of `before` is not in `after`, of tables and columns that are in both. A value that only changed its type (`1` to `'1'`
/// or `1.0`) is kept.
pub(crate) fn lost(before: &Rows, after: &Rows) -> Vec<String> {
    let same = |value: &String| {
        let bare = value.trim_matches('\'');
        bare.strip_suffix(".0").unwrap_or(bare).to_owned()
    };
    let mut out = Vec::new();
    for (table, (count, columns)) in before {
        let Some((now, there)) = after.get(table) else {
            continue;
        };
        if now != count {
            out.push(format!("{table}: {count} rows became {now}"));
        }
        for (column, values) in columns {
            let Some(kept) = there.get(column) else { continue };
            let mut old: Vec<String> = values.iter().filter(|v| *v != "NULL").map(same).collect();
            let mut new: Vec<String> = kept.iter().map(same).collect();
            old.sort();
            new.sort();
            let mut left = new.into_iter().peekable();
            for value in old {
                while left.peek().is_some_and(|v| *v < value) {
                    left.next();
                }
                if left.next_if(|v| *v == value).is_none() {
                    out.push(format!("{table}.{column}: {value} is gone"));
                }
            }
        }
    }
    out
}
