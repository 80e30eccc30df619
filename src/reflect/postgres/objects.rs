//! Objects: what the queries of definitions give, and what of it is written here (composite types, foreign tables).

use super::catalog::{Catalog, Relation, RelationKind, id};
use super::query::{Cells, array};
use super::spelling::literal;
use super::{Oid, class};
use crate::Result;
use crate::schema::{EnumType, Generated, GeneratedKind, Name, ObjectId, ObjectKind, Part};
use std::fmt::Write;

/// One row of a query of definitions.
pub(super) fn object(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let kind_catalog: Oid = row.number()?;
    let oid: Oid = row.number()?;
    let kind = row.text()?;
    let namespace: Option<Oid> = row.optional_number()?;
    let name = row.text()?;
    let signature = row.optional()?;
    let on: Option<Oid> = row.optional_number()?;
    let definition = row.optional()?;
    let shape = row.optional()?;
    let Some(mut definition) = definition else {
        // A view or function that went while it was read has no definition, and some kinds never have one.
        if matches!(kind.as_str(), "subscription" | "security label")
            && catalog.filter.admits(&kind, &name, None)
        {
            let why = shape.map_or_else(String::new, |why| format!(", {why},"));
            catalog.left_alone.push(format!("{kind} {name}{why}"));
            let id = ObjectId {
                kind: ObjectKind::from_text(kind),
                ..id("", catalog.name(namespace, name))
            };
            catalog.untold.insert(id);
        }
        return Ok(());
    };
    let name = catalog.name(namespace, name);
    if kind == "enum" {
        if catalog.filter.admits(&kind, &name.name, None) {
            let comment = catalog.comment(kind_catalog, oid);
            catalog
                .parts
                .insert((kind_catalog, oid), Part::Type(name.clone()));
            let values = shape.map_or_else(Vec::new, |text| array(&text));
            let values = values.into_iter().flatten().collect();
            catalog.schema.enums.insert(
                name.clone(),
                EnumType {
                    name,
                    values,
                    comment,
                },
            );
        }
        return Ok(());
    }
    let relation = (kind_catalog == class::RELATION).then_some(oid);
    if let Some(oid) = relation {
        let Some(relation) = catalog.relations.get(&oid) else {
            return Ok(());
        };
        if relation.kind == RelationKind::ForeignTable {
            definition = foreign_table(catalog, relation, &definition);
        }
    }
    let on_name = on.and_then(|oid| Some(catalog.relations.get(&oid)?.name.clone()));
    let id = ObjectId {
        kind: ObjectKind::from_text(kind),
        name,
        signature,
        on: on_name,
    };
    if !catalog.insert(kind_catalog, oid, id.clone(), on, definition) {
        return Ok(());
    }
    let shape = match (shape, relation.and_then(|oid| catalog.relations.get(&oid))) {
        (Some(shape), _) => array(&shape).into_iter().flatten().collect(),
        (None, Some(relation)) if relation.kind == RelationKind::View => columns(relation),
        (None, _) => return Ok(()),
    };
    catalog.schema.shapes.insert(id, shape);
    Ok(())
}

/// What a replaced view must keep: its columns.
fn columns(view: &Relation) -> Vec<String> {
    let fields = view.fields.iter().map(|field| {
        let column = &field.column;
        let collation = column.collation.as_ref().map_or("", Name::as_str);
        format!("{} {} {collation}", column.name, column.ty)
            .trim_end()
            .to_owned()
    });
    fields.collect()
}

/// Composite types, which come with the relations, and the comments on the columns of what is no table.
pub(super) fn of_relations(catalog: &mut Catalog<'_>) {
    let composite = |relation: &Relation| relation.kind == RelationKind::CompositeType;
    let composites: Vec<(Oid, Oid)> = catalog
        .relations
        .iter()
        .filter(|(_, relation)| composite(relation))
        .map(|(oid, relation)| (*oid, relation.row_type))
        .collect();
    for (relation, row_type) in composites {
        let Some(composite) = catalog.relations.get(&relation) else {
            continue;
        };
        let columns: Vec<String> = composite
            .fields
            .iter()
            .map(|field| {
                let name = field.sql.as_deref().unwrap_or_default();
                format!(
                    "    {name} {}{}",
                    field.column.ty,
                    collate(catalog, composite, field.number)
                )
            })
            .collect();
        let list = if columns.is_empty() {
            String::new()
        } else {
            format!("\n{}\n", columns.join(",\n"))
        };
        let definition = format!("CREATE TYPE {} AS ({list})", composite.sql);
        let id = id("composite type", composite.name.clone());
        catalog.insert(class::TYPE, row_type, id, None, definition);
    }
    let mut facets = Vec::new();
    for relation in catalog.relations.values() {
        if relation.table.is_some() {
            continue;
        }
        for field in &relation.fields {
            if let Some(comment) = &field.column.comment {
                let id = ObjectId {
                    on: Some(relation.name.clone()),
                    ..id("column comment", relation.name.sibling(field.column.name.clone()))
                };
                let column = field.sql.as_deref().unwrap_or_default();
                let sql = format!(
                    "COMMENT ON COLUMN {}.{column} IS {}",
                    relation.sql,
                    literal(comment)
                );
                let subject = match relation.kind {
                    RelationKind::CompositeType => Part::Type(relation.name.clone()),
                    _ => Part::Relation(relation.name.clone()),
                };
                facets.push((id, subject, sql));
            }
        }
    }
    for (id, subject, sql) in facets {
        catalog.insert_facet(id, Some(subject), sql);
    }
}

fn collate(catalog: &Catalog<'_>, relation: &Relation, number: i16) -> String {
    let field = relation
        .field(number)
        .filter(|field| field.column.collation.is_some());
    field
        .and_then(|field| catalog.collations.get(&field.collation?))
        .map_or_else(String::new, |(_, sql)| format!(" COLLATE {sql}"))
}

/// A foreign table from its columns; `tail` is what stands behind them.
fn foreign_table(catalog: &Catalog<'_>, table: &Relation, tail: &str) -> String {
    let mut items = Vec::new();
    let mut after = String::new();
    for field in &table.fields {
        let column = &field.column;
        let name = field.sql.as_deref().unwrap_or_default();
        let mut item = format!("    {name} {}", column.ty);
        if let Some(options) = &field.foreign_options {
            let _ = write!(item, " OPTIONS ({options})");
        }
        item.push_str(&collate(catalog, table, field.number));
        if let Some(default) = &column.default {
            let _ = write!(item, " DEFAULT {default}");
        }
        if let Some(Generated { expression, kind }) = &column.generated {
            let kind = match kind {
                GeneratedKind::Stored => "STORED",
                GeneratedKind::Virtual => "VIRTUAL",
            };
            let _ = write!(item, " GENERATED ALWAYS AS ({expression}) {kind}");
        }
        if column.not_null {
            if let Some(name) = column.options.get("not_null_name") {
                let _ = write!(item, " CONSTRAINT \"{}\"", name.replace('"', "\"\""));
            }
            item.push_str(" NOT NULL");
            if column.options.contains_key("not_null_no_inherit") {
                item.push_str(" NO INHERIT");
            }
        }
        items.push(item);
        let alter = format!(";\nALTER FOREIGN TABLE {} ALTER COLUMN {name} SET", table.sql);
        if let Some(statistics) = column.options.get("statistics") {
            let _ = write!(after, "{alter} STATISTICS {statistics}");
        }
        if let Some(storage) = column.options.get("storage") {
            let _ = write!(after, "{alter} STORAGE {}", storage.to_uppercase());
        }
        let attributes: Vec<String> = column
            .options
            .iter()
            .filter_map(|(key, value)| Some(format!("{}={value}", key.strip_prefix("attribute.")?)))
            .collect();
        if !attributes.is_empty() {
            let _ = write!(after, "{alter} ({})", attributes.join(", "));
        }
    }
    let mut checks: Vec<_> = table.checks.iter().collect();
    checks.sort_by(|a, b| a.name.cmp(&b.name));
    for check in checks {
        let name = check.name.as_ref().map_or("", Name::as_str).replace('"', "\"\"");
        let sql = format!("CONSTRAINT \"{name}\" CHECK ({})", check.expression);
        let inherit = if check.options.contains_key("no_inherit") {
            " NO INHERIT"
        } else {
            ""
        };
        if check.options.contains_key("not_valid") {
            let _ = write!(
                after,
                ";\nALTER FOREIGN TABLE {} ADD {sql}{inherit} NOT VALID",
                table.sql
            );
        } else {
            items.push(format!("    {sql}{inherit}"));
        }
        if let Some(comment) = check.options.get("comment") {
            let _ = write!(
                after,
                ";\nCOMMENT ON CONSTRAINT \"{name}\" ON {} IS {}",
                table.sql,
                literal(comment)
            );
        }
    }
    let parents: Vec<&str> = table
        .parents
        .iter()
        .filter_map(|parent| Some(catalog.relations.get(parent)?.sql.as_str()))
        .collect();
    let mut sql = format!("CREATE FOREIGN TABLE {} (\n{}", table.sql, items.join(",\n"));
    match &table.bound {
        None if !parents.is_empty() => {
            // The list of columns ends in front of the parents.
            let (end, rest) = tail.split_at(tail.find("\nSERVER").unwrap_or(0));
            let _ = write!(sql, "{end}\nINHERITS ({}){rest}", parents.join(", "));
        }
        bound => {
            sql.push_str(tail);
            if let (Some(bound), Some(parent)) = (bound, parents.first()) {
                let _ = write!(
                    after,
                    ";\nALTER TABLE {parent} ATTACH PARTITION {} {bound}",
                    table.sql
                );
            }
        }
    }
    sql + &after
}
