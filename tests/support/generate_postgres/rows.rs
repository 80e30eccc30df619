//! Rows for the tables of a random schema.

use super::model::{Column, PartKind, Schema, Shape, quote};
use crate::support::generate::Numbers;

/// For each row a statement that refers to other rows, and one that does not. Constraints may refuse either.
pub(crate) fn inserts(schema: &Schema, numbers: &mut Numbers) -> Vec<[String; 2]> {
    let mut out = Vec::new();
    for table in &schema.tables {
        let inherited: Vec<&Column> = match &table.shape {
            Shape::Child(parent) => schema
                .tables
                .iter()
                .filter(|t| t.name == *parent)
                .flat_map(super::model::Table::plain)
                .collect(),
            _ => Vec::new(),
        };
        let columns: Vec<&Column> = inherited.into_iter().chain(table.plain()).collect();
        if columns.is_empty() {
            continue;
        }
        for n in 1..=numbers.below(4) {
            let refers = |name: &str| {
                let foreign = table.parts.iter().filter(|p| p.kind == PartKind::ForeignKey);
                foreign.flat_map(|p| &p.uses).any(|(column, _)| column == name)
            };
            let names: Vec<String> = columns.iter().map(|c| quote(&c.name)).collect();
            let empty: Vec<bool> = columns
                .iter()
                .map(|c| !c.not_null && c.name != "id" && numbers.chance(15))
                .collect();
            let row = |referring: bool| {
                let values: Vec<String> = columns
                    .iter()
                    .zip(&empty)
                    .map(|(c, empty)| {
                        if *empty || !referring && refers(&c.name) {
                            "NULL".to_owned()
                        } else {
                            c.ty.value.replace('#', &n.to_string())
                        }
                    })
                    .collect();
                format!(
                    "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})",
                    table.name,
                    names.join(", "),
                    values.join(", ")
                )
            };
            out.push([row(true), row(false)]);
        }
    }
    out
}
