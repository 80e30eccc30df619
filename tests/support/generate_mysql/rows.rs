//! Rows for the tables of a random schema.

use super::model::{Column, PartKind, Schema, quote};
use crate::support::generate::Numbers;

/// For each row a statement that refers to other rows, and one that does not. Constraints may refuse either.
pub(crate) fn inserts(schema: &Schema, numbers: &mut Numbers) -> Vec<[String; 2]> {
    let mut out = Vec::new();
    for table in &schema.tables {
        let columns: Vec<&Column> = table.plain().collect();
        let foreign = table.parts.iter().filter(|p| p.kind == PartKind::ForeignKey);
        let referring: Vec<&String> = foreign.flat_map(|p| &p.uses).map(|(name, _)| name).collect();
        let names: Vec<String> = columns.iter().map(|c| quote(&c.name)).collect();
        for n in 1..=numbers.below(4) {
            let empty: Vec<bool> = columns
                .iter()
                .map(|c| !c.not_null && numbers.chance(15))
                .collect();
            let row = |refers: bool| {
                let values: Vec<String> = columns
                    .iter()
                    .zip(&empty)
                    .map(|(c, empty)| {
                        if *empty || !refers && referring.contains(&&c.name) {
                            "NULL".to_owned()
                        } else {
                            c.ty.value.replace('#', &n.to_string())
                        }
                    })
                    .collect();
                format!(
                    "INSERT INTO {} ({}) VALUES ({})",
                    quote(&table.name),
                    names.join(", "),
                    values.join(", ")
                )
            };
            out.push([row(true), row(false)]);
        }
    }
    out
}
