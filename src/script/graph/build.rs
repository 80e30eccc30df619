//! The graph from headers, and what is refused as no history.

use super::{Graph, Node, list, wrong};
use crate::script::{Header, RevisionId};
use crate::{Error, Result};

impl Graph {
    /// Builds the graph. The order of the headers decides between branches that do not depend on each other.
    ///
    /// # Errors
    /// When two headers have one id or label, a parent or dependency is missing, or revisions follow or depend on each other in a
    /// circle.
    pub fn new<'a>(headers: impl IntoIterator<Item = &'a Header>) -> Result<Self> {
        let headers: Vec<&Header> = headers.into_iter().collect();
        let mut graph = Self::default();
        for header in &headers {
            graph.add(header)?;
        }
        graph.check_labels()?;
        for (number, header) in headers.iter().enumerate() {
            for parent in &header.revises {
                let Some(parent) = graph.number(parent) else {
                    return Err(missing_parent(&header.revision, parent));
                };
                if parent == number {
                    return Err(wrong(format!("revision {} revises itself", header.revision))
                        .hint("it must revise another revision, or none"));
                }
                if !graph.nodes[number].parents.contains(&parent) {
                    graph.nodes[number].parents.push(parent);
                    graph.nodes[parent].children.push(number);
                }
            }
        }
        for (number, header) in headers.iter().enumerate() {
            for text in &header.depends_on {
                let needed = graph.dependency(&header.revision, text)?;
                let node = &graph.nodes[number];
                // To depend on what it revises says nothing new.
                if !node.parents.contains(&needed) && !node.dependencies.contains(&needed) {
                    graph.nodes[number].dependencies.push(needed);
                    graph.nodes[needed].dependents.push(number);
                }
            }
        }
        graph.refuse_circle(
            |node| node.parents.clone(),
            "revisions follow each other in a circle",
            "one of them must revise a revision outside the circle, or none",
        )?;
        graph.refuse_circle(
            |node| node.needs().collect(),
            "revisions depend on each other in a circle",
            "one of them must do without its `depends_on`",
        )?;
        graph.order = graph.sorted();
        Ok(graph)
    }

    fn add(&mut self, header: &Header) -> Result<()> {
        let number = self.nodes.len();
        if self.numbers.insert(header.revision.clone(), number).is_some() {
            return Err(
                wrong(format!("two scripts have the revision id {}", header.revision))
                    .hint("give one of them another id, and let those that revise it follow"),
            );
        }
        self.nodes.push(Node {
            id: header.revision.clone(),
            labels: header.branch_labels.clone(),
            parents: Vec::new(),
            children: Vec::new(),
            dependencies: Vec::new(),
            dependents: Vec::new(),
        });
        for label in &header.branch_labels {
            check_label(label).map_err(|error| error.context(&header.revision))?;
            if let Some(other) = self.labels.insert(label.clone(), number)
                && other != number
            {
                return Err(wrong(format!(
                    "revisions {} and {} have the same branch label {label:?}",
                    self.id(other),
                    header.revision
                ))
                .hint(
                    "a label names one branch: take it out of the later script, to which it spreads anyway",
                ));
            }
        }
        Ok(())
    }

    fn check_labels(&self) -> Result<()> {
        for (label, &number) in &self.labels {
            if self.numbers.contains_key(label.as_str()) {
                return Err(wrong(format!(
                    "label {label:?} of revision {} is the id of a revision",
                    self.id(number)
                ))
                .hint("give the branch another name"));
            }
        }
        Ok(())
    }

    /// What stands in `depends_on`: an id, the beginning of one, or a label.
    fn dependency(&self, id: &RevisionId, text: &str) -> Result<usize> {
        let found = self.find(text).map_err(|error| {
            let hints = error.hints().to_vec();
            let error = wrong(format!("revision {id} depends on {text}: {}", error.message()));
            hints.into_iter().fold(error, Error::hint)
        })?;
        if found == *id {
            return Err(
                wrong(format!("revision {id} depends on itself")).hint("take it out of its own `depends_on`")
            );
        }
        self.number(&found)
            .ok_or_else(|| wrong(format!("revision {id} depends on {text}")))
    }

    /// Takes away all that needs nothing any more, again and again: what is left is a circle or stands over one.
    fn refuse_circle(&self, needs: impl Fn(&Node) -> Vec<usize>, what: &str, hint: &str) -> Result<()> {
        let needs: Vec<Vec<usize>> = self.nodes.iter().map(needs).collect();
        let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
        let mut above: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
        for (number, under) in needs.iter().enumerate() {
            for needed in under {
                above[*needed].push(number);
            }
        }
        let mut free: Vec<usize> = (0..open.len()).filter(|number| open[*number] == 0).collect();
        while let Some(number) = free.pop() {
            for other in &above[number] {
                open[*other] -= 1;
                if open[*other] == 0 {
                    free.push(*other);
                }
            }
        }
        let Some(start) = (0..open.len()).find(|number| open[*number] > 0) else {
            return Ok(());
        };
        // Each that is left needs another that is left, so that going down comes back to where it was.
        let mut way = vec![start];
        let circle = loop {
            let at = way[way.len() - 1];
            let Some(next) = needs[at].iter().find(|number| open[**number] > 0) else {
                break way;
            };
            if let Some(begin) = way.iter().position(|number| number == next) {
                break way.split_off(begin);
            }
            way.push(*next);
        };
        Err(wrong(format!("{what}: {}", list(self.ids(&circle)))).hint(hint))
    }

    /// Depth first from the heads: a branch is followed down to what is needed first, and comes before the next one.
    ///
    /// Read backwards it is the order of a downgrade: down one branch until another one still stands on the next revision. Heads and
    /// parents are taken last first, so that the first ones come last, and are the first to go.
    fn sorted(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut seen = vec![false; self.nodes.len()];
        let heads = (0..self.nodes.len())
            .rev()
            .filter(|number| self.nodes[*number].needed_by().next().is_none());
        for head in heads {
            seen[head] = true;
            let mut way = vec![(head, self.nodes[head].needs().rev())];
            while let Some((at, rest)) = way.last_mut() {
                if let Some(next) = rest.next() {
                    if !std::mem::replace(&mut seen[next], true) {
                        way.push((next, self.nodes[next].needs().rev()));
                    }
                } else {
                    order.push(*at);
                    way.pop();
                }
            }
        }
        order
    }
}

/// A label must not be taken for another expression.
fn check_label(label: &str) -> Result<()> {
    let steps = label
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .strip_suffix(['+', '-']);
    let why = if label.is_empty() {
        "it is empty".to_owned()
    } else if crate::script::revision::WORDS.contains(&label) {
        "that word has a meaning of its own".to_owned()
    } else if let Some(odd) = label
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || "@:,\"\\".contains(*c))
    {
        format!("it holds {odd:?}")
    } else if steps.is_some() {
        "it ends like a number of steps".to_owned()
    } else {
        return Ok(());
    };
    Err(wrong(format!("{label:?} cannot be a branch label: {why}"))
        .hint("letters, digits, `_`, `-` and `.` are fine"))
}

fn missing_parent(id: &RevisionId, parent: &RevisionId) -> Error {
    wrong(format!(
        "revision {id} revises {parent}, and there is no script of that id"
    ))
    .hint(format!(
        "bring the script of {parent} back, or let {id} revise another revision"
    ))
}
