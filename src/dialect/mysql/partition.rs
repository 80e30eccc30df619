//! Partitions: the clause that declares them, and the statement that leads from some to others.
//!
//! In come the options of a table before and after; out comes at most one statement, which stands alone: neither engine takes a change of
//! partitions beside any other (MySQL manual 15.1.9.1, "only one partitioning clause").

use super::online::Operation;
use super::option;
use crate::dialect::tokens::Tokens;
use crate::schema::Options;
use crate::sql::{Lexicon, unquote};
use std::fmt::Write;

/// The options about partitions.
pub(super) const KEYS: [&str; 5] = [
    option::PARTITION_BY,
    option::PARTITION_COUNT,
    option::SUBPARTITION_BY,
    option::SUBPARTITION_COUNT,
    option::PARTITIONS,
];

/// `PARTITION BY ..` with all partitions; `None` for a table without.
pub(super) fn clause(options: &Options) -> Option<String> {
    let by = options.get(option::PARTITION_BY)?;
    let mut sql = format!("PARTITION BY {by}");
    if let Some(count) = options.get(option::PARTITION_COUNT) {
        let _ = write!(sql, " PARTITIONS {count}");
    }
    if let Some(by) = options.get(option::SUBPARTITION_BY) {
        let _ = write!(sql, "\nSUBPARTITION BY {by}");
    }
    if let Some(count) = options.get(option::SUBPARTITION_COUNT) {
        let _ = write!(sql, " SUBPARTITIONS {count}");
    }
    let lines = lines(options);
    if !lines.is_empty() {
        let _ = write!(sql, "\n{}", list(&lines));
    }
    Some(sql)
}

fn lines(options: &Options) -> Vec<&str> {
    let lines = options.get(option::PARTITIONS).map(|text| text.lines());
    lines.into_iter().flatten().collect()
}

fn list(lines: &[&str]) -> String {
    format!("({})", lines.join(",\n "))
}

/// Whether rows are lost on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    Stay,
    Go,
}

/// What makes one table of all partitions.
pub(super) const NONE: &str = "REMOVE PARTITIONING";

/// What one statement does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What stands behind the name of the table.
    pub(super) clause: String,
    pub(super) rows: Rows,
    pub(super) operation: Operation,
}

impl Step {
    /// The rows are divided anew.
    pub(super) fn anew(clause: String) -> Self {
        Self::keeping(clause, Operation::Partition)
    }

    fn keeping(clause: String, operation: Operation) -> Self {
        Self {
            clause,
            rows: Rows::Stay,
            operation,
        }
    }

    fn adding(lines: &[&str]) -> Self {
        Self::keeping(format!("ADD PARTITION {}", list(lines)), Operation::AddRange)
    }

    fn reorganizing(from: &[&str], into: &[&str]) -> Option<Self> {
        Some(Self::keeping(reorganize(from, into)?, Operation::MovePartitions))
    }

    fn dropping(lines: &[&str]) -> Option<Self> {
        Some(Self {
            clause: drop(lines)?,
            rows: Rows::Go,
            operation: Operation::DropRange,
        })
    }
}

/// What leads from `old` to `new`.
pub(super) fn change(old: &Options, new: &Options) -> Option<Step> {
    let differ = KEYS.iter().any(|key| old.get(*key) != new.get(*key));
    if !differ {
        return None;
    }
    let anew = |sql: String| Some(Step::anew(sql));
    let moves = |sql: String| Some(Step::keeping(sql, Operation::MovePartitions));
    let Some(whole) = clause(new) else {
        return old
            .contains_key(option::PARTITION_BY)
            .then(|| Step::anew(NONE.to_owned()));
    };
    let is_same = |key: &str| old.get(key) == new.get(key);
    let is_same_scheme = [
        option::PARTITION_BY,
        option::SUBPARTITION_BY,
        option::SUBPARTITION_COUNT,
    ]
    .iter()
    .all(|key| is_same(key));
    if !is_same_scheme {
        return anew(whole);
    }
    let count = |options: &Options| options.get(option::PARTITION_COUNT)?.parse::<u32>().ok();
    match (count(old), count(new)) {
        (Some(old), Some(new)) if new > old => {
            return moves(format!("ADD PARTITION PARTITIONS {}", new - old));
        }
        (Some(old), Some(new)) if new < old => return moves(format!("COALESCE PARTITION {}", old - new)),
        (None, None) => {}
        _ => return anew(whole),
    }
    let by = new.get(option::PARTITION_BY).map(|by| by.to_ascii_uppercase());
    let by = by.as_deref().unwrap_or_default();
    let (old, new) = (lines(old), lines(new));
    if by.starts_with("RANGE") {
        Some(range(&old, &new).unwrap_or_else(|| Step::anew(whole)))
    } else if by.starts_with("LIST") {
        Some(of_list(&old, &new).unwrap_or_else(|| Step::anew(whole)))
    } else {
        anew(whole)
    }
}

/// The names of partitions whose rows go with them when the lines of `old` become those of `new`.
pub(crate) fn lost(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let is_range = old.iter().any(|line| bound(line).is_some());
    let is_list = |line: &&str| Tokens::mysql(line).find(0, &["VALUES", "IN"]).is_some();
    let step = if is_range {
        range(&old, &new)
    } else if old.iter().all(is_list) {
        of_list(&old, &new)
    } else {
        None
    };
    if step.is_none_or(|step| step.rows == Rows::Stay) {
        return Vec::new();
    }
    let gone = old.iter().filter(|line| !new.contains(line));
    gone.filter_map(|line| name(line))
        .map(|name| unquote(name, &Lexicon::MYSQL).into_owned())
        .collect()
}

/// The lines that differ, without those that both begin and end with.
struct Window<'a> {
    old: &'a [&'a str],
    new: &'a [&'a str],
    /// The lines behind it, the same on both sides.
    behind: &'a [&'a str],
}

fn window<'a>(old: &'a [&'a str], new: &'a [&'a str]) -> Window<'a> {
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[front..], &new[front..]);
    let back = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    Window {
        old: &old[..old.len() - back],
        new: &new[..new.len() - back],
        behind: &old[old.len() - back..],
    }
}

/// Ranges: what is put behind the last is added; what goes in front of another falls to that one, with its rows; the last goes with its
/// rows, for nothing else takes them.
fn range(old: &[&str], new: &[&str]) -> Option<Step> {
    let window = window(old, new);
    match (window.old, window.new, window.behind.first()) {
        ([], added, None) => Some(Step::adding(added)),
        ([], added, Some(next)) => {
            let mut into = added.to_vec();
            into.push(next);
            Step::reorganizing(&[*next], &into)
        }
        (gone, [], None) => Step::dropping(gone),
        (gone, [], Some(next)) => {
            let mut from = gone.to_vec();
            from.push(next);
            Step::reorganizing(&from, &[*next])
        }
        (from, into, None) if !reaches(from.last()?, into.last()?) => None,
        (from, into, None) => Step::reorganizing(from, into),
        (from, into, Some(next)) => {
            if bound(from.last()?) == bound(into.last()?) {
                return Step::reorganizing(from, into);
            }
            let (mut from, mut into) = (from.to_vec(), into.to_vec());
            from.push(next);
            into.push(next);
            Step::reorganizing(&from, &into)
        }
    }
}

/// Whether the last range may become the other: it is the same or wider. Only numbers can be told here.
fn reaches(old: &str, new: &str) -> bool {
    let (old, new) = (bound(old), bound(new));
    if old == new {
        return true;
    }
    let number = |bound: Option<&str>| bound?.trim_matches(['(', ')', ' ']).parse::<i128>().ok();
    match (old, new) {
        (_, Some(new)) if new.eq_ignore_ascii_case("MAXVALUE") => true,
        (Some(old), _) if old.eq_ignore_ascii_case("MAXVALUE") => false,
        _ => matches!((number(old), number(new)), (Some(old), Some(new)) if new > old),
    }
}

/// What stands behind LESS THAN.
fn bound(line: &str) -> Option<&str> {
    let tokens = Tokens::mysql(line);
    let than = tokens.find(0, &["LESS", "THAN"])? + 2;
    let end = if tokens.text(than, than + 1) == "(" {
        tokens.symbol(than, ")")? + 1
    } else {
        than + 1
    };
    Some(tokens.text(than, end))
}

/// Lists: what is added or goes does not touch the others.
fn of_list(old: &[&str], new: &[&str]) -> Option<Step> {
    let gone: Vec<&str> = old.iter().copied().filter(|line| !new.contains(line)).collect();
    let added: Vec<&str> = new.iter().copied().filter(|line| !old.contains(line)).collect();
    match (gone.as_slice(), added.as_slice()) {
        ([], []) => None,
        ([], added) => Some(Step::adding(added)),
        (gone, []) => Step::dropping(gone),
        (gone, added) => Step::reorganizing(gone, added),
    }
}

fn name(line: &str) -> Option<&str> {
    let tokens = Tokens::mysql(line);
    tokens.has(0, &["PARTITION"]).then(|| tokens.text(1, 2))
}

fn names(lines: &[&str]) -> Option<String> {
    let names: Option<Vec<&str>> = lines.iter().map(|line| name(line)).collect();
    Some(names?.join(", "))
}

fn reorganize(from: &[&str], into: &[&str]) -> Option<String> {
    Some(format!(
        "REORGANIZE PARTITION {} INTO {}",
        names(from)?,
        list(into)
    ))
}

fn drop(lines: &[&str]) -> Option<String> {
    Some(format!("DROP PARTITION {}", names(lines)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_range_and_a_list_go_with_their_rows_and_others_do_not() {
        let range = |ends: &[u32]| {
            let line = |end| format!("PARTITION `p{end}` VALUES LESS THAN ({end})");
            ends.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(lost(&range(&[1, 2, 3]), &range(&[1])), ["p2", "p3"]);
        assert!(lost(&range(&[1, 2, 3]), &range(&[2, 3])).is_empty());
        assert!(lost(&range(&[1, 2]), &range(&[1, 2, 3])).is_empty());
        let list = |values: &[u32]| {
            let line = |value| format!("PARTITION `l{value}` VALUES IN ({value})");
            values.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(lost(&list(&[1, 2]), &list(&[2])), ["l1"]);
        assert!(lost(&list(&[1, 2]), &list(&[1, 3])).is_empty());
    }
}
