//! The program under test in a folder of its own, and the `sqlite3` shell as an observer from outside.

#![allow(dead_code, reason = "each test uses its part of this module")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// What one run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Command> for Run {
    /// Runs a command to its end.
    fn from(mut command: Command) -> Self {
        Self::of(command.output().unwrap())
    }
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The run, if it ended with `code`.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// The run, if it ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.with_code(0)
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// The program in a folder of its own.
pub(crate) struct Program {
    folder: TempDir,
}

impl Program {
    /// A project whose next script rebuilds a table of so many rows.
    pub(crate) fn before_a_rebuild(rows: u32) -> Self {
        let program = Self::with_target("CREATE TABLE t (a integer PRIMARY KEY, b text, c text);");
        program.run(&["revision", "-m", "first"]).ok();
        program.run(&["upgrade"]).ok();
        program.sqlite(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO t SELECT i, 'row ' || i, hex(randomblob(40)) FROM n",
        ));
        program.write(
            "schema.sql",
            "CREATE TABLE t (a integer PRIMARY KEY, b varchar(100), c text CHECK (length(c) > 0));
             CREATE INDEX ix_c ON t (c); CREATE INDEX ix_b ON t (b, c);",
        );
        program.run(&["revision", "-m", "second"]).ok();
        program
    }

    /// In an empty folder.
    pub(crate) fn in_empty_folder() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// In a project whose target is `schema`, on the database `app.db`, which is not there yet.
    pub(crate) fn with_target(schema: &str) -> Self {
        let program = Self::in_empty_folder();
        program.write(
            "autogen.toml",
            "script_location = \"migrations\"\nurl = \"sqlite://app.db\"\ntarget = [\"schema.sql\"]\n",
        );
        fs::create_dir(program.path("migrations")).unwrap();
        program.write("schema.sql", schema);
        program
    }

    /// In a project on the database `url`, whose scripts a test writes with [`script_of`](Self::script_of).
    pub(crate) fn on(url: &str) -> Self {
        let program = Self::in_empty_folder();
        program.write(
            "autogen.toml",
            format!("script_location = \"migrations\"\nurl = \"{url}\"\ntarget = [\"schema.sql\"]\n"),
        );
        fs::create_dir(program.path("migrations")).unwrap();
        program.write("schema.sql", "");
        program
    }

    /// Writes the script of a revision from the statements of its two directions, which run as `op.execute`.
    pub(crate) fn script_of(&self, revision: &str, revises: &str, upgrade: &[&str], downgrade: &[&str]) {
        let body = |statements: &[&str]| -> String {
            let calls = statements
                .iter()
                .map(|sql| format!("    op.execute(r#\"{sql}\"#);\n"));
            calls.collect()
        };
        self.script_calling(revision, revises, &body(upgrade), &body(downgrade));
    }

    /// Writes the script of a revision from the bodies of its two functions.
    pub(crate) fn script_calling(&self, revision: &str, revises: &str, upgrade: &str, downgrade: &str) {
        let parents = if revises.is_empty() {
            String::new()
        } else {
            format!("\"{revises}\"")
        };
        self.write(
            &format!("migrations/{revision}.rs"),
            format!(
                "//! {revision}\n//!\n//! Revision: {revision}\n//! Revises:  {revises}\n//! Created:  2026-11-22 06:40:00 UTC\n\n\
                 use autogen::script::*;\n\n\
                 pub const REVISION: Revision = Revision::new(\"{revision}\").revises(&[{parents}]);\n\n\
                 pub fn upgrade(op: &mut Operations) {{\n{upgrade}}}\n\n\
                 pub fn downgrade(op: &mut Operations) {{\n{downgrade}}}\n"
            ),
        );
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Every file in the folder and below, with its content.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let content = fs::read(&path).unwrap();
                    files.insert(path, content);
                }
            }
        }
        files
    }

    /// The one script whose file name holds `part`, by its path in the folder.
    #[track_caller]
    pub(crate) fn script(&self, part: &str) -> String {
        let found: Vec<String> = self
            .files("migrations")
            .into_iter()
            .filter(|name| name.contains(part))
            .collect();
        assert_eq!(found.len(), 1, "{part}: {found:?}");
        format!("migrations/{}", found[0])
    }

    /// The files of a folder in name order.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program, ready to be started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        // Whoever tests may have a server of their own.
        for (name, _) in std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("PG") || name.starts_with("MYSQL_")
        }) {
            command.env_remove(name);
        }
        for name in [
            "DATABASE_URL",
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        Run::from(self.command(args))
    }

    /// Starts the program and does not wait for it.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        Running(
            self.command(args)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        )
    }

    /// Runs SQL on `app.db` in the `sqlite3` shell and gives what it prints.
    #[track_caller]
    pub(crate) fn sqlite(&self, sql: &str) -> String {
        let output = Command::new("sqlite3")
            .args(["-bail", "app.db", sql])
            .current_dir(self.folder.path())
            .output()
            .expect("the sqlite3 shell is installed; `tests/run` does that");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The definitions in `app.db`, without the ledger and without the quotes that a renamed table's name gets.
    #[track_caller]
    pub(crate) fn definitions(&self) -> String {
        self.sqlite(
            "SELECT type, name, replace(sql, '\"', '') FROM sqlite_schema WHERE name NOT LIKE '%autogen_%' ORDER BY 1, 2",
        )
    }
}

/// A run under way.
pub(crate) struct Running(Child);

impl Running {
    /// Sends it SIGINT, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let status = Command::new("kill")
            .args(["-INT", &self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Kills it outright.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    pub(crate) fn wait(self) -> Run {
        Run::of(self.0.wait_with_output().unwrap())
    }
}
