//! One scenario: a database, a target, and what must happen between them.

use crate::support::server::{Database, Server, postgres as servers};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The tables of the program itself.
const LEDGER: [&str; 2] = ["autogen_version", "autogen_history"];

/// What the rows of all tables are: the table, a bar, a row as JSON.
const ROWS: &str = "SELECT format('SELECT %L, row_to_json(a_row) FROM ONLY %I.%I a_row', schemaname || '.' || tablename, schemaname, tablename)
    FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'autogen%' ORDER BY 1 \\gexec\n";

/// A scenario, built up by a chain of calls and run by its last one, on every server there is.
pub(crate) struct Scenario {
    number: &'static str,
    from: String,
    rows: String,
    to: String,
    settings: Vec<String>,
    renames: Vec<String>,
    edits: Vec<(String, String)>,
    refilled: Vec<String>,
    upgraded: Vec<(String, String)>,
}

/// What a run of the program left.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Scenario {
    pub(crate) fn new(number: &'static str) -> Self {
        Self {
            number,
            from: String::new(),
            rows: String::new(),
            to: String::new(),
            settings: Vec::new(),
            renames: Vec::new(),
            edits: Vec::new(),
            refilled: Vec::new(),
            upgraded: Vec::new(),
        }
    }

    /// What the database is before.
    pub(crate) fn from(mut self, sql: &str) -> Self {
        sql.clone_into(&mut self.from);
        self
    }

    /// The target.
    pub(crate) fn to(mut self, sql: &str) -> Self {
        sql.clone_into(&mut self.to);
        self
    }

    /// The rows of the database before.
    pub(crate) fn rows(mut self, sql: &str) -> Self {
        sql.clone_into(&mut self.rows);
        self
    }

    /// A line of the settings.
    pub(crate) fn setting(mut self, line: &str) -> Self {
        self.settings.push(line.to_owned());
        self
    }

    /// Declares a rename as the command line does.
    pub(crate) fn rename(mut self, rename: &str) -> Self {
        self.renames.push(rename.to_owned());
        self
    }

    /// What the user changes in the script before applying it.
    pub(crate) fn edit(mut self, old: &str, new: &str) -> Self {
        self.edits.push((old.to_owned(), new.to_owned()));
        self
    }

    /// A table whose rows get other values on purpose.
    pub(crate) fn refills(mut self, table: &str) -> Self {
        self.refilled.push(table.to_owned());
        self
    }

    /// A query and its only value after the upgrade.
    pub(crate) fn upgraded(mut self, query: &str, value: &str) -> Self {
        self.upgraded.push((query.to_owned(), value.to_owned()));
        self
    }

    /// The servers that it runs on: one of those there are, always the same one, so that all scenarios together have met every
    /// version in half the time. With `AUTOGEN_TEST_EVERY_SERVER` set, all of them.
    fn servers(&self) -> Vec<&'static Server> {
        let all = servers();
        if std::env::var_os("AUTOGEN_TEST_EVERY_SERVER").is_some() {
            return all.iter().collect();
        }
        let text = self
            .number
            .bytes()
            .chain(self.from.bytes())
            .chain(self.to.bytes());
        let turn = text.fold(0, |sum: usize, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        all.iter().skip(turn % all.len().max(1)).take(1).collect()
    }

    /// Runs it: nothing may be generated.
    pub(crate) fn equal(self) {
        for server in self.servers() {
            let stage = Stage::new(&self, server);
            let run = stage.autogen(&["check"]);
            assert_eq!(
                run.code, 0,
                "{}: nothing was to be generated:\n{}{}",
                self.number, run.stdout, run.stderr
            );
        }
    }

    /// Runs it: exactly these summaries, in this order, and there and back without a loss.
    pub(crate) fn expect(self, summaries: &[&str]) {
        self.there_and_back(Some(summaries));
    }

    /// Runs it without looking at the summaries.
    pub(crate) fn holds(self) {
        self.there_and_back(None);
    }

    /// Runs it: the rows forbid it, the error has this part, and nothing has changed.
    pub(crate) fn contradicted(self, part: &str) {
        for server in self.servers() {
            let stage = Stage::new(&self, server);
            let before = stage.dump();
            stage.revision(&self);
            let run = stage.autogen(&["upgrade"]);
            assert_eq!(
                run.code, 1,
                "{}: the rows forbid it:\n{}",
                self.number, run.stderr
            );
            assert!(
                run.stderr.contains("rows contradict") && run.stderr.contains(part),
                "{}: {}",
                self.number,
                run.stderr
            );
            assert_eq!(before, stage.dump(), "{}: nothing has changed", self.number);
        }
    }

    /// Only plans: the SQL of the difference.
    pub(crate) fn sql(self) -> String {
        let server = servers().first().expect("a server");
        let stage = Stage::new(&self, server);
        stage.autogen(&["diff", "--format", "sql"]).ok(self.number).stdout
    }

    fn there_and_back(self, expected: Option<&[&str]>) {
        for server in self.servers() {
            let stage = Stage::new(&self, server);
            let before = stage.dump();
            let rows = stage.rows();
            let summaries = stage.revision(&self);
            if let Some(expected) = expected {
                assert_eq!(summaries, expected, "{}", self.number);
            }
            stage.autogen(&["upgrade"]).ok(self.number);
            stage.in_step(self.number);
            stage.looks_like(&self, "the upgrade");
            for (query, value) in &self.upgraded {
                assert_eq!(
                    stage.database.sql(query).trim_end(),
                    value,
                    "{}: {query}",
                    self.number
                );
            }
            stage.kept(&self, &rows, "the upgrade");
            stage.autogen(&["downgrade", "base"]).ok(self.number);
            assert_same(
                self.number,
                "the downgrade leads elsewhere",
                &before,
                &stage.dump(),
            );
            stage.kept(&self, &rows, "the downgrade");
            stage.autogen(&["upgrade"]).ok(self.number);
            stage.in_step(self.number);
        }
    }
}

impl Run {
    #[track_caller]
    fn ok(self, number: &str) -> Self {
        assert_eq!(self.code, 0, "{number}:\n{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// A scenario on its server.
struct Stage {
    folder: TempDir,
    database: Database,
}

impl Stage {
    fn new(scenario: &Scenario, server: &'static Server) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = server.database("scenario");
        database.sql(&format!("{};{}", scenario.from, scenario.rows));
        fs::write(folder.path().join("schema.sql"), &scenario.to).expect("a file");
        let mut settings = format!(
            "url = \"{}\"\nscript_location = \"migrations\"\ntarget = [\"schema.sql\"]\n",
            database.url()
        );
        for line in &scenario.settings {
            settings.push_str(line);
            settings.push('\n');
        }
        fs::write(folder.path().join("autogen.toml"), settings).expect("a file");
        fs::create_dir(folder.path().join("migrations")).expect("a folder");
        Self { folder, database }
    }

    fn autogen(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_autogen"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        Run {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    fn scripts(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("migrations")).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    /// Writes the script; gives the summaries of its upgrade.
    fn revision(&self, scenario: &Scenario) -> Vec<String> {
        let mut arguments = vec!["revision", "-m", "scenario", "--format", "json"];
        for rename in &scenario.renames {
            arguments.extend(["--rename", rename]);
        }
        let run = self.autogen(&arguments).ok(scenario.number);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let [script] = &*self.scripts() else {
            panic!("{}: no script: {}", scenario.number, run.stdout);
        };
        let mut text = fs::read_to_string(script).expect("the script");
        for (old, new) in &scenario.edits {
            assert!(
                text.contains(old.as_str()),
                "{}: `{old}` is not in:\n{text}",
                scenario.number
            );
            text = text.replacen(old.as_str(), new, 1);
        }
        fs::write(script, text).expect("the script");
        let differences = json["differences"].as_array().expect("a list");
        let summary =
            |difference: &serde_json::Value| difference["summary"].as_str().expect("text").to_owned();
        differences.iter().map(summary).collect()
    }

    fn in_step(&self, number: &str) {
        let run = self.autogen(&["check"]);
        assert_eq!(
            run.code, 0,
            "{number}: not in step:\n{}{}",
            run.stdout, run.stderr
        );
    }

    /// The database as the engine's own tool shows it, without the tables of the program.
    fn dump(&self) -> Vec<String> {
        entries(&self.database.dump())
    }

    /// Whether the database looks like one that was made from the target.
    fn looks_like(&self, scenario: &Scenario, when: &str) {
        if !scenario.settings.is_empty() {
            return;
        }
        let wanted = self.database.server.database("wanted");
        wanted.sql(&scenario.to);
        let grants = scenario.to.contains("grant ");
        let visible = |entries: Vec<String>| -> Vec<String> {
            let is_grant = |entry: &String| entry.starts_with("GRANT") || entry.starts_with("REVOKE");
            entries
                .into_iter()
                .filter(|entry| grants || !is_grant(entry))
                .collect()
        };
        let wanted = visible(entries(&wanted.dump()));
        assert_same(scenario.number, when, &wanted, &visible(self.dump()));
    }

    /// The rows of each table that has some.
    fn rows(&self) -> Vec<(String, Vec<String>)> {
        let mut tables: Vec<(String, Vec<String>)> = Vec::new();
        for line in self.database.sql(ROWS).lines() {
            let (table, row) = line.split_once('|').expect("a table and a row");
            match tables.iter_mut().find(|(name, _)| name == table) {
                Some((_, rows)) => rows.push(row.to_owned()),
                None => tables.push((table.to_owned(), vec![row.to_owned()])),
            }
        }
        tables
    }

    /// No row and no value of a column that stays is lost.
    fn kept(&self, scenario: &Scenario, before: &[(String, Vec<String>)], when: &str) {
        let after = self.rows();
        for (table, rows) in before {
            let is_refilled = scenario
                .refilled
                .iter()
                .any(|name| table == &format!("public.{name}"));
            let Some((_, now)) = after.iter().find(|(name, _)| name == table) else {
                continue;
            };
            if is_refilled {
                assert!(
                    now.len() >= rows.len(),
                    "{}: {when} lost rows of {table}",
                    scenario.number
                );
                continue;
            }
            let values = |row: &str| -> serde_json::Map<String, serde_json::Value> {
                serde_json::from_str(row).expect("a row")
            };
            for row in rows {
                let row = values(row);
                let survives = now.iter().map(|other| values(other)).any(|other| {
                    row.iter().all(|(column, value)| {
                        other
                            .get(column)
                            .is_none_or(|now| now == value || when == "the downgrade")
                    })
                });
                assert!(
                    survives,
                    "{}: {when} lost {row:?} of {table}: {now:?}",
                    scenario.number
                );
            }
        }
    }
}

#[track_caller]
fn assert_same(number: &str, what: &str, wanted: &[String], found: &[String]) {
    let missing: Vec<&String> = wanted.iter().filter(|line| !found.contains(line)).collect();
    let extra: Vec<&String> = found.iter().filter(|line| !wanted.contains(line)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{number}: {what}\nmissing: {missing:#?}\ntoo much: {extra:#?}"
    );
}

/// The statements of a dump, those of one table sorted inside: the order of columns is no difference.
fn entries(dump: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in dump
        .lines()
        .filter(|line| !line.starts_with("SET ") && !line.starts_with("SELECT pg_catalog"))
    {
        match &mut open {
            Some(inside) if line.starts_with(')') || line.ends_with(" );") => {
                inside[1..].sort();
                entries.push(format!("{} {line}", inside.join(" ")));
                open = None;
            }
            Some(inside) => inside.push(line.trim_end_matches(',').to_owned()),
            None if line.starts_with("CREATE") && line.ends_with('(') => open = Some(vec![line.to_owned()]),
            None => entries.push(ordered(line)),
        }
    }
    entries.retain(|entry| !LEDGER.iter().any(|table| entry.contains(table)));
    entries
}

/// The storage parameters of a table in the order of their names.
fn ordered(line: &str) -> String {
    let inside = line
        .strip_prefix("WITH (")
        .and_then(|rest| rest.strip_suffix(");"));
    let Some(inside) = inside else {
        return line.to_owned();
    };
    let mut parameters: Vec<&str> = inside.split(", ").collect();
    parameters.sort_unstable();
    format!("WITH ({});", parameters.join(", "))
}

/// Whether every server there is has at least that version.
pub(crate) fn server_is_at_least(version: u32) -> bool {
    servers()
        .iter()
        .all(|server| server.installation.version >= version)
}

/// For each pair a table of its own with a column `c` that changes so.
pub(crate) fn columns_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    let side = |pick: fn(&(&str, &str, &str)) -> String| -> String {
        changes
            .iter()
            .enumerate()
            .map(|(n, change)| format!("create table t{n} (id int, c {});", pick(change)))
            .collect::<Vec<_>>()
            .concat()
    };
    let expected: Vec<String> = changes
        .iter()
        .enumerate()
        .map(|(n, change)| format!("t{n}: alter column c ({})", change.2))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    let rows: String = (0..changes.len())
        .map(|n| format!("insert into t{n} (id) values (1);"))
        .collect::<Vec<_>>()
        .concat();
    let mut scenario = Scenario::new(number)
        .from(&side(|c| c.0.to_owned()))
        .rows(&rows)
        .to(&side(|c| c.1.to_owned()));
    for n in 0..changes.len() {
        scenario = scenario.refills(&format!("t{n}"));
    }
    scenario.expect(&expected);
}

/// Two spellings of one column each.
pub(crate) fn columns_equal(number: &'static str, pairs: &[(&str, &str)]) {
    let side = |pick: fn(&(&str, &str)) -> String| -> String {
        pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| format!("create table t{n} (id int, c {});", pick(pair)))
            .collect::<Vec<_>>()
            .concat()
    };
    Scenario::new(number)
        .from(&side(|p| p.0.to_owned()))
        .to(&side(|p| p.1.to_owned()))
        .equal();
}
