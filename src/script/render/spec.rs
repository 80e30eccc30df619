//! Columns, constraints, indexes and the like as the expressions that build them.

use super::chain::Chain;
use super::literal::{integer, list, names, qname, sql, text};
use crate::directive::operations::{TRIGGER, VIEW, call_of_type};
use crate::directive::{AlterColumn, Change, ColumnChange, NewColumn};
use crate::schema::{
    Action, CONCURRENTLY, Check, Column, Deferral, EnumType, Exclude, ForeignKey, Generated, GeneratedKind,
    Identity, Index, IndexPart, MatchKind, Name, Nulls, Object, Options, Order, PartTarget, PrimaryKey,
    QName, Sequence, SequenceOptions, TypeName, Unique,
};
use proc_macro2::TokenStream;
use quote::quote;

/// Arrays of arrays deeper than this are written with `ty`.
const ARRAY_DEPTH: usize = 4;

pub(super) fn type_name(ty: &TypeName) -> TokenStream {
    type_of(ty, ARRAY_DEPTH)
}

fn type_of(spelling: &str, depth: usize) -> TokenStream {
    if let Some((function, sizes)) = call_of_type(spelling) {
        return Chain::function(function, sizes.into_iter().map(|size| integer(size.into()))).into();
    }
    match spelling.strip_suffix("[]") {
        Some(element) if depth > 0 => {
            let element = type_of(element, depth - 1);
            quote!(array(#element))
        }
        _ => {
            let spelling = text(spelling);
            quote!(ty(#spelling))
        }
    }
}

pub(super) fn options(chain: &mut Chain, options: &Options) {
    for (key, value) in options {
        chain.call("option", [text(key), text(value)]);
    }
}

pub(super) fn comment(chain: &mut Chain, comment: Option<&String>) {
    if let Some(comment) = comment {
        chain.call("comment", [text(comment)]);
    }
}

pub(super) fn column(column: &Column) -> Chain {
    let mut chain = Chain::new(type_name(&column.ty));
    if let Some(identity) = &column.identity {
        match identity {
            Identity::Auto => chain.call("autoincrement", []),
            Identity::Always(_) | Identity::ByDefault(_) => chain.call("identity", [identity_of(identity)]),
        }
    }
    if column.not_null {
        chain.call("not_null", []);
    }
    if let Some(default) = &column.default {
        chain.call("default", [sql(default)]);
    }
    if let Some(collation) = &column.collation {
        chain.call("collate", [text(collation)]);
    }
    if let Some(generated) = &column.generated {
        chain.call(generated_word(generated), [sql(&generated.expression)]);
    }
    options(&mut chain, &column.options);
    comment(&mut chain, column.comment.as_ref());
    chain
}

pub(super) fn new_column(new: &NewColumn) -> Chain {
    let mut chain = column(&new.column);
    if let Some(after) = &new.after {
        if after.is_empty() {
            chain.call("first", []);
        } else {
            chain.call("after", [text(after)]);
        }
    }
    if let Some(backfill) = &new.backfill {
        chain.call("backfill", [sql(backfill)]);
    }
    chain
}

fn generated_word(generated: &Generated) -> &'static str {
    match generated.kind {
        GeneratedKind::Stored => "generated_stored",
        GeneratedKind::Virtual => "generated_virtual",
    }
}

fn generated(generated: &Generated) -> TokenStream {
    Chain::function(generated_word(generated), [sql(&generated.expression)]).into()
}

fn identity_of(identity: &Identity) -> TokenStream {
    let (word, options) = match identity {
        Identity::Auto => return quote!(autoincrement()),
        Identity::Always(options) => (quote!(Always), options),
        Identity::ByDefault(options) => (quote!(ByDefault), options),
    };
    let mut chain = Chain::new(word);
    sequence_options(&mut chain, options);
    chain.into()
}

fn sequence_options(chain: &mut Chain, options: &SequenceOptions) {
    let SequenceOptions {
        start,
        increment,
        min,
        max,
        cache,
        cycle,
    } = options;
    for (method, number) in [
        ("start", start),
        ("increment", increment),
        ("min", min),
        ("max", max),
        ("cache", cache),
    ] {
        if let Some(number) = number {
            chain.call(method, [integer(*number)]);
        }
    }
    if *cycle {
        chain.call("cycle", []);
    }
}

pub(super) fn alteration(alter: &AlterColumn) -> Chain {
    let mut chain = Chain::new(type_name(&alter.ty));
    for change in &alter.changes {
        column_change(&mut chain, change);
    }
    if alter.changes.is_empty() {
        chain.call("unchanged", []);
    }
    if let Some(using) = &alter.using {
        chain.call("using", [sql(using)]);
    }
    if let Some(backfill) = &alter.backfill {
        chain.call("backfill", [sql(backfill)]);
    }
    chain
}

fn column_change(chain: &mut Chain, change: &ColumnChange) {
    match change {
        ColumnChange::Type(types) => chain.call("to", [type_name(&types.new)]),
        ColumnChange::NotNull(Change { new: true, .. }) => chain.call("set_not_null", []),
        ColumnChange::NotNull(Change { new: false, .. }) => chain.call("drop_not_null", []),
        ColumnChange::Default(change) => {
            attribute(
                chain,
                ["set_default", "drop_default", "change_default"],
                change,
                sql,
            );
        }
        ColumnChange::Collation(change) => {
            attribute(
                chain,
                ["set_collation", "drop_collation", "change_collation"],
                change,
                |name| text(name),
            );
        }
        ColumnChange::Generated(change) => {
            attribute(
                chain,
                ["set_generated", "drop_generated", "change_generated"],
                change,
                generated,
            );
        }
        ColumnChange::Identity(change) => {
            attribute(
                chain,
                ["set_identity", "drop_identity", "change_identity"],
                change,
                identity_of,
            );
        }
        ColumnChange::Comment(change) => comment_change(chain, change),
        ColumnChange::Option(change) => option_change(chain, &change.key, &change.value),
    }
}

pub(super) fn comment_change(chain: &mut Chain, change: &Change<Option<String>>) {
    attribute(
        chain,
        ["set_comment", "drop_comment", "change_comment"],
        change,
        |words| text(words),
    );
}

/// Calls the one of the three methods that says what came, went or was replaced. From nothing to nothing is no change.
fn attribute<T>(
    chain: &mut Chain,
    [set, drop, replace]: [&str; 3],
    change: &Change<Option<T>>,
    show: impl Fn(&T) -> TokenStream,
) {
    match (&change.old, &change.new) {
        (None, Some(new)) => chain.call(set, [show(new)]),
        (Some(old), None) => chain.call(drop, [show(old)]),
        (Some(old), Some(new)) => chain.call(replace, [show(old), show(new)]),
        (None, None) => {}
    }
}

pub(super) fn option_change(chain: &mut Chain, key: &str, value: &Change<Option<String>>) {
    let key = text(key);
    match (&value.old, &value.new) {
        (None, Some(new)) => chain.call("set_option", [key, text(new)]),
        (Some(old), None) => chain.call("drop_option", [key, text(old)]),
        (Some(old), Some(new)) => chain.call("change_option", [key, text(old), text(new)]),
        (None, None) => {}
    }
}

pub(super) fn constraint_name(name: Option<&Name>) -> TokenStream {
    name.map_or_else(|| quote!(unnamed()), |name| text(name))
}

fn is_plain(part: &IndexPart) -> bool {
    part.column_name()
        .is_some_and(|name| *part == IndexPart::column(name))
}

/// All as texts, or all as parts: the elements of an array have one type.
pub(super) fn parts(parts: &[IndexPart]) -> TokenStream {
    let all_plain = parts.iter().all(is_plain);
    list(parts.iter().map(|part| match part.column_name() {
        Some(name) if all_plain => text(name),
        _ => part_of(part),
    }))
}

fn part_of(part: &IndexPart) -> TokenStream {
    let mut chain = match &part.target {
        PartTarget::Column(name) => Chain::function("part", [text(name)]),
        PartTarget::Expression(expression) => Chain::function("expr", [sql(expression)]),
    };
    if let Some(length) = part.length {
        chain.call("length", [integer(length.into())]);
    }
    if let Some(collation) = &part.collation {
        chain.call("collate", [text(collation)]);
    }
    if let Some(class) = &part.operator_class {
        chain.call("operator_class", [sql(class)]);
    }
    match part.order {
        Order::Ascending => {}
        Order::Descending => chain.call("desc", []),
    }
    match part.nulls {
        None => {}
        Some(Nulls::First) => chain.call("nulls_first", []),
        Some(Nulls::Last) => chain.call("nulls_last", []),
    }
    chain.into()
}

fn deferral(chain: &mut Chain, deferral: Deferral) {
    match deferral {
        Deferral::NotDeferrable => {}
        Deferral::Immediate => chain.call("deferrable", [quote!(Immediate)]),
        Deferral::Deferred => chain.call("deferrable", [quote!(Deferred)]),
    }
}

fn include(chain: &mut Chain, columns: &[Name]) {
    if !columns.is_empty() {
        chain.call("include", [names(columns)]);
    }
}

/// `["a"]`, or `key(["a"])` when there is more to say.
fn key(columns: &[IndexPart], more: impl FnOnce(&mut Chain)) -> TokenStream {
    let columns = parts(columns);
    let mut chain = Chain::function("key", [columns.clone()]);
    more(&mut chain);
    if chain.calls() == 0 { columns } else { chain.into() }
}

pub(super) fn primary_key(constraint: &PrimaryKey) -> [TokenStream; 2] {
    let key = key(&constraint.columns, |chain| {
        include(chain, &constraint.include);
        deferral(chain, constraint.deferral);
        options(chain, &constraint.options);
    });
    [constraint_name(constraint.name.as_ref()), key]
}

pub(super) fn unique(constraint: &Unique) -> [TokenStream; 2] {
    let key = key(&constraint.columns, |chain| {
        include(chain, &constraint.include);
        if constraint.nulls_not_distinct {
            chain.call("nulls_not_distinct", []);
        }
        deferral(chain, constraint.deferral);
        options(chain, &constraint.options);
    });
    [constraint_name(constraint.name.as_ref()), key]
}

pub(super) fn foreign_key(key: &ForeignKey) -> TokenStream {
    let mut chain = Chain::function(
        "foreign_key",
        [constraint_name(key.name.as_ref()), names(&key.columns)],
    );
    let table = qname(&key.table);
    if key.referenced.is_empty() {
        chain.call("references_table", [table]);
    } else {
        chain.call("references", [table, names(&key.referenced)]);
    }
    action(&mut chain, "on_update", key.on_update);
    action(&mut chain, "on_delete", key.on_delete);
    match key.match_kind {
        MatchKind::Simple => {}
        MatchKind::Full => chain.call("match_kind", [quote!(Full)]),
        MatchKind::Partial => chain.call("match_kind", [quote!(Partial)]),
    }
    deferral(&mut chain, key.deferral);
    options(&mut chain, &key.options);
    chain.into()
}

fn action(chain: &mut Chain, method: &str, action: Action) {
    let word = match action {
        Action::NoAction => return,
        Action::Restrict => quote!(Restrict),
        Action::Cascade => quote!(Cascade),
        Action::SetNull => quote!(SetNull),
        Action::SetDefault => quote!(SetDefault),
    };
    chain.call(method, [word]);
}

/// `"a > 0"`, or `condition("a > 0")` when there is more to say.
pub(super) fn check(check: &Check) -> [TokenStream; 2] {
    let expression = sql(&check.expression);
    let mut chain = Chain::function("condition", [expression.clone()]);
    options(&mut chain, &check.options);
    let condition = if chain.calls() == 0 {
        expression
    } else {
        chain.into()
    };
    [constraint_name(check.name.as_ref()), condition]
}

pub(super) fn exclude(exclude: &Exclude) -> [TokenStream; 2] {
    let mut chain = Chain::function("exclusion", []);
    if let Some(method) = &exclude.method {
        chain.call("method", [text(method)]);
    }
    for (part, operator) in &exclude.elements {
        let part = part
            .column_name()
            .filter(|_| is_plain(part))
            .map_or_else(|| part_of(part), |name| text(name));
        chain.call("element", [part, text(operator)]);
    }
    include(&mut chain, &exclude.include);
    if let Some(predicate) = &exclude.predicate {
        chain.call("filter", [sql(predicate)]);
    }
    deferral(&mut chain, exclude.deferral);
    options(&mut chain, &exclude.options);
    [constraint_name(exclude.name.as_ref()), chain.into()]
}

pub(super) fn index(index: &Index) -> TokenStream {
    let mut chain = Chain::function("index", [text(&index.name), parts(&index.parts)]);
    index_attributes(&mut chain, index);
    chain.into()
}

pub(super) fn index_attributes(chain: &mut Chain, index: &Index) {
    if index.unique {
        chain.call("unique", []);
    }
    if let Some(method) = &index.method {
        chain.call("method", [text(method)]);
    }
    include(chain, &index.include);
    if index.nulls_not_distinct {
        chain.call("nulls_not_distinct", []);
    }
    if let Some(predicate) = &index.predicate {
        chain.call("filter", [sql(predicate)]);
    }
    for (key, value) in &index.options {
        match (key.as_str(), value.as_str()) {
            (CONCURRENTLY, "") => chain.call("concurrently", []),
            _ => chain.call("option", [text(key), text(value)]),
        }
    }
    comment(chain, index.comment.as_ref());
}

pub(super) fn sequence(sequence: &Sequence) -> TokenStream {
    let mut chain = Chain::function("sequence", [qname(&sequence.name)]);
    sequence_attributes(&mut chain, sequence);
    chain.into()
}

pub(super) fn sequence_attributes(chain: &mut Chain, sequence: &Sequence) {
    if let Some(ty) = &sequence.ty {
        chain.call("of_type", [type_name(ty)]);
    }
    sequence_options(chain, &sequence.options);
    if let Some((table, column)) = &sequence.owned_by {
        chain.call("owned_by", [qname(table), text(column)]);
    }
    comment(chain, sequence.comment.as_ref());
}

pub(super) fn enum_type(ty: &EnumType) -> TokenStream {
    let mut chain = Chain::function("enum_type", enum_arguments(ty));
    comment(&mut chain, ty.comment.as_ref());
    chain.into()
}

pub(super) fn enum_arguments(ty: &EnumType) -> [TokenStream; 2] {
    [qname(&ty.name), list(ty.values.iter().map(|value| text(value)))]
}

/// The kinds with a word of their own.
pub(super) enum Spoken {
    View,
    Trigger,
    Other,
}

pub(super) fn spoken(object: &Object) -> Spoken {
    match object.id.kind.as_str() {
        VIEW => Spoken::View,
        TRIGGER => Spoken::Trigger,
        _ => Spoken::Other,
    }
}

pub(super) fn object(object: &Object) -> TokenStream {
    let name = qname(&object.id.name);
    let definition = sql(&object.definition);
    let mut chain = match spoken(object) {
        Spoken::View => Chain::function("view", [name, definition]),
        Spoken::Trigger => Chain::function("trigger", [name, definition]),
        Spoken::Other => Chain::function("object", [text(object.id.kind.as_str()), name, definition]),
    };
    object_attributes(&mut chain, object);
    chain.into()
}

pub(super) fn object_attributes(chain: &mut Chain, object: &Object) {
    if let Some(table) = &object.id.on {
        chain.call("on", [qname(table)]);
    }
    if let Some(signature) = &object.id.signature {
        chain.call("signature", [text(signature)]);
    }
    // The elements of an array have one type, so names with and without a namespace come apart.
    let (plain, qualified): (Vec<&QName>, Vec<&QName>) = object
        .depends_on
        .iter()
        .partition(|name| name.namespace.is_none());
    for group in [plain, qualified] {
        if !group.is_empty() {
            chain.call("depends_on", [list(group.into_iter().map(qname))]);
        }
    }
    comment(chain, object.comment.as_ref());
}
