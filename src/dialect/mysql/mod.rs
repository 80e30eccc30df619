//! MySQL 8.0 to 9.x and MariaDB 10.6 to 12: two engines that share most of their words.
//!
//! `spelling` writes names and values; `columns`, `index`, `constraints`, `table` whole definitions. `alter` makes one ALTER TABLE of all that a
//! script does to a table and its indexes, with `rename`, `carry` and `partition` for what has to stand apart. `kinds` is the table of
//! all kinds of objects, `objects` creates, replaces and drops them by it; `sequence` is MariaDB's. `types` knows the families of types,
//! `values` what they refuse, `canonical` what is no difference, `names` what the server would refuse.
//!
//! Where the two differ, a function asks for the [`Flavour`].

mod alter;
mod canonical;
mod carry;
mod column_change;
mod columns;
mod constraints;
mod index;
mod kinds;
mod names;
mod objects;
mod online;
pub(crate) mod option;
mod partition;
mod placement;
mod rename;
mod sequence;
mod spatial;
mod spelling;
mod table;
mod types;
mod values;

#[cfg(test)]
mod tests;

#[cfg(feature = "mysql")]
pub(crate) use objects::ZONE;
#[cfg(feature = "mysql")]
pub(crate) use spelling::{quote, text};
#[cfg(feature = "mysql")]
pub(crate) use types::holds_geometries;

pub(crate) use partition::lost as partitions_lost;

use super::{Alone, Dialect, Engine, Facts, KindRule, Placement, Session, Statement};
use crate::directive::{AlterColumn, Directive, Literal, Naming, RenamedPart, same_relation};
use crate::schema::{Column, Name, Object, ObjectKind, QName, Schema, Sql, Table};
use crate::sql::{self, Lexicon};
use crate::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

impl Flavour {
    fn title(self) -> &'static str {
        match self {
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
        }
    }
}

/// How a server tells names of tables, views and triggers apart (its `lower_case_table_names`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationNames {
    /// By every letter: 0, what is usual on Linux.
    Exact,
    /// In any case of letters: 1, which folds them when they come, and 2, which keeps them as they were written.
    AnyCase,
}

/// The dialect of MySQL and that of MariaDB.
#[derive(Debug, Clone, Copy)]
pub struct Mysql {
    flavour: Flavour,
    relations: RelationNames,
}

/// The dialect of MySQL.
pub static MYSQL: Mysql = Mysql {
    flavour: Flavour::Mysql,
    relations: RelationNames::Exact,
};

/// The dialect of MariaDB.
pub static MARIADB: Mysql = Mysql {
    flavour: Flavour::Mariadb,
    relations: RelationNames::Exact,
};

static MYSQL_IN_ANY_CASE: Mysql = Mysql {
    relations: RelationNames::AnyCase,
    ..MYSQL
};

static MARIADB_IN_ANY_CASE: Mysql = Mysql {
    relations: RelationNames::AnyCase,
    ..MARIADB
};

/// The dialect of a server that tells names of tables apart like that.
pub fn with_names(flavour: Flavour, relations: RelationNames) -> &'static Mysql {
    match (flavour, relations) {
        (Flavour::Mysql, RelationNames::Exact) => &MYSQL,
        (Flavour::Mysql, RelationNames::AnyCase) => &MYSQL_IN_ANY_CASE,
        (Flavour::Mariadb, RelationNames::Exact) => &MARIADB,
        (Flavour::Mariadb, RelationNames::AnyCase) => &MARIADB_IN_ANY_CASE,
    }
}

static FACTS: Facts = Facts {
    transactional_ddl: false,
    foreign_keys_look_ahead: false,
    foreign_keys_hold_columns: true,
    joins_index_changes: true,
    renames_indexes: true,
    renames_constraints: false,
    keys_are_relations: false,
    places_columns: false,
    comments: true,
    tracks_dependencies: false,
    max_identifier: Some(spelling::MAX_NAME),
    default_namespace: None,
};

impl Naming for Mysql {
    /// Names of columns, indexes, constraints, routines and events are the same in any case.
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if name.chars().any(char::is_uppercase) {
            Cow::Owned(canonical::fold(name))
        } else {
            Cow::Borrowed(name)
        }
    }

    /// Tables, views and triggers are files, and it is a setting of the server whether their names are the same in any case.
    fn fold_relation<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self.relations {
            RelationNames::Exact => Cow::Borrowed(name),
            RelationNames::AnyCase => self.fold(name),
        }
    }

    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::rename_identifier(sql, from, to, &Lexicon::MYSQL, spelling::quote)
    }

    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::replace_qualifier(sql, from, Some(&spelling::quote(to)), &Lexicon::MYSQL)
    }

    fn follow_column(&self, table: &mut Table, old: &Name, new: &Name) {
        rename::follow(table, old, new, *self);
    }

    /// Neither engine looks into views and bodies when something they name gets another name.
    fn rename_in_object(&self, object: &Object, renamed: &RenamedPart<'_>) -> Option<String> {
        match renamed {
            RenamedPart::Table { old, new }
                if object.id.on.as_ref().is_some_and(|on| self.same_table(on, old)) =>
            {
                Some(objects::on_table(&object.definition, &new.name))
            }
            RenamedPart::Table { .. } | RenamedPart::Column { .. } => None,
        }
    }
}

/// A statement that changes the schema: it commits by itself.
fn ddl(sql: impl Into<String>) -> Statement {
    Statement::new(sql).placed(Placement::Outside)
}

impl Dialect for Mysql {
    fn engine(&self) -> Engine {
        match self.flavour {
            Flavour::Mysql => Engine::Mysql,
            Flavour::Mariadb => Engine::Mariadb,
        }
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn kind(&self, kind: &ObjectKind) -> Option<&'static KindRule> {
        let own = kind.custom().map(|custom| custom.rule());
        own.or_else(|| kinds::find(kind, self.flavour))
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
        canonical::table(table, *self)
    }

    fn canonical_object(&self, object: &Object) -> Object {
        match object.id.kind.custom() {
            Some(custom) => custom.canonical(object),
            None => canonical::object(object),
        }
    }

    fn session(&self, _directives: &[Directive]) -> Session {
        Session::default()
    }

    /// Backslashes and double quotes mean something else in some modes; that of the program's own session is none of these.
    fn around_text(&self, text: &str) -> Option<(&'static str, &'static str)> {
        text.contains(['\\', '"']).then_some((
            "SET @autogen_mode = @@sql_mode, sql_mode = REPLACE(REPLACE(@@sql_mode, 'ANSI_QUOTES', ''), 'NO_BACKSLASH_ESCAPES', '')",
            "SET sql_mode = @autogen_mode",
        ))
    }

    fn compile(&self, directive: &Directive, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        self.compile_run(std::slice::from_ref(directive), before, after)
    }

    /// A table with its indexes is created by one statement, changed by one, and its indexes go with it.
    fn run(&self, directives: &[Directive]) -> usize {
        alter::run(directives, *self)
    }

    fn compile_run(&self, run: &[Directive], before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        run.iter().try_for_each(names::check)?;
        let [directive] = run else {
            return alter::compile(run, before, after, *self);
        };
        self.compile_one(directive, before, after)
    }

    fn arrange(&self, directives: Vec<Directive>) -> Vec<Directive> {
        objects::arrange(directives, *self)
    }

    fn placement(&self, sql: &str) -> Placement {
        placement::placement(sql)
    }

    fn sets_session(&self, sql: &str) -> bool {
        placement::sets_session(sql)
    }

    fn alone(&self, sql: &str) -> Alone {
        placement::alone(sql)
    }

    fn lacks_way(&self, error: &Error) -> bool {
        online::lacks_way(error.code(), self.flavour)
    }

    fn refuses(&self, _after: &Table, old: &Column, new: &Column) -> Option<Sql> {
        values::refuses(old, new)
    }

    /// What a column holds that becomes a generated one is lost, by MODIFY too.
    fn replaces_column(&self, change: &AlterColumn) -> bool {
        column_change::loses_values(change)
    }

    fn columns_held(&self, before: &Table, after: &Table) -> Vec<Name> {
        column_change::held(before, after, *self)
    }

    fn differs(&self, a: &str, b: &str) -> String {
        format!("NOT ({a} <=> {b})")
    }

    fn neutral_value(&self, column: &Column) -> Option<Sql> {
        types::neutral(column)
    }
}

impl Mysql {
    /// Whether two names of columns, indexes or constraints are one.
    fn same(self, a: &str, b: &str) -> bool {
        self.same_name(a, b)
    }

    /// Whether two names of tables are one.
    fn same_table(self, a: &QName, b: &QName) -> bool {
        a == b || same_relation(&self, a, b)
    }

    fn compile_one(self, directive: &Directive, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        use Directive as D;
        let flavour = self.flavour;
        let one = |sql: String| Ok(vec![ddl(sql)]);
        match directive {
            D::CreateTable(_)
            | D::DropTable(_)
            | D::AlterTable(_)
            | D::CreateIndex { .. }
            | D::DropIndex { .. }
            | D::RenameIndex { .. } => alter::compile(std::slice::from_ref(directive), before, after, self),
            D::RenameTable(names) => one(format!(
                "RENAME TABLE {} TO {}",
                spelling::qname(&names.old),
                spelling::qname(&names.new)
            )),
            D::CreateSequence(sequence) => self.with_sequences(vec![sequence::create(sequence)]),
            D::DropSequence(sequence) => self.with_sequences(vec![ddl(format!(
                "DROP SEQUENCE {}",
                spelling::qname(&sequence.name)
            ))]),
            D::AlterSequence(change) => self.with_sequences(sequence::alter(change)),
            D::CreateObject(object) => objects::create(object, before, self),
            D::DropObject(object) => objects::drop(object, flavour),
            D::ReplaceObject(change) => objects::replace(change, before, self),
            D::Execute { sql } => Ok(vec![
                Statement::new(sql.to_string()).placed(placement::placement(sql)),
            ]),
            D::BulkInsert(insert) => {
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
                Ok(vec![Statement::new(format!(
                    "INSERT INTO {} {} VALUES{}",
                    spelling::qname(&insert.table),
                    spelling::name_list(&insert.columns),
                    rows.join(",")
                ))])
            }
            // It is the program that runs it.
            D::Run(_) => Ok(Vec::new()),
            D::Custom(custom) => custom.statements(&self, before),
            D::Irreversible { why } => Err(Error::new(
                ErrorKind::Script,
                format!("this direction is irreversible: {why}"),
            )),
            D::CreateNamespace(_) | D::DropNamespace(_) => Err(self.unsupported("a namespace")),
            D::CreateEnum(_) | D::DropEnum(_) | D::AlterEnum { .. } => Err(self.unsupported("an enum type")),
        }
    }

    fn with_sequences(self, statements: Vec<Statement>) -> Result<Vec<Statement>> {
        match self.flavour {
            Flavour::Mariadb => Ok(statements),
            Flavour::Mysql => Err(self.unsupported("a sequence")),
        }
    }

    fn unsupported(self, what: &str) -> Error {
        Error::new(
            ErrorKind::Script,
            format!("{} has no such thing: {what}", self.flavour.title()),
        )
        .hint("put it inside `if op.dialect() == \"...\" { }` for the engine that has it")
    }
}
