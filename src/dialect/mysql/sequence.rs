//! Sequences (MariaDB).

use super::ddl;
use super::spelling::{qname, text};
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::{Sequence, SequenceOptions};
use std::fmt::Write;

/// CREATE SEQUENCE.
pub(super) fn create(sequence: &Sequence) -> Statement {
    let mut sql = format!("CREATE SEQUENCE {}", qname(&sequence.name));
    if let Some(ty) = &sequence.ty {
        let _ = write!(sql, " AS {}", ty.as_str());
    }
    options(&mut sql, &sequence.options, &SequenceOptions::default());
    if let Some(comment) = &sequence.comment {
        let _ = write!(sql, " COMMENT={}", text(comment));
    }
    ddl(sql)
}

/// ALTER SEQUENCE. Its position stays. The type can be changed since MariaDB 11.5.
pub(super) fn alter(change: &Change<Sequence>) -> Vec<Statement> {
    let (old, new) = (&change.old, &change.new);
    let mut statements = Vec::new();
    if old.name != new.name {
        statements.push(ddl(format!(
            "RENAME TABLE {} TO {}",
            qname(&old.name),
            qname(&new.name)
        )));
    }
    let mut sql = format!("ALTER SEQUENCE {}", qname(&new.name));
    let bare = sql.len();
    if old.ty != new.ty {
        let ty = new.ty.as_ref().map_or("bigint", |ty| ty.as_str());
        let _ = write!(sql, " AS {ty}");
    }
    options(&mut sql, &new.options, &old.options);
    if sql.len() > bare {
        statements.push(ddl(sql));
    }
    if old.comment != new.comment {
        let comment = new.comment.as_deref().unwrap_or_default();
        statements.push(ddl(format!(
            "ALTER TABLE {} COMMENT={}",
            qname(&new.name),
            text(comment)
        )));
    }
    statements
}

/// What differs from `old`.
fn options(sql: &mut String, new: &SequenceOptions, old: &SequenceOptions) {
    let mut number = |word: &str, new: Option<i64>, old: Option<i64>, none: &str| {
        if new == old {
            return;
        }
        let _ = match new {
            Some(value) => write!(sql, " {word} {value}"),
            None => write!(sql, " {none}"),
        };
    };
    number("INCREMENT BY", new.increment, old.increment, "INCREMENT BY 1");
    number("MINVALUE", new.min, old.min, "NO MINVALUE");
    number("MAXVALUE", new.max, old.max, "NO MAXVALUE");
    number("START WITH", new.start, old.start, "START WITH 1");
    number("CACHE", new.cache, old.cache, "CACHE 1000");
    if new.cycle != old.cycle {
        sql.push_str(if new.cycle { " CYCLE" } else { " NOCYCLE" });
    }
}
