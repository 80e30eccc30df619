//! What people read about a directive: one line of summary, and what it loses.

use super::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::dialect::mysql;

impl Directive {
    /// One line, such as `orders: new table`.
    pub fn summary(&self) -> String {
        use Directive as D;
        match self {
            D::CreateNamespace(n) => format!("{}: new namespace", n.name),
            D::DropNamespace(n) => format!("{}: drop namespace", n.name),
            D::CreateTable(t) => format!("{}: new table", t.name),
            D::DropTable(t) => format!("{}: drop table", t.name),
            D::RenameTable(names) => format!("{}: rename table to {}", names.old, names.new),
            D::AlterTable(alter) => format!("{}: {}", alter.table, alter.summary()),
            D::CreateIndex { table, index } => {
                format!(
                    "{table}: new {}index {}",
                    if index.unique { "unique " } else { "" },
                    index.name
                )
            }
            D::DropIndex { table, index } => format!("{table}: drop index {}", index.name),
            D::RenameIndex { table, name } => format!("{table}: rename index {} to {}", name.old, name.new),
            D::CreateSequence(s) => format!("{}: new sequence", s.name),
            D::DropSequence(s) => format!("{}: drop sequence", s.name),
            D::AlterSequence(change) => format!("{}: alter sequence", change.new.name),
            D::CreateEnum(e) => format!("{}: new enum type", e.name),
            D::DropEnum(e) => format!("{}: drop enum type", e.name),
            D::AlterEnum { change, .. } => format!("{}: change enum values", change.new.name),
            D::CreateObject(o) => format!("{}: new {}", o.id.name, o.id.kind),
            D::DropObject(o) => format!("{}: drop {}", o.id.name, o.id.kind),
            D::ReplaceObject(change) => format!("{}: replace {}", change.new.id.name, change.new.id.kind),
            D::Execute { .. } => "run SQL".to_owned(),
            D::Run(code) => format!("run code: {}", code.name()),
            D::BulkInsert(insert) => format!("{}: insert {} rows", insert.table, insert.rows.len()),
            D::Custom(custom) => custom.summary(),
            D::Irreversible { why } => format!("irreversible: {why}"),
        }
    }

    /// What it destroys for good, each as a fragment such as `every row of fax`. Empty when nothing is lost.
    pub fn losses(&self) -> Vec<String> {
        match self {
            Self::DropTable(table) => vec![format!("every row of {}", table.name)],
            Self::AlterTable(alter) => alter
                .changes
                .iter()
                .filter_map(|change| change.loss(&alter.table.to_string()))
                .chain(alter.lost_partitions())
                .collect(),
            Self::DropSequence(sequence) => vec![format!("the position of sequence {}", sequence.name)],
            Self::AlterEnum { change, renamed } => change
                .old
                .values
                .iter()
                .filter(|v| !change.new.values.contains(v) && !renamed.iter().any(|r| r.old == **v))
                .map(|v| format!("value '{v}' of {}", change.old.name))
                .collect(),
            Self::Custom(custom) => custom.losses(),
            Self::CreateNamespace(_)
            | Self::DropNamespace(_)
            | Self::CreateTable(_)
            | Self::RenameTable(_)
            | Self::CreateIndex { .. }
            | Self::DropIndex { .. }
            | Self::RenameIndex { .. }
            | Self::CreateSequence(_)
            | Self::AlterSequence(_)
            | Self::CreateEnum(_)
            | Self::DropEnum(_)
            | Self::CreateObject(_)
            | Self::DropObject(_)
            | Self::ReplaceObject(_)
            | Self::Execute { .. }
            | Self::Run(_)
            | Self::BulkInsert(_)
            | Self::Irreversible { .. } => Vec::new(),
        }
    }
}

impl AlterTable {
    /// The rows of partitions that go without another that takes them. Where the rows are divided in another way, they all stay.
    fn lost_partitions(&self) -> Vec<String> {
        let values = |key: &str| {
            self.changes.iter().find_map(|change| match change {
                TableChange::SetOption(change) if change.key == key => Some(&change.value),
                _ => None,
            })
        };
        let Some(Change {
            old: Some(old),
            new: Some(new),
        }) = values(mysql::option::PARTITIONS)
        else {
            return Vec::new();
        };
        if values(mysql::option::PARTITION_BY).is_some() || values(mysql::option::SUBPARTITION_BY).is_some() {
            return Vec::new();
        }
        mysql::partitions_lost(old, new)
            .into_iter()
            .map(|name| format!("every row of partition {name} of {}", self.table))
            .collect()
    }

    fn summary(&self) -> String {
        self.changes
            .iter()
            .map(TableChange::summary)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl TableChange {
    /// A fragment such as `add column email`.
    pub fn summary(&self) -> String {
        let named = |name: Option<&crate::schema::Name>| name.map_or(String::new(), |n| format!(" {n}"));
        match self {
            Self::RenameColumn(names) => format!("rename column {} to {}", names.old, names.new),
            Self::DropConstraint { constraint } => {
                format!("drop {}{}", constraint.kind(), named(constraint.name()))
            }
            Self::AddConstraint { constraint } => {
                format!("add {}{}", constraint.kind(), named(constraint.name()))
            }
            Self::AlterColumn(alter) => alter.summary(),
            Self::AddColumn(new) => format!("add column {}", new.column.name),
            Self::DropColumn(gone) => format!("drop column {}", gone.column.name),
            Self::RenameConstraint { kind, name } => {
                let show = |n: &Option<crate::schema::Name>| {
                    n.as_ref().map_or("(no name)".to_owned(), ToString::to_string)
                };
                format!("rename {kind} {} to {}", show(&name.old), show(&name.new))
            }
            Self::SetOption(change) => match &change.value.new {
                Some(value) if value.is_empty() => format!("set {}", change.key),
                Some(value) => format!("set {} to {value}", change.key),
                None => format!("remove {}", change.key),
            },
            Self::SetComment(_) => "change comment".to_owned(),
            Self::SetDefinition(_) => "change definition".to_owned(),
            Self::ReorderColumns(_) => "reorder columns".to_owned(),
        }
    }

    /// What it destroys, in a table of that name.
    pub fn loss(&self, table: &str) -> Option<String> {
        match self {
            Self::DropColumn(gone) if gone.column.generated.is_none() => {
                Some(format!("every value of {table}.{}", gone.column.name))
            }
            Self::AlterColumn(alter) => alter.changes.iter().find_map(|c| match c {
                ColumnChange::Generated(change) if change.old.is_none() && change.new.is_some() => {
                    Some(format!("every value of {table}.{}, computed anew", alter.name))
                }
                _ => None,
            }),
            _ => None,
        }
    }
}

impl AlterColumn {
    fn summary(&self) -> String {
        let parts: Vec<String> = self
            .changes
            .iter()
            .map(|change| match change {
                ColumnChange::Type(c) => format!("type {} to {}", c.old, c.new),
                ColumnChange::NotNull(c) => (if c.new { "set not null" } else { "drop not null" }).to_owned(),
                ColumnChange::Default(c) => attribute("default", c.old.as_deref(), c.new.as_deref()),
                ColumnChange::Collation(c) => attribute("collation", c.old.as_deref(), c.new.as_deref()),
                ColumnChange::Generated(c) => attribute(
                    "generated",
                    c.old.as_ref().map(|g| g.expression.as_str()),
                    c.new.as_ref().map(|g| g.expression.as_str()),
                ),
                ColumnChange::Identity(_) => "identity".to_owned(),
                ColumnChange::Comment(_) => "comment".to_owned(),
                ColumnChange::Option(c) => attribute(&c.key, c.value.old.as_deref(), c.value.new.as_deref()),
            })
            .collect();
        format!("alter column {} ({})", self.name, parts.join(", "))
    }
}

fn attribute(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (old, new) {
        (None, Some(new)) => format!("set {what} {new}"),
        (Some(old), None) => format!("drop {what} {old}"),
        (Some(old), Some(new)) => format!("{what} {old} to {new}"),
        (None, None) => what.to_owned(),
    }
}
