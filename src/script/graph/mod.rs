//! The graph of revisions: pure, over headers.
//!
//! Comes in: the headers of all scripts. Goes out: heads, orders, what an expression such as `head`, `3f9c` or `billing@-1` means,
//! which scripts lie on a way, and how the rows of applied heads change along it. Files, databases and what stands in the scripts
//! are not known here.
//!
//! Two kinds of edges: a *line* leads from a revision to those it revises; a *need* is a line, or leads to what it depends on.
//! Whoever is applied has all it needs applied.

mod build;
mod evaluate;
mod expression;
mod heads;
mod walk;

use super::RevisionId;
use crate::{Error, ErrorKind};
use std::collections::{BTreeMap, BTreeSet};

pub use evaluate::{Point, Target};
pub use expression::Range;
pub use heads::HeadStep;
use walk::{Edges, Marks};

/// All revisions and how they follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// In the order in which they were given.
    nodes: Vec<Node>,
    numbers: BTreeMap<RevisionId, usize>,
    /// The node that bears a label.
    labels: BTreeMap<String, usize>,
    /// Whatever a node needs before it, one branch after the other.
    order: Vec<usize>,
}

/// A revision and its neighbours, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    id: RevisionId,
    labels: Vec<String>,
    parents: Vec<usize>,
    children: Vec<usize>,
    dependencies: Vec<usize>,
    dependents: Vec<usize>,
}

impl Node {
    /// What has to be applied before it.
    fn needs(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.parents.iter().chain(&self.dependencies).copied()
    }

    /// What can be applied only after it.
    fn needed_by(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.children.iter().chain(&self.dependents).copied()
    }
}

impl Graph {
    /// All revisions, each behind what it revises and depends on: one branch after the other, as far as that goes.
    pub fn order(&self) -> impl DoubleEndedIterator<Item = &RevisionId> + ExactSizeIterator {
        self.order.iter().map(|number| self.id(*number))
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether there is such a revision.
    pub fn contains(&self, id: &RevisionId) -> bool {
        self.numbers.contains_key(id)
    }

    /// The revisions it follows.
    pub fn parents(&self, id: &RevisionId) -> impl Iterator<Item = &RevisionId> {
        self.neighbours(id, |node| &node.parents)
    }

    /// The revisions that follow it.
    pub fn children(&self, id: &RevisionId) -> impl Iterator<Item = &RevisionId> {
        self.neighbours(id, |node| &node.children)
    }

    /// The revisions it depends on, without those it follows.
    pub fn dependencies(&self, id: &RevisionId) -> impl Iterator<Item = &RevisionId> {
        self.neighbours(id, |node| &node.dependencies)
    }

    /// The revisions that depend on it.
    pub fn dependents(&self, id: &RevisionId) -> impl Iterator<Item = &RevisionId> {
        self.neighbours(id, |node| &node.dependents)
    }

    fn neighbours<'g>(
        &'g self,
        id: &RevisionId,
        which: fn(&Node) -> &Vec<usize>,
    ) -> impl Iterator<Item = &'g RevisionId> + use<'g> {
        let node = self.number(id).map(|number| which(&self.nodes[number]));
        node.into_iter().flatten().map(|number| self.id(*number))
    }

    /// The revision that bears a label.
    pub fn labelled(&self, label: &str) -> Option<&RevisionId> {
        self.labels.get(label).map(|number| self.id(*number))
    }

    /// Whether nothing follows it.
    pub fn is_head(&self, id: &RevisionId) -> bool {
        self.number(id).is_some_and(|n| self.nodes[n].children.is_empty())
    }

    /// Whether several revisions follow it.
    pub fn is_branch_point(&self, id: &RevisionId) -> bool {
        self.number(id).is_some_and(|n| self.nodes[n].children.len() > 1)
    }

    /// Whether it follows several revisions.
    pub fn is_merge_point(&self, id: &RevisionId) -> bool {
        self.number(id).is_some_and(|n| self.nodes[n].parents.len() > 1)
    }

    /// Revisions that nothing follows, in order.
    pub fn heads(&self) -> Vec<&RevisionId> {
        self.ids(&self.head_numbers())
    }

    /// Heads on which nothing depends either: all of them together need every revision.
    pub fn real_heads(&self) -> Vec<&RevisionId> {
        self.ids(&self.real_head_numbers())
    }

    /// Revisions that follow nothing, in order.
    pub fn bases(&self) -> Vec<&RevisionId> {
        self.ids(&self.base_numbers())
    }

    /// The labels of each revision that has some: its own, those of what it follows, and those of what follows it on the same
    /// branch.
    pub fn branch_labels(&self) -> BTreeMap<&RevisionId, BTreeSet<&str>> {
        let mut all: BTreeMap<&RevisionId, BTreeSet<&str>> = BTreeMap::new();
        for (label, &start) in &self.labels {
            let above = self.above([start], Edges::Line);
            for number in above.numbers() {
                all.entry(self.id(number)).or_default().insert(label);
            }
            let mut at = start;
            while self.nodes[at].needed_by().nth(1).is_none() && self.nodes[at].parents.len() < 2 {
                all.entry(self.id(at)).or_default().insert(label);
                match self.nodes[at].parents.first() {
                    Some(parent) => at = *parent,
                    None => break,
                }
            }
        }
        all
    }

    /// These revisions and all they need. Ids that are unknown here are left out.
    pub fn ancestors<'a>(&self, ids: impl IntoIterator<Item = &'a RevisionId>) -> BTreeSet<&RevisionId> {
        let numbers: Vec<usize> = ids.into_iter().filter_map(|id| self.number(id)).collect();
        let below = self.below(numbers, Edges::Need);
        below.numbers().map(|number| self.id(number)).collect()
    }

    /// The tips of all that is applied when `heads` are: these, and the ends of lines that one of them depends on.
    pub fn tips(&self, heads: &[RevisionId]) -> Vec<&RevisionId> {
        let applied = self.below(self.known(heads), Edges::Need);
        self.ids(&self.tips_of(&applied))
    }

    fn tips_of(&self, applied: &Marks) -> Vec<usize> {
        let is_tip = |number: &usize| {
            applied.contains(*number) && !self.nodes[*number].children.iter().any(|c| applied.contains(*c))
        };
        self.order.iter().copied().filter(is_tip).collect()
    }

    fn id(&self, number: usize) -> &RevisionId {
        &self.nodes[number].id
    }

    fn ids(&self, numbers: &[usize]) -> Vec<&RevisionId> {
        numbers.iter().map(|number| self.id(*number)).collect()
    }

    fn number(&self, id: &RevisionId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    fn known(&self, ids: &[RevisionId]) -> Vec<usize> {
        ids.iter().filter_map(|id| self.number(id)).collect()
    }

    fn such(&self, is: impl Fn(&Node) -> bool) -> Vec<usize> {
        self.order
            .iter()
            .copied()
            .filter(|n| is(&self.nodes[*n]))
            .collect()
    }

    fn head_numbers(&self) -> Vec<usize> {
        self.such(|node| node.children.is_empty())
    }

    fn real_head_numbers(&self) -> Vec<usize> {
        self.such(|node| node.needed_by().next().is_none())
    }

    fn base_numbers(&self) -> Vec<usize> {
        self.such(|node| node.parents.is_empty())
    }
}

/// Revisions as a list in a message; `base` for none.
fn list<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(RevisionId::as_str).collect();
    if ids.is_empty() {
        "base".to_owned()
    } else {
        ids.join(", ")
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Script, message)
}

fn usage(message: String) -> Error {
    Error::new(ErrorKind::Usage, message)
}
