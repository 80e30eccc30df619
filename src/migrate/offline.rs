//! SQL without a database: `--sql`.
//!
//! Comes in: scripts, an engine, and where the database is said to be. Goes out: text that the engine's own client could run, the
//! ledger included. No connection is opened but to a scratch database of the engine, where this build can make one.

use super::ledger::Record;
use super::preview::{Foresight, Preview, text};
use super::{Direction, Entry, Ledger, Options};
use crate::dialect::{Engine, for_engine};
use crate::plan::{comment, refuse_code, terminated};
use crate::script::{Range, Scripts};
use crate::{Error, ErrorKind, Result};

/// What leads from one place in the history to another. `way` is `FROM:TO`; for an upgrade FROM may be left out, which means a
/// database without a ledger, and TO, which means `head`. The schema at FROM is that to which the scripts up to there lead.
///
/// # Errors
/// When the ends name nothing or are not on one line, or a script cannot be read, planned or tried.
pub async fn offline_sql(
    scripts: &dyn Scripts,
    engine: Engine,
    options: &Options,
    direction: Direction,
    way: &str,
) -> Result<Preview> {
    let dialect = for_engine(engine)?;
    let ledger = Ledger::new(dialect, &options.version_table, &options.history_table);
    let graph = scripts.graph();
    let range = Range::parse(way)?;
    let (from, to) = match (&range, direction) {
        (Some(range), _) => range.ends(),
        (None, Direction::Upgrade | Direction::Stamp) => (None, Some(way)),
        (None, Direction::Downgrade) => {
            return Err(
                Error::new(ErrorKind::Usage, "without a database it is not known where it is")
                    .hint(format!("write FROM:TO, for example `head:{way}`")),
            );
        }
    };
    let heads = match from {
        Some(from) => graph.resolve(from, &[])?.revisions,
        None if direction == Direction::Downgrade => {
            return Err(
                Error::new(ErrorKind::Usage, format!("{way:?} does not say where to begin"))
                    .hint("write FROM:TO, for example `head:base`"),
            );
        }
        None => Vec::new(),
    };
    let path = match (direction, to) {
        (Direction::Upgrade, to) => graph.upgrade(to.unwrap_or("head"), &heads)?,
        (Direction::Downgrade, Some(to)) => graph.downgrade(to, &heads)?,
        (Direction::Downgrade, None) => {
            return Err(
                Error::new(ErrorKind::Usage, format!("{way:?} does not say where to end"))
                    .hint("write FROM:TO, for example `head:base`"),
            );
        }
        (Direction::Stamp, _) => Vec::new(),
    };
    for revision in &path {
        let directives = super::directives(scripts, revision, direction, engine)?;
        refuse_code(&directives).map_err(|error| error.context(super::name_of(scripts, revision)))?;
    }
    let foresight = Foresight::behind(scripts, &heads, dialect)
        .await?
        .online(options.online)
        .together(options.transaction);
    let record = Record {
        heads,
        ..Record::default()
    };
    let ledger_is_there = !record.heads.is_empty();
    text(
        scripts,
        &ledger,
        direction,
        &path,
        record,
        ledger_is_there,
        foresight,
    )
    .await
}

/// What writes revisions into the ledger of a database without running their scripts. Each of `to` may be `FROM:TO`, with one FROM
/// for all; without it the ledger is made too.
///
/// # Errors
/// When one of them names nothing or several things, or they begin at different places.
pub fn offline_stamp_sql(
    scripts: &dyn Scripts,
    engine: Engine,
    options: &Options,
    to: &[String],
) -> Result<String> {
    let graph = scripts.graph();
    let mut from: Option<String> = None;
    let mut ends = Vec::new();
    for text in to {
        let Some(range) = Range::parse(text)? else {
            ends.push(text.clone());
            continue;
        };
        let (start, end) = range.ends();
        if let Some(start) = start {
            if from.as_deref().is_some_and(|other| other != start) {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{} and {start} are two starting points", from.unwrap_or_default()),
                )
                .hint("a database is at one of them; write one FROM for all"));
            }
            from = Some(start.to_owned());
        }
        ends.push(end.unwrap_or("heads").to_owned());
    }
    let ledger = Ledger::new(
        for_engine(engine)?,
        &options.version_table,
        &options.history_table,
    );
    let rows = match &from {
        Some(from) => graph.resolve(from, &[])?.revisions,
        None => Vec::new(),
    };
    let now = graph.stamp(&ends, &rows)?;
    let mut out = comment(&format!("stamp {}", ends.join(", ")));
    if from.is_none() {
        out.push_str(&ledger.creation_sql()?);
    }
    for sql in ledger.moves(&rows, &now) {
        out.push_str(&terminated(&sql));
    }
    let mut entries = Vec::new();
    for end in &ends {
        for revision in graph.resolve(end, &rows)?.revisions {
            let checksum = scripts.checksum(&revision)?;
            entries.push(Entry::stamp(Some((revision, checksum))));
        }
    }
    if entries.is_empty() {
        entries.push(Entry::stamp(None));
    }
    for entry in entries {
        // The time is that at which the text is run.
        let entry = Entry {
            started_at: None,
            finished_at: None,
            ..entry
        };
        out.push_str(&terminated(&ledger.insertion(&entry)));
    }
    Ok(out)
}

/// What makes the tables of the ledger.
///
/// # Errors
/// When this version does not serve the engine.
pub fn ledger_sql(engine: Engine, options: &Options) -> Result<String> {
    Ledger::new(
        for_engine(engine)?,
        &options.version_table,
        &options.history_table,
    )
    .creation_sql()
}
