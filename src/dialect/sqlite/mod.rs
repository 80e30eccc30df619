//! SQLite.
//!
//! `spelling` writes names and values, `ddl` whole definitions, `alter` decides between ALTER TABLE and a rebuild, `broken` knows what stands in its way, `rebuild` is the
//! rebuild, `canonical` is the spelling that two equal things share, `values` knows affinities. `grammar` reads what
//! `sqlite_schema` holds.

mod alter;
mod broken;
mod canonical;
mod ddl;
#[cfg(feature = "connect")]
pub(crate) mod grammar;
mod rebuild;
mod spelling;
mod values;

use super::{Dialect, Engine, Facts, Keeps, KindRule, KindStage, Replace, Session, Statement};
use crate::directive::{Directive, Literal, Naming};
use crate::extend::Effect;
use crate::schema::{Column, Object, ObjectKind, Schema, Sql, Table};
use crate::sql::{self, Lexicon};
use crate::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// The dialect of SQLite (3.35 and newer: `ALTER TABLE ... DROP COLUMN`).
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

/// The kind of a view.
pub const VIEW: ObjectKind = ObjectKind::new("view");
/// The kind of a trigger.
pub const TRIGGER: ObjectKind = ObjectKind::new("trigger");
/// The kind of a virtual table, which is one object with all its shadow tables.
pub const VIRTUAL_TABLE: ObjectKind = ObjectKind::new("virtual table");

/// The modules of virtual tables that are built in, in lower case.
#[cfg(feature = "connect")]
pub(crate) const MODULES: &[&str] = &[
    "fts3",
    "fts4",
    "fts4aux",
    "fts5",
    "fts5vocab",
    "geopoly",
    "rtree",
    "rtree_i32",
];

/// How `sqlite_schema` calls what the model keeps as options.
pub(crate) mod option {
    /// Table: `STRICT`.
    pub(crate) const STRICT: &str = "strict";
    /// Table: `WITHOUT ROWID`.
    pub(crate) const WITHOUT_ROWID: &str = "without_rowid";
    /// Primary key, unique: `ON CONFLICT`, in lower case.
    pub(crate) const ON_CONFLICT: &str = "on_conflict";
    /// Column: `NOT NULL ON CONFLICT`, in lower case.
    pub(crate) const NOT_NULL_ON_CONFLICT: &str = "not_null_on_conflict";
    /// Column: the name of the NOT NULL constraint.
    pub(crate) const NOT_NULL_NAME: &str = "not_null_name";
    /// Primary key: written with its column. Kept only for `INTEGER PRIMARY KEY DESC`, which by a quirk of old is no alias
    /// of the rowid when written with the column, and is one when written apart (<https://www.sqlite.org/lang_createtable.html#rowid>).
    pub(crate) const INLINE: &str = "inline";
}

static FACTS: Facts = Facts {
    transactional_ddl: true,
    foreign_keys_look_ahead: true,
    foreign_keys_hold_columns: false,
    joins_index_changes: false,
    renames_indexes: false,
    renames_constraints: false,
    keys_are_relations: false,
    places_columns: false,
    comments: false,
    tracks_dependencies: false,
    max_identifier: None,
    default_namespace: None,
};

static KINDS: [KindRule; 4] = [
    // Only an index whose definition could not be read; all others have a model of their own.
    KindRule {
        kind: "index",
        noun: "INDEX",
        replace: Replace::DropAndCreate,
        goes_with_table: true,
        holds_data: false,
        binds_early: false,
        keeps: Keeps::Nothing,
        stage: KindStage::Usual,
        reads_by_name: false,
    },
    KindRule {
        kind: "view",
        noun: "VIEW",
        replace: Replace::DropAndCreate,
        goes_with_table: false,
        holds_data: false,
        binds_early: false,
        keeps: Keeps::Nothing,
        stage: KindStage::Usual,
        reads_by_name: false,
    },
    KindRule {
        kind: "trigger",
        noun: "TRIGGER",
        replace: Replace::DropAndCreate,
        goes_with_table: true,
        holds_data: false,
        binds_early: false,
        keeps: Keeps::Nothing,
        stage: KindStage::Usual,
        reads_by_name: false,
    },
    KindRule {
        kind: "virtual table",
        noun: "TABLE",
        replace: Replace::DropAndCreate,
        goes_with_table: false,
        holds_data: true,
        binds_early: false,
        keeps: Keeps::Nothing,
        stage: KindStage::Usual,
        reads_by_name: false,
    },
];

impl Naming for Sqlite {
    /// Names are the same in any ASCII case, quoted or not.
    fn fold<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        }
    }

    fn rename_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::rename_identifier(sql, from, to, &Lexicon::SQLITE, spelling::quote)
    }

    fn rename_qualifier_in_sql(&self, sql: &str, from: &str, to: &str) -> String {
        sql::replace_qualifier(sql, from, Some(&spelling::quote(to)), &Lexicon::SQLITE)
    }
}

impl Dialect for Sqlite {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn kind(&self, kind: &ObjectKind) -> Option<&'static KindRule> {
        let own = kind.custom().map(|custom| custom.rule());
        own.or_else(|| KINDS.iter().find(|rule| rule.kind == kind.as_str()))
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

    /// Foreign keys must be off while a table is dropped or rebuilt: DROP TABLE deletes its rows first, and that would reach
    /// the rows that refer to them. The pragma does nothing inside a transaction
    /// (<https://www.sqlite.org/lang_altertable.html#otheralter>).
    fn session(&self, directives: &[Directive]) -> Session {
        if directives.iter().any(needs_foreign_keys_off) {
            Session {
                before: vec!["PRAGMA foreign_keys=OFF".to_owned()],
                checks: vec![
                    "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2"
                        .to_owned(),
                ],
                after: vec![
                    "PRAGMA foreign_keys=ON".to_owned(),
                    // A rebuild that failed half-way leaves it on.
                    "PRAGMA legacy_alter_table=OFF".to_owned(),
                ],
            }
        } else {
            Session::default()
        }
    }

    fn compile(&self, directive: &Directive, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
        use Directive as D;
        let one = |sql: String| Ok(vec![Statement::new(sql)]);
        match directive {
            D::CreateTable(table) => {
                let mut statements = vec![Statement::new(ddl::create_table(table, &table.name)?)];
                statements.extend(
                    table
                        .indexes
                        .iter()
                        .map(|i| Statement::new(ddl::create_index(&table.name, i))),
                );
                Ok(statements)
            }
            D::DropTable(table) => one(format!("DROP TABLE {}", spelling::qname(&table.name))),
            D::RenameTable(names) => {
                let rename = format!(
                    "ALTER TABLE {} RENAME TO {}",
                    spelling::qname(&names.old),
                    spelling::quote(&names.new.name)
                );
                Ok(broken::aside(vec![Statement::new(rename)], &names.old, before))
            }
            D::AlterTable(alter) => alter::alter_table(alter, before, after),
            D::CreateIndex { table, index } => one(ddl::create_index(table, index)),
            D::DropIndex { index, .. } => one(format!("DROP INDEX {}", spelling::quote(&index.name))),
            D::RenameIndex { table, name } => {
                let index = after
                    .tables
                    .values()
                    .filter(|t| self.same_name(&t.name.name, &table.name))
                    .flat_map(|t| &t.indexes)
                    .find(|i| self.same_name(&i.name, &name.new))
                    .ok_or_else(|| unsupported(&format!("rename index {}: it is not known", name.old)))?;
                Ok(vec![
                    Statement::new(format!("DROP INDEX {}", spelling::quote(&name.old))),
                    Statement::new(ddl::create_index(table, index)),
                ])
            }
            D::CreateObject(object) => one(object.definition.to_string()),
            D::DropObject(object) => {
                let rule = self
                    .kind(&object.id.kind)
                    .ok_or_else(|| no_kind(&object.id.kind))?;
                one(format!("DROP {} {}", rule.noun, spelling::qname(&object.id.name)))
            }
            D::ReplaceObject(change) => {
                let rule = self
                    .kind(&change.old.id.kind)
                    .ok_or_else(|| no_kind(&change.old.id.kind))?;
                Ok(vec![
                    Statement::new(format!(
                        "DROP {} {}",
                        rule.noun,
                        spelling::qname(&change.old.id.name)
                    )),
                    Statement::new(change.new.definition.to_string()),
                ])
            }
            D::Execute { sql } => one(sql.to_string()),
            D::BulkInsert(insert) => Ok(ddl::bulk_insert(insert)),
            // It is the program that runs it.
            D::Run(_) => Ok(Vec::new()),
            D::Custom(custom) => custom.statements(self, before),
            D::Irreversible { why } => Err(Error::new(ErrorKind::Script, format!("irreversible: {why}"))),
            D::CreateNamespace(_) | D::DropNamespace(_) => Err(unsupported("a namespace")),
            D::CreateSequence(_) | D::DropSequence(_) | D::AlterSequence(_) => Err(unsupported("a sequence")),
            D::CreateEnum(_) | D::DropEnum(_) | D::AlterEnum { .. } => Err(unsupported("an enum type")),
        }
    }

    fn refuses(&self, after: &Table, old: &Column, new: &Column) -> Option<Sql> {
        values::refuses(after, old, new)
    }

    fn refuses_null(&self, table: &Table, column: &Column) -> bool {
        values::refuses_null(table, column)
    }

    fn neutral_value(&self, column: &Column) -> Option<Sql> {
        Some(values::neutral(column))
    }
}

/// Whether foreign keys must be off while a directive is carried out.
fn needs_foreign_keys_off(directive: &Directive) -> bool {
    use Directive as D;
    match directive {
        D::DropTable(_) | D::AlterTable(_) | D::RenameTable(_) => true,
        D::DropObject(object) => object.id.kind == VIRTUAL_TABLE,
        D::Execute { sql } => turns_foreign_keys_off(sql),
        D::Custom(custom) => match custom.effect() {
            Effect::Unknown | Effect::Nothing => false,
            Effect::Like(directives) => directives.iter().any(needs_foreign_keys_off),
        },
        // Of code it is only known when it runs.
        D::Run(_)
        | D::CreateNamespace(_)
        | D::DropNamespace(_)
        | D::CreateTable(_)
        | D::CreateIndex { .. }
        | D::DropIndex { .. }
        | D::RenameIndex { .. }
        | D::CreateSequence(_)
        | D::DropSequence(_)
        | D::AlterSequence(_)
        | D::CreateEnum(_)
        | D::DropEnum(_)
        | D::AlterEnum { .. }
        | D::CreateObject(_)
        | D::ReplaceObject(_)
        | D::BulkInsert(_)
        | D::Irreversible { .. } => false,
    }
}

/// Whether a statement of the user's own says `PRAGMA foreign_keys = off`: inside the transaction it would do nothing.
fn turns_foreign_keys_off(sql: &str) -> bool {
    let key = canonical::sql(sql);
    let words: Vec<&str> = key
        .split([' ', '=', '(', ')', ';'])
        .filter(|w| !w.is_empty())
        .collect();
    matches!(
        words.as_slice(),
        ["pragma", "foreign_keys", "off" | "0" | "false" | "no", ..]
    )
}

fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Script, format!("SQLite has no such thing: {what}"))
        .hint("put it inside `if op.dialect() == \"...\" { }` for the engine that has it")
}

fn no_kind(kind: &ObjectKind) -> Error {
    unsupported(&format!("an object of kind \"{kind}\""))
}
