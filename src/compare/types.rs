//! What stands beside tables with a model of its own: namespaces, sequences, enum types.
//!
//! In come both schemas; out come directives. Each is found by its name.

use super::pair::{Matched, Pair, fold_qname};
use crate::dialect::Dialect;
use crate::directive::{Change, Directive};
use crate::schema::{EnumType, Name, Namespace, QName, Schema, Sequence, Sql};

/// Whether the values of an enum type change in a way that takes another type: values go or change places. Values that come between
/// others or get another name do not.
pub(super) fn is_rebuilt(change: &Change<EnumType>, renamed: &[Change<String>]) -> bool {
    let new_name = |old: &String| {
        let names = renamed.iter().find(|names| names.old == *old);
        names.map_or(old, |names| &names.new).clone()
    };
    let mut new = change.new.values.iter();
    // What stays must be found in its order.
    !change
        .old
        .values
        .iter()
        .map(new_name)
        .all(|value| new.any(|other| *other == value))
}

/// Compares namespaces, sequences and enum types.
pub(super) fn compare(schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let mut directives = namespaces(schemas, dialect);
    directives.extend(sequences(schemas, dialect));
    directives.extend(enums(schemas, dialect));
    directives
}

/// A namespace has nothing to change but its comment, and a comment is no reason to drop it.
fn namespaces(schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let matched = Matched::by_key(
        schemas.live.namespaces.values(),
        schemas.target.namespaces.values(),
        |n| dialect.fold(&n.name),
    );
    // The namespace that is always there is only in a schema for its comment.
    let is_not_home = |n: &&Namespace| Some(n.name.as_str()) != dialect.facts().default_namespace;
    let created = matched
        .target_only
        .into_iter()
        .filter(is_not_home)
        .cloned()
        .map(Directive::CreateNamespace);
    let dropped = matched
        .live_only
        .into_iter()
        .filter(is_not_home)
        .cloned()
        .map(Directive::DropNamespace);
    created.chain(dropped).collect()
}

/// The comments of namespaces that are on both sides, as statements: a namespace has nothing else that could change.
pub(super) fn namespace_comments(schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let matched = Matched::by_key(
        schemas.live.namespaces.values(),
        schemas.target.namespaces.values(),
        |n| dialect.fold(&n.name),
    );
    let differing = matched
        .both
        .into_iter()
        .filter(|pair| pair.live.comment != pair.target.comment);
    let home = dialect.facts().default_namespace;
    let is_home = |n: &&Namespace| Some(n.name.as_str()) == home;
    let at_home = matched.target_only.into_iter().filter(is_home);
    let mut commented: Vec<Option<Sql>> = differing
        .map(|pair| pair.target)
        .chain(at_home)
        .map(|n| dialect.comment_on_namespace(&n.name, Some(n)))
        .collect();
    let left = matched.live_only.into_iter().filter(is_home);
    commented.extend(left.map(|n| dialect.comment_on_namespace(&n.name, None)));
    commented
        .into_iter()
        .flatten()
        .map(|sql| Directive::Execute { sql })
        .collect()
}

fn sequences(schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let matched = Matched::by_key(
        schemas.live.sequences.values(),
        schemas.target.sequences.values(),
        |s| fold_qname(dialect, &s.name),
    );
    let owner = |sequence: &Sequence| {
        let (table, column) = sequence.owned_by.as_ref()?;
        let (namespace, table) = fold_qname(dialect, table);
        Some((
            QName {
                namespace: namespace.map(Name::new),
                name: Name::new(table),
            },
            Name::new(dialect.fold(column)),
        ))
    };
    // Spelled as the live side spells what the engine takes as one.
    let as_live = |pair: &Pair<&Sequence>| {
        let mut target = pair.target.clone();
        target.name = pair.live.name.clone();
        if owner(pair.live) == owner(pair.target) {
            target.owned_by.clone_from(&pair.live.owned_by);
        }
        target
    };
    let altered = matched
        .both
        .iter()
        .filter(|pair| *pair.live != as_live(pair))
        .map(|pair| Directive::AlterSequence(Box::new(Change::new(pair.live.clone(), pair.target.clone()))));
    let mut directives: Vec<Directive> = altered.collect();
    for sequence in matched.target_only {
        let (free, owned) = apart(sequence);
        directives.push(Directive::CreateSequence(free.clone()));
        directives.extend(owned.map(|owned| own(free, owned)));
    }
    for sequence in matched.live_only {
        let (free, owned) = apart(sequence);
        directives.extend(owned.map(|owned| own(owned, free.clone())));
        directives.push(Directive::DropSequence(free));
    }
    directives
}

/// A sequence without its owner, and with it when it has one: the column that owns it has a default that needs it, so neither can
/// come whole before the other.
fn apart(sequence: &Sequence) -> (Sequence, Option<Sequence>) {
    let free = Sequence {
        owned_by: None,
        ..sequence.clone()
    };
    let owned = sequence.owned_by.is_some().then(|| sequence.clone());
    (free, owned)
}

fn own(old: Sequence, new: Sequence) -> Directive {
    Directive::AlterSequence(Box::new(Change::new(old, new)))
}

fn enums(schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let matched = Matched::by_key(schemas.live.enums.values(), schemas.target.enums.values(), |e| {
        fold_qname(dialect, &e.name)
    });
    let differs = |pair: &&Pair<&EnumType>| {
        (&pair.live.values, &pair.live.comment) != (&pair.target.values, &pair.target.comment)
    };
    let altered = matched
        .both
        .iter()
        .filter(differs)
        .map(|pair| Directive::AlterEnum {
            change: Change::new(pair.live.clone(), pair.target.clone()),
            renamed: Vec::new(),
        });
    let created = matched
        .target_only
        .iter()
        .map(|e| Directive::CreateEnum((*e).clone()));
    let dropped = matched
        .live_only
        .iter()
        .map(|e| Directive::DropEnum((*e).clone()));
    altered.chain(created).chain(dropped).collect()
}
