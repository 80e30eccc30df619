//! Stops a running statement from outside: a request comes in from a signal handler or a dropped future, and the
//! driver asks here whether to go on. Knows no engine.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use crate::{Error, ErrorKind, Result};

/// Stops what a [`Connection`](super::Connection) is doing, from another thread or task.
#[derive(Debug, Clone, Default)]
pub struct Interrupter(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    /// Somebody asked to stop: the running statement, or else the next one, fails.
    requested: AtomicBool,
    /// Nobody waits for the running statement any more.
    abandoned: AtomicBool,
    /// Wakes a driver that waits for a server.
    wake: Notify,
}

impl Interrupter {
    /// Makes the statement that runs now, or else the next one, fail with [`ErrorKind::Interrupted`]. Statements after
    /// that one run again, so that its caller can roll back.
    pub fn interrupt(&self) {
        self.0.requested.store(true, Ordering::Release);
        self.0.wake.notify_one();
    }

    /// Waits until somebody asks to stop.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(super) async fn requested(&self) {
        while !self.0.requested.load(Ordering::Acquire) {
            self.0.wake.notified().await;
        }
    }

    /// Whether a running statement has to stop.
    pub(super) fn must_stop(&self) -> bool {
        self.0.requested.load(Ordering::Acquire) || self.0.abandoned.load(Ordering::Acquire)
    }

    /// Takes a request, if there is one, and turns it into the error it asks for.
    pub(super) fn check(&self) -> Result<()> {
        if self.take_request() {
            Err(interrupted())
        } else {
            Ok(())
        }
    }

    /// Takes a request, if there is one.
    pub(super) fn take_request(&self) -> bool {
        self.0.requested.swap(false, Ordering::AcqRel)
    }

    /// Says that nobody waits for the running statement.
    pub(super) fn abandon(&self) {
        self.0.abandoned.store(true, Ordering::Release);
    }

    /// Whether a statement was abandoned since the last [`resume`](Self::resume).
    pub(super) fn is_abandoned(&self) -> bool {
        self.0.abandoned.load(Ordering::Acquire)
    }

    /// Lets statements run again, after the abandoned one has stopped.
    pub(super) fn resume(&self) {
        self.0.abandoned.store(false, Ordering::Release);
    }
}

/// The error of a statement that was stopped by request.
pub(super) fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "interrupted")
}

/// Abandons a statement when it is dropped before [`done`](Self::done): a dropped future must not leave a statement
/// running behind it.
pub(super) struct Underway(Option<Interrupter>);

impl Underway {
    pub(super) fn new(interrupter: &Interrupter) -> Self {
        Self(Some(interrupter.clone()))
    }

    pub(super) fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        if let Some(interrupter) = &self.0 {
            interrupter.abandon();
        }
    }
}
