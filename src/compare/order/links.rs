//! What each directive provides and needs.
//!
//! In comes a directive; out come the things it makes, takes away, changes, needs, and stops needing. This table is all the sort knows:
//! a new kind of directive is a row in it.

use crate::compare::pair::{fold_names, fold_qname};
use crate::dialect::Dialect;
use crate::directive::{Directive, TableChange};
use crate::schema::{Constraint, ForeignKey, Index, IndexPart, Name, Object, QName, Table};

/// A folded qualified name.
type Folded = (Option<String>, String);

/// Something that one directive makes and another needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// The namespaces that come.
    NewNamespaces,
    /// The namespaces that go.
    OldNamespaces,
    /// The types and sequences that come or change.
    NewTypes,
    /// The types and sequences that go.
    OldTypes,
    /// A table, a view, or another thing that can be read by name.
    Relation(Folded),
    /// What columns it has.
    Shape(Folded),
    /// A column that a foreign key can refer to.
    Column(Folded, String),
    /// A key that a foreign key can refer to; without columns the primary key.
    Key(Folded, Vec<String>),
    /// A name among those of tables, views and indexes.
    Name(Folded),
    /// The name of something attached to a table or view.
    Attached(String, Folded),
}

/// A thing that is needed, or no more needed, and by what part of the directive.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) thing: Thing,
    pub(super) by: By,
}

/// The part of a directive that needs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// All of it.
    All,
    /// The foreign key of that number: of the table, or of the changes.
    ForeignKey(usize),
    /// The definition of an object that reads the thing.
    Reading,
}

/// What a directive does to things.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// There after it.
    pub(super) makes: Vec<Thing>,
    /// Not there after it.
    pub(super) takes: Vec<Thing>,
    /// Another after it.
    pub(super) changes: Vec<Thing>,
    /// Must be there, as it will be at the end.
    pub(super) needs: Vec<Link>,
    /// Was needed, as it was at the start, by what is no more.
    pub(super) releases: Vec<Link>,
}

/// Whether a directive holds all changes of a table or only the foreign keys that were split off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Foreign keys dropped before the rest.
    KeysBefore,
    /// All, or all the rest.
    Main,
    /// Foreign keys added after the rest.
    KeysAfter,
}

/// Collects the links of one directive.
struct Collector<'a> {
    dialect: &'a dyn Dialect,
    links: Links,
}

/// The links of a directive.
pub(super) fn of(directive: &Directive, part: Part, dialect: &dyn Dialect) -> Links {
    use Directive as D;
    let mut c = Collector {
        dialect,
        links: Links::default(),
    };
    if !matches!(directive, D::CreateNamespace(_) | D::DropNamespace(_)) {
        c.needs(Thing::NewNamespaces);
        c.releases(Thing::OldNamespaces);
    }
    match directive {
        D::CreateNamespace(_) => c.links.makes.push(Thing::NewNamespaces),
        D::DropNamespace(_) => c.links.takes.push(Thing::OldNamespaces),
        D::CreateEnum(_) | D::AlterEnum { .. } | D::CreateSequence(_) | D::AlterSequence(_) => {
            c.links.makes.push(Thing::NewTypes);
        }
        D::DropEnum(_) | D::DropSequence(_) => c.links.takes.push(Thing::OldTypes),
        D::CreateTable(table) => c.create_table(table),
        D::DropTable(table) => c.drop_table(table),
        D::AlterTable(alter) => c.alter_table(&alter.table, &alter.changes, part),
        D::CreateIndex { table, index } => {
            c.needs(Thing::Shape(c.fold(table)));
            c.needs(Thing::Relation(c.fold(table)));
            c.links.makes.push(Thing::Name(c.sibling(table, &index.name)));
            c.links.makes.extend(c.index_key(table, index));
        }
        D::DropIndex { table, index } => {
            c.releases(Thing::Shape(c.fold(table)));
            c.releases(Thing::Relation(c.fold(table)));
            c.links.takes.push(Thing::Name(c.sibling(table, &index.name)));
            c.links.takes.extend(c.index_key(table, index));
        }
        D::RenameIndex { table, name } => {
            c.needs(Thing::Shape(c.fold(table)));
            c.links.takes.push(Thing::Name(c.sibling(table, &name.old)));
            c.links.makes.push(Thing::Name(c.sibling(table, &name.new)));
        }
        D::CreateObject(object) => {
            c.needs(Thing::NewTypes);
            let provided = c.provided(object);
            c.links.makes.extend(provided);
            let read = c.read(object);
            c.links.needs.extend(read);
        }
        D::DropObject(object) => {
            c.releases(Thing::OldTypes);
            let provided = c.provided(object);
            c.links.takes.extend(provided);
            let read = c.read(object);
            c.links.releases.extend(read);
        }
        D::ReplaceObject(change) => {
            c.needs(Thing::NewTypes);
            c.releases(Thing::OldTypes);
            c.links.changes.push(Thing::Shape(c.fold(&change.new.id.name)));
            let (old, new) = (c.read(&change.old), c.read(&change.new));
            c.links.needs.extend(new);
            // What it goes on reading it reads as it will be.
            let goes_on: Vec<Thing> = c.links.needs.iter().map(|link| link.thing.clone()).collect();
            c.links
                .releases
                .extend(old.into_iter().filter(|link| !goes_on.contains(&link.thing)));
        }
        D::RenameTable(_) | D::Execute { .. } | D::BulkInsert(_) | D::Irreversible { .. } => {}
    }
    c.links
}

impl Collector<'_> {
    fn fold(&self, name: &QName) -> Folded {
        let (namespace, name) = fold_qname(self.dialect, name);
        (namespace.map(Into::into), name.into())
    }

    fn sibling(&self, table: &QName, name: &Name) -> Folded {
        let (namespace, _) = self.fold(table);
        (namespace, self.dialect.fold(name).into())
    }

    fn needs(&mut self, thing: Thing) {
        self.links.needs.push(Link { thing, by: By::All });
    }

    fn releases(&mut self, thing: Thing) {
        self.links.releases.push(Link { thing, by: By::All });
    }

    fn create_table(&mut self, table: &Table) {
        let name = self.fold(&table.name);
        self.needs(Thing::NewTypes);
        self.links.makes.push(Thing::Relation(name.clone()));
        self.links.makes.push(Thing::Name(name));
        for (number, key) in table.foreign_keys.iter().enumerate() {
            let needed = self.referred(&table.name, key, number);
            self.links.needs.extend(needed);
        }
    }

    fn drop_table(&mut self, table: &Table) {
        let name = self.fold(&table.name);
        self.releases(Thing::OldTypes);
        self.links.takes.push(Thing::Relation(name.clone()));
        self.links.takes.push(Thing::Name(name));
        for index in &table.indexes {
            self.links
                .takes
                .push(Thing::Name(self.sibling(&table.name, &index.name)));
        }
        for (number, key) in table.foreign_keys.iter().enumerate() {
            let released = self.referred(&table.name, key, number);
            self.links.releases.extend(released);
        }
    }

    fn alter_table(&mut self, name: &QName, changes: &[TableChange], part: Part) {
        let table = self.fold(name);
        match part {
            Part::KeysBefore => {
                self.releases(Thing::Shape(table.clone()));
                self.releases(Thing::Relation(table.clone()));
            }
            Part::Main => {
                self.needs(Thing::NewTypes);
                self.releases(Thing::OldTypes);
                self.links.changes.push(Thing::Shape(table.clone()));
            }
            Part::KeysAfter => {
                self.needs(Thing::Shape(table.clone()));
                self.needs(Thing::Relation(table.clone()));
            }
        }
        for (number, change) in changes.iter().enumerate() {
            match change {
                TableChange::AddColumn(new) => {
                    let column = self.dialect.fold(&new.column.name).into();
                    self.links.makes.push(Thing::Column(table.clone(), column));
                }
                TableChange::DropColumn(gone) => {
                    let column = self.dialect.fold(&gone.column.name).into();
                    self.links.takes.push(Thing::Column(table.clone(), column));
                }
                TableChange::AddConstraint {
                    constraint: Constraint::ForeignKey(key),
                } => {
                    let needed = self.referred(name, key, number);
                    self.links.needs.extend(needed);
                }
                TableChange::DropConstraint {
                    constraint: Constraint::ForeignKey(key),
                } => {
                    let released = self.referred(name, key, number);
                    self.links.releases.extend(released);
                }
                TableChange::AddConstraint { constraint } => {
                    let keys = self.constraint_keys(&table, constraint);
                    self.links.makes.extend(keys);
                }
                TableChange::DropConstraint { constraint } => {
                    let keys = self.constraint_keys(&table, constraint);
                    self.links.takes.extend(keys);
                }
                TableChange::RenameColumn(_)
                | TableChange::AlterColumn(_)
                | TableChange::RenameConstraint { .. }
                | TableChange::SetOption(_)
                | TableChange::SetComment(_)
                | TableChange::SetDefinition(_)
                | TableChange::ReorderColumns(_) => {}
            }
        }
    }

    /// What a foreign key refers to. Its own table is there when it is.
    fn referred(&self, table: &QName, key: &ForeignKey, number: usize) -> Vec<Link> {
        let by = By::ForeignKey(number);
        let referred = self.fold(&key.table);
        let mut columns: Vec<String> = fold_names(self.dialect, &key.referenced)
            .into_iter()
            .map(Into::into)
            .collect();
        let is_own = referred == self.fold(table);
        let mut things = Vec::new();
        if !is_own {
            things.push(Thing::Relation(referred.clone()));
            things.extend(
                columns
                    .iter()
                    .map(|column| Thing::Column(referred.clone(), column.clone())),
            );
        }
        columns.sort();
        things.push(Thing::Key(referred, columns));
        things.into_iter().map(|thing| Link { thing, by }).collect()
    }

    /// The keys that a constraint is: a primary key can be referred to without naming its columns.
    fn constraint_keys(&self, table: &Folded, constraint: &Constraint) -> Vec<Thing> {
        let (columns, is_primary) = match constraint {
            Constraint::PrimaryKey(key) => (&key.columns, true),
            Constraint::Unique(unique) => (&unique.columns, false),
            Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclude(_) => return Vec::new(),
        };
        let named = self.key(table, columns);
        named
            .into_iter()
            .chain(is_primary.then(|| Thing::Key(table.clone(), Vec::new())))
            .collect()
    }

    fn index_key(&self, table: &QName, index: &Index) -> Option<Thing> {
        let is_key = index.unique && index.predicate.is_none();
        is_key
            .then(|| self.key(&self.fold(table), &index.parts))
            .flatten()
    }

    fn key(&self, table: &Folded, parts: &[IndexPart]) -> Option<Thing> {
        let columns: Option<Vec<&Name>> = parts.iter().map(IndexPart::column_name).collect();
        let mut columns: Vec<String> = fold_names(self.dialect, columns?)
            .into_iter()
            .map(Into::into)
            .collect();
        columns.sort();
        Some(Thing::Key(table.clone(), columns))
    }

    /// The names under which an object is known.
    fn provided(&self, object: &Object) -> Vec<Thing> {
        let name = self.fold(&object.id.name);
        if object.id.on.is_some() {
            vec![Thing::Attached(object.id.kind.as_str().to_owned(), name)]
        } else {
            vec![Thing::Relation(name.clone()), Thing::Name(name)]
        }
    }

    /// What an object reads and is attached to.
    fn read(&self, object: &Object) -> Vec<Link> {
        let own = object.id.on.is_none().then(|| self.fold(&object.id.name));
        let reads = object
            .depends_on
            .iter()
            .map(|name| (self.fold(name), By::Reading));
        let on = object.id.on.iter().map(|name| (self.fold(name), By::All));
        let links = reads.chain(on).filter(|(name, _)| Some(name) != own.as_ref());
        links
            .flat_map(|(name, by)| {
                [Thing::Relation(name.clone()), Thing::Shape(name)].map(|thing| Link { thing, by })
            })
            .collect()
    }
}
