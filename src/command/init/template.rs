//! What each template of `autogen init` consists of: a template and what is known of the database come in, the texts of the files
//! and the next steps go out. Nothing is written here; only whether a database holds something is looked up.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    DatabaseUrl, Engine, Error, ErrorKind, Result,
    cli::arguments::{Sample, Template},
};

const SETTINGS: &str = include_str!("autogen.toml");
const SHOP: &str = include_str!("shop.sql");
const BUILD: &str = include_str!("build.rs.txt");
const MIGRATE: &str = include_str!("migrate.rs.txt");

/// The databases of `multidb`.
const DATABASES: [&str; 2] = ["orders", "log"];
/// The tenants of `tenants`.
const TENANTS: [&str; 2] = ["acme", "globex"];

const NO_RUNNER: &str = "# runner = \"cargo run --\"";
const RUNNER: &str = "runner = \"cargo run --bin migrate --\"";
const NO_TENANTS: &str = "\
# [tenants]
# names = [\"acme\"]                              # or from = \"SELECT name FROM tenant\", asked of the database above
# schema = \"{tenant}\"                           # PostgreSQL: each is a schema
# url = \"sqlite://tenants/{tenant}.db\"          # or each is a database
# jobs = 1";
const NO_DATABASES: &str = "\
# [databases.orders]
# url = \"sqlite://orders.db\"
# target = [\"orders.sql\"]
# script_location = \"migrations/orders\"";

/// The files of a project, with paths from its folder.
pub(super) struct Project {
    /// The text of autogen.toml.
    pub(super) settings: String,
    /// The folders that scripts are written to.
    pub(super) folders: Vec<PathBuf>,
    /// All other files.
    pub(super) files: Vec<(PathBuf, String)>,
    /// What to do next: a command and what it is good for, or a remark.
    pub(super) next: Vec<String>,
}

/// What a project of this template consists of in `folder`. `url` is that of the command line.
///
/// # Errors
/// When the URL is none, or the template has no place for one.
pub(super) fn project(
    template: Template,
    sample: Option<Sample>,
    url: Option<&str>,
    folder: &Path,
) -> Result<Project> {
    match template {
        Template::Generic => single(sample, url, folder),
        Template::Embedded => embedded(url, folder),
        Template::Tenants => tenants(url, folder),
        Template::Multidb => match url {
            None => Ok(multidb(folder)),
            Some(_) => Err(Error::new(
                ErrorKind::Usage,
                "the template `multidb` has several databases, and `--url` names one",
            )
            .hint("write the URLs into autogen.toml afterwards, each in its own section")),
        },
    }
}

/// The paths of the files of a template, for those who choose one.
pub(super) fn files(template: Template) -> Vec<&'static str> {
    match template {
        Template::Generic | Template::Tenants => vec!["autogen.toml", "migrations/", "schema.sql"],
        Template::Multidb => vec![
            "autogen.toml",
            "migrations/orders/",
            "migrations/log/",
            "orders.sql",
            "log.sql",
        ],
        Template::Embedded => vec![
            "autogen.toml",
            "migrations/",
            "migrations/.gitkeep",
            "schema.sql",
            "build.rs",
            "src/bin/migrate.rs",
        ],
    }
}

fn single(sample: Option<Sample>, url: Option<&str>, folder: &Path) -> Result<Project> {
    let file = match sample {
        Some(Sample::Shop) => "shop.db",
        None => "app.db",
    };
    let (url, exists) = match url {
        Some(url) => stored_url(url, folder)?,
        None => (format!("sqlite://{file}"), holds_data(&folder.join(file))),
    };
    let target = match sample {
        Some(Sample::Shop) => Some(SHOP.to_owned()),
        None => (!exists).then(|| empty("")),
    };
    let next = if target.is_some() {
        aligned(&first_steps("", ""))
    } else {
        aligned(&adoption("schema.sql", ""))
    };
    Ok(Project {
        settings: settings(&Lines {
            url: format!("url = \"{url}\""),
            ..Lines::default()
        }),
        folders: vec!["migrations".into()],
        files: target
            .map(|text| ("schema.sql".into(), text))
            .into_iter()
            .collect(),
        next,
    })
}

fn embedded(url: Option<&str>, folder: &Path) -> Result<Project> {
    let mut project = single(None, url, folder)?;
    project.settings = project.settings.replace(NO_RUNNER, RUNNER);
    // The build script wants the folder, and git keeps no empty one.
    project.files.push(("migrations/.gitkeep".into(), String::new()));
    project.files.push(("build.rs".into(), BUILD.to_owned()));
    project
        .files
        .push(("src/bin/migrate.rs".into(), MIGRATE.to_owned()));
    let mut next = Vec::new();
    if !folder.join("Cargo.toml").exists() {
        next.push("cargo init    # there is no Cargo.toml here yet".to_owned());
    }
    next.push(
        "# in Cargo.toml: autogen among [dependencies], and with default-features = false among [build-dependencies]"
            .to_owned(),
    );
    if folder.join("build.rs").exists() {
        next.push("# in build.rs, which was there: autogen::embed::collect(\"migrations\")?".to_owned());
    }
    next.append(&mut project.next);
    next.push(
        "cargo run --bin migrate -- upgrade    # the same command line, with the scripts compiled in"
            .to_owned(),
    );
    project.next = next;
    Ok(project)
}

fn tenants(url: Option<&str>, folder: &Path) -> Result<Project> {
    let engine = match url {
        Some(url) => DatabaseUrl::parse(url, Path::new(""))?.engine(),
        None => Engine::Sqlite,
    };
    let (place, exists) = match engine {
        Engine::Postgres => ("schema = \"{tenant}\"", true),
        Engine::Mysql | Engine::Mariadb => (
            "url = \"${SERVER_URL}/{tenant}\"    # SERVER_URL is mysql://user:password@host",
            true,
        ),
        Engine::Sqlite => (
            "url = \"sqlite://tenant_{tenant}.db\"",
            TENANTS
                .iter()
                .any(|tenant| holds_data(&folder.join(format!("tenant_{tenant}.db")))),
        ),
    };
    let names = TENANTS.map(|name| format!("\"{name}\"")).join(", ");
    let scope = format!(" --tenant {}", TENANTS[0]);
    Ok(Project {
        settings: settings(&Lines {
            url: match url {
                Some(url) => format!("url = \"{}\"", stored_url(url, folder)?.0),
                None => "# url = \"sqlite://app.db\"".to_owned(),
            },
            tenants: format!(
                "[tenants]\nnames = [{names}]    # or from = \"SELECT name FROM tenant\", asked of the database above\n{place}\n# jobs = 1"
            ),
            ..Lines::default()
        }),
        folders: vec!["migrations".into()],
        files: if exists {
            Vec::new()
        } else {
            vec![("schema.sql".into(), empty(&scope))]
        },
        next: aligned(&if exists {
            adoption("schema.sql", &scope)
        } else {
            first_steps(&scope, " --all")
        }),
    })
}

fn multidb(folder: &Path) -> Project {
    let (full, fresh): (Vec<&str>, Vec<&str>) = DATABASES
        .iter()
        .partition(|name| holds_data(&folder.join(format!("{name}.db"))));
    let sections: Vec<String> = DATABASES
        .iter()
        .map(|name| {
            format!(
                "[databases.{name}]\nurl = \"sqlite://{name}.db\"\ntarget = [\"{name}.sql\"]\nscript_location = \"migrations/{name}\""
            )
        })
        .collect();
    let mut next: Vec<Step> = full
        .iter()
        .flat_map(|name| adoption(&format!("{name}.sql"), &format!(" -n {name}")))
        .collect();
    if full.is_empty() {
        next = first_steps(" --all", " --all");
    } else {
        for name in &fresh {
            next.extend(first_steps(&format!(" -n {name}"), &format!(" -n {name}")));
        }
    }
    Project {
        settings: settings(&Lines {
            url: "# url = \"sqlite://app.db\"".to_owned(),
            target: "# target = [\"schema.sql\"]",
            script_location: "# script_location = \"migrations\"",
            databases: sections.join("\n\n"),
            ..Lines::default()
        }),
        folders: DATABASES
            .iter()
            .map(|name| format!("migrations/{name}").into())
            .collect(),
        files: fresh
            .iter()
            .map(|name| (format!("{name}.sql").into(), empty(&format!(" -n {name}"))))
            .collect(),
        next: aligned(&next),
    }
}

/// The lines of autogen.toml in which templates differ.
struct Lines {
    url: String,
    target: &'static str,
    script_location: &'static str,
    tenants: String,
    databases: String,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            url: String::new(),
            target: "target = [\"schema.sql\"]",
            script_location: "script_location = \"migrations\"",
            tenants: NO_TENANTS.to_owned(),
            databases: NO_DATABASES.to_owned(),
        }
    }
}

fn settings(lines: &Lines) -> String {
    SETTINGS
        .replace("{target}", lines.target)
        .replace("{script_location}", lines.script_location)
        .replace("{runner}", NO_RUNNER)
        .replace("{tenants}", &lines.tenants)
        .replace("{databases}", &lines.databases)
        .replace("{url}", &lines.url)
}

fn empty(scope: &str) -> String {
    format!(
        "-- What the database shall look like: CREATE statements. Edit it, then run `autogen revision -m \"what changes\"{scope}`.\n"
    )
}

/// A command, and what it is good for.
type Step = (String, &'static str);

/// The steps where nothing is there yet: `one` names the database that is compared, `all` those that are brought up.
fn first_steps(one: &str, all: &str) -> Vec<Step> {
    vec![
        (
            format!("autogen revision -m \"first\"{one}"),
            "compares the target with the database, writes a script",
        ),
        (format!("autogen upgrade{all}"), "applies it"),
        (format!("autogen check{all}"), "says whether all is in step"),
    ]
}

/// The steps where a database exists. It says itself what its schema is; an empty target would ask to drop all of it.
fn adoption(target: &str, scope: &str) -> Vec<Step> {
    vec![
        (
            format!("autogen inspect{scope} > {target}"),
            "the schema the database has now",
        ),
        (
            format!("autogen revision -m \"baseline\" --from migrations{scope}"),
            "a script that makes it from nothing",
        ),
        (
            format!("autogen stamp head{scope}"),
            "this database has it already",
        ),
        (format!("autogen check{scope}"), "says whether all is in step"),
    ]
}

fn aligned(steps: &[Step]) -> Vec<String> {
    let width = steps
        .iter()
        .map(|(command, _)| command.len())
        .max()
        .unwrap_or_default();
    steps
        .iter()
        .map(|(command, what)| format!("{command:width$}    # {what}"))
        .collect()
}

/// The URL as it stands in a file in `folder`, and whether its database is there. A password is not written into a file that is
/// kept in version control.
fn stored_url(url: &str, folder: &Path) -> Result<(String, bool)> {
    let parsed = DatabaseUrl::parse(url, Path::new(""))?;
    let Some(path) = parsed.path() else {
        let hidden = parsed.to_string() != url.trim();
        let stored = if hidden {
            "${DATABASE_URL}".to_owned()
        } else {
            url.trim().to_owned()
        };
        return Ok((stored, true));
    };
    let exists = holds_data(path);
    let here = folder.as_os_str().is_empty() || folder == Path::new(".");
    if here || path.is_absolute() {
        return Ok((url.trim().to_owned(), exists));
    }
    let absolute = std::path::absolute(path).map_err(|error| super::io_error(path, error))?;
    Ok((DatabaseUrl::sqlite_file(absolute).to_string(), exists))
}

fn holds_data(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.len() > 0)
}
