//! Which rows would forbid a directive, as queries that count them.
//!
//! Comes in: a directive, its table before and after, and where the rows are. Goes out: [`Guard`]s. They exist to stop early and
//! to say what is wrong in words; the engine has the last word. So a guard errs on the side of silence: what cannot be
//! known before the change (a value that the engine converts or computes) is left to the engine.

use super::contradiction::{Contradiction, Guard};
use super::rows::{AllRows, Rows, Trust};
use crate::dialect::Dialect;
use crate::directive::{AlterTable, ColumnChange, Directive, TableChange, find_table};
use crate::schema::{
    Check, Column, Constraint, ForeignKey, Index, IndexPart, MatchKind, Name, PartTarget, QName, Schema,
    Table,
};
use crate::sql::{Lexicon, mentions};

/// The guards of a directive that leads from `before` to `schema`. `rows_before` are those in front of it, `rows` those behind it.
pub(super) fn guards(
    directive: &Directive,
    (before, rows_before): (&Schema, &AllRows),
    (schema, rows): (&Schema, &AllRows),
    dialect: &dyn Dialect,
) -> Vec<Guard> {
    let table_of = |name: &QName| {
        let found = rows.of(name).filter(|rows| !rows.is_empty())?;
        Some((find_table(schema, name, dialect)?, found))
    };
    match directive {
        Directive::AlterTable(alter) => {
            let (Some((table, found)), Some(old), Some(old_rows)) = (
                table_of(&alter.table),
                find_table(before, &alter.table, dialect),
                rows_before.of(&alter.table),
            ) else {
                return Vec::new();
            };
            let altered = Altered {
                alter,
                old,
                old_rows: &old_rows,
                new: Rowed {
                    table,
                    rows: &found,
                    dialect,
                },
            };
            altered.guards(schema, rows)
        }
        Directive::CreateIndex { table, index } if index.unique => table_of(table)
            .and_then(|(table, found)| {
                Rowed {
                    table,
                    rows: &found,
                    dialect,
                }
                .unique_index(index)
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// A table with its rows.
struct Rowed<'a> {
    table: &'a Table,
    rows: &'a Rows,
    dialect: &'a dyn Dialect,
}

/// A key that must be unique.
struct Key<'a> {
    parts: &'a [IndexPart],
    predicate: Option<&'a str>,
    nulls_are_equal: bool,
    by: String,
}

impl Rowed<'_> {
    fn guard(&self, condition: &str, contradiction: Contradiction) -> Option<Guard> {
        let from = self.rows.from(self.dialect)?;
        Some(Guard {
            sql: format!("SELECT count(*) FROM {from} WHERE {condition}"),
            table: self.table.name.clone(),
            contradiction,
        })
    }

    fn unique_index(&self, index: &Index) -> Option<Guard> {
        self.duplicates(&Key {
            parts: &index.parts,
            predicate: index.predicate.as_deref(),
            nulls_are_equal: index.nulls_not_distinct,
            by: format!("unique index {}", index.name),
        })
    }

    fn unique_constraint(&self, constraint: &Constraint) -> Option<Guard> {
        let by = |what: &str, name: Option<&Name>| match name {
            Some(name) => format!("{what} {name}"),
            None => what.to_owned(),
        };
        match constraint {
            Constraint::PrimaryKey(key) => self.duplicates(&Key {
                parts: &key.columns,
                predicate: None,
                // Where a primary key refuses NULL there is a guard for that; elsewhere NULLs are no duplicates.
                nulls_are_equal: false,
                by: by("primary key", key.name.as_ref()),
            }),
            Constraint::Unique(unique) => self.duplicates(&Key {
                parts: &unique.columns,
                predicate: None,
                nulls_are_equal: unique.nulls_not_distinct,
                by: by("unique constraint", unique.name.as_ref()),
            }),
            Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclude(_) => None,
        }
    }

    fn duplicates(&self, key: &Key) -> Option<Guard> {
        let parts: Vec<String> = key.parts.iter().map(|part| self.part(part)).collect();
        let texts = parts.iter().map(String::as_str).chain(key.predicate);
        if texts.into_iter().any(|sql| self.reads_unknown(sql)) {
            return None;
        }
        // A condition can be true of a value that is converted and false of the one it is converted from.
        if key.predicate.is_some_and(|sql| self.reads_converted(sql)) {
            return None;
        }
        let mut conditions: Vec<String> = key.predicate.map(|p| format!("({p}\n)")).into_iter().collect();
        if !key.nulls_are_equal {
            conditions.extend(parts.iter().map(|part| format!("{part} IS NOT NULL")));
        }
        let from = self.rows.from(self.dialect)?;
        let wanted = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        Some(Guard {
            sql: format!(
                "SELECT coalesce(sum(autogen_n), 0) FROM (SELECT count(*) AS autogen_n FROM {from}{wanted} GROUP BY {} HAVING count(*) > 1) AS autogen_groups",
                parts.join(", ")
            ),
            table: self.table.name.clone(),
            contradiction: Contradiction::Duplicate {
                key: key
                    .parts
                    .iter()
                    .map(|part| match &part.target {
                        PartTarget::Column(name) => name.to_string(),
                        PartTarget::Expression(sql) => sql.to_string(),
                    })
                    .collect(),
                by: key.by.clone(),
            },
        })
    }

    fn part(&self, part: &IndexPart) -> String {
        let mut sql = match &part.target {
            PartTarget::Column(name) => self.dialect.quote(name),
            PartTarget::Expression(expression) => format!("({expression}\n)"),
        };
        if let Some(length) = part.length {
            sql = format!("substr({sql}, 1, {length})");
        }
        if let Some(collation) = &part.collation {
            sql = format!("{sql} COLLATE {}", self.dialect.quote(collation));
        }
        sql
    }

    fn check(&self, check: &Check) -> Option<Guard> {
        if self.reads_unknown(&check.expression) || self.reads_converted(&check.expression) {
            return None;
        }
        self.guard(
            &format!("NOT ({}\n)", check.expression),
            Contradiction::Check {
                name: check.name.clone(),
                expression: check.expression.clone(),
            },
        )
    }

    fn orphans(&self, key: &ForeignKey, after: &Schema, rows: &AllRows) -> Option<Guard> {
        let parent = rows.of(&key.table)?;
        let trusts: Vec<Trust> = key
            .columns
            .iter()
            .map(|c| self.rows.trust(c, self.dialect))
            .collect();
        let alias = self.rows.alias(self.dialect);
        let referring: Vec<String> = key
            .columns
            .iter()
            .map(|c| format!("{alias}.{}", self.dialect.quote(c)))
            .collect();
        let all = |what: &str| {
            let parts: Vec<String> = referring.iter().map(|c| format!("{c} {what}")).collect();
            parts.join(" AND ")
        };
        if trusts.iter().any(|t| matches!(t, Trust::Unknown | Trust::Empty)) {
            return None;
        }
        let orphan = if parent.is_empty() {
            all("IS NOT NULL")
        } else {
            if trusts.contains(&Trust::Converted) {
                return None;
            }
            let matches = self.matches(key, &referring, &parent, after)?;
            format!("{} AND NOT EXISTS ({matches})", all("IS NOT NULL"))
        };
        let condition = match key.match_kind {
            // MATCH FULL: all are NULL or none is.
            MatchKind::Full if key.columns.len() > 1 => {
                let some: Vec<String> = referring.iter().map(|c| format!("{c} IS NULL")).collect();
                format!(
                    "({orphan}) OR (({}) AND NOT ({}))",
                    some.join(" OR "),
                    some.join(" AND ")
                )
            }
            MatchKind::Simple | MatchKind::Full | MatchKind::Partial => orphan,
        };
        self.guard(
            &condition,
            Contradiction::Orphan {
                columns: key.columns.clone(),
                parent: key.table.clone(),
            },
        )
    }

    /// The query for the row referred to. Its columns stand on the left: the engine compares as the parent's columns do.
    fn matches(
        &self,
        key: &ForeignKey,
        referring: &[String],
        parent: &Rows,
        after: &Schema,
    ) -> Option<String> {
        const PARENT: &str = "autogen_parent";
        let table = find_table(after, &key.table, self.dialect)?;
        let referenced: Vec<&Name> = if key.referenced.is_empty() {
            let columns = &table.primary_key.as_ref()?.columns;
            columns
                .iter()
                .map(IndexPart::column_name)
                .collect::<Option<_>>()?
        } else {
            key.referenced.iter().collect()
        };
        if referenced.len() != referring.len()
            || referenced
                .iter()
                .any(|c| parent.trust(c, self.dialect) != Trust::Kept)
        {
            return None;
        }
        let pairs: Vec<String> = referenced
            .iter()
            .zip(referring)
            .map(|(parent, child)| format!("{PARENT}.{} = {child}", self.dialect.quote(parent)))
            .collect();
        let from = parent.aliased(PARENT)?;
        Some(format!("SELECT 1 FROM {from} WHERE {}", pairs.join(" AND ")))
    }

    fn reads_unknown(&self, sql: &str) -> bool {
        self.reads(sql, |trust| trust == Trust::Unknown)
    }

    fn reads_converted(&self, sql: &str) -> bool {
        self.reads(sql, |trust| trust != Trust::Kept)
    }

    fn reads(&self, sql: &str, what: impl Fn(Trust) -> bool) -> bool {
        let mut columns = self.table.columns.iter().map(|c| &c.name);
        if !columns.any(|c| what(self.rows.trust(c, self.dialect))) {
            return false;
        }
        let mentioned = mentions(sql, Lexicon::of(self.dialect.engine()));
        self.table
            .columns
            .iter()
            .filter(|c| what(self.rows.trust(&c.name, self.dialect)))
            .any(|c| mentioned.contains(self.dialect.fold(&c.name).as_ref()))
    }
}

/// A table that is changed.
struct Altered<'a> {
    alter: &'a AlterTable,
    old: &'a Table,
    old_rows: &'a Rows,
    new: Rowed<'a>,
}

impl Altered<'_> {
    fn guards(&self, after: &Schema, rows: &AllRows) -> Vec<Guard> {
        if self.new.table.definition.is_some() {
            return Vec::new();
        }
        let columns = &self.new.table.columns;
        let nulls = columns.iter().filter_map(|c| self.null(c));
        let refused = columns.iter().filter_map(|c| self.refused(c));
        let unique = self.keys_to_count().into_iter();
        let added = || {
            self.alter.changes.iter().filter_map(|change| match change {
                TableChange::AddConstraint { constraint } => Some(constraint),
                _ => None,
            })
        };
        let checks = added().filter_map(|constraint| match constraint {
            Constraint::Check(check) => self.new.check(check),
            _ => None,
        });
        let orphans = added().filter_map(|constraint| match constraint {
            Constraint::ForeignKey(key) if !self.had(key) => self.new.orphans(key, after, rows),
            _ => None,
        });
        nulls
            .chain(refused)
            .chain(self.computed())
            .chain(unique)
            .chain(checks)
            .chain(orphans)
            .collect()
    }

    /// Guards for columns that are made anew as generated ones: what they hold must not be lost.
    fn computed(&self) -> Vec<Guard> {
        let dialect = self.new.dialect;
        let old = Rowed {
            table: self.old,
            rows: self.old_rows,
            dialect,
        };
        let was_plain = |name: &Name| {
            let mut columns = self.old.columns.iter();
            columns.any(|c| c.generated.is_none() && dialect.same_name(&c.name, name))
        };
        let made_anew = self.alter.changes.iter().filter_map(|change| match change {
            TableChange::AddColumn(new) => Some((&new.column.name, new.column.generated.as_ref()?)),
            TableChange::AlterColumn(alter) if dialect.replaces_column(alter) => {
                let generated = alter.changes.iter().find_map(|change| match change {
                    ColumnChange::Generated(generated) => generated.new.as_ref(),
                    _ => None,
                });
                Some((&alter.name, generated?))
            }
            _ => None,
        });
        made_anew
            .filter(|(name, _)| was_plain(name))
            .filter_map(|(name, generated)| {
                let expression = &generated.expression;
                if old.rows.is_empty() || old.reads_unknown(expression) {
                    return None;
                }
                let condition = dialect.differs(&dialect.quote(name), &format!("({expression}\n)"));
                let contradiction = Contradiction::Computed {
                    column: name.clone(),
                    expression: expression.clone(),
                };
                old.guard(&condition, contradiction)
            })
            .collect()
    }

    /// The column before the change.
    fn old_column(&self, column: &Column) -> Option<&Column> {
        let dialect = self.new.dialect;
        let added = self.alter.changes.iter().any(
            |c| matches!(c, TableChange::AddColumn(new) if dialect.same_name(&new.column.name, &column.name)),
        );
        if added {
            return None;
        }
        let name = self
            .alter
            .changes
            .iter()
            .rev()
            .fold(&column.name, |name, change| match change {
                TableChange::RenameColumn(names) if dialect.same_name(&names.new, name) => &names.old,
                _ => name,
            });
        self.old.columns.iter().find(|c| dialect.same_name(&c.name, name))
    }

    fn null(&self, column: &Column) -> Option<Guard> {
        let dialect = self.new.dialect;
        if !dialect.refuses_null(self.new.table, column) {
            return None;
        }
        let computed = self.computes(column);
        if let Some(old) = self.old_column(column)
            && dialect.refuses_null(self.old, old)
            && !computed
        {
            return None;
        }
        let name = column.name.clone();
        match self.new.rows.trust(&column.name, dialect) {
            Trust::Unknown => None,
            Trust::Empty => {
                let from = self.new.rows.from(dialect)?;
                Some(Guard {
                    sql: format!("SELECT count(*) FROM {from}"),
                    table: self.new.table.name.clone(),
                    contradiction: Contradiction::NoValue { column: name },
                })
            }
            Trust::Kept | Trust::Converted => self.new.guard(
                &format!("{} IS NULL", dialect.quote(&column.name)),
                Contradiction::Null {
                    column: name,
                    backfilled: computed,
                },
            ),
        }
    }

    /// Whether an expression in the script gives the value.
    fn computes(&self, column: &Column) -> bool {
        let is = |name: &Name| self.new.dialect.same_name(name, &column.name);
        self.alter.changes.iter().any(|change| match change {
            TableChange::AddColumn(new) => is(&new.column.name) && new.backfill.is_some(),
            TableChange::AlterColumn(alter) => {
                is(&alter.name) && (alter.using.is_some() || alter.backfill.is_some())
            }
            _ => false,
        })
    }

    fn refused(&self, column: &Column) -> Option<Guard> {
        let dialect = self.new.dialect;
        if matches!(
            self.new.rows.trust(&column.name, dialect),
            Trust::Unknown | Trust::Empty
        ) {
            return None;
        }
        let named = |old: &Column| Column {
            name: column.name.clone(),
            ..old.clone()
        };
        let old = self.old_column(column);
        let from = named(old.unwrap_or(column));
        let condition = dialect.refuses(self.new.table, &from, column)?;
        let as_before = old.and_then(|old| dialect.refuses(self.old, &from, &named(old)));
        if as_before.as_ref() == Some(&condition) && !self.computes(column) {
            return None;
        }
        self.new.guard(
            &condition,
            Contradiction::Refused {
                column: column.name.clone(),
                ty: column.ty.clone(),
            },
        )
    }

    /// Guards for new keys, and for those that stay over a column which compares otherwise from now on.
    fn keys_to_count(&self) -> Vec<Guard> {
        let recollated: Vec<&Name> = self
            .alter
            .changes
            .iter()
            .filter_map(|change| match change {
                TableChange::AlterColumn(alter)
                    if alter
                        .changes
                        .iter()
                        .any(|c| matches!(c, ColumnChange::Collation(_))) =>
                {
                    Some(&alter.name)
                }
                _ => None,
            })
            .collect();
        let reads_recollated = |parts: &[IndexPart]| {
            parts.iter().filter_map(IndexPart::column_name).any(|name| {
                recollated
                    .iter()
                    .any(|other| self.new.dialect.same_name(other, name))
            })
        };
        let added = |constraint: &Constraint| {
            self.alter
                .changes
                .iter()
                .any(|c| matches!(c, TableChange::AddConstraint { constraint: new } if new == constraint))
        };
        let constraints = self.new.table.constraints().filter(|constraint| {
            added(constraint)
                || match constraint {
                    Constraint::PrimaryKey(key) => reads_recollated(&key.columns),
                    Constraint::Unique(unique) => reads_recollated(&unique.columns),
                    Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclude(_) => false,
                }
        });
        let indexes = self
            .new
            .table
            .indexes
            .iter()
            .filter(|index| index.unique && reads_recollated(&index.parts));
        constraints
            .filter_map(|constraint| self.new.unique_constraint(&constraint))
            .chain(indexes.filter_map(|index| self.new.unique_index(index)))
            .collect()
    }

    /// Whether the table had a foreign key over the same columns already: rows that break it are no news.
    fn had(&self, key: &ForeignKey) -> bool {
        let dialect = self.new.dialect;
        let renamed = |name: &Name| {
            self.alter
                .changes
                .iter()
                .fold(name.clone(), |name, change| match change {
                    TableChange::RenameColumn(names) if dialect.same_name(&names.old, &name) => {
                        names.new.clone()
                    }
                    _ => name,
                })
        };
        let same = |a: &Name, b: &Name| dialect.same_name(a, b);
        let kept = key
            .columns
            .iter()
            .all(|c| self.new.rows.trust(c, dialect) == Trust::Kept);
        kept && !self.old_rows.is_empty()
            && self.old.foreign_keys.iter().any(|old| {
                let itself = same(&old.table.name, &self.old.name.name);
                old.columns.len() == key.columns.len()
                    && old
                        .columns
                        .iter()
                        .zip(&key.columns)
                        .all(|(a, b)| same(&renamed(a), b))
                    && same(&old.table.name, &key.table.name)
                    && old.table.namespace == key.table.namespace
                    && old.referenced.len() == key.referenced.len()
                    && old
                        .referenced
                        .iter()
                        .zip(&key.referenced)
                        .all(|(a, b)| if itself { same(&renamed(a), b) } else { same(a, b) })
            })
    }
}

#[cfg(test)]
mod tests;
