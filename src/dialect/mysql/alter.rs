//! All that a script does to one table and its indexes, as one ALTER TABLE where the server takes it as one.
//!
//! In come directives about one table that follow each other; out come statements. The server keeps the index that a foreign key needs, drops
//! one of its own making when another serves, and wants `AUTO_INCREMENT` to find its key, each at the end of a statement only: so what
//! belongs together has to be one. What stands apart, and why:
//!
//! 1. A foreign key goes before its columns or its name are touched (errors 1826, 1832, 1833).
//! 2. Columns get their new names ([`super::rename`]).
//! 3. Partitions go before what they would forbid.
//! 4. Spatial indexes go before the reference system of their column changes ([`InTheWay`]), and come behind.
//! 5. Values are carried over and filled in: an UPDATE cannot stand inside.
//! 6. All else.
//! 7. Partitions come ([`partition`]).

use super::column_change::{Columns, Work};
use super::online::{Clause, Operation, Scene};
use super::spatial::InTheWay;
use super::spelling::{qname, quote, text};
use super::{Flavour, Mysql, constraints, ddl, index, option, partition, table};
use super::{carry, rename};
use crate::dialect::Statement;
use crate::directive::{AlterTable, Change, Directive, TableChange, find_table};
use crate::schema::{
    Check, Constraint, ForeignKey, Index, IndexPart, Name, PartTarget, QName, Schema, Table,
};
use crate::sql::{Lexicon, mentions};
use crate::{Error, ErrorKind, Result};

/// How many of the directives, from the first, are about one table and can be one.
pub(super) fn run(directives: &[Directive], naming: Mysql) -> usize {
    let Some(first) = directives.first() else {
        return 1;
    };
    let Some(name) = first.table() else {
        return 1;
    };
    let is_of = |table: Option<&QName>| table.is_some_and(|table| naming.same_table(table, name));
    let is_index = |directive: &&Directive| {
        is_of(directive.table())
            && matches!(
                directive,
                Directive::CreateIndex { .. } | Directive::DropIndex { .. } | Directive::RenameIndex { .. }
            )
    };
    let is_new =
        |directive: &&Directive| is_index(directive) && matches!(directive, Directive::CreateIndex { .. });
    match first {
        Directive::CreateTable(_) => 1 + directives[1..].iter().take_while(is_new).count(),
        Directive::AlterTable(_)
        | Directive::CreateIndex { .. }
        | Directive::DropIndex { .. }
        | Directive::RenameIndex { .. } => {
            let mut length = directives.iter().take_while(is_index).count();
            // Two changes that were not put together have a reason not to be.
            if matches!(directives.get(length), Some(Directive::AlterTable(alter)) if is_of(Some(&alter.table)))
            {
                length += 1;
                length += directives[length..].iter().take_while(is_index).count();
            }
            let goes = matches!(directives.get(length), Some(Directive::DropTable(table)) if is_of(Some(&table.name)));
            length + usize::from(goes)
        }
        _ => 1,
    }
}

/// The statements for such a run.
///
/// # Errors
/// When the table is not known, or the engine has no such thing.
pub(super) fn compile(
    run: &[Directive],
    before: &Schema,
    after: &Schema,
    naming: Mysql,
) -> Result<Vec<Statement>> {
    let created = run.iter().find_map(|directive| match directive {
        Directive::CreateTable(table) => Some(table),
        _ => None,
    });
    if let Some(created) = created {
        let indexes: Vec<&Index> = run
            .iter()
            .filter_map(|directive| match directive {
                Directive::CreateIndex { index, .. } => Some(&**index),
                _ => None,
            })
            .collect();
        return Ok(vec![ddl(table::create(created, &indexes, naming.flavour)?)]);
    }
    if let Some(Directive::DropTable(dropped)) = run.last() {
        return Ok(vec![ddl(format!("DROP TABLE {}", qname(&dropped.name)))]);
    }
    Alteration::new(run, before, after, naming)?.statements()
}

pub(super) fn find<'s>(schema: &'s Schema, name: &QName, naming: Mysql) -> Result<&'s Table> {
    find_table(schema, name, &naming)
        .ok_or_else(|| Error::new(ErrorKind::Script, format!("there is no table {name}")))
}

/// What happens to a table, by what it happens to.
struct Alteration<'a> {
    name: &'a QName,
    naming: Mysql,
    before: &'a Schema,
    new: &'a Table,
    alter: AlterTable,
    renames: Vec<Change<Name>>,
    index_drops: Vec<&'a Index>,
    index_creates: Vec<&'a Index>,
    index_renames: Vec<&'a Change<Name>>,
}

impl<'a> Alteration<'a> {
    fn new(run: &'a [Directive], before: &'a Schema, after: &'a Schema, naming: Mysql) -> Result<Self> {
        let name = run
            .first()
            .and_then(Directive::table)
            .ok_or_else(|| Error::new(ErrorKind::Script, "nothing is changed"))?;
        let mut alteration = Self {
            name,
            naming,
            before,
            new: find(after, name, naming)?,
            alter: AlterTable {
                table: name.clone(),
                changes: Vec::new(),
            },
            renames: Vec::new(),
            index_drops: Vec::new(),
            index_creates: Vec::new(),
            index_renames: Vec::new(),
        };
        for directive in run {
            match directive {
                Directive::AlterTable(alter) => {
                    alteration.alter.changes.extend(alter.changes.iter().cloned());
                }
                Directive::CreateIndex { index, .. } => alteration.index_creates.push(index),
                Directive::DropIndex { index, .. } => alteration.index_drops.push(index),
                Directive::RenameIndex { name, .. } => alteration.index_renames.push(name),
                _ => {}
            }
        }
        alteration.alter.changes.retain(|change| match change {
            TableChange::RenameColumn(names) => {
                alteration.renames.push(names.clone());
                false
            }
            _ => true,
        });
        Ok(alteration)
    }

    fn statements(self) -> Result<Vec<Statement>> {
        let mut statements = Vec::new();
        let renamed;
        let mut before = self.before;
        let mut renaming = Vec::new();
        if !self.renames.is_empty() {
            (renaming, renamed) = rename::columns(&self.alter, &self.renames, before, self.naming)?;
            before = &renamed;
        }
        let old = find(before, self.name, self.naming)?;
        let work = self.columns(old);
        let scene = Scene {
            table: self.name,
            old,
            new: self.new,
            flavour: self.naming.flavour,
        };
        let spatial = InTheWay::of(old, self.new, self.naming);
        let goes = self.keys_that_go(old, &work, &spatial)?;
        let mut main = goes.clauses;
        main.extend(work.drops);
        main.extend(work.clauses);
        let comes = self.keys_that_come(old, &goes.again, &spatial)?;
        main.extend(comes.clauses);
        let (options, recollates) = self.options(old);
        main.extend(options);
        let mut foreign = goes.foreign_keys;
        // Nothing else touches what a foreign key holds: it can go along.
        let is_touchy = !renaming.is_empty()
            || recollates
            || !work.lead.is_empty()
            || self.alter.changes.iter().any(touches_foreign_keys);
        if !is_touchy {
            foreign.append(&mut main);
            main = std::mem::take(&mut foreign);
        }
        let partitions = self.partitions(old);
        let first = partitions
            .first
            .map(|clause| scene.repartition(&clause, Operation::Partition));
        let alter = |clauses: Vec<Clause>| (!clauses.is_empty()).then(|| scene.alter(&clauses));
        statements.extend(alter(comes.ahead));
        statements.extend(alter(foreign));
        statements.extend(first);
        statements.extend(alter(renaming));
        if recollates {
            statements.push(scene.recollate());
        }
        statements.extend(alter(spatial.gone.iter().map(|index| drop_key(index)).collect()));
        statements.extend(work.lead);
        statements.extend(alter(main));
        statements.extend(work.apart);
        statements.extend(alter(comes.apart));
        statements.extend(alter(spatial.again.iter().map(|index| add_key(index)).collect()));
        if let Some(partition::Step {
            clause,
            rows,
            operation,
        }) = partitions.last
        {
            let mut statement = scene.repartition(&clause, operation);
            if rows == partition::Rows::Go {
                statement = statement.note("the rows of these partitions go with them");
            }
            statements.push(statement);
        }
        Ok(Self::keeping_history(statements, old))
    }

    fn columns(&self, old: &Table) -> Work {
        let columns = Columns {
            table: self.name,
            naming: self.naming,
            old,
            new: self.new,
            changes: &self.alter.changes,
        };
        columns.work()
    }

    /// Keys, foreign keys and checks that go.
    fn keys_that_go(&self, old: &Table, work: &Work, spatial: &InTheWay<'_>) -> Result<Going> {
        let flavour = self.naming.flavour;
        let mut going = Going::default();
        let mut checks: Vec<Name> = Vec::new();
        for change in &self.alter.changes {
            let gone = match change {
                TableChange::DropConstraint { constraint } => constraint.clone(),
                TableChange::RenameConstraint { name, .. } => {
                    match named(old, name.old.as_ref(), self.naming) {
                        Some(constraint) => constraint,
                        None => continue,
                    }
                }
                _ => continue,
            };
            let clause = Operation::dropping(&gone).by(constraints::drop(&gone, flavour)?);
            match gone {
                Constraint::ForeignKey(_) => going.foreign_keys.push(clause),
                Constraint::Check(check) => {
                    checks.extend(check.name);
                    going.clauses.push(clause);
                }
                _ => going.clauses.push(clause),
            }
        }
        for index in &self.index_drops {
            if self.changes_visibility_only(index).is_none() && !spatial.takes(&index.name, self.naming) {
                going.clauses.push(drop_key(index));
            }
        }
        self.again(old, work, &checks, &mut going)?;
        Ok(going)
    }

    /// What stays and names a column that goes, if only to come again.
    fn again(&self, old: &Table, work: &Work, dropped_checks: &[Name], going: &mut Going) -> Result<()> {
        let goes = |name: &Name| work.gone.iter().any(|gone| self.naming.same(gone, name));
        let names_one = |sql: &str| {
            let mentioned = mentions(sql, &Lexicon::MYSQL);
            work.gone
                .iter()
                .any(|gone| mentioned.contains(super::canonical::fold(gone).as_str()))
        };
        let names_part = |part: &IndexPart| match &part.target {
            PartTarget::Column(name) => goes(name),
            PartTarget::Expression(sql) => names_one(sql),
        };
        if work.gone.is_empty() {
            return Ok(());
        }
        for index in &old.indexes {
            let is_dropped = self
                .index_drops
                .iter()
                .any(|dropped| self.naming.same(&dropped.name, &index.name));
            let new = self
                .new
                .indexes
                .iter()
                .find(|other| self.naming.same(&other.name, &index.name));
            if let (false, true, Some(new)) = (is_dropped, index.parts.iter().any(names_part), new) {
                going.clauses.push(drop_key(index));
                going.again.push(add_key(new));
            }
        }
        let is_key_changed = self.alter.changes.iter().any(|change| {
            matches!(
                change,
                TableChange::DropConstraint {
                    constraint: Constraint::PrimaryKey(_)
                }
            )
        });
        if let (Some(key), Some(new), false) = (&old.primary_key, &self.new.primary_key, is_key_changed)
            && key.columns.iter().any(names_part)
        {
            let drop = Operation::DropPrimaryKey.by("DROP PRIMARY KEY");
            going.clauses.push(drop);
            let add = format!("ADD {}", index::primary_key(new));
            going.again.push(Operation::AddPrimaryKey.by(add));
        }
        let stays = |check: &&Check| {
            let name = check.name.as_ref();
            name.is_some_and(|name| {
                !dropped_checks
                    .iter()
                    .any(|dropped| self.naming.same(dropped, name))
            })
        };
        for check in old
            .checks
            .iter()
            .filter(stays)
            .filter(|check| names_one(&check.expression))
        {
            let constraint = Constraint::Check(check.clone());
            let drop = constraints::drop(&constraint, self.naming.flavour)?;
            going.clauses.push(Operation::dropping(&constraint).by(drop));
            let add = format!(
                "ADD {}",
                constraints::definition(&constraint, self.naming.flavour)?
            );
            going.again.push(Operation::adding(&constraint).by(add));
        }
        Ok(())
    }

    /// Keys, foreign keys and checks that come. Keys come first: the server looks for one that serves a foreign key.
    fn keys_that_come(&self, old: &Table, again: &[Clause], spatial: &InTheWay<'_>) -> Result<Coming> {
        let (mut keys, mut rest, mut apart) = (Vec::new(), Vec::new(), Vec::new());
        for change in &self.alter.changes {
            let new = match change {
                TableChange::AddConstraint { constraint } => constraint.clone(),
                TableChange::RenameConstraint { name, .. } => {
                    match named(old, name.old.as_ref(), self.naming) {
                        Some(mut constraint) => {
                            constraint.set_name(name.new.clone());
                            constraint
                        }
                        None => continue,
                    }
                }
                _ => continue,
            };
            let definition = constraints::definition(&new, self.naming.flavour)?;
            let clause = Operation::adding(&new).by(format!("ADD {definition}"));
            match new {
                Constraint::PrimaryKey(_) => keys.insert(0, clause),
                Constraint::Unique(_) => keys.push(clause),
                Constraint::ForeignKey(key) if self.refers_to_what_changes(&key) => apart.push(clause),
                _ => rest.push(clause),
            }
        }
        let (mut ahead, mut clauses) = (Vec::new(), Vec::new());
        let is_there = |names: &&&Change<Name>| !spatial.takes(&names.old, self.naming);
        for names in self.index_renames.iter().filter(is_there) {
            let is_same = self.naming.same(&names.old, &names.new);
            if is_same && self.naming.flavour == Flavour::Mariadb {
                // MariaDB 11.8 cannot read the table any more after a rename in which only the case changes (error 1030).
                let between = Name::from(carry::aside(&names.new));
                ahead.push(rename_key(&names.old, &between));
                clauses.push(rename_key(&between, &names.new));
            } else {
                clauses.push(rename_key(&names.old, &names.new));
            }
        }
        clauses.extend(keys);
        clauses.extend(again.iter().cloned());
        let is_here = |index: &&&Index| !spatial.gives(&index.name, self.naming);
        for index in self.index_creates.iter().filter(is_here) {
            let is_dropped = |dropped: &&&Index| self.naming.same(&dropped.name, &index.name);
            let dropped = self.index_drops.iter().find(is_dropped);
            match dropped.and_then(|dropped| self.changes_visibility_only(dropped)) {
                Some(clause) => clauses.push(clause),
                None => clauses.push(add_key(index)),
            }
        }
        clauses.extend(rest);
        Ok(Coming {
            ahead,
            clauses,
            apart,
        })
    }

    /// Whether a foreign key refers to columns of its own table that change: the server looks for them as they were (MariaDB, error 150).
    fn refers_to_what_changes(&self, key: &ForeignKey) -> bool {
        let is_touched = |change: &TableChange| {
            matches!(
                change,
                TableChange::AlterColumn(_)
                    | TableChange::AddColumn(_)
                    | TableChange::AddConstraint {
                        constraint: Constraint::PrimaryKey(_) | Constraint::Unique(_)
                    }
            )
        };
        self.naming.same_table(&key.table, self.name)
            && (self.alter.changes.iter().any(is_touched) || !self.index_creates.is_empty())
    }

    /// The clause for an index that is dropped and created with nothing changed but whether the optimizer sees it.
    fn changes_visibility_only(&self, dropped: &Index) -> Option<Clause> {
        let created = self
            .index_creates
            .iter()
            .find(|created| self.naming.same(&created.name, &dropped.name))?;
        let (key, on, off) = match self.naming.flavour {
            Flavour::Mysql => (option::INVISIBLE, "INVISIBLE", "VISIBLE"),
            Flavour::Mariadb => (option::IGNORED, "IGNORED", "NOT IGNORED"),
        };
        let without = |index: &Index| {
            let mut index = index.clone();
            index.options.remove(key);
            index
        };
        let is_same = without(dropped) == without(created);
        let word = if created.options.contains_key(key) {
            on
        } else {
            off
        };
        is_same.then(|| Operation::HideIndex.by(format!("ALTER INDEX {} {word}", quote(&created.name))))
    }

    /// Clauses for options, and whether the table gets the collation of its database, which is a statement of its own.
    fn options(&self, old: &Table) -> (Vec<Clause>, bool) {
        let mut clauses = Vec::new();
        let mut recollates = false;
        for change in &self.alter.changes {
            match change {
                TableChange::SetOption(set) => {
                    let (key, value) = (set.key.as_str(), self.new.options.get(&set.key));
                    let operation = Operation::setting(key);
                    if let Some(period) = key.strip_prefix(option::PERIOD) {
                        clauses.push(operation.by(period_clause(period, value.map(String::as_str))));
                    } else if key == option::VERSIONING {
                        let word = if value.is_some() { "ADD" } else { "DROP" };
                        clauses.push(operation.by(format!("{word} SYSTEM VERSIONING")));
                    } else if key == option::COLLATION && value.is_none() {
                        recollates = true;
                    } else {
                        let clause = table::set(key, value.map(String::as_str));
                        clauses.extend(clause.map(|clause| operation.by(clause)));
                    }
                }
                TableChange::SetComment(comment) if old.comment != self.new.comment => {
                    clauses.push(Operation::TableWords.by(format!(
                        "COMMENT={}",
                        text(comment.new.as_deref().unwrap_or_default())
                    )));
                }
                _ => {}
            }
        }
        (clauses, recollates)
    }

    /// What becomes of partitions. They go first when what they are made of changes.
    fn partitions(&self, old: &Table) -> Partitions {
        if self.partitions_hold_names() {
            return Partitions {
                first: Some(partition::NONE.to_owned()),
                last: partition::clause(&self.new.options).map(partition::Step::anew),
            };
        }
        let Some(step) = partition::change(&old.options, &self.new.options) else {
            return Partitions::default();
        };
        let is_there = old.options.contains_key(option::PARTITION_BY);
        let comes = self.new.options.contains_key(option::PARTITION_BY);
        if is_there && !comes {
            return Partitions {
                first: Some(step.clause),
                last: None,
            };
        }
        let is_other = old.options.get(option::PARTITION_BY) != self.new.options.get(option::PARTITION_BY);
        let first = (is_there && is_other && self.alter.changes.iter().any(touches_foreign_keys))
            .then(|| partition::NONE.to_owned());
        Partitions {
            first,
            last: Some(step),
        }
    }

    /// Whether a column that gets another name is one of those that MySQL divides the rows by (error 3855). MariaDB follows.
    fn partitions_hold_names(&self) -> bool {
        let options = find_table(self.before, self.name, &self.naming).map(|table| &table.options);
        let by = [option::PARTITION_BY, option::SUBPARTITION_BY]
            .iter()
            .filter_map(|key| options?.get(*key));
        let mentioned: Vec<_> = by.map(|by| mentions(by, &Lexicon::MYSQL)).collect();
        self.naming.flavour == Flavour::Mysql
            && self.renames.iter().any(|names| {
                let name = super::canonical::fold(&names.old);
                mentioned.iter().any(|words| words.contains(name.as_str()))
            })
    }

    /// A table with versions refuses changes unless it is told to keep what it has (MariaDB, "System-Versioned Tables").
    fn keeping_history(statements: Vec<Statement>, old: &Table) -> Vec<Statement> {
        let is_versioned = old.options.contains_key(option::VERSIONING);
        if !is_versioned || statements.is_empty() {
            return statements;
        }
        let keep = ddl("SET system_versioning_alter_history = KEEP");
        let back = ddl("SET system_versioning_alter_history = DEFAULT");
        std::iter::once(keep).chain(statements).chain([back]).collect()
    }
}

#[derive(Default)]
struct Going {
    clauses: Vec<Clause>,
    foreign_keys: Vec<Clause>,
    /// What comes again of it.
    again: Vec<Clause>,
}

struct Coming {
    /// What stands in a statement before.
    ahead: Vec<Clause>,
    clauses: Vec<Clause>,
    /// What stands in a statement behind.
    apart: Vec<Clause>,
}

#[derive(Default)]
struct Partitions {
    first: Option<String>,
    last: Option<partition::Step>,
}

fn drop_key(index: &Index) -> Clause {
    Operation::DropIndex.by(format!("DROP KEY {}", quote(&index.name)))
}

fn add_key(index: &Index) -> Clause {
    Operation::building(index).by(format!("ADD {}", index::definition(index)))
}

fn rename_key(old: &Name, new: &Name) -> Clause {
    Operation::RenameIndex.by(format!("RENAME KEY {} TO {}", quote(old), quote(new)))
}

fn period_clause(name: &str, columns: Option<&str>) -> String {
    match columns {
        Some(columns) => format!("ADD {}", table::period(name, columns)),
        None => format!("DROP PERIOD FOR {}", quote(name)),
    }
}

fn named(table: &Table, name: Option<&Name>, naming: Mysql) -> Option<Constraint> {
    let name = name?;
    table
        .constraints()
        .find(|constraint| constraint.name().is_some_and(|other| naming.same(other, name)))
}

/// Whether a change may need the foreign keys of the table to be gone.
fn touches_foreign_keys(change: &TableChange) -> bool {
    match change {
        TableChange::AlterColumn(_)
        | TableChange::AddColumn(_)
        | TableChange::DropColumn(_)
        | TableChange::ReorderColumns(_)
        | TableChange::RenameColumn(_)
        | TableChange::RenameConstraint { .. }
        | TableChange::SetOption(_) => true,
        TableChange::AddConstraint { constraint } | TableChange::DropConstraint { constraint } => {
            match constraint {
                Constraint::PrimaryKey(_) => true,
                Constraint::ForeignKey(_) => matches!(change, TableChange::AddConstraint { .. }),
                Constraint::Unique(_) | Constraint::Check(_) | Constraint::Exclude(_) => false,
            }
        }
        TableChange::SetComment(_) | TableChange::SetDefinition(_) => false,
    }
}
