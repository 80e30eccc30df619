//! The graph of revisions: pure, over headers.
//!
//! Comes in: the headers of all scripts. Goes out: heads, orders, and what an expression such as `head`, `3f9c` or `-1` means.
//! Files, databases and what stands in the scripts are not known here.

use super::{Header, RevisionId};
use crate::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The shortest prefix that may stand for a longer id.
const SHORTEST_PREFIX: usize = 4;
/// So many candidates are named when a prefix fits several revisions.
const NAMED_CANDIDATES: usize = 3;

/// All revisions and how they follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    parents: BTreeMap<RevisionId, Vec<RevisionId>>,
    children: BTreeMap<RevisionId, Vec<RevisionId>>,
    /// Parents before children; independent ones in the order of their ids.
    order: Vec<RevisionId>,
}

/// A place in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// Before the first revision.
    Base,
    /// Just after a revision.
    At(RevisionId),
}

impl Graph {
    /// Builds the graph.
    ///
    /// # Errors
    /// When two headers have one id, a parent is missing, or revisions follow each other in a circle.
    pub fn new<'a>(headers: impl IntoIterator<Item = &'a Header>) -> Result<Self> {
        let mut graph = Self::default();
        for header in headers {
            if graph
                .parents
                .insert(header.revision.clone(), header.revises.clone())
                .is_some()
            {
                return Err(
                    wrong(format!("two scripts have the revision id {}", header.revision))
                        .hint("give one of them another id, and let those that revise it follow"),
                );
            }
        }
        for (id, parents) in &graph.parents {
            for parent in parents {
                if !graph.parents.contains_key(parent) {
                    return Err(wrong(format!(
                        "revision {id} revises {parent}, and there is no script of that id"
                    ))
                    .hint(format!(
                        "bring the script of {parent} back, or let {id} revise another revision"
                    )));
                }
                graph.children.entry(parent.clone()).or_default().push(id.clone());
            }
        }
        graph.order = graph.sorted()?;
        Ok(graph)
    }

    /// Parents before children (Kahn's algorithm over an ordered set).
    fn sorted(&self) -> Result<Vec<RevisionId>> {
        let mut waiting: BTreeMap<&RevisionId, usize> = self
            .parents
            .iter()
            .map(|(id, parents)| (id, parents.iter().collect::<BTreeSet<_>>().len()))
            .collect();
        let mut ready: BTreeSet<&RevisionId> = waiting
            .iter()
            .filter(|(_, n)| **n == 0)
            .map(|(id, _)| *id)
            .collect();
        let mut order = Vec::with_capacity(self.parents.len());
        while let Some(id) = ready.pop_first() {
            waiting.remove(id);
            order.push(id.clone());
            for child in self.children(id).collect::<BTreeSet<_>>() {
                if let Some(left) = waiting.get_mut(child) {
                    *left -= 1;
                    if *left == 0 {
                        ready.insert(child);
                    }
                }
            }
        }
        if waiting.is_empty() {
            return Ok(order);
        }
        let circle: Vec<String> = waiting.keys().map(ToString::to_string).collect();
        Err(wrong(format!(
            "revisions follow each other in a circle: {}",
            circle.join(", ")
        ))
        .hint("one of them must revise a revision outside the circle, or none"))
    }

    /// All revisions, parents before children.
    pub fn order(&self) -> &[RevisionId] {
        &self.order
    }

    /// Whether there is such a revision.
    pub fn contains(&self, id: &RevisionId) -> bool {
        self.parents.contains_key(id)
    }

    /// The revisions it follows.
    pub fn parents(&self, id: &RevisionId) -> &[RevisionId] {
        self.parents.get(id).map_or(&[], Vec::as_slice)
    }

    /// The revisions that follow it.
    pub fn children(&self, id: &RevisionId) -> impl Iterator<Item = &RevisionId> {
        self.children.get(id).into_iter().flatten()
    }

    /// Revisions that nothing follows, in order.
    pub fn heads(&self) -> Vec<&RevisionId> {
        self.order
            .iter()
            .filter(|id| !self.children.contains_key(*id))
            .collect()
    }

    /// Revisions that follow nothing, in order.
    pub fn bases(&self) -> Vec<&RevisionId> {
        self.order
            .iter()
            .filter(|id| self.parents(id).is_empty())
            .collect()
    }

    /// The one head; `None` without any revision.
    ///
    /// # Errors
    /// When there are several.
    pub fn head(&self) -> Result<Option<&RevisionId>> {
        let heads = self.heads();
        match heads.as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(head)),
            several => Err(wrong(format!("there are several heads: {}", list(several.iter().copied())))
                .hint("two scripts revise the same one: let the later of them revise the other, so that there is one line")),
        }
    }

    /// These revisions and all they follow.
    pub fn ancestors<'a>(
        &'a self,
        ids: impl IntoIterator<Item = &'a RevisionId>,
    ) -> BTreeSet<&'a RevisionId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&RevisionId> = ids.into_iter().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.parents(id));
            }
        }
        found
    }

    /// The revisions to apply on the way from `current` up to `target`, in order.
    ///
    /// # Errors
    /// When the way leads down.
    pub fn upward(&self, current: &[RevisionId], target: &Point) -> Result<Vec<RevisionId>> {
        let applied = self.ancestors(current);
        let Point::At(target) = target else {
            return if applied.is_empty() {
                Ok(Vec::new())
            } else {
                Err(downhill("base", current))
            };
        };
        let wanted = self.ancestors([target]);
        if !current.iter().all(|id| wanted.contains(id)) && applied.contains(target) {
            return Err(downhill(target.as_str(), current));
        }
        Ok(self
            .order
            .iter()
            .filter(|id| wanted.contains(id) && !applied.contains(id))
            .cloned()
            .collect())
    }

    /// The revisions to take back on the way from `current` down to `target`, in order.
    ///
    /// # Errors
    /// When the target is not applied.
    pub fn downward(&self, current: &[RevisionId], target: &Point) -> Result<Vec<RevisionId>> {
        let applied = self.ancestors(current);
        let kept = match target {
            Point::Base => BTreeSet::new(),
            Point::At(id) if applied.contains(id) => self.ancestors([id]),
            Point::At(id) => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "{id} is no target for a downgrade: the database is at {}",
                        list(current)
                    ),
                )
                .hint("`autogen history` shows what lies below; `autogen upgrade` goes up"));
            }
        };
        Ok(self
            .order
            .iter()
            .rev()
            .filter(|id| applied.contains(id) && !kept.contains(id))
            .cloned()
            .collect())
    }

    /// What an expression means: `head`, `base`, an id or a unique prefix of at least four characters, `+N` and `-N` from the
    /// current revision, or `id+N`, `head-N`, `base+N`.
    ///
    /// # Errors
    /// When it means nothing, or several things; the message names the candidates.
    pub fn resolve(&self, expression: &str, current: &[RevisionId]) -> Result<Point> {
        let text = expression.trim();
        let (symbol, steps) = split_steps(text)?;
        let start = match symbol {
            "" if steps.is_some() => match current {
                [] => Point::Base,
                [one] => Point::At(one.clone()),
                several => {
                    return Err(usage(format!(
                        "{text} is ambiguous: the database is at {}",
                        list(several)
                    ))
                    .hint("name the revision"));
                }
            },
            "head" => self.head()?.map_or(Point::Base, |id| Point::At(id.clone())),
            "base" => Point::Base,
            "current" => match current {
                [] => Point::Base,
                [one] => Point::At(one.clone()),
                several => {
                    return Err(usage(format!(
                        "current is ambiguous: the database is at {}",
                        list(several)
                    )));
                }
            },
            id => Point::At(self.find(id)?),
        };
        self.walk(start, steps.unwrap_or(0), text)
    }

    /// The revision of that id or unique prefix.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn find(&self, prefix: &str) -> Result<RevisionId> {
        if let Some(id) = self.parents.keys().find(|id| id.as_str() == prefix) {
            return Ok(id.clone());
        }
        if prefix.chars().count() < SHORTEST_PREFIX {
            return Err(usage(format!("there is no revision {prefix:?}")).hint(format!(
                "an id may be shortened to at least {SHORTEST_PREFIX} characters; `autogen history` lists all"
            )));
        }
        let candidates: Vec<&RevisionId> = self
            .parents
            .keys()
            .filter(|id| id.as_str().starts_with(prefix))
            .collect();
        match candidates.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(usage(format!("there is no revision {prefix:?}")).hint("`autogen history` lists all")),
            several => {
                let more = if several.len() > NAMED_CANDIDATES {
                    ", ..."
                } else {
                    ""
                };
                let named = list(several.iter().take(NAMED_CANDIDATES).copied());
                Err(usage(format!(
                    "{prefix:?} begins the ids of several revisions: {named}{more}"
                ))
                .hint("write more of it"))
            }
        }
    }

    fn walk(&self, start: Point, steps: i64, text: &str) -> Result<Point> {
        let mut at = start;
        let far = || {
            usage(format!("{text} leads beyond the end of the history"))
                .hint("`autogen history` shows all revisions")
        };
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<Point> = match (&at, steps > 0) {
                (Point::Base, true) => self.bases().into_iter().map(|id| Point::At(id.clone())).collect(),
                (Point::Base, false) => Vec::new(),
                (Point::At(id), true) => self.children(id).map(|id| Point::At(id.clone())).collect(),
                (Point::At(id), false) if self.parents(id).is_empty() && self.contains(id) => {
                    vec![Point::Base]
                }
                (Point::At(id), false) => self.parents(id).iter().map(|id| Point::At(id.clone())).collect(),
            };
            at = match <[Point; 1]>::try_from(next) {
                Ok([one]) => one,
                Err(none) if none.is_empty() => return Err(far()),
                Err(_) => {
                    return Err(
                        usage(format!("{text} is ambiguous: the history branches on the way"))
                            .hint("name the revision"),
                    );
                }
            };
        }
        Ok(at)
    }
}

/// Cuts `id+2` into `id` and 2.
fn split_steps(text: &str) -> Result<(&str, Option<i64>)> {
    let Some(at) = text.rfind(['+', '-']) else {
        return Ok((text, None));
    };
    let (symbol, steps) = text.split_at(at);
    let digits = &steps[1..];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(usage(format!(
            "{text:?} is no revision: a number must follow {}",
            &steps[..1]
        )));
    }
    let steps = steps
        .parse()
        .map_err(|_| usage(format!("{text:?} is no revision: the number is too large")))?;
    Ok((symbol, Some(steps)))
}

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

fn downhill(target: &str, current: &[RevisionId]) -> Error {
    usage(format!(
        "{target} is behind the database, which is at {}",
        list(current)
    ))
    .hint("`autogen downgrade` goes down")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> RevisionId {
        RevisionId::new(text).expect("an id")
    }

    fn graph(edges: &[(&str, &[&str])]) -> Result<Graph> {
        let headers: Vec<Header> = edges
            .iter()
            .map(|(name, parents)| {
                let mut header = Header::new(id(name));
                header.revises = parents.iter().map(|p| id(p)).collect();
                header
            })
            .collect();
        Graph::new(&headers)
    }

    fn line() -> Graph {
        graph(&[
            ("c333", &["b222"]),
            ("a111", &[]),
            ("b222", &["a111"]),
            ("d444", &["c333"]),
        ])
        .expect("a graph")
    }

    fn ids(list: &[RevisionId]) -> Vec<&str> {
        list.iter().map(RevisionId::as_str).collect()
    }

    #[test]
    fn expressions_mean_places_in_a_line() {
        let graph = line();
        let current = [id("b222")];
        let cases = [
            ("head", "d444"),
            ("a111", "a111"),
            ("b222+1", "c333"),
            ("head-2", "b222"),
            ("+1", "c333"),
            ("-1", "a111"),
            ("base+2", "b222"),
            ("current", "b222"),
        ];
        for (expression, wanted) in cases {
            assert_eq!(
                graph.resolve(expression, &current).expect(expression),
                Point::At(id(wanted)),
                "{expression}"
            );
        }
        assert_eq!(graph.resolve("base", &current).expect("base"), Point::Base);
        assert_eq!(graph.resolve("-2", &current).expect("-2"), Point::Base);
        assert_eq!(graph.resolve("+1", &[]).expect("+1"), Point::At(id("a111")));
        for bad in [
            "+9",
            "-3",
            "x",
            "nope",
            "b22",
            "b222+",
            "b222+x",
            "",
            "+99999999999999999999",
        ] {
            assert!(graph.resolve(bad, &current).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_prefix_that_fits_several_names_them() {
        let graph = graph(&[("abcd1", &[]), ("abcd2", &["abcd1"])]).expect("a graph");
        assert_eq!(
            graph.resolve("abcd2", &[]).expect("exact"),
            Point::At(id("abcd2"))
        );
        let error = graph.resolve("abcd", &[]).expect_err("ambiguous");
        assert!(error.message().contains("abcd1, abcd2"), "{error}");
    }

    #[test]
    fn the_ways_up_and_down_are_each_others_reverse() {
        let graph = line();
        let up = graph.upward(&[id("a111")], &Point::At(id("d444"))).expect("up");
        assert_eq!(ids(&up), ["b222", "c333", "d444"]);
        let down = graph
            .downward(&[id("d444")], &Point::At(id("a111")))
            .expect("down");
        assert_eq!(ids(&down), ["d444", "c333", "b222"]);
        assert_eq!(
            graph
                .upward(&[id("d444")], &Point::At(id("d444")))
                .expect("there"),
            []
        );
        assert!(graph.upward(&[id("d444")], &Point::At(id("a111"))).is_err());
        assert!(graph.downward(&[id("a111")], &Point::At(id("b222"))).is_err());
    }

    #[test]
    fn branches_are_ordered_and_have_several_heads() {
        let graph = graph(&[
            ("m", &["b1", "b2"]),
            ("a", &[]),
            ("b1", &["a"]),
            ("b2", &["a"]),
            ("x", &["b1"]),
        ])
        .expect("a graph");
        assert_eq!(ids(graph.order()), ["a", "b1", "b2", "m", "x"]);
        assert_eq!(graph.heads(), [&id("m"), &id("x")]);
        assert!(graph.head().expect_err("two").message().contains("m, x"));
        let up = graph.upward(&[id("b1")], &Point::At(id("m"))).expect("up");
        assert_eq!(ids(&up), ["b2", "m"]);
    }

    #[test]
    fn what_is_no_history_is_refused_with_the_ids() {
        let missing = graph(&[("b", &["a"])]).expect_err("missing");
        assert!(missing.message().contains("revises a"), "{missing}");
        let circle = graph(&[("a", &["c"]), ("b", &["a"]), ("c", &["b"]), ("d", &[])]).expect_err("circle");
        assert!(circle.message().contains("a, b, c"), "{circle}");
        let own = graph(&[("a", &["a"])]).expect_err("itself");
        assert!(own.message().contains("circle"), "{own}");
        let twice = graph(&[("a", &[]), ("a", &[])]).expect_err("twice");
        assert!(twice.message().contains("revision id a"), "{twice}");
    }
}
