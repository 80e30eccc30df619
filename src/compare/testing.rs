//! What tests of comparing need: schemas from SQL, a strict engine, random schemas, and what it means that two schemas are one.
//!
//! Other modules' tests may use all of it.

use super::pair::fold_qname;
use super::{CompareOptions, Comparison, Pair, Rename, RenameOf, RenameOrigin, compare};
use crate::config::Filter;
use crate::database::Connection;
use crate::dialect::sqlite::{Sqlite, VIEW};
use crate::dialect::{Dialect, Engine, Facts, Keeps, KindRule, KindStage, Replace, Session, Statement};
use crate::directive::{Directive, Literal, Naming};
use crate::schema::{
    Action, Check, Column, Deferral, ForeignKey, Generated, GeneratedKind, Identity, Index, IndexPart,
    MatchKind, Name, Object, ObjectId, ObjectKind, Options, Order, PrimaryKey, QName, Schema, Sql, Table,
    Unique,
};
use crate::{Place, Result, dialect};
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The schema that SQLite makes of these statements.
pub(crate) fn schema(sql: &str) -> Schema {
    let read = async {
        let mut connection = Connection::memory().await?;
        connection.execute(sql).await?;
        crate::reflect::reflect(&mut connection, &Filter::default()).await
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let reflection = runtime.expect("a runtime can be built").block_on(read);
    reflection.expect("the statements are right").schema
}

/// Compares what two lists of statements make, for SQLite.
pub(crate) fn compared(live: &str, target: &str) -> Comparison {
    compared_with(live, target, &Sqlite, &CompareOptions::default())
}

/// Compares what two lists of statements make.
pub(crate) fn compared_with(
    live: &str,
    target: &str,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) -> Comparison {
    let schemas = Pair::new(schema(live), schema(target));
    let comparison = compare(schemas.as_ref(), dialect, options).expect("the schemas compare");
    assert_complete(&comparison, schemas.as_ref(), dialect, options);
    comparison
}

/// The upgrade, one line for each directive.
pub(crate) fn summaries(directives: &[Directive]) -> Vec<String> {
    directives.iter().map(Directive::summary).collect()
}

/// Whether the order of columns counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnOrder {
    /// It does.
    Exact,
    /// It does not.
    Any,
}

/// The one spelling of all schemas that are one to the engine.
pub(crate) fn canonical(schema: &Schema, dialect: &dyn Dialect, order: ColumnOrder) -> Schema {
    let mut one = Schema {
        namespaces: schema.namespaces.clone(),
        sequences: schema.sequences.clone(),
        enums: schema.enums.clone(),
        ..Schema::new()
    };
    for table in schema.tables.values() {
        let mut table = dialect.canonical_table(table);
        if order == ColumnOrder::Any {
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        one.insert_table(table);
    }
    for object in schema.objects.values() {
        let mut object = dialect.canonical_object(object);
        object.depends_on.clear();
        one.insert_object(object);
    }
    one
}

/// Asserts that the upgrade leads from live to target, and the downgrade from target to live.
pub(crate) fn assert_complete(
    comparison: &Comparison,
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
    options: &CompareOptions,
) {
    let order = if options.column_order {
        ColumnOrder::Exact
    } else {
        ColumnOrder::Any
    };
    let leads = |from: &Schema, directives: &[Directive], to: &Schema, way: &str| {
        let mut schema = from.clone();
        for directive in directives {
            let step = std::slice::from_ref(directive);
            if let Err(error) = crate::directive::evolve(&mut schema, step, dialect) {
                panic!(
                    "{way} stops at {directive:#?}: {error}\n{:#?}",
                    summaries(directives)
                );
            }
        }
        let ends = Pair::new(schema, to.clone()).map(|schema| canonical(&schema, dialect, order));
        assert_eq!(
            ends.live,
            ends.target,
            "{way} leads elsewhere: {:#?}",
            summaries(directives)
        );
    };
    leads(schemas.live, &comparison.upgrade, schemas.target, "the upgrade");
    leads(
        schemas.target,
        &comparison.downgrade(dialect),
        schemas.live,
        "the downgrade",
    );
}

/// SQLite's spelling with the manners of a strict engine: a foreign key must find its table, a view holds on to what it reads, names
/// can be changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strict;

static STRICT: Facts = Facts {
    transactional_ddl: true,
    foreign_keys_look_ahead: false,
    foreign_keys_hold_columns: false,
    joins_index_changes: false,
    renames_indexes: true,
    renames_constraints: true,
    keys_are_relations: true,
    places_columns: true,
    comments: true,
    tracks_dependencies: false,
    max_identifier: Some(63),
    default_namespace: Some("public"),
};

static STRICT_VIEW: KindRule = KindRule {
    kind: "view",
    noun: "VIEW",
    replace: Replace::InPlace,
    goes_with_table: false,
    holds_data: false,
    binds_early: true,
    keeps: Keeps::Nothing,
    stage: KindStage::Usual,
    reads_by_name: false,
};

impl Naming for Strict {
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Sqlite.fold(name)
    }

    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        Sqlite.rename_in_sql(sql, from, to)
    }

    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        Sqlite.rename_qualifier_in_sql(sql, from, to)
    }
}

impl Dialect for Strict {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn facts(&self) -> &'static Facts {
        &STRICT
    }

    fn kind(&self, kind: &ObjectKind) -> Option<&'static KindRule> {
        if *kind == VIEW {
            Some(&STRICT_VIEW)
        } else {
            Sqlite.kind(kind)
        }
    }

    fn quote(&self, name: &str) -> String {
        Sqlite.quote(name)
    }

    fn literal(&self, value: &Literal) -> String {
        Sqlite.literal(value)
    }

    fn canonical_sql(&self, sql: &str) -> String {
        Sqlite.canonical_sql(sql)
    }

    fn canonical_table(&self, table: &Table) -> Table {
        Sqlite.canonical_table(table)
    }

    fn canonical_object(&self, object: &Object) -> Object {
        Sqlite.canonical_object(object)
    }

    fn session(&self, _: &[Directive]) -> Session {
        Session::default()
    }

    fn compile(&self, _: &Directive, _: &Schema, _: &Schema) -> Result<Vec<Statement>> {
        Ok(Vec::new())
    }

    fn refuses(&self, after: &Table, old: &Column, new: &Column) -> Option<Sql> {
        Sqlite.refuses(after, old, new)
    }

    fn neutral_value(&self, column: &Column) -> Option<Sql> {
        Sqlite.neutral_value(column)
    }
}

/// What a strict engine would refuse in a schema: keys without a table or key to refer to, views of nothing, indexes of no column.
pub(crate) fn faults(schema: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    let mut faults = Vec::new();
    let fold = |name: &QName| fold_qname(dialect, name).1.into_owned();
    let find = |name: &QName| schema.tables.values().find(|t| fold(&t.name) == fold(name));
    let has = |table: &Table, name: &str| table.columns.iter().any(|c| dialect.same_name(&c.name, name));
    for table in schema.tables.values() {
        let parts = table.indexes.iter().flat_map(|i| &i.parts);
        let parts = parts.chain(table.primary_key.iter().flat_map(|k| &k.columns));
        let parts = parts.chain(table.uniques.iter().flat_map(|u| &u.columns));
        let names = parts.filter_map(IndexPart::column_name);
        for name in names.chain(table.foreign_keys.iter().flat_map(|k| &k.columns)) {
            if !has(table, name) {
                faults.push(format!("{} has a key on {name}", table.name));
            }
        }
        for key in &table.foreign_keys {
            match find(&key.table) {
                Some(parent) if is_key(parent, &key.referenced, dialect) => {}
                Some(_) => faults.push(format!("{} refers to no key of {}", table.name, key.table)),
                None => faults.push(format!(
                    "{} refers to {}, which is not there",
                    table.name, key.table
                )),
            }
        }
    }
    for object in schema.objects.values() {
        for read in object.depends_on.iter().chain(&object.id.on) {
            let is_object = schema
                .objects
                .keys()
                .any(|id| id.on.is_none() && fold(&id.name) == fold(read));
            if !is_object && find(read).is_none() {
                faults.push(format!("{} reads {read}, which is not there", object.id));
            }
        }
    }
    faults
}

fn is_key(table: &Table, columns: &[Name], dialect: &dyn Dialect) -> bool {
    let fold = |names: Vec<&Name>| -> BTreeSet<String> {
        names.into_iter().map(|n| dialect.fold(n).into_owned()).collect()
    };
    let of_parts = |parts: &[IndexPart]| fold(parts.iter().filter_map(IndexPart::column_name).collect());
    let wanted = fold(columns.iter().collect());
    let is_primary = table
        .primary_key
        .iter()
        .any(|k| wanted.is_empty() || of_parts(&k.columns) == wanted);
    is_primary
        || table.uniques.iter().any(|u| of_parts(&u.columns) == wanted)
        || table
            .indexes
            .iter()
            .any(|i| i.unique && i.predicate.is_none() && of_parts(&i.parts) == wanted)
}

const TABLES: [&str; 5] = ["a", "b", "c", "d", "e"];
const COLUMNS: [&str; 6] = ["p", "q", "r", "s", "t", "u"];
const TYPES: [&str; 5] = ["integer", "text", "real", "varchar(20)", "numeric(10,2)"];

/// A random schema that SQLite takes, too. Names come from few, so that two schemas have much in common.
pub(crate) fn any_schema() -> BoxedStrategy<Schema> {
    let tables = TABLES.map(|name| prop::option::weighted(0.7, any_table(name)));
    let keys = prop::collection::vec(any_key(), 0..6);
    let indexes = prop::collection::vec(any_index(), 6);
    let objects = prop::collection::vec(prop::option::weighted(0.5, (0..8_usize, 0..6_usize)), 6);
    (tables, keys, indexes, objects)
        .prop_map(|(tables, keys, indexes, objects)| {
            let mut schema = Schema::new();
            for table in tables.into_iter().flatten() {
                schema.insert_table(table);
            }
            for key in keys {
                key.insert_into(&mut schema);
            }
            for (number, index) in indexes.into_iter().enumerate() {
                index.insert_into(&mut schema, number);
            }
            for (number, object) in objects.into_iter().enumerate() {
                if let Some((place, column)) = object {
                    insert_object(&mut schema, number, place, column);
                }
            }
            schema
        })
        .boxed()
}

/// Two random schemas.
pub(crate) fn any_pair() -> impl Strategy<Value = Pair<Schema>> {
    (any_schema(), any_schema()).prop_map(|(live, target)| Pair::new(live, target))
}

/// Two random schemas, and random renames of which many hold.
pub(crate) fn any_renamed_pair() -> impl Strategy<Value = (Pair<Schema>, Vec<Rename>)> {
    let numbers = (0..6_usize, 0..6_usize, 0..6_usize, any::<bool>(), any::<bool>());
    (any_pair(), prop::collection::vec(numbers, 0..8)).prop_map(|(schemas, numbers)| {
        let renames = numbers
            .into_iter()
            .filter_map(|numbers| any_rename(&schemas, numbers))
            .collect();
        (schemas, renames)
    })
}

/// Picks a name of the live side, and one of the target; odd numbers pick among names that the other side does not have.
fn any_rename(schemas: &Pair<Schema>, numbers: (usize, usize, usize, bool, bool)) -> Option<Rename> {
    fn pick<T: PartialEq + Clone>(number: usize, own: &[T], other: &[T]) -> Option<T> {
        let alone: Vec<&T> = own
            .iter()
            .filter(|name| number.is_multiple_of(2) || !other.contains(name))
            .collect();
        alone
            .get(number / 2)
            .or(alone.first())
            .map(|name| (*name).clone())
    }
    let (table, old, new, is_column, is_flag) = numbers;
    let tables =
        Pair::new(&schemas.live, &schemas.target).map(|s| s.tables.keys().cloned().collect::<Vec<_>>());
    let what = if is_column {
        let table = tables.target.get(table)?;
        let columns = Pair::new(&schemas.live, &schemas.target).map(|schema| {
            let columns = schema.tables.get(table).map_or(&[][..], |t| &t.columns);
            columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>()
        });
        RenameOf::Column {
            table: table.clone(),
            old: pick(old, &columns.live, &columns.target)?,
            new: pick(new, &columns.target, &columns.live)?,
        }
    } else {
        RenameOf::Table {
            old: pick(old, &tables.live, &tables.target)?,
            new: pick(new, &tables.target, &tables.live)?,
        }
    };
    let place = Place {
        file: None,
        line: 1,
        column: 1,
        snippet: String::new(),
    };
    let origin = if is_flag {
        RenameOrigin::Flag
    } else {
        RenameOrigin::Hint(place)
    };
    Some(Rename { what, origin })
}

/// In capital letters or not: one name to the engine.
fn any_case(name: &'static str) -> impl Strategy<Value = String> {
    prop::bool::weighted(0.15).prop_map(move |is_upper| {
        if is_upper {
            name.to_uppercase()
        } else {
            name.to_owned()
        }
    })
}

fn any_table(name: &'static str) -> BoxedStrategy<Table> {
    let columns = COLUMNS.map(|name| prop::option::weighted(0.6, any_column(name)));
    let columns = columns
        .prop_map(|c| c.into_iter().flatten().collect::<Vec<_>>())
        .prop_shuffle();
    let uniques = prop::collection::vec((0..6_usize, any_constraint_name("uq", name)), 0..2);
    let checks = prop::collection::vec((0..6_usize, 0..3_usize, any_constraint_name("ck", name)), 0..3);
    let primary = (any::<bool>(), 0..3_u8, any_constraint_name("pk", name));
    (any_case(name), columns, uniques, checks, primary, 0..6_u8)
        .prop_map(
            |(name, columns, uniques, checks, (has_key, key_kind, key_name), kind)| {
                let mut table = Table::new(name);
                table.columns.push(Column::new("id", "integer"));
                table.columns.extend(columns);
                let names: Vec<Name> = table.columns.iter().map(|c| c.name.clone()).collect();
                let pick = |number: usize| names[number % names.len()].clone();
                let has_key = has_key || kind == 1;
                if has_key {
                    let mut columns = vec![IndexPart::column("id")];
                    if key_kind == 1 {
                        columns.extend(plain_columns(&table).nth(1).map(|c| IndexPart::column(&c.name)));
                    }
                    if key_kind == 2 && kind != 1 {
                        table.columns[0].identity = Some(Identity::Auto);
                    }
                    table.primary_key = Some(PrimaryKey {
                        name: key_name.clone(),
                        columns,
                        include: Vec::new(),
                        deferral: Deferral::default(),
                        options: Options::new(),
                    });
                } else {
                    table.uniques.push(unique(key_name.clone(), "id".into()));
                }
                if kind == 1 {
                    table.options.insert("without_rowid".to_owned(), String::new());
                }
                for (column, name) in uniques {
                    let unique = unique(name, pick(column));
                    if !table
                        .uniques
                        .iter()
                        .any(|other| clash(other.name.as_ref(), unique.name.as_ref()))
                    {
                        table.uniques.push(unique);
                    }
                }
                for (column, text, name) in checks {
                    let column = pick(column);
                    let expression = match text {
                        0 => format!("{column} > 0"),
                        1 => format!("{column}>0"),
                        _ => format!("{column} IS NOT 'x' OR id = {text}"),
                    };
                    let check = Check {
                        name,
                        expression: Sql::new(expression),
                        options: Options::new(),
                    };
                    if !table
                        .checks
                        .iter()
                        .any(|other| clash(other.name.as_ref(), check.name.as_ref()))
                    {
                        table.checks.push(check);
                    }
                }
                table
            },
        )
        .boxed()
}

fn clash(a: Option<&Name>, b: Option<&Name>) -> bool {
    a.is_some() && a == b
}

fn plain_columns(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|c| c.generated.is_none())
}

fn unique(name: Option<Name>, column: Name) -> Unique {
    Unique {
        name,
        columns: vec![IndexPart::column(column)],
        include: Vec::new(),
        nulls_not_distinct: false,
        deferral: Deferral::default(),
        options: Options::new(),
    }
}

fn any_constraint_name(kind: &'static str, table: &'static str) -> impl Strategy<Value = Option<Name>> {
    prop::option::of((0..3_u8).prop_map(move |number| Name::new(format!("{kind}_{table}_{number}"))))
}

fn any_column(name: &'static str) -> BoxedStrategy<Column> {
    (
        any_case(name),
        prop::sample::select(&TYPES),
        prop::bool::weighted(0.3),
        0..8_u8,
    )
        .prop_map(|(name, ty, not_null, kind)| {
            let mut column = Column::new(name, ty);
            column.not_null = not_null;
            match kind {
                0 => column.default = Some(Sql::new("5")),
                1 => column.default = Some(Sql::new("'it''s'")),
                2 => column.default = Some(Sql::new("CURRENT_TIMESTAMP")),
                3 if ty == "text" => column.collation = Some(Name::new("nocase")),
                4 | 5 => {
                    column.not_null = false;
                    column.generated = Some(Generated {
                        expression: Sql::new("id + 1"),
                        kind: if kind == 4 {
                            GeneratedKind::Stored
                        } else {
                            GeneratedKind::Virtual
                        },
                    });
                }
                _ => {}
            }
            column
        })
        .boxed()
}

/// A foreign key from any column of one table to the `id` or the first unique column of another.
#[derive(Debug, Clone)]
struct AnyKey {
    child: usize,
    column: usize,
    parent: usize,
    name: Option<u8>,
    action: Action,
    is_to_primary: bool,
}

fn any_key() -> impl Strategy<Value = AnyKey> {
    const ACTIONS: [Action; 3] = [Action::NoAction, Action::Cascade, Action::SetNull];
    (
        0..5_usize,
        0..6_usize,
        0..5_usize,
        prop::option::of(0..2_u8),
        prop::sample::select(&ACTIONS),
        any::<bool>(),
    )
        .prop_map(|(child, column, parent, name, action, is_to_primary)| AnyKey {
            child,
            column,
            parent,
            name,
            action,
            is_to_primary,
        })
}

impl AnyKey {
    fn insert_into(self, schema: &mut Schema) {
        let (Some(child), Some(parent)) = (nth_table(schema, self.child), nth_table(schema, self.parent))
        else {
            return;
        };
        let target = &schema.tables[&parent];
        let primary = target
            .primary_key
            .as_ref()
            .filter(|_| self.is_to_primary)
            .map(|key| &key.columns);
        let parts = primary.or_else(|| target.uniques.first().map(|unique| &unique.columns));
        let Some([referred]) = parts.map(Vec::as_slice) else {
            return;
        };
        let referenced = referred.column_name().cloned().into_iter().collect();
        let Some(table) = schema.tables.get_mut(&child) else {
            return;
        };
        let Some(column) = plain_columns(table).nth(self.column).map(|c| c.name.clone()) else {
            return;
        };
        let name = self
            .name
            .map(|n| Name::new(format!("fk_{}_{n}", table.name).to_lowercase()));
        if table
            .foreign_keys
            .iter()
            .any(|k| clash(k.name.as_ref(), name.as_ref()) || k.columns[0] == column)
        {
            return;
        }
        table.foreign_keys.push(ForeignKey {
            name,
            columns: vec![column],
            table: parent,
            referenced,
            on_update: Action::NoAction,
            on_delete: self.action,
            match_kind: MatchKind::default(),
            deferral: Deferral::default(),
            options: Options::new(),
        });
    }
}

fn nth_table(schema: &Schema, number: usize) -> Option<QName> {
    schema.tables.keys().nth(number).cloned()
}

#[derive(Debug, Clone)]
struct AnyIndex {
    table: usize,
    columns: Vec<usize>,
    kind: u8,
}

fn any_index() -> impl Strategy<Value = AnyIndex> {
    (0..9_usize, prop::collection::vec(0..7_usize, 1..3), 0..6_u8)
        .prop_map(|(table, columns, kind)| AnyIndex { table, columns, kind })
}

impl AnyIndex {
    /// Indexes have few names, too, which may be on another table the next time.
    fn insert_into(self, schema: &mut Schema, number: usize) {
        let Some(table) = nth_table(schema, self.table).and_then(|name| schema.tables.get_mut(&name)) else {
            return;
        };
        let mut index = Index::new(format!("ix_{number}"));
        let columns: BTreeSet<usize> = self.columns.iter().map(|c| c % table.columns.len()).collect();
        index.parts = columns
            .iter()
            .map(|c| IndexPart::column(&table.columns[*c].name))
            .collect();
        match self.kind {
            0 => index.unique = true,
            1 => index.parts[0].order = Order::Descending,
            2 => index.predicate = Some(Sql::new(format!("{} IS NOT NULL", table.columns[0].name))),
            3 => index
                .parts
                .push(IndexPart::expression(format!("abs({})", table.columns[0].name))),
            _ => {}
        }
        table.indexes.push(index);
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Four views, of which the later ones may read the earlier ones, and two triggers.
fn insert_object(schema: &mut Schema, number: usize, place: usize, column: usize) {
    let earlier = schema
        .objects
        .keys()
        .filter(|id| id.kind == VIEW)
        .nth(place)
        .map(|id| id.name.clone());
    let table = nth_table(schema, place % TABLES.len());
    let is_trigger = number >= 4;
    let read = if place >= 5 && !is_trigger {
        earlier.or(table)
    } else {
        table
    };
    let Some(read) = read else { return };
    let columns = schema.tables.get(&read).map_or(&[][..], |t| &t.columns);
    let column = columns
        .get(column)
        .map_or("id".to_owned(), |c| c.name.to_string());
    let (kind, name, on, definition) = if is_trigger {
        let name = format!("tr_{number}");
        let body = format!(
            "CREATE TRIGGER {name} AFTER INSERT ON {read} BEGIN DELETE FROM {read} WHERE {column} = 0; END"
        );
        (dialect::sqlite::TRIGGER, name, Some(read.clone()), body)
    } else {
        let name = format!("v_{number}");
        let body = format!("CREATE VIEW {name} AS SELECT id, {column} AS x FROM {read}");
        (VIEW, name, None, body)
    };
    schema.insert_object(Object {
        id: ObjectId {
            kind,
            name: QName::plain(name),
            signature: None,
            on,
        },
        definition: Sql::new(definition),
        depends_on: BTreeSet::from([read]),
        comment: None,
    });
}
