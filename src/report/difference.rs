//! A difference as people read it: what comes, goes and changes, table by table, with what is lost.
//!
//! Directives come in, in the order in which they would run; that order is for running. Here they are gathered by the thing
//! they are about.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::{Text, Tone, describe};
use crate::{
    directive::{AlterColumn, Change, ColumnChange, Directive, OptionChange, TableChange},
    schema::{EnumType, Generated, Identity, Name, Object, QName, Sequence, Table},
};

/// Whether a thing comes, goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It comes.
    Added,
    /// It changes.
    Changed,
    /// It goes.
    Removed,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Changed => "~",
            Self::Removed => "-",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Added => Tone::Added,
            Self::Changed => Tone::Changed,
            Self::Removed => Tone::Removed,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Added => "new",
            Self::Changed => "changed",
            Self::Removed => "dropped",
        }
    }
}

/// A difference, gathered by the things it is about.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// By kind and name: tables first, then the rest by kind.
    things: BTreeMap<(Rank, String, String), Thing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Namespace,
    Type,
    Table,
    Other,
    Custom,
    Sql,
}

#[derive(Debug, Clone)]
struct Thing {
    mark: Mark,
    note: String,
    losses: Vec<String>,
    lines: Vec<Line>,
}

/// The part of a thing that a line is about; the lines of a thing stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Column,
    Constraint,
    Rest,
    Index,
}

#[derive(Debug, Clone)]
struct Line {
    part: Part,
    mark: Mark,
    text: String,
    losses: Vec<String>,
}

impl Line {
    fn new(part: Part, mark: Mark, text: impl Into<String>) -> Self {
        Self {
            part,
            mark,
            text: text.into(),
            losses: Vec::new(),
        }
    }
}

impl Difference {
    /// Gathers what `directives` do.
    pub fn new(directives: &[Directive]) -> Self {
        let mut difference = Self::default();
        for directive in directives {
            difference.add(directive);
        }
        difference
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// One line that counts: `1 new table, 2 changed tables, 1 dropped view`.
    pub fn summary(&self) -> String {
        let mut counts: BTreeMap<(Rank, &str, Mark), usize> = BTreeMap::new();
        for ((rank, kind, _), thing) in &self.things {
            *counts.entry((*rank, kind, thing.mark)).or_default() += 1;
        }
        let counts: Vec<String> = counts
            .into_iter()
            .map(|((rank, kind, mark), count)| {
                let s = if count == 1 { "" } else { "s" };
                match rank {
                    Rank::Sql => return format!("{count} piece{s} of SQL"),
                    Rank::Custom => return format!("{count} {kind} directive{s}"),
                    Rank::Namespace | Rank::Type | Rank::Table | Rank::Other => {}
                }
                let plural = match kind {
                    _ if count == 1 => "",
                    "index" => "es",
                    _ => "s",
                };
                format!("{count} {} {kind}{plural}", mark.word())
            })
            .collect();
        if counts.is_empty() {
            "no difference".to_owned()
        } else {
            counts.join(", ")
        }
    }

    /// The whole of it, one block for each thing.
    pub fn text(&self) -> Text {
        let mut text = Text::new();
        for ((_, kind, name), thing) in &self.things {
            let title = [kind.as_str(), name.as_str()]
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            text.push(thing.mark.tone(), format!("{} ", thing.mark.sign()))
                .push(Tone::Heading, title);
            if !thing.note.is_empty() {
                text.plain(format!(" {}", thing.note));
            }
            lose(&mut text, &thing.losses);
            text.end_line();
            let mut lines: Vec<&Line> = thing.lines.iter().collect();
            lines.sort_by_key(|line| line.part);
            for line in lines {
                text.push(
                    line.mark.tone(),
                    format!("    {} {}", line.mark.sign(), line.text.replace('\n', "\n      ")),
                );
                lose(&mut text, &line.losses);
                text.end_line();
            }
        }
        text
    }

    fn thing(&mut self, rank: Rank, kind: &str, name: &str, mark: Mark) -> &mut Thing {
        let thing = self
            .things
            .entry((rank, kind.to_owned(), name.to_owned()))
            .or_insert_with(|| Thing {
                mark,
                note: String::new(),
                losses: Vec::new(),
                lines: Vec::new(),
            });
        // What goes and comes back has changed.
        if matches!(
            (thing.mark, mark),
            (Mark::Removed, Mark::Added) | (Mark::Added, Mark::Removed)
        ) {
            thing.mark = Mark::Changed;
        }
        thing
    }

    /// A table to which something is done. It keeps its mark if it is new.
    fn table(&mut self, name: &QName) -> &mut Thing {
        self.thing(Rank::Table, "table", &name.to_string(), Mark::Changed)
    }

    fn add(&mut self, directive: &Directive) {
        use Directive as D;
        let losses = directive.losses();
        match directive {
            D::CreateNamespace(n) => drop(self.thing(Rank::Namespace, "namespace", &n.name, Mark::Added)),
            D::DropNamespace(n) => drop(self.thing(Rank::Namespace, "namespace", &n.name, Mark::Removed)),
            D::CreateTable(table) => {
                let thing = self.thing(Rank::Table, "table", &table.name.to_string(), Mark::Added);
                thing.lines.extend(table_lines(table, Mark::Added));
            }
            D::DropTable(table) => {
                let thing = self.thing(Rank::Table, "table", &table.name.to_string(), Mark::Removed);
                thing.losses.extend(losses);
            }
            D::RenameTable(names) => {
                let thing = self.table(&names.new);
                thing.note = format!("renamed from {}", names.old);
            }
            D::AlterTable(alter) => {
                let table = alter.table.to_string();
                let lines = alter
                    .changes
                    .iter()
                    .flat_map(|change| change_lines(change, &table));
                self.table(&alter.table).lines.extend(lines);
            }
            D::CreateIndex { table, index } => {
                let line = Line::new(Part::Index, Mark::Added, describe::index(index));
                self.table(table).lines.push(line);
            }
            D::DropIndex { table, index } => {
                let line = Line::new(Part::Index, Mark::Removed, describe::index(index));
                self.table(table).lines.push(line);
            }
            D::RenameIndex { table, name } => {
                let line = Line::new(
                    Part::Index,
                    Mark::Changed,
                    format!("index {}: renamed from {}", name.new, name.old),
                );
                self.table(table).lines.push(line);
            }
            D::CreateSequence(s) => drop(self.sequence(s, Mark::Added)),
            D::DropSequence(s) => self.sequence(s, Mark::Removed).losses.extend(losses),
            D::AlterSequence(change) => drop(self.sequence(&change.new, Mark::Changed)),
            D::CreateEnum(e) => {
                let line = Line::new(Part::Rest, Mark::Added, e.values.join(", "));
                self.enum_type(e, Mark::Added).lines.push(line);
            }
            D::DropEnum(e) => drop(self.enum_type(e, Mark::Removed)),
            D::AlterEnum { change, renamed } => {
                let lines = enum_lines(change, renamed);
                let thing = self.enum_type(&change.new, Mark::Changed);
                thing.lines.extend(lines);
                thing.losses.extend(losses);
            }
            D::CreateObject(object) => self.object(None, Some(object), losses),
            D::DropObject(object) => self.object(Some(object), None, losses),
            D::ReplaceObject(change) => self.object(Some(&change.old), Some(&change.new), losses),
            D::Custom(custom) => {
                let summary = custom.summary();
                let said = summary
                    .strip_prefix(custom.name())
                    .map_or(&*summary, str::trim_start);
                let thing = self.thing(Rank::Custom, custom.name(), said, Mark::Changed);
                thing.losses.extend(losses);
            }
            D::Execute { .. } | D::BulkInsert(_) | D::Run(_) | D::Irreversible { .. } => {
                let line = Line::new(Part::Rest, Mark::Changed, directive.summary());
                let number = self.things.len().to_string();
                self.thing(Rank::Sql, "SQL", &number, Mark::Changed)
                    .lines
                    .push(line);
            }
        }
    }

    fn sequence(&mut self, sequence: &Sequence, mark: Mark) -> &mut Thing {
        self.thing(Rank::Type, "sequence", &sequence.name.to_string(), mark)
    }

    fn enum_type(&mut self, enum_type: &EnumType, mark: Mark) -> &mut Thing {
        self.thing(Rank::Type, "enum type", &enum_type.name.to_string(), mark)
    }

    fn object(&mut self, old: Option<&Object>, new: Option<&Object>, losses: Vec<String>) {
        let Some(object) = new.or(old) else { return };
        let mark = match (old, new) {
            (None, _) => Mark::Added,
            (_, None) => Mark::Removed,
            _ => Mark::Changed,
        };
        let mut name = object.id.name.to_string();
        if let Some(signature) = &object.id.signature {
            name = format!("{name}({signature})");
        }
        if let Some(on) = &object.id.on {
            name = format!("{name} on {on}");
        }
        let thing = self.thing(Rank::Other, object.id.kind.as_str(), &name, mark);
        thing.losses.extend(losses);
        let old = old.map(|o| o.definition.as_str());
        let new = new.map(|o| o.definition.as_str());
        // A drop is met before the create that brings the thing back: the two definitions are then compared by line.
        match (thing.mark, old, new) {
            (Mark::Changed, None, Some(new)) => {
                let old: Vec<String> = thing.lines.drain(..).map(|line| line.text).collect();
                thing.lines = line_changes(&old.join("\n"), new);
            }
            (_, Some(old), Some(new)) => thing.lines = line_changes(old, new),
            (_, None, Some(new)) => thing
                .lines
                .extend(new.lines().map(|l| Line::new(Part::Rest, Mark::Added, l))),
            (_, Some(old), None) => thing
                .lines
                .extend(old.lines().map(|l| Line::new(Part::Rest, Mark::Removed, l))),
            (_, None, None) => {}
        }
    }
}

fn lose(text: &mut Text, losses: &[String]) {
    if !losses.is_empty() {
        text.push(Tone::Loss, format!("  ! loses {}", losses.join(" and ")));
    }
}

/// The lines that differ; equal ones are of no interest here.
fn line_changes(old: &str, new: &str) -> Vec<Line> {
    TextDiff::from_lines(old, new)
        .iter_all_changes()
        .filter_map(|change| {
            let mark = match change.tag() {
                ChangeTag::Equal => return None,
                ChangeTag::Delete => Mark::Removed,
                ChangeTag::Insert => Mark::Added,
            };
            Some(Line::new(Part::Rest, mark, change.value().trim_end()))
        })
        .collect()
}

fn table_lines(table: &Table, mark: Mark) -> Vec<Line> {
    let columns = table
        .columns
        .iter()
        .map(|c| (Part::Column, format!("column {}", describe::column(c))));
    let constraints = table
        .constraints()
        .map(|c| (Part::Constraint, describe::constraint(&c)));
    let options = describe::options(&table.options).map(|text| (Part::Rest, text));
    let indexes = table.indexes.iter().map(|i| (Part::Index, describe::index(i)));
    columns
        .chain(constraints)
        .chain(options)
        .chain(indexes)
        .map(|(part, text)| Line::new(part, mark, text))
        .collect()
}

fn change_lines(change: &TableChange, table: &str) -> Vec<Line> {
    use TableChange as C;
    let (part, mark, text) = match change {
        C::RenameColumn(names) => (
            Part::Column,
            Mark::Changed,
            format!("column {}: renamed from {}", names.new, names.old),
        ),
        C::AlterColumn(alter) => (Part::Column, Mark::Changed, alter_column(alter)),
        C::AddColumn(new) => (
            Part::Column,
            Mark::Added,
            format!("column {}", describe::column(&new.column)),
        ),
        C::DropColumn(gone) => (
            Part::Column,
            Mark::Removed,
            format!("column {}", describe::column(&gone.column)),
        ),
        C::DropConstraint { constraint } => {
            (Part::Constraint, Mark::Removed, describe::constraint(constraint))
        }
        C::AddConstraint { constraint } => (Part::Constraint, Mark::Added, describe::constraint(constraint)),
        C::RenameConstraint { kind, name } => {
            let show = |name: Option<&Name>| name.map_or("(no name)".to_owned(), ToString::to_string);
            let (old, new) = (show(name.old.as_ref()), show(name.new.as_ref()));
            (
                Part::Constraint,
                Mark::Changed,
                format!("{kind}: renamed from {old} to {new}"),
            )
        }
        C::SetOption(change) => (Part::Rest, Mark::Changed, option_change(change)),
        C::SetComment(comment) => (
            Part::Rest,
            Mark::Changed,
            old_new("comment", comment.old.as_ref(), comment.new.as_ref()),
        ),
        C::ReorderColumns(order) => {
            let list = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
            (
                Part::Column,
                Mark::Changed,
                format!("order of columns: {} -> {}", list(&order.old), list(&order.new)),
            )
        }
        C::SetDefinition(definition) => return line_changes(&definition.old, &definition.new),
    };
    let mut line = Line::new(part, mark, text);
    line.losses.extend(change.loss(table));
    vec![line]
}

fn alter_column(alter: &AlterColumn) -> String {
    let parts: Vec<String> = alter.changes.iter().map(attribute).collect();
    format!("column {}: {}", alter.name, parts.join("; "))
}

fn attribute(change: &ColumnChange) -> String {
    let generated = |g: &Option<Generated>| {
        g.as_ref()
            .map(|g| format!("({}) {}", g.expression, describe::kept(g.kind)))
    };
    match change {
        ColumnChange::Type(c) => format!("type {} -> {}", typed(&c.old), typed(&c.new)),
        ColumnChange::NotNull(c) => (if c.new {
            "nullable -> not null"
        } else {
            "not null -> nullable"
        })
        .to_owned(),
        ColumnChange::Default(c) => old_new("default", c.old.as_ref(), c.new.as_ref()),
        ColumnChange::Collation(c) => old_new("collation", c.old.as_ref(), c.new.as_ref()),
        ColumnChange::Generated(c) => old_new(
            "generated",
            generated(&c.old).as_ref(),
            generated(&c.new).as_ref(),
        ),
        ColumnChange::Identity(c) => {
            let word = |identity: &Option<Identity>| identity.as_ref().map(|_| "yes");
            old_new("automatic numbers", word(&c.old).as_ref(), word(&c.new).as_ref())
        }
        ColumnChange::Comment(c) => old_new("comment", c.old.as_ref(), c.new.as_ref()),
        ColumnChange::Option(c) => option_change(c),
    }
}

fn typed(ty: &str) -> &str {
    if ty.is_empty() { "(none)" } else { ty }
}

fn option_change(change: &OptionChange) -> String {
    let key = change.key.replace('_', " ");
    let show = |value: &Option<String>| {
        value
            .as_ref()
            .map(|v| if v.is_empty() { "yes" } else { v.as_str() }.to_owned())
    };
    old_new(
        &key,
        show(&change.value.old).as_ref(),
        show(&change.value.new).as_ref(),
    )
}

fn old_new<T: std::fmt::Display>(what: &str, old: Option<&T>, new: Option<&T>) -> String {
    let show = |value: Option<&T>| value.map_or("(none)".to_owned(), ToString::to_string);
    format!("{what} {} -> {}", show(old), show(new))
}

fn enum_lines(change: &Change<EnumType>, renamed: &[Change<String>]) -> Vec<Line> {
    let old = &change.old.values;
    let new = &change.new.values;
    let renames = renamed.iter().map(|r| {
        Line::new(
            Part::Rest,
            Mark::Changed,
            format!("'{}': renamed from '{}'", r.new, r.old),
        )
    });
    let gone = old
        .iter()
        .filter(|value| !new.contains(value) && !renamed.iter().any(|r| r.old == **value))
        .map(|value| Line::new(Part::Rest, Mark::Removed, format!("'{value}'")));
    let come = new
        .iter()
        .filter(|value| !old.contains(value) && !renamed.iter().any(|r| r.new == **value))
        .map(|value| Line::new(Part::Rest, Mark::Added, format!("'{value}'")));
    renames.chain(gone).chain(come).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        directive::{AlterTable, NewColumn},
        schema::{Column, Index, IndexPart, ObjectId, ObjectKind, Sql},
    };

    fn view(definition: &str) -> Object {
        Object {
            id: ObjectId {
                kind: ObjectKind::new("view"),
                name: QName::plain("active"),
                signature: None,
                on: None,
            },
            definition: Sql::new(definition),
            depends_on: std::collections::BTreeSet::new(),
            comment: None,
        }
    }

    fn customers(changes: Vec<TableChange>) -> Directive {
        Directive::AlterTable(AlterTable {
            table: "customers".into(),
            changes,
        })
    }

    #[test]
    fn changes_are_gathered_by_table_and_losses_stand_beside_them() {
        let mut orders = Table::new("orders");
        orders.columns.push(Column {
            not_null: true,
            ..Column::new("id", "integer")
        });
        let mut index = Index::new("ix_orders_id");
        index.parts.push(IndexPart::column("id"));
        let difference = Difference::new(&[
            Directive::DropTable(Box::new(Table::new("fax"))),
            Directive::CreateTable(Box::new(orders)),
            customers(vec![TableChange::AddColumn(NewColumn::from(Column::new(
                "vat", "text",
            )))]),
            Directive::CreateIndex {
                table: "orders".into(),
                index: Box::new(index),
            },
            customers(vec![TableChange::DropColumn(NewColumn::from(Column::new(
                "fax", "text",
            )))]),
        ]);
        assert_eq!(
            difference.summary(),
            "1 new table, 1 changed table, 1 dropped table"
        );
        assert_eq!(
            difference.text().to_string(),
            "~ table customers\n    + column vat text\n    - column fax text  ! loses every value of customers.fax\n\
             - table fax  ! loses every row of fax\n\
             + table orders\n    + column id integer not null\n    + index ix_orders_id (id)\n"
        );
    }

    #[test]
    fn an_object_that_goes_and_comes_back_has_changed() {
        let difference = Difference::new(&[
            Directive::DropObject(view("CREATE VIEW active AS\nSELECT 1")),
            Directive::CreateObject(view("CREATE VIEW active AS\nSELECT 2")),
        ]);
        assert_eq!(difference.summary(), "1 changed view");
        assert_eq!(
            difference.text().to_string(),
            "~ view active\n    - SELECT 1\n    + SELECT 2\n"
        );
    }

    #[test]
    fn nothing_is_no_difference() {
        let none = Difference::new(&[]);
        assert!(none.is_empty());
        assert_eq!(none.summary(), "no difference");
        assert_eq!(none.text().to_string(), "");
    }
}
