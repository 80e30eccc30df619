//! Indexes: those of tables, those that implement constraints, and those of materialized views, which are objects.

use super::catalog::{Catalog, RelationKind, id};
use super::constraints::{Constraints, Key};
use super::query::{Cells, array, pair};
use super::spelling::{bare, literal};
use super::{Oid, class};
use crate::Result;
use crate::dialect::postgres::option::PARAMETER_ORDER;
use crate::schema::ONLY;
use crate::schema::{Index, IndexPart, Name, Nulls, ObjectId, Options, Order, Part, Sql};
use std::collections::BTreeMap;
use std::fmt::Write;

const BTREE: Oid = 403;
/// The collation of types that name none.
const DEFAULT_COLLATION: Oid = 100;

/// One row of `indexes.sql`.
struct Row {
    oid: Oid,
    relation: Oid,
    name: Name,
    method: Oid,
    flags: String,
    keys: usize,
    columns: Vec<i16>,
    classes: Vec<Oid>,
    collations: Vec<Oid>,
    sorting: Vec<i16>,
    expressions: Vec<String>,
    predicate: Option<String>,
    options: Vec<(String, String)>,
    tablespace: Option<Oid>,
    parent: Option<Oid>,
    attributes: BTreeMap<usize, Attribute>,
    definition: Option<String>,
    /// Its namespace and name as SQL, where the definition is.
    sql: Option<(String, String)>,
}

/// What a column of an index has that few have.
struct Attribute {
    statistics: Option<String>,
    /// Parameters of its operator class.
    parameters: Vec<(String, String)>,
}

impl Row {
    fn read(mut row: Cells) -> Result<Self> {
        Ok(Self {
            oid: row.number()?,
            relation: row.number()?,
            name: Name::new(row.text()?),
            method: row.number()?,
            flags: row.text()?,
            keys: row.number()?,
            columns: row.numbers()?,
            classes: row.numbers()?,
            collations: row.numbers()?,
            sorting: row.numbers()?,
            expressions: row.texts()?,
            predicate: row.optional()?,
            options: row.options()?,
            tablespace: row.optional_number()?,
            parent: row.optional_number()?,
            attributes: row.array()?.chunks(3).filter_map(attribute).collect(),
            definition: row.optional()?,
            sql: row.optional()?.zip(row.optional()?),
        })
    }
}

fn attribute(cells: &[Option<String>]) -> Option<(usize, Attribute)> {
    let [number, statistics, parameters] = cells else {
        return None;
    };
    let parameters = array(parameters.as_deref().unwrap_or_default());
    let attribute = Attribute {
        statistics: statistics.clone(),
        parameters: parameters.iter().flatten().map(|text| pair(text)).collect(),
    };
    Some((number.as_deref()?.parse().ok()?, attribute))
}

/// What is known only when all indexes are read: what those of partitions come from.
#[derive(Default)]
pub(super) struct Indexes {
    /// The names of indexes of partitioned tables.
    partitioned: BTreeMap<Oid, Name>,
    /// The tables and names of indexes that come from others.
    inherited: Vec<(Oid, Name, Oid)>,
}

impl Indexes {
    /// Takes one row of `indexes.sql`, and gives a table its index or key.
    pub(super) fn take(
        &mut self,
        catalog: &mut Catalog<'_>,
        constraints: &Constraints,
        row: Cells,
    ) -> Result<()> {
        let row = Row::read(row)?;
        if !catalog.relations.contains_key(&row.relation) {
            return Ok(());
        }
        if row.flags.contains('p') {
            self.partitioned.insert(row.oid, row.name.clone());
        }
        mark_table(catalog, &row);
        if row.definition.is_some() {
            of_materialized_view(catalog, row);
        } else if let Some(constraint) = constraints.of_index(row.oid) {
            if let Some(relation) = catalog.relations.get(&row.relation) {
                let part = Part::Constraint(relation.name.clone(), constraint.clone());
                catalog.parts.insert((class::RELATION, row.oid), part);
            }
            let comment = catalog.comment(class::RELATION, row.oid);
            let (parts, include) = parts(catalog, &row);
            let mut options = storage(catalog, &row);
            if row.flags.contains('i') && row.flags.contains('p') {
                options.insert(ONLY.to_owned(), String::new());
            }
            let key = Key {
                parts,
                include,
                nulls_not_distinct: row.flags.contains('n'),
                method: method(catalog, &row),
                predicate: row.predicate.as_deref().map(bare),
                options,
                comment,
            };
            constraints.key(catalog, row.oid, key);
        } else {
            if let Some(parent) = row.parent {
                self.inherited.push((row.relation, row.name.clone(), parent));
            }
            of_table(catalog, &row);
        }
        Ok(())
    }

    /// All rows are there: tells indexes of partitions what they come from.
    pub(super) fn settle(self, catalog: &mut Catalog<'_>) {
        for (table, name, parent) in &self.inherited {
            let parent = self.partitioned.get(parent);
            if let Some(table) = catalog.table(*table)
                && let Some(index) = table.indexes.iter_mut().find(|index| index.name == *name)
            {
                let parent = parent.map(Name::to_string).unwrap_or_default();
                index.options.insert("inherited".to_owned(), parent);
            }
        }
    }
}

fn of_table(catalog: &mut Catalog<'_>, row: &Row) {
    let Some(relation) = catalog.relations.get(&row.relation) else {
        return;
    };
    if !catalog.admits("index", &row.name, Some(relation)) {
        return;
    }
    let part = Part::Index(relation.name.clone(), row.name.clone());
    catalog.parts.insert((class::RELATION, row.oid), part);
    let (parts, include) = parts(catalog, row);
    let mut options = storage(catalog, row);
    if row.flags.contains('i') {
        let key = if row.flags.contains('p') { ONLY } else { "invalid" };
        options.insert(key.to_owned(), String::new());
    }
    for (number, attribute) in &row.attributes {
        if let Some(statistics) = &attribute.statistics {
            options.insert(format!("statistics.{number}"), statistics.clone());
        }
    }
    let index = Index {
        unique: row.flags.contains('u'),
        method: method(catalog, row),
        parts,
        include,
        predicate: row.predicate.as_deref().map(bare),
        nulls_not_distinct: row.flags.contains('n'),
        comment: catalog.comment(class::RELATION, row.oid),
        options,
        ..Index::new(row.name.clone())
    };
    if let Some(table) = catalog.table(row.relation) {
        table.indexes.push(index);
    }
}

/// What an index says about its table.
fn mark_table(catalog: &mut Catalog<'_>, row: &Row) {
    let name = &row.name;
    if let Some(table) = catalog.table(row.relation) {
        if row.flags.contains('c') {
            table.options.insert("clustered_on".to_owned(), name.to_string());
        }
        if row.flags.contains('r') {
            let value = format!("index {name}");
            table.options.insert("replica_identity".to_owned(), value);
        }
    }
}

fn of_materialized_view(catalog: &mut Catalog<'_>, row: Row) {
    let Some(relation) = catalog.relations.get(&row.relation) else {
        return;
    };
    debug_assert_eq!(relation.kind, RelationKind::MaterializedView);
    let mut definition = row.definition.unwrap_or_default();
    let (namespace, index) = row.sql.unwrap_or_default();
    let sql = format!("{namespace}.{index}");
    if let Some(tablespace) = row.tablespace.and_then(|oid| catalog.tablespaces.get(&oid)) {
        let _ = write!(
            definition,
            ";\nALTER INDEX {sql} SET TABLESPACE \"{}\"",
            tablespace.replace('"', "\"\"")
        );
    }
    for (number, attribute) in &row.attributes {
        if let Some(statistics) = &attribute.statistics {
            let _ = write!(
                definition,
                ";\nALTER INDEX {sql} ALTER COLUMN {number} SET STATISTICS {statistics}"
            );
        }
    }
    if row.flags.contains('c') {
        let _ = write!(
            definition,
            ";\nALTER MATERIALIZED VIEW {} CLUSTER ON {index}",
            relation.sql
        );
    }
    let on = relation.name.clone();
    let id = ObjectId {
        on: Some(on.clone()),
        ..id("index", on.sibling(row.name))
    };
    catalog.insert(class::RELATION, row.oid, id, Some(row.relation), definition);
}

fn method(catalog: &Catalog<'_>, row: &Row) -> Option<Name> {
    let name = catalog.access_methods.get(&row.method);
    name.filter(|_| row.method != BTREE)
        .map(|name| Name::new(name.as_str()))
}

fn storage(catalog: &Catalog<'_>, row: &Row) -> Options {
    let mut options = Options::new();
    for (name, value) in &row.options {
        options.insert(format!("with.{name}"), value.clone());
    }
    let order: Vec<&str> = row.options.iter().map(|(name, _)| name.as_str()).collect();
    if !order.is_sorted() {
        options.insert(PARAMETER_ORDER.to_owned(), order.join(", "));
    }
    if let Some(tablespace) = row.tablespace.and_then(|oid| catalog.tablespaces.get(&oid)) {
        options.insert("tablespace".to_owned(), tablespace.clone());
    }
    options
}

/// The key parts and the columns carried along.
fn parts(catalog: &Catalog<'_>, row: &Row) -> (Vec<IndexPart>, Vec<Name>) {
    let mut expressions = row.expressions.iter();
    let mut parts = Vec::with_capacity(row.keys);
    for (at, number) in row.columns.iter().take(row.keys).enumerate() {
        let field = catalog.field(row.relation, *number);
        let mut part = match field {
            Some(field) => IndexPart::column(field.column.name.clone()),
            None => IndexPart::expression(expressions.next().map_or_else(|| Sql::new(""), |e| bare(e))),
        };
        let sorting = row.sorting.get(at).copied().unwrap_or(0);
        let (descends, nulls_first) = (sorting & 1 != 0, sorting & 2 != 0);
        if descends {
            part.order = Order::Descending;
        }
        part.nulls = match (descends, nulls_first) {
            (false, true) => Some(Nulls::First),
            (true, false) => Some(Nulls::Last),
            _ => None,
        };
        let collation = row.collations.get(at).copied().filter(|oid| *oid != 0);
        let usual = field.map_or(Some(DEFAULT_COLLATION), |field| field.collation);
        part.collation = collation
            .filter(|_| collation != usual)
            .and_then(|oid| Some(catalog.collations.get(&oid)?.0.clone()));
        let attribute = row.attributes.get(&(at + 1));
        let parameters = attribute.map_or(&[][..], |attribute| &attribute.parameters);
        let class = row
            .classes
            .get(at)
            .and_then(|oid| catalog.operator_classes.get(oid));
        part.operator_class = class.and_then(|class| {
            let own = field.is_some_and(|f| catalog.default_classes.contains(&(class.method, f.base_type)));
            let is_usual = class.is_default && (!own || field.is_some_and(|f| f.base_type == class.input));
            if is_usual && parameters.is_empty() {
                return None;
            }
            let mut sql = class.sql.clone();
            if !parameters.is_empty() {
                let list: Vec<String> = parameters
                    .iter()
                    .map(|(name, value)| format!("{name}={}", literal(value)))
                    .collect();
                let _ = write!(sql, " ({})", list.join(", "));
            }
            Some(Sql::new(sql))
        });
        parts.push(part);
    }
    let include = row.columns.iter().skip(row.keys);
    let include =
        include.filter_map(|number| Some(catalog.field(row.relation, *number)?.column.name.clone()));
    (parts, include.collect())
}
