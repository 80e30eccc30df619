//! One run: the scripts on the way to a target, one transaction each where that is possible.
//!
//! Comes in: a direction and a target. Goes out: what ran. Each script is planned over the database as it is inside its own
//! transaction, and whoever else has moved the database meanwhile is noticed there.

use super::apply::{Runner, Start, Violations, apply};
use super::hook::Step;
use super::journal::Journal;
use super::migrator::not_there;
use super::progress::Event;
use super::resume::Begin;
use super::{Direction, Entry, Migrator};
use crate::config::TransactionScope;
use crate::dialect::Session;
use crate::directive::Directive;
use crate::script::Scripts;
use crate::script::{Header, RevisionId};
use crate::{Error, ErrorKind, Notice, Result};
use jiff::Timestamp;
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
pub(super) struct Task {
    pub(super) header: Header,
    pub(super) directives: Vec<Directive>,
    pub(super) checksum: String,
    pub(super) session: Session,
    /// Whether it takes back what a run of the script in the other direction left half done.
    pub(super) takes_back: bool,
}

/// A run on its way.
pub(super) struct Run {
    pub(super) direction: Direction,
    /// How many scripts it has.
    length: usize,
    /// Whether somebody else has moved the database since it began, so that scripts may have run already.
    overtaken: bool,
    pub(super) ran: Vec<Ran>,
    notices: Vec<Notice>,
    /// Whether all scripts are one transaction, so that none of them may commit.
    whole: bool,
}

impl Task {
    /// Its line in the history, before it runs.
    pub(super) fn entry(&self, direction: Direction) -> Entry {
        Entry {
            revision: Some(self.header.revision.clone()),
            direction,
            checksum: Some(self.checksum.clone()),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Some(Timestamp::now()),
            finished_at: None,
            statements: 0,
            statements_total: 0,
        }
    }
}

/// What came of one script.
pub(super) enum Progressed {
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

/// What came of one script, before it is committed.
pub(super) struct Work {
    pub(super) step: Progressed,
    /// How many statements it took, if it ran.
    pub(super) statements: Option<u64>,
}

impl Migrator<'_> {
    pub(super) async fn migrate(&mut self, direction: Direction, to: &str) -> Result<Outcome> {
        self.recover().await?;
        let record = self.record().await?;
        self.know(&record)?;
        let (taken_back, path) = self.way(direction, &record, to)?;
        // All are read before the first one runs: a fault in the last is a reason not to begin.
        let tasks = taken_back
            .iter()
            .map(|revision| self.taking_back(revision, direction))
            .chain(path.iter().map(|revision| self.task(revision, direction)))
            .collect::<Result<Vec<_>>>()?;
        let mut run = Run {
            direction,
            length: tasks.len(),
            overtaken: false,
            ran: Vec::new(),
            notices: self.see_to_changed(&record).await?,
            whole: self.transaction == TransactionScope::Run
                && self.dialect.facts().transactional_ddl
                && tasks.len() > 1
                && record.unfinished.is_none(),
        };
        if direction == Direction::Upgrade {
            run.notices.extend(self.see_to_order(&record, &path)?);
        }
        if run.length > 0 {
            run.notices.extend(self.settings.notice.clone());
        }
        let doubt = record
            .unfinished
            .as_ref()
            .and_then(|unfinished| unfinished.in_doubt.as_ref());
        if self.in_doubt.is_some() && doubt.is_none() {
            run.notices.push(Notice::warning(
                "no statement is in doubt, so that `--in-doubt` has no effect",
            ));
        }
        for notice in &run.notices {
            self.observer.event(&Event::Noticed(notice));
        }
        let mut heads = record.heads;
        if run.whole {
            return match self.whole_run(tasks, heads, &mut run).await? {
                Some(heads) => Ok(Outcome {
                    ran: run.ran,
                    heads,
                    notices: run.notices,
                }),
                // What is left to do, if anything, is seen from where the other one has gone to.
                None => Box::pin(self.migrate(direction, to)).await,
            };
        }
        for (at, task) in tasks.into_iter().enumerate() {
            heads = self.settle(at, task, heads, &mut run).await?;
        }
        Ok(Outcome {
            ran: run.ran,
            heads,
            notices: run.notices,
        })
    }

    pub(super) fn task(&self, revision: &RevisionId, direction: Direction) -> Result<Task> {
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
            takes_back: false,
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
        let mut announced = false;
        loop {
            if run.overtaken && !task.takes_back {
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
            if !std::mem::replace(&mut announced, true) {
                for hook in self.hooks.clone() {
                    let called = hook.before(self.around(&task, &heads, run));
                    called.await.map_err(|error| error.context("before the script"))?;
                }
            }
            match self.step(&task, &heads, run).await? {
                Progressed::Done {
                    heads: now,
                    statements,
                } => {
                    for hook in self.hooks.clone() {
                        let called = hook.after(self.around(&task, &heads, run));
                        called.await.map_err(|error| {
                            error.context(format!(
                                "{} is done and committed, but what comes after it failed",
                                task.header.revision
                            ))
                        })?;
                    }
                    let heads = now;
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
                Progressed::Overtaken { heads: now } => {
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
                let graph = self.scripts.graph();
                let applied = graph.ancestors(heads);
                let revision = &task.header.revision;
                let mut needs = graph.parents(revision).chain(graph.dependencies(revision));
                needs.all(|needed| applied.contains(needed))
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

    /// One script in its transaction, or its segments.
    async fn step(&mut self, task: &Task, heads: &[RevisionId], run: &mut Run) -> Result<Progressed> {
        let revision = &task.header.revision;
        let ledger = self.ledger.clone();
        let mut journal = Journal::new(&ledger, task.entry(run.direction));
        if let Err(error) = self.begin(&task.session).await {
            return Err(match error.kind() {
                ErrorKind::Interrupted => self.cut_off(error, revision, &journal),
                _ => error,
            });
        }
        let worked = match self.work(task, heads, &mut journal, run).await {
            Ok(Work { step, statements }) => match self.conclude(&mut journal, statements).await {
                Ok(()) if statements.is_some() => self.call_applied(task, heads, run).await.map(|()| step),
                Ok(()) => Ok(step),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let ended = self.end(worked).await;
        ended.map_err(|error| self.cut_off(error, revision, &journal))
    }

    /// What hooks are told of a script.
    pub(super) fn around<'s>(&'s self, task: &'s Task, heads: &'s [RevisionId], run: &Run) -> Step<'s> {
        Step {
            header: &task.header,
            file: self.scripts.file(&task.header.revision),
            direction: run.direction,
            heads,
            tag: self.tag.as_deref(),
        }
    }

    /// Calls the hooks that belong to the transaction.
    pub(super) async fn call_applied(&mut self, task: &Task, heads: &[RevisionId], run: &Run) -> Result<()> {
        let step = Step {
            header: &task.header,
            file: self.scripts.file(&task.header.revision),
            direction: run.direction,
            heads,
            tag: self.tag.as_deref(),
        };
        if let Some(connection) = &mut self.connection {
            for hook in &self.hooks {
                hook.applied(connection, step).await?;
            }
        }
        Ok(())
    }

    /// Writes the end of a script into the history, if it ran.
    pub(super) async fn conclude(
        &mut self,
        journal: &mut Journal<'_>,
        statements: Option<u64>,
    ) -> Result<()> {
        match (&mut self.connection, statements) {
            (Some(connection), Some(statements)) => journal.finish(connection, statements).await,
            _ => Ok(()),
        }
    }

    /// What happens inside the transaction of a script.
    pub(super) async fn work(
        &mut self,
        task: &Task,
        heads: &[RevisionId],
        journal: &mut Journal<'_>,
        run: &mut Run,
    ) -> Result<Work> {
        let overtaken = |heads| Work {
            step: Progressed::Overtaken { heads },
            statements: None,
        };
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        let now = self.ledger.heads(connection).await?;
        let unfinished = self.ledger.unfinished(connection).await?;
        if now != heads {
            return Ok(overtaken(now));
        }
        let unfinished = match unfinished {
            Some(unfinished) => Some(self.tell_doubt(task, unfinished, run).await?),
            None => None,
        };
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        if !self.dialect.facts().transactional_ddl {
            // To make its tables later would commit what has been done by then.
            self.ledger.ensure(connection).await?;
        }
        let begin = match unfinished {
            None if task.takes_back => {
                // Somebody else has seen to it.
                return Ok(Work {
                    step: Progressed::Done {
                        heads: now,
                        statements: 0,
                    },
                    statements: None,
                });
            }
            None => Begin {
                start: Start::Anew(None),
                directives: task.directives.clone(),
            },
            Some(unfinished) => self.go_on(task, unfinished, journal, run)?,
        };
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        let checks = &task.session.checks;
        let before = Violations::look(connection, checks, self.dialect).await?;
        let runner = Runner {
            connection,
            dialect: self.dialect,
            filter: &self.filter,
            online: self.online,
            may_commit: !run.whole,
            observer: &mut *self.observer,
        };
        let effect = Box::pin(apply(runner, &begin.directives, begin.start, Some(journal))).await?;

        run.notices.extend(effect.notices);
        self.ledger.ensure(connection).await?;
        let revision = &task.header.revision;
        let now = if task.takes_back {
            heads.to_vec()
        } else {
            moved(heads, revision, run.direction, self.scripts)
        };
        self.ledger.set_heads(connection, heads, &now).await?;

        let compared = match before {
            Ok(before) => Violations::look(connection, checks, self.dialect)
                .await?
                .map(|after| (before, after)),
            Err(notice) => Err(notice),
        };
        match compared {
            Ok((before, after)) => after.compare(&before, &begin.directives, self.dialect)?,
            Err(notice) => {
                self.observer.event(&Event::Noticed(&notice));
                run.notices.push(notice);
            }
        }
        Ok(Work {
            step: Progressed::Done {
                heads: now,
                statements: effect.statements,
            },
            statements: Some(effect.statements),
        })
    }

    pub(super) fn notice(&mut self, run: &mut Run, text: String) {
        let notice = Notice::warning(text);
        self.observer.event(&Event::Noticed(&notice));
        run.notices.push(notice);
    }

    /// What has to run, in order.
    pub(super) fn path(
        &self,
        direction: Direction,
        heads: &[RevisionId],
        to: &str,
    ) -> Result<Vec<RevisionId>> {
        let graph = self.scripts.graph();
        match direction {
            Direction::Upgrade => graph.upgrade(to, heads),
            Direction::Downgrade => graph.downgrade(to, heads),
            Direction::Stamp => Ok(Vec::new()),
        }
    }
}

/// The rows of applied heads after one revision came or went.
pub(super) fn moved(
    heads: &[RevisionId],
    revision: &RevisionId,
    direction: Direction,
    scripts: &dyn Scripts,
) -> Vec<RevisionId> {
    let graph = scripts.graph();
    match direction {
        Direction::Upgrade => graph.step_up(heads, revision).after(heads),
        Direction::Downgrade => graph.step_down(heads, revision).after(heads),
        Direction::Stamp => heads.to_vec(),
    }
}
