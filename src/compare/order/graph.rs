//! Sorting numbered things by what must come before what.
//!
//! In come edges between numbers and a rank for each number; out comes a sequence that respects all edges, or the groups of numbers that
//! wait for each other. Nothing here knows what is sorted.

use std::collections::BTreeSet;

/// A directed graph over `0..len`.
#[derive(Debug)]
pub(super) struct Graph {
    after: Vec<Vec<usize>>,
    before: Vec<usize>,
}

/// Where a number stands when the edges leave a choice.
pub(super) trait Rank: Ord {
    /// Whether two numbers should stand together.
    fn is_beside(&self, other: &Self) -> bool;
}

impl<R: Rank> Rank for &R {
    fn is_beside(&self, other: &Self) -> bool {
        (*self).is_beside(*other)
    }
}

/// How a sort ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sorted {
    /// All numbers, each after those that must come before it.
    Sequence(Vec<usize>),
    /// For each number its group; numbers of one group wait for each other, if there is more than one.
    Circles(Vec<usize>),
}

impl Graph {
    /// A graph without edges.
    pub(super) fn new(len: usize) -> Self {
        Self {
            after: vec![Vec::new(); len],
            before: vec![0; len],
        }
    }

    /// Another number that comes after all of `first` and before all of `then`.
    pub(super) fn gate(
        &mut self,
        first: impl IntoIterator<Item = usize>,
        then: impl IntoIterator<Item = usize>,
    ) -> usize {
        let gate = self.after.len();
        self.after.push(Vec::new());
        self.before.push(0);
        for number in first {
            self.edge(number, gate);
        }
        for number in then {
            self.edge(gate, number);
        }
        gate
    }

    /// `first` must come before `then`. Nothing has to come before itself.
    pub(super) fn edge(&mut self, first: usize, then: usize) {
        if first != then {
            self.after[first].push(then);
            self.before[then] += 1;
        }
    }

    /// Sorts by the edges, and where they leave a choice by `rank`: first what stands beside the last one, then the lowest. A number
    /// of no rank is taken as soon as it can be.
    pub(super) fn sort<R: Rank>(&self, rank: impl Fn(usize) -> Option<R>) -> Sorted {
        let (sequence, _) = self.take(&rank);
        if sequence.len() == self.after.len() {
            Sorted::Sequence(sequence)
        } else {
            Sorted::Circles(self.groups())
        }
    }

    /// The same, but where numbers wait for each other and for nothing else, the one of the lowest rank does not wait.
    pub(super) fn sort_anyway<R: Rank>(&self, rank: impl Fn(usize) -> Option<R>) -> Vec<usize> {
        let mut graph = Self {
            after: self.after.clone(),
            before: self.before.clone(),
        };
        loop {
            let (sequence, waiting) = graph.take(&rank);
            let freed = graph
                .waiting_only_for_each_other(&waiting)
                .min_by_key(|n| (rank(*n), *n));
            let Some(freed) = freed else { return sequence };
            for after in &mut graph.after {
                after.retain(|n| *n != freed);
            }
            graph.before[freed] = 0;
        }
    }

    /// Of the numbers that `waiting` says could not be taken, those whose group waits for no number of another.
    fn waiting_only_for_each_other(&self, waiting: &[usize]) -> impl Iterator<Item = usize> {
        let groups = self.groups();
        let is_left = |number: &usize| waiting[*number] > 0;
        let mut held_up = BTreeSet::new();
        for first in (0..waiting.len()).filter(is_left) {
            let others = self.after[first].iter().filter(|n| groups[**n] != groups[first]);
            held_up.extend(others.map(|n| groups[*n]));
        }
        let left: Vec<usize> = (0..waiting.len()).filter(is_left).collect();
        left.into_iter().filter(move |n| !held_up.contains(&groups[*n]))
    }

    /// Kahn's algorithm: what could be taken in sequence, and for how many each of the rest waits.
    fn take<R: Rank>(&self, rank: &impl Fn(usize) -> Option<R>) -> (Vec<usize>, Vec<usize>) {
        let mut waiting = self.before.clone();
        let mut sequence = Vec::with_capacity(waiting.len());
        let mut ready: BTreeSet<(Option<R>, usize)> = (0..waiting.len())
            .filter(|n| waiting[*n] == 0)
            .map(|n| (rank(n), n))
            .collect();
        let mut last: Option<(Option<R>, usize)> = None;
        while let Some((_, lowest)) = ready.first() {
            let beside = last.as_ref().and_then(|last| {
                let (rank, number) = ready.range(last..).next()?;
                last.0.as_ref()?.is_beside(rank.as_ref()?).then_some(*number)
            });
            let number = if rank(*lowest).is_none() {
                *lowest
            } else {
                beside.unwrap_or(*lowest)
            };
            let taken = (rank(number), number);
            ready.remove(&taken);
            sequence.push(number);
            for &next in &self.after[number] {
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    ready.insert((rank(next), next));
                }
            }
            if taken.0.is_some() {
                last = Some(taken);
            }
        }
        (sequence, waiting)
    }

    /// Tarjan's strongly connected components, without recursion.
    fn groups(&self) -> Vec<usize> {
        const UNSEEN: usize = usize::MAX;
        let len = self.after.len();
        let mut seen_at = vec![UNSEEN; len];
        let mut low = vec![0; len];
        let mut group = vec![UNSEEN; len];
        let mut open: Vec<usize> = Vec::new();
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut clock = 0;
        let mut groups = 0;
        for start in 0..len {
            if seen_at[start] != UNSEEN {
                continue;
            }
            path.push((start, 0));
            while let Some((number, child)) = path.pop() {
                if child == 0 {
                    seen_at[number] = clock;
                    low[number] = clock;
                    clock += 1;
                    open.push(number);
                }
                if let Some(&next) = self.after[number].get(child) {
                    path.push((number, child + 1));
                    if seen_at[next] == UNSEEN {
                        path.push((next, 0));
                    } else if group[next] == UNSEEN {
                        low[number] = low[number].min(seen_at[next]);
                    }
                    continue;
                }
                if low[number] == seen_at[number] {
                    while let Some(member) = open.pop() {
                        group[member] = groups;
                        if member == number {
                            break;
                        }
                    }
                    groups += 1;
                }
                if let Some(&(parent, _)) = path.last() {
                    low[parent] = low[parent].min(low[number]);
                }
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Rank for usize {
        fn is_beside(&self, other: &Self) -> bool {
            self / 10 == other / 10
        }
    }

    fn graph(len: usize, edges: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::new(len);
        for &(first, then) in edges {
            graph.edge(first, then);
        }
        graph
    }

    #[test]
    fn edges_count_first_and_ranks_where_edges_leave_a_choice() {
        let sorted = graph(5, &[(4, 0), (0, 2)]).sort(|n| Some(10 * (9 - n)));
        assert_eq!(sorted, Sorted::Sequence(vec![4, 3, 1, 0, 2]));
    }

    #[test]
    fn what_belongs_together_stands_together() {
        // After 20, both 11 and 12 could be taken, but 21 stands beside it.
        let ranks = [12, 20, 11, 21];
        let sorted = graph(4, &[(1, 0), (1, 2)]).sort(|n| Some(ranks[n]));
        assert_eq!(sorted, Sorted::Sequence(vec![1, 3, 2, 0]));
    }

    #[test]
    fn numbers_that_wait_for_each_other_are_one_group() {
        let Sorted::Circles(group) = graph(6, &[(0, 1), (1, 2), (2, 1), (2, 3), (3, 4), (4, 3)]).sort(Some)
        else {
            panic!("there are two circles");
        };
        assert_eq!(group[1], group[2]);
        assert_eq!(group[3], group[4]);
        assert_eq!(
            [0, 1, 3, 5].map(|n| group.iter().filter(|g| **g == group[n]).count()),
            [1, 2, 2, 1]
        );
    }

    #[test]
    fn a_circle_that_nothing_resolves_is_entered_at_its_lowest_rank() {
        assert_eq!(
            graph(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]).sort_anyway(Some),
            [0, 1, 2, 3]
        );
    }

    #[test]
    fn what_waits_for_a_circle_does_not_overtake_it() {
        // 0 is the lowest, but it is in no circle: it waits for one.
        assert_eq!(graph(3, &[(1, 2), (2, 1), (2, 0)]).sort_anyway(Some), [1, 2, 0]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let len = 200_000;
        let mut chain = graph(len, &[]);
        for n in 1..len {
            chain.edge(n, n - 1);
        }
        chain.edge(0, len - 1);
        assert!(matches!(chain.sort(Some), Sorted::Circles(group) if group.iter().all(|g| *g == group[0])));
    }
}
