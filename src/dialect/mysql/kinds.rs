//! The kinds of objects: one row each.

use super::Flavour;
use crate::dialect::{Keeps, KindRule, KindStage, Replace};
use crate::schema::ObjectKind;

/// The kind of a trigger.
pub(super) const TRIGGER: &str = "trigger";
/// The kind of a view.
pub(super) const VIEW: &str = "view";
/// The kinds of a package, in the mode of Oracle (MariaDB).
pub(super) const PACKAGES: [&str; 2] = ["package", "package body"];

const fn row(kind: &'static str, noun: &'static str, stage: KindStage) -> KindRule {
    KindRule {
        kind,
        noun,
        replace: Replace::DropAndCreate,
        goes_with_table: false,
        holds_data: false,
        binds_early: false,
        keeps: Keeps::Nothing,
        stage,
        reads_by_name: false,
    }
}

const fn in_place(mut rule: KindRule) -> KindRule {
    rule.replace = Replace::InPlace;
    rule
}

const fn of_table(mut rule: KindRule) -> KindRule {
    rule.goes_with_table = true;
    rule
}

use KindStage::{Early, Late, Usual};

/// MySQL replaces nothing but views. A view calls functions, so they come early.
static MYSQL: [KindRule; 5] = [
    in_place(row(VIEW, "VIEW", Usual)),
    row("function", "FUNCTION", Early),
    row("procedure", "PROCEDURE", Early),
    of_table(row(TRIGGER, "TRIGGER", Usual)),
    row("event", "EVENT", Late),
];

/// MariaDB replaces all, in one step of which a failure leaves the old one (manual, "CREATE OR REPLACE" of each).
static MARIADB: [KindRule; 7] = [
    in_place(row(VIEW, "VIEW", Usual)),
    in_place(row("function", "FUNCTION", Early)),
    in_place(row("procedure", "PROCEDURE", Early)),
    in_place(row("package", "PACKAGE", Early)),
    in_place(row("package body", "PACKAGE BODY", Usual)),
    of_table(row(TRIGGER, "TRIGGER", Usual)),
    in_place(row("event", "EVENT", Late)),
];

/// The rule of a kind.
pub(super) fn find(kind: &ObjectKind, flavour: Flavour) -> Option<&'static KindRule> {
    let rules: &[KindRule] = match flavour {
        Flavour::Mysql => &MYSQL,
        Flavour::Mariadb => &MARIADB,
    };
    rules.iter().find(|rule| rule.kind == kind.as_str())
}
