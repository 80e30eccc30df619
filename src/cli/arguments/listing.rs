//! The verbs that look at scripts.

use clap::Args;

/// Show the revision the database is at
#[derive(Debug, Args)]
#[command(after_help = "With -v also when and by what each script was applied.")]
pub(crate) struct Current {
    /// End with exit code 3 unless the database is at all heads
    #[arg(long)]
    pub(crate) check_heads: bool,
}

/// List the scripts, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
With -v the path and the time of each script too.

Examples:
  autogen history -r 3f9c:head
  autogen history -r -3:current     the last three that are applied
  autogen history -r current:       what is to come")]
pub(crate) struct History {
    /// Only these: `OLDER:NEWER`, both included; either may be empty, `current`, or a number of steps from the other
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    pub(crate) rev_range: Option<String>,

    /// Fail when the database cannot be asked where it is, which is marked anyway when it can
    #[arg(short, long)]
    pub(crate) indicate_current: bool,
}

/// Show the newest revisions of the scripts
#[derive(Debug, Args)]
pub(crate) struct Heads {
    /// Leave out heads that another script depends on
    #[arg(long)]
    pub(crate) resolve_dependencies: bool,
}

/// Show where the history parts, and into what
#[derive(Debug, Args)]
pub(crate) struct Branches {}

/// Show scripts: their headers, their changes, their files
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The revisions: `head`, `heads`, `current`, an identifier or its beginning
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    pub(crate) revisions: Vec<String>,
}

/// Show on one screen where database, scripts and target are
///
/// Exit code 0 whatever it finds: `check` is for programs.
#[derive(Debug, Args)]
pub(crate) struct Status {}
