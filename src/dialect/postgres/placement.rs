//! Statements that cannot be inside a transaction, and what they leave behind when they fail.

use super::spelling::text;
use super::subscription;
use super::tokens::Tokens;
use crate::dialect::{Alone, Doubt, Placement};

/// How a statement of the user's own stands to the transaction (manual, "cannot be executed inside a transaction block").
pub(super) fn placement(sql: &str) -> Placement {
    let tokens = Tokens::of(sql);
    let begins = |words: &[&str]| tokens.has(0, words);
    let concurrently = || tokens.find(0, &["CONCURRENTLY"]).is_some();
    let outside = begins(&["VACUUM"])
        || begins(&["CREATE", "DATABASE"])
        || begins(&["DROP", "DATABASE"])
        || begins(&["CREATE", "TABLESPACE"])
        || begins(&["DROP", "TABLESPACE"])
        || begins(&["ALTER", "SYSTEM"])
        || (begins(&["CREATE", "SUBSCRIPTION"]) && !subscription::connects_to_nothing(sql))
        || begins(&["DROP", "SUBSCRIPTION"])
        || begins(&["REINDEX", "DATABASE"])
        || begins(&["REINDEX", "SYSTEM"])
        || begins(&["REINDEX", "SCHEMA"])
        || (begins(&["REINDEX"]) && concurrently())
        || (begins(&["CREATE", "INDEX"]) && tokens.has(2, &["CONCURRENTLY"]))
        || (begins(&["CREATE", "UNIQUE", "INDEX"]) && tokens.has(3, &["CONCURRENTLY"]))
        || (begins(&["DROP", "INDEX"]) && tokens.has(2, &["CONCURRENTLY"]))
        || (begins(&["ALTER", "TABLE"])
            && tokens.find(2, &["DETACH", "PARTITION"]).is_some()
            && concurrently());
    if outside {
        Placement::Outside
    } else if begins(&["ALTER", "TYPE"]) && tokens.find(2, &["ADD", "VALUE"]).is_some() {
        Placement::CommitBehind
    } else {
        Placement::Inside
    }
}

/// What an attempt at a statement leaves: an index that was built concurrently and not finished is there and not valid; one that was
/// being dropped is there and not valid either.
pub(super) fn alone(sql: &str) -> Alone {
    Alone {
        standing: created_index(sql)
            .map(|(name, namespaced_table)| standing_of_created(&name, namespaced_table.as_deref()))
            .or_else(|| dropped_index(sql).map(|name| standing_of_dropped(&name))),
        before: Tokens::of(sql)
            .find(0, &["CONCURRENTLY"])
            .map(|_| WAIT_FOR_READERS.to_owned()),
        after: Tokens::of(sql)
            .find(0, &["CONCURRENTLY"])
            .map(|_| WAIT_AS_BEFORE.to_owned()),
        // What stands there tells.
        doubt: Doubt::Harmless,
    }
}

/// What works concurrently waits for every transaction that is older than itself, as one waits for a lock, and blocks nobody
/// meanwhile: it may take as long as it takes. The setting is kept in one of our own, because it is not known here.
const WAIT_FOR_READERS: &str = "SELECT pg_catalog.set_config('autogen.lock_timeout', pg_catalog.current_setting('lock_timeout'), false), pg_catalog.set_config('lock_timeout', '0', false)";
const WAIT_AS_BEFORE: &str =
    "SELECT pg_catalog.set_config('lock_timeout', pg_catalog.current_setting('autogen.lock_timeout'), false)";

/// The name of the index that CREATE INDEX CONCURRENTLY builds, and its table, as they are spelled.
fn created_index(sql: &str) -> Option<(String, Option<String>)> {
    let tokens = Tokens::of(sql);
    let at = [&["CREATE", "INDEX"][..], &["CREATE", "UNIQUE", "INDEX"]]
        .iter()
        .find(|words| tokens.has(0, words))?
        .len();
    tokens.has(at, &["CONCURRENTLY"]).then_some(())?;
    let mut name = at + 1;
    if tokens.has(name, &["IF", "NOT", "EXISTS"]) {
        name += 3;
    }
    // Without a name the server makes one, and nothing can be told.
    let on = tokens.find(name, &["ON"]).filter(|on| *on == name + 1)?;
    let mut table = on + 1;
    if tokens.has(table, &["ONLY"]) {
        table += 1;
    }
    let end = (table..tokens.len())
        .find(|at| tokens.has(*at, &["USING"]) || tokens.text(*at, at + 1) == "(")
        .unwrap_or(tokens.len());
    Some((
        tokens.text(name, name + 1).to_owned(),
        Some(tokens.text(table, end).to_owned()),
    ))
}

/// The name of the index that DROP INDEX CONCURRENTLY drops, as it is spelled.
fn dropped_index(sql: &str) -> Option<String> {
    let tokens = Tokens::of(sql);
    tokens
        .has(0, &["DROP", "INDEX", "CONCURRENTLY"])
        .then(|| {
            let name = if tokens.has(3, &["IF", "EXISTS"]) { 5 } else { 3 };
            let end = (name..tokens.len())
                .find(|at| tokens.has(*at, &["CASCADE"]) || tokens.has(*at, &["RESTRICT"]))
                .unwrap_or(tokens.len());
            tokens.text(name, end).to_owned()
        })
        // Several at once the server refuses by itself.
        .filter(|name| !name.contains(','))
}

fn standing_of_created(index: &str, table: Option<&str>) -> String {
    let table = table.unwrap_or_default();
    format!(
        "SELECT CASE WHEN i.indisvalid THEN '{done}' ELSE '{broken}' END, pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indrelid = pg_catalog.to_regclass({table}) AND c.relname = (pg_catalog.parse_ident({index}))[1]",
        done = Alone::DONE,
        broken = Alone::BROKEN,
        table = text(table),
        index = text(index),
    )
}

/// It is done when there is no index of that name: there is always a row.
fn standing_of_dropped(index: &str) -> String {
    format!(
        "SELECT '{done}', '' WHERE pg_catalog.to_regclass({index}) IS NULL",
        done = Alone::DONE,
        index = text(index),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_cannot_be_in_a_transaction_are_known() {
        for sql in [
            "create index concurrently i on t (a)",
            "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)",
            "drop index concurrently i",
            "VACUUM t",
            "REINDEX (VERBOSE) INDEX CONCURRENTLY i",
            "ALTER TABLE p DETACH PARTITION c CONCURRENTLY",
        ] {
            assert_eq!(placement(sql), Placement::Outside, "{sql}");
        }
        assert_eq!(
            placement("ALTER TYPE public.mood ADD VALUE 'x'"),
            Placement::CommitBehind
        );
        let create = "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p";
        assert_eq!(placement(create), Placement::Outside);
        let create = format!("{create} WITH (connect = false, slot_name = 's')");
        assert_eq!(placement(&create), Placement::Inside);
        assert_eq!(placement("CREATE INDEX i ON t (concurrently)"), Placement::Inside);
    }

    #[test]
    fn what_a_failed_build_leaves_can_be_asked() {
        let standing = alone("CREATE INDEX CONCURRENTLY \"My i\" ON app.t USING btree (a)").standing;
        let standing = standing.expect("it has a name");
        assert!(standing.contains("to_regclass('app.t')") && standing.contains("parse_ident('\"My i\"')"));
        assert_eq!(alone("CREATE INDEX CONCURRENTLY ON t (a)").standing, None);
        assert_eq!(alone("VACUUM"), Alone::default());
    }
}
