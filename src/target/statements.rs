//! Files to the statements that run on the scratch.
//!
//! In come the texts of a target, out come the statements that declare something, each with its place, and notices about
//! what was passed over. One statement after the other is looked at, and only those that run are kept. Nothing runs here.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    classify::{Refusal, Rules, Verdict},
    files::SqlFile,
};
use crate::{
    Error, ErrorKind, Notice, Place, Result,
    sql::{LineIndex, split},
};

/// A statement that runs.
#[derive(Debug, Clone)]
pub(super) struct Runs<'a> {
    /// One statement, without its semicolon.
    pub(super) sql: Cow<'a, str>,
    /// Where it stands.
    pub(super) origin: Origin,
}

impl AsRef<str> for Runs<'_> {
    fn as_ref(&self) -> &str {
        &self.sql
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The number of the file.
    pub(super) file: usize,
    /// The statement's first byte in it.
    pub(super) offset: usize,
    /// Whether the text there is the statement itself, and not something that stores it.
    pub(super) is_verbatim: bool,
}

/// What a target's files hold.
#[derive(Debug, Default)]
pub(super) struct Statements<'a> {
    /// What runs, in order.
    pub(super) runs: Vec<Runs<'a>>,
    /// What was passed over.
    pub(super) notices: Vec<Notice>,
}

/// Looks at every statement of the files.
///
/// # Errors
/// [`ErrorKind::Target`] at the first statement that a target may not hold.
pub(super) fn statements<'a>(files: &'a [SqlFile], rules: &Rules) -> Result<Statements<'a>> {
    let mut found = Statements::default();
    for (number, file) in files.iter().enumerate() {
        read(file, number, rules, &mut found)?;
    }
    Ok(found)
}

fn read<'a>(file: &'a SqlFile, number: usize, rules: &Rules, found: &mut Statements<'a>) -> Result<()> {
    let shadows = shadow_tables(file, rules);
    let mut last = Vec::new();
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let mut first_rows = None;
    let mut is_empty = true;
    for statement in split(&file.text, rules.lexicon) {
        is_empty = false;
        let origin = Origin {
            file: number,
            offset: statement.offset,
            is_verbatim: true,
        };
        match rules.judge(&statement) {
            Verdict::Run => {
                let is_shadow = !shadows.is_empty()
                    && rules
                        .perhaps_shadow(statement.text)
                        .is_some_and(|table| shadows.contains(&table.to_lowercase()));
                let runs = Runs {
                    sql: Cow::Borrowed(statement.text),
                    origin,
                };
                if is_shadow { &mut last } else { &mut found.runs }.push(runs);
            }
            Verdict::Stores(sql) => found.runs.push(Runs {
                sql,
                origin: Origin {
                    is_verbatim: false,
                    ..origin
                },
            }),
            Verdict::PassOver => {}
            Verdict::Rows(verb) => {
                *rows.entry(verb).or_default() += 1;
                first_rows.get_or_insert(statement.offset);
            }
            Verdict::Refuse(refusal) => return Err(refused(file, statement.offset, refusal)),
        }
    }
    // These come into being with the virtual table that they belong to, wherever in the file it stands. The statement does
    // nothing then; but if it meant a table of its own after all, that is there now.
    found.runs.append(&mut last);
    if is_empty {
        let place = LineIndex::new(&file.text).place(Some(&file.path), 0);
        found
            .notices
            .push(Notice::warning("the file holds no statement").at(place));
    }
    if let Some(offset) = first_rows {
        found
            .notices
            .push(passed_over(&rows).at(LineIndex::new(&file.text).place(Some(&file.path), offset)));
    }
    Ok(())
}

/// The names of the tables that come with the virtual tables of a file, folded, if the file was written by the engine's shell:
/// that writes them out as well, and sometimes before the virtual table.
fn shadow_tables(file: &SqlFile, rules: &Rules) -> BTreeSet<String> {
    let text = file.text.as_str();
    if !(text.contains("IF NOT EXISTS '") || text.contains("IF NOT EXISTS \""))
        || !text.contains("VIRTUAL TABLE")
    {
        return BTreeSet::new();
    }
    let mut tables = BTreeSet::new();
    for statement in split(text, rules.lexicon) {
        let shadows = match rules.judge(&statement) {
            Verdict::Run => rules.shadows(statement.text),
            Verdict::Stores(sql) => rules.shadows(&sql),
            Verdict::PassOver | Verdict::Rows(_) | Verdict::Refuse(_) => continue,
        };
        tables.extend(shadows.into_iter().map(|table| table.to_lowercase()));
    }
    tables
}

fn refused(file: &SqlFile, offset: usize, refusal: Refusal) -> Error {
    let place = LineIndex::new(&file.text).place(Some(&file.path), offset + refusal.offset);
    let error = Error::new(ErrorKind::Target, refusal.message).at(place);
    match refusal.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// One notice for all statements about rows in a file.
fn passed_over(rows: &BTreeMap<&str, usize>) -> Notice {
    let all: usize = rows.values().sum();
    let each: Vec<String> = rows
        .iter()
        .map(|(verb, count)| format!("{count} {}", verb.to_uppercase()))
        .collect();
    let (statements, were) = if all == 1 {
        ("statement", "was")
    } else {
        ("statements", "were")
    };
    Notice::new(format!(
        "{all} {statements} about rows {were} passed over ({})",
        each.join(", ")
    ))
    .hint("a target describes the schema; rows that come with it belong in a script")
}

/// The error of a statement that the engine refused, with its place in the files; a place of the engine's own counts from the
/// statement's beginning. When the statement is longer than a line, it is the second place.
pub(super) fn placed(files: &[SqlFile], runs: &Runs<'_>, error: &Error) -> Error {
    let lines = LineIndex::new(&files[runs.origin.file].text);
    let path = files[runs.origin.file].path.as_path();
    let start = lines.place(Some(path), runs.origin.offset);
    let mut placed = Error::new(ErrorKind::Target, error.message());
    let within = error.places().first().filter(|_| runs.origin.is_verbatim);
    let exact = within
        .map(|within| exact(&lines, path, runs, within))
        .filter(|exact| !runs.sql.contains('\n') || (exact.line, exact.column) != (start.line, start.column));
    // The line says it all when the whole statement is on it.
    let says_it_all = exact.is_some() && !runs.sql.contains('\n');
    if let Some(exact) = exact {
        placed = placed.at(exact);
    }
    if !says_it_all {
        placed = placed.at(Place {
            snippet: shortened(&runs.sql),
            ..start
        });
    }
    error
        .hints()
        .iter()
        .fold(placed, |placed, hint| placed.hint(hint.as_str()))
}

/// The place in the file of a place in the statement.
fn exact(lines: &LineIndex<'_>, path: &std::path::Path, runs: &Runs<'_>, within: &Place) -> Place {
    let line = runs
        .sql
        .split_inclusive('\n')
        .take(within.line - 1)
        .map(str::len)
        .sum::<usize>();
    let column = runs.sql[line..]
        .char_indices()
        .nth(within.column - 1)
        .map_or(runs.sql.len() - line, |(at, _)| at);
    lines.place(Some(path), runs.origin.offset + line + column)
}

/// The most lines of a statement that an error shows.
const SHOWN_LINES: usize = 20;

fn shortened(sql: &str) -> String {
    match sql.match_indices('\n').nth(SHOWN_LINES - 1) {
        Some((end, _)) => format!("{}\n…", &sql[..end]),
        None => sql.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    fn files(texts: &[&str]) -> Vec<SqlFile> {
        let file = |text: &&str| SqlFile {
            path: "a.sql".into(),
            text: (*text).to_owned(),
        };
        texts.iter().map(file).collect()
    }

    fn read_texts(texts: &[&str]) -> Result<(Vec<String>, Vec<Notice>)> {
        let files = files(texts);
        let found = statements(&files, Rules::of(Engine::Sqlite).unwrap())?;
        Ok((
            found.runs.iter().map(|runs| runs.sql.to_string()).collect(),
            found.notices,
        ))
    }

    #[test]
    fn statements_about_rows_give_one_notice_per_file() {
        let rows =
            "CREATE TABLE t (a);\n INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\nUPDATE t SET a = 3;";
        let (runs, notices) = read_texts(&[rows, "SELECT 1", "CREATE TABLE u (a)"]).unwrap();
        assert_eq!(runs, ["CREATE TABLE t (a)", "CREATE TABLE u (a)"]);
        let messages: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "3 statements about rows were passed over (2 INSERT, 1 UPDATE)",
                "1 statement about rows was passed over (1 SELECT)",
            ]
        );
        let place = notices[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (2, 2));
    }

    #[test]
    fn a_file_without_statements_gives_a_warning() {
        for text in ["", " \n", "-- nothing yet\n;"] {
            let (runs, notices) = read_texts(&[text]).unwrap();
            assert!(runs.is_empty());
            assert_eq!(notices[0].message, "the file holds no statement");
        }
    }

    #[test]
    fn what_is_refused_is_shown_where_it_stands() {
        let error =
            read_texts(&["CREATE TABLE t (a);", "CREATE TABLE u (a);\nVACUUM\n  INTO 'x';"]).unwrap_err();
        assert_eq!(error.to_string(), "a.sql:3:3: VACUUM INTO writes a file");
        assert_eq!(error.places()[0].snippet, "  INTO 'x';");
    }

    #[test]
    fn a_million_lines_of_rows_are_passed_over_quickly() {
        let mut text = String::from("CREATE TABLE t (a, b);\n");
        text.push_str(&"INSERT INTO t\n VALUES\n (1,\n 'a;b') -- x;\n;\n\n\n\n\n\n".repeat(100_000));
        let (runs, notices) = read_texts(&[&text]).unwrap();
        assert_eq!(runs.len(), 1);
        assert!(notices[0].message.starts_with("100000 statements"));
    }
}
