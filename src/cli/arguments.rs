//! The command line as types: what can be asked, and the help that says so. Nothing is done here.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{
    Arg, ArgAction, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, Styles, TypedValueParser},
};

use crate::Environment;

mod listing;
mod running;
mod writing;

pub(crate) use listing::{Branches, Current, Heads, History, Show, Status};
pub(crate) use running::{
    Changed, Downgrade, EnsureVersion, InDoubt, Offline, Order, Plan, Policies, Stamp, Upgrade,
};
pub(crate) use writing::{Edit, Merge, Place, Rebase, Revision, Squash};

const STYLES: Styles = Styles::styled()
    .header(anstyle::AnsiColor::Green.on_default().bold())
    .usage(anstyle::AnsiColor::Green.on_default().bold())
    .literal(anstyle::AnsiColor::Cyan.on_default().bold())
    .placeholder(anstyle::AnsiColor::Cyan.on_default());

/// Keeps a database schema and its declared target in step
///
/// autogen reflects the live database, compares it with the target (SQL files, another database, or the migrations themselves),
/// writes a reviewed migration script for the difference, and applies that script later, forwards or backwards.
#[derive(Debug, Parser)]
#[command(
    name = "autogen",
    version,
    styles = STYLES,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Start:  autogen init --sample shop    a sample project to try things on
        autogen init                  in the folder of a project of your own
Then:   edit schema.sql, `autogen revision -m \"what changes\"`, read the script, `autogen upgrade`
CI:     autogen check                 exit code 0 in step, 2 drift, 3 scripts pending, 1 error",
    after_long_help = "\
Sources:
  A SOURCE is a database URL (postgres://, mysql://, mariadb://, sqlite://), a .sql file, a folder or a glob of .sql files, or
  `migrations[@REV]`: what the scripts lead to.

Exit codes:
  0  fine
  1  error, wrong usage too
  2  differences found (`check`, and `diff --exit-code`)
  3  the database is behind or ahead of the scripts

Environment:
  DATABASE_URL  the database, unless `--url` names it; also read from .env beside autogen.toml
  NO_COLOR      no colours, as `--color never`"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every command takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// Configuration file [default: autogen.toml here, or in the nearest folder above within the repository]
    #[arg(short, long, global = true, value_name = "FILE", display_order = 0)]
    pub(crate) config: Option<PathBuf>,

    /// Database, instead of `DATABASE_URL` and the configuration: `postgres://app@localhost/shop`, `mysql://app@localhost/shop` or `sqlite://app.db`
    #[arg(long, global = true, value_name = "URL", display_order = 1)]
    pub(crate) url: Option<String>,

    /// Form of the output: text or json; `diff` and `inspect` have sql too, `diff` unified
    #[arg(long, global = true, value_name = "FORMAT", hide_possible_values = true, display_order = 2, value_parser = formats(&[Format::Text, Format::Json, Format::Sql, Format::Unified]))]
    pub(crate) format: Option<Format>,

    /// Say more: each statement as it runs, more columns in lists
    #[arg(short, long, global = true, conflicts_with = "quiet", display_order = 3)]
    pub(crate) verbose: bool,

    /// Say nothing but data, warnings and errors
    #[arg(short, long, global = true, display_order = 4)]
    pub(crate) quiet: bool,

    /// Colours in the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    #[arg(help = "Colours in the output: auto, always, never")]
    pub(crate) color: ColorChoice,

    /// One of the `[databases]` of autogen.toml; may be given more than once
    #[arg(short, long, global = true, value_name = "NAME", help_heading = SEVERAL, display_order = 10)]
    pub(crate) name: Vec<String>,

    /// Every one of the `[databases]`, and every one of the `[tenants]`, one after the other; sums up at the end
    #[arg(long, global = true, conflicts_with = "name", help_heading = SEVERAL, display_order = 11)]
    pub(crate) all: bool,

    /// A tenant: a schema or a database of its own, as `[tenants]` says; may be given more than once
    #[arg(long, global = true, value_name = "NAME", help_heading = SEVERAL, display_order = 12)]
    pub(crate) tenant: Vec<String>,

    /// A query of one column that tells the tenants, asked of the database
    #[arg(long, global = true, value_name = "SQL", help_heading = SEVERAL, display_order = 13)]
    pub(crate) tenants_from: Option<String>,

    /// How many tenants are worked on at the same time [default: `jobs` of `[tenants]`, or 1]
    #[arg(long, global = true, value_name = "N", help_heading = SEVERAL, display_order = 14, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,

    /// Begin no further database or tenant after one has failed
    #[arg(long, global = true, help_heading = SEVERAL, display_order = 15)]
    pub(crate) fail_fast: bool,

    /// How long to wait for another migrator or a locked database, such as `30s`, instead of `lock_timeout` in autogen.toml
    #[arg(long, global = true, value_name = "TIME", display_order = 7, value_parser = duration)]
    pub(crate) lock_timeout: Option<Duration>,

    /// A value for `${KEY}` in autogen.toml, for hooks (`AUTOGEN_X_KEY`), and for the program's own use; may be given more than once
    #[arg(short = 'x', global = true, value_name = "KEY=VALUE", display_order = 6)]
    pub(crate) given: Vec<String>,

    /// What stands behind the arguments: what the program adds, and which of several databases is meant.
    #[arg(skip)]
    pub(crate) scope: Scope,
}

fn duration(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "it is no time; write for example `30s`, `1m 30s` or `0s`".to_owned())
}

const SEVERAL: &str = "Several databases, several tenants";

/// What stands behind the arguments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// What the program adds.
    pub(crate) environment: Environment,
    /// Which of several databases and tenants this run is for.
    pub(crate) unit: Option<Unit>,
}

/// One of several that a command runs for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    /// One of `[databases]`.
    pub(crate) database: Option<String>,
    /// One of the tenants.
    pub(crate) tenant: Option<String>,
}

/// The form of what goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs; the forms are documented and versioned.
    Json,
    /// Statements.
    Sql,
    /// A unified diff of the SQL of both sides.
    Unified,
}

fn formats(allowed: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    let names = allowed
        .iter()
        .filter_map(Format::to_possible_value)
        .collect::<Vec<_>>();
    PossibleValuesParser::new(names)
        .map(|name| Format::from_str(&name, false).expect("clap has checked it against the same names"))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Init(Init),
    /// List what `init --template` can start a project from
    ListTemplates,
    Revision(Revision),
    Status(Status),
    Plan(Plan),
    Upgrade(Upgrade),
    Downgrade(Downgrade),
    Check(Check),
    Diff(Diff),
    Inspect(Inspect),
    Current(Current),
    History(History),
    Heads(Heads),
    Branches(Branches),
    Show(Show),
    Merge(Merge),
    Rebase(Rebase),
    Squash(Squash),
    Edit(Edit),
    Stamp(Stamp),
    EnsureVersion(EnsureVersion),
    Completions(Completions),
}

impl Verb {
    /// Its word on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::ListTemplates => "list-templates",
            Self::Revision(_) => "revision",
            Self::Upgrade(_) => "upgrade",
            Self::Downgrade(_) => "downgrade",
            Self::Check(_) => "check",
            Self::Diff(_) => "diff",
            Self::Inspect(_) => "inspect",
            Self::Current(_) => "current",
            Self::History(_) => "history",
            Self::Heads(_) => "heads",
            Self::Branches(_) => "branches",
            Self::Show(_) => "show",
            Self::Merge(_) => "merge",
            Self::Rebase(_) => "rebase",
            Self::Squash(_) => "squash",
            Self::Status(_) => "status",
            Self::Plan(_) => "plan",
            Self::Edit(_) => "edit",
            Self::Stamp(_) => "stamp",
            Self::EnsureVersion(_) => "ensure-version",
            Self::Completions(_) => "completions",
        }
    }
}

/// Start a project: autogen.toml, migrations/ and a first schema.sql
///
/// Writes only files that are not there and leaves the others as they are; an autogen.toml that is there already is an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen init
  autogen init --sample shop            a small shop in the folder shop
  autogen init --url sqlite://app.db    for a database that exists
  autogen init --template embedded      in a Cargo crate that is to run the scripts itself")]
pub(crate) struct Init {
    /// Folder, made if it is not there [default: this one, or one named as the sample]
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,

    /// What kind of project it is
    #[arg(short, long, value_name = "NAME", value_enum, default_value_t)]
    pub(crate) template: Template,

    /// Fill the project with a sample schema
    #[arg(long, value_name = "NAME", conflicts_with = "template")]
    pub(crate) sample: Option<Sample>,
}

/// What kind of project `init` starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// One database and its scripts.
    #[default]
    Generic,
    /// Several databases, each with a schema and scripts of its own.
    Multidb,
    /// Many tenants with the same schema, each in a database or a schema of its own.
    Tenants,
    /// Files beside a Cargo crate's own that compile the scripts into a program.
    Embedded,
}

/// A sample project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sample {
    /// Customers, products and orders on an embedded SQLite database.
    Shop,
}

/// Say whether database, scripts and target are in step
///
/// Exit code 0: in step. 2: the database differs from the target, and how. 3: scripts wait to be applied, or the database is ahead of
/// them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen check
  autogen check --to migrations     was the database changed behind the scripts' back?
  autogen check --format json")]
pub(crate) struct Check {
    /// What to compare the database with, instead of the target of autogen.toml; may be given more than once
    #[arg(long, value_name = "SOURCE")]
    pub(crate) to: Vec<String>,
}

/// Show the difference between two sources
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen diff
  autogen diff --format sql           the statements that lead from one to the other
  autogen diff --from old.sql --to new.sql --format unified
  autogen diff --from migrations --to sqlite://prod.db")]
pub(crate) struct Diff {
    /// What there is: a source [default: the database]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Vec<String>,

    /// What there shall be: a source [default: the target of autogen.toml]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) to: Vec<String>,

    /// A table or column that got another name: `old=new`, `table.old=new`; may be given more than once
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,

    /// End with exit code 2 when there are differences
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// Print a schema as SQL or JSON
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen inspect > schema.sql        the target to start from on an old database
  autogen inspect migrations@3f9c --format json")]
pub(crate) struct Inspect {
    /// What to print [default: the database]
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Vec<String>,
}

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen completions bash > /etc/bash_completion.d/autogen
  autogen completions fish > ~/.config/fish/completions/autogen.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// The command line as clap knows it, with the formats of each command.
pub(crate) fn command() -> clap::Command {
    let format = |help: &'static str, allowed: &'static [Format]| {
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .help_heading("Global options")
            .help(help)
            .display_order(2)
            .action(ArgAction::Set)
            .value_parser(formats(allowed))
            .hide_possible_values(true)
    };
    let mut command = Arguments::command();
    let verbs: Vec<String> = command
        .get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .collect();
    for verb in verbs {
        let format = match verb.as_str() {
            "diff" => format(
                "Form of the output: text (default), sql, unified, json",
                &[Format::Text, Format::Sql, Format::Unified, Format::Json],
            ),
            "inspect" => format(
                "Form of the output: sql (default), json",
                &[Format::Sql, Format::Json],
            ),
            _ => format(
                "Form of the output: text (default), json",
                &[Format::Text, Format::Json],
            ),
        };
        command = command.mut_subcommand(verb, |verb| verb.arg(format));
    }
    command
}

/// Reads the arguments.
///
/// # Errors
/// Clap's own: wrong usage, and also `--help` and `--version`.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(args)?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, clap::Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_types_make_a_sound_command_line() {
        command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_verb() {
        for line in [
            "autogen --format json -c x.toml check",
            "autogen check --format json -c x.toml",
        ] {
            let read = read(line).unwrap();
            assert_eq!(read.global.format, Some(Format::Json), "{line}");
            assert_eq!(read.global.config, Some("x.toml".into()), "{line}");
        }
    }

    #[test]
    fn each_verb_has_its_formats() {
        for (line, good) in [
            ("autogen diff --format unified", true),
            ("autogen diff --format sql", true),
            ("autogen check --format sql", false),
            ("autogen inspect --format text", false),
            ("autogen inspect --format json", true),
        ] {
            assert_eq!(read(line).is_ok(), good, "{line}");
        }
    }

    #[test]
    fn relative_revisions_are_values_and_not_options() {
        let Verb::Downgrade(down) = read("autogen downgrade -1").unwrap().verb else {
            panic!()
        };
        assert_eq!(down.revision, "-1");
        let Verb::Upgrade(up) = read("autogen upgrade +2 --dry-run").unwrap().verb else {
            panic!()
        };
        assert_eq!((up.revision.as_str(), up.offline.dry_run), ("+2", true));
    }
}
