//! What is not compared is agreed on: the target takes it from the live side.
//!
//! In come both schemas, after confirmed renames, and what a program and its settings say; out come a target that agrees with the live
//! side wherever nobody wants a difference, and what comparators of the program have found. So every later stage (what leans on what, the
//! order, the way back) sees two schemas and need not know that something was left out.

use super::options::CompareOptions;
use super::pair::{Matched, Pair, fold_qname};
use crate::Result;
use crate::dialect::Dialect;
use crate::directive::{Change, ColumnChange};
use crate::extend::{
    ColumnSides, Comparator, Considered, Element, Findings, Flow, Level, Priority, SchemaPart, Subject,
    Verdict,
};
use crate::schema::{Column, Constraint, ConstraintKind, Index, ObjectId, QName, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Agreed {
    /// The target; `None` when it is as it was.
    pub(super) target: Option<Schema>,
    /// What the program's own comparators have found.
    pub(super) findings: Findings,
}

/// Asks whoever has a say.
///
/// # Errors
/// Those of a comparator.
pub(super) fn agree(
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> Result<Agreed> {
    let extensions = &options.extensions;
    let off: BTreeSet<Element> = Element::ALL
        .into_iter()
        .filter(|element| !options.elements.has(*element) || !extensions.is_on(*element))
        .collect();
    let is_for_engine = |one: &&dyn Comparator| one.engine().is_none_or(|engine| engine == dialect.engine());
    let comparators: Vec<&dyn Comparator> = extensions
        .comparators()
        .into_iter()
        .filter(is_for_engine)
        .collect();
    if off.is_empty() && comparators.is_empty() && !extensions.filters() && !extensions.judges_columns() {
        return Ok(Agreed::default());
    }
    let mut court = Court {
        dialect,
        options,
        comparators,
        findings: Findings::default(),
        left_out: BTreeSet::new(),
        left_out_tables: BTreeSet::new(),
    };
    let mut target = schemas.target.clone();
    court.schema(schemas, &mut target, &off)?;
    extensions.resolve(&mut court.findings.directives);
    Ok(Agreed {
        target: (target != *schemas.target).then_some(target),
        findings: court.findings,
    })
}

/// Who decides, and what was found.
struct Court<'a> {
    dialect: &'a dyn Dialect,
    options: &'a CompareOptions,
    /// In the order in which they are asked.
    comparators: Vec<&'a dyn Comparator>,
    findings: Findings,
    /// Namespaces, folded, of which nothing is compared.
    left_out: BTreeSet<String>,
    /// Tables, folded, that are not compared: what is attached to them is not either.
    left_out_tables: BTreeSet<(Option<String>, String)>,
}

/// Elements that are not compared by the built-in comparators.
type Off = BTreeSet<Element>;

impl Court<'_> {
    /// Asks the comparators of a level. Gives the elements whose built-in comparator has lost its turn.
    fn ask(&mut self, level: Level, subject: &Subject<'_>, off: &Off) -> Result<Off> {
        let mut silenced = Off::new();
        let mut stopped = Off::new();
        for comparator in self.comparators.iter().filter(|one| one.level() == level) {
            let element = comparator.element();
            if element.is_some_and(|element| stopped.contains(&element)) {
                continue;
            }
            let flow = comparator
                .compare(subject, self.dialect, &mut self.findings)
                .map_err(|error| error.context(comparator.name()))?;
            if let (Flow::Stop, Some(element)) = (flow, element) {
                stopped.insert(element);
                if comparator.priority() == Priority::First {
                    silenced.insert(element);
                }
            }
        }
        silenced.extend(off);
        Ok(silenced)
    }

    fn includes<'s>(
        &self,
        live: Option<SchemaPart<'s>>,
        target: Option<SchemaPart<'s>>,
        table: Option<&'s QName>,
    ) -> bool {
        let namespace = target.or(live).and_then(SchemaPart::namespace);
        if namespace.is_some_and(|name| self.left_out.contains(&*self.dialect.fold(name))) {
            return false;
        }
        let sides = Pair::new(live, target);
        self.options.extensions.includes(&Considered { sides, table })
    }

    fn schema(&mut self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) -> Result<()> {
        let off = self.ask(Level::Schema, &Subject::Schema(schemas), off)?;
        self.namespaces(schemas, target, &off);
        self.sequences(schemas, target, &off);
        self.enums(schemas, target, &off);
        let took_in = self.tables(schemas, target, &off)?;
        let took_in = self.objects(schemas, target, &off) || took_in;
        if took_in {
            // What leans on what among that which came over.
            for (part, needs) in &schemas.live.dependencies {
                let known = target.dependencies.entry(part.clone());
                known.or_insert_with(|| needs.clone());
            }
            for (id, shape) in &schemas.live.shapes {
                target.shapes.entry(id.clone()).or_insert_with(|| shape.clone());
            }
        }
        Ok(())
    }

    fn namespaces(&mut self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) {
        let maps = schemas.map(|schema| &schema.namespaces);
        let part = |namespace| SchemaPart::Namespace(namespace);
        let no_other = off.contains(&Element::Schemas);
        let mut left_out = BTreeSet::new();
        let settled = settle(
            maps,
            &mut target.namespaces,
            |n| self.dialect.fold(&n.name).into_owned(),
            |live, wanted| {
                let is_included = self.includes(live.map(part), wanted.map(part), None);
                // What would be in a namespace that is not made cannot be made.
                if let Some(name) = live.or(wanted)
                    && (!is_included || (no_other && live.is_none()))
                {
                    left_out.insert(self.dialect.fold(&name.name).into_owned());
                }
                is_included && (!no_other || (live.is_some() && wanted.is_some()))
            },
        );
        self.left_out = left_out;
        if off.contains(&Element::Comments) {
            for (live, name) in settled {
                if let Some(wanted) = target.namespaces.get_mut(&name) {
                    wanted.comment.clone_from(&live.comment);
                }
            }
        }
    }

    fn sequences(&self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) {
        let maps = schemas.map(|schema| &schema.sequences);
        let settled = settle(
            maps,
            &mut target.sequences,
            |s| self.key(&s.name),
            |live, wanted| {
                let part = |s| SchemaPart::Sequence(s);
                !off.contains(&Element::Sequences) && self.includes(live.map(part), wanted.map(part), None)
            },
        );
        if off.contains(&Element::Comments) {
            for (live, name) in settled {
                if let Some(wanted) = target.sequences.get_mut(&name) {
                    wanted.comment.clone_from(&live.comment);
                }
            }
        }
    }

    fn enums(&self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) {
        let maps = schemas.map(|schema| &schema.enums);
        let settled = settle(
            maps,
            &mut target.enums,
            |e| self.key(&e.name),
            |live, wanted| {
                let part = |e| SchemaPart::Enum(e);
                !off.contains(&Element::Enums) && self.includes(live.map(part), wanted.map(part), None)
            },
        );
        if off.contains(&Element::Comments) {
            for (live, name) in settled {
                if let Some(wanted) = target.enums.get_mut(&name) {
                    wanted.comment.clone_from(&live.comment);
                }
            }
        }
    }

    fn objects(&self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) -> bool {
        let maps = schemas.map(|schema| &schema.objects);
        let before = target.objects.len();
        let key = |id: &ObjectId| {
            let on = id.on.as_ref().map(|on| self.key(on));
            (
                id.kind.as_str().to_owned(),
                self.key(&id.name),
                id.signature.clone(),
                on,
            )
        };
        let settled = settle(
            maps,
            &mut target.objects,
            |o| key(&o.id),
            |live, wanted| {
                let part = |o| SchemaPart::Object(o);
                let on = wanted.or(live).and_then(|object| object.id.on.as_ref());
                let is_free = on.is_none_or(|on| !self.left_out_tables.contains(&self.key(on)));
                is_free
                    && !off.contains(&Element::Objects)
                    && self.includes(live.map(part), wanted.map(part), on)
            },
        );
        if off.contains(&Element::Comments) {
            for (live, id) in settled {
                if let Some(wanted) = target.objects.get_mut(&id) {
                    wanted.comment.clone_from(&live.comment);
                }
            }
        }
        target.objects.len() != before
    }

    /// A name under which the engine takes two names for one.
    fn key(&self, name: &QName) -> (Option<String>, String) {
        let (namespace, name) = fold_qname(self.dialect, name);
        (namespace.map(Into::into), name.into())
    }

    /// Whether a table of the live side came over.
    fn tables(&mut self, schemas: Pair<&Schema>, target: &mut Schema, off: &Off) -> Result<bool> {
        let matched = Matched::by_key(
            schemas.live.tables.values(),
            schemas.target.tables.values(),
            |table| fold_qname(self.dialect, &table.name),
        );
        let mut took_in = false;
        let part = |table| SchemaPart::Table(table);
        for table in matched.target_only {
            let subject = Subject::Table(Pair::new(None, Some(table)));
            let is_compared = self.includes(None, Some(part(table)), None)
                && !self.ask(Level::Table, &subject, off)?.contains(&Element::Tables);
            if !is_compared {
                target.tables.remove(&table.name);
                self.left_out_tables.insert(self.key(&table.name));
            }
        }
        for table in matched.live_only {
            let subject = Subject::Table(Pair::new(Some(table), None));
            let is_compared = self.includes(Some(part(table)), None, None)
                && !self.ask(Level::Table, &subject, off)?.contains(&Element::Tables);
            if !is_compared {
                target.insert_table(table.clone());
                self.left_out_tables.insert(self.key(&table.name));
                took_in = true;
            }
        }
        for pair in matched.both {
            if !self.includes(Some(part(pair.live)), Some(part(pair.target)), None) {
                target.tables.remove(&pair.target.name);
                target.insert_table(pair.live.clone());
                self.left_out_tables.insert(self.key(&pair.target.name));
                took_in = true;
                continue;
            }
            let subject = Subject::Table(Pair::new(Some(pair.live), Some(pair.target)));
            let off = self.ask(Level::Table, &subject, off)?;
            let Some(wanted) = target.tables.get_mut(&pair.target.name) else {
                continue;
            };
            self.table(pair, wanted, &off)?;
        }
        Ok(took_in)
    }

    fn table(&mut self, tables: Pair<&Table>, target: &mut Table, off: &Off) -> Result<()> {
        self.columns(tables, target, off)?;
        if tables.is_equal() {
            return Ok(());
        }
        self.constraints(tables, target, off);
        self.indexes(tables, target, off);
        if off.contains(&Element::Comments) {
            target.comment.clone_from(&tables.live.comment);
            for index in &mut target.indexes {
                let is_one = |other: &&Index| self.dialect.same_name(&other.name, &index.name);
                if let Some(live) = tables.live.indexes.iter().find(is_one) {
                    index.comment.clone_from(&live.comment);
                }
            }
        }
        if off.contains(&Element::Options) {
            target.options.clone_from(&tables.live.options);
        }
        Ok(())
    }

    fn columns(&mut self, tables: Pair<&Table>, target: &mut Table, off: &Off) -> Result<()> {
        let dialect = self.dialect;
        let matched = Matched::by_key(&tables.live.columns, &tables.target.columns, |column: &Column| {
            dialect.fold(&column.name)
        });
        let (no_column, part) = (off.contains(&Element::Columns), |column| {
            SchemaPart::Column(column)
        });
        let table = Some(&tables.target.name);
        for column in matched.target_only {
            if no_column || !self.includes(None, Some(part(column)), table) {
                target.columns.retain(|other| other.name != column.name);
            }
        }
        for pair in &matched.both {
            let place = target
                .columns
                .iter()
                .position(|other| other.name == pair.target.name);
            let Some(place) = place else { continue };
            if !self.includes(Some(part(pair.live)), Some(part(pair.target)), table) {
                target.columns[place] = pair.live.clone();
                continue;
            }
            let subject = Subject::Column {
                tables,
                columns: *pair,
            };
            let off = self.ask(Level::Column, &subject, off)?;
            let sides = ColumnSides {
                dialect,
                tables,
                columns: *pair,
            };
            self.column(&sides, &mut target.columns[place], &off);
        }
        // Last, so that each stands behind the one that it stood behind.
        for column in matched.live_only {
            if no_column || !self.includes(Some(part(column)), None, table) {
                let before = tables
                    .live
                    .columns
                    .iter()
                    .take_while(|other| other.name != column.name)
                    .last();
                let after = before.and_then(|before| {
                    target
                        .columns
                        .iter()
                        .position(|other| dialect.same_name(&other.name, &before.name))
                });
                target
                    .columns
                    .insert(after.map_or(0, |after| after + 1), column.clone());
            }
        }
        Ok(())
    }

    fn column(&mut self, sides: &ColumnSides<'_>, target: &mut Column, off: &Off) {
        let Pair { live, target: wanted } = sides.columns;
        if live == wanted {
            return;
        }
        let extensions = &self.options.extensions;
        let types = if live.ty == wanted.ty && live.collation == wanted.collation {
            Verdict::Default
        } else {
            extensions.type_verdict(sides)
        };
        if off.contains(&Element::Types) || types == Verdict::Same {
            target.ty.clone_from(&live.ty);
            target.collation.clone_from(&live.collation);
        } else if types == Verdict::Differs && live.ty != wanted.ty {
            self.insist(
                sides,
                |canonical| canonical.ty.to_string(),
                || ColumnChange::Type(Change::new(live.ty.clone(), wanted.ty.clone())),
            );
        }
        let has_own = |column: &Column| {
            (
                column.default.clone(),
                column.generated.clone(),
                column.identity.clone(),
            )
        };
        let defaults = if has_own(live) == has_own(wanted) {
            Verdict::Default
        } else {
            extensions.default_verdict(sides)
        };
        if off.contains(&Element::Defaults) || defaults == Verdict::Same {
            target.default.clone_from(&live.default);
            target.generated.clone_from(&live.generated);
            target.identity.clone_from(&live.identity);
        } else if defaults == Verdict::Differs && live.default != wanted.default {
            self.insist(
                sides,
                |canonical| format!("{:?}", canonical.default),
                || ColumnChange::Default(Change::new(live.default.clone(), wanted.default.clone())),
            );
        }
        if off.contains(&Element::Nullable) {
            target.not_null = live.not_null;
        }
        if off.contains(&Element::Comments) {
            target.comment.clone_from(&live.comment);
        }
        if off.contains(&Element::Options) {
            target.options.clone_from(&live.options);
        }
    }

    /// States a change where the engine takes both spellings for one, so that nobody else would.
    fn insist(
        &mut self,
        sides: &ColumnSides<'_>,
        spelling: impl Fn(&Column) -> String,
        change: impl FnOnce() -> ColumnChange,
    ) {
        let column = |table: &Table, name: &str| {
            let canonical = sides.dialect.canonical_table(table);
            let place = table
                .columns
                .iter()
                .position(|column| column.name.as_str() == name)?;
            canonical.columns.get(place).map(&spelling)
        };
        let live = column(sides.tables.live, &sides.columns.live.name);
        let target = column(sides.tables.target, &sides.columns.target.name);
        if live == target {
            let table = &sides.tables.live.name;
            self.findings.change_column(table, sides.columns.live, change());
        }
    }

    fn constraints(&self, tables: Pair<&Table>, target: &mut Table, off: &Off) {
        let all_off = off.contains(&Element::Constraints);
        if !all_off && !self.options.extensions.filters() {
            return;
        }
        let part = |constraint| SchemaPart::Constraint(constraint);
        let table = Some(&tables.target.name);
        let all = tables.map(|table| table.constraints().collect::<Vec<_>>());
        let is_one = |a: &Constraint, b: &Constraint| match (a.kind(), b.kind()) {
            (ConstraintKind::PrimaryKey, ConstraintKind::PrimaryKey) => true,
            (a_kind, b_kind) if a_kind == b_kind => match (a.name(), b.name()) {
                (Some(a), Some(b)) => self.dialect.same_name(a, b),
                _ => a == b,
            },
            _ => false,
        };
        let twin = |of: &Constraint, among: &[Constraint]| among.iter().position(|other| is_one(of, other));
        let mut kept: Vec<Constraint> = Vec::new();
        for wanted in &all.target {
            let live = twin(wanted, &all.live).map(|place| &all.live[place]);
            if !all_off && self.includes(live.map(part), Some(part(wanted)), table) {
                kept.push(wanted.clone());
            } else {
                kept.extend(live.cloned());
            }
        }
        for live in &all.live {
            let is_alone = twin(live, &all.target).is_none();
            if is_alone && (all_off || !self.includes(Some(part(live)), None, table)) {
                kept.push(live.clone());
            }
        }
        target.primary_key = None;
        target.uniques.clear();
        target.foreign_keys.clear();
        target.checks.clear();
        target.excludes.clear();
        for constraint in kept {
            target.add_constraint(constraint);
        }
    }

    fn indexes(&self, tables: Pair<&Table>, target: &mut Table, off: &Off) {
        let all_off = off.contains(&Element::Indexes);
        let part = |index| SchemaPart::Index(index);
        let table = Some(&tables.target.name);
        let matched = Matched::by_key(&tables.live.indexes, &tables.target.indexes, |index: &Index| {
            self.dialect.fold(&index.name)
        });
        let mut kept: Vec<Index> = Vec::new();
        for index in matched.target_only {
            if !all_off && self.includes(None, Some(part(index)), table) {
                kept.push(index.clone());
            }
        }
        for index in matched.live_only {
            if all_off || !self.includes(Some(part(index)), None, table) {
                kept.push(index.clone());
            }
        }
        for pair in matched.both {
            let is_compared =
                !all_off && self.includes(Some(part(pair.live)), Some(part(pair.target)), table);
            kept.push(if is_compared { pair.target } else { pair.live }.clone());
        }
        kept.sort_by(|a, b| a.name.cmp(&b.name));
        target.indexes = kept;
    }
}

/// Takes over from the live side what `is_compared` says no to. Gives what is compared and on both sides: the live one, and the key in the target.
fn settle<'s, K: Ord + Clone, V: Clone, F: Ord>(
    maps: Pair<&'s BTreeMap<K, V>>,
    target: &mut BTreeMap<K, V>,
    key: impl Fn(&V) -> F,
    mut is_compared: impl FnMut(Option<&'s V>, Option<&'s V>) -> bool,
) -> Vec<(&'s V, K)> {
    let matched = Matched::by_key(maps.live.iter(), maps.target.iter(), |(_, value)| key(value));
    for (name, value) in matched.target_only {
        if !is_compared(None, Some(value)) {
            target.remove(name);
        }
    }
    for (name, value) in matched.live_only {
        if !is_compared(Some(value), None) {
            target.insert(name.clone(), value.clone());
        }
    }
    let mut compared = Vec::new();
    for pair in matched.both {
        let ((live_name, live), (name, wanted)) = (pair.live, pair.target);
        if is_compared(Some(live), Some(wanted)) {
            compared.push((live, name.clone()));
        } else {
            target.remove(name);
            target.insert(live_name.clone(), live.clone());
        }
    }
    compared
}
