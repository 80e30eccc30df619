//! `op.run`: code at its place in a script that is compiled.

use super::Operations;
use crate::database::Connection;
use crate::directive::{Code, Directive};
use crate::migrate::Called;

impl Operations {
    /// Runs code of your own at this place: queries, loops, whatever the rows need. It gets the connection inside of the script's
    /// transaction, where the engine has that, and so must not commit. `name` is what plans and messages call it.
    ///
    /// Only a program that scripts are compiled into can do this ([`embed`](crate::embed)); the command `autogen` refuses such a script
    /// with its place.
    ///
    /// ```
    /// # use autogen::script::Operations;
    /// # fn upgrade(op: &mut Operations) {
    /// op.run("fill the totals", |db| {
    ///     Box::pin(async move {
    ///         for row in db.query("SELECT id, price, pieces FROM lines").await? {
    ///             let (id, total) = (row.integer(0)?, row.integer(1)? * row.integer(2)?);
    ///             db.execute(&format!("UPDATE lines SET total = {total} WHERE id = {id}")).await?;
    ///         }
    ///         Ok(())
    ///     })
    /// });
    /// # }
    /// ```
    pub fn run(
        &mut self,
        name: impl Into<String>,
        function: impl for<'c> Fn(&'c mut Connection) -> Called<'c> + Send + Sync + 'static,
    ) {
        self.record(Directive::Run(Code::new(name, function)));
    }
}
