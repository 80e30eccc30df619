//! Subscriptions on a scratch: made in a transaction that is never committed, or not at all.
//!
//! In come the statements of a target, out come those that the scratch can run. Who may not make a subscription may not read how one
//! connects either, so that nobody compares them there.

use std::collections::BTreeSet;

use super::{classify::About, cursor::Cursor, statements::Runs};
use crate::{
    Connection, Notice, Result,
    schema::{ObjectId, ObjectKind, QName},
    sql::Lexicon,
};

/// Statements that the scratch can run, and what was passed over of them.
#[derive(Debug, Default)]
pub(super) struct Fitting<'a, 's> {
    pub(super) statements: Vec<&'a Runs<'s>>,
    /// The subscriptions that nothing can be said of.
    pub(super) untold: BTreeSet<ObjectId>,
    pub(super) notice: Option<Notice>,
}

/// Where the transaction begins that must not be committed.
pub(super) fn begin(statements: &[&Runs<'_>]) -> Option<usize> {
    statements
        .iter()
        .position(|runs| runs.about == About::Subscription)
}

/// The statements without those about subscriptions, where the role may not make any.
///
/// # Errors
/// As [`Connection::query`].
pub(super) async fn fitting<'a, 's>(
    statements: Vec<&'a Runs<'s>>,
    scratch: &mut Connection,
) -> Result<Fitting<'a, 's>> {
    if begin(&statements).is_none() || may_make(scratch).await? {
        return Ok(Fitting {
            statements,
            ..Fitting::default()
        });
    }
    let (gone, statements): (Vec<_>, Vec<_>) = statements.into_iter().partition(|runs| is_about_one(runs));
    let untold: BTreeSet<ObjectId> = gone.iter().filter_map(|runs| created(&runs.sql)).collect();
    let names: Vec<String> = untold.iter().map(|id| format!("`{}`", id.name.name)).collect();
    let notice = Notice::warning(format!(
        "subscriptions are passed over, because the role may not make them: {}",
        names.join(", ")
    ))
    .hint("create them by hand, or let a superuser run this");
    Ok(Fitting {
        statements,
        untold,
        notice: Some(notice),
    })
}

/// The same right lets the reflector read how they connect.
async fn may_make(scratch: &mut Connection) -> Result<bool> {
    const ASK: &str =
        "SELECT pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')::text";
    let rows = scratch.query(ASK).await?;
    match rows.first() {
        Some(row) => Ok(row.text(0)? == "true"),
        None => Ok(false),
    }
}

fn is_about_one(runs: &Runs<'_>) -> bool {
    runs.about == About::Subscription
        || Cursor::new(&runs.sql, &Lexicon::POSTGRES).eat_all(&["alter", "subscription"])
}

fn created(sql: &str) -> Option<ObjectId> {
    let mut cursor = Cursor::new(sql, &Lexicon::POSTGRES);
    let name = cursor
        .eat_all(&["create", "subscription"])
        .then(|| cursor.name())??;
    Some(ObjectId {
        kind: ObjectKind::new("subscription"),
        name: QName::plain(name.kept(true).into_owned()),
        signature: None,
        on: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_subscription_is_as_the_server_keeps_it() {
        let name = |sql| created(sql).map(|id| id.name.name.to_string());
        assert_eq!(
            name("CREATE SUBSCRIPTION Sub CONNECTION ''"),
            Some("sub".to_owned())
        );
        assert_eq!(
            name("create subscription \"Sub\" CONNECTION ''"),
            Some("Sub".to_owned())
        );
        assert_eq!(name("COMMENT ON SUBSCRIPTION s IS 'x'"), None);
    }
}
