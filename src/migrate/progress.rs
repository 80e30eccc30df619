//! What a migrator tells while it works. It never prints.

use super::Direction;
use crate::Notice;
use crate::script::Header;
use std::time::Duration;

/// Something that happened during a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Somebody else holds the database.
    Waiting {
        /// How long it has been waited.
        since: Duration,
    },
    /// A script begins.
    Started {
        /// The script.
        header: &'a Header,
        /// Which way.
        direction: Direction,
        /// How many scripts of this run are behind it.
        done: usize,
        /// How many scripts this run has.
        of: usize,
    },
    /// Statements of the script have run, and others run next.
    Statements {
        /// How many have run.
        done: u64,
        /// Of how many that are known by now: what stands behind SQL of the user's own is planned after it.
        of: u64,
        /// Those that run next; none at the end.
        next: &'a [&'a str],
    },
    /// A script is done and committed.
    Finished {
        /// The script.
        header: &'a Header,
        /// Which way.
        direction: Direction,
        /// How long it took.
        took: Duration,
    },
    /// Something a person should know.
    Noticed(&'a Notice),
}

/// Who is told.
pub trait Observer: Send {
    /// Takes note. It is called between statements and should not block.
    fn event(&mut self, event: &Event<'_>);
}

/// Nobody is told.
impl Observer for () {
    fn event(&mut self, _: &Event<'_>) {}
}

impl<F: FnMut(&Event<'_>) + Send> Observer for F {
    fn event(&mut self, event: &Event<'_>) {
        self(event);
    }
}
