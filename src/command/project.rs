//! What every command starts from: the settings, and the database, scripts and sources that they name.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use crate::{
    Connection, DatabaseUrl, Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Scope},
    },
    compare::Pair,
    config::{Config, Filter, Variables},
    database::Open,
    dialect::{Dialect, Engine, for_engine, postgres::relocate},
    environment::Given,
    extend::Extensions,
    migrate::{Hook, Migrator, Options, Scripts},
    plan::plan,
    schema::Schema,
    script::{Folder, Format, Header, Script, SqlDirection, render, render_sql},
    target::{
        Context, Missing, Realised, Server, Source, follow_convention, leave_out_unmanaged, realise_both,
        realise_opened,
    },
};

/// The word for the project's own database among sources.
const DATABASE: &str = "database";

/// A project as its settings and the command line describe it.
pub(super) struct Project<'a> {
    /// Where output goes.
    pub(super) terminal: &'a Terminal,
    /// The settings.
    pub(super) config: Config,
    environment: Variables,
    url: Option<String>,
    scope: Scope,
    given: Given,
    /// A connection that it took to find out about the engine of a database, for whoever reads that next.
    opened: Mutex<Option<(DatabaseUrl, Connection)>>,
}

/// The settings before it is said which of several databases is meant.
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) environment: Variables,
    pub(super) given: Given,
}

impl Settings {
    /// Reads them; `None` when there is no file.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when they are wrong.
    pub(super) fn read(global: &GlobalOptions) -> Result<Option<Self>> {
        let Some(file) = global.config.clone().or_else(find_settings) else {
            return Ok(None);
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        let given = Given::parse(&global.given)?;
        let environment = variables(global, &given, &[folder, Path::new("")])?;
        Ok(Some(Self {
            config: Config::load(&file, &environment)?,
            environment,
            given,
        }))
    }
}

/// The variables of the program, else of the process and `.env`, behind those of `-x`.
fn variables(global: &GlobalOptions, given: &Given, folders: &[&Path]) -> Result<Variables> {
    let variables = match global.scope.environment.given_variables() {
        Some(variables) => variables.clone(),
        None => Variables::process().with_dotenv(folders)?,
    };
    Ok(variables.with_values(given.iter()))
}

/// Stops when the file has several databases and nothing says which.
fn refuse_to_guess(config: &Config, environment: &Variables) -> Result<()> {
    let names: Vec<&str> = config.database_names().collect();
    if names.is_empty() || config.database_url(None, environment).is_ok() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Usage,
        format!("there are several databases: {}", names.join(", ")),
    )
    .hint(format!(
        "name one, as in `-n {}`, or take `--all` of them",
        names[0]
    )))
}

impl<'a> Project<'a> {
    /// Opens the project that the command line names or that the current folder is part of.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is none or its settings are wrong.
    pub(super) fn open(terminal: &'a Terminal, global: &GlobalOptions) -> Result<Self> {
        Self::open_if_any(terminal, global)?.ok_or_else(|| {
            Error::new(ErrorKind::Config, "there is no autogen.toml here or above")
                .hint("`autogen init` writes one; `--config FILE` names one that is elsewhere")
        })
    }

    /// The same for commands that can do without a project when their arguments say enough.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the settings are wrong, or are not where `--config` says.
    pub(super) fn open_or_default(terminal: &'a Terminal, global: &GlobalOptions) -> Result<Self> {
        if let Some(project) = Self::open_if_any(terminal, global)? {
            return Ok(project);
        }
        let given = Given::parse(&global.given)?;
        let environment = variables(global, &given, &[Path::new("")])?;
        let mut config = Config::default();
        global.scope.environment.apply(&mut config, &given)?;
        Ok(Self {
            terminal,
            config,
            environment,
            url: global.url.clone(),
            scope: global.scope.clone(),
            given,
            opened: Mutex::default(),
        })
    }

    fn open_if_any(terminal: &'a Terminal, global: &GlobalOptions) -> Result<Option<Self>> {
        let Some(Settings {
            mut config,
            environment,
            given,
        }) = Settings::read(global)?
        else {
            return Ok(None);
        };
        let unit = global.scope.unit.clone().unwrap_or_default();
        if let Some(name) = &unit.database {
            config = config.of_database(name)?;
        } else if global.url.is_none() {
            refuse_to_guess(&config, &environment)?;
        }
        if let Some(tenant) = &unit.tenant {
            config = config.of_tenant(tenant)?;
        }
        global.scope.environment.apply(&mut config, &given)?;
        if let Some(timeout) = global.lock_timeout {
            config.lock_timeout = timeout;
        }
        Ok(Some(Self {
            terminal,
            config,
            environment,
            url: global.url.clone(),
            scope: global.scope.clone(),
            given,
            opened: Mutex::default(),
        }))
    }

    /// What the program adds to comparing and writing.
    pub(super) fn extensions(&self) -> &Extensions {
        self.scope.environment.registered()
    }

    /// The database.
    ///
    /// # Errors
    /// When none is named, or not by a URL.
    pub(super) fn database(&self) -> Result<DatabaseUrl> {
        self.config.database_url(self.url.as_deref(), &self.environment)
    }

    /// The engine that SQL without a database is for: the one that is named, else that of the URL.
    ///
    /// # Errors
    /// When neither is there.
    pub(super) fn engine_without_asking(&self, named: Option<Engine>) -> Result<Engine> {
        match named {
            Some(engine) => Ok(engine),
            None => self
                .database()
                .map(|url| url.engine())
                .map_err(|error| error.hint("or say which engine the SQL is for: `--dialect sqlite`")),
        }
    }

    /// A connection to the database; `None` when it is a file that is not there and is not to be made.
    ///
    /// # Errors
    /// As [`Connection::open_existing`].
    pub(super) async fn connection(&self, url: &DatabaseUrl, open: Open) -> Result<Option<Connection>> {
        let mut connection = Connection::open_existing(url, open).await?;
        if let Some(connection) = &mut connection {
            if open != Open::ReadOnly {
                self.terminal.stops(connection.interrupter());
            }
            self.go_home(connection, open).await?;
        }
        Ok(connection)
    }

    /// What reads and writes the ledger of the database, over a connection to it; with none where there is no database.
    ///
    /// # Errors
    /// As [`Self::connection`], and when the settings do not fit the engine.
    pub(super) async fn migrator<'s>(
        &self,
        url: &DatabaseUrl,
        scripts: &'s Folder,
        open: Open,
    ) -> Result<Migrator<'s>> {
        let connection = self.connection(url, open).await?;
        Migrator::new(connection, url.engine(), scripts, &Options::from(&self.config))
    }

    /// Lets names without a namespace mean the tenant's, where that is a namespace.
    async fn go_home(&self, connection: &mut Connection, open: Open) -> Result<()> {
        let Some(home) = self.config.home() else {
            return Ok(());
        };
        if connection.engine() != Engine::Postgres {
            return Err(Error::new(
                ErrorKind::Config,
                format!("{} has no schemas that tenants could be", connection.engine()),
            )
            .hint(
                "give each tenant a database: `url = \"sqlite://tenants/{tenant}.db\"` under `[tenants]`",
            ));
        }
        let quoted = for_engine(Engine::Postgres)?.quote(home);
        if open == Open::Create {
            let known = format!(
                "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = '{}'",
                home.replace('\'', "''")
            );
            if connection.query(&known).await?.is_empty() {
                connection
                    .execute(&format!("CREATE SCHEMA IF NOT EXISTS {quoted}"))
                    .await?;
                self.terminal.say(&format!("made schema {home}"));
            }
        }
        connection
            .execute(&format!("SET search_path = {quoted}, public"))
            .await
            .map(drop)
    }

    /// The scripts.
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not hold together.
    pub(super) fn scripts(&self) -> Result<Folder> {
        let scripts = self.scripts_as_written()?;
        Ok(match self.config.home() {
            Some(home) => scripts.in_namespace(home),
            None => scripts,
        })
    }

    /// The same without regard to a tenant: what a scratch database is made from.
    fn scripts_as_written(&self) -> Result<Folder> {
        let environment = &self.scope.environment;
        let scripts = match environment.compiled() {
            Some(scripts) => scripts.clone(),
            None => Folder::open(self.config.locations())?,
        };
        self.terminal.notices(scripts.notices());
        let scripts = scripts.with_extensions(environment.registered());
        Ok(match &self.config.runner {
            Some(runner) => scripts.with_runner(runner),
            None => scripts,
        })
    }

    /// What is called around each script that is applied: the hooks of the program, then those of the settings.
    pub(super) fn hooks(&self) -> Vec<Arc<dyn Hook>> {
        let mut hooks = self.scope.environment.hooks().to_vec();
        hooks.extend(super::hooks::around_scripts(
            &self.config,
            &self.given,
            self.database().ok(),
        ));
        hooks
    }

    /// The text of a script that starts from `before`, in the form that the settings want.
    ///
    /// # Errors
    /// When that form cannot say what is in it.
    pub(super) async fn render(
        &self,
        script: &Script,
        before: &Schema,
        dialect: Option<&'static dyn Dialect>,
    ) -> Result<String> {
        match self.config.format {
            Format::Rust => render(script),
            Format::Sql => {
                let dialect = match dialect {
                    Some(dialect) => dialect,
                    None => self.dialect_of([]).await?,
                };
                let online = self.config.online;
                let upgrade = plan(&script.upgrade, before, dialect)?.online_text(online)?;
                let downgrade = plan(&script.downgrade, &upgrade.after, dialect)?.online_text(online)?;
                render_sql(
                    &script.header,
                    dialect.engine(),
                    SqlDirection::Plan(&upgrade),
                    SqlDirection::Plan(&downgrade),
                )
            }
        }
    }

    /// Writes a script into the folder of scripts, runs the hooks that come after that, and gives its path.
    ///
    /// # Errors
    /// As [`Folder::write`]; when a hook cannot be run or fails, and then the script stays.
    pub(super) fn write(&self, scripts: &Folder, header: &Header, text: &str) -> Result<PathBuf> {
        let path = scripts.write(
            header,
            text,
            self.config.format,
            &self.config.file_template,
            self.config.truncate_slug_length,
            &self.config.timezone,
        )?;
        super::hooks::after_write(&self.config, &self.given, &path, header)?;
        Ok(path)
    }

    /// The source that arguments name, or else the database.
    ///
    /// # Errors
    /// When an argument names no source, or no database is named anywhere.
    pub(super) fn source_or_database(&self, arguments: &[String]) -> Result<Source> {
        match arguments {
            [] => self.database().map(Source::Database),
            [word] if word == DATABASE => self.database().map(Source::Database),
            _ => Source::parse_list(arguments, Path::new("")),
        }
    }

    /// The source that arguments name, or else the target of the settings.
    ///
    /// # Errors
    /// When an argument names no source, or no target is declared.
    pub(super) fn source_or_target(&self, arguments: &[String]) -> Result<Source> {
        match arguments {
            [] => Source::parse_list(self.config.targets()?, self.config.folder()),
            _ => self.source_or_database(arguments),
        }
    }

    /// The dialect of the sources: that of a database among them, else that of the project's database.
    ///
    /// # Errors
    /// When there is no database to tell the engine by, two sources are of different engines, or this version does not serve it.
    pub(super) async fn dialect_of<'s>(
        &self,
        sources: impl IntoIterator<Item = &'s Source>,
    ) -> Result<&'static dyn Dialect> {
        let mut found = None;
        for source in sources {
            let Source::Database(url) = source else { continue };
            let dialect = self.dialect_behind(url).await?;
            let first = *found.get_or_insert(dialect);
            let (first, engine) = (first.engine(), dialect.engine());
            if first != engine {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{first} and {engine} cannot be compared with each other"),
                ));
            }
        }
        if let Some(dialect) = found {
            return Ok(dialect);
        }
        let url = self.database().map_err(|error| {
            error.hint("its scheme says which engine the SQL is for: `--url sqlite::memory:`")
        })?;
        self.dialect_behind(&url).await
    }

    /// The dialect of the server behind a URL. Where that took a connection, it is kept: to connect costs more than to read.
    async fn dialect_behind(&self, url: &DatabaseUrl) -> Result<&'static dyn Dialect> {
        let (dialect, connection) = Connection::look_behind(url).await?;
        if let (Some(connection), Ok(mut opened)) = (connection, self.opened.lock()) {
            opened.get_or_insert((url.clone(), connection));
        }
        Ok(dialect)
    }

    /// The connection that was kept, when it is to that source.
    fn opened(&self, source: &Source) -> Option<Connection> {
        let mut opened = self.opened.lock().ok()?;
        let is_it = matches!((source, &*opened), (Source::Database(url), Some((of, _))) if url == of);
        if is_it {
            opened.take().map(|(_, connection)| connection)
        } else {
            None
        }
    }

    /// What a source declares.
    ///
    /// # Errors
    /// As [`realise_opened`].
    pub(super) async fn realise(
        &self,
        source: &Source,
        dialect: &dyn Dialect,
        missing: Missing,
    ) -> Result<Realised> {
        let _work = self.terminal.work(&format!("reading {source}"));
        let surroundings = self.surroundings([source], dialect)?.with_wording();
        let away = surroundings
            .home
            .as_ref()
            .filter(|_| matches!(source, Source::Database(_)));
        let mut realised =
            realise_opened(source, &surroundings.context(missing, away), self.opened(source)).await?;
        if let Some(home) = away {
            relocate::schema_from(Arc::make_mut(&mut realised.schema), &home.namespace);
        }
        Ok(realised)
    }

    /// What two sources declare, without what nobody manages, read at the same time. A database that is not there counts as an
    /// empty one where `missing` says so. `opened` is a connection to the project's database, if there is one by now; it is closed.
    ///
    /// # Errors
    /// As [`realise_opened`]; of two errors, that of the first source.
    pub(super) async fn realise_both(
        &self,
        sources: Pair<&Source>,
        dialect: &dyn Dialect,
        missing: Pair<Missing>,
        opened: Option<Connection>,
    ) -> Result<Pair<Realised>> {
        let surroundings = self
            .surroundings([sources.live, sources.target], dialect)?
            .with_wording();
        self.realise_in(&surroundings, sources, missing, opened).await
    }

    /// The same for who only wants to know whether they differ.
    ///
    /// # Errors
    /// As [`realise_opened`].
    pub(super) async fn realise_to_check(
        &self,
        sources: Pair<&Source>,
        dialect: &dyn Dialect,
        missing: Pair<Missing>,
        opened: Option<Connection>,
    ) -> Result<Pair<Realised>> {
        let surroundings = self.surroundings([sources.live, sources.target], dialect)?;
        self.realise_in(&surroundings, sources, missing, opened).await
    }

    async fn realise_in(
        &self,
        surroundings: &Surroundings<'_>,
        sources: Pair<&Source>,
        missing: Pair<Missing>,
        opened: Option<Connection>,
    ) -> Result<Pair<Realised>> {
        let _work = self
            .terminal
            .work(&format!("reading {} and {}", sources.live, sources.target));
        let away = |source: &Source| {
            surroundings
                .home
                .as_ref()
                .filter(|_| matches!(source, Source::Database(_)))
        };
        let contexts = Pair::new(
            surroundings.context(missing.live, away(sources.live)),
            surroundings.context(missing.target, away(sources.target)),
        );
        let opened = opened.or_else(|| self.opened(sources.live));
        let mut sides = realise_both(sources, contexts.as_ref(), opened).await?;
        // Both sides are then in the default namespace, where the scripts are too.
        for (source, side) in [
            (sources.live, &mut sides.live),
            (sources.target, &mut sides.target),
        ] {
            if let Some(home) = away(source) {
                relocate::schema_from(Arc::make_mut(&mut side.schema), &home.namespace);
            }
        }
        if !self.config.naming.is_empty() {
            let dialect = for_engine(surroundings.engine)?;
            for (source, side) in [
                (sources.live, &mut sides.live),
                (sources.target, &mut sides.target),
            ] {
                // What was applied has the names it has.
                if let Source::Sql(_) = source {
                    follow_convention(Arc::make_mut(&mut side.schema), &self.config.naming, dialect)?;
                }
            }
        }
        leave_out_unmanaged(&mut sides, self.config.manage.as_ref());
        Ok(sides)
    }

    /// The schema that other scripts than those of the project lead to.
    ///
    /// # Errors
    /// As [`realise_opened`].
    pub(super) async fn realise_scripts(
        &self,
        scripts: Folder,
        to: &str,
        dialect: &dyn Dialect,
    ) -> Result<Realised> {
        let source = Source::Migrations(Some(to.to_owned()));
        let mut surroundings = self.surroundings([], dialect)?;
        surroundings.scripts = Some(scripts);
        realise_opened(&source, &surroundings.context(Missing::Error, None), None).await
    }

    /// What sources are realised with. The server is that of the first database among them, else that of the project's.
    fn surroundings<'s>(
        &'s self,
        sources: impl IntoIterator<Item = &'s Source> + Clone,
        dialect: &dyn Dialect,
    ) -> Result<Surroundings<'s>> {
        let engine = dialect.engine();
        let is_history = |source: &Source| matches!(source, Source::Migrations(_));
        let scripts = if sources.clone().into_iter().any(is_history) {
            Some(self.scripts_as_written()?)
        } else {
            None
        };
        let server = if engine.has_server() {
            let database = sources.into_iter().find_map(|source| match source {
                Source::Database(url) => Some(url.clone()),
                Source::Sql(_) | Source::Migrations(_) => None,
            });
            let database = match database {
                Some(database) => database,
                None => self.database()?,
            };
            Some(Server::new(database, self.config.scratch_url(&self.environment)?))
        } else {
            None
        };
        let hidden = [self.config.version_table.clone(), self.config.history_table()];
        let filter = self
            .config
            .filter
            .clone()
            .hiding(hidden)
            .with_extensions(self.extensions());
        let home = self.config.home().map(|home| {
            let mut filter = filter.clone();
            filter.set_namespaces(vec![home.to_owned()]);
            Home {
                namespace: home.to_owned(),
                filter,
            }
        });
        Ok(Surroundings {
            home,
            engine,
            filter,
            cache: cache_folder(),
            scripts,
            server,
            config: &self.config,
            as_written: false,
        })
    }
}

/// What sources are realised with, except for what is special to each.
struct Surroundings<'a> {
    engine: Engine,
    filter: Filter,
    cache: Option<PathBuf>,
    scripts: Option<Folder>,
    server: Option<Server>,
    config: &'a Config,
    as_written: bool,
    home: Option<Home>,
}

/// The namespace of a tenant, and the filter that sees only what is in it.
struct Home {
    namespace: String,
    filter: Filter,
}

impl Surroundings<'_> {
    /// So that what is read can be written down as it is.
    fn with_wording(mut self) -> Self {
        self.as_written = true;
        self
    }

    /// `home` when it is what a database of tenants is asked for.
    fn context<'c>(&'c self, missing: Missing, home: Option<&'c Home>) -> Context<'c> {
        Context {
            scripts: self.scripts.as_ref().map(|scripts| scripts as &dyn Scripts),
            cache: self.cache.as_deref(),
            missing,
            server: self.server.as_ref(),
            manage: self.config.manage.as_ref(),
            code: self.config.target_code,
            as_written: self.as_written,
            ..Context::new(self.engine, home.map_or(&self.filter, |home| &home.filter))
        }
    }
}

/// Where a user's programs keep what they can make again.
fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    };
    let caches = match folder("XDG_CACHE_HOME") {
        Some(caches) => Some(caches),
        None if cfg!(windows) => folder("LOCALAPPDATA"),
        None if cfg!(target_os = "macos") => folder("HOME").map(|home| home.join("Library/Caches")),
        None => folder("HOME").map(|home| home.join(".cache")),
    };
    caches
        .filter(|caches| caches.is_absolute())
        .map(|caches| caches.join("autogen"))
}

/// The settings file in the current folder, or in the nearest one above it that is still part of the same repository.
fn find_settings() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut found = None;
    let mut way = PathBuf::new();
    for folder in here.ancestors() {
        let file = way.join(Config::FILE_NAME);
        if found.is_none() && file.is_file() {
            if way.as_os_str().is_empty() {
                return Some(file);
            }
            found = Some(file);
        }
        if folder.join(".git").exists() {
            return found;
        }
        way.push("..");
    }
    // Outside a repository, a file further up is somebody else's.
    None
}
