//! What is written down about a script that runs in segments, so that whoever comes after a crash can go on.
//!
//! Comes in: how far the script is, at each commit. Goes out: one line in the history of the ledger, written in the very transaction
//! that it tells of. A script that is one transaction needs none: nothing of it is left when it fails.

use super::ledger::Unfinished;
use super::{Direction, Entry, Ledger};
use crate::database::Connection;
use crate::dialect::Statement;
use crate::directive::Directive;
use crate::plan::{Step, groups};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// What is needed to go on with a script: a [group](groups) as it was planned over the schema before it, which is no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Which group it is.
    pub(super) group: usize,
    /// How many statements ran before the group.
    pub(super) before: u64,
    /// Whether it takes back what the other direction left half done, and so is the only group.
    #[serde(default)]
    pub(super) undoes: bool,
    /// The steps of the group.
    pub(super) steps: Vec<Piece>,
}

/// One directive with its statements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) directive: Directive,
    pub(super) statements: Vec<Statement>,
}

impl Progress {
    pub(super) fn new(group: usize, before: u64, undoes: bool, steps: &[Step]) -> Self {
        let piece = |step: &Step| Piece {
            directive: step.directive.clone(),
            statements: step.statements.clone(),
        };
        Self {
            group,
            before,
            undoes,
            steps: steps.iter().map(piece).collect(),
        }
    }

    /// Reads what a line of the ledger holds.
    ///
    /// # Errors
    /// When somebody else has written it.
    pub(super) fn read(unfinished: &Unfinished) -> Result<Self> {
        serde_json::from_str(&unfinished.progress).map_err(|error| {
            Error::new(
                ErrorKind::Database,
                format!("line {} of the history in the ledger cannot be read", unfinished.line),
            )
            .because(error)
            .hint("another version of autogen may have written it; finish the script by hand and say so with `autogen stamp`")
        })
    }

    fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::new(ErrorKind::Internal, "progress cannot be written").because(error))
    }

    /// The directives that have been carried out, when `done` statements of the script `directives` have.
    ///
    /// # Errors
    /// With the directive that is half done.
    pub(super) fn carried_out(
        &self,
        directives: &[Directive],
        done: u64,
    ) -> Result<Vec<Directive>, &Directive> {
        let mut out: Vec<Directive> = groups(directives).take(self.group).flatten().cloned().collect();
        let mut left = usize::try_from(done.saturating_sub(self.before)).unwrap_or(usize::MAX);
        for step in &self.steps {
            match step.statements.len() {
                0 => {}
                all if all <= left => left -= all,
                _ if left == 0 => break,
                _ => return Err(&step.directive),
            }
            out.push(step.directive.clone());
        }
        // What was written down has no behaviour; the script's own directives do.
        for directive in &mut out {
            directive.adopt_behaviour(directives);
        }
        Ok(out)
    }
}

/// The line of a script in the history.
#[derive(Debug)]
pub(super) struct Journal<'l> {
    ledger: &'l Ledger,
    entry: Entry,
    /// Its number, once it is written.
    line: Option<i64>,
    /// The group whose steps it holds.
    group: Option<usize>,
    /// How many statements of how many are committed with it.
    committed: Option<(u64, u64)>,
    /// Whether a statement that commits by itself was begun and nobody knows how it ended.
    in_doubt: bool,
    /// A line of the other direction that this one takes the place of.
    replaces: Option<Unfinished>,
}

impl<'l> Journal<'l> {
    /// For a script that begins.
    pub(super) fn new(ledger: &'l Ledger, entry: Entry) -> Self {
        Self {
            ledger,
            entry,
            line: None,
            group: None,
            committed: None,
            in_doubt: false,
            replaces: None,
        }
    }

    /// Goes on with the line of a script that was cut off.
    pub(super) fn go_on(&mut self, unfinished: &Unfinished, progress: &Progress) {
        let Entry {
            statements,
            statements_total,
            ..
        } = unfinished.entry;
        self.entry = unfinished.entry.clone();
        self.line = Some(unfinished.line);
        self.group = Some(progress.group);
        self.committed = Some((statements, statements_total));
    }

    /// Takes the place of the line of a script that is taken back half done.
    pub(super) fn replace(&mut self, unfinished: Unfinished) {
        self.replaces = Some(unfinished);
    }

    /// How many statements of how many are committed, when some are.
    pub(super) fn committed(&self) -> Option<(u64, u64)> {
        self.committed
    }

    pub(super) fn direction(&self) -> Direction {
        self.entry.direction
    }

    /// Whether a statement that commits by itself was begun and nobody knows how it ended.
    pub(super) fn in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Writes down, inside the open transaction, how far the script is when it commits, and what was seen before a statement that
    /// runs next and commits by itself.
    pub(super) async fn write(
        &mut self,
        connection: &mut Connection,
        done: u64,
        total: u64,
        progress: &Progress,
        in_doubt: Option<&str>,
    ) -> Result<()> {
        if let Some(line) = self.line {
            let text = (self.group != Some(progress.group))
                .then(|| progress.text())
                .transpose()?;
            self.ledger
                .advance_line(connection, line, done, total, text.as_deref(), in_doubt)
                .await?;
        } else {
            self.ledger.ensure(connection).await?;
            self.close_replaced(connection).await?;
            let entry = Entry {
                statements: done,
                statements_total: total,
                ..self.entry.clone()
            };
            let line = self
                .ledger
                .open_line(connection, &entry, &progress.text()?, in_doubt)
                .await?;
            self.line = Some(line);
        }
        self.group = Some(progress.group);
        self.in_doubt = in_doubt.is_some();
        Ok(())
    }

    /// Takes note that what was written is committed.
    pub(super) fn commit(&mut self, done: u64, total: u64) {
        self.committed = Some((done, total));
    }

    /// Writes down that the statement which was begun last has failed, and is not in doubt.
    pub(super) async fn settle(&mut self, connection: &mut Connection) -> Result<()> {
        if let (Some(line), Some((done, total)), true) = (self.line, self.committed, self.in_doubt) {
            self.ledger
                .advance_line(connection, line, done, total, None, None)
                .await?;
            self.in_doubt = false;
        }
        Ok(())
    }

    /// Takes the line out again when nothing of the script is left.
    pub(super) async fn withdraw(&mut self, connection: &mut Connection) -> Result<()> {
        if let (Some(line), Some((0, _))) = (self.line, self.committed) {
            self.ledger.withdraw_line(connection, line).await?;
            self.line = None;
            self.committed = None;
        }
        Ok(())
    }

    /// Writes that the script came to its end, inside the open transaction.
    pub(super) async fn finish(&mut self, connection: &mut Connection, statements: u64) -> Result<()> {
        if let Some(line) = self.line {
            self.ledger
                .close_line(connection, line, statements, statements)
                .await
        } else {
            self.close_replaced(connection).await?;
            let entry = Entry {
                finished_at: Some(jiff::Timestamp::now()),
                statements,
                statements_total: statements,
                ..self.entry.clone()
            };
            self.ledger.record(connection, &entry).await
        }
    }

    async fn close_replaced(&mut self, connection: &mut Connection) -> Result<()> {
        if let Some(Unfinished { line, entry, .. }) = self.replaces.take() {
            self.ledger
                .close_line(connection, line, entry.statements, entry.statements_total)
                .await?;
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    fn execute(sql: &str) -> Directive {
        Directive::Execute { sql: sql.into() }
    }

    #[test]
    fn what_was_carried_out_is_told_by_the_number_of_statements() {
        let piece = |sql: &[&str]| Piece {
            directive: execute(sql[0]),
            statements: sql.iter().map(|sql| Statement::new(*sql)).collect(),
        };
        let progress = Progress {
            group: 1,
            before: 2,
            undoes: false,
            steps: vec![piece(&["c", "d"]), piece(&["e"])],
        };
        let script = [execute("a; b"), execute("c; d"), execute("e")];
        let carried_out = |done| progress.carried_out(&script, done);
        assert_eq!(carried_out(2), Ok(vec![execute("a; b")]));
        assert_eq!(carried_out(3), Err(&execute("c")));
        assert_eq!(carried_out(4), Ok(vec![execute("a; b"), execute("c")]));
        assert_eq!(
            carried_out(5),
            Ok(vec![execute("a; b"), execute("c"), execute("e")])
        );
        let text = progress.text().unwrap();
        assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
    }
}
