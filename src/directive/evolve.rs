//! Directives carried out on the model: what a schema is after them.
//!
//! Comes in: a schema and directives that fit it. Goes out: the schema they lead to, or an error that says which thing was not
//! there. The planner needs it to know a table before and after; tests need it to prove that a comparison is complete.

mod family;
mod lean;
mod table;

pub(crate) use self::family::{Families, inherit};
use self::table::{change_table, column_mut, rename_in_names, rename_in_table};
use super::{AlterTable, Directive, TableChange};
use crate::extend::Effect;
use crate::schema::{Column, INHERITED, Index, Name, Object, ObjectId, QName, Schema, Sql, Table};
use crate::{Error, ErrorKind, Result};
use std::{borrow::Cow, collections::BTreeMap};

/// How an engine tells names apart, and how names inside SQL follow a rename. Every dialect is one.
pub trait Naming {
    /// The form of a name under which the engine takes two names for one.
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str>;

    /// The same for names of tables and views, where the engine takes them otherwise.
    fn fold_relation<'a>(&self, name: &'a str) -> Cow<'a, str> {
        self.fold(name)
    }

    /// `sql` with every identifier `from` spelled `to`, as the engine itself does when a table or column is renamed.
    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String;

    /// `sql` with the table name `from` before a dot (`from.column`) spelled `to`.
    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String;

    /// The definition of an object that reads or is attached to what is renamed, as the engine itself makes it then; `None` when it
    /// stays as it is.
    fn rename_in_object(&self, object: &Object, renamed: &RenamedPart<'_>) -> Option<String> {
        let (from, to) = match renamed {
            RenamedPart::Table { old, new } => (&old.name, &new.name),
            RenamedPart::Column { old, new, .. } => (*old, *new),
        };
        Some(self.rename_in_sql(&object.definition, from, to))
    }

    /// What else in a table follows the new name of a column: attributes that only this engine has.
    fn follow_column(&self, _table: &mut Table, _old: &Name, _new: &Name) {}

    /// The namespace that a name without one is in, where the engine has namespaces.
    fn home(&self) -> Option<&'static str> {
        None
    }

    /// A column of table `parent` as its children get it.
    fn passed_on(&self, _parent: &QName, column: &Column) -> Column {
        column.clone()
    }

    /// Whether two names are one to the engine.
    fn same_name(&self, a: &str, b: &str) -> bool {
        a == b || self.fold(a) == self.fold(b)
    }
}

/// What gets another name.
#[derive(Debug, Clone, Copy)]
pub enum RenamedPart<'a> {
    /// A table.
    Table {
        /// What it was.
        old: &'a QName,
        /// What it is.
        new: &'a QName,
    },
    /// A column.
    Column {
        /// The table it is in.
        table: &'a QName,
        /// What it was.
        old: &'a Name,
        /// What it is.
        new: &'a Name,
    },
}

/// Carries `directives` out on `schema`. SQL and rows of the user's own are passed over, and so are directives of the user's own that do not
/// say what they do ([`Effect`]).
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
                    .retain(|id, _| id.on.as_ref().is_none_or(|on| !same_relation(naming, on, &name)));
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
            D::Custom(custom) => match custom.effect() {
                Effect::Unknown | Effect::Nothing => Ok(()),
                Effect::Like(directives) => directives.iter().try_for_each(|directive| self.step(directive)),
            },
            D::Execute { .. } | D::BulkInsert(_) | D::Run(_) | D::Irreversible { .. } => Ok(()),
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
            return Err(missing("index", index));
        }
        if naming.home().is_some() && table.options.contains_key("partition_by") {
            // What is part of it goes along.
            let name = table.name.clone();
            let is_part = |i: &Index| i.options.get(INHERITED).is_some_and(|of| *of == **index);
            let families = Families::of(&self.schema, naming);
            for child in families.descendants(&name, naming) {
                if let Some(child) = self.schema.tables.get_mut(child) {
                    child.indexes.retain(|i| !is_part(i));
                }
            }
        }
        Ok(())
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
                if same_relation(naming, &key.table, &old) {
                    key.table = new.clone();
                }
            }
        }
        self.rewrite_objects(|object| {
            let is_on = object
                .id
                .on
                .as_ref()
                .is_some_and(|on| same_relation(naming, on, &old));
            let reads = object.depends_on.iter().any(|d| same_relation(naming, d, &old));
            if !is_on && !reads {
                return;
            }
            let renamed = RenamedPart::Table { old: &old, new };
            if reads && let Some(definition) = naming.rename_in_object(object, &renamed) {
                object.depends_on.retain(|d| !same_relation(naming, d, &old));
                object.depends_on.insert(new.clone());
                object.definition = Sql::new(definition);
            }
            if is_on {
                object.id.on = Some(new.clone());
            }
        });
        lean::rename_relation(&mut self.schema, &old, new, naming);
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
        self.alter_one(alter)?;
        let naming = self.naming;
        if naming.home().is_some() {
            let families = Families::of(&self.schema, naming);
            for name in families.descendants(&alter.table, naming) {
                if let Some(child) = self.schema.tables.get_mut(name) {
                    inherit(child, alter, naming);
                }
            }
        }
        Ok(())
    }

    fn alter_one(&mut self, alter: &AlterTable) -> Result<()> {
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
                if same_relation(naming, &key.table, &table_name) {
                    rename_in_names(&mut key.referenced, old, new, naming);
                }
            }
        }
        self.rewrite_objects(|object| {
            let reads = object
                .depends_on
                .iter()
                .chain(object.id.on.iter())
                .any(|d| same_relation(naming, d, &table_name));
            let renamed = RenamedPart::Column {
                table: &table_name,
                old,
                new,
            };
            if reads && let Some(definition) = naming.rename_in_object(object, &renamed) {
                object.definition = Sql::new(definition);
            }
        });
        lean::rename_column(&mut self.schema, &table_name, old, new, naming);
        Ok(())
    }
}

/// A table by any spelling of its name.
pub(crate) fn find_table<'s, N: Naming + ?Sized>(
    schema: &'s Schema,
    name: &QName,
    naming: &N,
) -> Option<&'s Table> {
    schema.tables.get(name).or_else(|| {
        let wanted = folded(naming, name);
        let mut tables = schema.tables.values();
        tables.find(|table| folded(naming, &table.name) == wanted)
    })
}

/// Whether two names of tables are one to the engine.
pub(crate) fn same_relation<N: Naming + ?Sized>(naming: &N, a: &QName, b: &QName) -> bool {
    a == b
        || (naming.fold_relation(&a.name) == naming.fold_relation(&b.name)
            && match (&a.namespace, &b.namespace) {
                (None, None) => true,
                (Some(a), Some(b)) => naming.same_name(a, b),
                _ => false,
            })
}

/// A name under which two spellings of it are one. No name holds a NUL.
fn folded<N: Naming + ?Sized>(naming: &N, name: &QName) -> String {
    let namespace = name.namespace.as_ref().map_or("".into(), |n| naming.fold(n));
    format!("{namespace}\0{}", naming.fold_relation(&name.name))
}

fn folded_id<N: Naming + ?Sized>(naming: &N, id: &ObjectId) -> String {
    let on = id.on.as_ref().map(|on| folded(naming, on)).unwrap_or_default();
    let signature = id.signature.as_deref().unwrap_or_default();
    format!("{}\0{signature}\0{}\0{on}", id.kind, folded(naming, &id.name))
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
