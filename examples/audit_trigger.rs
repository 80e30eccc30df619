//! A directive of one's own: `op.audit_table("orders")` keeps every change of a table in a table beside it.
//!
//! `cargo run --example audit_trigger`
//!
//! Scripts call it as `op.custom("audit_table")`, which any autogen can read and show; only this program knows what SQL it takes. The
//! trait [`Audit`] makes a method of it for scripts that are compiled.

use autogen::database::Open;
use autogen::dialect::Statement;
use autogen::directive::{Custom, Directive};
use autogen::extend::{DirectiveKind, Extensions, Links, Site};
use autogen::migrate::{Migrator, Options};
use autogen::script::{Folder, Operations};
use autogen::{Connection, DatabaseUrl, Engine, Result};
use std::path::Path;

/// What `op.custom("audit_table")` means.
struct AuditTable;

impl DirectiveKind for AuditTable {
    fn name(&self) -> &'static str {
        "audit_table"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["table", "stop"]
    }

    fn sql(&self, directive: &Custom, site: &Site<'_>) -> Result<Vec<Statement>> {
        let name = directive.text("table")?;
        let (table, log) = (site.quote(name), site.quote(&format!("{name}_audit")));
        let trigger = |event: &str| site.quote(&format!("{name}_audit_{event}"));
        let statements = match (site.engine(), directive.truth("stop")?) {
            (Engine::Sqlite, false) => vec![
                format!("CREATE TABLE {log} (at TEXT DEFAULT CURRENT_TIMESTAMP, what TEXT, row INTEGER)"),
                format!(
                    "CREATE TRIGGER {} AFTER INSERT ON {table} BEGIN INSERT INTO {log} (what, row) VALUES ('insert', new.rowid); END",
                    trigger("insert")
                ),
                format!(
                    "CREATE TRIGGER {} AFTER DELETE ON {table} BEGIN INSERT INTO {log} (what, row) VALUES ('delete', old.rowid); END",
                    trigger("delete")
                ),
            ],
            (Engine::Sqlite, true) => vec![
                format!("DROP TRIGGER {}", trigger("insert")),
                format!("DROP TRIGGER {}", trigger("delete")),
                format!("DROP TABLE {log}"),
            ],
            (Engine::Postgres, false) => vec![
                format!("CREATE TABLE {log} (at timestamptz DEFAULT now(), what text, old jsonb, new jsonb)"),
                format!(
                    "CREATE FUNCTION {log}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     INSERT INTO {log} VALUES (now(), TG_OP, to_jsonb(OLD), to_jsonb(NEW)); RETURN NULL; END $$"
                ),
                format!(
                    "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {log}()",
                    trigger("row")
                ),
            ],
            (Engine::Postgres, true) => vec![
                format!("DROP TRIGGER {} ON {table}", trigger("row")),
                format!("DROP FUNCTION {log}()"),
                format!("DROP TABLE {log}"),
            ],
            (other, _) => return Err(directive.error(format!("no audit is written for {other} yet"))),
        };
        Ok(statements.into_iter().map(Statement::new).collect())
    }

    /// The way back is the same directive the other way round.
    fn reverse(&self, directive: &Custom) -> Option<Vec<Directive>> {
        let stops = directive.truth("stop").ok()?;
        Some(vec![Directive::Custom(directive.clone().field("stop", !stops))])
    }

    fn summary(&self, directive: &Custom) -> Option<String> {
        let verb = if directive.truth("stop").ok()? {
            "stop auditing"
        } else {
            "audit"
        };
        Some(format!("{verb} {}", directive.text("table").ok()?))
    }

    fn losses(&self, directive: &Custom) -> Vec<String> {
        match (directive.truth("stop"), directive.text("table")) {
            (Ok(true), Ok(table)) => vec![format!("every row of {table}_audit")],
            _ => Vec::new(),
        }
    }

    /// A comparator that emits it gets it behind the table.
    fn links(&self, directive: &Custom) -> Links {
        let table = directive.text("table").map(Into::into);
        Links {
            needs: table.into_iter().collect(),
            ..Links::default()
        }
    }
}

/// For scripts that are compiled: `op.audit_table("orders")`.
pub(crate) trait Audit {
    /// Audits a table.
    fn audit_table(&mut self, table: &str);
}

impl Audit for Operations {
    fn audit_table(&mut self, table: &str) {
        self.custom("audit_table").field("table", table);
    }
}

/// What this program adds.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().directive(AuditTable)
}

/// A script as it lies in the folder. Compiled, it could say `op.audit_table("orders")` and would record the same.
const SCRIPT: &str = r#"//! audit orders

use autogen::script::*;

pub const REVISION: Revision = Revision::new("0001");

pub fn upgrade(op: &mut Operations) {
    op.create_table("orders").column("id", integer()).primary_key(unnamed(), ["id"]);

    op.custom("audit_table").field("table", "orders");
}

pub fn downgrade(op: &mut Operations) {
    op.custom("audit_table").field("table", "orders").field("stop", true);

    op.drop_table("orders").column("id", integer()).primary_key(unnamed(), ["id"]);
}
"#;

/// The same as a function that is compiled.
fn upgrade(op: &mut Operations) {
    op.audit_table("orders");
}

/// The whole way in an empty folder: what a compiled script says, and what the audit holds after an insert and a delete.
pub(crate) async fn run(place: &Path) -> Result<Vec<String>> {
    let scripts = place.join("migrations");
    let unwritable =
        |error| autogen::Error::new(autogen::ErrorKind::Io, "the script cannot be written").because(error);
    std::fs::create_dir_all(&scripts).map_err(unwritable)?;
    std::fs::write(scripts.join("0001_audit_orders.rs"), SCRIPT).map_err(unwritable)?;

    let mut op = Operations::new(Engine::Sqlite.name());
    upgrade(&mut op);
    let mut directives = op.finish()?;
    extensions().resolve(&mut directives);
    let mut said: Vec<String> = directives.iter().map(Directive::summary).collect();

    let folder = Folder::load(scripts)?.with_extensions(&extensions());
    let url = DatabaseUrl::parse("sqlite://app.db", place)?;
    let open = || Connection::open(&url, Open::Create);
    let mut migrator = Migrator::new(open().await?, Engine::Sqlite, &folder, &Options::default())?;
    migrator.upgrade("head").await?;

    let mut connection = open().await?;
    connection.execute("INSERT INTO orders VALUES (7), (8)").await?;
    connection.execute("DELETE FROM orders WHERE id = 7").await?;
    let rows = connection
        .query("SELECT what || ' ' || row FROM orders_audit ORDER BY rowid")
        .await?;
    for row in &rows {
        said.push(row.text(0)?.to_owned());
    }

    migrator.downgrade("base").await?;
    Ok(said)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let place = std::env::temp_dir().join(format!("autogen-audit-{}", std::process::id()));
    let said = run(&place).await;
    let _ = std::fs::remove_dir_all(&place);
    for line in said? {
        println!("{line}");
    }
    Ok(())
}
