//! What holds for any two schemas.

use crate::compare::testing::{
    Strict, any_pair, any_renamed_pair, any_schema, assert_complete, faults, summaries,
};
use crate::compare::{CompareOptions, Comparison, Pair, compare};
use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;
use crate::directive::{Directive, evolve};
use crate::extend::{Element, Elements};
use crate::schema::Schema;
use proptest::prelude::*;

const DIALECTS: [&dyn Dialect; 2] = [&Sqlite, &Strict];

/// Carries out one directive after the other; a strict engine must find nothing wrong at any step.
fn assert_runs(start: &Schema, directives: &[Directive]) {
    let mut schema = start.clone();
    let known = faults(&schema, &Strict);
    for directive in directives {
        evolve(&mut schema, std::slice::from_ref(directive), &Strict).expect("the directive fits");
        let new: Vec<String> = faults(&schema, &Strict)
            .into_iter()
            .filter(|f| !known.contains(f))
            .collect();
        assert!(
            new.is_empty(),
            "{new:?} after {} of {:#?}",
            directive.summary(),
            summaries(directives)
        );
    }
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(schema in any_schema()) {
        for dialect in DIALECTS {
            let comparison = compare(Pair::new(&schema, &schema), dialect, &CompareOptions::default()).expect("compares");
            prop_assert_eq!(comparison, Comparison::default());
        }
    }

    #[test]
    fn the_upgrade_leads_to_the_target_and_the_downgrade_back(schemas in any_pair(), column_order: bool) {
        let options = CompareOptions { column_order, ..CompareOptions::default() };
        for dialect in DIALECTS {
            let comparison = compare(schemas.as_ref(), dialect, &options).expect("compares");
            assert_complete(&comparison, schemas.as_ref(), dialect, &options);
        }
    }

    #[test]
    fn after_the_upgrade_nothing_differs(schemas in any_pair(), column_order: bool) {
        let options = CompareOptions { column_order, ..CompareOptions::default() };
        for dialect in DIALECTS {
            let comparison = compare(schemas.as_ref(), dialect, &options).expect("compares");
            let mut live = schemas.live.clone();
            evolve(&mut live, &comparison.upgrade, dialect).expect("the upgrade fits");
            let again = compare(Pair::new(&live, &schemas.target), dialect, &options).expect("compares");
            prop_assert!(again.is_empty(), "{:#?}", again.upgrade);
        }
    }

    #[test]
    fn a_strict_engine_finds_nothing_wrong_on_the_way(schemas in any_pair()) {
        let comparison = compare(schemas.as_ref(), &Strict, &CompareOptions::default()).expect("compares");
        assert_runs(&schemas.live, &comparison.upgrade);
        assert_runs(&schemas.target, &comparison.downgrade(&Strict));
    }

    #[test]
    fn what_is_left_out_leaves_scripts_that_lead_there_and_back(
        schemas in any_pair(),
        element in proptest::sample::select(Element::ALL.to_vec()),
    ) {
        let options = CompareOptions { elements: Elements::all().without(element), ..CompareOptions::default() };
        for dialect in DIALECTS {
            let comparison = compare(schemas.as_ref(), dialect, &options).expect("compares");
            let mut live = schemas.live.clone();
            evolve(&mut live, &comparison.upgrade, dialect).expect("the upgrade fits");
            let again = compare(Pair::new(&live, &schemas.target), dialect, &options).expect("compares");
            prop_assert!(again.is_empty(), "{element}: {:#?}", again.upgrade);
            evolve(&mut live, &comparison.downgrade(dialect), dialect).expect("the downgrade fits");
            let back = compare(Pair::new(&live, &schemas.live), dialect, &CompareOptions::default());
            let left = back.expect("compares").upgrade;
            prop_assert!(left.is_empty(), "{element}: {left:#?}");
        }
    }

    #[test]
    fn any_renames_lead_to_the_target_and_back((schemas, renames) in any_renamed_pair()) {
        let options = CompareOptions { renames, ..CompareOptions::default() };
        for dialect in DIALECTS {
            let comparison = compare(schemas.as_ref(), dialect, &options).expect("compares");
            assert_complete(&comparison, schemas.as_ref(), dialect, &options);
        }
        let comparison = compare(schemas.as_ref(), &Strict, &options).expect("compares");
        assert_runs(&schemas.live, &comparison.upgrade);
    }
}
