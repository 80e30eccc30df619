//! Scripts that are half done: what an earlier run has left is gone on with, or taken back, and a statement that was running when it was cut
//! off is found to have taken effect or not. Comes in: what the ledger says of them. Goes out: where to begin, or why that cannot be.

use super::apply::Start;
use super::doubt;
use super::journal::{Journal, Progress};
use super::ledger::{Record, Unfinished};
use super::migrator::{not_there, opposite};
use super::run::{Run, Task};
use super::{Direction, Migrator};
use crate::directive::{Directive, reverse};
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Result};

/// What runs for a script, and from where.
pub(super) struct Begin {
    pub(super) start: Start,
    pub(super) directives: Vec<Directive>,
}

impl Migrator<'_> {
    /// The task that takes back what the script did in the other direction.
    pub(super) fn taking_back(&self, revision: &RevisionId, direction: Direction) -> Result<Task> {
        let task = self.task(revision, opposite(direction))?;
        Ok(Task {
            takes_back: true,
            ..task
        })
    }

    /// What has to run, in order, when a script may be half done: a script whose half is to be taken back, and the others.
    ///
    /// # Errors
    /// When the script that is half done is not on the way.
    pub(super) fn way(
        &self,
        direction: Direction,
        record: &Record,
        to: &str,
    ) -> Result<(Option<RevisionId>, Vec<RevisionId>)> {
        let Some(unfinished) = &record.unfinished else {
            return Ok((None, self.path(direction, &record.heads, to)?));
        };
        let Some(revision) = &unfinished.entry.revision else {
            return Err(self.in_the_way(unfinished));
        };
        if unfinished.entry.direction == direction {
            let mut path = self.path(direction, &record.heads, to)?;
            let Some(at) = path.iter().position(|other| other == revision) else {
                return Err(self.in_the_way(unfinished));
            };
            path[..=at].rotate_right(1);
            return Ok((None, path));
        }
        // The half that is taken back counts as one step.
        let steps = to.strip_prefix(['-', '+']).and_then(|n| n.parse::<usize>().ok());
        let path = match steps {
            Some(0 | 1) => Vec::new(),
            Some(steps) => self.path(direction, &record.heads, &format!("{}{}", &to[..1], steps - 1))?,
            None => self.path(direction, &record.heads, to)?,
        };
        Ok((Some(revision.clone()), path))
    }

    /// The error for a script that is half done and has to be finished first.
    pub(super) fn in_the_way(&self, unfinished: &Unfinished) -> Error {
        let entry = &unfinished.entry;
        let (name, target) = match &entry.revision {
            Some(revision) => (self.name_of(revision), revision.as_str()),
            None => ("a script".to_owned(), ""),
        };
        Error::new(
            ErrorKind::OutOfStep,
            format!(
                "the {} of {name} is half done: {} of {} statements have run",
                entry.direction, entry.statements, entry.statements_total
            ),
        )
        .hint(format!("finish it with `autogen {} {target}`", entry.direction))
        .hint("or finish it by hand and say where the database is with `autogen stamp REVISION`")
    }

    /// The error of a script, with what is left of it.
    pub(super) fn cut_off(&self, error: Error, revision: &RevisionId, journal: &Journal<'_>) -> Error {
        let name = self.name_of(revision);
        let left = journal.committed();
        let error = match (error.kind(), left) {
            (ErrorKind::Interrupted, None) => Error::new(
                ErrorKind::Interrupted,
                format!("interrupted in {name}: nothing of it is left in the database"),
            ),
            (ErrorKind::Interrupted, Some(_)) => {
                Error::new(ErrorKind::Interrupted, format!("interrupted in {name}"))
            }
            _ => error.context(name),
        };
        match left {
            None => error,
            Some(_) if journal.in_doubt() => error.hint(format!(
                "whether the statement took effect is found out by the next `autogen {}`",
                journal.direction()
            )),
            Some((0, _)) => error.hint(format!(
                "what it may have left is cleared away by the next `autogen {}`",
                journal.direction()
            )),
            Some((done, total)) => {
                let direction = journal.direction();
                error.hint(format!(
                    "{done} of {total} statements have run and stay; `autogen {direction}` goes on behind them, `autogen {}` takes them back",
                    opposite(direction)
                ))
            }
        }
    }

    /// Finds out whether the statement took effect that was running when an earlier run was cut off, and writes it down.
    ///
    /// # Errors
    /// When nothing tells, and nobody has said it.
    pub(super) async fn tell_doubt(
        &mut self,
        task: &Task,
        mut unfinished: Unfinished,
        run: &mut Run,
    ) -> Result<Unfinished> {
        let Some(before) = unfinished.in_doubt.clone() else {
            return Ok(unfinished);
        };
        let progress = Progress::read(&unfinished)?;
        let Some((number, statement)) = doubt::statement(&unfinished, &progress) else {
            return Ok(unfinished);
        };
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        let entry = &mut unfinished.entry;
        let total = entry.statements_total;
        let what = format!("statement {number} of {total} of its {}", entry.direction);
        let sql = statement.sql.as_str();
        let took_effect = doubt::took_effect(
            connection,
            self.dialect,
            &self.filter,
            (&before, sql),
            self.in_doubt,
        )
        .await?;
        let Some(took_effect) = took_effect else {
            let command = match run.direction {
                Direction::Upgrade | Direction::Stamp => "upgrade".to_owned(),
                Direction::Downgrade => "downgrade -1".to_owned(),
            };
            return Err(doubt::not_told(&what, sql, &command));
        };
        entry.statements += u64::from(took_effect);
        let (line, done) = (unfinished.line, unfinished.entry.statements);
        self.ledger
            .advance_line(connection, line, done, total, None, None)
            .await?;
        connection.execute("COMMIT").await?;
        connection.execute(self.lock.begin()).await?;
        unfinished.in_doubt = None;
        let name = self.name_of(&task.header.revision);
        let by = if self.in_doubt.is_some() {
            ", as you say"
        } else {
            ""
        };
        let effect = if took_effect {
            "took effect"
        } else {
            "did not take effect"
        };
        self.notice(
            run,
            format!("{name}: {what} was running when an earlier run was cut off, and {effect}{by}: {sql}"),
        );
        Ok(unfinished)
    }

    /// Where a script begins that finds one half done: behind what has run, or with what takes that back.
    ///
    /// # Errors
    /// When it is another script, or not any more what it was, or nothing can take it back.
    pub(super) fn go_on(
        &mut self,
        task: &Task,
        unfinished: Unfinished,
        journal: &mut Journal<'_>,
        run: &mut Run,
    ) -> Result<Begin> {
        let Unfinished { entry, .. } = &unfinished;
        let is_this = entry.revision.as_ref() == Some(&task.header.revision);
        if !is_this || task.takes_back == (entry.direction == run.direction) {
            return Err(self.in_the_way(&unfinished));
        }
        let (done, total) = (entry.statements, entry.statements_total);
        let what = format!("{done} of {total} statements of its {} had run", entry.direction);
        let unchanged = entry.checksum.as_ref() == Some(&task.checksum);
        if !unchanged {
            return Err(Error::new(
                ErrorKind::OutOfStep,
                format!("the script was changed while it was half done: {what}"),
            )
            .hint("put the script back as it was and run the command again")
            .hint("or finish it by hand and say where the database is with `autogen stamp REVISION`"));
        }
        let progress = Progress::read(&unfinished)?;
        if !task.takes_back {
            self.notice(
                run,
                format!("{} goes on: {what}", self.name_of(&task.header.revision)),
            );
            journal.go_on(&unfinished, &progress);
            return Ok(Begin {
                start: Start::Behind(done, progress),
                directives: task.directives.clone(),
            });
        }
        let finish = || {
            format!(
                "finish it with `autogen {}`, or by hand, and then say where the database is with `autogen stamp REVISION`",
                entry.direction
            )
        };
        if progress.undoes {
            return Err(self.in_the_way(&unfinished));
        }
        let carried_out = progress.carried_out(&task.directives, done).map_err(|half| {
            Error::new(
                ErrorKind::OutOfStep,
                format!("{what}, and it ended in the middle of `{}`", half.summary()),
            )
            .hint(finish())
        })?;
        let directives = reverse(&carried_out);
        if let Some(Directive::Irreversible { why }) = directives
            .iter()
            .find(|d| matches!(d, Directive::Irreversible { .. }))
        {
            return Err(Error::new(
                ErrorKind::OutOfStep,
                format!("{what}, and cannot be taken back: {why}"),
            )
            .hint(finish()));
        }
        self.notice(
            run,
            format!("{} is taken back: {what}", self.name_of(&task.header.revision)),
        );
        journal.replace(unfinished);
        Ok(Begin {
            start: Start::TakingBack,
            directives,
        })
    }
}
