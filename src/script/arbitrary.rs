//! Arbitrary scripts for property tests: every directive with every field, and hostile texts everywhere.

use crate::directive::{
    AlterColumn, AlterTable, BulkInsert, Change, ColumnChange, Custom, Directive, FieldValue, Literal,
    NewColumn, OptionChange, TableChange,
};
use crate::schema::{
    Action, CONCURRENTLY, Check, Column, Constraint, ConstraintKind, Deferral, EnumType, Exclude, ForeignKey,
    Generated, GeneratedKind, Identity, Index, IndexPart, MatchKind, Name, Namespace, Nulls, Object,
    ObjectId, ObjectKind, Options, Order, PartTarget, PrimaryKey, QName, Sequence, SequenceOptions, Sql,
    Table, TypeName, Unique,
};
use crate::script::{Header, RevisionId, Script};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts that break out of every kind of quote there is, or look like what they are not.
const HOSTILE: &[&str] = &[
    "",
    "a",
    "select",
    "fn",
    "op",
    ".",
    "a.b",
    " ",
    "'",
    "''",
    "\"",
    "\"\"",
    "\"#",
    "\"##",
    "r#\"",
    "\\",
    "\\n",
    "\n",
    "\n\n    .x()",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "`",
    "[",
    "]",
    "({",
    ";",
    "-- x",
    "//",
    "// loses data",
    "/* x",
    "*/",
    "#}",
    "${x}",
    "%(x)s",
    "ünïcödé",
    "e\u{301}",
    "🙂",
    "👩‍👩‍👧",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "autogen_mark_0_0_",
    "autogen_mark_1_",
];

pub(super) fn hostile() -> impl Strategy<Value = String> + Clone {
    let word = prop_oneof![
        3 => select(HOSTILE).prop_map(str::to_owned),
        1 => ".{0,12}",
        1 => "[a-z_]{1,12}",
        1 => Just("x".repeat(200)),
    ];
    vec(word, 1..4).prop_map(|words| words.concat()).boxed()
}

fn name() -> impl Strategy<Value = Name> + Clone {
    hostile().prop_map(Name::from)
}

fn sql() -> impl Strategy<Value = Sql> + Clone {
    hostile().prop_map(Sql::from)
}

fn names() -> impl Strategy<Value = Vec<Name>> + Clone {
    vec(name(), 0..3)
}

fn qname() -> impl Strategy<Value = QName> + Clone {
    (option::of(name()), name()).prop_map(|(namespace, name)| QName { namespace, name })
}

fn options() -> impl Strategy<Value = Options> + Clone {
    btree_map(hostile(), hostile(), 0..2)
}

fn ty() -> impl Strategy<Value = TypeName> + Clone {
    const KNOWN: &[&str] = &[
        "text",
        "varchar(20)",
        "numeric(12,2)",
        "integer[]",
        "varchar(007)",
        "[][][][][][]",
        "",
    ];
    prop_oneof![
        select(KNOWN).prop_map(TypeName::from),
        hostile().prop_map(TypeName::from)
    ]
}

fn change<T: Clone + std::fmt::Debug>(
    one: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = Change<Option<T>>> {
    prop_oneof![
        one.clone().prop_map(|new| Change::new(None, Some(new))),
        one.clone().prop_map(|old| Change::new(Some(old), None)),
        (one.clone(), one).prop_map(|(old, new)| Change::new(Some(old), Some(new))),
    ]
}

fn both<T: Clone + std::fmt::Debug>(
    one: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Change<T>> {
    (one.clone(), one).prop_map(|(old, new)| Change::new(old, new))
}

fn sequence_options() -> impl Strategy<Value = SequenceOptions> + Clone {
    let number = || option::of(any::<i64>());
    (number(), number(), number(), number(), number(), any::<bool>()).prop_map(
        |(start, increment, min, max, cache, cycle)| SequenceOptions {
            start,
            increment,
            min,
            max,
            cache,
            cycle,
        },
    )
}

fn identity() -> impl Strategy<Value = Identity> + Clone {
    prop_oneof![
        Just(Identity::Auto),
        sequence_options().prop_map(Identity::Always),
        sequence_options().prop_map(Identity::ByDefault),
    ]
}

fn generated() -> impl Strategy<Value = Generated> + Clone {
    (
        sql(),
        select(&[GeneratedKind::Stored, GeneratedKind::Virtual][..]),
    )
        .prop_map(|(expression, kind)| Generated { expression, kind })
}

fn column() -> impl Strategy<Value = Column> + Clone {
    (
        (name(), ty(), any::<bool>()),
        option::of(sql()),
        option::of(name()),
        option::of(generated()),
        option::of(identity()),
        option::of(hostile()),
        options(),
    )
        .prop_map(
            |((name, ty, not_null), default, collation, generated, identity, comment, options)| Column {
                name,
                ty,
                not_null,
                default,
                collation,
                generated,
                identity,
                comment,
                options,
            },
        )
}

fn new_column() -> impl Strategy<Value = NewColumn> {
    (column(), option::of(name()), option::of(sql())).prop_map(|(column, after, backfill)| NewColumn {
        column,
        after,
        backfill,
    })
}

fn part() -> impl Strategy<Value = IndexPart> + Clone {
    let target = prop_oneof![
        name().prop_map(PartTarget::Column),
        sql().prop_map(PartTarget::Expression)
    ];
    let full = (
        target,
        select(&[Order::Ascending, Order::Descending][..]),
        select(&[None, Some(Nulls::First), Some(Nulls::Last)][..]),
        option::of(name()),
        option::of(sql()),
        option::of(any::<u32>()),
    )
        .prop_map(
            |(target, order, nulls, collation, operator_class, length)| IndexPart {
                target,
                order,
                nulls,
                collation,
                operator_class,
                length,
            },
        );
    prop_oneof![name().prop_map(IndexPart::column), full]
}

fn parts() -> impl Strategy<Value = Vec<IndexPart>> + Clone {
    prop_oneof![vec(name().prop_map(IndexPart::column), 0..3), vec(part(), 0..3)]
}

fn deferral() -> impl Strategy<Value = Deferral> + Clone {
    select(&[Deferral::NotDeferrable, Deferral::Immediate, Deferral::Deferred][..])
}

fn primary_key() -> impl Strategy<Value = PrimaryKey> + Clone {
    (option::of(name()), parts(), names(), deferral(), options()).prop_map(
        |(name, columns, include, deferral, options)| PrimaryKey {
            name,
            columns,
            include,
            deferral,
            options,
        },
    )
}

fn unique() -> impl Strategy<Value = Unique> + Clone {
    (
        option::of(name()),
        parts(),
        names(),
        any::<bool>(),
        deferral(),
        options(),
    )
        .prop_map(
            |(name, columns, include, nulls_not_distinct, deferral, options)| Unique {
                name,
                columns,
                include,
                nulls_not_distinct,
                deferral,
                options,
            },
        )
}

fn action() -> impl Strategy<Value = Action> + Clone {
    select(
        &[
            Action::NoAction,
            Action::Restrict,
            Action::Cascade,
            Action::SetNull,
            Action::SetDefault,
        ][..],
    )
}

fn foreign_key() -> impl Strategy<Value = ForeignKey> + Clone {
    (
        (option::of(name()), names(), qname(), names()),
        action(),
        action(),
        select(&[MatchKind::Simple, MatchKind::Full, MatchKind::Partial][..]),
        deferral(),
        options(),
    )
        .prop_map(
            |((name, columns, table, referenced), on_update, on_delete, match_kind, deferral, options)| {
                ForeignKey {
                    name,
                    columns,
                    table,
                    referenced,
                    on_update,
                    on_delete,
                    match_kind,
                    deferral,
                    options,
                }
            },
        )
}

fn check() -> impl Strategy<Value = Check> + Clone {
    (option::of(name()), sql(), options()).prop_map(|(name, expression, options)| Check {
        name,
        expression,
        options,
    })
}

fn exclude() -> impl Strategy<Value = Exclude> + Clone {
    (
        (option::of(name()), option::of(name())),
        vec((part(), hostile()), 0..3),
        names(),
        option::of(sql()),
        deferral(),
        options(),
    )
        .prop_map(
            |((name, method), elements, include, predicate, deferral, options)| Exclude {
                name,
                method,
                elements,
                include,
                predicate,
                deferral,
                options,
            },
        )
}

fn index() -> impl Strategy<Value = Index> + Clone {
    (
        (name(), any::<bool>(), option::of(name())),
        parts(),
        names(),
        option::of(sql()),
        any::<bool>(),
        option::of(hostile()),
        (options(), option::of(prop_oneof![Just(String::new()), hostile()])),
    )
        .prop_map(
            |((name, unique, method), parts, include, predicate, nulls_not_distinct, comment, options)| {
                let (mut options, concurrently) = options;
                options.extend(concurrently.map(|value| (CONCURRENTLY.to_owned(), value)));
                Index {
                    name,
                    unique,
                    method,
                    parts,
                    include,
                    predicate,
                    nulls_not_distinct,
                    comment,
                    options,
                }
            },
        )
}

fn table() -> impl Strategy<Value = Box<Table>> {
    (
        (qname(), vec(column(), 0..3), option::of(primary_key())),
        vec(unique(), 0..2),
        vec(foreign_key(), 0..2),
        vec(check(), 0..2),
        vec(exclude(), 0..2),
        vec(index(), 0..2),
        (options(), option::of(hostile()), option::of(sql())),
    )
        .prop_map(
            |((name, columns, primary_key), uniques, foreign_keys, checks, excludes, indexes, rest)| {
                let (options, comment, definition) = rest;
                Box::new(Table {
                    name,
                    columns,
                    primary_key,
                    uniques,
                    foreign_keys,
                    checks,
                    excludes,
                    indexes,
                    options,
                    comment,
                    definition,
                })
            },
        )
}

fn constraint() -> impl Strategy<Value = Constraint> {
    prop_oneof![
        primary_key().prop_map(Constraint::PrimaryKey),
        unique().prop_map(Constraint::Unique),
        foreign_key().prop_map(Constraint::ForeignKey),
        check().prop_map(Constraint::Check),
        exclude().prop_map(Constraint::Exclude),
    ]
}

fn constraint_kind() -> impl Strategy<Value = ConstraintKind> {
    use ConstraintKind as K;
    select(&[K::PrimaryKey, K::Unique, K::ForeignKey, K::Check, K::Exclude][..])
}

fn option_change() -> impl Strategy<Value = OptionChange> {
    (hostile(), change(hostile())).prop_map(|(key, value)| OptionChange { key, value })
}

fn column_change() -> impl Strategy<Value = ColumnChange> {
    prop_oneof![
        // The old type is put right in `alter_column`.
        ty().prop_map(|new| ColumnChange::Type(Change::new("".into(), new))),
        any::<bool>().prop_map(|new| ColumnChange::NotNull(Change::new(!new, new))),
        change(sql()).prop_map(ColumnChange::Default),
        change(name()).prop_map(ColumnChange::Collation),
        change(generated()).prop_map(ColumnChange::Generated),
        change(identity()).prop_map(ColumnChange::Identity),
        change(hostile()).prop_map(ColumnChange::Comment),
        option_change().prop_map(ColumnChange::Option),
    ]
}

fn alter_column() -> impl Strategy<Value = AlterColumn> {
    (
        name(),
        ty(),
        vec(column_change(), 0..4),
        option::of(sql()),
        option::of(sql()),
    )
        .prop_map(|(name, ty, mut changes, using, backfill)| {
            let mut now = ty.clone();
            for change in &mut changes {
                if let ColumnChange::Type(types) = change {
                    types.old = std::mem::replace(&mut now, types.new.clone());
                }
            }
            AlterColumn {
                name,
                ty,
                changes,
                using,
                backfill,
            }
        })
}

fn table_change() -> impl Strategy<Value = TableChange> {
    prop_oneof![
        both(name()).prop_map(TableChange::RenameColumn),
        constraint().prop_map(|constraint| TableChange::DropConstraint { constraint }),
        alter_column().prop_map(TableChange::AlterColumn),
        new_column().prop_map(TableChange::AddColumn),
        new_column().prop_map(TableChange::DropColumn),
        constraint().prop_map(|constraint| TableChange::AddConstraint { constraint }),
        (constraint_kind(), both(option::of(name())))
            .prop_map(|(kind, name)| TableChange::RenameConstraint { kind, name }),
        option_change().prop_map(TableChange::SetOption),
        change(hostile()).prop_map(TableChange::SetComment),
        both(sql()).prop_map(TableChange::SetDefinition),
        both(names()).prop_map(TableChange::ReorderColumns),
    ]
}

fn namespace() -> impl Strategy<Value = Namespace> {
    (name(), option::of(hostile())).prop_map(|(name, comment)| Namespace { name, comment })
}

fn sequence() -> impl Strategy<Value = Sequence> + Clone {
    (
        qname(),
        option::of(ty()),
        sequence_options(),
        option::of((qname(), name())),
        option::of(hostile()),
    )
        .prop_map(|(name, ty, options, owned_by, comment)| Sequence {
            name,
            ty,
            options,
            owned_by,
            comment,
        })
}

fn enum_type() -> impl Strategy<Value = EnumType> + Clone {
    (qname(), vec(hostile(), 0..3), option::of(hostile())).prop_map(|(name, values, comment)| EnumType {
        name,
        values,
        comment,
    })
}

fn object() -> impl Strategy<Value = Object> + Clone {
    let kind = prop_oneof![
        select(&["view", "trigger", "materialized view"][..]).prop_map(str::to_owned),
        hostile()
    ];
    (
        kind,
        qname(),
        option::of(hostile()),
        option::of(qname()),
        sql(),
        btree_set(qname(), 0..4),
        option::of(hostile()),
    )
        .prop_map(
            |(kind, name, signature, on, definition, depends_on, comment)| Object {
                id: ObjectId {
                    kind: ObjectKind::from_text(kind),
                    name,
                    signature,
                    on,
                },
                definition,
                depends_on,
                comment,
            },
        )
}

fn literal() -> impl Strategy<Value = Literal> {
    let real = prop_oneof![
        any::<f64>().prop_filter("equal to itself", |n| !n.is_nan()),
        Just(f64::INFINITY)
    ];
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Integer),
        Just(Literal::Integer(i64::MIN)),
        real.prop_map(Literal::Real),
        hostile().prop_map(Literal::Text),
    ]
}

fn bulk_insert() -> impl Strategy<Value = BulkInsert> {
    (qname(), 0..4_usize)
        .prop_flat_map(|(table, width)| (Just(table), vec(name(), width), vec(vec(literal(), width), 0..3)))
        .prop_map(|(table, columns, rows)| BulkInsert { table, columns, rows })
}

fn custom() -> impl Strategy<Value = Custom> {
    let value = prop_oneof![
        3 => literal().prop_map(FieldValue::One),
        1 => vec(literal(), 0..4).prop_map(FieldValue::List),
        1 => vec(hostile(), 0..4).prop_map(FieldValue::from),
        1 => vec(any::<i64>(), 1..4).prop_map(FieldValue::from),
    ];
    (hostile(), vec((hostile(), value), 0..4)).prop_map(|(name, fields)| {
        fields
            .into_iter()
            .fold(Custom::new(name), |custom, (key, value)| custom.field(key, value))
    })
}

pub(super) fn directive() -> impl Strategy<Value = Directive> {
    prop_oneof![
        1 => namespace().prop_map(Directive::CreateNamespace),
        1 => namespace().prop_map(Directive::DropNamespace),
        3 => table().prop_map(Directive::CreateTable),
        3 => table().prop_map(Directive::DropTable),
        1 => both(qname()).prop_map(Directive::RenameTable),
        6 => (qname(), vec(table_change(), 0..4))
            .prop_map(|(table, changes)| Directive::AlterTable(AlterTable { table, changes })),
        1 => (qname(), index()).prop_map(|(table, index)| Directive::CreateIndex { table, index: Box::new(index) }),
        1 => (qname(), index()).prop_map(|(table, index)| Directive::DropIndex { table, index: Box::new(index) }),
        1 => (qname(), both(name())).prop_map(|(table, name)| Directive::RenameIndex { table, name }),
        1 => sequence().prop_map(Directive::CreateSequence),
        1 => sequence().prop_map(Directive::DropSequence),
        1 => both(sequence()).prop_map(|change| Directive::AlterSequence(Box::new(change))),
        1 => enum_type().prop_map(Directive::CreateEnum),
        1 => enum_type().prop_map(Directive::DropEnum),
        1 => (both(enum_type()), vec(both(hostile()), 0..2))
            .prop_map(|(change, renamed)| Directive::AlterEnum { change, renamed }),
        1 => object().prop_map(Directive::CreateObject),
        1 => object().prop_map(Directive::DropObject),
        1 => both(object()).prop_map(|change| Directive::ReplaceObject(Box::new(change))),
        1 => sql().prop_map(|sql| Directive::Execute { sql }),
        1 => bulk_insert().prop_map(Directive::BulkInsert),
        2 => custom().prop_map(Directive::Custom),
        1 => hostile().prop_map(|why| Directive::Irreversible { why }),
    ]
}

fn id() -> impl Strategy<Value = RevisionId> {
    "[0-9a-f]{12}".prop_map(|id| RevisionId::new(id).expect("hexadecimal digits"))
}

fn header() -> impl Strategy<Value = Header> {
    let message = vec("[ -~é]{0,30}", 0..3).prop_map(|lines| {
        lines
            .iter()
            .map(|line| line.trim_end())
            .collect::<Vec<_>>()
            .join("\n")
            .trim()
            .to_owned()
    });
    let second = (-10_000_000_000_i64..10_000_000_000)
        .prop_map(|second| jiff::Timestamp::from_second(second).expect("in range"));
    (
        id(),
        vec(id(), 0..3),
        vec(hostile(), 0..2),
        vec(hostile(), 0..2),
        vec(id(), 0..2),
        message,
        option::of(second),
    )
        .prop_map(
            |(revision, revises, branch_labels, depends_on, replaces, message, created)| Header {
                revision,
                revises,
                branch_labels,
                depends_on,
                replaces,
                message,
                created,
            },
        )
}

pub(super) fn script() -> impl Strategy<Value = Script> {
    (header(), vec(directive(), 0..4), vec(directive(), 0..3)).prop_map(|(header, upgrade, downgrade)| {
        Script {
            header,
            upgrade,
            downgrade,
        }
    })
}
