//! Rows that forbid a change, in words.
//!
//! Comes in: what was found and how many rows. Goes out: the error that a person reads. Nothing here makes or runs a query.

use crate::schema::{Name, QName, Sql, TypeName};
use crate::{Error, ErrorKind};
use serde::Serialize;

/// A query that has to find nothing before a change is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guard {
    /// Gives one row with one whole number: how many rows contradict. It looks at the tables as they are before the first
    /// directive of the [group](super::groups), so that all guards of a group can run before anything is touched.
    pub sql: String,
    /// The table whose rows they are.
    pub table: QName,
    /// What is wrong with them.
    pub contradiction: Contradiction,
}

/// Why rows forbid a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Contradiction {
    /// NULL in a column that becomes NOT NULL.
    Null {
        /// The column.
        column: Name,
        /// Whether the script has an expression for such rows, and it gives NULL.
        backfilled: bool,
    },
    /// A new column that is NOT NULL, and nothing to fill it with.
    NoValue {
        /// The column.
        column: Name,
    },
    /// Equal keys under a primary key, a unique constraint or a unique index that is new.
    Duplicate {
        /// The key: columns, expressions.
        key: Vec<String>,
        /// What forbids it, such as `unique index ux_email`.
        by: String,
    },
    /// Rows for which a new check is false.
    Check {
        /// Its name.
        name: Option<Name>,
        /// Its condition.
        expression: Sql,
    },
    /// Rows that refer to nothing by a new foreign key.
    Orphan {
        /// The referring columns.
        columns: Vec<Name>,
        /// The table referred to.
        parent: QName,
    },
    /// Values of a column that becomes a generated one, other than those that it computes.
    Computed {
        /// The column.
        column: Name,
        /// What it computes.
        expression: Sql,
    },
    /// Values that a type does not take.
    Refused {
        /// The column.
        column: Name,
        /// Its new type.
        ty: TypeName,
    },
}

impl Guard {
    /// The error when that many rows contradict.
    pub fn error(&self, rows: u64) -> Error {
        let error = Error::new(
            ErrorKind::RowsContradict,
            format!(
                "rows contradict: {rows} {} of {} {}",
                if rows == 1 { "row" } else { "rows" },
                self.table,
                self.contradiction.words(rows)
            ),
        );
        error.hint(self.contradiction.hint(&self.table))
    }
}

impl Contradiction {
    fn words(&self, rows: u64) -> String {
        let plural = |one: &str, many: &str| {
            if rows == 1 {
                one.to_owned()
            } else {
                many.to_owned()
            }
        };
        match self {
            Self::Null {
                column,
                backfilled: false,
            } => {
                format!(
                    "{} NULL in {column}, which becomes NOT NULL",
                    plural("has", "have")
                )
            }
            Self::Null {
                column,
                backfilled: true,
            } => format!(
                "{} NULL from the backfill of {column}, which becomes NOT NULL",
                plural("gets", "get")
            ),
            Self::NoValue { column } => format!(
                "{} no value for the new column {column}, which is NOT NULL without a default",
                plural("has", "have")
            ),
            Self::Duplicate { key, by } => format!(
                "{} {} with another row, which the new {by} forbids",
                plural("shares", "share"),
                key.join(", ")
            ),
            Self::Check { name, expression } => {
                let check = name
                    .as_ref()
                    .map_or("check".to_owned(), |name| format!("check {name}"));
                format!("{} the new {check}: {expression}", plural("breaks", "break"))
            }
            Self::Orphan { columns, parent } => format!(
                "{} by {} to nothing in {parent}, which the new foreign key forbids",
                plural("refers", "refer"),
                names(columns)
            ),
            Self::Computed { column, expression } => format!(
                "{} another value in {column} than it is to be computed as: {expression}",
                plural("has", "have")
            ),
            Self::Refused { column, ty } => {
                format!(
                    "{} a value in {column} that type {ty} refuses",
                    plural("has", "have")
                )
            }
        }
    }

    fn hint(&self, table: &QName) -> String {
        match self {
            Self::Null {
                column,
                backfilled: false,
            } => format!(
                "give them a value: add `.backfill(\"...\")` to the change of {column} in the script, or set them with op.execute(\"UPDATE {table} ...\") before it"
            ),
            Self::Null {
                column,
                backfilled: true,
            } => {
                format!("let the expression in the backfill of {column} give a value for every row")
            }
            Self::NoValue { column } => format!(
                "say what they get: add `.backfill(\"...\")` to the new column {column} in the script, or give it a default"
            ),
            Self::Duplicate { .. } => format!(
                "remove or change the rows that are there twice, by hand or with op.execute(\"... {table} ...\") before it in the script"
            ),
            Self::Check { .. } => format!(
                "correct the rows, by hand or with op.execute(\"UPDATE {table} ...\") before it in the script"
            ),
            Self::Orphan { parent, .. } => format!(
                "add the missing rows to {parent}, or set the column to NULL or delete the rows with op.execute(\"... {table} ...\") before it in the script"
            ),
            Self::Computed { column, expression } => format!(
                "their values would be lost; if they may, say so with op.execute(\"UPDATE {table} SET {column} = {expression}\") before it in the script"
            ),
            Self::Refused { column, .. } => format!(
                "convert the values: add `.using(\"...\")` to the change of {column} in the script, or correct them with op.execute(\"UPDATE {table} ...\") before it"
            ),
        }
    }
}

fn names(columns: &[Name]) -> String {
    columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_rows_table_and_column_and_says_what_to_do() {
        let guard = Guard {
            sql: String::new(),
            table: "users".into(),
            contradiction: Contradiction::Null {
                column: "email".into(),
                backfilled: false,
            },
        };
        assert_eq!(
            guard.error(3).message(),
            "rows contradict: 3 rows of users have NULL in email, which becomes NOT NULL"
        );
        assert_eq!(
            guard.error(1).message(),
            "rows contradict: 1 row of users has NULL in email, which becomes NOT NULL"
        );
        assert_eq!(guard.error(1).kind(), ErrorKind::RowsContradict);
        assert!(guard.error(1).hints()[0].contains(".backfill("));
    }
}
