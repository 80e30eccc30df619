//! Declared renames, judged and carried out before anything is compared.
//!
//! In come both schemas and what somebody declared; out come the directives for those renames that hold, the live schema after
//! them, and a notice for each that does not. Nothing here guesses a rename: see `questions`.

use super::pair::{FoldedName, Matched, Pair, fold_qname};
use super::rename::{Rename, RenameOf, RenameOrigin};
use super::settle::{Claim, Spot, Verdict, in_sequence, settle};
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Change, Directive, TableChange, evolve};
use crate::schema::{Column, Name, ObjectId, QName, Schema, Table};
use crate::{Notice, Result};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The live schema under its new names.
#[derive(Debug)]
pub(super) struct Renamed<'a> {
    pub(super) live: Cow<'a, Schema>,
    pub(super) directives: Vec<Directive>,
    pub(super) notices: Vec<Notice>,
}

/// Carries out the renames that hold.
///
/// # Errors
/// When the model cannot follow one, which is a fault of this program.
pub(super) fn apply<'a>(
    schemas: Pair<&'a Schema>,
    renames: &[Rename],
    dialect: &dyn Dialect,
) -> Result<Renamed<'a>> {
    let mut outcome = Renamed {
        live: Cow::Borrowed(schemas.live),
        directives: Vec::new(),
        notices: Vec::new(),
    };
    rename_tables(schemas, renames, dialect, &mut outcome)?;
    rename_columns(schemas.target, renames, dialect, &mut outcome)?;
    Ok(outcome)
}

impl Renamed<'_> {
    fn carry_out(&mut self, directives: Vec<Directive>, dialect: &dyn Dialect) -> Result<()> {
        evolve(self.live.to_mut(), &directives, dialect)?;
        self.directives.extend(directives);
        Ok(())
    }

    /// What an object was called before, by the table it is on.
    pub(super) fn old_id(&self, id: &ObjectId) -> ObjectId {
        let mut id = id.clone();
        let renames = self
            .directives
            .iter()
            .rev()
            .filter_map(|directive| match directive {
                Directive::RenameTable(names) => Some(names),
                _ => None,
            });
        for names in renames {
            if id.on.as_ref() == Some(&names.new) {
                id.on = Some(names.old.clone());
            }
        }
        id
    }

    fn report(&mut self, refused: Vec<(&Rename, Verdict)>) {
        self.notices.extend(
            refused
                .into_iter()
                .map(|(rename, verdict)| notice(rename, verdict)),
        );
    }
}

fn rename_tables(
    schemas: Pair<&Schema>,
    renames: &[Rename],
    dialect: &dyn Dialect,
    outcome: &mut Renamed<'_>,
) -> Result<()> {
    let claims: Vec<Claim<'_, FoldedName<'_>>> = renames
        .iter()
        .filter_map(|rename| match &rename.what {
            RenameOf::Table { old, new } => Some(Claim {
                old: fold_qname(dialect, old),
                new: fold_qname(dialect, new),
                rename,
            }),
            RenameOf::Column { .. } => None,
        })
        .collect();
    if claims.is_empty() {
        return Ok(());
    }
    let tables = schemas.map(|schema| {
        schema
            .tables
            .values()
            .map(|t| (fold_qname(dialect, &t.name), t))
            .collect::<BTreeMap<_, _>>()
    });
    let names = tables
        .as_ref()
        .map(|tables| tables.keys().cloned().collect::<BTreeSet<_>>());
    let likeness = |old: &FoldedName<'_>, new: &FoldedName<'_>| {
        let found = tables.live.get(old).zip(tables.target.get(new));
        found.map_or(0, |(live, target)| {
            table_likeness(Pair::new(live, target), dialect)
        })
    };
    let settled = settle(claims, names.as_ref(), likeness);
    outcome.report(settled.refused);

    let asides = Asides::beside(|name| schemas.live.has(name, dialect) || schemas.target.has(name, dialect));
    for step in in_sequence(settled.valid) {
        let (old, new) = match (step.live, step.target) {
            (Spot::Named(old), Spot::Named(new)) => {
                (tables.live[&old].name.clone(), tables.target[&new].name.clone())
            }
            (Spot::Named(old), Spot::Aside(number)) => {
                let old = &tables.live[&old].name;
                (old.clone(), old.sibling(asides.name(number)))
            }
            (Spot::Aside(number), Spot::Named(new)) => {
                let new = &tables.target[&new].name;
                (new.sibling(asides.name(number)), new.clone())
            }
            (Spot::Aside(_), Spot::Aside(_)) => continue,
        };
        let mut directives = make_room(&new, Pair::new(&outcome.live, schemas.target), dialect);
        directives.push(Directive::RenameTable(Change::new(old, new)));
        outcome.carry_out(directives, dialect)?;
    }
    Ok(())
}

/// A view that has the new name of a table and goes anyhow must go before, with whatever is attached to it.
fn make_room(new: &QName, schemas: Pair<&Schema>, dialect: &dyn Dialect) -> Vec<Directive> {
    let wanted = fold_qname(dialect, new);
    let in_the_way = |schema: &Schema| {
        schema
            .objects
            .keys()
            .filter(|id| id.on.is_none() && fold_qname(dialect, &id.name) == wanted)
            .count()
    };
    if in_the_way(schemas.live) == 0 || in_the_way(schemas.target) > 0 {
        return Vec::new();
    }
    let (attached, views): (Vec<_>, Vec<_>) = schemas
        .live
        .objects
        .values()
        .filter(|object| fold_qname(dialect, object.id.on.as_ref().unwrap_or(&object.id.name)) == wanted)
        .partition(|object| object.id.on.is_some());
    attached
        .into_iter()
        .chain(views)
        .cloned()
        .map(Directive::DropObject)
        .collect()
}

fn rename_columns(
    target: &Schema,
    renames: &[Rename],
    dialect: &dyn Dialect,
    outcome: &mut Renamed<'_>,
) -> Result<()> {
    let mut by_table: BTreeMap<FoldedName<'_>, Vec<Claim<'_, Cow<'_, str>>>> = BTreeMap::new();
    for rename in renames {
        if let RenameOf::Column { table, old, new } = &rename.what {
            let claim = Claim {
                old: dialect.fold(old),
                new: dialect.fold(new),
                rename,
            };
            by_table
                .entry(fold_qname(dialect, table))
                .or_default()
                .push(claim);
        }
    }
    if by_table.is_empty() {
        return Ok(());
    }
    let find = |schema: &Schema| -> BTreeMap<FoldedName<'static>, QName> {
        let owned = |(namespace, name): FoldedName<'_>| {
            (
                namespace.map(|n| Cow::Owned(n.into_owned())),
                Cow::Owned(name.into_owned()),
            )
        };
        schema
            .tables
            .keys()
            .map(|name| (owned(fold_qname(dialect, name)), name.clone()))
            .collect()
    };
    let known = Pair::new(find(&outcome.live), find(target));
    for (key, claims) in by_table {
        let tables = Pair::new(known.live.get(&key), known.target.get(&key));
        let (Some(live), Some(wanted)) = (tables.live, tables.target) else {
            let verdict = if tables.target.is_some() {
                Verdict::NewTable
            } else {
                Verdict::NoTable
            };
            outcome.report(claims.into_iter().map(|claim| (claim.rename, verdict)).collect());
            continue;
        };
        let tables = Pair::new(outcome.live.tables[live].clone(), target.tables[wanted].clone());
        let (changes, refused) = columns_of(tables.as_ref(), claims, dialect);
        outcome.report(refused);
        if !changes.is_empty() {
            let table = tables.live.name;
            outcome.carry_out(
                vec![Directive::AlterTable(AlterTable { table, changes })],
                dialect,
            )?;
        }
    }
    Ok(())
}

/// The changes that rename columns of one table, and the claims that do not hold.
fn columns_of<'r>(
    tables: Pair<&Table>,
    claims: Vec<Claim<'r, Cow<'_, str>>>,
    dialect: &dyn Dialect,
) -> (Vec<TableChange>, Vec<(&'r Rename, Verdict)>) {
    let canonical = tables.map(|table| dialect.canonical_table(table));
    let both = Pair::new((tables.live, &canonical.live), (tables.target, &canonical.target));
    let columns = both.map(|(written, canonical)| {
        let columns = written.columns.iter().zip(&canonical.columns);
        columns
            .map(|(w, c)| (dialect.fold(&w.name), (w, c)))
            .collect::<BTreeMap<_, _>>()
    });
    let names = columns
        .as_ref()
        .map(|columns| columns.keys().cloned().collect::<BTreeSet<_>>());
    let likeness = |old: &Cow<'_, str>, new: &Cow<'_, str>| {
        let found = columns.live.get(old).zip(columns.target.get(new));
        found.map_or(0, |((_, live), (_, target))| {
            column_likeness(Pair::new(live, target))
        })
    };
    let settled = settle(claims, names.as_ref(), likeness);
    let has = |table: &Table, name: &str| table.columns.iter().any(|c| dialect.same_name(&c.name, name));
    let asides = Asides::beside(|name| has(tables.live, name) || has(tables.target, name));
    let name_in = |side: &BTreeMap<Cow<'_, str>, (&Column, &Column)>, spot: Spot<Cow<'_, str>>| match spot {
        Spot::Named(name) => side[&name].0.name.clone(),
        Spot::Aside(number) => asides.name(number),
    };
    let changes = in_sequence(settled.valid).into_iter().map(|step| {
        let names = Change::new(
            name_in(&columns.live, step.live),
            name_in(&columns.target, step.target),
        );
        TableChange::RenameColumn(names)
    });
    (changes.collect(), settled.refused)
}

/// Names that nothing has, for what is put aside.
struct Asides<F>(F);

impl<F: Fn(&str) -> bool> Asides<F> {
    /// `is_taken` says which names something has.
    fn beside(is_taken: F) -> Self {
        Self(is_taken)
    }

    fn name(&self, number: usize) -> Name {
        let names = (1..)
            .map(|n| format!("autogen_aside_{n}"))
            .filter(|name| !self.0(name));
        Name::new(names.skip(number).take(1).collect::<String>())
    }
}

impl Schema {
    /// Whether a table, an index or an object has the name.
    fn has(&self, name: &str, dialect: &dyn Dialect) -> bool {
        let is = |other: &str| dialect.same_name(other, name);
        self.tables
            .values()
            .any(|t| is(&t.name.name) || t.indexes.iter().any(|i| is(&i.name)))
            || self.objects.keys().any(|id| is(&id.name.name))
    }
}

/// How many columns of one name two tables share, and how much of each.
fn table_likeness(tables: Pair<&Table>, dialect: &dyn Dialect) -> usize {
    let canonical = tables.map(|table| dialect.canonical_table(table));
    let columns = canonical.as_ref().map(|table| table.columns.iter());
    let matched = Matched::by_key(columns.live, columns.target, |column| dialect.fold(&column.name));
    matched
        .both
        .into_iter()
        .map(|pair| 1 + column_likeness(pair))
        .sum()
}

/// How many attributes two columns share.
fn column_likeness(columns: Pair<&Column>) -> usize {
    let Pair { live, target } = columns;
    [
        live.ty == target.ty,
        live.not_null == target.not_null,
        live.default == target.default,
        live.collation == target.collation,
        live.generated == target.generated,
        live.identity == target.identity,
        live.comment == target.comment,
        live.options == target.options,
    ]
    .into_iter()
    .filter(|is_equal| *is_equal)
    .count()
}

/// What there is to know about a rename that is not carried out.
fn notice(rename: &Rename, verdict: Verdict) -> Notice {
    let (what, old, new) = match &rename.what {
        RenameOf::Table { old, new } => (
            format!("table {old} to {new}"),
            format!("table {old}"),
            format!("table {new}"),
        ),
        RenameOf::Column { table, old, new } => (
            format!("column {table}.{old} to {new}"),
            format!("column {table}.{old}"),
            format!("column {table}.{new}"),
        ),
    };
    let word = match rename.origin {
        RenameOrigin::Hint(_) => "hint",
        RenameOrigin::Flag => "flag",
        RenameOrigin::Answer => "answer",
    };
    let cannot = |why: String| Notice::warning(format!("cannot rename {what}: {why}"));
    let notice = match verdict {
        Verdict::Stale => Notice::new(format!("the {word} to rename {what} is stale, it can be removed"))
            .hint(format!("{new} is there already")),
        Verdict::NewTable => Notice::new(format!("the {word} to rename {what} does nothing, because the table is new")),
        Verdict::Undecidable => Notice::new(format!(
            "the {word} to rename {what} is left alone: it exchanges names, and nothing shows whether that was done already"
        ))
        .hint("if it was not, give --rename for each of the names once; then remove the hints"),
        Verdict::OldUnknown => cannot(format!("there is neither {old} nor {new} in the database")),
        Verdict::NewUnknown => cannot(format!("there is no {new} in the target")),
        Verdict::OldStays => cannot(format!("{old} is still in the target"))
            .hint(format!("remove {old} from the target, or the {word}")),
        Verdict::NewTaken => cannot(format!("the database has {new} already, and {old} too"))
            .hint(format!("move the rows by hand, then drop {old}")),
        Verdict::Contradicted => cannot("another rename says something else about one of these names".to_owned()),
        Verdict::NoTable => cannot("there is no such table in the target".to_owned()),
    };
    match &rename.origin {
        RenameOrigin::Hint(place) => notice.at(place.clone()),
        RenameOrigin::Flag | RenameOrigin::Answer => notice,
    }
}
