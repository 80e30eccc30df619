//! Questions on a terminal, which `script` plays. Where there is no such program these tests have nothing to say.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
};

use crate::program::Program;

const BEFORE: &str = "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, fax varchar(40));";
const AFTER: &str = "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, phone varchar(40));";

/// Runs `autogen revision -m names` on a terminal, presses `key` when it asks, and gives what the terminal showed.
fn answer(key: &[u8]) -> Option<(Program, String)> {
    let util_linux = Command::new("script").arg("--version").output().ok()?;
    if !String::from_utf8_lossy(&util_linux.stdout).contains("util-linux") {
        return None;
    }
    let program = Program::with_target(BEFORE);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.sqlite("INSERT INTO customers VALUES (1, 'Ada', '123')");
    program.write("schema.sql", AFTER);
    let line = format!("{} revision -m names", env!("CARGO_BIN_EXE_autogen"));
    let mut terminal = Command::new("script")
        .args(["-qefc", &line, "/dev/null"])
        .current_dir(program.path("."))
        .env("TERM", "xterm")
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut keyboard = terminal.stdin.take().unwrap();
    let mut screen = terminal.stdout.take().unwrap();
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    let mut pressed = false;
    while let Ok(count @ 1..) = screen.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
        if !pressed && String::from_utf8_lossy(&shown).contains("was column customers.fax renamed to phone?")
        {
            keyboard.write_all(key).unwrap();
            keyboard.flush().unwrap();
            pressed = true;
        }
    }
    terminal.wait().unwrap();
    assert!(pressed, "nothing was asked: {}", String::from_utf8_lossy(&shown));
    Some((program, String::from_utf8_lossy(&shown).into_owned()))
}

#[test]
fn a_yes_makes_it_a_rename() {
    let Some((program, _)) = answer(b"y\r") else {
        return;
    };
    program.run(&["upgrade"]).ok();
    assert_eq!(program.sqlite("SELECT phone FROM customers"), "123\n");
    program.run(&["check"]).ok();
}

#[test]
fn a_no_makes_it_drop_and_add_and_says_what_is_lost() {
    let Some((program, shown)) = answer(b"n\r") else {
        return;
    };
    assert!(shown.contains("loses every value of customers.fax"), "{shown}");
    assert!(
        !shown.contains("--rename"),
        "no advice on what was answered: {shown}"
    );
    program.run(&["upgrade"]).ok();
    assert_eq!(program.sqlite("SELECT phone FROM customers"), "\n");
}

#[test]
fn ctrl_c_at_a_question_writes_nothing() {
    let Some((program, shown)) = answer(b"\x03") else {
        return;
    };
    assert!(shown.contains("interrupted, nothing was changed"), "{shown}");
    assert_eq!(program.files("migrations").len(), 1);
}
