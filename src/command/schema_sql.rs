//! A schema as the statements that make it from nothing.

use crate::{
    Result,
    compare::{CompareOptions, Pair, compare},
    dialect::Dialect,
    plan::{ended, plan, readable, terminated},
    schema::Schema,
};

/// The statements, each with its semicolon and an empty line after it, in an order in which they can run.
///
/// # Errors
/// When the engine cannot express what is in the schema, which a schema read from that engine never is.
pub(super) fn schema_sql(schema: &Schema, dialect: &dyn Dialect) -> Result<String> {
    let nothing = Schema::new();
    let creation = compare(Pair::new(&nothing, schema), dialect, &CompareOptions::default())?;
    let plan = plan(&creation.upgrade, &nothing, dialect)?;
    let around =
        |statements: &[String]| -> Vec<String> { statements.iter().map(|sql| terminated(sql)).collect() };
    let statements = plan.steps.iter().flat_map(|step| &step.statements);
    let mut texts = around(&plan.session.before);
    texts.extend(statements.map(ended));
    texts.extend(around(&plan.session.after));
    Ok(readable(texts.join("\n"), dialect))
}
