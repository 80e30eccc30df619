//! The application from outside: it migrates itself, several of them at once, and has autogen's command line.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_notes"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let output = program(folder, arguments).output().expect("it runs");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

/// A running server, its first line and its address.
struct Server(Child, String, String);

impl Server {
    fn start(folder: &Path) -> Self {
        let mut child = program(folder, &["serve", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("a line");
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Self(child, line, address)
    }

    fn ask(&self, line: &str) -> String {
        let mut stream = TcpStream::connect(&self.2).expect("it listens");
        writeln!(stream, "{line}").expect("it reads");
        let mut reply = String::new();
        for line in BufReader::new(stream).lines() {
            let line = line.expect("a line");
            if line == "." {
                break;
            }
            reply += &line;
            if line == "added" {
                break;
            }
        }
        reply
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn it_migrates_itself_when_it_starts() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    let servers: Vec<Server> = (0..4).map(|_| Server::start(folder)).collect();
    let applied: Vec<usize> = servers
        .iter()
        .map(|server| {
            server
                .1
                .split(' ')
                .nth(1)
                .and_then(|n| n.parse().ok())
                .expect("a number")
        })
        .collect();
    assert_eq!(applied.iter().sum::<usize>(), 2, "{applied:?}");
    assert_eq!(servers[0].ask("add two words"), "added");
    assert_eq!(servers[3].ask("list"), "1: two words (2 words)");
}

#[test]
fn it_has_the_whole_command_line() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    for file in ["autogen.toml", "schema.sql"] {
        std::fs::copy(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(file),
            folder.join(file),
        )
        .expect("a copy");
    }
    let ok = |arguments: &[&str]| {
        let (output, text) = run(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    };
    ok(&["migrate", "upgrade", "5d0c"]);
    let sqlite = |sql: &str| {
        let output = Command::new("sqlite3")
            .args(["notes.db", sql])
            .current_dir(folder)
            .output()
            .expect("the shell");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    sqlite("INSERT INTO notes (body) VALUES ('one two three'), ('four')");
    ok(&["migrate", "upgrade"]);
    assert_eq!(
        sqlite("SELECT group_concat(words) FROM (SELECT words FROM notes ORDER BY id)"),
        "3,1"
    );
    assert!(ok(&["migrate", "current"]).contains("9a4e77c0d512 (head)"));
    ok(&["migrate", "check"]);
    ok(&["migrate", "downgrade", "-1"]);
    assert_eq!(
        sqlite("SELECT body FROM notes WHERE id = 1"),
        "one two three (3 words)"
    );
    assert!(
        ok(&["migrate", "upgrade", "--dry-run"])
            .contains("-- code of the program: count the words of every note")
    );
}

#[test]
fn who_cannot_run_its_code_says_where_and_how() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let scripts = autogen::script::Folder::load(folder).expect("headers");
    let entry = scripts.entries().last().expect("a script");
    let error = entry.script(autogen::Engine::Sqlite).expect_err("code");
    assert!(error.message().contains("a closure"), "{error}");
    assert_eq!(error.places()[0].line, 16);
    assert!(
        error.hints().iter().any(|hint| hint.contains("compiled")),
        "{error:?}"
    );
}
