//! The command lines of `[hooks]`: run, and their failure told.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use crate::{
    Config, DatabaseUrl, Error, ErrorKind, Result,
    config::HookCommand,
    environment::Given,
    migrate::{Called, Hook, Step},
    script::Header,
};

/// What a command line is told of a script.
struct Told<'a> {
    script: Option<&'a Path>,
    header: &'a Header,
    direction: &'a str,
    database: Option<&'a DatabaseUrl>,
    tag: Option<&'a str>,
}

/// Runs the hooks that come after a script was written, in order.
///
/// # Errors
/// When one of them cannot be run or fails; the script stays.
pub(super) fn after_write(config: &Config, given: &Given, path: &Path, header: &Header) -> Result<()> {
    let told = Told {
        script: Some(path),
        header,
        direction: "",
        database: None,
        tag: None,
    };
    config
        .hooks
        .after_write
        .iter()
        .try_for_each(|hook| run(hook, config, given, &told))
        .map_err(|error| error.hint(format!("{} was written and stays", path.display())))
}

/// The hooks around each script that is applied; none when the settings have none.
pub(super) fn around_scripts(
    config: &Config,
    given: &Given,
    database: Option<DatabaseUrl>,
) -> Option<Arc<dyn Hook>> {
    if config.hooks.before_apply.is_empty() && config.hooks.after_apply.is_empty() {
        return None;
    }
    Some(Arc::new(Commands {
        config: config.clone(),
        given: given.clone(),
        database,
    }))
}

/// The command lines around scripts.
struct Commands {
    config: Config,
    given: Given,
    database: Option<DatabaseUrl>,
}

impl Commands {
    fn run(&self, hooks: &[HookCommand], step: Step<'_>) -> Result<()> {
        let told = Told {
            script: step.file,
            header: step.header,
            direction: step.direction.word(),
            database: self.database.as_ref(),
            tag: step.tag,
        };
        hooks
            .iter()
            .try_for_each(|hook| run(hook, &self.config, &self.given, &told))
    }
}

impl Hook for Commands {
    fn before<'a>(&'a self, step: Step<'a>) -> Called<'a> {
        Box::pin(std::future::ready(
            self.run(&self.config.hooks.before_apply, step),
        ))
    }

    fn after<'a>(&'a self, step: Step<'a>) -> Called<'a> {
        Box::pin(std::future::ready(self.run(&self.config.hooks.after_apply, step)))
    }
}

/// Runs one command line, and waits for it. What it prints goes to standard error: standard output is for data.
fn run(hook: &HookCommand, config: &Config, given: &Given, told: &Told<'_>) -> Result<()> {
    let script = told
        .script
        .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let script = script.map(|path| path.display().to_string()).unwrap_or_default();
    let fill = |text: &String| {
        text.replace("{script}", &script)
            .replace("{revision}", told.header.revision.as_str())
            .replace("{direction}", told.direction)
    };
    let words: Vec<String> = hook.run.iter().map(fill).collect();
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let folder = config.folder();
    let folder = match &hook.cwd {
        Some(cwd) => folder.join(cwd),
        None => folder.to_path_buf(),
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(std::io::stderr());
    if !folder.as_os_str().is_empty() {
        command.current_dir(&folder);
    }
    command
        .env("AUTOGEN_SCRIPT", &script)
        .env("AUTOGEN_REVISION", told.header.revision.as_str())
        .env("AUTOGEN_DIRECTION", told.direction);
    if let Some(tag) = told.tag {
        command.env("AUTOGEN_TAG", tag);
    }
    if let Some(database) = told.database {
        // Without its password, as everywhere.
        command.env("AUTOGEN_DATABASE", database.to_string());
    }
    for (key, value) in given.iter() {
        command.env(format!("AUTOGEN_X_{}", key.to_ascii_uppercase()), value);
    }
    let named = || format!("hook `{}`", hook.name);
    let status = command.status().map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let failed = Error::new(ErrorKind::Config, format!("`{program}` cannot be run"))
            .because(error)
            .context(named());
        if missing {
            failed.hint(format!(
                "see that `{program}` is installed, and that {} is there",
                if folder.as_os_str().is_empty() {
                    ".".to_owned()
                } else {
                    folder.display().to_string()
                }
            ))
        } else {
            failed
        }
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Config,
        format!("`{}` failed: {status}", words.join(" ")),
    )
    .context(named()))
}
