//! How the rows of applied heads change along a way.
//!
//! Comes in: the rows, and a revision that is applied or taken back, or places that are stamped. Goes out: the change, row by row.
//! A row stands for its revision and all that it needs: only what no other row implies has a row of its own (Alembic's rule).

use super::evaluate::Meant;
use super::expression::Expression;
use super::walk::Edges;
use super::{Graph, list, usage};
use crate::Result;
use crate::script::RevisionId;
use std::collections::BTreeSet;

/// What happens to the rows of applied heads when one script has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadStep {
    /// A row more: a first revision, or a branch that begins.
    Insert(RevisionId),
    /// A row less: what it stood for is gone, or implied by another.
    Delete(RevisionId),
    /// One row moves along its line.
    Update {
        /// The row that goes.
        from: RevisionId,
        /// The row that comes.
        to: RevisionId,
    },
    /// Several rows become one.
    Merge {
        /// The rows that go.
        from: Vec<RevisionId>,
        /// The row that comes.
        to: RevisionId,
    },
    /// One row becomes several.
    Unmerge {
        /// The row that goes.
        from: RevisionId,
        /// The rows that come.
        to: Vec<RevisionId>,
    },
}

impl HeadStep {
    /// The rows that go, and those that come.
    pub fn rows(&self) -> (&[RevisionId], &[RevisionId]) {
        use std::slice::from_ref;
        match self {
            Self::Insert(to) => (&[], from_ref(to)),
            Self::Delete(from) => (from_ref(from), &[]),
            Self::Update { from, to } => (from_ref(from), from_ref(to)),
            Self::Merge { from, to } => (from, from_ref(to)),
            Self::Unmerge { from, to } => (from_ref(from), to),
        }
    }

    /// The rows after the step, sorted.
    pub fn after(&self, rows: &[RevisionId]) -> Vec<RevisionId> {
        let (gone, come) = self.rows();
        let mut rows: BTreeSet<RevisionId> = rows.iter().cloned().collect();
        for row in gone {
            rows.remove(row);
        }
        rows.extend(come.iter().cloned());
        rows.into_iter().collect()
    }
}

impl Graph {
    /// The change of the rows when a revision has been applied.
    pub fn step_up(&self, rows: &[RevisionId], revision: &RevisionId) -> HeadStep {
        let mut gone: Vec<RevisionId> = Vec::new();
        if let Some(number) = self.number(revision) {
            let needs: BTreeSet<&RevisionId> = self.nodes[number].needs().map(|n| self.id(n)).collect();
            gone.extend(rows.iter().filter(|row| needs.contains(row)).cloned());
        }
        let to = revision.clone();
        match <[RevisionId; 1]>::try_from(gone) {
            Ok([from]) => HeadStep::Update { from, to },
            Err(none) if none.is_empty() => HeadStep::Insert(to),
            Err(from) => HeadStep::Merge { from, to },
        }
    }

    /// The change of the rows when a revision has been taken back. What it needed gets rows again unless something else that is
    /// applied needs it too.
    pub fn step_down(&self, rows: &[RevisionId], revision: &RevisionId) -> HeadStep {
        let from = revision.clone();
        let Some(number) = self.number(revision) else {
            return HeadStep::Delete(from);
        };
        let mut applied = self.below(self.known(rows), Edges::Need);
        applied.remove(number);
        let come: BTreeSet<&RevisionId> = self.nodes[number]
            .needs()
            .filter(|needed| !self.nodes[*needed].needed_by().any(|n| applied.contains(n)))
            .map(|needed| self.id(needed))
            // A row that says what another one implies is left as it is.
            .filter(|needed| !rows.contains(needed))
            .collect();
        let to: Vec<RevisionId> = come.into_iter().cloned().collect();
        match <[RevisionId; 1]>::try_from(to) {
            Ok([to]) => HeadStep::Update { from, to },
            Err(none) if none.is_empty() => HeadStep::Delete(from),
            Err(to) => HeadStep::Unmerge { from, to },
        }
    }

    /// The rows after the places `to` are stamped: each takes the place of all rows that it is under or over, dependencies
    /// counted; other branches keep theirs. `base` takes all rows away, `label@base` those of that branch. Rows without a
    /// script go: nobody can say where they belong.
    ///
    /// # Errors
    /// When one of them names nothing or several things; when two of them exclude each other.
    pub fn stamp(&self, to: &[impl AsRef<str>], rows: &[RevisionId]) -> Result<Vec<RevisionId>> {
        let origin = self.known(rows);
        let mut now: BTreeSet<usize> = origin.iter().copied().collect();
        let mut stamped: Vec<usize> = Vec::new();
        for text in to {
            let Meant { at, branch } = self.evaluate(&Expression::parse(text.as_ref())?, &origin)?;
            if at.is_empty() {
                let members = branch.map(|branch| self.lineage(branch, Edges::Need));
                now.retain(|row| members.as_ref().is_some_and(|members| !members.contains(*row)));
            }
            for revision in at {
                let related = self.lineage(revision, Edges::Need);
                if let Some(other) = stamped
                    .iter()
                    .find(|other| **other != revision && related.contains(**other))
                {
                    let both = list(self.ids(&[*other, revision]));
                    return Err(
                        usage(format!("{both} cannot both be stamped: one is under the other"))
                            .hint("name the later one only: it stands for all it needs"),
                    );
                }
                now.retain(|row| !related.contains(*row));
                now.insert(revision);
                stamped.push(revision);
            }
        }
        let mut now: Vec<RevisionId> = now.into_iter().map(|number| self.id(number).clone()).collect();
        now.sort();
        Ok(now)
    }
}
