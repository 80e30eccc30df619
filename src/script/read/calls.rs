//! Which words a script may say: the tables from names to calls of the builder.
//!
//! A row is a method of the builder with the types of its arguments. The compiler checks each against the builder, and a test
//! checks that no method of the builder is left out, so what compiles can be read.

use super::fault::{COMPILED, Fault, Read};
use super::value::{Argument, Spanned, Value};
use crate::directive::operations::{
    AlterEnumChain, AlterTableChain, Alteration, BulkInsertChain, ColumnAttributes, ColumnChanges,
    ColumnSpec, Condition, ConstraintName, CustomChain, EnumChain, EnumSpec, Exclusion, ForeignKeySpec,
    ForeignKeyStart, IdentitySpec, IndexAttributes, IndexChain, IndexSpec, Key, NamespaceChain,
    NewColumnAttributes, NewColumnSpec, ObjectAttributes, ObjectChain, ObjectSpec, Operations, Part,
    RenameIndexChain, SequenceAttributes, SequenceChain, SequenceDefinition, SequenceSpec, TYPE_FUNCTIONS,
    TableChain, Type, array, autoincrement, condition, enum_type, exclusion, expr, foreign_key,
    generated_stored, generated_virtual, index, key, null, object, part, sequence, sizes_of, trigger, ty,
    type_of_call, unnamed, value, view,
};
use crate::directive::{FieldValue, Literal};
use crate::nearest::nearest;
use crate::schema::{Action, Deferral, Generated, MatchKind, Name, QName, Sql};
use proc_macro2::Span;
use std::cell::RefCell;

/// A call that is to be made.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) word: String,
    pub(super) span: Span,
    pub(super) arguments: Vec<Spanned>,
}

impl Call {
    fn arguments(self, wanted: usize) -> Read<Arguments> {
        if self.arguments.len() == wanted {
            return Ok(Arguments {
                values: RefCell::new(self.arguments.into_iter()),
                span: self.span,
            });
        }
        let wanted = match wanted {
            0 => "no arguments".to_owned(),
            1 => "one argument".to_owned(),
            _ => format!("{wanted} arguments"),
        };
        Err(Fault::new(
            self.span,
            format!("`{}` takes {wanted}, found {}", self.word, self.arguments.len()),
        ))
    }

    fn unknown(&self, before: &str, known: &[&[&str]]) -> Fault {
        let word = &self.word;
        let shown: String = word.chars().take(80).collect();
        let fault = Fault::new(self.span, format!("`{before}{shown}(..)` is unknown here"));
        let mut known: Vec<&str> = known.concat();
        known.sort_unstable();
        match nearest(word, known.iter().copied()) {
            Some(meant) => fault.hint(format!("did you mean `{before}{meant}(..)`?")),
            None if known.is_empty() => fault.hint("the statement ends here"),
            None => fault.hint(format!("known here: {}", known.join(", "))),
        }
    }
}

/// Arguments to be taken one after the other; through a shared reference, for calls that take none.
struct Arguments {
    values: RefCell<std::vec::IntoIter<Spanned>>,
    span: Span,
}

impl Arguments {
    fn next<T: Argument>(&self) -> Read<T> {
        let value = self
            .values
            .borrow_mut()
            .next()
            .ok_or_else(|| Fault::new(self.span, "an argument is missing"))?;
        T::from_spanned(value)
    }
}

/// Whether a table had the word.
enum Tried<R, T> {
    Done(Read<T>),
    Other(R, Call),
}

macro_rules! methods {
    ($($names:ident $group:ident [$($generics:tt)*] ($receiver:ty) -> ($result:ty) {
        $($method:ident($($argument:ty),*))*
    })*) => {
        $(
            const $names: &[&str] = &[$(stringify!($method)),*];

            fn $group<$($generics)*>(receiver: $receiver, call: Call) -> Tried<$receiver, $result> {
                match call.word.as_str() {
                    $(stringify!($method) => Tried::Done((|| {
                        let arguments = call.arguments(<[&str]>::len(&[$(stringify!($argument)),*]))?;
                        let _ = &arguments;
                        Ok(receiver.$method($(arguments.next::<$argument>()?),*))
                    })()),)*
                    _ => Tried::Other(receiver, call),
                }
            }
        )*

        #[cfg(test)]
        const METHODS: &[&[&str]] = &[$($names),*];
    };
}

methods! {
    COLUMN_ATTRIBUTES column_attributes [C: ColumnAttributes] (C) -> (C::Spec) {
        not_null()
        default(Sql)
        collate(Name)
        generated_stored(Sql)
        generated_virtual(Sql)
        identity(IdentitySpec)
        autoincrement()
        comment(String)
        option(String, String)
    }
    NEW_COLUMN_ATTRIBUTES new_column_attributes [C: NewColumnAttributes] (C) -> (NewColumnSpec) {
        backfill(Sql)
        after(Name)
        first()
    }
    COLUMN_CHANGES column_changes [C: ColumnChanges] (C) -> (Alteration) {
        to(Type)
        unchanged()
        set_not_null()
        drop_not_null()
        set_default(Sql)
        drop_default(Sql)
        change_default(Sql, Sql)
        set_collation(Name)
        drop_collation(Name)
        change_collation(Name, Name)
        set_generated(Generated)
        drop_generated(Generated)
        change_generated(Generated, Generated)
        set_identity(IdentitySpec)
        drop_identity(IdentitySpec)
        change_identity(IdentitySpec, IdentitySpec)
        set_comment(String)
        drop_comment(String)
        change_comment(String, String)
        set_option(String, String)
        drop_option(String, String)
        change_option(String, String, String)
    }
    ALTERATION alteration [] (Alteration) -> (Alteration) {
        using(Sql)
        backfill(Sql)
    }
    PART part_of_key [] (Part) -> (Part) {
        desc()
        nulls_first()
        nulls_last()
        collate(Name)
        operator_class(Sql)
        length(u32)
    }
    KEY key_of_constraint [] (Key) -> (Key) {
        include(Vec<Name>)
        nulls_not_distinct()
        deferrable(Deferral)
        option(String, String)
    }
    FOREIGN_KEY_START foreign_key_start [] (ForeignKeyStart) -> (ForeignKeySpec) {
        references(QName, Vec<Name>)
        references_table(QName)
    }
    FOREIGN_KEY foreign_key_spec [] (ForeignKeySpec) -> (ForeignKeySpec) {
        on_update(Action)
        on_delete(Action)
        match_kind(MatchKind)
        deferrable(Deferral)
        option(String, String)
    }
    CONDITION condition_of_check [] (Condition) -> (Condition) {
        option(String, String)
    }
    EXCLUSION exclusion_constraint [] (Exclusion) -> (Exclusion) {
        method(Name)
        element(Part, String)
        include(Vec<Name>)
        filter(Sql)
        deferrable(Deferral)
        option(String, String)
    }
    INDEX_ATTRIBUTES index_attributes [I: IndexAttributes] (I) -> (I) {
        unique()
        method(Name)
        include(Vec<Name>)
        filter(Sql)
        nulls_not_distinct()
        concurrently()
        comment(String)
        option(String, String)
    }
    INDEX_CHAIN index_chain ['a] (IndexChain<'a>) -> (IndexChain<'a>) {
        on(QName, Vec<Part>)
    }
    RENAME_INDEX rename_index ['a] (RenameIndexChain<'a>) -> (()) {
        on(QName)
    }
    SEQUENCE_ATTRIBUTES sequence_attributes [S: SequenceAttributes] (S) -> (S::Spec) {
        start(i64)
        increment(i64)
        min(i64)
        max(i64)
        cache(i64)
        cycle()
    }
    SEQUENCE_DEFINITION sequence_definition [S: SequenceDefinition] (S) -> (S) {
        of_type(Type)
        owned_by(QName, Name)
        comment(String)
    }
    ENUM_SPEC enum_spec [] (EnumSpec) -> (EnumSpec) {
        comment(String)
    }
    ENUM_CHAIN enum_chain ['a] (EnumChain<'a>) -> (EnumChain<'a>) {
        comment(String)
    }
    ALTER_ENUM alter_enum ['a] (AlterEnumChain<'a>) -> (AlterEnumChain<'a>) {
        rename_value(String, String)
    }
    NAMESPACE namespace ['a] (NamespaceChain<'a>) -> (NamespaceChain<'a>) {
        comment(String)
    }
    OBJECT_ATTRIBUTES object_attributes [O: ObjectAttributes] (O) -> (O) {
        on(QName)
        signature(String)
        depends_on(Vec<QName>)
        comment(String)
    }
    BULK_INSERT bulk_insert ['a] (BulkInsertChain<'a>) -> (BulkInsertChain<'a>) {
        row(Vec<Literal>)
    }
    CUSTOM custom ['a] (CustomChain<'a>) -> (CustomChain<'a>) {
        field(String, FieldValue)
    }
    TABLE table ['a] (TableChain<'a>) -> (TableChain<'a>) {
        column(Name, ColumnSpec)
        primary_key(ConstraintName, Key)
        unique(ConstraintName, Key)
        foreign_key(ForeignKeySpec)
        check(ConstraintName, Condition)
        exclude(ConstraintName, Exclusion)
        index(IndexSpec)
        option(String, String)
        comment(String)
        definition(Sql)
    }
    ALTER_TABLE alter_table ['a] (AlterTableChain<'a>) -> (AlterTableChain<'a>) {
        rename_column(Name, Name)
        add_column(Name, NewColumnSpec)
        drop_column(Name, NewColumnSpec)
        alter_column(Name, Alteration)
        add_primary_key(ConstraintName, Key)
        drop_primary_key(ConstraintName, Key)
        rename_primary_key(ConstraintName, ConstraintName)
        add_unique(ConstraintName, Key)
        drop_unique(ConstraintName, Key)
        rename_unique(ConstraintName, ConstraintName)
        add_foreign_key(ForeignKeySpec)
        drop_foreign_key(ForeignKeySpec)
        rename_foreign_key(ConstraintName, ConstraintName)
        add_check(ConstraintName, Condition)
        drop_check(ConstraintName, Condition)
        rename_check(ConstraintName, ConstraintName)
        add_exclude(ConstraintName, Exclusion)
        drop_exclude(ConstraintName, Exclusion)
        rename_exclude(ConstraintName, ConstraintName)
        set_option(String, String)
        drop_option(String, String)
        change_option(String, String, String)
        set_comment(String)
        drop_comment(String)
        change_comment(String, String)
        change_definition(Sql, Sql)
        reorder_columns(Vec<Name>, Vec<Name>)
    }
}

/// Tries the tables in turn.
macro_rules! first_of {
    ($receiver:ident, $call:ident; $($names:ident $group:ident),*) => {{
        $(let ($receiver, $call) = match $group($receiver, $call) {
            Tried::Done(result) => return Ok(result?.into()),
            Tried::Other(receiver, call) => (receiver, call),
        };)*
        let _ = $receiver;
        Err($call.unknown(".", &[$($names),*]))
    }};
}

/// Calls a method of a value.
pub(super) fn call_value(value: Value, call: Call) -> Read<Value> {
    match value {
        Value::Type(it) => first_of!(
            it, call;
            COLUMN_ATTRIBUTES column_attributes, NEW_COLUMN_ATTRIBUTES new_column_attributes, COLUMN_CHANGES column_changes
        ),
        Value::Column(it) => {
            first_of!(it, call; COLUMN_ATTRIBUTES column_attributes, NEW_COLUMN_ATTRIBUTES new_column_attributes)
        }
        Value::NewColumn(it) => {
            first_of!(it, call; COLUMN_ATTRIBUTES column_attributes, NEW_COLUMN_ATTRIBUTES new_column_attributes)
        }
        Value::Alteration(it) => first_of!(it, call; COLUMN_CHANGES column_changes, ALTERATION alteration),
        Value::Part(it) => first_of!(it, call; PART part_of_key),
        Value::Key(it) => first_of!(it, call; KEY key_of_constraint),
        Value::Condition(it) => first_of!(it, call; CONDITION condition_of_check),
        Value::ForeignKeyStart(it) => first_of!(it, call; FOREIGN_KEY_START foreign_key_start),
        Value::ForeignKey(it) => first_of!(it, call; FOREIGN_KEY foreign_key_spec),
        Value::Exclusion(it) => first_of!(it, call; EXCLUSION exclusion_constraint),
        Value::Index(it) => first_of!(it, call; INDEX_ATTRIBUTES index_attributes),
        Value::Numbering(it) => first_of!(it, call; SEQUENCE_ATTRIBUTES sequence_attributes),
        Value::Identity(it) => first_of!(it, call; SEQUENCE_ATTRIBUTES sequence_attributes),
        Value::Sequence(it) => {
            first_of!(it, call; SEQUENCE_ATTRIBUTES sequence_attributes, SEQUENCE_DEFINITION sequence_definition)
        }
        Value::Enum(it) => first_of!(it, call; ENUM_SPEC enum_spec),
        Value::Object(it) => first_of!(it, call; OBJECT_ATTRIBUTES object_attributes),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Real(_)
        | Value::Bool(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Generated(_)
        | Value::Row(_)
        | Value::ConstraintName(_)
        | Value::Action(_)
        | Value::Match(_)
        | Value::Deferral(_) => Err(Fault::outside(
            call.span,
            format!("a method of {} (`.{}(..)`)", value.what(), call.word),
        )),
    }
}

/// What a statement has come to.
pub(super) enum Chain<'a> {
    Table(TableChain<'a>),
    AlterTable(AlterTableChain<'a>),
    Index(IndexChain<'a>),
    RenameIndex(RenameIndexChain<'a>),
    Sequence(SequenceChain<'a>),
    Enum(EnumChain<'a>),
    AlterEnum(AlterEnumChain<'a>),
    Namespace(NamespaceChain<'a>),
    Object(ObjectChain<'a>),
    BulkInsert(BulkInsertChain<'a>),
    Custom(CustomChain<'a>),
    /// Nothing more can be said.
    Done,
}

macro_rules! chains {
    ($($variant:ident($ty:ident),)*) => {
        $(impl<'a> From<$ty<'a>> for Chain<'a> {
            fn from(chain: $ty<'a>) -> Self {
                Self::$variant(chain)
            }
        })*
    };
}

chains! {
    Table(TableChain),
    AlterTable(AlterTableChain),
    Index(IndexChain),
    RenameIndex(RenameIndexChain),
    Sequence(SequenceChain),
    Enum(EnumChain),
    AlterEnum(AlterEnumChain),
    Namespace(NamespaceChain),
    Object(ObjectChain),
    BulkInsert(BulkInsertChain),
    Custom(CustomChain),
}

impl From<()> for Chain<'_> {
    fn from((): ()) -> Self {
        Self::Done
    }
}

/// Calls a method of the chain of a statement.
pub(super) fn call_chain(chain: Chain<'_>, call: Call) -> Read<Chain<'_>> {
    match chain {
        Chain::Table(it) => first_of!(it, call; TABLE table),
        Chain::AlterTable(it) => first_of!(it, call; ALTER_TABLE alter_table),
        Chain::Index(it) => first_of!(it, call; INDEX_CHAIN index_chain, INDEX_ATTRIBUTES index_attributes),
        Chain::RenameIndex(it) => first_of!(it, call; RENAME_INDEX rename_index),
        Chain::Sequence(it) => {
            first_of!(it, call; SEQUENCE_ATTRIBUTES sequence_attributes, SEQUENCE_DEFINITION sequence_definition)
        }
        Chain::Enum(it) => first_of!(it, call; ENUM_CHAIN enum_chain),
        Chain::AlterEnum(it) => first_of!(it, call; ALTER_ENUM alter_enum),
        Chain::Namespace(it) => first_of!(it, call; NAMESPACE namespace),
        Chain::Object(it) => first_of!(it, call; OBJECT_ATTRIBUTES object_attributes),
        Chain::BulkInsert(it) => first_of!(it, call; BULK_INSERT bulk_insert),
        Chain::Custom(it) => first_of!(it, call; CUSTOM custom),
        Chain::Done => Err(call.unknown(".", &[])),
    }
}

macro_rules! calls {
    ($names:ident $(#[$doc:meta])* fn $group:ident($($scope:ident: $scope_ty:ty),*) -> $result:ty {
        $($function:ident($($argument:ty),*))*
    } $target:tt $otherwise:expr) => {
        const $names: &[&str] = &[$(stringify!($function)),*];

        $(#[$doc])*
        pub(super) fn $group($($scope: $scope_ty,)* call: Call) -> Read<$result> {
            match call.word.as_str() {
                $(stringify!($function) => {
                    let arguments = call.arguments(<[&str]>::len(&[$(stringify!($argument)),*]))?;
                    let _ = &arguments;
                    Ok(invoke!($target $function($(arguments.next::<$argument>()?),*)).into())
                })*
                _ => $otherwise(call),
            }
        }
    };
}

macro_rules! invoke {
    ((function) $function:ident($($argument:expr),*)) => { $function($($argument),*) };
    (($receiver:ident) $function:ident($($argument:expr),*)) => { $receiver.$function($($argument),*) };
}

calls! {
    STATEMENTS
    /// Begins a statement on `op`.
    fn begin_statement(op: &mut Operations) -> Chain<'_> {
        create_table(QName)
        drop_table(QName)
        rename_table(QName, QName)
        alter_table(QName)
        create_index(Name)
        drop_index(Name)
        rename_index(Name, Name)
        create_sequence(QName)
        drop_sequence(QName)
        alter_sequence(SequenceSpec, SequenceSpec)
        create_enum(QName, Vec<String>)
        drop_enum(QName, Vec<String>)
        alter_enum(EnumSpec, EnumSpec)
        create_namespace(Name)
        drop_namespace(Name)
        create_object(String, QName, Sql)
        drop_object(String, QName, Sql)
        replace_object(ObjectSpec, ObjectSpec)
        create_view(QName, Sql)
        drop_view(QName, Sql)
        create_trigger(QName, Sql)
        drop_trigger(QName, Sql)
        execute(Sql)
        bulk_insert(QName, Vec<Name>)
        custom(String)
        irreversible(String)
    }
    (op) |call: Call| Err(match call.word.as_str() {
        "run" => Fault::new(call.span, "`op.run(..)` is code, which only a compiled program can run").hint(COMPILED),
        _ => call.unknown("op.", &[STATEMENTS]).hint(METHODS_OF_YOUR_OWN),
    })
}

calls! {
    FUNCTIONS
    /// Calls a function that makes a value.
    fn call_function() -> Value {
        ty(String)
        array(Type)
        part(Name)
        expr(Sql)
        key(Vec<Part>)
        condition(Sql)
        foreign_key(ConstraintName, Vec<Name>)
        exclusion()
        index(Name, Vec<Part>)
        unnamed()
        autoincrement()
        generated_stored(Sql)
        generated_virtual(Sql)
        sequence(QName)
        enum_type(QName, Vec<String>)
        object(String, QName, Sql)
        view(QName, Sql)
        trigger(QName, Sql)
        value(Literal)
        null()
    }
    (function) call_type_function
}

const METHODS_OF_YOUR_OWN: &str = "a method of your own is only known where the script is compiled: what it records is read as \
     `op.custom(\"name\").field(\"key\", ..)`";

fn call_type_function(call: Call) -> Read<Value> {
    let Some(wanted) = sizes_of(&call.word) else {
        return Err(call.unknown("", &[FUNCTIONS, TYPE_FUNCTIONS]).hint(COMPILED));
    };
    let function = call.word.clone();
    let span = call.span;
    let arguments = call.arguments(wanted)?;
    let sizes = (0..wanted)
        .map(|_| arguments.next::<u32>())
        .collect::<Read<Vec<u32>>>()?;
    let ty = type_of_call(&function, &sizes)
        .ok_or_else(|| Fault::new(span, format!("`{function}` is no type")))?;
    Ok(ty.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The public functions and methods of the builder, from its source.
    fn builder(source: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        let is_open = |vis: &syn::Visibility| matches!(vis, syn::Visibility::Public(_));
        let is_hidden = |attributes: &[syn::Attribute]| {
            attributes
                .iter()
                .any(|a| quote::ToTokens::to_token_stream(a).to_string().contains("hidden"))
        };
        let (mut functions, mut methods) = (BTreeSet::new(), BTreeSet::new());
        for item in syn::parse_file(source).expect("Rust").items {
            match item {
                syn::Item::Fn(function) if is_open(&function.vis) => {
                    functions.insert(function.sig.ident.to_string());
                }
                syn::Item::Impl(block) if block.trait_.is_none() => {
                    for item in block.items {
                        if let syn::ImplItem::Fn(method) = item
                            && is_open(&method.vis)
                        {
                            methods.insert(method.sig.ident.to_string());
                        }
                    }
                }
                syn::Item::Trait(block) => {
                    for item in block.items {
                        if let syn::TraitItem::Fn(method) = item
                            && !is_hidden(&method.attrs)
                        {
                            methods.insert(method.sig.ident.to_string());
                        }
                    }
                }
                _ => {}
            }
        }
        (functions, methods)
    }

    #[test]
    fn whatever_the_builder_offers_can_be_read() {
        let (mut functions, mut methods) = (BTreeSet::new(), BTreeSet::new());
        for source in [
            include_str!("../../directive/operations/alter_table.rs"),
            include_str!("../../directive/operations/alteration.rs"),
            include_str!("../../directive/operations/column.rs"),
            include_str!("../../directive/operations/constraint.rs"),
            include_str!("../../directive/operations/custom.rs"),
            include_str!("../../directive/operations/index.rs"),
            include_str!("../../directive/operations/object.rs"),
            include_str!("../../directive/operations/record.rs"),
            include_str!("../../directive/operations/rows.rs"),
            include_str!("../../directive/operations/sequence.rs"),
            include_str!("../../directive/operations/table.rs"),
            include_str!("../../directive/operations/types.rs"),
        ] {
            let (f, m) = builder(source);
            functions.extend(f);
            methods.extend(m);
        }
        // What a program calls around a script, and the condition of an `if`.
        for other in ["new", "finish", "dialect", "as_str"] {
            methods.remove(other);
        }
        let known: BTreeSet<String> = METHODS
            .concat()
            .into_iter()
            .chain(STATEMENTS.iter().copied())
            .map(str::to_owned)
            .collect();
        assert_eq!(
            methods.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "methods not read"
        );
        let known: BTreeSet<String> = FUNCTIONS.iter().map(ToString::to_string).collect();
        assert_eq!(
            functions.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "functions not read"
        );
    }
}
