//! The rows of a table in the middle of a script, as a query over the tables as they are at its start.
//!
//! Comes in: the schema at the start and directives, one by one. Goes out: for any table at that point, what to write after FROM
//! to get its rows, and how far each column can be trusted to hold what the finished table will hold. So a guard for the
//! tenth directive can run before the first.

use super::coalesce::key;
use crate::dialect::Dialect;
use crate::directive::{
    AlterColumn, AlterTable, ColumnChange, Directive, NewColumn, TableChange, find_table,
};
use crate::schema::{Name, QName, Schema, Table};
use std::collections::BTreeMap;

/// The rows of one table.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// A quoted table or a query in parentheses; `None` when there are no rows, because the table is new.
    source: Option<String>,
    /// The plain name that the table has now, unquoted.
    alias: Name,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: Name,
    trust: Trust,
}

/// How far a column of [`Rows`] can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It holds the values as they are and will be.
    Kept,
    /// It holds the values from which the new ones are made by a change of type, collation or through an expression: equal ones
    /// stay equal and a NULL stays NULL, but they may compare otherwise with other values.
    Converted,
    /// It is new and NULL.
    Empty,
    /// Nothing is known: the engine computes it, or it is not in the query at all.
    Unknown,
}

impl Rows {
    fn of(table: &Table, dialect: &dyn Dialect) -> Self {
        let trust = if table.definition.is_some() {
            Trust::Unknown
        } else {
            Trust::Kept
        };
        Self {
            source: Some(quoted(&table.name, dialect)),
            alias: table.name.name.clone(),
            fields: table
                .columns
                .iter()
                .map(|c| Field {
                    name: c.name.clone(),
                    trust,
                })
                .collect(),
        }
    }

    fn none(table: &QName) -> Self {
        Self {
            source: None,
            alias: table.name.clone(),
            fields: Vec::new(),
        }
    }

    /// Whether the table is new, so that no row can be in it.
    pub(super) fn is_empty(&self) -> bool {
        self.source.is_none()
    }

    /// What to write after FROM; columns can be qualified by [`Rows::alias`]. `None` when the table is new.
    pub(super) fn from(&self, dialect: &dyn Dialect) -> Option<String> {
        self.aliased(&self.alias(dialect))
    }

    /// The same under another, quoted alias.
    pub(super) fn aliased(&self, alias: &str) -> Option<String> {
        self.source.as_ref().map(|source| {
            if source == alias {
                source.clone()
            } else {
                format!("{source} AS {alias}")
            }
        })
    }

    /// The quoted name of the rows in the query.
    pub(super) fn alias(&self, dialect: &dyn Dialect) -> String {
        dialect.quote(&self.alias)
    }

    /// How far a column can be trusted.
    pub(super) fn trust(&self, column: &str, dialect: &dyn Dialect) -> Trust {
        self.fields
            .iter()
            .find(|f| dialect.same_name(&f.name, column))
            .map_or(Trust::Unknown, |f| f.trust)
    }

    /// The rows after changes that lead to `table`.
    fn altered(&self, alter: &AlterTable, table: &Table, dialect: &dyn Dialect) -> Self {
        if self.is_empty() || table.definition.is_some() {
            return Self {
                fields: Vec::new(),
                ..self.clone()
            };
        }
        let mut rows = self.clone();
        rows.rename_columns(alter, dialect);
        rows.change_columns(alter, table, dialect);
        rows
    }

    /// Renames come first, whatever their place among the changes: expressions read the row with its new names.
    fn rename_columns(&mut self, alter: &AlterTable, dialect: &dyn Dialect) {
        let mut renamed = self.fields.clone();
        let mut any = false;
        for change in &alter.changes {
            if let TableChange::RenameColumn(names) = change
                && let Some(field) = renamed
                    .iter_mut()
                    .find(|f| dialect.same_name(&f.name, &names.old))
            {
                field.name = names.new.clone();
                any = true;
            }
        }
        if !any {
            return;
        }
        let columns: Vec<String> = self
            .fields
            .iter()
            .zip(&renamed)
            .filter(|(old, _)| old.trust != Trust::Unknown)
            .map(|(old, new)| {
                let old = dialect.quote(&old.name);
                let new = dialect.quote(&new.name);
                if old == new {
                    old
                } else {
                    format!("{old} AS {new}")
                }
            })
            .collect();
        self.select(&columns, dialect);
        self.fields = renamed;
    }

    fn change_columns(&mut self, alter: &AlterTable, table: &Table, dialect: &dyn Dialect) {
        let mut columns = Vec::new();
        let mut fields = Vec::new();
        let mut computes = false;
        for column in &table.columns {
            let made = self.made(&column.name, alter, dialect);
            computes |= made.computed;
            columns.extend(made.select);
            fields.push(Field {
                name: column.name.clone(),
                trust: made.trust,
            });
        }
        // Without anything computed the rows are where they were, and columns that are dropped stand idle.
        if computes {
            self.select(&columns, dialect);
        }
        self.fields = fields;
    }

    /// How a column comes about from the row as it is before.
    fn made(&self, name: &Name, alter: &AlterTable, dialect: &dyn Dialect) -> Made {
        let quoted = dialect.quote(name);
        let added = alter.changes.iter().rev().find_map(|change| match change {
            TableChange::AddColumn(new) if dialect.same_name(&new.column.name, name) => Some(new),
            _ => None,
        });
        if let Some(new) = added {
            return Made::added(new, &quoted);
        }
        let trust = self.trust(name, dialect);
        if trust == Trust::Unknown {
            return Made::unknown();
        }
        alter
            .changes
            .iter()
            .filter_map(|change| match change {
                TableChange::AlterColumn(alter) if dialect.same_name(&alter.name, name) => Some(alter),
                _ => None,
            })
            .fold(Made::kept(quoted.clone(), trust), |made, alter| {
                made.changed(alter, &quoted, dialect)
            })
    }

    fn select(&mut self, columns: &[String], dialect: &dyn Dialect) {
        // A table of which nothing is known still has rows to count.
        let columns = if columns.is_empty() {
            "1 AS autogen_row".to_owned()
        } else {
            columns.join(", ")
        };
        let from = self.from(dialect);
        self.source = from.map(|from| format!("(SELECT {columns} FROM {from})"));
    }
}

struct Made {
    /// `None` leaves it out of the query.
    select: Option<String>,
    trust: Trust,
    /// Whether `select` is more than the column itself.
    computed: bool,
}

impl Made {
    fn kept(quoted: String, trust: Trust) -> Self {
        Self {
            select: Some(quoted),
            trust,
            computed: false,
        }
    }

    fn unknown() -> Self {
        Self {
            select: None,
            trust: Trust::Unknown,
            computed: false,
        }
    }

    fn added(new: &NewColumn, quoted: &str) -> Self {
        let column = &new.column;
        let of = |sql: &str, trust| Self {
            select: Some(format!("({sql}\n) AS {quoted}")),
            trust,
            computed: true,
        };
        match (&new.backfill, &column.default) {
            _ if column.generated.is_some() => Self::unknown(),
            (Some(backfill), _) => of(backfill, Trust::Converted),
            (None, None) if column.identity.is_none() => of("NULL", Trust::Empty),
            (None, Some(default)) if default.trim().eq_ignore_ascii_case("null") => of("NULL", Trust::Empty),
            // A default may take the next number of a sequence: evaluating it is not for a query that only looks.
            (None, Some(_) | None) => Self::unknown(),
        }
    }

    fn changed(self, alter: &AlterColumn, quoted: &str, dialect: &dyn Dialect) -> Self {
        let Some(mut select) = self.select else {
            return self;
        };
        let mut made = Self { select: None, ..self };
        let lessen = |trust: Trust| {
            if trust == Trust::Kept {
                Trust::Converted
            } else {
                trust
            }
        };
        for change in &alter.changes {
            match change {
                ColumnChange::Type(_) => made.trust = lessen(made.trust),
                ColumnChange::Collation(collation) => match &collation.new {
                    Some(name) => {
                        made.trust = lessen(made.trust);
                        made.computed = true;
                        select = format!("{quoted} COLLATE {} AS {quoted}", dialect.quote(name));
                    }
                    // There is no word for the collation that a column has without one.
                    None => return Self::unknown(),
                },
                ColumnChange::Generated(generated) if generated.new.is_some() => return Self::unknown(),
                _ => {}
            }
        }
        let expression = match (&alter.using, &alter.backfill) {
            (Some(using), Some(backfill)) => Some(format!("coalesce(({using}\n), ({backfill}\n))")),
            (Some(using), None) => Some(format!("({using}\n)")),
            (None, Some(backfill)) => Some(format!("coalesce({quoted}, ({backfill}\n))")),
            (None, None) => None,
        };
        if let Some(expression) = expression {
            made.trust = Trust::Converted;
            made.computed = true;
            select = format!("{expression} AS {quoted}");
        }
        made.select = Some(select);
        made
    }
}

/// The rows of all tables along a script.
pub(super) struct AllRows<'a> {
    start: &'a Schema,
    dialect: &'a dyn Dialect,
    /// Tables that are no more what they were; `None` for those that are gone.
    changed: BTreeMap<String, Option<Rows>>,
}

impl<'a> AllRows<'a> {
    /// Before the first directive.
    pub(super) fn new(start: &'a Schema, dialect: &'a dyn Dialect) -> Self {
        Self {
            start,
            dialect,
            changed: BTreeMap::new(),
        }
    }

    /// The rows of a table by the name it has now; `None` for what is no table of the model.
    pub(super) fn of(&self, table: &QName) -> Option<Rows> {
        match self.changed.get(&key(table, self.dialect)) {
            Some(rows) => rows.clone(),
            None => find_table(self.start, table, self.dialect).map(|table| Rows::of(table, self.dialect)),
        }
    }

    /// Takes a directive in; `schema` is the one behind it.
    pub(super) fn step(&mut self, directive: &Directive, schema: &Schema) {
        let dialect = self.dialect;
        match directive {
            Directive::CreateTable(table) => self.put(&table.name, Some(Rows::none(&table.name))),
            Directive::DropTable(table) => self.put(&table.name, None),
            Directive::RenameTable(names) => {
                let rows = self.of(&names.old).map(|rows| Rows {
                    alias: names.new.name.clone(),
                    ..rows
                });
                self.put(&names.old, None);
                self.put(&names.new, rows);
            }
            Directive::AlterTable(alter) => {
                if let (Some(rows), Some(table)) =
                    (self.of(&alter.table), find_table(schema, &alter.table, dialect))
                {
                    let rows = rows.altered(alter, table, dialect);
                    self.put(&alter.table, Some(rows));
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, table: &QName, rows: Option<Rows>) {
        self.changed.insert(key(table, self.dialect), rows);
    }
}

/// A name with its namespace, quoted.
pub(super) fn quoted(name: &QName, dialect: &dyn Dialect) -> String {
    match &name.namespace {
        Some(namespace) => format!("{}.{}", dialect.quote(namespace), dialect.quote(&name.name)),
        None => dialect.quote(&name.name),
    }
}
