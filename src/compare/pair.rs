//! The two sides of a comparison, and how their parts find each other.
//!
//! In come two lists with a key for each item; out come the pairs of equal key and what is left over. Nothing here knows what
//! is compared.

use crate::{
    dialect::Dialect,
    schema::{Name, QName},
};
use std::{borrow::Cow, collections::BTreeMap};

/// The two sides of a comparison: what is, and what is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// What the live database has.
    pub live: T,
    /// What the target declares.
    pub target: T,
}

impl<T> Pair<T> {
    /// Both sides.
    pub fn new(live: T, target: T) -> Self {
        Self { live, target }
    }

    /// The same of both sides.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair {
            live: f(self.live),
            target: f(self.target),
        }
    }

    /// Both sides by reference.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair {
            live: &self.live,
            target: &self.target,
        }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether there is no difference.
    pub fn is_equal(&self) -> bool {
        self.live == self.target
    }
}

/// Two lists after their items have found each other.
#[derive(Debug)]
pub(super) struct Matched<T> {
    /// Items with one key, in the target's order.
    pub(super) both: Vec<Pair<T>>,
    /// What the target does not have, in the live order.
    pub(super) live_only: Vec<T>,
    /// What the live side does not have, in the target's order.
    pub(super) target_only: Vec<T>,
}

impl<T: Copy> Matched<T> {
    /// Matches two lists by key. No two items of one list may have one key.
    pub(super) fn by_key<K: Ord>(
        live: impl IntoIterator<Item = T>,
        target: impl IntoIterator<Item = T>,
        key: impl Fn(T) -> K,
    ) -> Self {
        let live: Vec<T> = live.into_iter().collect();
        let mut places: BTreeMap<K, usize> = live
            .iter()
            .enumerate()
            .map(|(place, item)| (key(*item), place))
            .collect();
        let mut is_matched = vec![false; live.len()];
        let mut matched = Self {
            both: Vec::new(),
            live_only: Vec::new(),
            target_only: Vec::new(),
        };
        for item in target {
            if let Some(place) = places.remove(&key(item)) {
                is_matched[place] = true;
                matched.both.push(Pair::new(live[place], item));
            } else {
                matched.target_only.push(item);
            }
        }
        let left = live.into_iter().zip(is_matched).filter(|(_, found)| !found);
        matched.live_only = left.map(|(item, _)| item).collect();
        matched
    }
}

/// A qualified name under which the engine takes two names for one.
pub(super) type FoldedName<'a> = (Option<Cow<'a, str>>, Cow<'a, str>);

/// The folded form of a qualified name. The engine's default namespace says no more than none.
pub(super) fn fold_qname<'a>(dialect: &dyn Dialect, name: &'a QName) -> FoldedName<'a> {
    let home = dialect.facts().default_namespace;
    let namespace = name.namespace.as_ref().map(|n| dialect.fold(n));
    (
        namespace.filter(|n| Some(n.as_ref()) != home),
        dialect.fold_relation(&name.name),
    )
}

/// The folded form of a list of names.
pub(super) fn fold_names<'a>(
    dialect: &dyn Dialect,
    names: impl IntoIterator<Item = &'a Name>,
) -> Vec<Cow<'a, str>> {
    names.into_iter().map(|name| dialect.fold(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_one_key_meet_and_the_rest_keeps_its_order() {
        let matched = Matched::by_key(["c", "A", "b"], ["z", "a", "C", "y"], str::to_lowercase);
        assert_eq!(matched.both, [Pair::new("A", "a"), Pair::new("c", "C")]);
        assert_eq!(matched.live_only, ["b"]);
        assert_eq!(matched.target_only, ["z", "y"]);
    }
}
