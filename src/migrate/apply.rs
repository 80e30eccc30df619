//! Directives run on a connection whose transaction is open.
//!
//! Comes in: directives. Goes out: how many statements ran, or the first thing that went wrong, with the directive and the
//! statement. Beginning, committing and rolling back are for the caller.

use super::progress::{Event, Observer};
use crate::config::Filter;
use crate::database::{Connection, Refused};
use crate::dialect::Dialect;
use crate::directive::{Directive, Naming, TableChange};
use crate::plan::{Guard, Plan, Step, groups, plan, refuse_irreversible};
use crate::reflect::reflect;
use crate::schema::{QName, Schema};
use crate::{Error, ErrorKind, Notice, Place, Result};
use std::collections::{BTreeMap, BTreeSet};

/// So many statements are sent at once: fewer round trips, and still a sign of life now and then.
const STATEMENTS_AT_ONCE: usize = 32;

/// What running directives has led to.
#[derive(Debug)]
pub(crate) struct Effect {
    /// How many statements ran.
    pub(crate) statements: u64,
    /// The schema afterwards, when the model could follow.
    pub(crate) schema: Option<Schema>,
}

/// Runs directives. `known` is the schema they start from, when it is known; else the database is asked as soon as a directive
/// needs it, and again behind SQL of the user's own. `filter` hides what no directive should see (the ledger).
///
/// All guards of a [group](groups) run before its first statement.
///
/// # Errors
/// [`ErrorKind::RowsContradict`] when rows forbid a change; whatever planning or the database says, with the directive's summary
/// and the statement as its place.
pub(crate) async fn apply(
    connection: &mut Connection,
    directives: &[Directive],
    mut known: Option<Schema>,
    dialect: &dyn Dialect,
    filter: &Filter,
    observer: &mut dyn Observer,
) -> Result<Effect> {
    refuse_irreversible(directives)?;
    let mut statements = 0;
    for group in groups(directives) {
        let structural = !group.iter().all(Directive::is_opaque);
        let (start, is_whole) = if !structural {
            (Schema::new(), false)
        } else if let Some(schema) = known.take() {
            (schema, true)
        } else if stands_alone(group, dialect) {
            (Schema::new(), false)
        } else {
            (reflect(connection, filter).await?.schema, true)
        };
        let plan = plan(group, &start, dialect)?;
        heed_guards(connection, &plan).await?;
        statements += run(connection, &plan.steps, statements, observer).await?;
        // Rows change no schema; other SQL of the user's own may.
        let executes = group.iter().any(|d| matches!(d, Directive::Execute { .. }));
        if structural || executes {
            let followed = is_whole && !executes && group.iter().all(is_followed_exactly);
            known = followed.then_some(plan.after);
        }
    }
    Ok(Effect {
        statements,
        schema: known,
    })
}

/// Whether directives only make new things, which can be planned without knowing what there is.
fn stands_alone(directives: &[Directive], naming: &(impl Naming + ?Sized)) -> bool {
    let folded = |name: &QName| {
        let namespace = name.namespace.as_ref().map(|n| naming.fold(n).into_owned());
        (namespace, naming.fold(&name.name).into_owned())
    };
    let mut made = BTreeSet::new();
    directives.iter().all(|directive| match directive {
        Directive::CreateTable(table) => {
            made.insert(folded(&table.name));
            true
        }
        Directive::CreateIndex { table, .. } => made.contains(&folded(table)),
        Directive::CreateNamespace(_)
        | Directive::CreateSequence(_)
        | Directive::CreateEnum(_)
        | Directive::CreateObject(_)
        | Directive::Execute { .. }
        | Directive::BulkInsert(_) => true,
        _ => false,
    })
}

/// Whether the model knows to the letter what the database is like behind a directive. A rename is followed through the SQL of
/// other things by the engine's own rules, which the model only resembles.
fn is_followed_exactly(directive: &Directive) -> bool {
    match directive {
        Directive::RenameTable(_) | Directive::RenameIndex { .. } => false,
        Directive::AlterTable(alter) => {
            let mut changes = alter.changes.iter();
            !changes.any(|change| matches!(change, TableChange::RenameColumn(_)))
        }
        _ => true,
    }
}

async fn heed_guards(connection: &mut Connection, plan: &Plan) -> Result<()> {
    for step in &plan.steps {
        for guard in &step.guards {
            let rows = count(connection, guard).await?;
            if rows > 0 {
                return Err(guard.error(rows));
            }
        }
    }
    Ok(())
}

/// A guard that cannot be asked says nothing: its SQL is made from expressions that only the engine understands, and the
/// engine has the last word anyway.
async fn count(connection: &mut Connection, guard: &Guard) -> Result<u64> {
    match connection.query(&guard.sql).await {
        Ok(rows) => {
            let rows = rows.first().map_or(Ok(0), |row| row.integer(0)).unwrap_or(0);
            Ok(u64::try_from(rows).unwrap_or(0))
        }
        Err(error) if matches!(error.kind(), ErrorKind::Database | ErrorKind::RowsContradict) => Ok(0),
        Err(error) => Err(error),
    }
}

async fn run(
    connection: &mut Connection,
    steps: &[Step],
    before: u64,
    observer: &mut dyn Observer,
) -> Result<u64> {
    let all: Vec<(&Directive, &str)> = steps
        .iter()
        .flat_map(|step| step.statements.iter().map(|s| (&step.directive, s.sql.as_str())))
        .collect();
    let total = before + all.len() as u64;
    let mut done = before;
    for chunk in all.chunks(STATEMENTS_AT_ONCE) {
        let statements: Vec<&str> = chunk.iter().map(|(_, sql)| *sql).collect();
        observer.event(&Event::Statements {
            done,
            of: total,
            next: &statements,
        });
        connection
            .execute_each(&statements)
            .await
            .map_err(|Refused { index, error }| failed(error, chunk[index].0, chunk[index].1))?;
        done += chunk.len() as u64;
    }
    observer.event(&Event::Statements {
        done,
        of: total,
        next: &[],
    });
    Ok(all.len() as u64)
}

/// The error of a statement with what it was for.
fn failed(error: Error, directive: &Directive, statement: &str) -> Error {
    let error = if error.places().is_empty() {
        error.at(Place {
            file: None,
            line: 1,
            column: 1,
            snippet: statement.to_owned(),
        })
    } else {
        error
    };
    let error = error.context(directive.summary());
    // Rows were asked about before; what is left is what only the engine knows, such as values that become equal when
    // they are converted.
    if error.kind() == ErrorKind::RowsContradict && !directive.is_opaque() {
        error.context("rows contradict").hint(
            "correct the rows, by hand or with op.execute(...) before this change in the script, and run it again",
        )
    } else if error.kind() == ErrorKind::Database && !directive.is_opaque() {
        error.hint("if somebody changed the database by hand, `autogen check --to migrations` shows where")
    } else {
        error
    }
}

/// Rows that refer to nothing, by table and table referred to, names folded.
#[derive(Debug, Default)]
pub(super) struct Violations(BTreeMap<(String, String), Violation>);

#[derive(Debug)]
struct Violation {
    table: String,
    parent: String,
    rows: i64,
}

impl Violations {
    /// Asks the queries of a [`Session`](crate::dialect::Session). When the engine cannot tell (a foreign key that does not fit
    /// its parent), gives a notice instead.
    ///
    /// # Errors
    /// Whatever has nothing to do with the question: a lost connection, an interruption.
    pub(super) async fn look(
        connection: &mut Connection,
        checks: &[String],
        naming: &(impl Naming + ?Sized),
    ) -> Result<Result<Self, Notice>> {
        let mut found = BTreeMap::new();
        for check in checks {
            let rows = match connection.query(check).await {
                Ok(rows) => rows,
                Err(error) if error.kind() == ErrorKind::Database => {
                    return Ok(Err(Notice::warning(format!(
                        "foreign keys were not checked: {}",
                        error.message()
                    ))
                    .hint(
                        "see that every foreign key refers to a primary key or unique columns",
                    )));
                }
                Err(error) => return Err(error),
            };
            for row in rows {
                let (table, parent) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
                let key = (
                    naming.fold(&table).into_owned(),
                    naming.fold(&parent).into_owned(),
                );
                let rows = row.integer(2)?;
                found
                    .entry(key)
                    .or_insert(Violation {
                        table,
                        parent,
                        rows: 0,
                    })
                    .rows += rows;
            }
        }
        Ok(Ok(Self(found)))
    }

    /// An error when there are more than `before`, where tables may have had other names.
    pub(super) fn compare(
        &self,
        before: &Self,
        directives: &[Directive],
        naming: &(impl Naming + ?Sized),
    ) -> Result<()> {
        let old_name = |name: &str| {
            directives
                .iter()
                .rev()
                .fold(name.to_owned(), |name, directive| match directive {
                    Directive::RenameTable(names) if naming.fold(&names.new.name) == name => {
                        naming.fold(&names.old.name).into_owned()
                    }
                    _ => name,
                })
        };
        let more: Vec<String> = self
            .0
            .iter()
            .filter_map(|((table, parent), violation)| {
                let old = before.0.get(&(old_name(table), old_name(parent)));
                let rows = violation.rows - old.map_or(0, |old| old.rows);
                (rows > 0).then(|| {
                    format!(
                        "{rows} {} of {} {} to nothing in {}",
                        if rows == 1 { "row" } else { "rows" },
                        violation.table,
                        if rows == 1 { "refers" } else { "refer" },
                        violation.parent
                    )
                })
            })
            .collect();
        if more.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::RowsContradict,
            format!(
                "rows contradict: foreign key: after the script {}",
                more.join("; ")
            ),
        )
        .hint("delete these rows, or give them a parent, by hand or with op.execute(...) in the script"))
    }
}
