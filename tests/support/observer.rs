//! A database as SQLite's own pragmas and catalog show it, in a form in which two equal schemas are equal texts.
//!
//! Nothing of the program under test is used here but its driver.

use autogen::Connection;
use std::collections::BTreeMap;

/// Tables the tool keeps for itself.
const OWN: [&str; 2] = ["autogen_version", "autogen_history"];

/// One text per table, index, view and trigger.
pub(crate) type Picture = BTreeMap<String, String>;

/// The rows of each table: how many, and for each column its values, sorted.
pub(crate) type Rows = BTreeMap<String, (usize, BTreeMap<String, Vec<String>>)>;

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// All rows of a query, each value as text, NULL as an empty one.
pub(crate) async fn query(connection: &mut Connection, sql: &str) -> Vec<Vec<String>> {
    let rows = connection
        .query(sql)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.iter()
        .map(|row| {
            (0..row.values().len())
                .map(|i| match row.get(i).expect("a value") {
                    autogen::database::Value::Null => String::new(),
                    autogen::database::Value::Integer(n) => n.to_string(),
                    autogen::database::Value::Real(r) => r.to_string(),
                    autogen::database::Value::Text(t) => t.clone(),
                    autogen::database::Value::Blob(b) => format!("{b:?}"),
                })
                .collect()
        })
        .collect()
}

/// The schema as SQLite shows it. Names are folded, comments and blanks dropped, the order of columns ignored.
pub(crate) async fn picture(connection: &mut Connection) -> Picture {
    let mut out = Picture::new();
    let catalog = query(
        connection,
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .await;
    for entry in &catalog {
        let [kind, name, table, sql] = entry.as_slice() else {
            panic!("four columns")
        };
        if OWN.contains(&table.as_str()) {
            continue;
        }
        let key = format!("{kind} {}", name.to_lowercase());
        if kind == "table" && !sql.to_lowercase().starts_with("create virtual") {
            out.insert(key, table_text(connection, name, sql).await);
        } else {
            out.insert(
                key,
                tokens(sql)
                    .into_iter()
                    .filter(|t| t != "asc")
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
    }
    out
}

async fn table_text(connection: &mut Connection, name: &str, sql: &str) -> String {
    let mut lines = Vec::new();
    for row in query(
        connection,
        &format!(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({})",
            text(name)
        ),
    )
    .await
    {
        let ty: String = row[1].to_uppercase().split_whitespace().collect();
        let default = strip(&tokens(&row[3])).join(" ");
        lines.push(format!(
            "column {} {ty} notnull={} default={default} pk={} hidden={}",
            row[0].to_lowercase(),
            row[2],
            row[4],
            row[5]
        ));
    }
    for row in query(
        connection,
        &format!(
            "SELECT name, origin FROM pragma_index_list({}) WHERE origin <> 'c'",
            text(name)
        ),
    )
    .await
    {
        let parts = query(
            connection,
            &format!(
                "SELECT name, \"desc\", coll FROM pragma_index_xinfo({}) WHERE key",
                text(&row[0])
            ),
        )
        .await;
        let parts: Vec<String> = parts.iter().map(|p| p.join("/").to_lowercase()).collect();
        lines.push(format!("key {} {}", row[1], parts.join(", ")));
    }
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in query(connection, &format!("SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list({}) ORDER BY id, seq", text(name))).await {
        keys.entry(row[0].clone()).or_default().push(row[1..].join("/").to_lowercase());
    }
    lines.extend(
        keys.into_values()
            .map(|k| format!("foreign key {}", k.join(", "))),
    );
    for row in query(
        connection,
        &format!(
            "SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = {}",
            text(name)
        ),
    )
    .await
    {
        lines.push(format!("without_rowid={} strict={}", row[0], row[1]));
    }
    lines.extend(hidden_clauses(&tokens(sql)));
    lines.sort();
    lines.join("\n")
}

/// What no pragma shows: checks, collations, generated expressions, deferral, AUTOINCREMENT, conflict clauses.
fn hidden_clauses(tokens: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "check" | "as" if tokens.get(at + 1).is_some_and(|t| t == "(") => {
                out.push(format!("{token} {}", strip(&group(&tokens[at + 1..])).join(" ")));
            }
            "collate" | "conflict" | "initially" => out.push(format!("{token} {}", tokens[at + 1])),
            "autoincrement" | "constraint" => out.push(token.clone()),
            _ => {}
        }
    }
    out
}

fn group(tokens: &[String]) -> Vec<String> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return tokens[..=at].to_vec();
        }
    }
    tokens.to_vec()
}

/// Without the parentheses around the whole.
fn strip(tokens: &[String]) -> Vec<String> {
    let mut tokens = tokens.to_vec();
    while tokens.first().is_some_and(|t| t == "(") && group(&tokens).len() == tokens.len() && tokens.len() > 2
    {
        tokens = tokens[1..tokens.len() - 1].to_vec();
    }
    tokens
}

/// Tokens without comments and blanks; names unquoted and in lower case, strings as they are.
fn tokens(sql: &str) -> Vec<String> {
    let chars: Vec<char> = sql.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let rest = |n: usize| chars.get(at + n).copied().unwrap_or('\0');
        let start = at;
        if c.is_whitespace() {
            at += 1;
        } else if c == '-' && rest(1) == '-' {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && rest(1) == '*' {
            at += 2;
            while at < chars.len() && !(chars[at] == '*' && chars.get(at + 1) == Some(&'/')) {
                at += 1;
            }
            at += 2;
        } else if ['\'', '"', '`', '['].contains(&c) {
            let end = if c == '[' { ']' } else { c };
            at += 1;
            while at < chars.len() {
                if chars[at] == end && chars.get(at + 1) == Some(&end) && c != '[' {
                    at += 2;
                } else if chars[at] == end {
                    break;
                } else {
                    at += 1;
                }
            }
            at = (at + 1).min(chars.len());
            let token: String = chars[start..at].iter().collect();
            out.push(if c == '\'' {
                token
            } else {
                let doubled: String = [end, end].iter().collect();
                token[1..token.len() - 1]
                    .replace(&doubled, &end.to_string())
                    .to_lowercase()
            });
        } else if c.is_alphanumeric() || c == '_' {
            while at < chars.len() && (chars[at].is_alphanumeric() || "_.$".contains(chars[at])) {
                at += 1;
            }
            let token: String = chars[start..at].iter().collect();
            out.push(token.to_lowercase());
        } else {
            at += 1;
            out.push(c.to_string());
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
