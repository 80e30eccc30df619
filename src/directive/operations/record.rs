//! What a script is given: every call on it records one directive.

use super::object::{TRIGGER, VIEW};
use super::sequence::new_sequence;
use super::{
    AlterEnumChain, AlterTableChain, BulkInsertChain, CustomChain, EnumChain, EnumSpec, IndexChain,
    NamespaceChain, ObjectChain, ObjectSpec, RenameIndexChain, SequenceChain, SequenceSpec, TableChain,
    enum_type, object,
};
use crate::directive::{AlterTable, BulkInsert, Change, Custom, Directive};
use crate::schema::{Index, Name, Namespace, QName, Sql, Table};
use crate::{Error, ErrorKind, Result};

/// Records the directives of a script, one for each statement.
///
/// ```
/// use autogen::script::*;
///
/// let mut op = Operations::new("sqlite");
/// op.create_table("orders")
///     .column("id", integer().not_null())
///     .column("status", varchar(20).default("'new'"))
///     .primary_key("orders_pkey", ["id"]);
/// assert_eq!(op.finish()?.len(), 1);
/// # Ok::<(), autogen::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operations {
    dialect: String,
    directives: Vec<Directive>,
    notes: Notes,
}

/// What was noticed while recording.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    mistake: Option<String>,
    unfinished: Option<&'static str>,
}

impl Notes {
    /// The types allow this call, but it makes no sense. The first one counts.
    pub(super) fn mistake(&mut self, what: &str) {
        self.mistake.get_or_insert_with(|| what.to_owned());
    }

    /// The statement begun lacks something until [`Notes::finished`].
    fn unfinished(&mut self, what: &'static str) {
        self.unfinished = Some(what);
    }

    pub(super) fn finished(&mut self) {
        self.unfinished = None;
    }

    fn settle(&mut self) {
        if let Some(what) = self.unfinished.take() {
            self.mistake(what);
        }
    }
}

const INDEX_WITHOUT_TABLE: &str = "an index needs its table: `.on(\"table\", [\"column\"])`";
const RENAME_WITHOUT_TABLE: &str = "a renamed index needs its table: `.on(\"table\")`";

/// Records a directive, and gives the part of it that the chain goes on with.
macro_rules! recorded {
    ($operations:ident, $directive:expr, $pattern:pat => $part:expr) => {{
        $operations.notes.settle();
        $operations.directives.push($directive);
        match $operations.directives.last_mut() {
            Some($pattern) => $part,
            _ => unreachable!("the directive that was just recorded"),
        }
    }};
}

impl Operations {
    /// Records for the engine of that name: `sqlite`, `postgres`, `mysql`, `mariadb`.
    pub fn new(dialect: impl Into<String>) -> Self {
        Self {
            dialect: dialect.into(),
            directives: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// The name of the engine that the script runs on: `sqlite`, `postgres`, `mysql`, `mariadb`.
    pub fn dialect(&self) -> &str {
        &self.dialect
    }

    /// What was recorded.
    ///
    /// # Errors
    /// When a call made no sense: a row with too few values, an index without its table.
    pub fn finish(mut self) -> Result<Vec<Directive>> {
        match self.take_mistake() {
            Some(mistake) => Err(Error::new(ErrorKind::Script, mistake)),
            None => Ok(self.directives),
        }
    }

    /// The directive recorded last, when it is one of the user's own.
    pub(crate) fn last_custom(&mut self) -> Option<&mut Custom> {
        match self.directives.last_mut() {
            Some(Directive::Custom(custom)) => Some(custom),
            _ => None,
        }
    }

    /// What made no sense in the statements so far, once.
    pub(crate) fn take_mistake(&mut self) -> Option<String> {
        self.notes.settle();
        self.notes.mistake.take()
    }

    pub(super) fn record(&mut self, directive: Directive) {
        self.notes.settle();
        self.directives.push(directive);
    }

    /// A new table; the chain says what it has.
    pub fn create_table(&mut self, name: impl Into<QName>) -> TableChain<'_> {
        let table = recorded!(self, Directive::CreateTable(Box::new(Table::new(name))), Directive::CreateTable(table) => table);
        TableChain {
            table,
            notes: &mut self.notes,
        }
    }

    /// Drops a table; the chain remembers what it had.
    pub fn drop_table(&mut self, name: impl Into<QName>) -> TableChain<'_> {
        let table = recorded!(self, Directive::DropTable(Box::new(Table::new(name))), Directive::DropTable(table) => table);
        TableChain {
            table,
            notes: &mut self.notes,
        }
    }

    /// Gives a table another name.
    pub fn rename_table(&mut self, old: impl Into<QName>, new: impl Into<QName>) {
        self.record(Directive::RenameTable(Change::new(old.into(), new.into())));
    }

    /// Changes a table; the chain says how.
    pub fn alter_table(&mut self, name: impl Into<QName>) -> AlterTableChain<'_> {
        let alter = AlterTable {
            table: name.into(),
            changes: Vec::new(),
        };
        let alter = recorded!(self, Directive::AlterTable(alter), Directive::AlterTable(alter) => alter);
        AlterTableChain {
            changes: &mut alter.changes,
            notes: &mut self.notes,
        }
    }

    /// A new index: `op.create_index("ix").on("orders", ["status"])`.
    pub fn create_index(&mut self, name: impl Into<Name>) -> IndexChain<'_> {
        let directive = Directive::CreateIndex {
            table: QName::plain(""),
            index: Box::new(Index::new(name)),
        };
        let (table, index) =
            recorded!(self, directive, Directive::CreateIndex { table, index } => (table, index));
        self.notes.unfinished(INDEX_WITHOUT_TABLE);
        IndexChain {
            table,
            index,
            notes: &mut self.notes,
        }
    }

    /// Drops an index; the chain remembers it.
    pub fn drop_index(&mut self, name: impl Into<Name>) -> IndexChain<'_> {
        let directive = Directive::DropIndex {
            table: QName::plain(""),
            index: Box::new(Index::new(name)),
        };
        let (table, index) =
            recorded!(self, directive, Directive::DropIndex { table, index } => (table, index));
        self.notes.unfinished(INDEX_WITHOUT_TABLE);
        IndexChain {
            table,
            index,
            notes: &mut self.notes,
        }
    }

    /// Gives an index another name: `op.rename_index("old", "new").on("orders")`.
    pub fn rename_index(&mut self, old: impl Into<Name>, new: impl Into<Name>) -> RenameIndexChain<'_> {
        let name = Change::new(old.into(), new.into());
        let directive = Directive::RenameIndex {
            table: QName::plain(""),
            name,
        };
        let table = recorded!(self, directive, Directive::RenameIndex { table, .. } => table);
        self.notes.unfinished(RENAME_WITHOUT_TABLE);
        RenameIndexChain {
            table,
            notes: &mut self.notes,
        }
    }

    /// A new sequence.
    pub fn create_sequence(&mut self, name: impl Into<QName>) -> SequenceChain<'_> {
        let directive = Directive::CreateSequence(new_sequence(name));
        SequenceChain(recorded!(self, directive, Directive::CreateSequence(sequence) => sequence))
    }

    /// Drops a sequence; the chain remembers it.
    pub fn drop_sequence(&mut self, name: impl Into<QName>) -> SequenceChain<'_> {
        let directive = Directive::DropSequence(new_sequence(name));
        SequenceChain(recorded!(self, directive, Directive::DropSequence(sequence) => sequence))
    }

    /// Changes a sequence: `op.alter_sequence(sequence("s").start(1), sequence("s").start(5))`.
    pub fn alter_sequence(&mut self, old: SequenceSpec, new: SequenceSpec) {
        self.record(Directive::AlterSequence(Box::new(Change::new(old.0, new.0))));
    }

    /// A new enum type.
    pub fn create_enum(
        &mut self,
        name: impl Into<QName>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> EnumChain<'_> {
        let directive = Directive::CreateEnum(enum_type(name, values).0);
        EnumChain(recorded!(self, directive, Directive::CreateEnum(ty) => ty))
    }

    /// Drops an enum type; its values are remembered.
    pub fn drop_enum(
        &mut self,
        name: impl Into<QName>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> EnumChain<'_> {
        let directive = Directive::DropEnum(enum_type(name, values).0);
        EnumChain(recorded!(self, directive, Directive::DropEnum(ty) => ty))
    }

    /// Changes an enum type: `op.alter_enum(enum_type("s", ["a"]), enum_type("s", ["a", "b"]))`.
    pub fn alter_enum(&mut self, old: EnumSpec, new: EnumSpec) -> AlterEnumChain<'_> {
        let directive = Directive::AlterEnum {
            change: Change::new(old.0, new.0),
            renamed: Vec::new(),
        };
        AlterEnumChain(recorded!(self, directive, Directive::AlterEnum { renamed, .. } => renamed))
    }

    /// A new namespace.
    pub fn create_namespace(&mut self, name: impl Into<Name>) -> NamespaceChain<'_> {
        let directive = Directive::CreateNamespace(Namespace {
            name: name.into(),
            comment: None,
        });
        NamespaceChain(recorded!(self, directive, Directive::CreateNamespace(namespace) => namespace))
    }

    /// Drops a namespace; the chain remembers it.
    pub fn drop_namespace(&mut self, name: impl Into<Name>) -> NamespaceChain<'_> {
        let directive = Directive::DropNamespace(Namespace {
            name: name.into(),
            comment: None,
        });
        NamespaceChain(recorded!(self, directive, Directive::DropNamespace(namespace) => namespace))
    }

    /// A new object: its kind in the engine's words, its name, the statement that creates it.
    pub fn create_object(
        &mut self,
        kind: impl Into<String>,
        name: impl Into<QName>,
        definition: impl Into<Sql>,
    ) -> ObjectChain<'_> {
        let directive = Directive::CreateObject(object(kind, name, definition).0);
        ObjectChain(recorded!(self, directive, Directive::CreateObject(object) => object))
    }

    /// Drops an object; what it was is remembered.
    pub fn drop_object(
        &mut self,
        kind: impl Into<String>,
        name: impl Into<QName>,
        definition: impl Into<Sql>,
    ) -> ObjectChain<'_> {
        let directive = Directive::DropObject(object(kind, name, definition).0);
        ObjectChain(recorded!(self, directive, Directive::DropObject(object) => object))
    }

    /// Replaces an object in place: `op.replace_object(view("v", ".."), view("v", ".."))`, old and new.
    pub fn replace_object(&mut self, old: ObjectSpec, new: ObjectSpec) {
        self.record(Directive::ReplaceObject(Box::new(Change::new(old.0, new.0))));
    }

    /// A new view.
    pub fn create_view(&mut self, name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectChain<'_> {
        self.create_object(VIEW, name, definition)
    }

    /// Drops a view; what it was is remembered.
    pub fn drop_view(&mut self, name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectChain<'_> {
        self.drop_object(VIEW, name, definition)
    }

    /// A new trigger; `.on(table)` says where.
    pub fn create_trigger(&mut self, name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectChain<'_> {
        self.create_object(TRIGGER, name, definition)
    }

    /// Drops a trigger; what it was is remembered.
    pub fn drop_trigger(&mut self, name: impl Into<QName>, definition: impl Into<Sql>) -> ObjectChain<'_> {
        self.drop_object(TRIGGER, name, definition)
    }

    /// Runs SQL: one statement or several, kept to the byte.
    pub fn execute(&mut self, sql: impl Into<Sql>) {
        self.record(Directive::Execute { sql: sql.into() });
    }

    /// Inserts rows: `op.bulk_insert("t", ["a", "b"]).row([value(1), value("x")])`.
    pub fn bulk_insert(
        &mut self,
        table: impl Into<QName>,
        columns: impl IntoIterator<Item = impl Into<Name>>,
    ) -> BulkInsertChain<'_> {
        let columns = columns.into_iter().map(Into::into).collect();
        let directive = Directive::BulkInsert(BulkInsert {
            table: table.into(),
            columns,
            rows: Vec::new(),
        });
        let insert = recorded!(self, directive, Directive::BulkInsert(insert) => insert);
        BulkInsertChain {
            insert,
            notes: &mut self.notes,
        }
    }

    /// A directive of your own, by the name of its kind: `op.custom("audit_table").field("table", "orders")`. A program registers what
    /// it means ([`Extensions`](crate::extend::Extensions)); a trait of your own on [`Operations`] can make a method of it.
    pub fn custom(&mut self, name: impl Into<String>) -> CustomChain<'_> {
        let directive = Directive::Custom(Custom::new(name));
        let custom = recorded!(self, directive, Directive::Custom(custom) => custom);
        CustomChain {
            custom,
            notes: &mut self.notes,
        }
    }

    /// Stops the run: there is no way in this direction.
    pub fn irreversible(&mut self, why: impl Into<String>) {
        self.record(Directive::Irreversible { why: why.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directive::{AlterColumn, ColumnChange, Literal, NewColumn, TableChange};
    use crate::schema::{Column, Constraint, ConstraintKind, Deferral, Identity, IndexPart, Order, Unique};
    use crate::script::*;

    #[test]
    fn a_chain_builds_the_whole_table() {
        let mut op = Operations::new("postgres");
        op.create_table(("app", "orders"))
            .column("id", bigint().identity(Always.start(5)))
            .column("status", varchar(20).not_null().default("'new'"))
            .unique(unnamed(), key([part("status").desc()]).deferrable(Deferred));
        let directives = op.finish().expect("no mistake");
        let [Directive::CreateTable(table)] = directives.as_slice() else {
            panic!("one table: {directives:?}")
        };
        assert_eq!(table.name, QName::from(("app", "orders")));
        let Some(Identity::Always(options)) = &table.columns[0].identity else {
            panic!("an identity")
        };
        assert_eq!(options.start, Some(5));
        let status = Column {
            not_null: true,
            default: Some("'new'".into()),
            ..Column::new("status", "varchar(20)")
        };
        assert_eq!(table.columns[1], status);
        let [
            Unique {
                name: None,
                columns,
                deferral: Deferral::Deferred,
                ..
            },
        ] = table.uniques.as_slice()
        else {
            panic!("one unnamed deferred constraint: {:?}", table.uniques)
        };
        assert_eq!(
            columns,
            &[IndexPart {
                order: Order::Descending,
                ..IndexPart::column("status")
            }]
        );
    }

    #[test]
    fn changes_hold_old_and_new() {
        let mut op = Operations::new("sqlite");
        op.alter_table("customers")
            .alter_column(
                "email",
                varchar(255).to(varchar(320)).set_not_null().backfill("''"),
            )
            .add_column("vat_id", text().first())
            .rename_check(unnamed(), "email_check")
            .drop_unique("u", ["fax"]);
        let directives = op.finish().expect("no mistake");
        let [Directive::AlterTable(AlterTable { changes, .. })] = directives.as_slice() else {
            panic!("one change: {directives:?}")
        };
        let [
            TableChange::AlterColumn(email),
            TableChange::AddColumn(vat),
            TableChange::RenameConstraint {
                kind: ConstraintKind::Check,
                name,
            },
            TableChange::DropConstraint {
                constraint: Constraint::Unique(_),
            },
        ] = changes.as_slice()
        else {
            panic!("four changes: {changes:?}")
        };
        let expected = AlterColumn {
            name: "email".into(),
            ty: "varchar(255)".into(),
            changes: vec![
                ColumnChange::Type(Change::new("varchar(255)".into(), "varchar(320)".into())),
                ColumnChange::NotNull(Change::new(false, true)),
            ],
            using: None,
            backfill: Some("''".into()),
        };
        assert_eq!(*email, expected);
        assert_eq!(
            *vat,
            NewColumn {
                after: Some("".into()),
                ..Column::new("vat_id", "text").into()
            }
        );
        assert_eq!(*name, Change::new(None, Some("email_check".into())));
    }

    #[test]
    fn rows_hold_values_of_several_types() {
        let mut op = Operations::new("sqlite");
        op.bulk_insert("t", ["a", "b", "c"])
            .row([value(3_000_000_000), value("x"), null()]);
        let directives = op.finish().expect("no mistake");
        let [Directive::BulkInsert(insert)] = directives.as_slice() else {
            panic!("rows: {directives:?}")
        };
        assert_eq!(
            insert.rows,
            [[
                Literal::Integer(3_000_000_000),
                Literal::Text("x".into()),
                Literal::Null
            ]]
        );
    }

    fn mistake(make: impl FnOnce(&mut Operations)) -> String {
        let mut op = Operations::new("sqlite");
        make(&mut op);
        op.execute("SELECT 1");
        op.finish().expect_err("a mistake").message().to_owned()
    }

    #[test]
    fn what_makes_no_sense_is_an_error_at_the_end() {
        let short_row = mistake(|op| {
            op.bulk_insert("t", ["a", "b"]).row([value(1)]);
        });
        assert_eq!(short_row, "row 1 of t has 1 values for 2 columns");
        let no_table = mistake(|op| {
            op.create_index("ix").unique();
        });
        assert!(no_table.starts_with("an index needs its table"), "{no_table}");
        let no_table = mistake(|op| {
            op.rename_index("a", "b");
        });
        assert!(
            no_table.starts_with("a renamed index needs its table"),
            "{no_table}"
        );
        let two_keys = mistake(|op| {
            op.create_table("t")
                .primary_key("a", ["b"])
                .primary_key("a", ["b"]);
        });
        assert_eq!(two_keys, "table t has two primary keys");
        let nulls = mistake(|op| {
            op.alter_table("t")
                .add_primary_key("p", key(["a"]).nulls_not_distinct());
        });
        assert!(nulls.starts_with("a primary key holds no NULLs"), "{nulls}");
    }
}
