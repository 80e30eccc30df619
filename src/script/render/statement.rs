//! One directive as one statement: a chain on `op`, with the comments above and inside it.

use super::chain::Chain;
use super::layout::lay_out;
use super::literal::{field_value, list, names, qname, sql, text, value};
use super::marks::Marks;
use super::spec::{
    Spoken, alteration, check, column, comment, comment_change, constraint_name, enum_arguments, enum_type,
    exclude, foreign_key, index, index_attributes, new_column, object, object_attributes, option_change,
    options, parts, primary_key, sequence, sequence_attributes, spoken, unique,
};
use crate::directive::{AlterTable, ColumnChange, Directive, NewColumn, TableChange};
use crate::schema::{Constraint, ConstraintKind, Index, Name, Object, QName, Table};
use proc_macro2::TokenStream;
use quote::quote;

/// Which way a function of a script leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Upgrade,
    Downgrade,
}

/// A statement on `op` with what is said above and inside it.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) above: Vec<String>,
    pub(super) tokens: TokenStream,
    pub(super) marks: Marks,
}

/// The statement that records the directive. `attempt` is for the names that hold the places of comments.
pub(super) fn statement(directive: &Directive, direction: Direction, attempt: u32) -> Statement {
    use Directive as D;
    let mut marks = Marks::new(attempt);
    let chain = match directive {
        D::CreateNamespace(namespace) => {
            let mut chain = op("create_namespace", [text(&namespace.name)]);
            comment(&mut chain, namespace.comment.as_ref());
            chain
        }
        D::DropNamespace(namespace) => {
            let mut chain = op("drop_namespace", [text(&namespace.name)]);
            comment(&mut chain, namespace.comment.as_ref());
            chain
        }
        D::CreateTable(whole) => table(op("create_table", [qname(&whole.name)]), whole),
        D::DropTable(whole) => table(op("drop_table", [qname(&whole.name)]), whole),
        D::RenameTable(names) => op("rename_table", [qname(&names.old), qname(&names.new)]),
        D::AlterTable(alter) => alter_table(alter, direction, &mut marks),
        D::CreateIndex { table, index } => table_index("create_index", table, index),
        D::DropIndex { table, index } => table_index("drop_index", table, index),
        D::RenameIndex { table, name } => {
            let mut chain = op("rename_index", [text(&name.old), text(&name.new)]);
            chain.call("on", [qname(table)]);
            chain
        }
        D::CreateSequence(new) => {
            let mut chain = op("create_sequence", [qname(&new.name)]);
            sequence_attributes(&mut chain, new);
            chain
        }
        D::DropSequence(gone) => {
            let mut chain = op("drop_sequence", [qname(&gone.name)]);
            sequence_attributes(&mut chain, gone);
            chain
        }
        D::AlterSequence(change) => op("alter_sequence", [sequence(&change.old), sequence(&change.new)]),
        D::CreateEnum(new) => {
            let mut chain = op("create_enum", enum_arguments(new));
            comment(&mut chain, new.comment.as_ref());
            chain
        }
        D::DropEnum(gone) => {
            let mut chain = op("drop_enum", enum_arguments(gone));
            comment(&mut chain, gone.comment.as_ref());
            chain
        }
        D::AlterEnum { change, renamed } => {
            let mut chain = op("alter_enum", [enum_type(&change.old), enum_type(&change.new)]);
            for names in renamed {
                chain.call("rename_value", [text(&names.old), text(&names.new)]);
            }
            chain
        }
        D::CreateObject(new) => whole_object(["create_view", "create_trigger", "create_object"], new),
        D::DropObject(gone) => whole_object(["drop_view", "drop_trigger", "drop_object"], gone),
        D::ReplaceObject(change) => op("replace_object", [object(&change.old), object(&change.new)]),
        D::Execute { sql: statements } => op("execute", [sql(statements)]),
        D::BulkInsert(insert) => {
            let mut chain = op("bulk_insert", [qname(&insert.table), names(&insert.columns)]);
            for row in &insert.rows {
                chain.call("row", [list(row.iter().map(value))]);
            }
            chain
        }
        // Only the name can be written; `render` refuses it.
        D::Run(code) => op("run", [text(code.name())]),
        D::Custom(custom) => {
            let mut chain = op("custom", [text(custom.name())]);
            for (key, said) in custom.fields() {
                chain.call("field", [text(key), field_value(said)]);
            }
            chain
        }
        D::Irreversible { why } => op("irreversible", [text(why)]),
    };
    let mut above = vec![directive.summary()];
    if !matches!(directive, D::AlterTable(_)) {
        above.extend(directive.losses().iter().map(|what| loss(what)));
    }
    Statement {
        above,
        tokens: lay_out(chain.into(), &mut marks),
        marks,
    }
}

fn loss(what: &str) -> String {
    format!("loses data: {what}")
}

fn op<const N: usize>(method: &str, arguments: [TokenStream; N]) -> Chain {
    let mut chain = Chain::new(quote!(op));
    chain.call(method, arguments);
    chain
}

fn table(mut chain: Chain, table: &Table) -> Chain {
    for one in &table.columns {
        chain.call("column", [text(&one.name), column(one).into()]);
    }
    if let Some(one) = &table.primary_key {
        chain.call("primary_key", primary_key(one));
    }
    for one in &table.uniques {
        chain.call("unique", unique(one));
    }
    for one in &table.foreign_keys {
        chain.call("foreign_key", [foreign_key(one)]);
    }
    for one in &table.checks {
        chain.call("check", check(one));
    }
    for one in &table.excludes {
        chain.call("exclude", exclude(one));
    }
    for one in &table.indexes {
        chain.call("index", [index(one)]);
    }
    options(&mut chain, &table.options);
    comment(&mut chain, table.comment.as_ref());
    if let Some(definition) = &table.definition {
        chain.call("definition", [sql(definition)]);
    }
    chain
}

fn table_index(method: &str, table: &QName, index: &Index) -> Chain {
    let mut chain = op(method, [text(&index.name)]);
    chain.call("on", [qname(table), parts(&index.parts)]);
    index_attributes(&mut chain, index);
    chain
}

fn whole_object([view, trigger, other]: [&str; 3], object: &Object) -> Chain {
    let name = qname(&object.id.name);
    let definition = sql(&object.definition);
    let mut chain = match spoken(object) {
        Spoken::View => op(view, [name, definition]),
        Spoken::Trigger => op(trigger, [name, definition]),
        Spoken::Other => op(other, [text(object.id.kind.as_str()), name, definition]),
    };
    object_attributes(&mut chain, object);
    chain
}

fn alter_table(alter: &AlterTable, direction: Direction, marks: &mut Marks) -> Chain {
    let mut chain = op("alter_table", [qname(&alter.table)]);
    for change in &alter.changes {
        if let Some(what) = change.loss(&alter.table.to_string()) {
            chain.comment(marks, loss(&what));
        }
        table_change(&mut chain, change, &alter.table, direction, marks);
    }
    chain
}

fn table_change(
    chain: &mut Chain,
    change: &TableChange,
    table: &QName,
    direction: Direction,
    marks: &mut Marks,
) {
    match change {
        TableChange::RenameColumn(names) => chain.call("rename_column", [text(&names.old), text(&names.new)]),
        TableChange::DropConstraint { constraint } => constraint_call(chain, "drop", constraint),
        TableChange::AddConstraint { constraint } => constraint_call(chain, "add", constraint),
        TableChange::AlterColumn(alter) => {
            if alter.using.is_some() && alter.changes.iter().any(|c| matches!(c, ColumnChange::Type(_))) {
                chain.comment(
                    marks,
                    "its values become what .using(\"...\") makes of them: see that this fits the rows"
                        .to_owned(),
                );
            }
            chain.call("alter_column", [text(&alter.name), alteration(alter).into()]);
        }
        TableChange::AddColumn(new) => {
            if let Some(words) = rows_that_exist(new, table, direction) {
                chain.comment(marks, words);
            }
            chain.call("add_column", [text(&new.column.name), new_column(new).into()]);
        }
        TableChange::DropColumn(gone) => {
            chain.call("drop_column", [text(&gone.column.name), new_column(gone).into()]);
        }
        TableChange::RenameConstraint { kind, name } => {
            let [old, new] = [&name.old, &name.new].map(|name: &Option<Name>| constraint_name(name.as_ref()));
            chain.call(&format!("rename_{}", constraint_word(*kind)), [old, new]);
        }
        TableChange::SetOption(change) => option_change(chain, &change.key, &change.value),
        TableChange::SetComment(change) => comment_change(chain, change),
        TableChange::SetDefinition(change) => {
            chain.call("change_definition", [sql(&change.old), sql(&change.new)]);
        }
        TableChange::ReorderColumns(order) => {
            chain.call("reorder_columns", [names(&order.old), names(&order.new)]);
        }
    }
}

/// What somebody has to know who has rows in the table: where their values come from.
fn rows_that_exist(new: &NewColumn, table: &QName, direction: Direction) -> Option<String> {
    let column = &new.column;
    if new.backfill.is_some() {
        return (direction == Direction::Downgrade)
            .then(|| "the values it had are lost: rows get the backfill".to_owned());
    }
    let has_value = column.default.is_some() || column.generated.is_some() || column.identity.is_some();
    (column.not_null && !has_value)
        .then(|| format!("if {table} has rows, they need a value: .backfill(\"...\")"))
}

fn constraint_call(chain: &mut Chain, verb: &str, constraint: &Constraint) {
    let method = format!("{verb}_{}", constraint_word(constraint.kind()));
    match constraint {
        Constraint::PrimaryKey(one) => chain.call(&method, primary_key(one)),
        Constraint::Unique(one) => chain.call(&method, unique(one)),
        Constraint::ForeignKey(one) => chain.call(&method, [foreign_key(one)]),
        Constraint::Check(one) => chain.call(&method, check(one)),
        Constraint::Exclude(one) => chain.call(&method, exclude(one)),
    }
}

fn constraint_word(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "primary_key",
        ConstraintKind::Unique => "unique",
        ConstraintKind::ForeignKey => "foreign_key",
        ConstraintKind::Check => "check",
        ConstraintKind::Exclude => "exclude",
    }
}
