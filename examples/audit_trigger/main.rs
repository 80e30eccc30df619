//! A directive of one's own: `op.audit_table("orders")` keeps every change of a table in a table beside it.
//!
//! `cd examples/audit_trigger; cargo run --example audit_trigger -- upgrade head`
//!
//! This is the whole command line of autogen with one kind of directive more. Scripts call it as `op.custom("audit_table")`, which any autogen can read and show; only this program knows what SQL it takes. The
//! trait [`Audit`] makes a method of it for scripts that are compiled.

use autogen::dialect::Statement;
use autogen::directive::{Custom, Directive};
use autogen::extend::{DirectiveKind, Extensions, Links, Site};
use autogen::script::Operations;
use autogen::{Engine, Environment, Result};
use std::process::ExitCode;

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

/// The directive.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().directive(AuditTable)
}

/// The script of this folder, as it could be compiled.
#[cfg_attr(not(test), expect(dead_code, reason = "the script of this folder is read"))]
pub(crate) fn upgrade(op: &mut Operations) {
    op.audit_table("orders");
}

/// What this program adds to the command line.
pub(crate) fn environment() -> Environment {
    Environment::new().extensions(extensions())
}

fn main() -> ExitCode {
    autogen::cli::run(environment())
}
