//! One run: the scripts on the way to a target, one transaction each.
//!
//! Comes in: a direction and a target. Goes out: what ran. Each script is planned over the database as it is inside its own
//! transaction, and whoever else has moved the database meanwhile is noticed there.

use super::apply::{Violations, apply};
use super::migrator::not_there;
use super::progress::Event;
use super::scripts::Scripts;
use super::{Direction, Entry, Migrator};
use crate::dialect::Session;
use crate::directive::Directive;
use crate::script::{Header, RevisionId};
use crate::{Error, ErrorKind, Notice, Result};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What a run has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The scripts that ran, in order; empty when there was nothing to do, or another process did it meanwhile.
    pub ran: Vec<Ran>,
    /// The applied heads now.
    pub heads: Vec<RevisionId>,
    /// What a person should know.
    pub notices: Vec<Notice>,
}

/// A script that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its header.
    pub header: Header,
    /// Which way.
    pub direction: Direction,
    /// How many statements it took.
    pub statements: u64,
    /// How long it took.
    pub took: Duration,
}

/// A script that is to run.
struct Task {
    header: Header,
    directives: Vec<Directive>,
    checksum: String,
    session: Session,
}

/// A run on its way.
struct Run {
    direction: Direction,
    /// How many scripts it has.
    length: usize,
    /// Whether somebody else has moved the database since it began, so that scripts may have run already.
    overtaken: bool,
    ran: Vec<Ran>,
    notices: Vec<Notice>,
}

/// What came of one script.
enum Step {
    /// It ran.
    Done {
        /// The heads now.
        heads: Vec<RevisionId>,
        /// How many statements it took.
        statements: u64,
    },
    /// Somebody else has moved the database meanwhile, to these heads.
    Overtaken { heads: Vec<RevisionId> },
}

impl Migrator<'_> {
    pub(super) async fn migrate(&mut self, direction: Direction, to: &str) -> Result<Outcome> {
        self.recover().await?;
        let record = self.record().await?;
        self.know(&record)?;
        // All are read before the first one runs: a fault in the last is a reason not to begin.
        let tasks = self
            .path(direction, &record.heads, to)?
            .iter()
            .map(|revision| self.task(revision, direction))
            .collect::<Result<Vec<_>>>()?;
        let mut run = Run {
            direction,
            length: tasks.len(),
            overtaken: false,
            ran: Vec::new(),
            notices: self.changed_scripts(&record)?,
        };
        for notice in &run.notices {
            self.observer.event(&Event::Noticed(notice));
        }
        let mut heads = record.heads;
        for (at, task) in tasks.into_iter().enumerate() {
            heads = self.settle(at, task, heads, &mut run).await?;
        }
        Ok(Outcome {
            ran: run.ran,
            heads,
            notices: run.notices,
        })
    }

    fn task(&self, revision: &RevisionId, direction: Direction) -> Result<Task> {
        let directives = super::directives(self.scripts, revision, direction, self.dialect.engine())?;
        let header = self.scripts.header(revision).ok_or_else(|| {
            Error::new(
                ErrorKind::Script,
                format!("there is no script of revision {revision}"),
            )
        })?;
        Ok(Task {
            header: header.clone(),
            checksum: self.scripts.checksum(revision)?,
            session: self.dialect.session(&directives),
            directives,
        })
    }

    /// Runs a script, unless somebody else has done so. Gives the heads behind it.
    async fn settle(
        &mut self,
        at: usize,
        task: Task,
        mut heads: Vec<RevisionId>,
        run: &mut Run,
    ) -> Result<Vec<RevisionId>> {
        loop {
            if run.overtaken {
                let applied = self.scripts.graph().ancestors(&heads);
                if applied.contains(&task.header.revision) == (run.direction == Direction::Upgrade) {
                    return Ok(heads);
                }
                self.can_still_run(&task, &heads, run.direction)?;
            }
            let started = Instant::now();
            let event = Event::Started {
                header: &task.header,
                direction: run.direction,
                done: at,
                of: run.length,
            };
            self.observer.event(&event);
            match self.step(&task, &heads, run).await? {
                Step::Done { heads, statements } => {
                    let took = started.elapsed();
                    let event = Event::Finished {
                        header: &task.header,
                        direction: run.direction,
                        took,
                    };
                    self.observer.event(&event);
                    run.ran.push(Ran {
                        header: task.header,
                        direction: run.direction,
                        statements,
                        took,
                    });
                    return Ok(heads);
                }
                Step::Overtaken { heads: now } => {
                    heads = now;
                    run.overtaken = true;
                }
            }
        }
    }

    /// Stops when somebody else has moved the database to where the script does not fit.
    fn can_still_run(&self, task: &Task, heads: &[RevisionId], direction: Direction) -> Result<()> {
        let fits = match direction {
            Direction::Upgrade => {
                let applied = self.scripts.graph().ancestors(heads);
                task.header.revises.iter().all(|parent| applied.contains(parent))
            }
            Direction::Downgrade | Direction::Stamp => heads.contains(&task.header.revision),
        };
        if fits {
            return Ok(());
        }
        let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
        Err(Error::new(
            ErrorKind::OutOfStep,
            format!(
                "another process has moved the database meanwhile: it is at {}",
                if heads.is_empty() {
                    "base".to_owned()
                } else {
                    heads.join(", ")
                }
            ),
        )
        .hint("see where it is with `autogen current`, then run the command again"))
    }

    /// One script in its transaction.
    async fn step(&mut self, task: &Task, heads: &[RevisionId], run: &mut Run) -> Result<Step> {
        let revision = &task.header.revision;
        let started_at = Timestamp::now();
        self.begin(&task.session).await?;
        let worked = self.work(task, heads, started_at, run).await;
        let worked = worked.map_err(|error| error.context(self.name_of(revision)));
        self.end(worked).await.map_err(|error| match error.kind() {
            ErrorKind::Interrupted => Error::new(
                ErrorKind::Interrupted,
                format!(
                    "interrupted in {}: nothing of it is left in the database",
                    self.name_of(revision)
                ),
            ),
            _ => error,
        })
    }

    /// What happens inside the transaction of a script.
    async fn work(
        &mut self,
        task: &Task,
        heads: &[RevisionId],
        started_at: Timestamp,
        run: &mut Run,
    ) -> Result<Step> {
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        let now = self.ledger.heads(connection).await?;
        if now != heads {
            return Ok(Step::Overtaken { heads: now });
        }
        let checks = &task.session.checks;
        let before = Violations::look(connection, checks, self.dialect).await?;
        let effect = apply(
            connection,
            &task.directives,
            None,
            self.dialect,
            &self.filter,
            &mut *self.observer,
        )
        .await?;

        self.ledger.ensure(connection).await?;
        let revision = &task.header.revision;
        let now = moved(heads, revision, run.direction, self.scripts);
        self.ledger.set_heads(connection, heads, &now).await?;
        let entry = Entry {
            revision: Some(revision.clone()),
            direction: run.direction,
            checksum: Some(task.checksum.clone()),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Some(started_at),
            finished_at: Some(Timestamp::now()),
            statements: effect.statements,
            statements_total: effect.statements,
        };
        self.ledger.record(connection, &entry).await?;

        let compared = match before {
            Ok(before) => Violations::look(connection, checks, self.dialect)
                .await?
                .map(|after| (before, after)),
            Err(notice) => Err(notice),
        };
        match compared {
            Ok((before, after)) => after.compare(&before, &task.directives, self.dialect)?,
            Err(notice) => {
                self.observer.event(&Event::Noticed(&notice));
                run.notices.push(notice);
            }
        }
        Ok(Step::Done {
            heads: now,
            statements: effect.statements,
        })
    }

    /// What has to run, in order.
    pub(super) fn path(
        &self,
        direction: Direction,
        heads: &[RevisionId],
        to: &str,
    ) -> Result<Vec<RevisionId>> {
        let graph = self.scripts.graph();
        let target = graph.resolve(to, heads)?;
        match direction {
            Direction::Upgrade => graph.upward(heads, &target),
            Direction::Downgrade => graph.downward(heads, &target),
            Direction::Stamp => Ok(Vec::new()),
        }
    }
}

/// The heads after one revision came or went.
pub(super) fn moved(
    heads: &[RevisionId],
    revision: &RevisionId,
    direction: Direction,
    scripts: &dyn Scripts,
) -> Vec<RevisionId> {
    let Some(header) = scripts.header(revision) else {
        return heads.to_vec();
    };
    let mut now: BTreeSet<RevisionId> = heads.iter().cloned().collect();
    match direction {
        Direction::Upgrade => {
            for parent in &header.revises {
                now.remove(parent);
            }
            now.insert(revision.clone());
        }
        Direction::Downgrade => {
            now.remove(revision);
            let others: Vec<RevisionId> = now.iter().cloned().collect();
            let still_under = scripts.graph().ancestors(&others);
            now.extend(
                header
                    .revises
                    .iter()
                    .filter(|p| !still_under.contains(p))
                    .cloned(),
            );
        }
        Direction::Stamp => {}
    }
    now.into_iter().collect()
}
