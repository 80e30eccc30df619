//! What an engine is like: how it spells things, what it can do, which statements a change takes.
//!
//! Comes in: directives and the schema before and after them. Goes out: SQL text. A dialect is pure: it never touches a
//! connection, so comparing, planning and rendering work without a database.

mod engine;
pub mod mysql;
mod names;
mod online;
pub mod postgres;
mod rules;
pub mod sqlite;
mod tokens;

pub use engine::Engine;
pub use online::{Effect, Online};
pub use rules::{Alone, Doubt, Facts, Keeps, KindRule, KindStage, Placement, Replace, Session, Statement};

use crate::directive::{AlterColumn, Directive, Literal, Naming, TableChange};
use crate::schema::{
    Column, Constraint, Index, IndexPart, Name, Namespace, Object, ObjectKind, PrimaryKey, QName, Schema,
    Sql, Table, TypeName,
};
use crate::{Error, ErrorKind, Result};

/// An engine's side of every stage that is not I/O.
pub trait Dialect: Naming + std::fmt::Debug + Send + Sync {
    /// Which engine.
    fn engine(&self) -> Engine;

    /// What the engine can do, as data.
    fn facts(&self) -> &'static Facts;

    /// The rule for a kind of [`Object`]; `None` for a kind the engine does not have.
    fn kind(&self, kind: &ObjectKind) -> Option<&'static KindRule>;

    /// A name as an identifier, quoted.
    fn quote(&self, name: &str) -> String;

    /// A value as a literal.
    fn literal(&self, value: &Literal) -> String;

    /// A spelling of `sql` that is the same for any two spellings the engine takes as one. For comparing only, never for running.
    fn canonical_sql(&self, sql: &str) -> String;

    /// The table in the one spelling for all spellings the engine takes as one: names folded, SQL canonical, attributes that
    /// say the default left out, constraints sorted. Columns keep their order. For comparing only, never for running.
    fn canonical_table(&self, table: &Table) -> Table;

    /// One constraint of a table as [`canonical_table`](Self::canonical_table) spells it, so that it can be told which constraint became which.
    fn canonical_constraint(&self, table: &Table, constraint: &Constraint) -> Constraint {
        let mut alone = Table {
            columns: table.columns.clone(),
            options: table.options.clone(),
            ..Table::new(table.name.clone())
        };
        alone.add_constraint(constraint.clone());
        let canonical = self.canonical_table(&alone).constraints().next();
        canonical.unwrap_or_else(|| constraint.clone())
    }

    /// The object in the one spelling for all spellings the engine takes as one. For comparing only, never for running.
    fn canonical_object(&self, object: &Object) -> Object;

    /// What has to be set around a script that holds these directives, outside its transaction.
    fn session(&self, directives: &[Directive]) -> Session;

    /// What stands in front of a text of statements and behind it, so that the engine's own client reads it as it was written, however the
    /// session of that client is set.
    fn around_text(&self, _text: &str) -> Option<(&'static str, &'static str)> {
        None
    }

    /// The statements for one directive, which leads from `before` to `after`.
    ///
    /// # Errors
    /// When the engine cannot do it.
    fn compile(&self, directive: &Directive, before: &Schema, after: &Schema) -> Result<Vec<Statement>>;

    /// How many of the directives, from the first, the engine carries out as one. At most one of them changes a table otherwise than by its
    /// indexes.
    fn run(&self, _directives: &[Directive]) -> usize {
        1
    }

    /// The statements for directives that are carried out as [one](Self::run), which lead from `before` to `after`.
    ///
    /// # Errors
    /// When the engine cannot do it.
    fn compile_run(&self, run: &[Directive], before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        match run {
            [directive] => self.compile(directive, before, after),
            _ => Err(Error::new(
                ErrorKind::Internal,
                "several directives are no single change to this engine",
            )),
        }
    }

    /// The directives of one group in the order in which they are run, where the engine needs another than that of the script.
    fn arrange(&self, directives: Vec<Directive>) -> Vec<Directive> {
        directives
    }

    /// What is left to do when the directives of a group, which start from `before`, have been run: what could not be done
    /// earlier because something that came later was missing.
    ///
    /// # Errors
    /// When a directive does not fit the schema.
    fn finish(&self, _directives: &[Directive], _before: &Schema) -> Result<Vec<Statement>> {
        Ok(Vec::new())
    }

    /// How a statement of the user's own stands to the transaction of its script.
    fn placement(&self, _sql: &str) -> Placement {
        Placement::Inside
    }

    /// Whether a statement sets something for the session only, so that whoever goes on in another session has to run it again.
    fn sets_session(&self, _sql: &str) -> bool {
        false
    }

    /// What surrounds a statement that runs outside of any transaction.
    fn alone(&self, _sql: &str) -> Alone {
        Alone::default()
    }

    /// Whether an error means that the engine has not the way that a statement [asks for](Online::asking), and nothing is done.
    fn lacks_way(&self, _error: &Error) -> bool {
        false
    }

    /// A condition over a row of the old table under which the engine refuses the row's value of `old` in column `new` of
    /// table `after`; `None` when no value is refused.
    fn refuses(&self, after: &Table, old: &Column, new: &Column) -> Option<Sql>;

    /// A condition that is true when two expressions differ, NULL being a value like others.
    fn differs(&self, a: &str, b: &str) -> String {
        format!("{a} IS DISTINCT FROM {b}")
    }

    /// The expression over the old row that makes values of type `new`, of the schema `after`, out of those that `column` has of type
    /// `old`, of the schema `before`, where the engine does not convert them by itself. It is a guess that somebody has to look at.
    fn conversion(
        &self,
        _column: &str,
        _old: &TypeName,
        _new: &TypeName,
        _before: &Schema,
        _after: &Schema,
    ) -> Option<Sql> {
        None
    }

    /// The sequence that the engine makes together with a column, under a name of its own choice.
    fn made_with(&self, _table: &QName, _column: &Column) -> Option<QName> {
        None
    }

    /// A type that holds the values of a column of type `ty` while that type goes and another of its name comes. `None` where no type can
    /// stand in a column while it goes.
    fn carrier(&self, _ty: &TypeName) -> Option<TypeName> {
        None
    }

    /// Whether the change of a type makes it another type to the engine, so that whatever has it is retyped. Where it does not, the
    /// type is changed in place and nothing else notices.
    fn makes_another_type(&self, _old: &Object, _new: &Object) -> bool {
        false
    }

    /// Whether the column cannot be changed like that in place and is dropped and added, with all that goes with that.
    fn replaces_column(&self, _change: &AlterColumn) -> bool {
        false
    }

    /// The columns, by their names in `after`, that a foreign key at either end has to be gone for while the table becomes `after`.
    /// Only asked where [`Facts::foreign_keys_hold_columns`] says so.
    fn columns_held(&self, _before: &Table, _after: &Table) -> Vec<Name> {
        Vec::new()
    }

    /// The statement that gives a namespace the comment of `declared`, or the one it has by itself; `None` where namespaces have
    /// no comments.
    fn comment_on_namespace(&self, _name: &Name, _declared: Option<&Namespace>) -> Option<Sql> {
        None
    }

    /// The object that says which privileges there are to be on what the directive creates, where the engine by itself, by what
    /// `before` holds, grants others. `wanted` is what the target says. `None` when nothing has to be said beyond that.
    fn settled_privileges(&self, _created: &Directive, _before: &Schema, _wanted: &Schema) -> Option<Object> {
        None
    }

    /// Whether the change makes the table anew, so that nothing that leans on it can stand.
    fn rebuilds_table(&self, _change: &TableChange) -> bool {
        false
    }

    /// Whether the engine can build and drop the index while others write to its table, which the script that does so leads from
    /// `before` to `after`.
    fn builds_concurrently(&self, _index: &Index, _before: &Table, _after: &Table) -> bool {
        false
    }

    /// Whether a column of the table refuses NULL: by a NOT NULL of its own, or as part of the primary key.
    fn refuses_null(&self, table: &Table, column: &Column) -> bool {
        let in_key = |key: &PrimaryKey| {
            let mut columns = key.columns.iter().filter_map(IndexPart::column_name);
            columns.any(|name| self.same_name(name, &column.name))
        };
        column.not_null || table.primary_key.as_ref().is_some_and(in_key)
    }

    /// A neutral value of the column's type (zero, the empty text), for rows that must get some value when a column
    /// that was dropped comes back.
    fn neutral_value(&self, column: &Column) -> Option<Sql>;
}

/// The dialect of an engine.
///
/// # Errors
/// For an engine this version does not serve yet.
pub fn for_engine(engine: Engine) -> Result<&'static dyn Dialect> {
    match engine {
        Engine::Sqlite => Ok(&sqlite::Sqlite),
        Engine::Postgres => Ok(&postgres::Postgres),
        Engine::Mysql => Ok(&mysql::MYSQL),
        Engine::Mariadb => Ok(&mysql::MARIADB),
    }
}
