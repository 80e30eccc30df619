//! A schema as a file of statements.

use super::model::{Column, Fill, PartKind, Schema, Shape, Table, quote};

impl Schema {
    pub(crate) fn sql(&self) -> String {
        let mut out = String::new();
        if self.has_app {
            out.push_str("CREATE SCHEMA app;\n");
        }
        for (name, labels) in &self.enums {
            let labels: Vec<String> = labels
                .iter()
                .map(|l| format!("'{}'", l.replace('\'', "''")))
                .collect();
            out.push_str(&format!("CREATE TYPE {name} AS ENUM ({});\n", labels.join(", ")));
        }
        for thing in self.types.iter().chain(&self.sequences).chain(&self.functions) {
            out.push_str(&thing.sql);
        }
        for table in &self.tables {
            out.push_str(&table.create());
        }
        for kind in [
            PartKind::Unique,
            PartKind::Check,
            PartKind::ForeignKey,
            PartKind::Index,
            PartKind::Other,
        ] {
            for table in &self.tables {
                for part in table.parts.iter().filter(|p| p.kind == kind) {
                    out.push_str(&part.sql.replace("{table}", &table.name));
                }
            }
        }
        for view in &self.views {
            out.push_str(&view.sql);
        }
        for (_, sql, _) in &self.over_tables {
            out.push_str(sql);
        }
        out
    }
}

impl Table {
    fn create(&self) -> String {
        let mut lines: Vec<String> = self.columns.iter().map(Column::sql).collect();
        if self.keyed {
            lines.push("PRIMARY KEY (id)".to_owned());
        }
        let (before, after) = match &self.shape {
            Shape::Plain { unlogged: true } => ("UNLOGGED ", String::new()),
            Shape::Plain { unlogged: false } => ("", String::new()),
            Shape::Partitioned(method, _) => ("", format!(" PARTITION BY {method}")),
            Shape::Child(parent) => ("", format!(" INHERITS ({parent})")),
        };
        let mut out = format!(
            "CREATE {before}TABLE {} (\n  {}\n){after};\n",
            self.name,
            lines.join(",\n  ")
        );
        if let Shape::Partitioned(_, partitions) = &self.shape {
            for (name, bound) in partitions {
                out.push_str(&format!(
                    "CREATE TABLE {name} PARTITION OF {} {bound};\n",
                    self.name
                ));
            }
        }
        if let Some(comment) = &self.comment {
            out.push_str(&format!("COMMENT ON TABLE {} IS '{comment}';\n", self.name));
        }
        for column in &self.columns {
            for setting in &column.settings {
                let column = quote(&column.name);
                out.push_str(&format!(
                    "ALTER TABLE {} ALTER COLUMN {column} {setting};\n",
                    self.name
                ));
            }
            if let Some(comment) = &column.comment {
                let column = quote(&column.name);
                out.push_str(&format!(
                    "COMMENT ON COLUMN {}.{column} IS '{comment}';\n",
                    self.name
                ));
            }
        }
        for option in &self.options {
            out.push_str(&option.replace("{table}", &self.name));
        }
        out
    }
}

impl Column {
    fn sql(&self) -> String {
        let ty = match (&self.fill, self.ty.sql.as_str()) {
            (Fill::Serial, "bigint") => "bigserial",
            (Fill::Serial, "smallint") => "smallserial",
            (Fill::Serial, _) => "serial",
            (_, ty) => ty,
        };
        let mut line = format!("{} {ty}", quote(&self.name));
        if let Some(collation) = self.collate {
            line.push_str(&format!(" COLLATE {collation}"));
        }
        match &self.fill {
            Fill::Nothing | Fill::Serial => {}
            Fill::Default(default) => line.push_str(&format!(" DEFAULT {default}")),
            Fill::Identity(words) => line.push_str(&format!(" GENERATED {words}")),
            Fill::Generated(expression, stored) => {
                let how = if *stored { "STORED" } else { "VIRTUAL" };
                line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {how}"));
            }
        }
        if self.not_null {
            line.push_str(" NOT NULL");
        }
        line
    }
}
