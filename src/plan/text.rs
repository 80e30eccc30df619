//! Plans as text to read, or to run with the engine's own client.

use super::{Plan, Step};
use std::fmt::Write;

impl Plan {
    /// The SQL of the plan, with comments: what `--dry-run` prints. What has to be set around the transaction stands around
    /// `BEGIN` and `COMMIT`. Guards are left out: they are questions and change nothing.
    pub fn sql(&self) -> String {
        let mut out = String::new();
        for sql in &self.session.before {
            out.push_str(&terminated(sql));
        }
        out.push_str("BEGIN;\n");
        for step in &self.steps {
            out.push('\n');
            out.push_str(&step.sql());
        }
        out.push('\n');
        for sql in &self.session.checks {
            out.push_str(&comment("the next query must find nothing new"));
            out.push_str(&terminated(sql));
        }
        out.push_str("COMMIT;\n");
        for sql in &self.session.after {
            out.push_str(&terminated(sql));
        }
        out
    }
}

impl Step {
    /// The SQL of the step under a comment that says what it does.
    pub fn sql(&self) -> String {
        let mut out = comment(&self.directive.summary());
        for loss in self.directive.losses() {
            out.push_str(&comment(&format!("loses data: {loss}")));
        }
        for statement in &self.statements {
            if let Some(note) = &statement.note {
                out.push_str(&comment(note));
            }
            out.push_str(&terminated(&statement.sql));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_holds_any_text() {
        assert_eq!(comment("a\nDROP TABLE t;"), "-- a\n-- DROP TABLE t;\n");
        assert_eq!(comment("\r\n"), "");
    }

    #[test]
    fn a_semicolon_is_never_part_of_a_comment() {
        assert_eq!(terminated("SELECT 1 -- x"), "SELECT 1 -- x\n;\n");
        assert_eq!(terminated("SELECT 1\n"), "SELECT 1;\n");
    }
}
