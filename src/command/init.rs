//! `autogen init`: the files of a new project.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::json;

use super::Outcome;
use crate::{
    DatabaseUrl, Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Init, Sample},
    },
    report,
};

const SETTINGS: &str = include_str!("init/autogen.toml");
const SHOP: &str = include_str!("init/shop.sql");
const EMPTY: &str = "\
-- What the database shall look like: CREATE statements. Edit it, then run `autogen revision -m \"what changes\"`.
";

/// A file to write and what to put in it.
struct Piece {
    path: PathBuf,
    content: String,
}

pub(super) fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Init) -> Result<Outcome> {
    let settings = match &global.config {
        Some(file) => file.clone(),
        None => match (&arguments.folder, arguments.sample) {
            (Some(folder), _) => folder.clone(),
            (None, Some(Sample::Shop)) => PathBuf::from("shop"),
            (None, None) => PathBuf::new(),
        }
        .join("autogen.toml"),
    };
    let folder = settings.parent().unwrap_or(Path::new("")).to_path_buf();
    let start = start(global, arguments, &folder)?;

    make_folder(&folder)?;
    create(&Piece {
        path: settings.clone(),
        content: SETTINGS.replace("{url}", &start.url),
    })?;
    let mut written = vec![settings];
    let migrations = folder.join("migrations");
    make_folder(&migrations)?;
    written.push(migrations);
    if let Some(schema) = start.schema {
        let piece = Piece {
            path: folder.join("schema.sql"),
            content: schema.to_owned(),
        };
        // A schema that is there is the user's own.
        if !piece.path.exists() {
            create(&piece)?;
            written.push(piece.path);
        }
    }

    if terminal.is_json() {
        let body = json!({ "written": written, "next": start.next });
        terminal.json(&report::document("init", body))?;
        return Ok(Outcome::Fine);
    }
    for path in &written {
        terminal.plain_data(&format!("{}\n", path.display()))?;
    }
    terminal.say("");
    if !folder.as_os_str().is_empty() && folder != Path::new(".") {
        terminal.say(&format!("    cd {}", folder.display()));
    }
    for line in start.next {
        terminal.say(&format!("    {line}"));
    }
    Ok(Outcome::Fine)
}

/// What a project begins with.
struct Start {
    url: String,
    schema: Option<&'static str>,
    next: Vec<&'static str>,
}

fn start(global: &GlobalOptions, arguments: &Init, folder: &Path) -> Result<Start> {
    let file = match arguments.sample {
        Some(Sample::Shop) => "shop.db",
        None => "app.db",
    };
    let (url, exists) = match &global.url {
        Some(url) => stored_url(url, folder)?,
        None => (format!("sqlite://{file}"), holds_data(&folder.join(file))),
    };
    let first_steps = vec![
        "autogen revision -m \"first\"    # compares schema.sql with the database, writes a script",
        "autogen upgrade                 # applies it",
        "autogen check                   # says whether all is in step",
    ];
    Ok(match (arguments.sample, exists) {
        (Some(Sample::Shop), _) => Start {
            url,
            schema: Some(SHOP),
            next: first_steps,
        },
        // A database that exists says itself what its schema is. An empty schema.sql would ask to drop all of it.
        (None, true) => Start {
            url,
            schema: None,
            next: vec![
                "autogen inspect > schema.sql                        # the schema the database has now",
                "autogen revision -m \"baseline\" --from migrations    # a script that makes it from nothing",
                "autogen stamp head                                  # this database has it already",
                "autogen check                                       # says whether all is in step",
            ],
        },
        (None, false) => Start {
            url,
            schema: Some(EMPTY),
            next: first_steps,
        },
    })
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
    let absolute = std::path::absolute(path).map_err(|error| io_error(path, error))?;
    Ok((DatabaseUrl::sqlite_file(absolute).to_string(), exists))
}

fn holds_data(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

fn make_folder(folder: &Path) -> Result<()> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| io_error(folder, error))
}

/// Writes a file that must not be there.
fn create(piece: &Piece) -> Result<()> {
    let open = OpenOptions::new().write(true).create_new(true).open(&piece.path);
    match open {
        Ok(mut file) => file
            .write_all(piece.content.as_bytes())
            .map_err(|error| io_error(&piece.path, error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::new(
            ErrorKind::Usage,
            format!("{} is there already", piece.path.display()),
        )
        .hint("this project has been started; edit that file, or name another folder: `autogen init DIR`")),
        Err(error) => Err(io_error(&piece.path, error)),
    }
}

fn io_error(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be written", path.display())).because(error)
}
