//! The two tables of the ledger: what they are made of, how each engine spells and makes them, and how it is asked for them.

use super::Ledger;
use crate::dialect::{Engine, mysql};
use crate::directive::{Directive, Literal};
use crate::plan::plan;
use crate::schema::{Column, IndexPart, Options, PrimaryKey, QName, Schema, Table};
use crate::{Error, ErrorKind, Result};
use sea_schema::{probe::SchemaProbe, sea_query::SqliteQueryBuilder};

pub(super) const VERSION_COLUMN: &str = "version_num";
const HISTORY_COLUMNS: [(&str, &str); 10] = [
    ("id", "integer"),
    ("revision", "varchar(255)"),
    ("direction", "varchar(16)"),
    ("checksum", "varchar(128)"),
    ("tool_version", "varchar(64)"),
    ("started_at", "varchar(40)"),
    ("finished_at", "varchar(40)"),
    ("statements", "integer"),
    ("statements_total", "integer"),
    ("progress", "text"),
];
/// One more, where statements commit by themselves.
const IN_DOUBT: (&str, &str) = ("in_doubt", "varchar(64)");
/// Columns of the history that may be NULL.
const OPTIONAL: [&str; 5] = ["revision", "checksum", "finished_at", "progress", IN_DOUBT.0];

impl Ledger {
    pub(super) fn columns(&self) -> Vec<String> {
        let names = self.history_columns();
        names.map(|(name, _)| self.dialect.quote(name)).collect()
    }

    pub(super) fn history_columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        HISTORY_COLUMNS
            .into_iter()
            .chain(self.doubts().then_some(IN_DOUBT))
    }

    /// Whether statements commit by themselves, so that one may be in doubt.
    pub(super) fn doubts(&self) -> bool {
        !self.dialect.facts().transactional_ddl
    }

    pub(super) fn number(&self, n: u64) -> String {
        self.dialect
            .literal(&Literal::Integer(i64::try_from(n).unwrap_or(i64::MAX)))
    }

    pub(super) fn create(&self, table: &Table) -> Result<Vec<String>> {
        let directive = Directive::CreateTable(Box::new(table.clone()));
        let plan = plan(&[directive], &Schema::new(), self.dialect)?;
        Ok(plan
            .steps
            .into_iter()
            .flat_map(|s| s.statements)
            .map(|s| s.sql)
            .collect())
    }

    pub(super) fn version_model(&self) -> Table {
        let mut table = self.table(&self.version);
        table.columns.push(Column {
            not_null: true,
            ..Column::new(VERSION_COLUMN, "varchar(255)")
        });
        table.primary_key = Some(key(VERSION_COLUMN));
        table
    }

    pub(super) fn history_model(&self) -> Table {
        let mut table = self.table(&self.history);
        table.columns = self
            .history_columns()
            .map(|(name, ty)| Column {
                not_null: !OPTIONAL.contains(&name),
                ..Column::new(name, self.long(ty))
            })
            .collect();
        table.primary_key = Some(key(HISTORY_COLUMNS[0].0));
        table
    }

    /// A table that holds the names of revisions by their letters, whatever the database has as its default.
    pub(super) fn table(&self, name: &QName) -> Table {
        let mut table = Table::new(name.clone());
        match self.dialect.engine() {
            Engine::Sqlite | Engine::Postgres => {}
            Engine::Mysql | Engine::Mariadb => {
                table
                    .options
                    .insert(mysql::option::COLLATION.to_owned(), "utf8mb4_bin".to_owned());
            }
        }
        table
    }

    /// The type that takes what a script has planned, however much that is.
    pub(super) fn long(&self, ty: &'static str) -> &'static str {
        match (self.dialect.engine(), ty) {
            (Engine::Mysql | Engine::Mariadb, "text") => "longtext",
            _ => ty,
        }
    }

    pub(super) fn quoted(&self, name: &QName) -> String {
        let table = self.dialect.quote(&name.name);
        match self.namespace(name) {
            Some(namespace) => format!("{}.{table}", self.dialect.quote(namespace)),
            None => table,
        }
    }

    pub(super) fn namespace<'n>(&self, name: &'n QName) -> Option<&'n str> {
        name.namespace
            .as_deref()
            .or(self.dialect.facts().default_namespace)
    }

    /// A query that gives one truth value: whether there is a table of that name.
    pub(super) fn probe(&self, engine: Engine, table: &QName) -> String {
        match engine {
            Engine::Sqlite => sea_schema::sqlite::Sqlite
                .has_table(&*table.name)
                .to_string(SqliteQueryBuilder),
            Engine::Postgres => format!(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = {} AND c.relname = {} AND c.relkind IN ('r', 'p', 'v', 'f'))",
                self.text(self.namespace(table).unwrap_or("public")),
                self.text(&table.name)
            ),
            Engine::Mysql | Engine::Mariadb => format!(
                "SELECT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {})",
                self.text(&table.name)
            ),
        }
    }

    pub(super) fn optional(&self, text: Option<&str>) -> String {
        text.map_or_else(|| self.dialect.literal(&Literal::Null), |text| self.text(text))
    }

    /// A text that means the same whatever a script has set for its session: MySQL and MariaDB may have been told to leave
    /// backslashes alone, or to take what comes for another character set.
    pub(super) fn text(&self, text: &str) -> String {
        match self.dialect.engine() {
            Engine::Mysql | Engine::Mariadb
                if !text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'\\') =>
            {
                text.bytes()
                    .fold("_utf8mb4 X'".to_owned(), |hex, byte| format!("{hex}{byte:02X}"))
                    + "'"
            }
            _ => self.dialect.literal(&Literal::Text(text.to_owned())),
        }
    }

    /// A table of that name that is no ledger of ours, or a damaged one.
    pub(super) fn unreadable(table: &QName, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Database | ErrorKind::Script => error
                .context(format!("the ledger table {table} cannot be read"))
                .hint(format!(
                    "if {table} belongs to something else, choose another name with `version_table` in autogen.toml"
                )),
            _ => error,
        }
    }
}

fn key(column: &str) -> PrimaryKey {
    PrimaryKey {
        name: None,
        columns: vec![IndexPart::column(column)],
        include: Vec::new(),
        deferral: crate::schema::Deferral::NotDeferrable,
        options: Options::new(),
    }
}
