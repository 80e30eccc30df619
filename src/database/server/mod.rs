//! What the drivers of servers share: the answers to a text are read to their end, a second session stops what the first one does, and
//! rows become plain values. The streams and sessions of sqlx come in; which engine it is, and what an error means, its driver knows.

pub(super) mod failure;
pub(super) mod settings;

use std::{pin::pin, time::Duration};

use futures_util::{
    Stream, TryStreamExt,
    future::{BoxFuture, Either as First, select},
};
use sqlx::{AssertSqlSafe, Connection, Either, Executor};

use super::{Interrupter, Row, Value, interrupt::Underway, outcome::Done};
use crate::{Error, ErrorKind, Result};

/// Limits of one batch of statements: a server reads a text as a whole before it runs the first statement of it (PostgreSQL), and takes
/// only so much at once (`max_allowed_packet` of MySQL and MariaDB is 16 MiB and more).
pub(super) const BATCH_STATEMENTS: usize = 128;
pub(super) const BATCH_BYTES: usize = 256 * 1024;

/// How long to wait for a second connection that stops a statement on the first.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// What comes of a text, in order.
pub(super) enum Answer<R> {
    Row(R),
    /// A statement, or one result set of a `CALL`, is complete.
    End,
}

/// How the answers to a text ended.
pub(super) enum End {
    All,
    /// The server refused a statement, or is gone.
    Failed(sqlx::Error),
    /// Who was handed the answers could not use one. All were read, so that the session is ready for the next text.
    Unusable(Error),
    /// It was to stop, and the server could not be told: the session is of no more use.
    GivenUp,
}

/// Hands over each answer to a text. When somebody asks to stop, `stop` tells the server, and gives whether it took that; `changes`
/// gives how many rows a result says were changed.
pub(super) async fn read_answers<'a, Q, R>(
    mut answers: impl Stream<Item = sqlx::Result<Either<Q, R>>> + Unpin + Send,
    interrupter: &Interrupter,
    stop: impl FnOnce() -> BoxFuture<'a, bool> + Send,
    changes: fn(&Q) -> u64,
    mut each: impl FnMut(Answer<R>) -> Result<()> + Send,
) -> (Done, End) {
    let underway = Underway::new(interrupter);
    let mut done = Done {
        results: 0,
        changes: 0,
    };
    let mut unusable = None;
    let mut stop = Some(stop);
    let end = loop {
        let next = answers.try_next();
        let next = match stop.take() {
            None => next.await,
            Some(waiting) => match select(pin!(next), pin!(interrupter.requested())).await {
                First::Left((next, _)) => {
                    stop = Some(waiting);
                    next
                }
                First::Right(((), next)) => {
                    if !waiting().await {
                        break End::GivenUp;
                    }
                    // It ends now, unless it is done already.
                    next.await
                }
            },
        };
        let answer = match next {
            Ok(Some(Either::Left(result))) => {
                done.results += 1;
                done.changes += changes(&result);
                Answer::End
            }
            Ok(Some(Either::Right(row))) => Answer::Row(row),
            Ok(None) => break unusable.map_or(End::All, End::Unusable),
            Err(error) => break End::Failed(error),
        };
        if unusable.is_none() {
            unusable = each(answer).err();
        }
    };
    underway.done();
    if matches!(end, End::GivenUp) {
        interrupter.take_request();
    }
    (done, end)
}

/// Waits until a session that was told to stop is ready again: what it still had to say, the error of the stopped statement among it,
/// is passed over.
///
/// # Errors
/// When the session is lost.
pub(super) async fn pass_over(connection: &mut impl Connection) -> sqlx::Result<()> {
    loop {
        match connection.ping().await {
            Err(sqlx::Error::Database(_)) => {}
            result => return result,
        }
    }
}

/// Runs a statement in a second session, which stops what the first one does. Gives whether the server took it.
pub(super) async fn tell<C>(second: impl Future<Output = Result<C>> + Unpin, sql: String) -> bool
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    let tell = async {
        let Ok(mut second) = second.await else {
            return false;
        };
        let is_taken = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut second)
            .await
            .is_ok();
        // What matters is done.
        let _ = second.close().await;
        is_taken
    };
    tokio::time::timeout(STOP_TIMEOUT, tell).await.unwrap_or(false)
}

/// A row of so many columns.
///
/// # Errors
/// What `value` says of a column, with its number.
pub(super) fn plain_row(columns: usize, value: impl Fn(usize) -> Result<Value, String>) -> Result<Row> {
    let plain = |column| {
        value(column).map_err(|reason| {
            Error::new(
                ErrorKind::Database,
                format!("column {} of a row cannot be read: {reason}", column + 1),
            )
        })
    };
    (0..columns).map(plain).collect::<Result<_>>().map(Row::new)
}
