//! The one sort over all directives.
//!
//! In come directives in any sequence; out come the same ones in a sequence in which they can run. `links` says what each provides
//! and needs, `graph` sorts, `circles` says what gives way when directives wait for each other. Where nothing demands a sequence,
//! [`Rank`] does, so that the outcome is always the same and reads table by table.

mod carried;
mod circles;
mod graph;
mod links;
mod partitions;

use crate::compare::dependents::Side;
use crate::compare::pair::{Pair, fold_qname};
use crate::dialect::{Dialect, KindStage};
use crate::directive::Directive;
use crate::schema::{ObjectKind, QName, Schema};
use crate::sql::{Lexicon, Scanner, TokenKind, mentions};
use graph::{Graph, Sorted};
use links::{By, Link, Links, Part, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// Sorts directives so that they can run one after the other.
pub(super) fn arrange(
    directives: Vec<Directive>,
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
) -> Vec<Directive> {
    let new_tables = directives
        .iter()
        .filter_map(|d| {
            if let Directive::CreateTable(table) = d {
                Some(table.name.clone())
            } else {
                None
            }
        })
        .collect();
    let world = World {
        sides: schemas.map(|schema| Side::new(schema, dialect)),
        new_tables,
        named: named(&directives, dialect),
        dialect,
    };
    let mut nodes: Vec<Node> = partitions::apart(carried::carry(directives, &world), &world)
        .into_iter()
        .map(|(d, part)| Node::new(d, part, &world))
        .collect();
    for cure in circles::CURES {
        let (graph, gates) = connect(&nodes);
        match graph.sort(|number| nodes.get(number).map(|node| &node.rank)) {
            Sorted::Sequence(sequence) => return in_sequence(nodes, &sequence),
            Sorted::Circles(groups) => {
                nodes = cure(nodes, &Circles::new(groups, gates), &world);
            }
        }
    }
    let (graph, _) = connect(&nodes);
    let sequence = graph.sort_anyway(|number| nodes.get(number).map(|node| &node.rank));
    in_sequence(nodes, &sequence)
}

/// What the sort has to know of beside the directives.
struct World<'a> {
    /// Both schemas, for what leans on what in each.
    sides: Pair<Side<'a>>,
    new_tables: BTreeSet<QName>,
    /// What is new, by its bare name.
    named: BTreeMap<String, Vec<Thing>>,
    dialect: &'a dyn Dialect,
}

/// What is created, by its bare name: words in the body of a function may mean it.
fn named(directives: &[Directive], dialect: &dyn Dialect) -> BTreeMap<String, Vec<Thing>> {
    let mut named: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
    for directive in directives {
        let (name, links) = match directive {
            Directive::CreateTable(table) => (&table.name.name, links::provided_by(directive, dialect)),
            Directive::CreateObject(object) if object.id.on.is_none() => {
                (&object.id.name.name, links::provided_by(directive, dialect))
            }
            _ => continue,
        };
        let name = dialect.fold(name).into_owned();
        named.entry(name).or_default().extend(links);
    }
    named
}

/// A directive with what the sort knows of it.
#[derive(Debug)]
struct Node {
    directive: Directive,
    rank: Rank,
    links: Links,
}

impl Node {
    fn new(directive: Directive, part: Part, world: &World<'_>) -> Self {
        let mut links = links::of(&directive, part, &world.sides, world.dialect);
        links.needs.extend(words(&directive, world));
        Self {
            rank: Rank::of(&directive, part, &world.new_tables, world.dialect),
            links,
            directive,
        }
    }
}

/// What the words in the body of a function may mean.
fn words(directive: &Directive, world: &World<'_>) -> Vec<Link> {
    let object = match directive {
        Directive::CreateObject(object) => object,
        Directive::ReplaceObject(change) => &change.new,
        _ => return Vec::new(),
    };
    let rule = world.dialect.kind(&object.id.kind);
    if !rule.is_some_and(|rule| rule.reads_by_name) {
        return Vec::new();
    }
    let own = world.dialect.fold(&object.id.name.name);
    let lexicon = Lexicon::of(world.dialect.engine());
    let mut mentioned = mentions(&object.definition, lexicon);
    // The body is a string.
    for token in Scanner::new(&object.definition, lexicon).filter(|t| t.kind == TokenKind::String) {
        let body = token.text(&object.definition);
        let inside = body
            .trim_start_matches(|c| c != '\'' && c != '$')
            .trim_matches('\'');
        let unwrapped = inside.strip_prefix('$').and_then(|rest| rest.split_once('$'));
        mentioned.extend(mentions(unwrapped.map_or(inside, |(_, body)| body), lexicon));
    }
    let meant = mentioned.iter().filter(|word| **word != own);
    let things = meant
        .filter_map(|word| world.named.get(word.as_ref() as &str))
        .flatten();
    things
        .cloned()
        .map(|thing| Link { thing, by: By::Word })
        .collect()
}

/// Where a directive stands when nothing it needs says otherwise: by stage, then by table, then by step, then by name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    stage: Stage,
    table: (Option<String>, String),
    step: Step,
    name: String,
}

impl graph::Rank for Rank {
    fn is_beside(&self, other: &Self) -> bool {
        (&self.stage, &self.table) == (&other.stage, &other.table)
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Namespaces,
    OldObjects,
    OldForeignKeys,
    Types,
    EarlyObjects,
    NewTables,
    Tables,
    NewForeignKeys,
    OldTables,
    OldEarlyObjects,
    OldTypes,
    NewObjects,
    OldNamespaces,
    FilledObjects,
    LateObjects,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    DropIndex,
    Table,
    RenameIndex,
    CreateIndex,
}

impl Rank {
    fn of(directive: &Directive, part: Part, new_tables: &BTreeSet<QName>, dialect: &dyn Dialect) -> Self {
        use Directive as D;
        let none = QName::plain("");
        let kind_stage = |kind: &ObjectKind| dialect.kind(kind).map(|rule| rule.stage).unwrap_or_default();
        let new_stage = |kind| match kind_stage(kind) {
            KindStage::Early => Stage::EarlyObjects,
            KindStage::Usual => Stage::NewObjects,
            KindStage::Filled => Stage::FilledObjects,
            KindStage::Late => Stage::LateObjects,
        };
        let old_stage = |kind| match kind_stage(kind) {
            KindStage::Early => Stage::OldEarlyObjects,
            KindStage::Usual | KindStage::Filled | KindStage::Late => Stage::OldObjects,
        };
        let stage_of = |table| {
            if new_tables.contains(table) {
                Stage::NewTables
            } else {
                Stage::Tables
            }
        };
        let (stage, table, step, name) = match directive {
            D::CreateNamespace(n) => (Stage::Namespaces, &none, Step::Table, n.name.to_string()),
            D::DropNamespace(n) => (Stage::OldNamespaces, &none, Step::Table, n.name.to_string()),
            D::CreateEnum(e) => (Stage::Types, &e.name, Step::Table, String::new()),
            D::AlterEnum { change, .. } => (Stage::Types, &change.old.name, Step::Table, String::new()),
            D::DropEnum(e) => (Stage::OldTypes, &e.name, Step::Table, String::new()),
            D::CreateSequence(s) => (Stage::Types, &s.name, Step::Table, String::new()),
            D::AlterSequence(change) => (Stage::Types, &change.old.name, Step::Table, String::new()),
            D::DropSequence(s) => (Stage::OldTypes, &s.name, Step::Table, String::new()),
            D::CreateTable(t) => (Stage::NewTables, &t.name, Step::Table, String::new()),
            D::DropTable(t) => (Stage::OldTables, &t.name, Step::Table, String::new()),
            D::RenameTable(names) => (Stage::Tables, &names.old, Step::Table, String::new()),
            D::AlterTable(alter) => {
                let stage = match part {
                    Part::Before => Stage::OldForeignKeys,
                    Part::Main => Stage::Tables,
                    Part::After => Stage::NewForeignKeys,
                };
                (stage, &alter.table, Step::Table, String::new())
            }
            D::DropIndex { table, index } => {
                (stage_of(table), table, Step::DropIndex, index.name.to_string())
            }
            D::RenameIndex { table, name } => {
                (stage_of(table), table, Step::RenameIndex, name.old.to_string())
            }
            D::CreateIndex { table, index } => {
                (stage_of(table), table, Step::CreateIndex, index.name.to_string())
            }
            D::DropObject(o) => (old_stage(&o.id.kind), &o.id.name, Step::Table, o.id.to_string()),
            D::CreateObject(o) => (new_stage(&o.id.kind), &o.id.name, Step::Table, o.id.to_string()),
            D::ReplaceObject(change) => (
                new_stage(&change.new.id.kind),
                &change.new.id.name,
                Step::Table,
                change.new.id.to_string(),
            ),
            D::Custom(custom) => (Stage::NewObjects, &none, Step::Table, custom.to_string()),
            D::Execute { .. } | D::BulkInsert(_) | D::Run(_) | D::Irreversible { .. } => {
                (Stage::Tables, &none, Step::Table, directive.summary())
            }
        };
        let (namespace, table) = fold_qname(dialect, table);
        Self {
            stage,
            table: (namespace.map(Into::into), table.into()),
            step,
            name,
        }
    }
}

/// Everything that happens to one thing, by the numbers of the directives.
#[derive(Debug, Default)]
struct Traffic {
    makes: BTreeSet<usize>,
    takes: BTreeSet<usize>,
    changes: BTreeSet<usize>,
    needs: BTreeSet<usize>,
    releases: BTreeSet<usize>,
}

/// The numbers at which directives wait for a thing: a gate stands for "all who released it" or "all who made it", so that
/// the edges stay as few as the links.
#[derive(Debug, Default)]
struct Gates {
    released: BTreeMap<Thing, usize>,
    ready: BTreeMap<Thing, usize>,
}

/// Which directives wait for each other.
#[derive(Debug)]
struct Circles {
    /// For each number its group.
    groups: Vec<usize>,
    /// How many numbers each group has.
    sizes: BTreeMap<usize, usize>,
    gates: Gates,
}

impl Circles {
    fn new(groups: Vec<usize>, gates: Gates) -> Self {
        let mut sizes = BTreeMap::new();
        for group in &groups {
            *sizes.entry(*group).or_insert(0) += 1;
        }
        Self { groups, sizes, gates }
    }

    /// The group of a directive.
    fn group(&self, number: usize) -> usize {
        self.groups[number]
    }

    /// Whether a directive waits for itself.
    fn is_waiting(&self, number: usize) -> bool {
        self.sizes[&self.groups[number]] > 1
    }

    /// Whether a directive waits for itself by what it needs.
    fn is_needed_within(&self, number: usize, link: &Link) -> bool {
        self.gates
            .ready
            .get(&link.thing)
            .is_some_and(|gate| self.groups[*gate] == self.groups[number])
    }

    /// Whether a directive waits for itself by what it releases.
    fn is_released_within(&self, number: usize, link: &Link) -> bool {
        self.gates
            .released
            .get(&link.thing)
            .is_some_and(|gate| self.groups[*gate] == self.groups[number])
    }
}

/// For each thing: released, then changed or taken away; taken away, then made; made, then changed; all of that, then needed.
fn connect(nodes: &[Node]) -> (Graph, Gates) {
    let mut traffic: BTreeMap<&Thing, Traffic> = BTreeMap::new();
    for (number, Node { links, .. }) in nodes.iter().enumerate() {
        for thing in &links.makes {
            traffic.entry(thing).or_default().makes.insert(number);
        }
        for thing in &links.takes {
            traffic.entry(thing).or_default().takes.insert(number);
        }
        for thing in &links.changes {
            traffic.entry(thing).or_default().changes.insert(number);
        }
        for link in &links.needs {
            traffic.entry(&link.thing).or_default().needs.insert(number);
        }
        for link in &links.releases {
            traffic.entry(&link.thing).or_default().releases.insert(number);
        }
    }
    let mut graph = Graph::new(nodes.len());
    let mut gates = Gates::default();
    for (thing, traffic) in traffic {
        let ends: BTreeSet<usize> = traffic.changes.union(&traffic.takes).copied().collect();
        // Whoever ends a thing knows itself whether it still needs it.
        let releases: Vec<usize> = traffic.releases.difference(&ends).copied().collect();
        if !releases.is_empty() && !ends.is_empty() {
            gates.released.insert(thing.clone(), graph.gate(releases, ends));
        }
        let begins: BTreeSet<usize> = traffic.changes.union(&traffic.makes).copied().collect();
        let needs: Vec<usize> = traffic.needs.difference(&begins).copied().collect();
        if !needs.is_empty() && !begins.is_empty() {
            gates.ready.insert(thing.clone(), graph.gate(begins, needs));
        }
        let Traffic {
            makes,
            takes,
            changes,
            ..
        } = &traffic;
        for (first, then) in [(takes, makes), (makes, changes), (changes, takes)] {
            for (first, then) in first
                .iter()
                .flat_map(|first| then.iter().map(move |then| (first, then)))
            {
                graph.edge(*first, *then);
            }
        }
    }
    (graph, gates)
}

fn in_sequence(nodes: Vec<Node>, sequence: &[usize]) -> Vec<Directive> {
    let mut directives: Vec<Option<Directive>> = nodes.into_iter().map(|node| Some(node.directive)).collect();
    sequence
        .iter()
        .filter_map(|number| directives.get_mut(*number).and_then(Option::take))
        .collect()
}
