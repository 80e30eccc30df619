//! The columns of one table: the clauses that change them, and the statements for what no clause can do.
//!
//! A column that changes is spelled as a whole, as it is to be: MODIFY forgets what is not said again.

use super::online::{Clause, Operation, Respelled, Scene};
use super::spelling::{qname, quote};
use super::{Flavour, Mysql, carry, columns, option, types};
use crate::dialect::Statement;
use crate::directive::{AlterColumn, ColumnChange, NewColumn, TableChange};
use crate::schema::{Column, Generated, GeneratedKind, Name, QName, Sql, Table};
use crate::sql::{Lexicon, mentions};

/// A table whose columns change.
pub(super) struct Columns<'a> {
    pub(super) table: &'a QName,
    pub(super) naming: Mysql,
    pub(super) old: &'a Table,
    pub(super) new: &'a Table,
    pub(super) changes: &'a [TableChange],
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Statements before the one for all.
    pub(super) lead: Vec<Statement>,
    /// The clauses that drop.
    pub(super) drops: Vec<Clause>,
    /// The clauses that add and change.
    pub(super) clauses: Vec<Clause>,
    /// Statements behind it, which the server does not take together with anything.
    pub(super) apart: Vec<Statement>,
    /// Columns that go, also those that come again under their name.
    pub(super) gone: Vec<Name>,
}

/// How a column becomes what it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By ALTER COLUMN .. SET DEFAULT.
    Default,
    /// By MODIFY.
    Modify,
    /// It is dropped and added: the server computes its values.
    Replace,
    /// Another is filled from it and takes its place.
    Carry,
}

impl Columns<'_> {
    /// What is to be done.
    pub(super) fn work(&self) -> Work {
        let mut work = Work::default();
        let mut done: Vec<Name> = Vec::new();
        let moved = self.moved();
        let replaced = self.replaced();
        for change in self.changes {
            if let TableChange::DropColumn(gone) = change {
                work.drops.push(drop_column(&gone.column));
                work.gone.push(gone.column.name.clone());
            }
        }
        let mut updates: Vec<(String, Sql, bool)> = Vec::new();
        // In the order in which they stand, so that each finds the one it stands behind.
        for (place, column) in self.new.columns.iter().enumerate() {
            let position = moved
                .iter()
                .any(|name| self.naming.same(name, &column.name))
                .then(|| self.position(place));
            if let Some(new) = self.added(&column.name) {
                self.add(new, column, position, &mut updates, &mut work);
                done.push(column.name.clone());
                continue;
            }
            let alter = self.altered(&column.name);
            let is_replaced = replaced.iter().any(|name| self.naming.same(name, &column.name));
            let way = match &alter {
                Some(alter) => self.way(alter, column),
                None if is_replaced => Way::Replace,
                None if self.is_recollated(column) || position.is_some() => Way::Modify,
                None => continue,
            };
            if let Some(backfill) = alter.as_ref().and_then(|alter| alter.backfill.as_ref())
                && way != Way::Carry
            {
                updates.push((column.name.to_string(), backfill.clone(), true));
            }
            self.change(
                column,
                alter.as_ref(),
                way,
                place,
                position,
                &mut updates,
                &mut work,
            );
        }
        self.fill(updates, &mut work);
        work
    }

    /// A new column. One that is filled comes empty and gets what is said about it when it is.
    fn add(
        &self,
        new: &NewColumn,
        column: &Column,
        position: Option<String>,
        updates: &mut Vec<(String, Sql, bool)>,
        work: &mut Work,
    ) {
        let position = position.or_else(|| {
            let after = new.after.as_ref()?;
            Some(if after.is_empty() {
                " FIRST".to_owned()
            } else {
                format!(" AFTER {}", quote(after))
            })
        });
        let position = position.unwrap_or_default();
        match &new.backfill {
            Some(backfill) if column.generated.is_none() => {
                let mut empty = column.clone();
                empty.not_null = false;
                empty.options.remove(option::CHECK);
                let clause = self.add_column(&empty, &position);
                work.lead.push(self.scene().alter(&[clause]));
                updates.push((column.name.to_string(), backfill.clone(), false));
                if empty != *column {
                    work.clauses.push(self.modify(&empty, column, None));
                }
            }
            _ => work.clauses.push(self.add_column(column, &position)),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one thing about the column")]
    fn change(
        &self,
        column: &Column,
        alter: Option<&AlterColumn>,
        way: Way,
        place: usize,
        position: Option<String>,
        updates: &mut Vec<(String, Sql, bool)>,
        work: &mut Work,
    ) {
        let name = quote(&column.name);
        match way {
            Way::Default => work
                .clauses
                .push(Operation::ColumnWords.by(match &column.default {
                    Some(default) => format!("ALTER COLUMN {name} SET DEFAULT {default}"),
                    // Without a default a column has none at all, which is not the same as NULL.
                    None if column.not_null => format!("ALTER COLUMN {name} DROP DEFAULT"),
                    None => format!("ALTER COLUMN {name} SET DEFAULT NULL"),
                })),
            Way::Modify => {
                let old = self.old_column(&column.name).unwrap_or(column);
                let clause = self.modify(old, column, position);
                if self.has_to_stand_alone(column) {
                    work.apart.push(self.scene().alter(&[clause]));
                } else {
                    work.clauses.push(clause);
                }
            }
            Way::Replace => {
                work.drops
                    .push(drop_column(self.old_column(&column.name).unwrap_or(column)));
                work.gone.push(column.name.clone());
                let position = position.unwrap_or_else(|| self.position(place));
                work.clauses.push(self.add_column(column, &position));
            }
            Way::Carry => {
                let aside = carry::meanwhile(column);
                let clause = self.add_column(&aside, "");
                work.lead.push(self.scene().alter(&[clause]));
                let using = alter.and_then(|alter| alter.using.clone());
                let value = using.unwrap_or_else(|| Sql::new(name.as_str()));
                let value = match alter.and_then(|alter| alter.backfill.as_ref()) {
                    Some(backfill) => Sql::new(format!("coalesce(({value}\n), ({backfill}\n))")),
                    None => value,
                };
                updates.push((aside.name.to_string(), value, false));
                work.drops
                    .push(drop_column(self.old_column(&column.name).unwrap_or(column)));
                work.gone.push(column.name.clone());
                let position = position.unwrap_or_else(|| self.position(place));
                let mut operations = self.respelling(&aside, column, true);
                operations.push(Operation::RenameColumn);
                work.clauses.push(Clause {
                    sql: format!(
                        "CHANGE COLUMN {} {}{position}",
                        quote(&aside.name),
                        self.definition(column)
                    ),
                    operations,
                });
            }
        }
    }

    /// The UPDATEs: one for all that every row gets, one for each that only rows with NULL get.
    fn fill(&self, updates: Vec<(String, Sql, bool)>, work: &mut Work) {
        let table = qname(self.table);
        let (of_nulls, of_all): (Vec<_>, Vec<_>) = updates.into_iter().partition(|(_, _, nulls)| *nulls);
        let update = |sets: &[(String, Sql)], condition: Option<&str>| {
            Statement::new(carry::update(&table, &self.old.columns, sets, condition))
        };
        let sets: Vec<(String, Sql)> = of_all.into_iter().map(|(name, sql, _)| (name, sql)).collect();
        if !sets.is_empty() {
            work.lead.push(update(&sets, None));
        }
        for (name, sql, _) in of_nulls {
            let condition = format!("{} IS NULL", quote(&name));
            work.lead.push(update(&[(name, sql)], Some(&condition)));
        }
    }

    fn added(&self, name: &Name) -> Option<&NewColumn> {
        self.changes.iter().find_map(|change| match change {
            TableChange::AddColumn(new) if self.naming.same(&new.column.name, name) => Some(new),
            _ => None,
        })
    }

    /// All changes of a column as one.
    fn altered(&self, name: &Name) -> Option<AlterColumn> {
        let mut altered: Option<AlterColumn> = None;
        for change in self.changes {
            if let TableChange::AlterColumn(alter) = change
                && self.naming.same(&alter.name, name)
            {
                match &mut altered {
                    Some(altered) => {
                        altered.changes.extend(alter.changes.iter().cloned());
                        altered.using = alter.using.clone().or(altered.using.take());
                        altered.backfill = alter.backfill.clone().or(altered.backfill.take());
                    }
                    None => altered = Some(alter.clone()),
                }
            }
        }
        altered
    }

    fn old_column(&self, name: &Name) -> Option<&Column> {
        self.old
            .columns
            .iter()
            .find(|column| self.naming.same(&column.name, name))
    }

    fn way(&self, alter: &AlterColumn, column: &Column) -> Way {
        let kind = |generated: Option<&Generated>| generated.map(|generated| generated.kind);
        let old = self.old_column(&column.name);
        let was = kind(old.and_then(|old| old.generated.as_ref()));
        let is = kind(column.generated.as_ref());
        if alter.using.is_some() && is.is_none() {
            return Way::Carry;
        }
        match (was, is) {
            (Some(GeneratedKind::Virtual), None) => return Way::Carry,
            (was, is) if was != is && was.is_some() && is.is_some() => return Way::Replace,
            (None, Some(GeneratedKind::Virtual)) => return Way::Replace,
            _ => {}
        }
        let is_default_only = alter.backfill.is_none()
            && alter
                .changes
                .iter()
                .all(|change| matches!(change, ColumnChange::Default(_)));
        let is_said_so = column
            .default
            .as_ref()
            .is_none_or(|default| columns::is_literal_default(default));
        // MariaDB would take ON UPDATE away with the default.
        let is_noted = column.options.contains_key(option::ON_UPDATE);
        // MySQL refuses even NULL as the literal default of a text, and an expression is all that such a column can have had (error 1101).
        let loses_expression = self.naming.flavour == Flavour::Mysql
            && column.default.is_none()
            && !column.not_null
            && self.old_column(&column.name).is_some_and(|old| {
                let default = old.default.as_ref();
                default.is_some_and(|default| !columns::is_literal_default(default))
            });
        let is_clause = is_said_so && !is_noted && !loses_expression;
        if is_default_only && is_clause && !self.is_recollated(column) {
            Way::Default
        } else {
            Way::Modify
        }
    }

    /// Generated columns over columns that are dropped to come again: they go and come with them.
    fn replaced(&self) -> Vec<Name> {
        let mut gone: Vec<Name> = self
            .new
            .columns
            .iter()
            .filter(|column| {
                let dropped = self.changes.iter().any(|change| {
                    matches!(change, TableChange::DropColumn(gone) if self.naming.same(&gone.column.name, &column.name))
                });
                let way = self.altered(&column.name).map(|alter| self.way(&alter, column));
                dropped || matches!(way, Some(Way::Replace | Way::Carry))
            })
            .map(|column| column.name.clone())
            .collect();
        let begin = gone.len();
        loop {
            let next = self.new.columns.iter().find(|column| {
                let is_over = column.generated.as_ref().is_some_and(|generated| {
                    let mentioned = mentions(&generated.expression, &Lexicon::MYSQL);
                    gone.iter()
                        .any(|name| mentioned.contains(super::canonical::fold(name).as_str()))
                });
                is_over && !gone.iter().any(|name| self.naming.same(name, &column.name))
            });
            match next {
                Some(column) => gone.push(column.name.clone()),
                None => break,
            }
        }
        gone.split_off(begin)
    }

    /// Whether the column gets another collation because its table does.
    fn is_recollated(&self, column: &Column) -> bool {
        let of_table = |table: &Table| table.options.get(option::COLLATION).cloned();
        let (old, new) = (of_table(self.old), of_table(self.new));
        if old == new || !types::has_collation(&column.ty) {
            return false;
        }
        // What CONVERT TO did to all has to be undone where it should not.
        new.is_none()
            || self.old_column(&column.name).is_none_or(|before| {
                let effective = |column: &Column, of_table: Option<String>| {
                    column.collation.as_ref().map(ToString::to_string).or(of_table)
                };
                effective(before, old) != effective(column, new)
            })
    }

    fn definition(&self, column: &Column) -> String {
        columns::definition(column, self.naming.flavour)
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            table: self.table,
            old: self.old,
            new: self.new,
            flavour: self.naming.flavour,
        }
    }

    fn add_column(&self, column: &Column, position: &str) -> Clause {
        let sql = format!("ADD COLUMN {}{position}", self.definition(column));
        Operation::adding_column(column, position.is_empty()).by(sql)
    }

    fn modify(&self, old: &Column, new: &Column, position: Option<String>) -> Clause {
        let operations = self.respelling(old, new, position.is_some());
        let position = position.unwrap_or_default();
        Clause {
            sql: format!("MODIFY COLUMN {}{position}", self.definition(new)),
            operations,
        }
    }

    fn respelling(&self, old: &Column, new: &Column, is_moved: bool) -> Vec<Operation> {
        let respelled = Respelled {
            old,
            new,
            tables: (self.old, self.new),
            is_moved,
            flavour: self.naming.flavour,
        };
        respelled.operations()
    }

    /// Behind which column it stands.
    fn position(&self, place: usize) -> String {
        match place.checked_sub(1) {
            Some(before) => format!(" AFTER {}", quote(&self.new.columns[before].name)),
            None => " FIRST".to_owned(),
        }
    }

    /// The fewest columns that have to move for all to be in their new order.
    fn moved(&self) -> Vec<Name> {
        let Some(order) = self.changes.iter().find_map(|change| match change {
            TableChange::ReorderColumns(order) => Some(order),
            _ => None,
        }) else {
            return Vec::new();
        };
        let places: Vec<usize> = order
            .new
            .iter()
            .map(|name| {
                let mut old = order.old.iter();
                old.position(|other| self.naming.same(other, name))
                    .unwrap_or(usize::MAX)
            })
            .collect();
        let stays = longest_rising(&places);
        order
            .new
            .iter()
            .enumerate()
            .filter(|(place, _)| !stays.contains(place))
            .map(|(_, name)| name.clone())
            .collect()
    }

    /// MySQL copies the table when another change needs it, and then refuses NOT NULL for a column of a foreign key (error 1832), which by
    /// itself it does in place.
    fn has_to_stand_alone(&self, column: &Column) -> bool {
        let is_foreign = self
            .new
            .foreign_keys
            .iter()
            .flat_map(|key| &key.columns)
            .any(|name| self.naming.same(name, &column.name));
        let gets_not_null = column.not_null && self.old_column(&column.name).is_some_and(|old| !old.not_null);
        let is_changed_otherwise = self.altered(&column.name).is_some_and(|alter| {
            alter
                .changes
                .iter()
                .any(|c| !matches!(c, ColumnChange::NotNull(_)))
        });
        let stays = !self.changes.iter().any(|change| {
            matches!(change, TableChange::AddConstraint { constraint: crate::schema::Constraint::ForeignKey(key) }
                if key.columns.iter().any(|name| self.naming.same(name, &column.name)))
        });
        self.naming.flavour == Flavour::Mysql
            && is_foreign
            && gets_not_null
            && !is_changed_otherwise
            && stays
            && self.changes.len() > 1
    }
}

fn drop_column(column: &Column) -> Clause {
    let sql = format!("DROP COLUMN {}", quote(&column.name));
    Operation::dropping_column(column).by(sql)
}

/// Whether the column becomes a generated one.
pub(super) fn loses_values(alter: &AlterColumn) -> bool {
    alter.changes.iter().any(|change| {
        matches!(change, ColumnChange::Generated(generated) if generated.old.is_none() && generated.new.is_some())
    })
}

/// The columns that change so that a foreign key over them has to go: the two ends must be of one type at any moment, and MySQL neither
/// begins nor ends counting in a column that a foreign key refers to, nor changes whether it takes NULL where it copies the table
/// (errors 1832 and 1833, MySQL 9.7; MariaDB 10.11 does all of that). No foreign key has an end in a table with partitions or of another
/// engine, so that all columns are held while these come or go.
pub(super) fn held(before: &Table, after: &Table, naming: Mysql) -> Vec<Name> {
    let collation = |table: &Table| table.options.get(option::COLLATION).cloned();
    let (of_before, of_after) = (collation(before), collation(after));
    let effective = |column: &Column, of_table: &Option<String>| {
        let own = column.collation.as_ref().map(ToString::to_string);
        own.or_else(|| of_table.clone())
    };
    let differs = |key: &str| before.options.get(key) != after.options.get(key);
    let has_partitions = |table: &Table| table.options.contains_key(option::PARTITION_BY);
    let is_all = has_partitions(before) != has_partitions(after) || differs(option::ENGINE);
    let is_held = |old: &Column, new: &Column| {
        let (old_type, new_type) = (
            types::canonical(&old.ty, naming.flavour),
            types::canonical(&new.ty, naming.flavour),
        );
        let is_collated = types::has_collation(&new.ty);
        let is_strict = naming.flavour == Flavour::Mysql
            && (old.identity != new.identity || old.not_null != new.not_null);
        is_all
            || is_strict
            || old.generated != new.generated
            || (is_collated && effective(old, &of_before) != effective(new, &of_after))
            || (old_type != new_type && !types::is_longer(&old_type, &new_type, naming.flavour))
    };
    let olds = before.columns.iter();
    olds.filter_map(|old| {
        let mut news = after.columns.iter();
        let new = news.find(|new| naming.same(&new.name, &old.name))?;
        is_held(old, new).then(|| new.name.clone())
    })
    .collect()
}

/// The places of a longest run of rising numbers.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (place, number) in numbers.iter().enumerate() {
        let before = (0..place)
            .filter(|earlier| numbers[*earlier] < *number)
            .max_by_key(|earlier| (best[*earlier].0, std::cmp::Reverse(*earlier)));
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut at = (0..numbers.len()).max_by_key(|place| (best[*place].0, std::cmp::Reverse(*place)));
    let mut run = Vec::new();
    while let Some(place) = at {
        run.push(place);
        at = best[place].1;
    }
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_columns_move() {
        assert_eq!(longest_rising(&[0, 3, 1, 2]), [0, 2, 3]);
        assert_eq!(longest_rising(&[2, 0, 1]), [1, 2]);
        assert_eq!(longest_rising(&[]), Vec::<usize>::new());
    }
}
