//! One scenario on a server: a database, a target, and what must happen between them, with the program itself. What the servers of an
//! engine are, how their rows are read and how the engine's own tool shows a database, says a [`Host`].

#![allow(
    dead_code,
    reason = "the scenarios of each engine use their part of this module"
)]

use std::{
    fs,
    marker::PhantomData,
    path::PathBuf,
    process::{Command, Stdio},
};

use autogen::Engine;
use tempfile::TempDir;

/// A server of an engine for tests.
pub(crate) trait Host: Sized + 'static {
    /// A database on it, which goes when it is dropped.
    type Database;

    /// All there are.
    fn all() -> &'static [Self];

    /// Its engine.
    fn engine(&self) -> Engine;

    /// A new, empty database.
    fn make(&'static self, name: &str) -> Self::Database;

    /// The URL of a database.
    fn url(database: &Self::Database) -> String;

    /// Runs SQL with the engine's own client.
    fn sql(database: &Self::Database, sql: &str) -> String;

    /// What the engine's own tool shows, as pieces whose order is of no matter, without the tables of the program.
    fn entries(database: &Self::Database) -> Vec<String>;

    /// Whether a piece is something that this target speaks about.
    fn is_declared(entry: &str, target: &str) -> bool;

    /// A summary without what only one of the versions says.
    fn plain(summary: String) -> String {
        summary
    }

    /// All rows: the table, and the row as a JSON object.
    fn rows(database: &Self::Database) -> Vec<(String, String)>;
}

/// A scenario, built up by a chain of calls and run by its last one, on every server there is.
pub(crate) struct Scenario<H> {
    host: PhantomData<H>,
    engine: Option<Engine>,
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

impl<H: Host> Scenario<H> {
    pub(crate) fn new(number: &'static str) -> Self {
        Self {
            host: PhantomData,
            engine: None,
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

    /// It is about one of the engines only.
    pub(crate) fn only_on(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
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
    fn servers(&self) -> Vec<&'static H> {
        let all: Vec<&H> = H::all()
            .iter()
            .filter(|server| self.engine.is_none_or(|engine| server.engine() == engine))
            .collect();
        if std::env::var_os("AUTOGEN_TEST_EVERY_SERVER").is_some() {
            return all;
        }
        let text = self
            .number
            .bytes()
            .chain(self.from.bytes())
            .chain(self.to.bytes());
        let turn = text.fold(0, |sum: usize, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        let turn = turn % all.len().max(1);
        all.into_iter().skip(turn).take(1).collect()
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

    /// Runs it, and gives the summaries.
    pub(crate) fn changed(self) -> Vec<String> {
        self.there_and_back(None)
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
        let server = H::all().first().expect("a server");
        let stage = Stage::new(&self, server);
        stage.autogen(&["diff", "--format", "sql"]).ok(self.number).stdout
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
        let mut scenario = Self::new(number)
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
        Self::new(number)
            .from(&side(|p| p.0.to_owned()))
            .to(&side(|p| p.1.to_owned()))
            .equal();
    }

    fn there_and_back(self, expected: Option<&[&str]>) -> Vec<String> {
        let mut found = Vec::new();
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
                    H::sql(&stage.database, query).trim_end(),
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
            found = summaries;
        }
        found
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
struct Stage<H: Host> {
    server: &'static H,
    folder: TempDir,
    database: H::Database,
}

impl<H: Host> Stage<H> {
    fn new(scenario: &Scenario<H>, server: &'static H) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = server.make("scenario");
        H::sql(&database, &format!("{};\n{}", scenario.from, scenario.rows));
        fs::write(folder.path().join("schema.sql"), &scenario.to).expect("a file");
        let mut settings = format!(
            "url = \"{}\"\nscript_location = \"migrations\"\ntarget = [\"schema.sql\"]\n",
            H::url(&database)
        );
        for line in &scenario.settings {
            settings.push_str(line);
            settings.push('\n');
        }
        fs::write(folder.path().join("autogen.toml"), settings).expect("a file");
        fs::create_dir(folder.path().join("migrations")).expect("a folder");
        Self {
            server,
            folder,
            database,
        }
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
    fn revision(&self, scenario: &Scenario<H>) -> Vec<String> {
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
        differences.iter().map(summary).map(H::plain).collect()
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
        H::entries(&self.database)
    }

    /// Whether the database looks like one that was made from the target.
    fn looks_like(&self, scenario: &Scenario<H>, when: &str) {
        if !scenario.settings.is_empty() {
            return;
        }
        let wanted = self.server.make("wanted");
        H::sql(&wanted, &scenario.to);
        let visible = |mut entries: Vec<String>| {
            entries.retain(|entry| H::is_declared(entry, &scenario.to));
            entries
        };
        let wanted = visible(H::entries(&wanted));
        assert_same(scenario.number, when, &wanted, &visible(self.dump()));
    }

    /// The rows of each table that has some.
    fn rows(&self) -> Vec<(String, Vec<String>)> {
        let mut tables: Vec<(String, Vec<String>)> = Vec::new();
        for (table, row) in H::rows(&self.database) {
            match tables.iter_mut().find(|(name, _)| *name == table) {
                Some((_, rows)) => rows.push(row),
                None => tables.push((table, vec![row])),
            }
        }
        tables
    }

    /// No row and no value of a column that stays is lost.
    fn kept(&self, scenario: &Scenario<H>, before: &[(String, Vec<String>)], when: &str) {
        let after = self.rows();
        for (table, rows) in before {
            let is_refilled = scenario.refilled.iter().any(|name| table == name);
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
