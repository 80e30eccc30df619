//! Sequences that stand alone, and those behind serial and identity columns.

use super::spelling::{comment, made_name, qname, quote, text};
use super::{option, types};
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::{Column, QName, Schema, Sequence, SequenceOptions};

/// The options that are not the default, as CREATE SEQUENCE takes them.
pub(super) fn options(options: &SequenceOptions) -> Vec<String> {
    let mut parts = Vec::new();
    let mut number = |word: &str, value: Option<i64>| {
        parts.extend(value.map(|value| format!("{word} {value}")));
    };
    number("START WITH", options.start);
    number("INCREMENT BY", options.increment);
    number("MINVALUE", options.min);
    number("MAXVALUE", options.max);
    number("CACHE", options.cache);
    if options.cycle {
        parts.push("CYCLE".to_owned());
    }
    parts
}

/// The options that change, as ALTER SEQUENCE takes them.
pub(super) fn changed_options(old: &SequenceOptions, new: &SequenceOptions) -> Vec<String> {
    let mut parts = Vec::new();
    if old.increment != new.increment {
        parts.push(format!("INCREMENT BY {}", new.increment.unwrap_or(1)));
    }
    if old.min != new.min {
        parts.push(
            new.min
                .map_or_else(|| "NO MINVALUE".to_owned(), |n| format!("MINVALUE {n}")),
        );
    }
    if old.max != new.max {
        parts.push(
            new.max
                .map_or_else(|| "NO MAXVALUE".to_owned(), |n| format!("MAXVALUE {n}")),
        );
    }
    if old.start != new.start {
        parts.push(format!("START WITH {}", start(new)));
    }
    if old.cache != new.cache {
        parts.push(format!("CACHE {}", new.cache.unwrap_or(1)));
    }
    if old.cycle != new.cycle {
        parts.push(if new.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    if starts_beside(old, new) {
        parts.push(format!("RESTART WITH {}", start(new)));
    }
    parts
}

/// Whether all numbers that a sequence may have given lie beside those that it gets: it can go on only from a new beginning.
fn starts_beside(old: &SequenceOptions, new: &SequenceOptions) -> bool {
    let is_less = |low: Option<i64>, high: Option<i64>| low.zip(high).is_some_and(|(low, high)| low < high);
    if is_descending(old) {
        is_less(Some(start(old)), new.min) || is_less(new.max, old.min)
    } else {
        is_less(new.max, Some(start(old))) || is_less(old.max, new.min)
    }
}

/// Whether it counts downwards.
fn is_descending(options: &SequenceOptions) -> bool {
    options.increment.is_some_and(|n| n < 0)
}

/// The number it starts with (manual, CREATE SEQUENCE).
fn start(options: &SequenceOptions) -> i64 {
    options.start.unwrap_or_else(|| {
        if is_descending(options) {
            options.max.unwrap_or(-1)
        } else {
            options.min.unwrap_or(1)
        }
    })
}

/// CREATE SEQUENCE with its comment.
pub(super) fn create(sequence: &Sequence, before: &Schema) -> Vec<Statement> {
    let name = qname(&sequence.name);
    let mut statements = if is_implied(&sequence.name, before) {
        // The sequence of a serial column gets a life of its own.
        let mut parts = changed_options(&SequenceOptions::default(), &sequence.options);
        parts.push(owner(sequence));
        vec![Statement::new(format!(
            "ALTER SEQUENCE {name} {}",
            parts.join(" ")
        ))]
    } else {
        let mut parts = vec![format!("CREATE SEQUENCE {name}")];
        parts.extend(sequence.ty.as_ref().map(|ty| format!("AS {ty}")));
        parts.extend(options(&sequence.options));
        if sequence.owned_by.is_some() {
            parts.push(owner(sequence));
        }
        vec![Statement::new(parts.join(" "))]
    };
    if sequence.comment.is_some() {
        statements.push(comment_on(sequence));
    }
    statements
}

fn owner(sequence: &Sequence) -> String {
    match &sequence.owned_by {
        Some((table, column)) => format!("OWNED BY {}.{}", qname(table), quote(column)),
        None => "OWNED BY NONE".to_owned(),
    }
}

fn comment_on(sequence: &Sequence) -> Statement {
    Statement::new(format!(
        "COMMENT ON SEQUENCE {} IS {}",
        qname(&sequence.name),
        comment(sequence.comment.as_ref())
    ))
}

/// DROP SEQUENCE, unless a column has become serial by it.
pub(super) fn drop(sequence: &Sequence, before: &Schema) -> Vec<Statement> {
    if is_implied(&sequence.name, before) {
        return Vec::new();
    }
    vec![Statement::new(format!("DROP SEQUENCE {}", qname(&sequence.name)))]
}

/// ALTER SEQUENCE.
pub(super) fn alter(change: &Change<Sequence>) -> Vec<Statement> {
    let Change { old, new } = change;
    let mut statements = moved(&old.name, &new.name, "SEQUENCE");
    let mut parts = Vec::new();
    if old.ty != new.ty {
        parts.push(format!(
            "AS {}",
            new.ty.as_ref().map_or("bigint", |ty| ty.as_str())
        ));
    }
    parts.extend(changed_options(&old.options, &new.options));
    if old.owned_by != new.owned_by {
        parts.push(owner(new));
    }
    if !parts.is_empty() {
        statements.push(Statement::new(format!(
            "ALTER SEQUENCE {} {}",
            qname(&new.name),
            parts.join(" ")
        )));
    }
    if old.comment != new.comment {
        statements.push(comment_on(new));
    }
    statements
}

/// The statements that give something another namespace and name; `noun` is what ALTER calls it.
pub(super) fn moved(old: &QName, new: &QName, noun: &str) -> Vec<Statement> {
    let rename = |from: &QName| {
        (old.name != new.name).then(|| {
            Statement::new(format!(
                "ALTER {noun} {} RENAME TO {}",
                qname(from),
                quote(&new.name)
            ))
        })
    };
    if super::spelling::namespace(old) == super::spelling::namespace(new) {
        return rename(old).into_iter().collect();
    }
    let set_schema = Statement::new(format!(
        "ALTER {noun} {} SET SCHEMA {}",
        qname(old),
        quote(super::spelling::namespace(new))
    ));
    let halfway = QName {
        namespace: new.namespace.clone(),
        name: old.name.clone(),
    };
    std::iter::once(set_schema).chain(rename(&halfway)).collect()
}

/// The sequence that the server makes for a serial or identity column.
pub(super) fn made_for(table: &QName, column: &str) -> QName {
    table.sibling(made_name(&table.name, column, "seq"))
}

/// The name of the sequence behind an identity column, as SQL.
pub(super) fn of_identity(table: &QName, column: &Column) -> String {
    column
        .options
        .get(option::SEQUENCE_NAME)
        .cloned()
        .unwrap_or_else(|| qname(&made_for(table, &column.name)))
}

/// Whether a serial column stands for this sequence.
fn is_implied(name: &QName, schema: &Schema) -> bool {
    schema
        .tables
        .values()
        .filter(|table| table.name.namespace == name.namespace)
        .any(|table| {
            table
                .columns
                .iter()
                .any(|c| types::serial(&c.ty).is_some() && made_for(&table.name, &c.name) == *name)
        })
}

/// The query that lets a sequence go on behind the numbers that a column holds already.
pub(super) fn go_on(sequence: &str, options: &SequenceOptions, table: &str, column: &str) -> Statement {
    let (extreme, beyond) = if is_descending(options) {
        ("min", "<=")
    } else {
        ("max", ">=")
    };
    let column = quote(column);
    Statement::new(format!(
        "SELECT pg_catalog.setval({}, {extreme}({column})) FROM {table} HAVING {extreme}({column}) {beyond} {}",
        text(sequence),
        start(options)
    ))
}

/// The query that lets a sequence go on where another stands.
pub(super) fn take_over(sequence: &str, from: &str) -> Statement {
    Statement::new(format!(
        "SELECT pg_catalog.setval({}, last_value, is_called) FROM {from}",
        text(sequence)
    ))
}
