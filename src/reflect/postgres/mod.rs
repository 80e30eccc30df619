//! PostgreSQL 13 to 18: one query for each group of kinds, in one transaction under an empty search path.
//!
//! What a query gives is joined here by the numbers of the catalog, so that the server does no work for each table. The names of
//! what is not managed are never asked for, where a namespace tells.

mod catalog;
mod constraints;
mod dependencies;
mod indexes;
mod objects;
mod privileges;
mod query;
mod relations;
mod sequences;
mod session;
mod spelling;

use super::Reflection;
use crate::config::Filter;
use crate::database::Connection;
use crate::schema::{Name, Namespace};
use crate::{Notice, Result};
use catalog::Catalog;
use constraints::Constraints;
use dependencies::Dependencies;
use indexes::Indexes;
use privileges::Privileges;
use query::Cells;
use session::{Namespaces, Session};

/// The number of something in the catalog.
type Oid = u32;

/// The numbers of the catalogs themselves, which never change.
mod class {
    use super::Oid;

    pub(super) const TABLESPACE: Oid = 1213;
    pub(super) const TYPE: Oid = 1247;
    pub(super) const RELATION: Oid = 1259;
    pub(super) const DEFAULT: Oid = 2604;
    pub(super) const CONSTRAINT: Oid = 2606;
    pub(super) const LANGUAGE: Oid = 2612;
    pub(super) const NAMESPACE: Oid = 2615;
    pub(super) const OPERATOR_CLASS: Oid = 2616;
    pub(super) const TRIGGER: Oid = 2620;
    pub(super) const EXTENSION: Oid = 3079;
    pub(super) const COLLATION: Oid = 3456;
    pub(super) const PUBLICATION: Oid = 6104;
}

/// The namespace that names without one are in.
const PUBLIC: &str = "public";

/// Reads the schema of the connected database.
///
/// # Errors
/// When the catalog cannot be read, or says what this program does not understand.
pub(super) async fn read(connection: &mut Connection, filter: &Filter) -> Result<Reflection> {
    let mut session = Session::begin(connection).await?;
    let outcome = gather(&mut session, filter).await;
    session.end(outcome).await
}

async fn gather(session: &mut Session<'_>, filter: &Filter) -> Result<Reflection> {
    let mut catalog = namespaces(session, filter).await?;
    let all = &mut catalog;
    session
        .each(include_str!("lookups.sql"), |row| all.look_up(row))
        .await?;
    session
        .each(include_str!("comments.sql"), |row| all.take_comment(row))
        .await?;
    all.comment_namespaces();
    session
        .each(include_str!("relations.sql"), |row| relations::relation(all, row))
        .await?;
    session
        .each(include_str!("columns.sql"), |row| relations::column(all, row))
        .await?;
    relations::arrange(all);
    if session.finds("sequences") {
        session
            .each(include_str!("sequences.sql"), |row| sequences::sequence(all, row))
            .await?;
    }
    if session.finds("types") {
        session
            .each(include_str!("types.sql"), |row| objects::object(all, row))
            .await?;
    }
    let mut constraints = Constraints::default();
    session
        .each(include_str!("constraints.sql"), |row| constraints.take(all, row))
        .await?;
    constraints.settle(all);
    let mut indexes = Indexes::default();
    session
        .each(include_str!("indexes.sql"), |row| {
            indexes.take(all, &constraints, row)
        })
        .await?;
    indexes.settle(all);
    drop(constraints);
    objects::of_relations(all);
    // Definitions can be long, so that only the rarest kinds come together.
    for group in [
        &[("views", include_str!("views.sql"))][..],
        &[("routines", include_str!("routines.sql"))],
        &[("attached", include_str!("attached.sql"))],
        &[
            ("text_search", include_str!("text_search.sql")),
            ("operators", include_str!("operators.sql")),
            ("database", include_str!("database.sql")),
            ("subscriptions", include_str!("subscriptions.sql")),
        ],
    ] {
        let found = group.iter().filter(|(name, _)| session.finds(name));
        let queries: Vec<&str> = found.map(|(_, query)| *query).collect();
        if !queries.is_empty() {
            let query = queries.join("UNION ALL\n");
            session.each(&query, |row| objects::object(all, row)).await?;
        }
    }
    relations::finish(all);
    let mut dependencies = Dependencies::default();
    session
        .each(include_str!("dependencies.sql"), |row| dependencies.take(row))
        .await?;
    dependencies.settle(all);
    let mut privileges = Privileges::default();
    session
        .each(include_str!("privileges.sql"), |row| {
            privileges.take(all, &dependencies, row)
        })
        .await?;
    privileges.settle(all, &dependencies);
    if session.finds("default_privileges") {
        session
            .each(include_str!("default_privileges.sql"), |row| {
                privileges::default_privileges(all, row)
            })
            .await?;
    }
    let notices = catalog.left_alone.iter();
    let notices = notices
        .map(|what| Notice::new(format!("{what} is left alone")))
        .collect();
    Ok(Reflection {
        schema: catalog.schema,
        notices,
        untold: catalog.untold,
        ..Reflection::default()
    })
}

/// The namespaces that are read, and among them those that are part of the schema.
async fn namespaces<'f>(session: &mut Session<'_>, filter: &'f Filter) -> Result<Catalog<'f>> {
    let mut found = Namespaces::new();
    let mut own = Vec::new();
    let mut present = String::new();
    let take = |mut row: Cells| {
        let oid: Oid = row.number()?;
        let name = Name::new(row.text()?);
        let is_member = row.flag()?;
        present = row.text()?;
        if filter.reads_namespace(&name) {
            let is_default = name.as_str() == PUBLIC;
            if !is_default && !is_member && filter.admits("schema", &name, None) {
                own.push(name.clone());
            }
            found.insert(oid, (!is_default).then_some(name));
        }
        Ok(())
    };
    session.each(include_str!("namespaces.sql"), take).await?;
    session.present = present;
    session.fit.namespaces = found.keys().copied().collect();
    session.fit.global = filter.reads_everything();
    let mut catalog = Catalog::new(filter, session.fit.version, found);
    for name in own {
        let namespace = Namespace {
            name: name.clone(),
            comment: None,
        };
        catalog.schema.namespaces.insert(name, namespace);
    }
    Ok(catalog)
}
