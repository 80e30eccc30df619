//! The verbs that write to the database, or print what would do so.

use clap::{Args, ValueEnum};

use crate::Engine;

/// Which engine SQL without a database is for.
#[derive(Debug, Args)]
pub(crate) struct EngineOption {
    /// The engine that `--sql` is for, instead of that of the URL
    #[arg(long, value_name = "ENGINE", requires = "sql", value_parser = engine)]
    #[arg(
        help = "The engine that `--sql` is for, instead of that of the URL: sqlite, postgres, mysql, mariadb"
    )]
    pub(crate) dialect: Option<Engine>,
}

fn engine(name: &str) -> Result<Engine, String> {
    Engine::from_name(name).ok_or_else(|| "it is none of sqlite, postgres, mysql, mariadb".to_owned())
}

/// What is printed instead of being done.
#[derive(Debug, Args)]
pub(crate) struct Offline {
    /// Print the SQL for the database as it is instead of running it
    #[arg(long, conflicts_with = "sql")]
    pub(crate) dry_run: bool,

    /// Print the SQL instead of running it, without asking a database: the revision is FROM:TO
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) engine: EngineOption,

    /// A text for the head of the SQL that `--sql` and `--dry-run` print
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
}

/// What a run does about a history that is not as it should be.
#[derive(Debug, Args)]
pub(crate) struct Policies {
    /// What to do about applied scripts that were changed: warn, stop, or accept them as they are now [default: `changed_scripts`]
    #[arg(long, value_name = "WHAT", hide_possible_values = true, conflicts_with_all = ["dry_run", "sql"])]
    pub(crate) changed_scripts: Option<Changed>,

    /// What to do about pending scripts that are older than an applied one: allow, warn, stop [default: `out_of_order`]
    #[arg(long, value_name = "WHAT", hide_possible_values = true, conflicts_with_all = ["dry_run", "sql"])]
    pub(crate) out_of_order: Option<Order>,
}

/// What to do about applied scripts that were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Changed {
    /// Do not begin
    Stop,
    /// Warn
    Warn,
    /// Take them as they are now
    Accept,
}

/// What to do about pending scripts that are older than an applied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// Do not begin
    Stop,
    /// Apply them and warn
    Warn,
    /// Apply them
    Allow,
}

/// Show what `upgrade` would do to the database: scripts, changes, what is lost, transactions
///
/// Nothing is changed. With -v each statement too; `upgrade --dry-run` prints them as SQL that can be run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen plan
  autogen plan +1 -v
  autogen plan heads --format json")]
pub(crate) struct Plan {
    /// Revision to go up to, as for `upgrade`
    #[arg(value_name = "REV", default_value = "head", allow_hyphen_values = true)]
    pub(crate) revision: String,
}

/// Apply scripts to the database, up to a revision
///
/// Each script and its entry in the ledger are one transaction: a script that fails leaves the database as it was before it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen upgrade
  autogen upgrade +1             the next script only
  autogen upgrade 3f9c           up to the revision that begins so
  autogen upgrade heads          all branches
  autogen upgrade --dry-run      print the SQL for this database and do nothing
  autogen upgrade 3f9c:head --sql    the SQL for a database that is at 3f9c, without one")]
pub(crate) struct Upgrade {
    /// Revision to go up to: `head`, `heads`, `label@head`, an identifier or its beginning, `+N`, `REV+N`; with `--sql` also `FROM:TO`
    #[arg(value_name = "REV", default_value = "head", allow_hyphen_values = true)]
    pub(crate) revision: String,

    #[command(flatten)]
    pub(crate) offline: Offline,

    #[command(flatten)]
    pub(crate) policies: Policies,

    /// Say what became of the statement that ran when an earlier run was cut off, where the database does not tell
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["dry_run", "sql"])]
    pub(crate) in_doubt: Option<InDoubt>,
}

/// What became of a statement that is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InDoubt {
    /// It took effect: go on behind it
    Done,
    /// It did not: run it again
    Again,
}

/// Take scripts back, down to a revision
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen downgrade -1              the last script
  autogen downgrade base            all of them
  autogen downgrade billing@-1      the last script of a branch
  autogen downgrade -1 --dry-run    print the SQL for this database and do nothing
  autogen downgrade head:base --sql    the SQL for a database that is at head, without one")]
pub(crate) struct Downgrade {
    /// Revision to go down to: `base`, `label@base`, an identifier or its beginning, `-N`, `REV-N`; with `--sql` it is `FROM:TO`
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub(crate) revision: String,

    #[command(flatten)]
    pub(crate) offline: Offline,

    #[command(flatten)]
    pub(crate) policies: Policies,

    /// Say what became of the statement that ran when an earlier run was cut off, where the database does not tell
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["dry_run", "sql"])]
    pub(crate) in_doubt: Option<InDoubt>,
}

/// Write a revision into the ledger without running scripts
///
/// For a database that already has what the scripts do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen stamp head
  autogen stamp base              forget everything: as if no script had been applied
  autogen stamp 3f9c --purge      empty the table of applied heads first, whatever stands in it")]
pub(crate) struct Stamp {
    /// The revisions: `head`, `heads`, `base`, `label@head`, an identifier or its beginning. Other branches keep theirs
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    pub(crate) revisions: Vec<String>,

    /// Take out all rows of the ledger first, also those that no script is known of
    #[arg(long, conflicts_with = "sql")]
    pub(crate) purge: bool,

    /// Print the SQL for a database that is at FROM, where the revision is `FROM:TO`, else for one without a ledger
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) engine: EngineOption,
}

/// Make the tables of the ledger, if they are not there
#[derive(Debug, Args)]
pub(crate) struct EnsureVersion {
    /// Print the SQL that makes them instead
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) engine: EngineOption,
}
