//! Callbacks of a comparison: what counts as a difference of types, and what is compared at all.
//!
//! `cargo run --example compare_callback`
//!
//! This program takes all integer types for one, and leaves alone whatever another team keeps in tables that begin with `legacy_`.

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::directive::Directive;
use autogen::extend::{Element, Elements, Extensions, SchemaPart, Verdict};
use autogen::schema::Schema;
use autogen::{Connection, Engine, Result, dialect, reflect};

/// What this program adds.
pub(crate) fn extensions() -> Extensions {
    Extensions::new()
        .compare_type(|sides| {
            let is_integer = sides
                .columns
                .map(|column| column.ty.to_lowercase().contains("int"));
            if is_integer.live && is_integer.target {
                Verdict::Same
            } else {
                Verdict::Default
            }
        })
        .include_object(|considered| match considered.part() {
            Some(SchemaPart::Table(table)) => !table.name.name.starts_with("legacy_"),
            _ => true,
        })
}

async fn schema_of(statements: &[&str]) -> Result<Schema> {
    let mut connection = Connection::memory().await?;
    for sql in statements {
        connection.execute(sql).await?;
    }
    Ok(reflect::reflect(&mut connection, &Filter::everything())
        .await?
        .schema)
}

/// What is found between two schemas, with and without the callbacks.
pub(crate) async fn run() -> Result<Vec<String>> {
    let live = schema_of(&[
        "CREATE TABLE orders (id INTEGER, total SMALLINT, note VARCHAR(10) DEFAULT 'x')",
        "CREATE TABLE legacy_orders (id INTEGER)",
    ])
    .await?;
    let target = schema_of(&["CREATE TABLE orders (id INTEGER, total BIGINT, note VARCHAR(20))"]).await?;
    let sqlite = dialect::for_engine(Engine::Sqlite)?;
    let mut said = Vec::new();
    for (what, options) in [
        ("plain", CompareOptions::default()),
        (
            "with callbacks",
            CompareOptions {
                extensions: extensions(),
                ..CompareOptions::default()
            },
        ),
        (
            "with callbacks, without defaults",
            CompareOptions {
                extensions: extensions(),
                elements: Elements::all().without(Element::Defaults),
                ..CompareOptions::default()
            },
        ),
    ] {
        let found = compare(Pair::new(&live, &target), sqlite, &options)?;
        let summaries: Vec<String> = found.upgrade.iter().map(Directive::summary).collect();
        said.push(format!("{what}: {}", summaries.join("; ")));
    }
    Ok(said)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    for line in run().await? {
        println!("{line}");
    }
    Ok(())
}
