//! Directives of a program's own.

use crate::project::{Project, header, sqlite};
use autogen::dialect::{Placement, Statement, for_engine};
use autogen::directive::{Custom, Directive, evolve, reverse};
use autogen::extend::{DirectiveKind, Effect, Extensions, Site};
use autogen::plan::plan;
use autogen::report::{Difference, differences};
use autogen::schema::{Column, Schema, Table};
use autogen::script::{self, Format, Operations, Script, SqlDirection, checksum, render_sql};
use autogen::{Engine, ErrorKind, Result};

/// Keeps what happens to the rows of a table.
struct AuditTable;

impl DirectiveKind for AuditTable {
    fn name(&self) -> &'static str {
        "audit_table"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["table", "columns", "gone"]
    }

    fn sql(&self, directive: &Custom, site: &Site<'_>) -> Result<Vec<Statement>> {
        let table = directive.text("table")?;
        let trigger = site.quote(&format!("audit_{table}"));
        if directive.truth("gone")? {
            return Ok(vec![Statement::new(format!("DROP TRIGGER {trigger}"))]);
        }
        let key = directive.texts("columns")?[0];
        match site.engine() {
            Engine::Sqlite => Ok(vec![
                Statement::new("CREATE TABLE IF NOT EXISTS audit (who TEXT, row)")
                    .note("once for all tables"),
                Statement::new(format!(
                    "CREATE TRIGGER {trigger} AFTER INSERT ON {} BEGIN INSERT INTO audit VALUES ({}, new.{}); END",
                    site.quote(table),
                    site.text(table),
                    site.quote(key),
                )),
            ]),
            other => Err(directive.error(format!("{other} has no audit yet"))),
        }
    }

    fn reverse(&self, directive: &Custom) -> Option<Vec<Directive>> {
        let gone = directive.truth("gone").unwrap_or(false);
        Some(vec![Directive::Custom(directive.clone().field("gone", !gone))])
    }

    fn losses(&self, directive: &Custom) -> Vec<String> {
        let gone = directive.truth("gone").unwrap_or(false);
        gone.then(|| "what is audited from now on".to_owned())
            .into_iter()
            .collect()
    }
}

/// Does not run in a transaction, and cannot be undone.
struct Vacuum;

impl DirectiveKind for Vacuum {
    fn name(&self) -> &'static str {
        "vacuum"
    }

    fn sql(&self, _: &Custom, _: &Site<'_>) -> Result<Vec<Statement>> {
        Ok(vec![Statement::new("VACUUM")])
    }

    fn placement(&self, _: &Custom) -> Placement {
        Placement::Outside
    }

    fn effect(&self, _: &Custom) -> Effect {
        Effect::Nothing
    }
}

/// Makes a table that the model can follow.
struct Outbox;

impl DirectiveKind for Outbox {
    fn name(&self) -> &'static str {
        "outbox"
    }

    fn sql(&self, _: &Custom, site: &Site<'_>) -> Result<Vec<Statement>> {
        assert!(!site.before.tables.contains_key(&"outbox".into()));
        Ok(vec![Statement::new("CREATE TABLE outbox (id INTEGER)")])
    }

    fn effect(&self, _: &Custom) -> Effect {
        let mut table = Table::new("outbox");
        table.columns.push(Column::new("id", "INTEGER"));
        Effect::Like(vec![Directive::CreateTable(Box::new(table))])
    }
}

/// What a user writes, so that scripts that are compiled can say `op.audit_table("orders")`.
trait Audit {
    fn audit_table(&mut self, table: &str);
}

impl Audit for Operations {
    fn audit_table(&mut self, table: &str) {
        self.custom("audit_table")
            .field("table", table)
            .field("columns", ["id"]);
    }
}

fn extensions() -> Extensions {
    Extensions::new()
        .directive(AuditTable)
        .directive(Vacuum)
        .directive(Outbox)
}

fn recorded(record: impl FnOnce(&mut Operations)) -> Vec<Directive> {
    let mut op = Operations::new("sqlite");
    record(&mut op);
    let mut directives = op.finish().expect("no mistake");
    extensions().resolve(&mut directives);
    directives
}

const ORDERS: &str = r#"
use autogen::script::*;
pub const REVISION: Revision = Revision::new("aaaa");
pub fn upgrade(op: &mut Operations) {
    op.create_table("orders").column("id", integer());
    op.custom("audit_table")
        .field("table", "orders")
        .field("columns", ["id"]);
    op.execute("INSERT INTO orders VALUES (7)");
}
pub fn downgrade(op: &mut Operations) {
    op.custom("audit_table").field("table", "orders").field("gone", true);
    op.drop_table("orders").column("id", integer());
}
"#;

#[tokio::test]
async fn a_script_that_calls_one_runs_in_both_directions() {
    let project = Project::new(extensions());
    project.write("1.rs", ORDERS);
    project.upgrade("head").await.expect("an upgrade");
    assert_eq!(
        project.texts("SELECT who || ' ' || row FROM audit").await,
        ["orders 7"]
    );
    project.downgrade("base").await.expect("a downgrade");
    let left = "SELECT count(*) || '' FROM sqlite_master WHERE type = 'trigger' OR name = 'orders'";
    assert_eq!(project.texts(left).await, ["0"]);
}

#[tokio::test]
async fn a_program_that_does_not_know_it_refuses_with_the_place_and_the_way_out() {
    let project = Project::new(Extensions::new());
    project.write("1.rs", ORDERS);
    // It can be read, shown and compared.
    let folder = project.folder();
    let script = folder
        .entries()
        .next()
        .expect("a script")
        .script(Engine::Sqlite)
        .expect("directives");
    assert_eq!(
        script.upgrade[1].summary(),
        "audit_table (table: orders, columns: id)"
    );
    let error = project.upgrade("head").await.expect_err("an unknown kind");
    assert_eq!(error.kind(), ErrorKind::Script);
    assert!(
        error
            .message()
            .ends_with(r#"this program does not know the directive "audit_table""#),
        "{error}"
    );
    let place = &error.places()[0];
    assert_eq!((place.line, place.column), (6, 5));
    assert!(place.file.as_ref().is_some_and(|file| file.ends_with("1.rs")));
    assert!(
        error.hints()[0].contains("run that instead"),
        "{:?}",
        error.hints()
    );
    // Nothing has run.
    assert_eq!(
        project
            .texts("SELECT name FROM sqlite_master WHERE name = 'orders'")
            .await,
        Vec::<String>::new()
    );
}

#[test]
fn what_a_compiled_script_records_is_what_is_read() {
    let compiled = recorded(|op| op.audit_table("orders"));
    let script = Script {
        header: header("aaaa", &[]),
        downgrade: reverse(&compiled),
        upgrade: compiled,
    };
    let text = script::render(&script).expect("a text");
    insta::assert_snapshot!(text, @r#"
    //! script aaaa
    //!
    //! Revision: aaaa
    //! Revises:  base

    use autogen::script::*;

    pub const REVISION: Revision = Revision::new("aaaa");

    pub fn upgrade(op: &mut Operations) {
        // audit_table (table: orders, columns: id)
        op.custom("audit_table")
            .field("table", "orders")
            .field("columns", ["id"]);
    }

    pub fn downgrade(op: &mut Operations) {
        // audit_table (table: orders, columns: id, gone: true)
        // loses data: what is audited from now on
        op.custom("audit_table")
            .field("table", "orders")
            .field("columns", ["id"])
            .field("gone", true);
    }
    "#);
    let back = script::read(&text, None, "sqlite").expect("a script");
    assert_eq!(back, script);
    let other = text.replace("\"orders\"", "\"offers\"");
    let sum = |text: &str| checksum(text, Format::Rust, None).expect("tokens");
    assert_ne!(sum(&text), sum(&other));
    assert_eq!(sum(&text), sum(&text.replace("\n        .field", ".field")));
}

#[test]
fn fields_that_make_no_sense_are_errors_that_say_what_was_meant() {
    let refused = |record: fn(&mut Operations)| {
        let error = plan(&recorded(record), &Schema::new(), sqlite()).expect_err("no sense");
        (error.message().to_owned(), error.hints().join("; "))
    };
    let (message, hint) = refused(|op| {
        op.custom("audit_table").field("tabel", "orders");
    });
    assert!(
        message.ends_with(r#"op.custom("audit_table") has no use for a field "tabel""#),
        "{message}"
    );
    assert_eq!(hint, r#"did you mean "table"?"#);
    let (message, hint) = refused(|op| {
        op.custom("audit_table").field("columns", ["a"]);
    });
    assert!(
        message.ends_with(r#"op.custom("audit_table") has no field "table""#),
        "{message}"
    );
    assert_eq!(hint, r#"add `.field("table", ..)`"#);

    let (message, hint) = refused(|op| {
        op.custom("audit_table").field("table", ["orders"]);
    });
    assert!(
        message.ends_with("must be a text, and is a list: orders"),
        "{message}"
    );
    assert_eq!(hint, "");
    let (_, hint) = refused(|op| {
        op.custom("audit_tabel").field("table", "orders");
    });
    assert!(hint.starts_with(r#"did you mean "audit_table"?"#), "{hint}");

    let mut op = Operations::new("sqlite");
    op.custom("a").field("x", 1).field("x", 2);
    assert_eq!(
        op.finish().expect_err("twice").message(),
        r#"op.custom("a") has the field "x" twice"#
    );

    let text = ORDERS.replace("op.custom(\"audit_table\")\n", "op.audit_table(\"orders\")\n");
    let error = script::read(&text, None, "sqlite").expect_err("no method of the builder");
    assert!(
        error
            .hints()
            .iter()
            .any(|hint| hint.contains("where the script is compiled")),
        "{:?}",
        error.hints()
    );
}

#[test]
fn an_engine_that_a_kind_does_not_serve_is_its_own_error() {
    let directives = recorded(|op| op.audit_table("orders"));
    for engine in [Engine::Postgres, Engine::Mysql, Engine::Mariadb] {
        let dialect = for_engine(engine).expect("a dialect");
        let error = plan(&directives, &Schema::new(), dialect).expect_err("not served");
        assert!(
            error.message().ends_with(&format!("{engine} has no audit yet")),
            "{error}"
        );
    }
}

/// A trigger with a body, and rows.
struct Touch;

impl DirectiveKind for Touch {
    fn name(&self) -> &'static str {
        "touch"
    }

    fn sql(&self, _: &Custom, _: &Site<'_>) -> Result<Vec<Statement>> {
        Ok(vec![Statement::new(
            "CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; END; \
             INSERT INTO t VALUES (1, 2)",
        )])
    }
}

#[test]
fn statements_stand_to_the_transaction_as_the_engine_wants_it() {
    let mut directives = recorded(|op| {
        op.custom("touch");
    });
    Extensions::new().directive(Touch).resolve(&mut directives);
    for (engine, alone) in [(Engine::Mysql, true), (Engine::Mariadb, true)] {
        let dialect = for_engine(engine).expect("a dialect");
        let plan = plan(&directives, &Schema::new(), dialect).expect("a plan");
        let [trigger, rows] = plan.steps[0].statements.as_slice() else {
            panic!("two statements: {:?}", plan.steps)
        };
        assert!(
            trigger.needs_delimiter && trigger.sql.ends_with("END"),
            "{engine}"
        );
        assert_eq!(trigger.placement == Placement::Outside, alone, "{engine}");
        assert_eq!(rows.placement, Placement::Inside, "{engine}");
    }
}

struct Commits;

impl DirectiveKind for Commits {
    fn name(&self) -> &'static str {
        "commits"
    }

    fn sql(&self, _: &Custom, _: &Site<'_>) -> Result<Vec<Statement>> {
        Ok(vec![Statement::new("COMMIT")])
    }
}

#[test]
fn none_can_end_the_transaction_of_its_script() {
    let mut directives = recorded(|op| {
        op.custom("commits");
    });
    Extensions::new().directive(Commits).resolve(&mut directives);
    let error = plan(&directives, &Schema::new(), sqlite()).expect_err("it would commit");
    assert_eq!(error.message(), "commits: COMMIT in a script");
}

#[tokio::test]
async fn one_that_cannot_be_in_a_transaction_runs_outside() {
    let project = Project::new(extensions());
    project.add(&Script {
        header: header("aaaa", &[]),
        upgrade: recorded(|op| {
            op.execute("CREATE TABLE t (a)");
            op.custom("vacuum");
            op.execute("CREATE TABLE u (a)");
        }),
        downgrade: Vec::new(),
    });
    let sql = project.upgrade_sql("head").await.expect("a preview");
    let lines: Vec<&str> = sql
        .lines()
        .filter(|l| !l.starts_with("--") && !l.is_empty())
        .collect();
    let at = lines.iter().position(|line| *line == "VACUUM;").expect("VACUUM");
    assert_eq!((lines[at - 1], lines[at + 1]), ("COMMIT;", "BEGIN;"), "{sql}");
    project.upgrade("head").await.expect("an upgrade");
    assert_eq!(
        project
            .texts("SELECT name FROM sqlite_master WHERE name = 'u'")
            .await,
        ["u"]
    );
}

#[test]
fn the_model_follows_what_a_kind_says_it_is_like() {
    let mut schema = Schema::new();
    evolve(
        &mut schema,
        &recorded(|op| {
            op.custom("outbox");
        }),
        sqlite(),
    )
    .expect("it fits");
    assert!(schema.tables.contains_key(&"outbox".into()));
    // So a later directive of the same script can lean on it, with no database at hand.
    let directives = recorded(|op| {
        op.custom("outbox");
        op.create_index("ix").on("outbox", ["id"]);
    });
    let plan = plan(&directives, &Schema::new(), sqlite()).expect("a plan");
    assert_eq!(plan.steps.len(), 2);
}

#[test]
fn one_without_a_way_back_makes_the_downgrade_irreversible() {
    let back = reverse(&recorded(|op| {
        op.custom("vacuum");
    }));
    assert_eq!(
        back[0].summary(),
        r#"irreversible: what op.custom("vacuum") did cannot be undone by itself"#
    );
}

#[test]
fn it_is_in_reports_in_json_and_in_scripts_of_sql() {
    let directives = recorded(|op| op.audit_table("orders"));
    let difference = Difference::new(&directives);
    assert_eq!(difference.summary(), "1 audit_table directive");
    assert_eq!(
        difference.text().to_string(),
        "~ audit_table (table: orders, columns: id)\n"
    );
    let json = differences(&directives);
    assert_eq!(json[0]["change"]["directive"], "custom");
    assert_eq!(json[0]["change"]["fields"]["columns"][0], "id");

    let upgrade = plan(&directives, &Schema::new(), sqlite()).expect("a plan");
    let way_back = SqlDirection::Irreversible("no way");
    let header = header("aaaa", &[]);
    let text = render_sql(&header, Engine::Sqlite, SqlDirection::Plan(&upgrade), way_back).expect("SQL");
    insta::assert_snapshot!(text, @r#"
    -- autogen: message script aaaa
    -- autogen: revision aaaa
    -- autogen: revises base
    -- autogen: dialect sqlite

    -- autogen: upgrade

    -- audit_table (table: orders, columns: id)
    -- once for all tables
    CREATE TABLE IF NOT EXISTS audit (who TEXT, row);
    CREATE TRIGGER audit_orders AFTER INSERT ON orders BEGIN INSERT INTO audit VALUES ('orders', new.id); END;

    -- autogen: downgrade

    -- autogen: irreversible no way
    "#);
}
