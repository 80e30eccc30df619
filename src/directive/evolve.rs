//! Directives carried out on the model: what a schema is after them.
//!
//! Comes in: a schema and directives that fit it. Goes out: the schema they lead to, or an error that says which thing was not
//! there. The planner needs it to know a table before and after; tests need it to prove that a comparison is complete.

use super::{AlterColumn, AlterTable, ColumnChange, Directive, NewColumn, OptionChange, TableChange};
use crate::schema::{
    Column, Constraint, Index, Name, Object, ObjectId, Options, PartTarget, QName, Schema, Sql, Table, Unique,
};
use crate::{Error, ErrorKind, Result};
use std::{borrow::Cow, collections::BTreeMap};

/// How an engine tells names apart, and how names inside SQL follow a rename. Every dialect is one.
pub trait Naming {
    /// The form of a name under which the engine takes two names for one.
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str>;

    /// `sql` with every identifier `from` spelled `to`, as the engine itself does when a table or column is renamed.
    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String;

    /// `sql` with the table name `from` before a dot (`from.column`) spelled `to`.
    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String;

    /// Whether two names are one to the engine.
    fn same_name(&self, a: &str, b: &str) -> bool {
        a == b || self.fold(a) == self.fold(b)
    }
}

/// Carries `directives` out on `schema`. SQL of the user's own ([`Directive::is_opaque`]) is passed over.
///
/// # Errors
/// When a directive names what the schema does not have, or creates what it has already. The schema is then left at the directive
/// before.
pub fn evolve(schema: &mut Schema, directives: &[Directive], naming: &(impl Naming + ?Sized)) -> Result<()> {
    let mut evolution = Evolution::new(std::mem::take(schema), naming);
    let result = directives
        .iter()
        .try_for_each(|directive| evolution.step(directive));
    *schema = evolution.schema;
    result
}

/// A schema on its way along directives. It remembers names in their folded form, so that looking for a name that is not there
/// does not cost more the more names there are.
pub(crate) struct Evolution<'n, N: Naming + ?Sized> {
    schema: Schema,
    naming: &'n N,
    /// Made when they are first needed.
    tables: Option<BTreeMap<String, QName>>,
    objects: Option<BTreeMap<String, ObjectId>>,
}

impl<'n, N: Naming + ?Sized> Evolution<'n, N> {
    /// Starts from a schema.
    pub(crate) fn new(schema: Schema, naming: &'n N) -> Self {
        Self {
            schema,
            naming,
            tables: None,
            objects: None,
        }
    }

    /// The schema as it is now.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The schema in the end.
    pub(crate) fn into_schema(self) -> Schema {
        self.schema
    }
}

impl<N: Naming + ?Sized> Evolution<'_, N> {
    /// Carries one directive out.
    ///
    /// # Errors
    /// As [`evolve`].
    pub(crate) fn step(&mut self, directive: &Directive) -> Result<()> {
        use Directive as D;
        match directive {
            D::CreateNamespace(n) => insert_new(
                &mut self.schema.namespaces,
                n.name.clone(),
                n.clone(),
                "namespace",
            ),
            D::DropNamespace(n) => remove_known(&mut self.schema.namespaces, &n.name, "namespace"),
            D::CreateTable(table) => {
                if self.find_table(&table.name).is_some() {
                    return Err(already("table", &table.name));
                }
                self.insert_table((**table).clone());
                Ok(())
            }
            D::DropTable(table) => {
                let name = self.known_table(&table.name)?;
                self.remove_table(&name);
                let naming = self.naming;
                let before = self.schema.objects.len();
                self.schema
                    .objects
                    .retain(|id, _| id.on.as_ref().is_none_or(|on| !same(naming, on, &name)));
                if self.schema.objects.len() != before {
                    self.objects = None;
                }
                Ok(())
            }
            D::RenameTable(names) => self.rename_table(&names.old, &names.new),
            D::AlterTable(alter) => self.alter_table(alter),
            D::CreateIndex { table, index } => self.create_index(table, index),
            D::DropIndex { table, index } => self.drop_index(table, &index.name),
            D::RenameIndex { table, name } => {
                let index = self.index_mut(table, &name.old)?;
                index.name = name.new.clone();
                let table = self.known_table(table)?;
                self.table_mut(&table)?
                    .indexes
                    .sort_by(|a, b| a.name.cmp(&b.name));
                Ok(())
            }
            D::CreateSequence(s) => {
                insert_new(&mut self.schema.sequences, s.name.clone(), s.clone(), "sequence")
            }
            D::DropSequence(s) => remove_known(&mut self.schema.sequences, &s.name, "sequence"),
            D::AlterSequence(change) => {
                remove_known(&mut self.schema.sequences, &change.old.name, "sequence")?;
                insert_new(
                    &mut self.schema.sequences,
                    change.new.name.clone(),
                    change.new.clone(),
                    "sequence",
                )
            }
            D::CreateEnum(e) => insert_new(&mut self.schema.enums, e.name.clone(), e.clone(), "enum type"),
            D::DropEnum(e) => remove_known(&mut self.schema.enums, &e.name, "enum type"),
            D::AlterEnum { change, .. } => {
                remove_known(&mut self.schema.enums, &change.old.name, "enum type")?;
                insert_new(
                    &mut self.schema.enums,
                    change.new.name.clone(),
                    change.new.clone(),
                    "enum type",
                )
            }
            D::CreateObject(object) => {
                if self.find_object(&object.id).is_some() {
                    return Err(already(object.id.kind.as_str(), &object.id.name));
                }
                self.insert_object(object.clone());
                Ok(())
            }
            D::DropObject(object) => self.drop_object(&object.id),
            D::ReplaceObject(change) => {
                self.drop_object(&change.old.id)?;
                self.insert_object(change.new.clone());
                Ok(())
            }
            D::Execute { .. } | D::BulkInsert(_) | D::Irreversible { .. } => Ok(()),
        }
    }

    fn find_table(&mut self, name: &QName) -> Option<QName> {
        if self.schema.tables.contains_key(name) {
            return Some(name.clone());
        }
        let naming = self.naming;
        let names = self.schema.tables.keys();
        self.tables
            .get_or_insert_with(|| names.map(|name| (folded(naming, name), name.clone())).collect())
            .get(&folded(naming, name))
            .cloned()
    }

    fn insert_table(&mut self, table: Table) {
        if let Some(tables) = &mut self.tables {
            tables.insert(folded(self.naming, &table.name), table.name.clone());
        }
        self.schema.insert_table(table);
    }

    fn remove_table(&mut self, name: &QName) -> Option<Table> {
        if let Some(tables) = &mut self.tables {
            tables.remove(&folded(self.naming, name));
        }
        self.schema.tables.remove(name)
    }

    fn insert_object(&mut self, object: Object) {
        if let Some(objects) = &mut self.objects {
            objects.insert(folded_id(self.naming, &object.id), object.id.clone());
        }
        self.schema.insert_object(object);
    }

    fn known_table(&mut self, name: &QName) -> Result<QName> {
        self.find_table(name).ok_or_else(|| missing("table", name))
    }

    fn table_mut(&mut self, name: &QName) -> Result<&mut Table> {
        let name = self.known_table(name)?;
        self.schema
            .tables
            .get_mut(&name)
            .ok_or_else(|| missing("table", &name))
    }

    fn find_object(&mut self, id: &ObjectId) -> Option<ObjectId> {
        if self.schema.objects.contains_key(id) {
            return Some(id.clone());
        }
        let naming = self.naming;
        let ids = self.schema.objects.keys();
        self.objects
            .get_or_insert_with(|| ids.map(|id| (folded_id(naming, id), id.clone())).collect())
            .get(&folded_id(naming, id))
            .cloned()
    }

    fn drop_object(&mut self, id: &ObjectId) -> Result<()> {
        let known = self
            .find_object(id)
            .ok_or_else(|| missing(id.kind.as_str(), &id.name))?;
        if let Some(objects) = &mut self.objects {
            objects.remove(&folded_id(self.naming, &known));
        }
        self.schema.objects.remove(&known);
        Ok(())
    }

    fn create_index(&mut self, table: &QName, index: &Index) -> Result<()> {
        let naming = self.naming;
        let Some(name) = self.find_table(table) else {
            // An index on something that is no table in this model, such as a materialized view.
            return Err(missing("table", table));
        };
        let table = self.table_mut(&name)?;
        if table
            .indexes
            .iter()
            .any(|i| naming.same_name(&i.name, &index.name))
        {
            return Err(already("index", &index.name));
        }
        table.indexes.push(index.clone());
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    fn drop_index(&mut self, table: &QName, index: &Name) -> Result<()> {
        let naming = self.naming;
        let table = self.table_mut(table)?;
        let before = table.indexes.len();
        table.indexes.retain(|i| !naming.same_name(&i.name, index));
        if table.indexes.len() == before {
            Err(missing("index", index))
        } else {
            Ok(())
        }
    }

    fn index_mut(&mut self, table: &QName, index: &Name) -> Result<&mut Index> {
        let naming = self.naming;
        self.table_mut(table)?
            .indexes
            .iter_mut()
            .find(|i| naming.same_name(&i.name, index))
            .ok_or_else(|| missing("index", index))
    }

    /// Foreign keys, objects on the table and SQL that names it follow, as they do in the engine.
    fn rename_table(&mut self, old: &QName, new: &QName) -> Result<()> {
        let old = self.known_table(old)?;
        if self.find_table(new).is_some_and(|other| other != old) {
            return Err(already("table", new));
        }
        let naming = self.naming;
        let mut table = self.remove_table(&old).ok_or_else(|| missing("table", &old))?;
        table.name = new.clone();
        for check in &mut table.checks {
            let renamed = naming.rename_qualifier_in_sql(&check.expression, &old.name, &new.name);
            check.expression = Sql::new(renamed);
        }
        self.insert_table(table);
        for table in self.schema.tables.values_mut() {
            for key in &mut table.foreign_keys {
                if same(naming, &key.table, &old) {
                    key.table = new.clone();
                }
            }
        }
        self.rewrite_objects(|object| {
            if object.id.on.as_ref().is_some_and(|on| same(naming, on, &old)) {
                object.id.on = Some(new.clone());
            }
            if object.depends_on.iter().any(|d| same(naming, d, &old)) {
                object.depends_on.retain(|d| !same(naming, d, &old));
                object.depends_on.insert(new.clone());
                object.definition = Sql::new(naming.rename_in_sql(&object.definition, &old.name, &new.name));
            }
        });
        Ok(())
    }

    fn rewrite_objects(&mut self, mut rewrite: impl FnMut(&mut Object)) {
        self.objects = None;
        let objects = std::mem::take(&mut self.schema.objects);
        for mut object in objects.into_values() {
            rewrite(&mut object);
            self.schema.insert_object(object);
        }
    }

    fn alter_table(&mut self, alter: &AlterTable) -> Result<()> {
        for change in &alter.changes {
            if let TableChange::RenameColumn(names) = change {
                self.rename_column(&alter.table, &names.old, &names.new)?;
            } else {
                let naming = self.naming;
                let table = self.table_mut(&alter.table)?;
                change_table(table, change, naming)
                    .map_err(|e| e.context(format!("table {}", alter.table)))?;
            }
        }
        Ok(())
    }

    fn rename_column(&mut self, table: &QName, old: &Name, new: &Name) -> Result<()> {
        let naming = self.naming;
        let table_name = self.known_table(table)?;
        let table = self.table_mut(&table_name)?;
        column_mut(table, old, naming)?.name = new.clone();
        rename_in_table(table, old, new, naming);
        for other in self.schema.tables.values_mut() {
            for key in &mut other.foreign_keys {
                if same(naming, &key.table, &table_name) {
                    rename_in_names(&mut key.referenced, old, new, naming);
                }
            }
        }
        self.rewrite_objects(|object| {
            let reads = object
                .depends_on
                .iter()
                .chain(object.id.on.iter())
                .any(|d| same(naming, d, &table_name));
            if reads {
                object.definition = Sql::new(naming.rename_in_sql(&object.definition, old, new));
            }
        });
        Ok(())
    }
}

fn same<N: Naming + ?Sized>(naming: &N, a: &QName, b: &QName) -> bool {
    a == b
        || (naming.same_name(&a.name, &b.name)
            && match (&a.namespace, &b.namespace) {
                (None, None) => true,
                (Some(a), Some(b)) => naming.same_name(a, b),
                _ => false,
            })
}

/// A name under which two spellings of it are one. No name holds a NUL.
fn folded<N: Naming + ?Sized>(naming: &N, name: &QName) -> String {
    let namespace = name.namespace.as_ref().map_or("".into(), |n| naming.fold(n));
    format!("{namespace}\0{}", naming.fold(&name.name))
}

fn folded_id<N: Naming + ?Sized>(naming: &N, id: &ObjectId) -> String {
    let on = id.on.as_ref().map(|on| folded(naming, on)).unwrap_or_default();
    let signature = id.signature.as_deref().unwrap_or_default();
    format!("{}\0{signature}\0{}\0{on}", id.kind, folded(naming, &id.name))
}

fn column_mut<'t, N: Naming + ?Sized>(
    table: &'t mut Table,
    name: &str,
    naming: &N,
) -> Result<&'t mut Column> {
    table
        .columns
        .iter_mut()
        .find(|c| naming.same_name(&c.name, name))
        .ok_or_else(|| missing("column", name))
}

fn change_table<N: Naming + ?Sized>(table: &mut Table, change: &TableChange, naming: &N) -> Result<()> {
    match change {
        TableChange::RenameColumn(names) => {
            column_mut(table, &names.old, naming)?.name = names.new.clone();
            rename_in_table(table, &names.old, &names.new, naming);
        }
        TableChange::AddColumn(new) => add_column(table, new, naming)?,
        TableChange::DropColumn(gone) => {
            column_mut(table, &gone.column.name, naming)?;
            table
                .columns
                .retain(|c| !naming.same_name(&c.name, &gone.column.name));
        }
        TableChange::AlterColumn(alter) => change_column(column_mut(table, &alter.name, naming)?, alter),
        TableChange::AddConstraint { constraint } => {
            if let (Constraint::PrimaryKey(_), Some(_)) = (constraint, &table.primary_key) {
                return Err(already("primary key", "(one is there)"));
            }
            table.add_constraint(constraint.clone());
        }
        TableChange::DropConstraint { constraint } => drop_constraint(table, constraint, naming)?,
        TableChange::RenameConstraint { kind, name } => {
            let found = table
                .constraints()
                .find(|c| {
                    c.kind() == *kind
                        && match (c.name(), &name.old) {
                            (Some(a), Some(b)) => naming.same_name(a, b),
                            (None, None) => true,
                            _ => false,
                        }
                })
                .ok_or_else(|| missing(&kind.to_string(), name.old.as_deref().unwrap_or("(no name)")))?;
            let mut renamed = found.clone();
            renamed.set_name(name.new.clone());
            replace_constraint(table, &found, renamed);
        }
        TableChange::SetOption(OptionChange { key, value }) => {
            set_option(&mut table.options, key, value.new.as_ref());
        }
        TableChange::SetComment(comment) => table.comment.clone_from(&comment.new),
        TableChange::SetDefinition(definition) => table.definition = Some(definition.new.clone()),
        TableChange::ReorderColumns(order) => {
            let place = |c: &Column| {
                order
                    .new
                    .iter()
                    .position(|n| naming.same_name(n, &c.name))
                    .unwrap_or(usize::MAX)
            };
            table.columns.sort_by_key(place);
        }
    }
    Ok(())
}

fn add_column<N: Naming + ?Sized>(table: &mut Table, new: &NewColumn, naming: &N) -> Result<()> {
    if column_mut(table, &new.column.name, naming).is_ok() {
        return Err(already("column", &new.column.name));
    }
    let place = match &new.after {
        None => table.columns.len(),
        Some(first) if first.is_empty() => 0,
        Some(after) => table
            .columns
            .iter()
            .position(|c| naming.same_name(&c.name, after))
            .map_or(table.columns.len(), |i| i + 1),
    };
    table.columns.insert(place, new.column.clone());
    Ok(())
}

fn change_column(column: &mut Column, alter: &AlterColumn) {
    for change in &alter.changes {
        match change.clone() {
            ColumnChange::Type(c) => column.ty = c.new,
            ColumnChange::NotNull(c) => column.not_null = c.new,
            ColumnChange::Default(c) => column.default = c.new,
            ColumnChange::Collation(c) => column.collation = c.new,
            ColumnChange::Generated(c) => column.generated = c.new,
            ColumnChange::Identity(c) => column.identity = c.new,
            ColumnChange::Comment(c) => column.comment = c.new,
            ColumnChange::Option(c) => set_option(&mut column.options, &c.key, c.value.new.as_ref()),
        }
    }
}

fn set_option(options: &mut Options, key: &str, value: Option<&String>) {
    match value {
        Some(value) => {
            options.insert(key.to_owned(), value.clone());
        }
        None => {
            options.remove(key);
        }
    }
}

/// A constraint is found by all it says, else by its name, else, when it has none, by what it is about.
fn drop_constraint<N: Naming + ?Sized>(table: &mut Table, wanted: &Constraint, naming: &N) -> Result<()> {
    let found = table
        .constraints()
        .find(|c| c == wanted)
        .or_else(|| {
            table.constraints().find(|c| {
                c.kind() == wanted.kind()
                    && match (c.name(), wanted.name()) {
                        (Some(a), Some(b)) => naming.same_name(a, b),
                        _ => c.kind() == crate::schema::ConstraintKind::PrimaryKey,
                    }
            })
        })
        .or_else(|| the_only_one(table.constraints().filter(|c| says_the_same(c, wanted, naming))))
        .ok_or_else(|| {
            missing(
                &wanted.kind().to_string(),
                wanted.name().map_or("(no name)", |n| n.as_str()),
            )
        })?;
    match &found {
        Constraint::PrimaryKey(_) => table.primary_key = None,
        Constraint::Unique(c) => remove_first(&mut table.uniques, c),
        Constraint::ForeignKey(c) => remove_first(&mut table.foreign_keys, c),
        Constraint::Check(c) => remove_first(&mut table.checks, c),
        Constraint::Exclude(c) => remove_first(&mut table.excludes, c),
    }
    Ok(())
}

fn the_only_one<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// Whether two constraints without names are about the same thing, though one may spell out what the other leaves to a default.
fn says_the_same<N: Naming + ?Sized>(a: &Constraint, b: &Constraint, naming: &N) -> bool {
    let names =
        |a: &[Name], b: &[Name]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| naming.same_name(a, b));
    if a.name().is_some() || b.name().is_some() {
        return false;
    }
    match (a, b) {
        (Constraint::Unique(a), Constraint::Unique(b)) => {
            let columns = |unique: &Unique| -> Option<Vec<Name>> {
                unique
                    .columns
                    .iter()
                    .map(|part| part.column_name().cloned())
                    .collect()
            };
            columns(a).zip(columns(b)).is_some_and(|(a, b)| names(&a, &b))
        }
        (Constraint::ForeignKey(a), Constraint::ForeignKey(b)) => {
            names(&a.columns, &b.columns) && same(naming, &a.table, &b.table)
        }
        (Constraint::Check(a), Constraint::Check(b)) => a
            .expression
            .split_whitespace()
            .eq(b.expression.split_whitespace()),
        _ => false,
    }
}

fn replace_constraint(table: &mut Table, old: &Constraint, new: Constraint) {
    fn swap<T: PartialEq>(list: &mut [T], old: &T, new: T) {
        if let Some(place) = list.iter_mut().find(|c| *c == old) {
            *place = new;
        }
    }
    match (old, new) {
        (Constraint::Unique(o), Constraint::Unique(n)) => swap(&mut table.uniques, o, n),
        (Constraint::ForeignKey(o), Constraint::ForeignKey(n)) => swap(&mut table.foreign_keys, o, n),
        (Constraint::Check(o), Constraint::Check(n)) => swap(&mut table.checks, o, n),
        (Constraint::Exclude(o), Constraint::Exclude(n)) => swap(&mut table.excludes, o, n),
        (_, new) => table.add_constraint(new),
    }
}

fn remove_first<T: PartialEq>(list: &mut Vec<T>, item: &T) {
    if let Some(place) = list.iter().position(|c| c == item) {
        list.remove(place);
    }
}

/// Keys, indexes and expressions of the table follow the new name of a column.
fn rename_in_table<N: Naming + ?Sized>(table: &mut Table, old: &Name, new: &Name, naming: &N) {
    let in_sql = |sql: &mut Sql| *sql = Sql::new(naming.rename_in_sql(sql, old, new));
    let in_part = |part: &mut crate::schema::IndexPart| match &mut part.target {
        PartTarget::Column(name) if naming.same_name(name, old) => *name = new.clone(),
        PartTarget::Column(_) => {}
        PartTarget::Expression(sql) => in_sql(sql),
    };
    for generated in table.columns.iter_mut().filter_map(|c| c.generated.as_mut()) {
        in_sql(&mut generated.expression);
    }
    if let Some(key) = &mut table.primary_key {
        key.columns.iter_mut().for_each(in_part);
        rename_in_names(&mut key.include, old, new, naming);
    }
    for unique in &mut table.uniques {
        unique.columns.iter_mut().for_each(in_part);
        rename_in_names(&mut unique.include, old, new, naming);
    }
    for key in &mut table.foreign_keys {
        rename_in_names(&mut key.columns, old, new, naming);
    }
    for check in &mut table.checks {
        in_sql(&mut check.expression);
    }
    for exclude in &mut table.excludes {
        exclude.elements.iter_mut().for_each(|(part, _)| in_part(part));
        exclude.predicate.iter_mut().for_each(in_sql);
    }
    for index in &mut table.indexes {
        index.parts.iter_mut().for_each(in_part);
        rename_in_names(&mut index.include, old, new, naming);
        index.predicate.iter_mut().for_each(in_sql);
    }
    table.definition.iter_mut().for_each(in_sql);
}

fn rename_in_names<N: Naming + ?Sized>(names: &mut [Name], old: &Name, new: &Name, naming: &N) {
    for name in names.iter_mut().filter(|n| naming.same_name(n, old)) {
        *name = new.clone();
    }
}

fn insert_new<K: Ord + std::fmt::Display, V>(
    map: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    what: &str,
) -> Result<()> {
    if map.contains_key(&key) {
        return Err(already(what, key));
    }
    map.insert(key, value);
    Ok(())
}

fn remove_known<K: Ord + std::fmt::Display, V>(map: &mut BTreeMap<K, V>, key: &K, what: &str) -> Result<()> {
    map.remove(key).map(drop).ok_or_else(|| missing(what, key))
}

fn missing(what: &str, name: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Script, format!("there is no {what} {name}")).hint(
        "the database is not in the state this script was written for: see `autogen check --to migrations`",
    )
}

fn already(what: &str, name: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Script, format!("there is a {what} {name} already")).hint(
        "the database is not in the state this script was written for: see `autogen check --to migrations`",
    )
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use crate::Result;
    use crate::dialect::sqlite::{Sqlite, VIEW};
    use crate::directive::{Change, Directive, Evolution};
    use crate::schema::{Object, ObjectId, QName, Schema, Sql, Table};

    fn table(name: &str) -> Directive {
        Directive::CreateTable(Box::new(Table::new(name)))
    }

    fn view(name: &str) -> Object {
        Object {
            id: ObjectId {
                kind: VIEW,
                name: QName::plain(name),
                signature: None,
                on: None,
            },
            definition: Sql::new("create view v as select 1"),
            depends_on: std::collections::BTreeSet::new(),
            comment: None,
        }
    }

    fn rename(old: &str, new: &str) -> Directive {
        Directive::RenameTable(Change::new(old.into(), new.into()))
    }

    /// Carries out each of them, and stops at the first that does not fit.
    fn outcome(directives: &[Directive]) -> Result<Vec<String>> {
        let mut evolving = Evolution::new(Schema::new(), &Sqlite);
        for directive in directives {
            evolving.step(directive)?;
        }
        let schema = evolving.into_schema();
        let tables = schema.tables.keys().map(ToString::to_string);
        Ok(tables
            .chain(schema.objects.keys().map(ToString::to_string))
            .collect())
    }

    #[test]
    fn a_name_is_found_in_any_case() {
        let steps = [
            table("Users"),
            table("b"),
            rename("USERS", "People"),
            table("users"),
            rename("people", "PEOPLE"),
        ];
        assert_eq!(outcome(&steps).expect("all fit"), ["PEOPLE", "b", "users"]);
        let steps = [
            Directive::CreateObject(view("V")),
            Directive::DropObject(view("v")),
            Directive::CreateObject(view("v")),
        ];
        assert_eq!(outcome(&steps).expect("all fit"), ["view v"]);
    }

    #[test]
    fn a_name_in_use_is_not_given_again() {
        assert!(outcome(&[table("a"), table("A")]).is_err());
        assert!(outcome(&[table("a"), table("b"), rename("b", "A")]).is_err());
        assert!(
            outcome(&[
                Directive::CreateObject(view("v")),
                Directive::CreateObject(view("V"))
            ])
            .is_err()
        );
    }

    #[test]
    fn a_name_that_was_given_up_can_be_given_again() {
        let Directive::CreateTable(dropped) = table("a") else {
            return;
        };
        let steps = [
            table("x"),
            table("A"),
            Directive::DropTable(dropped),
            table("a"),
            rename("a", "b"),
            table("A"),
        ];
        assert_eq!(outcome(&steps).expect("all fit"), ["A", "b", "x"]);
    }
}
