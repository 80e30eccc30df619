//! A rewriter: one difference becomes two revisions. The first only adds (expand), and can be applied while the old program runs; the second
//! takes away (contract), when nobody needs the old things any more.
//!
//! `cargo run --example expand_contract`

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::{Config, Filter};
use autogen::database::Open;
use autogen::directive::{AlterTable, Directive, TableChange, reverse};
use autogen::extend::{Drafting, Extensions};
use autogen::migrate::{Migrator, Options};
use autogen::script::{Folder, Format, Header, RevisionId, Script, render};
use autogen::target::{Context, Source, realise};
use autogen::{Connection, DatabaseUrl, Engine, Result, dialect, reflect};
use std::path::Path;

/// Whether somebody who knows only the old schema would miss what a change takes away.
fn contracts(change: &TableChange) -> bool {
    match change {
        TableChange::DropColumn(_) | TableChange::RenameColumn(_) => true,
        TableChange::AddColumn(_)
        | TableChange::AlterColumn(_)
        | TableChange::AddConstraint { .. }
        | TableChange::DropConstraint { .. }
        | TableChange::RenameConstraint { .. }
        | TableChange::SetOption(_)
        | TableChange::SetComment(_)
        | TableChange::SetDefinition(_)
        | TableChange::ReorderColumns(_) => false,
    }
}

/// What goes into the first script and what into the second.
fn split(directive: Directive) -> (Option<Directive>, Option<Directive>) {
    match directive {
        Directive::AlterTable(AlterTable { table, changes }) => {
            let (late, early): (Vec<_>, Vec<_>) = changes.into_iter().partition(contracts);
            let alter = |changes: Vec<TableChange>| {
                let table = table.clone();
                (!changes.is_empty()).then_some(Directive::AlterTable(AlterTable { table, changes }))
            };
            (alter(early), alter(late))
        }
        Directive::DropTable(_) | Directive::DropObject(_) => (None, Some(directive)),
        other => (Some(other), None),
    }
}

/// What this program adds.
pub(crate) fn extensions() -> Extensions {
    Extensions::new().rewrite_with(|drafts, _| {
        let in_two = |mut expand: Script| {
            let mut contract = expand.next(format!("{} (contract)", expand.header.message));
            for directive in std::mem::take(&mut expand.upgrade) {
                let (early, late) = split(directive);
                expand.upgrade.extend(early);
                contract.upgrade.extend(late);
            }
            // Each is undone by itself. A script with nothing in it is not written.
            for script in [&mut expand, &mut contract] {
                script.downgrade = reverse(&script.upgrade);
            }
            [expand, contract]
        };
        Ok(drafts.into_iter().flat_map(in_two).collect())
    })
}

/// The whole way in an empty folder: the new scripts by their messages and what they do.
pub(crate) async fn run(place: &Path) -> Result<Vec<String>> {
    let unwritable =
        |error| autogen::Error::new(autogen::ErrorKind::Io, "the target cannot be written").because(error);
    std::fs::create_dir_all(place).map_err(unwritable)?;
    let wanted = "CREATE TABLE users (id INTEGER, full_name TEXT);";
    std::fs::write(place.join("schema.sql"), wanted).map_err(unwritable)?;
    let sqlite = dialect::for_engine(Engine::Sqlite)?;
    let filter = Filter::everything().hiding(["autogen_version", "autogen_history"]);
    let extensions = extensions();

    let url = DatabaseUrl::parse("sqlite://app.db", place)?;
    let mut connection = Connection::open(&url, Open::Create).await?;
    connection
        .execute("CREATE TABLE users (id INTEGER, first TEXT, last TEXT)")
        .await?;
    let live = reflect::reflect(&mut connection, &filter).await?.schema;
    let source = Source::parse("schema.sql", place)?;
    let target = realise(&source, &Context::new(Engine::Sqlite, &filter))
        .await?
        .schema;
    let found = compare(Pair::new(&live, &target), sqlite, &CompareOptions::default())?;

    let mut header = Header::new(RevisionId::random());
    "one name".clone_into(&mut header.message);
    let draft = Script {
        header,
        downgrade: found.downgrade(sqlite),
        upgrade: found.upgrade,
    };
    let drafting = Drafting {
        dialect: Some(sqlite),
        live: &live,
        target: &target,
        blank: false,
    };
    let (config, mut said) = (Config::default(), Vec::new());
    for script in extensions.rewrite(draft, &drafting)? {
        let folder = Folder::load(place.join("migrations"))?;
        let zone = &jiff::tz::TimeZone::UTC;
        folder.write(
            &script.header,
            &render(&script)?,
            Format::Rust,
            &config.file_template,
            40,
            zone,
        )?;
        let summaries: Vec<String> = script.upgrade.iter().map(Directive::summary).collect();
        said.push(format!("{}: {}", script.header.message, summaries.join("; ")));
    }

    let folder = Folder::load(place.join("migrations"))?.with_extensions(&extensions);
    let mut migrator = Migrator::new(connection, Engine::Sqlite, &folder, &Options::default())?;
    said.push(format!(
        "{} scripts applied",
        migrator.upgrade("head").await?.ran.len()
    ));
    Ok(said)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let place = std::env::temp_dir().join(format!("autogen-expand-{}", std::process::id()));
    let said = run(&place).await;
    let _ = std::fs::remove_dir_all(&place);
    for line in said? {
        println!("{line}");
    }
    Ok(())
}
