//! Directives to statements, one after the other, each over the schema that the ones before it have made.

use super::contradiction::Guard;
use super::rows::AllRows;
use super::{coalesce, guard, opaque};
use crate::dialect::{Dialect, Session, Statement};
use crate::directive::{AlterColumn, ColumnChange, Directive, Evolution, TableChange};
use crate::extend::{self, Site};
use crate::schema::Schema;
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::borrow::Cow;

/// What to run for a list of directives.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What has to be set around the transaction.
    pub session: Session,
    /// What to run, in order.
    pub steps: Vec<Step>,
    /// The schema afterwards, as far as the model knows it: what SQL of the user's own did is not in it.
    pub after: Schema,
}

/// What to run for one directive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The directive; several changes of one table may have become one.
    pub directive: Directive,
    /// What must find nothing before the first step of the [group](groups) runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// What to run.
    pub statements: Vec<Statement>,
}

/// Plans directives that start from `before`.
///
/// Where SQL of the user's own stands between them, the plan goes on as if it had changed nothing. Who can look at the database
/// again plans each of the [`groups`] by itself.
///
/// # Errors
/// When a directive does not fit the schema, is irreversible, or the engine cannot do it. The message begins with the
/// directive's summary.
pub fn plan(directives: &[Directive], before: &Schema, dialect: &dyn Dialect) -> Result<Plan> {
    refuse_irreversible(directives)?;
    let session = dialect.session(directives);
    let mut schemas = Schemas {
        before: Evolution::new(before.clone(), dialect),
        after: Evolution::new(before.clone(), dialect),
    };
    let mut steps = Vec::with_capacity(directives.len());
    for group in groups(directives) {
        plan_group(group, &mut schemas, &mut steps, dialect)?;
    }
    Ok(Plan {
        session,
        steps,
        after: schemas.after.into_schema(),
    })
}

/// Cuts directives behind each one whose effect only the user knows. The schema has to be looked at again behind each part.
pub fn groups(directives: &[Directive]) -> impl Iterator<Item = &[Directive]> {
    directives.split_inclusive(Directive::is_opaque)
}

/// The schema before and after a directive. Both are led along, so that none is copied per directive.
struct Schemas<'d> {
    before: Evolution<'d, dyn Dialect + 'd>,
    after: Evolution<'d, dyn Dialect + 'd>,
}

fn plan_group(
    group: &[Directive],
    schemas: &mut Schemas<'_>,
    steps: &mut Vec<Step>,
    dialect: &dyn Dialect,
) -> Result<()> {
    let joins_indexes = dialect.facts().joins_index_changes;
    let coalesced = coalesce::coalesce(group, schemas.before.schema(), dialect, joins_indexes);
    let directives = dialect.arrange(coalesced);
    let mut last = dialect.finish(&directives, schemas.before.schema())?;
    // Only changes of tables and unique indexes have guards, and only they need to know where rows are.
    let start = directives
        .iter()
        .any(is_guarded)
        .then(|| schemas.before.schema().clone());
    let mut rows = start
        .as_ref()
        .map(|start| (AllRows::new(start, dialect), AllRows::new(start, dialect)));
    let mut rest = directives.as_slice();
    while !rest.is_empty() {
        let (run, behind) = rest.split_at(dialect.run(rest).clamp(1, rest.len()));
        rest = behind;
        plan_run(run, schemas, rows.as_mut(), steps, dialect)?;
    }
    if let Some(step) = steps.last_mut() {
        step.statements.append(&mut last);
    }
    Ok(())
}

/// Directives that are carried out as one. The last of them gets the statements.
fn plan_run(
    run: &[Directive],
    schemas: &mut Schemas<'_>,
    mut rows: Option<&mut (AllRows<'_>, AllRows<'_>)>,
    steps: &mut Vec<Step>,
    dialect: &dyn Dialect,
) -> Result<()> {
    let summary = || run.iter().map(Directive::summary).collect::<Vec<_>>().join("; ");
    let first = steps.len();
    for directive in run {
        let failed = |error: Error| error.context(directive.summary());
        schemas.after.step(directive).map_err(failed)?;
        let (before, after) = (schemas.before.schema(), schemas.after.schema());
        // Only the one that changes the table itself looks at what was before, and no index changes that.
        let guards = rows.as_mut().map_or_else(Vec::new, |(rows_before, rows)| {
            let seen = without_usual_conversions(directive, (before, after), dialect);
            rows.step(&seen, after);
            let guards = guard::guards(&seen, (before, rows_before), (after, rows), dialect);
            rows_before.step(&seen, after);
            guards
        });
        steps.push(Step {
            directive: directive.clone(),
            guards,
            statements: Vec::new(),
        });
    }
    let (before, after) = (schemas.before.schema(), schemas.after.schema());
    let statements = match run {
        [Directive::Execute { sql }] => opaque::execute(sql, dialect),
        [directive @ Directive::BulkInsert(insert)] => {
            opaque::check_rows(insert).and_then(|()| dialect.compile(directive, before, after))
        }
        // Whoever runs the plan knows the directive; the comment is for who reads it.
        [Directive::Run(code)] => Ok(vec![Statement::new(format!(
            "-- code of the program: {}",
            code.name().replace('\n', " ")
        ))]),
        [directive @ Directive::Custom(_)] => dialect
            .compile(directive, before, after)
            .and_then(|statements| opaque::custom(statements, dialect)),
        [
            directive @ (Directive::CreateObject(_) | Directive::DropObject(_) | Directive::ReplaceObject(_)),
        ] => match extend::statements(directive, &Site { dialect, before }) {
            Some(statements) => statements.and_then(|statements| opaque::custom(statements, dialect)),
            None => known_kind(directive, dialect).and_then(|()| dialect.compile_run(run, before, after)),
        },
        _ => dialect.compile_run(run, before, after),
    }
    .map_err(|error| error.context(summary()))?;
    for (directive, step) in run.iter().zip(&mut steps[first..]) {
        schemas
            .before
            .step(directive)
            .map_err(|error| error.context(step.directive.summary()))?;
    }
    if let Some(step) = steps.last_mut() {
        step.statements = statements;
    }
    Ok(())
}

/// Refuses objects of a kind that the engine does not have: perhaps somebody else's program knows it.
fn known_kind(directive: &Directive, dialect: &dyn Dialect) -> Result<()> {
    let (Directive::CreateObject(object) | Directive::DropObject(object)) = directive else {
        return Ok(());
    };
    let kind = &object.id.kind;
    if dialect.kind(kind).is_some() {
        return Ok(());
    }
    let engine = dialect.engine();
    Err(Error::new(
        ErrorKind::Script,
        format!("{engine} has no such thing: an object of kind \"{kind}\""),
    )
    .hint("put it inside `if op.dialect() == \"...\" { }` for the engine that has it")
    .hint("if a program of your own defines the kind, run that instead of this one (docs/extending.md)"))
}

/// The directive without the conversions that the dialect proposes itself: they can be told as well as its own what they refuse.
fn without_usual_conversions<'d>(
    directive: &'d Directive,
    (before, after): (&Schema, &Schema),
    dialect: &dyn Dialect,
) -> Cow<'d, Directive> {
    let is_usual = |alter: &AlterColumn| {
        alter.using.is_some()
            && alter.changes.iter().any(|change| match change {
                ColumnChange::Type(types) => {
                    dialect.conversion(&alter.name, &types.old, &types.new, before, after) == alter.using
                }
                _ => false,
            })
    };
    let Directive::AlterTable(alter) = directive else {
        return Cow::Borrowed(directive);
    };
    if !alter
        .changes
        .iter()
        .any(|change| matches!(change, TableChange::AlterColumn(alter) if is_usual(alter)))
    {
        return Cow::Borrowed(directive);
    }
    let mut seen = alter.clone();
    for change in &mut seen.changes {
        if let TableChange::AlterColumn(alter) = change
            && is_usual(alter)
        {
            alter.using = None;
        }
    }
    Cow::Owned(Directive::AlterTable(seen))
}

fn is_guarded(directive: &Directive) -> bool {
    match directive {
        Directive::AlterTable(_) => true,
        Directive::CreateIndex { index, .. } => index.unique,
        _ => false,
    }
}

/// Stops when code of a program would have to become text.
pub(crate) fn refuse_code(directives: &[Directive]) -> Result<()> {
    match directives.iter().find_map(|directive| match directive {
        Directive::Run(code) => Some(code.name()),
        _ => None,
    }) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            ErrorKind::Script,
            format!("the code {name:?} of a program cannot be written down"),
        )
        .hint("run the script on the database, with the program that it is compiled into")),
    }
}

/// Stops before anything has run, wherever in the script it stands.
pub(crate) fn refuse_irreversible(directives: &[Directive]) -> Result<()> {
    match directives.iter().find_map(|directive| match directive {
        Directive::Irreversible { why } => Some(why),
        _ => None,
    }) {
        None => Ok(()),
        Some(why) => Err(Error::new(
            ErrorKind::Script,
            format!("this direction is irreversible: {why}"),
        )
        .hint("write into the script what has to happen instead of `op.irreversible`, or restore a backup")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::sqlite::Sqlite;
    use crate::directive::{BulkInsert, Literal};
    use crate::schema::{Column, Table};

    fn create(name: &str) -> Directive {
        let mut table = Table::new(name);
        table.columns.push(Column::new("a", "text"));
        Directive::CreateTable(Box::new(table))
    }

    fn execute(sql: &str) -> Directive {
        Directive::Execute { sql: sql.into() }
    }

    #[test]
    fn an_error_says_which_directive() {
        let error = plan(&[create("t"), create("T")], &Schema::new(), &Sqlite).unwrap_err();
        assert_eq!(error.message(), "T: new table: there is a table T already");
        let error = plan(&[execute("COMMIT")], &Schema::new(), &Sqlite).unwrap_err();
        assert_eq!(error.message(), "run SQL: COMMIT in a script");
    }

    #[test]
    fn irreversible_stops_the_whole_script() {
        let why = Directive::Irreversible {
            why: "rows are merged".into(),
        };
        let error = plan(&[create("t"), why], &Schema::new(), &Sqlite).unwrap_err();
        assert_eq!(error.message(), "this direction is irreversible: rows are merged");
    }

    #[test]
    fn a_group_ends_behind_what_only_the_user_knows() {
        let insert = Directive::BulkInsert(BulkInsert {
            table: "t".into(),
            columns: vec!["a".into()],
            rows: vec![vec![Literal::Text("it's".into())]],
        });
        let directives = [create("t"), insert, execute("x"), create("u")];
        assert_eq!(groups(&directives).map(<[_]>::len).collect::<Vec<_>>(), [2, 1, 1]);
        assert_eq!(groups(&[]).count(), 0);
    }

    #[test]
    fn the_text_of_a_plan_can_be_run_and_read() {
        let mut before = Schema::new();
        before.insert_table(Table::new("old\nname"));
        let plan = plan(
            &[
                create("t"),
                execute("UPDATE t SET a = 1 -- all;"),
                Directive::DropTable(Box::new(Table::new("old\nname"))),
            ],
            &before,
            &Sqlite,
        )
        .unwrap();
        insta::assert_snapshot!(plan.sql(), @r#"
        PRAGMA foreign_keys=OFF;
        BEGIN;

        -- t: new table
        CREATE TABLE t (
            a text
        );

        -- run SQL
        UPDATE t SET a = 1;

        -- old
        -- name: drop table
        -- loses data: every row of old
        -- name
        DROP TABLE "old
        name";

        -- the next query must find nothing new
        SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2;
        COMMIT;
        PRAGMA foreign_keys=ON;
        PRAGMA legacy_alter_table=OFF;
        "#);
        assert!(plan.after.tables.contains_key(&"t".into()));
    }
}
