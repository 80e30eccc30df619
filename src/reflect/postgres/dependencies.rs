//! What leans on what: the rows of `pg_depend` (the manual, 52.18) in the words of the model.

use super::catalog::{Catalog, RelationKind};
use super::query::Cells;
use super::{Oid, class};
use crate::schema::Part;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// A place in the catalog: catalog, number, number of the column or 0.
pub(super) type Address = (Oid, Oid, i32);

/// A place in one catalog: number, number of the column or 0.
type Place = (Oid, i32);

/// The rows of `pg_depend`.
#[derive(Default)]
pub(super) struct Dependencies {
    edges: Vec<(Address, Address)>,
    /// What is only a piece of something else.
    pieces: HashMap<(Oid, Oid), Address>,
    /// The extensions that others are members of.
    members: HashMap<(Oid, Oid), Oid>,
}

impl Dependencies {
    /// Takes one row of `dependencies.sql`: all dependencies between two catalogs.
    pub(super) fn take(&mut self, mut row: Cells) -> Result<()> {
        let catalog: Oid = row.number()?;
        let referenced_catalog: Oid = row.number()?;
        let packed = row.text()?;
        for text in packed.split(',') {
            let Some((from, to, kind)) = edge(text) else {
                return Err(Error::new(
                    ErrorKind::Database,
                    format!(
                        "the catalog gives the dependency `{text}`, which this program does not understand"
                    ),
                ));
            };
            let from = (catalog, from.0, from.1);
            let to = (referenced_catalog, to.0, to.1);
            match kind {
                "e" => {
                    self.members.insert((from.0, from.1), to.1);
                }
                "i" => {
                    self.pieces.insert((from.0, from.1), to);
                    self.edges.push((from, to));
                }
                _ => {
                    // What a publication holds of a table is a piece of the publication.
                    if referenced_catalog == class::PUBLICATION {
                        self.pieces.insert((from.0, from.1), to);
                    }
                    self.edges.push((from, to));
                }
            }
        }
        Ok(())
    }

    /// What something in the catalog is in the model; `None` when it is not there.
    pub(super) fn part(&self, catalog: &Catalog<'_>, address: Address) -> Option<Part> {
        let mut address = address;
        // A piece may be a piece of a piece: the array type of the row type of a table.
        for _ in 0..4 {
            if let Some(part) = self.direct(catalog, address) {
                return Some(part);
            }
            // What fires for a constraint is not the constraint, nor is what the server keeps of it for a partition.
            if matches!(address.0, class::TRIGGER | class::CONSTRAINT) {
                return None;
            }
            address = *self.pieces.get(&(address.0, address.1))?;
        }
        None
    }

    fn direct(&self, catalog: &Catalog<'_>, (class, oid, column): Address) -> Option<Part> {
        if let Some(extension) = self.members.get(&(class, oid)) {
            return catalog.parts.get(&(class::EXTENSION, *extension)).cloned();
        }
        if class == class::DEFAULT
            && let Some((relation, number)) = catalog.defaults.get(&oid)
        {
            let relation = catalog.relations.get(relation)?;
            let column = relation.called(*number)?.clone();
            return Some(match relation.kind {
                RelationKind::Table | RelationKind::Partitioned => {
                    Part::Default(relation.name.clone(), column)
                }
                _ => Part::Relation(relation.name.clone()),
            });
        }
        if class == class::RELATION
            && column > 0
            && let Some(relation) = catalog.relations.get(&oid)
        {
            let column = relation.called(i16::try_from(column).ok()?)?;
            return Some(Part::Column(relation.name.clone(), column.clone()));
        }
        catalog.parts.get(&(class, oid)).cloned()
    }

    /// All that the model knows of is read: puts the dependencies into the schema.
    pub(super) fn settle(&self, catalog: &mut Catalog<'_>) {
        for (from, to) in &self.edges {
            if let Some((part, need)) = self.dependency(catalog, *from, *to) {
                catalog.schema.dependencies.entry(part).or_default().insert(need);
            }
        }
    }

    fn dependency(&self, catalog: &Catalog<'_>, from: Address, to: Address) -> Option<(Part, Part)> {
        let mut part = self.part(catalog, from)?;
        let need = self.part(catalog, to)?;
        // Members of extensions come and go with them.
        if self.members.contains_key(&(from.0, from.1)) {
            return None;
        }
        // Up to version 14 a generated column itself leans on what it is computed from. Others lean on types and collations only.
        let is_computed = match to.0 {
            class::RELATION => from.1 == to.1 && to.2 > 0,
            class::TYPE | class::COLLATION => false,
            _ => true,
        };
        if from.0 == class::RELATION
            && from.2 > 0
            && is_computed
            && let Part::Column(relation, column) = part
        {
            part = Part::Default(relation, column);
        }
        (part != need && !is_own(&part, &need)).then_some((part, need))
    }
}

/// Whether a part leans on what it is a piece of.
fn is_own(part: &Part, need: &Part) -> bool {
    match (part, need) {
        (Part::Default(relation, column), Part::Column(other, named)) => relation == other && column == named,
        // The columns of a view are part of it.
        (Part::Column(relation, _), Part::Relation(other))
        | (Part::Relation(relation), Part::Column(other, _)) => relation == other,
        _ => false,
    }
}

/// `objid objsubid refobjid refobjsubid deptype`.
fn edge(text: &str) -> Option<(Place, Place, &str)> {
    let mut words = text.split(' ');
    let from = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let to = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some((from, to, words.next()?))
}
