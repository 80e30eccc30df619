//! The revision graph through the public API: what expressions mean, which scripts a run takes in which order, and how the rows of
//! applied heads change. The numbers are those of `docs/alembic-parity.md`.

mod refused;
mod resolving;
mod runs;
mod size;

use autogen::script::{Graph, Header, RevisionId};

/// A graph from a line of text: `c1 < b1, b2 @label > dependency; ...`, in the order of files.
fn try_graph(text: &str) -> autogen::Result<Graph> {
    let headers: Vec<Header> = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(header)
        .collect();
    Graph::new(&headers)
}

fn graph(text: &str) -> Graph {
    try_graph(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn header(text: &str) -> Header {
    let (text, depends_on) = text.split_once('>').unwrap_or((text, ""));
    let (text, labels) = text.split_once('@').unwrap_or((text, ""));
    let (revision, revises) = text.split_once('<').unwrap_or((text, ""));
    Header {
        revises: ids(revises),
        branch_labels: words(labels),
        depends_on: words(depends_on),
        ..Header::new(id(revision.trim()))
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn ids(text: &str) -> Vec<RevisionId> {
    words(text).iter().map(|word| id(word)).collect()
}

fn id(text: &str) -> RevisionId {
    RevisionId::new(text).expect("an id")
}

fn show<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(RevisionId::as_str).collect();
    ids.join(" ")
}

/// What came out, or `!` and the error.
fn shown<T>(result: autogen::Result<T>, show: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(error) => format!("!{error}"),
    }
}

/// Compares; an expectation that begins with `!` is a part of an error.
fn meets(found: &str, expected: &str) -> bool {
    match expected.strip_prefix('!') {
        Some(part) => found.starts_with('!') && found.contains(part),
        None => found == expected,
    }
}

fn assert_none(failures: &[String]) {
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}
