//! Sequences: those of serial and identity columns become part of their columns.

use super::catalog::{Catalog, Field, Relation};
use super::query::Cells;
use super::spelling::made_up_name;
use super::{Oid, class};
use crate::Result;
use crate::schema::{Identity, Part, Sequence, SequenceOptions, TypeName};

/// One row of `sequences.sql`.
struct Row {
    oid: Oid,
    ty: String,
    options: SequenceOptions,
    owner: Option<(Oid, i16)>,
    is_identity: bool,
    /// How a default reads that takes from it.
    nextval: String,
}

impl Row {
    fn read(mut row: Cells) -> Result<Self> {
        let oid = row.number()?;
        let ty = row.text()?;
        let (start, increment, min, max, cache): (i64, i64, i64, i64, i64) = (
            row.number()?,
            row.number()?,
            row.number()?,
            row.number()?,
            row.number()?,
        );
        let cycle = row.flag()?;
        let relation: Option<Oid> = row.optional_number()?;
        let number: Option<i16> = row.optional_number()?;
        let is_identity = row.optional()?.as_deref() == Some("i");
        let (lowest, highest) = bounds(&ty);
        let (usual_min, usual_max) = if increment > 0 { (1, highest) } else { (lowest, -1) };
        let usual_start = if increment > 0 { min } else { max };
        let unless = |value: i64, usual: i64| (value != usual).then_some(value);
        Ok(Self {
            oid,
            ty,
            options: SequenceOptions {
                start: unless(start, usual_start),
                increment: unless(increment, 1),
                min: unless(min, usual_min),
                max: unless(max, usual_max),
                cache: unless(cache, 1),
                cycle,
            },
            owner: relation.zip(number),
            is_identity,
            nextval: row.text()?,
        })
    }
}

/// The least and the greatest number of an integer type.
fn bounds(ty: &str) -> (i64, i64) {
    match ty {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

/// One row of `sequences.sql`.
pub(super) fn sequence(catalog: &mut Catalog<'_>, row: Cells) -> Result<()> {
    let row = Row::read(row)?;
    let Some(own) = catalog.relations.get(&row.oid) else {
        return Ok(());
    };
    let (name, sql, is_unlogged) = (own.name.clone(), own.sql.clone(), own.is_unlogged);
    let comment = catalog.comment(class::RELATION, row.oid);
    if let Some((table, number)) = row.owner {
        let Some(owner) = catalog.relations.get_mut(&table) else {
            // It goes with what is out of sight.
            catalog.parts.remove(&(class::RELATION, row.oid));
            return Ok(());
        };
        let part =
            |owner: &Relation, field: &Field| Part::Column(owner.name.clone(), field.column.name.clone());
        let has_usual_name = owner.field(number).is_some_and(|field| {
            let usual = made_up_name(&owner.name.name, &field.column.name, "seq");
            name == owner.name.sibling(usual)
        });
        if row.is_identity {
            if let Some(at) = owner.fields.iter().position(|f| f.number == number) {
                catalog
                    .parts
                    .insert((class::RELATION, row.oid), part(owner, &owner.fields[at]));
                let column = &mut owner.fields[at].column;
                column.identity = match column.identity {
                    Some(Identity::ByDefault(_)) => Some(Identity::ByDefault(row.options)),
                    _ => Some(Identity::Always(row.options)),
                };
                if !has_usual_name {
                    column.options.insert("sequence_name".to_owned(), sql);
                }
                if let Some(comment) = comment {
                    column.options.insert("sequence_comment".to_owned(), comment);
                }
            }
            return Ok(());
        }
        let is_logged_alike = catalog.version < 15 || is_unlogged == owner.is_unlogged;
        let is_plain = has_usual_name
            && comment.is_none()
            && is_logged_alike
            && row.options == SequenceOptions::default();
        let serial = match row.ty.as_str() {
            "smallint" => "smallserial",
            "integer" => "serial",
            _ => "bigserial",
        };
        if is_plain
            && let Some(at) = owner.fields.iter().position(|f| f.number == number)
            && owner.table.is_some()
            && is_numbered(&owner.fields[at], &row)
        {
            catalog
                .parts
                .insert((class::RELATION, row.oid), part(owner, &owner.fields[at]));
            let column = &mut owner.fields[at].column;
            column.ty = TypeName::new(serial);
            column.default = None;
            return Ok(());
        }
    }
    if !catalog.filter.admits("sequence", &name.name, None) {
        catalog.parts.remove(&(class::RELATION, row.oid));
        return Ok(());
    }
    let owned_by = row.owner.and_then(|(table, number)| {
        let relation = catalog.relations.get(&table)?;
        Some((relation.name.clone(), relation.field(number)?.column.name.clone()))
    });
    let ty = (row.ty != "bigint").then(|| TypeName::new(row.ty));
    catalog.schema.sequences.insert(
        name.clone(),
        Sequence {
            name,
            ty,
            options: row.options,
            owned_by,
            comment,
        },
    );
    Ok(())
}

/// Whether a column takes its numbers from the sequence just as one that was declared serial.
fn is_numbered(field: &Field, row: &Row) -> bool {
    let column = &field.column;
    column.not_null
        && column.ty.as_str() == row.ty
        && column
            .default
            .as_ref()
            .is_some_and(|default| default.as_str() == row.nextval)
}
