//! Sequences (MariaDB).

use super::ddl;
use super::spelling::{qname, text};
use crate::dialect::Statement;
use crate::directive::Change;
use crate::schema::{Sequence, SequenceOptions};
use std::fmt::Write;

/// CREATE SEQUENCE.
pub(super) fn create(sequence: &Sequence) -> Statement {
    ddl(definition("CREATE", sequence))
}

fn definition(verb: &str, sequence: &Sequence) -> String {
    let mut sql = format!("{verb} SEQUENCE {}", qname(&sequence.name));
    if let Some(ty) = &sequence.ty {
        let _ = write!(sql, " AS {}", ty.as_str());
    }
    options(&mut sql, &sequence.options, &SequenceOptions::default());
    if let Some(comment) = &sequence.comment {
        let _ = write!(sql, " COMMENT={}", text(comment));
    }
    sql
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
    if rises(&old.options) != rises(&new.options) {
        // It begins again, for where it stands is out of its new bounds (error 4085).
        statements.push(ddl(definition("CREATE OR REPLACE", new)));
        return statements;
    }
    let name = qname(&new.name);
    let alter = |statements: &mut Vec<Statement>, options: &str| {
        if !options.is_empty() {
            statements.push(ddl(format!("ALTER SEQUENCE {name}{options}")));
        }
    };
    let mut options = String::new();
    if old.ty != new.ty {
        let ty = new.ty.as_ref().map_or("bigint", |ty| ty.as_str());
        let _ = write!(options, " AS {ty}");
    }
    if let Some(first) = overtakes(&old.options, &new.options) {
        // The server refuses a bound behind the next number. SETVAL never goes back, and wants to stay inside the other bound.
        let mut wider = SequenceOptions {
            min: old.options.min,
            max: old.options.max,
            ..old.options.clone()
        };
        if rises(&new.options) {
            wider.max = new.options.max;
        } else {
            wider.min = new.options.min;
        }
        self::options(&mut options, &wider, &old.options);
        alter(&mut statements, &options);
        statements.push(Statement::new(format!("DO SETVAL({name}, {first}, 0)")));
        options.clear();
        self::options(&mut options, &new.options, &wider);
    } else {
        self::options(&mut options, &new.options, &old.options);
    }
    alter(&mut statements, &options);
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

/// The first number that the new bounds allow, where the next one may lie before it.
fn overtakes(old: &SequenceOptions, new: &SequenceOptions) -> Option<i64> {
    let first = bound(new);
    let is_beyond = match (rises(old), rises(new)) {
        (true, true) => first > bound(old),
        (false, false) => first < bound(old),
        // A sequence that turns round begins again.
        (true, false) | (false, true) => false,
    };
    is_beyond.then_some(first)
}

fn rises(options: &SequenceOptions) -> bool {
    options.increment.is_none_or(|increment| increment > 0)
}

/// The bound that it comes from.
fn bound(options: &SequenceOptions) -> i64 {
    if rises(options) {
        options.min.unwrap_or(1)
    } else {
        options.max.unwrap_or(-1)
    }
}

/// What differs from `old`. The server takes `NO MAXVALUE` for that of a rising sequence, whichever way it counts.
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
    let (no_min, no_max) = if rises(new) {
        ("MINVALUE 1", "NO MAXVALUE")
    } else {
        ("NO MINVALUE", "MAXVALUE -1")
    };
    let start = |options: &SequenceOptions| Some(options.start.unwrap_or(bound(options)));
    number("INCREMENT BY", new.increment, old.increment, "INCREMENT BY 1");
    number("MINVALUE", new.min, old.min, no_min);
    number("MAXVALUE", new.max, old.max, no_max);
    number("START WITH", start(new), start(old), "");
    number("CACHE", new.cache, old.cache, "CACHE 1000");
    if new.cycle != old.cycle {
        sql.push_str(if new.cycle { " CYCLE" } else { " NOCYCLE" });
    }
}
