//! Directives run on a connection whose transaction is open.
//!
//! Comes in: directives. Goes out: how many statements ran, or the first thing that went wrong, with the directive and the
//! statement. A script whose statements are all inside the transaction leaves it open, and beginning, committing and rolling back are
//! for the caller. Where a statement cannot be inside, or what it makes can only be used behind a commit, the transaction is
//! committed here and a new one begun; the journal is told.

use super::doubt;
use super::journal::{Journal, Progress};
use super::progress::{Event, Observer};
use super::whole_run;
use crate::config::Filter;
use crate::database::{Connection, Refused};
use crate::dialect::{Alone, Dialect, Placement, Statement};
use crate::directive::{Directive, Naming, TableChange};
use crate::extend;
use crate::plan::{Guard, OnlineChanges, Plan, comment, groups, plan, refuse_irreversible};
use crate::reflect::reflect;
use crate::schema::{QName, Schema};
use crate::{Error, ErrorKind, Notice, Place, Result};
use std::collections::{BTreeMap, BTreeSet};

/// So many statements are sent at once: fewer round trips, and still a sign of life now and then.
const STATEMENTS_AT_ONCE: usize = 32;

/// So many guards are asked at once.
const GUARDS_AT_ONCE: usize = 16;

/// What running directives has led to.
#[derive(Debug)]
pub(crate) struct Effect {
    /// How many statements ran.
    pub(crate) statements: u64,
    /// The schema afterwards, when the model could follow.
    pub(crate) schema: Option<Schema>,
    /// What a person should know; the observer has been told.
    pub(crate) notices: Vec<Notice>,
}

/// Where directives run and who is told.
pub(super) struct Runner<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) dialect: &'a dyn Dialect,
    /// Hides what no directive should see (the ledger).
    pub(super) filter: &'a Filter,
    /// What is asked of an engine that has several ways to change a table.
    pub(super) online: OnlineChanges,
    /// Whether the transaction may be committed on the way, where a statement needs that.
    pub(super) may_commit: bool,
    pub(super) observer: &'a mut dyn Observer,
}

/// How a script begins.
pub(super) enum Start {
    /// At its begin, from this schema when it is known; else the database is asked as soon as a directive needs it.
    Anew(Option<Schema>),
    /// In the middle: behind so many statements.
    Behind(u64, Progress),
    /// At its begin; it takes back what the other direction left half done.
    TakingBack,
}

/// Runs directives, and looks at the schema again behind SQL of the user's own.
///
/// All guards of a [group](groups) run before its first statement.
///
/// # Errors
/// [`ErrorKind::RowsContradict`] when rows forbid a change; whatever planning or the database says, with the directive's summary
/// and the statement as its place.
pub(super) async fn apply(
    runner: Runner<'_>,
    directives: &[Directive],
    start: Start,
    journal: Option<&mut Journal<'_>>,
) -> Result<Effect> {
    refuse_irreversible(directives)?;
    let undoes = matches!(start, Start::TakingBack);
    let mut run = Run {
        runner,
        journal,
        done: 0,
        total: 0,
        notices: Vec::new(),
        session: SessionState::AsBegun,
    };
    let groups: Vec<&[Directive]> = groups(directives).collect();
    let (mut known, first) = match start {
        Start::Anew(known) => (known, 0),
        Start::TakingBack => (None, 0),
        Start::Behind(done, progress) => {
            let next = if progress.undoes {
                groups.len()
            } else {
                progress.group + 1
            };
            run.set_session_again(&groups[..progress.group.min(groups.len())])
                .await?;
            run.go_on(done, progress, next < groups.len()).await?;
            (None, next)
        }
    };
    if run.runner.online == OnlineChanges::Require && groups.len() > 1 && first == 0 && known.is_none() {
        known = run.refuse_from_the_start(directives).await?;
    }
    for (at, group) in groups.iter().enumerate().skip(first) {
        let structural = group.iter().any(starts_from_schema);
        let (start, is_whole) = if !structural {
            (Schema::new(), false)
        } else if let Some(schema) = known.take() {
            (schema, true)
        } else if stands_alone(group, run.runner.dialect) {
            (Schema::new(), false)
        } else {
            (run.reflect().await?, true)
        };
        let Runner {
            connection,
            dialect,
            online,
            ..
        } = &mut run.runner;
        let plan = plan(group, &start, *dialect)?.online(*online)?;
        heed_guards(connection, &plan).await?;
        let progress = Progress::new(at, run.done, undoes, &plan.steps);
        run.group(&progress, 0, at + 1 < groups.len()).await?;
        let executes = group.iter().any(leaves_schema_unknown);
        if structural || executes {
            let followed = is_whole && !executes && group.iter().all(is_followed_exactly);
            known = followed.then_some(plan.after);
        }
    }
    Ok(Effect {
        statements: run.done,
        schema: known,
        notices: run.notices,
    })
}

/// Whether directives only make new things, which can be planned without knowing what there is.
fn stands_alone(directives: &[Directive], naming: &(impl Naming + ?Sized)) -> bool {
    let folded = |name: &QName| {
        let namespace = name.namespace.as_ref().map(|n| naming.fold(n).into_owned());
        (namespace, naming.fold_relation(&name.name).into_owned())
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
        | Directive::Run(_)
        | Directive::BulkInsert(_) => true,
        Directive::DropNamespace(_)
        | Directive::DropTable(_)
        | Directive::RenameTable(_)
        | Directive::AlterTable(_)
        | Directive::DropIndex { .. }
        | Directive::RenameIndex { .. }
        | Directive::DropSequence(_)
        | Directive::AlterSequence(_)
        | Directive::DropEnum(_)
        | Directive::AlterEnum { .. }
        | Directive::DropObject(_)
        | Directive::ReplaceObject(_)
        | Directive::Custom(_)
        | Directive::Irreversible { .. } => false,
    })
}

/// Whether its statements may depend on what there is. What the user has written out does not.
fn starts_from_schema(directive: &Directive) -> bool {
    !directive.is_opaque() || matches!(directive, Directive::Custom(_))
}

/// Whether the model does not know what the schema is like behind a directive.
pub(super) fn leaves_schema_unknown(directive: &Directive) -> bool {
    match directive {
        Directive::Execute { .. } | Directive::Run(_) => true,
        Directive::Custom(custom) => match custom.effect() {
            extend::Effect::Unknown => true,
            extend::Effect::Nothing | extend::Effect::Like(_) => false,
        },
        // Rows change no schema, and the model follows the rest.
        _ => false,
    }
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
        // What its kind says it is like, it resembles.
        Directive::Custom(custom) => custom.effect() == extend::Effect::Nothing,
        _ => true,
    }
}

/// Asks many guards at once, and one by one only when that fails: a guard that cannot be asked says nothing, because its SQL is
/// made from expressions that only the engine understands, and the engine has the last word anyway.
async fn heed_guards(connection: &mut Connection, plan: &Plan) -> Result<()> {
    let all: Vec<&Guard> = plan.steps.iter().flat_map(|step| &step.guards).collect();
    for guards in all.chunks(GUARDS_AT_ONCE) {
        let counts = if let Some(counts) = count(connection, guards).await? {
            counts
        } else {
            let mut counts = Vec::with_capacity(guards.len());
            for guard in guards {
                let one = count(connection, &[guard]).await?;
                counts.push(one.map_or(0, |one| one[0]));
            }
            counts
        };
        if let Some((guard, rows)) = guards.iter().zip(counts).find(|(_, rows)| *rows > 0) {
            return Err(guard.error(rows));
        }
    }
    Ok(())
}

/// What guards count; `None` when the engine cannot answer. The transaction goes on in any case.
async fn count(connection: &mut Connection, guards: &[&Guard]) -> Result<Option<Vec<u64>>> {
    let columns: Vec<String> = guards.iter().map(|guard| format!("({}\n)", guard.sql)).collect();
    let question = format!("SELECT {}", columns.join(", "));
    match connection.try_query(&question).await {
        Ok(rows) => {
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let counts = (0..guards.len()).map(|column| {
                let rows = row.integer(column).unwrap_or(0);
                u64::try_from(rows).unwrap_or(0)
            });
            Ok(Some(counts.collect()))
        }
        Err(error) if matches!(error.kind(), ErrorKind::Database | ErrorKind::RowsContradict) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A script on its way.
struct Run<'a, 'j, 'l> {
    runner: Runner<'a>,
    journal: Option<&'j mut Journal<'l>>,
    /// How many statements have run.
    done: u64,
    /// Of how many that are known.
    total: u64,
    notices: Vec<Notice>,
    session: SessionState,
}

/// How the session of a script is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SessionState {
    AsBegun,
    /// The script has set something, which may decide how the catalog is shown.
    Changed,
}

impl Run<'_, '_, '_> {
    /// Finds out before anything runs whether writes would have to wait anywhere in a script of several groups. What SQL of the user's own
    /// does to the schema is left out of account; where the rest does not fit without that, it is told group by group. Gives the
    /// schema there is.
    async fn refuse_from_the_start(&mut self, directives: &[Directive]) -> Result<Option<Schema>> {
        let schema = self.reflect().await?;
        let Runner { dialect, online, .. } = &self.runner;
        if let Ok(plan) = plan(directives, &schema, *dialect) {
            plan.online(*online)?;
        }
        Ok(Some(schema))
    }

    /// Runs again what scripts' own SQL has set, in groups that have run, for the session that is no more.
    async fn set_session_again(&mut self, groups: &[&[Directive]]) -> Result<()> {
        for group in groups {
            let Some(execute @ Directive::Execute { .. }) = group.last() else {
                continue;
            };
            let plan = plan(std::slice::from_ref(execute), &Schema::new(), self.runner.dialect)?;
            for statement in plan.steps.iter().flat_map(|step| &step.statements) {
                if self.runner.dialect.sets_session(&statement.sql) {
                    self.runner.connection.execute(&statement.sql).await?;
                    self.session = SessionState::Changed;
                }
            }
        }
        Ok(())
    }

    /// Goes on in the middle of a group.
    async fn go_on(&mut self, done: u64, progress: Progress, more_groups: bool) -> Result<()> {
        self.done = done;
        let mut skipped = usize::try_from(done.saturating_sub(progress.before)).unwrap_or(usize::MAX);
        let statements = || progress.steps.iter().flat_map(|step| &step.statements);
        // What was set for the session that is no more.
        let dialect = self.runner.dialect;
        for statement in statements()
            .take(skipped)
            .filter(|s| dialect.sets_session(&s.sql))
        {
            self.runner.connection.execute(&statement.sql).await?;
            self.session = SessionState::Changed;
        }
        // What runs outside transactions may have run, without anybody left to write it down.
        if let Some(statement) = statements().nth(skipped)
            && statement.placement == Placement::Outside
            && self.standing(&self.runner.dialect.alone(&statement.sql)).await? == Standing::Done
        {
            skipped += 1;
            self.done += 1;
        }
        self.group(&progress, skipped, more_groups).await
    }

    /// Runs the statements of a group behind the first `skipped` ones.
    async fn group(&mut self, progress: &Progress, skipped: usize, more_groups: bool) -> Result<()> {
        let all: Vec<(&Directive, &Statement)> = progress
            .steps
            .iter()
            .flat_map(|step| step.statements.iter().map(|s| (&step.directive, s)))
            .collect();
        self.total = progress.before + all.len() as u64;
        let mut at = skipped;
        if !self.runner.may_commit
            && let Some((directive, statement)) = all.iter().find(|(_, s)| s.placement != Placement::Inside)
        {
            return Err(failed(whole_run::refused(), directive, statement));
        }
        while at < all.len() {
            let (directive, statement) = all[at];
            if statement.placement == Placement::Outside {
                let before = self.before(statement).await?;
                self.commit(progress, before.as_deref()).await?;
                self.heed_settings(&all[at..=at]);
                self.alone(directive, statement).await?;
                self.done += 1;
                at += 1;
                self.note(progress).await?;
                self.runner.connection.begin().await?;
                continue;
            }
            if let Directive::Run(code) = directive {
                self.tell(&[&statement.sql]);
                let ran = code.run(self.runner.connection).await;
                ran.map_err(|error| error.context(directive.summary()))?;
                self.done += 1;
                at += 1;
                continue;
            }
            let rest = &all[at..];
            let stop = rest
                .iter()
                .position(|(d, s)| s.placement != Placement::Inside || matches!(d, Directive::Run(_)));
            let commits = stop.is_some_and(|stop| rest[stop].1.placement == Placement::CommitBehind);
            let length = stop.map_or(rest.len(), |stop| stop + usize::from(commits));
            self.inside(&rest[..length]).await?;
            at += length;
            if commits && (at < all.len() || more_groups) {
                self.commit(progress, None).await?;
                self.runner.connection.begin().await?;
            }
        }
        self.tell(&[]);
        Ok(())
    }

    /// What tells later whether a statement took effect that commits by itself.
    async fn before(&mut self, statement: &Statement) -> Result<Option<String>> {
        let Runner {
            connection,
            dialect,
            filter,
            ..
        } = &mut self.runner;
        if self.journal.is_none() || dialect.facts().transactional_ddl {
            return Ok(None);
        }
        let now = match self.session {
            SessionState::AsBegun => None,
            // The next run will ask in a session of its own.
            SessionState::Changed => connection.set_as_begun().await?,
        };
        let seen = doubt::fingerprint(connection, *dialect, filter, &statement.sql).await?;
        if let Some(now) = now {
            connection.execute(&now).await?;
        }
        Ok(seen)
    }

    /// Takes note of what statements have set for the session.
    fn heed_settings(&mut self, statements: &[(&Directive, &Statement)]) {
        let dialect = self.runner.dialect;
        if self.session == SessionState::AsBegun
            && !dialect.facts().transactional_ddl
            && statements.iter().any(|(_, s)| dialect.sets_session(&s.sql))
        {
            self.session = SessionState::Changed;
        }
    }

    /// What there is, read as the session began.
    async fn reflect(&mut self) -> Result<Schema> {
        let Runner {
            connection, filter, ..
        } = &mut self.runner;
        let now = match self.session {
            SessionState::AsBegun => None,
            SessionState::Changed => connection.set_as_begun().await?,
        };
        let reflection = reflect(connection, filter).await?;
        if let Some(now) = now {
            connection.execute(&now).await?;
        }
        Ok(reflection.schema)
    }

    /// Runs statements inside the transaction.
    async fn inside(&mut self, all: &[(&Directive, &Statement)]) -> Result<()> {
        for chunk in all.chunks(STATEMENTS_AT_ONCE) {
            let statements: Vec<&str> = chunk.iter().map(|(_, s)| s.sql.as_str()).collect();
            self.tell(&statements);
            self.heed_settings(chunk);
            let ran = self.runner.connection.execute_each(&statements).await;
            ran.map_err(|Refused { index, error }| failed(error, chunk[index].0, chunk[index].1))?;
            self.done += chunk.len() as u64;
        }
        Ok(())
    }

    /// Runs a statement with no transaction open. What it leaves when it fails is cleared away.
    async fn alone(&mut self, directive: &Directive, statement: &Statement) -> Result<()> {
        let way = self.runner.online.ways(statement);
        let told = statement.note.as_deref().map(comment).unwrap_or_default() + way.first().unwrap_or(&"");
        self.tell(&[&told]);
        let around = self.runner.dialect.alone(&statement.sql);
        if let Some(sql) = &around.before {
            self.runner.connection.execute(sql).await?;
        }
        // A run that was cut off may have left something broken.
        let ran = match self.clear(&around).await {
            Ok(()) => self.some_way(statement).await,
            Err(error) => Err(error),
        };
        self.set_back(&around).await;
        let Err(error) = ran else {
            return Ok(());
        };
        // To clear away may take long. Who wants to stop does not wait for it, nor can a lost connection do it; the next run will.
        if error.kind() != ErrorKind::Interrupted
            && self.clear(&around).await.is_ok()
            && let Some(journal) = &mut self.journal
        {
            let _ = journal.withdraw(self.runner.connection).await;
        }
        // What the server refuses has had no effect.
        if self.runner.connection.is_alive()
            && let Some(journal) = &mut self.journal
        {
            let _ = journal.settle(self.runner.connection).await;
            if around.standing.is_none() {
                let _ = journal.withdraw(self.runner.connection).await;
            }
        }
        let lacks_way = self.runner.dialect.lacks_way(&error);
        let error = failed(error, directive, statement);
        Err(if lacks_way {
            error.hint("`online = \"prefer\"` in autogen.toml lets the server change the table in the way that it has")
        } else {
            error
        })
    }

    /// Runs a statement in the first of its ways that the engine has.
    async fn some_way(&mut self, statement: &Statement) -> Result<()> {
        let ways = self.runner.online.ways(statement);
        for (at, way) in ways.iter().enumerate() {
            let ran = self.runner.connection.execute_each(&[way]).await;
            let Err(Refused { error, .. }) = ran else {
                return Ok(());
            };
            match ways.get(at + 1) {
                Some(next) if self.runner.dialect.lacks_way(&error) => {
                    let notice = Notice::warning(format!("{}; this is run instead: {next}", error.message()));
                    self.runner.observer.event(&Event::Noticed(&notice));
                    self.notices.push(notice);
                }
                _ => return Err(error),
            }
        }
        Ok(())
    }

    /// The session ends soon after, if this fails.
    async fn set_back(&mut self, around: &Alone) {
        if let Some(sql) = &around.after {
            let _ = self.runner.connection.execute(sql).await;
        }
    }

    /// Clears away what a failed attempt left.
    async fn clear(&mut self, around: &Alone) -> Result<()> {
        if let Standing::Broken(remedy) = self.standing(around).await? {
            self.tell(&[&remedy]);
            self.runner.connection.execute(&remedy).await?;
        }
        Ok(())
    }

    async fn standing(&mut self, around: &Alone) -> Result<Standing> {
        let Some(question) = &around.standing else {
            return Ok(Standing::Nothing);
        };
        let rows = self.runner.connection.query(question).await?;
        let Some(row) = rows.first() else {
            return Ok(Standing::Nothing);
        };
        Ok(match row.text(0)? {
            Alone::DONE => Standing::Done,
            Alone::BROKEN => Standing::Broken(row.text(1)?.to_owned()),
            _ => Standing::Nothing,
        })
    }

    /// Commits what has run, with how far it is.
    async fn commit(&mut self, progress: &Progress, in_doubt: Option<&str>) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            journal
                .write(self.runner.connection, self.done, self.total, progress, in_doubt)
                .await?;
        }
        self.runner.connection.execute("COMMIT").await?;
        if let Some(journal) = &mut self.journal {
            journal.commit(self.done, self.total);
        }
        Ok(())
    }

    /// Writes down, with no transaction open, that a statement has run.
    async fn note(&mut self, progress: &Progress) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            journal
                .write(self.runner.connection, self.done, self.total, progress, None)
                .await?;
            journal.commit(self.done, self.total);
        }
        Ok(())
    }

    fn tell(&mut self, next: &[&str]) {
        self.runner.observer.event(&Event::Statements {
            done: self.done,
            of: self.total,
            next,
        });
    }
}

/// What an earlier attempt at a statement has led to.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Nothing,
    Done,
    /// Something that this statement clears away.
    Broken(String),
}

/// The error of a statement with what it was for.
fn failed(error: Error, directive: &Directive, statement: &Statement) -> Error {
    let error = if error.places().is_empty() {
        error.at(Place {
            file: None,
            line: 1,
            column: 1,
            snippet: statement.sql.clone(),
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
