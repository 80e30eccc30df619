//! What a run would do, as SQL text, for a live database (`--dry-run`); `offline` does the same without one.
//!
//! Comes in: scripts, where the database is, the schema it has. Goes out: text that the engine's own client could run, the ledger
//! included. Nothing is written anywhere but to a scratch database, which is asked what SQL of the user's own does to the
//! schema.

use super::apply::leaves_schema_unknown;
use super::ledger::Record;
use super::replay::replay;
use super::run::moved;
use super::{Direction, Entry, Ledger, Migrator, Scripts};
use crate::Result;
use crate::compare::{CompareOptions, Pair, compare};
use crate::config::{Filter, TransactionScope};
use crate::database::Connection;
use crate::dialect::{Dialect, Engine, Session};
use crate::directive::Directive;
use crate::plan::{OnlineChanges, Plan, Segment, Segments, comment, groups, plan, readable, terminated};
use crate::reflect::reflect;
use crate::schema::Schema;
use crate::script::RevisionId;
use serde::Serialize;

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// As text that the engine's own client could run.
    pub sql: String,
    /// Script by script.
    pub scripts: Vec<PreviewedScript>,
}

/// What a script would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewedScript {
    /// The revision.
    pub revision: RevisionId,
    /// What it is about.
    pub message: String,
    /// Its statements by the transactions they run in; the ledger's own are left out.
    pub segments: Vec<Segment>,
}

impl Migrator<'_> {
    /// The SQL that [`upgrade`](Self::upgrade) would run. Nothing is changed; a database that is not there is not created.
    ///
    /// # Errors
    /// As `upgrade`, as far as that can be known without running it.
    pub async fn upgrade_sql(&mut self, to: &str) -> Result<String> {
        Ok(self.preview(Direction::Upgrade, to).await?.sql)
    }

    /// The SQL that [`downgrade`](Self::downgrade) would run. Nothing is changed.
    ///
    /// # Errors
    /// As `downgrade`, as far as that can be known without running it.
    pub async fn downgrade_sql(&mut self, to: &str) -> Result<String> {
        Ok(self.preview(Direction::Downgrade, to).await?.sql)
    }

    /// What [`upgrade`](Self::upgrade) or [`downgrade`](Self::downgrade) would do. Nothing is changed; a database that is not
    /// there is not created.
    ///
    /// # Errors
    /// As those, as far as that can be known without running it; also when a script is half done.
    pub async fn preview(&mut self, direction: Direction, to: &str) -> Result<Preview> {
        let record = self.record().await?;
        self.know(&record)?;
        if let Some(unfinished) = &record.unfinished {
            return Err(self.in_the_way(unfinished));
        }
        let path = self.path(direction, &record.heads, to)?;
        let ledger_is_there = self.has_ledger().await?;
        let schema = match &mut self.connection {
            Some(connection) if !path.is_empty() => reflect(connection, &self.filter).await?.schema,
            _ => Schema::new(),
        };
        let foresight = Foresight::new(schema, self.dialect, self.online).together(self.transaction);
        text(
            self.scripts,
            &self.ledger,
            direction,
            &path,
            record,
            ledger_is_there,
            foresight,
        )
        .await
    }
}

pub(super) async fn text(
    scripts: &dyn Scripts,
    ledger: &Ledger,
    direction: Direction,
    path: &[RevisionId],
    record: Record,
    mut ledger_is_there: bool,
    mut foresight: Foresight,
) -> Result<Preview> {
    let mut heads = record.heads;
    let mut previewed = Vec::new();
    let mut out = String::new();
    if !path.is_empty() {
        out.push_str(&comment("run this with a client that stops at the first error"));
        if !foresight.dialect.facts().transactional_ddl {
            out.push_str(&comment(
                "there are no transactions around what changes the schema: each of these statements commits by itself",
            ));
        }
        out.push('\n');
    }
    let transactional = foresight.dialect.facts().transactional_ddl;
    foresight.whole = foresight.transaction == TransactionScope::Run && transactional && path.len() > 1;
    let mut around = Session::default();
    if foresight.whole {
        for revision in path {
            let directives = super::directives(scripts, revision, direction, foresight.dialect.engine())?;
            around.extend(&foresight.dialect.session(&directives));
        }
        out.extend(around.before.iter().map(|sql| terminated(sql)));
        out.push_str("BEGIN;\n\n");
    }
    for revision in path {
        let name = super::name_of(scripts, revision);
        let directives = super::directives(scripts, revision, direction, foresight.dialect.engine())?;
        let message = scripts
            .header(revision)
            .map_or("", |header| header.message.as_str());
        let title = if message.is_empty() {
            name.clone()
        } else {
            format!("{name}: {message}")
        };
        out.push_str(&comment(&format!("{direction} {title}")));
        let session = foresight.dialect.session(&directives);
        for sql in session.before.iter().filter(|_| !foresight.whole) {
            out.push_str(&terminated(sql));
        }
        let (mut body, statements) = foresight
            .script(&directives, &session)
            .await
            .map_err(|error| error.context(&name))?;

        if transactional {
            body.open();
        } else {
            body.commit();
        }
        body.push("\n");
        body.push(&comment("the ledger"));
        if !ledger_is_there {
            body.push(&ledger.creation_sql()?);
            ledger_is_there = true;
        }
        body.open();
        let now = moved(&heads, revision, direction, scripts);
        for sql in ledger.moves(&heads, &now) {
            body.push(&terminated(&sql));
        }
        heads = now;
        body.push(&terminated(&ledger.insertion(&Entry {
            revision: Some(revision.clone()),
            direction,
            checksum: Some(scripts.checksum(revision)?),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: None,
            finished_at: None,
            statements,
            statements_total: statements,
        })));
        for sql in &session.checks {
            body.push(&comment("must find no more than before the script"));
            body.push(&terminated(sql));
        }
        body.commit();
        let (body, segments) = body.finish();
        out.push_str(&body);
        previewed.push(PreviewedScript {
            revision: revision.clone(),
            message: message.to_owned(),
            segments,
        });
        for sql in session.after.iter().filter(|_| !foresight.whole) {
            out.push_str(&terminated(sql));
        }
        out.push('\n');
    }
    if foresight.whole {
        out.push_str("COMMIT;\n");
        out.extend(around.after.iter().map(|sql| terminated(sql)));
    }
    Ok(Preview {
        sql: readable(out, foresight.dialect),
        scripts: previewed,
    })
}

/// The schema along a run that does not happen.
pub(super) struct Foresight {
    dialect: &'static dyn Dialect,
    online: OnlineChanges,
    schema: Schema,
    /// Whether `schema` is what the database will have.
    sure: bool,
    /// A copy of the database without its rows, made when SQL of the user's own is met.
    scratch: Option<Connection>,
    transaction: TransactionScope,
    /// Whether the scripts that follow are one transaction.
    whole: bool,
}

impl Foresight {
    fn new(schema: Schema, dialect: &'static dyn Dialect, online: OnlineChanges) -> Self {
        Self {
            dialect,
            online,
            schema,
            sure: true,
            scratch: None,
            transaction: TransactionScope::Script,
            whole: false,
        }
    }

    /// Foresees what commits together.
    pub(super) fn together(mut self, transaction: TransactionScope) -> Self {
        self.transaction = transaction;
        self
    }

    /// Foresees that scripts from here on change tables as `online` says.
    pub(super) fn online(mut self, online: OnlineChanges) -> Self {
        self.online = online;
        self
    }

    /// The schema to which scripts lead that are not shown: as the engine has it where a scratch database can be made, else as far
    /// as the directives tell.
    pub(super) async fn behind(
        scripts: &dyn Scripts,
        heads: &[RevisionId],
        dialect: &'static dyn Dialect,
    ) -> Result<Self> {
        let mut foresight = Self::new(Schema::new(), dialect, OnlineChanges::Off);
        let applied = scripts.graph().ancestors(heads);
        let applied: Vec<RevisionId> = scripts
            .graph()
            .order()
            .filter(|revision| applied.contains(revision))
            .cloned()
            .collect();
        if applied.is_empty() {
            return Ok(foresight);
        }
        if let Some(mut scratch) = scratch(dialect.engine()).await? {
            replay(&mut scratch, scripts, &applied, dialect, |_| ()).await?;
            foresight.schema = reflect(&mut scratch, &Filter::everything()).await?.schema;
            return Ok(foresight);
        }
        for revision in &applied {
            let directives = super::directives(scripts, revision, Direction::Upgrade, dialect.engine())?;
            let session = dialect.session(&directives);
            let followed = foresight.script(&directives, &session).await;
            followed.map_err(|error| error.context(super::name_of(scripts, revision)))?;
        }
        Ok(foresight)
    }

    /// The text of a script, and how many statements it has.
    async fn script(&mut self, directives: &[Directive], session: &Session) -> Result<(Segments, u64)> {
        let mut out = if self.whole {
            Segments::within_a_transaction()
        } else {
            Segments::default()
        };
        let mut statements = 0;
        self.on_scratch(&session.before).await;
        for group in groups(directives) {
            if !self.sure && group.iter().any(|d| !d.is_opaque()) {
                out.push("\n");
                out.push(&comment(
                    "planned without knowing what the SQL above does to the schema",
                ));
            }
            let plan = self.plan(group)?;
            for step in &plan.steps {
                out.step(step);
                statements += step.statements.len() as u64;
            }
            if !out.fits() {
                return Err(super::whole_run::refused());
            }
            self.follow(group, plan).await;
        }
        self.on_scratch(&session.after).await;
        Ok((out, statements))
    }

    fn plan(&self, group: &[Directive]) -> Result<Plan> {
        let plan = plan(group, &self.schema, self.dialect).map_err(|error| {
            if self.sure {
                error
            } else {
                error.hint(
                    "what op.execute did before cannot be foreseen here: run the script on a copy of the database instead",
                )
            }
        })?;
        plan.online_preview(self.online)
    }

    /// Goes behind a group.
    async fn follow(&mut self, group: &[Directive], plan: Plan) {
        let executes = group.iter().any(leaves_schema_unknown);
        if executes && self.sure && self.scratch.is_none() {
            self.scratch = copy(&self.schema, self.dialect).await;
            self.sure = self.scratch.is_some();
        }
        // Rows are of no use on a copy without rows.
        let statements: Vec<String> = plan
            .steps
            .iter()
            .filter(|step| !matches!(step.directive, Directive::BulkInsert(_)))
            .flat_map(|step| step.statements.iter().map(|s| s.sql.clone()))
            .collect();
        self.schema = plan.after;
        self.on_scratch(&statements).await;
        if executes && let Some(scratch) = &mut self.scratch {
            match reflect(scratch, &Filter::everything()).await {
                Ok(reflection) => self.schema = reflection.schema,
                Err(_) => self.lose(),
            }
        }
    }

    /// Runs statements on the scratch, if there is one.
    async fn on_scratch(&mut self, statements: &[String]) {
        if let Some(scratch) = &mut self.scratch
            && scratch.execute_each(statements).await.is_err()
        {
            self.lose();
        }
    }

    /// SQL that fails without the rows it was written for.
    fn lose(&mut self) {
        self.scratch = None;
        self.sure = false;
    }
}

/// A database of that schema without rows; `None` when there is no such thing.
async fn copy(schema: &Schema, dialect: &'static dyn Dialect) -> Option<Connection> {
    let mut scratch = scratch(dialect.engine()).await.ok()??;
    let empty = Schema::new();
    let all = compare(Pair::new(&empty, schema), dialect, &CompareOptions::default()).ok()?;
    let plan = plan(&all.upgrade, &empty, dialect).ok()?;
    let statements: Vec<&str> = plan
        .steps
        .iter()
        .flat_map(|step| step.statements.iter().map(|s| s.sql.as_str()))
        .collect();
    scratch.execute_each(&statements).await.ok()?;
    Some(scratch)
}

/// An empty database of an engine; `None` when this build cannot make one.
#[cfg_attr(
    not(feature = "sqlite"),
    expect(clippy::unused_async, reason = "only an engine's scratch waits")
)]
async fn scratch(engine: Engine) -> Result<Option<Connection>> {
    match engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => Connection::memory().await.map(Some),
        _ => Ok(None),
    }
}
