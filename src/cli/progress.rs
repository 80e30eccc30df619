//! A sign of work under way, on a terminal, once the work takes more than a second. It leaves nothing behind.

use std::{
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that takes no longer is over before a sign of it could be read.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// The one sign of work there can be at a time.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Signs are shown when `shown`: somebody looks at a terminal.
    pub(super) fn new(shown: bool) -> Self {
        Self {
            shown,
            bar: Mutex::new(None),
        }
    }

    /// Begins a piece of work, which lasts until the answer is dropped.
    pub(super) fn begin(&self, what: &str) -> Work<'_> {
        if !self.shown {
            return Work {
                progress: self,
                timer: None,
            };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_message(what.to_owned())
            .with_style(
                ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                    .expect("the template is well-formed"),
            );
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::spawn({
            let bar = bar.clone();
            move || {
                if stopped.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            }
        });
        *self.bar() = Some(bar);
        Work {
            progress: self,
            timer: Some((stop, thread)),
        }
    }

    /// Runs `write`, which writes to the terminal, with the sign out of its way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &*self.bar() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A piece of work under way.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    progress: &'a Progress,
    timer: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Work<'_> {
    /// Says which part of the work it is at now.
    pub(crate) fn step(&self, what: impl Into<String>) {
        if let Some(bar) = &*self.progress.bar() {
            bar.set_message(what.into());
        }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        let Some((stop, thread)) = self.timer.take() else {
            return;
        };
        drop(stop);
        // The thread ends at once now, and must not show the sign after it was cleared. It cannot have panicked.
        drop(thread.join());
        if let Some(bar) = self.progress.bar().take() {
            bar.finish_and_clear();
        }
    }
}
