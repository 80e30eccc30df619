//! The kinds of objects: one row each.

use super::spelling::{namespace, qname, quote};
use crate::dialect::{Keeps, KindRule, KindStage, Replace};
use crate::schema::{ObjectId, ObjectKind, QName};

/// How DROP and COMMENT ON tell an object of a kind from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// `app.name`.
    Name,
    /// `name`: it is in no namespace.
    Plain,
    /// `app.f(integer)`.
    Signature,
    /// `name ON app.t`.
    On,
    /// `app.+ (integer, integer)`.
    Operator,
    /// `app.name USING btree`.
    Using,
    /// `FOR alice SERVER files`.
    UserMapping,
    /// `(bigint AS app.t)`.
    Cast,
    /// `FOR app.t LANGUAGE plperl`.
    Transform,
    /// It is something said about another object, and is taken back, not dropped.
    Facet,
}

pub(super) struct Row {
    pub(super) rule: KindRule,
    pub(super) address: Address,
}

const fn row(kind: &'static str, noun: &'static str, address: Address) -> Row {
    Row {
        rule: KindRule {
            kind,
            noun,
            replace: Replace::DropAndCreate,
            goes_with_table: matches!(address, Address::On),
            holds_data: false,
            binds_early: true,
            keeps: Keeps::Nothing,
            stage: KindStage::Early,
            reads_by_name: false,
        },
        address,
    }
}

/// What ALTER or CREATE OR REPLACE puts in place, or what is taken apart by its lines.
const fn in_place(mut row: Row) -> Row {
    row.rule.replace = Replace::InPlace;
    row
}

const fn keeps(mut row: Row, keeps: Keeps) -> Row {
    row.rule.replace = Replace::InPlace;
    row.rule.keeps = keeps;
    row
}

/// Its body is a text to the server.
const fn with_body(mut row: Row) -> Row {
    row.rule.reads_by_name = true;
    row
}

const fn staged(mut row: Row, stage: KindStage) -> Row {
    row.rule.stage = stage;
    row
}

const fn of_table(mut row: Row) -> Row {
    row.rule.goes_with_table = true;
    row
}

use Address::{Cast, Facet, Name, On, Operator, Plain, Signature, Transform, UserMapping, Using};
use KindStage::{Late, Usual};

static ROWS: [Row; 39] = [
    row("extension", "EXTENSION", Plain),
    in_place(row("domain", "DOMAIN", Name)),
    in_place(row("composite type", "TYPE", Name)),
    in_place(row("range type", "TYPE", Name)),
    row("base type", "TYPE", Name),
    row("collation", "COLLATION", Name),
    row("conversion", "CONVERSION", Name),
    row("language", "LANGUAGE", Plain),
    row("access method", "ACCESS METHOD", Plain),
    row("transform", "TRANSFORM", Transform),
    row("cast", "CAST", Cast),
    row("operator", "OPERATOR", Operator),
    row("operator class", "OPERATOR CLASS", Using),
    row("operator family", "OPERATOR FAMILY", Using),
    row("text search parser", "TEXT SEARCH PARSER", Name),
    row("text search template", "TEXT SEARCH TEMPLATE", Name),
    row("text search dictionary", "TEXT SEARCH DICTIONARY", Name),
    row("text search configuration", "TEXT SEARCH CONFIGURATION", Name),
    with_body(keeps(row("function", "FUNCTION", Signature), Keeps::All)),
    with_body(keeps(row("procedure", "PROCEDURE", Signature), Keeps::All)),
    row("aggregate", "AGGREGATE", Signature),
    in_place(row("foreign data wrapper", "FOREIGN DATA WRAPPER", Plain)),
    in_place(row("server", "SERVER", Plain)),
    in_place(row("user mapping", "USER MAPPING", UserMapping)),
    staged(row("foreign table", "FOREIGN TABLE", Name), Usual),
    staged(keeps(row("view", "VIEW", Name), Keeps::Beginning), Usual),
    staged(
        row("materialized view", "MATERIALIZED VIEW", Name),
        KindStage::Filled,
    ),
    of_table(staged(row("index", "INDEX", Name), Usual)),
    of_table(staged(in_place(row("column comment", "COLUMN", Facet)), Usual)),
    staged(row("statistics", "STATISTICS", Name), Usual),
    staged(row("trigger", "TRIGGER", On), Usual),
    staged(in_place(row("rule", "RULE", On)), Usual),
    staged(in_place(row("policy", "POLICY", On)), Usual),
    staged(row("publication", "PUBLICATION", Plain), Usual),
    staged(in_place(row("subscription", "SUBSCRIPTION", Plain)), Usual),
    staged(in_place(row("privileges", "PRIVILEGES", Facet)), Usual),
    staged(in_place(row("owner", "OWNER", Facet)), Usual),
    staged(
        in_place(row("default privileges", "DEFAULT PRIVILEGES", Facet)),
        Late,
    ),
    staged(row("event trigger", "EVENT TRIGGER", Plain), Late),
];

/// The row of a kind.
pub(super) fn find(kind: &ObjectKind) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.rule.kind == kind.as_str())
}

/// The identity of an object that its name alone tells from others of its kind.
pub(super) fn id(kind: &'static str, name: QName) -> ObjectId {
    ObjectId {
        kind: ObjectKind::new(kind),
        name,
        signature: None,
        on: None,
    }
}

/// What DROP and COMMENT ON say behind the noun.
pub(super) fn address(id: &ObjectId, address: Address) -> String {
    let signature = id.signature.as_deref().unwrap_or_default();
    match address {
        Name | Facet => qname(&id.name),
        Plain => quote(&id.name.name),
        // An aggregate over no argument has a star where others have arguments.
        Signature if signature.is_empty() && id.kind.as_str() == "aggregate" => {
            format!("{}(*)", qname(&id.name))
        }
        Signature => format!("{}({signature})", qname(&id.name)),
        On => {
            let on = id.on.as_ref().map(qname).unwrap_or_default();
            format!("{} ON {on}", quote(&id.name.name))
        }
        // The name of an operator is never quoted.
        Operator => format!("{}.{} ({signature})", quote(namespace(&id.name)), id.name.name),
        Using => format!("{} USING {}", qname(&id.name), quote(signature)),
        UserMapping => format!("FOR {} SERVER {}", role(&id.name.name), quote(signature)),
        Cast => format!("({})", id.name.name),
        Transform => id.name.name.to_string(),
    }
}

/// A role; PUBLIC is no name.
pub(super) fn role(name: &str) -> String {
    if name.eq_ignore_ascii_case("public") {
        "PUBLIC".to_owned()
    } else {
        quote(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(kind: &str, name: &str, signature: Option<&str>) -> ObjectId {
        ObjectId {
            kind: ObjectKind::from_text(kind),
            name: name.into(),
            signature: signature.map(str::to_owned),
            on: Some("t".into()),
        }
    }

    #[test]
    fn every_kind_is_addressed_as_drop_wants_it() {
        for (kind, name, signature, expected) in [
            ("view", "V", None, "public.\"V\""),
            ("function", "f", Some("integer, text"), "public.f(integer, text)"),
            ("trigger", "tr", None, "tr ON public.t"),
            (
                "operator",
                "=~",
                Some("NONE, integer"),
                "public.=~ (NONE, integer)",
            ),
            ("operator class", "c", Some("btree"), "public.c USING btree"),
            ("user mapping", "public", Some("s"), "FOR PUBLIC SERVER s"),
            ("cast", "bigint AS public.t", None, "(bigint AS public.t)"),
            ("extension", "hstore", None, "hstore"),
        ] {
            let id = id(kind, name, signature);
            let row = find(&id.kind).expect("a kind of the table");
            assert_eq!(address(&id, row.address), expected);
        }
    }

    #[test]
    fn each_kind_has_one_row() {
        let mut kinds: Vec<&str> = ROWS.iter().map(|row| row.rule.kind).collect();
        kinds.sort_unstable();
        let count = kinds.len();
        kinds.dedup();
        assert_eq!(kinds.len(), count);
    }
}
