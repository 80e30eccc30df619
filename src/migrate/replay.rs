//! A history carried out on a scratch database, to know the schema it leads to.
//!
//! Comes in: scripts and an empty database. Afterwards it has the schema behind them. There is no ledger and no lock: a scratch belongs
//! to nobody else.

use super::apply::{Runner, Start, apply};
use super::{Direction, Scripts};
use crate::Result;
use crate::config::Filter;
use crate::database::Connection;
use crate::dialect::Dialect;
use crate::directive::Directive;
use crate::plan::OnlineChanges;
use crate::schema::Schema;
use crate::script::RevisionId;

/// Applies revisions in order to the empty database behind `scratch`. What the engine makes of it all counts then, not what the
/// model thinks: reflect it. `adapt` makes of each directive what is fit for a scratch.
///
/// # Errors
/// When a script cannot be read, planned or run; the message begins with its file.
pub(crate) async fn replay(
    scratch: &mut Connection,
    scripts: &dyn Scripts,
    revisions: &[RevisionId],
    dialect: &dyn Dialect,
    mut adapt: impl FnMut(&mut Directive),
) -> Result<()> {
    let filter = Filter::everything().with_object_kinds(&scripts.extensions());
    let mut known = Some(Schema::new());
    for revision in revisions {
        let mut directives = super::directives(scripts, revision, Direction::Upgrade, dialect.engine())?;
        directives.iter_mut().for_each(&mut adapt);
        let session = dialect.session(&directives);
        for sql in &session.before {
            scratch.execute(sql).await?;
        }
        scratch.begin().await?;
        let runner = Runner {
            connection: scratch,
            dialect,
            filter: &filter,
            online: OnlineChanges::Off,
            may_commit: true,
            observer: &mut (),
        };
        let applied = Box::pin(apply(runner, &directives, Start::Anew(known.take()), None))
            .await
            .map_err(|error| error.context(super::name_of(scripts, revision)))?;
        scratch.execute("COMMIT").await?;
        known = applied.schema;
        for sql in &session.after {
            scratch.execute(sql).await?;
        }
    }
    Ok(())
}
