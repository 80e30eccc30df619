//! Any source to a schema.
//!
//! In comes a [`Source`], out comes what it declares, as the engine itself understands it. A database is reflected as it is;
//! everything else runs on a scratch database first. Nothing but the scratch is written to.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::future::join;

use super::{
    Source,
    cache::{Cache, Kept, Key},
    classify::Rules,
    events::Events,
    files::{SqlFile, read, resolve},
    hints::hints,
    load::reflect_statements,
    manage::Declares,
    scratch::Scratch,
    server::Server,
    statements::{Permits, statements},
};
use crate::{
    Connection, DatabaseUrl, Error, ErrorKind, Notice, Result,
    compare::{Pair, Rename},
    config::{Filter, Manage, TargetCode},
    database::Open,
    dialect::Engine,
    directive::Directive,
    extend::Extensions,
    migrate::{Scripts, replay},
    reflect::{Reflection, reflect, reflect_as_written},
    schema::{Name, ObjectId, ObjectKind, Schema},
};

/// What a source is realised with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The engine whose SQL the source speaks: that of the database it is compared with.
    pub engine: Engine,
    /// What is managed. The rest is left out of the schema.
    pub filter: &'a Filter,
    /// The migration scripts, for [`Source::Migrations`].
    pub scripts: Option<&'a dyn Scripts>,
    /// A folder in which the schemas of SQL files may be kept until the files change.
    pub cache: Option<&'a Path>,
    /// What a SQLite file is that does not exist.
    pub missing: Missing,
    /// The server with the database that the source describes, for engines that need one.
    pub server: Option<&'a Server>,
    /// What of grants and owners is managed; `None` for what the target speaks of.
    pub manage: Option<&'a BTreeSet<Manage>>,
    /// Whether SQL files may run code while they are loaded.
    pub code: TargetCode,
    /// Whether a database is read with words that mean nothing but are kept (`USING BTREE` of MySQL), for who writes its schema down.
    pub as_written: bool,
}

/// What a SQLite file is that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// An error: nobody declares a target by a database that is not there.
    Error,
    /// An empty database, as before its first migration.
    Empty,
}

impl<'a> Context<'a> {
    /// A context without scripts and without a cache, in which a missing database is an error.
    pub fn new(engine: Engine, filter: &'a Filter) -> Self {
        Self {
            engine,
            filter,
            scripts: None,
            cache: None,
            missing: Missing::Error,
            server: None,
            manage: None,
            code: TargetCode::default(),
            as_written: false,
        }
    }

    /// The server.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when none is known.
    pub(super) fn server(&self) -> Result<&'a Server> {
        self.server.ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("no server of {} is known to try the target on", self.engine),
            )
            .hint("give the URL of a database: `--url`, `DATABASE_URL`, or `url` in autogen.toml")
        })
    }

    /// Whether nobody wants to know who may do what, or who owns what.
    fn is_unmanaged(&self, what: Manage) -> bool {
        self.manage.is_some_and(|managed| !managed.contains(&what))
    }
}

/// A source as a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Realised {
    /// What the source declares. Two sources that declare the same may share it.
    pub schema: Arc<Schema>,
    /// Renames that its comments declare.
    pub renames: Vec<Rename>,
    /// What was passed over, and what may be a mistake.
    pub notices: Vec<Notice>,
    /// What it says something about, of what is managed only then.
    pub declares: Declares,
    /// Extensions that it needs and does not create. They are somebody else's.
    pub assumes: BTreeSet<Name>,
    /// What was seen and cannot be told: it must not be taken for missing.
    pub untold: BTreeSet<ObjectId>,
    /// Kinds of which nothing can be seen, so that none of them must be taken for missing.
    pub hidden: BTreeSet<ObjectKind>,
}

impl From<Reflection> for Realised {
    /// What an engine has says something about everything.
    fn from(reflection: Reflection) -> Self {
        Self {
            schema: Arc::new(reflection.schema),
            notices: reflection.notices,
            untold: reflection.untold,
            hidden: reflection.hidden,
            declares: Declares::everything(),
            ..Self::default()
        }
    }
}

/// Reads the schema of a source.
///
/// # Errors
/// [`ErrorKind::Target`] for a file that is missing or cannot be read, a statement that a target may not hold, and one that the
/// engine refuses, each with its place; [`ErrorKind::Usage`] when the source is of another engine than
/// [`Context::engine`], or names a revision that is not there; [`ErrorKind::Script`] for a script that cannot be read or replayed;
/// for a database what [`Connection::open`] and [`reflect`] say.
pub async fn realise(source: &Source, context: &Context<'_>) -> Result<Realised> {
    realise_over(source, context, None).await
}

/// The same over a connection to the database that the source is, if there is one; it is closed.
///
/// # Errors
/// As [`realise`].
#[cfg(feature = "cli")]
pub(crate) async fn realise_opened(
    source: &Source,
    context: &Context<'_>,
    opened: Option<Connection>,
) -> Result<Realised> {
    realise_over(source, context, opened).await
}

/// Reads the schemas of two sources at the same time. `opened` may be a connection to the database that the first is; it is
/// closed.
///
/// # Errors
/// As [`realise`]; of two errors, that of the first source.
pub async fn realise_both(
    sources: Pair<&Source>,
    contexts: Pair<&Context<'_>>,
    opened: Option<Connection>,
) -> Result<Pair<Realised>> {
    let mut connections = Pair::new(opened, None);
    if let Some(server) = contexts.target.server {
        let is_it = |source: &Source| matches!(source, Source::Database(url) if url == server.database());
        let connection = if is_it(sources.live) {
            Some(&mut connections.live)
        } else if is_it(sources.target) {
            Some(&mut connections.target)
        } else {
            None
        };
        // Whoever reads files has to know what the database is like, and should not have to connect for that.
        if let Some(connection) = connection {
            let connection = match connection {
                Some(connection) => connection,
                None => connection.insert(Connection::open(server.database(), Open::ReadOnly).await?),
            };
            server.learn(connection).await?;
        }
    }
    let (live, target) = join(
        Box::pin(realise_over(sources.live, contexts.live, connections.live)),
        Box::pin(find(sources.target, contexts.target, connections.target)),
    )
    .await;
    let (live, target) = (live?, target?);
    let target = match target {
        Found::Realised(target) => target,
        // A schema that is known to be the other one is not read again.
        Found::Kept(kept) if kept.is_like(&live.schema, contexts.target.manage) => {
            kept.with_schema(Arc::clone(&live.schema))
        }
        Found::Kept(kept) => load(kept, sources.target, contexts.target).await?,
    };
    Ok(Pair::new(live, target))
}

/// A source that has been looked for.
enum Found {
    /// It has been read.
    Realised(Realised),
    /// Its schema is kept in the cache, and has not been read yet.
    Kept(Kept),
}

/// Reads what is kept of a source, or makes it again when that is damaged.
async fn load(kept: Kept, source: &Source, context: &Context<'_>) -> Result<Realised> {
    match kept.load() {
        Some(realised) => Ok(realised),
        None => Box::pin(realise_over(source, context, None)).await,
    }
}

/// Looks for the schema of a source, and reads it unless it is kept.
async fn find(source: &Source, context: &Context<'_>, opened: Option<Connection>) -> Result<Found> {
    match source {
        Source::Sql(patterns) => find_sql(patterns, context).await,
        Source::Database(_) | Source::Migrations(_) => {
            Ok(Found::Realised(realise_over(source, context, opened).await?))
        }
    }
}

/// Reads the schema of a source; of a database over this connection, if there is one.
async fn realise_over(
    source: &Source,
    context: &Context<'_>,
    opened: Option<Connection>,
) -> Result<Realised> {
    match source {
        Source::Database(url) => realise_database(url, context, opened).await,
        Source::Sql(patterns) => match find_sql(patterns, context).await? {
            Found::Realised(realised) => Ok(realised),
            Found::Kept(kept) => load(kept, source, context).await,
        },
        Source::Migrations(revision) => realise_migrations(revision.as_deref(), context).await,
    }
}

async fn realise_database(
    url: &DatabaseUrl,
    context: &Context<'_>,
    opened: Option<Connection>,
) -> Result<Realised> {
    let is_of = |engine: Engine| {
        Error::new(
            ErrorKind::Usage,
            format!(
                "{url} is a database of {engine}, and the other side is {}",
                context.engine
            ),
        )
        .hint("schemas are compared within one engine only")
    };
    if !url.engine().is_kin(context.engine) {
        return Err(is_of(url.engine()));
    }
    let opened = match (opened, context.missing) {
        (Some(opened), _) => Some(opened),
        (None, Missing::Error) => Some(Connection::open(url, Open::ReadOnly).await?),
        (None, Missing::Empty) => Connection::open_existing(url, Open::ReadOnly).await?,
    };
    let Some(mut connection) = opened else {
        let notice = Notice::new(format!("{url} does not exist and counts as an empty database"));
        return Ok(Realised {
            notices: vec![notice],
            declares: Declares::everything(),
            ..Realised::default()
        });
    };
    if connection.engine() != context.engine {
        return Err(is_of(connection.engine()));
    }
    let reflection = if context.as_written {
        reflect_as_written(&mut connection, context.filter).await?
    } else {
        reflect(&mut connection, context.filter).await?
    };
    connection.close().await?;
    Ok(reflection.into())
}

async fn realise_migrations(revision: Option<&str>, context: &Context<'_>) -> Result<Realised> {
    let Some(scripts) = context.scripts else {
        return Err(
            Error::new(ErrorKind::Usage, "there are no scripts to replay here")
                .hint("`migrations` as a source needs the script folder of a project"),
        );
    };
    let graph = scripts.graph();
    let revisions = graph.upgrade(revision.unwrap_or("heads"), &[])?;
    let mut scratch = Scratch::open(context).await?;
    let dialect = scratch.connection().dialect()?;
    let mut events = Events::default();
    let adapt = |directive: &mut Directive| events.disable(directive, context.engine);
    let replayed = match replay(scratch.connection(), scripts, &revisions, dialect, adapt).await {
        Ok(()) => reflect(scratch.connection(), context.filter).await,
        Err(error) => Err(error),
    };
    scratch.close().await;
    let mut reflection = replayed?;
    events.enable(&mut reflection.schema, context.engine);
    let realised = Realised::from(reflection);
    Ok(Realised {
        declares: Declares::of(&realised.schema),
        ..realised
    })
}

async fn find_sql(patterns: &[PathBuf], context: &Context<'_>) -> Result<Found> {
    let files = resolve(patterns)?
        .iter()
        .map(|path| read(path))
        .collect::<Result<Vec<SqlFile>>>()?;
    let cache = match context.cache {
        // A program may say something else each time.
        Some(_) if context.filter.is_extended() => None,
        Some(folder) if context.engine.has_server() || Cache::is_worth_it(&files) => {
            let made_by = made_by(context).await?;
            Some(Cache::new(folder, Key::new(&files, context, &made_by)))
        }
        Some(_) | None => None,
    };
    match cache.as_ref().and_then(Cache::find) {
        Some(kept) => Ok(Found::Kept(kept)),
        None => Ok(Found::Realised(
            realise_sql(&files, context, cache.as_ref()).await?,
        )),
    }
}

async fn realise_sql(files: &[SqlFile], context: &Context<'_>, cache: Option<&Cache>) -> Result<Realised> {
    let rules = Rules::of(context.engine);
    let realised = run(files, &rules_of(rules, context).await?, context).await?;
    if let Some(cache) = cache {
        cache.store(&realised);
    }
    Ok(realised)
}

/// The rules for the server that the files are for, which reads text by its version and settings.
async fn rules_of(rules: &Rules, context: &Context<'_>) -> Result<Rules> {
    let facts = match context.server {
        Some(server) => server.facts().await?,
        None => return Ok(rules.clone()),
    };
    Ok(match &facts.mysql {
        Some(mysql) => rules.reading(mysql.lexicon),
        None => rules.clone(),
    })
}

/// Runs the files on a scratch.
async fn run(files: &[SqlFile], rules: &Rules, context: &Context<'_>) -> Result<Realised> {
    let facts = match context.server {
        Some(server) => Some(server.facts().await?),
        None => None,
    };
    let permits = Permits {
        own_database: facts.map(|facts| facts.database.as_str()),
        databases_fold: facts
            .and_then(|facts| facts.mysql.as_ref())
            .is_some_and(|mysql| mysql.names_fold),
        definer: context.filter.definer(),
        code: context.code,
        passes_over_grants: context.is_unmanaged(Manage::Grants),
        passes_over_owners: context.is_unmanaged(Manage::Owners),
    };
    let found = statements(files, rules, permits)?;
    let mut realised = Realised {
        notices: found.notices,
        declares: found.declares,
        ..Realised::default()
    };
    for file in files {
        let mut said = hints(file, rules);
        realised.renames.append(&mut said.renames);
        realised.notices.append(&mut said.notices);
    }
    let mut loaded = reflect_statements(files, &found.runs, rules, permits, context).await?;
    declare(&mut loaded.reflection.schema, context);
    realised.schema = Arc::new(loaded.reflection.schema);
    realised.notices.append(&mut loaded.reflection.notices);
    realised.untold = loaded.reflection.untold;
    realised.assumes = loaded.assumes;
    if realised.schema.is_empty() {
        realised.notices.push(
            Notice::warning("the target declares nothing, so whatever the database holds is too much")
                .hint("if that is meant, go on; otherwise look at `target` in autogen.toml"),
        );
    }
    Ok(realised)
}

/// Adds the objects that a program declares of its own kinds.
fn declare(schema: &mut Schema, context: &Context<'_>) {
    for kind in context.filter.object_kinds().object_kinds(context.engine) {
        let mut objects = kind.declared(context.engine);
        objects.retain(|object| {
            let on = object.id.on.as_ref().map(|on| on.name.as_str());
            context.filter.admits(kind.kind(), &object.id.name.name, on)
        });
        Extensions::insert(kind, objects, schema);
    }
}

/// What a scratch of the engine is like, in a form that changes when anything about it does.
async fn made_by(context: &Context<'_>) -> Result<String> {
    if context.engine.has_server() {
        let server = context.server()?;
        return Ok(format!("{:?} {:?}", server.facts().await?, server.scratch()));
    }
    let mut scratch = Scratch::open(context).await?;
    let version = scratch.connection().server_version().await?;
    scratch.close().await;
    Ok(version)
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests;
