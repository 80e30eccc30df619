//! Constraints. Keys wait here for the rows of their indexes, which hold their columns.

use super::catalog::{Catalog, RelationKind};
use super::query::Cells;
use super::spelling::{bare, made_up_name};
use super::{Oid, class};
use crate::Result;
use crate::schema::{
    Action, Check, Constraint, Deferral, Exclude, ForeignKey, IndexPart, MatchKind, Name, Options, Part,
    PrimaryKey, Sql, Unique,
};
use std::collections::HashMap;

/// One row of `constraints.sql`.
struct Row {
    oid: Oid,
    relation: Oid,
    kind: String,
    name: Name,
    flags: String,
    parent: Option<Oid>,
    index: Option<Oid>,
    referenced: Option<Oid>,
    columns: Vec<i16>,
    referenced_columns: Vec<i16>,
    actions: String,
    operators: Vec<String>,
    expression: Option<String>,
    set_columns: Option<String>,
}

/// The rows, for constraints that need others or their index.
#[derive(Default)]
pub(super) struct Constraints {
    rows: Vec<Row>,
    /// Where the row of a constraint is.
    by_oid: HashMap<Oid, usize>,
    /// Which constraint an index implements.
    by_index: HashMap<Oid, usize>,
}

/// A key or an exclusion constraint, from the row of its index.
pub(super) struct Key {
    pub(super) parts: Vec<IndexPart>,
    pub(super) include: Vec<Name>,
    pub(super) nulls_not_distinct: bool,
    pub(super) method: Option<Name>,
    pub(super) predicate: Option<Sql>,
    pub(super) options: Options,
    pub(super) comment: Option<String>,
}

impl Constraints {
    /// Takes one row of `constraints.sql`.
    pub(super) fn take(&mut self, catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
        let oid = row.number()?;
        let relation = row.number()?;
        let domain: Oid = row.number()?;
        if domain != 0 {
            if let Some(part) = catalog.parts.get(&(class::TYPE, domain)).cloned() {
                catalog.parts.insert((class::CONSTRAINT, oid), part);
            }
            return Ok(());
        }
        if !catalog.relations.contains_key(&relation) {
            return Ok(());
        }
        let row = Row {
            oid,
            relation,
            kind: row.text()?,
            name: Name::new(row.text()?),
            flags: row.text()?,
            parent: row.optional_number()?,
            index: row.optional_number()?,
            referenced: row.optional_number()?,
            columns: row.numbers()?,
            referenced_columns: row.numbers()?,
            actions: row.optional()?.unwrap_or_default(),
            operators: row.texts()?,
            expression: row.optional()?,
            set_columns: row.optional()?,
        };
        self.by_oid.insert(oid, self.rows.len());
        if let Some(index) = row.index
            && row.kind != "f"
        {
            self.by_index.insert(index, self.rows.len());
        }
        self.rows.push(row);
        Ok(())
    }

    /// All rows are there: gives tables those that need no index.
    pub(super) fn settle(&self, catalog: &mut Catalog<'_>) {
        for row in &self.rows {
            match row.kind.as_str() {
                "c" => self.check(catalog, row),
                "n" => not_null(catalog, row),
                "f" => self.foreign_key(catalog, row),
                _ => {}
            }
        }
    }

    /// The constraint that an index implements.
    pub(super) fn of_index(&self, index: Oid) -> Option<&Name> {
        self.by_index.get(&index).map(|at| &self.rows[*at].name)
    }

    /// Gives a table the key or exclusion constraint that an index implements.
    pub(super) fn key(&self, catalog: &mut Catalog<'_>, index: Oid, key: Key) {
        let Some(row) = self.by_index.get(&index).map(|at| &self.rows[*at]) else {
            return;
        };
        let mut options = key.options;
        options.extend(self.options(catalog, row));
        if let Some(comment) = key.comment {
            options.insert("index_comment".to_owned(), comment);
        }
        if row.flags.contains('p') {
            options.insert("without_overlaps".to_owned(), String::new());
        }
        let name = Some(row.name.clone());
        let deferral = row.deferral();
        let constraint = match row.kind.as_str() {
            "p" => Constraint::PrimaryKey(PrimaryKey {
                name,
                columns: key.parts,
                include: key.include,
                deferral,
                options,
            }),
            "u" => Constraint::Unique(Unique {
                name,
                columns: key.parts,
                include: key.include,
                nulls_not_distinct: key.nulls_not_distinct,
                deferral,
                options,
            }),
            _ => Constraint::Exclude(Exclude {
                name,
                method: key.method,
                elements: key.parts.into_iter().zip(row.operators.iter().cloned()).collect(),
                include: key.include,
                predicate: key.predicate,
                deferral,
                options,
            }),
        };
        insert(catalog, row, constraint);
    }

    fn check(&self, catalog: &mut Catalog<'_>, row: &Row) {
        let options = self.options(catalog, row);
        let expression = bare(row.expression.as_deref().unwrap_or_default());
        let check = Check {
            name: Some(row.name.clone()),
            expression,
            options,
        };
        insert(catalog, row, Constraint::Check(check));
    }

    fn foreign_key(&self, catalog: &mut Catalog<'_>, row: &Row) {
        let Some(referenced) = row.referenced.filter(|_| self.refers_as_declared(row)) else {
            return;
        };
        let Some(own) = catalog.relations.get(&row.relation) else {
            return;
        };
        let columns = own.names(&row.columns);
        let Some(other) = catalog.relations.get(&referenced) else {
            // It refers to a table out of sight, whose name is not known here.
            let text = format!("foreign key {} of table {}", row.name, own.name);
            catalog.left_alone.push(text);
            return;
        };
        let (table, referenced) = (other.name.clone(), other.names(&row.referenced_columns));
        let mut options = self.options(catalog, row);
        if row.parent.is_some() {
            options.insert("inherited".to_owned(), String::new());
        }
        if row.flags.contains('p') {
            options.insert("period".to_owned(), String::new());
        }
        if let Some(columns) = &row.set_columns {
            options.insert("set_columns".to_owned(), columns.clone());
        }
        let mut actions = row.actions.chars();
        let (on_update, on_delete) = (action(actions.next()), action(actions.next()));
        let match_kind = match actions.next() {
            Some('f') => MatchKind::Full,
            Some('p') => MatchKind::Partial,
            _ => MatchKind::Simple,
        };
        let key = ForeignKey {
            name: Some(row.name.clone()),
            columns,
            table,
            referenced,
            on_update,
            on_delete,
            match_kind,
            deferral: row.deferral(),
            options,
        };
        insert(catalog, row, Constraint::ForeignKey(key));
    }

    /// Whether a foreign key refers to the table it was declared to refer to. The server keeps more of them, one for each partition
    /// of that table.
    fn refers_as_declared(&self, row: &Row) -> bool {
        let mut ancestor = row.parent;
        while let Some(parent) = ancestor
            .and_then(|oid| self.by_oid.get(&oid))
            .map(|at| &self.rows[*at])
        {
            if parent.referenced != row.referenced {
                return false;
            }
            ancestor = parent.parent;
        }
        true
    }

    fn options(&self, catalog: &mut Catalog<'_>, row: &Row) -> Options {
        let mut options = Options::new();
        for (flag, key) in [('v', "not_valid"), ('e', "not_enforced"), ('n', "no_inherit")] {
            // Of keys that is always said, and of what is not enforced it is not known.
            let counts = match flag {
                'n' => row.kind == "c",
                'v' => !row.flags.contains('e'),
                _ => true,
            };
            if counts && row.flags.contains(flag) {
                options.insert(key.to_owned(), String::new());
            }
        }
        if row.flags.contains('i') {
            let parent = row.parent.and_then(|oid| self.by_oid.get(&oid));
            let name = parent.map(|at| self.rows[*at].name.to_string());
            let is_key = matches!(row.kind.as_str(), "p" | "u" | "x");
            let value = name.filter(|_| is_key).unwrap_or_default();
            options.insert("inherited".to_owned(), value);
        }
        if let Some(comment) = catalog.comment(class::CONSTRAINT, row.oid) {
            options.insert("comment".to_owned(), comment);
        }
        options
    }
}

impl Row {
    fn deferral(&self) -> Deferral {
        if self.flags.contains('D') {
            Deferral::Deferred
        } else if self.flags.contains('d') {
            Deferral::Immediate
        } else {
            Deferral::NotDeferrable
        }
    }
}

fn action(letter: Option<char>) -> Action {
    match letter {
        Some('r') => Action::Restrict,
        Some('c') => Action::Cascade,
        Some('n') => Action::SetNull,
        Some('d') => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn insert(catalog: &mut Catalog<'_>, row: &Row, constraint: Constraint) {
    let Some(relation) = catalog.relations.get_mut(&row.relation) else {
        return;
    };
    let on_foreign_table = relation.kind == RelationKind::ForeignTable;
    let part = if on_foreign_table {
        // It is part of that table's definition.
        Part::Relation(relation.name.clone())
    } else {
        Part::Constraint(relation.name.clone(), row.name.clone())
    };
    let admitted = catalog.filter.admits_on(
        "constraint",
        &row.name,
        Some((relation.kind.word(), &relation.name.name)),
    );
    if !admitted {
        return;
    }
    catalog.parts.insert((class::CONSTRAINT, row.oid), part);
    if let Some(table) = &mut relation.table {
        table.add_constraint(constraint);
    } else if on_foreign_table && let Constraint::Check(check) = constraint {
        relation.checks.push(check);
    }
}

/// A NOT NULL, which has a name from version 18 on.
fn not_null(catalog: &mut Catalog<'_>, row: &Row) {
    let comment = catalog.comment(class::CONSTRAINT, row.oid);
    let Some(relation) = catalog.relations.get_mut(&row.relation) else {
        return;
    };
    let table = relation.name.clone();
    let Some(field) = row.columns.first().and_then(|number| relation.field_mut(*number)) else {
        return;
    };
    let column = &mut field.column;
    let mut set = |key: &str, value: String| column.options.insert(key.to_owned(), value);
    if row.name.as_str() != made_up_name(&table.name, &column.name, "not_null") {
        set("not_null_name", row.name.to_string());
    }
    if row.flags.contains('v') {
        set("not_null_not_valid", String::new());
    }
    if row.flags.contains('n') {
        set("not_null_no_inherit", String::new());
    }
    if let Some(comment) = comment {
        set("not_null_comment", comment);
    }
    let part = Part::Column(table, column.name.clone());
    catalog.parts.insert((class::CONSTRAINT, row.oid), part);
}
