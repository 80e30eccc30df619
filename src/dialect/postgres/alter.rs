//! Changes of one table: one ALTER TABLE, with statements before and behind it for what ALTER TABLE cannot do.
//!
//! The server carries the actions of one ALTER TABLE out in passes (`AlterTablePass` in `src/backend/commands/tablecmds.c`): drops, types, new
//! columns, attributes, constraints. So their order in the text does not matter, but an UPDATE cannot stand between them.

use super::column_change::{self, Effects};
use super::columns::{self, has_parents};
use super::constraints;
use super::partition;
use super::sequence::{made_for, moved};
use super::spelling::{comment, list_items, made_name, qname, quote, text};
use super::table::{alter as alter_table, attach, attribute, detach, is_from_parent};
use super::{Postgres, index, option, types};
use crate::dialect::{Dialect, Statement};
use crate::directive::{AlterTable, Change, Directive, NewColumn, OptionChange, TableChange, evolve};
use crate::schema::{Column, Constraint, Deferral, Name, QName, Schema, Table};
use crate::sql::{Lexicon, mentions};
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// The statements for all changes of one table.
///
/// # Errors
/// When the table or a constraint is not known, or the order of columns should change.
pub(super) fn alter(change: &AlterTable, before: &Schema, after: &Schema) -> Result<Vec<Statement>> {
    let (renames, rest): (Vec<_>, Vec<_>) = change
        .changes
        .iter()
        .cloned()
        .partition(|c| matches!(c, TableChange::RenameColumn(_)));
    let mut statements = Vec::new();
    let renamed;
    let mut before = before;
    if !renames.is_empty() {
        let mut schema = before.clone();
        for rename in renames {
            if let TableChange::RenameColumn(names) = &rename {
                statements.extend(rename_column(find(&schema, &change.table)?, names));
            }
            let step = AlterTable {
                table: change.table.clone(),
                changes: vec![rename],
            };
            evolve(&mut schema, &[Directive::AlterTable(step)], &Postgres)?;
        }
        renamed = schema;
        before = &renamed;
    }
    if rest.is_empty() {
        return Ok(statements);
    }
    let alteration = Alteration {
        old: find(before, &change.table)?,
        new: find(after, &change.table)?,
        before,
        after,
        changes: &rest,
    };
    statements.extend(alteration.statements()?);
    Ok(statements)
}

pub(super) fn find<'s>(schema: &'s Schema, name: &QName) -> Result<&'s Table> {
    schema
        .tables
        .get(name)
        .ok_or_else(|| Error::new(ErrorKind::Script, format!("there is no table {name}")))
}

/// The statements that give what the server has named after a column the name it would give it now.
fn rename_column(table: &Table, names: &Change<Name>) -> Vec<Statement> {
    let name = qname(&table.name);
    let mut statements = vec![Statement::new(format!(
        "ALTER TABLE {name} RENAME COLUMN {} TO {}",
        quote(&names.old),
        quote(&names.new)
    ))];
    if let Some(column) = table.column(&names.old) {
        let made = Change::new(
            made_for(&table.name, &names.old),
            made_for(&table.name, &names.new),
        );
        statements.extend(rename_made(&table.name, column, &made));
        statements.extend(rename_not_null(
            table,
            std::iter::once((
                column,
                made_name(&table.name.name, &names.old, "not_null"),
                made_name(&table.name.name, &names.new, "not_null"),
            )),
        ));
    }
    statements
}

/// RENAME or SET SCHEMA of a table, with what the server has named after it.
pub(super) fn rename(names: &Change<QName>, before: &Schema) -> Vec<Statement> {
    let mut statements = moved(&names.old, &names.new, "TABLE");
    let Some(table) = before.tables.get(&names.old) else {
        return statements;
    };
    for column in &table.columns {
        // What belongs to the table has moved with it to another namespace.
        let old = names.new.sibling(made_for(&names.old, &column.name).name);
        let made = Change::new(old, made_for(&names.new, &column.name));
        statements.extend(rename_made(&names.new, column, &made));
    }
    let renamed = Table {
        name: names.new.clone(),
        ..table.clone()
    };
    statements.extend(rename_not_null(
        &renamed,
        table.columns.iter().map(|column| {
            (
                column,
                made_name(&names.old.name, &column.name, "not_null"),
                made_name(&names.new.name, &column.name, "not_null"),
            )
        }),
    ));
    statements
}

/// The sequence behind a serial or identity column follows.
fn rename_made(_table: &QName, column: &Column, made: &Change<QName>) -> Vec<Statement> {
    let has_made = types::serial(&column.ty).is_some()
        || (column.identity.is_some() && !column.options.contains_key(option::SEQUENCE_NAME));
    if has_made {
        moved(&made.old, &made.new, "SEQUENCE")
    } else {
        Vec::new()
    }
}

/// NOT NULL has a name in version 18 and none before; which it is the server knows.
fn rename_not_null<'c>(
    table: &Table,
    columns: impl Iterator<Item = (&'c Column, String, String)>,
) -> Option<Statement> {
    let renames: Vec<String> = columns
        .filter(|(column, old, new)| {
            column.not_null && !column.options.contains_key(option::NOT_NULL_NAME) && old != new
        })
        .filter(|(column, ..)| !(has_parents(table) && columns::is_inherited(&column.options)))
        .map(|(_, old, new)| format!("        ({}, {})", text(&old), text(&new)))
        .collect();
    if renames.is_empty() {
        return None;
    }
    let name = qname(&table.name);
    let sql = format!(
        "DO $$\nDECLARE\n    made record;\nBEGIN\n    FOR made IN SELECT old, new FROM (VALUES\n{}\n    ) AS made (old, new)\n    JOIN pg_catalog.pg_constraint ON conname = old AND contype = 'n' AND conrelid = {}::pg_catalog.regclass\n    LOOP\n        EXECUTE pg_catalog.format('ALTER TABLE {} RENAME CONSTRAINT %I TO %I', made.old, made.new);\n    END LOOP;\nEND\n$$",
        renames.join(",\n"),
        text(&name),
        name.replace('%', "%%").replace('\'', "''"),
    );
    Some(Statement::new(sql).note("NOT NULL constraints have names since PostgreSQL 18"))
}

/// All changes of a table but renames of columns.
struct Alteration<'a> {
    old: &'a Table,
    new: &'a Table,
    before: &'a Schema,
    after: &'a Schema,
    changes: &'a [TableChange],
}

/// What is run, in this order: `before`, the actions `early` as one ALTER TABLE, `updates`, the actions `main` as one ALTER TABLE, those of
/// `late`, then `behind`.
#[derive(Default)]
struct Work {
    before: Vec<Statement>,
    early: Vec<String>,
    updates: Vec<Statement>,
    main: Vec<String>,
    late: Vec<String>,
    behind: Vec<Statement>,
}

impl Alteration<'_> {
    fn name(&self) -> &QName {
        &self.new.name
    }

    fn statements(&self) -> Result<Vec<Statement>> {
        if self.old.options.get(option::PARTITION_BY) != self.new.options.get(option::PARTITION_BY) {
            return partition::rebuild(self.old, self.new, self.changes, self.before, self.after);
        }
        let mut work = Work::default();
        let pairs = self.constraints_in_place();
        // What is known of a column by the changes so far.
        let mut columns: BTreeMap<&Name, Column> = BTreeMap::new();
        for (place, change) in self.changes.iter().enumerate() {
            match change {
                TableChange::RenameColumn(_) => {}
                TableChange::DropConstraint { constraint } => {
                    if let Some(pair) = pairs.iter().find(|pair| pair.dropped == place) {
                        work.main.extend(pair.change.actions.iter().cloned());
                        work.behind.extend(pair.change.statements.iter().cloned());
                    } else if !self.is_of_parent(constraints::is_inherited(constraint)) {
                        work.main
                            .push(format!("DROP CONSTRAINT {}", quote(&self.name_of(constraint)?)));
                    }
                }
                TableChange::AddConstraint { constraint } => {
                    if !pairs.iter().any(|pair| pair.added == place) {
                        self.add_constraint(constraint, &mut work);
                    }
                }
                TableChange::RenameConstraint { name, .. } => self.rename_constraint(name, &mut work),
                TableChange::AddColumn(new) => self.add_column(new, &mut work),
                TableChange::DropColumn(gone) => self.drop_column(&gone.column, &mut work),
                TableChange::AlterColumn(alter) => {
                    let known = columns.get(&alter.name);
                    let known = known.or_else(|| self.old.column(&alter.name));
                    let Some(column) = known.or_else(|| self.added(&alter.name)) else {
                        return Err(Error::new(
                            ErrorKind::Script,
                            format!("there is no column {} in table {}", alter.name, self.old.name),
                        ));
                    };
                    let (effects, changed) =
                        column_change::effects(alter, column, self.name(), (self.before, self.after));
                    columns.insert(&alter.name, changed);
                    Self::take(effects, &mut work);
                }
                TableChange::SetOption(option) => self.set_option(option, &mut work),
                TableChange::SetComment(change) => work.behind.push(Statement::new(format!(
                    "COMMENT ON TABLE {} IS {}",
                    qname(self.name()),
                    comment(change.new.as_ref())
                ))),
                TableChange::SetDefinition(_) => {
                    return Err(Error::new(
                        ErrorKind::Script,
                        format!("table {} is not known by a definition", self.old.name),
                    ));
                }
                TableChange::ReorderColumns(_) => {
                    return Err(Error::new(
                        ErrorKind::Script,
                        format!(
                            "PostgreSQL cannot change the order of the columns of {} without building the table anew",
                            self.old.name
                        ),
                    )
                    .hint("set column_order = false: the order of columns is then no difference"));
                }
            }
        }
        self.replace_readers(&mut work);
        Ok(self.in_order(work))
    }

    /// Whether something that comes from a parent is left to the parent: while the table goes away from its parents or comes to others,
    /// it has to change by itself.
    fn is_of_parent(&self, is_inherited: bool) -> bool {
        let keeps = [option::PARTITION_OF, option::INHERITS]
            .iter()
            .all(|key| self.old.options.get(*key) == self.new.options.get(*key));
        is_inherited && keeps && has_parents(self.old)
    }

    fn in_order(&self, work: Work) -> Vec<Statement> {
        let name = qname(self.name());
        let mut statements = work.before;
        let (mut early, mut main) = (work.early, work.main);
        if work.updates.is_empty() {
            early.append(&mut main);
            main = early;
        } else {
            if !early.is_empty() {
                statements.push(alter_table(&name, &early));
            }
            statements.extend(work.updates);
            if self.has_deferred_checks() {
                // ALTER TABLE is refused while checks of changed rows are pending.
                statements.push(Statement::new("SET CONSTRAINTS ALL IMMEDIATE"));
            }
        }
        for actions in [main, work.late] {
            if !actions.is_empty() {
                statements.push(alter_table(&name, &actions));
            }
        }
        statements.extend(work.behind);
        statements
    }

    /// Whether a changed row may leave a check for the end of the transaction.
    fn has_deferred_checks(&self) -> bool {
        let deferred = |constraint: &Constraint| match constraint {
            Constraint::PrimaryKey(c) => c.deferral == Deferral::Deferred,
            Constraint::Unique(c) => c.deferral == Deferral::Deferred,
            Constraint::ForeignKey(c) => c.deferral == Deferral::Deferred,
            Constraint::Exclude(c) => c.deferral == Deferral::Deferred,
            Constraint::Check(_) => false,
        };
        self.old.constraints().any(|c| deferred(&c))
            || self
                .before
                .tables
                .values()
                .flat_map(|table| &table.foreign_keys)
                .any(|key| key.table == self.old.name && key.deferral == Deferral::Deferred)
            || self.before.objects.values().any(|object| {
                object.id.kind.as_str() == "trigger"
                    && object.id.on.as_ref() == Some(&self.old.name)
                    && object.definition.contains("INITIALLY DEFERRED")
            })
    }

    fn take(effects: Effects, work: &mut Work) {
        work.before.extend(effects.before);
        work.updates.extend(effects.updates);
        for action in effects.actions {
            if !work.main.contains(&action) {
                work.main.push(action);
            }
        }
        work.behind.extend(effects.behind);
    }

    /// A column that comes in the same directive.
    fn added(&self, name: &Name) -> Option<&Column> {
        self.changes.iter().find_map(|change| match change {
            TableChange::AddColumn(new) if new.column.name == *name => Some(&new.column),
            _ => None,
        })
    }

    fn add_column(&self, new: &NewColumn, work: &mut Work) {
        let column = &new.column;
        if self.is_of_parent(columns::is_inherited(&column.options)) {
            return;
        }
        let filled_later = new.backfill.is_some() && column.generated.is_none();
        work.early.push(format!(
            "ADD COLUMN {}",
            columns::definition(column, !filled_later)
        ));
        if let (Some(backfill), true) = (&new.backfill, filled_later) {
            work.updates.push(Statement::new(format!(
                "UPDATE {} SET {} = {}",
                qname(self.name()),
                quote(&column.name),
                super::spelling::guarded(backfill)
            )));
            if column.not_null && !column.options.contains_key(option::NOT_NULL_NOT_VALID) {
                work.main.push(columns::set_not_null(self.name(), column));
            }
        }
        work.main.extend(columns::attributes(self.name(), column));
        work.behind.extend(columns::comments(self.name(), column));
    }

    /// A column goes behind everything that still reads it.
    fn drop_column(&self, column: &Column, work: &mut Work) {
        if self.is_of_parent(columns::is_inherited(&column.options)) {
            return;
        }
        let action = format!("DROP COLUMN {}", quote(&column.name));
        let is_read = self.changes.iter().any(|change| match change {
            TableChange::AlterColumn(alter) => alter
                .using
                .as_ref()
                .is_some_and(|sql| mentions(sql, &Lexicon::POSTGRES).contains(column.name.as_str())),
            _ => false,
        });
        if is_read {
            work.late.push(action);
        } else {
            work.main.push(action);
        }
    }

    fn add_constraint(&self, constraint: &Constraint, work: &mut Work) {
        if self.is_of_parent(constraints::is_inherited(constraint)) {
            return;
        }
        let add = format!("ADD {}", constraints::clause(constraint));
        if constraints::options(constraint).contains_key(option::ONLY) {
            let table = format!("ONLY {}", qname(self.name()));
            work.behind.push(alter_table(&table, &[add]));
            work.behind
                .extend(index::attach_all(self.name(), constraint, self.after));
        } else {
            work.main.push(add);
        }
        work.behind
            .extend(constraints::comments(self.name(), None, constraint));
        if let Some(name) = constraint.name().filter(|_| constraints::has_index(constraint)) {
            // A table that clustered on the index of a constraint, or was known by it, does so again.
            for action in index::uses(self.new, name) {
                if !work.late.contains(&action) {
                    work.late.push(action);
                }
            }
        }
    }

    fn rename_constraint(&self, name: &Change<Option<Name>>, work: &mut Work) {
        let (Some(old), Some(new)) = (&name.old, &name.new) else {
            return;
        };
        let rename = Statement::new(format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            qname(self.name()),
            quote(old),
            quote(new)
        ));
        let is_freed = self.changes.iter().any(|change| {
            matches!(change, TableChange::DropConstraint { constraint } if constraint.name() == Some(new))
        });
        if is_freed {
            work.behind.insert(0, rename);
        } else {
            work.before.push(rename);
        }
    }

    /// The name by which the server knows a constraint.
    fn name_of(&self, constraint: &Constraint) -> Result<Name> {
        let known = || {
            let mut alike = self.old.constraints().filter(|known| {
                let mut unnamed = known.clone();
                unnamed.set_name(None);
                unnamed == *constraint || (known.kind() == constraint.kind() && self.is_primary(constraint))
            });
            alike.next().and_then(|c| c.name().cloned())
        };
        constraint.name().cloned().or_else(known).ok_or_else(|| {
            Error::new(
                ErrorKind::Script,
                format!("the {} of {} has no name", constraint.kind(), self.old.name),
            )
            .hint("name it: every constraint has a name in PostgreSQL")
        })
    }

    fn is_primary(&self, constraint: &Constraint) -> bool {
        matches!(constraint, Constraint::PrimaryKey(_)) && self.old.primary_key.is_some()
    }

    fn set_option(&self, change: &OptionChange, work: &mut Work) {
        let OptionChange { key, value } = change;
        match key.as_str() {
            option::PARTITION_OF | option::PARTITION_BOUND => {
                // The two change together; the first of them that changes speaks for both.
                let is_about_place = |option: &&OptionChange| {
                    [option::PARTITION_OF, option::PARTITION_BOUND].contains(&option.key.as_str())
                };
                let options = self.changes.iter().filter_map(|change| match change {
                    TableChange::SetOption(option) => Some(option),
                    _ => None,
                });
                let first = options.into_iter().find(is_about_place);
                let is_first = first.is_some_and(|first| std::ptr::eq(first, change));
                if is_first {
                    self.change_parent(work);
                }
            }
            option::INHERITS => {
                let list = |value: &Option<String>| -> Vec<String> {
                    value
                        .as_deref()
                        .map(list_items)
                        .unwrap_or_default()
                        .into_iter()
                        .map(str::to_owned)
                        .collect()
                };
                let (old, new) = (list(&value.old), list(&value.new));
                let name = qname(self.name());
                for gone in old.iter().filter(|parent| !new.contains(parent)) {
                    let apart = Statement::new(format!("ALTER TABLE {name} NO INHERIT {gone}"));
                    work.before.insert(0, apart);
                }
                for come in new.iter().filter(|parent| !old.contains(parent)) {
                    work.behind
                        .push(Statement::new(format!("ALTER TABLE {name} INHERIT {come}")));
                }
            }
            // Not of the table's own making.
            option::PARTITION_BY | option::INHERITED => {}
            key => {
                let actions: Vec<String> = attribute(self.new, key, value.new.as_ref()).into_iter().collect();
                // These name an index that may come or go in the same ALTER TABLE.
                let uses_index = [option::CLUSTERED_ON, option::REPLICA_IDENTITY].contains(&key);
                for action in actions {
                    if !uses_index {
                        work.main.push(action);
                    } else if !work.late.contains(&action) {
                        work.late.push(action);
                    }
                }
            }
        }
    }

    fn change_parent(&self, work: &mut Work) {
        let side = |table: &Table| {
            let parent = table.options.get(option::PARTITION_OF)?.clone();
            Some((parent, table.options.get(option::PARTITION_BOUND)?.clone()))
        };
        let (old, new) = (side(self.old), side(self.new));
        if old == new {
            return;
        }
        // A parent that is not partitioned any more was made anew, and let its partitions go.
        let is_free = |parent: &str| {
            let parent = types::type_name(parent).and_then(|name| self.before.tables.get(&name));
            parent.is_some_and(|parent| !parent.options.contains_key(option::PARTITION_BY))
        };
        if let Some((parent, _)) = old.filter(|(parent, _)| !is_free(parent)) {
            // What comes from the parent can be changed only then.
            work.before.insert(0, detach(&parent, self.name()));
        }
        if let Some((parent, bound)) = new {
            work.behind.push(attach(&parent, self.name(), &bound));
        }
    }
}

/// A constraint that is dropped and added again though it could be changed in place.
struct Replaced {
    dropped: usize,
    added: usize,
    change: constraints::InPlace,
}

impl Alteration<'_> {
    fn constraints_in_place(&self) -> Vec<Replaced> {
        let mut pairs = Vec::new();
        for (dropped, change) in self.changes.iter().enumerate() {
            let TableChange::DropConstraint { constraint: old } = change else {
                continue;
            };
            for (added, change) in self.changes.iter().enumerate() {
                // One that is dropped and added as it was is so for a reason: something under it goes.
                if let TableChange::AddConstraint { constraint: new } = change
                    && old != new
                    && !self.reads_dropped(old)
                    && let Some(change) = constraints::in_place(self.name(), old, new)
                {
                    pairs.push(Replaced {
                        dropped,
                        added,
                        change,
                    });
                }
            }
        }
        pairs
    }

    fn reads_dropped(&self, constraint: &Constraint) -> bool {
        self.changes.iter().any(|change| {
            matches!(change, TableChange::DropColumn(gone) if constraint_reads(constraint, &gone.column.name))
        })
    }

    /// Columns that are dropped and added again take with them what reads them; that comes again with them.
    fn replace_readers(&self, work: &mut Work) {
        let replaced = self.replaced_columns();
        if replaced.is_empty() {
            return;
        }
        for column in replaced.iter().filter(|c| !self.is_altered_anew(&c.name)) {
            // A generated column that reads a column which changes its type.
            work.before.push(Statement::new(format!(
                "ALTER TABLE {} DROP COLUMN {}",
                qname(self.name()),
                quote(&column.name)
            )));
            work.late
                .push(format!("ADD COLUMN {}", columns::definition(column, true)));
            work.late.extend(columns::attributes(self.name(), column));
            work.behind.extend(columns::comments(self.name(), column));
        }
        let reads = |names: &dyn Fn(&str) -> bool| replaced.iter().any(|column| names(&column.name));
        let comes_anyhow = |constraint: &Constraint| {
            self.changes.iter().any(
                |change| matches!(change, TableChange::AddConstraint { constraint: added } if added == constraint),
            )
        };
        for constraint in self.new.constraints() {
            if reads(&|name| constraint_reads(&constraint, name))
                && !comes_anyhow(&constraint)
                && !is_from_parent(self.new, &constraint)
            {
                work.late
                    .push(format!("ADD {}", constraints::clause(&constraint)));
                work.behind
                    .extend(constraints::comments(self.name(), None, &constraint));
            }
        }
        for index in &self.new.indexes {
            if reads(&|name| index_reads(index, name)) {
                let mut plain = index.clone();
                plain.options.remove(option::CONCURRENTLY);
                work.behind.extend(index::create(self.name(), &plain, self.after));
            }
        }
    }

    fn is_altered_anew(&self, name: &Name) -> bool {
        self.changes.iter().any(
            |change| matches!(change, TableChange::AlterColumn(alter) if alter.name == *name && Postgres.replaces_column(alter)),
        )
    }

    /// The columns that are dropped and added again, as they will be.
    fn replaced_columns(&self) -> Vec<&Column> {
        let retyped: Vec<&Name> = self
            .changes
            .iter()
            .filter_map(|change| match change {
                TableChange::AlterColumn(alter) if column_change::retypes(alter) => Some(&alter.name),
                _ => None,
            })
            .collect();
        self.new
            .columns
            .iter()
            .filter(|column| {
                let is_dropped = self.changes.iter().any(
                    |change| matches!(change, TableChange::DropColumn(gone) if gone.column.name == column.name),
                );
                let stays = !is_dropped && self.old.column(&column.name).is_some();
                let reads_retyped = column.generated.as_ref().is_some_and(|generated| {
                    let read = mentions(&generated.expression, &Lexicon::POSTGRES);
                    retyped.iter().any(|name| read.contains(name.as_str()))
                });
                stays && (self.is_altered_anew(&column.name) || reads_retyped)
            })
            .collect()
    }
}

fn constraint_reads(constraint: &Constraint, name: &str) -> bool {
    let parts = |parts: &[crate::schema::IndexPart]| parts.iter().any(|part| part_reads(part, name));
    let names = |names: &[Name]| names.iter().any(|n| n.as_str() == name);
    match constraint {
        Constraint::PrimaryKey(c) => parts(&c.columns) || names(&c.include),
        Constraint::Unique(c) => parts(&c.columns) || names(&c.include),
        Constraint::ForeignKey(c) => names(&c.columns),
        Constraint::Check(c) => mentions(&c.expression, &Lexicon::POSTGRES).contains(name),
        Constraint::Exclude(c) => {
            c.elements.iter().any(|(part, _)| part_reads(part, name))
                || names(&c.include)
                || c.predicate
                    .as_ref()
                    .is_some_and(|p| mentions(p, &Lexicon::POSTGRES).contains(name))
        }
    }
}

fn index_reads(index: &crate::schema::Index, name: &str) -> bool {
    index.parts.iter().any(|part| part_reads(part, name))
        || index.include.iter().any(|n| n.as_str() == name)
        || index
            .predicate
            .as_ref()
            .is_some_and(|p| mentions(p, &Lexicon::POSTGRES).contains(name))
}

fn part_reads(part: &crate::schema::IndexPart, name: &str) -> bool {
    match &part.target {
        crate::schema::PartTarget::Column(column) => column.as_str() == name,
        crate::schema::PartTarget::Expression(sql) => mentions(sql, &Lexicon::POSTGRES).contains(name),
    }
}
