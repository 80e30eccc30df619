//! The JSON forms, which are documented in `docs/json.md` and versioned as a whole.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Difference;
use crate::{Error, ErrorKind, Notice, Place, directive::Directive};

/// The version of the JSON forms. It grows when a reader of the old ones would be wrong; new keys alone do not change it.
pub const VERSION: u32 = 1;

/// One document: the version, the command it comes from, and what the command says, which must be an object.
pub fn document(command: &str, body: impl Serialize) -> Value {
    let mut document = Map::new();
    document.insert("version".to_owned(), VERSION.into());
    document.insert("command".to_owned(), command.into());
    if let Ok(Value::Object(body)) = serde_json::to_value(body) {
        document.extend(body);
    }
    Value::Object(document)
}

/// Directives as a list: each with its summary, what it loses, and the whole of it.
pub fn differences(directives: &[Directive]) -> Value {
    directives
        .iter()
        .map(|directive| {
            json!({
                "summary": directive.summary(),
                "table": directive.table().map(ToString::to_string),
                "losses": directive.losses(),
                "change": directive,
            })
        })
        .collect()
}

/// A difference as counted in one line, for the `summary` of a document.
impl Serialize for Difference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.summary())
    }
}

/// Notices as a list.
pub fn notices(notices: &[Notice]) -> Value {
    notices
        .iter()
        .map(|notice| {
            json!({
                "level": notice.level,
                "message": notice.message,
                "place": notice.place.as_ref().map(place),
                "hint": notice.hint,
            })
        })
        .collect()
}

/// An error as a document.
pub fn error(error: &Error) -> Value {
    json!({
        "version": VERSION,
        "error": {
            "kind": kind(error.kind()),
            "message": error.full_message(),
            "places": error.places().iter().map(place).collect::<Vec<_>>(),
            "hints": error.hints(),
            "exit_code": error.exit_code(),
        }
    })
}

fn place(place: &Place) -> Value {
    json!({
        "file": place.file.as_ref().map(|file| file.display().to_string()),
        "line": place.line,
        "column": place.column,
        "snippet": place.snippet,
    })
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Usage => "usage",
        ErrorKind::Config => "config",
        ErrorKind::Target => "target",
        ErrorKind::Script => "script",
        ErrorKind::Database => "database",
        ErrorKind::RowsContradict => "rows_contradict",
        ErrorKind::Locked => "locked",
        ErrorKind::OutOfStep => "out_of_step",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::Io => "io",
        ErrorKind::Internal => "internal",
    }
}
