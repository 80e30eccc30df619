//! Plans as text to read, or to run with the engine's own client.

use super::segments::Segments;
use super::{Plan, Step};
#[cfg(feature = "connect")]
use crate::dialect::Dialect;
use crate::dialect::Statement;
use std::fmt::Write;

impl Plan {
    /// The SQL of the plan, with comments: what `--dry-run` prints. What has to be set around the transaction stands around
    /// `BEGIN` and `COMMIT`. Guards are left out: they are questions and change nothing.
    pub fn sql(&self) -> String {
        let mut out = String::new();
        for sql in &self.session.before {
            out.push_str(&terminated(sql));
        }
        let mut segments = Segments::default();
        for step in &self.steps {
            segments.step(step);
        }
        if self.steps.is_empty() || !self.session.checks.is_empty() {
            segments.open();
        }
        segments.push("\n");
        for sql in &self.session.checks {
            segments.push(&comment("the next query must find nothing new"));
            segments.push(&terminated(sql));
        }
        segments.commit();
        out.push_str(&segments.finish().0);
        for sql in &self.session.after {
            out.push_str(&terminated(sql));
        }
        out
    }
}

/// A text of statements as the engine's own client reads it, however the session of that client is set.
#[cfg(feature = "connect")]
pub(crate) fn readable(text: String, dialect: &dyn Dialect) -> String {
    match dialect.around_text(&text) {
        Some((before, behind)) => format!("{before};\n\n{text}\n{behind};\n"),
        None => text,
    }
}

impl Step {
    /// A comment that says what the step does, and what it loses.
    pub(super) fn heading(&self) -> String {
        let mut out = comment(&self.directive.summary());
        for loss in self.directive.losses() {
            out.push_str(&comment(&format!("loses data: {loss}")));
        }
        out
    }
}

/// A comment on lines of its own. Whatever stands in the text, such as a name with a line end, stays inside it.
pub(crate) fn comment(text: &str) -> String {
    text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\0'])
        .filter(|line| !line.trim().is_empty())
        .fold(String::new(), |mut out, line| {
            let _ = writeln!(out, "-- {line}");
            out
        })
}

/// A statement with its semicolon, which stands on a line of its own when a comment might swallow it.
pub(crate) fn terminated(sql: &str) -> String {
    let sql = sql.trim_end();
    let last = sql.lines().next_back().unwrap_or_default();
    if last.contains("--") || last.contains('#') {
        format!("{sql}\n;\n")
    } else {
        format!("{sql};\n")
    }
}

/// A statement with its end, as the engine's own client reads it.
pub(crate) fn ended(statement: &Statement) -> String {
    if !statement.needs_delimiter {
        return terminated(&statement.sql);
    }
    let sql = statement.sql.trim_end();
    let delimiter = std::iter::successors(Some("$$".to_owned()), |last| Some(format!("{last}$")))
        .find(|delimiter| !sql.contains(delimiter.as_str()))
        .unwrap_or_default();
    format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_holds_any_text() {
        assert_eq!(comment("a\nDROP TABLE t;"), "-- a\n-- DROP TABLE t;\n");
        assert_eq!(comment("\r\n"), "");
    }

    #[test]
    fn a_body_stands_between_delimiters_that_it_does_not_hold() {
        let statement = Statement::new("CREATE PROCEDURE p() BEGIN SELECT '$$'; END").delimited(true);
        assert_eq!(
            ended(&statement),
            "DELIMITER $$$\nCREATE PROCEDURE p() BEGIN SELECT '$$'; END\n$$$\nDELIMITER ;\n"
        );
    }

    #[test]
    fn a_semicolon_is_never_part_of_a_comment() {
        assert_eq!(terminated("SELECT 1 -- x"), "SELECT 1 -- x\n;\n");
        assert_eq!(terminated("SELECT 1\n"), "SELECT 1;\n");
    }
}
