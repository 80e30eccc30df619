//! Tables.
//!
//! In come both schemas, after confirmed renames; out come directives for tables and their indexes, not yet in order, and
//! what may be a rename that nobody declared. Tables that are equal as they are written are passed over at once.

use super::columns::{self, ColumnChanges};
use super::dependents::folded;
use super::options::CompareOptions;
use super::pair::{Matched, Pair, fold_qname};
use super::questions::{ColumnCandidates, TableCandidates};
use super::{constraints, indexes};
use crate::Notice;
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, Families, OptionChange, TableChange, inherit};
use crate::schema::{Constraint, ConstraintKind, INHERITED, Index, Name, ONLY, QName, Schema, Sql, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What comparing the tables gave.
#[derive(Debug, Default)]
pub(super) struct TableChanges<'a> {
    pub(super) directives: Vec<Directive>,
    pub(super) notices: Vec<Notice>,
    /// Tables that come and go.
    pub(super) tables: TableCandidates<'a>,
    /// Columns that come and go, by table.
    pub(super) columns: Vec<ColumnCandidates>,
}

/// Compares all tables.
pub(super) fn compare<'a>(
    schemas: Pair<&'a Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> TableChanges<'a> {
    let matched = Matched::by_key(
        schemas.live.tables.values(),
        schemas.target.tables.values(),
        |table| fold_qname(dialect, &table.name),
    );
    let mut changes = TableChanges::default();
    for table in &matched.target_only {
        changes.directives.extend(create(table));
    }
    for table in &matched.live_only {
        changes
            .directives
            .push(Directive::DropTable(Box::new((*table).clone())));
    }
    let families = Families::of(schemas.live, dialect);
    // What their parents' changes have made of tables.
    let mut inheriting: BTreeMap<QName, Table> = BTreeMap::new();
    for pair in parents_first(matched.both, dialect) {
        let inherited = inheriting.remove(&pair.live.name);
        let pair = Pair::new(inherited.as_ref().unwrap_or(pair.live), pair.target);
        if pair.is_equal() {
            continue;
        }
        let own = without_the_parents_matters(pair, dialect);
        let own = own.as_ref().map_or(pair, Pair::as_ref);
        let tables = own.map(|table| dialect.canonical_table(table));
        if tables.is_equal() {
            continue;
        }
        let before = changes.directives.len();
        compare_one(own, tables.as_ref(), dialect, options, &mut changes);
        for name in families.descendants(&pair.live.name, dialect) {
            let Some(child) = schemas.live.tables.get(name) else {
                continue;
            };
            // A child that leaves its parents does so before these change.
            let stays = |target: &Table| family(target, dialect) == family(child, dialect);
            if !schemas.target.tables.get(name).is_some_and(stays) {
                continue;
            }
            let child = inheriting.entry(name.clone()).or_insert_with(|| child.clone());
            for directive in &changes.directives[before..] {
                if let Directive::AlterTable(alter) = directive {
                    inherit(child, alter, dialect);
                }
            }
        }
    }
    changes.tables = Pair::new(matched.live_only, matched.target_only);
    changes
}

/// The pairs in a sequence in which a table comes behind those that it inherits from, on either side.
fn parents_first<'a>(pairs: Vec<Pair<&'a Table>>, dialect: &dyn Dialect) -> Vec<Pair<&'a Table>> {
    let has_parents =
        |pair: &Pair<&Table>| !pair.live.parents().is_empty() || !pair.target.parents().is_empty();
    if !pairs.iter().any(has_parents) {
        return pairs;
    }
    let places: BTreeMap<_, usize> = pairs
        .iter()
        .enumerate()
        .map(|(place, pair)| (folded(&pair.live.name, dialect), place))
        .collect();
    let parents: Vec<Vec<usize>> = pairs
        .iter()
        .map(|pair| {
            let names = pair.live.parents().into_iter().chain(pair.target.parents());
            names
                .filter_map(|name| places.get(&folded(&name, dialect)).copied())
                .collect()
        })
        .collect();
    // As deep as the longest line of ancestors; no line is longer than there are tables.
    let mut depths = vec![0; pairs.len()];
    for _ in 0..pairs.len() {
        let mut is_settled = true;
        for (place, parents) in parents.iter().enumerate() {
            let depth = parents
                .iter()
                .map(|parent| depths[*parent] + 1)
                .max()
                .unwrap_or(0);
            is_settled &= depths[place] == depth;
            depths[place] = depth;
        }
        if is_settled {
            break;
        }
    }
    let mut sorted: Vec<(usize, Pair<&Table>)> = depths.into_iter().zip(pairs).collect();
    sorted.sort_by_key(|(depth, _)| *depth);
    sorted.into_iter().map(|(_, pair)| pair).collect()
}

/// The parents of a table.
fn family(table: &Table, dialect: &dyn Dialect) -> BTreeSet<QName> {
    let parents = table.parents();
    parents.iter().map(|name| folded(name, dialect)).collect()
}

/// A partition of one parent on both sides without the keys, foreign keys and indexes that come from there. `None` for any other table.
fn without_the_parents_matters(tables: Pair<&Table>, dialect: &dyn Dialect) -> Option<Pair<Table>> {
    let parents = tables.map(|table| family(table, dialect));
    if !parents.is_equal() {
        // What it has from a parent that it leaves or gets is its own on the way.
        return Some(tables.map(|table| {
            let mut own = table.clone();
            for column in &mut own.columns {
                column.options.remove(INHERITED);
            }
            own
        }));
    }
    if parents.live.is_empty() {
        return None;
    }
    let inherited = tables.map(inherited_names);
    // What comes from a parent on one side is nobody's own on the other, but where the parent makes or takes it anew.
    let same = |name: &Name| {
        let content = tables.map(|table| content_of(table, name, dialect));
        content.live.is_some() && content.is_equal()
    };
    let goes_with_parent =
        |name: &Name| (inherited.live.contains(name) && !inherited.target.contains(name)) || !same(name);
    let without = |table: &Table, here: &BTreeSet<Name>, there: &BTreeSet<Name>| {
        let is_left_out =
            |name: &Name| here.contains(name) || (there.contains(name) && !goes_with_parent(name));
        let is_own = |name: Option<&Name>| name.is_none_or(|name| !is_left_out(name));
        let mut own = table.clone();
        own.primary_key = own.primary_key.filter(|c| is_own(c.name.as_ref()));
        own.uniques.retain(|c| is_own(c.name.as_ref()));
        own.foreign_keys.retain(|c| is_own(c.name.as_ref()));
        own.excludes.retain(|c| is_own(c.name.as_ref()));
        own.indexes.retain(|i| is_own(Some(&i.name)));
        own
    };
    Some(Pair::new(
        without(tables.live, &inherited.live, &inherited.target),
        without(tables.target, &inherited.target, &inherited.live),
    ))
}

/// The names of the keys, foreign keys and indexes that a table has from its parents.
fn inherited_names(table: &Table) -> BTreeSet<Name> {
    let is_inherited = |constraint: &Constraint| {
        constraint.options().contains_key(INHERITED) && constraint.kind() != ConstraintKind::Check
    };
    let constraints = table
        .constraints()
        .filter(is_inherited)
        .filter_map(|c| c.name().cloned());
    let indexes = table.indexes.iter().filter(|i| i.options.contains_key(INHERITED));
    constraints.chain(indexes.map(|i| i.name.clone())).collect()
}

/// A constraint or an index of a table, whoever has made it.
fn content_of(
    table: &Table,
    name: &Name,
    dialect: &dyn Dialect,
) -> Option<(Option<Constraint>, Option<Index>)> {
    let constraint = table.constraints().find(|c| c.name() == Some(name));
    let constraint = constraint.map(|c| dialect.canonical_constraint(table, &c));
    let index = table.indexes.iter().any(|i| i.name == *name).then(|| {
        let canonical = dialect.canonical_table(table);
        canonical.indexes.into_iter().find(|i| i.name == *name)
    });
    let index = index.flatten();
    (constraint.is_some() || index.is_some()).then_some((constraint, index))
}

/// The options that make a table a partition.
const PARTITION: [&str; 2] = ["partition_of", "partition_bound"];

/// A new table, and its indexes as directives of their own. A partition stands alone until it has all that its parent wants of it.
fn create(table: &Table) -> impl Iterator<Item = Directive> {
    let mut without_indexes = Table {
        indexes: Vec::new(),
        ..table.clone()
    };
    let attach: Vec<TableChange> = PARTITION
        .iter()
        .filter_map(|key| {
            let value = without_indexes.options.remove(*key)?;
            let value = Change::new(None, Some(value));
            Some(TableChange::SetOption(OptionChange {
                key: (*key).to_owned(),
                value,
            }))
        })
        .collect();
    if !attach.is_empty() {
        let inherited = without_indexes
            .columns
            .iter_mut()
            .filter(|c| c.options.contains_key(INHERITED));
        // It numbers its rows as its parent does.
        inherited.for_each(|column| column.identity = None);
    }
    let alter = |changes: Vec<TableChange>| {
        (!changes.is_empty()).then(|| {
            let table = table.name.clone();
            Directive::AlterTable(AlterTable { table, changes })
        })
    };
    let attach = alter(attach);
    let only = alter(keys_of_its_own(&mut without_indexes));
    let indexes = table.indexes.iter().map(|index| Directive::CreateIndex {
        table: table.name.clone(),
        index: Box::new(index.clone()),
    });
    std::iter::once(Directive::CreateTable(Box::new(without_indexes)))
        .chain(indexes)
        .chain(attach)
        .chain(only)
}

/// Takes out the keys that are not those of all partitions: they come when the partitions are there.
fn keys_of_its_own(table: &mut Table) -> Vec<TableChange> {
    let is_only = |constraint: &Constraint| constraint.options().contains_key(ONLY);
    let only: Vec<Constraint> = table.constraints().filter(is_only).collect();
    table.primary_key = table.primary_key.take().filter(|c| !c.options.contains_key(ONLY));
    table.uniques.retain(|c| !c.options.contains_key(ONLY));
    table.excludes.retain(|c| !c.options.contains_key(ONLY));
    let add = |constraint| TableChange::AddConstraint { constraint };
    only.into_iter().map(add).collect()
}

/// Compares a table that is on both sides.
fn compare_one(
    tables: Pair<&Table>,
    canonical: Pair<&Table>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
    changes: &mut TableChanges<'_>,
) {
    let name = &tables.live.name;
    let definition = match definition(tables, canonical) {
        Definition::Readable => None,
        Definition::Equal => {
            let indexes = indexes::compare(spellings(tables, canonical), dialect, options.constraint_names);
            changes.directives.extend(indexes);
            return;
        }
        Definition::Changed(definition) => Some(definition),
        Definition::Incomparable => {
            let why = format!(
                "the changes of table {name} cannot be migrated automatically, because its definition could not be read on one side"
            );
            changes.notices.push(Notice::warning(why.clone()).hint(
                "write its statements with op.execute in place of op.irreversible, or exclude the table",
            ));
            changes.directives.push(Directive::Irreversible { why });
            return;
        }
    };
    let sides = spellings(tables, canonical);
    changes
        .directives
        .extend(indexes::compare(sides, dialect, options.constraint_names));
    let columns = columns::compare(sides, dialect, options.column_order);
    changes
        .columns
        .extend(ColumnCandidates::of(&tables.target.name, &columns));
    let changes_of_table = in_order(columns, tables, canonical, definition, dialect, options);
    if !changes_of_table.is_empty() {
        changes.directives.push(Directive::AlterTable(AlterTable {
            table: name.clone(),
            changes: changes_of_table,
        }));
    }
}

fn spellings<'a>(written: Pair<&'a Table>, canonical: Pair<&'a Table>) -> Pair<(&'a Table, &'a Table)> {
    Pair::new((written.live, canonical.live), (written.target, canonical.target))
}

/// The changes of a table in the one order that holds in both directions: constraints go first and come last, columns come
/// before others are changed, and go after. A generated column that stops reading a dropped column, or starts reading a new
/// one, is right at every step, and the table is never without columns. Read backwards, with each change undone, it is the
/// same order.
fn in_order(
    columns: ColumnChanges<'_>,
    tables: Pair<&Table>,
    canonical: Pair<&Table>,
    definition: Option<Change<Sql>>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> Vec<TableChange> {
    let constraints = constraints::compare(tables, dialect, options.constraint_names);
    let table_options = columns::option_changes(tables.map(|t| &t.options), canonical.map(|t| &t.options));
    let mut changes = Vec::new();
    changes.extend(
        constraints
            .dropped
            .into_iter()
            .map(|constraint| TableChange::DropConstraint { constraint }),
    );
    changes.extend(
        columns
            .added
            .into_iter()
            .map(|(_, column)| TableChange::AddColumn(column)),
    );
    changes.extend(columns.altered.into_iter().map(TableChange::AlterColumn));
    changes.extend(
        columns
            .dropped
            .into_iter()
            .map(|(_, column)| TableChange::DropColumn(column)),
    );
    changes.extend(columns.reordered.map(TableChange::ReorderColumns));
    changes.extend(constraints.renamed);
    changes.extend(
        constraints
            .added
            .into_iter()
            .map(|constraint| TableChange::AddConstraint { constraint }),
    );
    changes.extend(table_options.into_iter().map(TableChange::SetOption));
    if canonical.live.comment != canonical.target.comment {
        let comment = tables.map(|t| t.comment.clone());
        changes.push(TableChange::SetComment(Change::new(comment.live, comment.target)));
    }
    changes.extend(definition.map(TableChange::SetDefinition));
    changes
}

/// How two tables compare when one of them could not be read into the model.
enum Definition {
    /// Both could be read.
    Readable,
    /// Neither could be read, and the texts are equal.
    Equal,
    /// Neither could be read, and the texts differ.
    Changed(Change<Sql>),
    /// One could be read: there is nothing to compare, and dropping and creating the table would lose its rows.
    Incomparable,
}

fn definition(tables: Pair<&Table>, canonical: Pair<&Table>) -> Definition {
    match (&tables.live.definition, &tables.target.definition) {
        (None, None) => Definition::Readable,
        (Some(_), Some(_)) if canonical.live.definition == canonical.target.definition => Definition::Equal,
        (Some(old), Some(new)) => Definition::Changed(Change::new(old.clone(), new.clone())),
        (Some(_), None) | (None, Some(_)) => Definition::Incomparable,
    }
}
