//! Lines that speak to psql. Dumps have a few of them; what they do for psql is done here or needs no doing.

use std::borrow::Cow;

use crate::target::classify::{Refusal, Verdict, refuse, shorten};

/// Commands that change nothing but what psql itself shows, or how dumps are kept from being tampered with.
const IDLE: [&str; 9] = [
    "\\restrict",
    "\\unrestrict",
    "\\.",
    "\\echo",
    "\\qecho",
    "\\warn",
    "\\timing",
    "\\pset",
    "\\encoding",
];

/// Judges a line that begins with `\`.
pub(super) fn line(line: &str) -> Verdict<'_> {
    let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    if IDLE.contains(&command) {
        return Verdict::PassOver;
    }
    match command {
        "\\set" if rest.split_whitespace().next() == Some("ON_ERROR_STOP") => Verdict::PassOver,
        "\\set" => refuse(
            0,
            "variables of psql are not understood",
            "write the values themselves; `\\set ON_ERROR_STOP` may stay",
        ),
        "\\connect" | "\\c" => connect(line, rest),
        "\\i" | "\\ir" | "\\include" | "\\include_relative" => refuse(
            0,
            format!("`{}` is a command of psql, not SQL", shorten(command)),
            "name the file as a source of the target itself: `target = [\"a.sql\", \"b.sql\"]`",
        ),
        _ => refuse(
            0,
            format!("`{}` is a command of psql, not SQL", shorten(command)),
            "remove the line",
        ),
    }
}

/// `\connect NAME`, `\connect "NAME"`, `\connect -reuse-previous=on "dbname='NAME'"`; `-` is the database that is connected to.
fn connect<'a>(line: &'a str, rest: &'a str) -> Verdict<'a> {
    let mut rest = rest;
    if let Some((first, behind)) = rest.split_once(char::is_whitespace)
        && first.starts_with("-reuse-previous")
    {
        rest = behind.trim();
    }
    if rest.is_empty() || rest == "-" {
        return Verdict::PassOver;
    }
    let quoted = |quote: char| rest.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let inner = quoted('"').or_else(|| quoted('\'')).unwrap_or(rest);
    let name: Cow<'a, str> = match inner.strip_prefix("dbname=") {
        Some(value) => match value
            .strip_prefix('\'')
            .and_then(|value| value.strip_suffix('\''))
        {
            Some(value) => value.replace("\\'", "'").replace("\\\\", "\\").into(),
            None => value.into(),
        },
        None => inner.into(),
    };
    let refusal = Refusal {
        offset: line.len() - rest.len(),
        message: format!("`{}` is another database", shorten(&name)),
        hint: Some("a target describes one database: remove the line".to_owned()),
    };
    Verdict::OnDatabase(name, refusal)
}
