//! Which revisions lie on a way, and in which order.
//!
//! Comes in: where the database is, and what an expression means. Goes out: the revisions to apply or to take back. The order is
//! that of the whole graph, so that two runs which meet the same scripts meet them in the same order.

use super::evaluate::Meant;
use super::expression::{Expression, Range};
use super::{Graph, list, usage};
use crate::script::RevisionId;
use crate::{Error, Result};

/// Which edges are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edges {
    /// To what a revision revises.
    Line,
    /// To what it revises or depends on.
    Need,
}

/// A set of revisions, by number.
#[derive(Debug, Clone)]
pub(super) struct Marks(Vec<bool>);

impl Marks {
    pub(super) fn none(of: usize) -> Self {
        Self(vec![false; of])
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0[number]
    }

    /// Gives whether it was not there.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        !std::mem::replace(&mut self.0[number], true)
    }

    pub(super) fn remove(&mut self, number: usize) {
        self.0[number] = false;
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len()).filter(|number| self.0[*number])
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    /// All that is in one of both.
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(one, other)| *one |= other);
        self
    }
}

impl Graph {
    /// These and everything under them.
    pub(super) fn below(&self, from: impl IntoIterator<Item = usize>, edges: Edges) -> Marks {
        self.reach(from, |number, open| {
            let node = &self.nodes[number];
            match edges {
                Edges::Line => open.extend(&node.parents),
                Edges::Need => open.extend(node.needs()),
            }
        })
    }

    /// These and everything over them.
    pub(super) fn above(&self, from: impl IntoIterator<Item = usize>, edges: Edges) -> Marks {
        self.reach(from, |number, open| {
            let node = &self.nodes[number];
            match edges {
                Edges::Line => open.extend(&node.children),
                Edges::Need => open.extend(node.needed_by()),
            }
        })
    }

    fn reach(&self, from: impl IntoIterator<Item = usize>, next: impl Fn(usize, &mut Vec<usize>)) -> Marks {
        let mut found = Marks::none(self.nodes.len());
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(number) = open.pop() {
            if found.insert(number) {
                next(number, &mut open);
            }
        }
        found
    }

    /// All that is over or under a revision on its lines: the members of the branch it stands for.
    pub(super) fn lineage(&self, number: usize, edges: Edges) -> Marks {
        self.below([number], edges).or(&self.above([number], edges))
    }

    fn in_order(&self, is: impl Fn(usize) -> bool) -> Vec<RevisionId> {
        let wanted = self.order.iter().filter(|number| is(**number));
        wanted.map(|number| self.id(*number).clone()).collect()
    }

    /// The revisions to apply on the way from the applied heads `current` up to `to`, in order: all that it needs and that is not
    /// applied.
    ///
    /// # Errors
    /// When `to` names nothing, several things, or what lies behind the database.
    pub fn upgrade(&self, to: &str, current: &[RevisionId]) -> Result<Vec<RevisionId>> {
        let expression = Expression::parse(to)?;
        if expression.is_bare() && expression.steps < 0 {
            return Err(usage(format!("{to} leads down, and `upgrade` goes up"))
                .hint(format!("`autogen downgrade {to}` goes down")));
        }
        let origin = self.known(current);
        let target = self.evaluate(&expression, &origin)?;
        let applied = self.below(origin, Edges::Need);
        let is_passed = |number: &usize| {
            applied.contains(*number) && self.nodes[*number].children.iter().any(|c| applied.contains(*c))
        };
        let all_applied = target.at.iter().all(|number| applied.contains(*number));
        let passed = match target.at.as_slice() {
            [] => !applied.is_empty(),
            several => all_applied && several.iter().any(is_passed),
        };
        if passed {
            return Err(usage(format!(
                "{} is behind the database, which is at {}",
                list(self.ids(&target.at)),
                list(current)
            ))
            .hint("`autogen downgrade` goes down"));
        }
        let wanted = self.below(target.at, Edges::Need);
        Ok(self.in_order(|number| wanted.contains(number) && !applied.contains(number)))
    }

    /// The revisions to take back on the way from the applied heads `current` down to `to`, in order: all that is applied over it,
    /// on the branch that it names if it names one, and whatever depends on that.
    ///
    /// # Errors
    /// When `to` names nothing, several things, or what is not applied.
    pub fn downgrade(&self, to: &str, current: &[RevisionId]) -> Result<Vec<RevisionId>> {
        let expression = Expression::parse(to)?;
        if expression.is_bare() && expression.steps > 0 {
            return Err(usage(format!("{to} leads up, and `downgrade` goes down"))
                .hint(format!("`autogen upgrade {to}` goes up")));
        }
        let origin = self.known(current);
        let Meant { at, branch } = self.evaluate(&expression, &origin)?;
        let applied = self.below(origin.iter().copied(), Edges::Need);
        let no_target = || {
            let error = usage(format!(
                "{to} is no valid target for a downgrade: the database is at {}",
                list(current)
            ));
            error.hint("`autogen history` shows what lies below; `autogen upgrade` goes up")
        };
        if at.iter().any(|number| !applied.contains(*number)) {
            return Err(no_target());
        }
        let mut roots = match at.as_slice() {
            [] => self.base_numbers(),
            several => several
                .iter()
                .flat_map(|number| &self.nodes[*number].children)
                .copied()
                .collect(),
        };
        // A step down from the one head there is stays on its branch.
        let branch = branch.or_else(|| origin.first().copied().filter(|_| expression.is_bare()));
        if let Some(branch) = branch
            && roots.len() > 1
        {
            let members = self.lineage(branch, Edges::Line);
            roots.retain(|root| members.contains(*root));
            if roots.is_empty() {
                return Err(no_target());
            }
        }
        // Only one target makes sense here: what is over one of several may be under another.
        if let [_, _, ..] = at.as_slice() {
            let kept = self.below(at, Edges::Need);
            roots.retain(|root| !kept.contains(*root));
        }
        let over = self.above(roots, Edges::Need);
        let mut down = self.in_order(|number| over.contains(number) && applied.contains(number));
        down.reverse();
        Ok(down)
    }

    /// The revisions of a range such as `3f9c:head`, newest first. Both ends belong to it; an end that is left out is that of the
    /// history; a number of steps counts from the other end, or from `current` when both are such; what leads beyond an end of the
    /// history stops there.
    ///
    /// # Errors
    /// When an end names nothing or several things, or the lower end is not under the upper one.
    pub fn range(&self, range: &Range, current: &[RevisionId]) -> Result<Vec<RevisionId>> {
        let origin = self.known(current);
        let (lower, upper) = (range.lower.as_ref(), range.upper.as_ref());
        let bare = |side: Option<&Expression>| side.is_some_and(Expression::is_bare);
        let evaluate = |side: Option<&Expression>, from: &[usize], none: Vec<usize>| match side {
            Some(expression) => self.evaluate_clamped(expression, from),
            None => Ok(Meant {
                at: none,
                branch: None,
            }),
        };
        let (low, high) = match (bare(lower), bare(upper)) {
            (true, false) => {
                let high = evaluate(upper, &origin, self.head_numbers())?;
                (evaluate(lower, &high.at, Vec::new())?, high)
            }
            (false, true) => {
                let low = evaluate(lower, &origin, Vec::new())?;
                let high = evaluate(upper, &low.at, Vec::new())?;
                (low, high)
            }
            (true, true) | (false, false) => (
                evaluate(lower, &origin, Vec::new())?,
                evaluate(upper, &origin, self.head_numbers())?,
            ),
        };
        let mut targets = high.at;
        if let Some(branch) = low.branch {
            let members = self.lineage(branch, Edges::Line);
            targets.retain(|target| members.contains(*target));
        }
        let mut wanted = self.below(targets.iter().copied(), Edges::Need);
        if let Some(stray) = low.at.iter().find(|number| !wanted.contains(**number)) {
            return Err(usage(format!(
                "{} is not an ancestor of {}",
                self.id(*stray),
                list(self.ids(&targets))
            ))
            .hint("write the older end first: `older:newer`"));
        }
        if !low.at.is_empty() {
            let over = self.above(low.at.iter().copied(), Edges::Line);
            let under = self.below(low.at.iter().copied(), Edges::Need);
            for number in 0..self.nodes.len() {
                if !over.contains(number) || (under.contains(number) && !low.at.contains(&number)) {
                    wanted.remove(number);
                }
            }
        }
        let mut found = self.in_order(|number| wanted.contains(number));
        found.reverse();
        Ok(found)
    }

    /// The error for several revisions where one is wanted.
    pub(super) fn several(&self, text: &str, numbers: &[usize]) -> Error {
        usage(format!(
            "{text} is ambiguous: it may mean {}",
            list(self.ids(numbers))
        ))
    }
}
