//! What a program has to say while schemas are compared.

use crate::project::{compared, schema, sqlite};
use autogen::compare::{CompareOptions, Comparison, Pair, compare};
use autogen::dialect::{Dialect, Statement};
use autogen::directive::{Change, ColumnChange, Custom, Directive, evolve};
use autogen::extend::{
    Comparator, DirectiveKind, Element, Elements, Extensions, Findings, Flow, Level, Links, Priority,
    SchemaPart, Site, Subject, Verdict,
};
use autogen::schema::QName;
use autogen::{Engine, ErrorKind, Notice, Result};

fn with(extensions: Extensions) -> CompareOptions {
    CompareOptions {
        extensions,
        ..CompareOptions::default()
    }
}

fn without(elements: &[Element]) -> CompareOptions {
    let all = Elements::all();
    CompareOptions {
        elements: elements.iter().fold(all, |all, element| all.without(*element)),
        ..CompareOptions::default()
    }
}

fn summaries(comparison: &Comparison) -> Vec<String> {
    comparison.upgrade.iter().map(Directive::summary).collect()
}

const LIVE: &str = "CREATE TABLE t (a varchar(10), b integer DEFAULT 1, c text, old text);
    CREATE INDEX ix ON t (a); CREATE TABLE gone (x); CREATE VIEW v AS SELECT 1;";
const TARGET: &str =
    "CREATE TABLE t (a varchar(20), b integer NOT NULL DEFAULT 2, c text CHECK (c > ''), new text);
    CREATE INDEX ix ON t (b); CREATE TABLE more (x); CREATE VIEW v AS SELECT 2;";

#[tokio::test]
async fn each_element_can_be_left_out() {
    let all = compared(LIVE, TARGET, &CompareOptions::default()).await;
    let everything = format!("{:?}", all.upgrade);
    for (element, traces) in [
        (Element::Types, &["varchar(20)"][..]),
        (Element::Nullable, &["NotNull"]),
        (Element::Defaults, &["Default(Change { old"]),
        (Element::Constraints, &["AddConstraint"]),
        (Element::Indexes, &["DropIndex", "CreateIndex"]),
        (Element::Columns, &["AddColumn", "DropColumn"]),
        (Element::Tables, &["CreateTable", "DropTable"]),
        (Element::Objects, &["Object"]),
    ] {
        let some = compared(LIVE, TARGET, &without(&[element])).await;
        assert!(!some.is_empty());
        let found = format!("{:?} {:?}", some.upgrade, some.downgrade(sqlite()));
        for trace in traces {
            assert!(everything.contains(trace), "{trace}");
            assert!(
                !found.contains(trace),
                "{element} is left out: {trace} in {found}"
            );
        }
    }
    let nothing = compared(LIVE, TARGET, &without(&Element::ALL)).await;
    assert_eq!(summaries(&nothing), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_left_out_leaves_scripts_that_fit() {
    let (live, target) = (schema(LIVE).await, schema(TARGET).await);
    for element in Element::ALL {
        let options = without(&[element]);
        let both = Pair::new(&live, &target);
        let found = compare(both, sqlite(), &options).expect("a comparison");
        let mut schema = live.clone();
        evolve(&mut schema, &found.upgrade, sqlite()).expect("the way there fits");
        let again = compare(Pair::new(&schema, &target), sqlite(), &options).expect("a comparison");
        assert_eq!(summaries(&again), Vec::<String>::new(), "{element}");
        evolve(&mut schema, &found.downgrade(sqlite()), sqlite()).expect("the way back fits");
        let back = compare(Pair::new(&schema, &live), sqlite(), &CompareOptions::default());
        assert_eq!(
            summaries(&back.expect("a comparison")),
            Vec::<String>::new(),
            "{element}"
        );
    }
}

#[tokio::test]
async fn a_callback_decides_about_types_and_defaults() {
    let same = Extensions::new()
        .compare_type(|sides| {
            assert_eq!(sides.tables.live.name.name.as_str(), "t");
            Verdict::Same
        })
        .compare_default(|_| Verdict::Same);
    let live = "CREATE TABLE t (a varchar(10), b integer DEFAULT 1, c text)";
    let target = "CREATE TABLE t (a varchar(20), b integer DEFAULT 2, c text)";
    assert!(compared(live, target, &with(same)).await.is_empty());
    let default = Extensions::new().compare_type(|_| Verdict::Default);
    assert_eq!(
        summaries(&compared(live, target, &with(default)).await),
        ["t: alter column a (type varchar(10) to varchar(20)), alter column b (default 1 to 2)"]
    );
    // To the engine these are one.
    let target = "CREATE TABLE t (a varchar(10), b integer DEFAULT (1), c text)";
    let (live, mut target) = (schema(live).await, schema(target).await);
    let table = target.tables.values_mut().next().expect("a table");
    table.columns[0].ty = "VARCHAR (10)".into();
    let found = |options: &CompareOptions| {
        compare(Pair::new(&live, &target), sqlite(), options).expect("a comparison")
    };
    assert!(found(&CompareOptions::default()).is_empty());
    let differs = Extensions::new()
        .compare_type(|_| Verdict::Differs)
        .compare_default(|_| Verdict::Differs);
    let found = found(&with(differs));
    assert_eq!(
        summaries(&found),
        ["t: alter column a (type varchar(10) to VARCHAR (10)), alter column b (default 1 to (1))"]
    );
    assert_eq!(
        found.downgrade(sqlite())[0].summary(),
        "t: alter column b (default (1) to 1), alter column a (type VARCHAR (10) to varchar(10))"
    );
}

#[tokio::test]
async fn what_is_not_included_is_neither_made_nor_dropped_nor_changed() {
    let mine = Extensions::new().include_object(|considered| {
        let is_both = considered.sides.live.is_some() && considered.sides.target.is_some();
        match considered.part() {
            Some(SchemaPart::Table(table)) => {
                table.name.name.as_str() != "gone" && table.name.name.as_str() != "more"
            }
            Some(SchemaPart::Column(column)) => is_both && column.name.as_str() != "a",
            Some(SchemaPart::Index(_)) => considered.table.is_none_or(|table| table.name.as_str() != "t"),
            _ => considered.kind() != "view",
        }
    });
    let found = compared(LIVE, TARGET, &with(mine)).await;
    assert_eq!(
        summaries(&found),
        ["t: alter column b (default 1 to 2, set not null), add check"]
    );
}

#[tokio::test]
async fn what_is_on_a_table_that_is_left_out_is_left_out_too() {
    let mut sides = Vec::new();
    for table in ["kept", "other"] {
        let mut connection = autogen::Connection::memory().await.expect("a database");
        for sql in [
            format!("CREATE TABLE {table} (x)"),
            format!("CREATE INDEX ix_{table} ON {table} (x)"),
            format!("CREATE TRIGGER on_{table} AFTER INSERT ON {table} BEGIN SELECT 1; END"),
        ] {
            connection.execute(&sql).await.expect("SQL");
        }
        let filter = autogen::config::Filter::everything();
        sides.push(
            autogen::reflect::reflect(&mut connection, &filter)
                .await
                .expect("a schema")
                .schema,
        );
    }
    let none = Extensions::new().include_object(|considered| considered.kind() != "table");
    let found = compare(Pair::new(&sides[0], &sides[1]), sqlite(), &with(none)).expect("a comparison");
    assert_eq!(summaries(&found), Vec::<String>::new());
    let no_tables = without(&[Element::Tables]);
    let found = compare(Pair::new(&sides[0], &sides[1]), sqlite(), &no_tables).expect("a comparison");
    assert_eq!(summaries(&found), Vec::<String>::new());
}

/// Takes the place of the built-in comparison of types: any integer is any other.
struct LooseTypes;

impl Comparator for LooseTypes {
    fn name(&self) -> &'static str {
        "acme.types"
    }

    fn level(&self) -> Level {
        Level::Column
    }

    fn element(&self) -> Option<Element> {
        Some(Element::Types)
    }

    fn priority(&self) -> Priority {
        Priority::First
    }

    fn compare(&self, subject: &Subject<'_>, _: &dyn Dialect, findings: &mut Findings) -> Result<Flow> {
        let Subject::Column { tables, columns } = subject else {
            return Ok(Flow::Continue);
        };
        let types = columns.map(|column| column.ty.to_lowercase());
        if types.live.contains("int") && types.target.contains("int") {
            return Ok(Flow::Stop);
        }
        if types.live == "text" && types.target == "blob" {
            let change = ColumnChange::Type(Change::new(columns.live.ty.clone(), "clob".into()));
            findings.change_column(&tables.live.name, columns.live, change);
            return Ok(Flow::Stop);
        }
        Ok(Flow::Continue)
    }
}

#[tokio::test]
async fn a_comparator_takes_the_place_of_a_built_in_one() {
    let live = "CREATE TABLE t (a integer, b text, c real)";
    let target = "CREATE TABLE t (a bigint, b blob NOT NULL, c numeric)";
    let found = compared(live, target, &with(Extensions::new().comparator(LooseTypes))).await;
    assert_eq!(
        summaries(&found),
        ["t: alter column b (set not null, type text to clob), alter column c (type real to numeric)"]
    );
    let off = Extensions::new()
        .comparator(LooseTypes)
        .select(&["~acme.types"])
        .expect("a comparator");
    let found = compared(live, target, &with(off)).await;
    assert_eq!(
        summaries(&found),
        [
            "t: alter column a (type integer to bigint), alter column b (type text to blob, set not null), \
             alter column c (type real to numeric)"
        ]
    );
}

/// Every table is to be audited: what no built-in comparator looks at.
struct Audited;

impl Comparator for Audited {
    fn name(&self) -> &'static str {
        "acme.audit"
    }

    fn level(&self) -> Level {
        Level::Table
    }

    fn engine(&self) -> Option<Engine> {
        Some(Engine::Sqlite)
    }

    fn compare(&self, subject: &Subject<'_>, _: &dyn Dialect, findings: &mut Findings) -> Result<Flow> {
        if let Subject::Table(Pair {
            live: None,
            target: Some(table),
        }) = subject
        {
            let name = table.name.name.as_str();
            findings.directive(Directive::Custom(Custom::new("audit_table").field("table", name)));
            findings.notice(Notice::warning(format!("{name} is audited")));
        }
        Ok(Flow::Continue)
    }
}

#[tokio::test]
async fn a_comparator_finds_what_no_built_in_one_looks_for() {
    let found = compared(
        "",
        "CREATE TABLE orders (id integer)",
        &with(Extensions::new().comparator(Audited)),
    )
    .await;
    assert_eq!(
        summaries(&found),
        ["orders: new table", "audit_table (table: orders)"]
    );
    assert_eq!(found.notices[0].message, "orders is audited");
}

/// Only knows how it is undone, and where it stands.
struct Audit;

impl DirectiveKind for Audit {
    fn name(&self) -> &'static str {
        "audit_table"
    }

    fn sql(&self, _: &Custom, _: &Site<'_>) -> Result<Vec<Statement>> {
        Ok(Vec::new())
    }

    fn reverse(&self, directive: &Custom) -> Option<Vec<Directive>> {
        Some(vec![Directive::Custom(directive.clone().field("stop", true))])
    }

    fn links(&self, directive: &Custom) -> Links {
        let tables: Vec<QName> = directive.text("table").map(Into::into).into_iter().collect();
        match directive.truth("stop") {
            Ok(true) => Links {
                releases: tables,
                ..Links::default()
            },
            Ok(false) | Err(_) => Links {
                needs: tables,
                ..Links::default()
            },
        }
    }
}

#[tokio::test]
async fn a_directive_that_a_comparator_finds_is_put_in_order_both_ways() {
    let extensions = Extensions::new().comparator(Audited).directive(Audit);
    let (live, target) = (
        schema("CREATE TABLE a (x)").await,
        schema("CREATE TABLE orders (id integer); CREATE TABLE z (x)").await,
    );
    let found = compare(Pair::new(&live, &target), sqlite(), &with(extensions)).expect("a comparison");
    let place = |all: &[String], one: &str| {
        all.iter()
            .position(|summary| summary == one)
            .expect("it is there")
    };
    let there = summaries(&found);
    assert!(
        place(&there, "orders: new table") < place(&there, "audit_table (table: orders)"),
        "{there:?}"
    );
    let back: Vec<String> = found.downgrade(sqlite()).iter().map(Directive::summary).collect();
    let stops = place(&back, "audit_table (table: orders, stop: true)");
    assert!(stops < place(&back, "orders: drop table"), "{back:?}");
}

#[tokio::test]
async fn comparators_are_switched_off_by_name() {
    let names = |patterns: &[&str]| Extensions::new().comparator(Audited).select(patterns);
    let kept = |patterns: &[&str]| with(names(patterns).expect("comparators"));
    let found = compared(LIVE, TARGET, &kept(&["autogen.types"])).await;
    assert_eq!(
        summaries(&found),
        ["t: alter column a (type varchar(10) to varchar(20))"]
    );
    let found = compared(LIVE, TARGET, &kept(&["autogen.*", "~autogen.t*"])).await;
    assert!(!format!("{:?}", found.upgrade).contains("varchar(20)"));
    assert!(!summaries(&found).iter().any(|summary| summary.contains("audit")));

    let error = names(&["autogen.tipes"]).expect_err("no such comparator");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.message(), "no comparator is called `autogen.tipes`");
    assert_eq!(error.hints(), ["did you mean `autogen.types`?"]);
    assert_eq!(
        Element::from_word("type").expect_err("no element").hints(),
        ["did you mean `types`?"]
    );
}

/// Fails, as a program may.
struct Failing;

impl Comparator for Failing {
    fn name(&self) -> &'static str {
        "acme.failing"
    }

    fn level(&self) -> Level {
        Level::Schema
    }

    fn compare(&self, _: &Subject<'_>, _: &dyn Dialect, _: &mut Findings) -> Result<Flow> {
        Err(autogen::Error::new(ErrorKind::Usage, "not today"))
    }
}

#[tokio::test]
async fn an_error_of_a_comparator_stops_the_comparison() {
    let (live, target) = (schema(LIVE).await, schema(TARGET).await);
    let options = with(Extensions::new().comparator(Failing));
    let error = compare(Pair::new(&live, &target), sqlite(), &options).expect_err("it fails");
    assert_eq!(error.message(), "acme.failing: not today");
}
