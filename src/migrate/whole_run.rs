//! All scripts of a run in one transaction: `transaction = "run"`.
//!
//! Comes in: the scripts on the way. Goes out: a database that has all of them, or one that is as it was.

use super::Migrator;
use super::journal::Journal;
use super::progress::Event;
use super::run::{Progressed, Ran, Run, Task, Work};
use crate::dialect::Session;
use crate::script::RevisionId;
use crate::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

impl Migrator<'_> {
    /// Runs all in one transaction. Gives the heads behind them; `None` when somebody else has moved the database before they began, and
    /// nothing was done.
    ///
    /// # Errors
    /// Of the first script that fails; nothing of the others is left.
    pub(super) async fn whole_run(
        &mut self,
        tasks: Vec<Task>,
        heads: Vec<RevisionId>,
        run: &mut Run,
    ) -> Result<Option<Vec<RevisionId>>> {
        for task in &tasks {
            for hook in self.hooks.clone() {
                let called = hook.before(self.around(task, &heads, run));
                called.await.map_err(|error| error.context("before the script"))?;
            }
        }
        self.begin(&common(&tasks)).await?;
        let ran = self.each(&tasks, heads.clone(), run).await;
        let ended = self.end(ran).await.map_err(|error| {
            error.hint("all scripts of this run are one transaction (`transaction = \"run\"`): none of them was applied")
        })?;
        let Some((now, took)) = ended else {
            return Ok(None);
        };
        for (task, (statements, took)) in tasks.into_iter().zip(took) {
            for hook in self.hooks.clone() {
                let called = hook.after(self.around(&task, &heads, run));
                called.await.map_err(|error| {
                    error.context("the run is done and committed, but what comes after a script failed")
                })?;
            }
            run.ran.push(Ran {
                header: task.header,
                direction: run.direction,
                statements,
                took,
            });
        }
        Ok(Some(now))
    }

    /// Each script, with its statements and its time; `None` when somebody else was faster.
    async fn each(
        &mut self,
        tasks: &[Task],
        mut heads: Vec<RevisionId>,
        run: &mut Run,
    ) -> Result<Option<(Vec<RevisionId>, Vec<(u64, Duration)>)>> {
        let mut took = Vec::with_capacity(tasks.len());
        let ledger = self.ledger.clone();
        for (at, task) in tasks.iter().enumerate() {
            let started = Instant::now();
            self.observer.event(&Event::Started {
                header: &task.header,
                direction: run.direction,
                done: at,
                of: tasks.len(),
            });
            let mut journal = Journal::new(&ledger, task.entry(run.direction));
            let Work { step, statements } = self.work(task, &heads, &mut journal, run).await?;
            let (now, count) = match step {
                Progressed::Done { heads, statements } => (heads, statements),
                // Nobody else can write from the first script on.
                Progressed::Overtaken { .. } => return Ok(None),
            };
            self.conclude(&mut journal, statements).await?;
            self.call_applied(task, &heads, run).await?;
            heads = now;
            took.push((count, started.elapsed()));
            self.observer.event(&Event::Finished {
                header: &task.header,
                direction: run.direction,
                took: started.elapsed(),
            });
        }
        Ok(Some((heads, took)))
    }
}

/// What the session needs for any of them.
fn common(tasks: &[Task]) -> Session {
    let mut common = Session::default();
    for task in tasks {
        common.extend(&task.session);
    }
    common
}

/// The error for a statement that would commit what is to be one transaction.
pub(super) fn refused() -> Error {
    Error::new(ErrorKind::Script, "this cannot be in one transaction with other scripts").hint(
        "apply the scripts up to this one by themselves (`autogen upgrade REVISION`), or set `transaction = \"script\"`",
    )
}
