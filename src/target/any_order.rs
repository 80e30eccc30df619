//! Runs statements of an engine whose views may come before what they read, as in folders of files.
//!
//! In come statements, out comes the first one that the engine refuses whatever has been made by then. Nothing is in a transaction:
//! these engines have none for statements that declare.

use super::{cursor::Cursor, load::Failure, statements::Runs};
use crate::{Connection, ErrorKind, database::Refused, sql::Lexicon};

/// A table, a routine or a view that is not there, or a view of such.
const MISSING: [&str; 3] = ["1146", "1305", "1356"];

/// Runs statements; a view that lacks something waits until it is there.
///
/// # Errors
/// For the first statement that is refused in the end.
pub(super) async fn run_in_any_order(
    statements: &[&Runs<'_>],
    lexicon: &Lexicon,
    scratch: &mut Connection,
) -> Result<(), Failure> {
    let mut waiting: Vec<Refused> = Vec::new();
    let mut start = 0;
    while start < statements.len() {
        let Err(refused) = run_from(start, statements, scratch).await? else {
            break;
        };
        let at = refused.index;
        if is_missing(&refused) && is_view(&statements[at].sql, lexicon) {
            waiting.push(refused);
            start = at + 1;
        } else if is_missing(&refused) && run_waiting(&mut waiting, statements, scratch).await? {
            // What it lacks may be there now.
            start = at;
        } else {
            return Err(Failure::Refused(refused));
        }
    }
    while run_waiting(&mut waiting, statements, scratch).await? {}
    match waiting.into_iter().next() {
        Some(refused) => Err(Failure::Refused(refused)),
        None => Ok(()),
    }
}

/// Runs the statements from `start` on, up to the first that is refused.
async fn run_from(
    start: usize,
    statements: &[&Runs<'_>],
    scratch: &mut Connection,
) -> Result<Result<(), Refused>, Failure> {
    match scratch.execute_each(&statements[start..]).await {
        Ok(()) => Ok(Ok(())),
        Err(refused) if matches!(refused.error.kind(), ErrorKind::Interrupted | ErrorKind::Internal) => {
            Err(Failure::Other(refused.error))
        }
        Err(refused) => Ok(Err(Refused {
            index: start + refused.index,
            error: refused.error,
        })),
    }
}

/// Tries those that wait once more. Gives whether one of them ran.
async fn run_waiting(
    waiting: &mut Vec<Refused>,
    statements: &[&Runs<'_>],
    scratch: &mut Connection,
) -> Result<bool, Failure> {
    let before = waiting.len();
    for tried in std::mem::take(waiting) {
        let at = tried.index;
        if let Err(refused) = run_from(at, &statements[..=at], scratch).await? {
            waiting.push(refused);
        }
    }
    Ok(waiting.len() < before)
}

fn is_missing(refused: &Refused) -> bool {
    refused.error.code().is_some_and(|code| MISSING.contains(&code))
}

fn is_view(sql: &str, lexicon: &Lexicon) -> bool {
    let mut cursor = Cursor::new(sql, lexicon);
    if !cursor.eat("create") {
        return false;
    }
    // OR REPLACE, ALGORITHM = x, DEFINER = x, SQL SECURITY x
    while cursor.peek().is_some()
        && !cursor.at_any(&["view", "table", "as", "index", "function", "procedure"])
    {
        cursor.take();
    }
    cursor.at_keyword("view")
}
