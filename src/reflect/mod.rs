//! From a live database to a [`Schema`].
//!
//! Comes in: a connection and a filter. Goes out: the schema as the engine's own catalog has it, with notices about what was seen
//! and left alone. The number of queries does not grow with the number of tables. Nothing is written and nothing compared.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod cells;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use crate::config::Filter;
use crate::database::Connection;
use crate::dialect::Engine;
use crate::extend::Extensions;
use crate::schema::{Object, ObjectId, ObjectKind, Schema};
use crate::{Notice, Result};
use std::collections::BTreeSet;

/// What a reflector read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reflection {
    /// The schema.
    pub schema: Schema,
    /// What was seen and left alone, and what could not be read.
    pub notices: Vec<Notice>,
    /// What was seen and cannot be told: it must not be taken for missing.
    pub untold: BTreeSet<ObjectId>,
    /// Kinds of which nothing can be seen, so that none of them must be taken for missing.
    pub hidden: BTreeSet<ObjectKind>,
}

/// Reads the schema of the connected database, without what `filter` excludes.
///
/// # Errors
/// When the catalog cannot be read: a damaged file, a lost connection, missing rights.
pub async fn reflect(connection: &mut Connection, filter: &Filter) -> Result<Reflection> {
    let mut reflection = reflect_known(connection, filter).await?;
    add_custom(&mut reflection, connection, filter).await?;
    Ok(reflection)
}

/// Reads what the engine has by itself.
async fn reflect_known(connection: &mut Connection, filter: &Filter) -> Result<Reflection> {
    match connection.engine() {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => Ok(sqlite::read(&sqlite::catalog(connection).await?, filter)),
        #[cfg(feature = "postgres")]
        Engine::Postgres => Box::pin(postgres::read(connection, filter)).await,
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => {
            Box::pin(mysql::read(connection, filter, mysql::Detail::Meaning)).await
        }
        #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
        engine => Err(crate::Error::new(
            crate::ErrorKind::Usage,
            format!("this build cannot read a schema from {engine}"),
        )),
    }
}

/// Reads the objects of kinds that a program adds.
async fn add_custom(reflection: &mut Reflection, connection: &mut Connection, filter: &Filter) -> Result<()> {
    for kind in filter.object_kinds().object_kinds(connection.engine()) {
        let objects = kind
            .reflect(connection)
            .await
            .map_err(|error| error.context(format!("reading each {}", kind.kind())))?;
        let is_admitted = |object: &Object| {
            let on = object.id.on.as_ref().map(|on| on.name.as_str());
            filter.admits(kind.kind(), &object.id.name.name, on)
        };
        let objects = objects.into_iter().filter(is_admitted).collect();
        Extensions::insert(kind, objects, &mut reflection.schema);
    }
    Ok(())
}

/// Reads the schema as [`reflect`] does, with words that mean nothing but are kept by the engine: `USING BTREE` of MySQL and MariaDB.
/// They are no difference, cost a question for each table, and belong into what is created.
///
/// # Errors
/// As [`reflect`].
pub(crate) async fn reflect_as_written(connection: &mut Connection, filter: &Filter) -> Result<Reflection> {
    match connection.engine() {
        #[cfg(feature = "mysql")]
        Engine::Mysql | Engine::Mariadb => {
            let mut reflection = Box::pin(mysql::read(connection, filter, mysql::Detail::Wording)).await?;
            add_custom(&mut reflection, connection, filter).await?;
            Ok(reflection)
        }
        _ => reflect(connection, filter).await,
    }
}

/// The catalogs of databases that together are one: each holds some of its tables, with all that stands on them.
#[cfg(feature = "sqlite")]
#[derive(Default)]
pub(crate) struct Parts(Vec<sqlite::Entry>);

#[cfg(feature = "sqlite")]
impl Parts {
    /// Adds the catalog of one of them.
    ///
    /// # Errors
    /// As [`reflect`].
    pub(crate) async fn add(&mut self, part: &mut Connection) -> Result<()> {
        self.0.extend(sqlite::catalog(part).await?);
        Ok(())
    }

    /// Reads all of them as one schema.
    pub(crate) fn reflect(mut self, filter: &Filter) -> Reflection {
        sqlite::sort(&mut self.0);
        sqlite::read(&self.0, filter)
    }
}
