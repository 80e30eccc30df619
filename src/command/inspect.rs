//! `autogen inspect`: a schema as SQL or JSON.

use serde_json::json;

use super::{Outcome, project::Project, schema_sql::schema_sql};
use crate::{
    Result,
    cli::{
        Terminal,
        arguments::{Format, GlobalOptions, Inspect},
    },
    report,
    target::Missing,
};

pub(super) async fn run(terminal: &Terminal, global: &GlobalOptions, arguments: &Inspect) -> Result<Outcome> {
    let project = Project::open_or_default(terminal, global)?;
    let source = project.source_or_database(&arguments.source)?;
    let dialect = project.dialect_of([&source]).await?;
    let realised = project.realise(&source, dialect, Missing::Error).await?;
    match terminal.format().unwrap_or(Format::Sql) {
        Format::Json => {
            let body = json!({
                "source": source.to_string(),
                "schema": realised.schema.to_json(dialect.engine().name()),
                "notices": report::notices(&realised.notices),
            });
            terminal.json(&report::document("inspect", body))?;
        }
        Format::Sql | Format::Text | Format::Unified => {
            terminal.plain_data(&schema_sql(&realised.schema, dialect)?)?;
        }
    }
    terminal.notices(&realised.notices);
    Ok(Outcome::Fine)
}
