//! Privileges, default privileges and owners, as objects that say more about others.

use super::catalog::{Catalog, id};
use super::dependencies::Dependencies;
use super::query::Cells;
use super::{Oid, class};
use crate::Result;
use crate::schema::{ObjectId, QName};
use std::collections::BTreeMap;

/// The lines of privileges, which for one table come in several rows.
#[derive(Default)]
pub(super) struct Privileges {
    lines: BTreeMap<(Oid, Oid), (ObjectId, Vec<String>)>,
}

impl Privileges {
    /// Takes one row of `privileges.sql`.
    pub(super) fn take(
        &mut self,
        catalog: &mut Catalog<'_>,
        dependencies: &Dependencies,
        mut row: Cells,
    ) -> Result<()> {
        let subject_catalog: Oid = row.number()?;
        let oid: Oid = row.number()?;
        let namespace: Option<Oid> = row.optional_number()?;
        let name = catalog.name(namespace, row.text()?);
        let word = row.text()?;
        let lines = row.optional()?;
        let owner = row.optional()?;
        // What is out of sight has no part; namespaces and languages of the engine's own have none either.
        let subject = dependencies.part(catalog, (subject_catalog, oid, 0));
        let needs_none = matches!(subject_catalog, class::NAMESPACE | class::LANGUAGE);
        if subject.is_none() && !needs_none {
            return Ok(());
        }
        let facet = |kind| ObjectId {
            signature: Some(word.clone()),
            ..id(kind, name.clone())
        };
        if let Some(owner) = owner {
            catalog.insert_facet(facet("owner"), subject, owner);
        } else if let Some(lines) = lines {
            let entry = self
                .lines
                .entry((subject_catalog, oid))
                .or_insert_with(|| (facet("privileges"), Vec::new()));
            entry.1.extend(lines.lines().map(str::to_owned));
        }
        Ok(())
    }

    /// All rows are there: puts the privileges into the schema.
    pub(super) fn settle(self, catalog: &mut Catalog<'_>, dependencies: &Dependencies) {
        for ((subject_catalog, oid), (id, mut lines)) in self.lines {
            lines.sort();
            let subject = dependencies.part(catalog, (subject_catalog, oid, 0));
            catalog.insert_facet(id, subject, lines.join(";\n"));
        }
    }
}

/// One row of `default_privileges.sql`.
pub(super) fn default_privileges(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let role = row.text()?;
    let signature = row.text()?;
    let text = row.text()?;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    let id = ObjectId {
        signature: Some(signature),
        ..id("default privileges", QName::plain(role))
    };
    catalog.insert_facet(id, None, lines.join(";\n"));
    Ok(())
}
