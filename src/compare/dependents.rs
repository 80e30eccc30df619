//! What cannot stay while something under it goes.
//!
//! In come both schemas and the differences found so far; out comes what is on both sides and must be dropped and made again although
//! it does not differ: views over a column that changes its type, defaults and checks that call a function that is dropped,
//! foreign keys to a key that is built anew. What the engine itself carries along (an index over a retyped column) is not among them.
//! Nothing here is sorted: each goes before and comes after by what it leans on.

use super::pair::{Pair, fold_qname};
use super::types;
use crate::dialect::Dialect;
use crate::directive::{ColumnChange, Directive, Families, TableChange};
use crate::schema::{Constraint, INHERITED, IndexPart, Name, Object, ObjectId, Part, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be made again. Names are those of the live schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Again {
    pub(super) objects: BTreeSet<ObjectId>,
    /// Columns that cannot be altered as they should: dropped and added.
    pub(super) columns: BTreeSet<(QName, Name)>,
    pub(super) defaults: BTreeSet<(QName, Name)>,
    pub(super) constraints: BTreeSet<(QName, Name)>,
    pub(super) indexes: BTreeSet<(QName, Name)>,
}

/// What happens to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Of a relation whose columns change: told to those who named the whole relation only.
    Reshaped,
    /// It stays, as something else: a column with another type, a type that is rebuilt.
    Retyped,
    /// It goes, perhaps to come again.
    Gone,
}

/// Finds what has to be made again. `anew` are the objects that go or are replaced by dropping them.
pub(super) fn find<'a>(
    schemas: Pair<&'a Schema>,
    directives: impl IntoIterator<Item = &'a Directive>,
    anew: impl IntoIterator<Item = &'a Object>,
    dialect: &dyn Dialect,
) -> Again {
    let leaning = Leaning::of(schemas.live, dialect);
    let mut search = Search {
        sides: schemas.map(|schema| Side::new(schema, dialect)),
        dialect,
        leaning,
        seen: BTreeMap::new(),
        waiting: Vec::new(),
        going: BTreeSet::new(),
        rebuilt: BTreeSet::new(),
        again: Again::default(),
    };
    if search.leaning.is_empty() && !dialect.facts().tracks_dependencies {
        return search.again;
    }
    for directive in directives {
        search.start(directive);
    }
    for object in anew {
        search.push(part_of(&object.id, dialect), Fate::Gone);
    }
    while let Some((part, fate)) = search.waiting.pop() {
        search.follow(&part, fate);
    }
    search.again
}

/// Who leans on what in the live schema.
struct Leaning {
    /// By what the engine keeps track of.
    known: BTreeMap<Part, Vec<Part>>,
    /// The known parts of each relation that others lean on.
    pieces: BTreeMap<QName, Vec<Part>>,
    /// By what the objects themselves say they read.
    said: BTreeMap<QName, Vec<ObjectId>>,
    /// By what they are attached to.
    attached: BTreeMap<QName, Vec<ObjectId>>,
    /// The objects that are relations.
    views: BTreeMap<QName, ObjectId>,
}

impl Leaning {
    fn of(schema: &Schema, dialect: &dyn Dialect) -> Self {
        let mut known: BTreeMap<Part, Vec<Part>> = BTreeMap::new();
        let mut pieces: BTreeMap<QName, BTreeSet<Part>> = BTreeMap::new();
        for (part, needs) in &schema.dependencies {
            for needed in needs {
                let needed = folded_part(needed, dialect);
                if let Some(relation) = needed.relation() {
                    pieces.entry(relation.clone()).or_default().insert(needed.clone());
                }
                known.entry(needed).or_default().push(folded_part(part, dialect));
            }
        }
        if dialect.facts().foreign_keys_hold_columns {
            for (column, key) in held_columns(schema, dialect) {
                known.entry(column).or_default().push(key);
            }
        }
        let mut said: BTreeMap<QName, Vec<ObjectId>> = BTreeMap::new();
        let mut attached: BTreeMap<QName, Vec<ObjectId>> = BTreeMap::new();
        for object in schema.objects.values() {
            if let Some(on) = &object.id.on {
                attached
                    .entry(folded(on, dialect))
                    .or_default()
                    .push(object.id.clone());
            }
            if binds_early(&object.id, dialect) {
                for read in &object.depends_on {
                    said.entry(folded(read, dialect))
                        .or_default()
                        .push(object.id.clone());
                }
            }
        }
        let is_view = |id: &&ObjectId| id.on.is_none() && id.kind.is_relation();
        let views = schema.objects.keys().filter(is_view);
        let views = views.map(|id| (folded(&id.name, dialect), id.clone())).collect();
        let pieces = pieces
            .into_iter()
            .map(|(name, parts)| (name, parts.into_iter().collect()))
            .collect();
        Self {
            known,
            pieces,
            said,
            attached,
            views,
        }
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.said.is_empty() && self.attached.is_empty()
    }
}

/// The columns at both ends of each foreign key, each with the key.
fn held_columns(schema: &Schema, dialect: &dyn Dialect) -> Vec<(Part, Part)> {
    let mut held = Vec::new();
    for table in schema.tables.values() {
        let child = folded(&table.name, dialect);
        for key in &table.foreign_keys {
            let Some(name) = &key.name else { continue };
            let constraint = Part::Constraint(child.clone(), dialect.fold(name).into());
            let parent = folded(&key.table, dialect);
            let own = key.columns.iter().map(|column| (&child, column));
            let others = key.referenced.iter().map(|column| (&parent, column));
            held.extend(own.chain(others).map(|(table, column)| {
                let column = Part::Column(table.clone(), dialect.fold(column).into());
                (column, constraint.clone())
            }));
        }
    }
    held
}

struct Search<'a> {
    sides: Pair<Side<'a>>,
    dialect: &'a dyn Dialect,
    leaning: Leaning,
    /// The worst that is known of each part.
    seen: BTreeMap<Part, Fate>,
    waiting: Vec<(Part, Fate)>,
    /// Parts of tables that go by a directive of their own.
    going: BTreeSet<Part>,
    /// Tables that the dialect makes anew, with all that is theirs.
    rebuilt: BTreeSet<QName>,
    again: Again,
}

impl<'a> Search<'a> {
    fn push(&mut self, part: Part, fate: Fate) {
        if let Part::Type(name) = &part
            && fate == Fate::Gone
            && self.sides.target.has_type(name, self.dialect)
        {
            // Its columns are those of the new type then.
            self.push(part.clone(), Fate::Retyped);
        }
        if self.seen.get(&part).is_none_or(|known| *known < fate) {
            self.seen.insert(part.clone(), fate);
            self.waiting.push((part, fate));
        }
    }

    /// What a difference does to the parts it is about.
    fn start(&mut self, directive: &Directive) {
        match directive {
            Directive::DropTable(table) => {
                let name = folded(&table.name, self.dialect);
                self.push(Part::Relation(name), Fate::Gone);
            }
            Directive::AlterTable(alter) => {
                let table = folded(&alter.table, self.dialect);
                if alter
                    .changes
                    .iter()
                    .any(|change| self.dialect.rebuilds_table(change))
                {
                    self.rebuilt.insert(table.clone());
                    self.push(Part::Relation(table.clone()), Fate::Gone);
                } else if alter.changes.iter().any(takes_a_column) {
                    self.push(Part::Relation(table.clone()), Fate::Reshaped);
                }
                if self.dialect.facts().foreign_keys_hold_columns {
                    self.start_held(&table, &alter.changes);
                    return;
                }
                for change in &alter.changes {
                    self.start_change(&table, change);
                }
            }
            Directive::DropIndex { table, index } => {
                if self.dialect.facts().foreign_keys_hold_columns {
                    self.free_key(&folded(table, self.dialect), &index.parts);
                    return;
                }
                let part = Part::Index(folded(table, self.dialect), index.name.clone());
                self.going.insert(part.clone());
                self.push(part, Fate::Gone);
            }
            Directive::DropEnum(dropped) => {
                let name = folded(&dropped.name, self.dialect);
                self.push(Part::Type(name), Fate::Gone);
            }
            Directive::AlterEnum { change, renamed } if types::is_rebuilt(change, renamed) => {
                let name = folded(&change.old.name, self.dialect);
                self.push(Part::Type(name), Fate::Retyped);
            }
            Directive::DropSequence(dropped) => {
                let name = folded(&dropped.name, self.dialect);
                self.push(Part::Sequence(name), Fate::Gone);
            }
            Directive::ReplaceObject(change)
                if change.new.id.kind.is_type()
                    && self.dialect.makes_another_type(&change.old, &change.new) =>
            {
                let name = folded(&change.old.id.name, self.dialect);
                self.push(Part::Type(name), Fate::Retyped);
            }
            _ => {}
        }
    }

    /// What changes of a table do to foreign keys, where these are all that the engine holds fast.
    fn start_held(&mut self, table: &QName, changes: &[TableChange]) {
        let (Some(live), Some(target)) = (self.sides.live.table(table), self.sides.target.table(table))
        else {
            return;
        };
        for change in changes {
            match change {
                TableChange::DropConstraint { constraint } => {
                    if let Some(name) = constraint.name() {
                        let name = self.dialect.fold(name).into();
                        self.going.insert(Part::Constraint(table.clone(), name));
                    }
                    match constraint {
                        Constraint::PrimaryKey(key) => self.free_key(table, &key.columns),
                        Constraint::Unique(key) => self.free_key(table, &key.columns),
                        Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclude(_) => {}
                    }
                }
                TableChange::DropColumn(gone) => {
                    let name = self.dialect.fold(&gone.column.name).into();
                    self.push(Part::Column(table.clone(), name), Fate::Gone);
                }
                _ => {}
            }
        }
        for name in self.dialect.columns_held(live, target) {
            let name = self.dialect.fold(&name).into();
            self.push(Part::Column(table.clone(), name), Fate::Retyped);
        }
    }

    /// Frees a key that is dropped from the foreign keys that refer to it, unless another key of the table serves them before and after.
    fn free_key(&mut self, table: &QName, parts: &[IndexPart]) {
        let dialect = self.dialect;
        let (Some(live), Some(target)) = (self.sides.live.table(table), self.sides.target.table(table))
        else {
            return;
        };
        let starts_with = |parts: &[IndexPart], columns: &[Name]| {
            parts.len() >= columns.len()
                && parts.iter().zip(columns).all(|(part, column)| {
                    part.length.is_none()
                        && part
                            .column_name()
                            .is_some_and(|name| dialect.same_name(name, column))
                })
        };
        let serves = |table: &Table, columns: &[Name]| {
            let primary = table.primary_key.iter().map(|key| &key.columns);
            let indexes = table.indexes.iter().map(|index| &index.parts);
            let mut others = primary.chain(indexes).filter(|other| other.as_slice() != parts);
            others.any(|other| starts_with(other, columns))
        };
        let mut freed = Vec::new();
        for other in self.sides.live.schema.tables.values() {
            for key in &other.foreign_keys {
                let refers = folded(&key.table, dialect) == *table && starts_with(parts, &key.referenced);
                let is_served = || serves(live, &key.referenced) && serves(target, &key.referenced);
                if let Some(name) = key.name.as_ref().filter(|_| refers && !is_served()) {
                    freed.push((folded(&other.name, dialect), Name::from(dialect.fold(name))));
                }
            }
        }
        for (table, name) in freed {
            let part = Part::Constraint(table.clone(), name.clone());
            if self.constraint_stays(&table, &name) && !self.going.contains(&part) {
                self.again.constraints.insert((table, name));
            }
        }
    }

    fn start_change(&mut self, table: &QName, change: &TableChange) {
        match change {
            TableChange::DropColumn(gone) => {
                let part = Part::Column(table.clone(), self.dialect.fold(&gone.column.name).into());
                self.push(part, Fate::Gone);
            }
            TableChange::AlterColumn(alter) => {
                let name: Name = self.dialect.fold(&alter.name).into();
                let part = Part::Column(table.clone(), name.clone());
                if self.dialect.replaces_column(alter) {
                    self.again.columns.insert((table.clone(), name));
                    self.push(part, Fate::Gone);
                } else if alter.changes.iter().any(retypes) {
                    self.push(part, Fate::Retyped);
                }
            }
            TableChange::DropConstraint { constraint } => {
                if let Some(name) = constraint.name() {
                    let part = Part::Constraint(table.clone(), self.dialect.fold(name).into());
                    self.going.insert(part.clone());
                    self.push(part, Fate::Gone);
                }
            }
            _ => {}
        }
    }

    fn follow(&mut self, part: &Part, fate: Fate) {
        if let Part::Relation(name) = part {
            let said = self.leaning.said.get(name).cloned().unwrap_or_default();
            for id in said {
                self.object(&id);
            }
            if fate == Fate::Gone {
                let attached = self.leaning.attached.get(name).cloned().unwrap_or_default();
                for id in attached {
                    self.object(&id);
                }
                let pieces = self.leaning.pieces.get(name).cloned().unwrap_or_default();
                for piece in pieces {
                    self.push(piece, Fate::Gone);
                }
            }
        }
        if fate == Fate::Reshaped {
            return;
        }
        if let Part::Column(table, column) = part {
            self.follow_to_children(table, column, fate);
        }
        for dependent in self.leaning.known.get(part).cloned().unwrap_or_default() {
            self.reach(&dependent, part, fate);
        }
    }

    /// A column of a parent is one of its children too.
    fn follow_to_children(&mut self, table: &QName, column: &Name, fate: Fate) {
        let inherits = |child: &&QName| {
            let inherited = self
                .sides
                .live
                .schema
                .tables
                .get(*child)
                .and_then(|t| t.column(column));
            inherited.is_some_and(|c| c.options.contains_key(INHERITED))
        };
        let descendants = self.sides.live.descendants(table, self.dialect).iter();
        let inheriting: Vec<QName> = descendants
            .filter(inherits)
            .map(|child| folded(child, self.dialect))
            .collect();
        for child in inheriting {
            self.push(Part::Column(child, column.clone()), fate);
        }
    }

    /// What the fate of a part means for one that leans on it.
    fn reach(&mut self, dependent: &Part, part: &Part, fate: Fate) {
        let is_its_own = |name: &QName| self.rebuilt.contains(name);
        // Who makes a table anew sees to the foreign keys that refer to it: its rows have to be there first.
        if let Part::Constraint(table, name) = dependent
            && part.relation().is_some_and(is_its_own)
            && self.is_foreign_key(table, name)
        {
            return;
        }
        if !matches!(dependent, Part::Object(_)) && dependent.relation().is_some_and(is_its_own) {
            return;
        }
        match dependent {
            Part::Object(id) => {
                if fate == Fate::Gone || binds_early(id, self.dialect) {
                    self.object(&id.clone());
                }
            }
            Part::Relation(name) => {
                if let Some(id) = self.leaning.views.get(name).cloned() {
                    self.object(&id);
                }
            }
            Part::Type(_) | Part::Column(..) => {
                if fate == Fate::Retyped {
                    self.push(dependent.clone(), Fate::Retyped);
                }
            }
            Part::Default(table, column) => self.default(table, column, part, fate),
            Part::Constraint(table, name) => {
                // An index is built anew with its column, but the two ends of a foreign key must fit at any moment.
                let is_followed = fate == Fate::Retyped
                    && matches!(part, Part::Column(..))
                    && !self.is_foreign_key(table, name);
                if !is_followed && self.constraint_stays(table, name) && !self.going.contains(dependent) {
                    self.again.constraints.insert((table.clone(), name.clone()));
                    self.push(dependent.clone(), Fate::Gone);
                }
            }
            Part::Index(table, name) => {
                let is_followed = fate == Fate::Retyped && matches!(part, Part::Column(..));
                if !is_followed && self.index_stays(table, name) && !self.going.contains(dependent) {
                    self.again.indexes.insert((table.clone(), name.clone()));
                    self.push(dependent.clone(), Fate::Gone);
                }
            }
            Part::Sequence(_) => {}
        }
    }

    fn object(&mut self, id: &ObjectId) {
        self.push(part_of(id, self.dialect), Fate::Gone);
        self.again.objects.insert(id.clone());
    }

    fn default(&mut self, table: &QName, column: &Name, part: &Part, fate: Fate) {
        let live = self.sides.live.table(table);
        let target = self.sides.target.table(table);
        let (Some(live), Some(target)) = (live, target) else {
            return;
        };
        let find = |t: &Table| {
            t.columns
                .iter()
                .find(|c| self.dialect.same_name(&c.name, column))
                .cloned()
        };
        let (Some(old), Some(new)) = (find(live), find(target)) else {
            return;
        };
        if old.options.contains_key(INHERITED) {
            return;
        }
        let key = (table.clone(), column.clone());
        if old.generated.is_some() {
            if new.generated.is_some() {
                self.again.columns.insert(key);
                self.push(Part::Column(table.clone(), column.clone()), Fate::Gone);
            }
        } else if fate == Fate::Gone && !matches!(part, Part::Column(of, _) if of == table) {
            self.again.defaults.insert(key);
        } else if fate == Fate::Retyped && matches!(part, Part::Type(_)) {
            let retyped = Part::Column(table.clone(), column.clone());
            let is_of_type = self.leaning.known.get(part).is_some_and(|d| d.contains(&retyped));
            // A default comes along with its column, but another one is not one of both types.
            if !is_of_type || old.default != new.default {
                self.again.defaults.insert(key);
            }
        }
    }

    /// Whether a constraint is on both sides, the table's own, and so would not go by itself.
    fn constraint_stays(&self, table: &QName, name: &Name) -> bool {
        let has = |side: &Side<'_>| {
            side.table(table)
                .and_then(|t| constraint_named(t, name, self.dialect))
        };
        let sides = (has(&self.sides.live), has(&self.sides.target));
        matches!(sides, (Some(live), Some(_)) if !live.options().contains_key(INHERITED))
    }

    fn is_foreign_key(&self, table: &QName, name: &Name) -> bool {
        let constraint = self
            .sides
            .live
            .table(table)
            .and_then(|t| constraint_named(t, name, self.dialect));
        matches!(constraint, Some(Constraint::ForeignKey(_)))
    }

    fn index_stays(&self, table: &QName, name: &Name) -> bool {
        let has = |side: &Side<'a>| {
            let table = side.table(table)?;
            table
                .indexes
                .iter()
                .find(|i| self.dialect.same_name(&i.name, name))
        };
        let sides = (has(&self.sides.live), has(&self.sides.target));
        matches!(sides, (Some(live), Some(_)) if !live.options.contains_key(INHERITED))
    }
}

/// The constraint of that name.
pub(super) fn constraint_named(table: &Table, name: &Name, dialect: &dyn Dialect) -> Option<Constraint> {
    table
        .constraints()
        .find(|c| c.name().is_some_and(|n| dialect.same_name(n, name)))
}

/// A schema whose tables are found by their folded names.
#[derive(Debug, Clone)]
pub(super) struct Side<'s> {
    pub(super) schema: &'s Schema,
    tables: BTreeMap<QName, &'s Table>,
    /// The columns and their defaults that lean on something, by what they are of, where that is no table.
    pieces: BTreeMap<&'s QName, Vec<&'s Part>>,
    families: Families,
}

impl<'s> Side<'s> {
    pub(super) fn new(schema: &'s Schema, dialect: &dyn Dialect) -> Self {
        let tables = schema.tables.values();
        let mut pieces: BTreeMap<&QName, Vec<&Part>> = BTreeMap::new();
        for part in schema.dependencies.keys() {
            if let Part::Column(name, _) | Part::Default(name, _) = part
                && !schema.tables.contains_key(name)
            {
                pieces.entry(name).or_default().push(part);
            }
        }
        Self {
            schema,
            tables: tables
                .map(|table| (folded(&table.name, dialect), table))
                .collect(),
            pieces,
            families: Families::of(schema, dialect),
        }
    }

    /// The tables that inherit from a table.
    pub(super) fn descendants(&self, name: &QName, dialect: &dyn Dialect) -> &[QName] {
        self.families.descendants(name, dialect)
    }

    /// The parts of something that is no table which lean on something.
    pub(super) fn pieces(&self, name: &QName) -> &[&'s Part] {
        self.pieces.get(name).map_or(&[], Vec::as_slice)
    }

    /// The table of that folded name.
    pub(super) fn table(&self, name: &QName) -> Option<&'s Table> {
        self.tables.get(name).copied()
    }

    /// Whether there is a type of that name.
    fn has_type(&self, name: &QName, dialect: &dyn Dialect) -> bool {
        let objects = self.schema.objects.keys().filter(|id| id.kind.is_type());
        let mut names = self.schema.enums.keys().chain(objects.map(|id| &id.name));
        names.any(|known| folded(known, dialect) == *name)
    }
}

/// A name under which two spellings of it are one.
pub(super) fn folded(name: &QName, dialect: &dyn Dialect) -> QName {
    let (namespace, name) = fold_qname(dialect, name);
    QName {
        namespace: namespace.map(Into::into),
        name: name.into(),
    }
}

fn part_of(id: &ObjectId, dialect: &dyn Dialect) -> Part {
    folded_part(&Part::of(id), dialect)
}

/// A part under names under which two spellings of them are one.
pub(super) fn folded_part(part: &Part, dialect: &dyn Dialect) -> Part {
    let name = |name: &Name| -> Name { dialect.fold(name).into() };
    match part {
        Part::Relation(r) => Part::Relation(folded(r, dialect)),
        Part::Column(r, c) => Part::Column(folded(r, dialect), name(c)),
        Part::Default(r, c) => Part::Default(folded(r, dialect), name(c)),
        Part::Constraint(r, c) => Part::Constraint(folded(r, dialect), name(c)),
        Part::Index(r, i) => Part::Index(folded(r, dialect), name(i)),
        Part::Type(t) => Part::Type(folded(t, dialect)),
        Part::Sequence(s) => Part::Sequence(folded(s, dialect)),
        Part::Object(id) => Part::Object(ObjectId {
            kind: id.kind.clone(),
            name: folded(&id.name, dialect),
            signature: id.signature.clone(),
            on: id.on.as_ref().map(|on| folded(on, dialect)),
        }),
    }
}

fn binds_early(id: &ObjectId, dialect: &dyn Dialect) -> bool {
    dialect.kind(&id.kind).is_some_and(|rule| rule.binds_early)
}

fn retypes(change: &ColumnChange) -> bool {
    matches!(
        change,
        ColumnChange::Type(_) | ColumnChange::Collation(_) | ColumnChange::Generated(_)
    )
}

/// Whether what is bound to the columns of the table cannot stand.
fn takes_a_column(change: &TableChange) -> bool {
    match change {
        TableChange::DropColumn(_) | TableChange::SetDefinition(_) => true,
        TableChange::AlterColumn(alter) => alter.changes.iter().any(retypes),
        _ => false,
    }
}
