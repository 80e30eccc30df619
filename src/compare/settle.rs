//! Which of the declared renames hold, and in which sequence they can be carried out.
//!
//! In come claims about names of one kind and the names on both sides; out come the claims that hold, a verdict on each other, and
//! steps that never give a name that is still in use. Nothing here knows what is named.

use super::pair::Pair;
use super::rename::{Rename, RenameOrigin};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody's claim that `new` is `old` under another name.
#[derive(Debug, Clone)]
pub(super) struct Claim<'r, K> {
    pub(super) old: K,
    pub(super) new: K,
    pub(super) rename: &'r Rename,
}

/// Why a claim does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was carried out before.
    Stale,
    /// A hint that exchanges names which are on both sides, and nothing tells whether that was done already.
    Undecidable,
    /// Neither name is in the live schema.
    OldUnknown,
    /// The new name is not in the target.
    NewUnknown,
    /// The target still has the old name.
    OldStays,
    /// The live schema has the new name already, and keeps it.
    NewTaken,
    /// Another claim says something else about one of the names.
    Contradicted,
    /// The table of the columns is not in the target.
    NoTable,
    /// The table of the columns is new.
    NewTable,
}

/// The claims after judgement.
#[derive(Debug)]
pub(super) struct Settled<'r, K> {
    /// Old and new names of those that hold.
    pub(super) valid: Vec<Pair<K>>,
    /// The others.
    pub(super) refused: Vec<(&'r Rename, Verdict)>,
}

/// Judges claims by the names on both sides. `likeness` says how much what has the one name in the live schema is like what
/// has the other in the target.
pub(super) fn settle<'r, K: Ord + Clone>(
    claims: Vec<Claim<'r, K>>,
    names: Pair<&BTreeSet<K>>,
    likeness: impl Fn(&K, &K) -> usize,
) -> Settled<'r, K> {
    let mut refused = Vec::new();
    let mut refuse = |claim: &Claim<'r, K>, verdict| refused.push((claim.rename, verdict));

    // What a claim says by itself.
    let mut held: Vec<Claim<'r, K>> = Vec::new();
    for claim in claims {
        let is_old_there = names.live.contains(&claim.old);
        let is_new_there = names.live.contains(&claim.new);
        if !names.target.contains(&claim.new) {
            refuse(&claim, Verdict::NewUnknown);
        } else if claim.old == claim.new || (!is_old_there && is_new_there) {
            refuse(&claim, Verdict::Stale);
        } else if is_old_there {
            held.push(claim);
        } else {
            refuse(&claim, Verdict::OldUnknown);
        }
    }

    // One name has one fate. A word said for this run counts more than a hint that stays in the target.
    held.sort_by_key(|claim| matches!(claim.rename.origin, RenameOrigin::Hint(_)));
    let mut by_old: BTreeMap<K, Claim<'r, K>> = BTreeMap::new();
    let mut new_names: BTreeSet<K> = BTreeSet::new();
    for claim in held {
        match by_old.get(&claim.old) {
            Some(other) if other.new == claim.new => {}
            None if !new_names.contains(&claim.new) => {
                new_names.insert(claim.new.clone());
                by_old.insert(claim.old.clone(), claim);
            }
            _ => refuse(&claim, Verdict::Contradicted),
        }
    }

    // What a claim needs of others: its new name must be free or become free, its old name must be gone or be given anew.
    loop {
        let verdicts: Vec<(K, Verdict)> = by_old
            .values()
            .filter_map(|claim| {
                let is_taken = names.live.contains(&claim.new) && !by_old.contains_key(&claim.new);
                let stays = names.target.contains(&claim.old) && !new_names.contains(&claim.old);
                let verdict = match (is_taken, stays) {
                    (false, false) => return None,
                    (true, true) => Verdict::Stale,
                    (true, false) => Verdict::NewTaken,
                    (false, true) => Verdict::OldStays,
                };
                Some((claim.old.clone(), verdict))
            })
            .collect();
        if verdicts.is_empty() {
            break;
        }
        for (old, verdict) in verdicts {
            if let Some(claim) = by_old.remove(&old) {
                new_names.remove(&claim.new);
                refuse(&claim, verdict);
            }
        }
    }

    // A circle of hints looks the same before and after it was carried out, but for what has the names.
    for circle in circles(&by_old) {
        let is_asked_now = circle
            .iter()
            .any(|old| !matches!(by_old[old].rename.origin, RenameOrigin::Hint(_)));
        let as_they_are: usize = circle.iter().map(|old| likeness(old, old)).sum();
        let exchanged: usize = circle.iter().map(|old| likeness(old, &by_old[old].new)).sum();
        if is_asked_now || exchanged > as_they_are {
            continue;
        }
        let verdict = if exchanged == as_they_are {
            Verdict::Undecidable
        } else {
            Verdict::Stale
        };
        for old in circle {
            if let Some(claim) = by_old.remove(&old) {
                refuse(&claim, verdict);
            }
        }
    }
    let valid = by_old
        .into_values()
        .map(|claim| Pair::new(claim.old, claim.new))
        .collect();
    Settled { valid, refused }
}

/// The claims that only exchange names among themselves, by their old names.
fn circles<K: Ord + Clone>(by_old: &BTreeMap<K, Claim<'_, K>>) -> Vec<Vec<K>> {
    let mut seen: BTreeSet<&K> = BTreeSet::new();
    let mut circles = Vec::new();
    for start in by_old.keys() {
        let mut path = Vec::new();
        let mut at = start;
        while let Some(claim) = by_old.get(at) {
            if !seen.insert(at) {
                break;
            }
            path.push(at);
            at = &claim.new;
        }
        if let Some(first) = path.iter().position(|name| *name == at) {
            circles.push(path[first..].iter().map(|name| (*name).clone()).collect());
        }
    }
    circles
}

/// Where something is on its way to its new name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot<K> {
    /// Under a name for the time being, by its number.
    Aside(usize),
    /// Under a name of one of the sides.
    Named(K),
}

/// The renames in a sequence in which every new name is free when it is given. A circle is opened by putting one aside.
pub(super) fn in_sequence<K: Ord + Clone>(renames: Vec<Pair<K>>) -> Vec<Pair<Spot<K>>> {
    let mut waiting: BTreeMap<Spot<K>, K> = renames
        .into_iter()
        .map(|names| (Spot::Named(names.live), names.target))
        .collect();
    let mut steps = Vec::with_capacity(waiting.len());
    let mut asides = 0;
    while let Some((first, _)) = waiting.first_key_value() {
        // Follow the chain to the one that goes to a free name; what comes back to where it began is a circle.
        let first = first.clone();
        let mut at = first.clone();
        let mut is_circle = false;
        while let Some(next) = waiting.get(&at).map(|new| Spot::Named(new.clone())) {
            if !waiting.contains_key(&next) {
                break;
            }
            is_circle = next == first;
            if is_circle {
                break;
            }
            at = next;
        }
        if is_circle {
            at = first;
        }
        let Some(new) = waiting.remove(&at) else { break };
        if is_circle {
            steps.push(Pair::new(at, Spot::Aside(asides)));
            waiting.insert(Spot::Aside(asides), new);
            asides += 1;
        } else {
            steps.push(Pair::new(at, Spot::Named(new)));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::compare::RenameOf;
    use crate::schema::QName;

    fn hint() -> RenameOrigin {
        RenameOrigin::Hint(Place {
            file: None,
            line: 1,
            column: 1,
            snippet: String::new(),
        })
    }

    fn rename(old: &str, new: &str, origin: RenameOrigin) -> Rename {
        Rename {
            what: RenameOf::Table {
                old: QName::plain(old),
                new: QName::plain(new),
            },
            origin,
        }
    }

    /// Claims `old>new` over names in one string each; what holds, and the verdicts on the others.
    fn judged(
        claims: &[&str],
        live: &str,
        target: &str,
        origin: &RenameOrigin,
    ) -> (Vec<String>, Vec<Verdict>) {
        let renames: Vec<Rename> = claims
            .iter()
            .map(|c| c.split_once('>').expect("two names"))
            .map(|(old, new)| rename(old, new, origin.clone()))
            .collect();
        let claims = renames
            .iter()
            .zip(claims)
            .map(|(rename, c)| {
                c.split_once('>')
                    .map(|(old, new)| Claim { old, new, rename })
                    .expect("two names")
            })
            .collect();
        let names = Pair::new(live, target).map(|side| side.split(' ').collect::<BTreeSet<_>>());
        let settled = settle(claims, names.as_ref(), |_, _| 1);
        let valid = settled
            .valid
            .iter()
            .map(|p| format!("{}>{}", p.live, p.target))
            .collect();
        (
            valid,
            settled.refused.into_iter().map(|(_, verdict)| verdict).collect(),
        )
    }

    #[test]
    fn a_rename_holds_when_the_old_name_is_only_live_and_the_new_one_only_wanted() {
        assert_eq!(
            judged(&["a>b"], "a x", "b x", &hint()),
            (vec!["a>b".to_owned()], vec![])
        );
    }

    #[test]
    fn a_rename_that_was_carried_out_is_stale() {
        assert_eq!(
            judged(&["a>b"], "b", "b", &hint()),
            (vec![], vec![Verdict::Stale])
        );
    }

    #[test]
    fn impossible_renames_are_told_apart() {
        assert_eq!(judged(&["a>b"], "x", "b", &hint()).1, [Verdict::OldUnknown]);
        assert_eq!(judged(&["a>b"], "a", "x", &hint()).1, [Verdict::NewUnknown]);
        assert_eq!(judged(&["a>b"], "a", "a b", &hint()).1, [Verdict::OldStays]);
        assert_eq!(judged(&["a>b"], "a b", "b", &hint()).1, [Verdict::NewTaken]);
        assert_eq!(
            judged(&["a>b", "a>c"], "a", "b c", &hint()).1,
            [Verdict::Contradicted]
        );
        assert_eq!(
            judged(&["a>c", "b>c"], "a b", "c", &hint()).1,
            [Verdict::Contradicted]
        );
    }

    #[test]
    fn a_chain_holds_as_a_whole_and_is_stale_as_a_whole() {
        let chain = ["a>b", "b>c"];
        assert_eq!(judged(&chain, "a b", "b c", &hint()).0, ["a>b", "b>c"]);
        assert_eq!(
            judged(&chain, "b c", "b c", &hint()),
            (vec![], vec![Verdict::Stale, Verdict::Stale])
        );
    }

    #[test]
    fn a_stale_hint_does_not_stand_in_the_way_of_a_newer_one() {
        assert_eq!(judged(&["a>c", "b>c"], "b", "c", &hint()).0, ["b>c"]);
    }

    #[test]
    fn an_exchange_that_nothing_shows_is_left_alone_as_a_hint_and_done_when_asked_for() {
        let exchange = ["a>b", "b>a"];
        assert_eq!(
            judged(&exchange, "a b", "a b", &hint()).1,
            [Verdict::Undecidable, Verdict::Undecidable]
        );
        assert_eq!(judged(&exchange, "a b", "a b", &RenameOrigin::Flag).0, exchange);
    }

    fn sequence(renames: &[(&'static str, &'static str)]) -> Vec<String> {
        let show = |spot: &Spot<&str>| match spot {
            Spot::Named(name) => (*name).to_owned(),
            Spot::Aside(number) => format!("#{number}"),
        };
        in_sequence(renames.iter().map(|(old, new)| Pair::new(*old, *new)).collect())
            .iter()
            .map(|step| format!("{}>{}", show(&step.live), show(&step.target)))
            .collect()
    }

    #[test]
    fn a_chain_is_carried_out_from_its_end() {
        assert_eq!(
            sequence(&[("a", "b"), ("b", "c"), ("c", "d")]),
            ["c>d", "b>c", "a>b"]
        );
    }

    #[test]
    fn a_circle_is_opened_by_putting_one_aside() {
        assert_eq!(sequence(&[("a", "b"), ("b", "a")]), ["a>#0", "b>a", "#0>b"]);
        assert_eq!(
            sequence(&[("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "x")]),
            ["a>#0", "c>a", "b>c", "#0>b", "x>#1", "y>x", "#1>y"]
        );
    }
}
