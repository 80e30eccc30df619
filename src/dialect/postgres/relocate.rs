//! The same things in another namespace: what stands in the default one there, or what stands in one of its own here.
//!
//! Comes in: directives or a schema, and from where to where. Goes out: the same with every name and every text that says
//! `namespace.name` in the other place. That is how many tenants, each with a namespace, share one set of scripts. Names without a
//! namespace inside texts stay: the search path of the session says what they mean. Only PostgreSQL has this.

use super::kinds::{self, Address};
use super::option::DEFAULT_NAMESPACE;
use super::spelling::quote;
use crate::dialect::Engine;
use crate::directive::{
    AlterColumn, AlterTable, BulkInsert, Change, ColumnChange, Directive, NewColumn, OptionChange,
    TableChange,
};
use crate::schema::{
    Check, Column, Constraint, EnumType, Exclude, ForeignKey, Generated, Index, IndexPart, Name, Needs,
    Object, ObjectId, ObjectKind, Options, Part, PartTarget, PrimaryKey, QName, Schema, Sequence, Sql, Table,
    TypeName, Unique,
};
use crate::sql::{Lexicon, Scanner, Token, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// Moves directives from the default namespace to another.
pub(crate) fn directives_to(directives: &mut Vec<Directive>, namespace: &str) {
    directives.relocate(&Move {
        from: DEFAULT_NAMESPACE,
        to: namespace,
    });
}

/// Moves a schema from another namespace to the default one.
#[cfg(feature = "cli")]
pub(crate) fn schema_from(schema: &mut Schema, namespace: &str) {
    schema.relocate(&Move {
        from: namespace,
        to: DEFAULT_NAMESPACE,
    });
}

/// From where to where.
#[derive(Debug)]
struct Move<'a> {
    from: &'a str,
    to: &'a str,
}

/// What can be moved.
trait Relocate {
    /// Moves it.
    fn relocate(&mut self, way: &Move<'_>);
}

impl<T: Relocate> Relocate for Option<T> {
    fn relocate(&mut self, way: &Move<'_>) {
        if let Some(value) = self {
            value.relocate(way);
        }
    }
}

impl<T: Relocate> Relocate for Vec<T> {
    fn relocate(&mut self, way: &Move<'_>) {
        for value in self {
            value.relocate(way);
        }
    }
}

impl<T: Relocate> Relocate for Box<T> {
    fn relocate(&mut self, way: &Move<'_>) {
        (**self).relocate(way);
    }
}

impl<T: Relocate> Relocate for Change<T> {
    fn relocate(&mut self, way: &Move<'_>) {
        self.old.relocate(way);
        self.new.relocate(way);
    }
}

impl<A: Relocate, B> Relocate for (A, B) {
    fn relocate(&mut self, way: &Move<'_>) {
        self.0.relocate(way);
    }
}

impl<T: Relocate + Ord> Relocate for BTreeSet<T> {
    fn relocate(&mut self, way: &Move<'_>) {
        *self = std::mem::take(self)
            .into_iter()
            .map(|mut value| {
                value.relocate(way);
                value
            })
            .collect();
    }
}

impl Relocate for QName {
    fn relocate(&mut self, way: &Move<'_>) {
        if self.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE) == way.from {
            self.namespace = (way.to != DEFAULT_NAMESPACE).then(|| Name::from(way.to));
        }
    }
}

impl Relocate for Sql {
    fn relocate(&mut self, way: &Move<'_>) {
        *self = moved(self, way).into();
    }
}

impl Relocate for TypeName {
    fn relocate(&mut self, way: &Move<'_>) {
        *self = moved(self, way).into();
    }
}

impl Relocate for Options {
    fn relocate(&mut self, way: &Move<'_>) {
        for value in self.values_mut() {
            *value = moved(value, way);
        }
    }
}

/// Lists what of a type moves and what stays; a field in neither list does not compile.
macro_rules! relocate {
    ($($type:ident { $($moves:ident),* ; $($stays:ident),* })*) => {$(
        impl Relocate for $type {
            fn relocate(&mut self, way: &Move<'_>) {
                let Self { $($moves,)* $($stays: _,)* } = self;
                $($moves.relocate(way);)*
            }
        }
    )*};
}

relocate! {
    Table { name, columns, primary_key, uniques, foreign_keys, checks, excludes, indexes, options, definition; comment }
    Column { ty, default, generated, options; name, not_null, collation, identity, comment }
    Generated { expression; kind }
    PrimaryKey { columns, options; name, include, deferral }
    Unique { columns, options; name, include, nulls_not_distinct, deferral }
    ForeignKey { table, options; name, columns, referenced, on_update, on_delete, match_kind, deferral }
    Check { expression, options; name }
    Exclude { elements, predicate, options; name, method, include, deferral }
    Index { parts, predicate, options; name, unique, method, include, nulls_not_distinct, comment }
    IndexPart { target, operator_class; order, nulls, collation, length }
    Sequence { name, ty, owned_by; options, comment }
    EnumType { name; values, comment }
    AlterTable { table, changes; }
    NewColumn { column, backfill; after }
    AlterColumn { ty, changes, using, backfill; name }
    BulkInsert { table; columns, rows }
}

impl Relocate for PartTarget {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::Expression(sql) => sql.relocate(way),
            Self::Column(_) => {}
        }
    }
}

impl Relocate for Constraint {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::PrimaryKey(key) => key.relocate(way),
            Self::Unique(unique) => unique.relocate(way),
            Self::ForeignKey(key) => key.relocate(way),
            Self::Check(check) => check.relocate(way),
            Self::Exclude(exclude) => exclude.relocate(way),
        }
    }
}

impl Relocate for ObjectId {
    fn relocate(&mut self, way: &Move<'_>) {
        if has_namespace(&self.kind) {
            self.name.relocate(way);
        }
        self.on.relocate(way);
        if let Some(signature) = &mut self.signature {
            *signature = moved(signature, way);
        }
    }
}

impl Relocate for Object {
    fn relocate(&mut self, way: &Move<'_>) {
        let Self {
            id,
            definition,
            depends_on,
            comment: _,
        } = self;
        id.relocate(way);
        definition.relocate(way);
        depends_on.relocate(way);
    }
}

impl Relocate for OptionChange {
    fn relocate(&mut self, way: &Move<'_>) {
        for value in [&mut self.value.old, &mut self.value.new].into_iter().flatten() {
            *value = moved(value, way);
        }
    }
}

impl Relocate for ColumnChange {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::Type(change) => change.relocate(way),
            Self::Default(change) => change.relocate(way),
            Self::Generated(change) => change.relocate(way),
            Self::Option(change) => change.relocate(way),
            Self::NotNull(_) | Self::Collation(_) | Self::Identity(_) | Self::Comment(_) => {}
        }
    }
}

impl Relocate for TableChange {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::DropConstraint { constraint } | Self::AddConstraint { constraint } => {
                constraint.relocate(way);
            }
            Self::AlterColumn(alter) => alter.relocate(way),
            Self::AddColumn(column) | Self::DropColumn(column) => column.relocate(way),
            Self::SetOption(change) => change.relocate(way),
            Self::SetDefinition(change) => change.relocate(way),
            Self::RenameColumn(_)
            | Self::RenameConstraint { .. }
            | Self::SetComment(_)
            | Self::ReorderColumns(_) => {}
        }
    }
}

impl Relocate for Directive {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::CreateTable(table) | Self::DropTable(table) => table.relocate(way),
            Self::RenameTable(names) => names.relocate(way),
            Self::AlterTable(alter) => alter.relocate(way),
            Self::CreateIndex { table, index } | Self::DropIndex { table, index } => {
                table.relocate(way);
                index.relocate(way);
            }
            Self::RenameIndex { table, name: _ } => table.relocate(way),
            Self::CreateSequence(sequence) | Self::DropSequence(sequence) => sequence.relocate(way),
            Self::AlterSequence(change) => change.relocate(way),
            Self::CreateEnum(ty) | Self::DropEnum(ty) => ty.relocate(way),
            Self::AlterEnum { change, renamed: _ } => change.relocate(way),
            Self::CreateObject(object) | Self::DropObject(object) => object.relocate(way),
            Self::ReplaceObject(change) => change.relocate(way),
            Self::BulkInsert(insert) => insert.relocate(way),
            // What is the user's own is kept to the byte; the search path says where it goes.
            Self::Execute { .. }
            | Self::Custom(_)
            | Self::Run(_)
            | Self::CreateNamespace(_)
            | Self::DropNamespace(_)
            | Self::Irreversible { .. } => {}
        }
    }
}

impl Relocate for Part {
    fn relocate(&mut self, way: &Move<'_>) {
        match self {
            Self::Relation(name)
            | Self::Column(name, _)
            | Self::Default(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _)
            | Self::Type(name)
            | Self::Sequence(name) => name.relocate(way),
            Self::Object(id) => id.relocate(way),
        }
    }
}

impl Relocate for Needs {
    fn relocate(&mut self, way: &Move<'_>) {
        *self = self
            .iter()
            .map(|part| {
                let mut part = part.clone();
                part.relocate(way);
                part
            })
            .collect();
    }
}

impl Relocate for Schema {
    fn relocate(&mut self, way: &Move<'_>) {
        fn each<K: Ord, V: Relocate>(map: &mut BTreeMap<K, V>, way: &Move<'_>, key: impl Fn(&K, &V) -> K) {
            *map = std::mem::take(map)
                .into_iter()
                .map(|(old, mut value)| {
                    value.relocate(way);
                    (key(&old, &value), value)
                })
                .collect();
        }
        each(&mut self.tables, way, |_, table| table.name.clone());
        each(&mut self.sequences, way, |_, sequence| sequence.name.clone());
        each(&mut self.enums, way, |_, ty| ty.name.clone());
        each(&mut self.objects, way, |_, object| object.id.clone());
        each(&mut self.dependencies, way, |part, _| {
            let mut part = part.clone();
            part.relocate(way);
            part
        });
        self.shapes = std::mem::take(&mut self.shapes)
            .into_iter()
            .map(|(mut id, shape)| {
                id.relocate(way);
                (id, shape)
            })
            .collect();
        // A namespace is not among what is in it.
        self.namespaces.remove(&Name::from(way.from));
    }
}

/// A text with `from.` turned into `to.`: before names, in names that stand in strings (`'app.s'::regclass`), and in bodies between
/// dollars.
fn moved(sql: &str, way: &Move<'_>) -> String {
    // Most texts name nothing.
    if !sql.contains(way.from) {
        return sql.to_owned();
    }
    let to = quote(way.to);
    let lexicon = Lexicon::of(Engine::Postgres);
    let tokens: Vec<Token> = Scanner::new(sql, lexicon).collect();
    let mut out = String::with_capacity(sql.len());
    for (at, token) in tokens.iter().enumerate() {
        let text = &sql[token.start..token.end];
        let next = |ahead: usize| tokens.get(at + ahead).map(|token| &sql[token.start..token.end]);
        let before = at.checked_sub(1).map(|at| &sql[tokens[at].start..tokens[at].end]);
        match token.kind {
            TokenKind::Word | TokenKind::QuotedIdent
                if next(1) == Some(".") && before != Some(".") && names(text, way.from) =>
            {
                out.push_str(&to);
            }
            TokenKind::String if text.starts_with('$') => {
                let mark = text
                    .find('$')
                    .and_then(|_| text[1..].find('$'))
                    .map_or(0, |end| end + 2);
                if text.len() >= 2 * mark {
                    out.push_str(&text[..mark]);
                    out.push_str(&moved(&text[mark..text.len() - mark], way));
                    out.push_str(&text[text.len() - mark..]);
                } else {
                    out.push_str(text);
                }
            }
            TokenKind::String
                if next(1) == Some("::")
                    && next(2).is_some_and(|ty| ty.starts_with("reg"))
                    && text.len() > 2 =>
            {
                let inner = text[1..text.len() - 1].replace("''", "'");
                out.push('\'');
                out.push_str(&moved(&inner, way).replace('\'', "''"));
                out.push('\'');
            }
            _ => out.push_str(text),
        }
    }
    out
}

/// Whether a word, in quotes or not, is that name.
fn names(word: &str, name: &str) -> bool {
    match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\"") == name,
        None => word.to_lowercase() == name,
    }
}

/// Whether objects of a kind are in a namespace at all.
fn has_namespace(kind: &ObjectKind) -> bool {
    kinds::find(kind).is_none_or(|row| match row.address {
        Address::Plain | Address::UserMapping | Address::Cast | Address::Transform => false,
        Address::Name
        | Address::Signature
        | Address::On
        | Address::Operator
        | Address::Using
        | Address::Facet => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: Move<'_> = Move {
        from: "public",
        to: "Acme 1",
    };
    const BACK: Move<'_> = Move {
        from: "Acme 1",
        to: "public",
    };

    #[test]
    fn texts_go_there_and_back() {
        let cases = [
            (
                "nextval('public.s'::regclass)",
                "nextval('\"Acme 1\".s'::regclass)",
            ),
            (
                "SELECT public.t.a FROM public.t",
                "SELECT \"Acme 1\".t.a FROM \"Acme 1\".t",
            ),
            (
                "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $x$SELECT 1 FROM public.t$x$",
                "CREATE FUNCTION \"Acme 1\".f() RETURNS int LANGUAGE sql AS $x$SELECT 1 FROM \"Acme 1\".t$x$",
            ),
        ];
        for (here, there) in cases {
            assert_eq!(moved(here, &OUT), there);
            assert_eq!(moved(there, &BACK), here);
        }
        for same in ["'public.x'", "public", "app.public.x", "-- public.t"] {
            assert_eq!(moved(same, &OUT), same);
        }
    }

    #[test]
    fn names_and_types_go_there_and_back() {
        let mut name = QName::plain("t");
        name.relocate(&OUT);
        assert_eq!(name.namespace.as_deref(), Some("Acme 1"));
        name.relocate(&BACK);
        assert_eq!(name, QName::plain("t"));
        let mut ty = TypeName::from("\"Acme 1\".mood");
        ty.relocate(&BACK);
        assert_eq!(ty.as_str(), "public.mood");
        let mut extension = ObjectId {
            kind: ObjectKind::new("extension"),
            name: QName::plain("citext"),
            signature: None,
            on: None,
        };
        extension.relocate(&OUT);
        assert_eq!(extension.name, QName::plain("citext"));
    }
}
