//! The migrator: from where a database is to where it should be, script by script.
//!
//! For each script: what the session needs, the lock, the ledger read again, the directives, the ledger written, the foreign keys
//! checked, the commit. Whatever goes wrong on the way, or whoever drops the future, leaves the database as it was
//! before that script.

use super::doubt::InDoubt;
use super::hook::Hook;
use super::ledger::{Record, Unfinished};
use super::lock::Lock;
use super::progress::Observer;
use super::settings::Settings;
use super::{Direction, Entry, Ledger, Outcome, lock};
use crate::config::{ChangedScripts, Config, Filter, OutOfOrder, TransactionScope};
use crate::database::Connection;
use crate::dialect::{Dialect, Engine, Session, for_engine};
use crate::plan::OnlineChanges;
use crate::script::{RevisionId, Scripts};
use crate::{Error, ErrorKind, Notice, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How a migrator works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The table of applied heads.
    pub version_table: String,
    /// The table of what was done.
    pub history_table: String,
    /// How long to wait for another migrator or a locked database.
    pub lock_timeout: Duration,
    /// How long one statement may take, where the engine can be told; `None` for what the server says.
    pub statement_timeout: Option<Duration>,
    /// What commits together, where the engine has transactions for it.
    pub transaction: TransactionScope,
    /// What happens when a table changes that others use, where the engine has several ways to change it.
    pub online: OnlineChanges,
    /// What happens when applied scripts are not any more what they were.
    pub changed_scripts: ChangedScripts,
    /// What happens when a pending script is older than an applied one.
    pub out_of_order: OutOfOrder,
}

impl From<&Config> for Options {
    fn from(config: &Config) -> Self {
        Self {
            version_table: config.version_table.clone(),
            history_table: config.history_table(),
            lock_timeout: config.lock_timeout,
            statement_timeout: config.statement_timeout,
            transaction: config.transaction,
            online: config.online,
            changed_scripts: config.changed_scripts,
            out_of_order: config.out_of_order,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::from(&Config::default())
    }
}

/// What becomes of the applied heads that a stamp does not speak of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StampRows {
    /// Those of other branches stay.
    #[default]
    Keep,
    /// All go, whatever they are.
    Purge,
}

/// Leads a database along scripts.
///
/// A future of one of its methods can be dropped at any time (Ctrl-C): the script that runs is rolled back by the next call, or when
/// the migrator goes.
pub struct Migrator<'a> {
    pub(super) connection: Option<Connection>,
    pub(super) dialect: &'static dyn Dialect,
    pub(super) scripts: &'a dyn Scripts,
    pub(super) ledger: Ledger,
    pub(super) filter: Filter,
    pub(super) lock: Lock,
    /// What somebody says about a statement that is in doubt.
    pub(super) in_doubt: Option<InDoubt>,
    lock_timeout: Duration,
    pub(super) online: OnlineChanges,
    pub(super) settings: Settings,
    pub(super) observer: Box<dyn Observer + 'a>,
    pub(super) hooks: Vec<Arc<dyn Hook>>,
    /// What hooks are told besides.
    pub(super) tag: Option<String>,
    pub(super) transaction: TransactionScope,
    /// What is still to be run because a transaction was begun: empty when none is open.
    unfinished: Option<Vec<String>>,
    pub(super) changed_scripts: ChangedScripts,
    pub(super) out_of_order: OutOfOrder,
}

impl<'a> Migrator<'a> {
    /// A migrator on an open connection. `None` stands for a database that is not there yet: it counts as empty, and only
    /// methods that look can be called. `engine` is what such a database would be of; a connection knows that itself.
    ///
    /// # Errors
    /// When this version does not serve the engine.
    pub fn new(
        connection: impl Into<Option<Connection>>,
        engine: Engine,
        scripts: &'a dyn Scripts,
        options: &Options,
    ) -> Result<Self> {
        let connection = connection.into();
        let dialect = connection
            .as_ref()
            .map_or_else(|| for_engine(engine), Connection::dialect)?;
        let engine = dialect.engine();
        let ledger = Ledger::new(dialect, &options.version_table, &options.history_table);
        Ok(Self {
            changed_scripts: options.changed_scripts,
            out_of_order: options.out_of_order,
            connection,
            dialect,
            scripts,
            filter: Filter::everything()
                .hiding(ledger.tables())
                .with_object_kinds(&scripts.extensions()),
            lock: Lock::of(engine, &ledger.name()),
            ledger,
            in_doubt: None,
            lock_timeout: options.lock_timeout,
            online: options.online,
            settings: Settings::of(engine, options),
            observer: Box::new(()),
            hooks: Vec::new(),
            tag: None,
            transaction: options.transaction,
            unfinished: None,
        })
    }

    /// Whether there is a database.
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// The engine of the database: what the server says it is, where there is one.
    pub(crate) fn engine(&self) -> Engine {
        self.dialect.engine()
    }

    /// Says whether the statement took effect that was running when an earlier run was cut off, where the database does not tell.
    #[must_use]
    pub fn in_doubt(mut self, word: Option<InDoubt>) -> Self {
        self.in_doubt = word;
        self
    }

    /// Tells `observer` what happens.
    #[must_use]
    pub fn observed(mut self, observer: impl Observer + 'a) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Calls `hooks` around each script, in order.
    #[must_use]
    pub fn hooked(mut self, hooks: impl IntoIterator<Item = Arc<dyn Hook>>) -> Self {
        self.hooks.extend(hooks);
        self
    }

    /// Tells the hooks a word of the caller's own.
    #[must_use]
    pub fn tagged(mut self, tag: Option<String>) -> Self {
        self.tag = tag;
        self
    }

    /// Gives the connection back, with no transaction open.
    ///
    /// # Errors
    /// When an open transaction cannot be rolled back.
    pub async fn into_connection(mut self) -> Result<Option<Connection>> {
        self.recover().await?;
        Ok(self.connection.take())
    }

    /// Applies the scripts up to `to`: `head`, an id or its beginning, `+2`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfStep`] when the database is at a revision that has no script; [`ErrorKind::Locked`];
    /// [`ErrorKind::RowsContradict`]; whatever a script, planning or the database says. Scripts before the one that failed
    /// stay applied.
    pub async fn upgrade(&mut self, to: &str) -> Result<Outcome> {
        self.migrate(Direction::Upgrade, to).await
    }

    /// Takes scripts back down to `to`: `base`, an id or its beginning, `-1`.
    ///
    /// # Errors
    /// As [`upgrade`](Self::upgrade).
    pub async fn downgrade(&mut self, to: &str) -> Result<Outcome> {
        self.migrate(Direction::Downgrade, to).await
    }

    /// Puts the database down as being at `to` without running anything: each place takes the place of all applied heads that it is
    /// under or over; other branches keep theirs, unless `rows` says that all go.
    ///
    /// # Errors
    /// When one of `to` names nothing or several things; [`ErrorKind::Locked`]; whatever the database says.
    pub async fn stamp<S: AsRef<str>>(&mut self, to: &[S], rows: StampRows) -> Result<Outcome> {
        self.recover().await?;
        let current = match rows {
            StampRows::Keep => self.record().await?.heads,
            StampRows::Purge => Vec::new(),
        };
        let graph = self.scripts.graph();
        let mut entries = Vec::new();
        for text in to {
            for revision in graph.resolve(text.as_ref(), &current)?.revisions {
                let checksum = self.scripts.checksum(&revision)?;
                entries.push(Entry::stamp(Some((revision, checksum))));
            }
        }
        if entries.is_empty() {
            entries.push(Entry::stamp(None));
        }
        self.begin(&Session::default()).await?;
        let stamped = self.stamp_in_transaction(to, rows, &entries).await;
        let (heads, notices) = self.end(stamped).await?;
        Ok(Outcome {
            ran: Vec::new(),
            heads,
            notices,
        })
    }

    async fn stamp_in_transaction<S: AsRef<str>>(
        &mut self,
        to: &[S],
        rows: StampRows,
        entries: &[Entry],
    ) -> Result<(Vec<RevisionId>, Vec<Notice>)> {
        let ledger = self.ledger.clone();
        let scripts = self.scripts;
        let connection = self.connected()?;
        ledger.ensure(connection).await?;
        // Whoever says where the database is has seen to what was half done.
        while let Some(Unfinished { line, entry, .. }) = ledger.unfinished(connection).await? {
            ledger
                .close_line(connection, line, entry.statements, entry.statements_total)
                .await?;
        }
        let mut notices = Vec::new();
        let heads = match rows {
            StampRows::Purge => {
                let heads = scripts.graph().stamp(to, &[])?;
                ledger.replace_heads(connection, &heads).await?;
                heads
            }
            StampRows::Keep => {
                let before = ledger.heads(connection).await?;
                let heads = scripts.graph().stamp(to, &before)?;
                ledger.set_heads(connection, &before, &heads).await?;
                let lost = before.iter().filter(|row| scripts.header(row).is_none());
                notices.extend(lost.map(|row| {
                    Notice::warning(format!(
                        "revision {row}, of which there is no script here, was taken out of the ledger"
                    ))
                }));
                heads
            }
        };
        for entry in entries {
            ledger.record(connection, entry).await?;
        }
        Ok((heads, notices))
    }

    /// Makes the tables of the ledger if they are not there. Gives whether they were missing.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`]; whatever the database says.
    pub async fn ensure_ledger(&mut self) -> Result<bool> {
        self.recover().await?;
        self.begin(&Session::default()).await?;
        let ledger = self.ledger.clone();
        let made = match self.connected() {
            Ok(connection) => ledger.ensure(connection).await,
            Err(error) => Err(error),
        };
        self.end(made).await
    }

    /// The ledger as it is.
    pub(super) async fn record(&mut self) -> Result<Record> {
        let Some(connection) = &mut self.connection else {
            return Ok(Record::default());
        };
        // Somebody else's script may hold the database against readers too while it runs.
        let mut patience = lock::Patience::new(self.lock_timeout);
        loop {
            match self.ledger.read(connection).await {
                Ok(record) => return Ok(record),
                Err(error) => patience.wait(error, &mut *self.observer).await?,
            }
        }
    }

    /// Whether the ledger has its tables.
    pub(super) async fn has_ledger(&mut self) -> Result<bool> {
        match &mut self.connection {
            Some(connection) => self.ledger.exists(connection).await,
            None => Ok(false),
        }
    }

    pub(super) fn connected(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(not_there)
    }

    /// Sets the session up and begins a transaction as the only migrator.
    pub(super) async fn begin(&mut self, session: &Session) -> Result<()> {
        let Some(connection) = &mut self.connection else {
            return Err(not_there());
        };
        let after = session.after.iter().chain(&self.settings.after);
        self.unfinished = Some(after.cloned().chain(self.lock.release()).collect());
        let begun = async {
            for sql in self.settings.before.iter().chain(&session.before) {
                connection.execute(sql).await?;
            }
            lock::begin(&self.lock, connection, self.lock_timeout, &mut *self.observer).await
        };
        match begun.await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.recover().await?;
                Err(error)
            }
        }
    }

    /// Commits what succeeded, rolls back what did not, and sets the session back.
    pub(super) async fn end<T>(&mut self, result: Result<T>) -> Result<T> {
        let result = match result {
            Ok(value) => {
                let (lock, timeout) = (self.lock.clone(), self.lock_timeout);
                let connection = self.connected()?;
                match lock::commit(&lock, connection, timeout).await {
                    Ok(()) => Ok(value),
                    Err(error) if connection.is_alive() => Err(error),
                    Err(error) => Err(error
                        .context("whether it was committed is not known")
                        .hint("`autogen current` tells")),
                }
            }
            Err(error) => Err(error),
        };
        let recovered = self.recover().await;
        match (result, recovered) {
            (Ok(value), Ok(())) => Ok(value),
            (Err(error), Ok(())) => Err(error),
            (Ok(_), Err(error)) => {
                Err(error.context("the script is applied, but the session could not be set back"))
            }
            (Err(error), Err(second)) => Err(error.hint(format!("rolling back failed too: {second}"))),
        }
    }

    /// Rolls back what is open and sets the session back.
    pub(super) async fn recover(&mut self) -> Result<()> {
        let (Some(after), Some(connection)) = (&self.unfinished, &mut self.connection) else {
            return Ok(());
        };
        connection.roll_back().await?;
        // With a session that is gone went all that it was set to.
        if connection.is_alive() {
            for sql in after {
                connection.execute(sql).await?;
            }
        }
        self.unfinished = None;
        Ok(())
    }

    /// Stops when the database is at a revision without a script.
    pub(super) fn know(&self, record: &Record) -> Result<()> {
        let Some(unknown) = record
            .heads
            .iter()
            .find(|head| self.scripts.header(head).is_none())
        else {
            return Ok(());
        };
        let error = Error::new(
            ErrorKind::OutOfStep,
            format!(
                "the database is at revision {unknown} ({} says so), and there is no script for it",
                self.ledger.tables()[0]
            ),
        );
        let applied = record
            .history
            .iter()
            .rev()
            .find(|entry| entry.revision.as_ref() == Some(unknown));
        let error = match applied {
            Some(Entry {
                direction,
                tool_version,
                finished_at: Some(time),
                ..
            }) => error.hint(format!(
                "it came there by `{direction}` of autogen {tool_version} on {time}"
            )),
            _ => error,
        };
        if let Some(into) = self.squashed_into(unknown) {
            return Err(error
                .hint(format!(
                    "{unknown} was squashed into {into}, of which the database has only a part"
                ))
                .hint(format!(
                    "upgrade it to {into} with the scripts as they were before, and come back"
                )));
        }
        Err(error
            .hint("get the script back from version control, or update your checkout")
            .hint("if the database really is at another revision, say so with `autogen stamp REVISION`"))
    }

    /// The script that has taken the place of a revision.
    fn squashed_into(&self, revision: &RevisionId) -> Option<&RevisionId> {
        self.scripts.graph().order().find(|other| {
            let header = self.scripts.header(other);
            header.is_some_and(|header| header.replaces.contains(revision))
        })
    }

    /// Whether it came to the database as the scripts that were squashed into it later.
    fn came_in_parts(&self, record: &Record, revision: &RevisionId) -> bool {
        let Some(header) = self.scripts.header(revision) else {
            return false;
        };
        let mut applied = record.history.iter().filter_map(|entry| entry.revision.as_ref());
        !header.replaces.is_empty() && applied.any(|applied| header.replaces.contains(applied))
    }

    /// A warning for every applied script that is not any more what it was, and for one that is half done.
    ///
    /// # Errors
    /// When a script cannot be read; whatever the database says.
    pub async fn changed(&mut self) -> Result<Vec<Notice>> {
        self.recover().await?;
        let record = self.record().await?;
        let mut notices = self.notices_of_changed(&self.changed_revisions(&record)?);
        notices.extend(
            record
                .unfinished
                .as_ref()
                .map(|unfinished| self.half_done(unfinished)),
        );
        Ok(notices)
    }

    /// Says that a script is half done.
    fn half_done(&self, unfinished: &Unfinished) -> Notice {
        let entry = &unfinished.entry;
        let name = match &entry.revision {
            Some(revision) => self.name_of(revision),
            None => "a script".to_owned(),
        };
        Notice::warning(format!(
            "{name} is half done: {} of {} statements of its {} have run",
            entry.statements, entry.statements_total, entry.direction
        ))
        .hint(format!(
            "unless another process is at it, `autogen {}` goes on with it, and `autogen {}` takes it back",
            entry.direction,
            opposite(entry.direction)
        ))
    }

    /// Applied scripts that are not any more what they were, in the order in which they came.
    pub(super) fn changed_revisions(&self, record: &Record) -> Result<Vec<RevisionId>> {
        let applied = self.scripts.graph().ancestors(&record.heads);
        let mut seen = BTreeSet::new();
        let mut changed = Vec::new();
        for entry in record.history.iter().rev() {
            let (Some(revision), Some(checksum)) = (&entry.revision, &entry.checksum) else {
                continue;
            };
            if entry.direction == Direction::Downgrade
                || !applied.contains(revision)
                || !seen.insert(revision)
                || self.scripts.header(revision).is_none()
            {
                continue;
            }
            if self.scripts.checksum(revision)? != *checksum && !self.came_in_parts(record, revision) {
                changed.push(revision.clone());
            }
        }
        changed.reverse();
        Ok(changed)
    }

    /// A warning for each of them.
    pub(super) fn notices_of_changed(&self, changed: &[RevisionId]) -> Vec<Notice> {
        let notice = |revision| {
            Notice::warning(format!(
                "{} was changed after it was applied",
                self.name_of(revision)
            ))
            .hint("write a new script for what should be different, and put the old one back")
        };
        changed.iter().map(notice).collect()
    }

    pub(super) fn name_of(&self, revision: &RevisionId) -> String {
        super::name_of(self.scripts, revision)
    }
}

/// The other way.
pub(super) fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Upgrade => Direction::Downgrade,
        Direction::Downgrade | Direction::Stamp => Direction::Upgrade,
    }
}

pub(super) fn not_there() -> Error {
    Error::new(
        ErrorKind::Usage,
        "the database does not exist, and this may not create it",
    )
    .hint("`autogen upgrade` creates it, unless its URL says `mode=ro` or `mode=rw`; otherwise check the path in the URL")
}
