//! A rewriter: one difference becomes two revisions. The first only adds (expand), and can be applied while the old program runs; the second
//! takes away (contract), when nobody needs the old things any more.
//!
//! `cd examples/expand_contract; cargo run --example expand_contract -- upgrade head`, then `revision -m "one name"` in the same way: the
//! folder holds a history, and a target that goes on from there.

use autogen::Environment;
use autogen::directive::{AlterTable, Directive, TableChange, reverse};
use autogen::extend::Extensions;
use autogen::script::Script;
use std::process::ExitCode;

/// Whether somebody who knows only the old schema would miss what a change takes away.
fn contracts(change: &TableChange) -> bool {
    match change {
        TableChange::DropColumn(_) | TableChange::RenameColumn(_) => true,
        TableChange::AddColumn(_)
        | TableChange::AlterColumn(_)
        | TableChange::AddConstraint { .. }
        | TableChange::DropConstraint { .. }
        | TableChange::RenameConstraint { .. }
        | TableChange::SetOption(_)
        | TableChange::SetComment(_)
        | TableChange::SetDefinition(_)
        | TableChange::ReorderColumns(_) => false,
    }
}

/// What goes into the first script and what into the second.
fn split(directive: Directive) -> (Option<Directive>, Option<Directive>) {
    match directive {
        Directive::AlterTable(AlterTable { table, changes }) => {
            let (late, early): (Vec<_>, Vec<_>) = changes.into_iter().partition(contracts);
            let alter = |changes: Vec<TableChange>| {
                let table = table.clone();
                (!changes.is_empty()).then_some(Directive::AlterTable(AlterTable { table, changes }))
            };
            (alter(early), alter(late))
        }
        Directive::DropTable(_) | Directive::DropObject(_) => (None, Some(directive)),
        other => (Some(other), None),
    }
}

/// The rewriter.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().rewrite_with(|drafts, _| {
        let in_two = |mut expand: Script| {
            let mut contract = expand.next(format!("{} (contract)", expand.header.message));
            for directive in std::mem::take(&mut expand.upgrade) {
                let (early, late) = split(directive);
                expand.upgrade.extend(early);
                contract.upgrade.extend(late);
            }
            // Each is undone by itself. A script with nothing in it is not written.
            for script in [&mut expand, &mut contract] {
                script.downgrade = reverse(&script.upgrade);
            }
            [expand, contract]
        };
        Ok(drafts.into_iter().flat_map(in_two).collect())
    })
}

/// What this program adds to the command line.
pub(crate) fn environment() -> Environment {
    Environment::new().extensions(extensions())
}

fn main() -> ExitCode {
    autogen::cli::run(environment())
}
