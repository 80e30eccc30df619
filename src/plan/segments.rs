//! The text of statements with the transactions they run in: steps come in, SQL with `BEGIN` and `COMMIT` where they belong goes
//! out.

use super::{Step, comment, ended};
use crate::dialect::{Online, Placement, Statement};
use serde::Serialize;

/// Statements that run together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// Whether they are one transaction; if not, it is one statement that runs alone.
    pub transaction: bool,
    /// The statements.
    pub statements: Vec<String>,
    /// What others notice of the one that runs alone, when it changes a table that they may be using.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<Online>,
}

/// A text under way.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    text: String,
    pieces: Vec<Segment>,
    /// Whether a transaction is open.
    open: bool,
    /// Whether it has to be committed before anything else runs.
    due: bool,
    /// Whether all of it stands in a transaction of somebody else's.
    within: bool,
}

impl Segments {
    /// A text that stands in a transaction which is begun before it and committed behind it.
    #[cfg(feature = "connect")]
    pub(crate) fn within_a_transaction() -> Self {
        Self {
            open: true,
            within: true,
            ..Self::default()
        }
    }

    /// Whether everything fits into the transaction it stands in.
    #[cfg(feature = "connect")]
    pub(crate) fn fits(&self) -> bool {
        !self.within || self.open
    }

    /// Adds text that changes no transaction.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a step under a comment that says what it does.
    pub(crate) fn step(&mut self, step: &Step) {
        if let Some(first) = step.statements.first() {
            self.lead_to(first.placement);
        }
        self.text.push('\n');
        self.text.push_str(&step.heading());
        for statement in &step.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.lead_to(statement.placement);
        if let Some(note) = &statement.note {
            self.text.push_str(&comment(note));
        }
        self.text.push_str(&ended(statement));
        let inside = statement.placement != Placement::Outside;
        match self.pieces.last_mut() {
            Some(segment) if inside && segment.transaction => segment.statements.push(statement.sql.clone()),
            _ => self.pieces.push(Segment {
                transaction: inside,
                statements: vec![statement.sql.clone()],
                online: statement.online.as_ref().map(Online::effect_only),
            }),
        }
        self.due = statement.placement == Placement::CommitBehind;
    }

    /// Makes sure that a transaction is open, without caring whether the one before is committed.
    pub(crate) fn open(&mut self) {
        self.due = false;
        self.lead_to(Placement::Inside);
    }

    /// Commits.
    pub(crate) fn commit(&mut self) {
        if self.open && !self.within {
            self.text.push_str("COMMIT;\n");
            self.open = false;
        }
        self.due = false;
    }

    /// The text, and the statements of each transaction.
    pub(crate) fn finish(self) -> (String, Vec<Segment>) {
        (self.text, self.pieces)
    }

    fn lead_to(&mut self, placement: Placement) {
        let outside = placement == Placement::Outside;
        if self.within && (outside || self.due) {
            self.open = false;
            return;
        }
        if self.open && (outside || self.due) {
            self.commit();
            if !outside {
                self.pieces.push(Segment {
                    transaction: true,
                    statements: Vec::new(),
                    online: None,
                });
            }
        }
        self.due = false;
        if !outside && !self.open && !self.within {
            self.text.push_str("BEGIN;\n");
            self.open = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directive::Directive;

    #[test]
    fn transactions_end_where_a_statement_wants_them_to() {
        let place = |sql: &str, placement| Step {
            directive: Directive::Execute { sql: sql.into() },
            guards: Vec::new(),
            statements: vec![Statement::new(sql).placed(placement)],
        };
        let mut segments = Segments::default();
        for step in [
            place("A", Placement::Outside),
            place("B", Placement::Inside),
            place("C", Placement::CommitBehind),
            place("D", Placement::Inside),
            place("E", Placement::Outside),
            place("F", Placement::CommitBehind),
        ] {
            segments.step(&step);
        }
        segments.open();
        segments.push("ledger;\n");
        segments.commit();
        let (text, segments) = segments.finish();
        let lines: Vec<&str> = text
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with("--"))
            .collect();
        assert_eq!(
            lines.join(" "),
            "A; BEGIN; B; C; COMMIT; BEGIN; D; COMMIT; E; BEGIN; F; ledger; COMMIT;"
        );
        let shapes: Vec<(bool, String)> = segments
            .iter()
            .map(|s| (s.transaction, s.statements.concat()))
            .collect();
        let expected = [(false, "A"), (true, "BC"), (true, "D"), (false, "E"), (true, "F")];
        assert_eq!(shapes, expected.map(|(t, s)| (t, s.to_owned())));
    }
}
