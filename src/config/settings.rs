//! The settings as values, their defaults, and which of several database URLs counts.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::tz::TimeZone;

use super::{FileTemplate, Filter, Hooks, NamingConvention, Tenants, Variables, variables::Unexpandable};
use crate::{
    Error, ErrorKind, Place, Result,
    compare::ConstraintNames,
    database::{DatabaseUrl, redact},
    extend::Elements,
    nearest::nearest,
    plan::OnlineChanges,
    script::{Format, Locations, Search},
};

/// What is managed only on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manage {
    /// Privileges.
    Grants,
    /// Owners.
    Owners,
}

/// Whether a target may run code while it is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TargetCode {
    /// Code in a target is an error.
    #[default]
    Refuse,
    /// Code runs on the scratch database, with the rights of whoever connects to it.
    Run,
}

/// What commits together when scripts are applied, where the engine has transactions for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TransactionScope {
    /// Each script.
    #[default]
    Script,
    /// All scripts of a run.
    Run,
}

/// What a run does about applied scripts that are not any more what they were. Comments, blanks and line endings are no change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChangedScripts {
    /// It does not begin.
    Stop,
    /// It warns.
    #[default]
    Warn,
    /// It writes down that they are as they should be, and warns no more.
    Accept,
}

/// What an upgrade does about pending scripts that were made before one that is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutOfOrder {
    /// It does not begin.
    Stop,
    /// It applies them, and warns.
    Warn,
    /// It applies them: what each needs is applied before it in any case.
    #[default]
    Allow,
}

/// The settings of one project: `autogen.toml`, checked, with defaults for what it does not say.
#[derive(Debug, Clone)]
pub struct Config {
    /// `script_location`: the folder of the scripts, as written; see [`script_folder`](Self::script_folder).
    pub script_location: PathBuf,
    /// `version_locations`: the folders of the scripts, where they are several, as written; see [`locations`](Self::locations).
    pub version_locations: Vec<PathBuf>,
    /// `recursive_version_locations`: whether scripts in folders inside them count.
    pub recursive_version_locations: Search,
    /// `target`: the sources that declare the schema, as written; see [`targets`](Self::targets).
    pub target: Vec<String>,
    /// `format`: the form of new scripts.
    pub format: Format,
    /// `include`, `exclude`, `schemas` and `definer`.
    pub filter: Filter,
    /// `version_table`: the table with the applied heads.
    pub version_table: String,
    /// `file_template`: the names of new scripts.
    pub file_template: FileTemplate,
    /// `truncate_slug_length`: how much of a message goes into a file name, in characters.
    pub truncate_slug_length: usize,
    /// `timezone`: for times in scripts and file names.
    pub timezone: TimeZone,
    /// `column_order`: whether the order of columns is a difference.
    pub column_order: bool,
    /// `compare`: what is compared at all.
    pub compare: Elements,
    /// `constraint_names`: whether names of constraints and indexes are a difference.
    pub constraint_names: ConstraintNames,
    /// `manage`: what else is managed; `None` for what the target speaks of.
    pub manage: Option<BTreeSet<Manage>>,
    /// `target_code`: whether a target may run code while it is loaded.
    pub target_code: TargetCode,
    /// `schemas`: the namespaces that are managed; empty for all of them. The filter has them too.
    pub schemas: Vec<String>,
    /// `lock_timeout`: how long to wait for another migrator or a locked database.
    pub lock_timeout: Duration,
    /// `statement_timeout`: how long one statement of a script may take; `None` for what the server says.
    pub statement_timeout: Option<Duration>,
    /// `transaction`: what commits together when scripts are applied.
    pub transaction: TransactionScope,
    /// `naming`: how constraints of the target are called that have no name of their own.
    pub naming: NamingConvention,
    /// `hooks`: command lines around scripts.
    pub hooks: Hooks,
    /// `runner`: how the program is called that these scripts are compiled into, for messages.
    pub runner: Option<String>,
    /// `tenants`: who has the same schema, each with a ledger of their own.
    pub tenants: Option<Tenants>,
    /// `concurrent_indexes`: whether new scripts build and drop indexes while others write, where the engine can do that.
    pub concurrent_indexes: bool,
    /// `changed_scripts`: what a run does about applied scripts that were changed.
    pub changed_scripts: ChangedScripts,
    /// `out_of_order`: what an upgrade does about pending scripts that are older than an applied one.
    pub out_of_order: OutOfOrder,
    /// `online`: what happens when a table changes that others use, where the engine has several ways to change it.
    pub online: OnlineChanges,
    /// The name of the database these settings are for; `None` for those outside of `[databases]`.
    pub(super) name: Option<String>,
    /// The schema that stands for the default one.
    pub(super) home: Option<String>,
    /// Whether `url` belongs to one of several databases, so that what `DATABASE_URL` says is meant for another.
    pub(super) url_is_its_own: bool,
    /// `databases`: the settings of each, in the order of the file.
    pub(super) databases: Vec<(String, Config)>,
    pub(super) file: Option<PathBuf>,
    pub(super) url: Option<Secret>,
    pub(super) scratch_url: Option<Secret>,
}

/// A URL from the file: expanded if it can be, and an error only when it is needed, because `--url` makes an unset
/// `${PASSWORD}` in the file harmless.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(super) text: Result<String, Unexpandable>,
    pub(super) place: Option<Place>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Ok(text) => f.write_str(&redact(text)),
            Err(error) => error.fmt(f),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            script_location: PathBuf::from("migrations"),
            version_locations: Vec::new(),
            recursive_version_locations: Search::Flat,
            changed_scripts: ChangedScripts::default(),
            out_of_order: OutOfOrder::default(),
            target: Vec::new(),
            format: Format::default(),
            filter: Filter::everything(),
            version_table: "autogen_version".into(),
            file_template: FileTemplate::default(),
            truncate_slug_length: 40,
            timezone: TimeZone::UTC,
            column_order: false,
            compare: Elements::all(),
            constraint_names: ConstraintNames::default(),
            manage: None,
            target_code: TargetCode::default(),
            schemas: Vec::new(),
            lock_timeout: Duration::from_secs(10),
            statement_timeout: None,
            transaction: TransactionScope::default(),
            naming: NamingConvention::default(),
            hooks: Hooks::default(),
            runner: None,
            tenants: None,
            concurrent_indexes: false,
            online: OnlineChanges::default(),
            name: None,
            home: None,
            url_is_its_own: false,
            databases: Vec::new(),
            file: None,
            url: None,
            scratch_url: None,
        }
    }
}

impl Config {
    /// The name under which the file is looked for.
    pub const FILE_NAME: &str = "autogen.toml";

    /// The file these settings come from; `None` for settings made in code.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The name of the database these settings are for; `None` for those outside of `[databases]`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The names in `[databases]`, in the order of the file.
    pub fn database_names(&self) -> impl Iterator<Item = &str> {
        self.databases.iter().map(|(name, _)| name.as_str())
    }

    /// The settings of one of the `[databases]`: those of its own, and for what it does not say those of the file.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is none of that name.
    pub fn of_database(&self, name: &str) -> Result<Self> {
        if let Some((_, config)) = self.databases.iter().find(|(known, _)| known == name) {
            return Ok(config.clone());
        }
        let file = self.file_or_default().display();
        let error = Error::new(ErrorKind::Config, format!("{file} has no database `{name}`"));
        Err(match nearest(name, self.database_names()) {
            Some(known) => error.hint(format!("did you mean `{known}`?")),
            None if self.databases.is_empty() => error.hint(format!(
                "write a section `[databases.{name}]` with its `url` and `target`"
            )),
            None => {
                let names: Vec<&str> = self.database_names().collect();
                error.hint(format!("the databases are {}", names.join(", ")))
            }
        })
    }

    /// These settings for one tenant.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the name cannot be one.
    pub fn of_tenant(&self, tenant: &str) -> Result<Self> {
        let tenants = self.tenants.clone().unwrap_or_default();
        tenants.check(tenant)?;
        let mut config = self.clone();
        config.tenants = None;
        if let Some(url) = &tenants.url {
            config.url = Some(Secret {
                text: url.text.clone().map(|text| Tenants::fill(&text, tenant)),
                place: url.place.clone(),
            });
            config.url_is_its_own = true;
        } else {
            let home = Tenants::fill(&tenants.schema, tenant);
            config.version_table = format!("{home}.{}", config.version_table);
            config.home = Some(home);
            // The target stands in the default namespace, whatever the tenant's is called.
            if config.schemas.is_empty() {
                config.filter.set_namespaces(vec!["public".to_owned()]);
            }
        }
        Ok(config)
    }

    /// The schema that stands for the default one: that of a tenant. `None` where the default one is meant.
    pub fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// The folder that relative paths in the settings start from: that of the file, else the current one (an empty path).
    pub fn folder(&self) -> &Path {
        self.file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
    }

    /// The folder of the scripts, reachable from the current folder.
    pub fn script_folder(&self) -> PathBuf {
        self.folder().join(&self.script_location)
    }

    /// Where the scripts lie: in `version_locations` when there are any, else in `script_location`.
    pub fn locations(&self) -> Locations {
        let folders = match self.version_locations.as_slice() {
            [] => vec![self.script_folder()],
            several => several.iter().map(|path| self.folder().join(path)).collect(),
        };
        Locations {
            folders,
            search: self.recursive_version_locations,
        }
    }

    /// The sources that declare the schema, as written.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is none.
    pub fn targets(&self) -> Result<&[String]> {
        if self.target.is_empty() {
            return Err(
                Error::new(ErrorKind::Config, "no target is declared").hint(format!(
                    "write `target = \"schema.sql\"` in {}",
                    self.file_or_default().display()
                )),
            );
        }
        Ok(&self.target)
    }

    /// The name of the history table: that of [`version_table`](Self::version_table) with `history` for `version`.
    pub fn history_table(&self) -> String {
        let stem = self
            .version_table
            .strip_suffix("_version")
            .unwrap_or(&self.version_table);
        format!("{stem}_history")
    }

    /// Sets the `url` of the file.
    pub fn set_url(&mut self, url: impl Into<String>) {
        self.url = Some(Secret {
            text: Ok(url.into()),
            place: None,
        });
    }

    /// Sets the `scratch_url` of the file.
    pub fn set_scratch_url(&mut self, url: impl Into<String>) {
        self.scratch_url = Some(Secret {
            text: Ok(url.into()),
            place: None,
        });
    }

    /// The database: `explicit` (from the command line or a call), else, for one of several databases or for a tenant, `url` of its own
    /// section, else `DATABASE_URL` from the environment, else from its
    /// `.env` file, else `url` from `autogen.toml`. Relative files start from the current folder for the first two, and
    /// from the folder of the file for the others.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is no URL or its variables are not set; [`ErrorKind::Usage`] when it is no valid URL.
    pub fn database_url(&self, explicit: Option<&str>, environment: &Variables) -> Result<DatabaseUrl> {
        const VARIABLE: &str = "DATABASE_URL";
        // `DATABASE_URL=` is how a shell or a compose file says that there is none.
        let given = |text: &str| !text.trim().is_empty();
        if let Some(text) = explicit {
            return DatabaseUrl::parse(text, Path::new(""));
        }
        if self.url_is_its_own
            && let Some(url) = &self.url
        {
            return self.parse_url("url", url, environment);
        }
        if let Some(text) = environment.given(VARIABLE).filter(|text| given(text)) {
            return DatabaseUrl::parse(&text, Path::new("")).map_err(|error| error.context(VARIABLE));
        }
        if let Some((text, path)) = environment.in_dotenv(VARIABLE).filter(|(text, _)| given(text)) {
            let folder = path.parent().unwrap_or(Path::new(""));
            return DatabaseUrl::parse(text, folder)
                .map_err(|error| error.context(format!("{VARIABLE} in {}", path.display())));
        }
        if let Some(url) = &self.url {
            return self.parse_url("url", url, environment);
        }
        let error = Error::new(ErrorKind::Config, "no database is given").hint(format!(
            "pass `--url`, set `{VARIABLE}`, or write `url = \"sqlite://app.db\"` in {}",
            self.file_or_default().display()
        ));
        Err(with_advice(error, environment))
    }

    /// The server for scratch databases, if one is given.
    ///
    /// # Errors
    /// As [`database_url`](Self::database_url).
    pub fn scratch_url(&self, environment: &Variables) -> Result<Option<DatabaseUrl>> {
        self.scratch_url
            .as_ref()
            .map(|url| self.parse_url("scratch_url", url, environment))
            .transpose()
    }

    fn parse_url(&self, key: &str, url: &Secret, environment: &Variables) -> Result<DatabaseUrl> {
        let result = match &url.text {
            Ok(text) => DatabaseUrl::parse(text, self.folder()).map_err(|error| error.context(key)),
            Err(cause) => Err(unexpandable(cause, environment)),
        };
        result.map_err(|error| match &url.place {
            Some(place) => error.at(place.clone()),
            None => error,
        })
    }

    fn file_or_default(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(Self::FILE_NAME))
    }
}

/// The error for a text whose variables cannot be replaced.
pub(super) fn unexpandable(cause: &Unexpandable, environment: &Variables) -> Error {
    let error = |message: String| Error::new(ErrorKind::Config, message);
    match cause {
        Unexpandable::NotSet(name) => {
            let error = error(format!("the variable `{name}` is not set")).hint(format!(
                "set it in the environment or in `.env`; for the text itself write `$${{{name}}}`"
            ));
            with_advice(error, environment)
        }
        Unexpandable::NoName(name) => error(format!("`{name}` is not the name of a variable"))
            .hint("write `${NAME}` for a variable, or `$$` for a dollar sign"),
        Unexpandable::NotClosed => {
            error("`${` has no `}`".into()).hint("write `${NAME}` for a variable, or `$$` for a dollar sign")
        }
    }
}

fn with_advice(error: Error, environment: &Variables) -> Error {
    match environment.advice() {
        Some(advice) => error.hint(advice),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("project/autogen.toml"), &Variables::empty()).unwrap()
    }

    fn variable(value: &'static str) -> Variables {
        Variables::from_lookup(move |name| (name == "DATABASE_URL").then(|| value.to_owned()))
    }

    fn path(url: &DatabaseUrl) -> &Path {
        url.path().unwrap()
    }

    #[cfg(feature = "connect")]
    #[test]
    fn the_command_line_beats_the_environment_beats_dotenv_beats_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "DATABASE_URL=sqlite://dotenv.db\n").unwrap();
        let config = config("url = 'sqlite://file.db'");
        let all = variable("sqlite://env.db").with_dotenv([folder.path()]).unwrap();
        let dotenv = Variables::empty().with_dotenv([folder.path()]).unwrap();

        let url = config.database_url(Some("sqlite://flag.db"), &all).unwrap();
        assert_eq!(path(&url), Path::new("flag.db"));
        assert_eq!(
            path(&config.database_url(None, &all).unwrap()),
            Path::new("env.db")
        );
        assert_eq!(
            path(&config.database_url(None, &dotenv).unwrap()),
            folder.path().join("dotenv.db")
        );
        let url = config.database_url(None, &Variables::empty()).unwrap();
        assert_eq!(path(&url), Path::new("project/file.db"));
    }

    #[test]
    fn an_empty_variable_counts_as_none() {
        let config = config("url = 'sqlite://file.db'");
        assert_eq!(
            path(&config.database_url(None, &variable(" ")).unwrap()),
            Path::new("project/file.db")
        );
        assert!(config.database_url(Some(""), &Variables::empty()).is_err());
    }

    #[test]
    fn a_bad_url_says_where_it_comes_from_and_not_its_password() {
        let config = config("url = 'potsgres://u:s3cret@h/d'");
        let error = config.database_url(None, &Variables::empty()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "project/autogen.toml:1:7: url: unknown database scheme `potsgres`"
        );
        assert_eq!(error.places()[0].snippet, "url = 'potsgres://u:***@h/d'");
        assert!(!format!("{error:?}{config:?}").contains("s3cret"));
        let error = config.database_url(None, &variable("x.db")).unwrap_err();
        assert_eq!(error.message(), "DATABASE_URL: `x.db` is not a database URL");
    }

    #[test]
    fn what_is_missing_is_an_error_only_when_it_is_needed() {
        let config = config("");
        let error = config.database_url(None, &Variables::empty()).unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, "no database is given")
        );
        assert!(error.hints()[0].contains("project/autogen.toml"));
        let error = config.targets().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, "no target is declared")
        );
        assert!(config.scratch_url(&Variables::empty()).unwrap().is_none());
    }

    #[test]
    fn an_unset_variable_in_the_url_matters_only_when_the_file_is_asked() {
        let config = config("url = 'postgres://u:${DB_PASSWORD}@h/d'\nscratch_url = '${X'");
        assert!(
            config
                .database_url(Some("sqlite://a"), &Variables::empty())
                .is_ok()
        );
        let error = config.database_url(None, &Variables::empty()).unwrap_err();
        assert_eq!(error.message(), "the variable `DB_PASSWORD` is not set");
        assert_eq!((error.places()[0].line, error.places()[0].column), (1, 7));
        let error = config.scratch_url(&Variables::empty()).unwrap_err();
        assert_eq!(error.places()[0].line, 2);
    }

    #[test]
    fn settings_made_in_code_are_enough() {
        let mut config = Config {
            target: vec!["schema.sql".into()],
            ..Config::default()
        };
        config.set_url("sqlite://a.db");
        config.set_scratch_url("sqlite::memory:");
        assert_eq!(
            path(&config.database_url(None, &Variables::empty()).unwrap()),
            Path::new("a.db")
        );
        assert!(config.scratch_url(&Variables::empty()).unwrap().is_some());
        assert_eq!(config.targets().unwrap(), ["schema.sql"]);
        assert_eq!(config.script_folder(), Path::new("migrations"));
        assert_eq!(config.file(), None);
    }

    #[test]
    fn the_history_table_is_named_after_the_version_table() {
        assert_eq!(Config::default().history_table(), "autogen_history");
        let named = |name: &str| {
            Config {
                version_table: name.into(),
                ..Config::default()
            }
            .history_table()
        };
        assert_eq!(named("ledger"), "ledger_history");
        assert_eq!(named("app.schema_version"), "app.schema_history");
    }
}
