//! A project in a folder of its own, on a database of its own.

use std::{
    fs,
    process::{Command, Stdio},
};

use crate::support::server::mysql::{Database, Server};

/// A project on a database.
pub(crate) struct Project {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: Database,
}

impl Project {
    /// A database that `from` makes, and the target `to`.
    pub(crate) fn new(server: &'static Server, from: &str, to: &str) -> Self {
        Self::with_settings(server, from, to, "")
    }

    /// The same with more lines of settings.
    pub(crate) fn with_settings(server: &'static Server, from: &str, to: &str, more: &str) -> Self {
        let database = server.database("runtime");
        database.sql(from);
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("schema.sql"), to).expect("a file");
        fs::create_dir(folder.path().join("migrations")).expect("a folder");
        let project = Self { folder, database };
        project.set(more);
        project
    }

    /// Writes the settings, with these lines behind the usual ones.
    pub(crate) fn set(&self, more: &str) {
        let settings = format!(
            "url = \"{}\"\ntarget = [\"schema.sql\"]\n{more}",
            self.database.url()
        );
        fs::write(self.folder.path().join("autogen.toml"), settings).expect("a file");
    }

    /// The program in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program; gives its exit code and what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().expect("the program runs");
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().expect("it ended by itself"), said)
    }

    /// Runs the program, which must succeed; gives what it said.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }
}
