//! The verbs that write scripts.

use std::path::PathBuf;

use clap::Args;

/// What a new script is called and where it stands among the others.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Identifier of the new revision, instead of a random one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// Name for the branch that begins with it; may be given more than once
    #[arg(long, value_name = "LABEL")]
    pub(crate) branch_label: Vec<String>,

    /// Let it revise what is no head, and so begin another branch
    #[arg(long)]
    pub(crate) splice: bool,
}

/// Write a migration script for the difference between database and target
///
/// Compares the database, which must be at head, with the target of autogen.toml, writes a script that leads from one to the other
/// and back, and prints its path. Writes nothing when nothing differs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen revision -m \"add orders\"
  autogen revision -m \"add orders\" --from migrations    without a database
  autogen revision -m \"names\" --rename user=users --rename users.mail=email
  autogen revision -m \"clean up\" --empty                a blank script to fill in")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Revision {
    /// What changes; becomes the title and the file name
    #[arg(short, long, value_name = "TEXT", required = true)]
    pub(crate) message: String,

    /// Compare nothing; write a blank script
    #[arg(long, conflicts_with_all = ["from", "target", "rename"])]
    pub(crate) empty: bool,

    /// What to compare with the target: `database`, `migrations` or another source
    #[arg(long, value_name = "SOURCE", default_value = "database")]
    pub(crate) from: String,

    /// Target, instead of the one of autogen.toml; may be given more than once
    #[arg(long, value_name = "SOURCE")]
    pub(crate) target: Vec<String>,

    /// A table or column that got another name: `old=new`, `table.old=new`; may be given more than once
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,

    #[command(flatten)]
    pub(crate) place: Place,

    /// What it revises: `head`, `base` for a first script, `label@head`, an identifier or its beginning
    #[arg(
        long,
        value_name = "REV",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub(crate) head: String,

    /// Another script or label that must be applied before it; may be given more than once
    #[arg(long, value_name = "REV")]
    pub(crate) depends_on: Vec<String>,

    /// Folder of `version_locations` that it goes to
    #[arg(long, value_name = "DIR")]
    pub(crate) version_path: Option<PathBuf>,

    /// Print the script instead of writing it
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print the SQL that it would run instead of writing it
    #[arg(long, conflicts_with_all = ["empty", "dry_run"])]
    pub(crate) sql: bool,

    /// What `revision` does anyway; taken so that Alembic's command line works
    #[arg(long, hide = true, conflicts_with = "empty")]
    pub(crate) autogenerate: bool,
}

/// Join several heads by an empty script that revises all of them
///
/// Two scripts that revise the same one are two heads, and both branches are applied by `upgrade heads`. A script that joins them makes
/// them one line again. To put a script of your own on top of the other one instead, use `rebase`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen merge heads
  autogen merge 3f9c 77ab -m \"join billing and stock\"")]
pub(crate) struct Merge {
    /// The revisions to join: `heads`, `label@head`, identifiers or their beginnings
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    pub(crate) revisions: Vec<String>,

    /// What it is for [default: which revisions it joins]
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,

    #[command(flatten)]
    pub(crate) place: Place,

    /// Folder of `version_locations` that it goes to
    #[arg(long, value_name = "DIR")]
    pub(crate) version_path: Option<PathBuf>,
}

/// Open a script in an editor
///
/// The editor is that of `VISUAL`, else of `EDITOR`.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The revision: `head`, `current`, an identifier or its beginning
    #[arg(value_name = "REV", default_value = "head", allow_negative_numbers = true)]
    pub(crate) revision: String,
}

/// Put a script of your own behind those of others
///
/// After a merge in version control two scripts may revise the same one: there are two heads. This rewrites what yours revises, in place,
/// so that it follows the other head, and the history is one line again. Scripts that stand on it move with it. A script that is
/// applied to the database is left alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen rebase 3f9c              onto the only other head
  autogen rebase                   the one of two heads that the database does not have
  autogen rebase 3f9c --onto 77ab")]
pub(crate) struct Rebase {
    /// The script to move, or any that stands on it [default: of two heads the one that is not applied]
    #[arg(value_name = "REV")]
    pub(crate) revision: Option<String>,

    /// What it shall revise [default: the only other head]
    #[arg(long, value_name = "REV")]
    pub(crate) onto: Option<String>,

    /// Rewrite it although it is applied to the database, or the database cannot be asked
    #[arg(long)]
    pub(crate) force: bool,
}

/// Make one script of several that follow each other
///
/// The new one keeps the id of the last, so that databases that have all of them are where they were; it says which it replaces, so that
/// one that has only some is told what to do. On a scratch database both ways are taken first: unless they lead to the same schema,
/// nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  autogen squash 3f9c:77ab
  autogen squash :head -m \"the schema of 2.0\"")]
pub(crate) struct Squash {
    /// The scripts: `OLDEST:NEWEST`, both included
    #[arg(value_name = "RANGE")]
    pub(crate) range: String,

    /// What the new script is about [default: what the last one is]
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
}
