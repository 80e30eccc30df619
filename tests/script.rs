//! Scripts that are compiled and the same scripts read: both must give the same directives.

use autogen::directive::Directive;
use autogen::script::{Operations, Revision, Script, read, render};
use std::path::Path;

#[rustfmt::skip]
#[expect(unreachable_pub, reason = "a script is public in the module it is part of")]
#[expect(clippy::unreadable_literal, reason = "it stands as it was rendered")]
#[path = "../fixtures/scripts/everything.rs"]
mod everything;

#[expect(unreachable_pub, reason = "a script is public in the module it is part of")]
#[path = "../fixtures/scripts/by_hand.rs"]
mod by_hand;

const EVERYTHING: &str = include_str!("../fixtures/scripts/everything.rs");
const BY_HAND: &str = include_str!("../fixtures/scripts/by_hand.rs");

/// What a compiled function records.
fn run(function: fn(&mut Operations), dialect: &str) -> Vec<Directive> {
    let mut op = Operations::new(dialect);
    function(&mut op);
    op.finish().expect("no mistake")
}

fn assert_same(
    text: &str,
    revision: &Revision,
    upgrade: fn(&mut Operations),
    downgrade: fn(&mut Operations),
) {
    for dialect in ["sqlite", "postgres", "mysql"] {
        let script = read(text, None, dialect).unwrap_or_else(|e| panic!("{e} {:?}", e.hints()));
        assert_eq!(script.upgrade, run(upgrade, dialect), "{dialect}");
        assert_eq!(script.downgrade, run(downgrade, dialect), "{dialect}");
        let compiled = revision.header().expect("good ids");
        assert_eq!(script.header.revision, compiled.revision);
        assert_eq!(script.header.revises, compiled.revises);
        assert_eq!(script.header.branch_labels, compiled.branch_labels);
        assert_eq!(script.header.depends_on, compiled.depends_on);
    }
}

#[test]
fn a_compiled_run_and_a_read_run_give_the_same() {
    assert_same(
        EVERYTHING,
        &everything::REVISION,
        everything::upgrade,
        everything::downgrade,
    );
    assert_same(BY_HAND, &by_hand::REVISION, by_hand::upgrade, by_hand::downgrade);
}

#[test]
fn the_compiled_script_is_what_rendering_writes() {
    let script: Script = read(EVERYTHING, Some(Path::new("everything.rs")), "sqlite").expect("a script");
    assert_eq!(render(&script).expect("a text"), EVERYTHING);
}

#[test]
fn the_branches_of_a_script_follow_the_engine() {
    let count = |dialect| read(BY_HAND, None, dialect).expect("a script").upgrade.len();
    assert_eq!([count("sqlite"), count("postgres"), count("mysql")], [5, 6, 5]);
}
