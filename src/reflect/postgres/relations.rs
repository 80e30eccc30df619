//! Relations and their columns: tables take shape here, other kinds for those who write their definitions.

use super::catalog::{Catalog, Field, Relation, RelationKind};
use super::query::Cells;
use super::spelling::{bare, type_name};
use super::{Oid, class};
use crate::Result;
use crate::schema::{Column, Generated, GeneratedKind, Identity, Part, SequenceOptions, Sql, Table};

/// One row of `relations.sql`.
pub(super) fn relation(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let oid: Oid = row.number()?;
    let namespace = row.number()?;
    let name = catalog.name(Some(namespace), row.text()?);
    let kind = match row.text()?.as_str() {
        "p" => RelationKind::Partitioned,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        "f" => RelationKind::ForeignTable,
        "c" => RelationKind::CompositeType,
        "S" => RelationKind::Sequence,
        _ => RelationKind::Table,
    };
    // Whether a sequence is one of its own is known later.
    if kind != RelationKind::Sequence && !catalog.filter.admits(kind.word(), &name.name, None) {
        return Ok(());
    }
    let sql = row.text()?;
    let row_type: Oid = row.number()?;
    let flags = row.text()?;
    let tablespace: Option<Oid> = row.optional_number()?;
    let access_method: Option<Oid> = row.optional_number()?;
    let of_type = row.optional()?;
    let partition_by = row.optional()?;
    let bound = row.optional()?;
    let parents = row.numbers()?;
    let is_table = matches!(kind, RelationKind::Table | RelationKind::Partitioned);
    let mut table = is_table.then(|| Box::new(Table::new(name.clone())));
    if let Some(table) = &mut table {
        for (flag, key, value) in [
            ('u', "unlogged", ""),
            ('r', "row_security", ""),
            ('f', "force_row_security", ""),
            ('N', "replica_identity", "nothing"),
            ('F', "replica_identity", "full"),
        ] {
            if flags.contains(flag) {
                table.options.insert(key.to_owned(), value.to_owned());
            }
        }
        let tablespace = tablespace.and_then(|oid| catalog.tablespaces.get(&oid).cloned());
        let access_method = access_method.and_then(|oid| catalog.access_methods.get(&oid).cloned());
        for (key, value) in [
            ("tablespace", tablespace),
            ("access_method", access_method),
            ("of_type", of_type),
            ("partition_by", partition_by),
            ("partition_bound", bound.clone()),
        ] {
            if let Some(value) = value {
                table.options.insert(key.to_owned(), value);
            }
        }
        for (name, value) in row.options()? {
            table.options.insert(format!("with.{name}"), value);
        }
        for (name, value) in row.options()? {
            table.options.insert(format!("with.toast.{name}"), value);
        }
        table.comment = catalog.comment(class::RELATION, oid);
    }
    match kind {
        RelationKind::CompositeType => {
            catalog
                .parts
                .insert((class::RELATION, oid), Part::Type(name.clone()));
            catalog
                .parts
                .insert((class::TYPE, row_type), Part::Type(name.clone()));
        }
        RelationKind::Sequence => {
            catalog
                .parts
                .insert((class::RELATION, oid), Part::Sequence(name.clone()));
        }
        _ => {
            catalog
                .parts
                .insert((class::RELATION, oid), Part::Relation(name.clone()));
            catalog
                .parts
                .insert((class::TYPE, row_type), Part::Relation(name.clone()));
        }
    }
    catalog.relations.insert(
        oid,
        Relation {
            kind,
            name,
            sql,
            table,
            row_type,
            fields: Vec::new(),
            called: Vec::new(),
            checks: Vec::new(),
            parents,
            bound,
            is_unlogged: flags.contains('u'),
        },
    );
    Ok(())
}

/// One row of `columns.sql`.
pub(super) fn column(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let relation: Oid = row.number()?;
    let number: i16 = row.number()?;
    let Some(owner) = catalog.relations.get(&relation) else {
        return Ok(());
    };
    let is_view = matches!(owner.kind, RelationKind::View | RelationKind::MaterializedView);
    let mut column = Column::new(row.text()?, type_name(&row.text()?));
    let base_type = row.number()?;
    let flags = row.text()?;
    let default_oid: Option<Oid> = row.optional_number()?;
    let default = row.optional()?;
    let own_collation: Option<Oid> = row.optional_number()?;
    let collation = row.optional_number()?;
    let storage = row.optional()?;
    let compression = row.optional()?;
    let statistics = row.optional()?;
    let attributes = row.options()?;
    let sql = row.optional()?;
    let foreign_options = row.optional()?;

    column.not_null = flags.contains('n');
    for flag in flags.chars() {
        match flag {
            'a' => column.identity = Some(Identity::Always(SequenceOptions::default())),
            'd' => column.identity = Some(Identity::ByDefault(SequenceOptions::default())),
            _ => {}
        }
    }
    let kind = match () {
        () if flags.contains('s') => Some(GeneratedKind::Stored),
        () if flags.contains('v') => Some(GeneratedKind::Virtual),
        () => None,
    };
    match (kind, default) {
        (Some(kind), Some(expression)) => {
            column.generated = Some(Generated {
                expression: bare(&expression),
                kind,
            });
        }
        (_, default) => column.default = default.map(Sql::new),
    }
    column.collation = own_collation.and_then(|oid| Some(catalog.collations.get(&oid)?.0.clone()));
    let storage = storage.and_then(|letter| {
        Some(match letter.as_str() {
            "p" => "plain",
            "e" => "external",
            "x" => "extended",
            "m" => "main",
            _ => return None,
        })
    });
    let compression = compression.and_then(|letter| {
        Some(match letter.as_str() {
            "p" => "pglz",
            "l" => "lz4",
            _ => return None,
        })
    });
    for (key, value) in [
        ("storage", storage.map(str::to_owned)),
        ("compression", compression.map(str::to_owned)),
        ("statistics", statistics),
        ("inherited", flags.contains('i').then(String::new)),
    ] {
        if let Some(value) = value {
            column.options.insert(key.to_owned(), value);
        }
    }
    for (name, value) in attributes {
        column.options.insert(format!("attribute.{name}"), value);
    }
    column.comment = catalog
        .comments
        .remove(&(class::RELATION, relation, i32::from(number)));
    if let Some(oid) = default_oid {
        if is_view {
            // It is part of the view's definition.
            let part = Part::Relation(owner.name.clone());
            catalog.parts.insert((class::DEFAULT, oid), part);
        } else {
            catalog.defaults.insert(oid, (relation, number));
        }
    }
    let field = Field {
        number,
        column,
        sql,
        foreign_options,
        base_type,
        collation,
    };
    if let Some(owner) = catalog.relations.get_mut(&relation) {
        owner.fields.push(field);
    }
    Ok(())
}

/// All columns are there: puts them in order, and parents to their names.
pub(super) fn arrange(catalog: &mut Catalog<'_>) {
    for relation in catalog.relations.values_mut() {
        relation.fields.sort_by_key(|field| field.number);
    }
    let mut parents: Vec<(Oid, String)> = Vec::new();
    for (oid, relation) in &catalog.relations {
        let names: Vec<&str> = relation
            .parents
            .iter()
            .filter_map(|parent| Some(catalog.relations.get(parent)?.sql.as_str()))
            .collect();
        if !names.is_empty() {
            parents.push((*oid, names.join(", ")));
        }
    }
    for (oid, names) in parents {
        if let Some(relation) = catalog.relations.get_mut(&oid)
            && let Some(table) = &mut relation.table
        {
            let key = if relation.bound.is_some() {
                "partition_of"
            } else {
                "inherits"
            };
            table.options.insert(key.to_owned(), names);
        }
    }
}

/// Everything on tables is there: hands them to the schema.
pub(super) fn finish(catalog: &mut Catalog<'_>) {
    let filter = catalog.filter;
    let mut tables = Vec::new();
    for relation in catalog.relations.values_mut() {
        let Some(mut table) = relation.table.take() else {
            continue;
        };
        // Queries that follow need only what its columns are called.
        let fields = std::mem::take(&mut relation.fields);
        relation.called = fields.iter().map(|f| (f.number, f.column.name.clone())).collect();
        table.columns = fields
            .into_iter()
            .map(|field| field.column)
            .filter(|column| filter.admits("column", &column.name, Some(&table.name.name)))
            .collect();
        table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
        table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
        table.checks.sort_by(|a, b| a.name.cmp(&b.name));
        table.excludes.sort_by(|a, b| a.name.cmp(&b.name));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        tables.push(*table);
    }
    for table in tables {
        catalog.schema.insert_table(table);
    }
}
