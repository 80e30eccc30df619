//! PostgreSQL, versions 13 to 18.
//!
//! `spelling` writes names and values; `columns`, `constraints`, `index`, `table`, `sequence` whole definitions; `alter` puts all changes of a
//! table into one ALTER TABLE, with `column_change` for one column and `partition` for what takes a new table. `enums`, `domain`, `composite`
//! change types, `retype` makes one anew. `kinds` is the table of all kinds of objects, `objects` creates, replaces and drops them by it,
//! `privileges`, `foreign` and `subscription` know those that are changed piece by piece. `dependents` finds what leans on a type that is made anew. `types` knows families of types and the casts between them,
//! `canonical` what is no difference, `names` what the server would cut.
//!
//! Every statement names things with their namespaces, so that it means the same under any `search_path`.

mod alter;
mod array_cast;
mod bool_chain;
mod canonical;
mod column_change;
mod columns;
mod composite;
mod constraints;
mod dependents;
mod domain;
mod enums;
mod foreign;
mod index;
mod kinds;
mod names;
mod objects;
pub(crate) mod option;
mod partition;
mod placement;
mod privileges;
pub(crate) mod relocate;
mod retype;
mod sequence;
mod spelling;
mod subscription;
mod table;
mod types;
mod values;

use super::tokens;
use super::{Alone, Dialect, Engine, Facts, KindRule, Placement, Session, Statement};
use crate::directive::{AlterColumn, Directive, Literal, Naming, TableChange};
use crate::schema::{
    Column, Index, Name, Namespace, Object, ObjectKind, QName, Schema, Sql, Table, TypeName,
};
use crate::sql::{self, Lexicon};
use crate::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// The comment that the namespace `public` has in a new database.
pub(crate) const PUBLIC_COMMENT: &str = "standard public schema";

/// The dialect of PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

static FACTS: Facts = Facts {
    transactional_ddl: true,
    foreign_keys_look_ahead: false,
    foreign_keys_hold_columns: false,
    joins_index_changes: false,
    renames_indexes: true,
    renames_constraints: true,
    keys_are_relations: true,
    places_columns: false,
    comments: true,
    tracks_dependencies: true,
    max_identifier: Some(spelling::MAX_NAME),
    default_namespace: Some(option::DEFAULT_NAMESPACE),
};

impl Naming for Postgres {
    /// Names in the model are exact: the server has folded what was not quoted.
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(name)
    }

    fn home(&self) -> Option<&'static str> {
        Some(option::DEFAULT_NAMESPACE)
    }

    /// Only the parent owns the sequence of a serial column; its children take their numbers from there.
    fn passed_on(&self, parent: &QName, column: &Column) -> Column {
        let mut column = column.clone();
        if types::serial(&column.ty).is_some() {
            let sequence = spelling::qname(&sequence::made_for(parent, &column.name));
            column.default = Some(Sql::new(format!(
                "nextval({}::regclass)",
                spelling::text(&sequence)
            )));
            column.ty = types::plain(&column.ty).into();
        }
        column
    }

    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::rename_identifier(sql, from, to, &Lexicon::POSTGRES, spelling::quote)
    }

    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::replace_qualifier(sql, from, Some(&spelling::quote(to)), &Lexicon::POSTGRES)
    }
}

impl Dialect for Postgres {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn kind(&self, kind: &ObjectKind) -> Option<&'static KindRule> {
        let own = kind.custom().map(|custom| custom.rule());
        own.or_else(|| kinds::find(kind).map(|row| &row.rule))
    }

    fn quote(&self, name: &str) -> String {
        spelling::quote(name)
    }

    fn literal(&self, value: &Literal) -> String {
        spelling::literal(value)
    }

    fn canonical_sql(&self, sql: &str) -> String {
        canonical::sql(sql)
    }

    fn canonical_table(&self, table: &Table) -> Table {
        canonical::table(table)
    }

    fn canonical_object(&self, object: &Object) -> Object {
        match object.id.kind.custom() {
            Some(custom) => custom.canonical(object),
            None => canonical::object(object),
        }
    }

    /// The body of a function may name what comes later, and the server does not say in what order bodies need each other. It
    /// would look into them as they are created; like `pg_dump`, nobody wants that here.
    fn session(&self, directives: &[Directive]) -> Session {
        let is_routine = |object: &Object| matches!(object.id.kind.as_str(), "function" | "procedure");
        let has_routines = directives.iter().any(|directive| match directive {
            Directive::CreateObject(object) => is_routine(object),
            Directive::ReplaceObject(change) => is_routine(&change.new),
            _ => false,
        });
        if !has_routines {
            return Session::default();
        }
        Session {
            before: vec!["SET check_function_bodies = off".to_owned()],
            after: vec!["RESET check_function_bodies".to_owned()],
            ..Session::default()
        }
    }

    fn compile(&self, directive: &Directive, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        use Directive as D;
        names::check(directive)?;
        let one = |sql: String| Ok(vec![Statement::new(sql)]);
        match directive {
            D::CreateNamespace(namespace) => {
                let name = spelling::quote(&namespace.name);
                let mut statements = vec![Statement::new(format!("CREATE SCHEMA {name}"))];
                if let Some(comment) = &namespace.comment {
                    statements.push(Statement::new(format!(
                        "COMMENT ON SCHEMA {name} IS {}",
                        spelling::text(comment)
                    )));
                }
                Ok(statements)
            }
            D::DropNamespace(namespace) => one(format!("DROP SCHEMA {}", spelling::quote(&namespace.name))),
            D::CreateTable(table) => {
                let mut statements = table::create(table, after);
                for index in &table.indexes {
                    statements.extend(index::create(&table.name, index, after));
                }
                Ok(statements)
            }
            D::DropTable(table) => Ok(table::drop(table, before)),
            D::RenameTable(names) => Ok(alter::rename(names, before)),
            D::AlterTable(change) => alter::alter(change, before, after),
            D::CreateIndex { table, index } => Ok(index::create(table, index, after)),
            D::DropIndex { table, index } => Ok(index::drop(table, index, before)),
            D::RenameIndex { table, name } => one(format!(
                "ALTER INDEX {} RENAME TO {}",
                spelling::beside(table, &name.old),
                spelling::quote(&name.new)
            )),
            D::CreateSequence(sequence) => Ok(sequence::create(sequence, before)),
            D::DropSequence(sequence) => Ok(sequence::drop(sequence, before)),
            D::AlterSequence(change) => Ok(sequence::alter(change)),
            D::CreateEnum(ty) => Ok(enums::create(ty)),
            D::DropEnum(ty) => one(format!("DROP TYPE {}", spelling::qname(&ty.name))),
            D::AlterEnum { change, renamed } => enums::alter(change, renamed, (before, after)),
            D::CreateObject(object) => objects::create(object),
            D::DropObject(object) => objects::drop(object),
            D::ReplaceObject(change) => objects::replace(change, (before, after)),
            D::Execute { sql } => one(sql.to_string()),
            D::BulkInsert(insert) => {
                let columns = spelling::name_list(&insert.columns);
                let rows: Vec<String> = insert
                    .rows
                    .iter()
                    .map(|row| {
                        let values: Vec<String> = row.iter().map(spelling::literal).collect();
                        format!("\n    ({})", values.join(", "))
                    })
                    .collect();
                if rows.is_empty() {
                    return Ok(Vec::new());
                }
                one(format!(
                    "INSERT INTO {} {columns} VALUES{}",
                    spelling::qname(&insert.table),
                    rows.join(",")
                ))
            }
            // It is the program that runs it.
            D::Run(_) => Ok(Vec::new()),
            D::Custom(custom) => custom.statements(self, before),
            D::Irreversible { why } => Err(Error::new(
                ErrorKind::Script,
                format!("this direction is irreversible: {why}"),
            )),
        }
    }

    fn arrange(&self, directives: Vec<Directive>) -> Vec<Directive> {
        partition::arrange(directives)
    }

    fn finish(&self, directives: &[Directive], before: &Schema) -> Result<Vec<Statement>> {
        partition::finish(directives, before)
    }

    fn placement(&self, sql: &str) -> Placement {
        placement::placement(sql)
    }

    fn alone(&self, sql: &str) -> Alone {
        placement::alone(sql)
    }

    fn refuses(&self, _after: &Table, old: &Column, new: &Column) -> Option<Sql> {
        values::refuses(old, new)
    }

    fn made_with(&self, table: &QName, column: &Column) -> Option<QName> {
        types::serial(&column.ty)?;
        Some(sequence::made_for(table, &column.name))
    }

    fn carrier(&self, ty: &TypeName) -> Option<TypeName> {
        Some(TypeName::new(if ty.ends_with("[]") { "text[]" } else { "text" }))
    }

    fn conversion(
        &self,
        column: &str,
        old: &TypeName,
        new: &TypeName,
        before: &Schema,
        after: &Schema,
    ) -> Option<Sql> {
        match types::conversion(column, old, new, before, after) {
            types::Conversion::Assignment => None,
            types::Conversion::Using(sql) => Some(sql),
        }
    }

    fn makes_another_type(&self, old: &Object, new: &Object) -> bool {
        objects::makes_another_type(old, new)
    }

    fn replaces_column(&self, change: &AlterColumn) -> bool {
        column_change::is_replaced(change)
    }

    fn comment_on_namespace(&self, name: &Name, declared: Option<&Namespace>) -> Option<Sql> {
        let own = (name.as_str() == option::DEFAULT_NAMESPACE).then(|| PUBLIC_COMMENT.to_owned());
        let comment = declared.map_or(own, |namespace| namespace.comment.clone());
        let (name, comment) = (spelling::quote(name), spelling::comment(comment.as_ref()));
        Some(Sql::new(format!("COMMENT ON SCHEMA {name} IS {comment}")))
    }

    fn settled_privileges(&self, created: &Directive, before: &Schema, wanted: &Schema) -> Option<Object> {
        privileges::settled(created, before, wanted)
    }

    fn rebuilds_table(&self, change: &TableChange) -> bool {
        matches!(change, TableChange::SetOption(option) if option.key == option::PARTITION_BY)
    }

    /// Neither a partitioned table knows that, nor what belongs to an index of one (manual, CREATE INDEX and DROP INDEX).
    fn builds_concurrently(&self, index: &Index, before: &Table, after: &Table) -> bool {
        let option = |table: &Table, key: &str| table.options.get(key).cloned();
        let is_partitioned = |table: &Table| table.options.contains_key(option::PARTITION_BY);
        let is_bound = [option::ONLY, option::INHERITED]
            .iter()
            .any(|key| index.options.contains_key(*key));
        !is_bound
            && !is_partitioned(before)
            && !is_partitioned(after)
            && option(before, option::PARTITION_OF) == option(after, option::PARTITION_OF)
    }

    fn neutral_value(&self, column: &Column) -> Option<Sql> {
        types::neutral(&column.ty)
    }
}
