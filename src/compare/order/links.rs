//! What each directive provides and needs.
//!
//! In comes a directive; out come the things it makes, takes away, changes, needs, and stops needing. This table is all the sort knows:
//! a new kind of directive is a row in it.

use crate::compare::dependents::{Side, folded, folded_part};
use crate::compare::pair::{Pair, fold_names, fold_qname};
use crate::dialect::Dialect;
use crate::directive::{ColumnChange, Directive, TableChange};
use crate::extend;
use crate::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, INHERITED, Index, IndexPart, Name, ONLY, Object,
    Part as Piece, QName, Table, TypeName,
};

/// A folded qualified name.
pub(super) type Folded = (Option<String>, String);

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
    /// The partitions that a table gets.
    Partitions(Folded),
    /// The rows of a table that partitions leave for others to cover.
    Room(Folded),
    /// That a table has left its parent.
    Freedom(Folded),
    /// A table that survives a crash, which what refers to it must not do without it.
    Logged(Folded),
    /// The name of something attached to a table or view.
    Attached(String, Folded),
    /// A part that the engine keeps track of and that is nothing of the above.
    Piece(Piece),
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
    /// The change of that number; of a new table the check of that number, or behind them the default of a column.
    Piece(usize),
    /// The definition of an object that reads the thing.
    Reading,
    /// What would be better so, and gives way first: a word in a body that may be the name of the thing.
    Word,
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

/// Whether a directive holds all changes of a table or only those that were split off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// What goes before the rest.
    Before,
    /// All, or all the rest.
    Main,
    /// What comes after the rest.
    After,
}

/// Collects the links of one directive.
pub(super) struct Collector<'a> {
    pub(super) dialect: &'a dyn Dialect,
    pub(super) sides: &'a Pair<Side<'a>>,
    pub(super) links: Links,
}

/// The things under which what a directive creates is known.
pub(super) fn provided_by(directive: &Directive, dialect: &dyn Dialect) -> Vec<Thing> {
    let split = |name: &QName| {
        let (namespace, name) = fold_qname(dialect, name);
        (namespace.map(Into::into), name.into())
    };
    match directive {
        Directive::CreateTable(table) => vec![Thing::Relation(split(&table.name))],
        Directive::CreateObject(object) => vec![Thing::Piece(folded_part(&Piece::of(&object.id), dialect))],
        _ => Vec::new(),
    }
}

/// The links of a directive.
pub(super) fn of(directive: &Directive, part: Part, sides: &Pair<Side<'_>>, dialect: &dyn Dialect) -> Links {
    use Directive as D;
    let mut c = Collector {
        dialect,
        sides,
        links: Links::default(),
    };
    if !matches!(directive, D::CreateNamespace(_) | D::DropNamespace(_)) {
        c.needs(Thing::NewNamespaces);
        c.releases(Thing::OldNamespaces);
    }
    match directive {
        D::CreateNamespace(_) => c.links.makes.push(Thing::NewNamespaces),
        D::DropNamespace(_) => c.links.takes.push(Thing::OldNamespaces),
        D::CreateEnum(_) | D::AlterEnum { .. } | D::CreateSequence(_) | D::AlterSequence(_)
            if !c.is_tracked() =>
        {
            c.links.makes.push(Thing::NewTypes);
        }
        D::DropEnum(_) | D::DropSequence(_) if !c.is_tracked() => c.links.takes.push(Thing::OldTypes),
        D::CreateEnum(new) => c.makes(&Piece::Type(new.name.clone())),
        D::AlterEnum { change, .. } => {
            let piece = c.piece(&Piece::Type(change.old.name.clone()));
            c.links.changes.push(Thing::Piece(piece));
        }
        D::DropEnum(old) => c.takes(&Piece::Type(old.name.clone())),
        D::CreateSequence(new) => {
            c.makes(&Piece::Sequence(new.name.clone()));
            c.links.makes.push(Thing::Name(c.fold(&new.name)));
            c.owner(new.owned_by.as_ref(), None);
        }
        D::AlterSequence(change) => {
            let piece = c.piece(&Piece::Sequence(change.old.name.clone()));
            if change.old.owned_by == change.new.owned_by {
                c.links.changes.push(Thing::Piece(piece));
            } else {
                c.needs(Thing::Piece(piece.clone()));
                c.releases(Thing::Piece(piece));
                c.owner(change.new.owned_by.as_ref(), change.old.owned_by.as_ref());
            }
        }
        D::DropSequence(old) => {
            c.takes(&Piece::Sequence(old.name.clone()));
            c.links.takes.push(Thing::Name(c.fold(&old.name)));
            c.owner(None, old.owned_by.as_ref());
        }
        D::CreateTable(table) => {
            // A partition stands alone at first, but must not take the names that the server makes for its parent.
            for parent in c.parents(&c.sides.target, &table.name) {
                c.needs(Thing::Relation(parent.clone()));
                let (thing, by) = (Thing::Shape(parent), By::Word);
                c.links.needs.push(Link { thing, by });
            }
            c.create_table(table);
            c.lean_new_table(table);
        }
        D::DropTable(table) => {
            c.drop_table(table);
            c.lean_old_table(table);
        }
        D::AlterTable(alter) => {
            c.alter_table(&alter.table, &alter.changes, part);
            for (number, change) in alter.changes.iter().enumerate() {
                c.lean_change(&alter.table, change, By::Piece(number));
            }
            c.lean_family(alter, part);
        }
        D::CreateIndex { table, index } => {
            if index.options.contains_key(ONLY) {
                c.needs(Thing::Partitions(c.fold(table)));
            }
            c.needs(Thing::Shape(c.fold(table)));
            c.needs(Thing::Relation(c.fold(table)));
            c.links.makes.push(Thing::Name(c.sibling(table, &index.name)));
            c.links.makes.extend(c.index_key(table, index));
            let piece = Piece::Index(table.clone(), index.name.clone());
            c.lean_on(&piece, By::All);
            c.makes(&piece);
        }
        D::DropIndex { table, index } => {
            if index.options.contains_key(INHERITED) {
                // Its parent's index holds it until the table has left its parent.
                c.needs(Thing::Freedom(c.fold(table)));
            } else {
                c.releases(Thing::Shape(c.fold(table)));
            }
            c.releases(Thing::Relation(c.fold(table)));
            c.links.takes.push(Thing::Name(c.sibling(table, &index.name)));
            c.links.takes.extend(c.index_key(table, index));
            let piece = Piece::Index(table.clone(), index.name.clone());
            c.let_go(&piece, By::All);
            c.takes(&piece);
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
            c.object_leans_on(object, By::Reading);
            c.makes(&Piece::of(&object.id));
        }
        D::DropObject(object) => {
            c.releases(Thing::OldTypes);
            let provided = c.provided(object);
            c.links.takes.extend(provided);
            let read = c.read(object);
            c.links.releases.extend(read);
            c.object_lets_go(object, By::Reading);
            c.takes(&Piece::of(&object.id));
        }
        D::ReplaceObject(change) => {
            c.needs(Thing::NewTypes);
            c.releases(Thing::OldTypes);
            c.links.changes.push(Thing::Shape(c.fold(&change.new.id.name)));
            let piece = c.piece(&Piece::of(&change.new.id));
            c.links.changes.push(Thing::Piece(piece));
            let mut old = c.read(&change.old);
            old.extend(c.leaned(&c.sides.live, &Piece::of(&change.old.id), By::Reading));
            let new = c.read(&change.new);
            c.links.needs.extend(new);
            c.lean_on(&Piece::of(&change.new.id), By::Reading);
            // What it goes on reading it reads as it will be.
            let goes_on: Vec<Thing> = c.links.needs.iter().map(|link| link.thing.clone()).collect();
            c.links
                .releases
                .extend(old.into_iter().filter(|link| !goes_on.contains(&link.thing)));
        }
        D::Custom(custom) => c.custom(&custom.links()),
        D::RenameTable(_) | D::Execute { .. } | D::BulkInsert(_) | D::Run(_) | D::Irreversible { .. } => {}
    }
    c.links
}

impl Collector<'_> {
    pub(super) fn fold(&self, name: &QName) -> Folded {
        let (namespace, name) = fold_qname(self.dialect, name);
        (namespace.map(Into::into), name.into())
    }

    /// What its kind says of a directive of the user's own. It finds a table with the columns it will have.
    fn custom(&mut self, said: &extend::Links) {
        for name in &said.makes {
            let relation = Thing::Relation(self.fold(name));
            self.links.makes.push(relation);
        }
        for name in &said.takes {
            let relation = Thing::Relation(self.fold(name));
            self.links.takes.push(relation);
        }
        for name in &said.needs {
            self.needs(Thing::Relation(self.fold(name)));
            self.needs(Thing::Shape(self.fold(name)));
        }
        for name in &said.releases {
            self.releases(Thing::Relation(self.fold(name)));
            self.releases(Thing::Shape(self.fold(name)));
        }
    }

    fn sibling(&self, table: &QName, name: &Name) -> Folded {
        let (namespace, _) = self.fold(table);
        (namespace, self.dialect.fold(name).into())
    }

    pub(super) fn needs(&mut self, thing: Thing) {
        self.links.needs.push(Link { thing, by: By::All });
    }

    pub(super) fn releases(&mut self, thing: Thing) {
        self.links.releases.push(Link { thing, by: By::All });
    }

    /// Whether the engine keeps track of what leans on what.
    fn is_tracked(&self) -> bool {
        self.dialect.facts().tracks_dependencies
    }

    pub(super) fn piece(&self, piece: &Piece) -> Piece {
        folded_part(piece, self.dialect)
    }

    fn makes(&mut self, piece: &Piece) {
        let piece = self.piece(piece);
        self.links.makes.push(Thing::Piece(piece));
    }

    fn takes(&mut self, piece: &Piece) {
        let piece = self.piece(piece);
        self.links.takes.push(Thing::Piece(piece));
    }

    /// The column that a sequence gets or loses.
    fn owner(&mut self, new: Option<&(QName, Name)>, old: Option<&(QName, Name)>) {
        let things = |c: &Self, (table, column): &(QName, Name)| {
            let table = c.fold(table);
            [
                Thing::Relation(table.clone()),
                Thing::Column(table, c.dialect.fold(column).into()),
            ]
        };
        if let Some(new) = new {
            for thing in things(self, new) {
                self.needs(thing);
            }
        }
        if let Some(old) = old {
            for thing in things(self, old) {
                self.releases(thing);
            }
        }
    }

    /// What a part leans on in a schema.
    fn leaned(&self, side: &Side<'_>, piece: &Piece, by: By) -> Vec<Link> {
        let needs = side.schema.dependencies.get(piece).into_iter().flatten();
        needs
            .flat_map(|needed| self.things(side, needed))
            .map(|thing| Link { thing, by })
            .collect()
    }

    /// A part as what the sort knows.
    fn things(&self, side: &Side<'_>, piece: &Piece) -> Vec<Thing> {
        let piece = self.piece(piece);
        let split = |name: &QName| self.fold(name);
        match &piece {
            Piece::Relation(name) | Piece::Default(name, _) => {
                let is_table = side.table(name).is_some();
                let mut things = vec![Thing::Relation(split(name))];
                things.extend((!is_table).then(|| Thing::Shape(split(name))));
                things
            }
            Piece::Column(name, column) => {
                let is_table = side.table(name).is_some();
                let mut things = vec![Thing::Relation(split(name))];
                things.push(if is_table {
                    Thing::Column(split(name), column.to_string())
                } else {
                    Thing::Shape(split(name))
                });
                things.push(Thing::Piece(Piece::Type(name.clone())));
                things
            }
            Piece::Constraint(name, _) | Piece::Index(name, _) => {
                vec![Thing::Relation(split(name)), Thing::Piece(piece.clone())]
            }
            Piece::Type(_) | Piece::Sequence(_) | Piece::Object(_) => vec![Thing::Piece(piece.clone())],
        }
    }

    pub(super) fn lean_on(&mut self, piece: &Piece, by: By) {
        let links = self.leaned(&self.sides.target, piece, by);
        self.links.needs.extend(links);
    }

    pub(super) fn let_go(&mut self, piece: &Piece, by: By) {
        let links = self.leaned(&self.sides.live, piece, by);
        self.links.releases.extend(links);
    }

    /// What an object leans on, with the attributes of a type and the columns of a foreign table.
    fn object_leans_on(&mut self, object: &Object, by: By) {
        self.lean_on(&Piece::of(&object.id), by);
        for piece in self.sides.target.pieces(&object.id.name) {
            self.lean_on(piece, by);
        }
    }

    fn object_lets_go(&mut self, object: &Object, by: By) {
        self.let_go(&Piece::of(&object.id), by);
        for piece in self.sides.live.pieces(&object.id.name) {
            self.let_go(piece, by);
        }
    }

    /// What a new table leans on, but for its foreign keys, which are known otherwise.
    fn lean_new_table(&mut self, table: &Table) {
        let name = &table.name;
        if table.parents().is_empty() {
            self.lean_on_own(&Piece::Relation(name.clone()), By::All);
        } else {
            self.lean_on(&Piece::Relation(name.clone()), By::All);
        }
        let checks = table.checks.len();
        for (number, column) in table.columns.iter().enumerate() {
            self.lean_on(&Piece::Column(name.clone(), column.name.clone()), By::All);
            let by = if column.generated.is_some() {
                By::All
            } else {
                By::Piece(checks + number)
            };
            let default = Piece::Default(name.clone(), column.name.clone());
            self.lean_on(&default, by);
        }
        for (number, check) in table.checks.iter().enumerate() {
            if let Some(constraint) = &check.name {
                self.lean_on(
                    &Piece::Constraint(name.clone(), constraint.clone()),
                    By::Piece(number),
                );
            }
        }
        for constraint in table.constraints() {
            if let Some(constraint_name) = constraint.name() {
                let piece = Piece::Constraint(name.clone(), constraint_name.clone());
                if !matches!(constraint, Constraint::ForeignKey(_) | Constraint::Check(_)) {
                    self.lean_on(&piece, By::All);
                }
                self.makes(&piece);
            }
        }
    }

    /// What a table that stands alone leans on as a whole: the type it is of, not the parent that it gets later.
    fn lean_on_own(&mut self, piece: &Piece, by: By) {
        let links = self.leaned(&self.sides.target, piece, by);
        let is_type = |link: &Link| !matches!(link.thing, Thing::Relation(_) | Thing::Shape(_));
        self.links.needs.extend(links.into_iter().filter(is_type));
    }

    fn lean_old_table(&mut self, table: &Table) {
        let name = &table.name;
        self.let_go(&Piece::Relation(name.clone()), By::All);
        for column in &table.columns {
            self.let_go(&Piece::Column(name.clone(), column.name.clone()), By::All);
            self.let_go(&Piece::Default(name.clone(), column.name.clone()), By::All);
        }
        for constraint in table.constraints() {
            if let Some(constraint_name) = constraint.name() {
                let piece = Piece::Constraint(name.clone(), constraint_name.clone());
                if !matches!(constraint, Constraint::ForeignKey(_)) {
                    self.let_go(&piece, By::All);
                }
                self.takes(&piece);
            }
        }
        for index in &table.indexes {
            let piece = Piece::Index(name.clone(), index.name.clone());
            self.let_go(&piece, By::All);
            self.takes(&piece);
        }
    }

    /// What one change of a table leans on and lets go.
    fn lean_change(&mut self, table: &QName, change: &TableChange, by: By) {
        let column_of = |name: &Name| Piece::Column(table.clone(), name.clone());
        let default_of = |name: &Name| Piece::Default(table.clone(), name.clone());
        match change {
            TableChange::AddColumn(new) => {
                self.lean_on(&column_of(&new.column.name), by);
                self.lean_on(&default_of(&new.column.name), by);
            }
            TableChange::DropColumn(gone) => {
                self.let_go(&column_of(&gone.column.name), by);
                self.let_go(&default_of(&gone.column.name), by);
            }
            TableChange::AlterColumn(alter) => {
                for change in &alter.changes {
                    match change {
                        ColumnChange::Type(_) | ColumnChange::Collation(_) => {
                            // In a step in between it is of no type that either side knows it by.
                            let [is_first, is_last] = self.ends_of_retyping(table, &alter.name, change);
                            if is_last {
                                self.lean_on(&column_of(&alter.name), by);
                            }
                            if is_first {
                                self.let_go(&column_of(&alter.name), by);
                            }
                            let column = self.dialect.fold(&alter.name).into();
                            let thing = Thing::Column(self.fold(table), column);
                            self.links.changes.push(thing);
                        }
                        ColumnChange::Default(default) => {
                            if default.new.is_some() {
                                self.lean_on(&default_of(&alter.name), by);
                            }
                            if default.old.is_some() {
                                self.let_go(&default_of(&alter.name), by);
                            }
                            if default.new.is_some() {
                                self.keep_types(by);
                            }
                        }
                        ColumnChange::Generated(_) => {
                            self.lean_on(&default_of(&alter.name), by);
                            self.let_go(&default_of(&alter.name), by);
                        }
                        ColumnChange::NotNull(_)
                        | ColumnChange::Identity(_)
                        | ColumnChange::Comment(_)
                        | ColumnChange::Option(_) => {}
                    }
                }
            }
            TableChange::AddConstraint { constraint } => {
                if constraint.options().contains_key(ONLY) {
                    self.needs(Thing::Partitions(self.fold(table)));
                }
                if let Some(name) = constraint.name() {
                    let piece = Piece::Constraint(table.clone(), name.clone());
                    if !matches!(constraint, Constraint::ForeignKey(_)) {
                        self.lean_on(&piece, by);
                    }
                    self.makes(&piece);
                }
            }
            // It goes with that of the parent.
            TableChange::DropConstraint { constraint }
                if constraint.options().contains_key(INHERITED) && self.keeps_parents(table) => {}
            TableChange::DropConstraint { constraint } => {
                if let Some(name) = constraint.name() {
                    let piece = Piece::Constraint(table.clone(), name.clone());
                    if !matches!(constraint, Constraint::ForeignKey(_)) {
                        self.let_go(&piece, by);
                    }
                    self.takes(&piece);
                }
            }
            TableChange::SetOption(option) => {
                if option.key == "unlogged" {
                    self.log(table, option.value.new.is_none());
                }
                self.lean_place(table, option, by);
            }
            TableChange::RenameColumn(_)
            | TableChange::RenameConstraint { .. }
            | TableChange::SetComment(_)
            | TableChange::SetDefinition(_)
            | TableChange::ReorderColumns(_) => {}
        }
    }

    /// A table that is logged refers to none that is not.
    fn log(&mut self, table: &QName, is_logged: bool) {
        let side = if is_logged {
            &self.sides.target
        } else {
            &self.sides.live
        };
        let keys = side.table(&folded(table, self.dialect)).map(|t| &t.foreign_keys);
        let referred = keys.into_iter().flatten().map(|key| self.fold(&key.table));
        let own = self.fold(table);
        let referred: Vec<Thing> = referred
            .filter(|other| *other != own)
            .map(Thing::Logged)
            .collect();
        for thing in referred {
            if is_logged {
                self.needs(thing);
            } else {
                self.releases(thing);
            }
        }
        let own = Thing::Logged(own);
        if is_logged {
            self.links.makes.push(own);
        } else {
            self.links.takes.push(own);
        }
    }

    /// Whether a change of a column starts from the type it has in the live schema, and whether it leads to that in the target.
    fn ends_of_retyping(&self, table: &QName, column: &Name, change: &ColumnChange) -> [bool; 2] {
        let ColumnChange::Type(types) = change else {
            return [true; 2];
        };
        let is_on = |side: &Side<'_>, ty: &TypeName| {
            let table = side.table(&folded(table, self.dialect));
            let mut columns = table.into_iter().flat_map(|table| &table.columns);
            let column = columns.find(|c| self.dialect.same_name(&c.name, column));
            column.is_none_or(|column| column.ty == *ty)
        };
        [
            is_on(&self.sides.live, &types.old),
            is_on(&self.sides.target, &types.new),
        ]
    }

    fn create_table(&mut self, table: &Table) {
        let name = self.fold(&table.name);
        self.needs(Thing::NewTypes);
        self.links.makes.push(Thing::Relation(name.clone()));
        self.links.makes.push(Thing::Name(name));
        for constraint in table.constraints() {
            let name = self.index_name(&table.name, constraint.kind(), constraint.name());
            self.links.makes.extend(name);
        }
        for column in &table.columns {
            self.makes_with(&table.name, column);
        }
        for parent in table.parents() {
            // It gets what its parent is changed to at once, and nothing of the change itself.
            self.needs(Thing::Shape(self.fold(&parent)));
        }
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
        for constraint in table.constraints() {
            let name = self.index_name(&table.name, constraint.kind(), constraint.name());
            self.links.takes.extend(name);
        }
        self.leave_room(table);
        for parent in table.parents() {
            // What its parent is changed to may not go together with it.
            self.releases(Thing::Shape(self.fold(&parent)));
        }
        for (number, key) in table.foreign_keys.iter().enumerate() {
            let released = self.referred(&table.name, key, number);
            self.links.releases.extend(released);
        }
    }

    fn alter_table(&mut self, name: &QName, changes: &[TableChange], part: Part) {
        let table = self.fold(name);
        match part {
            Part::Before => {
                self.releases(Thing::Shape(table.clone()));
                self.releases(Thing::Relation(table.clone()));
            }
            Part::Main => {
                self.needs(Thing::NewTypes);
                self.releases(Thing::OldTypes);
                self.links.changes.push(Thing::Shape(table.clone()));
                if changes.iter().any(|change| self.dialect.rebuilds_table(change)) {
                    self.links.changes.push(Thing::Relation(table.clone()));
                }
            }
            Part::After => {
                self.needs(Thing::Shape(table.clone()));
                self.needs(Thing::Relation(table.clone()));
            }
        }
        self.pass_on(name, changes);
        if part == Part::Main && self.dialect.facts().foreign_keys_hold_columns {
            self.change_held(name);
        }
        for (number, change) in changes.iter().enumerate() {
            match change {
                TableChange::AddColumn(new) => {
                    let column = self.dialect.fold(&new.column.name).into();
                    self.links.makes.push(Thing::Column(table.clone(), column));
                    self.makes_with(name, &new.column);
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
                    let index = self.index_name(name, constraint.kind(), constraint.name());
                    self.links.makes.extend(keys.into_iter().chain(index));
                }
                TableChange::DropConstraint { constraint } => {
                    let keys = self.constraint_keys(&table, constraint);
                    let index = self.index_name(name, constraint.kind(), constraint.name());
                    self.links.takes.extend(keys.into_iter().chain(index));
                }
                TableChange::RenameConstraint { kind, name: names } => {
                    let [old, new] =
                        [&names.old, &names.new].map(|n| self.index_name(name, *kind, n.as_ref()));
                    self.links.takes.extend(old);
                    self.links.makes.extend(new);
                }
                TableChange::RenameColumn(_)
                | TableChange::AlterColumn(_)
                | TableChange::SetOption(_)
                | TableChange::SetComment(_)
                | TableChange::SetDefinition(_)
                | TableChange::ReorderColumns(_) => {}
            }
        }
    }

    /// Columns that change so that no foreign key may hold them.
    fn change_held(&mut self, name: &QName) {
        let known = folded(name, self.dialect);
        let (Some(live), Some(target)) = (self.sides.live.table(&known), self.sides.target.table(&known))
        else {
            return;
        };
        for column in self.dialect.columns_held(live, target) {
            let column = self.dialect.fold(&column).into();
            let thing = Thing::Column(self.fold(name), column);
            self.links.changes.push(thing);
        }
    }

    /// What changes of a parent do to its children.
    fn pass_on(&mut self, parent: &QName, changes: &[TableChange]) {
        for child in self.sides.live.descendants(parent, self.dialect) {
            let table = self.fold(child);
            let column = |name: &Name| Thing::Column(table.clone(), self.dialect.fold(name).into());
            self.links.changes.push(Thing::Shape(table.clone()));
            for change in changes {
                match change {
                    TableChange::AddColumn(new) => self.links.makes.push(column(&new.column.name)),
                    TableChange::DropColumn(gone) => self.links.takes.push(column(&gone.column.name)),
                    TableChange::AlterColumn(alter) => self.links.changes.push(column(&alter.name)),
                    _ => {}
                }
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
        if !is_own {
            things.push(Thing::Logged(referred.clone()));
        }
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

    /// What the engine makes with a column under a name that must be free.
    fn makes_with(&mut self, table: &QName, column: &Column) {
        let made = self.dialect.made_with(table, column);
        let made = made.map(|name| Thing::Name(self.fold(&name)));
        self.links.makes.extend(made);
    }

    /// The name of the index behind a constraint, where that is one among those of tables and views.
    fn index_name(&self, table: &QName, kind: ConstraintKind, name: Option<&Name>) -> Option<Thing> {
        let has_index = match kind {
            ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude => {
                self.dialect.facts().keys_are_relations
            }
            ConstraintKind::ForeignKey | ConstraintKind::Check => false,
        };
        let name = name.filter(|_| has_index)?;
        Some(Thing::Name(self.sibling(table, name)))
    }

    fn index_key(&self, table: &QName, index: &Index) -> Option<Thing> {
        // InnoDB takes any index for the key that a foreign key refers to.
        let is_any = self.dialect.facts().foreign_keys_hold_columns;
        let is_key = is_any || (index.unique && index.predicate.is_none());
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

    /// The types that a default goes on leaning on change under it, and it follows.
    fn keep_types(&mut self, by: By) {
        let Links { needs, releases, .. } = &mut self.links;
        releases.retain(|old| {
            let goes_on = matches!(old.thing, Thing::Piece(Piece::Type(_)))
                && old.by == by
                && needs.iter().any(|new| new.by == by && new.thing == old.thing);
            !goes_on
        });
    }

    /// The names under which an object is known.
    fn provided(&self, object: &Object) -> Vec<Thing> {
        let name = self.fold(&object.id.name);
        if object.id.on.is_some() {
            vec![Thing::Attached(object.id.kind.as_str().to_owned(), name)]
        } else if object.id.signature.is_some() {
            // No relation has a signature; the privileges of one have its name and do not bring it.
            vec![Thing::Name(name)]
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
