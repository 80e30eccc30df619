//! What an expression means.
//!
//! Comes in: an expression and where the database is. Goes out: revisions, and the branch that was named. What means several things
//! is refused, and the candidates are named; nothing depends on the order of rows.

use super::expression::{Expression, Symbol};
use super::walk::Edges;
use super::{Graph, list, usage};
use crate::nearest::nearest;
use crate::script::RevisionId;
use crate::{Error, Result};
use std::ops::Bound;

/// The shortest prefix that may stand for a longer id.
const SHORTEST_PREFIX: usize = 4;
/// So many candidates are named when a prefix fits several revisions.
const NAMED_CANDIDATES: usize = 3;

/// A place in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// Before the first revision.
    Base,
    /// Just after a revision.
    At(RevisionId),
}

/// What an expression means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The revisions; none for the place before all of them.
    pub revisions: Vec<RevisionId>,
    /// The revision that stands for the branch named before `@`.
    pub branch: Option<RevisionId>,
}

/// The same by numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) at: Vec<usize>,
    pub(super) branch: Option<usize>,
}

/// What happens to a walk that leads beyond an end of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// It is an error.
    Refuse,
    /// It stops there.
    Stop,
}

impl Graph {
    /// What an expression means: `head`, `heads`, `base`, `current`, an id or a unique prefix of at least four characters, a label;
    /// `+N` and `-N` from `current`, or from any of the former (`id+N`, `head-N`, `base+N`); and any of it on one branch:
    /// `label@head`, `label@base`, `label@id`, `label@-1`, where any revision of the branch may stand in for its label.
    ///
    /// # Errors
    /// When it means nothing, or several things where one is wanted; the message names the candidates.
    pub fn resolve(&self, expression: &str, current: &[RevisionId]) -> Result<Target> {
        let meant = self.evaluate(&Expression::parse(expression)?, &self.known(current))?;
        let id = |number: usize| self.id(number).clone();
        Ok(Target {
            revisions: meant.at.into_iter().map(id).collect(),
            branch: meant.branch.map(id),
        })
    }

    /// The same where one place is wanted.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), and when it means several revisions.
    pub fn point(&self, expression: &str, current: &[RevisionId]) -> Result<Point> {
        let meant = self.evaluate(&Expression::parse(expression)?, &self.known(current))?;
        match meant.at.as_slice() {
            [] => Ok(Point::Base),
            [one] => Ok(Point::At(self.id(*one).clone())),
            several => Err(self
                .several(expression, several)
                .hint("name one of these revisions")),
        }
    }

    /// The revision of that id or label, or whose id alone begins so.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn find(&self, name: &str) -> Result<RevisionId> {
        self.named(name, None).map(|number| self.id(number).clone())
    }

    /// The one head; `None` without any revision.
    ///
    /// # Errors
    /// When there are several.
    pub fn head(&self) -> Result<Option<&RevisionId>> {
        Ok(self.one_head(None, "head")?.map(|number| self.id(number)))
    }

    pub(super) fn evaluate(&self, expression: &Expression, origin: &[usize]) -> Result<Meant> {
        self.evaluate_to(expression, origin, Beyond::Refuse)
    }

    /// The same, but a walk stops at the ends of the history.
    pub(super) fn evaluate_clamped(&self, expression: &Expression, origin: &[usize]) -> Result<Meant> {
        self.evaluate_to(expression, origin, Beyond::Stop)
    }

    fn evaluate_to(&self, expression: &Expression, origin: &[usize], beyond: Beyond) -> Result<Meant> {
        let branch = match &expression.branch {
            Some(label) => Some(self.branch(label)?),
            None => None,
        };
        let at = match &expression.symbol {
            None => self.start(expression, origin, branch)?,
            Some(Symbol::Head) => self.one_head(branch, &expression.text)?.into_iter().collect(),
            Some(Symbol::Heads) => match branch {
                Some(_) => self.members(branch, self.head_numbers()),
                None => self.real_head_numbers(),
            },
            Some(Symbol::Base) => Vec::new(),
            Some(Symbol::Current) => self.members(branch, origin.to_vec()),
            Some(Symbol::Name(name)) => vec![self.named(name, branch)?],
        };
        if expression.steps == 0 {
            return Ok(Meant { at, branch });
        }
        let start = match at.as_slice() {
            [] => None,
            [one] => Some(*one),
            several => {
                return Err(self.several(&expression.text, several).hint(format!(
                    "name the branch: `{}@{}`",
                    self.id(several[0]),
                    expression.text
                )));
            }
        };
        let end = self.walk(start, expression, branch, beyond)?;
        Ok(Meant {
            at: end.into_iter().collect(),
            branch,
        })
    }

    /// The revision that stands for a branch.
    fn branch(&self, label: &str) -> Result<usize> {
        self.named(label, None).map_err(|error| {
            let ambiguous = error.message().contains("several revisions");
            if ambiguous {
                return error.context("branch");
            }
            let error = usage(format!("there is no branch {label:?}"));
            match self
                .labels
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice()
            {
                [] => error.hint("no script has a label; an id may stand before `@` too"),
                labels => match nearest(label, labels.iter().copied()) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint(format!("the labels are {}", labels.join(", "))),
                },
            }
        })
    }

    /// Those that belong to a branch, if one is named.
    fn members(&self, branch: Option<usize>, mut numbers: Vec<usize>) -> Vec<usize> {
        if let Some(branch) = branch {
            let members = self.lineage(branch, Edges::Line);
            numbers.retain(|number| members.contains(*number));
        }
        numbers
    }

    fn one_head(&self, branch: Option<usize>, text: &str) -> Result<Option<usize>> {
        let heads = self.members(branch, self.head_numbers());
        match heads.as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(*head)),
            several => Err(usage(format!(
                "there are several heads: {text} may mean {}",
                list(self.ids(several))
            ))
            .hint("`heads` means all of them, `label@head` or `id@head` that of one branch")
            .hint("`autogen merge heads` joins them; `autogen rebase` puts a script that only you have on the other one")),
        }
    }

    /// Where the steps of an expression begin that does not say it.
    fn start(&self, expression: &Expression, origin: &[usize], branch: Option<usize>) -> Result<Vec<usize>> {
        let Some(branch) = branch else {
            return match origin {
                [] | [_] => Ok(origin.to_vec()),
                several => Err(usage(format!(
                    "{} is ambiguous: the database is at {}",
                    expression.text,
                    list(self.ids(several))
                ))
                .hint(format!(
                    "name the branch: `{}@{}`",
                    self.id(several[0]),
                    expression.text
                ))),
            };
        };
        let members = self.lineage(branch, Edges::Line);
        let there: Vec<usize> = origin
            .iter()
            .copied()
            .filter(|number| members.contains(*number))
            .collect();
        if !there.is_empty() {
            return Ok(there);
        }
        let applied = self.below(origin.iter().copied(), Edges::Need);
        if expression.steps < 0 {
            // What another branch depends on has no row of its own.
            let mut tips = self.tips_of(&applied);
            tips.retain(|number| members.contains(*number));
            return if tips.is_empty() {
                Err(
                    usage(format!("{}: nothing of that branch is applied", expression.text))
                        .hint("`autogen current` shows where the database is"),
                )
            } else {
                Ok(tips)
            };
        }
        // The branch begins further up: go on from where it leaves what is applied.
        let is_tip = |number: &usize| {
            let on_branch = |n: usize| members.contains(n) && applied.contains(n);
            on_branch(*number) && !self.nodes[*number].children.iter().any(|c| on_branch(*c))
        };
        Ok(self.order.iter().copied().filter(is_tip).collect())
    }

    /// Goes so many steps along lines; where they part, along the branch.
    fn walk(
        &self,
        start: Option<usize>,
        expression: &Expression,
        branch: Option<usize>,
        beyond: Beyond,
    ) -> Result<Option<usize>> {
        let (steps, text) = (expression.steps, &expression.text);
        let members = branch.map(|branch| self.lineage(branch, Edges::Line));
        let is_member = |number: &usize| members.as_ref().is_none_or(|members| members.contains(*number));
        let mut at = start;
        for done in 0..steps.unsigned_abs() {
            let next: Vec<usize> = match at {
                None if steps > 0 => self.base_numbers().into_iter().filter(is_member).collect(),
                Some(number) if steps > 0 => {
                    let children = self.nodes[number].children.iter().copied();
                    children.filter(is_member).collect()
                }
                Some(number) if self.nodes[number].parents.is_empty() => {
                    at = None;
                    continue;
                }
                Some(number) => self.nodes[number].parents.clone(),
                None => Vec::new(),
            };
            at = match next.as_slice() {
                [one] => Some(*one),
                [] if beyond == Beyond::Stop => return Ok(at),
                [] => {
                    return Err(usage(format!(
                        "{text} leads beyond the end of the history: there are {done} of {} steps",
                        steps.unsigned_abs()
                    ))
                    .hint("`autogen history` shows all revisions"));
                }
                several => {
                    return Err(usage(format!(
                        "{text} is ambiguous: the history parts on the way into {}",
                        list(self.ids(several))
                    ))
                    .hint("name the revision, or the branch: `label@..`"));
                }
            };
        }
        Ok(at)
    }

    /// The revision of that id or label, or the only one, on the branch if one is named, whose id begins so.
    fn named(&self, name: &str, branch: Option<usize>) -> Result<usize> {
        let exact = self.numbers.get(name).or_else(|| self.labels.get(name));
        if let Some(&number) = exact {
            return match branch {
                Some(branch) if !self.lineage(branch, Edges::Line).contains(number) => {
                    Err(self.no_member(name, branch))
                }
                Some(_) | None => Ok(number),
            };
        }
        let unknown = || usage(format!("there is no revision {name:?}"));
        if name.chars().count() < SHORTEST_PREFIX {
            return Err(unknown().hint(format!(
                "an id may be shortened to at least {SHORTEST_PREFIX} characters; `autogen history` lists all"
            )));
        }
        let begun = self
            .numbers
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .take_while(|(id, _)| id.as_str().starts_with(name))
            .map(|(_, number)| *number);
        let candidates: Vec<usize> = begun.collect();
        let here = self.members(branch, candidates.clone());
        match (here.as_slice(), branch) {
            ([one], _) => Ok(*one),
            ([], Some(branch)) if !candidates.is_empty() => Err(self.no_member(name, branch)),
            ([], _) => Err(unknown().hint("`autogen history` lists all")),
            (several, _) => {
                let more = if several.len() > NAMED_CANDIDATES {
                    ", ..."
                } else {
                    ""
                };
                let named = &several[..several.len().min(NAMED_CANDIDATES)];
                Err(usage(format!(
                    "{name:?} begins the ids of several revisions: {}{more}",
                    list(self.ids(named))
                ))
                .hint("write more of it"))
            }
        }
    }

    fn no_member(&self, name: &str, branch: usize) -> Error {
        let node = &self.nodes[branch];
        let label = node.labels.first().map_or(node.id.as_str(), String::as_str);
        usage(format!("revision {name} is not a member of branch {label}")).hint(format!(
            "`autogen history -r {label}@base:{label}@heads` lists that branch"
        ))
    }
}
