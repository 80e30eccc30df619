//! Files to the statements that run on the scratch.
//!
//! In come the texts of a target, out come the statements that declare something, each with its place, and notices about
//! what was passed over. One statement after the other is looked at, and only those that run are kept. Nothing runs here.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    classify::{About, Adjusted, Home, Manner, Refusal, Rules, Stand, Topic, Verdict},
    files::SqlFile,
    manage::Declares,
};
use crate::{
    Error, ErrorKind, Notice, Place, Result,
    config::{Definer, TargetCode},
    sql::{LineIndex, Statement, split},
};

/// A statement that runs.
#[derive(Debug, Clone)]
pub(super) struct Runs<'a> {
    /// One statement, without its semicolon.
    pub(super) sql: Cow<'a, str>,
    /// Where it stands.
    pub(super) origin: Origin,
    /// What it is about.
    pub(super) about: About<'a>,
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
    /// How many bytes the statement has there.
    pub(super) length: usize,
    /// Whether the text there is the statement itself, and not something that stores it.
    pub(super) is_verbatim: bool,
}

/// What a target's files hold.
#[derive(Debug, Default)]
pub(super) struct Statements<'a> {
    /// What runs, in order.
    pub(super) runs: Vec<Runs<'a>>,
    /// What runs behind all that.
    last: Vec<Runs<'a>>,
    /// What runs between the two.
    late: Vec<Runs<'a>>,
    /// What was passed over.
    pub(super) notices: Vec<Notice>,
    /// What they say something about, of what is managed only then.
    pub(super) declares: Declares,
    /// The name under which the files create and use the database.
    adopted: Option<String>,
    /// The first body that names the database itself.
    names_home: Option<Origin>,
    /// The first statement that runs code.
    code: Option<Origin>,
}

/// What a target may hold besides what the rules of its engine let through.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Permits<'a> {
    /// The database that the target describes, where that is known.
    pub(super) own_database: Option<&'a str>,
    /// Whether names of databases are the same in any case of letters.
    pub(super) databases_fold: bool,
    /// Whether definers are managed.
    pub(super) definer: Definer,
    /// Whether it may run code.
    pub(super) code: TargetCode,
    /// Whether what it says about grants is of no interest to anybody.
    pub(super) passes_over_grants: bool,
    /// Whether what it says about owners is of no interest to anybody.
    pub(super) passes_over_owners: bool,
}

/// Looks at every statement of the files.
///
/// # Errors
/// [`ErrorKind::Target`] at the first statement that a target may not hold.
pub(super) fn statements<'a>(
    files: &'a [SqlFile],
    rules: &Rules,
    permits: Permits<'_>,
) -> Result<Statements<'a>> {
    let mut found = Statements::default();
    for (number, file) in files.iter().enumerate() {
        read(file, number, rules, permits, &mut found)?;
    }
    let (mut late, mut last) = (std::mem::take(&mut found.late), std::mem::take(&mut found.last));
    found.runs.append(&mut late);
    found.runs.append(&mut last);
    if let (Some(code), Some(body)) = (found.code, found.names_home) {
        let path = |origin: Origin| {
            let file = &files[origin.file];
            LineIndex::new(&file.text).place(Some(&file.path), origin.offset)
        };
        return Err(Error::new(
            ErrorKind::Target,
            "code that runs while the target is loaded could reach the database itself, which a body names",
        )
        .at(path(body))
        .hint(format!(
            "take the name of the database away there, or the statement at {}",
            path(code)
        )));
    }
    Ok(found)
}

/// The statement as it runs in a database of another name.
fn adjusted(
    statement: &Statement<'_>,
    rules: &Rules,
    permits: Permits<'_>,
    adopted: Option<&str>,
) -> Result<Adjusted, Refusal> {
    match &rules.databases {
        Some(databases) => {
            let home = Home {
                own: permits.own_database,
                adopted,
                names_fold: permits.databases_fold,
                definer: permits.definer,
            };
            (databases.adjusted)(statement, &home)
        }
        None => Ok(Adjusted::default()),
    }
}

/// Whether a statement speaks of the database that the target describes. If the file creates and uses a database from here on, that
/// is it.
fn is_home(
    name: &str,
    file: &SqlFile,
    statement: &Statement<'_>,
    rules: &Rules,
    permits: Permits<'_>,
    adopted: &mut Option<String>,
) -> bool {
    let same = |known: &str| {
        if permits.databases_fold {
            known.eq_ignore_ascii_case(name)
        } else {
            known == name
        }
    };
    if permits.own_database.is_some_and(same) || adopted.as_deref().is_some_and(same) {
        return true;
    }
    let Some(databases) = rules.databases.as_ref().filter(|_| adopted.is_none()) else {
        return false;
    };
    let rest = split(&file.text[statement.offset..], statement.lexicon());
    *adopted = (databases.founded)(rest).map(Cow::into_owned);
    adopted.as_deref().is_some_and(same)
}

fn read<'a>(
    file: &'a SqlFile,
    number: usize,
    rules: &Rules,
    permits: Permits<'_>,
    found: &mut Statements<'a>,
) -> Result<()> {
    let shadows = shadow_tables(file, rules);
    let mut last = Vec::new();
    let mut settings: BTreeMap<String, Origin> = BTreeMap::new();
    let mut passed_over = PassedOver::default();
    let mut is_empty = true;
    for statement in split(&file.text, rules.lexicon) {
        is_empty = false;
        let origin = Origin {
            file: number,
            offset: statement.offset,
            length: statement.text.len(),
            is_verbatim: true,
        };
        let mut runs = Runs {
            sql: Cow::Borrowed(statement.text),
            origin,
            about: About::Schema,
        };
        let verdict = rules.judge(&statement);
        if matches!(verdict, Verdict::Run | Verdict::RunWith(_)) {
            let adjusted = adjusted(&statement, rules, permits, found.adopted.as_deref())
                .map_err(|refusal| refused(file, statement.offset, refusal))?;
            if let Some(text) = adjusted.text {
                runs.sql = Cow::Owned(text);
            }
            if let Some(offset) = adjusted.names_home {
                found.names_home.get_or_insert(Origin {
                    offset: origin.offset + offset,
                    ..origin
                });
            }
        }
        match verdict {
            Verdict::Run => {
                let is_shadow = !shadows.is_empty()
                    && rules
                        .perhaps_shadow(statement.text)
                        .is_some_and(|table| shadows.contains(&table.to_lowercase()));
                if is_shadow { &mut last } else { &mut found.runs }.push(runs);
            }
            Verdict::RunWith(Manner {
                about: About::Grants, ..
            }) if permits.passes_over_grants => {}
            Verdict::RunWith(Manner { text, about, stand }) => {
                match &about {
                    About::Settings(names) => {
                        settings.extend(names.iter().map(|name| (name.to_ascii_lowercase(), origin)));
                    }
                    About::Grants => found.declares.grants = true,
                    About::Owner { .. } => found.declares.owners = true,
                    About::Schema | About::Value | About::Event(_) | About::Subscription => {}
                }
                let runs = Runs {
                    sql: text.unwrap_or(runs.sql),
                    about,
                    origin,
                };
                match stand {
                    Stand::Here => found.runs.push(runs),
                    Stand::Late => found.late.push(runs),
                    Stand::Last => found.last.push(runs),
                }
            }
            Verdict::Stores(sql) => found.runs.push(Runs {
                sql,
                origin: Origin {
                    is_verbatim: false,
                    ..origin
                },
                about: About::Schema,
            }),
            Verdict::PassOver => {}
            Verdict::Rows(verb) => passed_over.rows(verb, statement.offset),
            Verdict::Outside(topic) => passed_over.outside(topic, statement.offset),
            Verdict::OnDatabase(name, _)
                if is_home(&name, file, &statement, rules, permits, &mut found.adopted) => {}
            Verdict::Code(_) if permits.code == TargetCode::Run => {
                found.code.get_or_insert(origin);
                found.runs.push(runs);
            }
            Verdict::OnDatabase(_, refusal) | Verdict::Code(refusal) | Verdict::Refuse(refusal) => {
                return Err(refused(file, statement.offset, refusal));
            }
        }
    }
    // These come into being with the virtual table that they belong to, wherever in the file it stands. The statement does
    // nothing then; but if it meant a table of its own after all, that is there now.
    found.runs.append(&mut last);
    // The next file starts as this one did.
    found
        .runs
        .extend(settings.into_iter().filter_map(|(name, origin)| {
            Some(Runs {
                sql: Cow::Owned((rules.reset)(&name)?),
                origin: Origin {
                    is_verbatim: false,
                    ..origin
                },
                about: About::Schema,
            })
        }));
    if is_empty {
        let place = LineIndex::new(&file.text).place(Some(&file.path), 0);
        found
            .notices
            .push(Notice::warning("the file holds no statement").at(place));
    }
    found.notices.extend(passed_over.notices(file));
    Ok(())
}

/// What was passed over in a file and should be known.
#[derive(Default)]
struct PassedOver {
    rows: BTreeMap<&'static str, usize>,
    first_rows: Option<usize>,
    /// By what they are about: how many, and where the first is.
    outside: BTreeMap<&'static str, (usize, usize, &'static Topic)>,
}

impl PassedOver {
    fn rows(&mut self, verb: &'static str, offset: usize) {
        *self.rows.entry(verb).or_default() += 1;
        self.first_rows.get_or_insert(offset);
    }

    fn outside(&mut self, topic: &'static Topic, offset: usize) {
        self.outside.entry(topic.about).or_insert((0, offset, topic)).0 += 1;
    }

    fn notices(self, file: &SqlFile) -> Vec<Notice> {
        if self.first_rows.is_none() && self.outside.is_empty() {
            return Vec::new();
        }
        let lines = LineIndex::new(&file.text);
        let rows = self
            .first_rows
            .map(|offset| rows_passed_over(&self.rows).at(lines.place(Some(&file.path), offset)));
        let outside = self.outside.into_values().map(|(count, offset, topic)| {
            let message = counted(count, topic.about);
            let notice = if topic.is_warning {
                Notice::warning(message)
            } else {
                Notice::new(message)
            };
            notice.hint(topic.hint).at(lines.place(Some(&file.path), offset))
        });
        rows.into_iter().chain(outside).collect()
    }
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
            _ => continue,
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
fn rows_passed_over(rows: &BTreeMap<&str, usize>) -> Notice {
    let each: Vec<String> = rows
        .iter()
        .map(|(verb, count)| format!("{count} {}", verb.to_uppercase()))
        .collect();
    Notice::new(format!(
        "{} ({})",
        counted(rows.values().sum(), "rows"),
        each.join(", ")
    ))
    .hint("a target describes the schema; rows that come with it belong in a script")
}

fn counted(count: usize, about: &str) -> String {
    if count == 1 {
        format!("1 statement about {about} was passed over")
    } else {
        format!("{count} statements about {about} were passed over")
    }
}

/// The error of a statement that the engine refused, with its place in the files; a place of the engine's own counts from the
/// statement's beginning. When the statement is longer than a line, it is the second place.
pub(super) fn placed(files: &[SqlFile], runs: &Runs<'_>, error: &Error) -> Error {
    let text = files[runs.origin.file].text.as_str();
    let lines = LineIndex::new(text);
    let path = files[runs.origin.file].path.as_path();
    let start = lines.place(Some(path), runs.origin.offset);
    let mut placed = Error::new(ErrorKind::Target, error.message());
    if let Some(code) = error.code() {
        placed = placed.coded(code);
    }
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
            snippet: shortened(if runs.origin.is_verbatim {
                &text[runs.origin.offset..][..runs.origin.length]
            } else {
                &runs.sql
            }),
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
        let found = statements(&files, Rules::of(Engine::Sqlite), Permits::default())?;
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

    fn read_postgres(texts: &[&str], permits: Permits<'_>) -> Result<(Vec<String>, Vec<String>, Declares)> {
        let files = files(texts);
        let found = statements(&files, Rules::of(Engine::Postgres), permits)?;
        Ok((
            found.runs.iter().map(|runs| runs.sql.to_string()).collect(),
            found.notices.into_iter().map(|notice| notice.message).collect(),
            found.declares,
        ))
    }

    #[test]
    fn a_setting_ends_with_its_file_and_event_triggers_come_last() {
        let (runs, ..) = read_postgres(
            &[
                "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();
                 SET search_path = a; SET LOCAL TimeZone TO 'UTC'; SET search_path = b; CREATE TABLE t ();",
                "CREATE TABLE u ();",
            ],
            Permits::default(),
        )
        .unwrap();
        assert_eq!(
            runs,
            [
                "SET search_path = a",
                "SET       TimeZone TO 'UTC'",
                "SET search_path = b",
                "CREATE TABLE t ()",
                "RESET search_path",
                "RESET timezone",
                "CREATE TABLE u ()",
                "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()",
            ]
        );
    }

    #[test]
    fn what_belongs_to_the_server_gives_one_notice_for_each_topic() {
        let (runs, notices, _) = read_postgres(
            &["CREATE ROLE a; GRANT a TO b; ALTER DATABASE shop OWNER TO a; SET ROLE a; \\connect shop\n"],
            Permits {
                own_database: Some("shop"),
                ..Permits::default()
            },
        )
        .unwrap();
        assert!(runs.is_empty());
        assert_eq!(
            notices,
            [
                "2 statements about roles were passed over",
                "1 statement about the role of the session was passed over"
            ]
        );
    }

    #[test]
    fn another_database_and_code_are_refused_unless_they_are_allowed() {
        for (text, message) in [
            ("CREATE DATABASE shop", "a.sql:1:17: `shop` is another database"),
            ("CALL f()", "a.sql:1:1: CALL runs code while the target is loaded"),
        ] {
            let error = read_postgres(&[text], Permits::default()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let permits = Permits {
            own_database: Some("shop"),
            code: TargetCode::Run,
            ..Permits::default()
        };
        let (runs, ..) = read_postgres(&["CREATE DATABASE shop; CALL f()"], permits).unwrap();
        assert_eq!(runs, ["CALL f()"]);
    }

    #[test]
    fn it_is_known_whether_a_target_speaks_of_grants_and_owners() {
        let declares = |text| read_postgres(&[text], Permits::default()).unwrap().2;
        assert_eq!(declares("CREATE TABLE t ()"), Declares::default());
        assert!(declares("GRANT SELECT ON t TO a").grants);
        assert!(declares("ALTER TABLE t OWNER TO a").owners);
        let permits = Permits {
            passes_over_grants: true,
            ..Permits::default()
        };
        let (runs, _, declares) = read_postgres(&["GRANT SELECT ON t TO a"], permits).unwrap();
        assert!(runs.is_empty() && !declares.grants);
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
