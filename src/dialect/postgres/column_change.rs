//! The changes of one column.
//!
//! Comes in: the changes and the column before them. Goes out: actions of ALTER TABLE, and statements before and behind it. A column that
//! numbers its rows keeps its place in the sequence, whatever kind of numbering it gets.

use super::columns::{self, identity_options, identity_words, options_of, set_not_null};
use super::sequence::{changed_options, go_on, made_for, of_identity, take_over};
use super::spelling::{collation, comment, guarded, qname, quote};
use super::types::{self, Conversion};
use super::{Postgres, option};
use crate::dialect::{Dialect, Statement};
use crate::directive::{AlterColumn, Change, ColumnChange};
use crate::schema::{Column, GeneratedKind, Identity, QName, Schema, SequenceOptions, Table};
use std::fmt::Write;

/// What the changes of a column take.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Statements before everything.
    pub(super) before: Vec<Statement>,
    /// UPDATEs before the ALTER TABLE.
    pub(super) updates: Vec<Statement>,
    /// Actions of the ALTER TABLE.
    pub(super) actions: Vec<String>,
    /// Statements behind it.
    pub(super) behind: Vec<Statement>,
}

/// How a column numbers its rows.
#[derive(Debug, Clone, PartialEq)]
enum Numbering {
    None,
    Serial,
    Identity(Identity),
}

fn numbering(column: &Column) -> Numbering {
    match &column.identity {
        Some(identity) => Numbering::Identity(identity.clone()),
        None if types::serial(&column.ty).is_some() => Numbering::Serial,
        None => Numbering::None,
    }
}

/// Whether the values of the column become values of another type, or are compared otherwise.
pub(super) fn retypes(alter: &AlterColumn) -> bool {
    alter.changes.iter().any(|change| match change {
        ColumnChange::Type(types) => types::plain(&types.old) != types::plain(&types.new),
        ColumnChange::Collation(_) => true,
        _ => false,
    })
}

/// Whether the column has to be dropped and added: it becomes a generated one, or is generated in another way
/// (`SET EXPRESSION` is of version 17, and rewrites the table no less).
pub(super) fn is_replaced(alter: &AlterColumn) -> bool {
    alter.changes.iter().any(|change| match change {
        ColumnChange::Generated(generated) => generated.new.is_some(),
        // A generated column cannot change its type while it reads others.
        _ => false,
    })
}

/// The column before and after the changes. What the changes say they were counts for more than what is known.
fn sides(alter: &AlterColumn, known: &Column) -> Change<Column> {
    let (mut old, mut new) = (known.clone(), known.clone());
    for change in &alter.changes {
        macro_rules! put {
            ($field:ident, $change:expr) => {{
                old.$field = $change.old;
                new.$field = $change.new;
            }};
        }
        match change.clone() {
            ColumnChange::Type(change) => put!(ty, change),
            ColumnChange::NotNull(change) => put!(not_null, change),
            ColumnChange::Default(change) => put!(default, change),
            ColumnChange::Collation(change) => put!(collation, change),
            ColumnChange::Generated(change) => put!(generated, change),
            ColumnChange::Identity(change) => put!(identity, change),
            ColumnChange::Comment(change) => put!(comment, change),
            ColumnChange::Option(change) => {
                for (column, value) in [(&mut old, change.value.old), (&mut new, change.value.new)] {
                    match value {
                        Some(value) => column.options.insert(change.key.clone(), value),
                        None => column.options.remove(&change.key),
                    };
                }
            }
        }
    }
    Change::new(old, new)
}

/// What the changes of a column of table `table` take, and the column after them.
pub(super) fn effects(
    alter: &AlterColumn,
    known: &Column,
    table: &QName,
    (before, after): (&Schema, &Schema),
) -> (Effects, Column) {
    let Change { old, new } = sides(alter, known);
    let change = ColumnAlteration {
        alter,
        name: quote(&new.name),
        table,
        before,
        after,
        old,
        new,
    };
    let mut effects = Effects::default();
    if Postgres.replaces_column(alter) {
        change.replace(&mut effects);
    } else if change.old.generated.is_some() && change.new.generated.is_none() {
        change.make_plain(&mut effects);
    } else {
        change.alter(&mut effects);
    }
    (effects, change.new)
}

struct ColumnAlteration<'a> {
    alter: &'a AlterColumn,
    /// Quoted.
    name: String,
    table: &'a QName,
    before: &'a Schema,
    after: &'a Schema,
    old: Column,
    new: Column,
}

impl ColumnAlteration<'_> {
    fn action(&self, what: impl std::fmt::Display) -> String {
        format!("ALTER COLUMN {} {what}", self.name)
    }

    /// Drops the column and adds it: its values are computed.
    fn replace(&self, effects: &mut Effects) {
        effects.actions.push(format!("DROP COLUMN {}", self.name));
        effects
            .actions
            .push(format!("ADD COLUMN {}", columns::definition(&self.new, true)));
        effects.actions.extend(columns::attributes(self.table, &self.new));
        effects.behind.extend(columns::comments(self.table, &self.new));
    }

    /// A generated column becomes a plain one and keeps its values.
    fn make_plain(&self, effects: &mut Effects) {
        let is_stored = self
            .old
            .generated
            .as_ref()
            .is_some_and(|generated| generated.kind == GeneratedKind::Stored);
        if is_stored {
            // The expression has to go before anything else can change.
            effects.before.push(Statement::new(format!(
                "ALTER TABLE {} ALTER COLUMN {} DROP EXPRESSION",
                qname(self.table),
                self.name
            )));
            self.alter(effects);
            return;
        }
        // The values of a virtual column are nowhere: they are computed one last time.
        let table = qname(self.table);
        let aside = quote(&format!("_autogen_{}", self.new.name));
        let statements = [
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {aside}", self.name),
            format!(
                "ALTER TABLE {table} ADD COLUMN {}",
                columns::definition(&self.new, false)
            ),
            format!("UPDATE {table} SET {} = {aside}", self.name),
        ];
        effects.before.extend(statements.map(Statement::new));
        effects.actions.push(format!("DROP COLUMN {aside}"));
        if self.new.not_null {
            effects.actions.push(set_not_null(self.table, &self.new));
        }
        effects.actions.extend(columns::attributes(self.table, &self.new));
        effects.behind.extend(columns::comments(self.table, &self.new));
    }

    fn alter(&self, effects: &mut Effects) {
        let numbering = (numbering(&self.old), numbering(&self.new));
        self.drop_default(effects);
        self.retype(effects);
        let retyped = self.is_retyped();
        let renumbered = numbering.0 != numbering.1;
        if renumbered {
            self.renumber(&numbering.0, &numbering.1, effects);
        }
        self.set_default(retyped, &numbering, effects);
        self.change_not_null(effects);
        self.change_attributes(retyped, effects);
    }

    fn keeps_parents(&self) -> bool {
        let parents = |schema: &Schema| schema.tables.get(self.table).map(Table::parents);
        parents(self.before) == parents(self.after)
    }

    fn is_retyped(&self) -> bool {
        types::plain(&self.old.ty) != types::plain(&self.new.ty)
    }

    /// Changes type and collation.
    fn retype(&self, effects: &mut Effects) {
        let (old, new) = (types::plain(&self.old.ty), types::plain(&self.new.ty));
        if old == new && self.old.collation == self.new.collation {
            return;
        }
        let mut sql = format!("TYPE {new}");
        if let Some(name) = &self.new.collation {
            let _ = write!(sql, " COLLATE {}", collation(name));
        }
        let conversion = match &self.alter.using {
            Some(using) => Conversion::Using(using.clone()),
            None => types::conversion(&self.new.name, old, new, self.before, self.after),
        };
        if let Conversion::Using(using) = &conversion {
            let _ = write!(sql, " USING {}", guarded(using));
        }
        effects.actions.push(self.action(sql));
        if self.old.ty != self.new.ty
            && numbering(&self.old) == Numbering::Serial
            && numbering(&self.new) == Numbering::Serial
        {
            effects.behind.push(Statement::new(format!(
                "ALTER SEQUENCE {} AS {new}",
                qname(&made_for(self.table, &self.new.name))
            )));
        }
    }

    /// A default of the old type is converted only where there is a cast, and comes out spelled as one of the old type.
    fn drop_default(&self, effects: &mut Effects) {
        let goes = self.new.default.is_none() || self.is_retyped();
        if self.old.default.is_some() && goes {
            effects.actions.push(self.action("DROP DEFAULT"));
        }
    }

    fn set_default(&self, retyped: bool, numbering: &(Numbering, Numbering), effects: &mut Effects) {
        let changed = self.old.default != self.new.default;
        let has_other = matches!(numbering.1, Numbering::Serial | Numbering::Identity(_));
        if let Some(default) = self
            .new
            .default
            .as_ref()
            .filter(|_| (changed || retyped) && !has_other)
        {
            effects
                .actions
                .push(self.action(format_args!("SET DEFAULT {}", guarded(default))));
        }
    }

    fn change_not_null(&self, effects: &mut Effects) {
        let (old, new) = (&self.old, &self.new);
        if let Some(backfill) = self.alter.backfill.as_ref().filter(|_| new.generated.is_none()) {
            effects.updates.push(Statement::new(format!(
                "UPDATE {} SET {1} = {2} WHERE {1} IS NULL",
                qname(self.table),
                self.name,
                guarded(backfill)
            )));
        }
        let special = |column: &Column, key: &str| column.options.contains_key(key);
        match (old.not_null, new.not_null) {
            (false, false) => {}
            (false, true) => effects.actions.push(set_not_null(self.table, new)),
            (true, false) => effects.actions.push(self.action("DROP NOT NULL")),
            (true, true) => {
                let differs = |key| special(old, key) != special(new, key);
                if differs(option::NOT_NULL_NO_INHERIT)
                    || (!special(old, option::NOT_NULL_NOT_VALID) && special(new, option::NOT_NULL_NOT_VALID))
                {
                    effects.actions.push(self.action("DROP NOT NULL"));
                    effects.actions.push(set_not_null(self.table, new));
                    return;
                }
                let names = Change::new(
                    columns::not_null_name(self.table, old),
                    columns::not_null_name(self.table, new),
                );
                // An inherited constraint has the name that it was given when the table came to its parent.
                let is_of_parent = columns::is_inherited(&new.options) && self.keeps_parents();
                if names.old != names.new && !is_of_parent {
                    effects.before.push(Statement::new(format!(
                        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                        qname(self.table),
                        quote(&names.old),
                        quote(&names.new)
                    )));
                }
                if differs(option::NOT_NULL_NOT_VALID) {
                    effects
                        .actions
                        .push(format!("VALIDATE CONSTRAINT {}", quote(&names.new)));
                }
            }
        }
    }

    fn change_attributes(&self, retyped: bool, effects: &mut Effects) {
        let (old, new) = (&self.old, &self.new);
        if old.comment != new.comment {
            effects.behind.push(Statement::new(format!(
                "COMMENT ON COLUMN {}.{} IS {}",
                qname(self.table),
                self.name,
                comment(new.comment.as_ref())
            )));
        }
        let keys: std::collections::BTreeSet<&String> =
            old.options.keys().chain(new.options.keys()).collect();
        for key in keys {
            let (from, to) = (old.options.get(key), new.options.get(key));
            // A new type comes with the storage of its own, and so does a new collation.
            let is_lost = (retyped || old.collation != new.collation)
                && [option::STORAGE, option::COMPRESSION].contains(&key.as_str())
                && to.is_some();
            if from != to || is_lost {
                effects.actions.extend(columns::attribute(new, key, to));
            }
        }
        let not_null_comment = |column: &Column| column.options.get(option::NOT_NULL_COMMENT).cloned();
        if new.not_null && not_null_comment(old) != not_null_comment(new) {
            effects.behind.push(Statement::new(format!(
                "COMMENT ON CONSTRAINT {} ON {} IS {}",
                quote(&columns::not_null_name(self.table, new)),
                qname(self.table),
                comment(not_null_comment(new).as_ref())
            )));
        }
    }

    fn renumber(&self, old: &Numbering, new: &Numbering, effects: &mut Effects) {
        match (old, new) {
            (Numbering::None, Numbering::None) | (Numbering::Serial, Numbering::Serial) => {}
            (Numbering::None, Numbering::Serial) => self.become_serial(None, effects),
            (Numbering::Serial, Numbering::None) => self.leave_serial(effects),
            (Numbering::None, Numbering::Identity(identity)) => {
                self.add_identity(identity, effects);
                effects.behind.push(go_on(
                    &of_identity(self.table, &self.new),
                    &options_of(identity),
                    &qname(self.table),
                    &self.new.name,
                ));
            }
            (Numbering::Identity(_), Numbering::None) => {
                effects.actions.push(self.action("DROP IDENTITY"));
            }
            (Numbering::Serial, Numbering::Identity(identity)) => {
                let sequence = made_for(self.table, &self.new.name);
                let aside = sequence.sibling(aside(&sequence.name));
                effects.before.push(Statement::new(format!(
                    "ALTER SEQUENCE {} OWNED BY NONE",
                    qname(&sequence)
                )));
                effects.before.push(Statement::new(format!(
                    "ALTER SEQUENCE {} RENAME TO {}",
                    qname(&sequence),
                    quote(&aside.name)
                )));
                effects.actions.push(self.action("DROP DEFAULT"));
                self.add_identity(identity, effects);
                effects
                    .behind
                    .push(take_over(&of_identity(self.table, &self.new), &qname(&aside)));
                effects
                    .behind
                    .push(Statement::new(format!("DROP SEQUENCE {}", qname(&aside))));
            }
            (Numbering::Identity(_), Numbering::Serial) => {
                self.become_serial(Some(of_identity(self.table, &self.old)), effects);
            }
            (Numbering::Identity(old), Numbering::Identity(new)) => self.change_identity(old, new, effects),
        }
    }

    fn add_identity(&self, identity: &Identity, effects: &mut Effects) {
        effects.actions.push(self.action(format_args!(
            "ADD {}{}",
            identity_words(identity),
            identity_options(&self.new, identity)
        )));
    }

    /// The column takes its numbers from a sequence of its own; `identity` is the sequence that it took them from.
    fn become_serial(&self, identity: Option<String>, effects: &mut Effects) {
        let sequence = made_for(self.table, &self.new.name);
        let name = qname(&sequence);
        let ty = types::plain(&self.new.ty);
        let owner = format!("OWNED BY {}.{}", qname(self.table), self.name);
        let mut going_on = None;
        if let Some(identity) = identity {
            let aside_name = aside(&sequence.name);
            let aside = qname(&sequence.sibling(aside_name.as_str()));
            effects.before.push(Statement::new(format!(
                "ALTER SEQUENCE {identity} RENAME TO {}",
                quote(&aside_name)
            )));
            effects
                .before
                .push(Statement::new(format!("CREATE SEQUENCE {name} AS {ty}")));
            effects.before.push(take_over(&name, &aside));
            effects.actions.push(self.action("DROP IDENTITY"));
        } else if let Some(standing) = self.before.sequences.get(&sequence) {
            // It is there already, and stops having a life of its own.
            let mut parts = vec![format!("AS {ty}")];
            parts.extend(changed_options(&standing.options, &SequenceOptions::default()));
            effects.before.push(Statement::new(format!(
                "ALTER SEQUENCE {name} {}",
                parts.join(" ")
            )));
        } else {
            effects
                .before
                .push(Statement::new(format!("CREATE SEQUENCE {name} AS {ty}")));
            going_on = Some(go_on(
                &name,
                &SequenceOptions::default(),
                &qname(self.table),
                &self.new.name,
            ));
        }
        effects.actions.push(self.action(format_args!(
            "SET DEFAULT nextval({}::regclass)",
            super::spelling::text(&name)
        )));
        effects
            .behind
            .push(Statement::new(format!("ALTER SEQUENCE {name} {owner}")));
        effects.behind.extend(going_on);
    }

    /// The sequence goes, unless the schema goes on having it.
    fn leave_serial(&self, effects: &mut Effects) {
        let sequence = made_for(self.table, &self.new.name);
        if self.new.default.is_none() {
            effects.actions.push(self.action("DROP DEFAULT"));
        }
        if !self.after.sequences.contains_key(&sequence) {
            effects
                .behind
                .push(Statement::new(format!("DROP SEQUENCE {}", qname(&sequence))));
        }
    }

    fn change_identity(&self, old: &Identity, new: &Identity, effects: &mut Effects) {
        let is_always = |identity: &Identity| matches!(identity, Identity::Always(_));
        let mut parts = Vec::new();
        if is_always(old) != is_always(new) {
            parts.push(
                if is_always(new) {
                    "SET GENERATED ALWAYS"
                } else {
                    "SET GENERATED BY DEFAULT"
                }
                .to_owned(),
            );
        }
        parts.extend(
            changed_options(&options_of(old), &options_of(new))
                .into_iter()
                .map(|part| {
                    if part.starts_with("RESTART") {
                        part
                    } else {
                        format!("SET {part}")
                    }
                }),
        );
        if !parts.is_empty() {
            effects.actions.push(self.action(parts.join(" ")));
        }
    }
}

/// The name of what has to give its own to another for a moment.
pub(super) fn aside(name: &str) -> String {
    let prefix = "_autogen_";
    format!(
        "{prefix}{}",
        super::spelling::cut(name, super::spelling::MAX_NAME - prefix.len())
    )
}
