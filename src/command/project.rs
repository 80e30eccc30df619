//! What every command starts from: the settings, and the database, scripts and sources that they name.

use std::path::{Path, PathBuf};

use crate::{
    Connection, DatabaseUrl, Error, ErrorKind, Result,
    cli::{Terminal, arguments::GlobalOptions},
    compare::Pair,
    config::{Config, Filter, Variables},
    database::Open,
    dialect::{Dialect, Engine, for_engine},
    extend::Extensions,
    migrate::Scripts,
    plan::plan,
    schema::Schema,
    script::{Folder, Format, Header, Script, SqlDirection, render, render_sql},
    target::{Context, Missing, Realised, Server, Source, leave_out_unmanaged, realise, realise_both},
};

/// The word for the project's own database among sources.
const DATABASE: &str = "database";

/// A project as its settings and the command line describe it.
pub(super) struct Project<'a> {
    /// Where output goes.
    pub(super) terminal: &'a Terminal,
    /// The settings.
    pub(super) config: Config,
    /// What the program adds.
    pub(super) extensions: Extensions,
    environment: Variables,
    url: Option<String>,
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
        match Self::open_if_any(terminal, global)? {
            Some(project) => Ok(project),
            None => Ok(Self {
                terminal,
                config: Config::default(),
                extensions: Extensions::default(),
                environment: Variables::process().with_dotenv([Path::new("")])?,
                url: global.url.clone(),
            }),
        }
    }

    fn open_if_any(terminal: &'a Terminal, global: &GlobalOptions) -> Result<Option<Self>> {
        let Some(file) = global.config.clone().or_else(find_settings) else {
            return Ok(None);
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        let environment = Variables::process().with_dotenv([folder, Path::new("")])?;
        Ok(Some(Self {
            terminal,
            config: Config::load(&file, &environment)?,
            extensions: Extensions::default(),
            environment,
            url: global.url.clone(),
        }))
    }

    /// The database.
    ///
    /// # Errors
    /// When none is named, or not by a URL.
    pub(super) fn database(&self) -> Result<DatabaseUrl> {
        self.config.database_url(self.url.as_deref(), &self.environment)
    }

    /// A connection to the database; `None` when it is a file that is not there and is not to be made.
    ///
    /// # Errors
    /// As [`Connection::open_existing`].
    pub(super) async fn connection(&self, url: &DatabaseUrl, open: Open) -> Result<Option<Connection>> {
        let connection = Connection::open_existing(url, open).await?;
        if let Some(connection) = &connection
            && open != Open::ReadOnly
        {
            self.terminal.stops(connection.interrupter());
        }
        Ok(connection)
    }

    /// The scripts.
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not hold together.
    pub(super) fn scripts(&self) -> Result<Folder> {
        Ok(Folder::load(self.config.script_folder())?.with_extensions(&self.extensions))
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

    /// Writes a script into the folder of scripts, and gives its path.
    ///
    /// # Errors
    /// As [`Folder::write`].
    pub(super) fn write(&self, scripts: &Folder, header: &Header, text: &str) -> Result<PathBuf> {
        scripts.write(
            header,
            text,
            self.config.format,
            &self.config.file_template,
            self.config.truncate_slug_length,
            &self.config.timezone,
        )
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
            let engine = Connection::engine_behind(url).await?;
            let first = *found.get_or_insert(engine);
            if first != engine {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{first} and {engine} cannot be compared with each other"),
                ));
            }
        }
        let engine = if let Some(engine) = found {
            engine
        } else {
            let url = self.database().map_err(|error| {
                error.hint("its scheme says which engine the SQL is for: `--url sqlite::memory:`")
            })?;
            Connection::engine_behind(&url).await?
        };
        for_engine(engine)
    }

    /// What a source declares.
    ///
    /// # Errors
    /// As [`realise`].
    pub(super) async fn realise(
        &self,
        source: &Source,
        dialect: &dyn Dialect,
        missing: Missing,
    ) -> Result<Realised> {
        let _work = self.terminal.work(&format!("reading {source}"));
        let surroundings = self.surroundings([source], dialect)?.with_wording();
        realise(source, &surroundings.context(missing)).await
    }

    /// What two sources declare, without what nobody manages, read at the same time. A database that is not there counts as an
    /// empty one where `missing` says so. `opened` is a connection to the project's database, if there is one by now; it is closed.
    ///
    /// # Errors
    /// As [`realise`]; of two errors, that of the first source.
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
    /// As [`realise`].
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
        let contexts = missing.map(|missing| surroundings.context(missing));
        let mut sides = realise_both(sources, contexts.as_ref(), opened).await?;
        leave_out_unmanaged(&mut sides, self.config.manage.as_ref());
        Ok(sides)
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
            Some(self.scripts()?)
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
        Ok(Surroundings {
            engine,
            filter: self
                .config
                .filter
                .clone()
                .hiding([self.config.version_table.clone(), self.config.history_table()])
                .with_extensions(&self.extensions),
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
}

impl Surroundings<'_> {
    /// So that what is read can be written down as it is.
    fn with_wording(mut self) -> Self {
        self.as_written = true;
        self
    }

    fn context(&self, missing: Missing) -> Context<'_> {
        Context {
            scripts: self.scripts.as_ref().map(|scripts| scripts as &dyn Scripts),
            cache: self.cache.as_deref(),
            missing,
            server: self.server.as_ref(),
            manage: self.config.manage.as_ref(),
            code: self.config.target_code,
            as_written: self.as_written,
            ..Context::new(self.engine, &self.filter)
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
