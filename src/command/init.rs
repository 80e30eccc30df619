//! `autogen init`: the files of a new project; `autogen list-templates`: what it can be.

mod template;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::Outcome;
use crate::{
    Error, ErrorKind, Result,
    cli::{
        Terminal,
        arguments::{GlobalOptions, Init, Sample, Template},
    },
    report,
};

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
    let folder = settings.parent().unwrap_or(Path::new(""));
    let project = template::project(
        arguments.template,
        arguments.sample,
        global.url.as_deref(),
        folder,
    )?;

    make_folder(folder)?;
    if !create(&settings, &project.settings)? {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{} is there already", settings.display()),
        )
        .hint("this project has been started; edit that file, or name another folder: `autogen init DIR`"));
    }
    let mut written = vec![settings.clone()];
    let mut kept = Vec::new();
    for path in project.folders.iter().map(|path| folder.join(path)) {
        make_folder(&path)?;
        written.push(path);
    }
    for (path, content) in &project.files {
        let path = folder.join(path);
        make_folder(path.parent().unwrap_or(Path::new("")))?;
        // What is there is the user's own.
        if create(&path, content)? {
            written.push(path);
        } else {
            kept.push(path);
        }
    }

    if terminal.is_json() {
        let body = json!({
            "template": name(arguments.template),
            "written": written,
            "kept": kept,
            "next": project.next,
        });
        terminal.json(&report::document("init", body))?;
        return Ok(Outcome::Fine);
    }
    for path in &written {
        terminal.plain_data(&format!("{}\n", path.display()))?;
    }
    for path in &kept {
        terminal.say(&format!("{} was there and is as it was", path.display()));
    }
    terminal.say("");
    if !folder.as_os_str().is_empty() && folder != Path::new(".") {
        terminal.say(&format!("    cd {}", folder.display()));
    }
    for line in project.next {
        terminal.say(&format!("    {line}"));
    }
    Ok(Outcome::Fine)
}

pub(super) fn list_templates(terminal: &Terminal) -> Result<Outcome> {
    let templates = Template::value_variants();
    if terminal.is_json() {
        let list: Vec<Value> = templates
            .iter()
            .map(|&template| {
                json!({
                    "name": name(template),
                    "description": description(template),
                    "files": template::files(template),
                })
            })
            .collect();
        terminal.json(&report::document("list-templates", json!({ "templates": list })))?;
        return Ok(Outcome::Fine);
    }
    for &template in templates {
        terminal.plain_data(&format!("{:10}{}\n", name(template), description(template)))?;
        terminal.plain_data(&format!("{:10}{}\n", "", template::files(template).join(", ")))?;
    }
    terminal.say("");
    terminal.say("    autogen init --template NAME [DIR]");
    Ok(Outcome::Fine)
}

/// Its word on the command line.
fn name(template: Template) -> String {
    template
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

/// The sentence that the help has, too.
fn description(template: Template) -> String {
    template
        .to_possible_value()
        .and_then(|value| value.get_help().map(ToString::to_string))
        .unwrap_or_default()
}

fn make_folder(folder: &Path) -> Result<()> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| io_error(folder, error))
}

/// Writes a file, unless there is one: then it gives `false`.
fn create(path: &Path, content: &str) -> Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file
            .write_all(content.as_bytes())
            .map(|()| true)
            .map_err(|error| io_error(path, error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io_error(path, error)),
    }
}

fn io_error(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be written", path.display())).because(error)
}
